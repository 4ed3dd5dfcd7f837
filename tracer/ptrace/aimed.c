/* Calls by which a tracee would signal, trace or change the recorder itself. SPDX-License-Identifier: MIT */
#include "tracer/ptrace/aimed.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tracer/ptrace/alter.h"
#include "tracer/process/memory.h"
#include "tracer/process/proc.h"

/* Whether a descriptor of the tracee stands for this process: a pidfd, or our folder of /proc
 * (pidfd_send_signal(2)). */
static bool is_descriptor_of_us(pid_t tid, int fd)
{
	char path[64], link[64] = "", line[128];
	int pid = 0;
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)tid, fd);
	if (readlink(path, link, sizeof(link) - 1) > 0 && sscanf(link, "/proc/%d", &pid) == 1)
		return pid == (int)getpid();
	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", (int)tid, fd);
	FILE *f = fopen(path, "re");
	while (f != NULL && pid == 0 && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "Pid: %d", &pid) != 1)
			pid = 0;
	if (f != NULL)
		fclose(f);
	return pid == (int)getpid();
}

static bool is_our_id(pid_t tid, uint64_t id)
{
	return (pid_t)id == getpid() && proc_has_our_ids(tid);
}

bool aimed_sets_owner(const char *name, uint64_t how)
{
	uint32_t request = (uint32_t)how;
	if (strcmp(name, "ioctl") == 0)
		return request == FIOSETOWN || request == SIOCSPGRP;
	return (strcmp(name, "fcntl") == 0 || strcmp(name, "fcntl64") == 0) && (request == F_SETOWN || request == F_SETOWN_EX);
}

/* Returns the process that such a call makes the owner; 0: a group, or it cannot be read. */
static uint64_t owner_told(const struct tracee *tracee, const struct call *call, const char *name)
{
	struct f_owner_ex owner = {.type = F_OWNER_PID};
	uint32_t request = (uint32_t)call->args[1];
	bool plain = strcmp(name, "ioctl") == 0;
	if (!plain && request == F_SETOWN)
		return call->args[2];
	bool told = memory_read_once(tracee->tid, call->args[2], plain ? (void *)&owner.pid : &owner,
				     plain ? sizeof(owner.pid) : sizeof(owner));
	return told && owner.type != F_OWNER_PGRP ? (uint64_t)owner.pid : 0;
}

/* Has the same call made for another process. */
static void send_to(pid_t pid, struct tracee *tracee, const struct call *call, const char *name)
{
	bool thread = strcmp(name, "tgkill") == 0 || strcmp(name, "rt_tgsigqueueinfo") == 0;
	uint64_t args[] = {(uint64_t)pid, thread ? (uint64_t)pid : call->args[1], call->args[2], call->args[3]};
	if (strcmp(name, "pidfd_send_signal") == 0)
		name = call->args[2] != 0 ? "rt_sigqueueinfo" : "kill"; /* these have the other arguments at the same places */
	alter_call(tracee, call->arch, abi_by_name(name)->nr[call->arch], args);
}

/* Tells the user once that a program begins to trace: that fails, as the recorder is the only tracer. A program that
 * does not check for the failure may wait for ever. */
static void tell_of_tracing(struct loop *l, const struct tracee *tracee, uint64_t request)
{
	bool begins = request == PTRACE_TRACEME || request == PTRACE_ATTACH || request == PTRACE_SEIZE;
	if (!begins || l->traces == NULL)
		return;
	l->traces(tracee->process->tgid);
	l->traces = NULL;
}

void aimed_turn_away(struct loop *l, struct tracee *tracee, const struct call *call, const char *name)
{
	enum {
		PROCESS_GROUP = 4,  /* PIDFD_SIGNAL_PROCESS_GROUP, Linux 6.9 */
		NOBODY = INT32_MAX, /* above the largest possible id (proc(5), pid_max), so that the call fails with ESRCH */
	};
	pid_t tid = tracee->tid;
	if (strcmp(name, "ptrace") == 0) {
		/* Attaching to one's own process fails with EPERM (ptrace_attach, kernel/ptrace.c). */
		tell_of_tracing(l, tracee, call->args[0]);
		uint64_t own[] = {call->args[0], (uint64_t)tracee->process->tgid, call->args[2], call->args[3]};
		if ((own[0] == PTRACE_ATTACH || own[0] == PTRACE_SEIZE) && is_our_id(tid, call->args[1]))
			alter_call(tracee, call->arch, (long)call->nr, own);
		return;
	}
	pid_t instead = l->between ? getppid() : NOBODY;
	if (aimed_sets_owner(name, call->args[1]) && is_our_id(tid, owner_told(tracee, call, name))) {
		uint64_t own[] = {call->args[0], F_SETOWN, (uint64_t)instead, call->args[3]};
		alter_call(tracee, call->arch, abi_by_name("fcntl")->nr[call->arch], own);
		return;
	}
	bool by_descriptor = strcmp(name, "pidfd_send_signal") == 0;
	if (by_descriptor ? (call->args[3] & PROCESS_GROUP) != 0 || !is_descriptor_of_us(tid, (int)call->args[0])
			  : !abi_changes_process(name) || !is_our_id(tid, call->args[0]))
		return;
	send_to(instead, tracee, call, name);
}

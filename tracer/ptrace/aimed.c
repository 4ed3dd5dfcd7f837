/* Calls by which a tracee would signal, trace or change the recorder itself.
 * SPDX-License-Identifier: MIT */
#include "tracer/ptrace/aimed.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ptrace.h>
#include <unistd.h>

#include "tracer/process/aim.h"
#include "tracer/ptrace/change/alter.h"

/* Redirects the call to another process. */
static void send_to(pid_t pid, struct tracee *tracee, const struct call *call, const char *name)
{
	bool thread = strcmp(name, "tgkill") == 0 || strcmp(name, "rt_tgsigqueueinfo") == 0;
	uint64_t args[] = {(uint64_t)pid, thread ? (uint64_t)pid : call->args[1], call->args[2], call->args[3]};
	if (strcmp(name, "pidfd_send_signal") == 0)
		name = call->args[2] != 0 ? "rt_sigqueueinfo" : "kill"; /* the other arguments are at the same places */
	alter_call(tracee, call->arch, abi_by_name(name)->nr[call->arch], args);
}

/* Tells the user once that a program begins to trace: that fails, because a tracee has only one
 * tracer, the recorder. A program that does not check for the failure may wait forever. */
static void tell_of_tracing(struct loop *l, const struct tracee *tracee, uint64_t request)
{
	bool begins = request == PTRACE_TRACEME || request == PTRACE_ATTACH || request == PTRACE_SEIZE;
	if (!begins || l->traces == NULL)
		return;
	l->traces(tracee->process->tgid);
	l->traces = NULL;
}

/* Who gets a signal that is meant for the recorder's id: the parent, if pinhole stands between the command and it. */
static pid_t stand_in(const struct loop *l)
{
	enum { NOBODY = INT32_MAX }; /* above the largest possible id (proc(5), pid_max), so that the call fails with ESRCH */
	return l->between ? getppid() : NOBODY;
}

void aimed_turn_away(struct loop *l, struct tracee *tracee, const struct call *call, const char *name)
{
	if (strcmp(name, "ptrace") == 0)
		tell_of_tracing(l, tracee, call->args[0]);
	switch (aim_of(tracee->tid, call, name)) {
	case AIM_ELSEWHERE:
		return;
	case AIM_TRACE: { /* attaching to one's own process fails with EPERM (ptrace_attach, kernel/ptrace.c) */
		uint64_t own[] = {call->args[0], (uint64_t)tracee->process->tgid, call->args[2], call->args[3]};
		alter_call(tracee, call->arch, (long)call->nr, own);
		return;
	}
	case AIM_OWN: {
		uint64_t own[] = {call->args[0], F_SETOWN, (uint64_t)stand_in(l), call->args[3]};
		alter_call(tracee, call->arch, abi_by_name("fcntl")->nr[call->arch], own);
		return;
	}
	case AIM_CHANGE:
	case AIM_PIDFD:
		send_to(stand_in(l), tracee, call, name);
	}
}

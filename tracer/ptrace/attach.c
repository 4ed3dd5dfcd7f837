/* Attaching to running processes, and leaving them as they were. SPDX-License-Identifier: MIT */
#include "tracer/ptrace/attach.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policies/base/clock.h"
#include "tracer/process/proc.h"
#include "tracer/ptrace/change/alter.h"
#include "tracer/ptrace/change/clone_untraced.h"
#include "tracer/ptrace/change/entry_point.h"
#include "tracer/ptrace/restart/flood.h"
#include "tracer/ptrace/restart/interrupted.h"
#include "tracer/ptrace/signals.h"
#include "tracer/ptrace/restart/transfers.h"

enum {
	/* In milliseconds: how long tracees may take to stop; and those that nothing interrupts in the kernel. */
	PATIENCE = 5000,
	HELD = 200,
};

const long attach_options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			    PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXIT;

/* Returns kernel.yama.ptrace_scope (Documentation/admin-guide/LSM/Yama.rst); -1: there is no Yama. */
static int yama_scope(void)
{
	FILE *f = fopen("/proc/sys/kernel/yama/ptrace_scope", "re");
	int scope = -1;
	if (f != NULL && fscanf(f, "%d", &scope) != 1)
		scope = -1;
	if (f != NULL)
		fclose(f);
	return scope;
}

int attach_obstacle(pid_t tid, int number, struct error *e)
{
	int id = (int)tid;
	uint64_t tracer = proc_status(tid, "TracerPid:", 10);
	char state = proc_state(tid);
	if (number == ESRCH && state == 0)
		return error_set(e, ERR_INPUT, "process %d: there is no such process", id);
	if (proc_status(getpid(), "Tgid:", 10) == proc_status(tid, "Tgid:", 10))
		return error_set(e, ERR_INPUT, "process %d: that is pinhole itself", id);
	if (state == 'Z')
		return error_set(e, ERR_INPUT, "process %d: it has ended already (a zombie)", id);
	if (tracer != 0)
		return error_set(e, ERR_SYSTEM,
				 "process %d: process %d traces it already; end that tracer first", id,
				 (int)tracer);
	/* A kernel thread has no memory of its own, so that the line is missing. */
	if (state != 0 && proc_status(tid, "VmSize:", 10) == 0)
		return error_set(e, ERR_INPUT, "process %d: a thread of the kernel; only programs can be watched", id);
	return 0;
}

/* Fills *e with the reason why PTRACE_SEIZE failed; errno is that of PTRACE_SEIZE. */
static int refused(pid_t tid, struct error *e)
{
	int number = errno, id = (int)tid, rc = attach_obstacle(tid, number, e);
	if (rc < 0)
		return rc;
	int scope = number == EPERM && geteuid() != 0 ? yama_scope() : 0;
	errno = number;
	if (scope > 0)
		return error_system(e,
				    "process %d: the system lets programs trace their own children only (kernel.yama.ptrace_scope "
				    "= %d): do this as root, or set that to 0; cannot attach",
				    id, scope);
	if (number == EPERM)
		return error_system(e,
				    "process %d: it is another user's, or has more privileges than pinhole: do this as root, with "
				    "CAP_SYS_PTRACE; cannot attach",
				    id);
	return error_system(e, "process %d: cannot attach", id);
}

/* Interrupts a thread; a deaf one is left for attach_hear. */
static void interrupt(struct tracee_table *t, struct tracee *tracee)
{
	uint64_t switches = proc_status(tracee->tid, "voluntary_ctxt_switches:", 10);
	if (!proc_is_deaf(tracee->tid)) {
		ptrace(PTRACE_INTERRUPT, tracee->tid, NULL, NULL);
	} else if (!tracee->deaf) {
		tracee->deaf = true;
		tracee->switches = switches;
		t->deaf++;
	}
}

void attach_heard(struct tracee_table *t, struct tracee *tracee)
{
	t->deaf -= tracee->deaf;
	tracee->deaf = false;
}

/* One that has gone to sleep again, since it was found so, was elsewhere meanwhile: it may be deaf at each look, and never at the
 * same place. */
void attach_hear(struct tracee_table *t)
{
	enum { SHARE = 10 }; /* of the time, one part of that many at most is spent on this */
	int64_t now = t->deaf > 0 ? now_ms() : 0;
	if (t->deaf == 0 || now < t->next_hearing)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct tracee *tracee = t->buckets[i]; tracee != NULL; tracee = tracee->next) {
			if (!tracee->deaf || (proc_is_deaf(tracee->tid) &&
					      proc_status(tracee->tid, "voluntary_ctxt_switches:", 10) == tracee->switches))
				continue;
			attach_heard(t, tracee);
			tracee->interruption = INTERRUPTION_SENT;
			ptrace(PTRACE_INTERRUPT, tracee->tid, NULL, NULL);
		}
	int64_t took = now_ms() - now;
	t->next_hearing = now + (took * SHARE > ATTACH_HEARING ? took * SHARE : ATTACH_HEARING);
}

/* Attaches to a thread. `threads`: other threads of its process are known. Returns 1; 0 where it is gone, or we trace
 * it already; or a negative code. */
static int seize(struct tracee_table *t, pid_t tid, struct process *process, bool threads, struct error *e)
{
	if (tracee_find(t, tid) != NULL)
		return 0;
	if (ptrace(PTRACE_SEIZE, tid, NULL, (void *)attach_options) != 0) {
		int number = errno;
		/* A thread that a tracee has made is traced from its beginning, and will report. A leader may have
		 * ended before its threads. */
		bool ours = proc_status(tid, "TracerPid:", 10) == (uint64_t)getpid();
		if (ours || (tid != process->tgid && number == ESRCH) || (threads && proc_state(tid) == 'Z'))
			return 0;
		errno = number;
		return refused(tid, e);
	}
	struct tracee *tracee = tracee_add(t, tid, process);
	if (tracee == NULL) {
		ptrace(PTRACE_INTERRUPT, tid, NULL, NULL);
		return error_memory(e);
	}
	interrupt(t, tracee);
	if (!tracee->deaf)
		tracee->interruption = INTERRUPTION_SENT;
	return 1;
}

/* Attaches to the threads that a process has now, except its leader. Returns how many were new, or a negative code. */
static int seize_threads(struct tracee_table *t, struct process *process, struct error *e)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/task", (int)process->tgid);
	DIR *folder = opendir(path);
	int found = 0, rc = 0;
	if (folder == NULL)
		return errno == ENOMEM ? error_memory(e) : 0;
	for (struct dirent *d; rc >= 0 && (d = readdir(folder)) != NULL;) {
		pid_t tid = (pid_t)atoi(d->d_name);
		if (tid > 0 && tid != process->tgid) {
			rc = seize(t, tid, process, true, e);
			found += rc > 0;
		}
	}
	closedir(folder);
	return rc < 0 ? rc : found;
}

/* Attaches to all threads of a process, in passes until one finds no new thread, as untraced threads may make more
 * meanwhile. The leader comes last: while it is traced, the kernel does not drop signals to the process that do nothing
 * (kernel/signal.c, sig_ignored). Such a signal would end a call of a thread that is not traced yet with EINTR. */
static int seize_process(struct tracee_table *t, pid_t pid, struct error *e)
{
	struct process *process = process_new(pid, NULL);
	if (process == NULL)
		return error_memory(e);
	process->syscall_stops = true;
	process->phase = PHASE_MAIN;
	int rc;
	while ((rc = seize_threads(t, process, e)) > 0)
		;
	if (rc == 0)
		rc = seize(t, pid, process, process->threads > 0, e);
	while (rc >= 0 && (rc = seize_threads(t, process, e)) > 0)
		;
	if (process->threads > 0)
		return rc < 0 ? rc : 1;
	free(process);
	return rc;
}

/* Attaches to all processes whose parent is traced, in one pass over /proc. Returns how many were new, or a negative
 * code. */
static int seize_children(struct tracee_table *t, struct error *e)
{
	DIR *folder = opendir("/proc");
	int found = 0, rc = folder == NULL && errno == ENOMEM ? error_memory(e) : 0;
	for (struct dirent *d; folder != NULL && rc >= 0 && (d = readdir(folder)) != NULL;) {
		pid_t pid = (pid_t)atoi(d->d_name);
		if (pid <= 0 || pid == getpid() || tracee_find(t, pid) != NULL)
			continue;
		pid_t parent = (pid_t)proc_status(pid, "PPid:", 10);
		if (parent == 0 || parent == getpid() || tracee_find(t, parent) == NULL ||
		    proc_status(pid, "TracerPid:", 10) == (uint64_t)getpid())
			continue;
		rc = seize_process(t, pid, e);
		found += rc > 0;
		if (rc == ERR_INPUT) /* it has ended meanwhile */
			*e = (struct error){0}, rc = 0;
	}
	if (folder != NULL)
		closedir(folder);
	return rc < 0 ? rc : found;
}

int attach_start(struct tracee_table *t, const pid_t *pids, size_t n, struct error *e)
{
	int rc = 0;
	for (size_t i = 0; i < n && rc >= 0; i++) {
		pid_t leader = (pid_t)proc_status(pids[i], "Tgid:", 10);
		rc = seize_process(t, leader != 0 ? leader : pids[i], e);
	}
	if (rc >= 0)
		while ((rc = seize_children(t, e)) > 0)
			;
	return rc;
}

/* Whether an interrupted tracee can be left at this stop. Not at the entry of a call: the interruption would still be
 * pending, and the call might fail with EINTR. At the exit of a call that can be mended. */
static bool can_leave(pid_t tid, struct stop stop)
{
	struct __ptrace_syscall_info info = {0};
	if (stop.kind != STOP_SYSCALL)
		return stop.kind == STOP_TRAP || stop.kind == STOP_GROUP || stop.kind == STOP_SIGNAL || stop.kind == STOP_EXIT;
	return ptrace(PTRACE_GET_SYSCALL_INFO, tid, (void *)sizeof(info), &info) <= 0 || info.op == PTRACE_SYSCALL_INFO_EXIT;
}

/* Whether a thread must wait for its leader to be left first (see seize_process): the leader is traced, and will stop
 * soon. */
static bool is_early(const struct tracee_table *t, const struct tracee *tracee)
{
	pid_t leader = tracee->process != NULL ? tracee->process->tgid : tracee->tid;
	char state = leader == tracee->tid || tracee_find(t, leader) == NULL ? 'Z' : proc_state(leader);
	return state != 'D' && state != 'Z' && state != 'X' && state != 0;
}

static void leave(struct tracee_table *t, struct tracee *tracee, struct stop stop)
{
	int signal = stop.kind == STOP_SIGNAL ? stop.signal : 0;
	flood_end(tracee);
	transfer_stop(tracee, stop);
	alter_restore(tracee);
	transfer_end(tracee);
	if (signal == SIGTRAP && tracee->process != NULL && entry_point_reached(tracee))
		signal = 0;
	if (tracee->process != NULL)
		entry_point_forget(tracee);
	interrupted_at_leaving(t, tracee, stop, signal);
	untraced_restore(tracee);
	ptrace(PTRACE_DETACH, tracee->tid, NULL, (void *)(long)signal);
	tracee_remove(t, tracee->tid);
}

void attach_leave_waiting(struct tracee_table *t)
{
	for (size_t i = 0; t->leaving > 0 && i < BUCKETS; i++)
		for (struct tracee *next, *tracee = t->buckets[i]; tracee != NULL; tracee = next) {
			next = tracee->next;
			if (tracee->state == THREAD_LEAVING && !is_early(t, tracee))
				leave(t, tracee, tracee->held);
		}
}

void attach_leave(struct tracee_table *t, struct tracee *tracee, struct stop stop)
{
	if (!can_leave(tracee->tid, stop)) {
		ptrace(PTRACE_SYSCALL, tracee->tid, NULL, NULL);
	} else if (is_early(t, tracee)) {
		t->unknown -= tracee->state == THREAD_UNKNOWN;
		tracee->state = THREAD_LEAVING;
		tracee->held = stop;
		t->leaving++;
	} else {
		leave(t, tracee, stop);
	}
}

/* Forgets the tracees that will not stop soon: the deaf, and leaders that have ended before their threads. */
static void forget_held(struct tracee_table *t)
{
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct tracee *next, *tracee = t->buckets[i]; tracee != NULL; tracee = next) {
			char state = proc_state(tracee->tid);
			next = tracee->next;
			if (state == 'Z' || state == 'X' || state == 0 || proc_is_deaf(tracee->tid))
				tracee_remove(t, tracee->tid);
		}
}

/* Leaves a tracee at a stop that the loop has not seen. If the tracee has made a thread or process there, that one must
 * be left too. */
static void leave_unseen(struct tracee_table *t, struct tracee *tracee, struct stop stop)
{
	unsigned long child;
	if (stop.kind == STOP_CHILD && ptrace(PTRACE_GETEVENTMSG, tracee->tid, NULL, &child) == 0 &&
	    tracee_find(t, (pid_t)child) == NULL) {
		struct tracee *new = tracee_add(t, (pid_t)child, NULL);
		if (new != NULL)
			untraced_inherit(new, tracee);
	}
	attach_leave(t, tracee, stop);
}

void attach_end(struct tracee_table *t)
{
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct tracee *next, *tracee = t->buckets[i]; tracee != NULL; tracee = next) {
			next = tracee->next;
			if (tracee->process != NULL)
				interrupt(t, tracee);
			if (tracee->state == THREAD_UNKNOWN || tracee->state == THREAD_FAILED) /* it has stopped, and will not stop again */
				leave_unseen(t, tracee, tracee->held);
		}
	for (int64_t from = now_ms(), now = from; t->count > 0 && now - from < PATIENCE; now = now_ms()) {
		int status;
		pid_t tid = waitpid(-1, &status, __WALL | WNOHANG);
		if (tid < 0 && errno == ECHILD)
			break;
		attach_leave_waiting(t);
		attach_hear(t);
		if (tid <= 0) {
			signals_wait_child(1);
			if (now - from >= HELD)
				forget_held(t);
			continue;
		}
		struct stop stop = stop_classify(status);
		struct tracee *tracee = tracee_find(t, tid);
		if (stop.kind == STOP_ENDED)
			tracee_remove(t, tid);
		else if (tracee != NULL || (tracee = tracee_add(t, tid, NULL)) != NULL)
			leave_unseen(t, tracee, stop);
	}
	tracee_table_free(t);
}

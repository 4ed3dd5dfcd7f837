/* The loop: waits for the next stop of any tracee, classifies it, acts on it. SPDX-License-Identifier: MIT */
#include "tracer/ptrace/loop.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "policies/base/clock.h"
#include "tracer/ptrace/aimed.h"
#include "tracer/ptrace/change/alter.h"
#include "tracer/ptrace/attach.h"
#include "tracer/ptrace/change/clone_untraced.h"
#include "tracer/ptrace/change/entry_point.h"
#include "tracer/ptrace/doomed.h"
#include "tracer/ptrace/event.h"
#include "tracer/ptrace/restart/flood.h"
#include "tracer/ptrace/change/inject.h"
#include "tracer/ptrace/restart/interrupted.h"
#include "tracer/ptrace/new_threads.h"
#include "tracer/ptrace/signals.h"
#include "tracer/ptrace/restart/transfers.h"
#include "tracer/ptrace/restart/waits.h"

/* A stop, as it was reported. */
struct report {
	pid_t tid;
	int status; /* of waitpid(2) */
	struct stop stop;
	struct tracee *tracee;		   /* NULL: a thread that has ended, and was none */
	struct __ptrace_syscall_info info; /* of STOP_SYSCALL and STOP_SECCOMP */
	bool at_call;			   /* `info` is filled in */
};

bool loop_call(const struct __ptrace_syscall_info *info, struct call *call)
{
	int arch = arch_by_audit(info->arch);
	bool entry = info->op == PTRACE_SYSCALL_INFO_ENTRY;
	if (arch < 0 || (!entry && info->op != PTRACE_SYSCALL_INFO_SECCOMP))
		return false;
	call->arch = (enum arch)arch;
	call->nr = (uint32_t)(entry ? info->entry.nr : info->seccomp.nr);
	for (int i = 0; i < 6; i++)
		call->args[i] = entry ? info->entry.args[i] : info->seccomp.args[i];
	return true;
}

/* Tells the watcher how an awaited call ended; see struct watcher. */
static int end_call(struct loop *l, struct tracee *tracee, unsigned error, struct error *e)
{
	if (!tracee->awaited)
		return 0;
	tracee->awaited = false;
	return l->watcher->returned(l, tracee, error, e);
}

/* After prctl(PR_SET_DUMPABLE, 0) a recorder without privileges may not write to the process any more
 * (ptrace_access_vm, kernel/ptrace.c): the breakpoint at the entry point must be gone by then. A library's constructor
 * made the call; it and the rest of the loader's work belong to phase main. */
static void give_up_entry_point(struct tracee *tracee, const char *name, const struct call *call)
{
	if (!tracee->process->armed || strcmp(name, "prctl") != 0 || (uint32_t)call->args[0] != PR_SET_DUMPABLE)
		return;
	entry_point_forget(tracee);
	tracee->process->phase = PHASE_MAIN;
}

/* The call before may have had no exit: those of the vsyscall page, which the kernel emulates at a fault, stop at the
 * filter alone (arch/x86/entry/vsyscall/vsyscall_64.c). */
static int on_call(struct loop *l, struct tracee *tracee, const struct __ptrace_syscall_info *info, struct error *e)
{
	struct call call;
	char buffer[32];
	int rc = end_call(l, tracee, 0, e);
	tracee->state = info->op == PTRACE_SYSCALL_INFO_ENTRY ? THREAD_IN_CALL : THREAD_RUNS;
	tracee->remade = false;
	l->strange += l->started && arch_by_audit(info->arch) < 0;
	if (rc < 0 || tracee->transferred != 0 || !loop_call(info, &call) || !l->started) /* transferred: the rest of a counted call */
		return rc;
	const char *name = abi_name(call.arch, call.nr, buffer, sizeof(buffer));
	if (tracee->deadline == 0 && strcmp(name, "restart_syscall") != 0)
		tracee->entered = now_ns();
	untraced_clear(tracee, call.arch, name, call.args);
	flood_call(tracee, name);
	aimed_turn_away(l, tracee, &call, name);
	give_up_entry_point(tracee, name, &call);
	return l->watcher->called(l, tracee, &call, name, e);
}

/* From 512 on the numbers of errors are the kernel's own (ERESTARTSYS and its kin, include/linux/errno.h): a signal
 * interrupted the call. Whether it fails with EINTR, is made again, or is ended by restart_syscall shows later or not
 * at all. */
static int on_return(struct loop *l, struct tracee *tracee, struct __ptrace_syscall_info *info, struct error *e)
{
	enum { KERNEL_S_OWN = 512 };
	tracee->state = THREAD_RUNS;
	alter_restore(tracee);
	untraced_restore(tracee);
	if (transfer_end(tracee) && ptrace(PTRACE_GET_SYSCALL_INFO, tracee->tid, (void *)sizeof(*info), info) <= 0)
		return 0; /* killed meanwhile */
	if (info->op != PTRACE_SYSCALL_INFO_EXIT)
		return 0;
	if (interrupted_at_exit(&l->tracees, tracee, info)) {
		tracee->awaited = false; /* how it ends shows when it has been made anew */
		return 0;
	}
	bool failed = info->exit.is_error && info->exit.rval > -KERNEL_S_OWN;
	return end_call(l, tracee, failed ? (unsigned)-info->exit.rval : 0, e);
}

/* At an exec: execve(2) has succeeded, and what the other threads were at will never return. */
static int end_calls(struct loop *l, const struct process *process, struct error *e)
{
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < BUCKETS; i++)
		for (struct tracee *t = l->tracees.buckets[i]; rc == 0 && t != NULL; t = t->next)
			if (t->process == process)
				rc = end_call(l, t, 0, e);
	return rc;
}

/* The other threads are gone, and the caller of execve has the leader's id (ptrace(2), "execve(2) under ptrace"): its
 * exit stop comes under that. */
static int on_exec(struct loop *l, struct tracee *tracee, struct error *e)
{
	struct process *process = tracee->process;
	unsigned long former;
	bool readable, first = !l->started;
	process->leaderless = false;
	inject_forget(tracee);
	if (ptrace(PTRACE_GETEVENTMSG, tracee->tid, NULL, &former) == 0 && (pid_t)former != tracee->tid) {
		tracee->state = process->syscall_stops ? THREAD_IN_CALL : THREAD_RUNS;
		tracee->altered.set = false; /* what was to be put back was the leader's */
		tracee->untraced = (struct untraced){0};
		waits_over(&l->tracees, tracee);
	}
	l->watcher->injection_lost(process);
	int rc = end_calls(l, process, e);
	tracee_keep_only(&l->tracees, process, tracee->tid);
	l->started = true;
	if (rc == 0)
		rc = l->watcher->executed(l, tracee, first, &readable, e);
	if (rc == 0)
		entry_point_watch(process, readable);
	return rc;
}

static int on_end(struct loop *l, const struct report *report, struct error *e)
{
	struct tracee *tracee = report->tracee;
	int rc = tracee != NULL ? end_call(l, tracee, 0, e) : 0;
	if (tracee != NULL && tracee->state == THREAD_INJECTS)
		l->watcher->injection_lost(tracee->process);
	if (report->tid == l->command) {
		l->status = doomed_status(tracee, report->status);
		signals_command_ended();
	}
	tracee_remove(&l->tracees, report->tid);
	return rc;
}

/* A thread is about to end. It is let go, so that its parent and its process find it as they would without us:
 * otherwise a thread that has ended stays a zombie until its tracer has waited for it. */
static int let_end(struct loop *l, const struct report *report, struct error *e)
{
	struct process *process = report->tracee->process;
	process->leaderless |= report->tid == process->tgid;
	ptrace(PTRACE_DETACH, report->tid, NULL, NULL);
	return on_end(l, report, e);
}

/* stop becomes STOP_TRAP where the program must not get the signal: it is our breakpoint's, or a copy of one that it
 * has. */
static void on_signal(struct loop *l, struct tracee *tracee, struct stop *stop)
{
	if ((stop->signal == SIGTRAP && entry_point_reached(tracee)) || signals_is_copy(tracee, stop->signal))
		stop->kind = STOP_TRAP;
	interrupted_at_signal(&l->tracees, tracee, stop->signal, stop->kind == STOP_SIGNAL);
	flood_note(tracee, stop->signal);
}

/* Restarts a tracee. ESRCH is no error: it was killed and will report its own end. */
static void restart(struct loop *l, struct tracee *tracee, struct stop stop)
{
	if (stop.kind == STOP_TRAP) {
		untraced_restore(tracee); /* a new one's first stop */
		interrupted_at_trap(&l->tracees, tracee);
	}
	/* The call's exit must be seen: the watcher awaits it, or something is to be put back there. */
	bool to_exit = tracee->state == THREAD_IN_CALL || tracee->state == THREAD_INJECTS || tracee->awaited ||
		       tracee->untraced.where != UNTRACED_NOTHING || tracee->altered.set || tracee->deadline != 0 ||
		       tracee->flood.blocked;
	if (!to_exit && tracee->process->watch == WATCH_QUIETLY)
		tracee->entered = 0; /* its next stop may be another call's */
	if (stop.kind == STOP_GROUP)
		ptrace(PTRACE_LISTEN, tracee->tid, NULL, NULL);
	else
		ptrace(tracee->process->syscall_stops || to_exit ? PTRACE_SYSCALL : PTRACE_CONT, tracee->tid, NULL,
		       (void *)(long)(stop.kind == STOP_SIGNAL ? stop.signal : 0));
}

/* At a call's stop a tracee that was not interrupted can be left at once: nothing is on its way to it. */
void loop_restart(struct loop *l, struct tracee *tracee, struct stop stop)
{
	if (!tracee->process->released) {
		restart(l, tracee, stop);
	} else if (stop.kind == STOP_SYSCALL && tracee->interruption == INTERRUPTION_NONE) {
		untraced_restore(tracee);
		flood_end(tracee);
		ptrace(PTRACE_DETACH, tracee->tid, NULL, NULL);
		tracee_remove(&l->tracees, tracee->tid);
	} else {
		attach_leave(&l->tracees, tracee, stop);
	}
}

/* A filter of the program's own asks a tracer, which the program does not have: then the call fails with ENOSYS
 * (seccomp(2)). */
static void answer_foreign_filter(const struct loop *l, const struct report *report)
{
	if (report->info.op == PTRACE_SYSCALL_INFO_SECCOMP && report->info.seccomp.ret_data != l->mark)
		alter_answer(report->tid, ENOSYS);
}

static int act(struct loop *l, enum event event, struct report *report, struct error *e)
{
	struct tracee *tracee = report->tracee;
	if (event != EVENT_END && event != EVENT_STRANGER) {
		flood_stop(tracee, report->stop);
		transfer_stop(tracee, report->stop);
	}
	switch (event) {
	case EVENT_END:
		return on_end(l, report, e);
	case EVENT_ENDING:
		return let_end(l, report, e);
	case EVENT_STRANGER:
		new_threads_keep(tracee, report->stop);
		return 0;
	case EVENT_INJECTION:
		return l->watcher->injected(l, tracee, report->at_call ? &report->info : NULL, e);
	case EVENT_CALL:
		answer_foreign_filter(l, report);
		return on_call(l, tracee, &report->info, e);
	case EVENT_SAME_CALL:
		answer_foreign_filter(l, report);
		tracee->state = report->info.op == PTRACE_SYSCALL_INFO_ENTRY ? THREAD_IN_CALL : THREAD_RUNS;
		return 0;
	case EVENT_RETURN:
		return on_return(l, tracee, &report->info, e);
	case EVENT_CHILD:
		return new_threads_made(l, tracee, report->stop.vfork, e);
	case EVENT_EXEC:
		return on_exec(l, tracee, e);
	case EVENT_SIGNAL:
		on_signal(l, tracee, &report->stop);
		return 0;
	case EVENT_GROUP:
		interrupted_at_group_stop(tracee);
		return 0;
	case EVENT_OTHER:
		return 0;
	}
	return 0;
}

/* Waits for the next stop or end of a child. Returns its id; 0: none is left to wait for, or the watcher ends the loop;
 * or a negative code. Children that this process had before it became pinhole, or got as a reaper, are no tracees and
 * are not waited for. Where there are some, ECHILD does not tell that no tracee is left that has not shown itself yet:
 * time must. */
static pid_t wait_for_child(struct loop *l, int *status, struct error *e)
{
	enum { ALONE = 100 }; /* milliseconds without a tracee */
	bool idle = false;
	for (int64_t alone_since = 0;;) {
		int rc = new_threads_overdue(l, idle, e);
		if (rc < 0)
			return rc;
		if (!l->watcher->goes_on(l))
			return 0;
		attach_leave_waiting(&l->tracees);
		attach_hear(&l->tracees);
		int64_t due = waits_end_due(&l->tracees);
		bool soon = l->tracees.unknown > 0 || l->tracees.leaving > 0 || l->tracees.count == 0;
		if (l->tracees.deaf > 0 && (due < 0 || due > ATTACH_HEARING))
			due = ATTACH_HEARING;
		bool poll = soon || due >= 0;
		pid_t tid = fair_wait_next(&l->fair, &l->tracees, status);
		if (tid == 0)
			tid = waitpid(-1, status, __WALL | (poll ? WNOHANG : 0));
		if (tid > 0)
			return tid;
		idle = tid == 0;
		if (tid < 0 && errno != EINTR)
			return errno == ECHILD ? 0 : error_system(e, "cannot wait for the command");
		if (tid == 0 && l->tracees.count == 0) {
			alone_since = alone_since == 0 ? now_ms() : alone_since;
			if (now_ms() - alone_since >= ALONE)
				return 0;
		}
		if (tid == 0)
			signals_wait_child(soon || due < 1 ? 1 : due);
	}
}

/* At an exec of a thread that has its process's id now, and whose leader was let go before: that process, or NULL. */
static struct process *process_of_exec(const struct loop *l, pid_t tid)
{
	unsigned long former;
	if (ptrace(PTRACE_GETEVENTMSG, tid, NULL, &former) != 0)
		return NULL;
	const struct tracee *tracee = tracee_find(&l->tracees, (pid_t)former);
	return tracee != NULL && tracee->process != NULL && tracee->process->tgid == tid ? tracee->process : NULL;
}

/* Waits for the next stop, and gathers what classifies it. Returns as wait_for_child, 1 for an id. A process that is no
 * tracee and ends (one that saves the run) is not counted. */
static int next_report(struct loop *l, struct report *report, struct error *e)
{
	*report = (struct report){0};
	report->tid = wait_for_child(l, &report->status, e);
	if (report->tid <= 0)
		return report->tid;
	report->stop = stop_classify(report->status);
	report->tracee = tracee_find(&l->tracees, report->tid);
	l->stops += report->stop.kind != STOP_ENDED || report->tracee != NULL;
	if (report->stop.kind == STOP_ENDED)
		return 1;
	if (report->tracee == NULL) {
		struct process *process = report->stop.kind == STOP_EXEC ? process_of_exec(l, report->tid) : NULL;
		report->tracee = tracee_add(&l->tracees, report->tid, process);
	}
	if (report->tracee == NULL)
		return error_memory(e);
	attach_heard(&l->tracees, report->tracee);
	if (report->stop.kind == STOP_SYSCALL || report->stop.kind == STOP_SECCOMP)
		report->at_call = ptrace(PTRACE_GET_SYSCALL_INFO, report->tid, (void *)sizeof(report->info), &report->info) > 0;
	return 1;
}

int loop_run(struct loop *l, struct error *e)
{
	struct report report;
	int rc;
	while ((rc = next_report(l, &report, e)) > 0) {
		enum thread_state state = report.tracee != NULL ? report.tracee->state : THREAD_UNKNOWN;
		enum event event = event_classify(state, report.stop.kind, report.at_call ? report.info.op : -1);
		if (event == EVENT_ENDING && l->between && report.tid == l->command)
			event = EVENT_OTHER; /* it is our own child, and we wait for it */
		/* There is nothing to restart, or not yet. */
		bool stays = event == EVENT_END || event == EVENT_ENDING || event == EVENT_STRANGER;
		rc = act(l, event, &report, e);
		if (rc == 0 && !stays)
			loop_restart(l, report.tracee, report.stop);
		if (rc < 0 && !stays) {
			report.tracee->state = THREAD_FAILED;
			report.tracee->held = report.stop;
		}
		if (rc < 0)
			return rc;
	}
	return rc;
}

void loop_free(struct loop *l)
{
	tracee_table_free(&l->tracees);
	fair_wait_free(&l->fair);
}

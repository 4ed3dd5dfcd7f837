/* Finds the process of a new thread. SPDX-License-Identifier: MIT */
#include "tracer/ptrace/new_threads.h"

#include <errno.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "policies/base/clock.h"
#include "tracer/process/proc.h"
#include "tracer/ptrace/change/clone_untraced.h"
#include "tracer/ptrace/restart/flood.h"

void new_threads_keep(struct tracee *tracee, struct stop stop)
{
	tracee->held = stop;
	tracee->held_since = now_ms();
}

/* Whether tid is a thread of that process: made by clone(2) with CLONE_THREAD, which clone3 does
 * not have in a register. Sends no signal. EPERM means that it is one, with other credentials. */
static bool is_thread_of(pid_t tgid, pid_t tid)
{
	return syscall(SYS_tgkill, tgid, tid, 0) == 0 || errno == EPERM;
}

int new_threads_made(struct loop *l, struct tracee *maker, bool vfork, struct error *e)
{
	unsigned long message;
	if (ptrace(PTRACE_GETEVENTMSG, maker->tid, NULL, &message) != 0)
		return 0;
	pid_t tid = (pid_t)message;
	struct process *process = maker->process;
	struct tracee *child = tracee_find(&l->tracees, tid);
	if (child != NULL && child->process != NULL) { /* new_threads_overdue assumed a copy of its parent */
		if (child->process->guessed) {
			process_inherit(child->process, process);
			l->watcher->made(l, child->process, process, vfork);
		}
		return 0;
	}
	if (!is_thread_of(process->tgid, tid)) {
		process = process_new(tid, maker->process);
		if (process == NULL)
			return error_memory(e);
		l->watcher->made(l, process, maker->process, vfork);
		l->processes++;
	}
	bool kept = child != NULL;
	if (kept)
		tracee_join(&l->tracees, child, process);
	else if ((child = tracee_add(&l->tracees, tid, process)) == NULL)
		return error_memory(e);
	untraced_inherit(child, maker);
	flood_inherit(child, maker, kept);
	if (kept)
		loop_restart(l, child, child->held);
	return 0;
}

/* Returns the known process that has such a thread; or NULL. */
static struct process *process_of_thread(const struct loop *l, pid_t tid)
{
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct tracee *t = l->tracees.buckets[i]; t != NULL; t = t->next)
			if (tracee_leads(t) && is_thread_of(t->process->tgid, tid))
				return t->process;
	return NULL;
}

/* Finds the process of one kept thread, and restarts the thread. */
static int let_go(struct loop *l, struct tracee *tracee, struct error *e)
{
	struct tracee *parent = tracee_find(&l->tracees, (pid_t)proc_status(tracee->tid, "PPid:", 10));
	struct process *process = process_of_thread(l, tracee->tid);
	if (process == NULL) {
		const struct process *origin = parent != NULL ? parent->process : NULL;
		process = process_new(tracee->tid, origin);
		if (process == NULL)
			return error_memory(e);
		process->guessed = true;
		int rc = l->watcher->found(l, tracee->tid, process, origin, e);
		if (rc < 0) {
			process_free(process);
			return rc;
		}
	}
	tracee_join(&l->tracees, tracee, process);
	loop_restart(l, tracee, tracee->held);
	return 0;
}

/* A maker that was killed reports no event any more (ptrace_stop, kernel/signal.c), only its end,
 * which may come before the first stop of the thread that it made. Then the parent of that thread's
 * process is not a tracee. With CLONE_PARENT, and with subreapers, it may never have been one: only
 * waiting decides it. */
int new_threads_overdue(struct loop *l, bool idle, struct error *e)
{
	enum { LEAST = 2 }; /* milliseconds before /proc is read at all */
	if (l->tracees.unknown == 0)
		return 0;
	int64_t now = now_ms(), patience = idle ? l->watcher->patience.idle : l->watcher->patience.busy;
	if (now == l->checked)
		return 0;
	l->checked = now;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct tracee *t = l->tracees.buckets[i]; t != NULL; t = t->next) {
			if (t->state != THREAD_UNKNOWN || now - t->held_since < LEAST)
				continue;
			pid_t parent = (pid_t)proc_status(t->tid, "PPid:", 10);
			bool orphan = parent != 0 && parent != getpid() && tracee_find(&l->tracees, parent) == NULL;
			bool over = now - t->held_since >= patience || (orphan && l->watcher->patience.orphans);
			int rc = over ? let_go(l, t, e) : 0;
			if (rc < 0)
				return rc;
		}
	return 0;
}

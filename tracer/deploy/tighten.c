/* Which process gets which filter when, and when it is let go. SPDX-License-Identifier: MIT */
#include "tracer/deploy/tighten.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tracer/process/proc.h"
#include "tracer/ptrace/change/inject.h"

/* The exit status of a program that cannot have its filter. */
enum { REFUSED = 2 };

/* Returns how many filters a thread has, its own included (Linux 5.9). */
static uint64_t filters_of(pid_t tid)
{
	return proc_status(tid, "Seccomp_filters:", 10);
}

/* Says something on the program's standard error, which is copied for that (pidfd_getfd(2), Linux 5.6). The helper
 * keeps none open, as the other end of a pipe would wait for the helper's end; only while the command is loaded it
 * keeps one (t->words), as the descriptors of some programs cannot be copied. */
static void say(const struct tightening *r, pid_t pid, const char *text, const char *reason)
{
	int process = (int)syscall(SYS_pidfd_open, pid, 0);
	int fd = process >= 0 ? (int)syscall(SYS_pidfd_getfd, process, STDERR_FILENO, 0) : -1;
	if (fd < 0 && r->words >= 0)
		fd = dup(r->words);
	if (fd >= 0) {
		dprintf(fd, "pinhole: %s%s%s; the program is ended\n", text, reason != NULL ? ": " : "",
			reason != NULL ? reason : "");
		close(fd);
	}
	if (process >= 0)
		close(process);
}

/* At an entry stop: ends a process that cannot have its filter. It must neither make another call nor run any other
 * instruction. A filter of its own may deny this exit_group: then returned() kills it. */
static void end_refused(struct tracee *tracee, enum arch arch)
{
	if (!inject_exit(tracee->tid, arch, REFUSED))
		kill(tracee->process->tgid, SIGKILL);
	tracee->awaited = true;
}

/* At an entry stop: tells why a program cannot have its filter, and ends it. */
static void refuse(const struct tightening *r, struct tracee *tracee, enum arch arch, const char *text,
		   const char *reason)
{
	tracee->process->deployed.refused = true;
	say(r, tracee->process->tgid, text, reason);
	end_refused(tracee, arch);
}

/* Returns the filter that a process must have before it makes this call; NULL: none is due. */
static const struct watch_filter *due(const struct deployment *d, const struct process *process, const char *name)
{
	if (process->deployed.filters == 0)
		return process->phase != PHASE_LOAD ? d->first : NULL;
	bool begins = d->last != NULL && process->deployed.filters == 1 && process->phase != PHASE_LOAD &&
		      strcmp(name, d->phase_at) == 0;
	return begins ? d->last : NULL;
}

/* Whether a thread of the process has filters that another has not. The kernel refuses ours only where a thread without them
 * installs it. From the other thread it would give its own to all. */
static bool filters_differ(const struct tightening *t, const struct tracee *tracee)
{
	uint64_t filters = filters_of(tracee->tid);
	for (size_t i = 0; i < BUCKETS; i++)
		for (const struct tracee *other = t->loop.tracees.buckets[i]; other != NULL; other = other->next)
			if (other->process == tracee->process && filters_of(other->tid) != filters)
				return true;
	return false;
}

static const char unlike[] = "a thread has a filter that others have not";

/* At a call's entry stop: begins to install the filter that is due, if one is. */
static void install_due(struct tightening *t, struct tracee *tracee, const struct call *call, const char *name)
{
	struct process *process = tracee->process;
	process->deployed.own |=
	    strcmp(name, "seccomp") == 0 || (strcmp(name, "prctl") == 0 && (uint32_t)call->args[0] == PR_SET_SECCOMP);
	if (process->deployed.refused)
		return end_refused(tracee, call->arch);
	if (process->released || process->watch == WATCH_CHANGING || due(t->filters, process, name) == NULL)
		return;
	if (process->deployed.filters == 0 && process->blind)
		return refuse(t, tracee, call->arch, "the program's entry point cannot be told",
			      "it may not be read, or SIGTRAP is ignored; take --at=exec");
	if (process->deployed.own && process->threads > 1 && filters_differ(t, tracee))
		return refuse(t, tracee, call->arch, "the filter cannot be installed", unlike);
	process->deployed.before = filters_of(tracee->tid);
	process->deployed.target = process->deployed.filters + 1;
	process->deployed.installer = tracee->tid;
	if (inject_begin(tracee, call->arch, true))
		process->watch = WATCH_CHANGING;
	else
		refuse(t, tracee, call->arch, "the filter cannot be installed", NULL);
}

static int called(struct loop *l, struct tracee *tracee, const struct call *call, const char *name, struct error *e)
{
	(void)e;
	if (tracee->state == THREAD_IN_CALL)
		install_due(l->self, tracee, call, name);
	return 0;
}

/* All threads have all filters, and are left: one that runs is stopped for that, one that is in a call is left when the
 * call ends. If it were stopped, it would make the call anew, and the filter would judge what had begun before. */
static void release(struct loop *l, struct tracee *tracee)
{
	tracee->process->released = true;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct tracee *t = l->tracees.buckets[i]; t != NULL; t = t->next)
			if (t->process == tracee->process && t != tracee && t->state != THREAD_IN_CALL &&
			    ptrace(PTRACE_INTERRUPT, t->tid, NULL, NULL) == 0)
				t->interruption = INTERRUPTION_SENT;
}

/* At the entry of the call that was put off: another filter may be due at the same call. */
static void go_on(struct tightening *t, struct tracee *tracee, const struct __ptrace_syscall_info *info)
{
	struct call call;
	char buffer[32];
	if (tracee->process->deployed.filters >= (t->filters->last != NULL ? 2 : 1))
		release(&t->loop, tracee);
	else if (loop_call(info, &call))
		install_due(t, tracee, &call, abi_name(call.arch, call.nr, buffer, sizeof(buffer)));
}

static int injected(struct loop *l, struct tracee *tracee, const struct __ptrace_syscall_info *info, struct error *e)
{
	(void)e;
	struct tightening *t = l->self;
	struct process *process = tracee->process;
	int error = 0;
	const struct watch_filter *filter = process->deployed.filters == 0 ? t->filters->first : t->filters->last;
	enum arch arch = inject_arch(tracee);
	enum inject_state state = inject_stop(tracee, info, filter, &error);
	if (state == INJECT_INSTALLED) {
		process->deployed.filters++;
		if (t->words >= 0)
			close(t->words);
		t->words = -1;
	}
	if (state != INJECT_DONE && state != INJECT_REFUSED)
		return 0;
	process->watch = WATCH_CLOSELY;
	if (state == INJECT_DONE)
		go_on(t, tracee, info);
	else
		refuse(t, tracee, arch, "the filter cannot be installed",
		       error == EBUSY ? unlike : strerror(error));
	return 0;
}

/* Whether the filter that a thread has begun to install is in place for the whole process, before its stop has told.
 * The thread installs no other meanwhile: if it has one filter more, that is ours. */
static bool in_place(const struct process *process)
{
	return process->watch != WATCH_CHANGING || process->deployed.filters == process->deployed.target ||
	       filters_of(process->deployed.installer) > process->deployed.before;
}

/* Counts our filters in a process where a thread, of this process or of the one that it is a copy of, was about to
 * install one. `placed`: it is known to be in place. If it is not, /proc tells, unless threads of the process may have
 * filters of their own. */
static void count_filters(struct process *process, bool placed)
{
	unsigned target = process->deployed.target;
	bool tells = placed || !process->deployed.own;
	if (target > 0)
		process->deployed.filters = target - (!tells || filters_of(process->tgid) <= process->deployed.before);
	process->watch = WATCH_CLOSELY;
}

/* Another thread of the process may go on without the filter. */
static void injection_lost(struct process *process)
{
	if (process->watch == WATCH_CHANGING)
		count_filters(process, process->deployed.filters == process->deployed.target);
}

static void made(struct loop *l, struct process *process, const struct process *maker, bool vfork)
{
	(void)l, (void)vfork;
	process->deployed = maker->deployed;
	process->syscall_stops = true; /* whatever filter it has: no other stop comes before its phase `serve` */
	/* A copy of a process that is about to end would go on without the filter. */
	if (maker->deployed.refused)
		kill(process->tgid, SIGKILL);
	count_filters(process, in_place(maker));
	process->released = maker->released && process->deployed.filters == process->deployed.target;
}

/* Nobody knows which filters it has: it must not go on. */
static int found(struct loop *l, pid_t tid, struct process *process, const struct process *parent, struct error *e)
{
	(void)l, (void)process, (void)parent, (void)e;
	kill(tid, SIGKILL);
	return 0;
}

static int executed(struct loop *l, struct tracee *tracee, bool first, bool *readable, struct error *e)
{
	(void)l, (void)first, (void)e;
	*readable = proc_program_is_readable(tracee->tid);
	return 0;
}

/* Only the exit_group of end_refused() is awaited. It has come back: the process's own filter has denied it. */
static int returned(struct loop *l, struct tracee *tracee, unsigned error, struct error *e)
{
	(void)l, (void)error, (void)e;
	kill(tracee->process->tgid, SIGKILL);
	return 0;
}

static bool goes_on(struct loop *l)
{
	(void)l;
	return true;
}

/* A process that is not known cannot be allowed to go on: its maker gets plenty of time to tell of it. */
const struct watcher tighten_watcher = {
	.goes_on = goes_on,
	.called = called,
	.returned = returned,
	.injected = injected,
	.injection_lost = injection_lost,
	.made = made,
	.found = found,
	.executed = executed,
	.patience = {.busy = 5000, .idle = 500, .orphans = false},
};

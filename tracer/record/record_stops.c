/* What recording does at the tracees' stops: counts calls as facts, and gives quiet processes a filter.
 * SPDX-License-Identifier: MIT */
#include "tracer/record/record_stops.h"

#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include "policies/base/clock.h"
#include "tracer/ptrace/change/inject.h"
#include "tracer/ptrace/change/registers.h"
#include "tracer/ptrace/doomed.h"
#include "tracer/ptrace/signals.h"
#include "tracer/record/fault.h"
#include "tracer/record/timer.h"

static struct recording *recording_of(struct loop *l)
{
	return l->self;
}

/* Counts a call as a fact. clone_untraced.c may have changed the flags of clone3 by now: the original ones count. The
 * end of the call is awaited only while no call of the fact is known to have succeeded: one more stop for a new fact,
 * and for calls that only ever fail. */
static int count_call(struct recording *r, struct tracee *tracee, const struct call *call, struct error *e)
{
	struct process *process = tracee->process;
	const uint64_t *flags = tracee->untraced.where == UNTRACED_MEMORY ? &tracee->untraced.flags : NULL;
	struct fact_key key = recorder_key(tracee->tid, process->phase, call, flags);
	int observed = recorder_count(&r->recorder, &key, process->program, e), rc = 0;
	quiet_count(&r->quiet, process, observed > 0 && (observed & OBSERVED_NEW) != 0);
	if (observed >= 0 && (observed & OBSERVED_EARLY) != 0)
		rc = recorder_stack(&r->recorder, &key, tracee->tid, registers_read, e);
	if (observed < 0 || rc < 0)
		return observed < 0 ? observed : rc;
	if ((observed & OBSERVED_UNENDED) == 0)
		return 0;
	if (recorder_has_no_result(call))
		return recorder_ended(&r->recorder, &key, 0, e);
	tracee->awaited = true;
	tracee->call = key;
	return 0;
}

static int returned(struct loop *l, struct tracee *tracee, unsigned error, struct error *e)
{
	struct recording *r = recording_of(l);
	if (error == 0)
		known_filter_outdated(&r->quiet.passes); /* the fact may be let through now */
	return recorder_ended(&r->recorder, &tracee->call, error, e);
}

/* A call that may put a filter on the process: that could hide calls from ours, so that the process is followed with
 * PTRACE_SYSCALL from now on. While another thread gives the process our filter, the call waits: below ours, as the
 * older one, its event data would be hidden by ours (seccomp(2): of equal answers the newest filter's counts). With
 * SECCOMP_FILTER_FLAG_TSYNC the filter reaches threads that are running: they must stop once, to be restarted with
 * PTRACE_SYSCALL. */
static void follow_closely(struct loop *l, struct tracee *tracee, const char *name, const struct call *call)
{
	bool filter = strcmp(name, "seccomp") == 0;
	struct process *process = tracee->process;
	if (!filter && (strcmp(name, "prctl") != 0 || (uint32_t)call->args[0] != PR_SET_SECCOMP))
		return;
	if (process->watch == WATCH_CHANGING && tracee->state != THREAD_INJECTS && inject_wait(tracee, call->arch))
		return;
	bool already = process->syscall_stops;
	process->syscall_stops = true;
	process->watch = WATCH_CLOSELY;
	if (already || !filter || (call->args[1] & SECCOMP_FILTER_FLAG_TSYNC) == 0)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct tracee *t = l->tracees.buckets[i]; t != NULL; t = t->next)
			if (t->process == process && t != tracee && ptrace(PTRACE_INTERRUPT, t->tid, NULL, NULL) == 0)
				t->interruption = INTERRUPTION_FOR_FILTER;
}

/* Notes that the process will not have a filter of ours; `error`: errno value, or 0: no filter could be made. */
static void count_refusal(struct recording *r, struct process *process, int error)
{
	process->watch = WATCH_CLOSELY;
	r->result.refused++;
	r->result.refusal = error;
}

/* At an entry stop: begins to give the process a filter, if it is time for that. */
static int go_quiet(struct recording *r, struct tracee *tracee, enum arch arch, const char *name, struct error *e)
{
	struct process *process = tracee->process;
	if (arch != ARCH_NATIVE && process->watch == WATCH_UNTIL_QUIET && process->lull.calls >= r->quiet.after) {
		r->result.other_calls += !process->foreign;
		process->foreign = true;
	}
	if (!quiet_due(&r->quiet, process, arch, name))
		return 0;
	if (known_filter_get(&r->quiet.passes, e) == NULL)
		count_refusal(r, process, 0);
	else if (inject_begin(tracee, arch, !r->quiet.privileged))
		process->watch = WATCH_CHANGING;
	return e->code;
}

static int called(struct loop *l, struct tracee *tracee, const struct call *call, const char *name, struct error *e)
{
	struct recording *r = recording_of(l);
	struct process *process = tracee->process;
	const char *begins = r->recorder.options->phase_at;
	if (begins != NULL && process->phase == PHASE_MAIN && strcmp(name, begins) == 0)
		process->phase = PHASE_SERVE;
	/* A call that is not made is no fact. */
	if (fault_meet(r->recorder.options->fault, &r->faulted, tracee, call))
		return 0;
	int rc = count_call(r, tracee, call, e);
	if (rc < 0)
		return rc;
	follow_closely(l, tracee, name, call);
	return tracee->state == THREAD_IN_CALL ? go_quiet(r, tracee, call->arch, name, e) : 0;
}

/* At the end of the injection the tracee's own call is made anew, and has been counted. */
static int injected(struct loop *l, struct tracee *tracee, const struct __ptrace_syscall_info *info, struct error *e)
{
	(void)e;
	struct recording *r = recording_of(l);
	struct process *process = tracee->process;
	struct call call;
	char buffer[32];
	int error = 0;
	enum inject_state state = inject_stop(tracee, info, &r->quiet.passes.filter, &error);
	if (state == INJECT_INSTALLED && process->watch == WATCH_CHANGING) {
		process->watch = WATCH_QUIETLY;
		process->syscall_stops = false;
		process->all_threads = process->threads > 1;
		r->result.went_quiet++;
	}
	if (state == INJECT_REFUSED)
		count_refusal(r, process, error);
	if ((state == INJECT_REFUSED || state == INJECT_DONE) && loop_call(info, &call))
		follow_closely(l, tracee, abi_name(call.arch, call.nr, buffer, sizeof(buffer)), &call);
	return 0;
}

/* It was another thread that was to install the filter: the process may have it or not. */
static void injection_lost(struct process *process)
{
	if (process->watch == WATCH_CHANGING)
		process->watch = WATCH_UNTIL_QUIET;
}

/* Another thread of the maker's may have been giving it a filter just then. If in doubt, the process is followed call
 * by call. */
static void made(struct loop *l, struct process *process, const struct process *maker, bool vfork)
{
	(void)l;
	process->borrows = vfork;
	process->all_threads = false;
	if (maker->watch != WATCH_CHANGING && !(maker->watch == WATCH_QUIETLY && maker->all_threads))
		return;
	bool filtered = quiet_has_filter(process->tgid);
	process->watch = filtered ? WATCH_QUIETLY : WATCH_UNTIL_QUIET;
	process->syscall_stops = !filtered;
}

/* Its parent may not be its maker. If the programs differ, that is certain, and nothing else of the parent's counts. */
static int found(struct loop *l, pid_t tid, struct process *process, const struct process *parent, struct error *e)
{
	struct recording *r = recording_of(l);
	bool readable;
	int program = recorder_program(&r->recorder, tid, &readable, e);
	if (program < 0)
		return program;
	if (parent == NULL || parent->program != (uint32_t)program) {
		process->phase = process->phase == PHASE_SERVE ? PHASE_SERVE : PHASE_MAIN;
		process->armed = false;
		process->syscall_stops = true; /* its maker may have had a filter of its own */
	}
	if (r->quiet.passes.compile != NULL) {
		process->watch = WATCH_CLOSELY;
		process->syscall_stops = true;
	}
	process->program = (uint32_t)program;
	return 0;
}

/* Counts the launcher's own execve: whoever installs the filter before the command will execute it under the filter
 * too. Skips its stack: that is gone. */
static int count_launch(struct recording *r, struct process *process, struct error *e)
{
	struct call launch = {ARCH_NATIVE, SYS_execve, {0}};
	struct fact_key key = recorder_key(process->tgid, PHASE_LOAD, &launch, NULL);
	int observed = recorder_count(&r->recorder, &key, process->program, e);
	if (observed < 0)
		return observed;
	quiet_count(&r->quiet, process, (observed & OBSERVED_NEW) != 0);
	known_filter_outdated(&r->quiet.passes);
	return recorder_ended(&r->recorder, &key, 0, e);
}

static int executed(struct loop *l, struct tracee *tracee, bool first, bool *readable, struct error *e)
{
	struct recording *r = recording_of(l);
	struct process *process = tracee->process;
	uint32_t before = process->program;
	process->lull = (struct lull){0};
	process->borrows = process->foreign = false;
	int program = recorder_program(&r->recorder, process->tgid, readable, e);
	if (program < 0)
		return program;
	process->program = (uint32_t)program;
	if (!first)
		return profile_program_started(r->recorder.profile, process->program, before, e);
	int refusal = process->watch == WATCH_QUIETLY ? launch_unfiltered(&r->launcher) : 0;
	if (refusal != 0) {
		process->syscall_stops = true;
		count_refusal(r, process, refusal);
	}
	return count_launch(r, process, e);
}

/* How many processes run now. */
static unsigned count_running(const struct loop *l)
{
	unsigned n = 0;
	for (size_t i = 0; i < BUCKETS; i++)
		for (const struct tracee *t = l->tracees.buckets[i]; t != NULL; t = t->next)
			n += t->process != NULL && t->process->tgid == t->tid;
	return n;
}

/* Every now and then: tells how the recording goes, and ends it when its time is up. */
static void on_tick(struct recording *r)
{
	const struct record_options *o = r->recorder.options;
	doomed_look(&r->loop.tracees);
	if (recorder_progress_due(&r->recorder))
		recorder_progress(&r->recorder, r->loop.stops, count_running(&r->loop));
	int64_t lasted = recorder_watched(&r->recorder);
	bool up = o->until_ms > 0 && lasted >= (int64_t)o->until_ms;
	if (r->loop.command == 0) {
		r->time = up || signals_end_asked() ? TIME_OVER : TIME_LEFT;
	} else if (up && r->time == TIME_LEFT) {
		r->time = TIME_UP;
		signals_terminate(SIGTERM);
	} else if (up && lasted >= (int64_t)o->until_ms + RECORDER_MERCY) {
		signals_terminate(SIGKILL);
	}
}

static bool goes_on(struct loop *l)
{
	struct recording *r = recording_of(l);
	if (ticks_passed())
		on_tick(r);
	return r->time != TIME_OVER;
}

const struct watcher record_watcher = {
	.goes_on = goes_on,
	.called = called,
	.returned = returned,
	.injected = injected,
	.injection_lost = injection_lost,
	.made = made,
	.found = found,
	.executed = executed,
	.patience = {.busy = 100, .idle = 100, .orphans = true},
};

/* The loop: waits for stops, turns calls into facts, and is the only place that restarts tracees.
 * SPDX-License-Identifier: MIT */
#include "policies/base/clock.h"
#include "tracer/record/recorder.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tracer/ptrace/alter.h"
#include "tracer/ptrace/attach.h"
#include "tracer/ptrace/flood.h"
#include "tracer/ptrace/inject.h"
#include "tracer/ptrace/memory.h"
#include "tracer/ptrace/proc.h"
#include "tracer/ptrace/signals.h"
#include "tracer/ptrace/stop.h"
#include "tracer/ptrace/transfers.h"
#include "tracer/ptrace/waits.h"
#include "tracer/record/aimed.h"
#include "tracer/record/clone_untraced.h"
#include "tracer/record/program_image.h"
#include "tracer/record/timer.h"

enum {
	/* In milliseconds: how long whoever made a thread may take to say so, or a thread that nobody told of to show
	 * itself. Normally that is microseconds. */
	GRACE = 100,
	/* The same for one that nobody may guess about, as it would not have its filter: while nothing else happens, and at most. */
	QUIET_GRACE = 500,
	LONG_GRACE = 5000,
};

/* Whether what a call leaves in the result's register is no result: the handler's return restores the register of the
 * call it interrupted. */
static bool returns_nothing(const char *name)
{
	return strcmp(name, "rt_sigreturn") == 0 || strcmp(name, "sigreturn") == 0;
}

bool call_told(const struct __ptrace_syscall_info *info, struct call *call)
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

static const char *call_name(const struct call *call, char buffer[32])
{
	return abi_name(call->arch, call->nr, buffer, 32);
}

/* The fact that a call is. The flags that clone3's pointer leads to are of it, where they can be read; untraced_clear may have
 * changed them by now. */
static struct fact_key make_key(const struct tracee *tracee, enum phase phase, const struct call *call)
{
	struct fact_key key = fact_key_make(phase, call->arch, call->nr, call->args);
	const struct syscall_desc *desc = (key.args & 1) != 0 ? abi_by_nr(call->arch, call->nr) : NULL;
	if (desc == NULL || desc->args[0].kind != ARG_POINTED)
		return key;
	const struct untraced *changed = &tracee->untraced;
	struct memory memory = {0};
	uint64_t flags = changed->flags;
	memory_begin(&memory, tracee->tid, false);
	bool known = changed->where == UNTRACED_MEMORY ||
		     memory_read(&memory, key.values[0], &flags, sizeof(flags), MEMORY_OF_ITS_OWN);
	memory_free(&memory);
	key.values[0] = known ? flags : 0;
	key.args &= (uint8_t)~(known ? 0 : 1);
	return key;
}

/* Counts a call as a fact, made in that phase. A number that marks no call (a tracer or a restart set it to -1) is none.
 * Its end is awaited only while no call of the fact is known to have succeeded: one more stop for a new fact, and for
 * what only ever fails. */
static int record_call(struct recorder *r, struct tracee *tracee, enum phase phase, const struct call *call,
		       struct error *e)
{
	struct fact_key key = make_key(tracee, phase, call);
	int rc = profile_observe(r->profile, &key, tracee->process->program, r->run, 1, e);
	bool new = rc > 0 && (rc & OBSERVED_NEW) != 0;
	quiet_count(&r->quiet, tracee->process, new);
	if (new) {
		r->last_new = now_ms();
		profile_first_seen(r->profile, &key, r->run, (uint64_t)(r->last_new - r->began));
	}
	/* Of the launcher's execve there is no stack any more, and nobody asks for ours. */
	if (rc >= 0 && (rc & OBSERVED_EARLY) != 0 && call != &r->launch) {
		int noted = callers_note(&r->callers, tracee, &key, r->profile, e);
		if (noted < 0)
			return noted;
	}
	if (rc < 0 || (rc & OBSERVED_UNENDED) == 0)
		return rc < 0 ? rc : 0;
	char buffer[32];
	if (returns_nothing(call_name(call, buffer)))
		return profile_ended(r->profile, &key, 0, e);
	tracee->awaited = true;
	tracee->call = key;
	return 0;
}

/* The call that was awaited has succeeded, or will never return. */
static int end_call(struct recorder *r, struct tracee *tracee, struct error *e)
{
	if (!tracee->awaited)
		return 0;
	tracee->awaited = false;
	r->quiet.current = false; /* now it may pass */
	return profile_ended(r->profile, &tracee->call, 0, e);
}

/* At an exit stop. From 512 on the numbers are the kernel's own (ERESTARTSYS and its kin, include/linux/errno.h): a signal
 * interrupted the call. Whether it fails with EINTR, is made again, or is ended by restart_syscall shows later, or not at
 * all: its end is not known. */
static int on_return(struct recorder *r, struct tracee *tracee, const struct __ptrace_syscall_info *info,
		     struct error *e)
{
	if (!tracee->awaited || !info->exit.is_error || info->exit.rval <= -512)
		return end_call(r, tracee, e);
	tracee->awaited = false;
	return profile_ended(r->profile, &tracee->call, (unsigned)-info->exit.rval, e);
}

/* A call that may put a filter on the process, which could hide calls from ours: from now on the process is followed
 * with PTRACE_SYSCALL. While another thread is giving the process ours, it waits: below ours, as the older one, the event data of
 * its stops would be hidden by those of ours (seccomp(2): of equal answers the newest filter's counts). With SECCOMP_FILTER_FLAG_TSYNC the filter reaches threads that are running: they must stop once, so
 * that they are restarted so. */
static void follow_closely(struct recorder *r, struct tracee *tracee, const char *name, const struct call *call)
{
	bool filter = strcmp(name, "seccomp") == 0;
	if (!filter && (strcmp(name, "prctl") != 0 || (uint32_t)call->args[0] != PR_SET_SECCOMP))
		return;
	if (tracee->process->watch == WATCH_CHANGING && tracee->injection == NULL && inject_wait(tracee, call->arch))
		return;
	bool already = tracee->process->syscall_stops;
	tracee->process->syscall_stops = true;
	tracee->process->watch = WATCH_CLOSELY;
	if (already || !filter || (call->args[1] & SECCOMP_FILTER_FLAG_TSYNC) == 0)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct tracee *t = r->tracees.buckets[i]; t != NULL; t = t->next)
			if (t->process == tracee->process && t != tracee)
				t->seized = t->filtering = ptrace(PTRACE_INTERRUPT, t->tid, NULL, NULL) == 0;
}

/* After prctl(PR_SET_DUMPABLE, 0) a recorder without privileges may not write to the process any more (ptrace_access_vm,
 * kernel/ptrace.c): the breakpoint at its entry must be gone by then. A library's constructor did it; that call and what is left
 * of the loader's work belong to phase main. */
static void give_up_entry(struct tracee *tracee, const char *name, const struct call *call)
{
	if (!tracee->process->armed || strcmp(name, "prctl") != 0 || (uint32_t)call->args[0] != PR_SET_DUMPABLE)
		return;
	image_disarm(tracee);
	tracee->process->phase = PHASE_MAIN;
}

/* That process will not have a filter of ours. */
static void count_refusal(struct recorder *r, struct process *process, int error)
{
	process->watch = WATCH_CLOSELY;
	r->result.refused++;
	r->result.refusal = error;
}

/* At an entry stop: begins to give the process a filter, where it is time for that. */
static int go_quiet(struct recorder *r, struct tracee *tracee, enum arch arch, const char *name, struct error *e)
{
	struct process *process = tracee->process;
	if (arch != ARCH_NATIVE && process->watch == WATCH_UNTIL_QUIET && process->lull.calls >= r->quiet.after) {
		r->result.other_calls += !process->foreign;
		process->foreign = true;
	}
	if (!quiet_due(&r->quiet, process, arch, name))
		return 0;
	if (quiet_filter(&r->quiet, e) == NULL)
		count_refusal(r, process, 0);
	else if (inject_begin(tracee, arch, !r->quiet.privileged))
		process->watch = WATCH_CHANGING;
	return e->code;
}

/* At a stop of a tracee that is giving its process a filter. At the end its own call is made anew, and has been
 * counted. */
static void on_injection(struct recorder *r, struct tracee *tracee, struct stop stop)
{
	struct process *process = tracee->process;
	int error = 0;
	enum inject_state state = inject_stop(tracee, stop, &r->quiet.filter, &error);
	if (state == INJECT_INSTALLED && process->watch == WATCH_CHANGING) {
		process->watch = WATCH_QUIETLY;
		process->syscall_stops = false;
		process->all_threads = process->threads > 1;
		r->result.went_quiet++;
	}
	if (state == INJECT_REFUSED)
		count_refusal(r, process, error);
	if (state != INJECT_REFUSED && state != INJECT_DONE)
		return;
	tracee->entry_seen = true;
	struct __ptrace_syscall_info info;
	struct call call;
	char buffer[32];
	if (ptrace(PTRACE_GET_SYSCALL_INFO, tracee->tid, (void *)sizeof(info), &info) > 0 && call_told(&info, &call))
		follow_closely(r, tracee, call_name(&call, buffer), &call);
}

/* At a call's exit: has it made anew where no more than a stop of ours, or a signal that does nothing, has ended it; but
 * after a stopping signal it has to end. The signal may be one that another thread was quicker to take. */
static int on_exit_stop(struct recorder *r, struct tracee *tracee, struct __ptrace_syscall_info *info, struct error *e)
{
	enum { RESTART_BLOCK = -516 }; /* linux/errno.h, not for user space */
	bool seized = tracee->seized;
	bool broken = seized || info->exit.rval == -EINTR || info->exit.rval == RESTART_BLOCK;
	bool anew = broken && (seized || !tracee->stood) && waits_make_anew(&r->tracees, tracee);
	tracee->seized = tracee->filtering = false;
	if (!anew) {
		if (info->exit.rval != RESTART_BLOCK)
			waits_over(&r->tracees, tracee);
		if (broken)
			ptrace(PTRACE_GET_SYSCALL_INFO, tracee->tid, (void *)sizeof(*info), info); /* its time is up */
		return on_return(r, tracee, info, e);
	}
	tracee->awaited = false; /* how it ends shows when it has been made anew */
	if (!seized) /* otherwise this stop comes before that of the interruption */
		ptrace(PTRACE_INTERRUPT, tracee->tid, NULL, NULL);
	return 0;
}

/* A stop at a call. Entry stops come before the filter's (since Linux 4.8), so a call that stops at both is counted
 * at the first. */
static int on_call(struct recorder *r, struct tracee *tracee, struct error *e)
{
	struct __ptrace_syscall_info info;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, tracee->tid, (void *)sizeof(info), &info) <= 0)
		return 0; /* ESRCH: killed meanwhile, and will report its own end */
	if (info.op != PTRACE_SYSCALL_INFO_ENTRY && info.op != PTRACE_SYSCALL_INFO_SECCOMP) {
		tracee->entry_seen = false;
		alter_restore(tracee);
		untraced_restore(tracee);
		if (transfer_end(tracee) && ptrace(PTRACE_GET_SYSCALL_INFO, tracee->tid, (void *)sizeof(info), &info) <= 0)
			return 0;
		return info.op == PTRACE_SYSCALL_INFO_EXIT ? on_exit_stop(r, tracee, &info, e) : 0;
	}
	if (info.op == PTRACE_SYSCALL_INFO_SECCOMP && info.seccomp.ret_data != r->quiet.mark)
		alter_answer(tracee->tid, ENOSYS); /* a filter of the program's own asks a tracer that it does not have */
	bool seen = tracee->entry_seen;
	/* The call before had no exit, as those of the vsyscall page, which the kernel emulates at a fault: they show at the
	 * filter alone (arch/x86/entry/vsyscall/vsyscall_64.c). */
	if (!seen && end_call(r, tracee, e) < 0)
		return e->code;
	tracee->entry_seen = info.op == PTRACE_SYSCALL_INFO_ENTRY;
	struct call call;
	if (seen || tracee->transferred != 0 || !call_told(&info, &call))
		return 0; /* counted already, or the rest of one that was */
	if (!r->started) {
		r->launch = call;
		return 0;
	}
	char buffer[32];
	const char *name = call_name(&call, buffer);
	if (tracee->deadline == 0 && strcmp(name, "restart_syscall") != 0)
		tracee->entered = now_ns();
	untraced_clear(tracee, call.arch, name, call.args);
	flood_call(tracee, name);
	aimed_turn_away(r, tracee, &call, name);
	if (r->deploy != NULL) {
		give_up_entry(tracee, name, &call);
		if (tracee->entry_seen)
			deploy_call(r, tracee, &call, name);
		return 0;
	}
	give_up_entry(tracee, name, &call);
	if (r->options->phase_at != NULL && tracee->process->phase == PHASE_MAIN && strcmp(name, r->options->phase_at) == 0)
		tracee->process->phase = PHASE_SERVE;
	int rc = record_call(r, tracee, tracee->process->phase, &call, e);
	if (rc < 0)
		return rc;
	follow_closely(r, tracee, name, &call);
	return tracee->entry_seen ? go_quiet(r, tracee, call.arch, name, e) : 0;
}

/* Restarts a tracee after a stop. ESRCH is no error: it was killed and will report its own end. */
static void restart(struct recorder *r, struct tracee *tracee, struct stop stop)
{
	if (stop.kind == STOP_TRAP) {
		untraced_restore(tracee); /* a new one's first stop */
		if (tracee->seized && !waits_make_anew(&r->tracees, tracee)) /* or that of one that ran */
			transfer_go_on(tracee, 0);
		tracee->seized = tracee->filtering = false;
	}
	bool to_exit = tracee->awaited || tracee->untraced.where != UNTRACED_NOTHING || tracee->entry_seen ||
		       tracee->altered.set || tracee->injection != NULL || tracee->deadline != 0 || tracee->flood.blocked;
	if (!to_exit && tracee->process->watch == WATCH_QUIETLY)
		tracee->entered = 0; /* its next stop may be another call's */
	if (stop.kind == STOP_GROUP)
		ptrace(PTRACE_LISTEN, tracee->tid, NULL, NULL);
	else
		ptrace(tracee->process->syscall_stops || to_exit ? PTRACE_SYSCALL : PTRACE_CONT, tracee->tid, NULL,
		       (void *)(long)(stop.kind == STOP_SIGNAL ? stop.signal : 0));
}

/* Restarts a tracee, or lets go of one that has all its filters: at once where it was not interrupted for that. */
static void go_on(struct recorder *r, struct tracee *tracee, struct stop stop)
{
	if (!tracee->process->deployed.released) {
		restart(r, tracee, stop);
	} else if (stop.kind == STOP_SYSCALL && !tracee->seized) {
		untraced_restore(tracee);
		flood_end(tracee);
		ptrace(PTRACE_DETACH, tracee->tid, NULL, NULL);
		tracee_remove(&r->tracees, tracee->tid);
	} else {
		attach_leave(&r->tracees, tracee, stop);
	}
}

/* At a signal's stop, `delivered` or not. Where a handler runs the kernel lets the call fail with EINTR in any case; and so
 * does a stop. */
static void on_signal_stop(struct recorder *r, struct tracee *tracee, int signal, bool delivered)
{
	if (signal == SIGCONT)
		tracee->stood = false;
	if (waits_look_at(tracee).kind == WAIT_NONE) { /* what the signal does is looked up in /proc: not for each */
		if (!tracee->stood)
			transfer_go_on(tracee, delivered ? signal : 0);
		return;
	}
	enum effect effect = delivered ? waits_effect(tracee->tid, signal) : EFFECT_NONE;
	if (effect == EFFECT_NONE && !tracee->stood)
		waits_make_anew(&r->tracees, tracee);
	else
		waits_over(&r->tracees, tracee);
	if (effect == EFFECT_STOP)
		waits_interrupt(tracee);
}

/* What a new process has from its maker. Another thread of that may have been at work on their filter just then: on the
 * safe side is whoever is followed call by call. */
static void inherit(struct process *process, const struct process *parent, bool vfork)
{
	process_inherit(process, parent);
	process->borrows = vfork;
	process->all_threads = false;
	if (parent->watch != WATCH_CHANGING && !(parent->watch == WATCH_QUIETLY && parent->all_threads))
		return;
	bool filtered = quiet_has_filter(process->tgid);
	process->watch = filtered ? WATCH_QUIETLY : WATCH_UNTIL_QUIET;
	process->syscall_stops = !filtered;
}

/* Whether tid is a thread of that process (clone(2) with CLONE_THREAD; clone3's flags are not in a register). No signal
 * is sent; EPERM: it is one, of other credentials. */
static bool is_thread_of(pid_t tgid, pid_t tid)
{
	return syscall(SYS_tgkill, tgid, tid, 0) == 0 || errno == EPERM;
}

/* A thread or process was made: tells the new tracee whose it is, and lets it go if it waits for that. */
static int on_child(struct recorder *r, struct tracee *parent, bool vfork, struct error *e)
{
	unsigned long message;
	if (ptrace(PTRACE_GETEVENTMSG, parent->tid, NULL, &message) != 0)
		return 0;
	pid_t tid = (pid_t)message;
	struct tracee *child = tracee_find(&r->tracees, tid);
	if (child != NULL && child->process != NULL) {
		if (child->process->guessed)
			inherit(child->process, parent->process, vfork);
		return 0;
	}
	struct process *process = parent->process;
	if (!is_thread_of(process->tgid, tid)) {
		process = process_new(tid, NULL);
		if (process == NULL)
			return error_memory(e);
		inherit(process, parent->process, vfork);
		if (r->deploy != NULL)
			deploy_inherit(process, parent->process);
		r->result.processes++;
	}
	bool held = child != NULL;
	if (held)
		tracee_join(&r->tracees, child, process);
	else if ((child = tracee_add(&r->tracees, tid, process)) == NULL)
		return error_memory(e);
	untraced_inherit(child, parent);
	flood_inherit(child, parent, held);
	if (held)
		go_on(r, child, child->held);
	return 0;
}

/* The process a thread belongs to, of those that are known; or NULL. */
static struct process *process_of_thread(const struct recorder *r, pid_t tid)
{
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct tracee *t = r->tracees.buckets[i]; t != NULL; t = t->next)
			if (tracee_leads(t) && is_thread_of(t->process->tgid, tid))
				return t->process;
	return NULL;
}

/* Lets one held tracee go without its maker's event: what /proc says of it decides. */
static int resolve_held(struct recorder *r, struct tracee *tracee, struct error *e)
{
	struct tracee *parent = tracee_find(&r->tracees, (pid_t)proc_status(tracee->tid, "PPid:", 10));
	struct process *process = process_of_thread(r, tracee->tid);
	if (process == NULL && r->deploy != NULL)
		deploy_drop(tracee->tid);
	if (process == NULL) {
		process = process_new(tracee->tid, parent != NULL ? parent->process : NULL);
		if (process == NULL)
			return error_memory(e);
		bool untouchable;
		int program = image_program(&r->images, tracee->tid, r->profile, &untouchable, e);
		if (program < 0) {
			free(process);
			return program;
		}
		if (parent == NULL || parent->process == NULL || parent->process->program != (uint32_t)program) {
			process->phase = process->phase == PHASE_SERVE ? PHASE_SERVE : PHASE_MAIN;
			process->armed = false;
			process->syscall_stops = true; /* its maker may have had a filter of its own */
		}
		if (r->quiet.compile != NULL) {
			process->watch = WATCH_CLOSELY; /* its maker may not have been its parent */
			process->syscall_stops = true;
		}
		process->program = (uint32_t)program;
		process->guessed = true;
	}
	tracee_join(&r->tracees, tracee, process);
	restart(r, tracee, tracee->held);
	return 0;
}

/* A maker that was killed reports no event any more (ptrace_stop, kernel/signal.c), only its end, and maybe before the
 * thread that it made first stops. Then that one's parent is none of the tree; or, with CLONE_PARENT and subreapers, only
 * time tells. */
static int resolve_overdue(struct recorder *r, bool idle, struct error *e)
{
	if (r->tracees.held == 0)
		return 0;
	int64_t now = now_ms();
	if (now == r->checked)
		return 0;
	r->checked = now;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct tracee *t = r->tracees.buckets[i]; t != NULL; t = t->next) {
			if (t->process != NULL || now - t->held_since < 2)
				continue;
			pid_t parent = (pid_t)proc_status(t->tid, "PPid:", 10);
			int64_t grace = r->deploy == NULL ? GRACE : idle ? QUIET_GRACE : LONG_GRACE;
			bool orphan = r->deploy == NULL && parent != 0 && parent != getpid() && tracee_find(&r->tracees, parent) == NULL;
			int rc = orphan || now - t->held_since >= grace ? resolve_held(r, t, e) : 0;
			if (rc < 0)
				return rc;
		}
	return 0;
}

/* At an exec of a thread that has its process's id now, whose leader was let go before: that process, or NULL. */
static struct process *process_of_exec(const struct recorder *r, pid_t tid)
{
	unsigned long former;
	if (ptrace(PTRACE_GETEVENTMSG, tid, NULL, &former) != 0)
		return NULL;
	const struct tracee *tracee = tracee_find(&r->tracees, (pid_t)former);
	return tracee != NULL && tracee->process != NULL && tracee->process->tgid == tid ? tracee->process : NULL;
}

/* At an exec: it has succeeded, and what the other threads were at will never return. */
static int end_calls(struct recorder *r, const struct process *process, struct error *e)
{
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < BUCKETS; i++)
		for (struct tracee *t = r->tracees.buckets[i]; rc == 0 && t != NULL; t = t->next)
			if (t->process == process)
				rc = end_call(r, t, e);
	return rc;
}

/* A new image: other threads are gone, the caller has the leader's id (ptrace(2), "execve(2) under ptrace"). */
static int on_exec(struct recorder *r, struct tracee *tracee, struct error *e)
{
	struct process *process = tracee->process;
	unsigned long former;
	if (ptrace(PTRACE_GETEVENTMSG, tracee->tid, NULL, &former) == 0 && (pid_t)former != tracee->tid)
		tracee->entry_seen = process->syscall_stops; /* the caller's exit stop comes under this id */
	inject_forget(tracee);
	if (r->deploy != NULL)
		deploy_abandoned(process);
	process->lull = (struct lull){0};
	process->borrows = process->foreign = process->leaderless = false;
	if (process->watch == WATCH_CHANGING) /* that was another thread; now it may have a filter or not */
		process->watch = WATCH_UNTIL_QUIET;
	int rc = end_calls(r, process, e);
	uint32_t before = process->program;
	tracee_keep_only(&r->tracees, process, tracee->tid);
	if (rc == 0)
		rc = image_exec(&r->images, process, r->profile, e);
	if (rc == 0 && r->started)
		rc = profile_program_started(r->profile, process->program, before, e);
	if (rc < 0 || r->started)
		return rc;
	r->started = true;
	int refusal = process->watch == WATCH_QUIETLY ? launch_unfiltered(&r->launcher) : 0;
	if (refusal != 0) {
		process->syscall_stops = true;
		count_refusal(r, process, refusal);
	}
	if (r->deploy != NULL)
		return 0;
	/* The launcher's execve belongs to the command: whoever installs the filter will exec under it too. */
	rc = record_call(r, tracee, PHASE_LOAD, &r->launch, e);
	return rc < 0 ? rc : end_call(r, tracee, e);
}

static int on_end(struct recorder *r, pid_t tid, int status, struct error *e)
{
	struct tracee *tracee = tracee_find(&r->tracees, tid);
	int rc = tracee != NULL ? end_call(r, tracee, e) : 0;
	if (r->deploy != NULL && tracee != NULL && tracee->injection != NULL)
		deploy_abandoned(tracee->process);
	if (tid == r->command) {
		r->result.status = status;
		signals_command_ended();
	}
	tracee_remove(&r->tracees, tid);
	return rc;
}

/* A thread is about to end. It is let go, so that its parent and its process find it as they would without us: what has
 * ended stays a zombie until its tracer has waited for it. The command is our own child. */
static int let_end(struct recorder *r, struct tracee *tracee, struct error *e)
{
	pid_t tid = tracee->tid;
	tracee->process->leaderless |= tid == tracee->process->tgid;
	ptrace(PTRACE_DETACH, tid, NULL, NULL);
	return on_end(r, tid, 0, e);
}

static int on_stop(struct recorder *r, pid_t tid, int status, struct error *e)
{
	struct stop stop = stop_classify(status);
	if (stop.kind == STOP_ENDED) {
		r->result.stops += tracee_find(&r->tracees, tid) != NULL; /* a process that saves the run is none of the program's */
		return on_end(r, tid, status, e);
	}
	r->result.stops++;
	struct tracee *tracee = tracee_find(&r->tracees, tid);
	struct process *process = tracee == NULL && stop.kind == STOP_EXEC ? process_of_exec(r, tid) : NULL;
	if (tracee == NULL && (tracee = tracee_add(&r->tracees, tid, process)) == NULL)
		return error_memory(e);
	if (tracee->process == NULL) {
		tracee->held = stop;
		tracee->held_since = now_ms();
		return 0;
	}
	int rc = 0;
	flood_stop(tracee, stop);
	transfer_stop(tracee, stop);
	if (stop.kind == STOP_EXIT && (tid != r->command || r->deploy != NULL))
		return let_end(r, tracee, e);
	if (tracee->injection != NULL && stop.kind != STOP_EXEC) {
		if (r->deploy != NULL)
			deploy_injected(r, tracee, stop);
		else
			on_injection(r, tracee, stop);
		go_on(r, tracee, stop);
		return 0;
	}
	switch (stop.kind) {
	case STOP_SYSCALL:
	case STOP_SECCOMP:
		rc = on_call(r, tracee, e);
		break;
	case STOP_CHILD:
		rc = on_child(r, tracee, stop.vfork, e);
		break;
	case STOP_EXEC:
		rc = on_exec(r, tracee, e);
		break;
	case STOP_SIGNAL:
		if (stop.signal == SIGTRAP && image_entered(tracee))
			stop.kind = STOP_TRAP; /* our breakpoint, not the program's signal */
		else if (signals_is_copy(tracee, stop.signal))
			stop.kind = STOP_TRAP;
		on_signal_stop(r, tracee, stop.signal, stop.kind == STOP_SIGNAL);
		flood_note(tracee, stop.signal);
		break;
	case STOP_GROUP:
		tracee->stood = true;
		waits_note(tracee);
		waits_interrupt(tracee);
		break;
	default:
		break;
	}
	if (rc == 0) {
		go_on(r, tracee, stop);
	} else {
		tracee->failed = true;
		tracee->held = stop;
	}
	return rc;
}

/* Every now and then: tells how it goes, and ends what was to be for a time. */
static void on_tick(struct recorder *r)
{
	enum { TELL_EVERY = 500, MERCY = 10000 };
	const struct record_options *o = r->options;
	int64_t now = now_ms();
	if (o->progress != NULL && now - r->last_told >= TELL_EVERY) {
		struct record_progress p = {r->result.stops, profile_fact_count(r->profile), 0, now - r->last_new};
		for (size_t i = 0; i < BUCKETS; i++)
			for (const struct tracee *t = r->tracees.buckets[i]; t != NULL; t = t->next)
				p.processes += t->process != NULL && t->process->tgid == t->tid;
		r->last_told = now;
		o->progress(&p);
	}
	if (o->watcher != NULL)
		o->watcher(o->context, r->profile, r->run, (uint64_t)(now - r->began));
	bool up = o->until_ms > 0 && now - r->began >= (int64_t)o->until_ms;
	if (r->command == 0) {
		r->time = up || signals_end_asked() ? TIME_OVER : TIME_LEFT;
	} else if (up && r->time == TIME_LEFT) {
		r->time = TIME_UP;
		signals_terminate(SIGTERM);
	} else if (up && now - r->began >= (int64_t)o->until_ms + MERCY) {
		signals_terminate(SIGKILL);
	}
}

/* Waits for the next stop or end of a child, and fills *status. Returns its id; 0: none is left to wait for, or it is time to
 * end; or a negative code. Children that this process had before it became pinhole, or got as a reaper, are no tracees and are not waited
 * for: but where there are some, ECHILD does not tell that no tracee is left that has not shown itself yet. */
static pid_t next_stop(struct recorder *r, int *status, struct error *e)
{
	bool idle = false;
	for (int64_t alone_since = 0;;) {
		int rc = resolve_overdue(r, idle, e);
		if (rc < 0)
			return rc;
		if (ticks_passed())
			on_tick(r);
		if (r->time == TIME_OVER)
			return 0;
		attach_leave_waiting(&r->tracees);
		int64_t due = waits_end_due(&r->tracees);
		bool soon = r->tracees.held > 0 || r->tracees.leaving > 0 || r->tracees.count == 0, poll = soon || due >= 0;
		pid_t tid = turns_next(&r->turns, &r->tracees, status);
		if (tid == 0)
			tid = waitpid(-1, status, __WALL | (poll ? WNOHANG : 0));
		if (tid > 0)
			return tid;
		idle = tid == 0;
		if (tid < 0 && errno != EINTR)
			return errno == ECHILD ? 0 : error_system(e, "cannot wait for the command");
		if (tid == 0 && r->tracees.count == 0) {
			alone_since = alone_since == 0 ? now_ms() : alone_since;
			if (now_ms() - alone_since >= GRACE)
				return 0;
		}
		if (tid == 0)
			signals_wait_child(soon || due < 1 ? 1 : due);
	}
}

int watch(struct recorder *r, struct error *e)
{
	int status;
	pid_t tid;
	while ((tid = next_stop(r, &status, e)) > 0) {
		int rc = on_stop(r, tid, status, e);
		if (rc < 0)
			return rc;
	}
	return tid;
}

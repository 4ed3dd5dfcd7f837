/* Records a container by the notifications of its processes. SPDX-License-Identifier: MIT
 *
 * A runtime installs the filter in the process that becomes the container's program, or the program of an exec into it. Until that
 * process executes its program, the calls on this listener are the runtime's own. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "policies/abi/unnoticed.h"
#include "policies/base/clock.h"
#include "tracer/notify/container.h"
#include "tracer/notify/exec_words.h"
#include "tracer/notify/notified.h"
#include "tracer/notify/pass_fd.h"
#include "tracer/process/auxv.h"
#include "tracer/process/proc.h"

enum {
	TICK = 100,	/* milliseconds between two looks at the clock */
	IN_A_ROW = 256, /* the most notifications of one listener before the others get their turn */
};

#define MEMORY ((rlim_t)1 << 30) /* bytes that a recording may take for what a container does */

/* A listener, and the state of the process that got its filter. */
struct source {
	int listener;
	enum { IN_RUNTIME, EXECUTING, IN_PROGRAM } state;
	pid_t pid;	  /* EXECUTING: the process */
	struct auxv auxv; /* EXECUTING: the auxiliary vector of its program before the exec */
	enum arch arch;	  /* EXECUTING: the architecture of its calls */
	uint32_t nr;
};

struct watching {
	struct container_channel *channel;
	VEC(struct source) sources;
	struct recorder recorder, runtime_recorder;
	struct notified notified, runtime_notified;
	struct container_result *result;
	int signals;
	bool alone; /* the agent is gone */
	bool last;  /* the agent ends too: the container is no longer recorded */
	int64_t last_tick;
};

/* Closes all descriptors except the listeners, which become the first ones. */
static void keep_only(struct pollfd *listeners, size_t n)
{
	int highest = 0;
	for (size_t i = 0; i < n; i++)
		highest = listeners[i].fd > highest ? listeners[i].fd : highest;
	for (size_t i = 0; i < n; i++) /* above all others, so that none is overwritten */
		listeners[i].fd = dup2(listeners[i].fd, highest + 1 + (int)i);
	syscall(SYS_close_range, 0, highest, 0);
	syscall(SYS_close_range, highest + 1 + (int)n, ~0U, 0);
}

int container_keep(const int *listeners, size_t n, struct error *e)
{
	struct pollfd *all = calloc(n + 1, sizeof(*all));
	if (all == NULL)
		return error_memory(e);
	for (size_t i = 0; i < n; i++)
		all[i] = (struct pollfd){.fd = listeners[i], .events = POLLIN};
	pid_t pid = fork();
	if (pid == 0) {
		setsid();
		for (int signal_number = 1; signal_number < NSIG; signal_number++)
			signal(signal_number, SIG_IGN);
		keep_only(all, n);
		listener_answer_all(all, n);
		_exit(0);
	}
	free(all);
	return pid > 0 ? 0 : error_system(e, "cannot start the process that lets the container's calls continue");
}

static int add_source(struct watching *w, int listener, bool executed, struct error *e)
{
	listener_wake_up_at_once(listener);
	return vec_push(&w->sources, (struct source){.listener = listener, .state = executed ? IN_PROGRAM : IN_RUNTIME}) ? 0
															 : error_memory(e);
}

static bool same_auxv(const struct auxv *a, const struct auxv *b)
{
	return a->told == b->told && a->entry == b->entry && a->base == b->base && a->headers == b->headers;
}

/* Counts a call for which the filter sends no notification. */
static int take_for_made(struct watching *w, const struct unnoticed_call *u, uint32_t program, struct error *e)
{
	uint64_t args[6] = {0};
	uint32_t nr;
	if (abi_number(ARCH_NATIVE, u->name, &nr, NULL) != 0)
		return 0;
	if (u->arg >= 0)
		args[u->arg] = u->least;
	struct fact_key key = fact_key_make(PHASE_MAIN, ARCH_NATIVE, nr, args);
	return recorder_count(&w->recorder, &key, program, e);
}

/* Handles a call while a process is about to execute its program. If that process runs the program
 * by now, the exec is the first fact of the container. If not, the exec failed, or another thread
 * of the runtime made the call. Each exec chooses addresses at random, so they show whether a new
 * program runs. */
static int look_whether_executed(struct watching *w, struct source *s, struct error *e)
{
	struct auxv now = auxv_read(s->pid);
	if (now.told && same_auxv(&now, &s->auxv))
		return 0;
	s->state = IN_PROGRAM;
	int program = notified_program(&w->notified, s->pid, e);
	if (program < 0 || program == PROGRAM_GONE)
		return program < 0 ? program : 0;
	const struct call exec = {s->arch, s->nr, {0}};
	struct fact_key key = recorder_key(s->pid, PHASE_MAIN, &exec, NULL);
	int rc = recorder_count(&w->recorder, &key, (uint32_t)program, e);
	for (size_t i = 0; rc >= 0 && w->channel->of_runc && i < runc_unnoticed_count; i++)
		rc = take_for_made(w, &runc_unnoticed[i], (uint32_t)program, e);
	return rc < 0 ? rc : 0;
}

/* Gives the run a command line: that of the container's program. */
static int name_run(struct watching *w, struct error *e)
{
	const struct container_shared *s = w->channel->shared;
	return s->length > 0 ? profile_set_command(w->recorder.profile, w->recorder.run, s->command, s->length, e) : 0;
}

/* A runtime is about to execute a container's program. Where another recording must go on, this is left for it. */
static int note_command(struct watching *w, pid_t tid, const struct call *call, struct error *e)
{
	struct container_shared *s = w->channel->shared;
	s->length = exec_words(tid, call, s->command, sizeof(s->command));
	s->executed = true;
	return name_run(w, e);
}

/* The runtime makes a call: counts it as the runtime's, and notes whether it is the exec of the container's program. */
static int on_runtime(struct watching *w, struct source *s, const union notification *n, const struct call *call, struct error *e)
{
	pid_t tid = (pid_t)n->notif.pid;
	struct fact_key key = fact_key_make(PHASE_MAIN, call->arch, call->nr, call->args);
	if (notified_always(&(struct fact){.key = key})) {
		pid_t pid = (pid_t)proc_status(tid, "Tgid:", 10);
		if (!w->channel->shared->executed && note_command(w, tid, call, e) < 0)
			return e->code;
		*s = (struct source){s->listener, EXECUTING, pid > 0 ? pid : tid, auxv_read(tid), call->arch, call->nr};
	}
	return notified_count(&w->runtime_notified, s->listener, n, call, e);
}

/* Takes a notification, makes a fact of its call, and lets the call go on. */
static int serve(struct watching *w, struct source *s, struct error *e)
{
	union notification *n = &w->channel->shared->taken;
	struct call call;
	int rc = 0;
	if (!listener_receive(s->listener, n))
		return 0;
	w->result->notifications++;
	if (notified_call(n, &call)) {
		if (s->state == EXECUTING)
			rc = look_whether_executed(w, s, e);
		if (rc == 0 && s->state == IN_PROGRAM)
			rc = notified_count(&w->notified, s->listener, n, &call, e);
		else if (rc == 0)
			rc = on_runtime(w, s, n, &call, e);
	}
	listener_continue(s->listener, n->notif.id);
	return rc;
}

/* Reads from each listener that has notifications. Drops a listener whose processes have ended. */
static int serve_all(struct watching *w, const struct pollfd *polled, struct error *e)
{
	int rc = 0;
	size_t kept = 0;
	for (size_t i = 0; i < w->sources.count; i++) {
		struct source *s = &w->sources.items[i];
		struct pollfd p = polled[i];
		for (int k = 0; rc == 0 && (p.revents & POLLIN) != 0 && k < IN_A_ROW; k++) {
			rc = serve(w, s, e);
			p.revents = 0;
			poll(&p, 1, 0);
		}
		if (listener_is_over(&p))
			close(s->listener);
		else
			w->sources.items[kept++] = *s;
	}
	w->sources.count = kept;
	return rc;
}

/* Handles all orders that the agent has sent: it does not wait where too many have come. Returns 1 for the order to stop. */
static int on_orders(struct watching *w, struct error *e)
{
	for (;;) {
		int fd = -1;
		char order = 0;
		ssize_t n = pass_fd_receive(w->channel->agent, &order, &fd);
		w->alone = n == 0;
		if (n <= 0)
			return 0;
		if (order == CONTAINER_STOP)
			return 1;
		if (order == CONTAINER_LISTENER && fd >= 0 && add_source(w, fd, false, e) < 0)
			return e->code;
	}
}

static void on_tick(struct watching *w, int64_t now)
{
	w->last_tick = now;
	if (w->channel->shared->executed) /* until then its command is not known, which later states of the run must not change */
		recorder_watched(&w->recorder);
	recorder_watched(&w->runtime_recorder);
}

/* Serves until the container has ended, or something says to stop. */
static int loop(struct watching *w, struct error *e)
{
	VEC(struct pollfd) all = {0};
	int rc = 0;
	while (rc == 0 && w->sources.count > 0) {
		size_t n = w->sources.count;
		if (!vec_reserve(&all, n + 2)) {
			rc = error_memory(e);
			break;
		}
		for (size_t i = 0; i < n; i++)
			all.items[i] = (struct pollfd){.fd = w->sources.items[i].listener, .events = POLLIN};
		all.items[n] = (struct pollfd){.fd = w->signals, .events = POLLIN};
		all.items[n + 1] = (struct pollfd){.fd = w->alone ? -1 : w->channel->agent, .events = POLLIN};
		all.count = 0;
		int ready = poll(all.items, n + 2, TICK);
		if (ready > 0)
			rc = serve_all(w, all.items, e);
		if (rc == 0 && ready > 0 && (all.items[n + 1].revents) != 0)
			rc = on_orders(w, e);
		if (rc == 0 && ready > 0 && all.items[n].revents != 0)
			rc = 2;
		int64_t now = now_ms();
		if (rc == 0 && now - w->last_tick >= TICK)
			on_tick(w, now);
	}
	vec_free(&all);
	w->result->stopped = rc > 0;
	w->last = rc == 1;
	return rc < 0 ? rc : 0;
}

/* SIGTERM is an order to stop. No other signal ends a recording: the agent decides. */
static int take_signals(struct error *e)
{
	sigset_t all, term;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	int fd = signalfd(-1, &term, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd >= 0 ? fd : error_system(e, "cannot wait for signals");
}

/* A hostile container must not take the machine's memory by way of its recording. *before: the limit of this process. */
static void limit_memory(struct rlimit *before)
{
	rlim_t most = (rlim_t)proc_status(getpid(), "VmData:", 10) * 1024 + MEMORY;
	if (getrlimit(RLIMIT_DATA, before) != 0)
		*before = (struct rlimit){RLIM_INFINITY, RLIM_INFINITY};
	if (before->rlim_cur > most)
		setrlimit(RLIMIT_DATA, &(struct rlimit){most, before->rlim_max});
}

/* The calls of continuing processes must be answered. If there is an agent, it starts the next
 * recording. */
static int hand_over(struct watching *w, struct error *e)
{
	VEC(int) listeners = {0};
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < w->sources.count; i++)
		rc = vec_push(&listeners, w->sources.items[i].listener) ? 0 : error_memory(e);
	if (rc == 0 && listeners.count > 0)
		rc = container_keep(listeners.items, listeners.count, e);
	for (size_t i = 0; i < listeners.count; i++)
		close(listeners.items[i]);
	vec_free(&listeners);
	return rc;
}

static int watch(struct watching *w, struct error *e)
{
	static const char ended[] = "ended"; /* its status is told to its parent only */
	struct rlimit memory;
	int rc = w->signals = take_signals(e);
	if (rc >= 0)
		rc = name_run(w, e);
	for (size_t i = 0; rc >= 0 && i < w->channel->listeners.count; i++)
		rc = add_source(w, w->channel->listeners.items[i], w->channel->shared->executed, e);
	limit_memory(&memory);
	if (rc >= 0)
		rc = loop(w, e);
	setrlimit(RLIMIT_DATA, &memory); /* saving takes more where the profile is large */
	if (w->last || w->alone)
		hand_over(w, e);
	if (w->signals >= 0)
		close(w->signals);
	recorder_end(&w->recorder);
	recorder_end(&w->runtime_recorder);
	if (rc >= 0 && !w->result->stopped)
		rc = profile_set_exit(w->recorder.profile, w->recorder.run, ended, e);
	if (rc >= 0 && !w->result->stopped)
		rc = profile_set_exit(w->runtime_recorder.profile, w->runtime_recorder.run, ended, e);
	w->result->processes = w->notified.processes;
	return rc;
}

int container_record(struct container_channel *channel, const struct record_options *options, struct profile *p,
		     const struct record_options *runtime_options, struct profile *runtime, char *const argv[],
		     struct container_result *result, struct error *e)
{
	struct watching *w = calloc(1, sizeof(*w));
	if (w == NULL)
		return error_memory(e);
	*result = (struct container_result){0};
	w->channel = channel;
	w->result = result;
	w->signals = -1;
	int rc = recorder_begin(&w->recorder, p, options, argv, e);
	if (rc == 0)
		rc = recorder_begin(&w->runtime_recorder, runtime, runtime_options, argv, e);
	if (rc == 0)
		rc = notified_begin(&w->notified, &w->recorder, e);
	if (rc == 0)
		rc = notified_begin(&w->runtime_notified, &w->runtime_recorder, e);
	if (rc == 0)
		rc = watch(w, e);
	notified_free(&w->notified);
	notified_free(&w->runtime_notified);
	recorder_free(&w->recorder);
	recorder_free(&w->runtime_recorder);
	vec_free(&w->sources);
	free(w);
	return rc;
}

/* The listener: records a command and its descendants by the notifications of a seccomp filter. SPDX-License-Identifier: MIT
 *
 * What the profile knows passes the filter; every other call waits until we have taken its notification and answered CONTINUE. No
 * process is traced. How a call ends is not seen, and all facts are of phase `main`. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policies/base/clock.h"
#include "tracer/notify/keeper.h"
#include "tracer/notify/listener.h"
#include "tracer/notify/notified.h"
#include "tracer/notify/signals.h"
#include "tracer/notify/start.h"
#include "tracer/process/proc.h"
#include "tracer/notify/turn_away.h"
#include "tracer/process/tree.h"
#include "tracer/record/known_filter.h"
#include "tracer/record/recorder.h"
#include "tracer/record/run_record.h"

enum {
	TICK = 100,	  /* milliseconds between two looks at the clock */
	LAST_WAIT = 2000, /* milliseconds that killed processes may take to end */
};

struct listening {
	struct recorder recorder;
	struct known_filter passes;
	struct start start;
	struct keeper keeper;
	struct record_result result;
	struct notified notified;
	int signals;
	bool executed; /* the command was; all before was pinhole's own doing */
	bool ended;    /* the command has */
	int64_t last_tick, killed;
	bool terminated;
};

/* The command was executed: its facts begin. The exec itself is the first one. */
static int on_executed(struct listening *l, struct error *e)
{
	static const struct call exec = {ARCH_NATIVE, SYS_execve, {0}};
	l->executed = true;
	int program = notified_program(&l->notified, l->start.pid, e);
	if (program < 0 || program == PROGRAM_GONE)
		return program < 0 ? program : 0; /* what is known has passed, and it has ended already */
	struct fact_key key = recorder_key(l->start.pid, PHASE_MAIN, &exec, NULL);
	int rc = recorder_count(&l->recorder, &key, (uint32_t)program, e);
	return rc < 0 ? rc : 0;
}

static int look_whether_executed(struct listening *l, char *const argv[], struct error *e)
{
	int rc = l->executed ? 0 : start_executed(&l->start, argv[0], e);
	return rc == 1 ? on_executed(l, e) : rc;
}

/* Takes a notification, makes its call a fact, and lets it go on. */
static int serve(struct listening *l, char *const argv[], struct error *e)
{
	union notification *n = &l->start.shared->taken;
	int listener = l->start.listener;
	if (!listener_receive(listener, n))
		return 0;
	l->result.stops++;
	struct call call;
	int rc = look_whether_executed(l, argv, e);
	if (l->executed && rc == 0 && notified_call(n, &call)) {
		rc = notified_count(&l->notified, listener, n, &call, e);
		if (turn_away(listener, n, &call))
			return rc;
	}
	if (l->killed != 0)
		kill((pid_t)n->notif.pid, SIGKILL); /* it waits at this call, so that the id is its own */
	listener_continue(listener, n->notif.id);
	return rc;
}

/* Every now and then: tells how the recording goes, and ends it when its time is up. */
static void on_tick(struct listening *l, int64_t now)
{
	const struct record_options *o = l->recorder.options;
	l->last_tick = now;
	if (recorder_progress_due(&l->recorder))
		recorder_progress(&l->recorder, l->result.stops, l->notified.processes);
	int64_t lasted = recorder_watched(&l->recorder);
	if (o->until_ms == 0 || lasted < (int64_t)o->until_ms)
		return;
	if (!l->terminated && !l->ended)
		kill(l->start.pid, SIGTERM);
	l->terminated = true;
	if (lasted >= (int64_t)o->until_ms + RECORDER_MERCY && l->killed == 0) {
		l->killed = now;
		if (!l->ended)
			tree_kill(l->start.pid);
	}
}

/* The command has ended. */
static void reap(struct listening *l)
{
	l->ended = waitpid(l->start.pid, &l->result.status, __WALL | WNOHANG) == l->start.pid;
}

/* Serves until no process with the filter is left, or the time is over. *gone: none is left. */
static int loop(struct listening *l, char *const argv[], bool *gone, struct error *e)
{
	int rc = 0;
	while (rc == 0) {
		struct pollfd p[] = {{.fd = l->start.listener, .events = POLLIN},
				     {.fd = l->signals, .events = POLLIN},
				     {.fd = l->ended ? -1 : l->start.pidfd, .events = POLLIN},
				     {.fd = l->executed ? -1 : l->start.report, .events = POLLIN}};
		int n = poll(p, sizeof(p) / sizeof(p[0]), TICK);
		if (n < 0 && errno != EINTR)
			return error_system(e, "cannot wait for the command");
		if (n > 0 && (p[0].revents & POLLIN) != 0)
			rc = serve(l, argv, e);
		if (n > 0 && p[1].revents != 0)
			incoming_pass_on(l->signals, l->ended ? 0 : l->start.pid);
		if (rc == 0 && n > 0 && (p[2].revents | p[3].revents) != 0)
			rc = look_whether_executed(l, argv, e);
		if (n > 0 && p[2].revents != 0)
			reap(l);
		*gone = n > 0 && (p[0].revents & POLLHUP) != 0 && (p[0].revents & POLLIN) == 0 && l->ended;
		int64_t now = now_ms();
		if (*gone || (l->killed != 0 && now - l->killed >= LAST_WAIT))
			return rc;
		if (now - l->last_tick >= TICK)
			on_tick(l, now);
	}
	return rc;
}

/* Starts the command under the filter, with a keeper, and serves to the end. */
static int run_command(struct listening *l, char *const argv[], const struct watch_filter *filter, struct error *e)
{
	bool gone = false;
	int rc = start_begin(&l->start, argv, filter, e);
	if (rc < 0)
		return rc;
	rc = keeper_start(&l->keeper, &l->start, e);
	if (rc == 0)
		rc = l->signals = incoming_begin(e);
	if (rc >= 0)
		rc = loop(l, argv, &gone, e);
	if (rc < 0) { /* the tree must not outlive a recorder that failed */
		if (!l->ended)
			tree_kill(l->start.pid);
		waitpid(l->start.pid, NULL, __WALL);
	}
	keeper_end(&l->keeper, gone);
	if (l->signals >= 0)
		close(l->signals);
	start_close(&l->start);
	return rc;
}

int tracer_listen(const struct record_options *options, char *const argv[], struct profile *p, struct record_result *result,
		  struct error *e)
{
	static struct sock_filter all = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
	static const struct watch_filter every_call = {.code = &all, .length = 1};
	if (!listener_fits())
		return error_set(e, ERR_SYSTEM, "this system's notifications are unknown to this pinhole; record with another --mode");
	struct listening *l = calloc(1, sizeof(*l));
	if (l == NULL)
		return error_memory(e);
	l->signals = l->keeper.life = -1;
	int rc = recorder_begin(&l->recorder, p, options, argv, e);
	if (rc == 0)
		rc = notified_begin(&l->notified, &l->recorder, e);
	if (rc == 0) {
		l->passes = (struct known_filter){.compile = options->compile, .known = options->known, .seen = p,
						  .last = PHASE_MAIN, .answer = SECCOMP_RET_USER_NOTIF, .must_stop = notified_always};
		const struct watch_filter *filter = known_filter_is_warm(&l->passes) ? known_filter_get(&l->passes, e) : NULL;
		rc = e->code;
		if (rc == 0)
			rc = run_command(l, argv, filter != NULL ? filter : &every_call, e);
		recorder_end(&l->recorder);
	}
	if (rc == 0)
		rc = run_end(p, l->recorder.run, l->result.status, e);
	if (rc == 0)
		rc = callers_name(p, e);
	*result = l->result;
	result->processes = l->notified.processes;
	known_filter_free(&l->passes);
	recorder_free(&l->recorder);
	notified_free(&l->notified);
	free(l);
	return rc;
}

/* Ineffective signals that arrive faster than a tracee can be restarted.
 * SPDX-License-Identifier: MIT */
#include "tracer/ptrace/restart/flood.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>

#include "policies/base/clock.h"
#include "tracer/ptrace/tracee.h"
#include "tracer/ptrace/restart/waits.h"

/* Times in nanoseconds. */
enum {
	MANY = 50,
	SOON = 100000000, /* this many signals, each this soon after the one before, are a flood */
	WHILE = 5000000,
};

static bool get_mask(const struct tracee *tracee, uint64_t *mask)
{
	return ptrace(PTRACE_GETSIGMASK, tracee->tid, (void *)sizeof(*mask), mask) == 0;
}

static bool set_mask(const struct tracee *tracee, uint64_t mask)
{
	return ptrace(PTRACE_SETSIGMASK, tracee->tid, (void *)sizeof(mask), &mask) == 0;
}

void flood_stop(struct tracee *tracee, struct stop stop)
{
	if (stop.kind != STOP_SYSCALL && stop.kind != STOP_SECCOMP && stop.kind != STOP_CHILD)
		flood_end(tracee);
}

/* Whether a child's end, stop or continuation sent the signal: children limit the rate of such signals. */
static bool is_of_a_child(const struct tracee *tracee, int signal)
{
	siginfo_t info;
	return signal == SIGCHLD && ptrace(PTRACE_GETSIGINFO, tracee->tid, NULL, &info) == 0 && info.si_code > 0;
}

void flood_note(struct tracee *tracee, int signal)
{
	if (is_of_a_child(tracee, signal))
		return;
	int64_t now = now_ns();
	bool again = tracee->flood.signal == signal && now - tracee->flood.last < SOON;
	uint64_t mask, bit = (uint64_t)1 << (signal - 1);
	tracee->flood.count = again ? tracee->flood.count + 1 : 1;
	tracee->flood.signal = signal;
	tracee->flood.last = now;
	if (tracee->flood.count >= MANY && waits_effect(tracee->tid, signal) == EFFECT_NONE && get_mask(tracee, &mask) &&
	    (mask & bit) == 0)
		tracee->flood.blocked = set_mask(tracee, mask | bit);
}

/* Calls that read, change or save the blocked or pending signals, or the actions of signals: all
 * with "sig" in their names, and these. */
static bool shows_signals(const char *name)
{
	static const char *const parts[] = {"sig", "ppoll", "pselect", "epoll_pwait", "io_pgetevents", "exec"};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strstr(name, parts[i]) != NULL)
			return true;
	return false;
}

void flood_call(struct tracee *tracee, const char *name)
{
	if (tracee->flood.blocked && (shows_signals(name) || now_ns() - tracee->flood.last >= WHILE))
		flood_end(tracee);
}

void flood_inherit(struct tracee *child, const struct tracee *parent, bool held)
{
	child->flood = parent->flood;
	if (held)
		flood_end(child);
}

void flood_end(struct tracee *tracee)
{
	uint64_t mask;
	if (tracee->flood.blocked && get_mask(tracee, &mask))
		set_mask(tracee, mask & ~((uint64_t)1 << (tracee->flood.signal - 1)));
	tracee->flood.blocked = false;
}

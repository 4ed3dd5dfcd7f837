/* Mode quiet: when a process is given a filter. SPDX-License-Identifier: MIT */
#include "tracer/record/quiet.h"

#include <linux/seccomp.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <unistd.h>

#include "policies/base/clock.h"
#include "tracer/process/aim.h"
#include "tracer/process/proc.h"
#include "tracer/ptrace/signals.h"

/* Where calls come more slowly than one in so many milliseconds, stops cost less than a hundredth of the time. */
#define SLOW_MS 4

static bool is_one_of(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* The tracer has work to do at these calls:
 * - the program installs a filter, which could hide calls from ours (seccomp, prctl);
 * - a child asks not to be traced, by flags that a filter sees in clone only (clone, clone3);
 * - a signal through a descriptor, or to a descriptor's owner, may be for us (pidfd_send_signal, fcntl, ioctl). The compiler knows the
 *   other calls that are aimed at us by `spared`;
 * - the process can no longer be written to, so that the breakpoint at its entry point must go first (prctl). */
bool quiet_must_stop(const struct fact *f)
{
	static const char *const always[] = {"seccomp", "clone3", "pidfd_send_signal"};
	char buffer[32];
	const char *name = abi_name((enum arch)f->key.arch, f->key.nr, buffer, sizeof(buffer));
	uint64_t first = f->wide ? f->bits[0] : f->key.values[0];
	if (strcmp(name, "clone") == 0)
		return (f->key.args & 1) == 0 || (first & CLONE_UNTRACED) != 0;
	if (strcmp(name, "prctl") == 0)
		return f->wide || (f->key.args & 1) == 0 || (uint32_t)first == PR_SET_SECCOMP ||
		       (uint32_t)first == PR_SET_DUMPABLE;
	/* A wide fact stands for any values. */
	if (strcmp(name, "fcntl") == 0 || strcmp(name, "ioctl") == 0)
		return f->wide || aim_sets_owner(name, f->key.values[1]);
	return is_one_of(name, always, sizeof(always) / sizeof(always[0]));
}

/* Leaves out small and very large numbers: programs' own filters use them. */
int quiet_choose_mark(struct quiet *q, struct error *e)
{
	enum { LEAST = 0x1000, END = 0xf000 };
	uint64_t any;
	if (getrandom(&any, sizeof(any), 0) != (ssize_t)sizeof(any))
		return error_system(e, "cannot get random bytes");
	int mark = LEAST + (int)(any % (END - LEAST));
	q->passes.answer = SECCOMP_RET_TRACE | (uint32_t)mark;
	return mark;
}

static void lull_count(struct lull *lull, bool new)
{
	if (lull->calls == 0)
		lull->since = now_ms();
	lull->calls = new ? 0 : lull->calls + 1;
}

/* Whether a lull has lasted for `after` calls, and they came fast. Slow calls lose little time by stopping, and a
 * process that waits for work has not yet shown what it will do: then the lull begins anew. */
static bool is_long(struct lull *lull, uint64_t after)
{
	if (lull->calls < after || after == 0)
		return after == 0;
	if (now_ms() - lull->since <= (int64_t)after * SLOW_MS)
		return true;
	*lull = (struct lull){0};
	return false;
}

void quiet_count(struct quiet *q, struct process *process, bool new)
{
	lull_count(&q->lull, new);
	lull_count(&process->lull, new);
	if (new)
		known_filter_outdated(&q->passes);
}

bool quiet_due(struct quiet *q, struct process *process, enum arch arch, const char *name)
{
	/* Calls that cannot be put off: they make or end a process, a program or a filter, or they go on with another
	 * call (sigreturn, restart_syscall), which works only if no call comes in between. */
	static const char *const kept[] = {"clone",	"clone3",	   "fork",	      "vfork", "execve",
					   "execveat",	"exit",		   "exit_group",      "prctl", "seccomp",
					   "rt_sigreturn", "restart_syscall"};
	/* The last chance: afterwards the process may lack the privileges for a filter, and the program could see
	 * no_new_privs. */
	static const char *const last[] = {"setuid", "setreuid", "setresuid", "capset"};
	if (process->watch != WATCH_UNTIL_QUIET || process->borrows || arch != ARCH_NATIVE || q->passes.impossible ||
	    (q->passes.last == PHASE_SERVE && process->phase != PHASE_SERVE) || is_one_of(name, kept, sizeof(kept) / sizeof(kept[0])))
		return false;
	return (q->passes.last == PHASE_SERVE && known_filter_is_warm(&q->passes)) ||
	       (q->privileged && is_one_of(name, last, sizeof(last) / sizeof(last[0]))) ||
	       is_long(&process->lull, q->after) ||
	       (process->phase != PHASE_LOAD && is_long(&q->lull, q->after));
}

bool quiet_has_filter(pid_t pid)
{
	static const char field[] = "Seccomp_filters:"; /* Linux 5.9 */
	return proc_status(pid, field, 10) > proc_status(getpid(), field, 10);
}

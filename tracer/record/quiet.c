/* Mode quiet: what may pass without a stop, and when a process is quiet. SPDX-License-Identifier: MIT */
#include "tracer/record/quiet.h"

#include <linux/seccomp.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <unistd.h>

#include "policies/base/clock.h"
#include "tracer/process/proc.h"
#include "tracer/ptrace/signals.h"
#include "tracer/ptrace/aimed.h"

/* Calls that come slower than one in so many milliseconds lose less than a hundredth of their time by stopping. */
#define SLOW_MS 4

static bool is_one_of(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* Whether the tracer has work to do at such a call, however often it was seen: a filter of the program's own could hide
 * calls from ours; a child must not ask to be untraced, by flags that only clone shows; a signal through a descriptor,
 * or to its owner, may be for us; and the entry point is out of reach in who may not be looked into. (Others for us the
 * compiler knows by `spared`.) */
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
	/* A wide fact is of any values. */
	if (strcmp(name, "fcntl") == 0 || strcmp(name, "ioctl") == 0)
		return f->wide || aimed_sets_owner(name, f->key.values[1]);
	return is_one_of(name, always, sizeof(always) / sizeof(always[0]));
}

/* Programs use small numbers, and some the largest. */
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

/* Whether a lull is a long one. Where calls come slowly, stops cost little, and whoever waits for work has shown
 * nothing yet of what it will do: then it begins anew. */
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
	/* What makes a process, an image or a filter, or ends one; and what goes on with another call (sigreturn,
	 * restart_syscall), which depends on nothing having come in between. */
	static const char *const kept[] = {"clone",	"clone3",	   "fork",	      "vfork", "execve",
					   "execveat",	"exit",		   "exit_group",      "prctl", "seccomp",
					   "rt_sigreturn", "restart_syscall"};
	/* The last chance: afterwards it may lack the privileges for a filter, and no_new_privs would show. */
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

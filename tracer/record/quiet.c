/* Mode quiet: what may pass without a stop, and when a process is quiet. SPDX-License-Identifier: MIT */
#include "tracer/record/quiet.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <unistd.h>

#include "policies/base/clock.h"
#include "tracer/ptrace/proc.h"
#include "tracer/ptrace/signals.h"
#include "tracer/record/aimed.h"

/* A fact that has only failed so far stops, as nobody would see a silent success. Not for ever: after so many failures in
 * one run its end is taken for unknown. */
#define FAILURES 32

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
 * calls from ours; a child must not ask to be untraced, by flags that only clone shows; a signal through a descriptor, or to
 * its owner, may be for us; and the entry point is out of reach in who may not be looked into. (Others for us the compiler knows by `spared`.) */
static bool must_stop(const struct fact *f)
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

static uint64_t most_calls(const struct fact *f)
{
	uint64_t most = 0;
	for (size_t i = 0; i < f->runs.count; i++)
		most = f->runs.items[i].count > most ? f->runs.items[i].count : most;
	return most;
}

/* What is known from the last phase alone passes: the same call of the loader's is noticed once more when it is made in
 * `main`. Where `serve` is the last, the filter comes when that begins: until then every call stops, and is told by phase. What was imported
 * as denied nobody has seen made: it stops, and is then known as others are. */
static bool may_pass(const struct quiet *q, const struct profile *p, const struct fact *f)
{
	return f->key.phase == q->last && f->outcome == OUTCOME_ANY && !must_stop(f) && !fact_is_denied(p, f);
}

/* Of what this run has seen, what fails all the time, and what has not returned yet: from now on nobody looks how it
 * ends. */
static int forget_ends(struct quiet *q, bool unended, struct error *e)
{
	for (size_t i = 0; i < profile_fact_count(q->seen); i++) {
		const struct fact *f = profile_fact(q->seen, i);
		bool failing = f->outcome == OUTCOME_FAILED && most_calls(f) >= FAILURES;
		if (!failing && !(unended && f->outcome == OUTCOME_NONE))
			continue;
		int rc = profile_ended(q->seen, &f->key, 0, e);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static size_t gather(const struct quiet *q, const struct profile *p, const struct fact **out)
{
	size_t n = 0;
	for (size_t i = 0; p != NULL && i < profile_fact_count(p); i++)
		if (may_pass(q, p, profile_fact(p, i)))
			out[n++] = profile_fact(p, i);
	return n;
}

/* Programs use small numbers, and some the largest. */
int quiet_choose_mark(struct quiet *q, struct error *e)
{
	enum { LEAST = 0x1000, END = 0xf000 };
	uint64_t any;
	if (getrandom(&any, sizeof(any), 0) != (ssize_t)sizeof(any))
		return error_system(e, "cannot get random bytes");
	q->mark = (uint16_t)(LEAST + any % (END - LEAST));
	return 0;
}

static void mark_stops(const struct quiet *q)
{
	for (size_t i = 0; i < q->filter.length; i++) {
		struct sock_filter *instruction = &q->filter.code[i];
		if (instruction->code == (BPF_RET | BPF_K) && instruction->k == SECCOMP_RET_TRACE)
			instruction->k |= q->mark;
	}
}

static int make_filter(struct quiet *q, struct error *e)
{
	size_t most = profile_fact_count(q->seen) + (q->known != NULL ? profile_fact_count(q->known) : 0);
	const struct fact **facts = calloc(most + 1, sizeof(*facts));
	int rc = facts == NULL ? error_memory(e) : forget_ends(q, true, e);
	if (rc == 0) {
		size_t n = gather(q, q->known, facts);
		n += gather(q, q->seen, facts + n);
		free(q->filter.code);
		q->filter = (struct watch_filter){0};
		rc = q->compile(facts, n, getpid(), &q->filter, e);
		mark_stops(q);
	}
	free(facts);
	return rc;
}

const struct watch_filter *quiet_filter(struct quiet *q, struct error *e)
{
	if (q->impossible)
		return NULL;
	if (!q->current) {
		int rc = make_filter(q, e);
		if (rc == ERR_LIMIT) {
			*e = (struct error){0};
			q->impossible = true;
		}
		if (rc < 0)
			return NULL;
		q->current = true;
	}
	return &q->filter;
}

bool quiet_is_warm(const struct quiet *q)
{
	for (size_t i = 0; q->known != NULL && i < profile_fact_count(q->known); i++)
		if (may_pass(q, q->known, profile_fact(q->known, i)))
			return true;
	return false;
}

static void lull_count(struct lull *lull, bool new)
{
	if (lull->calls == 0)
		lull->since = now_ms();
	lull->calls = new ? 0 : lull->calls + 1;
}

/* Whether a lull is a long one. Where calls come slowly, stops cost little, and whoever waits for work has shown nothing yet
 * of what it will do: then it begins anew. */
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
	q->current = q->current && !new;
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
	if (process->watch != WATCH_UNTIL_QUIET || process->borrows || arch != ARCH_NATIVE || q->impossible ||
	    (q->last == PHASE_SERVE && process->phase != PHASE_SERVE) || is_one_of(name, kept, sizeof(kept) / sizeof(kept[0])))
		return false;
	return (q->last == PHASE_SERVE && q->known != NULL && quiet_is_warm(q)) ||
	       (q->privileged && is_one_of(name, last, sizeof(last) / sizeof(last[0]))) ||
	       is_long(&process->lull, q->after) ||
	       (process->phase != PHASE_LOAD && is_long(&q->lull, q->after));
}

bool quiet_has_filter(pid_t pid)
{
	static const char field[] = "Seccomp_filters:"; /* Linux 5.9 */
	return proc_status(pid, field, 10) > proc_status(getpid(), field, 10);
}

int quiet_end(struct quiet *q, struct error *e)
{
	return q->compile == NULL ? 0 : forget_ends(q, false, e);
}

void quiet_free(struct quiet *q)
{
	free(q->filter.code);
	q->filter = (struct watch_filter){0};
}

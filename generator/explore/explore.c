/* Which things to make go wrong, one a trial. SPDX-License-Identifier: MIT */
#include "generator/explore/explore.h"

#include <stdlib.h>
#include <string.h>

#include "policies/abi/failures.h"
#include "policies/base/text.h"

enum {
	TIER_FIRST, /* the likeliest error at the first call; a signal; surroundings */
	TIER_LATER, /* that error at later calls, where these have other callers, and at all calls from the second on */
	TIER_OTHER, /* the second error; each further one has the next tier */
};

static int push(explore_plan *plan, const struct text *fault, const struct text *label, unsigned tier, struct error *e)
{
	struct explore_trial t = {.tier = tier};
	if (fault->failed || label->failed)
		return error_memory(e);
	t.fault = strdup(text_string(fault));
	t.label = strdup(text_string(label));
	if (t.fault != NULL && t.label != NULL && vec_push(plan, t))
		return 0;
	free(t.fault);
	free(t.label);
	return error_memory(e);
}

/* Appends "openat(flags=O_RDONLY)": the call and the values of the fact that a filter could see. */
static void add_call(const struct fact *f, const struct syscall_desc *call, struct text *out)
{
	const char *before = "(";
	text_add(out, "%s", call->name);
	for (unsigned i = 0; i < 6; i++) {
		if (!(f->key.args >> i & 1) || call->args[i].kind == ARG_POINTED)
			continue;
		text_add(out, "%s%s=", before, syscall_arg_name(call, i));
		abi_value_text(call, (enum arch)f->key.arch, i, f->key.values[i], out);
		before = ",";
	}
	if (*before == ',')
		text_add(out, ")");
}

/* Plans one fault of a fact: `kind` is "error", "signal", "short" or "delay". */
static int plan_fault(explore_plan *plan, const struct fact *f, const char *kind, const char *name, unsigned when, bool on, unsigned tier,
		      struct error *e)
{
	struct syscall_desc room;
	struct text fault = {0}, label = {0};
	const struct syscall_desc *call = fact_call(f, &room);
	add_call(f, call, &fault);
	text_add(&label, "%s", text_string(&fault));
	if (f->key.phase != PHASE_SERVE) {
		text_add(&fault, ":phase=%s", phase_name((enum phase)f->key.phase));
		text_add(&label, "%s", f->key.phase == PHASE_LOAD ? " while loading" : "");
	}
	text_add(&fault, ":%s=%s:when=%u%s", kind, name, when, on ? "+" : "");
	text_add(&label, " #%u%s %s %s", when, on ? " and later" : "",
		 *kind == 'e' ? "=" : *kind == 's' && kind[1] == 'i' ? "met by" : *kind == 's' ? "cut short to" : "delayed by ms", name);
	int rc = push(plan, &fault, &label, tier, e);
	text_free(&fault);
	text_free(&label);
	return rc;
}

/* Plans the errors of a fact. */
static int plan_errors(explore_plan *plan, const struct fact *f, const char *errors, struct error *e)
{
	int rc = 0;
	unsigned stacks = f->stacks.count > 0 ? f->stacks.count : 1, tier = TIER_FIRST;
	for (const char *at = errors; rc == 0 && *at != '\0'; at += strcspn(at, " "), at += strspn(at, " ")) {
		char name[32] = "";
		size_t n = strcspn(at, " ");
		memcpy(name, at, n < sizeof(name) - 1 ? n : sizeof(name) - 1);
		rc = plan_fault(plan, f, "error", name, 1, false, tier, e);
		if (tier == TIER_FIRST && fact_total(f) > 1)
			rc = rc == 0 ? plan_fault(plan, f, "error", name, 2, true, TIER_LATER, e) : rc;
		for (unsigned when = 2; rc == 0 && tier == TIER_FIRST && when <= stacks; when++)
			rc = plan_fault(plan, f, "error", name, when, false, TIER_LATER, e);
		tier = tier == TIER_FIRST ? TIER_OTHER : tier + 1;
	}
	return rc;
}

/* Calls at which programs wait, or work for long: a signal comes there in life. */
static bool is_wait(const char *call)
{
	static const char *const waits[] = {"epoll_wait", "epoll_pwait", "poll",       "ppoll",	  "select", "pselect6", "accept",   "accept4",
					    "read",	  "recvfrom",	 "nanosleep", "clock_nanosleep", "wait4",  "futex",	"rt_sigsuspend", "write"};
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
		if (strcmp(waits[i], call) == 0)
			return true;
	return false;
}

static int plan_signals(explore_plan *plan, const struct fact *f, struct error *e)
{
	static const char *const signals[] = {"SIGTERM", "SIGINT", "SIGHUP", "SIGPIPE", "SIGUSR1", "SIGALRM", "SIGCHLD"};
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < sizeof(signals) / sizeof(signals[0]); i++) {
		rc = plan_fault(plan, f, "signal", signals[i], 1, false, i == 0 ? TIER_FIRST : TIER_LATER + (unsigned)i, e);
		if (rc == 0 && i == 0 && fact_total(f) > 1)
			rc = plan_fault(plan, f, "signal", signals[i], 2, false, TIER_LATER, e);
	}
	return rc;
}

/* Plans short transfers, of all later calls too: a program that reads on must end all the same. */
static int plan_short(explore_plan *plan, const struct fact *f, struct error *e)
{
	int rc = plan_fault(plan, f, "short", "1", 1, false, TIER_FIRST, e);
	if (rc == 0 && fact_total(f) > 1)
		rc = plan_fault(plan, f, "short", "1", 2, false, TIER_LATER, e);
	return rc == 0 ? plan_fault(plan, f, "short", "7", 1, true, TIER_LATER, e) : rc;
}

/* Plans delays where threads meet. */
static int plan_delays(explore_plan *plan, const struct fact *f, struct error *e)
{
	int rc = plan_fault(plan, f, "delay", "30", 1, false, TIER_LATER, e);
	return rc == 0 && fact_total(f) > 1 ? plan_fault(plan, f, "delay", "30", 2, false, TIER_OTHER, e) : rc;
}

/* Whether a run made a thread or a process. */
static bool has_threads(const struct profile *p)
{
	static const char *const makers[] = {"clone", "clone3", "fork", "vfork"};
	for (size_t i = 0; i < profile_fact_count(p); i++) {
		struct syscall_desc room;
		const struct syscall_desc *call = fact_call(profile_fact(p, i), &room);
		for (size_t k = 0; call != NULL && k < sizeof(makers) / sizeof(makers[0]); k++)
			if (strcmp(call->name, makers[k]) == 0)
				return true;
	}
	return false;
}

/* threads: there are others, so that delays can change their order. */
static int plan_fact(explore_plan *plan, const struct profile *p, const struct fact *f, bool threads, struct error *e)
{
	struct syscall_desc room;
	const struct syscall_desc *call = fact_call(f, &room);
	if (f->wide || f->key.arch != ARCH_NATIVE || call == NULL || fact_is_explored(p, f) || fact_is_denied(p, f))
		return 0;
	const char *errors = abi_failures(call->name);
	int rc = errors != NULL ? plan_errors(plan, f, errors, e) : 0;
	if (rc == 0 && f->key.phase != PHASE_LOAD && is_wait(call->name))
		rc = plan_signals(plan, f, e);
	if (rc == 0 && f->key.phase != PHASE_LOAD && abi_transfer_size(call->name) >= 0)
		rc = plan_short(plan, f, e);
	if (rc == 0 && threads && f->key.phase != PHASE_LOAD && abi_is_meeting(call->name))
		rc = plan_delays(plan, f, e);
	return rc;
}

static int by_callers(const void *a, const void *b)
{
	const struct fact *x = *(const struct fact *const *)a, *y = *(const struct fact *const *)b;
	if (x->stacks.count != y->stacks.count)
		return x->stacks.count > y->stacks.count ? -1 : 1;
	return fact_compare(x, y);
}

/* Moves the trials of a lower tier to the front. The order within a tier stays. */
static int sort_by_tier(explore_plan *plan, struct error *e)
{
	explore_plan sorted = {0};
	unsigned last = 0;
	for (size_t i = 0; i < plan->count; i++)
		last = plan->items[i].tier > last ? plan->items[i].tier : last;
	if (!vec_reserve(&sorted, plan->count + 1))
		return error_memory(e);
	for (unsigned tier = 0; tier <= last; tier++)
		for (size_t i = 0; i < plan->count; i++)
			if (plan->items[i].tier == tier)
				sorted.items[sorted.count++] = plan->items[i];
	vec_free(plan);
	*plan = sorted;
	return 0;
}

int explore_make_plan(const struct profile *p, const char *const *surroundings, size_t n, explore_plan *out, struct error *e)
{
	size_t count = profile_fact_count(p);
	const struct fact **facts = calloc(count + 1, sizeof(*facts));
	int rc = facts == NULL ? error_memory(e) : 0;
	*out = (explore_plan){0};
	bool threads = has_threads(p);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct text text = {0};
		text_add(&text, "%s", surroundings[i]);
		rc = push(out, &text, &text, TIER_FIRST, e);
		text_free(&text);
	}
	for (size_t i = 0; facts != NULL && i < count; i++)
		facts[i] = profile_fact(p, i);
	if (facts != NULL)
		qsort(facts, count, sizeof(*facts), by_callers);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = plan_fact(out, p, facts[i], threads, e);
	free(facts);
	return rc == 0 ? sort_by_tier(out, e) : rc;
}

void explore_clear(explore_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		free(plan->items[i].fault);
		free(plan->items[i].label);
	}
	vec_free(plan);
}

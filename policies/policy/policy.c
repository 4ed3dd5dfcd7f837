/* The policy: its rules, alternatives, tests and actions. SPDX-License-Identifier: MIT */
#include "policies/policy/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint32_t action_ret(struct action a)
{
	switch (a.kind) {
	case ACTION_KILL:
		return SECCOMP_RET_KILL_PROCESS;
	case ACTION_KILL_THREAD:
		return SECCOMP_RET_KILL_THREAD;
	case ACTION_TRAP:
		return SECCOMP_RET_TRAP;
	case ACTION_ERRNO:
		return SECCOMP_RET_ERRNO | a.data;
	case ACTION_TRACE:
		return SECCOMP_RET_TRACE | a.data;
	case ACTION_LOG:
		return SECCOMP_RET_LOG;
	default:
		return SECCOMP_RET_ALLOW;
	}
}

int action_from_ret(uint32_t ret, struct action *a)
{
	for (int kind = ACTION_KILL; kind <= ACTION_ALLOW; kind++) {
		struct action plain = {(uint8_t)kind, 0};
		if (action_ret(plain) != (ret & SECCOMP_RET_ACTION_FULL))
			continue;
		bool carries = kind == ACTION_ERRNO || kind == ACTION_TRACE;
		*a = (struct action){(uint8_t)kind, carries ? (uint16_t)(ret & SECCOMP_RET_DATA) : 0};
		return 0;
	}
	return -1;
}

static const char *const action_names[] = {
	[ACTION_KILL] = "kill", [ACTION_KILL_THREAD] = "kill-thread", [ACTION_TRAP] = "trap",
	[ACTION_TRACE] = "trace", [ACTION_LOG] = "log", [ACTION_ALLOW] = "allow",
};

int action_parse(const char *text, struct action *a, struct error *e)
{
	for (int kind = ACTION_KILL; kind <= ACTION_ALLOW; kind++)
		if (kind != ACTION_ERRNO && kind != ACTION_TRACE && strcmp(action_names[kind], text) == 0) {
			*a = (struct action){(uint8_t)kind, 0};
			return 0;
		}
	if (strncmp(text, "errno:", 6) == 0) {
		char *end;
		long number = strtol(text + 6, &end, 10);
		if (*end != '\0' || end == text + 6)
			number = errno_by_name(text + 6);
		if (number < 0 || number > 4095)
			return error_set(e, ERR_INPUT, "unknown errno \"%.40s\"; name one as errno(3) does, like ENOSYS",
					 text + 6);
		*a = (struct action){ACTION_ERRNO, (uint16_t)number};
		return 0;
	}
	if (errno_by_name(text) > 0)
		return error_set(e, ERR_INPUT, "unknown action \"%.40s\"; did you mean errno:%.40s?", text, text);
	return error_set(e, ERR_INPUT,
			 "unknown action \"%.40s\"; one of kill, kill-thread, trap, errno:NAME, log, allow", text);
}

void action_text(struct action a, struct text *out)
{
	if (a.kind != ACTION_ERRNO)
		text_add(out, "%s", action_names[a.kind]);
	else if (errno_name(a.data) != NULL)
		text_add(out, "errno:%s", errno_name(a.data));
	else
		text_add(out, "errno:%u", a.data);
}

struct policy *policy_new(void)
{
	struct policy *p = calloc(1, sizeof(*p));
	if (p != NULL) {
		p->default_action = (struct action){ACTION_KILL, 0};
		p->newer = (struct action){ACTION_ERRNO, (uint16_t)errno_by_name("ENOSYS")};
	}
	return p;
}

void alternative_clear(struct alternative *a)
{
	for (size_t i = 0; i < a->tests.count; i++)
		vec_free(&a->tests.items[i].ranges);
	vec_free(&a->tests);
}

void rule_clear(struct rule *r)
{
	for (size_t i = 0; i < r->any.count; i++)
		alternative_clear(&r->any.items[i]);
	vec_free(&r->any);
	free(r->syscall);
	free(r->why);
	*r = (struct rule){0};
}

void policy_free(struct policy *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->rules.count; i++)
		rule_clear(&p->rules.items[i]);
	vec_free(&p->rules);
	free(p->phase);
	free(p);
}

struct rule *policy_add_rule(struct policy *p, const char *syscall, arch_set archs, struct action action,
			     const char *why)
{
	struct rule r = {.syscall = strdup(syscall), .archs = archs, .action = action};
	r.why = why != NULL ? strdup(why) : NULL;
	const char *last = p->rules.count > 0 ? p->rules.items[p->rules.count - 1].syscall : "";
	if (r.syscall != NULL && strcmp(last, r.syscall) > 0)
		p->unsorted = true;
	if (r.syscall == NULL || (why != NULL && r.why == NULL) || !vec_push(&p->rules, r)) {
		rule_clear(&r);
		return NULL;
	}
	return &p->rules.items[p->rules.count - 1];
}

static int order_ranges(const void *a, const void *b)
{
	const struct range *x = a, *y = b;
	return x->lo < y->lo ? -1 : x->lo > y->lo;
}

/* Sorts ranges and joins those that overlap or touch. Returns how many remain. */
static size_t join_ranges(struct range *ranges, size_t n)
{
	size_t kept = 0;
	if (n > 1)
		qsort(ranges, n, sizeof(*ranges), order_ranges);
	for (size_t i = 0; i < n; i++) {
		struct range *last = kept > 0 ? &ranges[kept - 1] : NULL;
		if (last != NULL && (last->hi == UINT64_MAX || ranges[i].lo <= last->hi + 1)) {
			if (ranges[i].hi > last->hi)
				last->hi = ranges[i].hi;
		} else {
			ranges[kept++] = ranges[i];
		}
	}
	return kept;
}

int alternative_add_test(struct alternative *a, const struct syscall_desc *call, enum arch arch, unsigned arg,
			 uint64_t mask, const struct range *ranges, size_t n, struct error *e)
{
	unsigned bits = syscall_arg_bits(call, arch, arg);
	uint64_t width = bits >= 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1;
	struct test test = {.arg = (uint8_t)arg, .mask = mask & width};
	for (size_t i = 0; i < n; i++) {
		struct range r = {ranges[i].lo & width, ranges[i].hi & width};
		if (r.lo > test.mask || r.lo > r.hi)
			continue; /* no masked value is this large */
		if (r.hi > test.mask)
			r.hi = test.mask;
		if (!vec_push(&test.ranges, r)) {
			vec_free(&test.ranges);
			return error_memory(e);
		}
	}
	test.ranges.count = join_ranges(test.ranges.items, test.ranges.count);
	if (!vec_reserve(&a->tests, 1)) {
		vec_free(&test.ranges);
		return error_memory(e);
	}
	size_t at = a->tests.count++;
	for (; at > 0 && a->tests.items[at - 1].arg > test.arg; at--)
		a->tests.items[at] = a->tests.items[at - 1];
	a->tests.items[at] = test;
	return 0;
}

const struct syscall_desc *alternative_call(const struct alternative *a, const struct syscall_desc *call,
					    enum arch arch, struct syscall_desc *room)
{
	uint64_t args[6] = {0};
	uint8_t known = 0;
	for (size_t i = 0; i < a->tests.count; i++) {
		const struct test *t = &a->tests.items[i];
		unsigned bits = syscall_arg_bits(call, arch, t->arg);
		uint64_t width = bits >= 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1;
		if (t->mask != width || t->ranges.count != 1 || t->ranges.items[0].lo != t->ranges.items[0].hi)
			continue;
		args[t->arg] = abi_canonical(call, arch, t->arg, t->ranges.items[0].lo);
		known |= (uint8_t)(1u << t->arg);
	}
	return abi_select(call, arch, args, known, room);
}

bool range_is_list(const struct syscall_desc *call, const struct test *t, const struct range *r)
{
	if (r->lo >= r->hi || r->hi - r->lo >= 16 || t->arg >= syscall_arg_count(call) || call->args[t->arg].set == NULL)
		return false;
	/* Counts by distance, as a range may end with the largest value. */
	for (uint64_t i = 0; i <= r->hi - r->lo; i++)
		if (((r->lo + i) & ~t->mask) != 0)
			return false;
	return true;
}

/* A rule and its index: qsort does not keep the order of equal elements. */
struct placed {
	struct rule rule;
	size_t at;
};

static int order_names(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;
	int order = strcmp(x->rule.syscall, y->rule.syscall);
	return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

static int order_rules(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;
	int order = strcmp(x->rule.syscall, y->rule.syscall);
	/* By the lowest architecture, so that the order is the same after the codec joins or splits
	 * rules. */
	if (order == 0)
		order = (x->rule.archs & -x->rule.archs) - (y->rule.archs & -y->rule.archs);
	return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

static bool sort_rules(struct policy *p, int (*order)(const void *, const void *))
{
	struct placed *all = malloc((p->rules.count + 1) * sizeof(*all));
	if (all == NULL)
		return false;
	for (size_t i = 0; i < p->rules.count; i++)
		all[i] = (struct placed){p->rules.items[i], i};
	if (p->rules.count > 1)
		qsort(all, p->rules.count, sizeof(*all), order);
	for (size_t i = 0; i < p->rules.count; i++)
		p->rules.items[i] = all[i].rule;
	free(all);
	return true;
}

/* Returns the index after the rules of the call at `at`, in a sorted list. */
static size_t end_of_call(const struct policy *p, size_t at)
{
	size_t end = at + 1;
	while (end < p->rules.count && strcmp(p->rules.items[end].syscall, p->rules.items[at].syscall) == 0)
		end++;
	return end;
}

/* Appends the rules of one call. Splits a rule for several architectures, one for each, if it
 * shares an architecture with another rule. Such a rule has no alternatives. Clears the moved
 * rules. */
static bool move_split(struct rule *rules, size_t n, struct policy *to)
{
	arch_set once = 0, shared = 0;
	for (size_t i = 0; i < n; i++) {
		shared |= once & rules[i].archs;
		once |= rules[i].archs;
	}
	for (size_t i = 0; i < n; i++) {
		struct rule *r = &rules[i];
		for (; (r->archs & shared) != 0 && (r->archs & (r->archs - 1)) != 0; r->archs &= (arch_set)(r->archs - 1))
			if (policy_add_rule(to, r->syscall, (arch_set)(r->archs & -r->archs), r->action, r->why) == NULL)
				return false;
		if (!vec_push(&to->rules, *r))
			return false;
		*r = (struct rule){0};
	}
	return true;
}

/* Splits rules that share a call and an architecture, so that sorting by architecture keeps the
 * order in which they are tried. */
static bool split_shared(struct policy *p)
{
	struct policy split = {0};
	bool room = true;
	for (size_t i = 0, end; i < p->rules.count && room; i = end) {
		end = end_of_call(p, i);
		room = move_split(&p->rules.items[i], end - i, &split);
	}
	for (size_t i = 0; i < p->rules.count; i++)
		rule_clear(&p->rules.items[i]);
	vec_free(&p->rules);
	memcpy(&p->rules, &split.rules, sizeof(p->rules));
	return room;
}

void policy_drop_unreached(struct policy *p)
{
	size_t kept = 0;
	for (size_t i = 0; i < p->rules.count; i++) {
		struct rule *r = &p->rules.items[i];
		for (size_t k = 0; k < kept; k++)
			if (p->rules.items[k].any.count == 0 && (p->rules.items[k].archs & r->archs) != 0 &&
			    strcmp(p->rules.items[k].syscall, r->syscall) == 0)
				r->archs &= (arch_set)~p->rules.items[k].archs;
		if (r->archs == 0)
			rule_clear(r);
		else
			p->rules.items[kept++] = *r;
	}
	p->rules.count = kept;
}

static int check_archs(const struct policy *p, const struct rule *r, struct error *e)
{
	if ((r->archs & (arch_set)~p->archs) != 0)
		return error_set(e, ERR_INPUT, "rule of %s: names an architecture that the policy does not", r->syscall);
	for (int arch = 0; arch < ARCH_COUNT; arch++) {
		uint32_t nr;
		if ((r->archs & ARCH_BIT(arch)) != 0 && abi_number((enum arch)arch, r->syscall, &nr, e) != 0)
			return error_set(e, ERR_INPUT, "rule of %s: %s has no such system call", r->syscall,
					 arch_name((enum arch)arch));
	}
	return 0;
}

/* Checks the rules of one call, in a sorted list: the rules of an architecture are neighbours. */
static int check_reached(const struct rule *rules, size_t n, struct error *e)
{
	if (n > ARCH_COUNT * (size_t)POLICY_RULES_MOST)
		return error_set(e, ERR_LIMIT, "rule of %s: there are %zu of this call, and a policy may have %zu; join those with the "
				 "same answer under one \"any\"",
				 rules[0].syscall, n, ARCH_COUNT * (size_t)POLICY_RULES_MOST);
	for (size_t i = 0; i + 1 < n; i++) {
		struct text first = {0}, second = {0};
		if (rules[i].any.count > 0 || (rules[i].archs & rules[i + 1].archs) == 0)
			continue;
		action_text(rules[i].action, &first);
		action_text(rules[i + 1].action, &second);
		error_set(e, ERR_INPUT,
			  "rule of %s (%s): the rule before it (%s) answers with any arguments, so this one never answers; remove one "
			  "of them, or put the one with \"any\" first",
			  rules[i].syscall, text_string(&second), text_string(&first));
		text_free(&first);
		text_free(&second);
		return e->code;
	}
	return 0;
}

int policy_finish(struct policy *p, struct error *e)
{
	if (p->archs == 0)
		return error_set(e, ERR_INPUT, "arch: the policy names no architecture");
	if (!sort_rules(p, order_names) || !split_shared(p) || !sort_rules(p, order_rules))
		return error_memory(e);
	p->unsorted = false;
	int rc = 0;
	for (size_t i = 0; i < p->rules.count && rc == 0; i++)
		rc = check_archs(p, &p->rules.items[i], e);
	for (size_t i = 0; i < p->rules.count && rc == 0; i = end_of_call(p, i))
		rc = check_reached(&p->rules.items[i], end_of_call(p, i) - i, e);
	return rc;
}

/* Returns the first such rule from index `from` on, or NULL. */
static const struct rule *find_rule(const struct policy *p, size_t from, enum arch arch, const char *syscall)
{
	size_t low = from;
	if (!p->unsorted)
		low = sorted_first(at, p->rules.count, at < from || strcmp(p->rules.items[at].syscall, syscall) < 0);
	for (size_t i = low; i < p->rules.count; i++) {
		const struct rule *r = &p->rules.items[i];
		bool same = strcmp(r->syscall, syscall) == 0;
		if (same && (r->archs & ARCH_BIT(arch)) != 0)
			return r;
		if (!same && !p->unsorted)
			return NULL;
	}
	return NULL;
}

const struct rule *policy_rule(const struct policy *p, enum arch arch, const char *syscall)
{
	return find_rule(p, 0, arch, syscall);
}

const struct rule *policy_next_rule(const struct policy *p, enum arch arch, const struct rule *after)
{
	return find_rule(p, (size_t)(after - p->rules.items) + 1, arch, after->syscall);
}

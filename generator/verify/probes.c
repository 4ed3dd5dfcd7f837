/* Compares filter and policy for calls at the borders of the policy's tests. SPDX-License-Identifier: MIT */
#include "generator/verify/verify.h"

#include <string.h>

/* How many calls are tried for each alternative while a proof may follow, for each where none did, and for each number. */
#define CALLS_EACH 16
#define CALLS_LAST 1024
#define NUMBER_CALLS 4
#define PAST_NEWEST 8

struct probing {
	const struct instructions *program;
	const struct policy *policy;
	struct seccomp_data *witness;
	uint64_t random;
	int calls; /* for each alternative */
};

uint64_t probe_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 2685821657736338717u;
}

static bool differs(const struct probing *p, const struct seccomp_data *call)
{
	if (filter_run(p->program->code, p->program->n, call, NULL) == action_ret(policy_evaluate(p->policy, call)))
		return false;
	*p->witness = *call;
	return true;
}

/* Sets all arguments: to 0, to values with few bits, or to any values. */
static void any_arguments(struct probing *p, struct seccomp_data *call)
{
	uint64_t kind = probe_random(&p->random) % 3;
	for (int i = 0; i < 6; i++) {
		uint64_t value = probe_random(&p->random);
		call->args[i] = kind == 0 ? 0 : kind == 1 ? value & probe_random(&p->random) & probe_random(&p->random) : value;
	}
}

/* Sets an argument so that it meets a test, at an end of one of its ranges; or, in one of eight cases, just beside the range. */
static void meet(struct probing *p, const struct test *t, struct seccomp_data *call)
{
	if (t->ranges.count == 0)
		return;
	const struct range *r = &t->ranges.items[probe_random(&p->random) % t->ranges.count];
	uint64_t choice = probe_random(&p->random), value = choice & 1 ? r->lo : r->hi;
	if ((choice >> 1 & 7) == 0)
		value = choice >> 4 & 1 ? r->lo - 1 : r->hi + 1;
	call->args[t->arg] = (call->args[t->arg] & ~t->mask) | (value & t->mask);
}

/* Tries calls of a rule, and of the later rules of its call. */
static bool probe_rules(struct probing *p, const struct rule *rule, enum arch arch, struct seccomp_data *call)
{
	for (; rule != NULL; rule = policy_next_rule(p->policy, arch, rule))
		for (size_t i = 0; i < rule->any.count; i++)
			for (int n = 0; n < p->calls; n++) {
				const struct alternative *a = &rule->any.items[i];
				any_arguments(p, call);
				for (size_t k = 0; k < a->tests.count; k++)
					meet(p, &a->tests.items[k], call);
				/* Every second call is changed by one bit: a wrong comparison shows there. */
				uint64_t choice = probe_random(&p->random);
				if (n % 2 != 0 && a->tests.count > 0)
					call->args[a->tests.items[choice % a->tests.count].arg] ^= (uint64_t)1 << (choice >> 32) % 64;
				if (differs(p, call))
					return true;
			}
	return false;
}

bool probe_call(const struct instructions *program, const struct policy *policy, const struct apart *of,
		struct seccomp_data *witness)
{
	struct probing p = {program, policy, witness, .random = 0x9e3779b97f4a7c15, .calls = CALLS_EACH};
	struct seccomp_data call = {.arch = arch_audit(of->arch), .nr = (int)of->nr};
	return probe_rules(&p, of->rule, of->arch, &call);
}

/* Tries all numbers of an architecture, and some past the last. */
static bool probe_arch(struct probing *p, enum arch arch)
{
	struct seccomp_data call = {.arch = arch_audit(arch)};
	char buffer[32];
	for (uint32_t nr = 0; nr <= abi_newest(arch) + PAST_NEWEST; nr++) {
		call.nr = (int)nr;
		for (int n = 0; n < NUMBER_CALLS; n++) {
			any_arguments(p, &call);
			if (differs(p, &call))
				return true;
		}
		const struct rule *rule = policy_rule(p->policy, arch, abi_name(arch, nr, buffer, sizeof(buffer)));
		if (probe_rules(p, rule, arch, &call))
			return true;
	}
	return false;
}

bool probe_all(const struct instructions *program, const struct policy *policy, struct seccomp_data *witness)
{
	struct probing p = {program, policy, witness, .random = 0x9e3779b97f4a7c15, .calls = CALLS_LAST};
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
		if ((policy->archs & ARCH_BIT(arch)) && probe_arch(&p, (enum arch)arch))
			return true;
	return false;
}

/* Evaluates a policy for one call. This code defines what a policy means, so it is written to be
 * read. SPDX-License-Identifier: MIT */
#include "policies/policy/policy.h"

bool test_holds(const struct test *test, uint64_t value)
{
	for (size_t i = 0; i < test->ranges.count; i++)
		if ((value & test->mask) >= test->ranges.items[i].lo && (value & test->mask) <= test->ranges.items[i].hi)
			return true;
	return false;
}

static bool alternative_holds(const struct alternative *a, const struct syscall_desc *call, enum arch arch,
			      const struct seccomp_data *data)
{
	for (size_t i = 0; i < a->tests.count; i++) {
		unsigned arg = a->tests.items[i].arg;
		unsigned bits = syscall_arg_bits(call, arch, arg);
		uint64_t value = data->args[arg];
		if (bits < 64)
			value &= ((uint64_t)1 << bits) - 1;
		if (!test_holds(&a->tests.items[i], value))
			return false;
	}
	return true;
}

static bool rule_is_met(const struct rule *r, const struct syscall_desc *call, enum arch arch,
			const struct seccomp_data *data)
{
	for (size_t i = 0; i < r->any.count; i++)
		if (alternative_holds(&r->any.items[i], call, arch, data))
			return true;
	return r->any.count == 0;
}

struct action policy_evaluate(const struct policy *p, const struct seccomp_data *data)
{
	struct action foreign = p->default_action;
	if (foreign.kind == ACTION_ALLOW)
		foreign = (struct action){ACTION_KILL, 0};
	int arch = arch_by_audit(data->arch);
	uint32_t nr = (uint32_t)data->nr;
	if (arch < 0 || (p->archs & ARCH_BIT(arch)) == 0 || nr >= ABI_NR_FOREIGN)
		return foreign;
	char buffer[32];
	const struct syscall_desc *call = abi_by_nr((enum arch)arch, nr);
	const struct rule *r = policy_rule(p, (enum arch)arch, abi_name((enum arch)arch, nr, buffer, sizeof(buffer)));
	if (r == NULL)
		return nr > abi_newest((enum arch)arch) ? p->newer : p->default_action;
	for (; r != NULL; r = policy_next_rule(p, (enum arch)arch, r))
		if (rule_is_met(r, call, (enum arch)arch, data))
			return r->action;
	return p->default_action;
}

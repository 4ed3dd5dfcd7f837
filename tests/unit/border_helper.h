/* Calls at the borders of a policy: at the ends of its ranges and one past them, at the first and last numbers, with
 * garbage where the kernel does not look. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TEST_BORDER_HELPER_H
#define PINHOLE_TEST_BORDER_HELPER_H

#include "verify_helper.h"

/* A value that the test is about: an end of a range, or one beside it; outside of the mask nothing, or anything. */
static inline uint64_t border_value(const struct test *t)
{
	const struct range *r = &t->ranges.items[any() % t->ranges.count];
	uint64_t value = (any() % 2 == 0 ? r->lo : r->hi) + (any() % 2 == 0 ? 0 : any() % 3 - 1);
	uint64_t garbage = any() % 3 == 0 ? any() : any() % 2 == 0 ? 0 : any() << 32;
	return any() % 8 == 0 ? value : (value & t->mask) | (garbage & ~t->mask);
}

/* Moves the arguments to borders of one alternative of the rule that the call is about. */
static inline void border_arguments(const struct policy *p, struct seccomp_data *d)
{
	char buffer[32];
	int arch = arch_by_audit(d->arch);
	const struct rule *r =
	    arch < 0
		? NULL
		: policy_rule(p, (enum arch)arch, abi_name((enum arch)arch, (uint32_t)d->nr, buffer, sizeof(buffer)));
	while (r != NULL && any() % 3 == 0 && policy_next_rule(p, (enum arch)arch, r) != NULL)
		r = policy_next_rule(p, (enum arch)arch, r);
	if (r == NULL || r->any.count == 0)
		return;
	const struct alternative *a = &r->any.items[any() % r->any.count];
	for (size_t i = 0; i < a->tests.count; i++)
		if (a->tests.items[i].ranges.count > 0)
			d->args[a->tests.items[i].arg] = border_value(&a->tests.items[i]);
}

static inline struct seccomp_data border_call(const struct policy *p)
{
	struct seccomp_data d = random_call(p);
	int arch = arch_by_audit(d.arch);
	if (any() % 4 != 0)
		border_arguments(p, &d);
	switch (any() % 32) {
	case 0:
		d.nr ^= 0x40000000; /* x32 */
		break;
	case 1:
		d.nr = any() % 2 == 0 ? -1 : INT32_MIN;
		break;
	case 2:
		d.nr = (int)(abi_newest((enum arch)arch) + any() % 3 - 1);
		break;
	case 3:
		d.nr = (int)(ABI_NR_FOREIGN + any() % 3 - 1);
		break;
	case 4:
		d.arch = arch_audit((enum arch)(any() % ARCH_COUNT));
		break;
	case 5:
		d.arch ^= 1u << any() % 32;
		break;
	case 6:
		d.nr += (int)(any() % 3) - 1;
		break;
	}
	d.instruction_pointer = any();
	return d;
}

#endif

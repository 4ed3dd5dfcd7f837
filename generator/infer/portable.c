/* --portable: calls of another libc, libc version or kernel that replace seen ones.
 * SPDX-License-Identifier: MIT
 *
 * The rules come from one table (policies/abi/siblings.c); the policy gives the reason for each. */
#include <errno.h>
#include <string.h>

#include "generator/infer/infer.h"
#include "policies/abi/siblings.h"

/* Returns the tests of the seen call's rule; nothing if it has no rule. */
static int add_sibling(struct inferring *in, const struct sibling *s, enum arch arch)
{
	const struct rule *rule = s->from != NULL ? policy_rule(in->policy, arch, s->from) : NULL;
	struct call_set from = {0};
	int rc = rule != NULL ? call_set_of(rule, arch, &from, in->e) : 0;
	if (rc == 0)
		rc = infer_row(in, s, arch, &from, "portable: ", s->why);
	call_set_clear(&from);
	return rc;
}

static int add_siblings(struct inferring *in, enum arch arch, const char *from, const struct seen_call *seen)
{
	size_t n;
	const struct sibling *s = abi_siblings(from, &n);
	int rc = 0;
	for (size_t i = 0; i < n && rc == 0; i++) {
		if (!sibling_applies(&s[i], arch))
			continue;
		if (seen != NULL && (rc = row_holds(&s[i], seen, in->e)) <= 0)
			continue;
		rc = add_sibling(in, &s[i], arch);
	}
	return rc;
}

/* Calls that a newer libc or runtime tries first, where an older one makes one of the others. It falls
 * back to these after ENOSYS. So the answer is ENOSYS, even if a filter could test the call. */
static const struct {
	const char *call, *seen[3], *why;
} asked_first[] = {
    {"clone3", {"clone", "fork", "vfork"}, "portable: a newer libc tries it first, and falls back to clone"},
    {"io_uring_setup", {"epoll_ctl"}, "portable: libuv since 1.45 tries it first, and falls back to epoll and threads"},
};

static int answer_first(struct inferring *in, enum arch arch)
{
	for (size_t i = 0; i < sizeof(asked_first) / sizeof(asked_first[0]); i++) {
		bool seen = false;
		for (size_t k = 0; k < sizeof(asked_first[i].seen) / sizeof(asked_first[i].seen[0]); k++)
			seen |= asked_first[i].seen[k] != NULL && infer_seen(in, arch, asked_first[i].seen[k]) != NULL;
		if (!seen || abi_call(arch, asked_first[i].call) == NULL || infer_rule(in, arch, asked_first[i].call) != NULL)
			continue;
		if (policy_add_rule(in->policy, asked_first[i].call, ARCH_BIT(arch), (struct action){ACTION_ERRNO, ENOSYS},
				    asked_first[i].why) == NULL)
			return error_memory(in->e);
	}
	return 0;
}

int infer_portable(struct inferring *in)
{
	int rc = 0;
	for (size_t i = 0; i < in->calls.count && rc == 0; i++) {
		const struct seen_call *c = &in->calls.items[i];
		const struct rule *rule = c->desc != NULL ? policy_rule(in->policy, c->arch, c->desc->name) : NULL;
		/* A call that gets an error needs no sibling. clone3 does, because its fallback is allowed. */
		if (rule != NULL && (rule->action.kind == ACTION_ALLOW || strcmp(rule->syscall, "clone3") == 0))
			rc = add_siblings(in, c->arch, c->desc->name, c);
	}
	for (unsigned arch = 0; arch < ARCH_COUNT && rc == 0; arch++) {
		if (!(in->policy->archs & ARCH_BIT(arch)))
			continue;
		rc = add_siblings(in, (enum arch)arch, NULL, NULL);
		if (rc == 0)
			rc = answer_first(in, (enum arch)arch);
	}
	return rc;
}

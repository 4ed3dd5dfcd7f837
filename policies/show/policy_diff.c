/* Prints the differences of two policies. SPDX-License-Identifier: MIT */
#include <string.h>

#include "policies/policy/call_set.h"
#include "policies/show/show.h"

static bool diff_action(const char *what, struct action a, struct action b, struct text *out)
{
	if (a.kind == b.kind && a.data == b.data)
		return false;
	text_add(out, "~ %s: ", what);
	action_text(a, out);
	text_add(out, " → ");
	action_text(b, out);
	text_add(out, "\n");
	return true;
}

/* Prints a line for calls whose answer changes from a to b: '+' became possible, '-' is no longer
 * possible, '~' changed otherwise. */
static void diff_line(const struct action a, const struct action b, const struct call_set *set, enum arch arch,
		      const char *syscall, struct text *out)
{
	bool before = lets_through(a), now = lets_through(b);
	for (size_t i = 0; i < set->any.count; i++) {
		text_add(out, "%c %s ", before == now ? '~' : now ? '+' : '-', arch_name(arch));
		text_add_safe(out, syscall);
		alternative_text(&set->any.items[i], abi_call(arch, syscall), arch, out);
		if (before == now) {
			text_add(out, "%s: ", now ? "" : ", refused");
			action_text(a, out);
			text_add(out, " → ");
			action_text(b, out);
		}
		text_add(out, "\n");
	}
}

/* Returns 1 if the two rules treat a call of this name differently (apart from their defaults), 0
 * if not, or a negative code. */
static int diff_parts(const struct call_parts *old, const struct call_parts *new, enum arch arch, const char *syscall,
		      struct text *out, struct error *e)
{
	static const char order[] = "-+~";
	int differ = 0;
	for (const char *sign = order; *sign != '\0'; sign++)
		for (size_t i = 0; i < old->all.count * new->all.count; i++) {
			const struct call_part *a = &old->all.items[i / new->all.count], *b = &new->all.items[i % new->all.count];
			bool before = lets_through(a->action), now = lets_through(b->action);
			char which = before == now ? '~' : now ? '+' : '-';
			struct call_set both = {0};
			if (which != *sign || (a->by_default && b->by_default) || action_equal(a->action, b->action))
				continue;
			int rc = call_set_common(&a->set, &b->set, arch, syscall, &both, e);
			if (rc == 0)
				diff_line(a->action, b->action, &both, arch, syscall, out);
			differ |= both.any.count > 0;
			call_set_clear(&both);
			if (rc < 0)
				return rc;
		}
	return differ;
}

/* Returns whether both policies have the same rules for the call and the same default, so that they
 * need no comparison. */
static bool is_same_rules(const struct policy *old, const struct policy *new, enum arch arch, const char *syscall)
{
	const struct rule *a = policy_rule(old, arch, syscall), *b = policy_rule(new, arch, syscall);
	if (a == NULL || !action_equal(old->default_action, new->default_action))
		return false;
	while (a != NULL && b != NULL) {
		struct call_set own = {0};
		memcpy(&own.any, &a->any, sizeof(own.any)); /* only looked at */
		if (!action_equal(a->action, b->action) || !call_set_is(&own, b))
			return false;
		a = policy_next_rule(old, arch, a);
		b = policy_next_rule(new, arch, b);
	}
	return a == NULL && b == NULL;
}

/* Says in words what differs. Returns 1 if that is anything, 0 if not, or a negative code. */
static int say_differences(const struct policy *old, const struct policy *new, enum arch arch, const char *syscall,
			   struct text *out, struct error *e)
{
	struct call_parts a = {0}, b = {0};
	int rc = policy_parts(old, arch, syscall, &a, e);
	if (rc == 0)
		rc = policy_parts(new, arch, syscall, &b, e);
	if (rc == 0)
		rc = diff_parts(&a, &b, arch, syscall, out, e);
	call_parts_clear(&a);
	call_parts_clear(&b);
	return rc;
}

static int diff_call(const struct policy *old, const struct policy *new, policy_comparison *differ, enum arch arch,
		     const char *syscall, struct text *out, struct error *e)
{
	struct text lines = {0};
	struct error inner = {0};
	if (is_same_rules(old, new, arch, syscall))
		return 0;
	int known = differ(old, new, arch, syscall, &inner), rc = known;
	if (known == 1 || known == ERR_LIMIT)
		rc = say_differences(old, new, arch, syscall, &lines, &inner);
	if (rc == ERR_LIMIT || (rc == 0 && known == 1)) {
		text_add(out, "~ %s ", arch_name(arch));
		text_add_safe(out, syscall);
		text_add(out, known == 1 ? ": more than can be said in words\n"
					 : ": written differently; whether it means the same takes too long to tell\n");
		rc = 1;
	} else if (rc == 1) {
		text_add(out, "%s", text_string(&lines));
	}
	out->failed |= lines.failed;
	text_free(&lines);
	return rc < 0 ? error_set(e, rc, "%s", inner.text) : rc;
}

/* Compares the calls of an architecture that either policy has rules for. */
static int diff_calls(const struct policy *old, const struct policy *new, policy_comparison *differ, enum arch arch,
		      struct text *out, struct error *e)
{
	int any = 0;
	for (size_t i = 0, k = 0; i < old->rules.count || k < new->rules.count;) {
		const char *a = i < old->rules.count ? old->rules.items[i].syscall : NULL;
		const char *b = k < new->rules.count ? new->rules.items[k].syscall : NULL;
		int order = a == NULL ? 1 : b == NULL ? -1 : strcmp(a, b);
		const char *name = order <= 0 ? a : b;
		int rc = diff_call(old, new, differ, arch, name, out, e);
		if (rc < 0)
			return rc;
		any |= rc;
		/* Rules of one name for different architectures are neighbours. */
		while (i < old->rules.count && strcmp(old->rules.items[i].syscall, name) == 0)
			i++;
		while (k < new->rules.count && strcmp(new->rules.items[k].syscall, name) == 0)
			k++;
	}
	return any;
}

int policy_diff(const struct policy *old, const struct policy *new, policy_comparison *differ, struct text *out,
		struct error *e)
{
	int any = diff_action("default", old->default_action, new->default_action, out);
	any |= diff_action("newer", old->newer, new->newer, out);
	for (int arch = 0; arch < ARCH_COUNT; arch++) {
		if (((old->archs ^ new->archs) & ARCH_BIT(arch)) != 0) {
			text_add(out, "%c architecture %s\n", (new->archs & ARCH_BIT(arch)) != 0 ? '+' : '-',
				 arch_name((enum arch)arch));
			any = 1;
		}
		if (((old->archs | new->archs) & ARCH_BIT(arch)) == 0)
			continue;
		int rc = diff_calls(old, new, differ, (enum arch)arch, out, e);
		if (rc < 0)
			return rc;
		any |= rc;
	}
	return out->failed ? error_memory(e) : any;
}

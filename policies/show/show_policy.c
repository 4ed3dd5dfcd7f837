/* Prints policies for people, and the differences of two policies. SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/abi/power/capabilities.h"
#include "policies/abi/power/danger.h"
#include "policies/abi/groups.h"
#include "policies/base/style.h"
#include "policies/policy/call_set.h"
#include "policies/show/show.h"

/* Tests in words. ----------------------------------------------------------------------------------------------- */

struct place {
	const struct syscall_desc *call;
	enum arch arch;
	unsigned arg;
	uint64_t width;
	uint64_t said; /* bits that other tests of the argument cover */
};

static void say_value(const struct place *at, uint64_t value, struct text *out)
{
	abi_value_text(at->call, at->arch, at->arg, abi_canonical(at->call, at->arch, at->arg, value), out);
}

/* Prints a mask bit by bit. Printed as a value, a mask would also name fields that are 0. */
static void say_bits(const struct place *at, uint64_t bits, struct text *out)
{
	const struct name_set *set = at->arg < syscall_arg_count(at->call) ? at->call->args[at->arg].set : NULL;
	const char *between = "";
	for (size_t i = 0; set != NULL && i < set->count; i++) {
		const struct name_value *v = &set->values[i];
		if (!(v->archs & ARCH_BIT(at->arch)) || v->mask != v->value || v->mask == 0 || (v->mask & ~bits) != 0)
			continue;
		text_add(out, "%s%s", between, v->name);
		between = "|";
		bits &= ~v->mask;
	}
	/* The remaining bits may be a value of a field: O_RDWR. */
	for (size_t i = 0; bits != 0 && set != NULL && i < set->count; i++)
		if ((set->values[i].archs & ARCH_BIT(at->arch)) && set->values[i].value == bits && set->values[i].mask != 0) {
			text_add(out, "%s%s", between, set->values[i].name);
			return;
		}
	if (bits != 0)
		text_add(out, "%s0x%" PRIx64, between, bits);
}

static void say_ranges(const struct place *at, const struct test *t, struct text *out)
{
	for (size_t i = 0; i < t->ranges.count; i++) {
		const struct range *r = &t->ranges.items[i];
		bool list = range_is_list(at->call, t, r);
		text_add(out, "%s", i == 0 ? " " : i + 1 == t->ranges.count ? " or " : ", ");
		say_value(at, r->lo, out);
		for (uint64_t v = r->lo; list && v < r->hi;) {
			text_add(out, v + 1 == r->hi && i + 1 == t->ranges.count ? " or " : ", ");
			say_value(at, ++v, out);
		}
		if (r->hi == r->lo || list)
			continue;
		text_add(out, r->hi == t->mask ? " and above" : " to ");
		if (r->hi != t->mask)
			say_value(at, r->hi, out);
	}
}

/* Prints " any but 0 or 5" if this is shorter. */
static bool say_gaps(const struct place *at, const struct test *t, struct text *out)
{
	size_t n = t->ranges.count;
	if (n < 2 || __builtin_popcountll(t->mask) < 8 || t->ranges.items[0].lo > 1 || t->ranges.items[n - 1].hi < t->mask - 1)
		return false;
	for (size_t i = 1; i < n; i++)
		if (t->ranges.items[i].lo != t->ranges.items[i - 1].hi + 2)
			return false;
	bool first = t->ranges.items[0].lo == 1, last = t->ranges.items[n - 1].hi == t->mask - 1;
	size_t gaps = n - 1 + first + last, said = 0;
	text_add(out, " any but ");
	if (first && ++said)
		say_value(at, 0, out);
	for (size_t i = 0; i + 1 < n + last; i++) {
		text_add(out, "%s", said == 0 ? "" : said + 1 == gaps ? " and " : ", ");
		say_value(at, t->ranges.items[i].hi + 1, out);
		said++;
	}
	return true;
}

/* Prints a test: "type SOCK_STREAM (SOCK_CLOEXEC|SOCK_NONBLOCK aside)", "flags only
 * O_CREAT|O_TRUNC", or "flags without CLONE_NEWUSER". */
static void say_test(const struct place *at, const struct test *t, struct text *out)
{
	uint64_t rest = ~t->mask & at->width;
	bool few = __builtin_popcountll(rest) <= __builtin_popcountll(t->mask);
	bool none = t->ranges.count == 1 && t->ranges.items[0].lo == 0 && t->ranges.items[0].hi == 0;
	bool some = t->ranges.count == 1 && t->ranges.items[0].lo == 1 && t->ranges.items[0].hi == t->mask;
	if (rest != 0 && none && few && at->said != 0) {
		text_add(out, (rest & ~at->said) == 0 ? " no other bits" : " of other bits only ");
		if ((rest & ~at->said) != 0)
			say_bits(at, rest & ~at->said, out);
	} else if (rest != 0 && none) {
		text_add(out, few ? " only " : " without ");
		say_bits(at, few ? rest : t->mask, out);
	} else if (rest != 0 && some) {
		text_add(out, few ? " with more than " : " with any of ");
		say_bits(at, few ? rest : t->mask, out);
	} else {
		if (!say_gaps(at, t, out))
			say_ranges(at, t, out);
		if (rest == 0 || (!few && at->said != 0))
			return;
		text_add(out, few ? " (" : " (of the bits ");
		say_bits(at, few ? rest : t->mask, out);
		text_add(out, few ? " aside)" : ")");
	}
}

static bool all_hold(const struct alternative *a, unsigned arg, uint64_t value)
{
	for (size_t i = 0; i < a->tests.count; i++)
		if (a->tests.items[i].arg == arg && !test_holds(&a->tests.items[i], value))
			return false;
	return true;
}

/* If several tests of one argument leave few values, prints these. Returns whether it did. */
static bool say_few(const struct place *at, const struct alternative *a, struct text *out)
{
	enum { BITS = 6, MOST = 6 };
	uint64_t values[MOST], bits = at->width, value = 0;
	size_t n = 0, tests = 0;
	for (size_t i = 0; i < a->tests.count; i++) {
		const struct test *t = &a->tests.items[i];
		if (t->arg != at->arg)
			continue;
		tests++;
		if (t->ranges.count == 1 && t->ranges.items[0].hi == 0)
			bits &= ~t->mask;
	}
	if (tests < 2 || __builtin_popcountll(bits) > BITS)
		return false;
	do {
		if (all_hold(a, at->arg, value)) {
			if (n == MOST)
				return false;
			values[n++] = value;
		}
		value = (value - bits) & bits; /* the next subset of the bits */
	} while (value != 0);
	for (size_t i = 0; i < n; i++) {
		text_add(out, "%s", i == 0 ? " " : i + 1 == n ? " or " : ", ");
		say_value(at, values[i], out);
	}
	return n > 0;
}

/* Prints an alternative; nothing if it has no tests. */
static void say_alternative(const struct alternative *a, const struct syscall_desc *call, enum arch arch,
			    struct text *out)
{
	struct syscall_desc room;
	call = alternative_call(a, call, arch, &room);
	for (size_t i = 0; i < a->tests.count; i++) {
		struct place at = {call, arch, a->tests.items[i].arg, 0, 0};
		at.width = UINT64_MAX >> (64 - syscall_arg_bits(call, arch, at.arg));
		for (size_t k = 0; k < a->tests.count; k++)
			if (k != i && a->tests.items[k].arg == at.arg)
				at.said |= a->tests.items[k].mask & ~a->tests.items[i].mask;
		bool again = i > 0 && a->tests.items[i - 1].arg == at.arg;
		text_add(out, "%s%s", i == 0 ? " with " : again || i + 1 == a->tests.count ? " and" : ", ",
			 again ? "" : i > 0 && i + 1 == a->tests.count ? " " : "");
		text_add(out, "%s", again ? "" : syscall_arg_name(call, at.arg));
		if (!again && say_few(&at, a, out)) {
			while (i + 1 < a->tests.count && a->tests.items[i + 1].arg == at.arg)
				i++;
			continue;
		}
		say_test(&at, &a->tests.items[i], out);
	}
}

/* Showing. -------------------------------------------------------------------------------------------------------- */

bool danger_is_let_through(const struct call_set *permitted, const struct danger *d, enum arch arch, struct error *e)
{
	const struct syscall_desc *call = abi_call(arch, d->syscall);
	uint64_t mask = UINT64_MAX, value = 0;
	int arg = d->arg != NULL ? syscall_arg_by_name(call, d->arg) : -1;
	if (d->arg == NULL)
		return permitted->any.count > 0;
	if (arg < 0 || (d->mask != NULL && abi_value_parse(call, arch, (unsigned)arg, d->mask, &mask, e) < 0) ||
	    abi_value_parse(call, arch, (unsigned)arg, d->value, &value, e) < 0)
		return false;
	bool found = false;
	for (size_t i = 0; i < permitted->any.count && !found; i++) {
		struct alternative both = {0};
		int rc = alternative_copy(&both, &permitted->any.items[i], call, arch, e);
		if (rc == 0)
			rc = alternative_add_test(&both, call, arch, (unsigned)arg, mask, &(struct range){value, value},
						  1, e);
		found = rc == 0 && alternative_possible(&both);
		alternative_clear(&both);
	}
	return found;
}

/* Says what is dangerous in what is let through of a call, a line each. Returns how many lines. */
static size_t show_dangers(const struct policy *p, enum arch arch, const char *syscall, struct text *out)
{
	size_t n, shown = 0;
	const struct danger *d = abi_dangers(syscall, &n);
	struct call_set permitted = {0};
	struct error e = {0};
	int rc = n > 0 ? policy_permits(p, arch, syscall, true, &permitted, &e) : 0;
	if (rc < 0 && rc != ERR_MEMORY) {
		shown++;
		style_begin(out, STYLE_CAUTION);
		text_add(out, "      ! whether it is dangerous cannot be told: %s", e.text);
		style_end(out);
		text_add(out, "\n");
	}
	if (rc == 0)
		for (size_t i = 0; i < n; i++) {
			if (!danger_is_let_through(&permitted, &d[i], arch, &e))
				continue;
			shown++;
			style_begin(out, d[i].level == DANGER_CAUTION ? STYLE_CAUTION : STYLE_DANGER);
			text_add(out, "      ! %s: ", danger_level_name(d[i].level));
			if (d[i].arg != NULL)
				text_add(out, "%s %s: ", d[i].arg, d[i].value);
			text_add(out, "%s", d[i].why);
			style_end(out);
			text_add(out, " [%s]\n", d[i].source);
		}
	out->failed |= e.code == ERR_MEMORY;
	call_set_clear(&permitted);
	return shown;
}

/* Added by generalising. ---------------------------------------------------------------------------------------- */

static bool is_added(const struct rule *r) { return capability_added(r->why); }

size_t policy_added(const struct policy *p, enum arch arch, int c, const char **reason, size_t *dangers)
{
	size_t calls = 0;
	*reason = NULL;
	*dangers = 0;
	for (size_t i = 0; i < p->rules.count; i++) {
		const struct rule *r = &p->rules.items[i];
		const char *said = r->archs & ARCH_BIT(arch) ? capability_reason(r->why, (enum capability)c) : NULL;
		struct text warnings = {0};
		if (said == NULL)
			continue;
		/* Of several reasons each stands with its own class. */
		if (*reason == NULL || strlen(said) < strlen(*reason))
			*reason = said;
		calls++;
		*dangers += show_dangers(p, arch, r->syscall, &warnings);
		text_free(&warnings);
	}
	return calls;
}

void rule_text(const struct rule *r, enum arch arch, const char *between, struct text *out)
{
	for (size_t i = 0; i == 0 || i < r->any.count; i++) {
		text_add(out, "%s", i == 0 ? "" : between);
		text_add_safe(out, r->syscall);
		if (i < r->any.count)
			say_alternative(&r->any.items[i], abi_call(arch, r->syscall), arch, out);
	}
	if (r->action.kind != ACTION_ALLOW) {
		text_add(out, " → ");
		action_text(r->action, out);
	}
}

/* Prints a rule. Says so if it is tried after other rules of its call. */
static void show_rule(const struct policy *p, const struct rule *r, enum arch arch, struct text *out)
{
	bool first = policy_rule(p, arch, r->syscall) == r;
	text_add(out, first ? "  " : "  else ");
	rule_text(r, arch, "\n    or ", out);
	if (r->why != NULL && !is_added(r)) {
		text_add(out, "\n      ");
		text_add_safe(out, r->why);
	}
	text_add(out, "\n");
	if (policy_next_rule(p, arch, r) == NULL)
		show_dangers(p, arch, r->syscall, out);
}

static bool is_plain(const struct policy *p, const struct rule *r, enum arch arch)
{
	size_t dangers;
	abi_dangers(r->syscall, &dangers);
	return r->any.count == 0 && r->action.kind == ACTION_ALLOW && (r->why == NULL || is_added(r)) && dangers == 0 &&
	       policy_rule(p, arch, r->syscall) == r;
}

/* The rules that belong under one heading (wanted[i]: the i-th rule does): those without conditions or dangers in lines, the
 * others one by one. */
static void show_rules(const struct policy *p, const bool *wanted, enum arch arch, struct text *out)
{
	size_t column = 0;
	for (int plain = 1; plain >= 0; plain--) {
		for (size_t i = 0; i < p->rules.count; i++) {
			const struct rule *r = &p->rules.items[i];
			if (!wanted[i] || is_plain(p, r, arch) != plain)
				continue;
			if (!plain) {
				show_rule(p, r, arch, out);
				continue;
			}
			if (out->columns > 0 && column > 0 && column + strlen(r->syscall) + 2 > out->columns) {
				text_add(out, "\n");
				column = 0;
			}
			text_add(out, "%s%s", column == 0 ? "  " : " ", r->syscall);
			column += strlen(r->syscall) + 1;
			if (out->columns == 0 && column > 90) {
				text_add(out, "\n");
				column = 0;
			}
		}
		text_add(out, plain && column > 0 ? "\n" : "");
	}
}

/* What was seen, by systemd's groups. */
static void show_group(const struct policy *p, bool *wanted, enum arch arch, const struct syscall_group *group, struct text *out)
{
	size_t shown = 0;
	for (size_t i = 0; i < p->rules.count; i++) {
		const struct rule *r = &p->rules.items[i];
		wanted[i] = (r->archs & ARCH_BIT(arch)) && !is_added(r) && strcmp(abi_group(r->syscall), group->name) == 0;
		shown += wanted[i];
	}
	if (shown == 0)
		return;
	text_add(out, "\n");
	style_begin(out, STYLE_HEADING);
	text_add(out, "%s, %s: %s", arch_name(arch), group->name, group->what);
	style_end(out);
	text_add(out, "\n");
	show_rules(p, wanted, arch, out);
}

/* What was added, by capability classes, and what each costs. */
static void show_class(const struct policy *p, bool *wanted, enum arch arch, enum capability c, struct text *out)
{
	const char *reason;
	size_t dangers, calls = policy_added(p, arch, c, &reason, &dangers);
	if (calls == 0)
		return;
	text_add(out, "\n");
	style_begin(out, STYLE_HEADING);
	text_add(out, "%s, added, not seen: part of %s", arch_name(arch), abi_capabilities[c].name);
	style_end(out);
	text_add(out, ", as ");
	text_add_safe(out, reason);
	text_add(out, " (%zu call%s, ", calls, calls == 1 ? "" : "s");
	text_add(out, dangers == 0 ? "no dangers)\n" : "%zu dangers)\n", dangers);
	for (size_t i = 0; i < p->rules.count; i++)
		wanted[i] = (p->rules.items[i].archs & ARCH_BIT(arch)) && capability_reason(p->rules.items[i].why, (enum capability)c) != NULL;
	show_rules(p, wanted, arch, out);
}

/* The answer in one line: how many calls are allowed, and which of them are dangerous. */
static void show_verdict(const struct policy *p, struct text *out)
{
	enum { NAMED = 6 };
	size_t calls = 0, dangerous = 0, tested = 0;
	struct text names = {0};
	for (int arch = 0; arch < ARCH_COUNT; arch++)
		for (size_t i = 0; (p->archs & ARCH_BIT(arch)) && i < p->rules.count; i++) {
			const struct rule *r = &p->rules.items[i];
			struct text lines = {0};
			if (!(r->archs & ARCH_BIT(arch)) || policy_rule(p, (enum arch)arch, r->syscall) != r)
				continue;
			bool danger = show_dangers(p, (enum arch)arch, r->syscall, &lines) > 0;
			calls++;
			tested += r->any.count > 0;
			if (danger && dangerous++ < NAMED) {
				text_add(&names, dangerous > 1 ? ", " : "");
				text_add_safe(&names, r->syscall);
			}
			out->failed |= lines.failed;
			text_free(&lines);
		}
	style_begin(out, STYLE_HEADING);
	text_add(out, "%zu call%s with rules, %zu of them by their arguments", calls, plural_s(calls), tested);
	style_end(out);
	text_add(out, "; ");
	style_begin(out, dangerous > 0 ? STYLE_DANGER : STYLE_GOOD);
	if (dangerous > 0)
		text_add(out, "%zu to look at (marked !): %s%s", dangerous, text_string(&names), dangerous > NAMED ? ", …" : "");
	else
		text_add(out, "none is dangerous");
	style_end(out);
	text_add(out, "\n");
	out->failed |= names.failed;
	text_free(&names);
}

int policy_show(const struct policy *p, struct text *out)
{
	bool *wanted = calloc(p->rules.count + 1, sizeof(*wanted));
	if (wanted == NULL) {
		out->failed = true;
		return 0;
	}
	if (out->columns > 0)
		show_verdict(p, out);
	text_add(out, "default: ");
	action_text(p->default_action, out);
	text_add(out, "; calls newer than this pinhole: ");
	action_text(p->newer, out);
	if (p->phase != NULL) {
		text_add(out, "; for phase ");
		text_add_safe(out, p->phase);
	}
	text_add(out, "\n");
	if (lets_through(p->default_action)) {
		style_add(out, STYLE_DANGER, "! every call that is not listed is let through");
		text_add(out, "\n");
	}
	for (int arch = 0; arch < ARCH_COUNT; arch++) {
		for (size_t i = 0; (p->archs & ARCH_BIT(arch)) && i < abi_group_count; i++)
			show_group(p, wanted, (enum arch)arch, &abi_groups[i], out);
		for (int c = 0; (p->archs & ARCH_BIT(arch)) && c < CAPABILITY_COUNT; c++)
			show_class(p, wanted, (enum arch)arch, (enum capability)c, out);
	}
	if (out->columns > 0) {
		text_add(out, "\n");
		show_verdict(p, out);
	}
	free(wanted);
	return 0;
}

/* Comparing. ------------------------------------------------------------------------------------------------------ */

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
		say_alternative(&set->any.items[i], abi_call(arch, syscall), arch, out);
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

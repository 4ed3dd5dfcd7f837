/* Prints the rules of a policy in words. SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "policies/show/show.h"

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

void alternative_text(const struct alternative *a, const struct syscall_desc *call, enum arch arch, struct text *out)
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

void rule_text(const struct rule *r, enum arch arch, const char *between, struct text *out)
{
	for (size_t i = 0; i == 0 || i < r->any.count; i++) {
		text_add(out, "%s", i == 0 ? "" : between);
		text_add_safe(out, r->syscall);
		if (i < r->any.count)
			alternative_text(&r->any.items[i], abi_call(arch, r->syscall), arch, out);
	}
	if (r->action.kind != ACTION_ALLOW) {
		text_add(out, " → ");
		action_text(r->action, out);
	}
}

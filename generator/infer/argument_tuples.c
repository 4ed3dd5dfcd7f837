/* Rules that keep arguments together: the seen combinations (joint_tuples), or every seen tuple (exact_tuples).
 * argument_tests.c says when. SPDX-License-Identifier: MIT */
#include "generator/infer/argument_parts.h"

#include <stdlib.h>
#include <string.h>

/* A fact with the values that distinguish its tuple; other bits are 0. */
struct tuple {
	uint64_t values[6];
	uint8_t args; /* the tuple's arguments; the fact may have others, which are tested within the group */
	const struct fact *fact;
};

static int by_values(const void *a, const void *b)
{
	const struct tuple *x = a, *y = b;
	for (int i = 0; i < 6; i++)
		if (x->values[i] != y->values[i])
			return x->values[i] < y->values[i] ? -1 : 1;
	return (int)x->args - (int)y->args;
}

/* args: the testable arguments that every fact has; changing: other arguments whose values change. */
static struct tuple tuple_of(const struct seen_call *c, const struct fact *f, unsigned args, unsigned changing)
{
	struct tuple t = {.fact = f};
	struct syscall_desc room;
	struct seen_call one = *c;
	one.desc = fact_call(f, &room);
	for (unsigned arg = 0; arg < 6; arg++) {
		unsigned kind = one.desc->args[arg].kind;
		bool selected = !arg_checkable(&c->desc->args[arg]);
		if (selected && !is_shape(c, one.desc, arg))
			continue;
		/* A flag word that another argument selects is tested by bits. */
		if (!(f->key.args >> arg & 1) || (!selected && !(args >> arg & 1)) || kind == ARG_MODE ||
		    (selected && (kind == ARG_FLAGS || (changing >> arg & 1))))
			continue;
		t.args |= (uint8_t)(1u << arg);
		t.values[arg] = f->key.values[arg] & argument_width(c, arg) & ~harmless_bits(&one, arg);
	}
	return t;
}

/* Makes an alternative of the facts of one tuple. */
static int group_alternative(const struct seen_call *c, const struct tuple *t, struct alternative *out,
			     struct error *e)
{
	struct syscall_desc room;
	struct seen_call group = *c;
	struct text unused = {0};
	int rc = 0;
	group.desc = fact_call(t->fact, &room);
	for (unsigned arg = 0; arg < 6 && rc == 0; arg++) {
		if (t->args >> arg & 1)
			rc = alternative_add_test(out, c->desc, c->arch, arg, ~harmless_bits(&group, arg),
						  &(struct range){t->values[arg], t->values[arg]}, 1, e);
		else if ((recorded_arguments(&group) >> arg & 1) && group.desc->args[arg].kind == ARG_FLAGS && is_shape(c, group.desc, arg))
			rc = seen_flags(&group, arg, out, &unused, e);
	}
	text_free(&unused);
	return rc;
}

/* Appends "domain, type, protocol were one of 3 combinations": the arguments of all tuples. */
static void joint_reason(const struct seen_call *c, const struct tuple *t, size_t groups, uint8_t args, struct text *why)
{
	const char *between = why->count > 0 ? "; " : "";
	bool one = (args & (args - 1)) == 0;
	for (unsigned arg = 0; arg < 6; arg++) {
		if (!(args >> arg & 1))
			continue;
		text_add(why, "%s%s", between, syscall_arg_name(c->desc, arg));
		between = ", ";
	}
	if (groups > 1) {
		text_add(why, one ? " was one of %zu values" : " were one of %zu combinations", groups);
		return;
	}
	text_add(why, one ? " was always " : " were always ");
	between = "";
	struct syscall_desc room;
	const struct syscall_desc *call = fact_call(t->fact, &room);
	for (unsigned arg = 0; arg < 6; arg++) {
		if (!(args >> arg & 1))
			continue;
		text_add(why, "%s", between);
		abi_value_text(call, c->arch, arg, t->values[arg], why);
		between = ", ";
	}
}

int joint_tuples(const struct seen_call *c, unsigned args, struct rule *rule, struct text *why, bool *done,
			struct error *e)
{
	struct tuple *tuples = calloc(c->n + 1, sizeof(*tuples));
	const struct fact **facts = calloc(c->n + 1, sizeof(*facts));
	size_t groups = 0;
	uint8_t in_all = 0;
	unsigned changing = 0;
	for (unsigned arg = 0; arg < 6; arg++)
		if (!arg_checkable(&c->desc->args[arg]) && changing_values(c, arg))
			changing |= 1u << arg;
	int rc = tuples == NULL || facts == NULL ? error_memory(e) : 0;
	for (size_t i = 0; rc == 0 && i < c->n; i++)
		tuples[i] = tuple_of(c, c->facts[i], args, changing);
	if (rc == 0)
		qsort(tuples, c->n, sizeof(*tuples), by_values);
	*done = rc == 0;
	for (size_t i = 0; rc == 0 && i < c->n; i++) {
		groups += i == 0 || by_values(&tuples[i - 1], &tuples[i]) != 0;
		facts[i] = tuples[i].fact;
		in_all |= tuples[i].args;
		*done &= tuples[i].args != 0;
	}
	*done &= groups <= TUPLE_LIMIT;
	for (size_t i = 0, next; *done && rc == 0 && i < c->n; i = next) {
		for (next = i + 1; next < c->n && by_values(&tuples[i], &tuples[next]) == 0;)
			next++;
		struct seen_call group = {c->arch, c->nr, c->desc, facts + i, next - i};
		struct alternative a = {0};
		rc = group_alternative(&group, &tuples[i], &a, e);
		if (rc == 0 && !vec_push(&rule->any, a))
			rc = error_memory(e);
		if (rc != 0)
			alternative_clear(&a);
	}
	if (*done && rc == 0) {
		joint_reason(c, tuples, groups, in_all, why);
		rc = end_reason(c, in_all, why, e);
	}
	free(tuples);
	free(facts);
	return rc;
}

/* Makes an alternative of one fact. */
static int exact_tuple(const struct seen_call *c, const struct fact *f, unsigned args, struct alternative *out,
		       struct error *e)
{
	struct seen_call one = *c;
	struct syscall_desc room;
	struct text unused = {0};
	int rc = 0;
	one.facts = &f;
	one.n = 1;
	one.desc = fact_call(f, &room);
	for (unsigned arg = 0; arg < 6 && rc == 0; arg++) {
		unsigned kind = one.desc->args[arg].kind;
		bool selected = !arg_checkable(&c->desc->args[arg]);
		if (!(f->key.args >> arg & 1) || (selected ? f->wide || changing_values(&one, arg) : !(args >> arg & 1)))
			continue;
		if (f->wide && (kind == ARG_FLAGS || kind == ARG_MODE))
			rc = only_bits(&one, arg, seen_bits(&one, arg), out, e);
		else
			rc = exact_values(&one, arg, argument_width(&one, arg), out, &unused, e);
	}
	text_free(&unused);
	return rc;
}

int exact_tuples(const struct seen_call *c, unsigned args, struct rule *rule, struct text *why, struct error *e)
{
	size_t tuples = 0, wide = 0;
	int rc = 0;
	for (size_t i = 0; i < c->n && rc == 0; i++) {
		const struct fact *f = c->facts[i];
		struct alternative a = {0};
		/* Two phases may have the same tuple: the facts stand next to each other. */
		if (i > 0 && !f->wide && !c->facts[i - 1]->wide && f->key.args == c->facts[i - 1]->key.args &&
		    memcmp(f->key.values, c->facts[i - 1]->key.values, sizeof(f->key.values)) == 0)
			continue;
		rc = exact_tuple(c, f, args, &a, e);
		if (rc == 0 && a.tests.count == 0) {
			while (rule->any.count > 0)
				alternative_clear(&rule->any.items[--rule->any.count]);
			return 0;
		}
		if (rc == 0 && !vec_push(&rule->any, a))
			rc = error_memory(e);
		if (rc != 0)
			alternative_clear(&a);
		tuples += !f->wide;
		wide += f->wide;
	}
	text_add(why, "%sits arguments were one of %zu tuple%s", why->count > 0 ? "; " : "", tuples,
		 tuples == 1 ? "" : "s");
	if (wide > 0)
		text_add(why, ", or within bounds: the profile keeps no single values past %d facts", PROFILE_FACT_CAP);
	return rc == 0 ? end_reason(c, 0, why, e) : rc;
}

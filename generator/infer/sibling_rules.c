/* Adds a call that replaces another one to a policy: a row of policies/abi/siblings.c.
 * SPDX-License-Identifier: MIT
 *
 * The added call gets as tight tests as the other one: the tests of the other call for arguments that
 * it takes over, and the tests of the row for the rest. */
#include <stdlib.h>
#include <string.h>

#include "generator/infer/infer.h"
#include "policies/abi/siblings.h"

int row_holds(const struct sibling *s, const struct seen_call *c, struct error *e)
{
	int rc = s->when == NULL;
	for (size_t i = 0; i < c->n && rc == 0; i++) {
		const struct fact *f = c->facts[i];
		bool known = !f->wide && (f->key.args >> s->when_at & 1);
		rc = known ? sibling_when(s, c->arch, f->key.values[s->when_at], e) : 1;
	}
	return rc;
}

enum { VALUES = 32, VALUES_LISTED = 256 };

/* Tests an argument that takes over the one of `from` at a position: with the same tests, and
 * `extra` bits that may also be set. */
static int add_taken(const struct alternative *source, const struct sibling *s, const struct syscall_desc *to,
		     enum arch arch, unsigned arg, struct alternative *out, struct error *e)
{
	uint64_t extra = 0, values[VALUES];
	size_t n;
	int rc = 0;
	if (s->values[arg] != NULL && (rc = sibling_values(s, arch, arg, values, VALUES, &n, e)) == 0)
		extra = n > 0 ? values[0] : 0;
	for (size_t i = 0; rc == 0 && i < source->tests.count; i++) {
		const struct test *t = &source->tests.items[i];
		VEC(struct range) ranges = {0};
		if (t->arg != s->map[arg] || (t->mask & ~extra) == 0)
			continue;
		for (size_t k = 0; rc == 0 && k < t->ranges.count; k++) {
			struct range r = t->ranges.items[k];
			bool points = extra != 0 && r.hi - r.lo < VALUES_LISTED;
			/* A long interval has gaps once these bits are removed: allow everything up to its highest bit. */
			if (extra != 0 && !points)
				r = (struct range){0, UINT64_MAX >> __builtin_clzll(r.hi)};
			for (uint64_t v = r.lo; rc == 0 && points && v < r.hi; v++)
				rc = vec_push(&ranges, (struct range){v & ~extra, v & ~extra}) ? 0 : error_memory(e);
			r = points ? (struct range){r.hi & ~extra, r.hi & ~extra} : r;
			if (rc == 0)
				rc = vec_push(&ranges, r) ? 0 : error_memory(e);
		}
		if (rc == 0)
			rc = alternative_add_test(out, to, arch, arg, t->mask & ~extra, ranges.items, ranges.count, e);
		vec_free(&ranges);
	}
	return rc;
}

/* Makes one alternative of the sibling's rule from one of the seen call's rule (NULL: that rule has
 * no tests). */
static int translate(const struct alternative *source, const struct sibling *s, const struct syscall_desc *to,
		     enum arch arch, bool exact, struct alternative *out, struct error *e)
{
	int rc = 0;
	for (unsigned arg = 0; arg < 6 && rc == 0; arg++) {
		uint64_t values[VALUES];
		struct range ranges[VALUES];
		size_t n;
		if (!exact && !infer_shape_tests(to->name, &to->args[arg]))
			continue;
		if (s->map[arg] >= 0) {
			rc = source != NULL ? add_taken(source, s, to, arch, arg, out, e) : 0;
			continue;
		}
		if (s->values[arg] == NULL || (rc = sibling_values(s, arch, arg, values, VALUES, &n, e)) < 0)
			continue;
		uint64_t counts = ~abi_harmless(&to->args[arg], arch);
		for (size_t i = 0; i < n; i++)
			ranges[i] = (struct range){values[i] & counts, values[i] & counts};
		rc = alternative_add_test(out, to, arch, arg, counts, ranges, n, e);
	}
	return rc;
}

/* Adds a reason, with `kind` ("portable: ") before the first one of its kind. */
static int add_why(struct rule *rule, const char *kind, const char *why, struct error *e)
{
	struct text t = {0};
	bool first = rule->why == NULL || strstr(rule->why, kind) == NULL;
	if (!first && strstr(rule->why, why) != NULL)
		return 0;
	text_add(&t, "%s%s", first ? kind : "", why);
	int rc = t.failed ? error_memory(e) : rule_add_why(rule, text_string(&t), e);
	text_free(&t);
	return rc;
}

/* Whether a set contains all calls of an alternative; false if deciding that needs too many
 * alternatives. Negative: an error. */
static int is_within(const struct alternative *a, const struct call_set *has, enum arch arch, const char *syscall, struct error *e)
{
	struct call_set rest = {0};
	struct alternative copy = {0};
	struct error limit = {0};
	int rc = alternative_copy(&copy, a, abi_call(arch, syscall), arch, e);
	if (rc == 0 && !vec_push(&rest.any, copy)) {
		alternative_clear(&copy);
		rc = error_memory(e);
	}
	if (rc == 0) {
		int left = call_set_subtract(&rest, has, arch, syscall, &limit);
		rc = left == 0 ? rest.any.count == 0 : left == ERR_MEMORY ? error_memory(e) : 0;
	}
	call_set_clear(&rest);
	return rc;
}

/* Whether the rule already has all calls of the alternative. */
static int is_covered(const struct rule *rule, const struct alternative *a, enum arch arch, struct error *e)
{
	struct call_set has = {0};
	int rc = call_set_of(rule, arch, &has, e);
	if (rc == 0)
		rc = is_within(a, &has, arch, rule->syscall, e);
	call_set_clear(&has);
	return rc;
}

/* Removes the alternatives of a rule whose calls another alternative also has. */
static int drop_covered(struct rule *rule, const struct alternative *by, enum arch arch, struct error *e)
{
	struct call_set has = {0};
	struct alternative copy = {0};
	size_t kept = 0;
	int rc = alternative_copy(&copy, by, abi_call(arch, rule->syscall), arch, e);
	if (rc == 0)
		rc = call_set_add(&has, &copy, e);
	for (size_t i = 0; i < rule->any.count; i++) {
		int within = rc == 0 ? is_within(&rule->any.items[i], &has, arch, rule->syscall, e) : 0;
		rc = within < 0 ? within : rc;
		if (within > 0)
			alternative_clear(&rule->any.items[i]);
		else
			rule->any.items[kept++] = rule->any.items[i];
	}
	rule->any.count = kept;
	call_set_clear(&has);
	return rc;
}

int infer_widen(struct rule *rule, struct alternative *a, enum arch arch, const char *why, struct error *e)
{
	bool all = a->tests.count == 0;
	int rc = rule->any.count > 0 && !all ? is_covered(rule, a, arch, e) : 0;
	if (rc == 0)
		rc = drop_covered(rule, a, arch, e);
	if (rc == 0 && !all && !vec_push(&rule->any, *a))
		rc = error_memory(e);
	if (rc != 0 || all)
		alternative_clear(a);
	if (rc == 0)
		rc = alternatives_join(rule->any.items, &rule->any.count, abi_call(arch, rule->syscall), arch, e);
	return rc == 0 ? rule_add_why(rule, why, e) : rc < 0 ? rc : 0;
}

/* Appends an alternative (takes it over), unless the rule already has its calls. */
static int add_alternative(struct rule *rule, struct alternative *a, enum arch arch, struct error *e)
{
	int rc = rule->any.count > 0 ? is_covered(rule, a, arch, e) : 0;
	if (rc == 0 && vec_push(&rule->any, *a))
		return 0;
	alternative_clear(a);
	return rc == 0 ? error_memory(e) : rc > 0 ? 0 : rc;
}

/* Appends the row's alternatives to the rule; none: any arguments. */
static int add_alternatives(struct inferring *in, const struct sibling *s, enum arch arch, const struct call_set *from,
			    struct rule *rule)
{
	const struct syscall_desc *to = abi_call(arch, s->to);
	size_t sources = from->any.count > 0 ? from->any.count : 1;
	bool tested = in->options->args != ARGS_NONE || strcmp(s->to, "clone") == 0;
	for (size_t i = 0; i < sources; i++) {
		struct alternative a = {0};
		int rc = 0;
		if (tested)
			rc = translate(from->any.count > 0 ? &from->any.items[i] : NULL, s, to, arch, in->options->args == ARGS_EXACT, &a,
				       in->e);
		if (rc < 0) {
			alternative_clear(&a);
			return rc;
		}
		if (a.tests.count == 0) {
			while (rule->any.count > 0)
				alternative_clear(&rule->any.items[--rule->any.count]);
			return 0;
		}
		rc = add_alternative(rule, &a, arch, in->e);
		if (rc < 0)
			return rc;
	}
	return alternatives_join(rule->any.items, &rule->any.count, to, arch, in->e);
}

int infer_row(struct inferring *in, const struct sibling *s, enum arch arch, const struct call_set *from,
	      const char *kind, const char *why)
{
	struct rule *rule = infer_rule(in, arch, s->to);
	if (rule != NULL && (rule->action.kind != ACTION_ALLOW || rule->any.count == 0))
		return 0; /* allowed already, or infer.c chose another answer */
	bool fresh = rule == NULL;
	if (fresh)
		rule = policy_add_rule(in->policy, s->to, ARCH_BIT(arch), infer_allow, NULL);
	if (rule == NULL)
		return error_memory(in->e);
	struct call_set before = {0};
	int rc = call_set_of(rule, arch, &before, in->e);
	if (rc == 0)
		rc = add_alternatives(in, s, arch, from, rule);
	if (rc == 0 && (fresh || !call_set_is(&before, rule)))
		rc = add_why(rule, kind, why, in->e);
	call_set_clear(&before);
	return rc;
}

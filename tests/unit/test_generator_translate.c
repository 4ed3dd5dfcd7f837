/* Policies in what other tools' formats can say: where nothing is noted the same answers as the policy's; where something
 * is, never harder ones, or with --strict none that lets through what the policy denies. SPDX-License-Identifier: MIT */
#include "border_helper.h"

#include "generator/emit/translate/translate.h"

#define POLICIES 600
#define CALLS	 600

static bool holds(const struct comparison *c, const uint64_t *args)
{
	uint64_t v = args[c->arg];
	if (c->op == COMPARE_MASKED)
		return (v & c->mask) == c->value;
	if (c->op == COMPARE_OTHER)
		return v != c->value;
	return c->op == COMPARE_LEAST ? v >= c->value : v <= c->value;
}

/* What a reader of the format does, by its documentation, that tries what it reads in this order or from the last on. */
static struct action answer(const struct said_list *list, const char *syscall, const struct policy *p, const uint64_t *args)
{
	bool backwards = any() % 2;
	for (size_t n = list->calls.count, i = 0; i < n; i++) {
		const struct said *s = &list->calls.items[backwards ? n - 1 - i : i];
		if (strcmp(s->syscall, syscall) != 0)
			continue;
		bool met = s->always;
		for (size_t k = 0; k < s->any.count && !met; k++) {
			met = true;
			for (size_t j = 0; j < s->any.items[k].all.count && met; j++)
				met = holds(&s->any.items[k].all.items[j], args);
		}
		if (met)
			return s->action;
	}
	return p->default_action;
}

/* A comparison that can't be, or an argument that is compared twice, is none that libseccomp takes. */
static void well_formed(const struct said_list *list, const struct policy *p)
{
	for (size_t i = 0; i < list->calls.count; i++) {
		const struct said *s = &list->calls.items[i];
		assert_true(s->always == (s->any.count == 0));
		assert_false(action_equal(s->action, p->default_action));
		assert_true(i == 0 || strcmp(list->calls.items[i - 1].syscall, s->syscall) <= 0);
		for (size_t k = 0; k < i; k++)
			assert_false(strcmp(list->calls.items[k].syscall, s->syscall) == 0 &&
				     action_equal(list->calls.items[k].action, s->action));
		for (size_t k = 0; k < s->any.count; k++) {
			unsigned seen = 0;
			assert_true(s->any.items[k].all.count > 0);
			for (size_t j = 0; j < s->any.items[k].all.count; j++) {
				const struct comparison *c = &s->any.items[k].all.items[j];
				assert_false(seen >> c->arg & 1);
				seen |= 1u << c->arg;
				assert_true(c->op != COMPARE_MASKED || (c->value & ~c->mask) == 0);
			}
		}
	}
}

struct outcome_of {
	size_t calls, equal, exact, several; /* exact: of policies about which nothing was noted; several: rules of those */
};

static void ask_one(const struct policy *p, const struct said_list *list, bool strict, bool noted, struct outcome_of *o)
{
	struct seccomp_data d = border_call(p);
	int arch = arch_by_audit(d.arch);
	const struct syscall_desc *call = arch >= 0 ? abi_by_nr((enum arch)arch, (uint32_t)d.nr) : NULL;
	if (call == NULL || (p->archs & ARCH_BIT(arch)) == 0)
		return;
	struct action meant = policy_evaluate(p, &d);
	uint64_t args[6];
	for (int i = 0; i < 6; i++)
		args[i] = d.args[i];
	struct action said = answer(list, call->name, p, args);
	int more = action_softness(said) - action_softness(meant);
	o->calls++;
	o->equal += action_equal(said, meant);
	o->exact += !noted;
	/* One of several answers stays: then another refusal may be harder. */
	bool several = false;
	for (unsigned on = 0; on < ARCH_COUNT; on++) {
		const struct rule *r = policy_rule(p, (enum arch)on, call->name);
		several |= r != NULL && policy_next_rule(p, (enum arch)on, r) != NULL;
	}
	bool harder = several ? lets_through(meant) && !lets_through(said) : more < 0;
	o->several += several && !noted;
	if (strict ? lets_through(said) && !lets_through(meant) : harder)
		fail_msg("%s %d: policy %d, said %d, strict %d", call->name, d.nr, meant.kind, said.kind, strict);
	if (!noted)
		assert_true(action_equal(said, meant));
}

static void ask_policy(struct policy *p, const struct able *able, bool strict, struct outcome_of *o)
{
	struct error e = {0};
	struct emit_input in = {.policy = p, .source = "a test", .strict = strict};
	struct said_list list = {0};
	struct emit_notes notes = {0};
	if (express(&in, able, &list, &notes, &e) != 0) {
		/* A number that is to be denied, and has no name to say so by. */
		if (!strict || !lets_through(p->default_action) || strstr(e.text, "has no name") == NULL)
			fail_msg("%s", e.text);
		said_clear(&list);
		text_free(&notes.text);
		return;
	}
	well_formed(&list, p);
	for (int i = 0; i < CALLS; i++)
		ask_one(p, &list, strict, notes.count > 0, o);
	said_clear(&list);
	text_free(&notes.text);
}

static void only_x86_64(struct policy *p)
{
	size_t kept = 0;
	for (size_t i = 0; i < p->rules.count; i++)
		if (p->rules.items[i].archs == ARCH_BIT(ARCH_X86_64))
			p->rules.items[kept++] = p->rules.items[i];
		else
			rule_clear(&p->rules.items[i]);
	p->rules.count = kept;
	p->archs = ARCH_BIT(ARCH_X86_64);
}

static void random_policies(void **state)
{
	(void)state;
	static const unsigned all = 1u << ACTION_KILL | 1u << ACTION_KILL_THREAD | 1u << ACTION_TRAP | 1u << ACTION_ERRNO |
				    1u << ACTION_LOG | 1u << ACTION_ALLOW;
	const unsigned denying = 1u << ACTION_ALLOW | 1u << ACTION_KILL | 1u << ACTION_ERRNO;
	const struct able ables[] = {{.arguments = true, .answers = true, .actions = all, .numbers = true},
				     {.arguments = true, .only_allow = true, .actions = all, .numbers = true},
				     {.actions = 1u << ACTION_ALLOW},
				     {.actions = denying}};
	struct outcome_of o = {0};
	for (int i = 0; i < POLICIES; i++) {
		struct error e = {0};
		struct policy *p = random_policy();
		if (i % 2 == 0) /* several architectures are always noted */
			only_x86_64(p);
		assert_int_equal(policy_finish(p, &e), 0);
		for (size_t k = 0; k < 4; k++) {
			if (k == 2 && lets_through(p->default_action))
				continue; /* no format that can't deny has a list of what it denies */
			ask_policy(p, &ables[k], false, &o);
			ask_policy(p, &ables[k], true, &o);
		}
		policy_free(p);
	}
	print_message("%zu calls, %zu answered as the policy does, %zu of them without a note, %zu of which have several rules\n",
		      o.calls, o.equal, o.exact, o.several);
	assert_true(o.calls > 500000 && o.equal > o.calls / 2 && o.exact > 20000 && o.several > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_policies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

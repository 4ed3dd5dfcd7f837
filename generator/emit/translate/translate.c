/* Translates a policy for other tools' formats. SPDX-License-Identifier: MIT */
#include "generator/emit/translate/translate.h"

#include <stdlib.h>
#include <string.h>

#include "generator/emit/translate/clauses.h"
#include "policies/abi/power/capabilities.h"
#include "policies/policy/call_set.h"

void said_clear(struct said_list *list)
{
	for (size_t i = 0; i < list->calls.count; i++)
		clauses_clear(&list->calls.items[i].any);
	vec_free(&list->calls);
}

int action_softness(struct action a)
{
	static const int softness[] = {
	    [ACTION_KILL] = 0, [ACTION_KILL_THREAD] = 1, [ACTION_TRAP] = 2, [ACTION_TRACE] = 2,
	    [ACTION_ERRNO] = 3, [ACTION_LOG] = 4,	 [ACTION_ALLOW] = 5,
	};
	return softness[a.kind];
}

/* One call: its rules on all architectures → what is said. ---------------------------------------------------- */

/* Drops repeated clauses. A clause without comparisons always holds. */
static void tidy(struct said *s)
{
	size_t kept = 0;
	for (size_t i = 0; i < s->any.count; i++) {
		struct clause *c = &s->any.items[i];
		bool again = false;
		for (size_t k = 0; k < kept && !again; k++)
			again = clause_equal(&s->any.items[k], c);
		s->always |= c->all.count == 0;
		if (again)
			vec_free(&c->all);
		else
			s->any.items[kept++] = *c;
	}
	s->any.count = kept;
	if (s->always)
		clauses_clear(&s->any);
}

struct expressing {
	const struct emit_input *in;
	const struct able *able;
	struct said_list *out;
	/* Names of calls for notes: they lost their tests; lost the difference between architectures; got another action; were left
	 * out because of their tests; or because of their architectures; or because they have no name; kept one of several answers. */
	struct text arguments, archs, actions, left, apart, unnamed, answers, newer;
};

static void add_name(struct text *list, const char *name)
{
	text_add(list, "%s%s", list->count > 0 ? ", " : "", name);
}

/* Returns whether a rule with this action may be widened to more calls than the policy has it for: that must not deny what the
 * policy lets through. With --strict it must not let through what the policy denies. */
static bool may_stretch(const struct expressing *x, struct action a)
{
	int rule = action_softness(a), otherwise = action_softness(x->in->policy->default_action);
	return x->in->strict ? rule <= otherwise : rule >= otherwise;
}

/* Appends the clauses of one rule. *whole: the format cannot express them, so the rule is widened to all arguments. */
static int rule_clauses(const struct expressing *x, const struct rule *r, clause_list *out, bool *whole, struct error *e)
{
	*whole = !x->able->arguments || (x->able->only_allow && r->action.kind != ACTION_ALLOW);
	for (size_t i = 0; !*whole && i < r->any.count; i++) {
		unsigned arch = (unsigned)__builtin_ctz(r->archs);
		switch (clauses_add_alternative(&r->any.items[i], abi_call((enum arch)arch, r->syscall), (enum arch)arch, out)) {
		case CLAUSES_NO_MEMORY:
			return error_memory(e);
		case CLAUSES_TOO_MANY:
			*whole = true;
			break;
		case CLAUSES_ADDED:
			*whole = out->count > CLAUSE_LIMIT;
			break;
		}
	}
	return 0;
}

/* Returns those of the architectures that have the call. */
static arch_set archs_with(arch_set archs, const char *syscall)
{
	arch_set with = 0;
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
		if ((archs & ARCH_BIT(arch)) && abi_call((enum arch)arch, syscall) != NULL)
			with |= (arch_set)ARCH_BIT(arch);
	return with;
}

/* Returns the format's action for a policy's action: the same, or the nearest softer one, with --strict the nearest harder one. An
 * errno in place of another action is EPERM. */
static struct action able_action(const struct expressing *x, struct action a)
{
	static const struct action all[] = {{ACTION_KILL, 0},  {ACTION_KILL_THREAD, 0}, {ACTION_TRAP, 0},
					    {ACTION_ERRNO, 1}, {ACTION_LOG, 0},		{ACTION_ALLOW, 0}};
	struct action best = x->in->policy->default_action;
	if (a.kind == ACTION_ERRNO && x->able->errnos > 0 && a.data > x->able->errnos)
		a.data = x->able->errnos;
	if (x->able->actions & (1u << a.kind) || action_equal(a, best))
		return a;
	int wanted = action_softness(a);
	bool found = x->in->strict ? action_softness(best) <= wanted : action_softness(best) >= wanted;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		int by = action_softness(all[i]);
		if (!(x->able->actions & (1u << all[i].kind)) || (x->in->strict ? by > wanted : by < wanted))
			continue;
		if (!found || abs(by - wanted) < abs(action_softness(best) - wanted))
			best = all[i];
		found = true;
	}
	return best;
}

/* Returns the softest action (with --strict the hardest) of a call's rules. *differ: the rules differ between architectures. */
static struct action joint_action(const struct expressing *x, const struct rule *rules, size_t n, bool *differ)
{
	struct action a = rules[0].action;
	arch_set here = 0;
	*differ = false;
	for (size_t i = 0; i < n; i++) {
		int by = action_softness(rules[i].action) - action_softness(a);
		if (x->in->strict ? by < 0 : by > 0)
			a = rules[i].action;
		*differ |= !action_equal(rules[i].action, rules[0].action) ||
			   (rules[i].any.count == 0) != (rules[0].any.count == 0);
		here |= rules[i].archs;
	}
	*differ |= (archs_with(x->in->policy->archs, rules[0].syscall) & ~here) != 0;
	return a;
}

/* Translates the rules of one call, one for each architecture, to one entry for all architectures. */
static int express_call(struct expressing *x, const struct rule *rules, size_t n, struct error *e)
{
	struct said s = {rules[0].syscall, {0}, false, {0}, rules[0].why};
	clause_list clauses = {0}, first = {0};
	bool differ, stretched = false;
	struct action joint = joint_action(x, rules, n, &differ);
	if (!x->able->numbers && abi_by_name(s.syscall) == NULL) {
		if (x->in->strict && lets_through(x->in->policy->default_action) && !lets_through(joint))
			return error_set(e, ERR_INPUT, "%s: has no name, so this format cannot deny it; remove the rule, or leave out --strict",
					 s.syscall);
		add_name(&x->unnamed, s.syscall);
		return 0;
	}
	s.action = able_action(x, joint);
	if (!action_equal(s.action, joint))
		add_name(&x->actions, s.syscall);
	int rc = 0;
	for (size_t i = 0; i < n && rc == 0; i++) {
		bool whole = false;
		clause_list own = {0}, *to = i == 0 ? &first : &own;
		if (rules[i].any.count > 0)
			rc = rule_clauses(x, &rules[i], to, &whole, e);
		differ |= !clauses_equal(to, &first);
		stretched |= whole;
		s.always |= whole || rules[i].any.count == 0;
		if (!clauses_append(&clauses, &own))
			rc = error_memory(e);
	}
	if (!clauses_append(&clauses, &first) && rc == 0)
		rc = error_memory(e);
	if (rc == 0 && (stretched || differ) && !may_stretch(x, s.action)) {
		add_name(&x->left, s.syscall);
	} else if (rc == 0 && differ && action_equal(s.action, x->in->policy->default_action)) {
		add_name(&x->apart, s.syscall);
	} else if (rc == 0 && !action_equal(s.action, x->in->policy->default_action)) {
		s.any = clauses;
		clauses = (clause_list){0};
		tidy(&s);
		/* A rule whose tests never hold has no clause. */
		bool speaks = s.always || s.any.count > 0;
		rc = !speaks || vec_push(&x->out->calls, s) ? 0 : error_memory(e);
		if (!speaks || rc < 0)
			clauses_clear(&s.any);
		else if (stretched || differ)
			add_name(stretched ? &x->arguments : &x->archs, s.syscall);
	}
	clauses_clear(&clauses);
	return rc;
}

/* Several rules of one call. -------------------------------------------------------------------------------------- */

/* The answers to a call: disjoint rules, one for each architecture and action, without the default action. The policy owns names
 * and reasons. */
struct answers {
	VEC(struct rule) rules;
	bool limit; /* there are too many alternatives: the rules are meaningless */
};

static void answers_clear(struct answers *a)
{
	for (size_t i = 0; i < a->rules.count; i++) {
		for (size_t k = 0; k < a->rules.items[i].any.count; k++)
			alternative_clear(&a->rules.items[i].any.items[k]);
		vec_free(&a->rules.items[i].any);
	}
	vec_free(&a->rules);
}

/* Adds n alternatives (taken over) to the rule of an architecture and action; with `alike`, to that of the architecture, which gets
 * the action. Returns 0 or ERR_MEMORY. */
static int add_answer(struct answers *to, const struct rule *of, arch_set arch, struct action action, bool alike,
		      struct alternative *any, size_t n, struct error *e)
{
	struct rule *r = NULL;
	for (size_t i = 0; i < to->rules.count && r == NULL; i++)
		if (to->rules.items[i].archs == arch && (alike || action_equal(to->rules.items[i].action, action)))
			r = &to->rules.items[i];
	if (r == NULL) {
		struct rule fresh = {.syscall = of->syscall, .archs = arch, .action = action, .why = of->why};
		if (!vec_push(&to->rules, fresh))
			return error_memory(e);
		r = &to->rules.items[to->rules.count - 1];
	}
	r->action = action;
	for (size_t i = 0; i < n; i++) {
		if (!vec_push(&r->any, any[i]))
			return error_memory(e);
		any[i] = (struct alternative){0};
	}
	return 0;
}

/* Finds the answers to a call, whose first rule is `of`. Returns 0 or a negative code. */
static int find_answers(const struct policy *p, const struct rule *of, struct answers *out, struct error *e)
{
	arch_set archs = archs_with(p->archs, of->syscall);
	int rc = 0;
	for (unsigned arch = 0; arch < ARCH_COUNT && rc == 0; arch++) {
		struct call_parts parts = {0};
		struct error inner = {0};
		if (!(archs & ARCH_BIT(arch)))
			continue;
		rc = policy_parts(p, (enum arch)arch, of->syscall, &parts, &inner);
		out->limit |= rc == ERR_LIMIT;
		if (rc < 0)
			rc = rc == ERR_LIMIT ? 0 : error_set(e, rc, "%s", inner.text);
		for (size_t i = 0; i < parts.all.count && rc == 0 && !out->limit; i++) {
			struct call_part *part = &parts.all.items[i];
			if (!action_equal(part->action, p->default_action))
				rc = add_answer(out, of, ARCH_BIT(arch), part->action, false, part->set.any.items,
						part->set.any.count, e);
		}
		call_parts_clear(&parts);
	}
	return rc;
}

/* Adds an entry for the action of the rule at `first`. Returns 1; 0 where the format cannot say it or the clauses differ between
 * architectures; or a negative code. */
static int say_answer(struct expressing *x, const struct answers *all, size_t first, struct error *e)
{
	const struct rule *rules = all->rules.items;
	struct said s = {.syscall = rules[first].syscall, .action = rules[first].action, .why = rules[first].why};
	clause_list clauses = {0};
	arch_set here = 0;
	bool fine = x->able->actions >> s.action.kind & 1;
	int rc = 0;
	for (size_t i = first; i < all->rules.count && fine && rc == 0; i++) {
		clause_list own = {0};
		bool whole = false;
		if (!action_equal(rules[i].action, s.action))
			continue;
		rc = rule_clauses(x, &rules[i], &own, &whole, e);
		fine = !whole && (i == first || clauses_equal(&own, &clauses));
		here |= rules[i].archs;
		clauses_clear(&clauses);
		clauses = own;
	}
	fine = fine && here == archs_with(x->in->policy->archs, s.syscall);
	if (rc == 0 && fine && clauses.count > 0) {
		s.any = clauses;
		clauses = (clause_list){0};
		tidy(&s);
		rc = vec_push(&x->out->calls, s) ? 0 : error_memory(e);
		if (rc < 0)
			clauses_clear(&s.any);
	}
	clauses_clear(&clauses);
	return rc < 0 ? rc : fine;
}

/* Adds entries for all answers. Returns 1; 0 where one cannot be said (none is added then); or a negative code. */
static int say_answers(struct expressing *x, const struct answers *all, struct error *e)
{
	size_t before = x->out->calls.count;
	int rc = !all->limit && x->able->answers && all->rules.count > 0 &&
		 (x->able->numbers || abi_by_name(all->rules.items[0].syscall) != NULL);
	for (size_t i = 0; i < all->rules.count && rc > 0; i++) {
		bool had = false;
		for (size_t k = 0; k < i; k++)
			had |= action_equal(all->rules.items[k].action, all->rules.items[i].action);
		rc = had ? 1 : say_answer(x, all, i, e);
	}
	while (rc <= 0 && x->out->calls.count > before)
		clauses_clear(&x->out->calls.items[--x->out->calls.count].any);
	return rc;
}

/* Returns whether an action lets through what the default does not, or the other way round. */
static bool is_opposite(const struct expressing *x, struct action a)
{
	return lets_through(a) != lets_through(x->in->policy->default_action);
}

/* Returns the one action to keep of a call's answers: the softest, with --strict the hardest; only among those opposite to the
 * default where there are any (*opposite). */
static struct action one_action(const struct expressing *x, const struct rule *rules, size_t n, bool *opposite)
{
	struct action best = x->in->policy->default_action;
	bool found = false;
	*opposite = false;
	for (size_t i = 0; i < n; i++)
		*opposite |= is_opposite(x, rules[i].action);
	for (size_t i = 0; i < n; i++) {
		int softer = action_softness(rules[i].action) - action_softness(best);
		if ((*opposite && !is_opposite(x, rules[i].action)) || (found && (x->in->strict ? softer >= 0 : softer <= 0)))
			continue;
		best = rules[i].action;
		found = true;
	}
	return best;
}

/* Adds an entry for one of several answers. The default replaces the others. Returns 0 or a negative code. */
static int say_one_answer(struct expressing *x, const struct rule *of, size_t n, struct answers *all, struct error *e)
{
	struct answers one = {0};
	bool opposite;
	struct action action = all->limit ? one_action(x, of, n, &opposite)
					  : one_action(x, all->rules.items, all->rules.count, &opposite);
	int rc = 0;
	add_name(&x->answers, of->syscall);
	if (all->limit) {
		struct said s = {.syscall = of->syscall, .action = able_action(x, action), .always = true, .why = of->why};
		add_name(may_stretch(x, s.action) ? &x->arguments : &x->left, s.syscall);
		return !may_stretch(x, s.action) || vec_push(&x->out->calls, s) ? 0 : error_memory(e);
	}
	for (size_t i = 0; i < all->rules.count && rc == 0; i++) {
		struct rule *r = &all->rules.items[i];
		if (!opposite || is_opposite(x, r->action))
			rc = add_answer(&one, of, r->archs, action, true, r->any.items, r->any.count, e);
	}
	if (rc == 0 && one.rules.count > 0)
		rc = express_call(x, one.rules.items, one.rules.count, e);
	answers_clear(&one);
	return rc;
}

static bool has_several(const struct rule *rules, size_t n)
{
	arch_set had = 0;
	for (size_t i = 0; i < n; i++) {
		if (had & rules[i].archs)
			return true;
		had |= rules[i].archs;
	}
	return false;
}

/* Translates the n rules of one call. Returns 0 or a negative code. */
static int express_rules(struct expressing *x, const struct rule *rules, size_t n, struct error *e)
{
	struct answers all = {0};
	if (!has_several(rules, n))
		return express_call(x, rules, n, e);
	int rc = find_answers(x->in->policy, rules, &all, e);
	if (rc == 0 && (all.limit || all.rules.count > 0)) {
		rc = say_answers(x, &all, e);
		rc = rc == 0 ? say_one_answer(x, rules, n, &all, e) : rc < 0 ? rc : 0;
	}
	answers_clear(&all);
	return rc;
}

bool newer_than_6_1(const char *syscall, arch_set archs)
{
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
		const struct syscall_desc *call = archs & ARCH_BIT(arch) ? abi_call((enum arch)arch, syscall) : NULL;
		/* uretprobe and uprobe took x86_64's free numbers 335 and 336 later. */
		if (call != NULL && (call->nr[arch] > 450 || (arch == ARCH_X86_64 && call->nr[arch] >= 335 && call->nr[arch] <= 336)))
			return true;
	}
	return false;
}

/* Whether the rules of one call can be missed, where its name may be unknown. */
static bool can_be_missed(const struct expressing *x, const struct rule *rules, size_t n)
{
	bool missed = x->able->old_names && newer_than_6_1(rules[0].syscall, x->in->policy->archs);
	for (size_t i = 0; i < n && missed; i++)
		missed = capability_added(rules[i].why);
	return missed;
}

static void note_list(struct emit_notes *notes, const struct text *names, const char *what)
{
	if (names->count > 0)
		emit_note(notes, "%s: %s", what, text_string(names));
	notes->text.failed |= names->failed;
}

int express(const struct emit_input *in, const struct able *able, struct said_list *out, struct emit_notes *notes,
	    struct error *e)
{
	const struct policy *p = in->policy;
	struct expressing x = {.in = in, .able = able, .out = out};
	int rc = 0;
	for (size_t i = 0, end; i < p->rules.count && rc == 0; i = end) {
		for (end = i + 1; end < p->rules.count; end++)
			if (strcmp(p->rules.items[end].syscall, p->rules.items[i].syscall) != 0)
				break;
		if (can_be_missed(&x, &p->rules.items[i], end - i))
			add_name(&x.newer, p->rules.items[i].syscall);
		else
			rc = express_rules(&x, &p->rules.items[i], end - i, e);
	}
	note_list(notes, &x.arguments, "the same with any arguments, where the policy tests them");
	note_list(notes, &x.archs, "the same on all architectures, where the policy tells them apart");
	note_list(notes, &x.actions, "given another answer, as this format lacks the policy's action");
	note_list(notes, &x.left, "left to the default, as this format cannot express the policy's tests of arguments");
	note_list(notes, &x.apart, "left to the default on all architectures, where the policy tells them apart");
	note_list(notes, &x.unnamed, "left to the default, as these numbers have no names");
	note_list(notes, &x.answers, "given one answer, otherwise the default, where the policy has several answers");
	note_list(notes, &x.newer, "left to the default, as no run made these calls and older readers do not know their names");
	text_free(&x.newer);
	text_free(&x.answers);
	text_free(&x.unnamed);
	text_free(&x.actions);
	text_free(&x.arguments);
	text_free(&x.archs);
	text_free(&x.left);
	text_free(&x.apart);
	return rc == 0 && notes->text.failed ? error_memory(e) : rc;
}

void said_names(const struct said_list *list, struct action action, const char *between, struct text *out)
{
	bool first = true;
	for (size_t i = 0; i < list->calls.count; i++) {
		const struct said *s = &list->calls.items[i];
		if (!s->always || !action_equal(s->action, action))
			continue;
		text_add(out, "%s%s", first ? "" : between, s->syscall);
		first = false;
	}
}

bool action_had(const struct said_list *said, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (action_equal(said->calls.items[k].action, said->calls.items[i].action))
			return true;
	return false;
}

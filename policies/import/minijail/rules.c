/* What a policy file of minijail says → the rules of a policy. SPDX-License-Identifier: MIT */
#include "policies/import/minijail/minijail.h"

static int add_tested(struct minijail *m, const struct call_answers *c, const struct answer *a, struct action action, struct error *e)
{
	const struct syscall_desc *call = abi_call(m->arch, c->syscall);
	struct foreign_alternatives any = {0};
	bool always = false;
	int rc = 0;
	for (size_t i = 0; i < a->any.count && rc == 0; i++) {
		struct alternative one = {0};
		bool never = false;
		for (size_t k = 0; k < a->any.items[i].all.count && rc == 0 && !never; k++) {
			const struct atom *t = &a->any.items[i].all.items[k];
			rc = foreign_test(&m->foreign, &one, call, m->arch, t->arg, t->op, t->mask, t->value, &never, e);
		}
		always |= rc == 0 && !never && one.tests.count == 0;
		if (rc == 0 && !never && !vec_push(&any, one))
			rc = error_memory(e);
		else if (rc == 0 && !never)
			one = (struct alternative){0};
		alternative_clear(&one);
	}
	if (rc == 0 && (always || any.count > 0))
		rc = foreign_rule(&m->foreign, m->arch, c->syscall, action, always ? NULL : &any, NULL, e);
	foreign_alternatives_clear(&any);
	return rc;
}

/* "TESTS; return ERRNO" has two meanings. minijail0 -S: allow if the tests hold, otherwise the
 * errno. The compiler: the errno if they hold, otherwise continue. */
static int add_answers(struct minijail *m, const struct call_answers *c, struct error *e)
{
	const struct action allow = {.kind = ACTION_ALLOW};
	size_t n = c->answers.count;
	int rc = 0;
	if (n > 1 && !m->denies && !c->answers.items[n - 1].tested && c->answers.items[n - 1].action.kind == ACTION_ALLOW) {
		foreign_warn(&m->foreign, "%s: always allowed: compile_seccomp_policy.py ignores tests whose last answer allows the rest", c->syscall);
		return foreign_rule(&m->foreign, m->arch, c->syscall, allow, NULL, NULL, e);
	}
	for (size_t i = 0; i < n && rc == 0; i++) {
		const struct answer *a = &c->answers.items[i];
		bool either = a->returns && !m->compiler && !m->again;
		if (a->tested)
			rc = add_tested(m, c, a, either ? allow : a->action, e);
		if (rc == 0 && (!a->tested || either))
			rc = foreign_rule(&m->foreign, m->arch, c->syscall, a->action, NULL, NULL, e);
	}
	return rc;
}

static void warn_reading(struct minijail *m)
{
	bool compiler = m->compiler || m->again;
	if (m->returns)
		foreign_warn(&m->foreign,
			     "\"TESTS; return ERRNO\" is read as in %s: the errno is the answer "
			     "if the tests %s; %s reads it the other way round",
			     compiler ? "compile_seccomp_policy.py" : "minijail0 -S", compiler ? "hold" : "do not hold",
			     compiler ? "minijail0 -S" : "compile_seccomp_policy.py");
	if (m->again)
		foreign_warn(&m->foreign, "calls with several lines are read as compile_seccomp_policy.py reads them, "
					  "one line after the other; minijail0 -S refuses them");
	if (m->denies)
		foreign_warn(&m->foreign, "@denylist: x32 calls are denied; minijail allows them");
}

int minijail_to_policy(struct minijail *m, struct error *e)
{
	struct policy *p = m->foreign.policy;
	if (m->denies)
		m->default_action = (struct action){.kind = ACTION_ALLOW};
	p->archs = ARCH_BIT(m->arch);
	p->default_action = p->newer = m->default_action;
	int rc = 0;
	if (m->calls.count == 0 && !m->denies)
		return error_set(e, ERR_INPUT, "%s: expected a line with a call, like \"read: 1\"", m->foreign.name);
	for (size_t i = 0; i < m->calls.count && rc == 0; i++)
		rc = add_answers(m, &m->calls.items[i], e);
	if (rc == 0) {
		warn_reading(m);
		foreign_warn_archs(&m->foreign, "minijail");
	}
	return rc == 0 ? foreign_finish(&m->foreign, e) : rc;
}

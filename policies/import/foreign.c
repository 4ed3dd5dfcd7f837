/* What the readers of other tools' files share. SPDX-License-Identifier: MIT */
#include "foreign.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../algebra.h"

static int softness(struct action a)
{
	return a.kind == ACTION_ALLOW ? 3 : a.kind == ACTION_LOG ? 2 : a.kind == ACTION_ERRNO ? 1 : 0;
}

static int replace(struct rule *r, struct action action, struct alternative *what, struct error *e)
{
	while (r->any.count > 0)
		alternative_clear(&r->any.items[--r->any.count]);
	r->action = action;
	if (what == NULL)
		return 0;
	if (!vec_push(&r->any, *what))
		return error_memory(e);
	*what = (struct alternative){0};
	return 0;
}

void foreign_warn(struct foreign *f, const char *format, ...)
{
	char said[400];
	struct text line = {0};
	va_list ap;
	va_start(ap, format);
	vsnprintf(said, sizeof(said), format, ap);
	va_end(ap);
	text_add(&line, "%s: %s\n", f->name, said);
	if (strstr(text_string(f->warnings), text_string(&line)) == NULL)
		text_add(f->warnings, "%s", text_string(&line));
	f->warnings->failed |= line.failed;
	text_free(&line);
}

static void warn_two(struct foreign *f, const char *syscall, struct action kept, struct action lost)
{
	struct text a = {0}, b = {0};
	action_text(kept, &a);
	action_text(lost, &b);
	foreign_warn(f, "%s: two answers, of which a policy has one: %s stays, %s goes", syscall, text_string(&a),
		     text_string(&b));
	f->warnings->failed |= a.failed || b.failed;
	text_free(&a);
	text_free(&b);
}

int foreign_add(struct foreign *f, enum arch arch, const char *syscall, struct action action, struct alternative *what,
		const char *why, struct error *e)
{
	struct policy *p = f->policy;
	struct rule *r = NULL;
	for (size_t i = 0; i < p->rules.count && r == NULL; i++)
		if (p->rules.items[i].archs == ARCH_BIT(arch) && strcmp(p->rules.items[i].syscall, syscall) == 0)
			r = &p->rules.items[i];
	int rc = 0;
	if (r == NULL) {
		r = policy_add_rule(p, syscall, ARCH_BIT(arch), action, why);
		rc = r == NULL ? error_memory(e) : replace(r, action, what, e);
	} else if (!action_equal(r->action, action) && (r->any.count == 0 || what == NULL)) {
		/* libseccomp drops tests of arguments where one rule has none; of two without, the first stays. */
		rc = r->any.count == 0 ? 0 : replace(r, action, NULL, e);
	} else if (!action_equal(r->action, action)) {
		bool ours = softness(r->action) >= softness(action);
		warn_two(f, syscall, ours ? r->action : action, ours ? action : r->action);
		rc = ours ? 0 : replace(r, action, what, e);
	} else if (what == NULL) {
		rc = replace(r, action, NULL, e);
	} else if (r->any.count > 0) {
		rc = vec_push(&r->any, *what) ? 0 : error_memory(e);
		if (rc == 0)
			*what = (struct alternative){0};
	}
	if (rc == 0 && why != NULL)
		rc = rule_add_why(r, why, e);
	if (what != NULL)
		alternative_clear(what);
	return rc;
}

int foreign_finish(struct foreign *f, struct error *e)
{
	int rc = 0;
	for (size_t i = 0; i < f->policy->rules.count && rc == 0; i++) {
		struct rule *r = &f->policy->rules.items[i];
		enum arch arch = (enum arch)__builtin_ctz(r->archs);
		rc = alternatives_join(r->any.items, &r->any.count, abi_call(arch, r->syscall), arch, e);
	}
	return rc == 0 ? policy_finish(f->policy, e) : rc;
}

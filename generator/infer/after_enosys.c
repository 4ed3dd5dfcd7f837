/* The calls of libcs and runtimes after the policy answers ENOSYS. SPDX-License-Identifier: MIT
 *
 * The recorded run got the kernel's answer instead, so its trace lacks these calls. They come from one
 * table (policies/abi/fallbacks.c). Each gets a reason, and as tight tests as the call that it
 * replaces. Only calls that the program makes get ENOSYS (infer.c), so nothing else is added. */
#include <errno.h>

#include "generator/infer/infer.h"
#include "policies/abi/fallbacks.h"

/* Fills *out with the tests that the rule of a call would have if the policy allowed it instead of answering ENOSYS. */
static int seen_calls(const struct inferring *in, enum arch arch, const char *name, struct call_set *out)
{
	const struct seen_call *c = infer_seen(in, arch, name);
	struct rule rule = {.syscall = (char *)name, .archs = ARCH_BIT(arch)};
	struct text why = {0};
	int rc = c != NULL ? infer_arguments(in->options->args, c, &rule, &why, in->e) : 0;
	if (rc == 0)
		rc = call_set_of(&rule, arch, out, in->e);
	rule.syscall = NULL;
	rule_clear(&rule);
	text_free(&why);
	return rc;
}

static int add_fallback(struct inferring *in, const struct fallback *f, enum arch arch, const struct call_set *from)
{
	const struct seen_call *c = infer_seen(in, arch, f->call.from);
	struct text kind = {0};
	size_t n;
	const struct sibling *calls = abi_fallback_calls(f, &n);
	text_add(&kind, "replaces %s, which gets ENOSYS: ", f->call.from);
	int rc = kind.failed ? error_memory(in->e) : 0;
	for (size_t i = 0; i < n && rc == 0; i++) {
		int holds = sibling_applies(&calls[i], arch) ? 1 : 0;
		if (holds && c != NULL)
			holds = row_holds(&calls[i], c, in->e);
		rc = holds > 0 ? infer_row(in, &calls[i], arch, from, text_string(&kind), f->call.why) : holds;
	}
	text_free(&kind);
	return rc;
}

static int add_fallbacks(struct inferring *in, const char *name, enum arch arch)
{
	size_t n;
	const struct fallback *f = abi_fallbacks(name, &n);
	struct call_set from = {0};
	int rc = n > 0 ? seen_calls(in, arch, name, &from) : 0;
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = add_fallback(in, &f[i], arch, &from);
	call_set_clear(&from);
	return rc;
}

int infer_in_place(struct inferring *in)
{
	int rc = 0;
	for (size_t i = 0; i < in->policy->rules.count && rc == 0; i++) {
		const struct rule rule = in->policy->rules.items[i]; /* its name does not move when rules are added */
		if (rule.action.kind != ACTION_ERRNO || rule.action.data != ENOSYS)
			continue;
		for (unsigned arch = 0; arch < ARCH_COUNT && rc == 0; arch++)
			if (rule.archs & ARCH_BIT(arch))
				rc = add_fallbacks(in, rule.syscall, (enum arch)arch);
	}
	return rc;
}

int infer_fallbacks(struct policy *p, enum args_mode args, struct error *e)
{
	struct infer_options options = {.args = args};
	struct inferring in = {.policy = p, .options = &options, .e = e};
	return infer_in_place(&in);
}

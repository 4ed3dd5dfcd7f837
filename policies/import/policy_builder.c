/* Functions that the readers of other tools' files share. SPDX-License-Identifier: MIT */
#include "policies/import/policy_builder.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "policies/policy/call_set.h"

struct wanted {
	const struct foreign *foreign;
	const char *line;
};

static bool same_line(const void *context, size_t position)
{
	const struct wanted *w = context;
	return strncmp(text_string(w->foreign->warnings) + position, w->line, strlen(w->line)) == 0;
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
	struct wanted w = {f, text_string(&line)};
	uint32_t hash = index_hash(0, w.line, line.count);
	if (index_find(&f->said, hash, same_line, &w) == SIZE_MAX) {
		f->warnings->failed |= !index_add(&f->said, hash, f->warnings->count);
		text_add(f->warnings, "%s", w.line);
	}
	f->warnings->failed |= line.failed;
	text_free(&line);
}

void foreign_warn_archs(struct foreign *f, const char *tool)
{
	struct action default_action = f->policy->default_action;
	struct text answer = {0};
	action_text(default_action.kind == ACTION_ALLOW ? (struct action){.kind = ACTION_KILL} : default_action, &answer);
	if (default_action.kind != ACTION_KILL_THREAD)
		foreign_warn(f, "calls of other architectures: %s; %s answers kill-thread", text_string(&answer), tool);
	f->warnings->failed |= answer.failed;
	text_free(&answer);
}

void foreign_alternatives_clear(struct foreign_alternatives *any)
{
	for (size_t i = 0; i < any->count; i++)
		alternative_clear(&any->items[i]);
	vec_free(any);
}

/* Returns the last rule of a call on one architecture, or NULL. */
static struct rule *last_rule(struct policy *p, enum arch arch, const char *syscall)
{
	for (size_t i = p->rules.count; i-- > 0;)
		if (p->rules.items[i].archs == ARCH_BIT(arch) && strcmp(p->rules.items[i].syscall, syscall) == 0)
			return &p->rules.items[i];
	return NULL;
}

int foreign_rule(struct foreign *f, enum arch arch, const char *syscall, struct action action, struct foreign_alternatives *any,
		 const char *why, struct error *e)
{
	struct rule *r = last_rule(f->policy, arch, syscall);
	bool same = r != NULL && r->any.count > 0 && action_equal(r->action, action);
	if (r != NULL && r->any.count == 0)
		return 0; /* it always answers */
	if (same && any == NULL) {
		while (r->any.count > 0)
			alternative_clear(&r->any.items[--r->any.count]);
		return 0;
	}
	if (!same)
		r = policy_add_rule(f->policy, syscall, ARCH_BIT(arch), action, NULL);
	if (r == NULL)
		return error_memory(e);
	for (size_t i = 0; any != NULL && i < any->count; i++) {
		if (!vec_push(&r->any, any->items[i]))
			return error_memory(e);
		any->items[i] = (struct alternative){0};
	}
	return why != NULL ? rule_add_why(r, why, e) : 0;
}

/* Finds the values of a masked argument that meet a comparison, as at most two ranges. Returns -1
 * if all values do. */
static int ranges_of(enum foreign_op op, uint64_t mask, uint64_t value, struct range r[2])
{
	int n = 0;
	r[0] = (struct range){0, mask};
	switch (op) {
	case FOREIGN_EQ:
		r[0] = (struct range){value, value};
		return (value & ~mask) == 0;
	case FOREIGN_NE:
		if ((value & ~mask) != 0)
			return -1;
		if (value > 0)
			r[n++] = (struct range){0, value - 1};
		if (value < mask)
			r[n++] = (struct range){value + 1, mask};
		return n;
	case FOREIGN_LT:
		r[0].hi = value - 1;
		return value > mask ? -1 : value > 0;
	case FOREIGN_LE:
		r[0].hi = value;
		return value >= mask ? -1 : 1;
	case FOREIGN_GT:
		r[0].lo = value + 1;
		return value < mask;
	case FOREIGN_GE:
		r[0].lo = value;
		return value == 0 ? -1 : value <= mask;
	case FOREIGN_ANY:
		r[0].lo = mask & -mask; /* the lowest bit of the mask */
		return mask != 0;
	}
	return 0;
}

int foreign_test(struct foreign *f, struct alternative *a, const struct syscall_desc *call, enum arch arch, unsigned arg,
		 enum foreign_op op, uint64_t mask, uint64_t value, bool *never, struct error *e)
{
	unsigned bits = syscall_arg_bits(call, arch, arg);
	uint64_t width = bits >= 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1, sign = width ^ (width >> 1);
	struct range r[2];
	*never = false;
	if (arg < syscall_arg_count(call) && arg_is_address(&call->args[arg])) {
		foreign_warn(f, "%s: %s is an address, which a policy does not compare: any value", call->name,
			     syscall_arg_name(call, arg));
		return 0;
	}
	/* The upper half of the register is compared completely, and is the sign extension. */
	if ((op == FOREIGN_EQ || op == FOREIGN_NE) && (value & sign) && width != UINT64_MAX && (value & mask & ~width) == ~width) {
		foreign_warn(
		    f, "%s: %s is compared with a negative number of 64 bits; the policy compares its lower %u bits",
		    call->name, syscall_arg_name(call, arg), bits);
		value &= width;
	}
	int n = ranges_of(op == FOREIGN_NE && value == 0 ? FOREIGN_ANY : op, mask & width, value, r);
	*never = n == 0;
	return n > 0 ? alternative_add_test(a, call, arch, arg, mask, r, (size_t)n, e) : 0;
}

/* Drops a call's last rules if they equal the default. */
static void drop_as_default(struct policy *p)
{
	for (size_t i = p->rules.count; i-- > 0;) {
		const struct rule *r = &p->rules.items[i];
		bool last = action_equal(r->action, p->default_action);
		for (size_t k = i + 1; k < p->rules.count && last; k++)
			last = p->rules.items[k].archs != r->archs || strcmp(p->rules.items[k].syscall, r->syscall) != 0;
		if (!last)
			continue;
		rule_clear(&p->rules.items[i]);
		memmove(&p->rules.items[i], &p->rules.items[i + 1], (p->rules.count - i - 1) * sizeof(p->rules.items[0]));
		p->rules.count--;
	}
}

int foreign_finish(struct foreign *f, struct error *e)
{
	int rc = 0;
	policy_drop_unreached(f->policy);
	drop_as_default(f->policy);
	for (size_t i = 0; i < f->policy->rules.count && rc == 0; i++) {
		struct rule *r = &f->policy->rules.items[i];
		enum arch arch = (enum arch)__builtin_ctz(r->archs);
		rc = alternatives_join(r->any.items, &r->any.count, abi_call(arch, r->syscall), arch, e);
	}
	return rc == 0 ? policy_finish(f->policy, e) : rc;
}

int foreign_word_value(const struct foreign_word *words, const char *name)
{
	for (; words->name != NULL; words++)
		if (name != NULL && strcmp(words->name, name) == 0)
			return words->value;
	return -1;
}

struct policy *foreign_end(struct foreign *f, int rc, struct error *e)
{
	if (rc == 0 && f->warnings->failed)
		rc = error_memory(e);
	index_free(&f->said);
	if (rc == 0)
		return f->policy;
	policy_free(f->policy);
	return NULL;
}

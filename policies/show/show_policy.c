/* Prints policies for people. SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "policies/abi/power/capabilities.h"
#include "policies/abi/power/danger.h"
#include "policies/abi/groups.h"
#include "policies/base/style.h"
#include "policies/policy/call_set.h"
#include "policies/show/show.h"

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

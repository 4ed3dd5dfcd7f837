/* Policies in Kafel's language, which nsjail uses, → policies (github.com/google/kafel: README,
 * src/parser.y).
 * SPDX-License-Identifier: MIT */
#include "policies/import/kafel/kafel.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { USES_MOST = 200 /* policies within policies */, RULES_MOST = 1 << 16, X32_CALLS = 512 };

/* A statement of a policy: a rule, or the use of another policy. */
struct statement {
	size_t uses; /* the position of the used policy, from 1; 0: a rule */
	const char *syscall;
	struct action action;
	bool always;
	struct foreign_alternatives any;
};

struct kafel_policy {
	char *name; /* NULL: the statements outside of all policies */
	bool used;
	VEC(struct statement) statements;
};

struct kafel {
	struct foreign foreign;
	struct kafel_words words;
	enum arch arch;
	VEC(struct kafel_policy) policies;
	struct action default_action;
	bool default_said;
	size_t x32_killed, added;
	VEC(char *) names; /* names made for calls that are numbers */
};

/* Actions. -------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *word;
	uint8_t kind;
} actions[] = {{"ALLOW", ACTION_ALLOW},		  {"LOG", ACTION_LOG},	     {"KILL", ACTION_KILL_THREAD}, {"KILL_THREAD", ACTION_KILL_THREAD},
	       {"DENY", ACTION_KILL_THREAD}, {"KILL_PROCESS", ACTION_KILL}, {"ERRNO", ACTION_ERRNO},	{"TRAP", ACTION_TRAP}};

static int parse_action(struct kafel *k, struct action *a, struct error *e)
{
	struct kafel_words *w = &k->words;
	size_t i = 0, n = sizeof(actions) / sizeof(actions[0]);
	if (kafel_is(w, "USER_NOTIF") || kafel_is(w, "TRACE"))
		return kafel_wrong(w, e, "this action asks another process, which a policy cannot express,");
	while (i < n && !kafel_is(w, actions[i].word))
		i++;
	if (i == n)
		return kafel_wrong(w, e, "expected an action like ALLOW");
	*a = (struct action){.kind = actions[i].kind};
	int rc = kafel_next(w, e);
	if (rc < 0 || (a->kind != ACTION_ERRNO && a->kind != ACTION_TRAP))
		return rc;
	rc = kafel_expect(w, "(", e);
	if (rc == 0 && (w->kind != KAFEL_NUMBER || w->number > 0xffff))
		rc = kafel_wrong(w, e, "expected a number up to 65535");
	/* The kernel accepts no larger errno (seccomp_run_filters: MAX_ERRNO). */
	if (rc == 0 && a->kind == ACTION_ERRNO)
		a->data = (uint16_t)(w->number > 4095 ? 4095 : w->number);
	if (rc == 0)
		rc = kafel_next(w, e);
	return rc < 0 ? rc : kafel_expect(w, ")", e);
}

/* Rules. ---------------------------------------------------------------------------------------------------------- */

/* "ON x86_64", "ON { x86_64, arm }". *here: whether the policy's architecture is in the list. */
static int parse_guard(struct kafel *k, bool *here, struct error *e)
{
	static const struct {
		const char *name;
		int arch;
	} names[] = {{"x86_64", ARCH_X86_64}, {"amd64", ARCH_X86_64}, {"x86", ARCH_I386}, {"i386", ARCH_I386}, {"aarch64", ARCH_AARCH64},
		     {"arm64", ARCH_AARCH64}, {"arm", -1}, {"mips", -1}, {"mipso32", -1}, {"mips64", -1}, {"riscv64", -1}, {"rv64", -1},
		     {"m68k", -1}};
	struct kafel_words *w = &k->words;
	int rc = 0;
	*here = true;
	if (!kafel_take(w, "ON", &rc, e))
		return rc;
	bool several = kafel_take(w, "{", &rc, e);
	*here = false;
	do {
		size_t i = 0, n = sizeof(names) / sizeof(names[0]);
		while (rc == 0 && i < n && (strlen(names[i].name) != w->n || strncasecmp(names[i].name, w->text, w->n) != 0))
			i++;
		if (rc == 0 && (i == n || w->kind != KAFEL_WORD))
			rc = kafel_wrong(w, e, "expected an architecture that Kafel knows");
		*here |= rc == 0 && names[i].arch == (int)k->arch;
		rc = rc < 0 ? rc : kafel_next(w, e);
	} while (several && kafel_take(w, ",", &rc, e));
	return rc < 0 || !several ? rc : kafel_expect(w, "}", e);
}

/* The call: its name, a constant, or SYSCALL[number]. *name is NULL if the policy's architecture
 * does not have it. */
static int parse_call(struct kafel *k, const char **name, bool *x32, struct error *e)
{
	struct kafel_words *w = &k->words;
	uint64_t number = 0;
	char buffer[32];
	int rc = 0;
	*name = NULL;
	*x32 = false;
	bool by_number = kafel_take(w, "SYSCALL", &rc, e);
	if (by_number) {
		rc = rc < 0 ? rc : kafel_expect(w, "[", e);
		number = w->number;
		if (rc == 0 && w->kind != KAFEL_NUMBER)
			rc = kafel_wrong(w, e, "expected a number");
		rc = rc < 0 ? rc : kafel_next(w, e);
		rc = rc < 0 ? rc : kafel_expect(w, "]", e);
	} else if (rc == 0 && kafel_constant(w, &number)) {
		by_number = true;
		rc = kafel_next(w, e);
	}
	if (rc < 0)
		return rc;
	if (by_number) { /* Kafel uses the lower half */
		uint32_t nr = (uint32_t)number;
		*x32 = nr >= ABI_NR_FOREIGN;
		if (*x32)
			return 0;
		char *copy = strdup(abi_name(k->arch, nr, buffer, sizeof(buffer)));
		if (copy == NULL || !vec_push(&k->names, copy)) {
			free(copy);
			return error_memory(e);
		}
		*name = copy;
		return 0;
	}
	if (w->kind != KAFEL_WORD)
		return kafel_wrong(w, e, "expected a call");
	const struct syscall_desc *call = kafel_call(k->arch, w->text, w->n);
	*name = call != NULL ? call->name : NULL;
	return kafel_next(w, e);
}

static int parse_arguments(struct kafel *k, struct kafel_arguments *a, struct error *e)
{
	struct kafel_words *w = &k->words;
	int rc = 0;
	if (!kafel_take(w, "(", &rc, e))
		return rc;
	a->declared = true;
	while (rc == 0 && !kafel_is(w, ")")) {
		if (w->kind != KAFEL_WORD || a->count == 6)
			return kafel_wrong(w, e, "expected at most six names of arguments");
		a->names[a->count] = w->text;
		a->lengths[a->count++] = w->n;
		rc = kafel_next(w, e);
		if (rc == 0 && !kafel_take(w, ",", &rc, e))
			break;
	}
	return rc < 0 ? rc : kafel_expect(w, ")", e);
}

/* Skips a brace of tests for a call that the policy does not have: nothing is known about it. */
static int skip_braces(struct kafel_words *w, struct error *e)
{
	int rc = 0;
	while (rc == 0 && w->kind != KAFEL_END && !kafel_is(w, "}"))
		rc = kafel_next(w, e);
	return rc < 0 ? rc : kafel_expect(w, "}", e);
}

static int parse_rule(struct kafel *k, struct kafel_policy *into, struct action action, struct error *e)
{
	struct kafel_words *w = &k->words;
	struct statement s = {.action = action, .always = true};
	struct kafel_arguments arguments = {0};
	bool here = true, x32 = false;
	const char *word = w->text;
	int length = (int)(w->n < 60 ? w->n : 60);
	if (k->added++ >= RULES_MOST)
		return kafel_wrong(w, e, "too many rules");
	int rc = parse_call(k, &s.syscall, &x32, e);
	if (rc == 0)
		rc = parse_arguments(k, &arguments, e);
	if (rc == 0)
		rc = parse_guard(k, &here, e);
	if (rc == 0 && here && s.syscall == NULL && !x32)
		foreign_warn(
		    &k->foreign,
		    "line %u: %.*s: not a call of %s that this pinhole knows; ignored, but Kafel refuses unknown names",
		    w->line, length, word, arch_name(k->arch));
	here &= s.syscall != NULL;
	if (rc == 0 && kafel_take(w, "{", &rc, e) && rc == 0 && !kafel_take(w, "}", &rc, e) && rc == 0) {
		s.always = false;
		rc = here ? kafel_expression(w, &k->foreign, abi_call(k->arch, s.syscall), k->arch, &arguments, &s.any, e) : 0;
		rc = rc < 0 ? rc : here ? kafel_expect(w, "}", e) : skip_braces(w, e);
	}
	for (size_t i = 0; i < s.any.count; i++)
		s.always |= s.any.items[i].tests.count == 0;
	bool kills = action.kind == ACTION_KILL || action.kind == ACTION_KILL_THREAD;
	k->x32_killed += x32 && kills;
	if (rc == 0 && x32 && !kills)
		foreign_warn(&k->foreign, "line %u: a call of x32, which a policy cannot contain; ignored", w->line);
	if (rc == 0 && here && (s.always || s.any.count > 0) && vec_push(&into->statements, s))
		return 0;
	if (rc == 0 && here && (s.always || s.any.count > 0))
		rc = error_memory(e);
	foreign_alternatives_clear(&s.any);
	return rc;
}

/* Statements. ----------------------------------------------------------------------------------------------------- */

static size_t find_policy(const struct kafel *k)
{
	for (size_t i = 1; i < k->policies.count; i++)
		if (kafel_is(&k->words, k->policies.items[i].name))
			return i;
	return 0;
}

/* USE NAME, or ACTION { RULES }. `at`: the policy that it belongs to. */
static int parse_statement(struct kafel *k, size_t at, struct error *e)
{
	struct kafel_words *w = &k->words;
	struct action action;
	int rc = 0;
	if (kafel_take(w, "USE", &rc, e)) {
		size_t used = rc < 0 ? 0 : find_policy(k);
		if (rc == 0 && (used == 0 || used == at))
			return kafel_wrong(w, e, "expected the name of a policy that is defined before");
		if (rc == 0 && !vec_push(&k->policies.items[at].statements, (struct statement){.uses = used}))
			return error_memory(e);
		return rc < 0 ? rc : kafel_next(w, e);
	}
	rc = parse_action(k, &action, e);
	if (rc == 0)
		rc = kafel_expect(w, "{", e);
	if (rc == 0 && !kafel_is(w, "}"))
		do
			rc = rc < 0 ? rc : parse_rule(k, &k->policies.items[at], action, e);
		while (rc == 0 && kafel_take(w, ",", &rc, e));
	return rc < 0 ? rc : kafel_expect(w, "}", e);
}

static int parse_statements(struct kafel *k, size_t at, struct error *e)
{
	int rc;
	do
		rc = parse_statement(k, at, e);
	while (rc == 0 && kafel_take(&k->words, ",", &rc, e));
	return rc;
}

static int parse_policy(struct kafel *k, struct error *e)
{
	struct kafel_words *w = &k->words;
	size_t at = k->policies.count;
	if (w->kind != KAFEL_WORD || find_policy(k) != 0)
		return kafel_wrong(w, e, "expected a name that no other policy has");
	struct kafel_policy p = {.name = strndup(w->text, w->n)};
	if (p.name == NULL || !vec_push(&k->policies, p)) {
		free(p.name);
		return error_memory(e);
	}
	int rc = kafel_next(w, e);
	if (rc == 0)
		rc = kafel_expect(w, "{", e);
	if (rc == 0 && !kafel_is(w, "}"))
		rc = parse_statements(k, at, e);
	return rc < 0 ? rc : kafel_expect(w, "}", e);
}

static int parse_top(struct kafel *k, struct error *e)
{
	struct kafel_words *w = &k->words;
	int rc = 0;
	if (kafel_take(w, "#", &rc, e)) {
		if (rc == 0 && kafel_is(w, "include"))
			return kafel_wrong(w, e,
					   "an include, and only the program that uses Kafel "
					   "knows its folder (nsjail has none); insert the file's text,");
		rc = rc < 0 ? rc : kafel_expect(w, "define", e);
		return rc < 0 ? rc : kafel_define(w, e);
	}
	if (kafel_take(w, "POLICY", &rc, e))
		return rc < 0 ? rc : parse_policy(k, e);
	if (kafel_take(w, "DEFAULT", &rc, e)) {
		if (rc == 0 && k->default_said)
			return kafel_wrong(w, e, "a second DEFAULT");
		k->default_said = true;
		return rc < 0 ? rc : parse_action(k, &k->default_action, e);
	}
	return rc < 0 ? rc : parse_statements(k, 0, e);
}

/* → policy. ------------------------------------------------------------------------------------------------------- */

/* A policy that is used again adds nothing: the first rule that applies answers. */
static int add_statements(struct kafel *k, size_t at, unsigned depth, struct error *e)
{
	struct kafel_policy *p = &k->policies.items[at];
	int rc = 0;
	if (depth == 0)
		return error_set(e, ERR_INPUT, "%s: more than %d nested policies", k->words.name, USES_MOST);
	if (p->used)
		return 0;
	p->used = true;
	for (size_t i = 0; i < p->statements.count && rc == 0; i++) {
		struct statement *s = &p->statements.items[i];
		if (s->uses > 0)
			rc = add_statements(k, s->uses, depth - 1, e);
		else
			rc = foreign_rule(&k->foreign, k->arch, s->syscall, s->action, s->always ? NULL : &s->any, NULL, e);
	}
	return rc;
}

static int to_policy(struct kafel *k, struct error *e)
{
	struct policy *p = k->foreign.policy;
	p->archs = ARCH_BIT(k->arch);
	p->default_action = p->newer = k->default_action;
	int rc = add_statements(k, 0, USES_MOST, e);
	if (k->default_action.kind == ACTION_ALLOW && k->arch == ARCH_X86_64 && k->x32_killed < X32_CALLS)
		foreign_warn(&k->foreign, "x32 calls are denied; Kafel allows them");
	foreign_warn_archs(&k->foreign, "Kafel");
	return rc == 0 ? foreign_finish(&k->foreign, e) : rc;
}

struct policy *policy_from_kafel(const struct import_file *file, enum arch native, struct text *warnings, struct error *e)
{
	struct kafel k = {.foreign = {.policy = policy_new(), .warnings = warnings, .name = file->name},
			  .arch = native, .default_action = {.kind = ACTION_KILL_THREAD},
			  .words = {.name = file->name, .at = file->bytes, .end = file->bytes + file->n, .line = 1}};
	int rc = k.foreign.policy == NULL || !vec_push(&k.policies, (struct kafel_policy){0}) ? error_memory(e) : 0;
	if (rc == 0)
		rc = kafel_next(&k.words, e);
	if (rc == 0 && k.words.kind == KAFEL_END)
		rc = error_set(e, ERR_INPUT, "%s: expected a statement, like ALLOW { read }", file->name);
	while (rc == 0 && k.words.kind != KAFEL_END)
		rc = parse_top(&k, e);
	if (rc == 0)
		rc = to_policy(&k, e);
	for (size_t i = 0; i < k.policies.count; i++) {
		for (size_t s = 0; s < k.policies.items[i].statements.count; s++)
			foreign_alternatives_clear(&k.policies.items[i].statements.items[s].any);
		vec_free(&k.policies.items[i].statements);
		free(k.policies.items[i].name);
	}
	vec_free(&k.policies);
	for (size_t i = 0; i < k.names.count; i++)
		free(k.names.items[i]);
	vec_free(&k.names);
	kafel_words_free(&k.words);
	return foreign_end(&k.foreign, rc, e);
}

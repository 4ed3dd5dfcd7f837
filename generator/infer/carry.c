/* Carries the facts of one architecture to another one. SPDX-License-Identifier: MIT
 *
 * A fact keeps its call if the other architecture has it. Otherwise it gets the calls that libc makes there instead
 * (policies/abi/siblings.c; open: openat). Values keep their names, and get the numbers of the other architecture
 * (O_DIRECTORY, TCGETS2). The result is a profile, and infer.c derives the policy from it. */
#include <stdlib.h>
#include <string.h>

#include "generator/infer/infer.h"

enum { CHOICES = 16 };

typedef VEC(char *) word_set; /* each word once */

/* The values that an argument may have. n = 0: the value is not known. */
struct choice {
	uint64_t values[CHOICES];
	size_t n;
};

/* A profile on its way from one architecture to another. */
struct carrying {
	const struct profile *from;
	struct carried *out;
	enum arch source, target;
	word_set *calls, *values; /* what cannot be carried: names of calls, and texts like "mmap(flags=MAP_32BIT)" */
	struct error *e;
};

static int note(word_set *set, const char *text, struct error *e)
{
	for (size_t i = 0; i < set->count; i++)
		if (strcmp(set->items[i], text) == 0)
			return 0;
	char *copy = strdup(text);
	if (copy != NULL && vec_push(set, copy))
		return 0;
	free(copy);
	return error_memory(e);
}

static void note_list(const word_set *set, const char *before, struct text *out)
{
	if (set->count > 0)
		text_add(out, "%s", before);
	for (size_t i = 0; i < set->count; i++)
		text_add(out, "%s%s", i > 0 ? ", " : "", set->items[i]);
	if (set->count > 0)
		text_add(out, "\n");
}

static void word_set_clear(word_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		free(set->items[i]);
	vec_free(set);
}

/* Translates a value by the names of its parts. Notes and leaves out the parts that the target lacks. Returns 1; 0: no part is
 * left; or a negative code. */
static int carry_value(struct carrying *c, const struct syscall_desc *from, unsigned i, uint64_t value,
		       const struct syscall_desc *to, unsigned k, uint64_t *result)
{
	struct text text = {0}, lost = {0};
	int rc = 1, kept = 0;
	*result = 0;
	abi_value_text(from, c->source, i, value, &text);
	char *copy = text.failed ? NULL : strdup(text_string(&text));
	if (copy == NULL)
		rc = error_memory(c->e);
	for (char *part = copy, *next; rc > 0 && part != NULL; part = next) {
		uint64_t bits = 0;
		if ((next = abi_value_bar(part)) != NULL)
			*next++ = '\0';
		int parsed = abi_value_parse(to, c->target, k, part, &bits, &(struct error){0});
		*result |= bits;
		kept += parsed == 0;
		if (parsed == ERR_MEMORY)
			rc = error_memory(c->e);
		if (parsed == 0 || rc < 0)
			continue;
		lost.count = 0;
		text_add(&lost, "%s(%s=%s)", from->name, syscall_arg_name(from, i), part);
		rc = lost.failed ? error_memory(c->e) : note(c->values, text_string(&lost), c->e);
		rc = rc < 0 ? rc : 1;
	}
	free(copy);
	text_free(&text);
	text_free(&lost);
	return rc < 0 ? rc : kept > 0;
}

/* Returns a value to carry: the value of a fact; for a wide fact its bits (which = 0), smallest (1) or largest value (2). */
static uint64_t value_of(const struct fact *f, unsigned i, unsigned which)
{
	return !f->wide ? f->key.values[i] : which == 0 ? f->bits[i] : which == 1 ? f->min[i] : f->max[i];
}

/* Adds a call of the target with the counts and the outcome of the fact. */
static int observe(struct carrying *c, const struct fact *f, const struct fact_key *key)
{
	int rc = 0;
	for (size_t i = 0; i < f->runs.count && rc >= 0; i++)
		rc = profile_observe(c->out->profile, key, f->programs.items[0], f->runs.items[i].run, f->runs.items[i].count, c->e);
	for (size_t i = 1; i < f->programs.count && rc >= 0; i++)
		rc = profile_observe(c->out->profile, key, f->programs.items[i], f->runs.items[0].run, 0, c->e);
	if (rc >= 0 && f->outcome == OUTCOME_ANY)
		rc = profile_ended(c->out->profile, key, 0, c->e);
	for (size_t i = 0; i < f->failed.count && rc >= 0; i++)
		rc = profile_ended(c->out->profile, key, f->failed.items[i], c->e);
	return rc < 0 ? rc : 0;
}

/* Adds a call of the target for each combination of these values. */
static int observe_all(struct carrying *c, const struct fact *f, const struct syscall_desc *to, const struct choice choices[6])
{
	size_t at[6] = {0};
	for (;;) {
		uint64_t values[6] = {0};
		uint8_t known = 0;
		for (unsigned i = 0; i < 6; i++)
			if (choices[i].n > 0) {
				values[i] = choices[i].values[at[i]];
				known |= (uint8_t)(1u << i);
			}
		struct fact_key key =
		    fact_key_make((enum phase)f->key.phase, c->target, (uint32_t)to->nr[c->target], values);
		key.args &= known;
		int rc = observe(c, f, &key);
		if (rc < 0)
			return rc;
		unsigned i = 0;
		while (i < 6 && (choices[i].n == 0 || ++at[i] == choices[i].n))
			at[i++] = 0;
		if (i == 6)
			return 0;
	}
}

/* Translates argument i of the fact to argument k of `to`. Arguments that select the meaning of others must come first: `done`. */
static int carry_argument(struct carrying *c, const struct fact *f, unsigned which, unsigned i, const struct syscall_desc *to,
			  unsigned k, const uint64_t done[6], uint8_t known, struct choice *out)
{
	struct syscall_desc room[2];
	uint64_t values[6];
	out->n = 0;
	if (!(f->key.args >> i & 1))
		return 1;
	for (unsigned a = 0; a < 6; a++)
		values[a] = value_of(f, a, which);
	const struct syscall_desc *from =
	    abi_select(abi_by_nr(c->source, f->key.nr), c->source, values, f->wide ? 0 : f->key.args, &room[0]);
	to = abi_select(to, c->target, done, known, &room[1]);
	int rc = carry_value(c, from, i, values[i], to, k, &out->values[0]);
	out->n = rc > 0;
	return rc;
}

/* Carries a fact to the same call of the target. Arguments are matched by name, because their order may differ (clone). */
static int carry_same(struct carrying *c, const struct fact *f, unsigned which, const struct syscall_desc *from,
		      const struct syscall_desc *to)
{
	struct choice choices[6] = {{.n = 0}};
	uint64_t done[6] = {0};
	uint8_t known = 0, selectors = syscall_selectors(to);
	int rc = 1;
	for (unsigned pass = 0; pass < 2; pass++)
		for (unsigned k = 0; k < 6 && rc > 0; k++) {
			int i = to->args[k].name != NULL ? syscall_arg_by_name(from, to->args[k].name) : -1;
			if ((selectors >> k & 1) != (pass == 0) || i < 0)
				continue;
			rc = carry_argument(c, f, which, (unsigned)i, to, k, done, known, &choices[k]);
			if (rc > 0 && choices[k].n > 0) {
				done[k] = choices[k].values[0];
				known |= (uint8_t)(1u << k);
			}
		}
	return rc > 0 ? observe_all(c, f, to, choices) : rc;
}

static int note_row(struct carrying *c, const struct sibling *s)
{
	for (size_t i = 0; i < c->out->rows.count; i++)
		if (c->out->rows.items[i].row == s)
			return 0;
	return vec_push(&c->out->rows, (struct carried_row){c->target, s, c->source}) ? 0 : error_memory(c->e);
}

/* Carries a fact to the call that replaces its call on the target: a row of the table of siblings. */
static int carry_row(struct carrying *c, const struct fact *f, unsigned which, const struct sibling *s)
{
	const struct syscall_desc *to = abi_call(c->target, s->to);
	struct choice choices[6] = {{.n = 0}};
	int rc = 1;
	for (unsigned k = 0; k < syscall_arg_count(to) && rc > 0; k++) {
		uint64_t listed[CHOICES];
		size_t n = 0;
		if (s->values[k] != NULL && (rc = sibling_values(s, c->target, k, listed, CHOICES, &n, c->e)) < 0)
			break;
		rc = 1;
		if (s->map[k] < 0) {
			memcpy(choices[k].values, listed, n * sizeof(listed[0]));
			choices[k].n = n;
			continue;
		}
		rc = carry_argument(c, f, which, (unsigned)s->map[k], to, k, (uint64_t[6]){0}, 0, &choices[k]);
		if (rc > 0 && n > 0 && choices[k].n > 0)
			choices[k].values[choices[k].n++] = choices[k].values[0] | listed[0];
	}
	if (rc > 0)
		rc = observe_all(c, f, to, choices);
	return rc == 0 ? note_row(c, s) : rc;
}

/* Returns whether the fact meets the condition of the row, or a negative code. */
static int row_is_for(const struct carrying *c, const struct sibling *s, const struct fact *f)
{
	if (s->when == NULL || f->wide || !(f->key.args >> s->when_at & 1))
		return 1;
	return sibling_when(s, c->source, f->key.values[s->when_at], c->e);
}

static int carry_fact(struct carrying *c, const struct fact *f)
{
	const struct syscall_desc *from = abi_by_nr(c->source, f->key.nr), *to;
	char buffer[32];
	size_t n = 0;
	int rc = 0;
	if (from == NULL)
		return note(c->calls, fact_name(f, buffer, sizeof(buffer)), c->e);
	const struct sibling *rows = abi_siblings(from->name, &n);
	to = abi_call(c->target, from->name);
	bool any = to != NULL;
	for (unsigned which = 0; which < (f->wide ? 3 : 1) && rc >= 0; which++) {
		if (to != NULL)
			rc = carry_same(c, f, which, from, to);
		for (size_t i = 0; i < n && rc >= 0; i++) {
			/* If both architectures have both calls, the row is for --portable. */
			if (abi_call(c->target, rows[i].to) == NULL || (to != NULL && abi_call(c->source, rows[i].to) != NULL))
				continue;
			if ((rc = row_is_for(c, &rows[i], f)) > 0)
				rc = carry_row(c, f, which, &rows[i]);
			any = true;
		}
	}
	return rc < 0 || any ? rc : note(c->calls, from->name, c->e);
}

/* Adds the calls that only the libc of the target makes when a program starts, to the first run and program. */
static int carry_start(struct carrying *c)
{
	size_t n = 0;
	const struct sibling *rows = abi_siblings(NULL, &n);
	int rc = 0;
	for (size_t i = 0; i < n && rc >= 0; i++) {
		struct fact first = {.key = {.phase = PHASE_LOAD, .arch = (uint8_t)c->source}, .outcome = OUTCOME_ANY};
		if (abi_call(c->target, rows[i].to) == NULL || abi_call(c->source, rows[i].to) != NULL)
			continue;
		if (!vec_push(&first.programs, 0) || !vec_push(&first.runs, (struct fact_run){.count = 1}))
			rc = error_memory(c->e);
		else
			rc = carry_row(c, &first, 0, &rows[i]);
		if (rc >= 0) {
			first.key.phase = PHASE_MAIN; /* for static programs */
			rc = carry_row(c, &first, 0, &rows[i]);
		}
		vec_free(&first.programs);
		vec_free(&first.runs);
	}
	return rc < 0 ? rc : 0;
}

static int carry_to(struct carrying *c)
{
	int rc = 0;
	for (size_t i = 0; i < profile_fact_count(c->from) && rc >= 0; i++) {
		const struct fact *f = profile_fact(c->from, i);
		if (f->key.arch == c->source && !fact_is_numbers(f))
			rc = carry_fact(c, f);
	}
	if (rc >= 0)
		rc = carry_start(c);
	return rc < 0 ? rc : 0;
}

/* Carries all facts to one architecture, and warns of what is lost. */
static int carry_and_tell(struct carrying *c, struct text *warnings)
{
	word_set calls = {0}, values = {0};
	struct text before = {0};
	c->calls = &calls;
	c->values = &values;
	int rc = carry_to(c);
	text_add(warnings, "no run was recorded on %s: its rules are derived from those of %s\n", arch_name(c->target), arch_name(c->source));
	text_add(&before, "left out, as %s has neither these calls nor replacements: ", arch_name(c->target));
	note_list(&calls, text_string(&before), warnings);
	before.count = 0;
	text_add(&before, "left out, as %s lacks these values: ", arch_name(c->target));
	note_list(&values, text_string(&before), warnings);
	rc = rc == 0 && before.failed ? error_memory(c->e) : rc;
	text_free(&before);
	word_set_clear(&calls);
	word_set_clear(&values);
	return rc;
}

int infer_carry(const struct profile *p, arch_set to, struct carried *out, struct text *warnings, struct error *e)
{
	size_t facts[ARCH_COUNT] = {0};
	*out = (struct carried){0};
	for (size_t i = 0; i < profile_fact_count(p); i++)
		facts[profile_fact(p, i)->key.arch]++;
	struct carrying c = {.from = p, .out = out, .source = ARCH_X86_64, .e = e};
	if (facts[ARCH_AARCH64] > facts[ARCH_X86_64])
		c.source = ARCH_AARCH64;
	int rc = 0;
	for (unsigned arch = 0; arch < ARCH_COUNT && rc == 0; arch++) {
		if (facts[arch] > 0 && !(to & ARCH_BIT(arch)) && arch != c.source)
			text_add(warnings, "%zu fact%s of %s: left out, because --arch does not name it\n", facts[arch], plural_s(facts[arch]),
				 arch_name((enum arch)arch));
		if (facts[arch] > 0 || !(to & ARCH_BIT(arch)))
			continue;
		c.target = (enum arch)arch;
		if (arch == ARCH_I386 || facts[c.source] == 0)
			rc = error_set(e, ERR_INPUT, "--arch=%s: the profile has no fact of it, and only x86_64 and aarch64 can be derived from each other; record on it",
				       arch_name(c.target));
		else if ((out->profile = profile_new()) == NULL)
			rc = error_memory(e);
		else if ((rc = profile_copy_parts(out->profile, p, e)) == 0)
			rc = carry_and_tell(&c, warnings);
	}
	return rc;
}

int carried_whys(const struct carried *carried, struct policy *p, struct error *e)
{
	int rc = 0;
	for (size_t i = 0; i < carried->rows.count && rc == 0; i++) {
		const struct carried_row *row = &carried->rows.items[i];
		struct rule *rule = (struct rule *)policy_rule(p, row->arch, row->row->to);
		struct text why = {0};
		if (row->row->from == NULL)
			text_add(&why, "carried from %s: %s", arch_name(row->source), row->row->why);
		else
			text_add(&why, "carried from %s: replaces %s", arch_name(row->source), row->row->from);
		if (rule != NULL && (rule->why == NULL || strstr(rule->why, text_string(&why)) == NULL))
			rc = why.failed ? error_memory(e) : rule_add_why(rule, text_string(&why), e);
		text_free(&why);
	}
	return rc;
}

void carried_clear(struct carried *carried)
{
	profile_free(carried->profile);
	vec_free(&carried->rows);
	*carried = (struct carried){0};
}

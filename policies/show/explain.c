/* Shows which code made a call, for people and for flame graphs. SPDX-License-Identifier: MIT */
#include "policies/show/explain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "policies/base/style.h"
#include "policies/show/caller.h"
#include "policies/show/show.h"

/* Finding. --------------------------------------------------------------------------------------------------- */

enum { NAME = 32, TESTS = 32 };

/* An argument ARG=VALUE, parsed. */
struct wanted {
	char arg[NAME];
	const char *value;
	bool understood; /* some fact, or the table of calls, has this argument and can read the value */
	struct error why_not;
};

static int take_apart(const char *test, struct wanted *w, struct error *e)
{
	const char *equals = strchr(test, '=');
	if (equals == NULL || equals == test || equals - test >= NAME)
		return error_set(e, ERR_INPUT, "%.100s: expected ARG=VALUE, as in domain=AF_INET", test);
	memcpy(w->arg, test, (size_t)(equals - test));
	w->arg[equals - test] = '\0';
	w->value = equals + 1;
	return 0;
}

static void add_arguments(const struct syscall_desc *call, uint8_t recorded, struct text *out)
{
	const char *between = "";
	for (unsigned i = 0; i < 6; i++)
		if ((recorded >> i & 1) != 0) {
			text_add(out, "%s%s", between, syscall_arg_name(call, i));
			between = ", ";
		}
	text_add(out, *between == '\0' ? "none" : "");
}

/* Parses the value of an argument that profiles record. Returns the argument, or a negative
 * code. */
static int read_test(const struct wanted *w, const struct syscall_desc *call, enum arch arch, uint8_t recorded,
		     uint64_t *value, struct error *e)
{
	int i = syscall_arg_by_name(call, w->arg);
	if (i >= 0 && (recorded >> i & 1) != 0) {
		int rc = abi_value_parse(call, arch, (unsigned)i, w->value, value, e);
		return rc < 0 ? rc : i;
	}
	struct text names = {0};
	add_arguments(call, recorded, &names);
	const char *name = call != NULL ? call->name : "it";
	if (i < 0)
		error_set(e, ERR_INPUT, "%s has no argument %s; the recorded ones are: %s", name, w->arg, text_string(&names));
	else
		error_set(e, ERR_INPUT, "%s of %s is not recorded, as it selects no behaviour; the recorded ones are: %s",
			  w->arg, name, text_string(&names));
	text_free(&names);
	return ERR_INPUT;
}

static bool lies_within(const struct fact *f, const struct syscall_desc *call, unsigned i, uint64_t value)
{
	unsigned bits = syscall_arg_bits(call, f->key.arch, i);
	if (bits < 64)
		value &= (UINT64_C(1) << bits) - 1;
	return value >= f->min[i] && value <= f->max[i] && (value & ~f->bits[i]) == 0;
}

/* Returns whether a fact meets all tests. */
static bool meets(const struct fact *f, struct wanted *tests, size_t n)
{
	struct syscall_desc room;
	const struct syscall_desc *call = fact_call(f, &room);
	bool all = true;
	for (size_t k = 0; k < n; k++) {
		struct error ignored = {0};
		uint64_t value = 0;
		int i = read_test(&tests[k], call, f->key.arch, f->key.args, &value, &ignored);
		tests[k].understood |= i >= 0;
		all &= i >= 0 && (f->wide ? lies_within(f, call, (unsigned)i, value) : f->key.values[i] == value);
	}
	return all;
}

/* Parses the tests for an architecture. One argument may decide what another one means. */
static void understand(enum arch arch, uint32_t nr, struct wanted *tests, size_t n)
{
	const struct syscall_desc *call = abi_by_nr(arch, nr), *selected = call;
	struct syscall_desc room;
	uint64_t args[6] = {0}, value = 0;
	uint8_t known = 0;
	for (int again = 0; again < 2; again++) {
		uint8_t recorded = syscall_checkable(selected) | syscall_checkable(call);
		for (size_t k = 0; k < n; k++) {
			struct error e = {0};
			int i = read_test(&tests[k], selected, arch, recorded, &value, &e);
			tests[k].understood |= i >= 0;
			if (i < 0) {
				tests[k].why_not = e;
				continue;
			}
			args[i] = value;
			known |= (uint8_t)(1u << i);
		}
		selected = abi_select(call, arch, args, known, &room);
	}
}

/* Finds the numbers of a call on each architecture. *has becomes the set of architectures that have
 * it. */
static int find_numbers(const char *syscall, uint32_t numbers[ARCH_COUNT], arch_set *has, struct error *e)
{
	struct error unknown = {0};
	bool known = false;
	*has = 0;
	for (int arch = 0; arch < ARCH_COUNT; arch++) {
		struct error inner = {0};
		int rc = abi_number((enum arch)arch, syscall, &numbers[arch], &inner);
		if (rc == 0)
			*has |= ARCH_BIT(arch);
		known |= rc >= 0;
		if (rc < 0 && unknown.code == 0)
			unknown = inner;
	}
	return known ? 0 : error_set(e, unknown.code, "%s", unknown.text);
}

int explain_find(const struct profile *p, const char *syscall, char *const *tests, size_t n, struct fact_list *found,
		 struct error *e)
{
	struct wanted wanted[TESTS] = {{.understood = false}};
	uint32_t numbers[ARCH_COUNT];
	arch_set has;
	/* show names a range of numbers by its first and its last */
	const char *range = strstr(syscall, "..");
	char first[128];
	snprintf(first, sizeof(first), "%.*s", range != NULL ? (int)(range - syscall) : (int)sizeof(first) - 1, syscall);
	if (find_numbers(first, numbers, &has, e) < 0)
		return e->code;
	if (n > TESTS)
		return error_set(e, ERR_INPUT, "%zu tests: %d at most", n, TESTS);
	for (size_t k = 0; k < n; k++)
		if (take_apart(tests[k], &wanted[k], e) < 0)
			return e->code;
	for (size_t i = 0; i < profile_fact_count(p); i++) {
		const struct fact *f = profile_fact(p, i);
		if ((has & ARCH_BIT(f->key.arch)) != 0 && fact_has_number(f, numbers[f->key.arch]) && meets(f, wanted, n) &&
		    !vec_push(&found->facts, i))
			return error_memory(e);
	}
	/* begin with the last: the messages of the first architecture then remain */
	for (int arch = ARCH_COUNT - 1; arch >= 0; arch--)
		if ((has & ARCH_BIT(arch)) != 0)
			understand((enum arch)arch, numbers[arch], wanted, n);
	for (size_t k = 0; k < n; k++)
		if (!wanted[k].understood)
			return error_set(e, wanted[k].why_not.code, "%s", wanted[k].why_not.text);
	return 0;
}

/* For people. ------------------------------------------------------------------------------------------------ */

/* Function names up to this length are aligned; a terminal gets so many facts of a call. */
enum { ALIGN = 56, FACTS_SHOWN = 10 };

static const char *why_ended(enum stack_end end)
{
	switch (end) {
	case STACK_LIMIT:
		return "the frames further out were not recorded (record --frames=COUNT for more)";
	case STACK_NO_INFO:
		return "who called this is not known: its file does not say how to unwind it";
	case STACK_UNREADABLE:
		return "who called this is not known: the stack's memory could not be read";
	case STACK_LOOP:
		return "who called this is not known: the stack led back to itself";
	default:
		return NULL;
	}
}

/* Returns the width of a text on a terminal, estimated by its characters. */
static size_t width(const char *s)
{
	size_t n = 0;
	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static void add_stack(const struct profile *p, const struct stack *s, struct text *out)
{
	struct text name = {0};
	size_t caller = stack_caller(p, s), widest = 0;
	for (size_t i = 0; i < s->frames.count; i++) {
		name.count = 0;
		frame_name_text(p, s->frames.items[i], true, &name);
		size_t n = width(text_string(&name));
		widest = n > widest && n <= ALIGN ? n : widest;
	}
	for (size_t i = 0; i < s->frames.count; i++) {
		bool somewhere = profile_frame(p, s->frames.items[i])->module != MODULE_NONE;
		name.count = 0;
		frame_name_text(p, s->frames.items[i], true, &name);
		size_t n = width(text_string(&name));
		if (i == caller)
			style_begin(out, STYLE_CALLER);
		text_add(out, "  %c %s", i == caller ? '>' : ' ', text_string(&name));
		if (somewhere)
			text_add(out, "%*s in ", (int)(n < widest ? widest - n : 0), "");
		frame_module_text(p, s->frames.items[i], out);
		if (i == caller)
			style_end(out);
		text_add(out, "\n");
	}
	const char *why = why_ended((enum stack_end)s->end);
	if (why != NULL)
		text_add(out, "    (%s)\n", why);
	out->failed |= name.failed;
	text_free(&name);
}

static void add_run(const struct run *run, struct text *out)
{
	text_add_safe(out, run->started != NULL ? run->started : "");
	run_command_text(run, out);
}

static void add_errors(const struct fact *f, struct text *out)
{
	text_add(out, "  only ever failed");
	for (size_t i = 0; i < f->failed.count; i++) {
		const char *name = errno_name(f->failed.items[i]);
		text_add(out, i == 0 ? ", with " : " or ");
		if (name != NULL)
			text_add(out, "%s", name);
		else
			text_add(out, "errno %u", f->failed.items[i]);
	}
	text_add(out, "\n");
}

static void add_counts(const struct profile *p, const struct fact *f, struct text *out)
{
	bool quiet = false;
	for (size_t i = 0; i < f->runs.count; i++) {
		const char *mode = profile_run(p, f->runs.items[i].run)->mode;
		quiet |= mode != NULL && strcmp(mode, "quiet") == 0;
	}
	uint64_t total = fact_total(f);
	text_add(out, "  %s%" PRIu64 " %s", quiet ? "at least " : "", total, total == 1 ? "call" : "calls");
	if (profile_run_count(p) > 1) {
		text_add(out, " in %zu of %zu runs:", f->runs.count, profile_run_count(p));
		for (size_t i = 0; i < f->runs.count; i++)
			text_add(out, " %" PRIu32, f->runs.items[i].run);
	}
	text_add(out, "\n");
	if (f->runs.count > 0) {
		text_add(out, "  first in run %" PRIu32 ", ", f->runs.items[0].run);
		add_run(profile_run(p, f->runs.items[0].run), out);
	}
	for (size_t i = 0; i < f->programs.count; i++) {
		text_add(out, i == 0 ? "  by " : ", ");
		text_add_safe(out, profile_program(p, f->programs.items[i])->path);
	}
	text_add(out, f->programs.count > 0 ? "\n" : "");
	if (f->outcome == OUTCOME_FAILED)
		add_errors(f, out);
}

static void add_fact(const struct profile *p, const struct fact *f, struct text *out)
{
	style_begin(out, fact_dangers(f) != 0 ? danger_style(fact_dangers(f)) : STYLE_HEADING);
	fact_text(f, out);
	style_end(out);
	text_add(out, "\n  phase %s", phase_name(f->key.phase));
	if (f->key.arch != ARCH_NATIVE)
		text_add(out, ", %s", arch_name(f->key.arch));
	text_add(out, "\n");
	if (fact_is_denied(p, f)) {
		text_add(out, "  only ever denied: ");
		fact_denied_text(p, f, out);
		text_add(out, "\n");
	}
	if (fact_unknown_args(f) != 0)
		text_add(out, "  stands for any value of what is \"?\": it was not told\n");
	if (fact_is_numbers(f))
		text_add(out, "  stands for more than %d numbers, none of which is a call of any kernel\n", PROFILE_FACT_CAP);
	add_counts(p, f, out);
	for (size_t i = 0; i < f->stacks.count; i++) {
		text_add(out, f->stacks.count > 1 ? "  stack %zu of %d\n" : "  stack\n", i + 1, f->stacks.count);
		add_stack(p, profile_stack(p, f->stacks.items[i]), out);
	}
	if (f->stacks.count == 0)
		text_add(out,
			 "  no stack: recorded with --stacks=none (record --fresh adds it), imported, or pinhole's own execve\n");
}

void explain_text(const struct profile *p, const struct fact_list *found, struct text *out)
{
	size_t n = found->facts.count, shown = out->brief && n > FACTS_SHOWN + 1 ? FACTS_SHOWN : n;
	for (size_t i = 0; i < shown; i++) {
		text_add(out, i > 0 ? "\n" : "");
		add_fact(p, profile_fact(p, found->facts.items[i]), out);
	}
	if (shown < n)
		text_add(out, "\n… %zu more facts (--all shows them; ARG=VALUE selects)\n", n - shown);
}

/* For flame graphs. ------------------------------------------------------------------------------------------ */

/* Adds a name. Readers of the format split a line at semicolons, and take the last blank for the
 * one before the count. */
static void add_element(const char *name, struct text *out)
{
	struct text safe = {0};
	text_add_safe(&safe, name);
	for (const char *s = text_string(&safe); *s != '\0'; s++)
		if (*s == ';')
			text_add(out, ":");
		else if (*s != ' ')
			text_add_bytes(out, s, 1);
		else if (s[1] != '\0' && (s == safe.bytes || s[-1] != ','))
			text_add(out, "_");
	out->failed |= safe.failed;
	text_free(&safe);
}

/* Adds a function by its name, or else by its module and offset: an offset alone could be in any
 * file. */
static void fold_frame(const struct profile *p, uint32_t frame, struct text *out)
{
	struct text name = {0}, whole = {0};
	const struct frame *f = profile_frame_named(p, frame);
	frame_name_text(p, frame, false, &name);
	if (f->module != MODULE_NONE && f->symbol == NULL)
		frame_module_text(p, frame, &whole);
	text_add(&whole, "%s%s", whole.count > 0 ? "+" : "", text_string(&name));
	add_element(text_string(&whole), out);
	text_add(out, ";");
	out->failed |= name.failed || whole.failed;
	text_free(&name);
	text_free(&whole);
}

void explain_folded(const struct profile *p, const struct fact_list *found, struct text *out)
{
	struct text call = {0};
	for (size_t i = 0; i < found->facts.count; i++) {
		const struct fact *f = profile_fact(p, found->facts.items[i]);
		uint64_t total = fact_total(f), n = f->stacks.count;
		call.count = 0;
		fact_text(f, &call);
		for (uint64_t k = 0; k < n; k++) {
			const struct stack *s = profile_stack(p, f->stacks.items[k]);
			uint64_t part = total / n + (k < total % n);
			for (size_t at = s->frames.count; at > 0; at--)
				fold_frame(p, s->frames.items[at - 1], out);
			add_element(text_string(&call), out);
			text_add(out, " %" PRIu64 "\n", part > 0 ? part : 1);
		}
		if (n == 0) {
			text_add(out, "[no_stack];");
			add_element(text_string(&call), out);
			text_add(out, " %" PRIu64 "\n", total);
		}
	}
	out->failed |= call.failed;
	text_free(&call);
}

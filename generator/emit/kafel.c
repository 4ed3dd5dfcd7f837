/* Writes a policy in Kafel's language (github.com/google/kafel, README), for nsjail. Defines calls by their numbers, because
 * Kafel's own names differ between its versions (newstat). SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "generator/emit/translate/translate.h"

static void add_action(struct action a, struct text *out)
{
	static const char *const names[] = {
	    [ACTION_KILL] = "KILL_PROCESS", [ACTION_KILL_THREAD] = "KILL", [ACTION_TRAP] = "TRAP(0)",
	    [ACTION_TRACE] = "TRACE(0)",    [ACTION_LOG] = "LOG",	   [ACTION_ALLOW] = "ALLOW",
	};
	if (a.kind == ACTION_ERRNO)
		text_add(out, "ERRNO(%u)", a.data);
	else
		text_add(out, "%s", names[a.kind]);
}

/* Appends an argument's name; or "arg" and its number, where the name is that of a call that the output defines. */
static void add_argument(const struct said_list *said, const struct syscall_desc *call, unsigned arg, struct text *out)
{
	const char *name = syscall_arg_name(call, arg);
	bool free = true;
	for (size_t i = 0; i < said->calls.count && free; i++)
		free = strcmp(said->calls.items[i].syscall, name) != 0;
	if (free)
		text_add(out, "%s", name);
	else
		text_add(out, "arg%u", arg);
}

static void add_comparison(const struct said_list *said, const struct syscall_desc *call, const struct comparison *c,
			   struct text *out)
{
	bool masked = c->op == COMPARE_MASKED && c->mask != UINT64_MAX;
	text_add(out, "%s", masked ? "(" : "");
	add_argument(said, call, c->arg, out);
	if (masked)
		text_add(out, " & 0x%" PRIx64 ")", c->mask);
	text_add(out, " %s 0x%" PRIx64, comparison_sign(c), c->value);
}

static uint32_t number(const char *syscall, enum arch arch)
{
	uint32_t nr = 0;
	struct error unused = {0};
	abi_number(arch, syscall, &nr, &unused); /* cannot fail: a policy has no rules for calls that do not exist */
	return nr;
}

/* Appends a call's name, or its number where the name does not begin with a letter, as Kafel's names must. */
static void add_name(const char *syscall, enum arch arch, struct text *out)
{
	if (syscall[0] == '_')
		text_add(out, "SYSCALL[%" PRIu32 "]", number(syscall, arch));
	else
		text_add(out, "%s", syscall);
}

/* Kafel refuses more than 200 operators in one expression. A call may have several rules, the first that holds answers: so long
 * expressions are split into rules of this many clauses. */
enum { CLAUSES_MOST = 100 };

static void add_clauses(const struct said_list *said, const struct said *s, const struct syscall_desc *call, size_t from, size_t to,
			struct text *out)
{
	unsigned last = 0;
	for (size_t i = from; i < to; i++)
		for (size_t k = 0; k < s->any.items[i].all.count; k++)
			if (s->any.items[i].all.items[k].arg > last)
				last = s->any.items[i].all.items[k].arg;
	text_add(out, "(");
	for (unsigned arg = 0; arg <= last; arg++) {
		text_add(out, "%s", arg > 0 ? ", " : "");
		add_argument(said, call, arg, out);
	}
	text_add(out, ") {");
	for (size_t i = from; i < to; i++) {
		text_add(out, "%s", i > from ? " ||\n      " : "\n      ");
		for (size_t k = 0; k < s->any.items[i].all.count; k++) {
			text_add(out, "%s", k > 0 ? " && " : "");
			add_comparison(said, call, &s->any.items[i].all.items[k], out);
		}
	}
	text_add(out, "\n    }");
}

static void add_call(const struct said_list *said, const struct said *s, enum arch arch, struct text *out)
{
	const struct syscall_desc *call = abi_call(arch, s->syscall);
	size_t from = 0;
	do {
		size_t to = s->any.count - from > CLAUSES_MOST ? from + CLAUSES_MOST : s->any.count;
		text_add(out, "%s    ", from > 0 ? ",\n" : "");
		add_name(s->syscall, arch, out);
		if (!s->always)
			add_clauses(said, s, call, from, to, out);
		from = to;
	} while (from < s->any.count);
}

/* Denies x32's calls under a default of allow. Kafel treats their numbers as further numbers of x86_64, which its default answers:
 * x32's calls could bypass the policy. Linux has about 550 of them, and a few more each year. */
static void deny_x32(const struct policy *p, struct text *out)
{
	if (p->default_action.kind != ACTION_ALLOW || !(p->archs & ARCH_BIT(ARCH_X86_64)))
		return;
	text_add(out, "\n// Calls of x32.\nKILL_PROCESS {");
	for (uint32_t nr = 0; nr < ABI_NR_UNUSED; nr++)
		text_add(out, "%s%sSYSCALL[0x%x]", nr > 0 ? "," : "", nr % 6 == 0 ? "\n  " : " ", ABI_NR_FOREIGN + nr);
	text_add(out, "\n}\n");
}

static void add_policy(const struct policy *p, const struct said_list *said, struct text *out)
{
	enum arch arch = (enum arch)__builtin_ctz(p->archs);
	for (size_t i = 0; i < said->calls.count; i++) {
		const char *name = said->calls.items[i].syscall;
		if (name[0] != '_' && (i == 0 || strcmp(said->calls.items[i - 1].syscall, name) != 0))
			text_add(out, "#define %s %" PRIu32 "\n", name, number(name, arch));
	}
	text_add(out, "\nPOLICY pinhole {\n");
	const char *between = "";
	for (size_t i = 0; i < said->calls.count; i++) {
		if (action_had(said, i))
			continue;
		text_add(out, "%s  ", between);
		add_action(said->calls.items[i].action, out);
		text_add(out, " {\n");
		between = "";
		for (size_t k = i; k < said->calls.count; k++)
			if (action_equal(said->calls.items[k].action, said->calls.items[i].action)) {
				text_add(out, "%s", between);
				add_call(said, &said->calls.items[k], arch, out);
				between = ",\n";
			}
		text_add(out, "\n  }");
		between = ",\n";
	}
	text_add(out, "\n}\n");
	deny_x32(p, out);
	text_add(out, "\nUSE pinhole DEFAULT ");
	add_action(p->default_action, out);
	text_add(out, "\n");
}

static int emit(const struct emit_input *in, struct text *out, struct emit_notes *notes, struct error *e)
{
	static const struct able able = {.arguments = true,
					 .answers = true,
					 .actions = ACTIONS_ALL,
					 .numbers = true};
	struct said_list said = {0};
	int rc = one_arch(in, "kafel", e);
	if (rc == 0)
		rc = express(in, &able, &said, notes, e);
	note_newer(in, notes, "the default");
	note_archs(in->policy, "other architectures", notes);
	if (rc == 0) {
		add_made_by(in, "// ", "A policy of Kafel, for nsjail", out);
		text_add(out, "// For %s alone.\n", arch_name((enum arch)__builtin_ctz(in->policy->archs)));
		add_notes(notes, "// ", out);
		add_policy(in->policy, &said, out);
		rc = out->failed || notes->text.failed ? error_memory(e) : 0;
	}
	said_clear(&said);
	return rc;
}

const struct emitter emit_kafel = {
    .name = "kafel",
    .summary = "a policy in Kafel's language, for nsjail",
    .emit = emit,
};

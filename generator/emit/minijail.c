/* A policy file of minijail0 -S (minijail0(5)): a line a call. SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "generator/emit/translate/translate.h"

/* Two tools read such a file: minijail0 -S itself, and compile_seccomp_policy.py. What is written is what both read alike: "1",
 * "return ERRNO" and tests of arguments. minijail0 knows no @default, log, trap or kill-process, and neither knows a number in
 * place of a call's name. */
static void add_action(struct action a, struct text *out)
{
	if (a.kind == ACTION_ERRNO)
		text_add(out, "return %u", a.data);
	else
		text_add(out, "1");
}

/* minijail has no (argument & mask) == value. It has "in": no bit is set but these; and "&": one of these is set. So
 * the bits that must be 0 are those that are not in what the first lists, and each that must be 1 is asked for alone.
 */
static void add_masked(const struct comparison *c, struct text *out)
{
	if (c->mask == UINT64_MAX) {
		text_add(out, "arg%u == 0x%" PRIx64, c->arg, c->value);
		return;
	}
	const char *between = "";
	if ((c->mask & ~c->value) != 0) {
		text_add(out, "arg%u in 0x%" PRIx64, c->arg, ~(c->mask & ~c->value));
		between = " && ";
	}
	for (uint64_t rest = c->value; rest != 0; rest &= rest - 1) {
		text_add(out, "%sarg%u & 0x%" PRIx64, between, c->arg, rest & -rest);
		between = " && ";
	}
}

static void add_comparison(const struct comparison *c, struct text *out)
{
	if (c->op == COMPARE_MASKED)
		add_masked(c, out);
	else
		text_add(out, "arg%u %s 0x%" PRIx64, c->arg, comparison_sign(c), c->value);
}

/* That is what becomes of a call without a line, for all that read the file. */
static bool kills(struct action a) { return a.kind == ACTION_KILL || a.kind == ACTION_KILL_THREAD; }

static void add_call(const struct said *s, struct text *out)
{
	if ((s->always && kills(s->action)) || abi_by_name(s->syscall) == NULL)
		return;
	if (s->why != NULL) {
		text_add(out, "# %s: ", s->syscall);
		add_plain(out, s->why);
		/* A line that ends so goes on in the next one, even a comment's. */
		size_t n = strlen(s->why);
		text_add(out, "%s\n", n > 0 && s->why[n - 1] == '\\' ? "." : "");
	}
	text_add(out, "%s: ", s->syscall);
	if (s->always)
		add_action(s->action, out);
	for (size_t i = 0; i < s->any.count; i++) {
		text_add(out, "%s", i > 0 ? " || " : "");
		for (size_t k = 0; k < s->any.items[i].all.count; k++) {
			text_add(out, "%s", k > 0 ? " && " : "");
			add_comparison(&s->any.items[i].all.items[k], out);
		}
	}
	text_add(out, "\n");
}

/* A default can't be an errno or log there: every call that has no line gets one that says so. minijail knows the calls of the
 * kernel headers that it is built with, at least those of Linux 6.1, say: a name that it does not know would make it refuse the
 * file. */
static void add_others(const struct policy *p, const struct said_list *said, enum arch arch, struct text *out)
{
	size_t i = 0;
	text_add(out, "# The default, call by call.\n");
	for (size_t k = 0; k < abi_syscall_count; k++) {
		const char *name = abi_syscalls[k].name;
		while (i < said->calls.count && strcmp(said->calls.items[i].syscall, name) < 0)
			i++;
		if (abi_call(arch, name) == NULL || newer_than_6_1(name, ARCH_BIT(arch)) ||
		    (i < said->calls.count && strcmp(said->calls.items[i].syscall, name) == 0))
			continue;
		text_add(out, "%s: ", name);
		add_action(p->default_action, out);
		text_add(out, "\n");
	}
}

/* Where tests of arguments do not hold, the process is killed: minijail0 -S and tools/compile_seccomp_policy.py
 * understand "TESTS; return ERRNO" in opposite ways. */
static void note_tests(const struct said_list *said, struct emit_notes *notes)
{
	struct text names = {0};
	for (size_t i = 0; i < said->calls.count; i++)
		if (!said->calls.items[i].always)
			text_add(&names, "%s%s", names.count > 0 ? ", " : "", said->calls.items[i].syscall);
	if (names.count > 0)
		emit_note(notes, "killed, in place of the default, with other arguments than these, as minijail's two readers take \"TESTS; return "
				 "ERRNO\" in opposite ways: %s", text_string(&names));
	notes->text.failed |= names.failed;
	text_free(&names);
}

static void add_word(struct text *list, const char *word) { text_add(list, "%s%s", list->count > 0 ? ", " : "", word); }

static void note_names(const struct said_list *said, enum arch arch, struct emit_notes *notes)
{
	struct text unnamed = {0}, newer = {0};
	for (size_t i = 0; i < said->calls.count; i++) {
		const struct said *s = &said->calls.items[i];
		if (s->always && kills(s->action))
			continue;
		if (abi_by_name(s->syscall) == NULL)
			add_word(&unnamed, s->syscall);
		else if (newer_than_6_1(s->syscall, ARCH_BIT(arch)))
			add_word(&newer, s->syscall);
	}
	if (unnamed.count > 0)
		emit_note(notes, "killed, as these numbers have no names: %s", text_string(&unnamed));
	if (newer.count > 0)
		emit_note(notes, "minijail refuses the file where it is older than one of these calls; take their lines out then: %s",
			  text_string(&newer));
	notes->text.failed |= unnamed.failed || newer.failed;
	text_free(&unnamed);
	text_free(&newer);
}

/* Both kill the thread where they are not told otherwise. */
static void note_default(const struct policy *p, const struct said_list *said, struct emit_notes *notes)
{
	bool killed = p->default_action.kind == ACTION_KILL;
	for (size_t i = 0; i < said->calls.count; i++)
		killed |= said->calls.items[i].action.kind == ACTION_KILL;
	if (p->default_action.kind == ACTION_TRAP)
		emit_note(notes, "calls that are not allowed: killed, in place of trap, which minijail0 -S has not");
	if (p->default_action.kind == ACTION_LOG)
		emit_note(notes, "calls without a rule: allowed without a line in the log");
	if (p->default_action.kind == ACTION_ERRNO || lets_through(p->default_action))
		emit_note(notes, "calls without a rule that are newer than Linux 6.1, and numbers of no call: killed, as an older minijail would "
				 "refuse their names");
	if (killed)
		emit_note(notes, "the thread alone is killed, where minijail0 -S has no -Y and compile_seccomp_policy.py no --use-kill-process");
}

static int emit(const struct emit_input *in, struct text *out, struct emit_notes *notes, struct error *e)
{
	const struct policy *p = in->policy;
	struct said_list said = {0};
	const bool listed = p->default_action.kind == ACTION_ERRNO || lets_through(p->default_action);
	const struct able able = {.arguments = !listed || in->strict,
				  .only_allow = true,
				  .actions = 1u << ACTION_KILL | 1u << ACTION_KILL_THREAD | 1u << ACTION_ERRNO |
					     1u << ACTION_ALLOW,
				  .numbers = true,
				  .old_names = true};
	int rc = one_arch(in, "minijail", e);
	if (rc == 0)
		rc = express(in, &able, &said, notes, e);
	if (rc == 0) {
		if (listed)
			note_tests(&said, notes);
		note_newer(in, notes, listed ? "killed" : "the default");
		note_default(p, &said, notes);
		note_names(&said, (enum arch)__builtin_ctz(p->archs), notes);
		note_archs(p, listed ? "other architectures and of x32" : "other architectures", notes);
		add_made_by(in, "# ", "A policy of minijail0 -S", out);
		add_notes(notes, "# ", out);
		for (size_t i = 0; i < said.calls.count; i++)
			add_call(&said.calls.items[i], out);
		if (listed)
			add_others(p, &said, (enum arch)__builtin_ctz(p->archs), out);
		rc = out->failed || notes->text.failed ? error_memory(e) : 0;
	}
	said_clear(&said);
	return rc;
}

const struct emitter emit_minijail = {
    .name = "minijail",
    .summary = "a policy of minijail0 -S",
    .emit = emit,
};

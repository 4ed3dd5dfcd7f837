/* A policy file of minijail0 -S (minijail0(5)): a line a call. SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "express.h"

/* What minijail0 is given on the line of a call that is let through or answered, whatever its arguments are. */
static void add_action(struct action a, struct text *out)
{
	switch (a.kind) {
	case ACTION_ALLOW:
		text_add(out, "1");
		break;
	case ACTION_ERRNO:
		text_add(out, "return %u", a.data);
		break;
	case ACTION_LOG:
		text_add(out, "log");
		break;
	case ACTION_TRAP:
		text_add(out, "trap");
		break;
	default:
		text_add(out, a.kind == ACTION_KILL_THREAD ? "kill-thread" : "kill-process");
	}
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
		text_add(out, "arg%u %s 0x%" PRIx64, c->arg, c->op == COMPARE_LEAST ? ">=" : "<=", c->value);
}

/* That is what becomes of a call without a line, for all that read the file. */
static bool kills(struct action a) { return a.kind == ACTION_KILL || a.kind == ACTION_KILL_THREAD; }

static void add_call(const struct said *s, struct text *out)
{
	if (s->always && kills(s->action))
		return;
	if (s->why != NULL) {
		text_add(out, "# %s: ", s->syscall);
		add_plain(out, s->why);
		/* A line that ends so goes on in the next one, even a comment's. */
		size_t n = strlen(s->why);
		text_add(out, "%s\n", n > 0 && s->why[n - 1] == '\\' ? "." : "");
	}
	/* A number stands for a call without a name. */
	if (abi_by_name(s->syscall) != NULL)
		text_add(out, "%s: ", s->syscall);
	else
		text_add(out, "%lu: ", strtoul(s->syscall + strlen("syscall_"), NULL, 16));
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

/* A default can't be an errno or log there: every call that has no line gets one that says so. */
static void add_others(const struct policy *p, const struct said_list *said, enum arch arch, struct text *out)
{
	size_t i = 0;
	text_add(out, "# The default, call by call.\n");
	for (size_t k = 0; k < abi_syscall_count; k++) {
		const char *name = abi_syscalls[k].name;
		while (i < said->calls.count && strcmp(said->calls.items[i].syscall, name) < 0)
			i++;
		if (abi_call(arch, name) == NULL ||
		    (i < said->calls.count && strcmp(said->calls.items[i].syscall, name) == 0))
			continue;
		text_add(out, "%s: ", name);
		add_action(p->fallback, out);
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
		emit_note(notes, "killed, in place of the default, with other arguments than these: %s",
			  text_string(&names));
	notes->text.failed |= names.failed;
	text_free(&names);
}

/* minijail0 -S itself knows no @default, no log and no trap; the compiler in Python that comes with it does. Both kill the thread
 * where they are not told otherwise. */
static void note_compiler(const struct policy *p, const struct said_list *said, struct emit_notes *notes)
{
	bool only_compiler = p->fallback.kind == ACTION_LOG || p->fallback.kind == ACTION_TRAP, killed = p->fallback.kind == ACTION_KILL;
	for (size_t i = 0; i < said->calls.count; i++) {
		enum action_kind kind = said->calls.items[i].action.kind;
		only_compiler |= kind == ACTION_LOG || kind == ACTION_TRAP;
		killed |= kind == ACTION_KILL;
	}
	if (only_compiler)
		emit_note(notes, "minijail0 -S knows no trap, log or @default: let compile_seccomp_policy.py make a filter of the file, and "
				 "give that to minijail0 --seccomp-bpf-binary");
	if (killed)
		emit_note(notes, "the thread alone is killed, where minijail0 -S has no -Y and compile_seccomp_policy.py no --use-kill-process");
}

static int emit(const struct emit_input *in, struct text *out, struct emit_notes *notes, struct error *e)
{
	const struct policy *p = in->policy;
	struct said_list said = {0};
	const bool listed = p->fallback.kind == ACTION_ERRNO || lets_through(p->fallback);
	const struct able able = {.arguments = !listed || in->strict,
				  .only_allow = true,
				  .actions = ACTIONS_ALL,
				  .numbers = true};
	int rc = one_arch(in, "minijail", e);
	if (rc == 0)
		rc = express(in, &able, &said, notes, e);
	if (rc == 0) {
		if (listed)
			note_tests(&said, notes);
		note_newer(in, notes, listed ? "killed" : "the default");
		note_compiler(p, &said, notes);
		add_made_by(in, "# ", "A policy of minijail0 -S", out);
		add_notes(notes, "# ", out);
		if (!listed && !kills(p->fallback)) {
			text_add(out, "@default ");
			add_action(p->fallback, out);
			text_add(out, "\n");
		}
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

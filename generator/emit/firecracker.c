/* Writes the JSON of Firecracker's seccompiler-bin (docs/seccompiler.md), which passes it to libseccomp since 1.11
 * (src/seccompiler/src/lib.rs). SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "generator/emit/scmp.h"
#include "policies/json/json_text.h"

/* The threads for which Firecracker wants a filter (src/firecracker/src/seccomp.rs). */
static const char *const threads[] = {"vmm", "api", "vcpu"};

static void add_action(const char *key, struct action a, struct text *out)
{
	static const char *const names[] = {
	    [ACTION_KILL] = "kill_process", [ACTION_KILL_THREAD] = "kill_thread", [ACTION_TRAP] = "trap",
	    [ACTION_TRACE] = "trap",	    [ACTION_LOG] = "log",		  [ACTION_ALLOW] = "allow",
	};
	if (a.kind == ACTION_ERRNO)
		text_add(out, "  \"%s\": {\"errno\": %u},\n", key, a.data);
	else
		text_add(out, "  \"%s\": \"%s\",\n", key, names[a.kind]);
}

/* Appends a condition. "dword" is the lower half of a register: to the compiler before 1.11 always, and to that of today for eq
 * alone, as masked_eq has its own mask. */
static void add_condition(const struct comparison *c, struct text *out)
{
	static const char *const ops[] = {[COMPARE_LEAST] = "ge", [COMPARE_MOST] = "le", [COMPARE_OTHER] = "ne"};
	bool masked = c->op == COMPARE_MASKED, half = masked && c->mask <= UINT32_MAX;
	text_add(out, "{\"index\": %u, \"type\": \"%s\", \"op\": ", c->arg, half ? "dword" : "qword");
	if (masked && c->mask != UINT64_MAX && c->mask != UINT32_MAX)
		text_add(out, "{\"masked_eq\": %" PRIu64 "}", c->mask);
	else
		text_add(out, "\"%s\"", masked ? "eq" : ops[c->op]);
	text_add(out, ", \"val\": %" PRIu64 "}", c->value);
}

static void add_rule(const struct said *s, const struct clause *c, struct text *out)
{
	text_add(out, "   {\"syscall\": \"%s\"", s->syscall);
	for (size_t i = 0; c != NULL && i < c->all.count; i++) {
		text_add(out, "%s", i == 0 ? ", \"args\": [" : ", ");
		add_condition(&c->all.items[i], out);
	}
	text_add(out, "%s", c != NULL ? "]" : "");
	if (s->why != NULL) {
		text_add(out, ", \"comment\": ");
		json_add_text(out, s->why);
	}
	text_add(out, "}");
}

static void add_thread(const char *name, const struct policy *p, struct action action, const struct said_list *said, struct text *out)
{
	const char *between = "\n";
	text_add(out, " ");
	json_add_text(out, name);
	text_add(out, ": {\n");
	add_action("default_action", p->default_action, out);
	add_action("filter_action", action, out);
	text_add(out, "  \"filter\": [");
	for (size_t i = 0; i < said->calls.count; i++) {
		const struct said *s = &said->calls.items[i];
		for (size_t k = 0; k < (s->always ? 1 : s->any.count); k++) {
			text_add(out, "%s", between);
			add_rule(s, s->always ? NULL : &s->any.items[k], out);
			between = ",\n";
		}
	}
	text_add(out, "\n  ]\n }");
}

/* Returns the one action that all rules of a filter have: the softest, of those only that are opposite to the default where there
 * are any. With `strict` it is the hardest where the default lets through: a rule with a harder one would be left out. */
static struct action filter_action(const struct policy *p, bool strict)
{
	bool open = lets_through(p->default_action), found = false, opposite = false;
	struct action best = {.kind = open ? ACTION_KILL : ACTION_ALLOW};
	for (size_t i = 0; i < p->rules.count; i++) {
		struct action a = p->rules.items[i].action;
		bool other = lets_through(a) != open;
		int softer = action_softness(a) - action_softness(best);
		if (action_equal(a, p->default_action) || (opposite && !other))
			continue;
		if (!found || (other && !opposite) || (strict && open ? softer < 0 : softer > 0))
			best = a;
		found = true;
		opposite |= other;
	}
	return best;
}

/* Gives all calls the filter's errno: express knows kinds of actions alone. */
static void join_errnos(struct action action, struct said_list *said, struct emit_notes *notes)
{
	struct text names = {0};
	for (size_t i = 0; i < said->calls.count; i++) {
		struct said *s = &said->calls.items[i];
		if (!action_equal(s->action, action))
			text_add(&names, "%s%s", names.count > 0 ? ", " : "", s->syscall);
		s->action = action;
	}
	if (names.count > 0)
		emit_note(notes, "the same errno as other calls, as a filter has one: %s", text_string(&names));
	notes->text.failed |= names.failed;
	text_free(&names);
}

static int emit(const struct emit_input *in, struct text *out, struct emit_notes *notes, struct error *e)
{
	struct said_list said = {0};
	struct scmp_input capped;
	if (one_arch(in, "firecracker", e) < 0)
		return e->code;
	if (in->policy->archs == ARCH_BIT(ARCH_I386))
		return error_set(e, ERR_INPUT, "firecracker: has filters for x86_64 and aarch64 only; give a policy for one of them");
	scmp_cap(in, &capped, notes);
	struct action action = filter_action(&capped.policy, in->strict);
	struct able able = scmp_able;
	able.answers = false;
	able.actions = 1u << action.kind;
	able.old_names = true;
	int rc = express(&capped.in, &able, &said, notes, e);
	join_errnos(action, &said, notes);
	note_newer(&capped.in, notes, "the default");
	scmp_note_others(&capped.in, notes);
	text_add(out, "{\n");
	for (size_t i = 0; rc == 0 && i < (in->thread != NULL ? 1 : sizeof(threads) / sizeof(threads[0])); i++) {
		text_add(out, "%s", i > 0 ? ",\n" : "");
		add_thread(in->thread != NULL ? in->thread : threads[i], &capped.policy, action, &said, out);
	}
	text_add(out, "\n}\n");
	said_clear(&said);
	return rc == 0 && (out->failed || notes->text.failed) ? error_memory(e) : rc;
}

const struct emitter emit_firecracker = {
    .name = "firecracker",
    .summary = "filters of Firecracker's threads, for seccompiler-bin",
    .emit = emit,
};

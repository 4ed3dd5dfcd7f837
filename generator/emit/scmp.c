/* libseccomp's names and limits, and its treatment of i386's socketcall and ipc. SPDX-License-Identifier: MIT */
#include "generator/emit/scmp.h"

#include <errno.h>
#include <string.h>

/* The highest errno that libseccomp takes (src/system.c, sys_chk_seccomp_action). */
enum { ERRNO_MOST = 4094 };

const struct able scmp_able = {.arguments = true, .answers = true, .actions = ACTIONS_ALL, .errnos = ERRNO_MOST};

const char *const scmp_actions[] = {
    [ACTION_KILL] = "SCMP_ACT_KILL_PROCESS", [ACTION_KILL_THREAD] = "SCMP_ACT_KILL_THREAD",
    [ACTION_TRAP] = "SCMP_ACT_TRAP",	     [ACTION_ERRNO] = "SCMP_ACT_ERRNO",
    [ACTION_TRACE] = "SCMP_ACT_TRACE",	     [ACTION_LOG] = "SCMP_ACT_LOG",
    [ACTION_ALLOW] = "SCMP_ACT_ALLOW",
};

const char *const scmp_archs[] = {
    [ARCH_X86_64] = "SCMP_ARCH_X86_64",
    [ARCH_I386] = "SCMP_ARCH_X86",
    [ARCH_AARCH64] = "SCMP_ARCH_AARCH64",
};

struct condition scmp_condition(const struct comparison *c)
{
	if (c->op == COMPARE_LEAST)
		return (struct condition){"SCMP_CMP_GE", c->value, 0, false};
	if (c->op == COMPARE_MOST)
		return (struct condition){"SCMP_CMP_LE", c->value, 0, false};
	if (c->op == COMPARE_OTHER)
		return (struct condition){"SCMP_CMP_NE", c->value, 0, false};
	if (c->mask == UINT64_MAX)
		return (struct condition){"SCMP_CMP_EQ", c->value, 0, false};
	return (struct condition){"SCMP_CMP_MASKED_EQ", c->mask, c->value, true};
}

void scmp_cap(const struct emit_input *in, struct scmp_input *out, struct emit_notes *notes)
{
	struct action *both[] = {&out->policy.default_action, &out->policy.newer};
	out->policy = *in->policy;
	out->in = *in;
	out->in.policy = &out->policy;
	for (size_t i = 0; i < 2; i++)
		if (both[i]->kind == ACTION_ERRNO && both[i]->data > ERRNO_MOST) {
			emit_note(notes, "%s: errno:%d, in place of errno:%u, which libseccomp does not take",
				  i == 0 ? "the default" : "newer calls", ERRNO_MOST, both[i]->data);
			both[i]->data = ERRNO_MOST;
		}
}

/* The answer is libseccomp's SCMP_FLTATR_ACT_BADARCH. */
void scmp_note_others(const struct emit_input *in, struct emit_notes *notes)
{
	struct action meant = in->policy->default_action.kind == ACTION_ALLOW ? (struct action){.kind = ACTION_KILL} : in->policy->default_action;
	struct text text = {0};
	action_text(meant, &text);
	if (meant.kind != ACTION_KILL_THREAD)
		emit_note(notes, "calls of other architectures and of x32: kill-thread, in place of %s", text_string(&text));
	notes->text.failed |= text.failed;
	text_free(&text);
}

int scmp_express(const struct emit_input *in, struct said_list *said, struct emit_notes *notes, struct error *e)
{
	return express(in, &scmp_able, said, notes, e);
}

/* Calls behind socketcall and ipc. ----------------------------------------------------------------------------- */

/* Returns an answer that is close to the default: libseccomp has no rules whose action is its default. */
static struct action like_default(struct action a)
{
	switch (a.kind) {
	case ACTION_KILL:
	case ACTION_TRAP:
		return (struct action){.kind = ACTION_KILL_THREAD};
	case ACTION_KILL_THREAD:
		return (struct action){.kind = ACTION_KILL};
	case ACTION_ERRNO:
		return (struct action){ACTION_ERRNO, (uint16_t)(a.data == EPERM ? ENOSYS : EPERM)};
	default:
		return (struct action){.kind = a.kind == ACTION_ALLOW ? ACTION_LOG : ACTION_ALLOW};
	}
}

/* What a list says of socketcall or ipc, the outer calls: an entry for each of their answers. */
struct outer {
	const char *name;
	const struct said *only; /* NULL: none, or several */
	struct action softest, hardest;
	size_t count;
};

static struct outer find_outer(const struct said_list *list, const char *name)
{
	struct outer o = {.name = name};
	for (size_t i = 0; i < list->calls.count; i++) {
		const struct said *s = &list->calls.items[i];
		if (strcmp(s->syscall, name) != 0)
			continue;
		if (o.count == 0 || action_softness(s->action) > action_softness(o.softest))
			o.softest = s->action;
		if (o.count == 0 || action_softness(s->action) < action_softness(o.hardest))
			o.hardest = s->action;
		o.only = o.count++ == 0 ? s : NULL;
	}
	return o;
}

/* Returns whether the outer call has that action for a sub-call, whatever its other arguments are. */
static bool says_number(const struct said *outer, struct action action, uint32_t number)
{
	for (size_t i = 0; outer != NULL && action_equal(outer->action, action) && i < outer->any.count; i++) {
		const struct clause *c = &outer->any.items[i];
		if (c->all.count == 1 && c->all.items[0].arg == 0 && c->all.items[0].op == COMPARE_MASKED &&
		    (number & c->all.items[0].mask) == c->all.items[0].value)
			return true;
	}
	return false;
}

/* Lists the calls whose rules libseccomp applies to the outer call, against what is said of it. *alike: all of them have the outer
 * call's only action. */
static void find_behind(const struct said_list *const *lists, size_t n, const struct outer *o, struct text *names, bool *alike)
{
	*alike = o->only != NULL;
	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < lists[k]->calls.count; i++) {
			const struct said *s = &lists[k]->calls.items[i];
			uint32_t number;
			const char *behind = abi_multiplexer(s->syscall, &number);
			bool again = i > 0 && strcmp(lists[k]->calls.items[i - 1].syscall, s->syscall) == 0;
			if (behind == NULL || strcmp(behind, o->name) != 0 || says_number(o->only, s->action, number))
				continue;
			if (!again)
				text_add(names, "%s%s", names->count > 0 ? ", " : "", s->syscall);
			*alike = *alike && action_equal(o->only->action, s->action);
		}
}

/* Says that the outer call always has this action. Puts that first: libseccomp keeps the first rule without conditions. Returns 0
 * or ERR_MEMORY. */
static int say_always(struct said_list *list, const char *name, struct action action, struct error *e)
{
	size_t kept = 0;
	for (size_t i = 0; i < list->calls.count; i++) {
		struct said *s = &list->calls.items[i];
		bool goes = strcmp(s->syscall, name) == 0;
		for (size_t k = 0; goes && k < s->any.count; k++)
			vec_free(&s->any.items[k].all);
		if (goes)
			vec_free(&s->any);
		else
			list->calls.items[kept++] = *s;
	}
	list->calls.count = kept;
	struct said new = {name, action, true, {0}, NULL};
	if (!vec_push(&list->calls, new))
		return error_memory(e);
	memmove(&list->calls.items[1], &list->calls.items[0], kept * sizeof(new));
	list->calls.items[0] = new;
	return 0;
}

/* Returns the action that replaces tests that cannot be said: the softest of the outer call's answers, with --strict the hardest. */
static struct action instead(const struct emit_input *in, const struct outer *o)
{
	struct action fallback = in->policy->default_action, a = in->strict ? o->hardest : o->softest;
	int by = o->count > 0 ? action_softness(a) - action_softness(fallback) : 0;
	return (in->strict ? by < 0 : by > 0) ? a : like_default(fallback);
}

static int guard(const struct emit_input *in, const char *name, struct said_list *const *lists, size_t n, struct emit_notes *notes,
		 struct error *e)
{
	struct outer o = find_outer(lists[0], name);
	struct action action = instead(in, &o);
	struct text names = {0}, text = {0};
	bool alike;
	int rc = 0;
	find_behind((const struct said_list *const *)lists, n, &o, &names, &alike);
	action_text(action, &text);
	if (names.count == 0 || (o.only != NULL && o.only->always)) {
		/* Nothing to do: no rules apply to it, or it always has one action. */
	} else if (alike && (in->strict ? !lets_through(o.only->action) : lets_through(o.only->action))) {
		emit_note(notes, "i386's %s: %s for more than the policy says, as libseccomp holds the rules of %s for it too", name,
			  lets_through(o.only->action) ? "allowed" : "denied", text_string(&names));
	} else if (o.count == 0 && in->strict && lets_through(in->policy->default_action)) {
		emit_note(notes, "i386's %s: denied for more than the policy says, as libseccomp holds the rules of %s for it too", name,
			  text_string(&names));
	} else {
		emit_note(notes, "i386's %s: always %s, as libseccomp would hold the rules of %s for it too", name, text_string(&text),
			  text_string(&names));
		rc = say_always(lists[0], name, action, e);
	}
	notes->text.failed |= names.failed || text.failed;
	text_free(&names);
	text_free(&text);
	return rc;
}

/* Notes where there are too many conditions. libseccomp 2.5.4 makes 4 to 5 instructions of a 64-bit condition on each architecture,
 * and needs 2.5 s for 1,531 conditions. */
static void note_size(const struct emit_input *in, struct said_list *const *lists, size_t n, struct emit_notes *notes)
{
	enum { EACH = 5, KERNEL_MOST = 4096 };
	size_t conditions = 0;
	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < lists[k]->calls.count; i++)
			conditions += lists[k]->calls.items[i].any.count;
	conditions *= (size_t)__builtin_popcount(in->policy->archs);
	if (conditions * EACH > KERNEL_MOST)
		emit_note(notes, "%zu conditions on arguments: libseccomp takes seconds and makes up to %zu instructions of them, and the kernel "
				 "takes %d; allow some of these calls with any arguments, or use the filter of -f bpf",
			  conditions, conditions * EACH, KERNEL_MOST);
}

int scmp_guard(const struct emit_input *in, struct said_list *const *lists, size_t n, struct emit_notes *notes, struct error *e)
{
	note_size(in, lists, n, notes);
	if (!(in->policy->archs & ARCH_BIT(ARCH_I386)))
		return 0;
	int rc = guard(in, "socketcall", lists, n, notes, e);
	return rc == 0 ? guard(in, "ipc", lists, n, notes, e) : rc;
}

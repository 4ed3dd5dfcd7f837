/* pinhole check: replays every fact of a profile against a policy or filter. SPDX-License-Identifier: MIT */
#include "policies/base/style.h"
#include "policies/estimate/replay.h"
#include "policies/show/caller.h"
#include "policies/show/show.h"
#include "tools/command.h"

static struct action answer(const void *self, const struct seccomp_data *data)
{
	const struct input *in = self;
	if (in->policy != NULL)
		return policy_evaluate(in->policy, data);
	struct action a = {ACTION_KILL, 0};
	action_from_ret(filter_run(in->filter.code.items, in->filter.code.count, data, NULL), &a);
	return a;
}

/* Warns of programs that may not fall back: glibc does, other code may not. */
static void warn_of_namespaces(const struct replay *r, struct text *out)
{
	for (size_t i = 0; i < r->answered.keys.count; i++) {
		struct fact f = {.key = r->answered.keys.items[i]};
		if (!makes_namespaces(&f.key))
			continue;
		text_add(out, "%s ", arch_name((enum arch)f.key.arch));
		fact_text(&f, out);
		text_add(out, " is answered with ENOSYS: a program that does not fall back to clone fails\n");
	}
}

enum { LISTED = 60 };

/* Prints a fact that is denied, its capability class, and who asked for it. */
static void say_denied(const struct profile *p, const struct denied_fact *d, struct text *out)
{
	style_begin(out, STYLE_DANGER);
	denied_fact_text(d, out);
	style_end(out);
	text_add(out, " (");
	fact_class_text(d->fact, out);
	text_add(out, ")");
	if (d->fact->stacks.count > 0) {
		text_add(out, " — by ");
		fact_callers_text(p, d->fact, out);
	}
	text_add(out, "\n");
}

/* Replays everything, and tells what is denied. Returns how much is. */
static size_t check(const struct input *in, const struct profile *p, struct text *out, struct error *e)
{
	struct replay r = {0};
	replay_profile(p, NULL, (struct judge){answer, in}, &r, e);
	size_t denied = r.facts.count, next = replay_next_count(&r);
	size_t shown = out->brief && denied > LISTED ? LISTED : denied;
	for (size_t i = 0; i < shown; i++)
		say_denied(p, &r.facts.items[i], out);
	if (shown < denied)
		text_add(out, "… %zu more (--all lists them)\n", denied - shown);
	warn_of_namespaces(&r, out);
	for (size_t i = 0; i < r.next.count; i++) {
		denied_next_text(&r.next.items[i], out);
		text_add(out, "\n");
	}
	style_begin(out, denied + next > 0 ? STYLE_DANGER : STYLE_GOOD);
	text_add(out, "%zu of %zu fact%s would be denied", denied, profile_fact_count(p),
		 plural_s(profile_fact_count(p)));
	if (next > 0)
		text_add(out, ", and %zu call%s that follow%s where it answers ENOSYS", next, next == 1 ? "" : "s",
			 next == 1 ? "s" : "");
	style_end(out);
	text_add(out, "\n");
	if (denied + next > 0 && out->columns > 0)
		text_add(out, in->policy != NULL
				  ? "What the program needs belongs into the policy: record it into the profile, then pinhole policy\n"
				  : "What the program needs belongs into the policy: record it, then pinhole policy and pinhole generate\n");
	replay_clear(&r);
	return denied + next;
}

static int run(int argc, char **argv)
{
	struct error e = {0};
	struct text out = {0};
	struct input in = {0};
	while (command_option(argc, argv) != -1)
		;
	command_operands(argc, argv, 2, 2);
	out = command_page();
	struct profile *p = NULL;
	int status = EXIT_ERROR;
	if (input_policy(argv[optind], true, NULL, &in, &e) == 0)
		p = profile_read(argv[optind + 1], &e);
	if (p == NULL) {
		command_fail(&e);
	} else {
		size_t denied = check(&in, p, &out, &e);
		if (e.code == 0)
			status = command_output(NULL, &out, false, &e);
		else
			command_fail(&e);
		if (status == EXIT_FINE && denied > 0)
			status = EXIT_NO;
	}
	profile_free(p);
	text_free(&out);
	input_free(&in);
	return status;
}

const struct command cmd_check = {
	.name = "check",
	.usage = "FILTER|POLICY PROFILE",
	.summary = "List the facts of a profile that would be denied; exit 1 if any",
	.page = true,
	.lists = true,
	.run = run,
};

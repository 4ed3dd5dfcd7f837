/* pinhole check: replays every fact of a profile against a policy or filter. SPDX-License-Identifier: MIT */
#include <string.h>

#include "command.h"

static struct action verdict(const struct input *in, const struct seccomp_data *data)
{
	if (in->policy != NULL)
		return policy_evaluate(in->policy, data);
	struct action a = {ACTION_KILL, 0};
	action_from_ret(filter_run(in->filter.code.items, in->filter.code.count, data, NULL), &a);
	return a;
}

/* Whether a program can do without: clone3 answered by ENOSYS, for which libc has clone; or the very error that the call
 * ended with whenever it was made, as numbers that are no calls do with ENOSYS. */
static bool makes_no_difference(const struct fact *f, struct action a)
{
	char buffer[32];
	if (a.kind != ACTION_ERRNO)
		return false;
	for (size_t i = 0; f->outcome == OUTCOME_FAILED && i < f->failed.count; i++)
		if (f->failed.items[i] == a.data)
			return true;
	return a.data == (uint16_t)errno_by_name("ENOSYS") &&
	       (fact_is_numbers(f) || strcmp(fact_name(f, buffer, sizeof(buffer)), "clone3") == 0);
}

static bool passes(const struct input *in, const struct fact *f, const uint64_t values[6], struct action *a)
{
	struct seccomp_data data = fact_data(f, values);
	*a = verdict(in, &data);
	return lets_through(*a) || makes_no_difference(f, *a);
}

/* A wide fact's single values are not known. What stands for them: the smallest and the largest, and of flag words each
 * bit that was ever set, beside the smallest and beside the largest of the others. Counts what passes and what does not;
 * *a becomes the last refusal. */
static void replay_wide(const struct input *in, const struct fact *f, size_t verdicts[2], struct action *a)
{
	struct syscall_desc room;
	const struct syscall_desc *call = fact_call(f, &room);
	struct action last;
	for (unsigned side = 0; side < 2; side++) {
		const uint64_t *others = side == 0 ? f->min : f->max;
		bool fine = passes(in, f, others, &last);
		verdicts[fine]++;
		*a = fine ? *a : last;
		for (unsigned i = 0; i < 6; i++) {
			if ((f->key.args >> i & 1) == 0 || call == NULL || call->args[i].kind != ARG_FLAGS)
				continue;
			for (uint64_t bits = f->bits[i]; bits != 0; bits &= bits - 1) {
				uint64_t values[6];
				memcpy(values, others, sizeof(values));
				values[i] = bits & -bits;
				fine = passes(in, f, values, &last);
				verdicts[fine]++;
				*a = fine ? *a : last;
			}
		}
	}
}

/* Arguments that a fact does not know may have had any value: tried with all bits clear, all set, and every other one. */
static void replay_unknown(const struct input *in, const struct fact *f, size_t verdicts[2], struct action *a)
{
	static const uint64_t tries[] = {0, UINT64_MAX, UINT64_C(0x5555555555555555)};
	for (size_t k = 0; k < sizeof(tries) / sizeof(tries[0]); k++) {
		struct action last;
		uint64_t values[6];
		for (unsigned i = 0; i < 6; i++)
			values[i] = (fact_unknown_args(f) >> i & 1) ? tries[k] : f->key.values[i];
		bool fine = passes(in, f, values, &last);
		verdicts[fine]++;
		*a = fine ? *a : last;
	}
}

static size_t replay(const struct input *in, const struct profile *p, struct text *out)
{
	size_t denied = 0;
	for (size_t i = 0; i < profile_fact_count(p); i++) {
		const struct fact *f = profile_fact(p, i);
		struct action a = {ACTION_ALLOW, 0};
		size_t verdicts[2] = {0, 0};
		if (f->wide)
			replay_wide(in, f, verdicts, &a);
		else if (fact_unknown_args(f) != 0)
			replay_unknown(in, f, verdicts, &a);
		else
			verdicts[passes(in, f, f->key.values, &a)]++;
		if (verdicts[false] == 0)
			continue;
		denied++;
		text_add(out, "%s %s ", phase_name(f->key.phase), arch_name(f->key.arch));
		fact_text(f, out);
		text_add(out, ": ");
		action_text(a, out);
		if (verdicts[true] > 0 && !f->wide)
			text_add(out, " for some values of what is not known");
		else if (verdicts[true] > 0)
			text_add(out, " for some of its values; it is a widened fact, of which single values are not known");
		text_add(out, "\n");
	}
	return denied;
}

static int run(int argc, char **argv)
{
	static const struct option longs[] = {{"help", no_argument, NULL, 'h'}, {0}};
	struct error e = {0};
	struct text out = {0};
	struct input in = {0};
	while (command_option(argc, argv, "", longs) != -1)
		;
	command_operands(argc, argv, 2, 2);
	struct profile *p = NULL;
	int status = EXIT_ERROR;
	if (input_policy(argv[optind], true, NULL, &in, &e) == 0)
		p = profile_read(argv[optind + 1], &e);
	if (p == NULL) {
		command_fail(&e);
	} else {
		size_t denied = replay(&in, p, &out);
		text_add(&out, "%zu of %zu facts would be denied\n", denied, profile_fact_count(p));
		status = command_output(NULL, &out, false, &e);
		if (status == EXIT_FINE && denied > 0)
			status = EXIT_NO;
	}
	profile_free(p);
	text_free(&out);
	input_free(&in);
	return status;
}

const struct command cmd_check = {
	"check", "FILTER|POLICY PROFILE", "Replay every fact and list what would be denied; exit 1 if any", "", run,
};

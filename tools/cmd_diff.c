/* pinhole diff: what two profiles or two policies differ in. SPDX-License-Identifier: MIT */
#include "../policies/show.h"
#include "command.h"

static int run(int argc, char **argv)
{
	static const struct option longs[] = {{"help", no_argument, NULL, 'h'}, {0}};
	struct error e = {0};
	struct text out = {0};
	struct input old = {0}, new = {0};
	int status = EXIT_ERROR, rc = -1;
	while (command_option(argc, argv, "", longs) != -1)
		;
	command_operands(argc, argv, 2, 2);
	if (input_read(argv[optind], false, &old, &e) < 0 || input_read(argv[optind + 1], false, &new, &e) < 0)
		goto out;
	if (old.profile != NULL && new.profile != NULL)
		rc = profile_diff(old.profile, new.profile, &out, &e);
	else if (old.policy != NULL && new.policy != NULL)
		rc = policy_diff(old.policy, new.policy, &out, &e);
	else
		error_set(&e, ERR_INPUT, "%s: a profile and a policy cannot be compared; derive a policy first",
			  argv[optind]);
	if (rc >= 0)
		status = command_output(NULL, &out, false, &e);
	if (rc > 0 && status == EXIT_FINE)
		status = EXIT_NO;
out:
	if (rc < 0)
		command_fail(&e);
	text_free(&out);
	input_free(&old);
	input_free(&new);
	return status;
}

const struct command cmd_diff = {
	"diff", "OLD NEW", "Tell what two profiles, or two policies, differ in; exit 1 if they do", "", run,
};

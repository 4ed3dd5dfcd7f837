/* pinhole show: a profile or policy for people. SPDX-License-Identifier: MIT */
#include "../policies/show.h"
#include "command.h"

static int run(int argc, char **argv)
{
	static const struct option longs[] = {{"json", no_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'}, {0}};
	struct error e = {0};
	struct text out = {0};
	struct input in = {0};
	bool json = false;
	int status = EXIT_ERROR;
	while (command_option(argc, argv, "", longs) != -1)
		json = true;
	command_operands(argc, argv, 1, 1);
	if (input_read(argv[optind], false, &in, &e) == 0) {
		if (in.profile != NULL)
			(json ? profile_format(in.profile, &out, &e) : profile_show(in.profile, &out));
		else
			(json ? policy_format(in.policy, &out, &e) : policy_show(in.policy, &out));
	}
	if (e.code == 0)
		status = command_output(NULL, &out, false, &e);
	else
		command_fail(&e);
	text_free(&out);
	input_free(&in);
	return status;
}

const struct command cmd_show = {
	"show",
	"[--json] PROFILE|POLICY",
	"Show what was seen, or what is allowed",
	"      --json              for programs: the file in its canonical form\n",
	run,
};

/* pinhole policy: derives a policy from a profile. SPDX-License-Identifier: MIT */
#include "command.h"

static int run(int argc, char **argv)
{
	static const struct option longs[] = {{"output", required_argument, NULL, 'o'},
					      {"args", required_argument, NULL, 'a'},
					      {"default", required_argument, NULL, 'd'},
					      {"help", no_argument, NULL, 'h'},
					      {0}};
	struct error e = {0};
	struct text out = {0};
	struct input in = {0};
	struct infer_options options = infer_defaults;
	const char *path = NULL;
	for (int option; e.code == 0 && (option = command_option(argc, argv, "o:", longs)) != -1;) {
		if (option == 'o')
			path = optarg;
		else if (option == 'a')
			parse_args_mode(optarg, &options.args, &e);
		else
			action_parse(optarg, &options.fallback, &e);
	}
	if (e.code != 0)
		return command_fail(&e);
	command_operands(argc, argv, 1, 1);
	int status = EXIT_ERROR;
	if (input_policy(argv[optind], false, &options, &in, &e) == 0 && in.profile == NULL)
		error_set(&e, ERR_INPUT, "%s: is a policy already; name a profile", argv[optind]);
	if (e.code == 0 && policy_format(in.policy, &out, &e) == 0)
		status = command_output(path, &out, false, &e);
	else
		command_fail(&e);
	text_free(&out);
	input_free(&in);
	return status;
}

const struct command cmd_policy = {
	"policy",
	"[-o POLICY] [--args=none|shape|exact] [--default=ACTION] PROFILE",
	"Derive a policy from a profile, for review",
	"  -o, --output=POLICY     where to write (standard output)\n"
	"      --args=MODE         none: names only; shape: selectors and flags as seen (default); exact: only the\n"
	"                          combinations seen\n"
	"      --default=ACTION    for everything else: kill (default), kill-thread, trap, errno:NAME, log, allow\n",
	run,
};

/* pinhole confidence: how far a profile can be trusted. SPDX-License-Identifier: MIT */
#include "policies/estimate/confidence.h"
#include "tools/command.h"

static int run(int argc, char **argv)
{
	static const struct option longs[] = {{"json", no_argument, NULL, 'j'},
					      {"by", required_argument, NULL, 'b'},
					      {"help", no_argument, NULL, 'h'},
					      {0}};
	struct error e = {0};
	struct text out = {0};
	struct confidence c = {0};
	bool json = false;
	const char *by = NULL;
	for (int option; (option = command_option(argc, argv, "", longs)) != -1;) {
		json |= option == 'j';
		by = option == 'b' ? optarg : by;
	}
	command_operands(argc, argv, 1, -1);
	if (json && by != NULL)
		error_set(&e, ERR_INPUT, "--json and --by: one of them; JSON has both views");
	struct profile *all = e.code == 0 ? command_profiles(argv + optind, argc - optind, &e) : NULL;
	if (e.code == 0 && confidence_make(all, &c, &e) == 0) {
		if (json)
			confidence_json(&c, &out);
		else
			confidence_text(&c, by, command_columns(), &out, &e);
	}
	int status = e.code != 0 ? command_fail(&e) : command_output(NULL, &out, false, &e);
	confidence_clear(&c);
	text_free(&out);
	profile_free(all);
	return status;
}

const struct command cmd_confidence = {
    "confidence",
    "[--json|--by=VIEW] PROFILE…",
    "Estimate what further runs would show: news, and facts never seen",
    "      --json              for programs: all figures, by syscall and program too\n"
    "      --by=VIEW           all system calls (syscall) or programs (program), not only those that promise news\n",
    run,
};

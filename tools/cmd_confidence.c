/* pinhole confidence: how far a profile can be trusted. SPDX-License-Identifier: MIT */
#include "policies/estimate/confidence.h"
#include "tools/command.h"

static int run(int argc, char **argv)
{
	struct error e = {0};
	struct text out = {0};
	struct confidence c = {0};
	bool json = false;
	const char *by = NULL;
	for (int option; (option = command_option(argc, argv)) != -1;) {
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

static const struct option_row options[] = {
	{.key = 'j', .name = "json",
	 .help = "for programs: all figures, by syscall and program too"},
	{.key = 'b', .name = "by", .argument = "VIEW", .values = "syscall program",
	 .help = "all system calls (syscall) or programs (program), not only those that promise news"},
	{0},
};

const struct command cmd_confidence = {
	.name = "confidence",
	.usage = "[--json|--by=VIEW] PROFILE…",
	.summary = "Estimate what further runs would show: news, and facts never seen",
	.options = options,
	.run = run,
};

/* pinhole merge: the union of profiles. SPDX-License-Identifier: MIT */
#include "command.h"

static int run(int argc, char **argv)
{
	static const struct option longs[] = {
		{"output", required_argument, NULL, 'o'}, {"help", no_argument, NULL, 'h'}, {0}};
	struct error e = {0};
	struct text out = {0};
	const char *path = NULL;
	while (command_option(argc, argv, "o:", longs) != -1)
		path = optarg;
	command_operands(argc, argv, 1, -1);
	if (path == NULL) {
		error_set(&e, ERR_INPUT, "merge needs -o OUT; - is standard output");
		return command_fail(&e);
	}
	struct profile *all = command_profiles(argv + optind, argc - optind, &e);
	int rc = e.code == 0 ? profile_format(all, &out, &e) : e.code;
	int status = rc < 0 ? command_fail(&e) : command_output(path, &out, false, &e);
	text_free(&out);
	profile_free(all);
	return status;
}

const struct command cmd_merge = {
	"merge",
	"-o OUT PROFILE…",
	"Unite profiles; the order does not matter",
	"  -o, --output=OUT        where to write (- for standard output)\n",
	run,
};

/* pinhole diff: lists the differences of two profiles or two policies. SPDX-License-Identifier:
 * MIT */
#include <string.h>

#include "generator/generator.h"
#include "policies/show/diff.h"
#include "tools/command.h"

/* Returns the index of a word among the option's values, or ERR_INPUT. */
static int choose(const char *option, const char *const words[3], const char *word, struct error *e)
{
	for (int i = 0; i < 3 && words[i] != NULL; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return error_set(e, ERR_INPUT, "--%s=%.40s: %s%s%s%s%s", option, word, words[0],
			 words[2] != NULL ? ", " : " or ", words[1], words[2] != NULL ? " or " : "",
			 words[2] != NULL ? words[2] : "");
}

static int compare(const char *old_path, const struct input *old, const struct input *new, bool markdown,
		   struct text *out, struct error *e)
{
	if (old->profile != NULL && new->profile != NULL)
		return profile_diff(old->profile, new->profile, markdown, out, e);
	if (old->policy != NULL && new->policy != NULL)
		return policy_differences(old->policy, new->policy, policies_differ, markdown, out, e);
	return error_set(e, ERR_INPUT, "%s: cannot compare a profile with a policy; derive a policy from the profile first",
			 old_path);
}

static int run(int argc, char **argv)
{
	static const char *const fails[] = {"any", "new", "none"}, *const formats[3] = {"text", "markdown"};
	static const int failing[] = {DIFF_NEW | DIFF_GONE, DIFF_NEW, 0};
	struct error e = {0};
	struct text out = {0};
	struct input old = {0}, new = {0};
	int fail = 0, format = 0, option, status = EXIT_ERROR, rc = -1;
	while ((option = command_option(argc, argv)) != -1) {
		int *which = option == 'f' ? &fail : &format;
		*which = choose(option == 'f' ? "fail-on" : "format", option == 'f' ? fails : formats, optarg, &e);
	}
	command_operands(argc, argv, 2, 2);
	if (format == 0)
		out = command_page();
	if (e.code == 0 && input_read(argv[optind], false, &old, &e) == 0 &&
	    input_read(argv[optind + 1], false, &new, &e) == 0)
		rc = compare(argv[optind], &old, &new, format == 1, &out, &e);
	if (rc >= 0)
		status = command_output(NULL, &out, false, &e);
	else
		command_fail(&e);
	if (rc >= 0 && status == EXIT_FINE && (rc & failing[fail]) != 0)
		status = EXIT_NO;
	text_free(&out);
	input_free(&old);
	input_free(&new);
	return status;
}

static const struct option_row options[] = {
	{.key = 'f', .name = "fail-on", .argument = "any|new|none",
	 .help = "exit 1: any: if anything differs (default); new: if NEW has facts or rules that OLD lacks; none: never"},
	{.key = 'm', .name = "format", .argument = "text|markdown",
	 .help = "text: plain lines (default); markdown: a comment for a pull request"},
	{0},
};

const struct command cmd_diff = {
	.name = "diff",
	.usage = "[--fail-on=WHAT] [--format=FORMAT] OLD NEW",
	.summary = "List the differences of two profiles or policies; exit 1 if any",
	.options = options,
	.page = true,
	.lists = true,
	.run = run,
};

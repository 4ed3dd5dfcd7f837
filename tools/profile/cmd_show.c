/* pinhole show: prints a profile or a policy for people. SPDX-License-Identifier: MIT */
#include <string.h>

#include "policies/show/show.h"
#include "tools/command.h"

/* Shows a profile by a view. "phase" is also the view without --by. */
static int show_by(const char *path, const char *by, struct input *in, struct text *out, struct error *e)
{
	int rc = input_profile(path, "shown by --by", in, e);
	if (rc < 0)
		return rc;
	return strcmp(by, "phase") == 0 ? profile_show(in->profile, out) : profile_show_by(in->profile, by, out, e);
}

/* Shows the calls that the code could make: below the seen calls, or as JSON. */
static int show_reach(const char *path, const word_list *reach, bool json, const struct input *in, struct text *out,
		      struct error *e)
{
	struct unseen unseen = {0};
	struct unseen_of of = {in->profile, NULL, NULL};
	int rc = in->profile == NULL ? error_set(e, ERR_INPUT, "%s: is a policy; --reach is for profiles", path) : 0;
	if (rc == 0)
		rc = command_reach(reach, &of, &unseen, e);
	if (rc == 0)
		rc = json ? unseen_json(&unseen, &of, out, e) : unseen_show(&unseen, &of, out, e);
	unseen_clear(&unseen);
	return rc;
}

static int run(int argc, char **argv)
{
	struct error e = {0};
	struct text out = {0};
	struct input in = {0};
	bool json = false;
	const char *by = NULL;
	word_list reach = {0};
	int status = EXIT_ERROR, option;
	while ((option = command_option(argc, argv)) != -1) {
		json |= option == 'j';
		by = option == 'b' ? optarg : by;
		if (option == 'r' && !vec_push(&reach, optarg))
			error_memory(&e);
	}
	command_operands(argc, argv, 1, 1);
	if (!json)
		out = command_page();
	if (json && by != NULL)
		error_set(&e, ERR_INPUT, "--json and --by exclude each other: JSON has a single order; give one of them");
	else if (by != NULL)
		show_by(argv[optind], by, &in, &out, &e);
	else if (input_read(argv[optind], false, &in, &e) < 0)
		;
	else if (json && reach.count > 0)
		; /* the profile's own format has no place for the reach */
	else if (in.profile != NULL)
		(json ? profile_format(in.profile, &out, &e) : profile_show(in.profile, &out));
	else
		(json ? policy_format(in.policy, &out, &e) : policy_show(in.policy, &out));
	if (e.code == 0 && reach.count > 0)
		show_reach(argv[optind], &reach, json, &in, &out, &e);
	if (e.code == 0)
		status = command_output(NULL, &out, false, &e);
	else
		command_fail(&e);
	vec_free(&reach);
	text_free(&out);
	input_free(&in);
	return status;
}

static const struct option_row options[] = {
	{.key = 'j', .name = "json",
	 .help = "print the file in its canonical form; with --reach, print the three kinds of calls as JSON"},
	{.key = 'b', .name = "by", .argument = "VIEW", .values = "phase syscall group capability program library caller",
	 .help = "for a profile: order the facts by phase (default), syscall, group, capability (class), program, library or caller"},
	{.key = 'r', .name = "reach", .argument = "REACH",
	 .help = "for a profile: also list calls that the code can reach but no run made, from this file of pinhole "
		 "reach -o; may be repeated"},
	{0},
};

const struct command cmd_show = {
	.name = "show",
	.usage = "[--json|--by=VIEW] [--reach=REACH] PROFILE|POLICY",
	.summary = "Show what a profile saw, or what a policy allows",
	.options = options,
	.page = true,
	.lists = true,
	.run = run,
};

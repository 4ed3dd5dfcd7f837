/* pinhole show: a profile or policy for people. SPDX-License-Identifier: MIT */
#include <string.h>

#include "policies/show/show.h"
#include "tools/command.h"

/* phase is the view that there is without the option. */
static int show_by(const char *path, const char *by, struct input *in, struct text *out, struct error *e)
{
	int rc = input_profile(path, "shown by --by", in, e);
	if (rc < 0)
		return rc;
	return strcmp(by, "phase") == 0 ? profile_show(in->profile, out) : profile_show_by(in->profile, by, out, e);
}

/* What the code could do besides: after what was seen, or for programs. */
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
	if (json && by != NULL)
		error_set(&e, ERR_INPUT, "--json and --by: one of them; the file has one order");
	else if (by != NULL)
		show_by(argv[optind], by, &in, &out, &e);
	else if (input_read(argv[optind], false, &in, &e) < 0)
		;
	else if (json && reach.count > 0)
		; /* the profile itself has no place for it */
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
	 .help = "for programs: the file in its canonical form; with --reach, the three kinds of calls"},
	{.key = 'b', .name = "by", .argument = "VIEW", .values = "phase syscall group program library caller",
	 .help = "of a profile: its facts by phase (the default), syscall, group, program, library or caller"},
	{.key = 'r', .name = "reach", .argument = "REACH",
	 .help = "of a profile: also what the code can reach, as pinhole reach -o wrote it, and was never "
		 "seen; may be repeated"},
	{0},
};

const struct command cmd_show = {
	.name = "show",
	.usage = "[--json|--by=VIEW] [--reach=REACH] PROFILE|POLICY",
	.summary = "Show what was seen, or what is allowed",
	.options = options,
	.run = run,
};

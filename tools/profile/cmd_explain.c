/* pinhole explain: shows which code made a call. SPDX-License-Identifier: MIT */
#include "policies/show/explain.h"
#include "tools/command.h"

/* Says that the call was never seen, in the user's own words: "socket domain=AF_INET". */
static void never_seen(char **argv, int n, struct text *out)
{
	for (int i = 0; i < n; i++)
		text_add(out, "%s%s", i > 0 ? " " : "", argv[i]);
	text_add(out, ": never seen\n");
}

/* Prints the facts, and whether the code could make the call. */
static void both_json(const struct profile *p, const struct fact_list *found, const struct unseen *unseen,
		      const char *syscall, struct text *out)
{
	text_add(out, "{\"could\": ");
	unseen_explain_json(unseen, syscall, out);
	text_add(out, ",\n \"facts\": ");
	explain_json(p, found, out);
	text_add(out, "}\n");
}

static int run(int argc, char **argv)
{
	struct error e = {0};
	struct text out = {0};
	struct fact_list found = {0};
	int format = 0, option;
	word_list reach = {0};
	while ((option = command_option(argc, argv)) != -1)
		if (option != 'r')
			format = option;
		else if (!vec_push(&reach, optarg))
			error_memory(&e);
	command_operands(argc, argv, 2, -1);
	if (format == 0)
		out = command_page();
	char **question = argv + optind + 1;
	int n = argc - optind - 1;
	struct input in = {0};
	struct unseen unseen = {0};
	if (format == 'f' && reach.count > 0)
		error_set(&e, ERR_INPUT, "--folded and --reach exclude each other: folded lines are of seen calls only; give one of them");
	int rc = e.code != 0 ? e.code : input_profile(argv[optind], "explained", &in, &e);
	if (rc == 0)
		rc = explain_find(in.profile, question[0], question + 1, (size_t)n - 1, &found, &e);
	/* Read the file in any case: a damaged one must be reported even if the call was seen. */
	if (rc == 0 && reach.count > 0)
		rc = command_reach(&reach, &(struct unseen_of){in.profile, NULL, NULL}, &unseen, &e);
	if (rc == 0 && format == 'j' && reach.count > 0)
		both_json(in.profile, &found, &unseen, question[0], &out);
	else if (rc == 0 && format == 'j')
		explain_json(in.profile, &found, &out);
	else if (rc == 0 && format == 'f')
		explain_folded(in.profile, &found, &out);
	else if (rc == 0 && found.facts.count > 0)
		explain_text(in.profile, &found, &out);
	else if (rc == 0)
		never_seen(question, n, &out);
	if (rc == 0 && format == 0 && found.facts.count == 0 && reach.count > 0)
		unseen_explain(&unseen, question[0], &out);
	int status = rc < 0 ? command_fail(&e) : command_output(NULL, &out, false, &e);
	if (status == EXIT_FINE && found.facts.count == 0)
		status = EXIT_NO;
	vec_free(&found.facts);
	vec_free(&reach);
	unseen_clear(&unseen);
	text_free(&out);
	input_free(&in);
	return status;
}

static const struct option_row options[] = {
	{.key = 'j', .name = "json",
	 .help = "print JSON: an object for each fact, with --reach also whether the code can make the call"},
	{.key = 'f', .name = "folded",
	 .help = "print a line for each stack, for flame graphs"},
	{.key = 'r', .name = "reach", .argument = "REACH",
	 .help = "for a call never seen: tell whether the code can reach it and by which way, from this file of "
		 "pinhole reach -o; may be repeated"},
	{0},
};

const struct command cmd_explain = {
	.name = "explain",
	.usage = "[--json|--folded] [--reach=REACH] PROFILE SYSCALL [ARG=VALUE…]",
	.summary = "Show which code made a call (stacks, programs); exit 1 if none",
	.options = options,
	.page = true,
	.lists = true,
	.run = run,
};

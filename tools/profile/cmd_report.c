/* pinhole report: writes a page or Markdown about profiles. SPDX-License-Identifier: MIT */
#include <string.h>
#include <unistd.h>

#include "policies/report/report.h"
#include "tools/command.h"

struct format {
	const char *name;
	bool page; /* HTML, which is not written to a terminal */
	int (*write)(const struct report_input *in, struct text *out, struct error *e);
};

static const struct format formats[] = {{"html", true, report_html}, {"markdown", false, report_markdown}};

static const struct format *format_by_name(const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}

/* Reports also on a profile from which no policy can be derived. */
static int report(const struct profile *p, const struct unseen *unseen, const struct policy *old, const char *old_name,
		  const struct format *format, struct text *out, struct error *e)
{
	struct text warnings = {0};
	struct error why = {0};
	struct policy *policy = infer(p, &infer_defaults, &warnings, &why);
	struct report_input in = {.profile = p, .policy = policy, .why_none = why.text, .warnings = text_string(&warnings), .old = old, .old_name = old_name,
				  .unseen = unseen};
	int rc = policy == NULL && why.code != ERR_INPUT ? error_set(e, why.code, "%s", why.text) : 0;
	if (rc == 0 && warnings.failed)
		rc = error_memory(e);
	if (format->page) /* the other one is written to terminals, too */
		command_progress("writing the report of %zu facts", profile_fact_count(p));
	if (rc == 0)
		rc = format->write(&in, out, e);
	text_free(&warnings);
	policy_free(policy);
	return rc;
}

static int run(int argc, char **argv)
{
	struct error e = {0};
	struct text out = {0};
	const struct format *format = &formats[0];
	const char *path = NULL, *old_path = NULL;
	struct input old = {0};
	word_list reach = {0};
	struct unseen unseen = {0};
	for (int option; e.code == 0 && (option = command_option(argc, argv)) != -1;)
		if (option == 'o')
			path = optarg;
		else if (option == 'c')
			old_path = optarg;
		else if (option == 'r' && !vec_push(&reach, optarg))
			error_memory(&e);
		else if (option == 'f' && (format = format_by_name(optarg)) == NULL)
			error_set(&e, ERR_INPUT, "--format=%.40s: not a format; give html or markdown", optarg);
	if (e.code == 0)
		command_operands(argc, argv, 1, -1);
	if (e.code == 0 && format->page && (path == NULL || strcmp(path, "-") == 0) && isatty(STDOUT_FILENO))
		error_set(&e, ERR_INPUT,
			  "standard output: will not write HTML to a terminal; give -o FILE, or --format=markdown");
	for (int i = optind; i < argc && e.code == 0; i++)
		command_keeps(path, argv[i], &e);
	for (size_t i = 0; i < reach.count && e.code == 0; i++)
		command_keeps(path, reach.items[i], &e);
	if (e.code == 0 && old_path != NULL && command_keeps(path, old_path, &e) == 0)
		input_policy(old_path, false, NULL, &old, &e);
	struct profile *all = e.code == 0 ? command_profiles(argv + optind, argc - optind, &e) : NULL;
	if (e.code == 0 && reach.count > 0)
		command_reach(&reach, &(struct unseen_of){all, NULL, NULL}, &unseen, &e);
	int rc = e.code == 0 ? report(all, reach.count > 0 ? &unseen : NULL, old.policy, old_path, format, &out, &e) : e.code;
	int status = rc < 0 ? command_fail(&e) : command_output(path, &out, false, &e);
	text_free(&out);
	vec_free(&reach);
	unseen_clear(&unseen);
	input_free(&old);
	profile_free(all);
	return status;
}

static const struct option_row options[] = {
	{.key = 'f', .name = "format", .argument = "FORMAT", .values = "html markdown",
	 .help = "html: one self-contained page (default); markdown: a summary for a pull request"},
	{.key = 'r', .name = "reach", .argument = "REACH",
	 .help = "also list calls that the code can reach but no run made, from this file of pinhole reach -o; may be "
		 "repeated"},
	{.key = 'c', .name = "compare", .argument = "OLD",
	 .help = "also show what changed since this policy, or since the policy of this profile"},
	{.key = 'o', .letter = true, .name = "output", .argument = "OUT",
	 .help = "write to this file (default: standard output, if it is no terminal)"},
	{0},
};

const struct command cmd_report = {
	.name = "report",
	.usage = "[--format=FORMAT] [--reach=REACH] [--compare=OLD] [-o OUT] PROFILE…",
	.summary = "Write an HTML page about profiles, with search",
	.options = options,
	.run = run,
};

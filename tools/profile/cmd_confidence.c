/* pinhole confidence: how far a profile can be trusted. SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/estimate/confidence.h"
#include "policies/estimate/denials.h"
#include "tools/command.h"

struct request {
	bool json, policy, gate;
	const char *by, *cluster;
	struct infer_options infer; /* --policy */
	double chance;		    /* --fail-above */
};

/* Whether policies by these options are about a fact: it is of their phase and program. */
static bool covers(const void *self, const struct profile *p, const struct fact *f)
{
	const struct infer_options *o = self;
	bool made = o->program == NULL;
	for (size_t i = 0; i < f->programs.count && !made; i++)
		made = strcmp(profile_program(p, f->programs.items[i])->path, o->program) == 0;
	return made && phase_listed(o->phase, (enum phase)f->key.phase);
}

static int parse_chance(const char *text, double *chance, struct error *e)
{
	char *end;
	*chance = strtod(text, &end);
	if (end != text && strcmp(end, "%") == 0) {
		*chance /= 100;
		end++;
	}
	if (end == text || *end != '\0' || !(*chance > 0 && *chance < 1))
		return error_set(e, ERR_INPUT, "--fail-above=%.40s: expected a chance between 0 and 1, such as 0.05 or 5%%", text);
	return 0;
}

static int parse_option(int option, struct request *r, struct error *e)
{
	switch (option) {
	case 'j':
		r->json = true;
		return 0;
	case 'b':
		r->by = optarg;
		return 0;
	case 'p':
		r->policy = true;
		return optarg != NULL ? parse_infer_words(optarg, &r->infer, e) : 0;
	case 'c':
		r->cluster = optarg;
		return 0;
	default: /* 'f' */
		r->gate = true;
		return parse_chance(optarg, &r->chance, e);
	}
}

/* --fail-above: says why it fails on standard error. So few runs that not even one more would be that rare tell nothing. */
static int judge(const struct request *r, const struct confidence *c, const struct denials *d)
{
	double chance;
	size_t runs;
	struct interval within;
	bool told = r->policy ? denials_chance(d, &chance, &within, &runs) : confidence_chance(c, &chance, &runs);
	const char *noun = c->clusters.noun, *what = r->policy ? "be denied" : "show something new";
	if (!told) {
		command_say("whether a further %s would %s cannot be estimated yet, so --fail-above fails; record more %ss", noun, what, noun);
		return EXIT_NO;
	}
	if (chance > r->chance) {
		command_say("a further %s would %s with a chance of %.3g, which is above %.3g; record more %ss%s", noun, what,
			    chance, r->chance, noun, r->policy ? ", or allow what is missing" : "");
		return EXIT_NO;
	}
	if ((double)runs * r->chance < 1) {
		command_say("%zu %ss cannot tell a chance as small as %.3g, so --fail-above fails; record %.0f", runs, noun, r->chance,
			    ceil(1 / r->chance));
		return EXIT_NO;
	}
	return EXIT_FINE;
}

static int answer(const struct request *r, const struct profile *all, struct error *e)
{
	struct text out = r->json ? (struct text){0} : command_page();
	struct confidence c = {0};
	struct denials d = {0};
	struct policy_maker maker = {infer_of, covers, &r->infer};
	int status = EXIT_ERROR;
	if (confidence_make_by(all, r->cluster, &c, e) == 0 &&
	    (!r->policy || denials_find_by(all, r->cluster, &maker, &d, e) == 0)) {
		if (r->json)
			confidence_json(&c, r->policy ? &d : NULL, &out);
		else if (r->policy)
			denials_text(all, &d, command_columns(), &out);
		else
			confidence_text(&c, r->by, command_columns(), &out, e);
	}
	status = e->code != 0 ? command_fail(e) : command_output(NULL, &out, false, e);
	if (status == EXIT_FINE && r->gate)
		status = judge(r, &c, &d);
	confidence_clear(&c);
	denials_clear(&d);
	text_free(&out);
	return status;
}

static int run(int argc, char **argv)
{
	struct error e = {0};
	struct request r = {.infer = infer_defaults};
	for (int option; e.code == 0 && (option = command_option(argc, argv)) != -1;)
		parse_option(option, &r, &e);
	if (e.code != 0)
		return command_fail(&e);
	command_operands(argc, argv, 1, -1);
	if (r.json && r.by != NULL)
		error_set(&e, ERR_INPUT, "--json and --by exclude each other: JSON has both views; give one of them");
	if (r.policy && r.by != NULL)
		error_set(&e, ERR_INPUT, "--policy and --by exclude each other: denials are counted by run; give one of them");
	struct profile *all = e.code == 0 ? command_profiles(argv + optind, argc - optind, &e) : NULL;
	int status = all == NULL ? command_fail(&e) : answer(&r, all, &e);
	profile_free(all);
	return status;
}

static const struct option_row options[] = {
	{.key = 'j', .name = "json",
	 .help = "print all figures as JSON, also by system call and program"},
	{.key = 'b', .name = "by", .argument = "VIEW", .values = "syscall program",
	 .help = "list all system calls (syscall) or programs (program), not only those that promise new facts"},
	{.key = 'p', .name = "policy", .argument = "[OPTIONS]",
	 .help = "estimate how probably the learned policy would deny a further run: each run is tried "
	  "under the policy of the others. "
		 "OPTIONS are those of pinhole policy, separated by blanks"},
	{.key = 'c', .name = "cluster", .argument = "WORD",
	 .help = "count the runs whose labels have the same WORD=VALUE (host=a) as one, because runs of "
	  "one host resemble each other: "
		 "the estimate is then for a further host, not for a further run"},
	{.key = 'f', .name = "fail-above", .argument = "CHANCE",
	 .help = "exit 1 if a further run would show new facts (with --policy: be denied) with more than "
	  "this probability (0.05, 5%), "
		 "or if there are too few runs to tell"},
	{0},
};

const struct command cmd_confidence = {
	.name = "confidence",
	.usage = "[--json|--by=VIEW] [--policy[=OPTIONS]] [--cluster=WORD] [--fail-above=CHANCE] PROFILE…",
	.summary = "Estimate how many new facts further runs would show",
	.options = options,
	.page = true,
	.run = run,
};

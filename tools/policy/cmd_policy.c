/* pinhole policy: derives a policy from a profile. SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "policies/policy/call_set.h"
#include "tools/command.h"

/* --base and --with, in the order given. */
struct other {
	const char *path;
	bool add;
};

struct request {
	struct infer_options infer;
	const char *path; /* -o */
	VEC(struct other) others;
	word_list reach, add; /* --reach; --add without "reachable:" */
	const char *softer;   /* --reachable-errno, or NULL */
	struct action answer; /* that it names */
};

static int parse_clone3(const char *text, struct infer_options *o, struct error *e)
{
	o->allow_clone3 = strcmp(text, "allow") == 0;
	return o->allow_clone3 || strcmp(text, "errno") == 0
		       ? 0
		       : error_set(e, ERR_INPUT, "--clone3=%.40s: one of errno, allow", text);
}

static int parse_failed(const char *text, struct infer_options *o, struct error *e)
{
	o->deny_failed = strcmp(text, "errno") == 0;
	return o->deny_failed || strcmp(text, "allow") == 0
		       ? 0
		       : error_set(e, ERR_INPUT, "--failed=%.40s: one of allow, errno", text);
}

static int parse_archs(const char *text, struct infer_options *o, struct error *e)
{
	if (archs_parse(text, &o->archs, e) < 0)
		error_prefix(e, "--arch=");
	return e->code;
}

static int parse_add(const char *text, struct request *r, struct error *e)
{
	static const char from[] = "reachable:";
	if (strncmp(text, from, sizeof(from) - 1) != 0)
		return error_set(e, ERR_INPUT,
				 "--add=%.60s: expected reachable: and calls or groups, as in "
				 "--add=reachable:splice,@network-io",
				 text);
	return vec_push(&r->add, text + sizeof(from) - 1) ? 0 : error_memory(e);
}

static int parse_softer(const char *text, struct request *r, struct error *e)
{
	char action[64] = "log";
	r->softer = text;
	if (strcmp(text, "log") != 0)
		snprintf(action, sizeof(action), "errno:%.50s", text);
	if (action_parse(action, &r->answer, e) < 0)
		error_prefix(e, "--reachable-errno: ");
	return e->code;
}

/* An option that says how a profile becomes a policy: returns 0 or ERR_INPUT; 1 for another option. */
static int parse_infer_option(int option, const char *value, struct infer_options *o, struct error *e)
{
	switch (option) {
	case 'a':
		return parse_args_mode(value, &o->args, e);
	case 'g':
		return parse_generalize(value, &o->generalize, e);
	case 'd':
		return action_parse(value, &o->default_action, e);
	case 'p':
		o->portable = true;
		return 0;
	case 'P':
		o->phase = value;
		return 0;
	case 'R':
		o->program = value;
		return 0;
	case 'x':
		o->unexplored = strcmp(value, "no") == 0;
		return o->unexplored || strcmp(value, "yes") == 0 ? 0 : error_set(e, ERR_INPUT, "--explored=%.40s: one of yes, no", value);
	case 'c':
		return parse_clone3(value, o, e);
	case 'f':
		return parse_failed(value, o, e);
	default:
		return 1;
	}
}

static int parse_option(int option, struct request *r, struct error *e)
{
	int rc = parse_infer_option(option, optarg, &r->infer, e);
	if (rc <= 0)
		return rc;
	switch (option) {
	case 'o':
		r->path = optarg;
		return 0;
	case 't':
		return parse_archs(optarg, &r->infer, e);
	case 'r':
		return vec_push(&r->reach, optarg) ? 0 : error_memory(e);
	case 'A':
		return parse_add(optarg, r, e);
	case 'e':
		return parse_softer(optarg, r, e);
	default: /* 'b', 'w' */
		return vec_push(&r->others, (struct other){optarg, option == 'w'}) ? 0 : error_memory(e);
	}
}

/* Adds, or leaves out, what the other files allow. Those that it is left out for are added to *bases. */
static int apply_others(const struct request *r, struct policy *p, struct unseen_bases *bases, struct error *e)
{
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < r->others.count; i++) {
		const struct other *o = &r->others.items[i];
		struct text why = {0};
		struct policy *other = policy_read(o->path, e);
		text_add(&why, "with %s", o->path);
		if (other == NULL)
			rc = e->code;
		else if (why.failed)
			rc = error_memory(e);
		else
			rc = o->add ? policy_add_all(p, other, text_string(&why), e) : policy_leave_out(p, other, e);
		if (rc == 0 && !o->add && vec_push(&bases->v, other))
			other = NULL;
		else if (rc == 0 && !o->add)
			rc = error_memory(e);
		policy_free(other);
		text_free(&why);
	}
	return rc;
}

/* What the code could do besides: allowed where it was asked for, before other files are looked at; the rest is answered
 * once those have said what they allow. */
static int apply_reach(const struct request *r, struct input *in, struct error *e)
{
	struct unseen unseen = {0};
	struct unseen_of of = {in->profile, r->infer.phase, r->infer.program};
	struct unseen_bases bases = {0};
	if (r->reach.count > 0)
		command_reach(&r->reach, &of, &unseen, e);
	for (size_t i = 0; i < r->add.count && e->code == 0; i++)
		if (unseen_allow(&unseen, &of, r->add.items[i], r->infer.allow_clone3, in->policy, e) < 0)
			error_prefix(e, "--add: ");
	if (e->code == 0 && r->add.count > 0)
		infer_fallbacks(in->policy, r->infer.args, e);
	if (e->code == 0)
		apply_others(r, in->policy, &bases, e);
	if (e->code == 0 && r->softer != NULL && unseen_answer(&unseen, &of, r->answer, &bases, in->policy, e) < 0)
		error_prefix(e, "--reachable-errno: ");
	for (size_t i = 0; i < bases.v.count; i++)
		policy_free(bases.v.items[i]);
	vec_free(&bases.v);
	unseen_clear(&unseen);
	return e->code == 0 ? policy_finish(in->policy, e) : e->code;
}

/* Refuses what can't be meant. */
static int check_request(const struct request *r, const char *profile, struct error *e)
{
	const char *needs = r->softer != NULL ? "--reachable-errno" : "--add";
	if (r->reach.count == 0 && (r->softer != NULL || r->add.count > 0))
		return error_set(e, ERR_INPUT, "%s: needs --reach=REACH, a file of pinhole reach -o", needs);
	if (r->reach.count > 0 && r->softer == NULL && r->add.count == 0)
		return error_set(e, ERR_INPUT, "--reach needs --add or --reachable-errno; give one of them too");
	for (size_t i = 0; i < r->reach.count && e->code == 0; i++)
		command_keeps(r->path, r->reach.items[i], e);
	for (size_t i = 0; i < r->others.count && e->code == 0; i++)
		command_keeps(r->path, r->others.items[i].path, e);
	return e->code != 0 ? e->code : command_keeps(r->path, profile, e);
}

static int derive(const char *profile, const struct request *r, struct error *e)
{
	struct text out = {0};
	struct input in = {0};
	int status = EXIT_ERROR;
	if (check_request(r, profile, e) == 0 && input_policy(profile, false, &r->infer, &in, e) == 0 &&
	    in.profile == NULL)
		error_set(e, ERR_INPUT, "%s: is a policy; name a profile", profile);
	if (e->code == 0 && apply_reach(r, &in, e) == 0 && policy_format(in.policy, &out, e) == 0)
		status = command_output(r->path, &out, false, e);
	else
		command_fail(e);
	text_free(&out);
	input_free(&in);
	return status;
}

static int run(int argc, char **argv)
{
	struct error e = {0};
	struct request request = {.infer = infer_defaults};
	int status = EXIT_ERROR;
	for (int option; e.code == 0 && (option = command_option(argc, argv)) != -1;)
		parse_option(option, &request, &e);
	if (e.code == 0) {
		command_operands(argc, argv, 1, 1);
		status = derive(argv[optind], &request, &e);
	} else {
		command_fail(&e);
	}
	vec_free(&request.others);
	vec_free(&request.reach);
	vec_free(&request.add);
	return status;
}

static const struct option_row options[] = {
	{.key = 'o', .letter = true, .name = "output", .argument = "POLICY",
	 .help = "write to this file (default: standard output)"},
	{.key = 'a', .name = "args", .argument = "MODE", .values = ARGS_VALUES,
	 .help = "how to test arguments: none: not at all; shape: selectors and flags as seen (default); exact: only "
		 "the combinations seen"},
	{.key = 'g', .name = "generalize", .argument = "MODE", .values = GENERALIZE_VALUES,
	 .help = "which unseen calls to allow too: none; chance: calls that differ between two runs of the same scenario; "
		 "capability: also the rest of each capability class that the profile saw in use (default)"},
	{.key = 'd', .name = "default", .argument = "ACTION", .values = DEFAULT_VALUES,
	 .help = "action for calls that no rule allows: kill (default), kill-thread, trap, errno:NAME, log, allow"},
	{.key = 't', .name = "arch", .argument = "NAME[,NAME]", .values = "x86_64 aarch64 i386",
	 .help = "make the policy for these architectures (default: those recorded); facts of x86_64 or "
	  "aarch64 are carried over to the other"},
	{.key = 'p', .name = "portable",
	 .help = "also allow the calls that another libc, libc version or kernel makes instead of those seen"},
	{.key = 'c', .name = "clone3", .argument = "errno|allow",
	 .help = "if clone3 was seen: errno: answer ENOSYS, so that libc falls back to clone (default); allow: allow it "
		 "with any flags"},
	{.key = 'f', .name = "failed", .argument = "allow|errno",
	 .help = "calls that always failed with the same error: allow: allow them (default); errno: answer that "
		 "error"},
	{.key = 'x', .name = "explored", .argument = "yes|no",
	 .help = "facts that were seen only when pinhole explore made something fail: yes: use them "
	  "(default); no: leave them out"},
	{.key = 'P', .name = "phase", .argument = "PHASE", .values = "load main serve",
	 .help = "use only the facts of this phase: load, main, serve (or of several: main,serve)"},
	{.key = 'R', .name = "program", .argument = "PATH",
	 .help = "use only the facts of this program"},
	{.key = 'b', .name = "base", .argument = "POLICY",
	 .help = "leave out the calls that this policy allows; may be repeated"},
	{.key = 'w', .name = "with", .argument = "POLICY",
	 .help = "add the calls that this policy allows; may be repeated"},
	{.key = 'r', .name = "reach", .argument = "REACH",
	 .help = "read the calls that the code can reach from this file of pinhole reach -o; may be repeated"},
	{.key = 'A', .name = "add", .argument = "reachable:NAME|@GROUP[,…]",
	 .help = "allow these calls, which the code can reach but no run made; may be repeated"},
	{.key = 'e', .name = "reachable-errno", .argument = "NAME|log",
	 .help = "answer calls that the code can reach but no run made with this error, or log them"},
	{0},
};

/* The row of an option, by n bytes of its name. */
static const struct option_row *row_of(const char *name, size_t n)
{
	for (const struct option_row *row = options; row->name != NULL; row++)
		if (strlen(row->name) == n && strncmp(row->name, name, n) == 0)
			return row;
	return NULL;
}

int parse_infer_words(char *words, struct infer_options *o, struct error *e)
{
	char *rest;
	for (char *word = strtok_r(words, " \t\n", &rest); word != NULL; word = strtok_r(NULL, " \t\n", &rest)) {
		const char *name = word + (strncmp(word, "--", 2) == 0 ? 2 : 0);
		size_t n = strcspn(name, "=");
		const char *value = name[n] == '=' ? name + n + 1 : NULL;
		const struct option_row *row = row_of(name, n);
		if (row != NULL && (row->argument != NULL) != (value != NULL))
			return error_set(e, ERR_INPUT, "--policy: %.60s: %s", word,
					 value == NULL ? "it needs a value, --OPTION=VALUE" : "it takes no value");
		int rc = row != NULL ? parse_infer_option(row->key, value, o, e) : 1;
		if (rc < 0)
			return error_prefix(e, "--policy: "), rc;
		if (rc > 0)
			return error_set(e, ERR_INPUT,
					 "--policy: %.60s is no option that says how a policy is derived; expected options of pinhole "
					 ""
					 "policy, separated by blanks, as in --policy='--args=exact --portable'",
					 word);
	}
	return 0;
}

const struct command cmd_policy = {
	.name = "policy",
	.usage = "[OPTION…] PROFILE",
	.summary = "Derive a policy from a profile, for review",
	.options = options,
	.run = run,
};

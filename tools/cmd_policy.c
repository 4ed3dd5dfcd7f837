/* pinhole policy: derives a policy from a profile. SPDX-License-Identifier: MIT */
#include <string.h>

#include "../policies/algebra.h"
#include "command.h"

/* --base and --with, in the order given. */
struct other {
	const char *path;
	bool add;
};

struct request {
	struct infer_options infer;
	const char *path; /* -o */
	VEC(struct other) others;
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

static int parse_option(int option, struct request *r, struct error *e)
{
	switch (option) {
	case 'o':
		r->path = optarg;
		return 0;
	case 'a':
		return parse_args_mode(optarg, &r->infer.args, e);
	case 'd':
		return action_parse(optarg, &r->infer.fallback, e);
	case 'p':
		r->infer.portable = true;
		return 0;
	case 'P':
		r->infer.phase = optarg;
		return 0;
	case 'R':
		r->infer.program = optarg;
		return 0;
	case 'c':
		return parse_clone3(optarg, &r->infer, e);
	case 'f':
		return parse_failed(optarg, &r->infer, e);
	default: /* 'b', 'w' */
		return vec_push(&r->others, (struct other){optarg, option == 'w'}) ? 0 : error_memory(e);
	}
}

/* Adds, or leaves out, what the other files allow. */
static int apply_others(const struct request *r, struct policy *p, struct error *e)
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
		policy_free(other);
		text_free(&why);
	}
	return rc;
}

static int derive(const char *profile, const struct request *r, struct error *e)
{
	struct text out = {0};
	struct input in = {0};
	int status = EXIT_ERROR;
	if (command_keeps(r->path, profile, e) == 0 && input_policy(profile, false, &r->infer, &in, e) == 0 &&
	    in.profile == NULL)
		error_set(e, ERR_INPUT, "%s: is a policy already; name a profile", profile);
	if (e->code == 0 && apply_others(r, in.policy, e) == 0 && policy_format(in.policy, &out, e) == 0)
		status = command_output(r->path, &out, false, e);
	else
		command_fail(e);
	text_free(&out);
	input_free(&in);
	return status;
}

static int run(int argc, char **argv)
{
	static const struct option longs[] = {{"output", required_argument, NULL, 'o'},
					      {"args", required_argument, NULL, 'a'},
					      {"default", required_argument, NULL, 'd'},
					      {"portable", no_argument, NULL, 'p'},
					      {"phase", required_argument, NULL, 'P'},
					      {"program", required_argument, NULL, 'R'},
					      {"clone3", required_argument, NULL, 'c'},
					      {"failed", required_argument, NULL, 'f'},
					      {"base", required_argument, NULL, 'b'},
					      {"with", required_argument, NULL, 'w'},
					      {"help", no_argument, NULL, 'h'},
					      {0}};
	struct error e = {0};
	struct request request = {.infer = infer_defaults};
	int status = EXIT_ERROR;
	for (int option; e.code == 0 && (option = command_option(argc, argv, "o:", longs)) != -1;)
		parse_option(option, &request, &e);
	if (e.code == 0) {
		command_operands(argc, argv, 1, 1);
		status = derive(argv[optind], &request, &e);
	} else {
		command_fail(&e);
	}
	vec_free(&request.others);
	return status;
}

const struct command cmd_policy = {
	"policy",
	"[OPTION…] PROFILE",
	"Derive a policy from a profile, for review",
	"  -o, --output=POLICY     where to write (standard output)\n"
	"      --args=MODE         none: names only; shape: selectors and flags as seen (default); exact: only the\n"
	"                          combinations seen\n"
	"      --default=ACTION    for everything else: kill (default), kill-thread, trap, errno:NAME, log, allow\n"
	"      --portable          also what another libc, libc version or kernel calls in place of what was seen\n"
	"      --clone3=errno|allow  where clone3 was seen: ENOSYS, so that libc falls back to clone (default), or allow\n"
	"                          it with whatever is behind its pointer\n"
	"      --failed=allow|errno  calls that only ever failed, with one error: allow them (default), or answer them\n"
	"                          with that error\n"
	"      --phase=PHASE       only from what was seen in that phase: load, main\n"
	"      --program=PATH      only from what that program of the tree did\n"
	"      --base=POLICY       leave out what that policy allows already; may be repeated\n"
	"      --with=POLICY       add what that policy allows; may be repeated\n",
	run,
};

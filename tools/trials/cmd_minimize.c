/* pinhole minimize: finds by trials which calls a program can do without. SPDX-License-Identifier:
 * MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "generator/minimize/minimize.h"
#include "policies/base/clock.h"
#include "policies/json/json.h"
#include "policies/show/show.h"
#include "tools/command.h"
#include "tools/trials/trial_place.h"
#include "tracer/ptrace/signals.h"

enum { CONFIRM = 3 };

/* What the environment of a trial is padded with. Its size shifts a program's memory (Mytkowicz and others, "Producing Wrong Data
 * Without Doing Anything Obviously Wrong!", ASPLOS 2009), and the C library makes other calls for other places: whether realloc
 * calls mremap, for example. A policy that works for one size only would kill the program elsewhere. */
static const size_t paddings[] = {0, 176, 464, 1136, 2352, 4208, 7600, 15504};
enum { PADDINGS = sizeof(paddings) / sizeof(paddings[0]) };

struct request {
	struct infer_options infer;
	struct trial_options trials;
	const char *path; /* of -o */
	bool json, by_group;
};

/* The place where trials run. */
struct bench {
	const struct request *request;
	struct trial_place place;
	struct text policy; /* the policy that is minimized, as JSON */
	struct candidate *candidates;
	size_t n;
	/* no trial of a single candidate begins after the first time, no trial at all after the
	 * second */
	int64_t alone_until, deadline;
};

/* Applies the answers to a policy and writes it. `why`: the reason for its rules, or NULL. Returns
 * 0 or a negative code. */
static int write_policy(const struct bench *b, struct policy *p, const uint16_t *answers, const char *why, const char *path,
			struct error *e)
{
	struct text out = {0};
	int rc = minimize_apply(p, b->candidates, b->n, answers, why, e);
	if (rc == 0)
		rc = policy_format(p, &out, e);
	if (rc == 0)
		rc = file_write(path, out.bytes, out.count, e);
	text_free(&out);
	return rc;
}

/* Writes the policy of one trial. */
static int write_trial(const struct bench *b, const uint16_t *answers, const char *path, struct error *e)
{
	struct policy *p = policy_parse(text_string(&b->policy), b->policy.count, "policy", e);
	int rc = p != NULL ? write_policy(b, p, answers, NULL, path, e) : e->code;
	policy_free(p);
	return rc;
}

/* Starts a trial in a slot; answers NULL: a trial without a filter. `size` is an index of paddings[]. */
static int start(struct bench *b, int slot, const uint16_t *answers, size_t size, struct error *e)
{
	char policy[512];
	snprintf(policy, sizeof(policy), "%s/%d.policy", b->place.folder, slot);
	char *before[] = {b->place.self, "run", policy, "--", NULL};
	b->place.padding = paddings[size];
	int rc = answers != NULL ? write_trial(b, answers, policy, e) : 0;
	return rc < 0 ? rc : trial_place_start(&b->place, slot, answers != NULL ? before : NULL, e);
}

/* Adds the outcome of a trial that has failed to its candidate's evidence. */
static int note(struct bench *b, const struct trial *t, const struct trial_outcome *outcome, struct error *e)
{
	if (t->about < 0)
		return 0;
	struct candidate *c = &b->candidates[t->about];
	struct text text = {0};
	struct action answer = {ACTION_ERRNO, t->answers[t->about]};
	char how[256];
	trial_text(outcome, how, sizeof(how));
	text_add(&text, "%s%s", c->evidence != NULL ? c->evidence : "", c->evidence != NULL ? "; " : "");
	action_text(answer, &text);
	text_add(&text, ": %s", how);
	char *copy = text.failed ? NULL : strdup(text_string(&text));
	text_free(&text);
	if (copy == NULL)
		return error_memory(e);
	free(c->evidence);
	c->evidence = copy;
	return 0;
}

/* Waits for one of the running trials. *under_way counts them; which[slot] is the index of the
 * trial. The first run that fails decides. */
static int collect(struct bench *b, struct trial *trials, const size_t *which, size_t *under_way, struct error *e)
{
	struct trial_outcome outcome;
	int slot = trial_place_wait(&b->place, &outcome, e);
	if (slot < 0)
		return slot;
	struct trial *t = &trials[which[slot]];
	bool first = t->failed == 0;
	(*under_way)--;
	t->ran++;
	t->failed += !trial_passed(&outcome);
	return first && t->failed > 0 ? note(b, t, &outcome, e) : 0;
}

/* Returns whether the next trial may begin. */
static bool in_time(const struct bench *b, const struct trial *t)
{
	return t->must || now_ms() < (t->together ? b->deadline : b->alone_until);
}

/* Trials of one half are alike: those of calls together run once for each padding, the others once. */
static int make_trials(void *context, struct trial *trials, size_t n, struct error *e)
{
	struct bench *b = context;
	size_t which[TRIAL_JOBS], next = 0, under_way = 0, sizes = n > 0 && trials[0].together ? PADDINGS : 1;
	int rc = 0;
	for (;;) {
		while (next < n * sizes && trials[next / sizes].failed > 0)
			next++;
		bool more = next < n * sizes && in_time(b, &trials[next / sizes]);
		int slot = more ? trial_place_free_slot(&b->place) : -1;
		if (rc != 0 || (!more && under_way == 0))
			break;
		if (slot >= 0) {
			rc = start(b, slot, trials[next / sizes].answers, next % sizes, e);
			which[slot] = next++ / sizes;
			under_way += rc == 0;
		} else {
			rc = collect(b, trials, which, &under_way, e);
		}
	}
	for (size_t i = 0; i < n; i++) {
		trials[i].made = trials[i].failed > 0 || trials[i].ran == sizes;
		trials[i].passed = trials[i].failed == 0 && trials[i].ran == sizes;
	}
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\rpinhole: %zu trial%s made", b->place.made, plural_s(b->place.made));
	return rc;
}

/* Runs the test several times, with other paddings, with the same answers; answers NULL: without a filter. Returns how
 * often it passed, or a negative code. *ms becomes the longest time, *outcome that of the last
 * failure. */
static int repeat(struct bench *b, const uint16_t *answers, int times, uint64_t *ms, struct trial_outcome *outcome,
		  struct error *e)
{
	int passed = 0;
	*ms = 0;
	for (int i = 0; i < times; i++) {
		struct trial_outcome one;
		int64_t from = now_ms();
		if (start(b, 0, answers, (size_t)i % PADDINGS, e) < 0 ||
		    trial_place_wait(&b->place, &one, e) < 0)
			return e->code;
		if ((uint64_t)(now_ms() - from) > *ms)
			*ms = (uint64_t)(now_ms() - from);
		if (trial_passed(&one))
			passed++;
		else
			*outcome = one;
	}
	return passed;
}

/* Checks the test: it must pass without a filter and under the unchanged policy. Otherwise trials
 * would prove nothing. */
static int check_test(struct bench *b, const uint16_t *nothing, struct error *e)
{
	struct trial_outcome outcome = {0};
	uint64_t ms, native;
	char how[256];
	b->place.timeout = b->request->trials.timeout != 0 ? b->request->trials.timeout : 600000;
	int passed = repeat(b, NULL, 1, &native, &outcome, e);
	trial_text(&outcome, how, sizeof(how));
	if (passed == 0)
		return error_set(e, ERR_INPUT, "the test fails without any filter: %s; repair the test first", how);
	if (passed > 0)
		passed = repeat(b, nothing, CONFIRM, &ms, &outcome, e);
	trial_text(&outcome, how, sizeof(how));
	if (passed == 0)
		return error_set(e, ERR_INPUT,
				 "the test fails under the unchanged policy: %s; record the test itself, or write {} in the "
				 "test "
				 "before the program that was recorded",
				 how);
	if (passed > 0 && passed < CONFIRM)
		return error_set(e, ERR_INPUT, "the test passes %d of %d times under the unchanged policy (%s): the test is "
				 "unreliable; make it give the same result each time", passed, CONFIRM, how);
	trial_place_set_timeout(&b->place, b->request->trials.timeout, ms);
	return passed < 0 ? passed : 0;
}

/* Confirms that the program works under the result. */
static int confirm(struct bench *b, const uint16_t *answers, struct error *e)
{
	struct trial_outcome outcome = {0};
	uint64_t ms;
	char how[256];
	int passed = repeat(b, answers, CONFIRM, &ms, &outcome, e);
	if (passed < 0 || passed == CONFIRM)
		return passed < 0 ? passed : 0;
	trial_text(&outcome, how, sizeof(how));
	return error_set(e, ERR_INPUT, "the test passes %d of %d times under the minimized policy (%s): the test does not give the same "
			 "result each time; nothing is written", passed, CONFIRM, how);
}

/* Prints the result: to standard error if the policy goes to standard output. */
static int tell(const struct bench *b, size_t removed, int64_t took, struct error *e)
{
	const struct request *r = b->request;
	struct text out = {0};
	if (r->json) {
		text_add(&out, "{\"format\": \"pinhole-minimize\", \"version\": 1, \"test\": ");
		json_add_text(&out, r->trials.test);
		text_add(&out, ", \"trials\": %zu, \"ms\": %lld, \"confirmed\": %d,\n \"calls\": ", b->place.made,
			 (long long)took, CONFIRM);
		minimize_json(b->candidates, b->n, &out);
		text_add(&out, "}\n");
	} else {
		minimize_text(b->candidates, b->n, &out);
		text_add(&out, "%zu call%s, %zu of them not needed by this test; %zu trial%s in %.1f s\n", b->n,
			 plural_s(b->n), removed, b->place.made, plural_s(b->place.made), (double)took / 1e3);
	}
	int rc = out.failed ? error_memory(e) : 0;
	if (rc == 0 && r->path != NULL && strcmp(r->path, "-") == 0)
		fputs(text_string(&out), stderr);
	else if (rc == 0)
		rc = file_write("-", out.bytes, out.count, e);
	text_free(&out);
	return rc;
}

/* Writes the minimized policy; its rules name the test as the reason. */
static int write_result(const struct bench *b, struct policy *p, const uint16_t *answers, struct error *e)
{
	struct text why = {0};
	text_add(&why, "minimize: the test passes with this answer:  ");
	text_add_safe(&why, b->request->trials.test); /* a policy must be UTF-8 */
	int rc = why.failed ? error_memory(e)
			    : write_policy(b, p, answers, text_string(&why), b->request->path, e);
	text_free(&why);
	return rc;
}

/* Sets the deadlines. A quarter of the time is kept for trials of several candidates together. */
static void set_deadlines(struct bench *b)
{
	int64_t within = (int64_t)b->request->trials.within, now = now_ms();
	b->alone_until = within != 0 ? now + within - within / 4 : INT64_MAX;
	b->deadline = within != 0 ? now + within : INT64_MAX;
}

/* Finds the calls that are not needed, and writes and prints the result. The bench must be set
 * up. */
static int find(struct bench *b, struct policy *p, struct error *e)
{
	static const uint16_t errnos[] = {ENOSYS, EPERM, 0};
	const struct minimize_options options = {errnos, b->request->by_group, make_trials, b};
	int64_t from = now_ms();
	uint16_t *answers = calloc(b->n + 1, sizeof(*answers));
	size_t removed = 0;
	if (answers == NULL)
		return error_memory(e);
	int rc = check_test(b, answers, e);
	set_deadlines(b);
	if (rc == 0)
		rc = minimize(b->candidates, b->n, &options, e);
	for (size_t i = 0; i < b->n; i++)
		if (b->candidates[i].verdict == VERDICT_STUBBABLE) {
			answers[i] = b->candidates[i].answer;
			removed++;
		}
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K");
	if (rc == 0 && removed > 0)
		rc = confirm(b, answers, e);
	bool found = rc == 0;
	if (found && b->request->path != NULL)
		rc = write_result(b, p, answers, e);
	/* print the result even if the policy could not be written */
	if (found && tell(b, removed, now_ms() - from, e) < 0)
		rc = e->code;
	free(answers);
	return rc;
}

static int with_bench(const struct request *r, struct policy *p, struct error *e)
{
	struct bench b = {.request = r, .place = {.test = r->trials.test, .jobs = r->trials.jobs}, .alone_until = INT64_MAX, .deadline = INT64_MAX};
	int rc = trial_place_make(&b.place, "minimize", e);
	if (rc < 0)
		return rc;
	b.candidates = minimize_candidates(p, &b.n);
	if (b.candidates == NULL)
		rc = error_memory(e);
	if (rc == 0)
		rc = policy_format(p, &b.policy, e);
	if (rc == 0)
		rc = find(&b, p, e);
	trial_place_remove(&b.place);
	minimize_free(b.candidates, b.n);
	text_free(&b.policy);
	return rc;
}

static int parse_option(int option, struct request *r, struct error *e)
{
	int rc = trial_option(option, optarg, &r->trials, e);
	if (rc <= 0)
		return rc;
	switch (option) {
	case 'o':
		r->path = optarg;
		return 0;
	case 'b':
		r->by_group = strcmp(optarg, "group") == 0;
		return r->by_group || strcmp(optarg, "syscall") == 0
			       ? 0
			       : error_set(e, ERR_INPUT, "--by=%.40s: not a view; give syscall or group", optarg);
	case 'a':
		return parse_args_mode(optarg, &r->infer.args, e);
	case 'd':
		return action_parse(optarg, &r->infer.default_action, e);
	default:
		r->json = true;
		return 0;
	}
}

static int run(int argc, char **argv)
{
	struct error e = {0};
	struct input in = {0};
	struct request r = {.infer = infer_defaults, .trials.jobs = 1};
	r.infer.generalize = GENERALIZE_NONE; /* what is added is there for the runs that no test makes */
	for (int option; e.code == 0 && (option = command_option(argc, argv)) != -1;)
		parse_option(option, &r, &e);
	if (e.code == 0) {
		command_operands(argc, argv, 1, 1);
		if (trial_check_test(r.trials.test, &e) == 0 && command_keeps(r.path, argv[optind], &e) == 0 &&
			 (r.path == NULL || file_writable(r.path, &e) == 0) &&
			 input_policy(argv[optind], false, &r.infer, &in, &e) == 0)
			with_bench(&r, in.policy, &e);
	}
	input_free(&in);
	if (e.code != 0 && trial_interrupted == 0)
		return command_fail(&e);
	return trial_interrupted != 0 ? end_as(trial_interrupted) : EXIT_FINE;
}

static const struct option_row options[] = {
	{.key = 't', .name = "test", .argument = "COMMAND",
	 .help = "a command; status 0 means that the program works. Write {} before the program to put "
	  "under the filter; without {}, all of COMMAND runs under it"},
	{.key = 'o', .letter = true, .name = "output", .argument = "POLICY",
	 .help = "write the minimized policy to this file"},
	{.key = 'j', .letter = true, .name = "jobs", .argument = "N",
	 .help = "run this many trials at once (default: 1); PINHOLE_TRIAL holds the number of each"},
	{.key = 'b', .name = "by", .argument = "syscall|group",
	 .help = "how to try calls: syscall: each by itself (default); group: first all calls of a group at once"},
	{.key = 'T', .name = "timeout", .argument = "DURATION",
	 .help = "kill a run of the test after this time (default: ten times its usual time, at least 5s)"},
	{.key = 'w', .name = "within", .argument = "DURATION",
	 .help = "after this time, start only the trials that confirm the result"},
	{.key = 'a', .name = "args", .argument = "MODE", .values = ARGS_VALUES,
	 .help = "for a profile: how the derived policy tests arguments: none, shape (default), exact"},
	{.key = 'd', .name = "default", .argument = "ACTION", .values = DEFAULT_VALUES,
	 .help = "action for calls that no rule allows: kill (default), kill-thread, trap, errno:NAME, log, allow"},
	{.key = 'J', .name = "json",
	 .help = "for programs"},
	{0},
};

const struct command cmd_minimize = {
	.name = "minimize",
	.usage = "--test=COMMAND [OPTION…] PROFILE|POLICY",
	.summary = "Find by trials which calls a program can do without",
	.options = options,
	.run = run,
};

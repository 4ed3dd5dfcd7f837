/* pinhole explore: makes one thing after the other go wrong, and records what a program does then.
 * SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "generator/explore/explore.h"
#include "policies/base/clock.h"
#include "policies/base/escape.h"
#include "policies/base/lock.h"
#include "policies/json/json.h"
#include "tools/command.h"
#include "tools/record/injection.h"
#include "tools/trials/trial_place.h"

/* After so many trials in a row that showed nothing, the next one shows something with a chance below 3 % (95 % confidence: the
 * rule of three, 3/n). */
enum { FRUITLESS = 100 };

struct request {
	const char *profile;
	struct trial_options trials;
	struct text command; /* the test, where it was given as words */
	bool json, all;
	word_list reach; /* the files of --reach */
};

/* Something that a trial has shown. */
struct finding {
	const char *label; /* the trial's; the plan owns it */
	size_t facts;
};

struct exploration {
	const struct request *request;
	struct trial_place place;
	explore_plan plan;
	struct text known; /* the profile so far, as JSON */
	size_t facts, before; /* in it now, and at first */
	struct unseen code;   /* what the code can reach: of --reach */
	size_t reached[2];    /* how many of its calls were seen at first, and in the end */
	VEC(struct finding) findings;
	size_t which[TRIAL_JOBS]; /* the trial in each slot */
	size_t next, fruitless, hung;
	int64_t deadline;
};

static void slot_profile(const struct exploration *x, int slot, char *path, size_t size)
{
	snprintf(path, size, "%s/%d.json", x->place.folder, slot);
}

/* Starts a trial; trial NULL: the test as it is. Either is recorded into a copy of what is known. */
static int start(struct exploration *x, int slot, const struct explore_trial *trial, struct error *e)
{
	char path[512];
	struct text fault = {0}, label = {0};
	slot_profile(x, slot, path, sizeof(path));
	text_add(&fault, "--inject=%s", trial != NULL ? trial->fault : "");
	text_add(&label, "--label=%s", trial != NULL ? trial->label : "explore: the test as it is");
	int rc = fault.failed || label.failed ? error_memory(e) : file_write(path, x->known.bytes, x->known.count, e);
	char *before[] = {x->place.self, "record", "-q", "-o", path, (char *)text_string(&label), (char *)text_string(&fault), "--", NULL};
	if (trial == NULL) {
		before[6] = before[7];
		before[7] = NULL;
	}
	if (rc == 0)
		rc = trial_place_start(&x->place, slot, before, e);
	text_free(&fault);
	text_free(&label);
	return rc;
}

/* How many facts of a trial's profile are not known. Negative: an error. */
static int64_t count_news(const struct exploration *x, const char *path, struct error *e)
{
	struct profile *known = profile_parse(text_string(&x->known), x->known.count, "the profile", e);
	struct profile *trial = known != NULL ? profile_read(path, e) : NULL;
	int64_t news = e->code;
	if (trial != NULL && profile_merge(known, trial, e) == 0)
		news = (int64_t)profile_fact_count(known) - (int64_t)x->facts;
	else
		news = e->code;
	profile_free(known);
	profile_free(trial);
	return news;
}

/* Adds a trial's profile to the user's, at once: nothing of it is lost, whatever happens later. */
static int keep(struct exploration *x, const char *path, struct error *e)
{
	const struct patience patience = {LOCK_WAIT_MS, command_waits, NULL};
	struct profile *trial = profile_read(path, e), *merged = NULL;
	int rc = trial == NULL ? e->code : profile_extend_file(x->request->profile, trial, &patience, &merged, e);
	x->known.count = 0;
	if (rc == 0)
		rc = profile_format(merged, &x->known, e);
	if (rc == 0)
		x->facts = profile_fact_count(merged);
	profile_free(trial);
	profile_free(merged);
	return rc;
}

/* Takes what a trial has shown. A trial that was killed has saved most of it. */
static int take(struct exploration *x, int slot, const char *label, struct error *e)
{
	char path[512];
	struct error unreadable = {0};
	slot_profile(x, slot, path, sizeof(path));
	int64_t news = count_news(x, path, &unreadable);
	if (news < 0 && unreadable.code == ERR_MEMORY) {
		*e = unreadable;
		return e->code;
	}
	x->fruitless = news > 0 ? 0 : x->fruitless + 1;
	if (news <= 0) /* below 0: the program has damaged the file of its own trial */
		return 0;
	if (!vec_push(&x->findings, (struct finding){label, (size_t)news}))
		return error_memory(e);
	return keep(x, path, e);
}

/* Runs the test as it is: it must pass, and shows how long a trial may take. */
static int check_test(struct exploration *x, struct error *e)
{
	struct trial_outcome outcome;
	char how[256];
	int64_t from = now_ms();
	x->place.timeout = x->request->trials.timeout != 0 ? x->request->trials.timeout : 600000;
	int rc = start(x, 0, NULL, e);
	if (rc == 0)
		rc = trial_place_wait(&x->place, &outcome, e);
	if (rc < 0)
		return rc;
	trial_text(&outcome, how, sizeof(how));
	if (!trial_passed(&outcome))
		return error_set(e, ERR_INPUT, "the test fails though nothing goes wrong: %s; repair the test first", how);
	trial_place_set_timeout(&x->place, x->request->trials.timeout, (uint64_t)(now_ms() - from));
	rc = take(x, 0, NULL, e);
	x->before = x->facts;
	x->findings.count = 0;
	x->fruitless = 0;
	return rc;
}

static void show_progress(const struct exploration *x)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[Kpinhole: %zu of %zu trials, %zu new fact%s, the last %zu trials ago ", x->place.made - 1, x->plan.count,
			x->facts - x->before, plural_s(x->facts - x->before), x->fruitless);
}

static bool goes_on(const struct exploration *x)
{
	return x->next < x->plan.count && now_ms() < x->deadline && (x->request->all || x->fruitless < FRUITLESS);
}

static int make_trials(struct exploration *x, struct error *e)
{
	size_t under_way = 0;
	int rc = 0;
	while (rc == 0 && (under_way > 0 || goes_on(x))) {
		struct trial_outcome outcome;
		int slot = trial_place_free_slot(&x->place);
		if (slot >= 0 && goes_on(x)) {
			x->which[slot] = x->next;
			rc = start(x, slot, &x->plan.items[x->next++], e);
			under_way += rc == 0;
			continue;
		}
		rc = slot = trial_place_wait(&x->place, &outcome, e);
		if (slot < 0)
			break;
		under_way--;
		x->hung += outcome.timed_out;
		rc = take(x, slot, x->plan.items[x->which[slot]].label, e);
		show_progress(x);
	}
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K");
	return rc;
}

/* How many of the calls that the code can reach a profile has seen. */
static size_t count_reached(const struct exploration *x, const struct profile *p)
{
	const struct unseen_of of = {.profile = p};
	size_t seen = 0;
	for (size_t i = 0; i < x->code.calls.count; i++)
		seen += unseen_seen(&x->code, &of, x->code.calls.items[i].nr);
	return seen;
}

/* Says how much of what the code can reach was seen before and after, and what remains, by way and danger. */
static int add_reach(struct exploration *x, struct text *out, struct error *e)
{
	struct profile *after = profile_parse(text_string(&x->known), x->known.count, "the profile", e);
	const struct unseen_of of = {.profile = after};
	int rc = after != NULL ? 0 : e->code;
	if (rc == 0)
		x->reached[1] = count_reached(x, after);
	if (rc == 0 && x->request->json)
		text_add(out, ",\n \"reach\": {\"calls\": %zu, \"seen\": [%zu, %zu], \"kinds\": ", x->code.calls.count, x->reached[0],
			 x->reached[1]);
	else if (rc == 0)
		text_add(out, "\nof %zu calls that the code can reach, %zu were seen before, %zu after\n", x->code.calls.count, x->reached[0],
			 x->reached[1]);
	if (rc == 0)
		rc = (x->request->json ? unseen_json : unseen_show)(&x->code, &of, out, e);
	if (rc == 0 && x->request->json)
		text_add(out, "}");
	profile_free(after);
	return rc;
}

static void add_json(const struct exploration *x, int64_t took, struct text *out)
{
	text_add(out, "{\"format\": \"pinhole-explore\", \"version\": 1, \"test\": ");
	json_add_text(out, x->request->trials.test);
	text_add(out, ", \"planned\": %zu, \"trials\": %zu, \"hung\": %zu, \"ms\": %" PRId64 ", \"facts\": [%zu, %zu],\n \"findings\": [",
		 x->plan.count, x->place.made - 1, x->hung, took, x->before, x->facts);
	for (size_t i = 0; i < x->findings.count; i++) {
		text_add(out, "%s\n  {\"trial\": ", i > 0 ? "," : "");
		json_add_text(out, x->findings.items[i].label);
		text_add(out, ", \"facts\": %zu}", x->findings.items[i].facts);
	}
	text_add(out, "]");
}

static void add_words(const struct exploration *x, int64_t took, struct text *out)
{
	for (size_t i = 0; i < x->findings.count; i++) {
		const struct finding *f = &x->findings.items[i];
		text_add(out, "%6zu new fact%s  ", f->facts, f->facts == 1 ? " " : "s");
		text_add_safe(out, f->label);
		text_add(out, "\n");
	}
	text_add(out, "%zu facts before, %zu after %zu of %zu trials in %.1f s", x->before, x->facts, x->place.made - 1, x->plan.count,
		 (double)took / 1e3);
	if (x->hung > 0)
		text_add(out, "; %zu trial%s took too long and %s ended", x->hung, plural_s(x->hung), x->hung == 1 ? "was" : "were");
	if (x->fruitless >= FRUITLESS && x->next < x->plan.count)
		text_add(out, "; the last %zu showed nothing", x->fruitless);
	text_add(out, "\n");
}

static int tell(struct exploration *x, int64_t took, struct error *e)
{
	struct text out = {0};
	if (x->request->json)
		add_json(x, took, &out);
	else
		add_words(x, took, &out);
	int rc = x->code.files.count > 0 ? add_reach(x, &out, e) : 0;
	if (x->request->json)
		text_add(&out, "}\n");
	if (rc == 0)
		rc = out.failed ? error_memory(e) : file_write("-", out.bytes, out.count, e);
	text_free(&out);
	return rc;
}

/* Checks that record will understand every fault: otherwise its trial would silently show nothing. */
static int check_plan(const struct exploration *x, struct error *e)
{
	for (size_t i = 0; i < x->plan.count; i++) {
		struct injection injection;
		if (injection_parse(x->plan.items[i].fault, &injection, e) < 0) {
			error_prefix(e, "internal error; please report it: ");
			return e->code = ERR_INTERNAL;
		}
	}
	return 0;
}

static int explore(const struct request *r, struct profile *p, struct error *e)
{
	struct exploration x = {.request = r, .place = {.test = r->trials.test, .jobs = r->trials.jobs}, .facts = profile_fact_count(p), .deadline = INT64_MAX};
	int64_t from = now_ms();
	const struct unseen_of of = {.profile = p};
	int rc = r->reach.count > 0 ? command_reach(&r->reach, &of, &x.code, e) : 0;
	if (rc == 0)
		rc = trial_place_make(&x.place, "explore", e);
	if (rc < 0) {
		unseen_clear(&x.code);
		return rc;
	}
	rc = profile_format(p, &x.known, e);
	if (rc == 0)
		rc = check_test(&x, e);
	if (r->trials.within != 0)
		x.deadline = now_ms() + (int64_t)r->trials.within;
	struct profile *now = rc == 0 ? profile_parse(text_string(&x.known), x.known.count, r->profile, e) : NULL;
	if (rc == 0)
		rc = now != NULL ? explore_make_plan(now, injection_surroundings, injection_surrounding_count, &x.plan, e) : e->code;
	if (now != NULL)
		x.reached[0] = count_reached(&x, now);
	if (rc == 0)
		rc = check_plan(&x, e);
	if (rc == 0)
		rc = make_trials(&x, e);
	if (rc == 0)
		rc = tell(&x, now_ms() - from, e);
	profile_free(now);
	trial_place_remove(&x.place);
	explore_clear(&x.plan);
	vec_free(&x.findings);
	text_free(&x.known);
	unseen_clear(&x.code);
	return rc;
}

static int parse_option(int option, struct request *r, struct error *e)
{
	int rc = trial_option(option, optarg, &r->trials, e);
	if (rc > 0 && option == 'r')
		return vec_push(&r->reach, optarg) ? 0 : error_memory(e);
	if (rc > 0 && option == 'a')
		r->all = true;
	else if (rc > 0)
		r->json = true;
	return rc < 0 ? rc : 0;
}

/* Takes the test from --test, or from the words after the profile. */
static int take_test(struct request *r, char **words, struct error *e)
{
	if (words[0] != NULL && r->trials.test != NULL)
		return error_set(e, ERR_INPUT, "%.60s: --test is given, too; give the test once", words[0]);
	for (size_t i = 0; words[i] != NULL; i++) {
		text_add(&r->command, "%s", i > 0 ? " " : "");
		text_add_quoted(&r->command, words[i]);
	}
	if (r->command.failed)
		return error_memory(e);
	if (r->trials.test == NULL)
		r->trials.test = text_string(&r->command);
	return trial_check_test(r->trials.test, e);
}

static int run(int argc, char **argv)
{
	struct error e = {0};
	struct input in = {0};
	struct request r = {.trials.jobs = 1};
	for (int option; e.code == 0 && (option = command_option(argc, argv)) != -1;)
		parse_option(option, &r, &e);
	if (e.code == 0) {
		command_operands(argc, argv, 1, -1);
		r.profile = argv[optind];
		if (take_test(&r, argv + optind + 1, &e) == 0 && file_is_stream(r.profile))
			error_set(&e, ERR_INPUT, "%s: a stream cannot be extended; name a profile's file", r.profile);
		if (e.code == 0 && file_writable(r.profile, &e) == 0 && input_profile(r.profile, "explored", &in, &e) == 0)
			explore(&r, in.profile, &e);
	}
	input_free(&in);
	vec_free(&r.reach);
	text_free(&r.command);
	if (e.code != 0 && trial_interrupted == 0)
		return command_fail(&e);
	return trial_interrupted != 0 ? end_as(trial_interrupted) : EXIT_FINE;
}

static const struct option_row options[] = {
	{.key = 't', .name = "test", .argument = "COMMAND",
	 .help = "a command; status 0 means that the program works. Write {} before the program to record; "
	  "without {}, all of COMMAND is recorded"},
	{.key = 'j', .letter = true, .name = "jobs", .argument = "N",
	 .help = "run this many trials at once (default: 1); PINHOLE_TRIAL holds the number of each"},
	{.key = 'T', .name = "timeout", .argument = "DURATION",
	 .help = "end a trial after this time (default: ten times that of the test, at least 5s)"},
	{.key = 'w', .name = "within", .argument = "DURATION",
	 .help = "start no trial after this time"},
	{.key = 'a', .name = "all",
	 .help = "make all trials (default: stop after 100 in a row that showed nothing new)"},
	{.key = 'r', .name = "reach", .argument = "REACH",
	 .help = "also say how much of what the code can reach, by this file of pinhole reach -o, was seen "
	  "before and after, and "
		 "what remains; may be repeated"},
	{.key = 'J', .name = "json",
	 .help = "for programs"},
	{0},
};

const struct command cmd_explore = {
	.name = "explore",
	.usage = "[OPTION…] PROFILE --test=COMMAND | -- COMMAND [ARG…]",
	.summary = "Make things go wrong, and record what a program does then",
	.options = options,
	.run = run,
};

/* pinhole record: runs a command and adds the calls that it made to a profile.
 * SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "policies/base/clock.h"
#include "policies/profile/stacks.h"
#include "policies/show/show.h"
#include "tools/command.h"
#include "tools/record/autosave.h"
#include "tools/record/injection.h"
#include "tracer/tracer.h"

/* Default of --quiet-after. Stops are costliest at first. But a filter that is installed too early
 * knows too few calls: each unknown one then stops until the process ends. */
enum { QUIET_AFTER = 1000, FRAMES = 32 };

/* Prepares for writing the profile. The tracer left blocked the signals that it passes on; this
 * blocks the others, as a signal must not lose the run now. A FIFO is the exception: opening it may
 * block for ever, and a person must be able to end that. SIGPIPE says that the reader is gone. */
static void before_writing(const char *path)
{
	struct stat st;
	sigset_t set;
	signal(SIGXFSZ, SIG_IGN); /* so that write(2) fails with EFBIG where ulimit -f is exceeded */
	sigfillset(&set);
	sigdelset(&set, SIGPIPE);
	sigprocmask(stat(path, &st) == 0 && S_ISFIFO(st.st_mode) ? SIG_UNBLOCK : SIG_BLOCK, &set, NULL);
}

/* Compiles the filter of mode quiet, for the tracer. If the known calls exceed the filter limit,
 * leaves out the calls with the most facts: they stop each time. */
static int compile_watch(const struct fact *const *facts, size_t n, pid_t spared, struct watch_filter *out,
			 struct error *e)
{
	static const struct compile_options fast = {.speed = true};
	static const size_t limits[] = {SIZE_MAX, 64, 16, 4};
	struct filter filter = {0};
	int rc = ERR_LIMIT;
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]) && rc == ERR_LIMIT; i++) {
		*e = (struct error){0};
		struct policy *p = infer_watch(facts, n, limits[i], spared, e);
		rc = p == NULL ? e->code : filter_compile(p, &fast, &filter, e);
		policy_free(p);
	}
	if (rc < 0)
		return rc;
	out->code = filter.code.items;
	out->length = filter.code.count;
	return 0;
}

/* Prints notes on the run that the profile does not hold. */
static void tell(const struct record_result *result)
{
	if (result->refused > 0)
		fprintf(stderr, "pinhole: %u process%s got no filter (%s) and stopped at every call\n",
			result->refused, result->refused == 1 ? "" : "es",
			result->refusal != 0 ? strerror(result->refusal) : "the known calls exceed the filter limit");
	if (result->strange_calls > 0)
		fprintf(stderr, "pinhole: %" PRIu64 " call%s of an architecture that pinhole does not know (32-bit ARM) %s not recorded; a filter denies such calls\n",
			result->strange_calls, plural_s(result->strange_calls), result->strange_calls == 1 ? "is" : "are");
	if (result->other_calls > 0)
		fprintf(stderr, "pinhole: %u 32-bit program%s stopped at every call; the next run has a filter for them\n",
			result->other_calls, result->other_calls == 1 ? "" : "s");
}

/* Prints a progress line, which the next one overwrites. */
static void show_progress(const struct record_progress *p)
{
	fprintf(stderr, "\r\033[Kpinhole: %" PRIu64 " stop%s, %zu fact%s, the newest %" PRId64 " s ago, %u process%s ", p->stops,
		plural_s(p->stops), p->facts, plural_s(p->facts), p->since_new / 1000, p->processes, p->processes == 1 ? "" : "es");
}

/* Says how many facts of the file are new. */
static void summarise(const char *path, size_t before, const struct profile *merged, const struct record_result *result,
		      double seconds)
{
	size_t facts = profile_fact_count(merged);
	command_say("%s: %zu fact%s, %zu of them new; %u process%s, %" PRIu64 " stop%s in %.1f s",
		    strcmp(path, "-") == 0 ? "standard output" : path, facts, plural_s(facts), facts > before ? facts - before : 0,
		    result->processes, result->processes == 1 ? "" : "es", result->stops, plural_s(result->stops), seconds);
}

/* Says what the run taught, and what to do next. */
static void advise(const char *path, const struct profile *old, const struct profile *merged)
{
	struct text words = {0};
	learned_words(old, merged, &words);
	if (!words.failed)
		command_say("%s", text_string(&words));
	words.count = 0;
	if (strcmp(path, "-") != 0)
		next_words(merged, path, &words);
	if (words.count > 0 && !words.failed)
		command_say("%s", text_string(&words));
	text_free(&words);
}

/* A recording: of a command, or of running processes. */
struct recording {
	const char *path;
	struct record_options options;
	bool fresh, silent, mode_given, quiet_given, no_stacks;
	const char *timeout;
	struct injection injection;
	bool injects;
	VEC(pid_t) pids;
	char **command;
};

/* Reads the profile that is to be extended, before the run: a profile that cannot be extended would
 * be noticed too late after it. *old is NULL if there is no file. */
static int read_old(const char *path, struct profile **old, struct error *e)
{
	char *bytes = NULL;
	size_t n;
	int rc = file_is_stream(path) ? 1 : file_read(path, PROFILE_SIZE_LIMIT, &bytes, &n, e);
	*old = rc == 0 ? profile_parse(bytes, n, path, e) : NULL;
	free(bytes);
	return e->code != 0 ? e->code : file_writable(path, e);
}

static int watch(struct recording *r, struct profile *p, struct record_result *result, struct error *e)
{
	bool terminal = isatty(STDERR_FILENO), shared = r->pids.count == 0 && isatty(STDOUT_FILENO);
	r->options.progress = terminal && !shared && !r->silent ? show_progress : NULL;
	int rc = r->pids.count > 0
		     ? tracer_attach(&r->options, r->pids.items, r->pids.count, p, result, e)
		 : r->options.mode == RECORD_LISTEN
		     ? tracer_listen(&r->options, r->command, p, result, e)
		     : tracer_record(&r->options, r->command, p, result, e);
	if (r->options.progress != NULL)
		fprintf(stderr, "\r\033[K");
	return rc;
}

/* Takes the call at which phase serve begins from the profile: it is the same for all runs of a
 * profile. */
static int take_phase(struct recording *r, const struct profile *old, struct error *e)
{
	if (old == NULL || profile_run_count(old) == 0)
		return 0;
	const char *was = profile_phase_at(old);
	if (was != NULL && r->options.mode == RECORD_LISTEN)
		return error_set(e, ERR_INPUT,
				 "%s: its phase serve begins at %s, but mode listen has one phase only; record into another file, or in "
				 "another mode",
				 r->path, was);
	if (r->options.phase_at == NULL && r->pids.count == 0)
		r->options.phase_at = was;
	if (strcmp(was != NULL ? was : "", r->options.phase_at != NULL ? r->options.phase_at : "") == 0)
		return 0;
	if (was == NULL)
		return error_set(e, ERR_INPUT,
				 "%s: its runs were recorded without phase serve; leave out --phase-at, or record into another file", r->path);
	if (r->options.phase_at == NULL)
		return error_set(e, ERR_INPUT,
				 "%s: its phase serve begins at %s, and pinhole cannot know whether running processes are past that call; "
				 "record into another file",
				 r->path, was);
	return error_set(e, ERR_INPUT, "%s: its phase serve begins at %s; leave out --phase-at, or record into another file",
			 r->path, was);
}

static int record(struct recording *r, struct error *e)
{
	struct record_result result = {0};
	struct saver saver = {.path = r->path};
	struct profile *old = NULL, *p = NULL, *merged = NULL;
	double began = (double)now_ns() / 1e9;
	int rc = read_old(r->path, &old, e);
	if (rc == 0)
		rc = take_phase(r, old, e);
	if (rc < 0)
		goto out;
	if (!tracer_sees_programs())
		fprintf(stderr, "pinhole: /proc is missing, or belongs to another PID namespace: programs and the phase load are "
				"not recorded; mount /proc first (unshare --mount-proc)\n");
	r->options.known = r->fresh ? NULL : old;
	if (!file_is_stream(r->path)) {
		r->options.watcher = saver_watch;
		r->options.context = &saver;
	}
	p = profile_new();
	rc = p == NULL ? error_memory(e) : watch(r, p, &result, e);
	if (rc == 0) {
		tell(&result);
		before_writing(r->path);
		rc = saver_finish(&saver, p, &merged, e);
	} else {
		saver_stop(&saver);
	}
	if (rc == 0 && !r->silent) {
		summarise(r->path, old != NULL ? profile_fact_count(old) : 0, merged, &result, (double)now_ns() / 1e9 - began);
		advise(r->path, old, merged);
	}
out:
	profile_free(old);
	profile_free(p);
	profile_free(merged);
	return e->code != 0 ? command_fail(e) : r->pids.count > 0 ? EXIT_FINE : end_as(result.status);
}

static int parse_mode(const char *text, enum record_mode *mode, struct error *e)
{
	static const struct {
		const char *name;
		enum record_mode mode;
	} modes[] = {{"quiet", RECORD_QUIET}, {"exact", RECORD_EXACT}, {"plain", RECORD_PLAIN}, {"listen", RECORD_LISTEN}};
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(text, modes[i].name) == 0) {
			*mode = modes[i].mode;
			return 0;
		}
	return error_set(e, ERR_INPUT, "--mode=%.40s: not a mode; give quiet, exact, plain or listen", text);
}

static int parse_calls(const char *text, uint64_t *calls, struct error *e)
{
	char *end;
	errno = 0;
	*calls = strtoull(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || text[0] < '0' || text[0] > '9')
		return error_set(e, ERR_INPUT, "--quiet-after=%.40s: not a number of calls; give one like 1000", text);
	return 0;
}

static int parse_frames(const char *text, unsigned *frames, struct error *e)
{
	char *end = NULL;
	long n = text[0] >= '0' && text[0] <= '9' ? strtol(text, &end, 10) : 0;
	if (n < 1 || n > STACK_FRAMES || *end != '\0')
		return error_set(e, ERR_INPUT, "--frames=%.40s: not a number of frames; give 1 to %d", text, STACK_FRAMES);
	*frames = (unsigned)n;
	return 0;
}

static int parse_stacks(const char *text, bool *none, struct error *e)
{
	*none = strcmp(text, "none") == 0;
	return *none || strcmp(text, "new") == 0 ? 0 : error_set(e, ERR_INPUT, "--stacks=%.40s: not a value; give new or none", text);
}

static int parse_pids(const char *text, struct recording *r, struct error *e)
{
	for (const char *at = text;; at++) {
		char *end = NULL;
		errno = 0;
		long pid = *at >= '0' && *at <= '9' ? strtol(at, &end, 10) : 0;
		if (end == NULL || errno != 0 || pid < 1 || pid > INT32_MAX || (*end != '\0' && *end != ','))
			return error_set(e, ERR_INPUT, "-p %.40s: not process ids; write one like 1234, several like 1234,1240",
					 text);
		if (!vec_push(&r->pids, (pid_t)pid))
			return error_memory(e);
		if (*end == '\0')
			return 0;
		at = end;
	}
}

static int parse_option(int option, struct recording *r, struct error *e)
{
	switch (option) {
	case 'o':
		r->path = optarg;
		return 0;
	case 'p':
		return parse_pids(optarg, r, e);
	case 'q':
		r->silent = true;
		return 0;
	case 'l':
		r->options.label = optarg;
		return 0;
	case 'f':
		r->fresh = true;
		return 0;
	case 'P':
		return parse_call("phase-at", r->options.phase_at = optarg, e);
	case 'a':
		r->quiet_given = true;
		return parse_calls(optarg, &r->options.quiet_after, e);
	case 's':
		return parse_stacks(optarg, &r->no_stacks, e);
	case 'n':
		return parse_frames(optarg, &r->options.frames, e);
	case 't':
		r->timeout = optarg;
		return parse_duration("timeout", optarg, &r->options.until_ms, e);
	case 'i':
		r->injects = true;
		return injection_parse(optarg, &r->injection, e);
	case 'u':
		r->options.until_ms = 0;
		return strcmp(optarg, "exit") == 0 ? 0 : parse_duration("until", optarg, &r->options.until_ms, e);
	}
	r->mode_given = true;
	return parse_mode(optarg, &r->options.mode, e);
}

/* Checks which options go together. Attaching installs no filter, so mode plain is the only one. */
static int check_options(struct recording *r, struct error *e)
{
	bool listens = r->options.mode == RECORD_LISTEN;
	if (r->injects && (listens || r->options.mode == RECORD_PLAIN || r->pids.count > 0))
		return error_set(e, ERR_INPUT, "--inject: works for a command, in mode quiet or exact; leave out --mode and -p");
	if (r->injects)
		injection_use(&r->injection, &r->options);
	if (listens && r->options.phase_at != NULL)
		return error_set(e, ERR_INPUT, "--phase-at: mode listen has one phase only; leave it out, or give another --mode");
	if (listens && r->quiet_given)
		return error_set(e, ERR_INPUT, "--quiet-after is for --mode=quiet only; leave it out");
	if (r->pids.count == 0)
		return r->timeout == NULL ? 0
					  : error_set(e, ERR_INPUT, "--timeout is for -p only; for a command give --until=%.40s",
						      r->timeout);
	if (r->options.phase_at != NULL)
		return error_set(e, ERR_INPUT, "--phase-at is for a command only: pinhole cannot know whether running processes are past that call");
	if (r->fresh || r->quiet_given || (r->mode_given && r->options.mode != RECORD_PLAIN))
		return error_set(e, ERR_INPUT,
				 "-p works in mode plain only, as a filter would stay in the process; leave out --mode, "
				 "--fresh and --quiet-after");
	r->options.mode = RECORD_PLAIN;
	return 0;
}

/* Warns of a process that traces others. Prints at once, as the process may hang next. */
static void warn_of_tracing(pid_t pid)
{
	fprintf(stderr,
		"pinhole: process %d traces others, or asks to be traced; ptrace(2) fails with EPERM while pinhole records, so "
		"the process may fail or wait for ever. LeakSanitizer traces at the end of its program: set "
		"ASAN_OPTIONS=detect_leaks=0\n",
		(int)pid);
}

static int run(int argc, char **argv)
{
	struct error e = {0};
	struct recording r = {
	    .path = "pinhole.json",
	    .options = {.compile = compile_watch, .lets_through = command_filter_lets_through, .quiet_after = QUIET_AFTER,
		.frames = FRAMES, .traces = warn_of_tracing},
	};
	int rc = 0;
	for (int option; rc == 0 && (option = command_option(argc, argv)) != -1;)
		rc = parse_option(option, &r, &e);
	if (rc == 0)
		rc = check_options(&r, &e);
	if (r.no_stacks)
		r.options.frames = 0;
	if (rc == 0)
		command_operands(argc, argv, r.pids.count > 0 ? 0 : 1, r.pids.count > 0 ? 0 : -1);
	r.command = argv + optind;
	int status = rc < 0 ? command_fail(&e) : record(&r, &e);
	vec_free(&r.pids);
	return status;
}

static const struct option_row options[] = {
	{.key = 'o', .letter = true, .name = "output", .argument = "PROFILE",
	 .help = "create or extend this profile (default: pinhole.json; - is standard output)"},
	{.key = 'm', .name = "mode", .argument = "quiet|exact|plain|listen",
	 .help = "how to stop at calls: quiet (default): calls that the profile knows run without a stop; exact: each "
		 "call stops once, by a filter; plain: each call stops twice, and the program gets no filter; listen: trace nothing, calls "
		 "that the profile does not know notify pinhole"},
	{.key = 'f', .name = "fresh",
	 .help = "mode quiet: stop at known calls too, the first time that this run makes them; mode listen: all calls "
		 "notify, each time"},
	{.key = 'a', .name = "quiet-after", .argument = "CALLS",
	 .help = "mode quiet: stop at every call until this many in a row were known (default: 1000)"},
	{.key = 'P', .name = "phase-at", .argument = "SYSCALL",
	 .help = "begin phase serve at the first SYSCALL (as accept4, epoll_wait) that a process makes in "
		 "phase main; the phase covers the process, its descendants and the programs that they execute"},
	{.key = 's', .name = "stacks", .argument = "new|none",
	 .help = "which stacks to record: new (default): those of the first calls of each new fact; none"},
	{.key = 'n', .name = "frames", .argument = "COUNT",
	 .help = "record at most COUNT frames of a stack, the innermost (default: 32)"},
	{.key = 'p', .letter = true, .name = "pid", .argument = "PID[,PID…]",
	 .help = "watch running processes, their threads and descendants, until they end, --timeout or Ctrl-C; "
		 "the processes then go on unwatched"},
	{.key = 't', .name = "timeout", .argument = "DURATION",
	 .help = "with -p: stop watching after this time (30s, 5m, 1.5h, 500ms; without a unit: seconds)"},
	{.key = 'u', .name = "until", .argument = "exit|DURATION",
	 .help = "when to stop: exit (default): when all processes have ended; DURATION: after this time, send "
		 "the command SIGTERM"},
	{.key = 'i', .name = "inject", .argument = "FAULT",
	 .help = "make something go wrong in this run: openat(flags=O_RDONLY):error=EMFILE:when=2; read:signal=SIGTERM; "
		 "stdout=full; limit=nofile:8 (the manual lists all)"},
	{.key = 'l', .name = "label", .argument = "TEXT",
	 .help = "store this note with the run"},
	{.key = 'q', .letter = true, .name = "silent",
	 .help = "print no progress and no summary"},
	{0},
};

const struct command cmd_record = {
	.name = "record",
	.usage = "[-o PROFILE] [OPTION…] -- COMMAND [ARG…] | -p PID[,PID…]",
	.summary = "Record the system calls of a command, or of running processes",
	.options = options,
	.command_line = true,
	.run = run,
};

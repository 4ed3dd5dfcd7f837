/* pinhole record: runs a command and adds what it did to a profile. SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../tracer/tracer.h"
#include "command.h"

/* Stops cost most at the beginning; later a filter that knows too little costs one at every call that it does not know, to
 * the end of the process. */
enum { QUIET_AFTER = 1000 };

/* What was seen must not be lost to a signal now: the tracer has left those blocked that are passed on, and here come the
 * others. Opening a FIFO may take for ever, and whoever is to read it is there to see; SIGPIPE tells that nobody reads. */
static void before_writing(const char *path)
{
	struct stat st;
	sigset_t set;
	signal(SIGXFSZ, SIG_IGN); /* so that write(2) says EFBIG (ulimit -f) */
	sigfillset(&set);
	sigdelset(&set, SIGPIPE);
	sigprocmask(stat(path, &st) == 0 && S_ISFIFO(st.st_mode) ? SIG_UNBLOCK : SIG_BLOCK, &set, NULL);
}

/* The tracer's compiler. A program that does very much in very many ways does not fit into a filter: then calls with the
 * most facts stop each time. */
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

/* What a person should know of the run beyond the profile. */
static void tell(const struct record_result *result)
{
	if (result->refused > 0)
		fprintf(stderr, "pinhole: %u process%s could not be given a filter (%s) and stopped at every call\n",
			result->refused, result->refused == 1 ? "" : "es",
			result->refusal != 0 ? strerror(result->refusal) : "what is known fits into none");
	if (result->other_calls > 0)
		fprintf(stderr, "pinhole: %u 32-bit program%s stopped at every call, and will not the next time\n",
			result->other_calls, result->other_calls == 1 ? "" : "s");
}

static int record(const char *path, struct record_options *options, bool fresh, char **command, struct error *e)
{
	struct record_result result = {0};
	/* A profile that can't be extended is better refused before the run than after it. */
	char *bytes = NULL;
	size_t n;
	int rc = file_is_stream(path) ? 1 : file_read(path, PROFILE_SIZE_LIMIT, &bytes, &n, e);
	struct profile *old = rc == 0 ? profile_parse(bytes, n, path, e) : NULL;
	free(bytes);
	struct profile *p = NULL;
	if (e->code != 0 || file_writable(path, e) < 0)
		goto out;
	if (!tracer_sees_programs())
		fprintf(stderr, "pinhole: /proc is missing, or another PID namespace's: programs and the phase load are "
				"not recorded; mount /proc first (unshare --mount-proc)\n");
	options->known = fresh ? NULL : old;
	p = profile_new();
	rc = p == NULL ? error_memory(e) : tracer_record(options, command, p, &result, e);
	if (rc == 0) {
		tell(&result);
		before_writing(path);
		rc = profile_extend_file(path, p, NULL, e);
	}
out:
	profile_free(old);
	profile_free(p);
	return e->code != 0 ? command_fail(e) : end_as(result.status);
}

static int parse_mode(const char *text, enum record_mode *mode, struct error *e)
{
	static const struct {
		const char *name;
		enum record_mode mode;
	} modes[] = {{"quiet", RECORD_QUIET}, {"exact", RECORD_EXACT}, {"plain", RECORD_PLAIN}};
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(text, modes[i].name) == 0) {
			*mode = modes[i].mode;
			return 0;
		}
	return error_set(e, ERR_INPUT, "--mode=%.40s: one of quiet, exact, plain", text);
}

static int parse_calls(const char *text, uint64_t *calls, struct error *e)
{
	char *end;
	errno = 0;
	*calls = strtoull(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || text[0] < '0' || text[0] > '9')
		return error_set(e, ERR_INPUT, "--quiet-after=%.40s: a number of calls", text);
	return 0;
}

static int run(int argc, char **argv)
{
	static const struct option longs[] = {{"output", required_argument, NULL, 'o'},
					      {"mode", required_argument, NULL, 'm'},
					      {"label", required_argument, NULL, 'l'},
					      {"fresh", no_argument, NULL, 'f'},
					      {"quiet-after", required_argument, NULL, 'q'},
					      {"help", no_argument, NULL, 'h'},
					      {0}};
	struct error e = {0};
	struct record_options options = {.compile = compile_watch, .quiet_after = QUIET_AFTER};
	const char *path = "pinhole.json";
	bool fresh = false;
	for (int option; (option = command_option(argc, argv, "+o:", longs)) != -1;) {
		if (option == 'o')
			path = optarg;
		else if (option == 'l')
			options.label = optarg;
		else if (option == 'f')
			fresh = true;
		else if ((option == 'q' ? parse_calls(optarg, &options.quiet_after, &e)
					: parse_mode(optarg, &options.mode, &e)) < 0)
			return command_fail(&e);
	}
	command_operands(argc, argv, 1, -1);
	return record(path, &options, fresh, argv + optind, &e);
}

const struct command cmd_record = {
	"record",
	"[-o PROFILE] [--mode=quiet|exact|plain] [--fresh] [--quiet-after=CALLS] [--label TEXT] -- COMMAND [ARG…]",
	"Run a command and record the system calls of its whole process tree",
	"  -o, --output=PROFILE    the profile to create or extend (pinhole.json; - for standard output)\n"
	"      --mode=quiet|exact|plain  quiet (default): what is known runs free; exact: one stop a call, through a\n"
	"                          filter; plain: two stops a call, no filter in the program\n"
	"      --fresh             quiet: stop for what the profile knows, too, the first time it is seen in this run\n"
	"      --quiet-after=CALLS quiet: stop at every call until so many have shown nothing new (1000)\n"
	"      --label=TEXT        a note kept with the run\n",
	run,
};

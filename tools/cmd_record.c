/* pinhole record: runs a command and adds what it did to a profile. SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../tracer/tracer.h"
#include "command.h"

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

static int record(const char *path, const struct record_options *options, char **command, struct error *e)
{
	int status = 0;
	/* A profile that can't be extended is better refused before the run than after it. */
	char *bytes = NULL;
	size_t n;
	int rc = file_is_stream(path) ? 1 : file_read(path, PROFILE_SIZE_LIMIT, &bytes, &n, e);
	struct profile *old = rc == 0 ? profile_parse(bytes, n, path, e) : NULL;
	free(bytes);
	profile_free(old);
	if (e->code != 0 || file_writable(path, e) < 0)
		return command_fail(e);
	if (!tracer_sees_programs())
		fprintf(stderr, "pinhole: /proc is missing, or another PID namespace's: programs and the phase load are "
				"not recorded; mount /proc first (unshare --mount-proc)\n");
	struct profile *p = profile_new();
	rc = p == NULL ? error_memory(e) : tracer_record(options, command, p, &status, e);
	if (rc == 0) {
		before_writing(path);
		rc = profile_extend_file(path, p, NULL, e);
	}
	profile_free(p);
	return rc < 0 ? command_fail(e) : end_as(status);
}

static int run(int argc, char **argv)
{
	static const struct option longs[] = {{"output", required_argument, NULL, 'o'},
					      {"mode", required_argument, NULL, 'm'},
					      {"label", required_argument, NULL, 'l'},
					      {"help", no_argument, NULL, 'h'},
					      {0}};
	struct error e = {0};
	struct record_options options = {.mode = RECORD_EXACT};
	const char *path = "pinhole.json";
	for (int option; (option = command_option(argc, argv, "+o:", longs)) != -1;) {
		if (option == 'o')
			path = optarg;
		else if (option == 'l')
			options.label = optarg;
		else if (strcmp(optarg, "plain") == 0)
			options.mode = RECORD_PLAIN;
		else if (strcmp(optarg, "exact") == 0)
			options.mode = RECORD_EXACT;
		else {
			error_set(&e, ERR_INPUT, "--mode=%.40s: one of exact, plain", optarg);
			return command_fail(&e);
		}
	}
	command_operands(argc, argv, 1, -1);
	return record(path, &options, argv + optind, &e);
}

const struct command cmd_record = {
	"record",
	"[-o PROFILE] [--mode=exact|plain] [--label TEXT] -- COMMAND [ARG…]",
	"Run a command and record the system calls of its whole process tree",
	"  -o, --output=PROFILE    the profile to create or extend (pinhole.json; - for standard output)\n"
	"      --mode=exact|plain  exact: one stop a call, through a filter (default); plain: two stops a call,\n"
	"                          no filter in the program\n"
	"      --label=TEXT        a note kept with the run\n",
	run,
};

/* The run in the profile: its command, time, kernel and end. SPDX-License-Identifier: MIT */
#include "tracer/record/run_record.h"

#include <signal.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>

int run_begin(struct profile *p, const struct record_options *options, char *const argv[], struct error *e)
{
	static const char *const modes[] = {
		[RECORD_QUIET] = "quiet", [RECORD_EXACT] = "exact", [RECORD_PLAIN] = "plain",
		[RECORD_LISTEN] = "listen", [RECORD_CONTAINER] = "listen"};
	unsigned char random[16];
	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return error_system(e, "cannot get random bytes");
	char id[33], started[48];
	for (size_t i = 0; i < sizeof(random); i++)
		snprintf(id + 2 * i, 3, "%02x", random[i]);
	struct timespec now;
	struct tm utc;
	clock_gettime(CLOCK_REALTIME, &now);
	size_t n = strftime(started, sizeof(started), "%Y-%m-%dT%H:%M:%S", gmtime_r(&now.tv_sec, &utc));
	snprintf(started + n, sizeof(started) - n, ".%03dZ", (int)(now.tv_nsec / 1000000));
	struct utsname system;
	uname(&system);
	struct run run = {.id = id,
			  .started = started,
			  .mode = (char *)(options->explore ? "explore" : modes[options->mode]),
			  .kernel = system.release,
			  .label = (char *)options->label,
			  .phase_at = (char *)options->phase_at,
			  .known_told = options->mode == RECORD_QUIET || options->mode == RECORD_LISTEN ||
				options->passed != NULL};
	if (options->passed != NULL)
		run.known = *options->passed;
	else if (run.known_told && options->known != NULL)
		run.known = profile_fact_count(options->known);
	int rc = 0;
	for (size_t i = 0; rc == 0 && argv[i] != NULL; i++)
		if (!vec_push(&run.command, argv[i]))
			rc = error_memory(e);
	if (rc == 0)
		rc = profile_add_run(p, &run, e);
	vec_free(&run.command);
	return rc;
}

int run_end(struct profile *p, uint32_t run, int status, struct error *e)
{
	char how[32];
	const char *name = WIFSIGNALED(status) ? signal_name(WTERMSIG(status)) : NULL;
	if (name != NULL)
		snprintf(how, sizeof(how), "%s", name);
	else if (WIFSIGNALED(status))
		snprintf(how, sizeof(how), "signal %d", WTERMSIG(status));
	else
		snprintf(how, sizeof(how), "exit %d", WEXITSTATUS(status));
	return profile_set_exit(p, run, how, e);
}

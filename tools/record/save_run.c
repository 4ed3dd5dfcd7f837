/* Saves a finished run into its profile, or beside it if that fails. SPDX-License-Identifier:
 * MIT */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policies/base/lock.h"
#include "tools/command.h"

/* Waits for a lock for ms milliseconds; a signal ends the wait. Signals are blocked by now, so that
 * the run can be kept then. */
static bool wait_or_signal(unsigned ms)
{
	sigset_t ends;
	sigemptyset(&ends);
	sigaddset(&ends, SIGHUP);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGQUIT);
	sigaddset(&ends, SIGTERM);
	return sigtimedwait(&ends, NULL, &(struct timespec){ms / 1000, ms % 1000 * 1000000L}) > 0;
}

bool keep_run(const char *path, const char *word, const struct text *run, struct text *name)
{
	const char *folder = getenv("TMPDIR"), *slash = strrchr(path, '/'), *leaf = slash != NULL ? slash + 1 : path;
	/* A file name has room for this many bytes before the dot and the word. */
	size_t room = NAME_MAX - 1 - strlen(word), n = strlen(leaf) < room ? strlen(leaf) : room;
	for (int beside = 1; beside >= 0 && !run->failed; beside--) {
		struct error ignored = {0};
		name->count = 0;
		if (beside == 1)
			text_add(name, "%.*s", (int)(leaf - path), path);
		else
			text_add(name, "%s/", folder != NULL && folder[0] != '\0' ? folder : "/tmp");
		text_add(name, "%.*s.%s", (int)n, leaf, word);
		if (!name->failed && file_write(text_string(name), run->bytes, run->count, &ignored) == 0)
			return true;
	}
	return false;
}

int save_run(const char *path, struct profile *p, const char *word, bool early, struct profile **merged, char kept[PATH_MAX],
	     struct error *e)
{
	struct error ignored = {0};
	struct text run = {0}, name = {0};
	const struct run *only = profile_run(p, 0);
	char end[32];
	snprintf(end, sizeof(end), "%s", only->exit != NULL ? only->exit : "left as it was");
	const struct patience patience = {LOCK_WAIT_MS, command_waits, wait_or_signal};
	bool stream = file_is_stream(path);
	if (!stream)
		profile_format(p, &run, &ignored); /* format the run first, as merging consumes it */
	int rc = profile_extend_file(path, p, &patience, merged, e);
	kept[0] = '\0';
	if (rc < 0 && !stream && keep_run(path, word, &run, &name)) {
		snprintf(kept, PATH_MAX, "%s", text_string(&name));
		command_say("the recording ended (%s), and the run is kept in %s; once %s is in order, 'pinhole merge "
			    "-o %s %s %s' adds it",
			    end, text_string(&name), path, path, path, text_string(&name));
	} else if (rc < 0) {
		fprintf(stderr, "pinhole: the recording ended (%s), and the run %sis lost\n", end,
			early ? "after it was saved last " : "");
	}
	text_free(&run);
	text_free(&name);
	return rc;
}

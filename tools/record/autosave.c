/* Saves a run while it is recorded: new facts are in the profile a few seconds later, even if the
 * recorder is killed. SPDX-License-Identifier: MIT */
#include "tools/record/autosave.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policies/base/lock.h"
#include "policies/show/show.h"
#include "tracer/tracer.h"

/* Times in milliseconds. Save new facts after a LULL without further ones, and after SOON at the
 * latest. Save counts and times alone every COUNTS. After a failed save, wait for RETRY. Wait for
 * another process's lock for LOCK_WAIT; then keep the run beside the profile. */
enum { LULL = 1000, SOON = 3000, COUNTS = 300000, RETRY = 10000, LOCK_WAIT = 2000 };

/* Times in milliseconds. A saving process may hang: stopped by a signal, or waiting for a FIFO or a
 * file system. Kill it after STUCK while the recording goes on, or LAST after the recording has
 * ended. Another save then includes its facts, so nothing is lost. */
enum { STUCK = 300000, LAST = 5000 };

/* Calls close_range(2), which is new in Linux 5.9; not every libc has a function for it. */
static bool close_between(unsigned first, unsigned last)
{
	return first > last || syscall(SYS_close_range, first, last, 0) == 0;
}

/* Closes all descriptors of the recorder but the pipe, and makes standard streams /dev/null, so
 * that nothing is printed. */
static void detach(int pipe)
{
	int null = open("/dev/null", O_RDWR);
	struct rlimit most = {0};
	getrlimit(RLIMIT_NOFILE, &most);
	for (int fd = 0; null >= 0 && fd < 3; fd++)
		dup2(null, fd);
	/* A sandbox may deny close_range: then close the usual descriptors one by one. */
	bool closed = close_between(3, (unsigned)pipe - 1) && close_between((unsigned)pipe + 1, UINT_MAX);
	for (int fd = 3; !closed && fd < (most.rlim_cur < 4096 ? (int)most.rlim_cur : 4096); fd++)
		if (fd != pipe)
			close(fd);
	signal(SIGXFSZ, SIG_IGN);
}

/* Runs in the saving process; does not return. */
static void save(const struct saver *s, struct profile *p, uint32_t at, uint64_t ms, int pipe)
{
	static const struct patience patience = {.limit_ms = LOCK_WAIT};
	struct save_result result = {0};
	struct error *e = &result.e;
	struct text run = {0}, name = {0};
	detach(pipe);
	profile_set_lasted(p, at, ms);
	if (tracer_name_frames(p, e) == 0 && profile_format(p, &run, e) == 0)
		profile_extend_file(s->path, p, &patience, NULL, e);
	if (e->code != 0 && run.count > 0 && keep_run(s->path, s->word, &run, &name) &&
	    name.count < sizeof(result.kept))
		snprintf(result.kept, sizeof(result.kept), "%s", text_string(&name));
	(void)!write(pipe, &result, sizeof(result));
	_exit(0);
}

/* Chooses the word once: all saves of this run use the same. */
static void choose_word(struct saver *s)
{
	uint32_t any;
	if (s->word[0] != '\0')
		return;
	if (getrandom(&any, sizeof(any), 0) != (ssize_t)sizeof(any))
		any = (uint32_t)getpid();
	snprintf(s->word, sizeof(s->word), "%08" PRIx32, any);
}

/* Prints why saving fails: once, until a save succeeds again. */
static void tell(struct saver *s, const char *reason)
{
	if (s->told)
		return;
	s->told = true;
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr); /* in place of the progress */
	if (s->kept[0] != '\0')
		command_say("%s; the recording goes on, and what it sees is kept in %s meanwhile", reason, s->kept);
	else
		command_say("%s; the recording goes on, and saving is tried again", reason);
}

/* Reports that no process could be started, for lack of processes, memory or descriptors. */
static void cannot_start(struct saver *s, uint64_t ms)
{
	char reason[128];
	snprintf(reason, sizeof(reason), "the run cannot be saved now: cannot start a process:  %s",
		 strerror(errno));
	s->next = ms + RETRY;
	tell(s, reason);
}

static void start(struct saver *s, struct profile *p, uint32_t run, uint64_t ms)
{
	int ends[2];
	sigset_t all, before;
	if (pipe2(ends, O_CLOEXEC) != 0) {
		cannot_start(s, ms);
		return;
	}
	choose_word(s);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	pid_t process = fork();
	if (process == 0)
		save(s, p, run, ms, ends[1]);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (process < 0)
		cannot_start(s, ms);
	close(ends[1]);
	if (process < 0) {
		close(ends[0]);
		return;
	}
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	s->process = process;
	s->pipe = ends[0];
	s->got = 0;
	s->stuck = false;
	s->began = ms;
	s->unsaved = false;
}

static void remove_kept(struct saver *s)
{
	if (s->kept[0] != '\0')
		file_remove(s->kept);
	s->kept[0] = '\0';
}

static void ended(struct saver *s, uint64_t ms)
{
	bool told = s->got == sizeof(s->result), fine = told && s->result.e.code == 0;
	close(s->pipe);
	waitpid(s->process, NULL, WNOHANG); /* may have been reaped by the tracer already */
	s->process = 0;
	s->next = ms + (fine ? ms - s->began : RETRY);
	if (fine || (told && s->result.kept[0] != '\0'))
		s->saved = s->began;
	if (fine) {
		s->ever = true;
		s->told = false;
		remove_kept(s);
		return;
	}
	if (told && s->result.kept[0] != '\0')
		snprintf(s->kept, sizeof(s->kept), "%s", s->result.kept);
	/* the facts are still not in the profile */
	s->first = s->unsaved ? s->first : s->began;
	s->last = s->unsaved ? s->last : s->began;
	s->unsaved = true;
	tell(s, !told && s->stuck ? "the process that saves the run did not end, and was killed"
		: !told		  ? "the process that saves the run has died"
				  : s->result.e.text);
}

/* Reads the bytes that the saving process has sent so far. The pipe ends when the process ends. */
static void look(struct saver *s, uint64_t ms)
{
	while (s->process != 0) {
		ssize_t n = read(s->pipe, (char *)&s->result + s->got, sizeof(s->result) - s->got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0)
			ended(s, ms);
		else
			s->got += (size_t)n;
	}
}

void saver_watch(void *saver, struct profile *p, uint32_t run, uint64_t ms)
{
	struct saver *s = saver;
	look(s, ms);
	if (s->process != 0 && ms - s->began >= STUCK) {
		s->stuck = true;
		kill(s->process, SIGKILL);
	}
	if (profile_changes(p) != s->seen) {
		s->seen = profile_changes(p);
		s->first = s->unsaved ? s->first : ms;
		s->last = ms;
		s->unsaved = true;
	}
	bool due = s->unsaved ? ms - s->last >= LULL || ms - s->first >= SOON : ms - s->saved >= COUNTS;
	if (due && s->process == 0 && ms >= s->next)
		start(s, p, run, ms);
}

void saver_stop(struct saver *s)
{
	struct pollfd pipe = {.fd = s->pipe, .events = POLLIN};
	for (int ms = 0; s->process != 0; look(s, s->began)) {
		if (poll(&pipe, 1, 100) != 0 || (ms += 100) < LAST)
			continue;
		s->told = true; /* saver_finish saves the whole run next */
		kill(s->process, SIGKILL);
	}
}

int saver_finish(struct saver *s, struct profile *p, struct profile **merged, struct error *e)
{
	saver_stop(s);
	choose_word(s);
	char kept[PATH_MAX];
	int rc = save_run(s->path, p, s->word, s->ever || s->kept[0] != '\0', merged, kept, e);
	if (rc == 0 || (kept[0] != '\0' && strcmp(kept, s->kept) != 0))
		remove_kept(s);
	return rc;
}

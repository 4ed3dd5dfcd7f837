/* Runs a test: a keeper process, the test below it, and all processes that the test leaves behind.
 * SPDX-License-Identifier: MIT */
#include "tools/trials/trial.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policies/abi/abi.h"
#include "policies/base/clock.h"
#include "policies/base/escape.h"
#include "policies/base/text.h"
#include "tracer/process/proc.h"
#include "tracer/ptrace/signals.h"

enum { NO_STATUS = -1 };

/* Runs in the keeper: kills all its children. Their children then become the keeper's, as it is a
 * subreaper; repeats until there are none. */
static void kill_children(pid_t test)
{
	for (;;) {
		DIR *folder = opendir("/proc");
		for (struct dirent *d; folder != NULL && (d = readdir(folder)) != NULL;) {
			pid_t pid = (pid_t)strtol(d->d_name, NULL, 10);
			if (pid > 0 && (pid_t)proc_status(pid, "PPid:", 10) == getpid())
				kill(pid, SIGKILL);
		}
		if (folder == NULL) {
			kill(-test, SIGKILL); /* processes still in the test's process group */
			_exit(1);
		}
		closedir(folder);
		if (waitpid(-1, NULL, __WALL) < 0 && errno == ECHILD)
			return;
	}
}

/* Becomes the test, in a session of its own: many scripts kill their process group at their end,
 * and the keeper must survive this. */
static void become_test(const char *folder, int slot, size_t padding, char *const *argv)
{
	char path[4096], zeros[TRIAL_PADDING + 1];
	setsid();
	int null = open("/dev/null", O_RDONLY);
	snprintf(path, sizeof(path), "%s/%d.log", folder, slot);
	int log = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
	if (null < 0 || log < 0 || dup2(null, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0)
		_exit(126);
	close(null);
	close(log);
	snprintf(path, sizeof(path), "%s/%d.tmp", folder, slot);
	mkdir(path, 0700);
	setenv("TMPDIR", path, 1);
	snprintf(path, sizeof(path), "%d", slot);
	setenv("PINHOLE_TRIAL", path, 1);
	memset(zeros, '0', sizeof(zeros));
	zeros[padding < TRIAL_PADDING ? padding : TRIAL_PADDING] = '\0';
	setenv("PINHOLE_PADDING", zeros, 1);
	execv(argv[0], argv);
	dprintf(2, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* Returns the signals for which the keeper waits. */
static sigset_t awaited(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	return set;
}

/* Runs in the keeper: waits until the test has ended or SIGTERM comes, which pinhole sends, or the
 * kernel when pinhole has died. The awaited signals are blocked already; `before` is the mask from
 * before. */
static void keep(const char *folder, int slot, size_t padding, char *const *argv, volatile int *result, pid_t starter,
		 const sigset_t *before)
{
	sigset_t set = awaited();
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
	setsid();
	if (getppid() != starter)
		_exit(1);
	pid_t test = fork();
	if (test == 0) {
		sigprocmask(SIG_SETMASK, before, NULL);
		become_test(folder, slot, padding, argv);
	}
	for (bool over = test < 0; !over;) {
		int status;
		over = sigwaitinfo(&set, NULL) == SIGTERM;
		for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG | __WALL)) > 0;)
			if (pid == test) {
				*result = status;
				over = true;
			}
	}
	kill_children(test);
	_exit(0);
}

int trial_start(struct trial_run *run, const char *folder, int slot, size_t padding, char *const *argv, uint64_t ms, struct error *e)
{
	volatile int *status = mmap(NULL, sizeof(*status), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (status == MAP_FAILED)
		return error_system(e, "cannot get memory for a trial");
	*status = NO_STATUS;
	/* Block the signals before the keeper exists: until it has its own handlers, a SIGTERM
	 * would run pinhole's. */
	sigset_t set = awaited(), before;
	sigprocmask(SIG_BLOCK, &set, &before);
	pid_t self = getpid(), keeper = fork();
	if (keeper == 0)
		keep(folder, slot, padding, argv, status, self, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
	int ended = keeper > 0 ? (int)syscall(SYS_pidfd_open, keeper, 0) : -1;
	if (ended < 0) {
		error_system(e, "cannot start a trial");
		if (keeper > 0) {
			kill(keeper, SIGTERM);
			waitpid(keeper, NULL, 0);
		}
		munmap((void *)status, sizeof(*status));
		return e->code;
	}
	*run = (struct trial_run){keeper, ended, now_ms() + (int64_t)ms, status, slot};
	return 0;
}

/* Copies the last line of a log that is not blank. */
static void last_words(const char *path, char *words, size_t size)
{
	char tail[1024];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t length = fd >= 0 ? lseek(fd, 0, SEEK_END) : 0;
	off_t from = length > (off_t)sizeof(tail) - 1 ? length - (off_t)sizeof(tail) + 1 : 0;
	ssize_t n = fd >= 0 ? pread(fd, tail, sizeof(tail) - 1, from) : 0;
	if (fd >= 0)
		close(fd);
	for (; n > 0 && (unsigned char)tail[n - 1] <= ' '; n--)
		;
	tail[n > 0 ? n : 0] = '\0';
	char *line = strrchr(tail, '\n');
	line = line != NULL ? line + 1 : tail;
	size_t to = 0;
	for (size_t i = 0; line[i] != '\0';) {
		uint32_t number;
		size_t length_here = escape_character(line + i, &number);
		bool plain = length_here > 0 && !escape_is_unsafe(number);
		if (to + (plain ? length_here : 1) >= size)
			break;
		if (plain)
			memcpy(words + to, line + i, length_here);
		else
			words[to] = '?';
		to += plain ? length_here : 1;
		i += length_here > 0 ? length_here : 1;
	}
	words[to] = '\0';
}

/* Cleans up after a run and fills in its outcome. `killed`: its time was over. */
static void finish(struct trial_run *run, const char *folder, bool killed, struct trial_outcome *outcome)
{
	char path[4096];
	while (waitpid(run->keeper, NULL, 0) < 0 && errno == EINTR)
		;
	*outcome = (struct trial_outcome){.status = *run->status};
	outcome->timed_out = outcome->status == NO_STATUS && killed;
	outcome->lost = outcome->status == NO_STATUS && !killed;
	snprintf(path, sizeof(path), "%s/%d.log", folder, run->slot);
	last_words(path, outcome->words, sizeof(outcome->words));
	close(run->ended);
	munmap((void *)run->status, sizeof(*run->status));
	*run = (struct trial_run){0};
}

int trial_wait(struct trial_run *runs, size_t n, const char *folder, const volatile sig_atomic_t *interrupted,
	       struct trial_outcome *outcome, struct error *e)
{
	enum { MOST = 256 };
	struct pollfd polled[MOST];
	size_t which[MOST];
	for (;;) {
		nfds_t count = 0;
		int64_t now = now_ms(), next = INT64_MAX;
		for (size_t i = 0; i < n && count < MOST; i++) {
			if (runs[i].keeper == 0)
				continue;
			if (runs[i].deadline <= now) {
				kill(runs[i].keeper, SIGTERM);
				finish(&runs[i], folder, true, outcome);
				return (int)i;
			}
			next = runs[i].deadline < next ? runs[i].deadline : next;
			which[count] = i;
			polled[count++] = (struct pollfd){.fd = runs[i].ended, .events = POLLIN};
		}
		if (*interrupted != 0)
			return error_set(e, ERR_SYSTEM, "interrupted");
		if (count == 0)
			return error_set(e, ERR_INTERNAL, "internal error: no trial is under way; please report it");
		/* Poll for a second at most: a signal just before poll would not end it. */
		int64_t left = next - now;
		int ready = poll(polled, count, left > 1000 ? 1000 : (int)left);
		if (ready < 0 && errno != EINTR)
			return error_system(e, "cannot wait for a trial");
		for (nfds_t i = 0; ready > 0 && i < count; i++)
			if (polled[i].revents != 0) {
				finish(&runs[which[i]], folder, false, outcome);
				return (int)which[i];
			}
	}
}

void trial_kill(struct trial_run *runs, size_t n)
{
	struct trial_outcome outcome;
	for (size_t i = 0; i < n; i++)
		if (runs[i].keeper != 0) {
			kill(runs[i].keeper, SIGTERM);
			finish(&runs[i], "/nonexistent", true, &outcome);
		}
}

bool trial_passed(const struct trial_outcome *outcome)
{
	return !outcome->timed_out && !outcome->lost && outcome->status == 0;
}

void trial_text(const struct trial_outcome *outcome, char *text, size_t size)
{
	char how[48];
	bool ended = !outcome->timed_out && !outcome->lost;
	const char *name = ended && WIFSIGNALED(outcome->status) ? signal_name(WTERMSIG(outcome->status)) : NULL;
	if (outcome->timed_out)
		snprintf(how, sizeof(how), "not done in time");
	else if (outcome->lost)
		snprintf(how, sizeof(how), "its keeper process was killed");
	else if (WIFSIGNALED(outcome->status))
		snprintf(how, sizeof(how), "%s", name != NULL ? name : "a signal");
	else if (WEXITSTATUS(outcome->status) == 128 + SIGSYS)
		snprintf(how, sizeof(how), "exit status %d (SIGSYS)", WEXITSTATUS(outcome->status));
	else
		snprintf(how, sizeof(how), "exit status %d", WEXITSTATUS(outcome->status));
	snprintf(text, size, "%s%s%s", how, outcome->words[0] != '\0' ? ": " : "", outcome->words);
}

/* Starting a command as a tracee. SPDX-License-Identifier: MIT */
#include "tracer/ptrace/launch.h"

#include "tracer/process/install.h"
#include "tracer/process/spawn.h"
#include "tracer/ptrace/attach.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* The child: waits until it is traced, then becomes the command. Only async-signal-safe calls, but for spawn_takes_name: we have one thread. */
static void become(char *const argv[], const struct watch_filter *filter, const struct record_options *options, int go,
		   int report_fd)
{
	char byte;
	bool optional = options->mode == RECORD_QUIET;
	if (read(go, &byte, 1) != 1)
		_exit(127); /* the tracer is gone */
	spawn_takes_name();
	struct report report = {STEP_PREPARE, 0};
	ssize_t put = (ssize_t)sizeof(report);
	if (options->prepare != NULL && (report.error = options->prepare(options->prepare_of)) != 0) {
		put = write(report_fd, &report, sizeof(report));
		_exit(put == (ssize_t)sizeof(report) ? 127 : 126);
	}
	report.step = STEP_FILTER;
	/* SPEC_ALLOW (Linux 4.17): on kernels before 5.16 a filter would switch on speculation mitigations, which watching
	 * must not. */
	bool filtered = filter == NULL ||
			filter_install(filter->code, filter->length, SECCOMP_FILTER_FLAG_SPEC_ALLOW) == 0;
	if (!filtered && optional) {
		report.error = errno;
		put = write(report_fd, &report, sizeof(report));
	}
	if (put == (ssize_t)sizeof(report) && (filtered || optional)) {
		report.step = STEP_EXEC;
		execvp(argv[0], argv);
	}
	report.error = errno;
	put = write(report_fd, &report, sizeof(report));
	_exit(put == (ssize_t)sizeof(report) ? 127 : 126);
}

/* Whether the child was killed meanwhile, so that PTRACE_SEIZE failed with EPERM (ptrace_attach, kernel/ptrace.c). If
 * so, reaps it and forgets its id. Keeps errno. */
static bool has_ended(struct launch *l)
{
	int saved = errno;
	if (waitpid(l->pid, NULL, __WALL | WNOHANG) == l->pid)
		l->pid = 0;
	errno = saved;
	return l->pid == 0;
}

int launch_start(struct launch *l, char *const argv[], const struct watch_filter *filter,
		 const struct record_options *options, struct error *e)
{
	int go[2], report[2];
	/* A pair of sockets and no pipe: if the child was killed, writing to a pipe would raise SIGPIPE. */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, go) != 0)
		return error_system(e, "cannot make a pair of sockets");
	if (pipe2(report, O_CLOEXEC) != 0) {
		int rc = error_system(e, "cannot make a pipe");
		close(go[0]);
		close(go[1]);
		return rc;
	}
	struct itimerval timers[3] = {0};
	timers_take(timers);
	l->pid = fork();
	if (l->pid == 0) {
		timers_hand_on(timers);
		close(go[1]);
		close(report[0]);
		become(argv, filter, options, go[0], report[1]);
	}
	close(go[0]);
	close(report[1]);
	l->report = report[0];
	l->go = go[1];
	int rc = 0;
	long flags = PTRACE_O_EXITKILL | attach_options | (filter != NULL || options->mode == RECORD_QUIET ? PTRACE_O_TRACESECCOMP : 0);
	if (l->pid < 0)
		rc = error_system(e, "cannot start a process");
	else if (ptrace(PTRACE_SEIZE, l->pid, NULL, (void *)flags) != 0 && !has_ended(l))
		rc = error_system(e, "tracing is not permitted here (a container without the ptrace call, another "
				     "tracer, or kernel.yama.ptrace_scope = 3)");
	else if (l->pid == 0)
		rc = spawn_was_killed(argv[0], e);
	if (rc < 0) {
		if (l->pid > 0) {
			kill(l->pid, SIGKILL);
			waitpid(l->pid, NULL, __WALL);
		}
		launch_close(l);
	}
	return rc;
}

int launch_go(struct launch *l, struct error *e)
{
	/* EPIPE: the child was killed, which the loop will see. */
	bool told = send(l->go, "", 1, MSG_NOSIGNAL) == 1 || errno == EPIPE;
	return told ? 0 : error_system(e, "cannot let the command go");
}

/* Reads the child's next report; waits for it, or for the child's exec or end. Returns false where there is none. */
static bool next_report(struct launch *l, struct report *report)
{
	return read(l->report, report, sizeof(*report)) == (ssize_t)sizeof(*report);
}

int launch_unfiltered(struct launch *l)
{
	struct report report; /* exec has closed the other end, so that reading does not wait */
	return next_report(l, &report) && report.step == STEP_FILTER ? report.error : 0;
}

int launch_failed(struct launch *l, const char *command, struct error *e)
{
	struct report report;
	bool told = false;
	for (struct report next; next_report(l, &next); told = true)
		report = next; /* the last one counts */
	if (!told)
		return spawn_was_killed(command, e);
	errno = report.error;
	if (report.step == STEP_PREPARE)
		return error_system(e, "--inject: the command cannot start with these limits and variables");
	if (report.step == STEP_FILTER)
		return error_system(e, "this system refuses seccomp filters; record with --mode=plain");
	return spawn_cannot_run(command, report.error, e);
}

void launch_close(struct launch *l)
{
	close(l->go);
	close(l->report);
	l->go = l->report = -1;
}

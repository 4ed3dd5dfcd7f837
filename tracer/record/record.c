/* The beginning and end of a recording: of a command that is started for it, or of processes that run already.
 * SPDX-License-Identifier: MIT */

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policies/base/clock.h"
#include "tracer/ptrace/attach.h"
#include "tracer/process/proc.h"
#include "tracer/ptrace/signals.h"
#include "tracer/record/record_stops.h"
#include "tracer/record/run_record.h"
#include "tracer/record/timer.h"

/* After an error: the tree must not outlive its recorder. A process that does not end at once does so with us
 * (PTRACE_O_EXITKILL). */
static void kill_all(struct tracee_table *tracees)
{
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct tracee *t = tracees->buckets[i]; t != NULL; t = t->next)
			kill(t->tid, SIGKILL);
	for (int64_t until = now_ms() + 2000; tracees->count > 0 && now_ms() < until;) {
		int status;
		pid_t tid = waitpid(-1, &status, __WALL | WNOHANG);
		if (tid < 0 && errno == ECHILD)
			return;
		if (tid > 0 && WIFSTOPPED(status)) {
			kill(tid, SIGKILL);
			ptrace(PTRACE_CONT, tid, NULL, NULL); /* a signal does not wake one that stands before its end */
		} else if (tid > 0)
			tracee_remove(tracees, tid);
		else
			signals_wait_child(1);
	}
}

int tracer_name_frames(struct profile *p, struct error *e)
{
	return callers_name(p, e);
}

bool tracer_sees_programs(void)
{
	return proc_usable();
}

/* Chooses the filter that the command starts with: in mode quiet that of what is known, if anything is. *filter is NULL
 * for none. Returns 0 or a negative code. */
static int first_filter(struct recording *r, enum record_mode mode, const struct watch_filter **filter, struct error *e)
{
	static struct sock_filter all = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
	static const struct watch_filter every_call = {.code = &all, .length = 1};
	struct known_filter *passes = &r->quiet.passes;
	int mark = quiet_choose_mark(&r->quiet, e);
	if (mark < 0)
		return mark;
	r->loop.mark = (uint16_t)mark;
	all.k = passes->answer;
	*filter = mode == RECORD_EXACT ? &every_call : NULL;
	if (mode == RECORD_QUIET && passes->last == PHASE_MAIN && known_filter_is_warm(passes))
		*filter = known_filter_get(passes, e);
	return e->code;
}

/* Adds the command's process, as it stands before its exec. */
static int add_first(struct recording *r, enum record_mode mode, bool filtered, struct error *e)
{
	pid_t command = r->loop.command;
	struct process *first = process_new(command, NULL);
	if (first == NULL || tracee_add(&r->loop.tracees, command, first) == NULL)
		return error_memory(e);
	first->syscall_stops = !filtered;
	if (mode == RECORD_QUIET)
		first->watch = filtered ? WATCH_QUIETLY : WATCH_UNTIL_QUIET;
	/* The child is running: system-call stops begin at its next stop, and this makes one. */
	if (first->syscall_stops)
		ptrace(PTRACE_INTERRUPT, command, NULL, NULL);
	return 0;
}

/* Watches to the end. */
static int watch(struct recording *r, struct error *e)
{
	r->recorder.began = r->recorder.last_new = r->recorder.last_told = now_ms();
	ticks_start();
	int rc = loop_run(&r->loop, e);
	recorder_end(&r->recorder);
	ticks_stop();
	return rc;
}

/* Sets up the parts. Returns 0 or a negative code; then there is nothing to release. */
static int begin(struct recording *r, const struct record_options *options, char *const argv[], struct profile *p,
		 struct error *e)
{
	int rc = recorder_begin(&r->recorder, p, options, argv, e);
	if (rc < 0)
		return rc;
	r->loop.watcher = &record_watcher;
	r->loop.self = r;
	r->loop.traces = options->traces;
	r->loop.tracees.judge = options->lets_through;
	return 0;
}

static void clean_up(struct recording *r, struct record_result *result)
{
	*result = r->result;
	result->status = r->loop.status;
	result->stops = r->loop.stops;
	result->strange_calls = r->loop.strange;
	result->processes += r->loop.processes;
	signals_give_back();
	loop_free(&r->loop);
	recorder_free(&r->recorder);
	known_filter_free(&r->quiet.passes);
}

/* Starts the command as a tracee and watches its tree to the end. */
static int run_command(struct recording *r, char *const argv[], const struct watch_filter *filter, struct error *e)
{
	enum record_mode mode = r->recorder.options->mode;
	r->loop.command = r->launcher.pid;
	r->loop.between = true;
	r->result.processes = 1;
	signals_take(r->loop.command, &r->loop.tracees);
	int rc = add_first(r, mode, filter != NULL, e);
	if (rc < 0)
		kill(r->loop.command, SIGKILL);
	else
		rc = launch_go(&r->launcher, e);
	if (rc == 0)
		rc = watch(r, e);
	if (rc < 0)
		kill_all(&r->loop.tracees);
	else if (!r->loop.started)
		rc = launch_failed(&r->launcher, argv[0], e);
	return rc;
}

int tracer_record(const struct record_options *options, char *const argv[], struct profile *p,
		  struct record_result *result, struct error *e)
{
	struct recording r = {0};
	const struct watch_filter *filter = NULL;
	int rc = begin(&r, options, argv, p, e);
	if (rc < 0)
		return rc;
	r.quiet.passes = (struct known_filter){.known = options->known, .seen = p, .must_stop = quiet_must_stop};
	r.quiet.passes.fault = options->fault;
	r.quiet.passes.last = options->phase_at != NULL ? PHASE_SERVE : PHASE_MAIN;
	r.quiet.after = options->quiet_after;
	r.quiet.privileged = (proc_status(getpid(), "CapEff:", 16) >> CAP_SYS_PTRACE & 1) != 0;
	if (options->mode == RECORD_QUIET)
		r.quiet.passes.compile = options->compile;
	rc = first_filter(&r, options->mode, &filter, e);
	if (rc == 0)
		rc = launch_start(&r.launcher, argv, filter, options, e);
	if (rc < 0) {
		known_filter_free(&r.quiet.passes);
		return rc;
	}
	rc = run_command(&r, argv, filter, e);
	if (rc == 0)
		rc = run_end(p, r.recorder.run, r.loop.status, e);
	if (rc == 0)
		rc = known_filter_finish(&r.quiet.passes, e);
	if (rc == 0)
		rc = callers_name(p, e);
	launch_close(&r.launcher);
	clean_up(&r, result);
	return rc;
}

/* The command line of a process as it tells it (proc(5), cmdline), or its id where it has none. Fills argv from
 * text. */
static void command_line(pid_t pid, char *text, size_t size, char **argv, size_t most)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, size - 1) : 0;
	if (fd >= 0)
		close(fd);
	if (n <= 0)
		n = snprintf(text, size, "%d", (int)pid);
	text[n] = '\0';
	size_t count = 0;
	for (ssize_t at = 0; at < n && count < most; at += (ssize_t)strlen(text + at) + 1)
		argv[count++] = text + at;
	argv[count] = NULL;
}

/* A program that runs already is in phase main; /proc says which one it is. */
static int name_programs(struct recording *r, struct error *e)
{
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct tracee *t = r->loop.tracees.buckets[i]; t != NULL; t = t->next) {
			bool readable;
			if (t->process->tgid != t->tid && t->process->named)
				continue;
			int program = recorder_program(&r->recorder, t->tid, &readable, e);
			if (program < 0)
				return program;
			r->result.processes += !t->process->named;
			t->process->program = (uint32_t)program;
			t->process->named = true;
		}
	return 0;
}

int tracer_attach(const struct record_options *options, const pid_t *pids, size_t n, struct profile *p,
		  struct record_result *result, struct error *e)
{
	struct recording r = {.loop = {.started = true}};
	char text[4096], *argv[256];
	command_line(pids[0], text, sizeof(text), argv, sizeof(argv) / sizeof(argv[0]) - 1);
	int rc = begin(&r, options, argv, p, e);
	if (rc < 0)
		return rc;
	r.recorder.callers.known = NULL;
	signals_take(0, &r.loop.tracees);
	rc = attach_start(&r.loop.tracees, pids, n, e);
	if (rc == 0)
		rc = name_programs(&r, e);
	if (rc == 0)
		rc = watch(&r, e);
	attach_end(&r.loop.tracees);
	if (rc == 0)
		rc = callers_name(p, e);
	clean_up(&r, result);
	return rc;
}

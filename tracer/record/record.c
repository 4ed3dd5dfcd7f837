/* The beginning and end of a recording: of a command that is started for it, or of processes that run already.
 * SPDX-License-Identifier: MIT */
#include "policies/base/clock.h"
#include "tracer/record/recorder.h"

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

#include "tracer/ptrace/attach.h"
#include "tracer/ptrace/proc.h"
#include "tracer/ptrace/signals.h"
#include "tracer/record/run_record.h"
#include "tracer/record/timer.h"

/* After an error: the tree must not outlive its recorder. What does not end at once does so with us
 * (PTRACE_O_EXITKILL). */
static void kill_all(struct recorder *r)
{
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct tracee *t = r->tracees.buckets[i]; t != NULL; t = t->next)
			kill(t->tid, SIGKILL);
	for (int64_t until = now_ms() + 2000; r->tracees.count > 0 && now_ms() < until;) {
		int status;
		pid_t tid = waitpid(-1, &status, __WALL | WNOHANG);
		if (tid < 0 && errno == ECHILD)
			return;
		if (tid > 0 && WIFSTOPPED(status)) {
			kill(tid, SIGKILL);
			ptrace(PTRACE_CONT, tid, NULL, NULL); /* one that stands before its end is woken by no signal */
		} else if (tid > 0)
			tracee_remove(&r->tracees, tid);
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

/* The filter to begin with: in mode quiet that of what is known, if anything is. *filter is NULL for none. Returns 0 or a
 * negative code. */
static int first_filter(struct recorder *r, enum record_mode mode, const struct watch_filter **filter, struct error *e)
{
	static struct sock_filter all = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
	static const struct watch_filter every_call = {.code = &all, .length = 1};
	if (quiet_choose_mark(&r->quiet, e) < 0)
		return e->code;
	all.k = SECCOMP_RET_TRACE | r->quiet.mark;
	*filter = mode == RECORD_EXACT ? &every_call : NULL;
	if (mode == RECORD_QUIET && r->quiet.last == PHASE_MAIN && quiet_is_warm(&r->quiet))
		*filter = quiet_filter(&r->quiet, e);
	return e->code;
}

/* The command's process, as it stands before its exec. */
static int add_first(struct recorder *r, enum record_mode mode, bool filtered, struct error *e)
{
	struct process *first = process_new(r->command, NULL);
	if (first == NULL || tracee_add(&r->tracees, r->command, first) == NULL)
		return error_memory(e);
	first->syscall_stops = !filtered;
	if (mode == RECORD_QUIET)
		first->watch = filtered ? WATCH_QUIETLY : WATCH_UNTIL_QUIET;
	/* The child is running: system-call stops begin at its next stop, and this makes one. */
	if (first->syscall_stops)
		ptrace(PTRACE_INTERRUPT, r->command, NULL, NULL);
	return 0;
}

/* Watches to the end, with a clock where something is to be done by it. */
static int watch_with_clock(struct recorder *r, struct error *e)
{
	const struct record_options *o = r->options;
	bool clock = r->command == 0 || o->until_ms > 0 || o->progress != NULL || o->watcher != NULL;
	profile_set_unfinished(r->profile, r->run, true);
	r->began = r->last_new = r->last_told = now_ms();
	if (clock)
		ticks_start();
	int rc = watch(r, e);
	profile_set_lasted(r->profile, r->run, (uint64_t)(now_ms() - r->began));
	profile_set_unfinished(r->profile, r->run, false);
	if (clock)
		ticks_stop();
	return rc;
}

static void clean_up(struct recorder *r, struct record_result *result)
{
	*result = r->result;
	signals_give_back();
	tracee_table_free(&r->tracees);
	turns_free(&r->turns);
	image_cache_free(&r->images);
	callers_free(&r->callers);
	quiet_free(&r->quiet);
}

int tracer_record(const struct record_options *options, char *const argv[], struct profile *p,
		  struct record_result *result, struct error *e)
{
	struct recorder r = {.profile = p, .options = options, .launch = {ARCH_NATIVE, SYS_execve, {0}}};
	const struct watch_filter *filter = NULL;
	int rc = run_begin(p, options, argv, e);
	if (rc < 0)
		return rc;
	r.run = (uint32_t)rc;
	r.quiet = (struct quiet){.known = options->known, .seen = p, .after = options->quiet_after};
	r.quiet.last = options->phase_at != NULL ? PHASE_SERVE : PHASE_MAIN;
	r.quiet.privileged = (proc_status(getpid(), "CapEff:", 16) >> CAP_SYS_PTRACE & 1) != 0;
	if (options->mode == RECORD_QUIET)
		r.quiet.compile = options->compile;
	r.callers = (struct callers){.frames = options->frames, .known = options->known};
	r.tracees.judge = options->lets_through;
	rc = first_filter(&r, options->mode, &filter, e);
	if (rc == 0)
		rc = launch_start(&r.launcher, argv, filter, options->mode == RECORD_QUIET, e);
	if (rc < 0) {
		quiet_free(&r.quiet);
		return rc;
	}
	r.command = r.launcher.pid;
	r.result.processes = 1;
	signals_take(r.command, &r.tracees);
	rc = add_first(&r, options->mode, filter != NULL, e);
	if (rc < 0)
		kill(r.command, SIGKILL);
	else
		rc = launch_go(&r.launcher, e);
	if (rc == 0)
		rc = watch_with_clock(&r, e);
	if (rc < 0)
		kill_all(&r);
	else if (!r.started)
		rc = launch_failed(&r.launcher, argv[0], e);
	else
		rc = run_end(p, r.run, r.result.status, e);
	if (rc == 0)
		rc = quiet_end(&r.quiet, e);
	if (rc == 0)
		rc = callers_name(p, e);
	launch_close(&r.launcher);
	clean_up(&r, result);
	return rc;
}

/* The command line of a process as it tells it (proc(5), cmdline), or its id where it has none. Fills argv from text. */
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

/* What runs already is in phase main; its program is told by /proc. */
static int name_programs(struct recorder *r, struct error *e)
{
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct tracee *t = r->tracees.buckets[i]; t != NULL; t = t->next) {
			bool untouchable;
			if (t->process->tgid != t->tid && t->process->named)
				continue;
			int program = image_program(&r->images, t->tid, r->profile, &untouchable, e);
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
	struct recorder r = {.profile = p, .options = options, .started = true};
	char text[4096], *argv[256];
	command_line(pids[0], text, sizeof(text), argv, sizeof(argv) / sizeof(argv[0]) - 1);
	int rc = run_begin(p, options, argv, e);
	if (rc < 0)
		return rc;
	r.run = (uint32_t)rc;
	r.callers = (struct callers){.frames = options->frames};
	r.tracees.judge = options->lets_through;
	signals_take(0, &r.tracees);
	rc = attach_start(&r.tracees, pids, n, e);
	if (rc == 0)
		rc = name_programs(&r, e);
	if (rc == 0)
		rc = watch_with_clock(&r, e);
	attach_end(&r.tracees);
	if (rc == 0)
		rc = callers_name(p, e);
	clean_up(&r, result);
	return rc;
}

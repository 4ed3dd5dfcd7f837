/* The loop: waits for stops, turns calls into facts, and is the only place that restarts tracees.
 * SPDX-License-Identifier: MIT */
#include "tracer.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "image.h"
#include "launch.h"
#include "stop.h"
#include "tracee.h"

/* A call as PTRACE_GET_SYSCALL_INFO tells it. */
struct call {
	bool counted; /* is an entry: to be made a fact */
	enum arch arch;
	uint32_t nr;
	uint64_t args[6];
};

struct recorder {
	struct profile *profile;
	enum record_mode mode;
	uint32_t run;
	struct tracee_table tracees;
	struct image_cache images;
	pid_t command;      /* the first process */
	bool started;       /* its execve has succeeded: what came before was pinhole's own doing */
	struct call launch; /* that execve */
	int status;         /* how the command ended */
};

/* Whether what a call leaves in the result's register is no result: the handler's return restores the register of the
 * call it interrupted. */
static bool returns_nothing(const struct call *call)
{
	char buffer[32];
	const char *name = abi_name(call->arch, call->nr, buffer, sizeof(buffer));
	return strcmp(name, "rt_sigreturn") == 0 || strcmp(name, "sigreturn") == 0;
}

/* Counts a call as a fact, made in that phase. A number that marks no call (a tracer or a restart set it to -1) is none.
 * Its end is awaited only while no call of the fact is known to have succeeded: one more stop for a new fact, and for
 * what only ever fails. */
static int record_call(struct recorder *r, struct tracee *tracee, enum phase phase, const struct call *call,
		       struct error *e)
{
	struct fact_key key = fact_key_make(phase, call->arch, call->nr, call->args);
	int rc = profile_observe(r->profile, &key, tracee->process->program, r->run, 1, e);
	if (rc < 0 || (rc & OBSERVED_UNENDED) == 0)
		return rc < 0 ? rc : 0;
	if (returns_nothing(call))
		return profile_ended(r->profile, &key, 0, e);
	tracee->awaited = true;
	tracee->call = key;
	return 0;
}

/* The call that was awaited has succeeded, or will never return. */
static int end_call(struct recorder *r, struct tracee *tracee, struct error *e)
{
	if (!tracee->awaited)
		return 0;
	tracee->awaited = false;
	return profile_ended(r->profile, &tracee->call, 0, e);
}

/* At an exit stop. From 512 on the numbers are the kernel's own (ERESTARTSYS and its kin, include/linux/errno.h): a signal
 * interrupted the call. Whether it fails with EINTR, is made again, or is ended by restart_syscall shows later, or not at
 * all: its end is not known. */
static int on_return(struct recorder *r, struct tracee *tracee, const struct __ptrace_syscall_info *info,
		     struct error *e)
{
	if (!tracee->awaited || !info->exit.is_error || info->exit.rval <= -512)
		return end_call(r, tracee, e);
	tracee->awaited = false;
	return profile_ended(r->profile, &tracee->call, (unsigned)-info->exit.rval, e);
}

/* Whether a call can put a filter on the process that could hide calls from ours. */
static bool installs_filter(const struct call *call)
{
	char buffer[32];
	const char *name = abi_name(call->arch, call->nr, buffer, sizeof(buffer));
	return strcmp(name, "seccomp") == 0 || (strcmp(name, "prctl") == 0 && (uint32_t)call->args[0] == 22);
}

/* A stop at a call. Entry stops come before the filter's (since Linux 4.8), so a call that stops at both is counted
 * at the first. */
static int on_call(struct recorder *r, struct tracee *tracee, struct error *e)
{
	struct __ptrace_syscall_info info;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, tracee->tid, (void *)sizeof(info), &info) <= 0)
		return 0; /* ESRCH: killed meanwhile, and will report its own end */
	if (info.op != PTRACE_SYSCALL_INFO_ENTRY && info.op != PTRACE_SYSCALL_INFO_SECCOMP) {
		tracee->entry_seen = false;
		return info.op == PTRACE_SYSCALL_INFO_EXIT ? on_return(r, tracee, &info, e) : 0;
	}
	bool seen = tracee->entry_seen;
	tracee->entry_seen = info.op == PTRACE_SYSCALL_INFO_ENTRY;
	int arch = arch_by_audit(info.arch);
	if (seen || arch < 0)
		return 0;
	struct call call = {true, (enum arch)arch, (uint32_t)info.entry.nr, {0}};
	for (int i = 0; i < 6; i++)
		call.args[i] = info.op == PTRACE_SYSCALL_INFO_ENTRY ? info.entry.args[i] : info.seccomp.args[i];
	if (!r->started) {
		r->launch = call;
		return 0;
	}
	if (installs_filter(&call))
		tracee->process->syscall_stops = true;
	return record_call(r, tracee, tracee->process->phase, &call, e);
}

/* Restarts a tracee after a stop. ESRCH is no error: it was killed and will report its own end. */
static void restart(const struct tracee *tracee, struct stop stop)
{
	if (stop.kind == STOP_GROUP)
		ptrace(PTRACE_LISTEN, tracee->tid, NULL, NULL);
	else
		ptrace(tracee->process->syscall_stops || tracee->awaited ? PTRACE_SYSCALL : PTRACE_CONT, tracee->tid, NULL,
		       (void *)(long)(stop.kind == STOP_SIGNAL ? stop.signal : 0));
}

/* Whether tid is a thread of that process (clone(2) with CLONE_THREAD; clone3's flags are not in a register). */
static bool is_thread_of(pid_t tgid, pid_t tid)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/task/%d", (int)tgid, (int)tid);
	return access(path, F_OK) == 0;
}

/* A thread or process was made: tells the new tracee whose it is, and lets it go if it waits for that. */
static int on_child(struct recorder *r, struct tracee *parent, struct error *e)
{
	unsigned long message;
	if (ptrace(PTRACE_GETEVENTMSG, parent->tid, NULL, &message) != 0)
		return 0;
	pid_t tid = (pid_t)message;
	struct tracee *child = tracee_find(&r->tracees, tid);
	if (child != NULL && child->process != NULL)
		return 0; /* resolved through /proc already */
	struct process *process = parent->process;
	if (!is_thread_of(process->tgid, tid))
		process = process_new(tid, parent->process);
	if (process == NULL)
		return error_memory(e);
	if (child == NULL)
		return tracee_add(&r->tracees, tid, process) == NULL ? error_memory(e) : 0;
	tracee_join(&r->tracees, child, process);
	restart(child, child->held);
	return 0;
}

/* Reads a number of /proc/TID/status; 0 where it can't be had. */
static pid_t status_field(pid_t tid, const char *field)
{
	char path[64], line[256];
	snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	FILE *f = fopen(path, "re");
	int value = 0;
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, field, strlen(field)) == 0) {
			sscanf(line + strlen(field), "%d", &value);
			break;
		}
	if (f != NULL)
		fclose(f);
	return value;
}

/* Lets one held tracee go whose parent was killed before its event could be reported: what /proc says of it decides. */
static int resolve_held(struct recorder *r, struct tracee *tracee, struct error *e)
{
	pid_t tgid = status_field(tracee->tid, "Tgid:");
	struct tracee *leader = tgid != tracee->tid ? tracee_find(&r->tracees, tgid) : NULL;
	struct tracee *parent = tracee_find(&r->tracees, status_field(tracee->tid, "PPid:"));
	struct process *process = leader != NULL ? leader->process : NULL;
	if (process == NULL) {
		process = process_new(tracee->tid, parent != NULL ? parent->process : NULL);
		if (process == NULL)
			return error_memory(e);
		if (parent == NULL || parent->process == NULL) {
			process->syscall_stops = r->mode == RECORD_PLAIN;
			process->phase = PHASE_MAIN;
			int program = image_program(&r->images, tracee->tid, r->profile, NULL, e);
			if (program < 0)
				return program;
			process->program = (uint32_t)program;
		}
	}
	tracee_join(&r->tracees, tracee, process);
	restart(tracee, tracee->held);
	return 0;
}

static int resolve_all_held(struct recorder *r, struct error *e)
{
	for (size_t i = 0; r->tracees.held > 0 && i < sizeof(r->tracees.buckets) / sizeof(r->tracees.buckets[0]); i++)
		for (struct tracee *t = r->tracees.buckets[i]; t != NULL; t = t->next)
			if (t->process == NULL) {
				int rc = resolve_held(r, t, e);
				if (rc < 0)
					return rc;
			}
	return 0;
}

/* At an exec: it has succeeded, and what the other threads were at will never return. */
static int end_calls(struct recorder *r, const struct process *process, struct error *e)
{
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < sizeof(r->tracees.buckets) / sizeof(r->tracees.buckets[0]); i++)
		for (struct tracee *t = r->tracees.buckets[i]; rc == 0 && t != NULL; t = t->next)
			if (t->process == process)
				rc = end_call(r, t, e);
	return rc;
}

/* A new image: other threads are gone, the caller has the leader's id (ptrace(2), "execve(2) under ptrace"). */
static int on_exec(struct recorder *r, struct tracee *tracee, struct error *e)
{
	struct process *process = tracee->process;
	unsigned long former;
	if (ptrace(PTRACE_GETEVENTMSG, tracee->tid, NULL, &former) == 0 && (pid_t)former != tracee->tid)
		tracee->entry_seen = process->syscall_stops; /* the caller's exit stop comes under this id */
	int rc = end_calls(r, process, e);
	tracee_keep_only(&r->tracees, process, tracee->tid);
	if (rc == 0)
		rc = image_exec(&r->images, process, r->profile, e);
	if (rc < 0 || r->started)
		return rc;
	r->started = true;
	/* The launcher's execve belongs to the command: whoever installs the filter will exec under it too. */
	if (r->launch.counted)
		rc = record_call(r, tracee, PHASE_LOAD, &r->launch, e);
	return rc < 0 ? rc : end_call(r, tracee, e);
}

static int on_end(struct recorder *r, pid_t tid, int status, struct error *e)
{
	struct tracee *tracee = tracee_find(&r->tracees, tid);
	int rc = tracee != NULL ? end_call(r, tracee, e) : 0;
	if (tid == r->command)
		r->status = status;
	tracee_remove(&r->tracees, tid);
	return rc < 0 ? rc : resolve_all_held(r, e);
}

static int on_stop(struct recorder *r, pid_t tid, int status, struct error *e)
{
	struct stop stop = stop_classify(status);
	if (stop.kind == STOP_ENDED)
		return on_end(r, tid, status, e);
	struct tracee *tracee = tracee_find(&r->tracees, tid);
	if (tracee == NULL && (tracee = tracee_add(&r->tracees, tid, NULL)) == NULL)
		return error_memory(e);
	if (tracee->process == NULL) {
		tracee->held = stop;
		return 0;
	}
	int rc = 0;
	switch (stop.kind) {
	case STOP_SYSCALL:
	case STOP_SECCOMP:
		rc = on_call(r, tracee, e);
		break;
	case STOP_CHILD:
		rc = on_child(r, tracee, e);
		break;
	case STOP_EXEC:
		rc = on_exec(r, tracee, e);
		break;
	case STOP_SIGNAL:
		if (stop.signal == SIGTRAP && image_entered(tracee))
			stop.kind = STOP_TRAP; /* our breakpoint, not the program's signal */
		break;
	default:
		break;
	}
	if (rc == 0)
		restart(tracee, stop);
	return rc;
}

static int watch(struct recorder *r, struct error *e)
{
	for (;;) {
		int status;
		pid_t tid = waitpid(-1, &status, __WALL);
		if (tid < 0 && errno == EINTR)
			continue;
		if (tid < 0)
			return errno == ECHILD ? 0 : error_system(e, "cannot wait for the command");
		int rc = on_stop(r, tid, status, e);
		if (rc < 0)
			return rc;
	}
}

/* After an error: the tree must not outlive its recorder. */
static void kill_all(struct recorder *r)
{
	for (size_t i = 0; i < sizeof(r->tracees.buckets) / sizeof(r->tracees.buckets[0]); i++)
		for (struct tracee *t = r->tracees.buckets[i]; t != NULL; t = t->next)
			kill(t->tid, SIGKILL);
	int status;
	pid_t tid;
	while ((tid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR)
		if (tid > 0 && WIFSTOPPED(status))
			kill(tid, SIGKILL);
}

/* Signals. The terminal's reach the command by themselves; what is sent to the recorder alone is meant for it. */

static volatile pid_t forward_to;

static void forward(int signal, siginfo_t *info, void *context)
{
	(void)context;
	int saved = errno;
	if (forward_to > 0 && info->si_code <= 0) /* SI_USER and the like: from a process, not from the terminal */
		kill(forward_to, signal);
	errno = saved;
}

static const int forwarded[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
enum { FORWARDED = sizeof(forwarded) / sizeof(forwarded[0]) };

static void signals_take(pid_t command, struct sigaction old[FORWARDED])
{
	forward_to = command;
	struct sigaction action = {.sa_sigaction = forward, .sa_flags = SA_SIGINFO | SA_RESTART};
	sigfillset(&action.sa_mask);
	for (size_t i = 0; i < FORWARDED; i++)
		sigaction(forwarded[i], &action, &old[i]);
}

static void signals_give_back(const struct sigaction old[FORWARDED])
{
	forward_to = 0;
	for (size_t i = 0; i < FORWARDED; i++)
		sigaction(forwarded[i], &old[i], NULL);
}

/* The run as it begins; how it ended is told later. */
static int add_run(struct recorder *r, const struct record_options *options, char *const argv[], struct error *e)
{
	unsigned char random[16];
	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return error_system(e, "cannot get random bytes");
	char id[33], started[32];
	for (size_t i = 0; i < sizeof(random); i++)
		snprintf(id + 2 * i, 3, "%02x", random[i]);
	time_t now = time(NULL);
	struct tm utc;
	strftime(started, sizeof(started), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
	struct utsname system;
	uname(&system);
	struct run run = {.id = id,
			  .started = started,
			  .mode = options->mode == RECORD_PLAIN ? "plain" : "exact",
			  .kernel = system.release,
			  .label = (char *)options->label};
	int rc = 0;
	for (size_t i = 0; rc == 0 && argv[i] != NULL; i++)
		if (!vec_push(&run.command, argv[i]))
			rc = error_memory(e);
	if (rc == 0)
		rc = profile_add_run(r->profile, &run, e);
	vec_free(&run.command);
	if (rc < 0)
		return rc;
	r->run = (uint32_t)rc;
	return 0;
}

static int note_exit(struct recorder *r, struct error *e)
{
	char how[32];
	const char *name = WIFSIGNALED(r->status) ? signal_name(WTERMSIG(r->status)) : NULL;
	if (name != NULL)
		snprintf(how, sizeof(how), "%s", name);
	else if (WIFSIGNALED(r->status))
		snprintf(how, sizeof(how), "signal %d", WTERMSIG(r->status));
	else
		snprintf(how, sizeof(how), "exit %d", WEXITSTATUS(r->status));
	return profile_set_exit(r->profile, r->run, how, e);
}

int tracer_record(const struct record_options *options, char *const argv[], struct profile *p, int *status,
		  struct error *e)
{
	struct recorder r = {.profile = p, .mode = options->mode};
	struct launch launch;
	struct sigaction old[FORWARDED];
	int rc = add_run(&r, options, argv, e);
	if (rc < 0)
		return rc;
	rc = launch_start(&launch, argv, options->mode == RECORD_EXACT, e);
	if (rc < 0)
		return rc;
	r.command = launch.pid;
	signals_take(launch.pid, old);
	struct process *first = process_new(launch.pid, NULL);
	if (first == NULL || tracee_add(&r.tracees, launch.pid, first) == NULL) {
		rc = error_memory(e);
		kill(launch.pid, SIGKILL);
	} else {
		first->syscall_stops = options->mode == RECORD_PLAIN;
		/* The child is running: plain mode begins at its next stop, and this makes one. */
		if (first->syscall_stops)
			ptrace(PTRACE_INTERRUPT, launch.pid, NULL, NULL);
		rc = launch_go(&launch, e);
	}
	if (rc == 0)
		rc = watch(&r, e);
	if (rc < 0)
		kill_all(&r);
	else if (!r.started)
		rc = launch_failed(&launch, argv[0], e);
	else
		rc = note_exit(&r, e);
	*status = r.status;
	signals_give_back(old);
	launch_close(&launch);
	tracee_table_free(&r.tracees);
	image_cache_free(&r.images);
	return rc;
}

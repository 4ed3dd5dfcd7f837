/* The tracer: watches a command and everything that it starts by ptrace(2), and makes facts of their system calls.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_H
#define PINHOLE_TRACER_H

#include <stdbool.h>
#include <sys/types.h>

#include "policies/base/error.h"
#include "policies/profile/profile.h"

struct sock_filter;
struct seccomp_data;

enum record_mode {
	RECORD_QUIET, /* known calls do not stop: a filter answers RET_TRACE to all others */
	RECORD_EXACT, /* a filter answers RET_TRACE to every call: one stop a call (seccomp(2)) */
	RECORD_PLAIN, /* no filter, PTRACE_SYSCALL: two stops a call (ptrace(2)) */
	RECORD_LISTEN, /* no tracing: known calls pass a filter, all others notify the recorder (seccomp_unotify(2)) */
	RECORD_CONTAINER, /* as RECORD_LISTEN, by the filter that a container runtime has installed */
};

/* Returns whether a filter of n instructions allows a call. */
typedef bool filter_lets_through(const struct sock_filter *code, size_t n, const struct seccomp_data *call);

/* A filter that a process is given: for as long as it is watched, or for good. */
struct watch_filter {
	struct sock_filter *code; /* malloc'ed, owned by whoever owns this struct */
	size_t length;		  /* in instructions */
	/* Of filters that a process keeps for good: */
	bool log;			    /* install it with SECCOMP_FILTER_FLAG_LOG (Linux 4.14) */
	filter_lets_through *lets_through;  /* NULL marks a filter for watching, whose RET_TRACE stops the process and lets it go on */
	const struct watch_filter *earlier; /* the filter of this kind that the process has already; or NULL */
};

/* Makes a filter that allows the calls of n facts, whatever their phase, and answers RET_TRACE to all others. Signals
 * to the process `spared`, and ptrace(2) of it, get RET_TRACE too. tools/ hands this function to the tracer, which has
 * no compiler. Fills *out. Returns 0, ERR_LIMIT where the calls exceed the filter limit, or another negative code. */
typedef int watch_compiler(const struct fact *const *facts, size_t n, pid_t spared, struct watch_filter *out,
			   struct error *e);

/* How a recording is going. */
struct record_progress {
	uint64_t stops;	     /* so far */
	size_t facts;	     /* seen in this run */
	unsigned processes;  /* running now */
	int64_t since_new;   /* milliseconds since the last new fact */
};

/* A call that fails, or that a signal meets, without the kernel's doing: to see what a program does then. */
struct record_fault {
	struct fact_key key; /* of which calls: architecture, number, the values of the arguments in key.args, and the phase */
	bool any_phase;	     /* the phase does not matter */
	uint64_t when;	     /* the how-manieth such call of the whole run, from 1 */
	bool from_then_on;   /* that one and all later ones */
	unsigned error;	     /* the errno value with which the call fails, without being made; 0: it is made */
	int signal;	     /* sent to the thread as the call begins; 0: none */
	uint64_t most;	     /* the call transfers at most so much (abi_transfer_size); 0: as much as it asks for */
	unsigned delay;	     /* milliseconds that the thread waits before the call, while other threads run */
};

struct record_options {
	enum record_mode mode;
	const char *label; /* or NULL */
	/* The name of the call with which phase `serve` begins: the first time that a process in phase `main` makes it.
	 * The process's later children, and the programs that it executes, are in that phase too. NULL: there is no
	 * such phase. */
	const char *phase_at;
	/* Of RECORD_QUIET only: */
	watch_compiler *compile;
	const struct profile *known; /* facts that need not be seen again; or NULL */
	uint64_t quiet_after;	     /* give a process a filter after so many calls without a new fact */
	/* Of RECORD_CONTAINER only: how many facts the filter lets through; NULL: nobody knows. */
	const uint64_t *passed;
	/* Of all modes: */
	filter_lets_through *lets_through; /* judges filters that programs install themselves */
	unsigned frames;   /* most frames in the stack of a new fact; 0: take no stacks */
	uint64_t until_ms; /* end after so many milliseconds; 0: when the last process has ended */
	void (*progress)(const struct record_progress *); /* called every half second; or NULL */
	/* Called once: when the first process, `pid`, calls ptrace(2) to trace or to be traced; or NULL. */
	void (*traces)(pid_t pid);
	bool explore; /* something is made to go wrong in this run: its mode is "explore" */
	/* Of tracer_record: calls that are made to fail; NULL: none. A process that follows its own
	 * filters sees none: its calls stop before these. */
	const struct record_fault *fault;
	/* Of tracer_record: called in the command's process before it is executed, to change what it inherits; NULL: nothing. Returns
	 * 0 or an errno value. */
	int (*prepare)(const void *of);
	const void *prepare_of;
	/* Called ten times a second with the profile so far, in which the run is marked as unfinished, and the
	 * milliseconds that the run has lasted; or NULL. Stopped tracees wait while it runs. */
	void (*watcher)(void *context, struct profile *p, uint32_t run, uint64_t ms);
	void *context; /* for `watcher` */
};

/* About a recording; the profile does not hold this. */
struct record_result {
	int status;	      /* the command's wait status (waitpid(2)) */
	uint64_t stops;	      /* of all tracees */
	unsigned processes;   /* seen in the whole run */
	unsigned went_quiet;  /* processes that were given a filter while they ran */
	unsigned refused;     /* processes that could not be given one */
	int refusal;	      /* why the last of them could not: an errno value; 0: no filter could be made */
	uint64_t strange_calls; /* of an architecture that pinhole does not know: they are not in the profile */
	unsigned other_calls; /* processes that never went quiet because they make calls of another architecture */
};

/* Returns whether programs and the phase `load` can be told. That needs the /proc of this PID namespace. */
bool tracer_sees_programs(void);

/* Names the functions in all stacks, as at the end of a recording. For a copy of the profile that is saved before the
 * end. Returns 0 or ERR_MEMORY. */
int tracer_name_frames(struct profile *p, struct error *e);

/* Attaches to n ≥ 1 running processes, with all their threads and descendants, and watches them by PTRACE_SYSCALL. It
 * ends when the last process has ended, when the time is up, or at a signal that ends a process by default (except
 * SIGUSR1 and SIGUSR2). Then the processes are left as they were. No filter is installed in them. All facts are of
 * phase `main`. Fills *result. Returns as tracer_record, except that a failure ends no process. */
int tracer_attach(const struct record_options *options, const pid_t *pids, size_t n, struct profile *p,
		  struct record_result *result, struct error *e);

/* Runs a command as tracer_record does, but watches it by seccomp's user notification instead of ptrace(2): no process is traced.
 * Calls that options->known has do not stop, with or without options->compile; all others notify, each time. Facts are of phase
 * `main`, and how a call ends is not seen. When the recorder dies, a keeper process lets the calls go on. After options->until_ms the
 * command gets SIGTERM, and ten seconds later its descendants get SIGKILL. Needs Linux 5.9. Returns as tracer_record. */
int tracer_listen(const struct record_options *options, char *const argv[], struct profile *p, struct record_result *result,
		  struct error *e);

/* Runs a command (argv[0] is looked up in PATH as by execvp(3)) and watches its whole tree until the last process has
 * ended. After options->until_ms the command gets SIGTERM, and ten seconds later all processes get SIGKILL. Adds the
 * run to `p` and fills *result. The tracees die with the tracer (PTRACE_O_EXITKILL, Linux 3.8). Returns 0, ERR_INPUT
 * where the command cannot be run, ERR_SYSTEM where tracing is not permitted (the text says what to do), or another
 * negative code. After a failure the tree is gone, and `p` is to be thrown away. Afterwards all signals that end a
 * process are blocked, except SIGKILL, so that the caller can save the profile. */
int tracer_record(const struct record_options *options, char *const argv[], struct profile *p,
		  struct record_result *result, struct error *e);

#endif

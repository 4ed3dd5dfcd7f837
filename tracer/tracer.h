/* The tracer: watches a command and everything it starts, and makes facts of what they ask of the kernel.
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
	RECORD_QUIET, /* what is known runs free, through a filter that answers RET_TRACE to everything else */
	RECORD_EXACT, /* a filter whose only answer is RET_TRACE: one stop a call (seccomp(2)) */
	RECORD_PLAIN, /* PTRACE_SYSCALL: two stops a call; the tracee sees no filter (ptrace(2)) */
};

/* Whether a filter lets a call through. */
typedef bool filter_lets_through(const struct sock_filter *code, size_t n, const struct seccomp_data *call);

/* A filter for a process that is watched, or that is to have it for good. */
struct watch_filter {
	struct sock_filter *code; /* malloc'ed */
	size_t length;		  /* in instructions */
	/* Of the latter. */
	bool log;			    /* SECCOMP_FILTER_FLAG_LOG (Linux 4.14) */
	filter_lets_through *lets_through;  /* NULL: what is not allowed stops (RET_TRACE), and goes on */
	const struct watch_filter *earlier; /* that the process has already; or NULL */
};

/* Makes a filter that allows the calls of these facts, of whatever phase, and answers RET_TRACE to all others: to signals and ptrace(2)
 * for the process `spared`, too. The tracer has no compiler of its own. Returns 0 or a negative code. */
typedef int watch_compiler(const struct fact *const *facts, size_t n, pid_t spared, struct watch_filter *out,
			   struct error *e);

/* How a recording goes. */
struct record_progress {
	uint64_t stops;
	size_t facts;	     /* seen in this run */
	unsigned processes;  /* that run now */
	int64_t since_new;   /* milliseconds since the last new fact */
};

struct record_options {
	enum record_mode mode;
	const char *label; /* or NULL */
	/* Phase `serve` begins in a process at the first such call that it makes in `main`, and with it; its descendants and what
	 * it executes are in that phase, too. NULL: there is no such phase. */
	const char *phase_at;
	/* Of RECORD_QUIET only. */
	watch_compiler *compile;
	const struct profile *known; /* what need not be seen again; or NULL */
	uint64_t quiet_after;	     /* a process goes quiet after so many calls without a new fact */
	/* Of all. */
	filter_lets_through *lets_through; /* for filters of the programs' own */
	unsigned frames;   /* of the stacks of new facts, at most; 0: no stacks */
	uint64_t until_ms; /* end after so many milliseconds; 0: with the last process */
	void (*progress)(const struct record_progress *); /* called every half second; or NULL */
	/* Called at the first ptrace(2) by which a process, whose id is `pid`, begins to trace or to be traced; or NULL. */
	void (*traces)(pid_t pid);
	/* Called ten times a second with what was seen so far, and how many milliseconds the run has lasted; or NULL. The run
	 * is marked as unfinished. The tracees' stops wait for it. */
	void (*watcher)(void *context, struct profile *p, uint32_t run, uint64_t ms);
	void *context;
};

/* What the profile does not tell of a recording. */
struct record_result {
	int status;	      /* the command's own wait status (waitpid(2)) */
	uint64_t stops;	      /* of all tracees */
	unsigned processes;   /* there ever were */
	unsigned went_quiet;  /* processes that were given a filter while they ran */
	unsigned refused;     /* those that could not be, */
	int refusal;	      /* the errno value that the last one got, 0: the filter could not be made */
	unsigned other_calls; /* processes that were followed call by call, as theirs were of another architecture */
};

/* Whether programs and the phase `load` can be told: that takes the /proc of this PID namespace. */
bool tracer_sees_programs(void);

/* Gives the frames of all stacks the names of their functions, as it is done at the end of a recording: for a copy that is
 * saved before. Returns 0 or ERR_MEMORY. */
int tracer_name_frames(struct profile *p, struct error *e);

/* Watches n ≥ 1 processes that run already, with all their threads and descendants, by PTRACE_SYSCALL: until the last has
 * ended, a signal comes that ends a process by default (but SIGUSR1 and SIGUSR2), or the time is up. Then they are left as they were; no filter is installed
 * in them. Facts are of phase main. Returns as tracer_record; no process ends with a failure. */
int tracer_attach(const struct record_options *options, const pid_t *pids, size_t n, struct profile *p,
		  struct record_result *result, struct error *e);

/* Runs a command (argv[0] is looked up in PATH as execvp(3) does) and follows its whole tree until the last process
 * of it has ended; after options->until_ms the command gets SIGTERM, and ten seconds later all get SIGKILL. What was seen is added to `p` as one run. The tracees die with the tracer (PTRACE_O_EXITKILL, Linux 3.8). Returns 0, ERR_INPUT where the
 * command can't be run, ERR_SYSTEM where tracing is not permitted (the text says what to do), or another negative
 * code; after a failure the tree is gone and `p` is to be thrown away. All signals that end a
 * process are blocked then, but SIGKILL, so that the caller can save the profile first. */
int tracer_record(const struct record_options *options, char *const argv[], struct profile *p,
		  struct record_result *result, struct error *e);

#endif

/* The stages of reading strace's logs: line → call → fact; for this folder. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_IMPORT_STRACE_H
#define PINHOLE_POLICIES_IMPORT_STRACE_H

#include "policies/base/index.h"
#include "policies/import/importers.h"

/* line.c: what a line is. Pure. ---------------------------------------------------------------------------- */

enum strace_kind {
	LINE_EMPTY, /* nothing, or what says nothing of calls: stacks (-k), dumps (-e read=), strace's own messages */
	LINE_CALL,  /* NAME(ARGUMENTS) = RESULT; or cut off */
	LINE_UNFINISHED, /* NAME(ARGUMENTS <unfinished ...>, or <detached ...>, or <pid changed to 123 ...>: other is
			    123 */
	LINE_RESUMED,	 /* <... NAME resumed>ARGUMENTS) = RESULT */
	LINE_SIGNAL,	 /* --- SIGCHLD {…} --- */
	LINE_EXITED,	 /* +++ exited with 0 +++: text is "0" */
	LINE_KILLED,	 /* +++ killed by SIGKILL +++: text is "SIGKILL" */
	LINE_SUPERSEDED, /* +++ superseded by execve in pid 123 +++: other is 123 */
	LINE_MODE,	 /* [ Process PID=123 runs in 32 bit mode. ]: text is "32 bit" */
	LINE_ATTACHED,	 /* strace: Process 123 attached: other is 123 */
	LINE_SUMMARY,	 /* the table of -c begins */
	LINE_OTHER,	 /* nothing that strace writes */
};

struct strace_line {
	enum strace_kind kind;
	long pid; /* before the line; 0: none */
	long other;
	long nr;	 /* -n; -1: not told */
	long long epoch; /* -ttt: seconds since 1970; 0: not told */
	char *name;	 /* of the call; inside the line */
	char *text;	 /* the rest, NUL-terminated, inside the line */
};

/* Takes a line apart. The line is changed, and what the result has points into it. */
void strace_line_read(char *line, struct strace_line *out);

/* call.c: what a call's text says. -------------------------------------------------------------------------- */

enum { STRACE_PIECES = 8 };

/* A call as it was printed. */
struct strace_call {
	const char *name;
	long nr;
	enum arch arch;
	struct {
		const char *text; /* without blanks around it; not NUL-terminated */
		size_t n;
	} pieces[STRACE_PIECES];
	unsigned count;	    /* pieces, the further ones left out */
	bool whole;	    /* the arguments were printed to their end */
	const char *result; /* what stands after "="; NULL: it did not end, or the line is cut off */
};

/* Splits the text that follows "NAME(". `unfinished`: what stands there was printed whole, and the call had not ended.
 */
void strace_call_split(const char *text, bool unfinished, struct strace_call *out);

/* What follows the comment that begins at s; NULL: it does not end before `end`. Comments of -X verbose have comments in them. */
const char *strace_comment(const char *s, const char *end);

/* What the result says: 0, it succeeded or nobody knows; else the errno value. */
unsigned strace_call_error(const struct strace_call *c);

/* The number that was returned, or -1. */
long strace_call_returned(const struct strace_call *c);

/* Appends the C string that a piece begins with, without its quotes and escapes; false: there is none, or it is cut
 * off. */
bool strace_string(const char *piece, size_t n, struct text *out);

/* The architectures whose call it may be, of those that the log leaves open: by its number, where that is there. */
arch_set strace_call_archs(const struct strace_call *c, arch_set open);

/* The architecture that alone has a call of that name, of the two of one processor; -1: both do, or none. */
int strace_call_alone(const char *name);

/* The keys of the facts that the call may be: one, two where strace writes two calls of i386 alike, none where its name
 * is not known. Arguments whose values can't be told are left out of a key, so that the fact stands for any of them.
 * Returns how many. */
unsigned strace_call_keys(const struct strace_call *c, struct fact_key keys[2], const struct lines *at,
			  struct remarks *remarks);

/* value.c: what an argument's text says. ----------------------------------------------------------------------
 */

/* Reads the value of an argument as strace prints it. Returns 1; 0 where its names are none that the tables know; or
 * ERR_MEMORY. */
int strace_value(const struct syscall_desc *call, enum arch arch, unsigned i, const char *text, size_t n,
		 uint64_t *value);

/* threads.c: who made a call.
 * ----------------------------------------------------------------------------------- */

/* What a thread runs: a position among the images, or this, or what another thread began with (INHERITED(its
 * position)). */
enum { IMAGE_UNKNOWN = -1 };
#define INHERITED(thread) (-2 - (int64_t)(thread))

/* What one execve has made, until the next: its program, and the architectures of which it made calls that the other of
 * the same processor has not. */
struct image {
	char *path; /* NULL: not known */
	long by;    /* the pid whose thread began that execve, where its file is yet to be read; 0: it was read */
	arch_set alone;
};

/* One thread of the log. */
struct thread {
	long pid;		     /* negative: the log does not tell it */
	long was;		     /* the negative one that it had before; 0: none */
	enum arch arch;		     /* of its calls now */
	bool told;		     /* that, by a line of its own */
	arch_set alone;		     /* as an image's, of calls before the image is known */
	bool ended, called, started; /* it made a call; another thread was seen to start it */
	bool started_now;	     /* that, in this reading */
	size_t current, next;	     /* positions: of a pid's first thread, which has it now; and which has it next, or 0 */
	long superseded;	     /* the pid whose thread executes, and goes on as this one; 0: none */
	int64_t first;		     /* what it ran when it began */
	int64_t now;		     /* what it runs */
	int64_t executed;	     /* what it executed first, where that was its first call; or IMAGE_UNKNOWN */
	struct text pending;	     /* the call that is not finished: its name, "(" and the text; empty: none */
	long pending_nr;
	size_t pending_line;
};

struct threads {
	VEC(struct thread *) list; /* each stays where it is */
	VEC(struct image) images;  /* in the order in which they were executed */
	struct image unknown;
	size_t replayed;    /* images that the second reading has met again */
	struct index index; /* by pid */
	size_t last;	    /* the one that was looked up last */
};

/* The thread of that pid, added if new. NULL: no memory. */
struct thread *threads_of(struct threads *t, long pid, enum arch arch);
bool threads_known(struct threads *t, long pid);

/* The thread that has the pid of one that is known and has ended, once it is used again. NULL: no memory. */
struct thread *threads_next(struct threads *t, long pid, enum arch arch);

/* Gives the thread of one pid another, and tells which one that pid was given. false: no memory. */
bool threads_rename(struct threads *t, long pid, long to);
long threads_named(const struct threads *t, long pid);

/* Whose a line without a pid is, where others have one: that thread's which alone has not ended; NULL: it can't be
 * told. */
struct thread *threads_only(struct threads *t);

/* Notes that a thread started another, or executed a program (NULL: `superseded` tells which). false: no memory. */
bool threads_started(struct threads *t, long by, long pid);
bool threads_executed(struct threads *t, struct thread *by, const char *path);

/* Tells the program of an execve that the thread of that pid began, and another one's lines have ended. false: no
 * memory. */
bool threads_executes(struct threads *t, long pid, const char *path);

/* What a thread runs, as far as it is known yet. */
struct image *threads_image(struct threads *t, const struct thread *of);

/* Notes that a thread made a call that no other architecture of the processor has. */
void threads_alone(struct threads *t, struct thread *by, enum arch arch);

/* The second reading: all begin anew, with what was learned. */
void threads_rewind(struct threads *t, enum arch arch);

/* The position of the first thread that no other started: what strace started. */
size_t threads_root(const struct threads *t);
void threads_free(struct threads *t);

#endif

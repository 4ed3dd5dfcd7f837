/* The stages of reading strace's logs: line → call → fact. Internal to this folder.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_IMPORT_STRACE_H
#define PINHOLE_POLICIES_IMPORT_STRACE_H

#include "policies/base/index.h"
#include "policies/import/importers.h"

/* line.c: the kind of a line. Pure.
 * ------------------------------------------------------------------------- */

enum strace_kind {
	LINE_EMPTY,	 /* nothing about calls: empty, stacks (-k), dumps (-e read=), strace's own messages */
	LINE_CALL,	 /* NAME(ARGUMENTS) = RESULT; or cut off */
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
	LINE_OTHER,	 /* not a line of strace */
};

struct strace_line {
	enum strace_kind kind;
	long pid; /* written before the call; 0: none */
	long other;
	long nr;	 /* -n; -1: unknown */
	long long epoch; /* -ttt: seconds since 1970; 0: unknown */
	char *name;	 /* the call's name, inside the line */
	char *text;	 /* the rest, NUL-terminated, inside the line */
};

/* Parses a line. The line is changed, and the result points into it. */
void strace_line_read(char *line, struct strace_line *out);

/* call.c: the content of a call's text.
 * --------------------------------------------------------------------- */

enum { STRACE_PIECES = 8 };

/* A call as strace printed it. */
struct strace_call {
	const char *name;
	long nr;
	enum arch arch;
	struct {
		const char *text; /* without blanks around it; without NUL */
		size_t n;
	} pieces[STRACE_PIECES];
	unsigned count;	    /* how many pieces are kept; further ones are left out */
	bool whole;	    /* the arguments were printed to their end */
	const char *result; /* the text after "="; NULL: it did not end, or the line is cut off */
};

/* Splits the text that follows "NAME(". `unfinished`: the text was printed completely, and the call
 * had not ended. */
void strace_call_split(const char *text, bool unfinished, struct strace_call *out);

/* Returns the text after the comment that begins at s; NULL: it does not end before `end`. Comments
 * of -X verbose contain comments. */
const char *strace_comment(const char *s, const char *end);

/* The result: 0 if it succeeded or is unknown, otherwise the errno value. */
unsigned strace_call_error(const struct strace_call *c);

/* The returned number, or -1. */
long strace_call_returned(const struct strace_call *c);

/* Appends the C string that a piece begins with, without quotes and escapes; false: there is none,
 * or it is cut off. */
bool strace_string(const char *piece, size_t n, struct text *out);

/* Narrows the architectures that the log leaves open, by the call's number if it has one. */
arch_set strace_call_archs(const struct strace_call *c, arch_set open);

/* Returns the architecture, of the two of one processor, that alone has a call of this name; -1:
 * both have it, or neither. */
int strace_call_alone(const char *name);

/* Makes the keys of the facts that the call may be: one; two if strace prints two calls of i386
 * alike; none if its name is unknown. Arguments with unknown values are left out of a key, so that
 * the fact stands for any value of them. Returns the number of keys. */
unsigned strace_call_keys(const struct strace_call *c, struct fact_key keys[2], const struct lines *at,
			  struct remarks *remarks);

/* value.c: the content of an argument's text.
 * --------------------------------------------------------------- */

/* Reads the value of an argument as strace prints it. Returns 1; 0 if the tables lack its names; or
 * ERR_MEMORY. */
int strace_value(const struct syscall_desc *call, enum arch arch, unsigned i, const char *text, size_t n,
		 uint64_t *value);

/* threads.c: the thread of a call.
 * -------------------------------------------------------------------------- */

/* The program of a thread: a position among the images, or this, or "the same as another thread's
 * first program": INHERITED(that thread's position). */
enum { IMAGE_UNKNOWN = -1 };
#define INHERITED(thread) (-2 - (int64_t)(thread))

/* The effect of one execve, until the next: the program, and the architectures whose calls it made
 * that the processor's other architecture lacks. */
struct image {
	char *path; /* NULL: unknown */
	long by;    /* the pid of the thread that began that execve, if its file is not read yet; 0: it was read */
	arch_set alone;
};

/* One thread of the log. */
struct thread {
	long pid;		     /* negative: unknown */
	long was;		     /* its earlier negative pid; 0: none */
	enum arch arch;		     /* the architecture of its calls now */
	bool told;		     /* a line said so */
	arch_set alone;		     /* like an image's, for calls before the image is known */
	bool ended, called, started; /* called: it made a call; started: another thread started it */
	bool started_now;	     /* started in this reading */
	size_t current, next; /* in a pid's first thread: the position of the thread that has the pid now; the one that
				 has it next, or 0 */
	long superseded;      /* the pid whose thread executes and takes over this pid; 0: none */
	int64_t first;	      /* its program when it began */
	int64_t now;	      /* its program now */
	int64_t executed;     /* the program of its first call, if that was an execve; or IMAGE_UNKNOWN */
	struct text pending;  /* the unfinished call: its name, "(" and the text; empty: none */
	long pending_nr;
	size_t pending_line;
};

struct threads {
	VEC(struct thread *) list; /* threads never move */
	VEC(struct image) images;  /* in the order of execution */
	struct image unknown;
	size_t replayed;    /* images that the second reading has reached */
	struct index index; /* by pid */
	size_t last;	    /* the thread looked up last */
};

/* Returns the thread of a pid, added if new. NULL: no memory. */
struct thread *threads_of(struct threads *t, long pid, enum arch arch);
bool threads_known(struct threads *t, long pid);

/* Returns the next thread with the pid of a known thread that has ended, when the pid is used
 * again. NULL: no memory. */
struct thread *threads_next(struct threads *t, long pid, enum arch arch);

/* Gives one pid's thread another pid, and notes the thread whose pid that was. false: no memory. */
bool threads_rename(struct threads *t, long pid, long to);
long threads_named(const struct threads *t, long pid);

/* Returns the thread of a line without pid, in a log where others have one: the only thread that
 * has not ended; NULL: unknown. */
struct thread *threads_only(struct threads *t);

/* Notes that a thread started another, or executed a program (NULL: `superseded` says which).
 * false: no memory. */
bool threads_started(struct threads *t, long by, long pid);
bool threads_executed(struct threads *t, struct thread *by, const char *path);

/* Sets the program of an execve that a pid's thread began and whose end stands among another
 * thread's lines. false: no memory. */
bool threads_executes(struct threads *t, long pid, const char *path);

/* Returns a thread's program, as far as it is known yet. */
struct image *threads_image(struct threads *t, const struct thread *of);

/* Notes that a thread made a call that no other architecture of the processor has. */
void threads_alone(struct threads *t, struct thread *by, enum arch arch);

/* Begins the second reading: resets all threads, keeping what was learned. */
void threads_rewind(struct threads *t, enum arch arch);

/* Returns the position of the first thread that no other started: the one that strace started. */
size_t threads_root(const struct threads *t);
void threads_free(struct threads *t);

#endif

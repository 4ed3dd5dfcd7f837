/* The profile: the calls that a program was seen to make. It consists of facts, and only grows, by
 * recording and merging.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_PROFILE_H
#define PINHOLE_POLICIES_PROFILE_H

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policies/abi/abi.h"
#include "policies/base/error.h"
#include "policies/base/text.h"
#include "policies/base/vector.h"

/* The most distinct facts of one system call (per phase and architecture); more are widened into
 * one. All numbers from ABI_NR_UNUSED up count as one call here. */
#define PROFILE_FACT_CAP 256

/* The most distinct stacks (callers) that one fact keeps. */
#define STACKS_PER_FACT 4

/* The largest profile that is read, in bytes. */
#define PROFILE_SIZE_LIMIT ((size_t)256 << 20)

/* The phases of a process, in order: it never goes back. `serve` begins at a call that the user
 * names (`record --phase-at`); not even exec ends it. */
enum phase { PHASE_LOAD, PHASE_MAIN, PHASE_SERVE, PHASE_COUNT };
const char *phase_name(enum phase phase); /* "load", "main", "serve" */

/* Parses a list of phases, "main" or "main,serve", into bits (bit i for phase i); 0: one name is
 * not a phase. */
unsigned phases_parse(const char *text);

/* Whether such a list contains a phase. NULL contains every phase. */
bool phase_listed(const char *phases, enum phase phase);

/* One recording. Strings are owned by the profile; label and exit may be NULL. */
struct run {
	char *id;      /* unique: 32 hex digits of randomness */
	VEC(char *) command;
	char *started; /* UTC, "2026-01-31T12:00:00.123Z"; in whole seconds if imported, or from an older pinhole */
	char *mode;    /* "quiet", "exact", "plain", "listen", "explore"; imported: "strace", "audit" */
	char *kernel;  /* uname -r */
	char *exit;    /* "exit 0", "SIGKILL" */
	char *label;
	char *phase_at; /* the call that `serve` begins at; NULL: there was no such phase */
	char *denied;	/* a filter denied or logged its calls with this action ("kill"); NULL: they were made */
	bool known_told; /* whether `known` is valid */
	uint64_t known;	 /* facts known at the start, which the run passed without a stop (mode quiet only) */
	uint64_t lasted; /* milliseconds; 0: unknown */
	bool unfinished; /* the recording goes on, or its recorder was killed: this was saved by then */
};

/* Whether a run's list of facts is complete, so that a fact outside of it did not occur: it stopped
 * at every call, or began without known facts. Other runs (and runs that do not say) have only the
 * facts that were new. */
bool run_is_complete(const struct run *run);

/* Whether something was made to go wrong in that run (pinhole explore, record --inject). */
bool run_is_explored(const struct run *run);

/* Finds the word NAME=VALUE in a run's label, where words are separated by blanks. Returns the value, which is not terminated,
 * and its length in *n; 0: there is no such word. */
const char *run_label_word(const struct run *run, const char *name, size_t *n);

/* The actions as a policy writes them, and "notify": the values of a run's `denied`. */
bool run_denied_known(const char *action);

typedef VEC(uint32_t) position_list; /* ascending, each once */

/* An executable that a thread ran. */
struct program {
	char *path;     /* as /proc/PID/exe names it */
	char *build_id; /* hex of the ELF note, or NULL where there is none */
	position_list started_by; /* programs whose processes, or their children, executed it; empty: pinhole did */
};

/* How often one run saw a fact. In mode quiet this is a lower bound. */
struct fact_run {
	uint32_t run; /* position among the profile's runs */
	uint64_t count;
	uint64_t first; /* when it was first seen: milliseconds from the run's start, at least 1; 0: unknown */
};

/* Shorter runs (in milliseconds) do not say when they first saw a fact: they count as one
 * sample. */
#define PROFILE_TIMED_MS 10000

/* The identity of a fact. */
struct fact_key {
	uint8_t phase; /* enum phase */
	uint8_t arch;  /* enum arch */
	uint8_t args;  /* the recorded arguments, which are those that a filter can check: bit i for argument i */
	uint32_t nr;
	uint64_t values[6]; /* canonical; 0 where the bit in args is clear */
};

/* How the calls of a fact ended. In a union, a success (or an unknown end) wins over failures, and
 * failures win over "none has ended": so the union does not depend on order. */
enum outcome {
	OUTCOME_ANY,	/* one succeeded, or its end is unknown: it never returned, or the fact was widened */
	OUTCOME_FAILED, /* every one failed, with the errno values in `failed` */
	OUTCOME_NONE,	/* in an unfinished run: none has ended yet. It becomes OUTCOME_ANY when the run is finished */
};

/* One distinct (phase, architecture, call, values of its checkable arguments), and all that was
 * recorded about it. */
struct fact {
	struct fact_key key;
	/* A wide fact stands for more distinct facts than PROFILE_FACT_CAP: for each recorded
	 * argument it has the bits that were ever set and the smallest and largest value (as
	 * unsigned numbers of the argument's width); key.values are 0. A wide fact of numbers from
	 * ABI_NR_UNUSED up (fact_is_numbers) has ABI_NR_UNUSED as key.nr and no arguments: the
	 * first bits, min and max describe its numbers. */
	bool wide;
	uint64_t bits[6], min[6], max[6];
	uint8_t outcome;             /* enum outcome */
	VEC(uint16_t) failed;	     /* for OUTCOME_FAILED: the errno values, ascending */
	position_list programs;      /* positions among the profile's programs */
	VEC(struct fact_run) runs;   /* ascending by run */
	struct {
		uint32_t items[STACKS_PER_FACT]; /* ascending positions among the profile's stacks (stacks.h) */
		uint8_t count;			 /* 0: the callers are unknown */
	} stacks;
};

struct profile;

struct profile *profile_new(void); /* NULL: no memory */
void profile_free(struct profile *p);

/* The parts. They are in canonical order after profile_sort, which reading, writing and merging
 * call: runs by (started, id); programs by (path, build ID); facts by (phase, arch, nr, wide, args,
 * values). Pointers are valid until the profile changes. */
size_t profile_run_count(const struct profile *p);
const struct run *profile_run(const struct profile *p, size_t i);
size_t profile_program_count(const struct profile *p);
const struct program *profile_program(const struct profile *p, size_t i);
size_t profile_fact_count(const struct profile *p);
const struct fact *profile_fact(const struct profile *p, size_t i);

/* Adds a run; the strings are copied. Returns its position, or a negative code. */
int profile_add_run(struct profile *p, const struct run *run, struct error *e);

/* The call at which phase `serve` begins, in all runs; NULL: there is no such phase. */
const char *profile_phase_at(const struct profile *p);

/* Replaces the command line of a run: `length` bytes of words, each with its NUL. Returns 0 or ERR_MEMORY. */
int profile_set_command(struct profile *p, size_t run, const char *words, size_t length, struct error *e);

/* Sets how a run ended. Returns 0 or ERR_MEMORY. */
int profile_set_exit(struct profile *p, size_t run, const char *exit, struct error *e);

/* Marks a run as unfinished or finished. */
void profile_set_unfinished(struct profile *p, size_t run, bool unfinished);

/* A number that grows whenever recording adds anything new to the profile; mere counts do not
 * change it. */
uint64_t profile_changes(const struct profile *p);

/* Stores how long a run lasted, in milliseconds. If it was too short, the times of its facts are
 * forgotten. */
void profile_set_lasted(struct profile *p, size_t run, uint64_t ms);

/* Stores when a run first saw a fact, which was just observed: in milliseconds from its start. */
void profile_first_seen(struct profile *p, const struct fact_key *key, uint32_t run, uint64_t ms);

/* The position of a program, added if new; build_id may be NULL ("" is the same). Negative: no
 * memory. */
int profile_add_program(struct profile *p, const char *path, const char *build_id, struct error *e);

/* Gives a new profile the runs and programs of another one, at the same positions; who started a program is not copied. Returns
 * 0 or a negative code. */
int profile_copy_parts(struct profile *to, const struct profile *from, struct error *e);

/* Notes that a process running program `by` executed `program`. Returns 0 or ERR_MEMORY. */
int profile_program_started(struct profile *p, uint32_t program, uint32_t by, struct error *e);

/* What profile_observe reports about the fact. */
enum {
	OBSERVED_NEW = 1,   /* it was not known */
	OBSERVED_EARLY = 4, /* this run has seen few of it: its stack may still be a new one */
	OBSERVED_UNENDED =
	    2, /* no call of it is known to have succeeded: profile_ended wants to know how this one ends */
};

/* Counts one occurrence (or `count` of them) of a fact that a program made in a run: finds or adds
 * the fact. The cap on facts is applied at once, so that a recorder's memory is bounded. Returns
 * OBSERVED_* bits, or a negative code. */
int profile_observe(struct profile *p, const struct fact_key *key, uint32_t program, uint32_t run, uint64_t count,
		    struct error *e);

/* Stores how an observed call ended: 0 if it succeeded or will never return, or the errno value.
 * Returns 0 or ERR_MEMORY. */
int profile_ended(struct profile *p, const struct fact_key *key, unsigned error, struct error *e);

/* Makes a call's key: looks up which arguments are checkable, and canonicalises their values. */
struct fact_key fact_key_make(enum phase phase, enum arch arch, uint32_t nr, const uint64_t args[6]);

/* Whether a fact is a wide one that stands for many numbers that are not calls of any kernel. */
bool fact_is_numbers(const struct fact *f);

/* Whether a fact has, or may have, that number. */
bool fact_has_number(const struct fact *f, uint32_t nr);

/* Whether two facts belong to one group, which is widened together. */
bool facts_together(const struct fact_key *a, const struct fact_key *b);

/* The name of a fact's call, as abi_name has it; for many numbers "syscall_0x186a0..0xc34f9". 32
 * bytes suffice. */
const char *fact_name(const struct fact *f, char *buffer, size_t size);

/* The call with the arguments that the fact's values select (abi_select); NULL if the number is
 * unknown. */
const struct syscall_desc *fact_call(const struct fact *f, struct syscall_desc *room);

/* A fact's call as the kernel shows it to a filter, with these values (a wide fact has none of its
 * own; for one of many numbers the first value is the number). Fields that profiles do not record
 * are 0. */
struct seccomp_data fact_data(const struct fact *f, const uint64_t values[6]);

/* The order of facts; 0: they are the same fact. */
int fact_compare(const struct fact *a, const struct fact *b);

/* How often a fact was seen in all runs. */
uint64_t fact_total(const struct fact *f);

/* Whether the fact is an execution (execve, execveat) in that phase that succeeded at least
 * once. */
bool fact_executes(const struct fact *f, enum phase phase);

/* Returns the phases that a filter must allow that is installed at the program's entry point or later ("main", "main,serve"); NULL
 * for all: the processes executed other programs, which are loaded under the filter. */
const char *profile_phases_at_entry(const struct profile *p);

/* Whether a fact is only known from denied calls, so that nobody saw the call made. */
bool fact_is_denied(const struct profile *p, const struct fact *f);

/* Whether a fact is known only from runs in which something was made to go wrong. */
bool fact_is_explored(const struct profile *p, const struct fact *f);

/* Appends the actions that denied a fact's calls: "kill", or "kill, log". */
void fact_denied_text(const struct profile *p, const struct fact *f, struct text *out);

/* The arguments that the table records today but the fact does not know: bit i for argument i. Any
 * value of them is possible. */
uint8_t fact_unknown_args(const struct fact *f);

struct danger; /* policies/abi/power/danger.h */

/* Returns whether the fact, or a value within a wide fact, is dangerous in the sense of the row. */
bool fact_is_dangerous(const struct fact *f, const struct danger *d);

/* Returns the levels of a fact's dangers, as bits (1 << enum danger_level). */
unsigned fact_dangers(const struct fact *f);

/* Brings everything into canonical order. Returns 0 or ERR_MEMORY. */
int profile_sort(struct profile *p, struct error *e);

/* Adds `from` to `into`. A set union: commutative, associative, idempotent to the byte once
 * written. `from` is used up: it can only be freed afterwards. If a run was unfinished, the later
 * state is kept. Returns 0, ERR_MEMORY, or ERR_INPUT if the two hold different runs with one id (a
 * file was edited), or if phase `serve` begins at different calls or in only one of them: `main` of
 * one would then contain calls that belong to `serve` of the other. After a failure `into` must be
 * thrown away. */
int profile_merge(struct profile *into, struct profile *from, struct error *e);

/* Appends a fact for people: `socket(domain=AF_INET, type=SOCK_STREAM, protocol=0)`; if it only
 * ever failed, followed by the errors: ` = ENOENT|EACCES`. */
void fact_text(const struct fact *f, struct text *out);

/* Does what fact_text does, and appends how the call was denied if it was only ever denied. */
void fact_marked_text(const struct profile *p, const struct fact *f, struct text *out);

/* codec.c ---------------------------------------------------------------------------------- */

/* Reads a profile from JSON. `name` is the file's, for messages ("NAME: line 3, column 7: …", or
 * "NAME: facts[12].values: …"). Returns the profile (sorted) or NULL. */
struct profile *profile_parse(const char *bytes, size_t n, const char *name, struct error *e);

/* Appends the profile (sorted first) as JSON, with one fact, run, program, stack, frame and module
 * a line. Returns 0, ERR_MEMORY, or ERR_LIMIT if it would be too large to be read. */
int profile_format(struct profile *p, struct text *out, struct error *e);

/* profile_file.c ------------------------------------------------------------------------------ */

/* Reads a profile from a file ("-": standard input). NULL and an error if there is none or it is
 * not a profile. */
struct profile *profile_read(const char *path, struct error *e);

struct patience; /* base/lock.h */

/* Adds a profile to the file `path`, or creates it: locks (`patience` says how to wait for the
 * lock; may be NULL), reads, merges, replaces atomically. On success *result (unless NULL) is the
 * merged profile; the caller frees it. Returns 0 or a negative code; the file is then unchanged. */
int profile_extend_file(const char *path, struct profile *more, const struct patience *patience, struct profile **result,
			struct error *e);

#endif

/* The profile: what a program was seen to do. Made of facts; only grows, by recording and merging.
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

/* Distinct facts of one system call (per phase and architecture) past which they are widened into one. All numbers from
 * ABI_NR_UNUSED up count as one call here. */
#define PROFILE_FACT_CAP 256

/* Distinct stacks that are kept of one fact: so many callers are seen. */
#define STACKS_PER_FACT 4

/* The largest profile that is read, in bytes. */
#define PROFILE_SIZE_LIMIT ((size_t)256 << 20)

/* A process never goes back: from `serve`, which begins at a call that was named (`record --phase-at`), not by exec either. */
enum phase { PHASE_LOAD, PHASE_MAIN, PHASE_SERVE, PHASE_COUNT };
const char *phase_name(enum phase phase); /* "load", "main", "serve" */

/* Of phases as people list them, "main" or "main,serve": which they are, bit i for phase i; 0: one is none. */
unsigned phases_parse(const char *text);

/* Whether a phase is among those; of NULL every one is. */
bool phase_listed(const char *phases, enum phase phase);

/* One recording. Strings are owned by the profile; label and exit may be NULL. */
struct run {
	char *id;      /* unique: 32 hex digits of randomness */
	VEC(char *) command;
	char *started; /* UTC, "2026-01-31T12:00:00.123Z"; imported, or of older files, in whole seconds */
	char *mode;    /* "quiet", "exact", "plain", "listen"; imported: "strace", "audit" */
	char *kernel;  /* uname -r */
	char *exit;    /* "exit 0", "SIGKILL" */
	char *label;
	char *phase_at; /* the call that `serve` begins at; NULL: there was no such phase */
	char *denied;  /* its calls were denied by a filter, or logged by it, with this action ("kill"); NULL: they were made */
	bool known_told; /* whether `known` says something */
	uint64_t known;	 /* facts that the run began with, and which it passed without a stop: of mode quiet alone */
	uint64_t lasted; /* milliseconds; 0: not told */
	bool unfinished; /* the recording goes on, or its recorder was killed: this is what was saved of it by then */
};

/* Whether a run's list of facts is complete, so that what is not in it did not happen in it: one that stops at every call, or
 * one that began knowing nothing. The others (and those of which it is not told) tell what was new to them. */
bool run_is_complete(const struct run *run);

/* As an action of a policy is written, and "notify": what a run's `denied` may say. */
bool run_denied_known(const char *action);

typedef VEC(uint32_t) position_list; /* ascending, each once */

/* An executable that a thread ran. */
struct program {
	char *path;     /* as /proc/PID/exe names it */
	char *build_id; /* hex of the ELF note, or NULL where there is none */
	position_list started_by; /* programs whose processes, or children of these, executed it; none: pinhole did */
};

/* How often a fact was seen in one run: at least, where the run's mode is quiet. */
struct fact_run {
	uint32_t run; /* position among the profile's runs */
	uint64_t count;
	uint64_t first; /* when it was first seen, in milliseconds from the run's start, at least 1; 0: not told */
};

/* Runs of fewer milliseconds do not tell when they saw what: they are one sample. */
#define PROFILE_TIMED_MS 10000

/* What identifies a fact. */
struct fact_key {
	uint8_t phase; /* enum phase */
	uint8_t arch;  /* enum arch */
	uint8_t args;  /* the recorded arguments: bit i for argument i, the checkable ones of the table */
	uint32_t nr;
	uint64_t values[6]; /* canonical; 0 where the bit in args is clear */
};

/* How the calls of a fact ended. Joined, a success (or an unknown end) wins over failures, and failures over nothing:
 * so the union of profiles stays a union. */
enum outcome {
	OUTCOME_ANY,    /* one succeeded, or its end is not known: it never returned, or its values were widened */
	OUTCOME_FAILED, /* every one failed, with the errno values in `failed` */
	OUTCOME_NONE,   /* in an unfinished run: none has ended yet. It becomes OUTCOME_ANY when the run is finished */
};

/* One distinct (phase, architecture, call, values of its checkable arguments), and what is known about it. */
struct fact {
	struct fact_key key;
	/* A wide fact stands for more distinct facts than PROFILE_FACT_CAP: for each recorded argument the bits ever
	 * set and the smallest and largest value (as unsigned numbers of the argument's width); key.values are 0.
	 * One of numbers from ABI_NR_UNUSED up (fact_is_numbers) has key.nr ABI_NR_UNUSED and no arguments: the first of
	 * bits, min and max is about its numbers. */
	bool wide;
	uint64_t bits[6], min[6], max[6];
	uint8_t outcome;             /* enum outcome */
	VEC(uint16_t) failed;        /* of OUTCOME_FAILED: the errno values, ascending */
	position_list programs;      /* positions among the profile's programs */
	VEC(struct fact_run) runs;   /* ascending by run */
	struct {
		uint32_t items[STACKS_PER_FACT]; /* ascending positions among the profile's stacks (stacks.h) */
		uint8_t count;                   /* 0: where it was made from is not known */
	} stacks;
};

struct profile;

struct profile *profile_new(void); /* NULL: no memory */
void profile_free(struct profile *p);

/* The parts, in their canonical order once profile_sort was called (reading, writing and merging do):
 * runs by (started, id); programs by (path, build ID); facts by (phase, arch, nr, wide, args, values).
 * Pointers are valid until the profile changes. */
size_t profile_run_count(const struct profile *p);
const struct run *profile_run(const struct profile *p, size_t i);
size_t profile_program_count(const struct profile *p);
const struct program *profile_program(const struct profile *p, size_t i);
size_t profile_fact_count(const struct profile *p);
const struct fact *profile_fact(const struct profile *p, size_t i);

/* Adds a run; the strings are copied. Returns its position, or a negative code. */
int profile_add_run(struct profile *p, const struct run *run, struct error *e);

/* The call that phase `serve` begins at, in all runs; NULL: there is no such phase. */
const char *profile_phase_at(const struct profile *p);

/* Sets how a run ended, or its label. Returns 0 or ERR_MEMORY. */
int profile_set_exit(struct profile *p, size_t run, const char *exit, struct error *e);

/* Marks a run as one that goes on, or as finished. */
void profile_set_unfinished(struct profile *p, size_t run, bool unfinished);

/* A number that grows with all that is new in a profile, while it is recorded, but the counts. */
uint64_t profile_changes(const struct profile *p);

/* Notes how long a run lasted, in milliseconds. When it first saw what is forgotten where it was too short to matter. */
void profile_set_lasted(struct profile *p, size_t run, uint64_t ms);

/* Notes when a fact, which was just observed, was first seen in a run: in milliseconds from its start. */
void profile_first_seen(struct profile *p, const struct fact_key *key, uint32_t run, uint64_t ms);

/* The position of that program, added if new; build_id may be NULL ("" is the same). Negative: no memory. */
int profile_add_program(struct profile *p, const char *path, const char *build_id, struct error *e);

/* Notes that a process that ran the one program executed the other. Returns 0 or ERR_MEMORY. */
int profile_program_started(struct profile *p, uint32_t program, uint32_t by, struct error *e);

/* What profile_observe tells of the fact. */
enum {
	OBSERVED_NEW = 1,     /* it was not known */
	OBSERVED_EARLY = 4,   /* so far there were few of it in this run: its stack may be another one than before */
	OBSERVED_UNENDED = 2, /* no call of it is known to have succeeded: profile_ended wants to know how this one ends */
};

/* Counts one occurrence (or `count` of them) of a fact made by a program in a run: finds or adds the fact. The
 * cap on facts is applied at once, so that a recorder's memory is bounded. Returns OBSERVED_* bits, or a negative
 * code. */
int profile_observe(struct profile *p, const struct fact_key *key, uint32_t program, uint32_t run, uint64_t count,
		    struct error *e);

/* How a call ended that was observed: 0, it succeeded or will never return; or the errno value it failed with. Returns 0
 * or ERR_MEMORY. */
int profile_ended(struct profile *p, const struct fact_key *key, unsigned error, struct error *e);

/* Makes the key for a call: looks its checkable arguments up and canonicalises their values. */
struct fact_key fact_key_make(enum phase phase, enum arch arch, uint32_t nr, const uint64_t args[6]);

/* Whether it is a wide fact that stands for many numbers, none of which is a call of any kernel. */
bool fact_is_numbers(const struct fact *f);

/* Whether a fact is of that number, or may be. */
bool fact_has_number(const struct fact *f, uint32_t nr);

/* Whether two facts are of what is widened together. */
bool facts_together(const struct fact_key *a, const struct fact_key *b);

/* The name of a fact's call as abi_name has it; of many numbers "syscall_0x186a0..0xc34f9". 32 bytes are enough. */
const char *fact_name(const struct fact *f, char *buffer, size_t size);

/* The call with its arguments as the fact's values make them (abi_select); NULL where the number is unknown. */
const struct syscall_desc *fact_call(const struct fact *f, struct syscall_desc *room);

/* A fact's call as the kernel shows it to a filter, with these values (a wide fact has none of its own; of one of many
 * numbers the first is the number). What profiles do not record is 0. */
struct seccomp_data fact_data(const struct fact *f, const uint64_t values[6]);

/* The order of facts; 0: the same fact. */
int fact_compare(const struct fact *a, const struct fact *b);

/* How often a fact was seen in all runs. */
uint64_t fact_total(const struct fact *f);

/* Whether the fact is a program executed in that phase (execve, execveat), with success at least once. */
bool fact_executes(const struct fact *f, enum phase phase);

/* Whether a fact is known from denied calls alone: nobody saw it made. */
bool fact_is_denied(const struct profile *p, const struct fact *f);

/* Appends "kill" or "kill, log": how the calls of a denied fact were. */
void fact_denied_text(const struct profile *p, const struct fact *f, struct text *out);

/* The arguments that the table would have recorded and the fact does not know: bit i for argument i. It stands for any
 * value of them. */
uint8_t fact_unknown_args(const struct fact *f);

/* Brings everything into canonical order. Returns 0 or ERR_MEMORY. */
int profile_sort(struct profile *p, struct error *e);

/* into = into ∪ from. A set union: commutative, associative, idempotent to the byte once written. `from` is used up:
 * it can only be freed afterwards. Of a run that was unfinished
 * the later state is kept. Returns 0, ERR_MEMORY, or ERR_INPUT where the two hold different
 * runs under one id (a file was edited), or where phase `serve` begins at different calls, or in one of them only: what
 * the one saw in `main` may be of the other's `serve`. On failure `into` must be thrown away. */
int profile_merge(struct profile *into, struct profile *from, struct error *e);

/* Appends a fact as people read it: `socket(domain=AF_INET, type=SOCK_STREAM, protocol=0)`, and what it only ever failed
 * with: ` = ENOENT|EACCES`. */
void fact_text(const struct fact *f, struct text *out);

/* The same, and how it was denied, where it only ever was. */
void fact_marked_text(const struct profile *p, const struct fact *f, struct text *out);

/* codec.c: the codec. ----------------------------------------------------------------------------- */

/* Reads a profile from JSON. `name` is the file's, for messages ("NAME: line 3, column 7: …", or
 * "NAME: facts[12].values: …"). Returns the profile (sorted) or NULL. */
struct profile *profile_parse(const char *bytes, size_t n, const char *name, struct error *e);

/* Appends the profile (sorted first) as JSON, one fact, run, program, stack, frame and module a line. Returns 0, ERR_MEMORY, or
 * ERR_LIMIT where it would be too large to be read. */
int profile_format(struct profile *p, struct text *out, struct error *e);

/* Reads a profile from a file ("-": standard input). NULL and an error where it isn't there or is no profile. */
struct profile *profile_read(const char *path, struct error *e);

struct patience; /* base/lock.h */

/* Adds a profile to the file `path`, creating it where it does not exist: locks (patience: how to wait for that; or NULL),
 * reads, merges, replaces atomically. On success *result (if result is not NULL) is the merged profile, the caller's to free. Returns
 * 0 or a negative code, and then the file is as it was. */
int profile_extend_file(const char *path, struct profile *more, const struct patience *patience, struct profile **result,
			struct error *e);

#endif

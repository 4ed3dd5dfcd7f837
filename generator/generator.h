/* The generator: profile → policy → filter → output. Each stage is a function that only reads its input.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_GENERATOR_H
#define PINHOLE_GENERATOR_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>

#include "../policies/base/error.h"
#include "../policies/base/text.h"
#include "../policies/base/vector.h"
#include "../policies/policy.h"
#include "../policies/profile.h"

/* infer/: every generalising rule, and only there. --------------------------------------------------------- */

enum args_mode {
	ARGS_NONE,  /* names only */
	ARGS_SHAPE, /* selectors: exact values; flag words: only bits that were seen; prot: exact values */
	ARGS_EXACT, /* only the tuples seen */
};

struct infer_options {
	enum args_mode args;
	struct action fallback; /* the policy's default */
	const char *phase;	/* only what was seen in that phase; NULL: in any */
	const char *program;	/* only what the program of that path did; NULL: the whole tree */
	bool portable;		/* also what another libc, libc version or kernel calls in place of what was seen */
	bool allow_clone3;	/* allow clone3 where it was seen, in place of answering ENOSYS */
	bool deny_failed;	/* answer calls that only ever failed with one error with the same error */
};

/* The policy under which everything in the profile is allowed (but x32 never is, and clone3 is answered by ENOSYS). No
 * fact to derive it from, an unknown phase or program, or a program of runs that do not tell it, is ERR_INPUT. What the user should know (io_uring, x32 calls seen, …) is
 * appended to `warnings`, one a line. NULL: an error. */
struct policy *infer(const struct profile *p, const struct infer_options *options, struct text *warnings,
		     struct error *e);

/* The filter: what the kernel loads (linux/filter.h; at most BPF_MAXINSNS, 4096, instructions). ------------ */

struct filter {
	VEC(struct sock_filter) code;
};

void filter_clear(struct filter *f);

/* What the compiler aims at. The filter says the same in any case. */
struct compile_options {
	bool speed;		      /* few steps come before few instructions */
	bool no_bitmap;		      /* for kernels before 5.11, which run the filter for every call */
	const struct profile *counts; /* how often each call was made; NULL: all alike */
};

/* lower → compile → assemble, then the check that the result says what the policy says. options: NULL for the smallest
 * filter. Returns 0 or a negative code: ERR_LIMIT names the rules that cost most. */
int filter_compile(const struct policy *p, const struct compile_options *options, struct filter *out, struct error *e);

/* vm.c: what the kernel does with a filter. ----------------------------------------------------------------- */

/* Whether the kernel would load it: net/core/filter.c bpf_check_classic and kernel/seccomp.c
 * seccomp_check_filter. Returns 0, or ERR_INPUT with "instruction 12: …". */
int filter_validate(const struct sock_filter *code, size_t n, struct error *e);

/* Runs a valid filter on one call and returns its SECCOMP_RET_* value; *steps (if not NULL) is the number of
 * instructions executed. */
uint32_t filter_run(const struct sock_filter *code, size_t n, const struct seccomp_data *data, size_t *steps);

/* verify/: does a filter say what a policy says? ------------------------------------------------------------ */

/* Proves that a valid filter, of whatever origin, returns for every call (architecture, number, six 64-bit arguments,
 * instruction pointer) the very value that stands for the policy's action. Returns 0 where it does; 1 where it does not,
 * *witness is then a call for which filter_run and policy_evaluate differ; or a negative code: ERR_LIMIT where it cannot
 * tell, because the filter depends on arithmetic with several loaded words, or a rule or the filter has too many cases
 * (the text says which). */
int filter_verify(const struct sock_filter *code, size_t n, const struct policy *p, struct seccomp_data *witness,
		  struct error *e);

/* disasm.c --------------------------------------------------------------------------------------------------- */

/* Appends an annotated listing of a valid filter: instruction numbers, the loaded word's meaning, symbolic
 * architectures, names of calls at comparisons, jump targets, actions. */
void filter_disasm(const struct sock_filter *code, size_t n, struct text *out);

/* Reads a filter from the bytes of a file (struct sock_filter array in this machine's byte order, what bubblewrap's
 * --seccomp and seccomp_export_bpf use) and validates it. `name` is the file's, for messages. */
int filter_parse(const char *bytes, size_t n, const char *name, struct filter *out, struct error *e);

/* emit/: one file a format, found through one table. --------------------------------------------------------- */

struct emit_input {
	const struct policy *policy;
	const struct filter *filter;
	const char *source; /* what it was made from, for a comment: a file name */
};

struct emitter {
	const char *name;    /* "bpf", "c", "asm" */
	const char *summary; /* one line for the help */
	bool binary;         /* not to be written to a terminal */
	/* Appends the output; notes for the person (what the format cannot say) to `notes`, one a line. Returns 0 or a
	 * negative code. */
	int (*emit)(const struct emit_input *in, struct text *out, struct text *notes, struct error *e);
};

extern const struct emitter *const emitters[]; /* ends with NULL */
const struct emitter *emitter_by_name(const char *name); /* NULL: none of that name */

#endif

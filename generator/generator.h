/* The generator: profile → policy → filter → output. Each stage is a function that only reads its input.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_GENERATOR_H
#define PINHOLE_GENERATOR_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/types.h>

#include "policies/base/error.h"
#include "policies/base/text.h"
#include "policies/base/vector.h"
#include "policies/estimate/replay.h"
#include "policies/policy/policy.h"
#include "policies/profile/profile.h"

/* infer/: every generalising rule, and only there. --------------------------------------------------------- */

enum args_mode {
	ARGS_NONE,  /* names only */
	ARGS_SHAPE, /* selectors: exact values; flag words: only bits that were seen; prot: exact values */
	ARGS_EXACT, /* only the tuples seen */
};

struct infer_options {
	enum args_mode args;
	struct action default_action; /* the policy's default */
	const char *phase;	/* only what was seen in that phase, or those: "main,serve"; NULL: in any */
	const char *program;	/* only what the program of that path did; NULL: the whole tree */
	const struct fact_filter *only; /* only what it takes; NULL: all */
	bool portable;		/* also what another libc, libc version or kernel calls in place of what was seen */
	bool allow_clone3;	/* allow clone3 where it was seen, in place of answering ENOSYS */
	bool deny_failed;	/* answer calls that only ever failed with one error with the same error */
};

/* Whether every policy allows a call, seen or not: who ends a thread or a handler needs it. */
bool infer_always(const char *syscall);

/* The policy under which everything in the profile is allowed (but x32 never is, and clone3 is answered by ENOSYS). No
 * fact to derive it from, an unknown phase or program, or a program of runs that do not tell it, is ERR_INPUT. What the user should know (io_uring, x32 calls seen, …) is
 * appended to `warnings`, one a line. NULL: an error. */
struct policy *infer(const struct profile *p, const struct infer_options *options, struct text *warnings,
		     struct error *e);

/* Allows what libcs and runtimes call in place of what the policy answers by ENOSYS (infer does so for its own): for rules
 * that were added since. Call policy_finish afterwards. Returns 0 or a negative code. */
int infer_fallbacks(struct policy *p, enum args_mode args, struct error *e);

/* The policy of a recorder (recorder_policy.c): a call passes where one of these facts is its own, of whatever phase, and stops
 * for the tracer (ACTION_TRACE) otherwise. Calls with more than `limit` facts stop always, and so does a signal, or
 * ptrace(2), to the process `spared`. Nothing else is added, and nothing generalised; no fact gives a policy that stops
 * everything. NULL: an error. */
struct policy *infer_watch(const struct fact *const *facts, size_t n, size_t limit, pid_t spared, struct error *e);

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

/* Whether an instruction of a valid filter compares, and so has two that may follow it. */
static inline bool is_comparison(const struct sock_filter *i)
{
	return BPF_CLASS(i->code) == BPF_JMP && BPF_OP(i->code) != BPF_JA;
}

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

/* As filter_verify, but returns ERR_LIMIT within about a second where a rule's alternatives combine in very many ways and the
 * filter does not try them one after the other. */
int filter_verify_quick(const struct sock_filter *code, size_t n, const struct policy *p, struct seccomp_data *witness,
			struct error *e);

/* stats.c, lower_bound.c, jit_size.c: what a valid filter, of whatever origin, costs. -------------------------------- */

/* Whether the answer to a call is known from architecture and number alone, and which one it is (*verdict), by the
 * kernel's own rule, which looks at no other instructions than loads of these two words, AND, comparisons with constants,
 * jumps and returns of constants (kernel/seccomp.c, seccomp_is_const_allow, Linux 5.11). */
bool filter_is_constant(const struct sock_filter *code, size_t n, uint32_t audit, uint32_t nr, uint32_t *verdict);

/* Whether the kernel's bitmap answers the call, so that the filter is not run for it, since Linux 5.11 (where nobody
 * installs a stricter filter besides): a constant answer that is exactly SECCOMP_RET_ALLOW, for a number that the
 * architecture has (NR_syscalls, here abi_newest: of a newer kernel some more; never x32's). Besides, kernels that have
 * uretprobe and uprobe (x86_64 335 and 336) let them through whatever the filter says, since 6.14 and 6.18. */
bool filter_is_cached(const struct sock_filter *code, size_t n, enum arch arch, uint32_t nr);

/* What a comparison is about: the word that it finds in the accumulator, some of its bits aside. */
enum compared {
	COMPARED_ARCH,
	COMPARED_NUMBER,
	COMPARED_ARGUMENT, /* or the instruction pointer */
	COMPARED_OTHER,	   /* another word on another way, something computed, or with X on its right */
	COMPARED_COUNT,
};

/* Numbers of instructions; `dead` is not in the others but `all`. */
struct filter_size {
	size_t all;
	size_t loads; /* of words of the call */
	size_t comparisons[COMPARED_COUNT];
	size_t jumps;	/* JA */
	size_t returns;
	size_t other;	/* computations, memory */
	size_t dead;	/* which no way leads to */
	size_t longest; /* on the longest way through the jumps, whether or not a call can take it */
};

/* Returns 0 or ERR_MEMORY. */
int filter_measure(const struct sock_filter *code, size_t n, struct filter_size *out, struct error *e);

/* The least that any filter needs that gives the same answers. Meant are programs of loads of the call's words,
 * comparisons (JEQ, JGE, JGT) with constants of the one word that they find in the accumulator whichever way was taken,
 * jumps, and returns of constants: one that computes (AND, JSET, …) may do with less. Such a program tells apart what it
 * must only by the constants J of its JEQ and G of its JGE and JGT: where no number is in J, those from one of G to the
 * next are treated alike. */
struct filter_bound {
	size_t archs;	/* comparisons of the architecture */
	size_t numbers; /* comparisons of the number, those of all architectures together */
	size_t loads;	/* of architecture and number; more only where it is certain that twice must be loaded */
	size_t returns; /* different answers */
	bool arguments; /* some answers depend on arguments or the instruction pointer: what these need is not counted */
};

/* Returns 0; ERR_LIMIT where it cannot tell, because the filter depends on arithmetic with several loaded words or has
 * too many cases (the text says which); or ERR_MEMORY. */
int filter_bound(const struct sock_filter *code, size_t n, struct filter_bound *out, struct error *e);

/* From `lo` to where the next run begins the values of a word are of one kind. */
struct word_run {
	uint32_t lo, kind;
};

struct word_runs {
	struct word_run *items;
	size_t count, capacity;
};

/* The fewest constants |J| + |G| that tell the kinds apart. runs: n ≥ 1, ascending, the first from 0, neighbours of
 * different kinds. Returns SIZE_MAX where there is no memory. */
size_t least_comparisons(const struct word_run *runs, size_t n);

/* verify/cases.c: which values of architecture and number a filter treats alike, whatever the arguments. */
struct filter_cases {
	struct word_runs archs;	  /* by what is said of all numbers */
	struct word_runs numbers; /* by what is said of them on all architectures */
	size_t functions;	  /* how many different things architectures say, those aside that ask for no number */
	size_t columns;		  /* how many different things are said of numbers, those aside that hold on every architecture */
	size_t verdicts;	  /* how many different answers there are */
	bool arguments;		  /* some depend on arguments or the instruction pointer */
};

/* Returns 0 or a negative code, as filter_bound does. Clear the result in either case. */
int filter_cases(const struct sock_filter *code, size_t n, struct filter_cases *out, struct error *e);
void filter_cases_clear(struct filter_cases *c);

/* Bytes of x86_64 machine code that the kernel makes of a filter: an estimate, see there. 0: no memory. */
size_t filter_native_size(const struct sock_filter *code, size_t n);

/* What a filter executes for the calls of a profile. Numbers of calls and instructions, each fact times its count. */
struct filter_weight {
	double calls, steps;	     /* of all calls that can be weighed, as if each ran the filter */
	double run_calls, run_steps; /* of those that the bitmap does not answer (filter_is_cached) */
	double wide;		     /* calls not weighed: their fact was widened and the filter looks at arguments */
	double unrecorded;	     /* likewise: the filter looks at something that profiles do not record */
};

/* The values of facts are canonical: registers with other upper halves may take another way. Returns 0 or ERR_MEMORY. */
int filter_weigh(const struct sock_filter *code, size_t n, const struct profile *p, struct filter_weight *out,
		 struct error *e);

/* disasm.c --------------------------------------------------------------------------------------------------- */

/* Appends a listing of a valid filter, for people. Lines that begin with a blank are instructions, one each, in order:
 * its number, the instruction, and after ";" what is true of it on every path: the words and arguments that it tests by
 * name, symbolic constants, actions. Between them stand headings ("; x86_64: mmap, mprotect": no other calls get to what
 * follows, up to the next heading or empty line), labels ("mmap:"; where jumps have no better name for an instruction it is L and its number) and empty lines.
 * p: the policy that it was compiled from, whose rules are then in the headings; or NULL. */
void filter_disasm(const struct sock_filter *code, size_t n, const struct policy *p, struct text *out);

/* file_kind.c: what a file holds. ------------------------------------------------------------------------------ */

enum file_kind { FILE_PROFILE, FILE_POLICY, FILE_FILTER };

/* What n bytes of a file are to be read as: JSON says it in its "format" key; other JSON, and a file without any bytes, count as a
 * policy, whose reader says what is wrong; everything else is a filter. A NUL follows the last byte. Returns 0 or ERR_MEMORY. */
int file_kind_of(const char *bytes, size_t n, enum file_kind *kind, struct error *e);

/* filter_read.c ----------------------------------------------------------------------------------------------- */

/* Reads a filter from the bytes of a file and validates it: a struct sock_filter array in this machine's byte order (what
 * bubblewrap's --seccomp and seccomp_export_bpf use), or text as filter_text.h has it. A NUL follows the last byte.
 * `name` is the file's, for messages. */
int filter_parse(const char *bytes, size_t n, const char *name, struct filter *out, struct error *e);

/* emit/: one file a format, found through one table. --------------------------------------------------------- */

struct emit_input {
	const struct policy *policy;
	const struct filter *filter;
	const char *source; /* what it was made from, for a comment: a file name */
	bool strict;	    /* what a format can't say becomes harder than the policy, in place of softer */
};

/* What the format can't say, or says otherwise than the policy: a line each, for a person. */
struct emit_notes {
	struct text text;
	size_t count;
};

void emit_note(struct emit_notes *notes, const char *format, ...) __attribute__((format(printf, 2, 3)));

struct emitter {
	const char *name;    /* "bpf", "c", "asm" */
	const char *summary; /* one line for the help */
	bool binary;         /* not to be written to a terminal */
	bool compiles;	     /* asks for the filter; the others for the policy alone */
	/* Appends the output, and to `notes` what it does not say. Returns 0 or a negative code. */
	int (*emit)(const struct emit_input *in, struct text *out, struct emit_notes *notes, struct error *e);
};

extern const struct emitter *const emitters[]; /* ends with NULL */
const struct emitter *emitter_by_name(const char *name); /* NULL: none of that name */

#endif

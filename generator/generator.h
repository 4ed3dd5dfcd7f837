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

/* How far beyond what was seen a policy may go (policies/abi/power/capabilities.h). */
enum generalize_mode {
	GENERALIZE_NONE,       /* what was seen */
	GENERALIZE_CHANCE,     /* and what differs between two runs of the same scenario */
	GENERALIZE_CAPABILITY, /* and the class base, and the rest of each class that a fact shows */
};

struct infer_options {
	enum args_mode args;
	enum generalize_mode generalize;
	struct action default_action; /* the policy's default */
	bool unexplored;	/* leave out facts that are known from explored runs alone (run_is_explored) */
	arch_set archs;		/* of these architectures: facts of another one are carried to one that has none; 0: of those seen */
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

/* The same, of the facts that `only` takes (NULL: of all), without the warnings. `options`: a struct infer_options. It is a
 * policy_maker's `make` (policies/estimate/denials.h). */
struct policy *infer_of(const void *options, const struct profile *p, const struct fact_filter *only, struct error *e);

/* Allows what libcs and runtimes call in place of what the policy answers by ENOSYS (infer does so for its own): for rules
 * that were added since. Call policy_finish afterwards. Returns 0 or a negative code. */
int infer_fallbacks(struct policy *p, enum args_mode args, struct error *e);

/* The policy of a recorder (recorder_policy.c): a call passes where one of these facts is its own, of whatever phase, and stops
 * for the tracer (ACTION_TRACE) otherwise. Calls with more than `limit` facts stop always, and so does a signal, or
 * ptrace(2), to the process `spared` (0: to none). Nothing else is added, and nothing generalised; no fact gives a policy that stops
 * everything. NULL: an error. */
struct policy *infer_watch(const struct fact *const *facts, size_t n, size_t limit, pid_t spared, struct error *e);

/* The filter: the program that the kernel loads (linux/filter.h), of at most BPF_MAXINSNS (4096) instructions. */

struct filter {
	VEC(struct sock_filter) code;
};

void filter_clear(struct filter *f);

/* The aims of the compiler. The filter's answers do not depend on them. */
struct compile_options {
	bool speed;		      /* prefer few steps to few instructions */
	bool no_bitmap;		      /* for kernels before 5.11, which run the filter at every call */
	const struct profile *counts; /* how often each call was made; NULL: all equally often */
};

/* Compiles a policy to a filter (lower, compile, assemble) and proves that the filter says what the policy says. options: NULL for
 * the smallest filter. Returns 0 or a negative code; ERR_LIMIT names the rules that cost most. Call filter_clear after success. */
int filter_compile(const struct policy *p, const struct compile_options *options, struct filter *out, struct error *e);

/* vm.c: checks and runs filters as the kernel does. -------------------------------------------------------- */

/* Checks whether the kernel would load a filter (net/core/filter.c, bpf_check_classic; kernel/seccomp.c, seccomp_check_filter).
 * Returns 0; ERR_INPUT with "instruction 12: …"; or ERR_MEMORY. */
int filter_validate(const struct sock_filter *code, size_t n, struct error *e);

/* Returns whether an instruction of a valid filter is a comparison, and so has two successors. */
static inline bool is_comparison(const struct sock_filter *i)
{
	return BPF_CLASS(i->code) == BPF_JMP && BPF_OP(i->code) != BPF_JA;
}

/* Runs a valid filter on one call and returns its SECCOMP_RET_* value; *steps (if not NULL) is the number of
 * instructions executed. */
uint32_t filter_run(const struct sock_filter *code, size_t n, const struct seccomp_data *data, size_t *steps);

/* verify/: proves that a filter says what a policy says. ---------------------------------------------------- */

/* Proves that a valid filter of any origin returns for every call (architecture, number, six 64-bit arguments,
 * instruction pointer) the very value that stands for the policy's action. Returns 0 where it does; 1 where it does not,
 * *witness is then a call for which filter_run and policy_evaluate differ; or a negative code: ERR_LIMIT where it cannot
 * tell, because the filter depends on arithmetic with several loaded words, or a rule or the filter has too many cases
 * (the text says which). */
int filter_verify(const struct sock_filter *code, size_t n, const struct policy *p, struct seccomp_data *witness,
		  struct error *e);

/* difference.c: returns 1 where two policies answer some call of a name differently, 0 where not, or a negative code: ERR_LIMIT
 * where that takes too long to tell. Calls that both leave to their defaults do not count. It is a policy_comparison
 * (policies/show/show.h). */
int policies_differ(const struct policy *a, const struct policy *b, enum arch arch, const char *syscall, struct error *e);

/* As filter_verify, but returns ERR_LIMIT within about a second where a rule's alternatives combine in very many ways and the
 * filter does not try them one after the other. */
int filter_verify_quick(const struct sock_filter *code, size_t n, const struct policy *p, struct seccomp_data *witness,
			struct error *e);

/* stats.c, lower_bound.c, jit_size.c, jit_arm_size.c: the cost of a valid filter of any origin. ----------------------------------- */

/* Returns whether architecture and number alone decide the answer to a call; sets *verdict to it. Follows the kernel's own rule:
 * only loads of these two words, AND, comparisons with constants, jumps and returns of constants are executed
 * (kernel/seccomp.c, seccomp_is_const_allow, Linux 5.11). */
bool filter_is_constant(const struct sock_filter *code, size_t n, uint32_t audit, uint32_t nr, uint32_t *verdict);

/* Returns whether the kernel's bitmap answers the call, so that the filter does not run (since Linux 5.11; if there is no stricter
 * filter too). The answer must be constant and exactly SECCOMP_RET_ALLOW, and the architecture must have the number: up to
 * NR_syscalls in the kernel, up to abi_newest here, so a newer kernel has some more; never x32's. Kernels with uretprobe (x86_64
 * 335, since 6.14) and uprobe (336, since 6.18) let these through whatever the filter says. */
bool filter_is_cached(const struct sock_filter *code, size_t n, enum arch arch, uint32_t nr);

/* The word that a comparison finds in the accumulator, perhaps masked. */
enum compared {
	COMPARED_ARCH,
	COMPARED_NUMBER,
	COMPARED_ARGUMENT, /* or the instruction pointer */
	COMPARED_OTHER,	   /* different words on different ways, a computed value, or a comparison with X */
	COMPARED_COUNT,
};

/* Counts of instructions. Dead ones are counted in `all` and `dead` only. */
struct filter_size {
	size_t all;
	size_t loads; /* of words of the call */
	size_t comparisons[COMPARED_COUNT];
	size_t jumps;	/* JA */
	size_t returns;
	size_t other;	/* computations, memory */
	size_t dead;	/* not reachable */
	size_t longest; /* instructions on the longest way, whether or not a call can take it */
};

/* Counts the instructions of a filter. Returns 0 or ERR_MEMORY. */
int filter_measure(const struct sock_filter *code, size_t n, struct filter_size *out, struct error *e);

/* The least that any filter with the same answers needs. The bound is for programs of loads, comparisons (JEQ, JGE, JGT) of a
 * loaded word with constants, jumps, and returns of constants; each comparison finds the same word in the accumulator on all
 * ways. A program that computes (AND, JSET, …) may need less. Such a program can distinguish values only by its constants: a set J
 * of JEQ's and a set G of JGE's and JGT's. It treats values between neighbours in G alike, except those in J. */
struct filter_bound {
	size_t archs;	/* comparisons of the architecture */
	size_t numbers; /* comparisons of the number, those of all architectures together */
	size_t loads;	/* loads of architecture and number; a third only where it is certainly needed */
	size_t returns; /* different answers */
	bool arguments; /* some answers depend on arguments or the instruction pointer, for which nothing is counted */
};

/* Returns 0; ERR_LIMIT where it cannot tell, because the filter depends on arithmetic with several loaded words or has
 * too many cases (the text says which); or ERR_MEMORY. */
int filter_bound(const struct sock_filter *code, size_t n, struct filter_bound *out, struct error *e);

/* The values of a word from `lo` to the next run's are of one kind. */
struct word_run {
	uint32_t lo, kind;
};

struct word_runs {
	struct word_run *items;
	size_t count, capacity;
};

/* Returns the fewest constants, |J| + |G|, that distinguish the kinds; SIZE_MAX: no memory. runs: n ≥ 1, ascending, the first from
 * 0, neighbours of different kinds. */
size_t least_comparisons(const struct word_run *runs, size_t n);

/* verify/cases.c: the values of architecture and number that a filter treats alike, whatever the arguments. */
struct filter_cases {
	struct word_runs archs;	  /* architectures of a kind have the same answers to all numbers */
	struct word_runs numbers; /* numbers of a kind have the same answers on all architectures */
	size_t functions;	  /* kinds of architectures, without those that answer all numbers alike */
	size_t columns;		  /* kinds of numbers, without those that all architectures answer alike */
	size_t verdicts;	  /* different answers */
	bool arguments;		  /* some depend on arguments or the instruction pointer */
};

/* Returns 0 or a negative code, as filter_bound does. Clear the result in either case. */
int filter_cases(const struct sock_filter *code, size_t n, struct filter_cases *out, struct error *e);
void filter_cases_clear(struct filter_cases *c);

/* Returns an estimate of the x86_64 machine code that the kernel makes of a filter, in bytes (see jit_size.c). 0: no memory. */
size_t filter_native_size(const struct sock_filter *code, size_t n);

/* The same for aarch64 (see jit_arm_size.c). */
size_t filter_arm_size(const struct sock_filter *code, size_t n);

/* The cost of a profile's calls: numbers of calls and instructions, each fact times its count. */
struct filter_weight {
	double calls, steps;	     /* all calls whose cost is known, as if each ran the filter */
	double run_calls, run_steps; /* those that the bitmap does not answer (filter_is_cached) */
	double wide;		     /* calls of unknown cost: their fact was widened and the filter tests arguments */
	double unrecorded;	     /* likewise: the filter tests something that profiles do not record */
};

/* Weighs a filter by a profile. The values of facts are canonical: registers with other upper halves may take another way. Returns
 * 0 or ERR_MEMORY. */
int filter_weigh(const struct sock_filter *code, size_t n, const struct profile *p, struct filter_weight *out,
		 struct error *e);

/* disasm.c --------------------------------------------------------------------------------------------------- */

/* Appends a listing of a valid filter, for people. Lines that begin with a blank are the instructions in order: number,
 * instruction, and after ";" a comment that is true on every path: names of words and arguments, symbolic constants, actions.
 * Between them stand headings, labels and empty lines. A heading ("; x86_64: mmap, mprotect") says that no other calls reach the
 * instructions up to the next heading or empty line. A label ("mmap:") names an instruction for jumps; others are named L and
 * their number. p: the policy that the filter was compiled from, whose rules are then in the headings; or NULL. */
void filter_disasm(const struct sock_filter *code, size_t n, const struct policy *p, struct text *out);

/* file_kind.c: the kind of a file. ----------------------------------------------------------------------------- */

enum file_kind { FILE_PROFILE, FILE_POLICY, FILE_FILTER };

/* Decides how to read the n bytes of a file. JSON names its kind in the key "format". Other JSON, and an empty file, count as a
 * policy: the reader of policies reports what is wrong. Everything else is a filter. A NUL must follow the last byte. */
enum file_kind file_kind_of(const char *bytes, size_t n);

/* filter_read.c ----------------------------------------------------------------------------------------------- */

/* Reads a filter from the bytes of a file and validates it: an array of struct sock_filter in this machine's byte order (as
 * bubblewrap's --seccomp and seccomp_export_bpf use), or text as described in filter_text.h. A NUL must follow the last byte.
 * `name` is the file's name, for messages. Returns 0 or a negative code. Call filter_clear after success. */
int filter_parse(const char *bytes, size_t n, const char *name, struct filter *out, struct error *e);

/* emit/: one file a format, found through one table. --------------------------------------------------------- */

struct emit_input {
	const struct policy *policy;
	const struct filter *filter;
	const char *source; /* the file that it was made from, for a comment */
	bool strict;	    /* where the format cannot say something, be stricter than the policy, not more permissive */
	bool log;	    /* -f oci: have the kernel log what is answered by an errno (SECCOMP_FILTER_FLAG_LOG) */
	const char *thread; /* -f firecracker: the thread whose filter it is; NULL: each of Firecracker's own */
};

/* Where the output differs from the policy because of the format: one line each, for a person. */
struct emit_notes {
	struct text text;
	size_t count;
};

/* Adds a line. */
void emit_note(struct emit_notes *notes, const char *format, ...) __attribute__((format(printf, 2, 3)));

struct emitter {
	const char *name;    /* "bpf", "c", "asm" */
	const char *summary; /* one line for the help */
	bool binary;         /* not to be written to a terminal */
	bool compiles;	     /* needs the filter; the others need the policy only */
	/* Changes the policy before it is compiled, and notes how; or NULL. Not called where the output is to be strict. Returns 0 or a
	 * negative code. */
	int (*prepare)(struct policy *p, struct emit_notes *notes, struct error *e);
	/* Appends the output, and to `notes` how it differs from the policy. Returns 0 or a negative code. */
	int (*emit)(const struct emit_input *in, struct text *out, struct emit_notes *notes, struct error *e);
};

/* An OCI seccomp object that makes a runtime hand the container to a seccomp agent. */
struct listening_profile {
	const struct policy *known; /* of infer_watch: what is allowed without notice; all else notifies */
	size_t facts;		    /* how many facts that are */
	arch_set archs;		    /* of all calls that may come; where `known` has fewer, its rules are for all of them */
	const char *socket;	    /* the agent's */
	const char *name;	    /* of the profile that the agent makes; or NULL */
	bool every_call;	    /* name each call, as runc demands; otherwise only what is known, which crun can */
};
int emit_listening(const struct listening_profile *in, struct text *out, struct emit_notes *notes, struct error *e);

extern const struct emitter *const emitters[]; /* ends with NULL */
const struct emitter *emitter_by_name(const char *name); /* NULL: none of that name */

#endif

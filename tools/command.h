/* What the subcommands share. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TOOLS_COMMAND_H
#define PINHOLE_TOOLS_COMMAND_H

#include <limits.h>
#include <stdbool.h>

#include "generator/generator.h"
#include "policies/base/error.h"
#include "policies/base/file.h"
#include "policies/base/text.h"
#include "policies/policy/policy.h"
#include "policies/profile/profile.h"
#include "policies/reach/unseen.h"
#include "tools/options.h"

enum { EXIT_FINE = 0, EXIT_NO = 1, EXIT_ERROR = 2 };

/* One subcommand: tools/cmd_NAME.c, listed in main.c's table. */
struct command {
	const char *name, *usage, *summary;
	const struct option_row *options; /* ends with {0}; NULL: none but --help */
	bool command_line;		  /* options end at the first other word: a command line follows */
	int (*run)(int argc, char **argv); /* argv[0] is "pinhole"; returns the exit status */
};

/* The subcommand that runs (main.c). */
extern const struct command *command_current;

extern const struct command cmd_record, cmd_show, cmd_merge, cmd_diff, cmd_policy, cmd_generate, cmd_check, cmd_run,
	cmd_disasm, cmd_verify, cmd_stats, cmd_explain, cmd_report, cmd_confidence, cmd_minimize, cmd_reach, cmd_import,
	cmd_doctor;

/* After printing: the exit status, an error where standard output could not take it. */
int command_flush(void);

/* How wide lines may be: the terminal's columns, or what mails and pages are written in. */
size_t command_columns(void);

/* Exits 2 unless there are min to max operands. max -1: any number. */
void command_operands(int argc, char **argv, int min, int max);

/* Says "pinhole: TEXT" on standard error, on one line: what it quotes may be anything. */
void command_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says lines of warnings there, which end with a newline. */
void command_warn(const struct text *lines);

/* As command_say of the error; returns EXIT_ERROR. */
int command_fail(const struct error *e);

/* Refuses to write over a file what was made of it, and is something else: a profile, say, would be lost. path may be NULL.
 * Returns 0 or ERR_INPUT. */
int command_keeps(const char *path, const char *source, struct error *e);

/* Says that a lock is waited for, and whose it is: `tell` of a struct patience (policies/base/lock.h). */
void command_waits(const char *path, const char *holder);

/* Writes a result to a file or standard output ("-" or NULL); binary output is not written to a terminal. Returns an
 * exit status. */
int command_output(const char *path, const struct text *out, bool binary, struct error *e);

/* Reads n profiles (at least one) and merges them. NULL: an error. */
struct profile *command_profiles(char *const *paths, int n, struct error *e);

/* Words that an option was given, in their order. They are argv's. */
typedef VEC(const char *) word_list;

/* Reads the files of --reach, and says on standard error what makes less certain what they tell. Returns 0 or a negative
 * code; unseen_clear in either case. */
int command_reach(const word_list *paths, const struct unseen_of *of, struct unseen *out, struct error *e);

/* What a file holds: one of the three is set. Freed by input_free. */
struct input {
	struct profile *profile;
	struct policy *policy;
	struct filter filter;
};

/* Reads a profile or policy, or where `filters` is true also a filter. Returns 0 or a negative code. */
int input_read(const char *path, bool filters, struct input *in, struct error *e);

/* As input_read of what must be a profile, as only they can be `done` (a word for the message). */
int input_profile(const char *path, const char *done, struct input *in, struct error *e);

/* As input_read; what is a profile is turned into the policy derived from it by the options (NULL: the defaults);
 * warnings go to standard error. */
int input_policy(const char *path, bool filters, const struct infer_options *options, struct input *in,
		 struct error *e);

void input_free(struct input *in);

extern const struct infer_options infer_defaults;

/* --args= and --default= */
int parse_args_mode(const char *text, enum args_mode *mode, struct error *e);

/* Options of `pinhole policy` that say how a profile becomes a policy, with or without their dashes, separated by blanks (cmd_policy.c).
 * The words are cut where they stand, and *o keeps some of them. Returns 0 or ERR_INPUT. */
int parse_infer_words(char *words, struct infer_options *o, struct error *e);

/* The value of --OPTION is the name of a system call. */
int parse_call(const char *option, const char *text, struct error *e);

/* The value of --OPTION: "90", "90s", "1.5m", "500ms", "2h", "1d": a number with a unit, seconds without one. */
int parse_duration(const char *option, const char *text, uint64_t *ms, struct error *e);

/* Adds a profile of one run to the file `path`, as profile_extend_file does. Where that cannot be, keeps the run in a file of
 * its own and says where on standard error; in either case `p` can only be freed afterwards. `early`: some of the run was saved
 * before. *merged is what the file has then, the caller's. `kept` is the name of the file of its own, or "". `word` is as for
 * keep_run. Returns 0 or a negative code. */
int save_run(const char *path, struct profile *p, const char *word, bool early, struct profile **merged, char kept[PATH_MAX],
	     struct error *e);

/* Writes a run beside its profile or, as that place may be what is wrong, into the folder for temporary files. `word` ends the
 * file's name, which is filled in: one that nobody can guess, so that nobody else has taken it. */
bool keep_run(const char *path, const char *word, const struct text *run, struct text *name);

/* Ends as a command ended: with its exit status, or by its signal. */
int end_as(int status);

/* Whether a filter lets a call through: for the tracer, which has no means of its own for that. */
struct seccomp_data;
bool command_filter_lets_through(const struct sock_filter *code, size_t n, const struct seccomp_data *call);

#endif

/* Functions that the subcommands share. SPDX-License-Identifier: MIT */
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

/* One subcommand: cmd_NAME.c in a folder of tools, listed in main.c's table. */
struct command {
	const char *name, *usage, *summary;
	const struct option_row *options; /* rows, the last of them {0}; NULL: the command has no option but --help */
	bool page;			  /* the result is for people: --color */
	bool lists;			  /* it has long lists, which a terminal gets cut: --all */
	bool command_line;		  /* parsing of options stops at the first operand, as a command line follows */
	int (*run)(int argc, char **argv); /* argv[0] is "pinhole"; returns the exit status */
};

/* The running subcommand; main.c sets it. */
extern const struct command *command_current;

extern const struct command cmd_record, cmd_show, cmd_merge, cmd_diff, cmd_policy, cmd_generate, cmd_check, cmd_run,
	cmd_disasm, cmd_verify, cmd_stats, cmd_explain, cmd_report, cmd_confidence, cmd_minimize, cmd_reach, cmd_import,
	cmd_export, cmd_listen, cmd_explore, cmd_doctor, cmd_unit;

/* Flushes standard output. Returns the exit status: EXIT_ERROR where a write failed. */
int command_flush(void);

/* Returns how many columns a line may have: the terminal's, or 78 where output is no terminal. */
size_t command_columns(void);

/* Returns an empty text for a result that people read on standard output: with colours, a width and cut lists if that is a
 * terminal, as --color, --all and NO_COLOR say. */
struct text command_page(void);

/* Takes the options that all commands of a kind have: 'C' (--color) or 'A' (--all). Exits with status 2 for a wrong value. */
void command_page_option(int option, const char *value);

/* Exits with status 2 unless the number of operands is from min to max; max -1: no limit. */
void command_operands(int argc, char **argv, int min, int max);

/* Prints "pinhole: TEXT" to standard error, on one line. Escapes control characters: TEXT may quote
 * anything. */
void command_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* On a terminal: prints "pinhole: TEXT …" to standard error as a line that the next one overwrites. NULL: clears it; everything that
 * prints an error or a result does this by itself. TEXT must be of our own words and numbers. */
void command_progress(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints warnings to standard error; each line of `lines` ends with a newline. */
void command_warn(const struct text *lines);

/* Prints an error by command_say. Returns EXIT_ERROR. */
int command_fail(const struct error *e);

/* Refuses an output file that is the same file as the source, as the source would be lost. path may
 * be NULL. Returns 0 or ERR_INPUT. */
int command_keeps(const char *path, const char *source, struct error *e);

/* Says which process holds a lock that is waited for. Is the `tell` of a struct patience
 * (policies/base/lock.h). */
void command_waits(const char *path, const char *holder);

/* Writes a result to a file, or to standard output for "-" or NULL. Refuses to write binary output
 * to a terminal. Returns an exit status. */
int command_output(const char *path, const struct text *out, bool binary, struct error *e);

/* Reads n profiles (n > 0) and merges them. Returns NULL on an error; free by profile_free. */
struct profile *command_profiles(char *const *paths, int n, struct error *e);

/* Arguments of an option that may be repeated, in the order given. The strings belong to argv. */
typedef VEC(const char *) word_list;

/* Reads the files of --reach. Prints a warning for each thing that makes their answer less certain.
 * Returns 0 or a negative code; call unseen_clear in either case. */
int command_reach(const word_list *paths, const struct unseen_of *of, struct unseen *out, struct error *e);

/* The content of a file: exactly one member is set. Free by input_free. */
struct input {
	struct profile *profile;
	struct policy *policy;
	struct filter filter;
};

/* Reads a profile or a policy, and with `filters` also a filter. Returns 0 or a negative code. */
int input_read(const char *path, bool filters, struct input *in, struct error *e);

/* Reads a profile; refuses other kinds of files. `done` ends the message "only a profile can be
 * DONE". Returns 0 or a negative code. */
int input_profile(const char *path, const char *done, struct input *in, struct error *e);

/* Reads a policy, and with `filters` also a filter. Derives the policy of a profile by the options
 * (NULL: the defaults) and prints warnings to standard error. Returns 0 or a negative code. */
int input_policy(const char *path, bool filters, const struct infer_options *options, struct input *in,
		 struct error *e);

void input_free(struct input *in);

extern const struct infer_options infer_defaults;

/* Parses the values of --args and --generalize. */
int parse_args_mode(const char *text, enum args_mode *mode, struct error *e);
int parse_generalize(const char *text, enum generalize_mode *mode, struct error *e);

/* Parses options of `pinhole policy` that say how a profile becomes a policy (cmd_policy.c). They are separated by blanks, with or
 * without their dashes. Cuts `words` into strings in place, and *o keeps pointers to some of them. Returns 0 or ERR_INPUT. */
int parse_infer_words(char *words, struct infer_options *o, struct error *e);

/* Checks that the value of --OPTION is the name of a system call. */
int parse_call(const char *option, const char *text, struct error *e);

/* Parses the value of --OPTION: a number with a unit, as "90s", "1.5m", "500ms", "2h", "1d";
 * without a unit it is seconds. */
int parse_duration(const char *option, const char *text, uint64_t *ms, struct error *e);

/* Adds the profile of one run to the file `path` by profile_extend_file. If this fails, writes the
 * run into a file of its own and says where on standard error. After the call, `p` can only be
 * freed. `early`: a part of the run was saved before. *merged becomes the file's new content, which
 * the caller frees. `kept` becomes the name of the run's own file, or "". `word`: as for keep_run.
 * Returns 0 or a negative code. */
int save_run(const char *path, struct profile *p, const char *word, bool early, struct profile **merged, char kept[PATH_MAX],
	     struct error *e);

/* Writes a run into a new file beside its profile, or into the folder for temporary files if that
 * fails. `word` ends the file's name, so it must be hard to guess: no other user can then have
 * created the file. Fills in `name`. Returns whether a file was written. */
bool keep_run(const char *path, const char *word, const struct text *run, struct text *name);

/* Ends this process as a command ended: with the same exit status, or by the same signal. */
int end_as(int status);

/* Returns whether a filter lets a call through. The tracer gets this function as a pointer, as it
 * must not include the generator. */
struct seccomp_data;
bool command_filter_lets_through(const struct sock_filter *code, size_t n, const struct seccomp_data *call);

#endif

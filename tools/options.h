/* Options of the subcommands. One table a command drives parsing, --help and the completions;
 * tests/e2e/manual.sh compares the manual with it. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TOOLS_OPTIONS_H
#define PINHOLE_TOOLS_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct command;

struct option_row {
	char key;    /* command_option returns it */
	bool letter; /* the option has the short form -KEY */
	const char *name;
	/* name of the argument, or "one|two", where lower-case words are values. In brackets: the
	 * argument may be left out, and optarg is then NULL. NULL: the option takes no argument */
	const char *argument;
	const char *values;   /* further values that a shell may complete, separated by blanks; NULL: none */
	const char *help;
	/* used in place of `values`: returns the i-th value, or NULL after the last one */
	const char *(*value)(size_t i);
};

/* Values of --args, --generalize and --default, which several commands have. */
#define ARGS_VALUES "none shape exact"
#define GENERALIZE_VALUES "none chance capability"
#define DEFAULT_VALUES "kill kill-thread trap errno:ENOSYS errno:EPERM log allow"

/* Returns the key of the current command's next option, or -1 after the last one. Sets optarg and
 * optind as getopt_long(3) does. --help: prints the help and exits with status 0. Unknown option:
 * prints a message and exits with status 2. */
int command_option(int argc, char **argv);

/* Prints the options of a command for tools/package/completions, one a line. The columns are
 * separated by tabs: command, "-LETTER" or nothing, "--NAME", argument, values, first clause of the
 * help. */
void command_list_options(const struct command *command, FILE *to);

#endif

/* Options of the subcommands: one table a command drives parsing, --help and the completions; tests/e2e/manual.sh holds the
 * manual to it. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TOOLS_OPTIONS_H
#define PINHOLE_TOOLS_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct command;

struct option_row {
	char key;    /* command_option returns it */
	bool letter; /* -KEY is the short form */
	const char *name;
	const char *argument; /* its name, or "one|two", of which words in small letters are values; in brackets, it may be left out
			       * (optarg is NULL then); NULL: the option takes none */
	const char *values;   /* what a shell may complete beside those, with blanks between; NULL: nothing */
	const char *help;
	const char *(*value)(size_t i); /* in place of `values`: the i-th one, NULL after the last */
};

/* The values of --args and --default, which several commands have. */
#define ARGS_VALUES "none shape exact"
#define DEFAULT_VALUES "kill kill-thread trap errno:ENOSYS errno:EPERM log allow"

/* Returns the key of the next option of the current command, with optarg and optind as getopt_long(3) sets them, or -1 after the
 * last one. Prints the help and exits 0 for --help; says what is wrong and exits 2 for an option that is not in the table. */
int command_option(int argc, char **argv);

/* Prints every option of a command, one a line: its command, "-LETTER" or nothing, "--NAME", the argument, the values and the
 * first clause of its help, with tabs between. For tools/package/completions. */
void command_list_options(const struct command *command, FILE *to);

#endif

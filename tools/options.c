/* Options of the subcommands: parsing, help and the list for completions. SPDX-License-Identifier: MIT */
#include "tools/options.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/command.h"

/* The columns of the help: an option begins in column 0, its text in column HELP_OPTION. */
enum { HELP_COLUMNS = 80, HELP_OPTION = 26, OPTION_LIMIT = 32 };

static const struct option_row help_row = {.key = 'h', .name = "help", .help = "show this help"};

/* Options of the commands whose result is for people. */
static const struct option_row color_row = {
    .key = 'C', .name = "color", .argument = "auto|always|never",
    .help = "colour the result: on a terminal, unless NO_COLOR is set (auto, default), always or never"};
static const struct option_row all_row = {
    .key = 'A', .name = "all", .help = "print long lists in full on a terminal, too; they are never cut elsewhere"};

/* Returns the i-th of the options that the command shares with others, or NULL. */
static const struct option_row *shared_row(const struct command *command, size_t i)
{
	const struct option_row *rows[] = {command->lists ? &all_row : NULL, command->page ? &color_row : NULL, &help_row};
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++)
		if (rows[k] != NULL && i-- == 0)
			return rows[k];
	return NULL;
}

static const struct option_row *first_row(const struct command *command)
{
	static const struct option_row none;
	return command->options != NULL ? command->options : &none;
}

/* Returns whether the option's argument may be left out. */
static bool is_optional(const struct option_row *row)
{
	return row->argument != NULL && row->argument[0] == '[';
}

/* Adds "  -o, --output=FILE       text". A long option gets a line of its own, with the text below
 * it. */
static void add_option_help(const struct option_row *row, size_t columns, struct text *out)
{
	size_t from = out->count, used = HELP_OPTION;
	if (row->letter)
		text_add(out, "  -%c, ", row->key);
	else
		text_add(out, "      ");
	text_add(out, "--%s%s%s", row->name, is_optional(row) ? "[=" : row->argument != NULL ? "=" : "",
		 is_optional(row) ? row->argument + 1 : row->argument != NULL ? row->argument : "");
	size_t head = 0; /* in columns: a UTF-8 continuation byte takes none */
	for (size_t i = from; i < out->count; i++)
		head += ((unsigned char)out->bytes[i] & 0xc0) != 0x80;
	if (head < HELP_OPTION)
		text_add(out, "%*s", (int)(HELP_OPTION - head), "");
	else
		text_add(out, "\n%*s", HELP_OPTION, "");
	text_add_wrapped(out, row->help, HELP_OPTION, columns, &used);
	text_add(out, "\n");
}

static void print_help(const struct command *command)
{
	struct text out = {0};
	size_t columns = command_columns(), used = strlen("Usage: pinhole ");
	if (!isatty(STDOUT_FILENO) || columns > HELP_COLUMNS)
		columns = HELP_COLUMNS;
	text_add(&out, "Usage: pinhole %s%s", command->name, command->usage[0] != '\0' ? " " : "");
	used += strlen(command->name) + 1;
	text_add_wrapped(&out, command->usage, strlen("Usage: pinhole "), columns, &used);
	text_add(&out, "\n%s.\n\n", command->summary);
	for (const struct option_row *row = first_row(command); row->name != NULL; row++)
		add_option_help(row, columns, &out);
	for (size_t i = 0; shared_row(command, i) != NULL; i++)
		add_option_help(shared_row(command, i), columns, &out);
	printf("%s", text_string(&out));
	text_free(&out);
}

static void add_value(const char *word, size_t n, struct text *out)
{
	text_add(out, "%s%.*s", out->count > 0 ? " " : "", (int)n, word);
}

/* Adds all values of a row, separated by blanks. */
static void add_values(const struct option_row *row, struct text *out)
{
	const char *word = row->argument != NULL ? row->argument : "";
	for (size_t n; *word != '\0'; word += n + (word[n] == '|')) {
		n = strcspn(word, "|");
		if (strspn(word, "abcdefghijklmnopqrstuvwxyz-") == n)
			add_value(word, n, out);
	}
	if (row->values != NULL)
		add_value(row->values, strlen(row->values), out);
	for (size_t i = 0; row->value != NULL && row->value(i) != NULL; i++)
		add_value(row->value(i), strlen(row->value(i)), out);
}

static void list_option(const struct command *command, const struct option_row *row, FILE *to)
{
	struct text values = {0};
	char letter[3] = {'-', row->key, '\0'};
	add_values(row, &values);
	const char *argument = row->argument != NULL ? row->argument + is_optional(row) : "";
	fprintf(to, "%s\t%s\t--%s\t%.*s\t%s\t%.*s\n", command->name, row->letter ? letter : "", row->name,
		(int)(is_optional(row) ? strcspn(argument, "]") : strlen(argument)), argument, text_string(&values),
		(int)strcspn(row->help, ":;("), row->help);
	text_free(&values);
}

void command_list_options(const struct command *command, FILE *to)
{
	for (const struct option_row *row = first_row(command); row->name != NULL; row++)
		list_option(command, row, to);
	for (size_t i = 0; shared_row(command, i) != NULL; i++)
		list_option(command, shared_row(command, i), to);
}

/* Finds the long option whose name is a word of n bytes, or begins with it. *several: the word
 * begins more than one name. */
static const struct option *find_long(const char *word, size_t n, const struct option *longs, bool *several)
{
	const struct option *found = NULL;
	*several = false;
	for (const struct option *o = longs; o->name != NULL; o++) {
		if (strncmp(o->name, word, n) != 0)
			continue;
		if (strlen(o->name) == n) {
			*several = false;
			return o;
		}
		*several = found != NULL;
		found = found != NULL ? found : o;
	}
	return found;
}

/* Prints what is wrong with the option at which getopt_long stopped. getopt_long's own messages
 * would print unsafe characters unescaped. optopt is the letter, or the value of a long option that
 * lacks an argument or has one too many; 0: there is no such long option. */
static void say_option(char **argv, const char *shorts, const struct option *longs)
{
	const char *typed = argv[optind - 1], *known = optopt > 0 ? strchr(shorts, optopt) : NULL;
	bool is_long = strncmp(typed, "--", 2) == 0, several = false;
	size_t n = is_long ? strcspn(typed + 2, "=") : 0;
	const struct option *o = is_long ? find_long(typed + 2, n, longs, &several) : NULL;
	bool has = is_long && typed[2 + n] == '=';
	if (optopt == 0 && several)
		command_say("option '%s' is ambiguous", typed);
	else if (optopt == 0)
		command_say("unrecognized option '%s'", typed);
	else if (o != NULL && o->val == optopt && has && o->has_arg == no_argument)
		command_say("option '--%s' doesn't allow an argument", o->name);
	else if (o != NULL && o->val == optopt && !has && o->has_arg == required_argument)
		command_say("option '--%s' requires an argument", o->name);
	else if (known != NULL && known[1] == ':')
		command_say("option requires an argument -- '%c'", optopt);
	else
		command_say("invalid option -- '%c'", optopt);
}

/* Makes the tables for getopt_long from the command's rows. The caller's are static, as a process
 * runs one command. */
static void make_tables(const struct command *command, char *shorts, struct option *longs)
{
	size_t n = 0, shared = 0;
	if (command->command_line)
		*shorts++ = '+';
	for (const struct option_row *row = first_row(command); row->name != NULL; row++) {
		int takes = is_optional(row) ? optional_argument : row->argument != NULL ? required_argument : no_argument;
		assert(n < OPTION_LIMIT - 4);
		longs[n++] = (struct option){row->name, takes, NULL, row->key};
		if (!row->letter)
			continue;
		*shorts++ = row->key;
		if (takes == required_argument)
			*shorts++ = ':';
	}
	for (const struct option_row *row; (row = shared_row(command, shared)) != NULL; shared++)
		longs[n++] = (struct option){row->name, row->argument != NULL ? required_argument : no_argument, NULL, row->key};
	assert(n < OPTION_LIMIT);
}

int command_option(int argc, char **argv)
{
	static char shorts[2 * OPTION_LIMIT + 2];
	static struct option longs[OPTION_LIMIT];
	if (longs[0].name == NULL)
		make_tables(command_current, shorts, longs);
	opterr = 0;
	int option = getopt_long(argc, argv, shorts, longs, NULL);
	while ((command_current->page && option == color_row.key) || (command_current->lists && option == all_row.key)) {
		command_page_option(option, optarg);
		option = getopt_long(argc, argv, shorts, longs, NULL);
	}
	if (option == help_row.key) {
		print_help(command_current);
		exit(command_flush());
	}
	if (option == '?') {
		say_option(argv, shorts, longs);
		fprintf(stderr, "pinhole: 'pinhole %s --help' lists the options\n", command_current->name);
		exit(EXIT_ERROR);
	}
	return option;
}

/* The pinhole command: finds the subcommand and runs it. SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "tools/command.h"

const struct command *command_current;

static const struct command *const commands[] = {
	&cmd_record, &cmd_unit, &cmd_listen, &cmd_show, &cmd_explain, &cmd_report, &cmd_confidence, &cmd_merge, &cmd_diff, &cmd_policy,
	&cmd_minimize, &cmd_generate, &cmd_check, &cmd_verify, &cmd_run, &cmd_disasm, &cmd_stats, &cmd_reach, &cmd_explore, &cmd_import,
	&cmd_export,
	&cmd_doctor,
};
enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void print_help(FILE *to)
{
	fprintf(to, "Usage: pinhole COMMAND [OPTION…] …\n"
		    "Records the system calls that a program makes, and generates the smallest\n"
		    "seccomp filter for it.\n\n");
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	fprintf(to, "\n'pinhole COMMAND --help' lists its options. Exit status: 0 success, 1 the\n"
		    "answer is no, 2 a usage or input error; record and run end as their command\n"
		    "ended.\n");
}

/* Names that other tools use, or that people try first. */
static const char *const synonyms[][2] = {
	{"trace", "record"},   {"strace", "record"},  {"watch", "record"},    {"learn", "record"},   {"profile", "record"},
	{"attach", "record"},  {"exec", "run"},	      {"start", "run"},	      {"sandbox", "run"},    {"compile", "generate"},
	{"build", "generate"}, {"rows", "export"},	{"compare", "diff"},   {"view", "show"},	     {"list", "show"},
	{"print", "show"},     {"dump", "disasm"},    {"disassemble", "disasm"}, {"test", "check"},  {"why", "explain"},
	{"join", "merge"},     {"combine", "merge"},  {"prove", "verify"},    {"tighten", "minimize"}, {"coverage", "confidence"},
	{"html", "report"},    {"read", "import"},    {"convert", "import"},  {"info", "doctor"},
};

/* Returns the command most similar to the word typed: most letters in the same place, or one place
 * further. NULL: no command shares half of the letters. */
static const char *nearest(const char *typed)
{
	const char *best = NULL;
	size_t most = 0;
	for (size_t i = 0; i < sizeof(synonyms) / sizeof(synonyms[0]); i++)
		if (strcmp(synonyms[i][0], typed) == 0)
			return synonyms[i][1];
	for (size_t i = 0; i < COMMANDS; i++) {
		const char *name = commands[i]->name;
		size_t same = 0, n = strlen(name);
		for (size_t k = 0; k < n && typed[k] != '\0'; k++)
			same += typed[k] == name[k] || (k > 0 && typed[k - 1] == name[k]) || typed[k + 1] == name[k];
		if (same > most && 2 * same > n) {
			most = same;
			best = name;
		}
	}
	return best;
}

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static int unknown(const char *typed)
{
	const char *near = nearest(typed);
	command_say("unknown command \"%.60s\"; %s%s%s'pinhole --help' lists them", typed, near != NULL ? "did you mean " : "",
		    near != NULL ? near : "", near != NULL ? "? " : "");
	return EXIT_ERROR;
}

/* Returns whether a word is in a list that ends with NULL. */
static bool is_one_of(const char *word, const char *const *words)
{
	while (*words != NULL && strcmp(*words, word) != 0)
		words++;
	return *words != NULL;
}

int main(int argc, char **argv)
{
	static const char *const help[] = {"--help", "-h", "help", NULL}, *const version[] = {"--version", "-V", "version", NULL};
	if (argc < 2) {
		print_help(stderr);
		return EXIT_ERROR;
	}
	const struct command *command = find(argv[1]);
	if (command == NULL && is_one_of(argv[1], version)) {
		printf("pinhole %s\n", PINHOLE_VERSION);
		return command_flush();
	}
	if (command == NULL && is_one_of(argv[1], help)) {
		if (argc == 3 && strcmp(argv[2], "--options") == 0) { /* for tools/package/completions */
			for (size_t i = 0; i < COMMANDS; i++)
				command_list_options(commands[i], stdout);
			return command_flush();
		}
		bool of_itself = argc > 2 && (is_one_of(argv[2], help) || is_one_of(argv[2], version));
		if (argc > 2 && !of_itself && (command = find(argv[2])) == NULL)
			return unknown(argv[2]);
		if (command == NULL) {
			print_help(stdout);
			return command_flush();
		}
		static char option[] = "--help";
		argv[2] = option; /* "pinhole help COMMAND" is the same as "pinhole COMMAND --help" */
		argc = 3;
		argv++;
	} else if (command == NULL) {
		return unknown(argv[1]);
	} else {
		argc--;
		argv++;
	}
	command_current = command;
	static char name[] = "pinhole";
	argv[0] = name; /* getopt's messages begin with it */
	return command->run(argc, argv);
}

/* The command: finds the subcommand and lets it work. SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "command.h"

const struct command *command_current;

static const struct command *const commands[] = {
	&cmd_record, &cmd_show, &cmd_explain, &cmd_report, &cmd_confidence, &cmd_merge, &cmd_diff, &cmd_policy, &cmd_minimize,
	&cmd_generate, &cmd_check, &cmd_verify, &cmd_run, &cmd_disasm, &cmd_stats, &cmd_reach, &cmd_import, &cmd_doctor,
};
enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void print_help(void)
{
	printf("Usage: pinhole COMMAND [OPTION…] …\n"
	       "Records which system calls a program makes and generates the smallest seccomp filter for it.\n\n");
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
	printf("\n'pinhole COMMAND --help' tells more. Exit status: 0 fine, 1 the answer is no, 2 an error;\n"
	       "record and run end as the command ended.\n");
}

/* The command that shares most letters, place by place or shifted by one, with what was typed; NULL: none shares half. */
static const char *nearest(const char *typed)
{
	const char *best = NULL;
	size_t most = 0;
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

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "pinhole: name a command; 'pinhole --help' lists them\n");
		return EXIT_ERROR;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--version") == 0) {
		if (argv[1][2] == 'v')
			printf("pinhole %s\n", PINHOLE_VERSION);
		else
			print_help();
		return command_flush();
	}
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i]->name, argv[1]) == 0) {
			command_current = commands[i];
			static char name[] = "pinhole";
			argv[1] = name; /* getopt's messages begin with it */
			return commands[i]->run(argc - 1, argv + 1);
		}
	const char *near = nearest(argv[1]);
	command_say("unknown command \"%s\"; %s%s%s'pinhole --help' lists them", argv[1],
		    near != NULL ? "did you mean " : "", near != NULL ? near : "", near != NULL ? "? " : "");
	return EXIT_ERROR;
}

/* pinhole export: writes profiles as rows for a database. SPDX-License-Identifier: MIT */
#include "tools/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/exchange/rows.h"

struct arguments {
	bool rows; /* -f rows was given: the only format */
	struct row_source told, otherwise;
};

static int parse_arguments(int argc, char **argv, struct arguments *a, struct error *e)
{
	int option;
	while ((option = command_option(argc, argv)) != -1) {
		if (option == 'f' && strcmp(optarg, "rows") != 0)
			return error_set(e, ERR_INPUT, "-f %.40s: not a format of export; give rows", optarg);
		if (option == 'f')
			a->rows = true;
		else
			*(option == 'w' ? &a->told.workload : option == 'r' ? &a->told.version : &a->told.host) = optarg;
	}
	if (!a->rows)
		return error_set(e, ERR_INPUT, "export needs -f FORMAT; give -f rows");
	return 0;
}

/* A variable of the environment; one that is empty counts as not set. */
static const char *variable(const char *name)
{
	const char *value = getenv(name);
	return value != NULL && value[0] != '\0' ? value : NULL;
}

/* Writes one profile's rows. Memory holds one profile at a time. */
static int export(const char *path, const struct arguments *a, struct recent_rows *recent, struct text *out, struct error *e)
{
	struct profile *p = profile_read(path, e);
	out->count = 0;
	if (p != NULL && rows_export(p, path, &a->told, &a->otherwise, recent, out, e) == 0 &&
	    fwrite(out->bytes, 1, out->count, stdout) < out->count)
		error_system(e, "standard output: cannot write it");
	profile_free(p);
	return e->code;
}

static int run(int argc, char **argv)
{
	struct arguments a = {.otherwise = {variable("PINHOLE_WORKLOAD"), variable("PINHOLE_VERSION"), variable("PINHOLE_HOST")}};
	struct error e = {0};
	struct text out = {0};
	if (parse_arguments(argc, argv, &a, &e) < 0)
		return command_fail(&e);
	command_operands(argc, argv, 1, -1);
	struct recent_rows *recent = recent_rows_new();
	if (recent == NULL)
		error_memory(&e);
	for (int i = optind; e.code == 0 && i < argc; i++)
		export(argv[i], &a, recent, &out, &e);
	free(recent);
	text_free(&out);
	int status = command_flush();
	return e.code != 0 ? command_fail(&e) : status;
}

static const struct option_row options[] = {
	{.key = 'f', .letter = true, .name = "format", .argument = "FORMAT", .values = "rows",
	 .help = "which format to write: rows: a line of JSON for each run, program, fact, stack, and fact of a run"},
	{.key = 'w', .name = "workload", .argument = "NAME",
	 .help = "the workload of all runs (default: the label's word workload=NAME, PINHOLE_WORKLOAD, or the command's name)"},
	{.key = 'r', .name = "release", .argument = "TEXT",
	 .help = "the workload's version, or the digest of its image (default: the label's word version=TEXT, PINHOLE_VERSION)"},
	{.key = 'm', .name = "host", .argument = "NAME",
	 .help = "the machine of all runs (default: the label's word host=NAME, PINHOLE_HOST)"},
	{0},
};

const struct command cmd_export = {
	.name = "export",
	.usage = "-f rows [OPTION…] PROFILE…",
	.summary = "Write profiles as rows for a database",
	.options = options,
	.run = run,
};

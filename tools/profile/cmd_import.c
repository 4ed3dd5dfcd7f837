/* pinhole import: makes a profile or a policy from a file of another tool. SPDX-License-Identifier:
 * MIT */
#include "tools/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/import/import.h"
#include "policies/show/show.h"

struct arguments {
	const struct import_format *format;
	struct import_options options;
	const char *output;
};

static int parse_arch(const char *text, enum arch *arch, struct error *e)
{
	int found = arch_by_name(text);
	if (found < 0)
		return error_set(e, ERR_INPUT, "--arch=%.40s: not an architecture; give x86_64, i386 or aarch64", text);
	*arch = (enum arch)found;
	return 0;
}

static int parse_arguments(int argc, char **argv, struct arguments *a, struct error *e)
{
	int option;
	while ((option = command_option(argc, argv)) != -1) {
		if (option == 'f')
			a->format = import_format(optarg, e);
		else if (option == 'o')
			a->output = optarg;
		else if (option == 'l')
			a->options.label = optarg;
		else
			parse_arch(optarg, &a->options.arch, e);
	}
	if (e->code == 0 && a->format == NULL)
		return error_set(e, ERR_INPUT, "import needs -f FORMAT; 'pinhole import --help' lists the formats");
	return e->code;
}

/* Reads the files and imports them. */
static int import(const struct arguments *a, char *const *paths, size_t n, struct import_result *result,
		  struct error *e)
{
	struct import_file *files = calloc(n, sizeof(*files));
	struct text warnings = {0};
	int rc = files == NULL ? error_memory(e) : 0;
	for (size_t i = 0; i < n && rc == 0; i++) {
		char *bytes = NULL;
		rc = file_read_existing(paths[i], IMPORT_SIZE_LIMIT, &bytes, &files[i].n, e);
		files[i].bytes = bytes;
		files[i].name = paths[i];
		if (rc == 0)
			rc = command_keeps(a->output, paths[i], e);
	}
	if (rc == 0)
		rc = a->format->read(files, n, &a->options, result, &warnings, e);
	command_warn(&warnings);
	text_free(&warnings);
	for (size_t i = 0; files != NULL && i < n; i++)
		free((char *)files[i].bytes);
	free(files);
	return rc;
}

static int run(int argc, char **argv)
{
	struct arguments a = {.options = {.arch = ARCH_NATIVE}};
	struct import_result result = {0};
	struct error e = {0};
	struct text out = {0};
	if (parse_arguments(argc, argv, &a, &e) < 0)
		return command_fail(&e);
	command_operands(argc, argv, 1, a.format->many ? -1 : 1);
	int rc = import(&a, argv + optind, (size_t)(argc - optind), &result, &e);
	if (rc == 0 && result.profile != NULL)
		rc = profile_format(result.profile, &out, &e);
	else if (rc == 0)
		rc = policy_format(result.policy, &out, &e);
	int status = rc < 0 ? command_fail(&e) : command_output(a.output, &out, false, &e);
	text_free(&out);
	profile_free(result.profile);
	policy_free(result.policy);
	return status;
}

static const char *format_name(size_t i)
{
	return import_format_at(i) != NULL ? import_format_at(i)->name : NULL;
}

static const struct option_row options[] = {
	{.key = 'f', .letter = true, .name = "format", .argument = "FORMAT", .value = format_name,
	 .help = "which format the files have: strace: logs of strace (several files of -ff); audit: denials in a log of the kernel, auditd or the "
		 "journal; oci: the seccomp profile of a container; systemd: a service's unit file and drop-ins; "
		 "minijail: a policy file of minijail0 -S; kafel: a policy for nsjail; spo: a SeccompProfile; "
		 "firecracker: a filter of seccompiler-bin; rows: what export wrote, or a database gives back"},
	{.key = 'o', .letter = true, .name = "output", .argument = "OUT",
	 .help = "write to this file (default: standard output)"},
	{.key = 'a', .name = "arch", .argument = "ARCH", .values = "x86_64 i386 aarch64",
	 .help = "the architecture of files that do not name one: x86_64, i386, aarch64 (default: this machine's)"},
	{.key = 'l', .name = "label", .argument = "TEXT",
	 .help = "store this note with the run"},
	{0},
};

const struct command cmd_import = {
	.name = "import",
	.usage = "-f FORMAT [-o OUT] [OPTION…] FILE…",
	.summary = "Make a profile or a policy from files of other tools",
	.options = options,
	.run = run,
};

/* pinhole disasm: lists the instructions of a filter, from a file or a running process, with notes.
 * SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "tools/command.h"
#include "tracer/ptrace/read_filters.h"

struct disasm {
	const char *output; /* path, or NULL */
	long pid;	    /* process id; 0: the filter comes from a file */
	long number;	    /* index of the filter; -1: all */
	bool raw;
};

static void add(const struct disasm *d, const struct sock_filter *code, size_t n, struct text *out)
{
	if (d->raw)
		text_add_bytes(out, code, n * sizeof(*code));
	else
		filter_disasm(code, n, NULL, out);
}

static int of_file(const struct disasm *d, const char *path, struct text *out, struct error *e)
{
	struct input in = {0};
	int rc = input_read(path, true, &in, e);
	if (rc == 0 && in.filter.code.count == 0)
		rc = error_set(e, ERR_INPUT,
			       "%s: is not a filter but a profile or policy; 'pinhole generate -f asm' compiles and lists it", path);
	if (rc == 0)
		add(d, in.filter.code.items, in.filter.code.count, out);
	input_free(&in);
	return rc;
}

static int of_process(const struct disasm *d, struct text *out, struct error *e)
{
	struct thread_filters f;
	int rc = filters_read((pid_t)d->pid, command_filter_lets_through, &f, e);
	if (rc < 0)
		return rc;
	size_t n = f.all.count;
	if (d->number >= (long)n)
		rc = error_set(e, ERR_INPUT, "-n %ld: process %ld has %zu filter%s, numbered from 0 (the oldest); give one of these",
			       d->number, d->pid, n, n == 1 ? "" : "s");
	else if (d->raw && d->number < 0 && n > 1)
		rc = error_set(e, ERR_INPUT,
			       "--raw: process %ld has %zu filters; name one with -n, 0 (the oldest) to %zu", d->pid, n,
			       n - 1);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		const struct thread_filter *one = &f.all.items[i];
		if (d->number >= 0 && (size_t)d->number != i)
			continue;
		if (!d->raw)
			text_add(out, "%s; process %ld, filter %zu of %zu%s: %zu instruction%s\n\n",
				 out->count > 0 ? "\n" : "", d->pid, i, n,
				 n == 1	      ? ""
				 : i == 0     ? ", the oldest"
				 : i + 1 == n ? ", the newest"
					      : "",
				 one->code.count, plural_s(one->code.count));
		add(d, one->code.items, one->code.count, out);
	}
	filters_clear(&f);
	return rc;
}

/* Parses a number of an option. Exits with a message if the text is not a number. */
static long number(const char *option, const char *text, long least)
{
	char *end;
	errno = 0;
	long value = strtol(text, &end, 10);
	if (text[strspn(text, "0123456789")] == '\0' && end != text && errno == 0 && value >= least && value <= INT_MAX)
		return value;
	struct error e = {0};
	error_set(&e, ERR_INPUT, "%s %.40s: not a number from %ld up", option, text, least);
	exit(command_fail(&e));
}

static int run(int argc, char **argv)
{
	struct disasm d = {.number = -1};
	struct error e = {0};
	struct text out = {0};
	for (int option; (option = command_option(argc, argv)) != -1;) {
		if (option == 'p')
			d.pid = number("-p", optarg, 1);
		else if (option == 'n')
			d.number = number("-n", optarg, 0);
		else if (option == 'o')
			d.output = optarg;
		else
			d.raw = true;
	}
	command_operands(argc, argv, d.pid == 0, d.pid == 0);
	if (!d.raw && (d.output == NULL || strcmp(d.output, "-") == 0))
		out = command_page();
	if (d.number >= 0 && d.pid == 0) {
		error_set(&e, ERR_INPUT, "-n is for -p PID only: a file holds one filter");
		return command_fail(&e);
	}
	int rc = d.pid == 0 ? command_keeps(d.output, argv[optind], &e) : of_process(&d, &out, &e);
	if (rc == 0 && d.pid == 0)
		rc = of_file(&d, argv[optind], &out, &e);
	int status = rc < 0 ? command_fail(&e) : command_output(d.output, &out, d.raw, &e);
	text_free(&out);
	return status;
}

static const struct option_row options[] = {
	{.key = 'p', .letter = true, .name = "pid", .argument = "PID",
	 .help = "list the filters of a running process, the oldest first; needs root"},
	{.key = 'n', .letter = true, .name = "number", .argument = "NUMBER",
	 .help = "list only this filter of the process; 0 is the oldest (default: all)"},
	{.key = 'r', .name = "raw",
	 .help = "write the binary instructions, for verify, check, run and bwrap"},
	{.key = 'o', .letter = true, .name = "output", .argument = "OUT",
	 .help = "write to this file (default: standard output)"},
	{0},
};

const struct command cmd_disasm = {
	.name = "disasm",
	.usage = "[--raw] [-o OUT] FILTER|-p PID [-n NUMBER]",
	.summary = "List the instructions of a filter, with notes on their meaning",
	.options = options,
	.page = true,
	.run = run,
};

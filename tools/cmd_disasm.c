/* pinhole disasm: a filter's instructions, annotated. SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "command.h"

static int run(int argc, char **argv)
{
	static const struct option longs[] = {{"help", no_argument, NULL, 'h'}, {0}};
	struct error e = {0};
	struct text out = {0};
	struct filter filter = {0};
	while (command_option(argc, argv, "", longs) != -1)
		;
	command_operands(argc, argv, 1, 1);
	char *bytes = NULL;
	size_t n;
	int rc = file_read(argv[optind], (size_t)1 << 20, &bytes, &n, &e);
	if (rc > 0)
		rc = error_set(&e, ERR_INPUT, "%s: No such file or directory", argv[optind]);
	if (rc == 0)
		rc = filter_parse(bytes, n, argv[optind], &filter, &e);
	int status = EXIT_ERROR;
	if (rc == 0) {
		filter_disasm(filter.code.items, filter.code.count, NULL, &out);
		status = command_output(NULL, &out, false, &e);
	} else {
		command_fail(&e);
	}
	free(bytes);
	text_free(&out);
	filter_clear(&filter);
	return status;
}

const struct command cmd_disasm = {"disasm", "FILTER", "List a filter's instructions with their meaning", "", run};

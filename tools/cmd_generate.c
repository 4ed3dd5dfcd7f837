/* pinhole generate: compiles a policy, or a profile's, to a filter. SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "command.h"

static int generate(const char *source, const struct emitter *emitter, const char *path, struct error *e)
{
	struct input in = {0};
	struct text out = {0}, notes = {0};
	int status = EXIT_ERROR;
	int rc = input_policy(source, false, NULL, &in, e);
	if (rc == 0 && (rc = filter_compile(in.policy, NULL, &in.filter, e)) < 0)
		error_prefix(e, "%s: ", source);
	if (rc == 0) {
		struct emit_input input = {in.policy, &in.filter, source};
		rc = emitter->emit(&input, &out, &notes, e);
	}
	if (rc == 0)
		status = command_output(path, &out, emitter->binary, e);
	else
		command_fail(e);
	if (status == EXIT_FINE)
		fprintf(stderr, "%s", text_string(&notes));
	text_free(&out);
	text_free(&notes);
	input_free(&in);
	return status;
}

static int run(int argc, char **argv)
{
	static const struct option longs[] = {{"output", required_argument, NULL, 'o'},
					      {"format", required_argument, NULL, 'f'},
					      {"help", no_argument, NULL, 'h'},
					      {0}};
	struct error e = {0};
	const char *path = NULL, *format = "bpf";
	for (int option; (option = command_option(argc, argv, "o:f:", longs)) != -1;) {
		if (option == 'o')
			path = optarg;
		else
			format = optarg;
	}
	const struct emitter *emitter = emitter_by_name(format);
	if (emitter == NULL) {
		error_set(&e, ERR_INPUT, "-f %.40s: no such format; one of bpf, c, asm, smt2", format);
		return command_fail(&e);
	}
	command_operands(argc, argv, 1, 1);
	return generate(argv[optind], emitter, path, &e);
}

const struct command cmd_generate = {
	"generate",
	"[-f FORMAT] [-o OUT] PROFILE|POLICY",
	"Compile to a seccomp filter",
	"  -f, --format=FORMAT     bpf: for bubblewrap and the kernel (default); c: a header for C programs; asm: to read;\n"
	"                          smt2: the question whether filter and policy differ, for an SMT solver (z3)\n"
	"  -o, --output=OUT        where to write (standard output)\n",
	run,
};

/* pinhole generate: compiles a policy, or the policy of a profile, to a filter.
 * SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/command.h"
#include "tools/containers/listening_profile.h"

struct generating {
	const struct emitter *emitter;
	const char *output, *counts; /* paths */
	const char *thread;	     /* --thread, or NULL */
	struct compile_options compile;
	bool optimized; /* --optimize was given */
	bool strict, log;
	struct listening_options listen;
};

/* Reads the profile whose call counts weigh the paths through the filter: the one of --counts, or
 * the one that is compiled. */
static int read_counts(const struct input *in, struct generating *g, struct profile **read, struct error *e)
{
	if (g->counts != NULL && (*read = profile_read(g->counts, e)) == NULL)
		return e->code;
	g->compile.counts = g->counts != NULL ? *read : in->profile;
	return 0;
}

static void print_notes(const char *format, const struct emit_notes *notes)
{
	for (const char *s = text_string(&notes->text); *s != '\0'; s++) {
		size_t n = strcspn(s, "\n");
		command_say("%s: %.*s", format, (int)n, s);
		s += n;
	}
}

static int generate(const char *source, struct generating *g, struct error *e)
{
	struct input in = {0};
	struct profile *counts = NULL;
	struct text out = {0};
	struct emit_notes notes = {0};
	int status = EXIT_ERROR;
	int rc = command_keeps(g->output, source, e);
	if (rc == 0 && g->counts != NULL)
		rc = command_keeps(g->output, g->counts, e);
	if (rc == 0)
		rc = input_policy(source, false, NULL, &in, e);
	if (rc == 0)
		rc = read_counts(&in, g, &counts, e);
	if (rc == 0 && g->emitter->prepare != NULL && !g->strict)
		rc = g->emitter->prepare(in.policy, &notes, e);
	if (rc == 0 && g->emitter->compiles && (rc = filter_compile(in.policy, &g->compile, &in.filter, e)) < 0)
		error_prefix(e, "%s: ", source);
	if (rc == 0) {
		struct emit_input input = {in.policy, &in.filter, source, g->strict, g->log, g->thread};
		rc = g->emitter->emit(&input, &out, &notes, e);
		if (rc == 0 && notes.text.failed)
			rc = error_memory(e);
	}
	if (rc == 0)
		status = command_output(g->output, &out, g->emitter->binary, e);
	else
		command_fail(e);
	if (status == EXIT_FINE)
		print_notes(g->emitter->name, &notes);
	text_free(&out);
	text_free(&notes.text);
	profile_free(counts);
	input_free(&in);
	return status;
}

static int parse_optimize(const char *text, struct generating *g, struct error *e)
{
	g->compile.speed = strcmp(text, "speed") == 0;
	g->optimized = true;
	if (g->compile.speed || strcmp(text, "size") == 0)
		return 0;
	return error_set(e, ERR_INPUT, "--optimize=%.40s: not an aim; give size or speed", text);
}

/* Parses "5.4" or "6.1.0-13-amd64"; ignores the text after the second number. */
static int parse_kernel(const char *text, struct generating *g, struct error *e)
{
	char *end = NULL;
	unsigned long major = text[0] >= '0' && text[0] <= '9' ? strtoul(text, &end, 10) : 0, minor = 0;
	bool fine = end != NULL && *end == '.' && end[1] >= '0' && end[1] <= '9';
	if (fine)
		minor = strtoul(end + 1, &end, 10);
	if (!fine || (*end != '\0' && *end != '.' && *end != '-' && *end != '+') || major > 1000)
		return error_set(e, ERR_INPUT, "--kernel=%.40s: not a version of Linux; write one like 5.4", text);
	if (major < 3 || (major == 3 && minor < 5))
		return error_set(e, ERR_INPUT, "--kernel=%.40s: Linux has no seccomp filters before 3.5", text);
	g->compile.no_bitmap = major < 5 || (major == 5 && minor < 11);
	return 0;
}

static int parse_format(const char *text, struct generating *g, struct error *e)
{
	struct text names = {0};
	g->emitter = emitter_by_name(text);
	if (g->emitter != NULL)
		return 0;
	for (size_t i = 0; emitters[i] != NULL; i++)
		text_add(&names, "%s%s", i > 0 ? ", " : "", emitters[i]->name);
	int rc = error_set(e, ERR_INPUT, "-f %.40s: not a format; give one of %s", text, text_string(&names));
	text_free(&names);
	return rc;
}

/* Checks which options go together. */
static int check_options(const struct generating *g, struct error *e)
{
	bool oci = strcmp(g->emitter->name, "oci") == 0;
	if (g->log && (!oci || g->listen.socket != NULL))
		return error_set(e, ERR_INPUT, "--log is for -f oci without --listen only; leave it out");
	if (g->thread != NULL && (strcmp(g->emitter->name, "firecracker") != 0 || g->thread[0] == '\0'))
		return error_set(e, ERR_INPUT, g->thread[0] != '\0' ? "--thread is for -f firecracker only; leave it out"
								   : "--thread: expected the name of a thread; give vmm, api or vcpu");
	if (g->listen.socket == NULL)
		return g->listen.runtime || g->listen.name != NULL
			   ? error_set(e, ERR_INPUT, "--runtime and --name are for --listen only; leave them out, or give --listen=PATH")
			   : 0;
	if (!oci)
		return error_set(e, ERR_INPUT, "--listen is for -f oci only; give that format");
	if (g->listen.socket[0] != '/')
		return error_set(e, ERR_INPUT, "--listen=%.200s: the runtime needs a path that begins with /", g->listen.socket);
	if (g->strict || g->optimized || g->counts != NULL)
		return error_set(e, ERR_INPUT, "--listen makes no filter of a policy; leave out --strict, --optimize and --counts");
	return 0;
}

static int generate_listening(const char *source, struct generating *g, struct error *e)
{
	struct text out = {0};
	struct emit_notes notes = {0};
	int rc = source != NULL ? command_keeps(g->output, source, e) : 0;
	if (rc == 0)
		rc = listening_profile_make(source, &g->listen, &out, &notes, e);
	int status = rc < 0 ? command_fail(e) : command_output(g->output, &out, false, e);
	if (status == EXIT_FINE)
		print_notes(g->emitter->name, &notes);
	text_free(&out);
	text_free(&notes.text);
	return status;
}

static int parse_option(int option, struct generating *g, struct error *e)
{
	switch (option) {
	case 'o':
		g->output = optarg;
		return 0;
	case 'p':
		return parse_optimize(optarg, g, e);
	case 'k':
		return parse_kernel(optarg, g, e);
	case 'c':
		g->counts = optarg;
		return 0;
	case 's':
		g->strict = true;
		return 0;
	case 'L':
		g->log = true;
		return 0;
	case 'l':
		g->listen.socket = optarg;
		return 0;
	case 'r':
		return listening_parse_runtime(optarg, &g->listen, e);
	case 't':
		g->thread = optarg;
		return 0;
	case 'n':
		g->listen.name = optarg;
		return 0;
	}
	return parse_format(optarg, g, e);
}

static int run(int argc, char **argv)
{
	struct error e = {0};
	struct generating g = {.emitter = emitter_by_name("bpf")};
	for (int option; (option = command_option(argc, argv)) != -1;)
		if (parse_option(option, &g, &e) < 0)
			return command_fail(&e);
	/* A kernel without the bitmap runs the filter for every call, so optimize for speed. */
	if (!g.optimized)
		g.compile.speed = g.compile.no_bitmap;
	if (check_options(&g, &e) < 0)
		return command_fail(&e);
	command_operands(argc, argv, g.listen.socket != NULL ? 0 : 1, 1);
	if (g.listen.socket != NULL)
		return generate_listening(argv[optind], &g, &e);
	return generate(argv[optind], &g, &e);
}

static const char *format_name(size_t i)
{
	return emitters[i] != NULL ? emitters[i]->name : NULL;
}

static const struct option_row options[] = {
	{.key = 'f', .letter = true, .name = "format", .argument = "FORMAT", .value = format_name,
	 .help = "which format to write. A filter: bpf: for bubblewrap and the kernel (default); c: a "
	  "header for C programs; asm: to "
		 "read; crun: the annotation by which crun loads it; smt2: an SMT problem, whether filter and "
		 "policy differ (z3). Or the "
		 "policy, for the compiler of another tool: oci: Docker, Podman, containerd, crun, runc; "
		 "systemd: a drop-in for a service; minijail; kafel: nsjail; firejail; firecracker: "
		 "seccompiler-bin; spo: the Kubernetes "
		 "Security Profiles Operator; libseccomp: C source; json: the policy itself"},
	{.key = 's', .name = "strict",
	 .help = "deny the calls whose rule the format cannot express (default: allow them); a message names them"},
	{.key = 'L', .name = "log",
	 .help = "-f oci: have the kernel log calls that are answered by an error, too (SECCOMP_FILTER_FLAG_LOG)"},
	{.key = 't', .name = "thread", .argument = "NAME",
	 .help = "-f firecracker: write the filter of this thread (default: the same filter for vmm, api and vcpu)"},
	{.key = 'l', .name = "listen", .argument = "PATH",
	 .help = "-f oci: write the profile that makes a container runtime send its containers to pinhole "
	  "listen at this socket; calls "
		 "of PROFILE are allowed without notice (default: none)"},
	{.key = 'r', .name = "runtime", .argument = "runc|crun",
	 .help = "with --listen: for which runtime: runc (default; crun takes it, too; write, futex and "
	  "five more are not seen, and are assumed to be made); crun"},
	{.key = 'n', .name = "name", .argument = "TEXT",
	 .help = "with --listen: the name of the profile that pinhole listen makes"},
	{.key = 'o', .letter = true, .name = "output", .argument = "OUT",
	 .help = "write to this file (default: standard output)"},
	{.key = 'p', .name = "optimize", .argument = "AIM", .values = "size speed",
	 .help = "size: fewest instructions (default); speed: fewest steps for the calls "
		 "that run the filter"},
	{.key = 'k', .name = "kernel", .argument = "VERSION",
	 .help = "make the filter for this version of Linux; before 5.11 every call runs the filter, so speed is the "
		 "default"},
	{.key = 'c', .name = "counts", .argument = "PROFILE",
	 .help = "take the frequency of each call from this profile (default: from the profile that is compiled)"},
	{0},
};

const struct command cmd_generate = {
	.name = "generate",
	.usage = "[-f FORMAT] [-o OUT] [--strict] [--log] [--thread=NAME] [--optimize=AIM] [--kernel=VERSION] [--counts=PROFILE] PROFILE|POLICY | -f oci --listen=PATH [--runtime=RUNTIME] [--name=TEXT] [PROFILE]",
	.summary = "Compile to a seccomp filter, or write the policy for another tool",
	.options = options,
	.run = run,
};

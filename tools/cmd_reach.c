/* pinhole reach: which system calls a program's code can reach. SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "policies/base/clock.h"
#include "policies/profile/stacks.h"
#include "policies/reach/reachable.h"
#include "tools/command.h"
#include "tracer/reach/reach_code.h"

typedef VEC(const char *) name_list;

/* Where execvp(3) would find the command; a file of that name here where it would not. */
static void find_program(const char *name, char path[PATH_MAX])
{
	const char *list = getenv("PATH");
	snprintf(path, PATH_MAX, "%s", name);
	if (strchr(name, '/') != NULL)
		return;
	for (const char *at = list; at != NULL;) {
		size_t n = strcspn(at, ":");
		int length = snprintf(path, PATH_MAX, "%.*s%s%s", (int)n, at, n > 0 ? "/" : "", name);
		if (length > 0 && length < PATH_MAX && access(path, X_OK) == 0)
			return;
		at = at[n] == ':' ? at + n + 1 : NULL;
	}
	snprintf(path, PATH_MAX, "%s", name);
}

static bool is_program(const struct profile *p, const char *path)
{
	for (size_t i = 0; i < profile_program_count(p); i++)
		if (strcmp(profile_program(p, i)->path, path) == 0)
			return true;
	return false;
}

static bool made_by(const struct profile *p, const struct fact *f, const char *path)
{
	for (size_t i = 0; i < f->programs.count; i++)
		if (strcmp(profile_program(p, f->programs.items[i])->path, path) == 0)
			return true;
	return false;
}

/* Adds the modules of a fact's stacks, each once. */
static int add_modules(const struct profile *p, const struct fact *f, name_list *modules, struct error *e)
{
	for (size_t i = 0; i < f->stacks.count; i++) {
		const struct stack *s = profile_stack(p, f->stacks.items[i]);
		for (size_t k = 0; k < s->frames.count; k++) {
			uint32_t module = profile_frame(p, s->frames.items[k])->module;
			const char *path = module != MODULE_NONE ? profile_module(p, module)->path : "";
			size_t n = 0;
			while (n < modules->count && strcmp(modules->items[n], path) != 0)
				n++;
			/* Not "[vdso]", and no program that was executed before or after. */
			if (path[0] == '/' && n == modules->count && !is_program(p, path) && !vec_push(modules, path))
				return error_memory(e);
		}
	}
	return 0;
}

/* The modules that a profile saw calls of the program come from. */
static int read_modules(const char *name, const char *program, struct input *in, name_list *modules, struct error *e)
{
	char real[PATH_MAX];
	if (input_profile(name, "given as --profile", in, e) < 0)
		return e->code;
	if (realpath(program, real) == NULL)
		return 0; /* what is wrong with it is said later */
	if (!is_program(in->profile, real))
		return error_set(e, ERR_INPUT, "%s: has nothing of %s; record that program, or leave --profile out",
				 name, real);
	for (size_t i = 0; i < profile_fact_count(in->profile) && e->code == 0; i++)
		if (made_by(in->profile, profile_fact(in->profile, i), real))
			add_modules(in->profile, profile_fact(in->profile, i), modules, e);
	return e->code;
}

static int run(int argc, char **argv)
{
	struct error e = {0};
	struct text out = {0};
	struct input in = {0};
	struct reachable *r = NULL;
	name_list modules = {0};
	bool json = false;
	const char *output = NULL, *profile = NULL;
	char path[PATH_MAX];
	double began = (double)now_ns() / 1e9;
	int status = EXIT_ERROR, option;
	while ((option = command_option(argc, argv)) != -1) {
		json |= option == 'j' || option == 'o';
		output = option == 'o' ? optarg : output;
		profile = option == 'p' ? optarg : profile;
	}
	command_operands(argc, argv, 1, 1);
	find_program(argv[optind], path);
	command_keeps(output, path, &e);
	if (e.code == 0 && profile != NULL && command_keeps(output, profile, &e) == 0)
		read_modules(profile, path, &in, &modules, &e);
	struct code_options options = {.path = path,
				       .library_path = getenv("LD_LIBRARY_PATH"),
				       .extra = modules.items,
				       .extra_count = modules.count};
	if (e.code == 0)
		r = code_reach(&options, &e);
	if (r != NULL && json)
		reachable_format(r, &out, &e);
	else if (r != NULL)
		reachable_show(r, (double)now_ns() / 1e9 - began, &out);
	status = e.code == 0 ? command_output(output, &out, false, &e) : command_fail(&e);
	reachable_free(r);
	vec_free(&modules);
	text_free(&out);
	input_free(&in);
	return status;
}

static const struct option_row options[] = {
	{.key = 'j', .name = "json",
	 .help = "for programs: JSON, as FORMAT.md describes it"},
	{.key = 'o', .letter = true, .name = "output", .argument = "OUT",
	 .help = "write that JSON there"},
	{.key = 'p', .name = "profile", .argument = "PROFILE",
	 .help = "with the modules that the profile saw the program load while it ran"},
	{0},
};

const struct command cmd_reach = {
	.name = "reach",
	.usage = "[--json] [-o OUT] [--profile=PROFILE] PROGRAM",
	.summary = "Tell which system calls a program's code can reach, and how",
	.options = options,
	.run = run,
};

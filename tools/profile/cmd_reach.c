/* pinhole reach: lists the system calls that the code of a program can reach.
 * SPDX-License-Identifier: MIT */
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

/* Finds the file of a command as execvp(3) does; otherwise takes a file of that name in the current
 * folder. */
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

/* Adds the modules in the stacks of a fact, each once. */
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
			/* Not "[vdso]", and not a program that ran before or after this one. */
			if (path[0] == '/' && n == modules->count && !is_program(p, path) && !vec_push(modules, path))
				return error_memory(e);
		}
	}
	return 0;
}

/* Reads the modules from which a profile saw the program make calls. */
static int read_modules(const char *name, const char *program, bool in_root, struct input *in, name_list *modules,
			struct error *e)
{
	char real[PATH_MAX];
	if (input_profile(name, "given as --profile", in, e) < 0)
		return e->code;
	if (in_root)
		snprintf(real, sizeof(real), "%s", program);
	else if (realpath(program, real) == NULL)
		return 0; /* read later, where errors are reported */
	if (!is_program(in->profile, real))
		return error_set(e, ERR_INPUT, "%s: has no facts of %s; record that program, or leave out --profile",
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
	const char *output = NULL, *profile = NULL, *root = NULL;
	char path[PATH_MAX];
	double began = (double)now_ns() / 1e9;
	int status = EXIT_ERROR, option;
	while ((option = command_option(argc, argv)) != -1) {
		json |= option == 'j' || option == 'o';
		output = option == 'o' ? optarg : output;
		profile = option == 'p' ? optarg : profile;
		root = option == 'r' ? optarg : root;
	}
	command_operands(argc, argv, 1, 1);
	if (root != NULL)
		snprintf(path, sizeof(path), "%s", argv[optind]);
	else
		find_program(argv[optind], path);
	command_keeps(output, path, &e);
	if (e.code == 0 && profile != NULL && command_keeps(output, profile, &e) == 0)
		read_modules(profile, path, root != NULL, &in, &modules, &e);
	struct code_options options = {.path = path,
				       .root = root,
				       .library_path = getenv("LD_LIBRARY_PATH"),
				       .extra = modules.items,
				       .extra_count = modules.count};
	if (e.code == 0) {
		command_progress("reading the code of the program and its libraries");
		r = code_reach(&options, &e);
	}
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
	 .help = "print JSON (see policies/library/FORMAT.md)"},
	{.key = 'o', .letter = true, .name = "output", .argument = "OUT",
	 .help = "write JSON to this file"},
	{.key = 'p', .name = "profile", .argument = "PROFILE",
	 .help = "also read the modules that the program loaded at run time, as this profile saw"},
	{.key = 'r', .name = "root", .argument = "FOLDER",
	 .help = "PROGRAM and all libraries are below this folder, as after chroot(1)"},
	{0},
};

const struct command cmd_reach = {
	.name = "reach",
	.usage = "[--json] [-o OUT] [--profile=PROFILE] [--root=FOLDER] PROGRAM",
	.summary = "List the system calls that a program's code can reach, and how",
	.options = options,
	.run = run,
};

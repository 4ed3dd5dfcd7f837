/* pinhole merge: makes the union of profiles. SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/stat.h>

#include "policies/base/lock.h"
#include "tools/command.h"

/* Returns whether the output replaces one of the profiles that are merged. */
static bool extends(const char *path, char *const *profiles, int n)
{
	struct stat to, from;
	bool there = stat(path, &to) == 0 && S_ISREG(to.st_mode), same = false;
	for (int i = 0; !same && i < n; i++)
		same = there ? stat(profiles[i], &from) == 0 && to.st_dev == from.st_dev && to.st_ino == from.st_ino
			     : strcmp(path, "-") != 0 && strcmp(path, profiles[i]) == 0;
	return same;
}

/* Reads the profiles. Leaves out the one that is extended if it does not exist yet. */
static struct profile *read_profiles(const struct place *out, const char *path, char **profiles, int n, struct error *e)
{
	int left = 0;
	for (int i = 0; i < n; i++)
		if (out->kind != PLACE_NOTHING || strcmp(path, profiles[i]) != 0)
			profiles[left++] = profiles[i];
	return command_profiles(profiles, left > 0 ? left : 1, e);
}

/* Reads, merges and writes. If the output is one of the profiles, locks it as a recorder does:
 * facts that a recorder adds in between must not be lost. */
static int merge(const char *path, char **profiles, int n, struct error *e)
{
	const struct patience patience = {LOCK_WAIT_MS, command_waits, NULL};
	struct text out = {0};
	struct place place;
	int lock = -1, status = EXIT_ERROR;
	if (place_open(path, &place, e) < 0)
		return command_fail(e);
	if (extends(path, profiles, n))
		lock = file_lock(&place, path, &patience, e);
	struct profile *all = e->code == 0 ? read_profiles(&place, path, profiles, n, e) : NULL;
	if (e->code == 0 && profile_format(all, &out, e) == 0)
		status = command_output(path, &out, false, e);
	else
		command_fail(e);
	file_unlock(lock);
	place_close(&place);
	text_free(&out);
	profile_free(all);
	return status;
}

static int run(int argc, char **argv)
{
	struct error e = {0};
	const char *path = NULL;
	while (command_option(argc, argv) != -1)
		path = optarg;
	command_operands(argc, argv, 1, -1);
	if (path == NULL) {
		error_set(&e, ERR_INPUT, "merge needs -o OUT; give - for standard output");
		return command_fail(&e);
	}
	return merge(path, argv + optind, argc - optind, &e);
}

static const struct option_row options[] = {
	{.key = 'o', .letter = true, .name = "output", .argument = "OUT",
	 .help = "write to this file; - is standard output"},
	{0},
};

const struct command cmd_merge = {
	.name = "merge",
	.usage = "-o OUT PROFILE…",
	.summary = "Make the union of profiles, in any order",
	.options = options,
	.run = run,
};

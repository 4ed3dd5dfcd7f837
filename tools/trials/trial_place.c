/* The place where trials of the user's test run. SPDX-License-Identifier: MIT */
#include "tools/trials/trial_place.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policies/base/file.h"
#include "policies/base/text.h"
#include "tools/command.h"

volatile sig_atomic_t trial_interrupted;

int trial_option(int option, const char *value, struct trial_options *o, struct error *e)
{
	char *end;
	switch (option) {
	case 't':
		o->test = value;
		return 0;
	case 'j':
		o->jobs = strtol(value, &end, 10);
		return *end == '\0' && o->jobs >= 1 && o->jobs <= TRIAL_JOBS
			       ? 0
			       : error_set(e, ERR_INPUT, "--jobs=%.40s: not a number of trials; give 1 to %d", value, TRIAL_JOBS);
	case 'T':
		return parse_duration("timeout", value, &o->timeout, e);
	case 'w':
		return parse_duration("within", value, &o->within, e);
	default:
		return 1;
	}
}

int trial_check_test(const char *test, struct error *e)
{
	return test != NULL && test[strspn(test, " \t\n")] != '\0'
		       ? 0
		       : error_set(e, ERR_INPUT, "--test is missing: give a command whose exit status is 0 if the program works");
}

void trial_place_set_timeout(struct trial_place *p, uint64_t asked, uint64_t took)
{
	p->timeout = asked != 0 ? asked : took * 10 > TRIAL_LEAST_MS ? took * 10 : TRIAL_LEAST_MS;
}

static void on_interrupt(int signal)
{
	trial_interrupted = signal;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	remove(path);
	return 0;
}

/* Unmounts all mounts below a folder. Returns whether none is left: a test may have bound a folder
 * of the user's there, which must not be removed with the trial's folder. */
static bool unmount_below(const char *path)
{
	FILE *mounts = setmntent("/proc/self/mounts", "r");
	size_t n = strlen(path);
	bool all = true;
	for (struct mntent *m; mounts != NULL && (m = getmntent(mounts)) != NULL;)
		if (strncmp(m->mnt_dir, path, n) == 0 && (m->mnt_dir[n] == '/' || m->mnt_dir[n] == '\0'))
			/* EINVAL: already unmounted with the mount above it */
			all &= umount2(m->mnt_dir, MNT_DETACH) == 0 || errno == EINVAL;
	if (mounts != NULL)
		endmntent(mounts);
	return all;
}

static void remove_tree(const char *path)
{
	if (unmount_below(path))
		nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

static void catch_interrupts(void)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (signal(signals[i], on_interrupt) == SIG_IGN)
			signal(signals[i], SIG_IGN);
}

/* The path of the folder replaces {} in the test unquoted. */
int trial_place_make(struct trial_place *p, const char *name, struct error *e)
{
	const char *plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+,:@%";
	const char *given = getenv("TMPDIR");
	ssize_t n = readlink("/proc/self/exe", p->self, sizeof(p->self) - 1);
	if (n <= 0)
		return error_system(e, "/proc/self/exe: cannot read it");
	p->self[n] = '\0';
	catch_interrupts();
	char *whole = given != NULL && given[0] != '\0' ? realpath(given, NULL) : NULL;
	if (given != NULL && given[0] != '\0' && whole == NULL)
		return error_system(e, "TMPDIR=%s: cannot make a folder for the trials there", given);
	bool fits = whole != NULL && whole[strspn(whole, plain)] == '\0' && strlen(whole) < sizeof(p->folder) - 32;
	snprintf(p->folder, sizeof(p->folder), "%s/pinhole-%s.XXXXXX", fits ? whole : "/tmp", name);
	free(whole);
	if (mkdtemp(p->folder) == NULL)
		return error_system(e, "%s: cannot make a folder for the trials", p->folder);
	return 0;
}

void trial_place_remove(struct trial_place *p)
{
	trial_kill(p->runs, TRIAL_JOBS);
	remove_tree(p->folder);
}

/* Writes the script that replaces {} in the test. It is a single word, so a test can pass it on. */
static int write_runner(char *const *before, const char *path, struct error *e)
{
	struct text script = {0};
	text_add(&script, "#!/bin/sh\nexec");
	for (size_t i = 0; before[i] != NULL; i++) {
		text_add(&script, " ");
		text_add_quoted(&script, before[i]);
	}
	text_add(&script, " \"$@\"\n");
	int rc = script.failed ? error_memory(e) : file_write(path, script.bytes, script.count, e);
	if (rc == 0 && chmod(path, 0700) != 0)
		rc = error_system(e, "%s: cannot make it executable", path);
	text_free(&script);
	return rc;
}

/* Copies the test's text. Replaces {} with the runner, or with nothing if the runner is NULL. */
static void put_in(const char *test, const char *runner, struct text *out)
{
	for (const char *mark; (mark = strstr(test, "{}")) != NULL; test = mark + 2)
		text_add(out, "%.*s%s", (int)(mark - test), test, runner != NULL ? runner : "");
	text_add(out, "%s", test);
}

int trial_place_start(struct trial_place *p, int slot, char *const *before, struct error *e)
{
	enum { WORDS = 32 };
	char temporary[512], runner[512], *argv[WORDS + 4];
	struct text shell = {0};
	bool whole = strstr(p->test, "{}") == NULL;
	size_t n = 0;
	snprintf(temporary, sizeof(temporary), "%s/%d.tmp", p->folder, slot);
	snprintf(runner, sizeof(runner), "%s/%d.run", p->folder, slot);
	remove_tree(temporary);
	int rc = before != NULL && !whole ? write_runner(before, runner, e) : 0;
	put_in(p->test, before != NULL ? runner : NULL, &shell);
	if (rc == 0 && shell.failed)
		rc = error_memory(e);
	while (before != NULL && whole && before[n] != NULL && n < WORDS) {
		argv[n] = before[n];
		n++;
	}
	argv[n++] = (char *)"/bin/sh";
	argv[n++] = (char *)"-c";
	argv[n++] = (char *)text_string(&shell);
	argv[n] = NULL;
	if (rc == 0)
		rc = trial_start(&p->runs[slot], p->folder, slot, p->padding, argv, p->timeout, e);
	p->made += rc == 0;
	text_free(&shell);
	return rc;
}

int trial_place_free_slot(const struct trial_place *p)
{
	for (int slot = 0; slot < p->jobs; slot++)
		if (p->runs[slot].keeper == 0)
			return slot;
	return -1;
}

int trial_place_wait(struct trial_place *p, struct trial_outcome *outcome, struct error *e)
{
	return trial_wait(p->runs, (size_t)p->jobs, p->folder, &trial_interrupted, outcome, e);
}

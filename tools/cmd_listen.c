/* pinhole listen: records containers, as the seccomp agent of their runtime. SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/autosave.h"
#include "tools/command.h"
#include "tools/container_name.h"
#include "tracer/notify/agent.h"

struct listening {
	const char *socket, *folder, *rules;
	bool silent;
};

/* One of the two profiles of a container. */
struct kept_profile {
	struct text path;
	struct saver saver;
	struct record_options options;
	struct profile *profile, *merged;
};

static int begin_profile(struct kept_profile *k, const struct listening *l, const char *folder, const char *name, struct error *e)
{
	text_add(&k->path, "%s%s/%s.json", l->folder, folder, name);
	k->profile = profile_new();
	if (k->path.failed || k->profile == NULL)
		return error_memory(e);
	k->saver.path = text_string(&k->path);
	k->options = (struct record_options){.mode = RECORD_CONTAINER, .lets_through = command_filter_lets_through,
					     .watcher = saver_watch, .context = &k->saver};
	return file_writable(k->saver.path, e);
}

/* Adds the run to the file, if there is one to be added. */
static int finish_profile(struct kept_profile *k, bool recorded, struct error *e)
{
	if (recorded)
		return saver_finish(&k->saver, k->profile, &k->merged, e);
	saver_stop(&k->saver);
	return 0;
}

static void free_profile(struct kept_profile *k)
{
	profile_free(k->profile);
	profile_free(k->merged);
	text_free(&k->path);
}

/* Runs in a process of its own: records a container. Returns its exit status. */
static int record_container(void *context, const struct container *c, struct container_channel *channel)
{
	const struct listening *l = context;
	struct error e = {0};
	struct container_told told = {0};
	struct text name = {0};
	struct kept_profile program = {0}, runtime = {0};
	struct container_result result = {0};
	static char word[] = "container";
	char *argv[] = {word, c->id, NULL};
	container_told_read(c->metadata, &told);
	container_name(l->rules, c, text_string(&told.name), &name);
	int rc = told.name.failed || name.failed ? error_memory(&e) : begin_profile(&program, l, "", text_string(&name), &e);
	if (rc == 0)
		rc = begin_profile(&runtime, l, "/runtime", text_string(&name), &e);
	if (told.passed_told)
		program.options.passed = &told.passed;
	channel->of_runc = told.of_runc;
	if (rc == 0 && !l->silent)
		command_say("container %s: is recorded into %s", c->id, text_string(&program.path));
	signal(SIGXFSZ, SIG_IGN);
	if (rc == 0)
		rc = container_record(channel, &program.options, program.profile, &runtime.options, runtime.profile, argv, &result, &e);
	if (rc == 0)
		rc = finish_profile(&program, result.executed, &e);
	else
		finish_profile(&program, false, &e);
	finish_profile(&runtime, rc == 0 && profile_fact_count(runtime.profile) > 0, &e);
	if (e.code == 0 && !l->silent && program.merged == NULL)
		command_say("container %s: has ended before its program was executed", c->id);
	else if (e.code == 0 && !l->silent)
		command_say("container %s: %s; %" PRIu64 " notification%s of %u process%s; %s: %zu fact%s", c->id,
			    result.stopped ? "its recording was stopped" : "has ended", result.notifications, plural_s(result.notifications),
			    result.processes, result.processes == 1 ? "" : "es", text_string(&program.path),
			    profile_fact_count(program.merged), plural_s(profile_fact_count(program.merged)));
	int status = e.code != 0 ? command_fail(&e) : EXIT_FINE;
	free_profile(&program);
	free_profile(&runtime);
	text_free(&told.name);
	text_free(&name);
	return status;
}

static int make_folder(const char *path, mode_t mode, struct error *e)
{
	struct stat st;
	if (mkdir(path, mode) == 0 || (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
		return 0;
	errno = errno == EEXIST ? ENOTDIR : errno;
	return error_system(e, "%s: cannot make this folder", path);
}

static int listen_for_containers(struct listening *l, struct error *e)
{
	struct text runtime = {0};
	text_add(&runtime, "%s/runtime", l->folder);
	int rc = runtime.failed ? error_memory(e) : make_folder(l->folder, 0777, e);
	if (rc == 0)
		rc = make_folder(text_string(&runtime), 0777, e);
	text_free(&runtime);
	struct agent_options options = {.socket = l->socket, .record = record_container, .say = command_say, .context = l};
	return rc < 0 ? rc : agent_run(&options, e);
}

static int run(int argc, char **argv)
{
	struct error e = {0};
	struct listening l = {.rules = container_name_rules};
	for (int option; (option = command_option(argc, argv)) != -1;)
		switch (option) {
		case 's':
			l.socket = optarg;
			break;
		case 'o':
			l.folder = optarg;
			break;
		case 'n':
			l.rules = optarg;
			break;
		case 'q':
			l.silent = true;
			break;
		}
	command_operands(argc, argv, 0, 0);
	int rc = container_name_check(l.rules, &e);
	if (rc == 0 && (l.socket == NULL || l.folder == NULL))
		rc = error_set(&e, ERR_INPUT, "listen needs --socket=PATH and -o FOLDER");
	if (rc == 0)
		rc = listen_for_containers(&l, &e);
	return rc < 0 ? command_fail(&e) : EXIT_FINE;
}

static const struct option_row options[] = {
	{.key = 's', .name = "socket", .argument = "PATH",
	 .help = "listen at this path, which is listenerPath of the containers' seccomp profile; only the superuser and this user may connect"},
	{.key = 'o', .letter = true, .name = "output", .argument = "FOLDER",
	 .help = "create or extend one profile for each name in this folder, and those of the runtimes' own calls in FOLDER/runtime"},
	{.key = 'n', .name = "name", .argument = "RULE[,RULE…]", .values = "metadata image container id",
	 .help = "where a profile's name comes from, the first that the container has: metadata (listenerMetadata), annotation:KEY, image, "
		 "container (their annotations), id (default: all, in this order, with annotation:io.pinhole.name second)"},
	{.key = 'q', .letter = true, .name = "silent",
	 .help = "do not say when a container begins and ends"},
	{0},
};

const struct command cmd_listen = {
	.name = "listen",
	.usage = "--socket=PATH -o FOLDER [--name=RULE,…] [-q]",
	.summary = "Record containers, as the seccomp agent of their runtime",
	.options = options,
	.run = run,
};

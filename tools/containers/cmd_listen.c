/* pinhole listen: records containers, as the seccomp agent of their runtime. SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/record/autosave.h"
#include "tools/containers/container_command.h"
#include "tools/containers/container_name.h"
#include "tools/containers/docker_version.h"
#include "tools/containers/listening_profile.h"
#include "tracer/notify/agent.h"

struct listening {
	const char *socket, *folder, *rules;
	bool silent;
	/* with a command that starts a container: */
	const char *file; /* the profile; NULL: there is no command */
	struct listening_options profile;
	struct container_command command;
};

/* One of the two profiles of a container. */
struct kept_profile {
	struct text path;
	struct saver saver;
	struct record_options options;
	struct profile *profile, *merged;
};

/* Of a runtime with `file` given, nothing is saved. */
static int begin_profile(struct kept_profile *k, const struct listening *l, bool runtime, const char *name, const char *label,
			 struct error *e)
{
	bool saved = l->file == NULL || !runtime;
	if (l->file == NULL)
		text_add(&k->path, "%s%s/%s.json", l->folder, runtime ? "/runtime" : "", name);
	else if (saved)
		text_add(&k->path, "%s", l->file);
	k->profile = profile_new();
	if (k->path.failed || k->profile == NULL)
		return error_memory(e);
	k->options = (struct record_options){.mode = RECORD_CONTAINER, .label = label, .lets_through = command_filter_lets_through};
	if (!saved)
		return 0;
	k->saver.path = text_string(&k->path);
	k->options.watcher = saver_watch;
	k->options.context = &k->saver;
	return file_writable(k->saver.path, e);
}

/* Adds the run to the file, if there is one to be added. */
static int finish_profile(struct kept_profile *k, bool recorded, struct error *e)
{
	if (recorded && k->saver.path != NULL)
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
	struct text name = {0}, label = {0};
	struct kept_profile program = {0}, runtime = {0};
	struct container_result result = {0};
	static char word[] = "container";
	char *argv[] = {word, c->id, NULL};
	container_told_read(c->metadata, &told);
	container_name(l->rules, c, text_string(&told.name), &name);
	text_add(&label, "container=%s", c->id);
	int rc = told.name.failed || name.failed || label.failed ? error_memory(&e) : 0;
	if (rc == 0)
		rc = begin_profile(&program, l, false, text_string(&name), text_string(&label), &e);
	if (rc == 0)
		rc = begin_profile(&runtime, l, true, text_string(&name), text_string(&label), &e);
	if (told.passed_told)
		program.options.passed = &told.passed;
	channel->of_runc = told.of_runc;
	if (rc == 0 && !l->silent)
		command_say("container %s: is recorded into %s", c->id, text_string(&program.path));
	signal(SIGXFSZ, SIG_IGN);
	if (rc == 0)
		rc = container_record(channel, &program.options, program.profile, &runtime.options, runtime.profile, argv, &result, &e);
	if (rc == 0)
		rc = finish_profile(&program, channel->shared->executed, &e);
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
	text_free(&label);
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
	return rc < 0 ? rc : agent_run(&options, NULL, e);
}

/* Starts the command; it is the `begin` of struct agent_options. */
static int begin_command(void *context, const sigset_t *mask, pid_t *pid, struct error *e)
{
	const struct listening *l = context;
	return container_command_start(&l->command, mask, pid, e);
}

/* Writes the seccomp profile by which the command's container comes here. What the profile knows passes without notice. */
static int write_profile(const struct listening *l, const char *socket, struct error *e)
{
	struct listening_options o = l->profile;
	struct text out = {0};
	struct emit_notes notes = {0};
	o.socket = socket;
	int rc = listening_profile_make(access(l->file, F_OK) == 0 ? l->file : NULL, &o, &out, &notes, e);
	if (rc == 0)
		rc = out.failed ? error_memory(e) : file_write(text_string(&l->command.profile), text_string(&out), out.count, e);
	text_free(&out);
	text_free(&notes.text);
	return rc;
}

/* Records the container that a command starts. Returns the exit status. */
static int listen_to_command(struct listening *l, char **command, struct error *e)
{
	struct text socket = {0};
	struct agent_ended ended = {0};
	int rc = file_writable(l->file, e);
	if (rc == 0)
		rc = container_command_make(&l->command, command, e);
	if (rc == 0)
		rc = docker_version_check(command, l->command.before_run, e);
	text_add(&socket, "%s/" COMMAND_SOCKET, text_string(&l->command.folder));
	if (rc == 0)
		rc = socket.failed ? error_memory(e) : write_profile(l, text_string(&socket), e);
	struct agent_options options = {.socket = text_string(&socket), .record = record_container, .say = command_say,
					.begin = begin_command, .context = l};
	if (rc == 0)
		rc = agent_run(&options, &ended, e);
	container_command_clear(&l->command);
	text_free(&socket);
	if (rc == 0 && ended.containers == 0 && WIFEXITED(ended.status) && WEXITSTATUS(ended.status) == 0)
		rc = error_set(e, ERR_INPUT, "%s: no container came; it must be started by a runtime that knows seccomp agents (crun 0.19, runc 1.1)",
			       command[0]);
	return rc < 0 ? command_fail(e) : end_as(ended.status);
}

/* Checks which options go together. */
static int check_options(const struct listening *l, bool command, bool named, struct error *e)
{
	if (l->folder == NULL || (l->socket == NULL && !command))
		return error_set(e, ERR_INPUT, "listen needs --socket=PATH and -o FOLDER, or -o PROFILE and a command like podman run IMAGE");
	if (command && (l->socket != NULL || named))
		return error_set(e, ERR_INPUT, "--socket and --name are for many containers; leave them out, or leave out the command");
	if (!command && l->profile.runtime)
		return error_set(e, ERR_INPUT, "--runtime is for a command like podman run IMAGE; give one, or leave --runtime out");
	return container_name_check(l->rules, e);
}

static int run(int argc, char **argv)
{
	struct error e = {0};
	struct listening l = {.rules = container_name_rules, .command.descriptor = -1};
	int rc = 0;
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
		case 'r':
			if (listening_parse_runtime(optarg, &l.profile, &e) < 0)
				return command_fail(&e);
			break;
		case 'q':
			l.silent = true;
			break;
		}
	rc = check_options(&l, optind < argc, l.rules != container_name_rules, &e);
	if (rc == 0 && optind < argc) {
		l.file = l.folder;
		return listen_to_command(&l, argv + optind, &e);
	}
	if (rc == 0)
		rc = listen_for_containers(&l, &e);
	return rc < 0 ? command_fail(&e) : EXIT_FINE;
}

static const struct option_row options[] = {
	{.key = 's', .name = "socket", .argument = "PATH",
	 .help = "listen at this path, which is listenerPath of the containers' seccomp profile; only the superuser and this user may connect"},
	{.key = 'o', .letter = true, .name = "output", .argument = "FOLDER",
	 .help = "create or extend one profile for each name in this folder, and those of the runtimes' own calls in FOLDER/runtime; with a "
		 "command: create or extend this profile"},
	{.key = 'n', .name = "name", .argument = "RULE[,RULE…]", .values = "metadata image container id",
	 .help = "where a profile's name comes from, the first that the container has: metadata (listenerMetadata), annotation:KEY, image, "
		 "container (their annotations), id (default: all, in this order, with annotation:io.pinhole.name second)"},
	{.key = 'r', .name = "runtime", .argument = "runc|crun",
	 .help = "with a command: which runtime it uses, as generate --runtime (default: runc; crun takes it, too)"},
	{.key = 'q', .letter = true, .name = "silent",
	 .help = "do not say when a container begins and ends"},
	{0},
};

const struct command cmd_listen = {
	.name = "listen",
	.usage = "--socket=PATH -o FOLDER [--name=RULE,…] [-q] | -o PROFILE [--runtime=RUNTIME] [-q] -- podman run [ARG…]",
	.summary = "Record containers, as the seccomp agent of their runtime",
	.options = options,
	.command_line = true,
	.run = run,
};

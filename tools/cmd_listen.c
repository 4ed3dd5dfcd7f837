/* pinhole listen: records containers, as the seccomp agent of their runtime. SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policies/base/index.h"
#include "tools/autosave.h"
#include "tools/command.h"
#include "tracer/notify/agent.h"

/* The rules for a profile's name: the first that finds a text gives the name. */
static const char default_rules[] = "metadata,annotation:io.pinhole.name,image,container,id";

struct listening {
	const char *socket, *folder, *rules;
	bool silent;
};

/* Annotations of runtimes and their callers that tell of an image, or of a container's name. */
static const char *const image_keys[] = {"io.kubernetes.cri.image-name", "io.kubernetes.cri-o.ImageName", "org.opencontainers.image.ref.name",
					 NULL};
static const char *const container_keys[] = {"io.kubernetes.cri.container-name", "io.kubernetes.container.name",
					     "org.opencontainers.container.name", NULL};

static const char *first_annotation(const struct container *c, const char *const *keys)
{
	const char *value = NULL;
	for (; value == NULL && *keys != NULL; keys++) {
		value = container_annotation(c, *keys);
		value = value != NULL && value[0] != '\0' ? value : NULL;
	}
	return value;
}

/* What `generate --listen` tells by words of listenerMetadata. */
struct told {
	bool passed_told, of_runc;
	uint64_t passed; /* how many facts the filter lets through */
	struct text name; /* all other words */
};

static bool take_word(const char *word, size_t n, struct told *told)
{
	static const char known[] = "known=", unseen[] = "unseen=runc";
	size_t head = sizeof(known) - 1;
	if (n == sizeof(unseen) - 1 && memcmp(word, unseen, n) == 0)
		return told->of_runc = true;
	if (n <= head || n > head + 18 || memcmp(word, known, head) != 0 || strspn(word + head, "0123456789") < n - head)
		return false;
	told->passed = strtoull(word + head, NULL, 10);
	return told->passed_told = true;
}

static void read_metadata(const char *metadata, struct told *told)
{
	for (const char *at = metadata; *at != '\0';) {
		size_t n = strcspn(at, " ");
		if (n > 0 && !take_word(at, n, told))
			text_add(&told->name, "%s%.*s", told->name.count > 0 ? " " : "", (int)n, at);
		at += n + (at[n] == ' ');
	}
}

/* What one rule finds; NULL: nothing. `rule` has n bytes. */
static const char *apply_rule(const char *rule, size_t n, const struct container *c, const char *metadata)
{
	static const char annotation[] = "annotation:";
	size_t head = sizeof(annotation) - 1;
	char key[256];
	const char *found = NULL;
	if (n == strlen("metadata") && strncmp(rule, "metadata", n) == 0)
		found = metadata;
	else if (n == strlen("image") && strncmp(rule, "image", n) == 0)
		found = first_annotation(c, image_keys);
	else if (n == strlen("container") && strncmp(rule, "container", n) == 0)
		found = first_annotation(c, container_keys);
	else if (n == strlen("id") && strncmp(rule, "id", n) == 0)
		found = c->id;
	else if (n > head && n - head < sizeof(key) && strncmp(rule, annotation, head) == 0) {
		snprintf(key, sizeof(key), "%.*s", (int)(n - head), rule + head);
		found = container_annotation(c, key);
	}
	return found != NULL && found[0] != '\0' ? found : NULL;
}

/* Appends a text as the name of a file: no other text has that name, and it leads nowhere else. A slash becomes "+"; what is no
 * letter, digit or one of "._-:@=," is written as %XX, and so is a dot at the beginning. */
static void add_file_name(const char *name, struct text *out)
{
	enum { LONGEST = 200 };
	static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-:@=,";
	size_t from = out->count;
	for (const char *at = name; *at != '\0' && out->count - from < LONGEST; at++)
		if (*at == '/')
			text_add(out, "+");
		else if (strchr(safe, *at) != NULL && (at != name || *at != '.'))
			text_add(out, "%c", *at);
		else
			text_add(out, "%%%02X", (unsigned char)*at);
	if (out->count - from >= LONGEST)
		text_add(out, "%%%08" PRIx32 "%08" PRIx32, index_hash(0, name, strlen(name)), index_hash(1, name, strlen(name)));
}

/* The name of a container's profile, by the rules; its id where no rule finds anything. */
static void add_name(const struct listening *l, const struct container *c, const char *metadata, struct text *out)
{
	const char *name = NULL;
	for (const char *rule = l->rules; name == NULL && *rule != '\0';) {
		size_t n = strcspn(rule, ",");
		name = apply_rule(rule, n, c, metadata);
		rule += n + (rule[n] == ',');
	}
	add_file_name(name != NULL ? name : c->id, out);
}

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
	struct told told = {0};
	struct text name = {0};
	struct kept_profile program = {0}, runtime = {0};
	struct container_result result = {0};
	static char word[] = "container";
	char *argv[] = {word, c->id, NULL};
	read_metadata(c->metadata, &told);
	add_name(l, c, text_string(&told.name), &name);
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

static int check_rules(const char *rules, struct error *e)
{
	for (const char *rule = rules; *rule != '\0';) {
		size_t n = strcspn(rule, ",");
		static const char *const words[] = {"metadata", "image", "container", "id"};
		bool known = n > 11 && n < 11 + 256 && strncmp(rule, "annotation:", 11) == 0;
		for (size_t i = 0; !known && i < sizeof(words) / sizeof(words[0]); i++)
			known = n == strlen(words[i]) && strncmp(rule, words[i], n) == 0;
		if (!known)
			return error_set(e, ERR_INPUT, "--name: \"%.*s\" is no rule; give metadata, annotation:KEY, image, container or id",
					 (int)(n < 40 ? n : 40), rule);
		rule += n + (rule[n] == ',');
	}
	return 0;
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
	struct listening l = {.rules = default_rules};
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
	int rc = check_rules(l.rules, &e);
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

/* Asks systemd about a service, and has it act. SPDX-License-Identifier: MIT */
#include "tools/unit/unit_systemctl.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policies/base/clock.h"

extern char **environ;

/* Runs systemctl and takes what it writes, standard error too. Returns its exit status, or a negative code. */
static int systemctl(bool of_user, const char *const *words, struct text *out, struct error *e)
{
	enum { WORDS = 16 };
	const char *argv[WORDS] = {"systemctl", of_user ? "--user" : "--system", "--no-pager", "--no-ask-password"};
	size_t n = 4;
	int fds[2], status = 0;
	for (size_t i = 0; words[i] != NULL && n < WORDS - 1; i++)
		argv[n++] = words[i];
	if (pipe2(fds, O_CLOEXEC) != 0)
		return error_system(e, "cannot make a pipe");
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, fds[1], STDERR_FILENO);
	pid_t pid;
	int failed = posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(fds[1]);
	char bytes[4096];
	ssize_t got;
	while (failed == 0 && ((got = read(fds[0], bytes, sizeof(bytes))) > 0 || (got < 0 && errno == EINTR)))
		if (got > 0)
			text_add_bytes(out, bytes, (size_t)got);
	close(fds[0]);
	if (failed != 0)
		return error_set(e, ERR_INPUT, "systemctl: cannot be run (%s); pinhole unit needs a machine that systemd runs", strerror(failed));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return out->failed ? error_memory(e) : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Returns the first line of a text, for a message. */
static int first_line(const struct text *t)
{
	return (int)strcspn(text_string(t), "\n");
}

static const struct {
	const char *name;
	size_t at;
} properties[] = {
    {"Id", offsetof(struct unit_state, id)},
    {"LoadState", offsetof(struct unit_state, load)},
    {"LoadError", offsetof(struct unit_state, load_error)},
    {"ActiveState", offsetof(struct unit_state, active)},
    {"SubState", offsetof(struct unit_state, sub)},
    {"Result", offsetof(struct unit_state, result)},
    {"Type", offsetof(struct unit_state, type)},
    {"User", offsetof(struct unit_state, user)},
    {"DynamicUser", offsetof(struct unit_state, dynamic_user)},
    {"RootDirectory", offsetof(struct unit_state, root_directory)},
    {"RootImage", offsetof(struct unit_state, root_image)},
    {"StateDirectory", offsetof(struct unit_state, state_directory)},
    {"CacheDirectory", offsetof(struct unit_state, cache_directory)},
    {"LogsDirectory", offsetof(struct unit_state, logs_directory)},
    {"ProtectHome", offsetof(struct unit_state, protect_home)},
    {"NRestarts", offsetof(struct unit_state, restarts)},
    {"ExecMainCode", offsetof(struct unit_state, main_code)},
    {"ExecMainStatus", offsetof(struct unit_state, main_status)},
    {"ExecStart", offsetof(struct unit_state, exec_start)},
};
enum { PROPERTIES = sizeof(properties) / sizeof(properties[0]) };

static const char **property(struct unit_state *s, size_t i)
{
	return (const char **)((char *)s + properties[i].at);
}

int unit_state_read(bool of_user, const char *name, struct unit_state *out, struct error *e)
{
	struct text list = {0};
	*out = (struct unit_state){0};
	for (size_t i = 0; i < PROPERTIES; i++) {
		*property(out, i) = "";
		text_add(&list, "%s%s", i > 0 ? "," : "", properties[i].name);
	}
	const char *words[] = {"show", "-p", text_string(&list), "--", name, NULL};
	int rc = systemctl(of_user, words, &out->all, e);
	if (rc > 0)
		rc = error_set(e, ERR_INPUT, "%s: systemd does not answer (%.*s); pinhole unit needs a machine that systemd runs%s", name,
			       first_line(&out->all), text_string(&out->all), of_user ? ", and a session of the user there" : "");
	text_free(&list);
	for (char *line = out->all.bytes; rc == 0 && line != NULL && *line != '\0';) {
		char *end = strchr(line, '\n'), *equals = strchr(line, '=');
		if (end != NULL)
			*end = '\0';
		for (size_t i = 0; equals != NULL && i < PROPERTIES; i++)
			/* one of several commands is enough */
			if (strlen(properties[i].name) == (size_t)(equals - line) && strncmp(line, properties[i].name, (size_t)(equals - line)) == 0)
				*property(out, i) = equals + 1;
		line = end != NULL ? end + 1 : line + strlen(line);
	}
	return rc;
}

void unit_state_clear(struct unit_state *s)
{
	text_free(&s->all);
	*s = (struct unit_state){0};
}

int unit_cat(bool of_user, const char *name, struct text *out, struct error *e)
{
	const char *words[] = {"cat", "--", name, NULL};
	int rc = systemctl(of_user, words, out, e);
	return rc <= 0 ? rc : error_set(e, ERR_INPUT, "%s: systemctl cat: %.*s", name, first_line(out), text_string(out));
}

int unit_do(bool of_user, const char *verb, const char *name, struct text *said, struct error *e)
{
	const char *words[] = {verb, name, NULL};
	said->count = 0;
	int rc = systemctl(of_user, words, said, e);
	return rc <= 0 ? rc : 1;
}

/* Returns whether the service is in a state from which it does not serve. */
static bool has_failed(const struct unit_state *s, const char *restarts)
{
	return strcmp(s->active, "failed") == 0 || strcmp(s->sub, "auto-restart") == 0 || strcmp(s->restarts, restarts) != 0 ||
	       (strcmp(s->active, "inactive") == 0 && strcmp(s->result, "success") != 0);
}

int unit_comes_up(bool of_user, const char *name, const char *restarts, uint64_t ms, struct unit_state *s, struct error *e)
{
	enum { STEP_MS = 250 };
	uint64_t until = (uint64_t)now_ns() / 1000000 + ms;
	for (;;) {
		int rc = unit_state_read(of_user, name, s, e);
		if (rc < 0 || has_failed(s, restarts))
			return rc < 0 ? rc : 0;
		if ((uint64_t)now_ns() / 1000000 >= until || strcmp(s->active, "inactive") == 0)
			return 1;
		unit_state_clear(s);
		usleep(STEP_MS * 1000);
	}
}

/* Starts containers with a seccomp profile. SPDX-License-Identifier: MIT */
#include "tools/containers/container_command.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Refuses a profile of the user's own: the container would get that one, and not come here. Another word `run` begins what the container
 * itself runs. */
static int check_options(char **options, struct error *e)
{
	static const char option[] = "--security-opt", kind[] = "seccomp=";
	size_t length = sizeof(option) - 1;
	for (; *options != NULL && strcmp(*options, "run") != 0; options++) {
		if (strncmp(*options, option, length) != 0)
			continue;
		const char *value = (*options)[length] == '=' ? *options + length + 1 : (*options)[length] == '\0' ? options[1] : NULL;
		if (value != NULL && strncmp(value, kind, sizeof(kind) - 1) == 0)
			return error_set(e, ERR_INPUT, "--security-opt %.80s: the container gets its seccomp profile from pinhole; leave this out", value);
	}
	return 0;
}

int container_command_make(struct container_command *c, char **command, struct error *e)
{
	size_t n = 0, at = 1;
	while (command[n] != NULL)
		n++;
	while (at < n && strcmp(command[at], "run") != 0)
		at++;
	if (at >= n)
		return error_set(e, ERR_INPUT, "%s: this is no command that starts a container; give one like podman run IMAGE", command[0]);
	c->before_run = at;
	int rc = check_options(command + at + 1, e);
	if (rc == 0)
		rc = c->descriptor = command_folder_make(&c->folder, e);
	if (rc < 0)
		return rc;
	text_add(&c->profile, "%s/" COMMAND_PROFILE, text_string(&c->folder));
	text_add(&c->option, "seccomp=%s", text_string(&c->profile));
	c->argv = calloc(n + 3, sizeof(*c->argv));
	if (c->argv == NULL || c->option.failed || c->profile.failed)
		return error_memory(e);
	at++;
	memcpy(c->argv, command, at * sizeof(*c->argv));
	static char word[] = "--security-opt";
	c->argv[at] = word;
	c->argv[at + 1] = c->option.bytes;
	memcpy(c->argv + at + 2, command + at, (n - at) * sizeof(*c->argv));
	return 0;
}

void container_command_clear(struct container_command *c)
{
	command_folder_remove(text_string(&c->folder), c->descriptor);
	free(c->argv);
	text_free(&c->folder);
	text_free(&c->profile);
	text_free(&c->option);
	*c = (struct container_command){.descriptor = -1};
}

int container_command_start(const struct container_command *c, const sigset_t *mask, pid_t *pid, struct error *e)
{
	posix_spawnattr_t how;
	posix_spawnattr_init(&how);
	posix_spawnattr_setsigmask(&how, mask);
	posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK);
	errno = posix_spawnp(pid, c->argv[0], NULL, &how, c->argv, environ);
	posix_spawnattr_destroy(&how);
	return errno == 0 ? 0 : error_system(e, "%s: cannot run it", c->argv[0]);
}

/* Waits for the command, and passes signals on to it. A terminal sends its signals to both. */
static int run_to_end(const struct container_command *c, int *status, struct error *e)
{
	static const int passed[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP};
	sigset_t set, before;
	siginfo_t s;
	pid_t pid;
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(passed) / sizeof(passed[0]); i++)
		sigaddset(&set, passed[i]);
	sigaddset(&set, SIGCHLD);
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_BLOCK, &set, &before);
	int rc = container_command_start(c, &before, &pid, e);
	while (rc == 0 && waitpid(pid, status, WNOHANG) != pid)
		if (sigwaitinfo(&set, &s) > 0 && s.si_signo != SIGCHLD && s.si_code != SI_KERNEL)
			kill(pid, s.si_signo);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return rc;
}

/* Writes the OCI profile of a policy, with what runtimes need. */
static int write_profile(const char *source, const struct run_options *o, const char *path, struct error *e)
{
	const struct emitter *oci = emitter_by_name("oci");
	struct input in = {0};
	struct text out = {0};
	struct emit_notes notes = {0};
	int rc = input_policy(source, false, NULL, &in, e);
	if (rc == 0) {
		run_set_default(in.policy, o);
		struct emit_input input = {.policy = in.policy, .source = source, .log = o->log};
		rc = oci->emit(&input, &out, &notes, e);
	}
	if (rc == 0)
		rc = out.failed ? error_memory(e) : file_write(path, text_string(&out), out.count, e);
	text_free(&out);
	text_free(&notes.text);
	input_free(&in);
	return rc;
}

int container_command_run(const char *source, const struct run_options *o, char **command, int *status, struct error *e)
{
	struct container_command c = {.descriptor = -1};
	int rc = container_command_make(&c, command, e);
	if (rc == 0)
		rc = write_profile(source, o, text_string(&c.profile), e);
	if (rc == 0)
		rc = run_to_end(&c, status, e);
	container_command_clear(&c);
	return rc;
}

/* Whether Docker hands containers to seccomp agents. SPDX-License-Identifier: MIT */
#include "tools/containers/docker_version.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_docker(const char *word)
{
	const char *slash = strrchr(word, '/');
	return strcmp(slash != NULL ? slash + 1 : word, "docker") == 0;
}

/* Runs a command and copies the beginning of its output. */
static void read_output(char *const *argv, char *out, size_t room)
{
	posix_spawn_file_actions_t files;
	int ends[2];
	pid_t pid;
	size_t n = 0;
	out[0] = '\0';
	if (pipe2(ends, O_CLOEXEC) != 0)
		return;
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	bool started = posix_spawnp(&pid, argv[0], &files, NULL, argv, environ) == 0;
	posix_spawn_file_actions_destroy(&files);
	close(ends[1]);
	for (ssize_t got; started && n < room - 1 && (got = read(ends[0], out + n, room - 1 - n)) > 0;)
		n += (size_t)got;
	out[n] = '\0';
	close(ends[0]);
	if (started)
		waitpid(pid, NULL, 0);
}

int docker_version_check(char *const *command, size_t n, struct error *e)
{
	static char version[] = "version", format[] = "--format", template[] = "{{.Server.Version}}";
	enum { FIRST = 23 }; /* 20.10 was the release before */
	bool docker = false;
	char said[32];
	for (size_t i = 0; i < n; i++)
		docker |= is_docker(command[i]);
	char **argv = docker ? calloc(n + 4, sizeof(*argv)) : NULL;
	if (argv == NULL)
		return docker ? error_memory(e) : 0;
	memcpy(argv, command, n * sizeof(*argv));
	argv[n] = version;
	argv[n + 1] = format;
	argv[n + 2] = template;
	read_output(argv, said, sizeof(said));
	free(argv);
	said[strcspn(said, "\n")] = '\0';
	char *end;
	long major = strtol(said, &end, 10);
	if (end == said || *end != '.' || major <= 0 || major >= FIRST)
		return 0;
	return error_set(e, ERR_INPUT, "Docker %s passes no listener on to its runtime; record with Docker 23 or later, podman or containerd", said);
}

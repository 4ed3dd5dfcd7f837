/* pinhole run: starts a command under a filter. SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "command.h"

/* no_new_privs always: a policy must not be a way to confuse a setuid program (seccomp(2)). The command takes this
 * process over, so its exit, signals and terminal are its own. Returns only on failure. */
static int become(const struct filter *filter, const char *file, char **command, struct error *e)
{
	struct sock_fprog program = {(unsigned short)filter->code.count, filter->code.items};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return error_system(e, "cannot set no_new_privs");
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
		return error_system(e, "the kernel refuses the filter");
	execve(file, command, environ);
	return error_system(e, "%s: cannot run it", command[0]);
}

/* The file that execvp(3) would run: found before the filter is on, so that one execve is all it must allow. */
static int resolve(const char *name, struct text *path, struct error *e)
{
	if (strchr(name, '/') != NULL) {
		text_add(path, "%s", name);
		return access(name, X_OK) == 0 ? 0 : error_system(e, "%s: cannot run it", name);
	}
	const char *from = getenv("PATH");
	for (from = from != NULL ? from : "/usr/bin:/bin"; *from != '\0';) {
		size_t n = strcspn(from, ":");
		path->count = 0;
		text_add(path, "%.*s/%s", n > 0 ? (int)n : 1, n > 0 ? from : ".", name);
		if (access(text_string(path), X_OK) == 0)
			return 0;
		from += n + (from[n] == ':');
	}
	return error_set(e, ERR_INPUT, "%s: command not found in PATH", name);
}

static int run(int argc, char **argv)
{
	static const struct option longs[] = {
		{"at", required_argument, NULL, 'a'}, {"help", no_argument, NULL, 'h'}, {0}};
	struct error e = {0};
	struct input in = {0};
	struct text path = {0};
	while (command_option(argc, argv, "+", longs) != -1)
		if (strcmp(optarg, "exec") != 0) {
			error_set(&e, ERR_INPUT, "--at=%.40s: only exec is known", optarg);
			return command_fail(&e);
		}
	command_operands(argc, argv, 2, -1);
	char **command = argv + optind + 1;
	if (strcmp(command[0], "--") == 0)
		command++;
	if (command[0] == NULL)
		error_set(&e, ERR_INPUT, "name a command to run after the filter");
	else if (input_policy(argv[optind], true, NULL, &in, &e) == 0 && in.policy != NULL)
		filter_compile(in.policy, &in.filter, &e);
	if (in.policy != NULL && in.policy->phase != NULL && strcmp(in.policy->phase, phase_name(PHASE_LOAD)) != 0)
		fprintf(stderr, "pinhole: %s: is for phase %s alone; what the loader calls before it is refused too\n",
			argv[optind], in.policy->phase);
	if (e.code == 0 && resolve(command[0], &path, &e) == 0)
		become(&in.filter, text_string(&path), command, &e);
	command_fail(&e);
	text_free(&path);
	input_free(&in);
	return EXIT_ERROR;
}

const struct command cmd_run = {
	"run",
	"[--at=exec] PROFILE|POLICY|FILTER -- COMMAND [ARG…]",
	"Run a command under the filter",
	"      --at=exec           install the filter just before execve (default)\n",
	run,
};

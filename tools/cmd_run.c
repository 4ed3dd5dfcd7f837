/* pinhole run: starts a command under a filter. SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../tracer/elf.h"
#include "command.h"

/* A file that the kernel does not know how to run is a script for the shell, as execvp(3) has it. */
static void as_script(const char *file, char **command)
{
	size_t n = 1;
	while (command[n] != NULL)
		n++;
	char **script = calloc(n + 2, sizeof(*script));
	if (script == NULL)
		return;
	script[0] = "sh";
	script[1] = (char *)file;
	memcpy(script + 2, command + 1, n * sizeof(*script)); /* its NULL included */
	execve("/bin/sh", script, environ);
	free(script);
}

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
	if (errno == ENOEXEC)
		as_script(file, command);
	return error_system(e, "%s: cannot run it", command[0]);
}

/* Whether execve(2) would take a file: a regular one with permission to execute. If not, errno says why. */
static bool executable(const char *path)
{
	struct stat st;
	if (stat(path, &st) != 0 || faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) != 0)
		return false;
	errno = EACCES;
	return S_ISREG(st.st_mode);
}

/* The file that execvp(3) would run: found before the filter is on, so that one execve is all it must allow. */
static int resolve(const char *name, struct text *path, struct error *e)
{
	struct stat st;
	if (strchr(name, '/') != NULL) {
		text_add(path, "%s", name);
		if (executable(name))
			return 0;
		if (stat(name, &st) == 0 && S_ISDIR(st.st_mode))
			return error_set(e, ERR_INPUT, "%s: is a directory; name a command", name);
		return error_system(e, "%s: cannot run it", name);
	}
	bool refused = false;
	const char *from = getenv("PATH");
	for (from = from != NULL ? from : "/bin:/usr/bin"; from != NULL && name[0] != '\0';) {
		const char *end = strchrnul(from, ':');
		path->count = 0;
		/* An empty element is the current folder. */
		text_add(path, "%.*s%s%s", (int)(end - from), from, end > from ? "/" : "./", name);
		if (executable(text_string(path)))
			return 0;
		refused |= errno == EACCES && stat(text_string(path), &st) == 0;
		from = *end == ':' ? end + 1 : NULL;
	}
	return error_set(e, ERR_INPUT, "%s: %s", name,
			 refused ? "what PATH has of that name may not be run" : "command not found in PATH");
}

/* Whether the program is there that a file needs to be run: the interpreter of a script, or of an ELF file. Under the
 * filter it would be too late for a message. */
static int check_interpreter(const char *path, int depth, struct error *e)
{
	char head[256] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0; /* may be run, not read: execve(2) tells */
	ssize_t n = pread(fd, head, sizeof(head) - 1, 0);
	struct elf_info info;
	elf_inspect(fd, &info);
	close(fd);
	char *interpreter = info.interpreter;
	bool script = n > 2 && head[0] == '#' && head[1] == '!';
	if (script) { /* the kernel's rules: fs/binfmt_script.c */
		interpreter = head + 2 + strspn(head + 2, " \t");
		interpreter[strcspn(interpreter, " \t\n")] = '\0';
	}
	if (interpreter[0] == '\0')
		return 0;
	if (!executable(interpreter))
		return error_system(e, "%s: cannot run it: its interpreter %s", path, interpreter);
	return script && depth < 5 ? check_interpreter(interpreter, depth + 1, e) : 0;
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
		filter_compile(in.policy, &(struct compile_options){.counts = in.profile}, &in.filter, &e);
	if (in.policy != NULL && in.policy->phase != NULL && strcmp(in.policy->phase, phase_name(PHASE_LOAD)) != 0)
		fprintf(stderr, "pinhole: %s: is for phase %s alone; what the loader calls before it is refused too\n",
			argv[optind], in.policy->phase);
	if (e.code == 0 && resolve(command[0], &path, &e) == 0 &&
	    check_interpreter(text_string(&path), 0, &e) == 0)
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

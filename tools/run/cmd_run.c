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

#include "tools/command.h"
#include "tools/containers/container_command.h"
#include "tools/run/run_filters.h"
#include "tracer/symbols/elf.h"

/* Runs a file by the shell. execvp(3) does the same with a file that the kernel cannot execute. */
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
	memcpy(script + 2, command + 1, n * sizeof(*script)); /* including the last NULL */
	execve("/bin/sh", script, environ);
	free(script);
}

/* Installs the filter and becomes the command. Always sets no_new_privs: a policy must not be a way
 * to confuse a setuid program (seccomp(2)). The command replaces this process, so its exit status,
 * signals and terminal are its own; filters of later phases are installed by a helper process.
 * Returns only on failure. */
static int become(const struct deployment *d, const char *file, char **command, struct error *e)
{
	bool helped = !d->installed || d->last != NULL;
	struct sock_fprog program = {.len = (unsigned short)d->first->length, .filter = d->first->code};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return error_system(e, "cannot set no_new_privs");
	/* Try the filters first: the helper could only kill the program if the kernel refused
	 * one. */
	if (helped && (deploy_try(d->first, e) < 0 || (d->last != NULL && deploy_try(d->last, e) < 0) ||
		       deploy_start(d, e) < 0))
		return e->code;
	unsigned flags = d->first->log ? SECCOMP_FILTER_FLAG_LOG : 0;
	if (d->installed && syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program) != 0)
		return error_system(e, "the kernel refuses the filter");
	execve(file, command, environ);
	if (errno == ENOEXEC)
		as_script(file, command);
	return error_system(e, "%s: cannot run it", command[0]);
}

/* Returns whether execve(2) would accept a file: a regular file with execute permission. If not,
 * errno says why. */
static bool executable(const char *path)
{
	struct stat st;
	if (stat(path, &st) != 0 || faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) != 0)
		return false;
	errno = EACCES;
	return S_ISREG(st.st_mode);
}

/* Finds the file that execvp(3) would run. This happens before the filter is installed, so that the
 * filter has to allow a single execve. */
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
		/* an empty element of PATH is the current folder */
		text_add(path, "%.*s%s%s", (int)(end - from), from, end > from ? "/" : "./", name);
		if (executable(text_string(path)))
			return 0;
		refused |= errno == EACCES && stat(text_string(path), &st) == 0;
		from = *end == ':' ? end + 1 : NULL;
	}
	return error_set(e, ERR_INPUT, "%s: %s", name,
			 refused ? "the file of that name in PATH is not executable" : "command not found in PATH");
}

/* Checks that a file's interpreter exists: of a script, or of an ELF file. Once the filter is
 * installed, an error message would be too late. */
static int check_interpreter(const char *path, int depth, struct error *e)
{
	char head[256] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0; /* executable, but not readable: execve(2) will report errors */
	ssize_t n = pread(fd, head, sizeof(head) - 1, 0);
	char loader[ELF_INTERPRETER] = "", *interpreter = loader;
	if (!elf_interpreter(fd, loader))
		loader[0] = '\0';
	close(fd);
	bool script = n > 2 && head[0] == '#' && head[1] == '!';
	if (script) { /* the kernel's rules: fs/binfmt_script.c */
		interpreter = head + 2 + strspn(head + 2, " \t");
		interpreter[strcspn(interpreter, " \t\n")] = '\0';
	}
	if (interpreter[0] == '\0')
		return 0;
	if (!executable(interpreter))
		return error_system(e, "%s: cannot run it: interpreter %s", path, interpreter);
	return script && depth < 5 ? check_interpreter(interpreter, depth + 1, e) : 0;
}

static int parse_option(int option, struct run_options *o, struct error *e)
{
	switch (option) {
	case 'd':
		o->default_given = true;
		return action_parse(optarg, &o->default_action, e);
	case 'l':
		o->log = true;
		return 0;
	case 'c':
		o->container = true;
		return 0;
	case '1':
		o->one_phase = true;
		return 0;
	case 's':
		o->serve = optarg;
		return 0;
	case 'P':
		return parse_call("phase-at", o->phase_at = optarg, e);
	}
	o->at_entry = strcmp(optarg, "entry") == 0;
	return o->at_entry || strcmp(optarg, "exec") == 0 ? 0
							  : error_set(e, ERR_INPUT, "--at=%.40s: not a value; give exec or entry", optarg);
}

static int run_command(const char *filter, const struct run_options *o, char **command, struct error *e)
{
	struct deployed_filters filters = {0};
	struct text path = {0};
	int rc = deployed_filters_make(filter, o, &filters, e);
	if (rc == 0)
		rc = resolve(command[0], &path, e);
	if (rc == 0)
		rc = check_interpreter(text_string(&path), 0, e);
	if (rc == 0)
		rc = become(&filters.how, text_string(&path), command, e);
	text_free(&path);
	deployed_filters_clear(&filters);
	return rc;
}

/* Parses options up to the next operand. */
static int parse_options(int argc, char **argv, struct run_options *o, struct error *e)
{
	int rc = 0;
	for (int option; rc == 0 && (option = command_option(argc, argv)) != -1;)
		rc = parse_option(option, o, e);
	return rc;
}

/* Checks which options go together. */
static int check_options(const struct run_options *o, struct error *e)
{
	if ((o->serve == NULL) != (o->phase_at == NULL))
		return error_set(e, ERR_INPUT, "--serve=FILE and --phase-at=SYSCALL need each other; give both");
	if (o->serve != NULL && o->one_phase)
		return error_set(e, ERR_INPUT, "--one-phase and --serve exclude each other; give one of them");
	if (o->container && (o->serve != NULL || o->one_phase || o->at_entry))
		return error_set(e, ERR_INPUT, "--container: the runtime installs the filter; leave out --at, --one-phase and --serve");
	return 0;
}

static int run(int argc, char **argv)
{
	int status = 0;
	struct error e = {0};
	struct run_options options = {0};
	int rc = parse_options(argc, argv, &options, &e);
	if (rc < 0)
		return command_fail(&e);
	command_operands(argc, argv, 2, -1);
	/* Options may also follow the filter's name. A command name never begins with "-". */
	const char *filter = argv[optind++];
	rc = parse_options(argc, argv, &options, &e);
	if (rc == 0)
		rc = check_options(&options, &e);
	if (rc < 0)
		return command_fail(&e);
	char **command = argv + optind;
	if (command[0] == NULL)
		error_set(&e, ERR_INPUT, "name a command to run after the filter");
	else if (options.container && container_command_run(filter, &options, command, &status, &e) == 0)
		return end_as(status);
	else if (!options.container)
		run_command(filter, &options, command, &e);
	return command_fail(&e);
}

static const struct option_row options[] = {
	{.key = 'a', .name = "at", .argument = "exec",
	 .help = "install the filter just before execve (default)"},
	{.key = 'a', .name = "at", .argument = "entry",
	 .help = "install the filter when the program reaches its entry point: neither execve nor the loader's calls "
		 "need to be allowed; of a profile, allow the calls of phase main"},
	{.key = '1', .name = "one-phase",
	 .help = "do not tighten the filter when the profile's phase serve begins (see record --phase-at)"},
	{.key = 's', .name = "serve", .argument = "POLICY|FILTER",
	 .help = "with --phase-at: add this filter when phase serve begins; the first filter stays in force, so it "
		 "must allow all calls of this one"},
	{.key = 'P', .name = "phase-at", .argument = "SYSCALL",
	 .help = "with --serve: begin phase serve at the first SYSCALL of each process"},
	{.key = 'd', .name = "default", .argument = "ACTION", .values = DEFAULT_VALUES,
	 .help = "apply this action to calls that no rule allows, in place of the policy's default action: kill, "
		 "kill-thread, trap, errno:NAME, log, allow"},
	{.key = 'c', .name = "container",
	 .help = "COMMAND is podman run IMAGE, docker run IMAGE or the like: its container gets the policy"},
	{.key = 'l', .name = "log",
	 .help = "make the kernel log every call that is not allowed"},
	{0},
};

const struct command cmd_run = {
	.name = "run",
	.usage = "[--at=exec|entry] PROFILE|POLICY|FILTER -- COMMAND [ARG…] | --container PROFILE|POLICY -- podman run [ARG…]",
	.summary = "Run a command under the filter",
	.options = options,
	.command_line = true,
	.run = run,
};

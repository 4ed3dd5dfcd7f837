/* Job control as a shell sees it, on a terminal of its own (a pty): what Ctrl-Z, Ctrl-C, Ctrl-\ and a new window size do
 * to the jobs in front, reading and writing from behind, and what becomes of stopped jobs whose shell ends.
 * SPDX-License-Identifier: MIT */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { PATIENCE = 60 }; /* in seconds; then nobody is left, whatever went wrong */

static int master, terminal, from_job[2];

static void saw_of(const char *what, pid_t job, int which)
{
	int status;

	if (waitpid(job, &status, which) != job)
		err(1, "waitpid");
	if (WIFSTOPPED(status))
		printf("%s: stopped by %s\n", what, strsignal(WSTOPSIG(status)));
	else if (WIFCONTINUED(status))
		printf("%s: continued\n", what);
	else if (WIFSIGNALED(status))
		printf("%s: ended by %s\n", what, strsignal(WTERMSIG(status)));
	else
		printf("%s: ended with %d\n", what, WEXITSTATUS(status));
}

static void saw(const char *what, pid_t job)
{
	saw_of(what, job, WUNTRACED | WCONTINUED);
}

/* What jobs say, a byte each. */
static void say(char byte)
{
	if (write(from_job[1], &byte, 1) != 1)
		_exit(1);
}
static void heard(const char *what)
{
	char byte;

	if (read(from_job[0], &byte, 1) != 1)
		err(1, "read");
	printf("%s: it says %c\n", what, byte);
}

/* What is typed takes effect later: the kernel has it done by a worker (drivers/tty/tty_buffer.c). */
static void type(const char *keys)
{
	if (write(master, keys, strlen(keys)) < 0)
		err(1, "write");
}
static void to_front(pid_t group)
{
	if (tcsetpgrp(terminal, group) != 0)
		err(1, "tcsetpgrp");
}

/* Starts a job, in front or behind, as a shell does: both put it into its group. */
static pid_t start(void (*job)(void), pid_t group, int front)
{
	pid_t pid = fork();

	if (pid == 0) {
		setpgid(0, group);
		signal(SIGTTOU, SIG_IGN);
		if (front)
			to_front(getpgrp());
		signal(SIGTTOU, SIG_DFL);
		signal(SIGTSTP, SIG_DFL);
		alarm(PATIENCE);
		job();
		_exit(0);
	}
	setpgid(pid, group);
	if (front)
		to_front(group ? group : pid);
	return pid;
}

static void wait_for_keys(void)
{
	say('r');
	for (;;)
		pause();
}

static void on_stop(int number)
{
	say(number == SIGTSTP ? 'z' : number == SIGCONT ? 'c' : number == SIGINT ? 'i' : 'w');
	if (number == SIGTSTP)
		raise(SIGSTOP);
}
static void handle_keys(void)
{
	struct sigaction action = {.sa_handler = on_stop};

	sigfillset(&action.sa_mask);
	sigaction(SIGTSTP, &action, NULL);
	sigaction(SIGCONT, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGWINCH, &action, NULL);
	wait_for_keys();
}

static void keys(void)
{
	static const struct {
		const char *key, *name;
	} ends[] = {{"\x03", "Ctrl-C"}, {"\x1c", "Ctrl-\\"}};
	struct winsize size = {.ws_row = 10, .ws_col = 20};

	for (int i = 0; i < 2; i++) {
		pid_t first = start(wait_for_keys, 0, 1), second;

		heard("in front");
		second = start(wait_for_keys, first, 1);
		heard("a pipeline");
		type("\x1a");
		saw("Ctrl-Z, the first", first);
		saw("Ctrl-Z, the second", second);
		to_front(getpgrp());
		to_front(first);
		kill(-first, SIGCONT);
		saw("fg, the first", first);
		saw("fg, the second", second);
		type(ends[i].key);
		printf("%s: ", ends[i].name);
		saw("the first", first);
		saw("the second", second);
		to_front(getpgrp());
	}
	pid_t job = start(handle_keys, 0, 1);

	heard("with handlers");
	ioctl(master, TIOCSWINSZ, &size);
	heard("another size");
	type("\x03");
	heard("Ctrl-C");
	type("\x1a");
	heard("Ctrl-Z");
	saw("Ctrl-Z", job);
	kill(-job, SIGCONT);
	saw("SIGCONT", job);
	heard("SIGCONT");
	kill(job, SIGKILL);
	saw("SIGKILL", job);
	to_front(getpgrp());
}

static void read_line(void)
{
	char line[64];
	ssize_t n = read(terminal, line, sizeof(line));

	_exit(n < 0 ? errno : (int)n);
}
static void read_line_regardless(void)
{
	signal(SIGTTIN, SIG_IGN);
	read_line();
}
static void write_line(void)
{
	ssize_t n = write(terminal, "line\n", 5);

	_exit(n < 0 ? errno : (int)n);
}
static void set_terminal(void)
{
	struct termios mode;

	tcgetattr(terminal, &mode);
	_exit(tcsetattr(terminal, TCSANOW, &mode) < 0 ? errno : 7);
}

/* A job behind stops, is put in front, and goes on. One that needs no input may have ended before it is seen to. */
static void from_behind(const char *what, void (*job)(void), const char *input)
{
	pid_t pid = start(job, 0, 0);

	saw(what, pid);
	to_front(pid);
	kill(-pid, SIGCONT);
	if (*input != '\0') {
		saw(what, pid);
		type(input);
	}
	saw_of(what, pid, WUNTRACED);
	to_front(getpgrp());
}

static void behind(void)
{
	struct termios mode;
	pid_t job;

	from_behind("reading", read_line, "five\n");
	from_behind("setting the terminal", set_terminal, "");
	job = start(write_line, 0, 0);
	saw("writing", job);
	tcgetattr(terminal, &mode);
	mode.c_lflag |= TOSTOP;
	tcsetattr(terminal, TCSANOW, &mode);
	from_behind("writing, with tostop", write_line, "");
	job = start(read_line_regardless, 0, 0);
	printf("(%d is EIO) ", EIO);
	saw("reading with SIGTTIN ignored", job);
}

/* Says which signals come, in their order: only one of them is taken at a time. */
static void tell_signals(int n)
{
	sigset_t set;
	int number;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCONT);
	for (int i = 0; i < n; i++)
		say(sigwait(&set, &number) == 0 && number == SIGHUP ? 'h' : 'c');
}
static void block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCONT);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static void stop_at_once(void)
{
	block_signals();
	raise(SIGSTOP);
	tell_signals(2);
	raise(SIGTSTP); /* without effect in an orphaned group */
	say('e');
}

/* A shell inside, which ends while its job is stopped. */
static void leave_a_stopped_job(void)
{
	pid_t job = start(stop_at_once, 0, 0);
	int status;

	if (waitpid(job, &status, WUNTRACED) != job || !WIFSTOPPED(status))
		_exit(1);
	say('s');
}

static void orphans(void)
{
	pid_t inner = start(leave_a_stopped_job, 0, 0);

	heard("a job is stopped");
	saw("its shell ends", inner);
	heard("the job");
	heard("the job");
	heard("stopping itself");
}

static void outlive(void)
{
	block_signals();
	say('r');
	tell_signals(1);
}

/* The leader of the session. */
static void shell(const char *path)
{
	if (setsid() < 0 || (terminal = open(path, O_RDWR)) < 0)
		err(1, "%s", path);
	signal(SIGTTOU, SIG_IGN);
	signal(SIGTSTP, SIG_IGN);
	alarm(PATIENCE);
	keys();
	behind();
	orphans();
	start(outlive, 0, 1);
	heard("the last job");
	_exit(0);
}

int main(void)
{
	char path[64];

	setvbuf(stdout, NULL, _IONBF, 0);
	master = posix_openpt(O_RDWR | O_NOCTTY);
	if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0 || ptsname_r(master, path, sizeof(path)) != 0 ||
	    pipe(from_job) != 0)
		err(1, "posix_openpt");
	pid_t leader = fork();

	if (leader == 0)
		shell(path);
	saw("the shell", leader);
	close(from_job[1]);
	heard("the last job");
	char byte;

	printf("then nobody: %zd\n", read(from_job[0], &byte, 1));
	return 0;
}

/* What becomes of calls that wait when a signal comes: for a handler without SA_RESTART, with it, SIGSTOP and then
 * SIGCONT, and one that the process ignores or that does nothing by default. Each call goes on, or fails with EINTR
 * (signal(7), "Interruption of system calls"). SPDX-License-Identifier: MIT */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WENT_ON = 200, WRONG = 201, LONG = 100 /* seconds: nobody waits that long */ };

/* Shared with the children. */
static struct {
	volatile int about; /* the call comes next */
	volatile int handled;
	int word;
} *shared;
static int empty[2], full[2], pair[2], clogged, listening, semaphores, messages, watching;
static struct sockaddr_un crowd;
static socklen_t crowd_length = sizeof(crowd);

static const struct timespec long_time = {.tv_sec = LONG};

/* What is left of an interrupted sleep is part of it. */
static long sleep_rest(long result, const struct timespec *rest)
{
	if (result != 0 && errno == EINTR && (rest->tv_sec > LONG || rest->tv_sec < LONG - 60))
		_exit(WRONG);
	return result;
}
static long do_nanosleep(void)
{
	struct timespec rest = {0};

	return sleep_rest(nanosleep(&long_time, &rest), &rest);
}
static long do_clock_nanosleep(void)
{
	struct timespec rest = {0};

	errno = clock_nanosleep(CLOCK_MONOTONIC, 0, &long_time, &rest);
	return sleep_rest(errno ? -1 : 0, &rest);
}
static long do_clock_nanosleep_until(void)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += LONG;
	errno = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
	return errno ? -1 : 0;
}
static long do_read(void)
{
	char byte;

	return read(empty[0], &byte, 1);
}
static long do_write(void)
{
	return write(full[1], "", 1);
}
static long do_poll(void)
{
	struct pollfd p = {.fd = empty[0], .events = POLLIN};

	return poll(&p, 1, LONG * 1000);
}
static long do_select(void)
{
	fd_set set;
	struct timeval t = {.tv_sec = LONG};

	FD_ZERO(&set);
	FD_SET(empty[0], &set);
	return select(empty[0] + 1, &set, NULL, NULL, &t);
}
static long wait_for_events(int timeout)
{
	struct epoll_event event = {.events = EPOLLIN};
	int fd = epoll_create1(0);

	epoll_ctl(fd, EPOLL_CTL_ADD, empty[0], &event);
	shared->about = 1;
	return epoll_wait(fd, &event, 1, timeout);
}
static long do_epoll_wait(void)
{
	return wait_for_events(-1);
}
static long do_epoll_wait_timed(void)
{
	return wait_for_events(LONG * 1000);
}
static long do_futex(void)
{
	return syscall(SYS_futex, &shared->word, FUTEX_WAIT, 0, NULL, NULL, 0);
}
static long do_futex_timed(void)
{
	return syscall(SYS_futex, &shared->word, FUTEX_WAIT, 0, &long_time, NULL, 0);
}
static long do_semop(void)
{
	struct sembuf take = {0, -1, 0};

	return semop(semaphores, &take, 1);
}
static long do_semtimedop(void)
{
	struct sembuf take = {0, -1, 0};

	return semtimedop(semaphores, &take, 1, &long_time);
}
static long do_msgrcv(void)
{
	struct {
		long type;
		char text[8];
	} message;

	return msgrcv(messages, &message, sizeof(message.text), 0, 0);
}
static long wait_for_signal(const struct timespec *t)
{
	sigset_t set;
	siginfo_t info;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 5);
	sigprocmask(SIG_BLOCK, &set, NULL);
	shared->about = 1;
	return t ? sigtimedwait(&set, &info, t) : sigwaitinfo(&set, &info);
}
static long do_sigwaitinfo(void)
{
	return wait_for_signal(NULL);
}
static long do_sigtimedwait(void)
{
	return wait_for_signal(&long_time);
}
static long do_pause(void)
{
	return pause();
}
static long do_accept(void)
{
	return accept(listening, NULL, NULL);
}
static void set_timeout(int fd, int option)
{
	struct timeval t = {.tv_sec = LONG};

	if (setsockopt(fd, SOL_SOCKET, option, &t, sizeof(t)) != 0)
		err(1, "setsockopt");
	shared->about = 1;
}
static long do_accept_timed(void)
{
	set_timeout(listening, SO_RCVTIMEO);
	return accept(listening, NULL, NULL);
}
static long do_recv(void)
{
	char byte;

	return recv(pair[0], &byte, 1, 0);
}
static long do_recv_timed(void)
{
	char byte;

	set_timeout(pair[0], SO_RCVTIMEO);
	return recv(pair[0], &byte, 1, 0);
}
static long do_connect(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	shared->about = 1;
	return connect(fd, (struct sockaddr *)&crowd, crowd_length);
}
static long do_connect_timed(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	set_timeout(fd, SO_SNDTIMEO);
	return connect(fd, (struct sockaddr *)&crowd, crowd_length);
}
static long do_recvmmsg_timed(void)
{
	struct mmsghdr message = {0};

	set_timeout(pair[0], SO_RCVTIMEO);
	return recvmmsg(pair[0], &message, 1, 0, NULL);
}
static struct iovec one = {.iov_base = "", .iov_len = 1};
static long do_sendmmsg_timed(void)
{
	struct mmsghdr message = {.msg_hdr = {.msg_iov = &one, .msg_iovlen = 1}};

	set_timeout(clogged, SO_SNDTIMEO);
	return sendmmsg(clogged, &message, 1, 0);
}
static long do_preadv2_timed(void)
{
	char byte;
	struct iovec part = {.iov_base = &byte, .iov_len = 1};

	set_timeout(pair[0], SO_RCVTIMEO);
	return preadv2(pair[0], &part, 1, -1, 0);
}
static long do_pwritev2_timed(void)
{
	set_timeout(clogged, SO_SNDTIMEO);
	return pwritev2(clogged, &one, 1, -1, 0);
}
static long do_sendfile_timed(void)
{
	int fd = open("/proc/self/exe", O_RDONLY);

	set_timeout(clogged, SO_SNDTIMEO);
	return sendfile(clogged, fd, NULL, 4096);
}
static long do_splice_timed(void)
{
	int ends[2];

	if (pipe(ends) != 0)
		return -1;
	set_timeout(pair[0], SO_RCVTIMEO);
	return splice(pair[0], NULL, ends[1], NULL, 1, 0);
}
static long do_io_getevents(void)
{
	struct timespec t = {.tv_sec = LONG};
	char events[64];
	unsigned long context = 0;

	if (syscall(SYS_io_setup, 1, &context) != 0)
		err(1, "io_setup");
	shared->about = 1;
	return syscall(SYS_io_getevents, context, 1L, 1L, events, &t);
}
/* Without io_uring this call fails at once, and so in any case. */
static long do_io_uring(void)
{
	char parameters[120] = {0}; /* struct io_uring_params */
	long fd = syscall(SYS_io_uring_setup, 1, parameters);

	shared->about = 1;
	return syscall(SYS_io_uring_enter, fd, 0, 1, 1 /* IORING_ENTER_GETEVENTS */, NULL, 0L);
}
static long do_inotify(void)
{
	char buffer[512];

	return read(watching, buffer, sizeof(buffer));
}
/* Locked by the parent's open file. */
static int locked;
static long do_flock(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", locked);
	int fd = open(path, O_RDWR);

	shared->about = 1;
	return flock(fd, LOCK_EX);
}
static long do_fcntl(void)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};

	return fcntl(locked, F_SETLKW, &lock);
}
static long do_wait(void)
{
	pid_t child = fork();

	while (child == 0)
		pause();
	shared->about = 1;
	return waitpid(child, NULL, 0);
}

/* Those that do something else first say themselves that they are about to wait. */
static const struct kind {
	const char *name;
	long (*call)(void);
	int says;
} kinds[] = {
	{"nanosleep", do_nanosleep, 0},
	{"clock_nanosleep", do_clock_nanosleep, 0},
	{"clock_nanosleep until", do_clock_nanosleep_until, 0},
	{"read", do_read, 0},
	{"write", do_write, 0},
	{"poll", do_poll, 0},
	{"select", do_select, 0},
	{"epoll_wait", do_epoll_wait, 1},
	{"epoll_wait, timed", do_epoll_wait_timed, 1},
	{"futex", do_futex, 0},
	{"futex, timed", do_futex_timed, 0},
	{"semop", do_semop, 0},
	{"semtimedop", do_semtimedop, 0},
	{"msgrcv", do_msgrcv, 0},
	{"sigwaitinfo", do_sigwaitinfo, 1},
	{"sigtimedwait", do_sigtimedwait, 1},
	{"pause", do_pause, 0},
	{"accept", do_accept, 0},
	{"accept, timed", do_accept_timed, 1},
	{"recv", do_recv, 0},
	{"recv, timed", do_recv_timed, 1},
	{"connect", do_connect, 1},
	{"connect, timed", do_connect_timed, 1},
	{"recvmmsg, timed", do_recvmmsg_timed, 1},
	{"sendmmsg, timed", do_sendmmsg_timed, 1},
	{"preadv2, timed", do_preadv2_timed, 1},
	{"pwritev2, timed", do_pwritev2_timed, 1},
	{"sendfile, timed", do_sendfile_timed, 1},
	{"splice, timed", do_splice_timed, 1},
	{"io_getevents, timed", do_io_getevents, 1},
	{"io_uring_enter", do_io_uring, 1},
	{"inotify", do_inotify, 0},
	{"flock", do_flock, 1},
	{"fcntl", do_fcntl, 0},
	{"waitpid", do_wait, 1},
};

static void on_signal(int number)
{
	(void)number;
	shared->handled++;
}

static void on_release(int number)
{
	(void)number;
	_exit(WENT_ON);
}

static void handle(int number, void (*handler)(int), int flags)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

	sigaction(number, &action, NULL);
}

/* S: it waits; Z: it has ended; else it is on its way. */
static char state(int stat)
{
	char line[256];
	ssize_t n = pread(stat, line, sizeof(line) - 1, 0);

	line[n > 0 ? n : 0] = '\0';
	char *after = strrchr(line, ')');
	return after ? after[2] : 'Z';
}

/* Until the child waits in its call, which it was about to make, or has ended. */
static char settle(int stat)
{
	for (int seen = 0;;) {
		char now = shared->about ? state(stat) : 'R';

		if (now == 'Z')
			return now;
		seen = now == 'S' ? seen + 1 : 0;
		if (seen == 2)
			return now;
		usleep(500);
	}
}

enum way { HANDLED, RESTARTED, STOPPED, IGNORED, HARMLESS, WAYS };

static void disturb(pid_t child, enum way way)
{
	int status;

	if (way == HANDLED || way == RESTARTED) {
		kill(child, SIGUSR1);
		while (!shared->handled)
			usleep(500);
	} else if (way == STOPPED) {
		kill(child, SIGSTOP);
		if (waitpid(child, &status, WUNTRACED) != child || !WIFSTOPPED(status))
			errx(1, "not stopped: %#x", status);
		kill(child, SIGCONT);
	} else {
		kill(child, way == IGNORED ? SIGHUP : SIGWINCH);
	}
}

static const char *outcome(const struct kind *kind, enum way way)
{
	static char other[64];
	char path[64];
	int status;

	shared->about = shared->handled = 0;
	pid_t child = fork();

	if (child == 0) {
		handle(SIGUSR1, on_signal, way == RESTARTED ? SA_RESTART : 0);
		handle(SIGUSR2, on_release, 0);
		signal(SIGHUP, SIG_IGN);
		setpgid(0, 0);
		shared->about = !kind->says;
		_exit(kind->call() < 0 ? errno : 0);
	}
	snprintf(path, sizeof(path), "/proc/%d/stat", child);
	int stat = open(path, O_RDONLY);

	settle(stat);
	disturb(child, way);
	if (settle(stat) != 'Z')
		kill(child, SIGUSR2);
	if (waitpid(child, &status, 0) != child)
		err(1, "waitpid");
	close(stat);
	kill(-child, SIGKILL); /* its own child */
	snprintf(other, sizeof(other), "%#x", status);
	return status == WENT_ON << 8 ? "goes on" : status == EINTR << 8 ? "EINTR" : other;
}

static void fill(int fd)
{
	char buffer[4096] = {0};

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (write(fd, buffer, sizeof(buffer)) > 0)
		;
	while (write(fd, buffer, 1) > 0)
		;
	fcntl(fd, F_SETFL, 0);
}

/* An abstract address that nobody else has: the kernel chooses it (unix(7)). */
static int listen_somewhere(struct sockaddr_un *address, socklen_t *length)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	sa_family_t unnamed = AF_UNIX;

	if (bind(fd, (struct sockaddr *)&unnamed, sizeof(unnamed)) != 0 || listen(fd, 0) != 0 ||
	    getsockname(fd, (struct sockaddr *)address, length) != 0)
		err(1, "listen");
	return fd;
}

static void set_up(void)
{
	struct sockaddr_un address;
	socklen_t length = sizeof(address);
	char name[] = "/tmp/interrupts.XXXXXX";
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};

	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (pipe(empty) != 0 || pipe(full) != 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
		err(1, "pipe");
	fill(full[1]);
	int both[2];
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, both) != 0)
		err(1, "socketpair");
	clogged = both[0];
	fill(clogged);
	listening = listen_somewhere(&address, &length);
	listen_somewhere(&crowd, &crowd_length);
	if (connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&crowd, crowd_length) != 0)
		err(1, "connect");
	semaphores = semget(IPC_PRIVATE, 1, 0600);
	messages = msgget(IPC_PRIVATE, 0600);
	watching = inotify_init();
	locked = mkstemp(name);
	if (locked < 0 || flock(locked, LOCK_EX) != 0 || fcntl(locked, F_SETLK, &lock) != 0)
		err(1, "%s", name);
	unlink(name);
}

int main(void)
{
	set_up();
	printf("%-24s %-10s %-10s %-10s %-10s %-10s\n", "", "handler", "SA_RESTART", "stopped", "ignored", "harmless");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		printf("%-24s", kinds[i].name);
		for (enum way way = 0; way < WAYS; way++)
			printf(" %-10s", outcome(&kinds[i], way));
		putchar('\n');
		fflush(stdout);
	}
	semctl(semaphores, 0, IPC_RMID);
	msgctl(messages, IPC_RMID, NULL);
	return 0;
}

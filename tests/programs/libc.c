/* build: -pthread */
/* What programs ask of a libc, in the calls that libcs make differently: stdio, directories, descriptors, threads with
 * locks, children, sockets, signals, time, memory, terminals, random numbers, programs; its output is the same every time.
 * Plain C and POSIX, so that every libc compiles it. Argument `zone`: the time of a time zone, alone.
 * SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 8, ROUNDS = 300 };

static void use_files(void)
{
	char line[64];
	struct stat status;
	int entries = 0;
	FILE *file = fopen("libc.tmp", "w+e");

	if (!file)
		err(1, "libc.tmp");
	for (int i = 0; i < 1000; i++)
		fprintf(file, "line %d\n", i);
	rewind(file);
	for (int i = 0; i < 500; i++)
		if (!fgets(line, sizeof(line), file))
			err(1, "fgets");
	if (fseek(file, 10, SEEK_SET) != 0 || fstat(fileno(file), &status) != 0)
		err(1, "fstat");
	fclose(file);
	printf("line 500 is %s%lld bytes\n", line, (long long)status.st_size);
	if (mkdir("libc.dir", 0700) != 0 || rename("libc.tmp", "libc.dir/file") != 0 ||
	    link("libc.dir/file", "libc.dir/link") != 0 || symlink("file", "libc.dir/symlink") != 0 ||
	    stat("libc.dir/file", &status) != 0 || lstat("libc.dir/symlink", &status) != 0 ||
	    chmod("libc.dir/file", 0600) != 0 || access("libc.dir/file", R_OK) != 0 ||
	    truncate("libc.dir/file", 100) != 0 || readlink("libc.dir/symlink", line, sizeof(line)) != 4)
		err(1, "libc.dir");
	DIR *directory = opendir("libc.dir");

	while (directory && readdir(directory))
		entries++;
	closedir(directory);
	if (unlink("libc.dir/file") != 0 || remove("libc.dir/link") != 0 || unlink("libc.dir/symlink") != 0 ||
	    rmdir("libc.dir") != 0)
		err(1, "remove");
	printf("%d entries\n", entries);
}

static void use_descriptors(void)
{
	int fd[2];
	char text[8] = "";
	struct iovec parts[2] = {{.iov_base = "one", .iov_len = 3}, {.iov_base = "two", .iov_len = 3}};
	struct pollfd ready = {.events = POLLIN};
	struct timeval now = {0};
	struct epoll_event event = {.events = EPOLLIN};
	fd_set set;

	if (pipe(fd) != 0 || writev(fd[1], parts, 2) != 6)
		err(1, "pipe");
	ready.fd = fd[0];
	FD_ZERO(&set);
	FD_SET(fd[0], &set);
	int epoll = epoll_create(1), copy = dup2(fd[0], 100);

	if (poll(&ready, 1, 1000) != 1 || select(fd[0] + 1, &set, NULL, NULL, &now) != 1 ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, fd[0], &event) != 0 || epoll_wait(epoll, &event, 1, 1000) != 1 ||
	    fcntl(copy, F_SETFL, O_NONBLOCK) != 0 || read(copy, text, sizeof(text) - 1) != 6)
		err(1, "waiting");
	close(epoll);
	close(copy);
	close(fd[0]);
	close(fd[1]);
	printf("through a pipe: %s\n", text);
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turned = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t all_there;
static long sum, turn;

static void *add(void *argument)
{
	long me = (long)argument;
	char *block = NULL;

	pthread_barrier_wait(&all_there);
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&lock);
		sum += i;
		pthread_mutex_unlock(&lock);
		block = realloc(block, 1 + (size_t)i * 100);
	}
	free(block);
	pthread_mutex_lock(&lock);
	while (turn != me)
		pthread_cond_wait(&turned, &lock);
	turn++;
	pthread_cond_broadcast(&turned);
	pthread_mutex_unlock(&lock);
	return argument;
}

static void use_threads(void)
{
	pthread_t threads[THREADS];
	void *result;
	long results = 0;

	pthread_barrier_init(&all_there, NULL, THREADS);
	for (long i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, add, (void *)i) != 0)
			errx(1, "pthread_create");
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &result);
		results += (long)result;
	}
	printf("sum %ld, results %ld, turn %ld\n", sum, results, turn);
}

static void use_children(void)
{
	extern char **environ;
	char *const arguments[] = {"libc", "child", NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	int fd[2], status;
	char text[16] = "";

	fflush(stdout);
	pid_t child = fork();

	if (child == 0)
		_exit(getppid() > 0 ? 42 : 1);
	if (child < 0 || waitpid(child, &status, 0) != child)
		err(1, "fork");
	printf("a child ended with %d\n", WEXITSTATUS(status));
	sigemptyset(&none);
	if (pipe(fd) != 0 || posix_spawn_file_actions_init(&actions) != 0 || posix_spawnattr_init(&attributes) != 0 ||
	    posix_spawn_file_actions_adddup2(&actions, fd[1], 1) != 0 ||
	    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK) != 0 ||
	    posix_spawnattr_setsigmask(&attributes, &none) != 0 ||
	    posix_spawn(&child, "/proc/self/exe", &actions, &attributes, arguments, environ) != 0)
		err(1, "posix_spawn");
	close(fd[1]);
	if (read(fd[0], text, sizeof(text) - 1) != 6 || waitpid(child, &status, 0) != child)
		err(1, "what was spawned");
	close(fd[0]);
	printf("what was spawned said %s and ended with %d\n", text, WEXITSTATUS(status));
}

static void *answer(void *argument)
{
	char text[8];
	int fd = accept(*(int *)argument, NULL, NULL);

	if (fd < 0 || recv(fd, text, sizeof(text), 0) != 5 || send(fd, "world", 5, 0) != 5)
		err(1, "accept");
	close(fd);
	return NULL;
}

static void use_sockets(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);
	int yes = 1, pair[2];
	char text[8] = "", byte = 'x';
	struct iovec part = {.iov_base = &byte, .iov_len = 1};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	pthread_t server;
	int listening = socket(AF_INET, SOCK_STREAM, 0), talking = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0 ||
	    bind(listening, (struct sockaddr *)&address, sizeof(address)) != 0 || listen(listening, 1) != 0 ||
	    getsockname(listening, (struct sockaddr *)&address, &length) != 0)
		err(1, "listen");
	if (pthread_create(&server, NULL, answer, &listening) != 0)
		errx(1, "pthread_create");
	if (connect(talking, (struct sockaddr *)&address, sizeof(address)) != 0 || send(talking, "hello", 5, 0) != 5 ||
	    recv(talking, text, sizeof(text), MSG_WAITALL) != 5 || shutdown(talking, SHUT_RDWR) != 0)
		err(1, "connect");
	pthread_join(server, NULL);
	close(talking);
	close(listening);
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) != 0 || sendmsg(pair[0], &message, 0) != 1 ||
	    recvmsg(pair[1], &message, 0) != 1)
		err(1, "socketpair");
	printf("a server said %s\n", text);
}

static volatile sig_atomic_t caught;
static void on_signal(int number) { caught = number; }

static void use_signals_and_time(void)
{
	struct sigaction action = {.sa_handler = on_signal};
	struct timespec rest = {.tv_nsec = 1000000}, now;
	struct rlimit limit;

	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	nanosleep(&rest, NULL);
	usleep(1000);
	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0 || time(NULL) < 1 || getrlimit(RLIMIT_NOFILE, &limit) != 0)
		err(1, "time");
	printf("signal %d, %d descriptors\n", (int)caught, limit.rlim_cur > 100);
}

static void use_memory(void)
{
	size_t size = 1 << 20;
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *q = malloc(size);

	if (p == MAP_FAILED || !q)
		err(1, "mmap");
	memset(p, 1, size);
	memset(q, 2, size);
	q = realloc(q, size << 4);
	for (size_t i = 1; i < 200; i++)
		free(memset(malloc(i * 1000), 3, i * 1000));
	if (mprotect(p, size, PROT_READ) != 0 || !q)
		err(1, "mprotect");
	printf("memory %d\n", p[size - 1] + q[size - 1]);
	munmap(p, size);
	free(q);
}

/* A terminal of our own: its settings read, and set in all three ways. */
static void use_terminal(void)
{
	static const int ways[] = {TCSANOW, TCSADRAIN, TCSAFLUSH};
	struct termios settings;
	int pair[2];
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave = -1;
	char *name = NULL;

	if (master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0 && (name = ptsname(master)) != NULL)
		slave = open(name, O_RDWR | O_NOCTTY);
	if (slave < 0) {
		puts("no terminal");
		return;
	}
	if (tcgetattr(slave, &settings) != 0 || pipe(pair) != 0)
		err(1, "tcgetattr");
	settings.c_lflag &= ~(tcflag_t)ECHO;
	for (int i = 0; i < 3; i++)
		if (cfsetospeed(&settings, B9600) != 0 || tcsetattr(slave, ways[i], &settings) != 0)
			err(1, "tcsetattr");
	printf("a terminal: %d, a pipe: %d\n", isatty(slave), isatty(pair[0]));
	close(pair[0]);
	close(pair[1]);
	close(slave);
	close(master);
}

static int greater(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

/* What libcs do with the kernel's help, or by themselves. */
static void use_others(void)
{
	static int numbers[20000];
	char name[] = "libc.XXXXXX", block[64] = "";
	struct stat status;
	int fd = mkstemp(name);

	if (fd < 0 || pwrite(fd, "abc", 3, 1) != 3 || pread(fd, block, 3, 1) != 3 || fstat(fd, &status) != 0)
		err(1, "mkstemp");
	/* Without following a link: a newer call, or what stands in for it. */
	printf("%s, %lld bytes, %d\n", block, (long long)status.st_size, fchmodat(AT_FDCWD, name, 0640, AT_SYMLINK_NOFOLLOW));
	if (stat(name, &status) != 0 || faccessat(AT_FDCWD, name, W_OK, AT_EACCESS) != 0 || remove(name) != 0)
		err(1, "%s", name);
	close(fd);
	for (int i = 0; i < 20000; i++)
		numbers[i] = (i * 7919) % 20011;
	qsort(numbers, 20000, sizeof(numbers[0]), greater);
	for (int i = 0; i < 100; i++)
		if (getrandom(block, sizeof(block), 0) != sizeof(block))
			err(1, "getrandom");
	printf("mode %o, from %d to %d\n", status.st_mode & 0777, numbers[0], numbers[19999]);
}

/* A shell, a pipe from one, a program that is not there, and an end by abort. */
static void use_programs(void)
{
	extern char **environ;
	char *const arguments[] = {"nothing", NULL};
	char line[16] = "";
	int status;
	pid_t child;

	fflush(stdout);
	printf("system: %d, ", WEXITSTATUS(system("exit 5")));
	FILE *said = popen("echo said", "r");

	if (!said || !fgets(line, sizeof(line), said) || pclose(said) != 0)
		err(1, "popen");
	printf("popen: %.4s, ", line);
	printf("spawned: %s\n", posix_spawn(&child, "/nonexistent", NULL, NULL, arguments, environ) == 0 ? "yes" : "no");
	fflush(stdout);
	if ((child = fork()) == 0) {
		struct rlimit none = {0};

		setrlimit(RLIMIT_CORE, &none);
		abort();
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		err(1, "fork");
	printf("aborted: %d\n", WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

/* The file of a time zone: glibc reads some of it, musl maps it. */
static int use_zone(void)
{
	struct tm parts;
	char text[64];
	time_t day = 86400;

	strftime(text, sizeof(text), "%Y-%m-%d %H:%M", localtime_r(&day, &parts));
	puts(text);
	return 3;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "zone") == 0)
		return use_zone();
	if (argc > 1) {
		fputs("spoken", stdout);
		return 7;
	}
	use_files();
	use_descriptors();
	use_threads();
	use_children();
	use_sockets();
	use_signals_and_time();
	use_memory();
	use_terminal();
	use_others();
	use_programs();
	return 3;
}

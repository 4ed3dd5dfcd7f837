/* build: -pthread */
/* Waits for ever, in the way that it is told, or is always busy: for those who end it at any moment. SIGTERM ends it, and with it
 * all that it has made. Ends with 77 where it cannot be so. SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096 };

static char *self;

static void wait_for_ever(void)
{
	for (;;)
		pause();
}

/* Forks; the child ends with its parent. */
static pid_t child_of(void)
{
	pid_t parent = getpid(), child = fork();

	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
	}
	return child;
}

static void *come_and_go(void *unused)
{
	for (int i = 0; i < 20; i++)
		getppid();
	return unused;
}

static void threads(void)
{
	pthread_t all[8];

	for (;;) {
		for (int i = 0; i < 8; i++)
			pthread_create(&all[i], NULL, come_and_go, NULL);
		for (int i = 0; i < 8; i++)
			pthread_join(all[i], NULL);
	}
}

static void execs(void)
{
	for (;;) {
		if (child_of() == 0) {
			execl(self, self, "end", NULL);
			_exit(1);
		}
		wait(NULL);
	}
}

static void vforks(void)
{
	for (;;) {
		if (vfork() == 0) {
			usleep(3000);
			execl(self, self, "end", NULL);
			_exit(1);
		}
		wait(NULL);
	}
}

/* The child ends with the parent, which waits for it where only a signal that kills reaches it. */
static void vforked(void)
{
	pid_t parent = getpid();

	if (vfork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (getppid() == parent)
			usleep(100000);
		_exit(0);
	}
}

static void on_signal(int signal)
{
	(void)signal;
}

static void signals(void)
{
	struct itimerval every = {{0, 500}, {0, 500}};

	signal(SIGALRM, on_signal);
	setitimer(ITIMER_REAL, &every, NULL);
	for (;;)
		usleep(2000);
}

static void stopped(void)
{
	pid_t child = child_of();

	if (child == 0)
		for (;;)
			raise(SIGSTOP);
	for (int status;;)
		if (waitpid(child, &status, WUNTRACED | WCONTINUED) == child && WIFSTOPPED(status))
			usleep(2000), kill(child, SIGCONT);
}

/* The child is stopped at its calls, over and over, where a program may trace. */
static void traced(void)
{
	pid_t child = child_of();
	int status;

	if (child == 0)
		for (;;)
			usleep(1000);
	if (ptrace(PTRACE_SEIZE, child, NULL, PTRACE_O_EXITKILL) != 0)
		wait_for_ever();
	for (ptrace(PTRACE_INTERRUPT, child, NULL, NULL); waitpid(child, &status, __WALL) == child && WIFSTOPPED(status);)
		ptrace(PTRACE_SYSCALL, child, NULL, NULL);
}

/* Nobody answers whether the file may be opened. */
static void unpermitted(void)
{
	char path[] = "held.XXXXXX", link[64];
	int file = mkstemp(path), group = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY);

	if (group < 0 || fanotify_mark(group, FAN_MARK_ADD, FAN_OPEN_PERM, file, NULL) != 0)
		exit(77);
	unlink(path);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", file);
	open(link, O_RDONLY);
}

static char *unfilled_page(void)
{
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	struct uffdio_api api = {.api = UFFD_API};
	char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct uffdio_register range = {.range = {(unsigned long)page, PAGE}, .mode = UFFDIO_REGISTER_MODE_MISSING};

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) != 0 || ioctl(fd, UFFDIO_REGISTER, &range) != 0)
		exit(77);
	return page;
}

static void *touch(void *page)
{
	return (void *)(long)*(volatile char *)page;
}

/* Nobody fills in the page: that is waited for by the program itself, and in a call. */
static void unfilled(void)
{
	char *page = unfilled_page();
	pthread_t thread;

	pthread_create(&thread, NULL, touch, page);
	prctl(PR_SET_NAME, page);
}

/* Answers the beginning, and nothing else: mounting is done, and whoever looks at the file system waits. Who is interrupted gets
 * EINTR. */
static void serve(int device)
{
	static char buffer[1 << 17];
	struct fuse_in_header *in = (struct fuse_in_header *)buffer;

	while (read(device, buffer, sizeof(buffer)) > 0) {
		struct {
			struct fuse_out_header header;
			struct fuse_init_out init;
		} reply = {{sizeof(reply), 0, in->unique}, {.major = 7, .minor = 31, .max_write = PAGE}};
		struct fuse_interrupt_in *interrupt = (struct fuse_interrupt_in *)(in + 1);

		if (in->opcode == FUSE_INTERRUPT)
			reply.header = (struct fuse_out_header){sizeof(reply.header), -EINTR, interrupt->unique};
		if ((in->opcode == FUSE_INIT || in->opcode == FUSE_INTERRUPT) && write(device, &reply, reply.header.len) < 0)
			_exit(1);
	}
}

static void unserved(void)
{
	char options[100], folder[] = "held.XXXXXX", path[64];
	int device = open("/dev/fuse", O_RDWR | O_CLOEXEC);

	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", device);
	if (device < 0 || mkdtemp(folder) == NULL || unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("pinhole", folder, "fuse", 0, options) != 0)
		exit(77);
	if (child_of() == 0)
		serve(device);
	close(device);
	snprintf(path, sizeof(path), "%s/file", folder);
	if (child_of() == 0 && open(path, O_RDONLY) < 0 && errno == EINTR)
		kill(getppid(), SIGABRT);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*how)(void);
	} hows[] = {{"waits", wait_for_ever}, {"threads", threads}, {"execs", execs}, {"vforks", vforks}, {"vforked", vforked},
		    {"signals", signals}, {"stopped", stopped}, {"traced", traced}, {"unpermitted", unpermitted},
		    {"unfilled", unfilled}, {"unserved", unserved}};
	self = argv[0];
	if (argc == 2 && strcmp(argv[1], "end") == 0)
		return 0;
	for (size_t i = 0; argc == 2 && i < sizeof(hows) / sizeof(hows[0]); i++)
		if (strcmp(argv[1], hows[i].name) == 0) {
			hows[i].how();
			wait_for_ever();
		}
	return 2;
}

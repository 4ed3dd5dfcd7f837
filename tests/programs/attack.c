/* build: -pthread */
/* A program with a harmless life, and what an attacker in it would try. Argument: nothing, or the name of the attempt; it
 * says "survived" and the error if it can. SPDX-License-Identifier: MIT */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static void *page;

static void *thread(void *unused)
{
	(void)unused;
	return NULL;
}

/* Sockets, protections, threads, children, files, terminals: the calls that the attempts are variations of. */
static void live(void)
{
	pthread_t id;
	int status;
	struct stat st;
	struct termios terminal;

	close(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	close(socket(AF_UNIX, SOCK_DGRAM, 0));
	mprotect(page, 4096, PROT_READ);
	mprotect(page, 4096, PROT_READ | PROT_WRITE);
	prctl(PR_SET_NAME, "attack");
	ioctl(0, TCGETS, &terminal);
	if (pthread_create(&id, NULL, thread, NULL) != 0 || pthread_join(id, NULL) != 0)
		errx(1, "a thread");
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	if (waitpid(child, &status, 0) != child)
		err(1, "a child");
	close(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
	close(open(".", O_RDONLY | O_DIRECTORY));
	stat(".", &st);
	kill(getpid(), 0);
}

/* Attempts. */
static long mprotect_exec(void) { return mprotect(page, 4096, PROT_READ | PROT_EXEC); }
static long mprotect_write_exec(void) { return mprotect(page, 4096, PROT_READ | PROT_WRITE | PROT_EXEC); }
static long mmap_write_exec(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED;
}
static long netlink(void) { return socket(AF_NETLINK, SOCK_RAW, 0); }
static long packet(void) { return socket(AF_PACKET, SOCK_RAW, 0); }
static long alg(void) { return socket(AF_ALG, SOCK_SEQPACKET, 0); }
static long raw_socket(void) { return socket(AF_INET, SOCK_RAW, 1); }
static long mixed_socket(void) { return socket(AF_INET, SOCK_DGRAM, 0); } /* each value was seen, not together */
static long tiocsti(void) { return ioctl(0, TIOCSTI, "x"); }
static long tioclinux(void) { return ioctl(0, TIOCLINUX, "x"); }
static long dumpable(void) { return prctl(PR_SET_DUMPABLE, 1); }
static long seccomp_mode(void) { return prctl(PR_SET_SECCOMP, 1); }
static long new_user(void) { return syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0); }
static long new_network(void) { return syscall(SYS_clone, CLONE_NEWNET | SIGCHLD, 0, 0, 0, 0); }
static long unshare_user(void) { return unshare(CLONE_NEWUSER); }
static long new_user_by_clone3(void)
{
	uint64_t args[8] = {CLONE_NEWUSER, 0, 0, 0, SIGCHLD};

	return syscall(SYS_clone3, args, sizeof(args));
}
static long path(void) { return open("/etc", O_PATH); }
static long created(void) { return open("attack.tmp", O_WRONLY | O_CREAT, 0600); }
static long temporary(void) { return open(".", O_TMPFILE | O_RDWR, 0600); }
static long no_random_addresses(void) { return syscall(SYS_personality, 0x40000); }
static long trace(void) { return ptrace(PTRACE_TRACEME, 0, 0, 0); }
static long bpf(void) { return syscall(SYS_bpf, 0, 0, 0); }
static long io_uring(void) { return syscall(SYS_io_uring_setup, 8, 0); }
static long keyctl(void) { return syscall(SYS_keyctl, 0, 0, 0, 0, 0); }
static long userfault(void) { return syscall(SYS_userfaultfd, 0); }
static long kill_signal(void) { return kill(getpid(), SIGWINCH); }
static long other_process(void) { return syscall(SYS_process_vm_readv, getpid(), 0, 0, 0, 0, 0); }
static long module(void) { return syscall(SYS_init_module, 0, 0, ""); }
static long mount(void) { return syscall(SYS_mount, "none", "/nowhere", "tmpfs", 0, 0); }
/* What a filter that was installed before execve cannot refuse: that call is what starts the program. But whatever is
 * started runs under the same filter. */
static long start(const char *attempt)
{
	char *const args[] = {(char *)"attack", (char *)attempt, NULL};

	return execve("/proc/self/exe", args, args + 2);
}
static long exec(void) { return start(NULL); }
static long exec_and_trace(void) { return start("trace"); }

static const struct {
	const char *name;
	long (*attempt)(void);
} attempts[] = {
	{"mprotect_exec", mprotect_exec},
	{"mprotect_write_exec", mprotect_write_exec},
	{"mmap_write_exec", mmap_write_exec},
	{"netlink", netlink},
	{"packet", packet},
	{"alg", alg},
	{"raw_socket", raw_socket},
	{"mixed_socket", mixed_socket},
	{"tiocsti", tiocsti},
	{"tioclinux", tioclinux},
	{"dumpable", dumpable},
	{"seccomp_mode", seccomp_mode},
	{"new_user", new_user},
	{"new_network", new_network},
	{"unshare_user", unshare_user},
	{"new_user_by_clone3", new_user_by_clone3},
	{"path", path},
	{"created", created},
	{"temporary", temporary},
	{"no_random_addresses", no_random_addresses},
	{"trace", trace},
	{"bpf", bpf},
	{"io_uring", io_uring},
	{"keyctl", keyctl},
	{"userfault", userfault},
	{"kill_signal", kill_signal},
	{"other_process", other_process},
	{"module", module},
	{"mount", mount},
	{"exec", exec},
	{"exec_and_trace", exec_and_trace},
};

int main(int argc, char **argv)
{
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		err(1, "mmap");
	live();
	if (argc < 2) {
		puts("lived");
		return 0;
	}
	if (strcmp(argv[1], "list") == 0) {
		for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++)
			puts(attempts[i].name);
		return 0;
	}
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++)
		if (strcmp(argv[1], attempts[i].name) == 0) {
			errno = 0;
			attempts[i].attempt();
			printf("survived, %s\n", errno == 0 ? "succeeded" : strerror(errno));
			return 0;
		}
	errx(2, "no attempt %s", argv[1]);
}

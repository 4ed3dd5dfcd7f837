/* pinhole doctor: what this machine allows, and what that means for recording and running. SPDX-License-Identifier: MIT */
#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/command.h"

enum verdict {
	FINE,
	LESS, /* something works less well than it could */
	NOT,  /* a command of pinhole's does not work */
};

struct finding {
	enum verdict verdict;
	struct text text; /* what is the case, and what it means */
};

static void find(struct finding *f, enum verdict verdict, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void find(struct finding *f, enum verdict verdict, const char *format, ...)
{
	char line[512];
	va_list ap;
	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	if (verdict > f->verdict)
		f->verdict = verdict;
	text_add(&f->text, "%s%s", f->text.count > 0 ? "; " : "", line);
}

/* The first word or number of a file; "" where it can't be read. */
static const char *first_line(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");
	line[0] = '\0';
	if (file != NULL && fgets(line, (int)size, file) == NULL)
		line[0] = '\0';
	if (file != NULL)
		fclose(file);
	line[strcspn(line, "\n")] = '\0';
	return line;
}

/* A number from /proc/self/status. -1: there is no such line. */
static long long status_number(const char *key, int base)
{
	char line[256];
	long long number = -1;
	FILE *file = fopen("/proc/self/status", "re");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, key, strlen(key)) == 0)
			number = strtoll(line + strlen(key), NULL, base);
	if (file != NULL)
		fclose(file);
	return number;
}

/* How a child ends that does this; it must not return on success otherwise. -1: no child could be made. */
static int in_child(int (*act)(void))
{
	int status = 0;
	fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		struct rlimit none = {0};
		setrlimit(RLIMIT_CORE, &none);
		_exit(act());
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return -1;
	return status;
}

/* Checks. -------------------------------------------------------------------------------------------------------- */

static void check_kernel(struct finding *f)
{
	struct utsname u;
	unsigned major = 0, minor = 0;
	uname(&u);
	sscanf(u.release, "%u.%u", &major, &minor);
	find(f, FINE, "Linux %s on %s", u.release, u.machine);
	if (major < 5 || (major == 5 && minor < 3))
		find(f, NOT, "pinhole is for Linux 5.11 and newer; recording does not work before 5.3 (PTRACE_GET_SYSCALL_INFO)");
	else if (major == 5 && minor < 9)
		find(f, LESS, "pinhole is for Linux 5.11 and newer; before 5.9 the kernel does not tell how many filters a process has: "
			      "record with --mode=exact; run does not tighten a filter");
	else if (major == 5 && minor < 11)
		find(f, LESS, "pinhole is for Linux 5.11 and newer; before that no bitmap answers for calls that are always allowed: every call runs the filter; "
			      "generate --kernel=%u.%u makes one for that", major, minor);
	else
		find(f, FINE, "a bitmap answers for calls that are always allowed");
}

static bool has_flag(unsigned long flag)
{
	/* seccomp(2): a flag that the kernel knows gets as far as the filter, which is no address. */
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flag, NULL) == -1 && errno == EFAULT;
}

static void check_seccomp(struct finding *f)
{
	char line[256];
	if (!has_flag(0)) {
		find(f, NOT, "no seccomp filters: run and record need CONFIG_SECCOMP_FILTER, and a sandbox that does not forbid "
			     "seccomp(2); record --mode=plain does without");
		return;
	}
	find(f, FINE, "filters can be installed");
	if (!has_flag(SECCOMP_FILTER_FLAG_TSYNC))
		find(f, LESS, "not on all threads at once");
	if (!has_flag(SECCOMP_FILTER_FLAG_LOG))
		find(f, LESS, "no logging of denials (Linux 4.14): run --log does nothing");
	first_line("/proc/sys/kernel/seccomp/actions_avail", line, sizeof(line));
	if (line[0] != '\0' && strstr(line, "kill_process") == NULL)
		find(f, LESS, "no action kill: only the thread is ended");
	first_line("/proc/sys/kernel/seccomp/actions_logged", line, sizeof(line));
	if (line[0] != '\0')
		find(f, FINE, "the kernel's log may have: %s", line);
	if (status_number("Seccomp:", 10) == 2)
		find(f, LESS, "this shell is under filters already (%lld): what they refuse is refused to what is recorded, too",
		     status_number("Seccomp_filters:", 10));
}

/* The child stops; the parent seizes it, which asks all that a recording asks. */
static int stopped(void)
{
	raise(SIGSTOP);
	return 0;
}

static bool can_seize(int *why)
{
	int status;
	fflush(NULL);
	pid_t child = fork();
	if (child == 0)
		_exit(stopped());
	if (child < 0)
		return false;
	waitpid(child, &status, WUNTRACED);
	bool seized = ptrace(PTRACE_SEIZE, child, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) == 0;
	*why = errno;
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	return seized;
}

static void check_ptrace(struct finding *f)
{
	char line[64];
	int why = 0;
	first_line("/proc/sys/kernel/yama/ptrace_scope", line, sizeof(line));
	int scope = line[0] != '\0' ? atoi(line) : 0;
	bool capable = status_number("CapEff:", 16) >> CAP_SYS_PTRACE & 1;
	if (!can_seize(&why)) {
		find(f, NOT, "processes can't be traced (%s): nothing can be recorded; %s", strerror(why),
		     scope == 3 ? "kernel.yama.ptrace_scope is 3, until a reboot"
				: "in a container give it CAP_SYS_PTRACE, or a seccomp profile that allows ptrace");
		return;
	}
	find(f, FINE, "what pinhole starts can be recorded");
	if (scope == 0 || capable)
		find(f, FINE, "and with -p, %s", capable ? "every process" : "your own processes");
	else
		find(f, LESS, "record -p can't attach (kernel.yama.ptrace_scope is %d): as root, or sysctl kernel.yama.ptrace_scope=0",
		     scope);
	char byte = 0;
	struct iovec local = {.iov_base = &byte, .iov_len = 1}, remote = {.iov_base = (void *)&line, .iov_len = 1};
	if (process_vm_readv(getpid(), &local, 1, &remote, 1, 0) != 1)
		find(f, LESS, "process_vm_readv(2) is refused: no stacks are recorded");
}

static void check_privileges(struct finding *f)
{
	bool root = status_number("CapEff:", 16) >> CAP_SYS_ADMIN & 1;
	if (root)
		find(f, FINE, "CAP_SYS_ADMIN: filters do not need no_new_privs, so recorded setuid programs are what they are");
	else
		find(f, LESS, "no CAP_SYS_ADMIN: what is recorded runs with no_new_privs, and setuid programs gain nothing; record "
			      "those as root");
}

static int new_namespace(void)
{
	return unshare(CLONE_NEWUSER) == 0 ? 0 : errno == EPERM || errno == EACCES ? 1 : 2;
}

static void check_namespaces(struct finding *f)
{
	char line[64];
	int status = in_child(new_namespace);
	if (status == 0) {
		find(f, FINE, "user namespaces can be made: bubblewrap works without root");
		return;
	}
	find(f, LESS, "user namespaces can't be made: bubblewrap and rootless containers need root");
	if (strcmp(first_line("/proc/sys/kernel/unprivileged_userns_clone", line, sizeof(line)), "0") == 0)
		find(f, LESS, "kernel.unprivileged_userns_clone is 0");
	if (strcmp(first_line("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", line, sizeof(line)), "1") == 0)
		find(f, LESS, "kernel.apparmor_restrict_unprivileged_userns is 1");
}

#if defined(__x86_64__)
/* getpid by its number of i386. Without such calls in the kernel the instruction is a segmentation fault. */
static int call_32_bit(void)
{
	long result;
	__asm__ volatile("int $0x80" : "=a"(result) : "a"(20) : "memory");
	return result > 0 ? 0 : 1;
}

static void check_other_arch(struct finding *f)
{
	if (in_child(call_32_bit) == 0)
		find(f, FINE, "32-bit programs run, and are recorded as i386");
	else
		find(f, FINE, "no 32-bit calls in this kernel: policies need no i386");
}
#else
static void check_other_arch(struct finding *f)
{
	find(f, FINE, "one architecture");
}
#endif

static void check_log(struct finding *f)
{
	if (access("/dev/kmsg", R_OK) == 0)
		find(f, FINE, "denials can be read in the kernel's log: dmesg, or journalctl -k");
	else
		find(f, LESS, "the kernel's log can't be read here: denials that only it has (run --log) are for root to see");
	if (access("/var/log/audit/audit.log", F_OK) == 0)
		find(f, FINE, "auditd runs: denials are in /var/log/audit/audit.log");
}

static void check_libraries(struct finding *f)
{
	find(f, FINE, "pinhole %s, built with %s", PINHOLE_VERSION, PINHOLE_LIBRARIES);
}

static const struct check {
	const char *name;
	void (*check)(struct finding *f);
} checks[] = {
    {"kernel", check_kernel},	      {"seccomp", check_seccomp},     {"ptrace", check_ptrace},
    {"privileges", check_privileges}, {"namespaces", check_namespaces}, {"architectures", check_other_arch},
    {"log", check_log},		      {"libraries", check_libraries},
};

static void print_finding(const char *name, const struct finding *f, struct text *out)
{
	static const char *const verdicts[] = {[FINE] = "ok", [LESS] = "less", [NOT] = "not"};
	enum { INDENT = 20 };
	size_t used = INDENT;
	text_add(out, "%-5s%-14s ", verdicts[f->verdict], name);
	text_add_wrapped(out, text_string(&f->text), INDENT, command_columns(), &used);
	text_add(out, "\n");
	out->failed |= f->text.failed;
}

static int run(int argc, char **argv)
{
	struct text out = {0};
	struct error e = {0};
	enum verdict worst = FINE;
	while (command_option(argc, argv) != -1)
		;
	command_operands(argc, argv, 0, 0);
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		struct finding f = {0};
		checks[i].check(&f);
		print_finding(checks[i].name, &f, &out);
		worst = f.verdict > worst ? f.verdict : worst;
		text_free(&f.text);
	}
	text_add(&out, "\n%s\n",
		 worst == FINE	 ? "All that pinhole does works here."
		 : worst == LESS ? "Recording and running work here, with what is said above."
				 : "Not all that pinhole does works here: see the lines that say \"not\".");
	int status = command_output(NULL, &out, false, &e);
	text_free(&out);
	return status == EXIT_FINE && worst == NOT ? EXIT_NO : status;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.usage = "",
	.summary = "Tell what this machine allows, for recording and running",
	.run = run,
};

/* pinhole doctor: checks what this machine allows, and says what this means for record and run.
 * SPDX-License-Identifier: MIT */
#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policies/base/style.h"
#include "tools/command.h"

enum verdict {
	FINE,
	LESS, /* degraded: something works, but less well than it could */
	NOT,  /* failed: a pinhole command does not work */
};

struct finding {
	enum verdict verdict;
	struct text text; /* the finding, and what it means */
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

/* Returns the first line of a file; "" if the file cannot be read. */
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

/* Returns a number from /proc/self/status; -1 if there is no such line. */
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

/* Returns how a child process ends that runs `act`; -1 if no child could be made. `act` must not
 * return if it succeeds. */
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
		find(f, LESS, "pinhole is for Linux 5.11 and newer; older kernels run the filter for every call, as they have no bitmap of always allowed calls; "
			      "generate --kernel=%u.%u makes a filter for this kernel", major, minor);
	else
		find(f, FINE, "the kernel's bitmap answers calls that are always allowed, without running the filter");
}

static bool has_flag(unsigned long flag)
{
	/* If the kernel knows the flag, it goes on and reads the filter, whose address is bad
	 * (seccomp(2)). */
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flag, NULL) == -1 && errno == EFAULT;
}

static void check_seccomp(struct finding *f)
{
	char line[256];
	if (!has_flag(0)) {
		find(f, NOT, "no seccomp filters: run and record need CONFIG_SECCOMP_FILTER, and a sandbox that allows "
			     "seccomp(2); record --mode=plain needs neither");
		return;
	}
	find(f, FINE, "filters can be installed");
	if (!has_flag(SECCOMP_FILTER_FLAG_TSYNC))
		find(f, LESS, "a filter cannot be installed on all threads at once");
	if (!has_flag(SECCOMP_FILTER_FLAG_LOG))
		find(f, LESS, "no logging of denials (Linux 4.14): run --log does nothing");
	first_line("/proc/sys/kernel/seccomp/actions_avail", line, sizeof(line));
	if (line[0] != '\0' && strstr(line, "kill_process") == NULL)
		find(f, LESS, "no action kill: a denied call ends only its thread");
	first_line("/proc/sys/kernel/seccomp/actions_logged", line, sizeof(line));
	if (line[0] != '\0')
		find(f, FINE, "the kernel can log these actions: %s", line);
	if (status_number("Seccomp:", 10) == 2)
		find(f, LESS, "filters are in force already (%lld): they refuse the same calls to recorded programs",
		     status_number("Seccomp_filters:", 10));
}

/* Is a child that stops. The parent seizes it, which needs the same permissions as a recording. */
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
		find(f, NOT, "processes cannot be traced (%s), so nothing can be recorded; %s", strerror(why),
		     scope == 3 ? "kernel.yama.ptrace_scope is 3, until a reboot"
				: "in a container give it CAP_SYS_PTRACE, or a seccomp profile that allows ptrace");
		return;
	}
	find(f, FINE, "commands that pinhole starts can be recorded");
	if (scope == 0 || capable)
		find(f, FINE, "with -p, %s can be recorded", capable ? "every process" : "your own processes");
	else
		find(f, LESS, "record -p can't attach (kernel.yama.ptrace_scope is %d): run it as root, or set sysctl kernel.yama.ptrace_scope=0",
		     scope);
	char byte = 0;
	struct iovec local = {.iov_base = &byte, .iov_len = 1}, remote = {.iov_base = (void *)&line, .iov_len = 1};
	if (process_vm_readv(getpid(), &local, 1, &remote, 1, 0) != 1)
		find(f, LESS, "process_vm_readv(2) is refused: no stacks are recorded");
}

/* Exits with 0 where a filter with a listener can be installed. */
static int new_listener(void)
{
	struct sock_filter allow = {.code = BPF_RET | BPF_K, .k = SECCOMP_RET_ALLOW};
	struct sock_fprog program = {.len = 1, .filter = &allow};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return 1;
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program) >= 0)
		return 0;
	return errno == EBUSY ? 2 : 1;
}

static void check_listening(struct finding *f)
{
	int status = in_child(new_listener);
	if (status == 0)
		find(f, FINE, "programs can be recorded without tracing (record --mode=listen)");
	else if (status == 2)
		find(f, LESS, "a listener watches this process already (a container's, or another recorder's): record --mode=listen "
			      "can't be used");
	else
		find(f, LESS, "filters with a listener are refused: record --mode=listen can't be used");
}

static void check_privileges(struct finding *f)
{
	bool root = status_number("CapEff:", 16) >> CAP_SYS_ADMIN & 1;
	if (root)
		find(f, FINE, "CAP_SYS_ADMIN: filters do not need no_new_privs, so setuid programs keep their privileges when recorded");
	else
		find(f, LESS, "no CAP_SYS_ADMIN: recorded programs run with no_new_privs, so setuid programs gain no privileges; record "
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
/* Calls getpid by its i386 number. On a kernel without 32-bit calls the instruction causes a
 * segmentation fault. */
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
		find(f, FINE, "the kernel has no 32-bit calls: policies need no i386");
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
		find(f, LESS, "the kernel's log cannot be read by this user: denials that are only there (run --log) need root");
	if (access("/var/log/audit/audit.log", F_OK) == 0)
		find(f, FINE, "auditd runs: it writes denials to /var/log/audit/audit.log");
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
    {"listening", check_listening},
    {"privileges", check_privileges}, {"namespaces", check_namespaces}, {"architectures", check_other_arch},
    {"log", check_log},		      {"libraries", check_libraries},
};

static enum style style_of(enum verdict verdict)
{
	return verdict == FINE ? STYLE_GOOD : verdict == LESS ? STYLE_CAUTION : STYLE_DANGER;
}

static void print_finding(const char *name, const struct finding *f, struct text *out)
{
	static const char *const verdicts[] = {[FINE] = "ok", [LESS] = "degraded", [NOT] = "failed"};
	enum { INDENT = 24 };
	size_t used = INDENT;
	style_add(out, style_of(f->verdict), verdicts[f->verdict]);
	text_add(out, "%*s%-14s ", (int)(9 - strlen(verdicts[f->verdict])), "", name);
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
	out = command_page();
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		struct finding f = {0};
		checks[i].check(&f);
		print_finding(checks[i].name, &f, &out);
		worst = f.verdict > worst ? f.verdict : worst;
		text_free(&f.text);
	}
	text_add(&out, "\n");
	style_add(&out, style_of(worst),
		  worst == FINE	 ? "Everything works on this machine."
		  : worst == LESS ? "Recording and running work on this machine, with the limits marked \"degraded\"."
				 : "Some commands do not work on this machine: see the lines marked \"failed\".");
	text_add(&out, "\n");
	int status = command_output(NULL, &out, false, &e);
	text_free(&out);
	return status == EXIT_FINE && worst == NOT ? EXIT_NO : status;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.usage = "",
	.summary = "Check what this machine allows for recording and running",
	.page = true,
	.run = run,
};

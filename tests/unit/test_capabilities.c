/* The capability classes: the table's promises, and what programs need of each class. SPDX-License-Identifier: MIT */
#include "generator_helper.h"

#include "policies/abi/power/capabilities.h"
#include "policies/abi/power/danger.h"
#include "policies/abi/names/names.h"
#include "policies/policy/call_set.h"

/* The table. ------------------------------------------------------------------------------------------------------- */

/* Calls check for every call of every row on every architecture that has it. */
static void for_rows(void (*check)(const struct capability_row *row, enum arch arch, const char *name))
{
	size_t n;
	const struct capability_row *rows = abi_capability_rows(&n);
	for (size_t i = 0; i < n; i++) {
		char name[32];
		for (size_t k = 0; capability_row_call(&rows[i], k, name); k++)
			for (int arch = 0; arch < ARCH_COUNT; arch++)
				if (abi_call((enum arch)arch, name) != NULL)
					check(&rows[i], (enum arch)arch, name);
	}
}

/* i386's first mmap has its arguments behind a pointer. */
static bool is_behind(enum arch arch, const char *name)
{
	return arch == ARCH_I386 && strcmp(name, "mmap") == 0;
}

static void row_applies(const struct capability_row *row, enum arch arch, const char *name)
{
	struct capability_bits bits[CAPABILITY_CONDITIONS];
	size_t n;
	if (capability_row_bits(row, arch, name, bits, &n) == is_behind(arch, name))
		fail_msg("%s, %s: condition %zu", arch_name(arch), name, n);
	assert_true(row->source != NULL && row->source[0] != '\0' && row->classes != 0 && (row->shows || row->adds));
	assert_true((row->classes | row->needs) < CAPABILITY_BIT(CAPABILITY_COUNT) && (row->needs & row->classes) == 0);
}

/* What a row allows of a call. */
static void row_alternative(const struct capability_row *row, enum arch arch, const char *name, struct alternative *out)
{
	struct capability_bits bits[CAPABILITY_CONDITIONS];
	struct error e = {0};
	size_t n;
	assert_true(capability_row_bits(row, arch, name, bits, &n));
	for (size_t i = 0; i < n; i++) {
		struct range ranges[CAPABILITY_VALUES];
		for (size_t k = 0; k < bits[i].n; k++)
			ranges[k] = (struct range){bits[i].values[k], bits[i].values[k]};
		assert_int_equal(alternative_add_test(out, abi_call(arch, name), arch, bits[i].arg, bits[i].mask, ranges, bits[i].n, &e), 0);
	}
}

static void row_has_no_danger(const struct capability_row *row, enum arch arch, const char *name)
{
	size_t n;
	const struct danger *d = abi_dangers(name, &n);
	const struct syscall_desc *call = abi_call(arch, name);
	if (!row->adds || is_behind(arch, name))
		return;
	for (size_t i = 0; i < n; i++) {
		struct alternative a = {0};
		struct error e = {0};
		uint64_t mask = UINT64_MAX, value;
		int arg = d[i].arg != NULL ? syscall_arg_by_name(call, d[i].arg) : -1;
		if (d[i].arg == NULL)
			fail_msg("%s is dangerous whatever its arguments", name);
		if (arg < 0 || (d[i].mask != NULL && abi_value_parse(call, arch, (unsigned)arg, d[i].mask, &mask, &e) < 0) ||
		    abi_value_parse(call, arch, (unsigned)arg, d[i].value, &value, &e) < 0)
			continue;
		row_alternative(row, arch, name, &a);
		assert_int_equal(alternative_add_test(&a, call, arch, (unsigned)arg, mask, &(struct range){value, value}, 1, &e), 0);
		if (alternative_possible(&a))
			fail_msg("%s, %s: the row allows %s=%s: %s", arch_name(arch), name, d[i].arg, d[i].value, d[i].why);
		alternative_clear(&a);
	}
}

static void rows_apply(void **state)
{
	(void)state;
	for_rows(row_applies);
	for (int c = 0; c < CAPABILITY_COUNT; c++)
		assert_true(abi_capabilities[c].name[0] != '\0' && abi_capabilities[c].what[0] != '\0' && abi_capabilities[c].source[0] != '\0');
}

static void nothing_dangerous_is_in_a_class(void **state)
{
	(void)state;
	for_rows(row_has_no_danger);
}

/* Each call is in a class or alone; a name of the table is a call. */
static void every_call_is_placed(void **state)
{
	(void)state;
	size_t n;
	const struct capability_row *rows = abi_capability_rows(&n);
	for (size_t i = 0; i < abi_syscall_count; i++) {
		const char *name = abi_syscalls[i].name;
		bool in_class = false;
		for (size_t k = 0; k < n; k++)
			in_class |= rows[k].adds && capability_row_has(&rows[k], name);
		if (in_class == (abi_alone(name) != NULL))
			fail_msg("%s is %s", name, in_class ? "in a class, and alone" : "neither in a class nor alone");
	}
	for (size_t i = 0; i < n; i++) {
		char name[32];
		for (size_t k = 0; capability_row_call(&rows[i], k, name); k++)
			if (abi_by_name(name) == NULL)
				fail_msg("no call %s", name);
	}
	assert_null(abi_alone("no_such_call"));
}

/* A class that nothing shows, or that adds nothing, is none. */
static void classes_can_be_shown(void **state)
{
	(void)state;
	size_t n;
	capability_set shows = CAPABILITY_ALWAYS, adds = 0;
	const struct capability_row *rows = abi_capability_rows(&n);
	for (size_t i = 0; i < n; i++) {
		shows |= rows[i].shows ? rows[i].classes : 0;
		adds |= rows[i].adds ? rows[i].classes | rows[i].needs : 0;
	}
	assert_int_equal(shows, CAPABILITY_BIT(CAPABILITY_COUNT) - 1);
	assert_int_equal(adds, CAPABILITY_BIT(CAPABILITY_COUNT) - 1);
}

/* What programs need. ------------------------------------------------------------------------------------------------ */

/* Reads "openat flags=O_RDONLY|O_CLOEXEC": the call's number, or -1 where the architecture has none of that name. */
static int read_call(const char *text, enum arch arch, uint64_t args[6])
{
	char copy[256], *rest = copy;
	snprintf(copy, sizeof(copy), "%s", text);
	const char *name = strsep(&rest, " ");
	const struct syscall_desc *call = abi_call(arch, name), *selected = call;
	struct syscall_desc room;
	struct error e = {0};
	uint8_t known = 0;
	memset(args, 0, 6 * sizeof(*args));
	if (abi_by_name(name) == NULL)
		fail_msg("no call %s", name);
	if (call == NULL || is_behind(arch, name))
		return -1;
	for (char *word; (word = strsep(&rest, " ")) != NULL;) {
		char *value = strchr(word, '=');
		*value++ = '\0';
		int arg = syscall_arg_by_name(selected, word);
		if (arg < 0 || abi_value_parse(selected, arch, (unsigned)arg, value, &args[arg], &e) < 0)
			fail_msg("%s: %s", text, e.text);
		known |= (uint8_t)(1u << arg);
		selected = abi_select(call, arch, args, known, &room);
	}
	return call->nr[arch];
}

/* Calls each for every text between semicolons. */
static void for_calls(const char *list, void (*each)(void *to, const char *text), void *to)
{
	char copy[2048], *rest = copy;
	assert_true(strlen(list) < sizeof(copy));
	strcpy(copy, list);
	for (char *one; (one = strsep(&rest, ";")) != NULL;) {
		one += strspn(one, " ");
		if (*one != '\0')
			each(to, one);
	}
}

struct trial {
	enum arch arch;
	struct profile *profile;
	struct policy *policy;
	const char *name, *seen;
	size_t n; /* of what was seen, the calls that the architecture has */
	bool wanted;
};

static void see(void *to, const char *text)
{
	struct trial *t = to;
	struct error e = {0};
	uint64_t args[6];
	int nr = read_call(text, t->arch, args);
	if (nr < 0)
		return;
	struct fact_key key = fact_key_make(PHASE_MAIN, t->arch, (uint32_t)nr, args);
	assert_true(profile_observe(t->profile, &key, 0, 0, 1, &e) >= 0);
	t->n++;
}

static bool allows(const struct policy *p, enum arch arch, int nr, const uint64_t args[6])
{
	struct seccomp_data data = {.nr = nr, .arch = arch_audit(arch)};
	memcpy(data.args, args, sizeof(data.args));
	return policy_evaluate(p, &data).kind == ACTION_ALLOW;
}

static void look_at(void *to, const char *text)
{
	struct trial *t = to;
	uint64_t args[6];
	int nr = read_call(text, t->arch, args);
	if (nr >= 0 && allows(t->policy, t->arch, nr, args) != t->wanted)
		fail_msg("%s (%s, after %s): %s is %s", t->name, arch_name(t->arch), t->seen, text, t->wanted ? "denied" : "allowed");
}

/* The same of a call that was seen, if with other arguments. */
static void look_at_seen(void *to, const char *text)
{
	struct trial *t = to;
	char name[32];
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(text, " "), text);
	if (policy_rule(t->policy, t->arch, name) == NULL && strstr(t->seen, name) == NULL)
		fail_msg("%s: %s was not seen", t->name, name);
	look_at(to, text);
}

/* Derives a policy from the calls of a list. */
static void learn(struct trial *t, enum args_mode args, enum generalize_mode mode)
{
	struct infer_options options = {.args = args, .generalize = mode, .default_action = {.kind = ACTION_KILL}};
	struct text warnings = {0};
	struct error e = {0};
	char *command[] = {(char *)"true"};
	struct run run = {.id = (char *)"00112233445566778899aabbccddeeff", .command = {command, 1, 1},
			  .started = (char *)"2026-01-31T12:00:00Z", .mode = (char *)"exact", .kernel = (char *)"6.1"};
	t->profile = profile_new();
	assert_non_null(t->profile);
	assert_int_equal(profile_add_program(t->profile, "/bin/true", NULL, &e), 0);
	assert_int_equal(profile_add_run(t->profile, &run, &e), 0);
	for_calls(t->seen, see, t);
	if (t->n == 0)
		return;
	assert_int_equal(profile_sort(t->profile, &e), 0);
	t->policy = infer(t->profile, &options, &warnings, &e);
	if (t->policy == NULL)
		fail_msg("%s", e.text);
	text_free(&warnings);
}

static void forget(struct trial *t)
{
	policy_free(t->policy);
	profile_free(t->profile);
}

/* What a program that was seen doing the one thing does in its other runs, and what it must not begin to do. From the manual
 * pages, and from what strace shows of libcs, shells, servers and language runtimes; not from the table. */
static const struct need {
	const char *name, *seen, *wanted, *closed;
	enum generalize_mode mode;
} needs[] = {
	{"chance", "exit_group",
	 "futex futex_op=FUTEX_WAIT_PRIVATE; futex futex_op=FUTEX_WAKE; futex_time64 futex_op=FUTEX_WAIT_BITSET; sched_yield; "
	 "sched_getaffinity; getpid; gettid; getrandom flags=GRND_NONBLOCK; brk; munmap; mremap flags=MREMAP_MAYMOVE; "
	 "mmap prot=PROT_READ|PROT_WRITE flags=MAP_PRIVATE|MAP_ANONYMOUS; mmap2 prot=PROT_NONE flags=MAP_PRIVATE|MAP_ANONYMOUS|MAP_NORESERVE; "
	 "mmap prot=PROT_READ flags=MAP_SHARED; mmap prot=PROT_WRITE flags=MAP_PRIVATE|MAP_FIXED|MAP_ANONYMOUS; mprotect prot=PROT_READ|PROT_WRITE; mprotect prot=PROT_NONE; madvise advice=MADV_DONTNEED; "
	 "madvise advice=MADV_FREE; madvise advice=MADV_GUARD_INSTALL; clock_gettime clockid=CLOCK_MONOTONIC; clock_gettime64 clockid=CLOCK_REALTIME; "
	 "clock_getres; gettimeofday; times; nanosleep; clock_nanosleep clockid=CLOCK_MONOTONIC flags=TIMER_ABSTIME; poll; ppoll; "
	 "ppoll_time64; pselect6; read; readv; write; writev; lseek whence=SEEK_END; _llseek; fstat; fstat64; "
	 "newfstatat flags=AT_EMPTY_PATH; statx flags=AT_EMPTY_PATH; rt_sigprocmask how=SIG_BLOCK; sigprocmask; rt_sigaction signum=SIGABRT; "
	 "tgkill sig=SIGABRT; ioctl request=TCGETS; ioctl request=TIOCGWINSZ; ioctl request=TCSETSW; ioctl request=TIOCGPGRP; exit; restart_syscall; rt_sigreturn",
	 "mmap prot=PROT_READ|PROT_EXEC flags=MAP_PRIVATE; mmap2 prot=PROT_READ|PROT_WRITE|PROT_EXEC flags=MAP_PRIVATE|MAP_ANONYMOUS; "
	 "mmap prot=PROT_READ flags=MAP_PRIVATE|MAP_ANONYMOUS|MAP_GROWSDOWN; mmap prot=PROT_READ flags=MAP_PRIVATE|MAP_HUGETLB; "
	 "mprotect prot=PROT_READ|PROT_EXEC; madvise advice=MADV_MERGEABLE; madvise advice=MADV_HWPOISON; futex futex_op=FUTEX_LOCK_PI; "
	 "tgkill sig=SIGKILL; tkill sig=SIGUSR1; ioctl request=TIOCSTI; ioctl request=TIOCSPGRP; wait4; select; time; getcpu; "
	 "openat flags=O_RDONLY; prctl option=PR_SET_DUMPABLE; mmap prot=PROT_READ flags=MAP_SHARED_VALIDATE; dup; getuid; execve; kill; socket domain=AF_UNIX",
	 GENERALIZE_CHANCE},
	{"chance by older calls", "select; _newselect", "time; tkill sig=SIGABRT; select; _newselect", "tkill sig=SIGKILL; pipe; open flags=O_RDONLY; getdents", GENERALIZE_CHANCE},
	{"base", "exit_group",
	 "getuid; geteuid32; getgid; getegid; getppid; getgroups; getgroups32; getpgrp; getrusage; uname; sysinfo; umask; close; dup; dup2; "
	 "dup3 flags=O_CLOEXEC; close_range flags=CLOSE_RANGE_CLOEXEC; "
	 "fcntl cmd=F_DUPFD_CLOEXEC; fcntl cmd=F_GETFL; fcntl64 cmd=F_SETFD; fcntl cmd=F_SETFL arg=O_RDWR|O_NONBLOCK; "
	 "fcntl64 cmd=F_SETFL arg=O_APPEND; pipe2 flags=O_CLOEXEC; pread64; pwrite64; "
	 "rt_sigaction signum=SIGUSR1; sigaction signum=SIGTERM; sigaltstack; alarm; "
	 "setitimer which=ITIMER_REAL; ioctl request=FIONREAD; ioctl request=FIONBIO; ioctl request=FIOCLEX; "
	 "sched_yield; wait4; waitpid; "
	 "epoll_create1; epoll_ctl op=EPOLL_CTL_MOD; epoll_wait; epoll_pwait; eventfd2; socketpair domain=AF_UNIX type=SOCK_STREAM; getsockname; "
	 "sendto flags=MSG_NOSIGNAL; recvmsg; fcntl cmd=F_GETPIPE_SZ",
	 "personality persona=ADDR_NO_RANDOMIZE; personality persona=0xffffffff; fcntl cmd=F_SETFL arg=O_DIRECT; "
	 "fcntl cmd=F_SETFL arg=O_ASYNC; fcntl cmd=F_SETOWN; fcntl cmd=F_NOTIFY; pipe2 flags=O_NOTIFICATION_PIPE; pwritev2 flags=RWF_HIPRI; "
	 "prctl option=PR_SET_PTRACER; prctl option=PR_SET_SECCOMP; prctl option=PR_SET_MM; openat flags=O_RDONLY; open flags=O_RDONLY; "
	 "pipe; ugetrlimit; olduname; signal; getresuid; getsid; sched_getparam; preadv; rt_sigsuspend; capget; getitimer; epoll_create; "
	 "setrlimit; prlimit64; setpriority which=PRIO_PROCESS who=0; kill; ptrace; setuid; fork; clone flags=SIGCHLD; socket domain=AF_INET type=SOCK_STREAM; "
	 "socket domain=AF_UNIX type=SOCK_STREAM; socketpair domain=AF_TIPC type=SOCK_STREAM; sendto flags=MSG_OOB; sendmmsg; prctl option=PR_SET_NAME; "
	 "connect; listen; fcntl cmd=F_SETPIPE_SZ; fcntl cmd=F_SETLK; signalfd4; timer_create; unlink; fsync; flock; chdir; readlink; getdents64; clone3; io_uring_setup; memfd_create; splice",
	 GENERALIZE_CAPABILITY},
	{"base by older calls", "pipe", "pipe; getrlimit; ugetrlimit; olduname; oldolduname; signal; select; time; tkill sig=SIGABRT",
	 "open flags=O_RDONLY; stat; getdents; fork; creat; mknod mode=010600; utime; epoll_create; signalfd; setrlimit; tkill sig=SIGURG", GENERALIZE_CAPABILITY},
	{"asking about identities", "getresuid; getresgid32", "getresgid; getpgid; getsid; sched_getscheduler; getpriority which=PRIO_USER; getresuid32", "setpgid; setresuid; setpriority; sched_setscheduler policy=SCHED_OTHER",
	 GENERALIZE_CAPABILITY},
	{"asking about scheduling", "sched_getparam", "sched_get_priority_max; sched_get_priority_min; sched_rr_get_interval; sched_rr_get_interval_time64; sched_getscheduler; getresuid",
	 "sched_setscheduler policy=SCHED_OTHER; sched_getattr; setpriority", GENERALIZE_CAPABILITY},
	{"vectors", "preadv", "pwritev; preadv2 flags=0; pwritev2", "pwritev2 flags=RWF_HIPRI; process_vm_readv; vmsplice", GENERALIZE_CAPABILITY},
	{"vectors with flags", "pwritev2 flags=0", "preadv; preadv2 flags=0", "preadv2 flags=RWF_HIPRI", GENERALIZE_CAPABILITY},
	{"waiting for signals", "rt_sigsuspend", "rt_sigtimedwait; rt_sigtimedwait_time64; rt_sigpending; sigpending; sigsuspend; pause; signalfd4", "kill; signalfd; rt_sigqueueinfo", GENERALIZE_CAPABILITY},
	{"reading files", "openat flags=O_RDONLY|O_CLOEXEC",
	 "openat flags=O_RDONLY|O_NOCTTY; openat flags=O_RDONLY|O_NOATIME; openat flags=O_RDONLY|O_DIRECTORY; newfstatat flags=AT_SYMLINK_NOFOLLOW; fstatat64 flags=0; statx flags=0 mask=STATX_BTIME; access mode=R_OK; "
	 "faccessat2 mode=X_OK flags=AT_EACCESS; readlink; readlinkat; getdents64; statfs; fstatfs64; getcwd; chdir; fchdir; "
	 "fadvise64 advice=POSIX_FADV_SEQUENTIAL",
	 "open flags=O_RDONLY; stat; lstat64; getdents; getxattr; flistxattr; readahead; openat flags=O_WRONLY; openat flags=O_RDWR; openat flags=O_PATH; openat flags=O_RDONLY|O_CREAT; openat flags=O_RDONLY|O_TRUNC; "
	 "openat flags=O_RDWR|O_TMPFILE; openat flags=O_RDONLY|O_DIRECT; openat2; open_by_handle_at; name_to_handle_at; ftruncate; fsync; "
	 "unlink; mkdir; chmod; setxattr; flock; inotify_init1; chroot; mount; mincore",
	 GENERALIZE_CAPABILITY},
	{"reading files by older calls", "open flags=O_RDONLY", "stat; stat64; lstat; lstat64; getdents; open flags=O_RDONLY|O_NOATIME; openat flags=O_RDONLY; readlink",
	 "open flags=O_WRONLY; open flags=O_RDONLY|O_CREAT; creat; utime; mknod mode=010600; fork", GENERALIZE_CAPABILITY},
	{"reading files below folders", "openat flags=O_RDONLY; mkdirat", "faccessat; readlinkat", "stat; lstat; getdents; open_tree; openat2", GENERALIZE_CAPABILITY},
	{"reading extended attributes", "listxattr; flistxattr", "getxattr; lgetxattr; fgetxattr; llistxattr; getxattrat; listxattrat", "setxattr; fremovexattr; openat flags=O_RDONLY", GENERALIZE_CAPABILITY},
	{"writing files", "openat flags=O_WRONLY",
	 "openat flags=O_RDWR|O_TRUNC; openat flags=O_RDWR|O_SYNC; ftruncate; ftruncate64; truncate; "
	 "fsync; fdatasync; msync flags=MS_SYNC; sendfile; sendfile64; flock operation=LOCK_EX; fcntl cmd=F_SETLKW; fcntl64 cmd=F_SETLK64",
	 "openat flags=O_RDWR|O_CREAT; openat flags=O_WRONLY|O_DIRECT; open flags=O_WRONLY; unlink; rename; fallocate mode=0; sync; syncfs; sync_file_range; "
	 "copy_file_range; fcntl cmd=F_OFD_SETLK; "
	 "chmod mode=0644; splice; mknod mode=0100644",
	 GENERALIZE_CAPABILITY},
	{"writing files by older calls", "open flags=O_WRONLY", "open flags=O_RDWR|O_APPEND; open flags=O_RDONLY; openat flags=O_WRONLY; ftruncate", "open flags=O_WRONLY|O_CREAT; open flags=O_WRONLY|O_DIRECT; creat", GENERALIZE_CAPABILITY},
	{"writing by creating", "creat", "openat flags=O_RDWR; openat flags=O_WRONLY|O_CREAT; ftruncate; unlink", "open flags=O_WRONLY; openat flags=O_RDWR|O_DIRECT",
	 GENERALIZE_CAPABILITY},
	{"writing by resizing", "ftruncate64; ftruncate", "openat flags=O_RDWR; fsync", "unlink", GENERALIZE_CAPABILITY},
	{"creating", "mkdir; openat flags=O_WRONLY|O_CREAT",
	 "openat flags=O_RDWR|O_CREAT|O_EXCL; openat flags=O_WRONLY|O_CREAT|O_TRUNC; openat flags=O_RDWR|O_TMPFILE; creat; "
	 "rmdir; unlink; unlinkat flags=AT_REMOVEDIR; rename; renameat; link; "
	 "symlink; chmod mode=0600; fchmod mode=0755; utimensat; utimensat_time64; fchown; fchown32; flock operation=LOCK_EX; "
	 "fcntl cmd=F_GETLK",
	 "openat flags=O_WRONLY|O_DIRECT; openat flags=O_PATH; open flags=O_WRONLY|O_CREAT; mknod mode=010600; utime; linkat flags=AT_EMPTY_PATH; renameat2 flags=RENAME_WHITEOUT; mknod mode=020600; mknodat mode=060600; "
	 "mknodat mode=0104755; mknod mode=0102755; chmod mode=04755; fchmod mode=02755; chown; lchown; fchownat",
	 GENERALIZE_CAPABILITY},
	{"creating below folders", "mkdirat; openat flags=O_WRONLY|O_CREAT",
	 "linkat flags=AT_SYMLINK_FOLLOW; symlinkat; mknodat mode=0100644; renameat2 flags=RENAME_NOREPLACE; fchmodat mode=0600; fchmodat2 mode=0755; mkdirat; unlinkat; rename",
	 "linkat flags=AT_EMPTY_PATH; renameat2 flags=RENAME_WHITEOUT; mknodat mode=060600; mknodat mode=0104755; fchmodat2 mode=04755; mknod mode=010600; fchownat", GENERALIZE_CAPABILITY},
	{"creating by a folder alone", "mkdirat", "unlinkat; openat flags=O_WRONLY|O_CREAT", "openat flags=O_PATH", GENERALIZE_CAPABILITY},
	{"creating by older calls", "open flags=O_WRONLY|O_CREAT", "open flags=O_RDWR|O_CREAT|O_EXCL; open flags=O_RDONLY; mknod mode=010600; utime; utimes; futimesat; rename",
	 "mknod mode=020600; open flags=O_WRONLY|O_CREAT|O_DIRECT; mknod mode=0104755; chown", GENERALIZE_CAPABILITY},
	{"creating by opening", "openat flags=O_WRONLY|O_CREAT|O_TRUNC", "unlink; rename; mkdir; openat flags=O_RDWR; fsync; openat flags=O_TMPFILE|O_RDWR; "
	 "chmod mode=0644",
	 "chmod mode=04644; openat flags=O_PATH", GENERALIZE_CAPABILITY},
	{"creating without a name", "openat flags=O_RDWR|O_TMPFILE", "unlink; openat flags=O_WRONLY|O_CREAT", "chown", GENERALIZE_CAPABILITY},
	{"linking", "linkat flags=AT_SYMLINK_FOLLOW", "unlink; rename; symlinkat", "chown", GENERALIZE_CAPABILITY},
	{"renaming", "renameat2 flags=RENAME_NOREPLACE", "unlink; mkdir", "chown", GENERALIZE_CAPABILITY},
	{"pipes with a name", "mknodat mode=010600", "unlink; mkdir", "mknodat mode=020600; chmod mode=02644", GENERALIZE_CAPABILITY},
	{"attributes", "fchmod mode=0644",
	 "chmod mode=0755; utimensat; utimensat_time64",
	 "utime; utimes; futimesat; fchown; chmod mode=04755; fchmod mode=02755; fchmodat2 mode=06755; chown; setxattr; file_setattr", GENERALIZE_CAPABILITY},
	{"attributes below folders", "fchmodat mode=0644", "fchmodat2 mode=0700; chmod mode=0600; utimensat", "fchmodat mode=04755; fchmodat2 mode=02755; mkdirat; unlinkat", GENERALIZE_CAPABILITY},
	{"attributes by older calls", "utimes", "utime; futimesat; chmod mode=0644; utimensat", "chmod mode=04644; open flags=O_RDONLY", GENERALIZE_CAPABILITY},
	{"times", "utimensat", "chmod mode=0755", "chmod mode=04755; fchownat", GENERALIZE_CAPABILITY},
	{"owners", "fchown", "chown; lchown32; fchownat; chown32", "chmod mode=0644; setuid", GENERALIZE_CAPABILITY},
	{"extended attributes", "fsetxattr", "setxattr; lremovexattr; removexattr", "chmod mode=0644", GENERALIZE_CAPABILITY},
	{"locks", "flock operation=LOCK_EX", "fcntl cmd=F_SETLK; fcntl cmd=F_OFD_SETLKW; fcntl64 cmd=F_SETLKW64; flock operation=LOCK_UN",
	 "fcntl cmd=F_SETLEASE; fcntl cmd=F_SETOWN", GENERALIZE_CAPABILITY},
	{"locks of parts", "fcntl cmd=F_GETLK", "flock operation=LOCK_SH; fcntl cmd=F_SETLKW", "fcntl cmd=F_SETLEASE", GENERALIZE_CAPABILITY},
	{"event loops by older calls", "epoll_create; stat; stat64", "epoll_create; eventfd; signalfd; epoll_pwait2", "signalfd4; timerfd_create clockid=CLOCK_MONOTONIC", GENERALIZE_CAPABILITY},
	{"watching", "inotify_init1; inotify_init", "inotify_add_watch mask=IN_MODIFY; inotify_rm_watch; inotify_init1", "fanotify_init", GENERALIZE_CAPABILITY},
	{"event loops", "epoll_create1",
	 "epoll_ctl op=EPOLL_CTL_MOD; epoll_wait; epoll_pwait; epoll_pwait2; eventfd2; inotify_init; inotify_init1; inotify_add_watch; inotify_rm_watch",
	 "epoll_create; eventfd; signalfd; signalfd4; timerfd_create clockid=CLOCK_MONOTONIC; timerfd_settime; timer_create clockid=CLOCK_MONOTONIC; timerfd_create clockid=CLOCK_REALTIME_ALARM; fanotify_init; io_uring_setup; io_setup", GENERALIZE_CAPABILITY},
	{"timers", "timer_create clockid=CLOCK_MONOTONIC",
	 "getitimer; timer_settime; timer_gettime64; timer_delete; timer_getoverrun; timerfd_create clockid=CLOCK_BOOTTIME; timerfd_settime; timerfd_gettime; timerfd_settime64; timerfd_gettime64",
	 "timer_create clockid=CLOCK_THREAD_CPUTIME_ID; timer_create clockid=CLOCK_BOOTTIME_ALARM; signalfd4", GENERALIZE_CAPABILITY},
	{"threads", "clone flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM",
	 "clone flags=0x3d0f00; clone flags=0x7d0f00; clone flags=0x50f00; set_robust_list; rseq; membarrier cmd=MEMBARRIER_CMD_PRIVATE_EXPEDITED; "
	 "tgkill sig=SIGRTMIN+1; tgkill sig=SIGURG; prctl option=PR_SET_NAME; prctl option=PR_GET_NAME",
	 "clone flags=SIGCHLD; clone flags=CLONE_VM|CLONE_THREAD|CLONE_SIGHAND|CLONE_NEWUSER; fork; vfork; clone3; tgkill sig=SIGKILL; "
	 "membarrier cmd=MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ; sched_setaffinity; setpgid", GENERALIZE_CAPABILITY},
	{"threads by older calls", "clone flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM; stat; stat64", "tkill sig=SIGRTMIN; tkill sig=SIGURG; tkill sig=SIGABRT", "tkill sig=SIGKILL; fork", GENERALIZE_CAPABILITY},
	{"threads by clone3", "clone3 flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM", "set_robust_list; clone flags=0x3d0f00", "clone3; fork",
	 GENERALIZE_CAPABILITY},
	{"processes", "clone flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD",
	 "vfork; clone flags=CLONE_VM|CLONE_VFORK|SIGCHLD; clone flags=CLONE_VFORK|CLONE_VM|CLONE_PIDFD|SIGCHLD; wait4; "
	 "waitpid; setpgid; setsid; set_robust_list; rseq; clone flags=0x3d0f00; setpriority which=PRIO_PROCESS who=0",
	 "clone flags=CLONE_NEWNET|SIGCHLD; clone flags=CLONE_UNTRACED|SIGCHLD; clone flags=CLONE_PARENT|SIGCHLD; clone flags=CLONE_PTRACE|SIGCHLD; clone flags=0x103d0f00; "
	 "fork; clone3; kill; pidfd_open; pidfd_send_signal; membarrier cmd=MEMBARRIER_CMD_PRIVATE_EXPEDITED; tgkill sig=SIGRTMIN; "
	 "setpriority which=PRIO_USER who=0; setpriority which=PRIO_PROCESS who=1; "
	 "pidfd_getfd; execve; execveat; ptrace; prctl option=PR_SET_PTRACER; prctl option=PR_SET_PDEATHSIG; setns; unshare", GENERALIZE_CAPABILITY},
	{"processes by fork alone", "fork", "vfork; setsid", "execve; kill", GENERALIZE_CAPABILITY},
	{"processes by fork", "fork; clone flags=SIGCHLD", "fork; vfork; wait4; waitpid; setsid", "execve; kill", GENERALIZE_CAPABILITY},
	{"processes by older calls", "clone flags=SIGCHLD; pipe", "fork; vfork", "clone flags=SIGCHLD|CLONE_NEWUSER; creat", GENERALIZE_CAPABILITY},
	{"threads of a program that forks", "vfork", "clone flags=0x3d0f00; set_robust_list", "clone flags=0x103d0f00; clone3", GENERALIZE_CAPABILITY},
	{"processes by clone3", "clone3 flags=CLONE_VM|CLONE_VFORK", "wait4; vfork", "clone3; execve", GENERALIZE_CAPABILITY},
	{"terminals", "ioctl request=TIOCSPGRP",
	 "ioctl request=TIOCGPGRP; ioctl request=TIOCGSID; ioctl request=TIOCSWINSZ; "
	 "ioctl request=TCFLSH; ioctl request=TIOCGPTN; ioctl request=TIOCSPTLCK; ioctl request=TIOCGPTPEER; ioctl request=TCSBRK",
	 "ioctl request=TIOCSTI; ioctl request=TIOCLINUX; ioctl request=TIOCSETD; ioctl request=TIOCCONS; ioctl request=TIOCSCTTY; vhangup", GENERALIZE_CAPABILITY},
	{"local sockets", "socket domain=AF_UNIX type=SOCK_STREAM|SOCK_CLOEXEC",
	 "socket domain=AF_UNIX type=SOCK_DGRAM|SOCK_NONBLOCK; socket domain=AF_UNIX type=SOCK_SEQPACKET; socketpair domain=AF_UNIX type=SOCK_STREAM; "
	 "connect; shutdown; getsockname; getpeername; sendto flags=MSG_NOSIGNAL; sendmsg; recvfrom flags=MSG_PEEK; recvmsg flags=MSG_CMSG_CLOEXEC; "
	 "getsockopt level=SOL_SOCKET optname=SO_PEERCRED; setsockopt level=SOL_SOCKET optname=SO_RCVTIMEO",
	 "socket domain=AF_INET type=SOCK_STREAM; socket domain=AF_UNIX type=SOCK_RAW; socket domain=AF_NETLINK type=SOCK_RAW; "
	 "socket domain=AF_VSOCK type=SOCK_STREAM; socket domain=AF_ALG type=SOCK_SEQPACKET; bind; listen; accept; sendmsg flags=MSG_OOB; "
	 "sendto flags=MSG_FASTOPEN; setsockopt level=SOL_SOCKET optname=SO_ATTACH_FILTER; setsockopt level=SOL_TCP optname=TCP_ULP", GENERALIZE_CAPABILITY},
	{"using sockets", "socketpair domain=AF_UNIX type=SOCK_STREAM",
	 "shutdown; getsockname; getpeername; sendto flags=MSG_NOSIGNAL; sendmsg; recvfrom flags=MSG_PEEK; recvmsg flags=MSG_DONTWAIT; "
	 "getsockopt level=SOL_SOCKET optname=SO_TYPE; setsockopt level=SOL_SOCKET optname=SO_SNDBUF; getsockopt level=SOL_SOCKET optname=SO_LINGER",
	 "socket domain=AF_UNIX type=SOCK_STREAM; connect; bind; listen; accept; sendmsg flags=MSG_OOB; setsockopt level=SOL_SOCKET optname=SO_ATTACH_BPF",
	 GENERALIZE_CAPABILITY},
	{"sockets that were inherited", "accept4", "recvfrom; sendto; shutdown", "socket domain=AF_INET type=SOCK_STREAM; connect", GENERALIZE_CAPABILITY},
	{"asking of sockets", "getpeername", "recvfrom; getsockname", "socket domain=AF_INET type=SOCK_STREAM; connect", GENERALIZE_CAPABILITY},
	{"receiving", "recvmsg", "sendto; shutdown; getsockopt level=SOL_SOCKET optname=SO_ERROR", "connect; sendmmsg", GENERALIZE_CAPABILITY},
	{"receiving several", "recvmmsg", "getsockopt level=SOL_SOCKET optname=SO_ERROR", "connect; socket domain=AF_INET type=SOCK_DGRAM", GENERALIZE_CAPABILITY},
	{"internet connections", "socket domain=AF_INET type=SOCK_STREAM protocol=IPPROTO_TCP",
	 "socket domain=AF_INET6 type=SOCK_STREAM|SOCK_CLOEXEC; connect; sendto; recvfrom; setsockopt level=SOL_TCP optname=TCP_NODELAY; "
	 "setsockopt level=SOL_TCP optname=TCP_KEEPIDLE; getsockopt level=SOL_TCP optname=TCP_MAXSEG; setsockopt level=SOL_IPV6 optname=IPV6_V6ONLY; "
	 "getsockopt level=SOL_SOCKET optname=SO_ERROR; setsockopt level=SOL_SOCKET optname=SO_KEEPALIVE",
	 "socket domain=AF_INET type=SOCK_DGRAM; socket domain=AF_INET type=SOCK_RAW protocol=IPPROTO_ICMP; socket domain=AF_PACKET type=SOCK_RAW; "
	 "socket domain=AF_UNIX type=SOCK_STREAM; socket domain=AF_INET type=SOCK_STREAM protocol=IPPROTO_SCTP; listen; bind; "
	 "setsockopt level=SOL_TCP optname=TCP_REPAIR; setsockopt level=SOL_IP optname=IPT_SO_SET_REPLACE", GENERALIZE_CAPABILITY},
	{"internet datagrams", "socket domain=AF_INET type=SOCK_DGRAM",
	 "socket domain=AF_INET6 type=SOCK_DGRAM|SOCK_CLOEXEC protocol=IPPROTO_UDP; connect; bind; sendmmsg; recvmmsg; recvmmsg_time64; recvmsg; setsockopt level=SOL_IP optname=IP_RECVERR; "
	 "setsockopt level=SOL_IPV6 optname=IPV6_V6ONLY",
	 "socket domain=AF_INET type=SOCK_STREAM; socket domain=AF_INET type=SOCK_DGRAM protocol=IPPROTO_ICMP; listen; setsockopt level=SOL_UDP optname=UDP_ENCAP", GENERALIZE_CAPABILITY},
	{"accepting", "listen; bind", "accept; accept4 flags=SOCK_CLOEXEC; bind", "socket domain=AF_INET type=SOCK_STREAM; socket domain=AF_UNIX type=SOCK_STREAM", GENERALIZE_CAPABILITY},
	{"System V shared memory", "shmget shmflg=IPC_CREAT|0600",
	 "shmget shmflg=0; shmat shmflg=SHM_RDONLY; shmdt; shmctl cmd=IPC_RMID; shmctl cmd=IPC_STAT|IPC_64; semget semflg=IPC_CREAT|0600; semop; semtimedop; "
	 "semctl cmd=SETVAL; semctl cmd=GETALL|IPC_64",
	 "shmat shmflg=SHM_EXEC; shmget shmflg=SHM_HUGETLB|IPC_CREAT; shmctl cmd=SHM_LOCK; msgget; msgsnd; mq_open", GENERALIZE_CAPABILITY},
	{"semaphores", "semget semflg=0600", "shmget shmflg=0; semop", "msgget", GENERALIZE_CAPABILITY},
	{"limits", "setrlimit resource=RLIMIT_NOFILE",
	 "setrlimit resource=RLIMIT_CORE; nice; setpriority which=PRIO_PROCESS; ioprio_set which=IOPRIO_WHO_PROCESS; ioprio_get; sched_setaffinity; "
	 "sched_setscheduler policy=SCHED_BATCH|SCHED_RESET_ON_FORK; sched_setscheduler policy=SCHED_OTHER",
	 "setpriority which=PRIO_USER; sched_setscheduler policy=SCHED_FIFO; sched_setscheduler policy=SCHED_RR|SCHED_RESET_ON_FORK; sched_setattr; prlimit64; setuid",
	 GENERALIZE_CAPABILITY},
	{"niceness", "setpriority which=PRIO_PROCESS", "setrlimit resource=RLIMIT_CORE", "sched_setattr", GENERALIZE_CAPABILITY},
	{"I/O priority", "ioprio_set which=IOPRIO_WHO_PROCESS", "setpriority which=PRIO_PROCESS", "ioprio_set which=IOPRIO_WHO_USER", GENERALIZE_CAPABILITY},
	{"scheduling", "sched_setscheduler policy=SCHED_BATCH", "setpriority which=PRIO_PROCESS", "sched_setscheduler policy=SCHED_FIFO", GENERALIZE_CAPABILITY},
	{"locking memory", "mlock", "mlock2; mlockall; munlock; munlockall", "setrlimit resource=RLIMIT_MEMLOCK; memfd_secret", GENERALIZE_CAPABILITY},
};

static void a_class_is_what_programs_need(void **state)
{
	(void)state;
	static const enum args_mode modes[] = {ARGS_NONE, ARGS_SHAPE, ARGS_EXACT};
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
			for (size_t m = 0; m < sizeof(modes) / sizeof(modes[0]); m++) {
				struct trial t = {.arch = (enum arch)arch, .name = needs[i].name, .seen = needs[i].seen};
				learn(&t, modes[m], needs[i].mode);
				if (t.n == 0) {
					forget(&t);
					continue;
				}
				t.wanted = true;
				for_calls(needs[i].wanted, look_at, &t);
				/* By names alone, what was seen is allowed with all arguments. */
				t.wanted = false;
				if (modes[m] != ARGS_NONE)
					for_calls(needs[i].closed, look_at, &t);
				forget(&t);
			}
}

/* --args=shape. ------------------------------------------------------------------------------------------------------ */

/* What stays closed where something else of the same call was seen, and what is open. */
static const struct need shapes[] = {
	{"families", "socket domain=AF_INET type=SOCK_STREAM", "socket domain=AF_INET type=SOCK_STREAM|SOCK_CLOEXEC",
	 "socket domain=AF_INET6 type=SOCK_STREAM; socket domain=AF_INET type=SOCK_DGRAM; socket domain=AF_INET type=SOCK_STREAM protocol=IPPROTO_SCTP", 0},
	{"ioctl", "ioctl request=TCGETS", "ioctl request=TCGETS", "ioctl request=TIOCSTI; ioctl request=FIONREAD", 0},
	{"prctl", "prctl option=PR_SET_NAME; prctl option=PR_SET_DUMPABLE arg2=SUID_DUMP_DISABLE", "prctl option=PR_SET_NAME arg2=17",
	 "prctl option=PR_SET_PTRACER; prctl option=PR_SET_DUMPABLE arg2=SUID_DUMP_USER", 0},
	{"signals to the parent's end", "prctl option=PR_SET_PDEATHSIG arg2=SIGKILL", "prctl option=PR_SET_PDEATHSIG arg2=SIGTERM", "prctl option=PR_SET_MM", 0},
	{"fcntl", "fcntl cmd=F_SETFL arg=O_APPEND; fcntl64 cmd=F_SETFL arg=O_APPEND", "fcntl cmd=F_SETFL arg=O_NONBLOCK", "fcntl cmd=F_SETFL arg=O_DIRECT; fcntl cmd=F_SETOWN", 0},
	{"options", "setsockopt level=SOL_SOCKET optname=SO_REUSEADDR", "setsockopt level=SOL_SOCKET optname=SO_REUSEADDR",
	 "setsockopt level=SOL_SOCKET optname=SO_ATTACH_FILTER; setsockopt level=SOL_TCP optname=TCP_ULP", 0},
	{"protections", "mprotect prot=PROT_READ; mprotect prot=PROT_READ|PROT_EXEC; mprotect prot=PROT_READ|PROT_WRITE", "mprotect prot=PROT_READ",
	 "mprotect prot=PROT_READ|PROT_WRITE|PROT_EXEC", 0},
	{"mappings", "mmap prot=PROT_READ flags=MAP_PRIVATE; mmap2 prot=PROT_READ flags=MAP_PRIVATE", "mmap prot=PROT_READ flags=MAP_PRIVATE|MAP_NORESERVE",
	 "mmap prot=PROT_READ flags=MAP_PRIVATE|MAP_GROWSDOWN; mmap2 prot=PROT_READ flags=MAP_PRIVATE|MAP_HUGETLB", 0},
	{"namespaces", "clone flags=SIGCHLD; unshare flags=CLONE_FILES", "unshare flags=0", "clone flags=SIGCHLD|CLONE_NEWUSER; unshare flags=CLONE_NEWNS", 0},
	{"opening", "openat flags=O_RDONLY; open flags=O_RDONLY", "openat flags=O_RDONLY|O_CLOEXEC",
	 "openat flags=O_WRONLY; open flags=O_RDONLY|O_CREAT; openat flags=O_PATH; openat flags=O_RDONLY|O_DIRECT", 0},
	{"set-user-ID", "chmod mode=0644; fchmod mode=0600; mknod mode=010600; mknodat mode=010600; fchmodat2 mode=0600",
	 "chmod mode=0777; fchmod mode=01755; mknod mode=010666", "chmod mode=04755; fchmod mode=02755; fchmodat2 mode=06755; mknod mode=020600; mknodat mode=060600; mknod mode=014600", 0},
	{"a set-user-ID program that was made", "chmod mode=04755", "chmod mode=04700; chmod mode=0600", "chmod mode=02755", 0},
	{"personality", "personality persona=0xffffffff", "personality persona=0xffffffff", "personality persona=ADDR_NO_RANDOMIZE; personality persona=0", 0},
	{"signals to others", "kill sig=0; tgkill sig=SIGURG", "kill sig=0", "kill sig=SIGKILL; tgkill sig=SIGTERM", 0},
	{"real time", "sched_setscheduler policy=SCHED_BATCH", "sched_setscheduler policy=SCHED_BATCH", "sched_setscheduler policy=SCHED_FIFO", 0},
	{"shared memory", "shmat shmflg=0", "shmat shmflg=0", "shmat shmflg=SHM_EXEC", 0},
	{"futex", "futex futex_op=FUTEX_WAIT", "futex futex_op=FUTEX_WAKE_PRIVATE", "futex futex_op=FUTEX_LOCK_PI", 0},
	{"messages", "sendmsg flags=0", "sendmsg flags=MSG_NOSIGNAL", "sendmsg flags=MSG_OOB; sendmsg flags=MSG_ZEROCOPY", 0},
	{"what closes nothing",
	 "rt_sigaction signum=SIGINT; sigaction signum=SIGINT; rt_sigprocmask how=SIG_BLOCK; lseek whence=SEEK_SET; epoll_ctl op=EPOLL_CTL_ADD; access mode=F_OK; "
	 "faccessat2 mode=R_OK flags=0; clock_gettime clockid=CLOCK_REALTIME; clock_nanosleep clockid=CLOCK_REALTIME flags=0; timerfd_settime flags=0; "
	 "prlimit64 resource=RLIMIT_STACK; getrlimit resource=RLIMIT_STACK; setrlimit resource=RLIMIT_STACK; newfstatat flags=0; statx flags=0 mask=STATX_BASIC_STATS; flock operation=LOCK_SH; "
	 "wait4 options=0; waitid idtype=P_ALL options=WEXITED; getrusage who=RUSAGE_SELF; setitimer which=ITIMER_REAL; fadvise64 advice=POSIX_FADV_NORMAL; "
	 "inotify_add_watch mask=IN_CREATE; shutdown how=SHUT_WR; mremap flags=MREMAP_MAYMOVE; msync flags=MS_SYNC; getpriority which=PRIO_PROCESS; mkdir mode=0700; umask mask=022",
	 "rt_sigaction signum=SIGUSR1; sigaction signum=SIGCHLD; rt_sigprocmask how=SIG_SETMASK; lseek whence=SEEK_END; epoll_ctl op=EPOLL_CTL_MOD; access mode=X_OK; "
	 "faccessat2 mode=W_OK flags=AT_EACCESS; clock_gettime clockid=CLOCK_BOOTTIME; clock_nanosleep clockid=CLOCK_MONOTONIC flags=TIMER_ABSTIME; "
	 "timerfd_settime flags=TFD_TIMER_ABSTIME; prlimit64 resource=RLIMIT_NOFILE; getrlimit resource=RLIMIT_CORE; setrlimit resource=RLIMIT_AS; newfstatat flags=AT_SYMLINK_NOFOLLOW; "
	 "statx flags=AT_EMPTY_PATH mask=STATX_ALL; flock operation=LOCK_EX; wait4 options=WUNTRACED; waitid idtype=P_PIDFD options=WEXITED|WNOWAIT; "
	 "getrusage who=RUSAGE_CHILDREN; setitimer which=ITIMER_PROF; fadvise64 advice=POSIX_FADV_DONTNEED; inotify_add_watch mask=IN_DELETE; shutdown how=SHUT_RDWR; "
	 "mremap flags=MREMAP_MAYMOVE|MREMAP_FIXED; msync flags=MS_ASYNC; getpriority which=PRIO_USER; mkdir mode=02755; umask mask=077",
	 "kill; execve", 0},
};

static void shape_tests_what_closes_something(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
			struct trial t = {.arch = (enum arch)arch, .name = shapes[i].name, .seen = shapes[i].seen};
			learn(&t, ARGS_SHAPE, GENERALIZE_NONE);
			t.wanted = true;
			if (t.n > 0)
				for_calls(shapes[i].wanted, look_at_seen, &t);
			t.wanted = false;
			if (t.n > 0)
				for_calls(shapes[i].closed, look_at, &t);
			forget(&t);
		}
}

/* Whatever danger.h marks by an argument can be told apart. */
static void dangerous_arguments_are_tested(void **state)
{
	(void)state;
	for (size_t i = 0; i < abi_syscall_count; i++) {
		size_t n;
		const struct syscall_desc *call = &abi_syscalls[i];
		const struct danger *d = abi_dangers(call->name, &n);
		for (size_t k = 0; k < n; k++) {
			int arg = d[k].arg != NULL ? syscall_arg_by_name(call, d[k].arg) : -1;
			if (arg >= 0 && call->args[arg].kind != ARG_MODE && abi_closes(call->name, &call->args[arg]) == NULL)
				fail_msg("%s: %s is not tested, and may be %s", call->name, d[k].arg, d[k].value);
		}
	}
	const char *calls, *arg;
	for (size_t i = 0; abi_closes_row(i, &calls, &arg); i++) {
		struct capability_row row = {.calls = calls};
		char name[32];
		for (size_t k = 0; capability_row_call(&row, k, name); k++) {
			const struct syscall_desc *call = abi_by_name(name);
			int at = call != NULL && arg != NULL ? syscall_arg_by_name(call, arg) : 0;
			if (call == NULL || at < 0 || (arg != NULL && !arg_checkable(&call->args[at])))
				fail_msg("%s has no argument %s that is recorded", name, arg);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rows_apply),
	    cmocka_unit_test(nothing_dangerous_is_in_a_class),
	    cmocka_unit_test(every_call_is_placed),
	    cmocka_unit_test(classes_can_be_shown),
	    cmocka_unit_test(a_class_is_what_programs_need),
	    cmocka_unit_test(shape_tests_what_closes_something),
	    cmocka_unit_test(dangerous_arguments_are_tested),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

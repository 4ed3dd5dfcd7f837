/* Paths that are followed folder by folder: as the kernel follows them, and with another user who exchanges what is there
 * meanwhile. SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policies/base/file.h"

enum { NOBODY = 65534, ANYONE = 65533 };

static char folder[64];

/* In memory where that can be: files are written to the disk before they get their names. */
static int set_up(void **unused)
{
	(void)unused;
	snprintf(folder, sizeof(folder), "%s/pinhole-test-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	umask(022);
	return mkdtemp(folder) == NULL || chmod(folder, 0755) != 0 || chdir(folder) != 0;
}

static int tear_down(void **unused)
{
	(void)unused;
	char command[128];
	snprintf(command, sizeof(command), "rm -rf --one-file-system %s", folder);
	return chdir("/") != 0 || system(command) != 0;
}

static void make_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void assert_holds(const char *path, const char *text)
{
	char *bytes;
	size_t n;
	struct error e = {0};
	assert_int_equal(file_read(path, 1000, &bytes, &n, &e), 0);
	assert_string_equal(bytes, text);
	free(bytes);
}

/* What place_open finds is what stat(2) finds, or there is the same error. */
static void assert_as_kernel(const char *path)
{
	struct error e = {0};
	struct place p;
	struct stat st;
	int rc = stat(path, &st) == 0 ? 0 : errno;
	int found = place_open(path, &p, &e);
	if (rc != 0 && rc != ENOENT) {
		assert_int_equal(found, ERR_SYSTEM);
		assert_non_null(strstr(e.text, strerror(rc)));
		return;
	}
	assert_int_equal(found, 0);
	if (rc == ENOENT) {
		assert_true(p.kind == PLACE_NOTHING || p.kind == PLACE_NO_FOLDER);
	} else if (S_ISDIR(st.st_mode)) {
		assert_int_equal(p.kind, PLACE_FOLDER);
	} else {
		assert_int_equal(p.kind, S_ISREG(st.st_mode) ? PLACE_FILE : PLACE_STREAM);
		assert_true(p.st.st_dev == st.st_dev && p.st.st_ino == st.st_ino);
	}
	place_close(&p);
}

static void paths_lead_where_the_kernel_says(void **unused)
{
	(void)unused;
	char whole[128], chain[16], next[16];
	assert_int_equal(mkdir("a", 0755) | mkdir("a/b", 0755), 0);
	make_file("a/file", "");
	snprintf(whole, sizeof(whole), "%s/a/b/../file", folder);
	assert_int_equal(symlink(whole, "absolute") | symlink("a/file", "relative") | symlink("../file", "a/b/up") |
				 symlink("a/b", "to-b") | symlink("b/", "a/slash") | symlink("nothing", "dangling") |
				 symlink("nowhere/at/all", "lost") | symlink("round", "round") | symlink("/", "root") |
				 symlink(".", "here") | mkfifo("fifo", 0600) | symlink("fifo", "to-fifo"),
			 0);
	make_file("end", "");
	for (int i = 0; i < 41; i++) { /* chain0 leads to the end through 41 links, chain1 through 40 */
		snprintf(chain, sizeof(chain), "chain%d", i);
		snprintf(next, sizeof(next), i < 40 ? "chain%d" : "end", i + 1);
		assert_int_equal(symlink(next, chain), 0);
	}
	static const char *const paths[] = {
	    "a/file", "./a/./file", "a//file", "a/b/../file", "absolute", "relative", "a/b/up", "to-b/up", "to-b/../file",
	    "a/slash/up", "a/slash", "a/slash/", "dangling", "dangling/", "lost", "round", "round/x", "root", "root/dev/null",
	    "here/here/here/a/file", "fifo", "to-fifo", "a", "a/", "a/.", "a/..", ".", "..", "/", "//", "a/file/", "a/file/x",
	    "relative/", "relative/x", "none", "none/x", "chain0", "chain1", "chain2", "/dev/null", "/proc/self/root/dev/null",
	    "/proc/self/cwd/a/file", "/proc/self/exe", "/proc/thread-self/cwd/relative", "/proc/self/fd", "/proc/self", "",
	    "/proc/mounts",
	};
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		assert_as_kernel(paths[i]);
	char name[NAME_MAX + 3];
	memset(name, 'n', sizeof(name));
	name[NAME_MAX + 1] = '\0';
	assert_as_kernel(name);
	name[NAME_MAX] = '\0';
	assert_as_kernel(name);
}

static void descriptors_are_known(void **unused)
{
	(void)unused;
	assert_int_equal(symlink("/dev/stdout", "out") | symlink("/dev/fd", "descriptors"), 0);
	char thread[64];
	snprintf(thread, sizeof(thread), "/proc/%d/fd/1", (int)getpid());
	const struct {
		const char *path;
		int descriptor;
	} cases[] = {{"-", 1}, {"/dev/stdout", 1}, {"/dev/stderr", 2}, {"/dev/fd/7", 7}, {"/proc/self/fd/12", 12}, {"out", 1},
		     {"./out", 1}, {"/proc/self/../self/fd/1", 1}, {"descriptors/2", 2}, {thread, 1}, {"/dev//stdout", 1}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct error e = {0};
		struct place p;
		assert_int_equal(place_open(cases[i].path, &p, &e), 0);
		assert_int_equal(p.kind, PLACE_DESCRIPTOR);
		assert_int_equal(p.descriptor, cases[i].descriptor);
	}
}

/* Another process's pipe has no path but this one. */
static void pipes_of_others_are_written_to(void **unused)
{
	(void)unused;
	int ends[2], go[2];
	char path[64], got[8] = "";
	struct error e = {0};
	assert_int_equal(pipe(ends) | pipe(go), 0);
	pid_t other = fork();
	if (other == 0)
		_exit(read(go[0], got, 1) != 1);
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)other, ends[1]);
	assert_true(file_is_stream(path));
	assert_int_equal(file_write(path, "hello", 5, &e), 0);
	assert_int_equal(read(ends[0], got, sizeof(got)), 5);
	assert_string_equal(got, "hello");
	assert_int_equal(write(go[1], "x", 1), 1);
	waitpid(other, NULL, 0);
	for (int i = 0; i < 2; i++) {
		close(ends[i]);
		close(go[i]);
	}
}

static void need_root(void)
{
	if (geteuid() != 0) {
		print_message("skipped: only root can make files of other users\n");
		skip();
	}
}

static bool become(uid_t user)
{
	return setgroups(0, NULL) == 0 && setresgid(user, user, user) == 0 && setresuid(user, user, user) == 0;
}

/* fs.protected_symlinks, as the kernel itself applies it: whose link may be followed by whom in which folder. */
static void links_are_followed_by_the_kernels_rule(void **unused)
{
	(void)unused;
	static const mode_t modes[] = {01777, 0777, 01775, 01755, 0755};
	static const uid_t users[] = {0, NOBODY, ANYONE};
	need_root();
	FILE *setting = fopen("/proc/sys/fs/protected_symlinks", "r");
	bool on = setting != NULL && fgetc(setting) == '1';
	if (setting != NULL)
		fclose(setting);
	if (!on) {
		print_message("skipped: fs.protected_symlinks is off\n");
		skip();
	}
	make_file("target", "target");
	assert_int_equal(mkdir("rule", 0755) | symlink("../target", "rule/link"), 0);
	unsigned refused = 0;
	for (size_t m = 0; m < 5; m++)
		for (size_t i = 0; i < 27; i++) {
			int status;
			assert_int_equal(chown("rule", users[i % 3], 0) | chmod("rule", modes[m]) |
						 lchown("rule/link", users[i / 3 % 3], 0),
					 0);
			pid_t child = fork();
			if (child == 0) {
				struct error e = {0};
				struct place p;
				bool able = become(users[i / 9]);
				int kernel = open("rule/link", O_RDONLY), ours = place_open("rule/link", &p, &e);
				_exit(!able || (kernel >= 0) != (ours == 0) ? 2 : kernel < 0);
			}
			waitpid(child, &status, 0);
			assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
			refused += WEXITSTATUS(status) == 1;
		}
	assert_int_equal(refused, 12); /* in one of the modes, where the three owners differ enough */
}

/* A further user's process that does something again and again; *count says how often it did. */
static pid_t start(void (*again)(void), volatile unsigned *count)
{
	pid_t child = fork();
	if (child != 0)
		return child;
	if (!become(NOBODY))
		_exit(1);
	for (;; (*count)++)
		again();
}

static int exchange(const char *a, const char *b)
{
	return (int)syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, 2u /* RENAME_EXCHANGE */);
}

/* Once p was replaced it is root's, and away soon. */
static void exchange_the_file(void)
{
	if (exchange("sticky/p", "sticky/q") == 0)
		return;
	symlink("../victim/file", "sticky/p");
	mknod("sticky/q", S_IFREG | 0666, 0);
}

static void exchange_the_folder(void)
{
	exchange("sticky/d", "sticky/e");
}

static void plant_and_take_away(void)
{
	symlink("../victim/file", "sticky/new");
	unlink("sticky/new");
}

/* Of the tries 1 in PLACE_SHARE is made: an emulated processor is slow. */
static void race(const char *path, void (*again)(void), unsigned tries)
{
	const char *share = getenv("PLACE_SHARE");
	tries /= share != NULL ? (unsigned)atoi(share) : 1;
	volatile unsigned *count = mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(count != MAP_FAILED);
	pid_t other = start(again, count);
	while (*count == 0 && waitpid(other, NULL, WNOHANG) == 0)
		sched_yield();
	assert_true(*count > 0);
	unsigned before = *count, written = 0, made = 0;
	for (; made < tries || *count - before < tries / 10; made++) {
		struct error e = {0};
		written += file_write(path, "ours", 4, &e) == 0;
		if (e.code == 0)
			unlink(path);
	}
	unsigned exchanged = *count - before;
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	print_message("%s: %u written of %u, while another user was at it %u times\n", path, written, made, exchanged);
	munmap((void *)count, sizeof(*count));
	assert_holds("victim/file", "theirs");
	assert_int_equal(access("victim/p", F_OK), -1);
}

/* Whatever another user does in a sticky folder, nothing outside of it is written. */
static void no_exchange_leads_outside(void **unused)
{
	(void)unused;
	need_root();
	assert_int_equal(mkdir("victim", 0755) | mkdir("sticky", 0755) | chmod("sticky", 01777), 0);
	make_file("victim/file", "theirs");
	assert_int_equal(symlink("../victim", "sticky/d") | mkdir("sticky/e", 0755), 0);
	assert_int_equal(lchown("sticky/d", NOBODY, NOBODY) | chown("sticky/e", NOBODY, NOBODY), 0);
	race("sticky/p", exchange_the_file, 50000);
	race("sticky/d/p", exchange_the_folder, 25000);
	race("sticky/new", plant_and_take_away, 25000);
}

/* What another user has put there is not written to: a file, a FIFO, which would keep us waiting, and a link. */
static void what_others_have_planted_is_refused(void **unused)
{
	(void)unused;
	need_root();
	assert_int_equal(mkdir("planted", 0755) | chmod("planted", 01777), 0);
	make_file("planted/file", "theirs");
	assert_int_equal(mkfifo("planted/fifo", 0666) | symlink("../elsewhere", "planted/link"), 0);
	static const char *const paths[] = {"planted/file", "planted/fifo", "planted/link"};
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(lchown(paths[i], NOBODY, NOBODY), 0);
		for (int before = 0; before < 2; before++) {
			struct error e = {0};
			assert_int_equal(before ? file_writable(paths[i], &e) : file_write(paths[i], "ours", 4, &e), ERR_SYSTEM);
			assert_non_null(strstr(e.text, "another user's"));
		}
	}
	assert_holds("planted/file", "theirs");
	assert_int_equal(access("elsewhere", F_OK), -1);
	/* The folder's owner may put there what it likes, and in folders of other kinds everyone decides who may write. */
	struct error e = {0};
	assert_int_equal(chown("planted", NOBODY, NOBODY) | file_write("planted/file", "ours", 4, &e), 0);
	assert_holds("planted/file", "ours");
}

/* A hard link to a file of somebody else is replaced, and the file stays. */
static void hard_links_are_replaced(void **unused)
{
	(void)unused;
	struct error e = {0};
	make_file("precious", "precious");
	assert_int_equal(link("precious", "hard") | file_write("hard", "ours", 4, &e), 0);
	assert_holds("precious", "precious");
	assert_holds("hard", "ours");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(paths_lead_where_the_kernel_says),
	    cmocka_unit_test(descriptors_are_known),
	    cmocka_unit_test(pipes_of_others_are_written_to),
	    cmocka_unit_test(links_are_followed_by_the_kernels_rule),
	    cmocka_unit_test(no_exchange_leads_outside),
	    cmocka_unit_test(what_others_have_planted_is_refused),
	    cmocka_unit_test(hard_links_are_replaced),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* The lock of a folder that another process holds. SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policies/base/lock.h"

static char folder[] = "/tmp/pinhole-test-XXXXXX", path[64];
static pid_t holder;
static char told_holder[64];
static unsigned told, paused, pauses_left;

static int start_holder(void **unused)
{
	(void)unused;
	int ready[2];
	char byte;
	if (mkdtemp(folder) == NULL || pipe(ready) != 0)
		return -1;
	snprintf(path, sizeof(path), "%s/p.json", folder);
	holder = fork();
	if (holder == 0) {
		int fd = open(folder, O_RDONLY);
		_exit(flock(fd, LOCK_EX) != 0 || write(ready[1], "x", 1) != 1 || pause() != -1);
	}
	return read(ready[0], &byte, 1) == 1 ? 0 : -1;
}

static int end_holder(void **unused)
{
	(void)unused;
	kill(holder, SIGKILL);
	waitpid(holder, NULL, 0);
	return rmdir(folder);
}

static void tell(const char *of, const char *who)
{
	assert_string_equal(of, path);
	snprintf(told_holder, sizeof(told_holder), "%s", who);
	told++;
}

static bool pause_some(unsigned ms)
{
	usleep(ms * 1000);
	paused++;
	return pauses_left > 0 && --pauses_left == 0;
}

static int try(struct patience patience, struct error *e)
{
	struct place p;
	told = paused = 0;
	told_holder[0] = '\0';
	assert_int_equal(place_open(path, &p, e), 0);
	int rc = file_lock(&p, path, &patience, e);
	place_close(&p);
	return rc;
}

/* The kernel's own list of locks says who it is, where /proc is of this PID namespace. */
static bool holder_is_listed(void)
{
	char line[256], number[32];
	bool found = false;
	FILE *locks = fopen("/proc/locks", "r");
	snprintf(number, sizeof(number), " %d ", (int)holder);
	while (locks != NULL && fgets(line, sizeof(line), locks) != NULL)
		found |= strstr(line, "FLOCK") != NULL && strstr(line, number) != NULL;
	if (locks != NULL)
		fclose(locks);
	return found;
}

static void the_wait_has_a_limit(void **unused)
{
	(void)unused;
	struct error e = {0};
	char expected[64];
	pauses_left = 0;
	assert_int_equal(try((struct patience){700, tell, pause_some}, &e), ERR_SYSTEM);
	assert_int_equal(told, 1);
	assert_true(paused > 1);
	snprintf(expected, sizeof(expected), "process %d (test_lock)", (int)holder);
	if (!holder_is_listed()) {
		print_message("the holder is not in /proc/locks: its name is not tested\n");
		return;
	}
	assert_string_equal(told_holder, expected);
	assert_non_null(strstr(e.text, expected));
}

static void who_waits_can_be_stopped(void **unused)
{
	(void)unused;
	struct error e = {0};
	pauses_left = 3;
	assert_int_equal(try((struct patience){UINT32_MAX, tell, pause_some}, &e), ERR_SYSTEM);
	assert_int_equal(paused, 3);
	assert_non_null(strstr(e.text, "locked by"));
}

/* The next one has it, as soon as its holder is gone. */
static void a_lock_ends_with_its_holder(void **unused)
{
	(void)unused;
	struct error e = {0};
	kill(holder, SIGKILL);
	pauses_left = 0;
	int lock = try((struct patience){60000, NULL, NULL}, &e);
	assert_true(lock >= 0);
	file_unlock(lock);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_wait_has_a_limit),
	    cmocka_unit_test(who_waits_can_be_stopped),
	    cmocka_unit_test(a_lock_ends_with_its_holder),
	};
	return cmocka_run_group_tests(tests, start_holder, end_holder);
}

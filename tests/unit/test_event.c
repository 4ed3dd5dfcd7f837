/* What a stop means in each state of its thread. The stops are as ptrace(2), "Stopped states", describes their wait statuses.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ptrace.h>

#include <cmocka.h>

#include "tracer/ptrace/event.h"

enum { NO_CALL = -1, STATES = THREAD_FAILED + 1 };

static int stopped(int signal, int event)
{
	return event << 16 | signal << 8 | 0x7f;
}

static void test_stops(void **state)
{
	(void)state;
	static const struct {
		int signal, event;
		enum stop_kind kind;
	} cases[] = {
	    {SIGTRAP | 0x80, 0, STOP_SYSCALL},
	    {SIGTRAP, PTRACE_EVENT_SECCOMP, STOP_SECCOMP},
	    {SIGTRAP, PTRACE_EVENT_FORK, STOP_CHILD},
	    {SIGTRAP, PTRACE_EVENT_VFORK, STOP_CHILD},
	    {SIGTRAP, PTRACE_EVENT_CLONE, STOP_CHILD},
	    {SIGTRAP, PTRACE_EVENT_EXEC, STOP_EXEC},
	    {SIGTRAP, PTRACE_EVENT_EXIT, STOP_EXIT},
	    {SIGTRAP, PTRACE_EVENT_STOP, STOP_TRAP},
	    {SIGTSTP, PTRACE_EVENT_STOP, STOP_GROUP},
	    {SIGTRAP, PTRACE_EVENT_VFORK_DONE, STOP_OTHER},
	    {SIGTRAP, 0, STOP_SIGNAL},
	    {SIGSTOP, 0, STOP_SIGNAL},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(stop_classify(stopped(cases[i].signal, cases[i].event)).kind, cases[i].kind);
	assert_int_equal(stop_classify(0).kind, STOP_ENDED);	      /* exit 0 */
	assert_int_equal(stop_classify(SIGKILL).kind, STOP_ENDED);    /* killed */
	assert_true(stop_classify(stopped(SIGTRAP, PTRACE_EVENT_VFORK)).vfork);
	assert_int_equal(stop_classify(stopped(SIGUSR1, 0)).signal, SIGUSR1);
}

/* A call that stops at its entry and at the filter is one call; what stops at the filter alone is one each time. */
static void test_calls(void **state)
{
	(void)state;
	enum { ENTRY = PTRACE_SYSCALL_INFO_ENTRY, EXIT = PTRACE_SYSCALL_INFO_EXIT, FILTER = PTRACE_SYSCALL_INFO_SECCOMP };
	assert_int_equal(event_classify(THREAD_RUNS, STOP_SYSCALL, ENTRY), EVENT_CALL);
	assert_int_equal(event_classify(THREAD_RUNS, STOP_SECCOMP, FILTER), EVENT_CALL);
	assert_int_equal(event_classify(THREAD_IN_CALL, STOP_SECCOMP, FILTER), EVENT_SAME_CALL);
	assert_int_equal(event_classify(THREAD_IN_CALL, STOP_SYSCALL, EXIT), EVENT_RETURN);
	assert_int_equal(event_classify(THREAD_RUNS, STOP_SYSCALL, EXIT), EVENT_RETURN);
	assert_int_equal(event_classify(THREAD_RUNS, STOP_SYSCALL, NO_CALL), EVENT_OTHER); /* killed meanwhile */
}

static void test_states(void **state)
{
	(void)state;
	for (int s = 0; s < STATES; s++) {
		enum thread_state thread = (enum thread_state)s;
		assert_int_equal(event_classify(thread, STOP_ENDED, NO_CALL), EVENT_END);
		bool unknown = thread == THREAD_UNKNOWN, injects = thread == THREAD_INJECTS;
		assert_int_equal(event_classify(thread, STOP_EXEC, NO_CALL), unknown ? EVENT_STRANGER : EVENT_EXEC);
		assert_int_equal(event_classify(thread, STOP_SIGNAL, NO_CALL),
				 unknown   ? EVENT_STRANGER
				 : injects ? EVENT_INJECTION
					   : EVENT_SIGNAL);
	}
	assert_int_equal(event_classify(THREAD_UNKNOWN, STOP_TRAP, NO_CALL), EVENT_STRANGER);
	assert_int_equal(event_classify(THREAD_INJECTS, STOP_SYSCALL, PTRACE_SYSCALL_INFO_EXIT), EVENT_INJECTION);
	assert_int_equal(event_classify(THREAD_RUNS, STOP_EXIT, NO_CALL), EVENT_ENDING);
	assert_int_equal(event_classify(THREAD_INJECTS, STOP_EXIT, NO_CALL), EVENT_ENDING);
	assert_int_equal(event_classify(THREAD_UNKNOWN, STOP_EXIT, NO_CALL), EVENT_STRANGER);
	assert_int_equal(event_classify(THREAD_RUNS, STOP_TRAP, NO_CALL), EVENT_OTHER);
	assert_int_equal(event_classify(THREAD_RUNS, STOP_GROUP, NO_CALL), EVENT_GROUP);
	assert_int_equal(event_classify(THREAD_RUNS, STOP_CHILD, NO_CALL), EVENT_CHILD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_stops),
	    cmocka_unit_test(test_calls),
	    cmocka_unit_test(test_states),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

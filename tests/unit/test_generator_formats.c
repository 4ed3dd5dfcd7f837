/* Random policies through everything that is written of a policy: every format with --strict and without, the codec and back,
 * `show` and `diff`. Nothing hangs, nothing fails but by a message, and the filter and what is written as JSON mean what the
 * policy means. Each policy is made of its number alone: FORMATS_COUNT says how many policies (200), FORMATS_FIRST the number
 * of the first one, and FORMATS_SLOW from how many milliseconds of processor time on a step is printed. One that takes longer
 * than LONGEST seconds is left in formats-hang.json. SPDX-License-Identifier: MIT */
#include "border_helper.h"

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include "policies/base/file.h"
#include "policies/show/show.h"

#define LONGEST 20
#define CALLS	50

static struct text now;	     /* the policy at hand, for the signal's handler */
static const char *step;     /* what is done with it */
static size_t number;	     /* its number */
static double slow = 1e9;    /* seconds from which on a step is printed */
static double step_begun;

static double processor_time(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Begins a step with the policy at hand. NULL: the last one ends. */
static void begin_step(const char *name)
{
	double t = processor_time();
	if (step != NULL && t - step_begun > slow)
		print_message("policy %zu: %s takes %.2f s\n", number, step, t - step_begun);
	step = name;
	step_begun = t;
}

static void too_long(int signal_number)
{
	static const char said[] = "a policy takes too long; it is in formats-hang.json\n";
	struct error e = {0};
	(void)signal_number;
	file_write("formats-hang.json", now.bytes, now.count, &e);
	(void)!write(STDERR_FILENO, said, sizeof(said) - 1);
	(void)!write(STDERR_FILENO, step, strlen(step));
	_exit(1);
}

static void set_alarm(int seconds)
{
	struct itimerval t = {.it_value.tv_sec = seconds};
	setitimer(ITIMER_VIRTUAL, &t, NULL);
}

static void reads_back(const struct policy *p)
{
	struct error e = {0};
	struct policy *again = policy_parse(now.bytes, now.count, "again", &e);
	/* What has no test that can hold has no form in JSON. */
	if (again == NULL) {
		assert_true(e.code == ERR_INPUT && e.text[0] != '\0');
		return;
	}
	for (int i = 0; i < CALLS; i++) {
		struct seccomp_data d = border_call(p);
		if (!action_equal(policy_evaluate(p, &d), policy_evaluate(again, &d)))
			fail_msg("read again it means something else: %s", text_string(&now));
	}
	policy_free(again);
}

struct counts {
	size_t filters, written, refused, bytes;
};

static void every_format(const struct policy *p, struct counts *c)
{
	struct filter f = {0};
	struct error e = {0};
	begin_step("filter_compile");
	bool fits = filter_compile(p, NULL, &f, &e) == 0;
	if (!fits && e.code != ERR_LIMIT)
		fail_msg("%s: %s", e.text, text_string(&now));
	c->filters += fits;
	begin_step("the filter's verdicts");
	for (int i = 0; fits && i < CALLS; i++) {
		struct seccomp_data d = border_call(p);
		if (!agree(&f, p, &d))
			fail_msg("its filter means something else: %s", text_string(&now));
	}
	for (size_t i = 0; emitters[i] != NULL; i++)
		for (int strict = 0; strict < 2; strict++) {
			struct emit_input in = {.policy = p, .filter = &f, .source = "a test", .strict = strict};
			struct emit_notes notes = {0};
			struct text out = {0};
			struct error inner = {0};
			if (emitters[i]->compiles && !fits)
				continue;
			begin_step(emitters[i]->name);
			int rc = emitters[i]->emit(&in, &out, &notes, &inner);
			if (rc != 0 && (rc != ERR_INPUT && rc != ERR_LIMIT))
				fail_msg("%s: %d %s: %s", emitters[i]->name, rc, inner.text, text_string(&now));
			assert_true(rc == 0 || inner.text[0] != '\0');
			c->written += rc == 0;
			c->refused += rc != 0;
			c->bytes += out.count;
			text_free(&out);
			text_free(&notes.text);
		}
	filter_clear(&f);
}

static size_t from_environment(const char *name, size_t otherwise)
{
	const char *value = getenv(name);
	return value != NULL ? strtoul(value, NULL, 10) : otherwise;
}

static struct policy *numbered_policy(void)
{
	struct error e = {0};
	any_begin(number);
	struct policy *p = number % 50 == 49 ? random_policy() : small_policy((arch_set)(1 + any() % ARCH_ALL));
	if (policy_finish(p, &e) != 0)
		fail_msg("%s", e.text);
	now.count = 0;
	assert_int_equal(policy_format(p, &now, &e), 0);
	return p;
}

static void random_policies(void **state)
{
	size_t first = from_environment("FORMATS_FIRST", 0), n = from_environment("FORMATS_COUNT", 200);
	struct counts c = {0};
	struct policy *before = NULL;
	(void)state;
	slow = (double)from_environment("FORMATS_SLOW", 1000000) / 1000;
	signal(SIGVTALRM, too_long);
	for (number = first; number < first + n; number++) {
		struct policy *p = numbered_policy();
		struct error e = {0};
		struct text shown = {0};
		set_alarm(LONGEST);
		begin_step("reading again");
		reads_back(p);
		every_format(p, &c);
		begin_step("show");
		assert_int_equal(policy_show(p, &shown), 0);
		begin_step("diff");
		/* Two policies that have nothing to do with each other differ in very many ways. */
		if (before != NULL && number % 10 == 0 && policy_diff(before, p, policies_differ, &shown, &e) < 0)
			fail_msg("policy %zu: %s", number, e.text);
		begin_step(NULL);
		set_alarm(0);
		text_free(&shown);
		policy_free(before);
		before = p;
	}
	policy_free(before);
	text_free(&now);
	print_message("%zu policies: %zu filters; %zu texts of %zu bytes, %zu refusals\n", n, c.filters, c.written, c.bytes, c.refused);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(random_policies)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

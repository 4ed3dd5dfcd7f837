/* The profile: merge laws to the byte, the codec's fixpoint, widening, and two writers at once.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stacks_helper.h"

static size_t add_random_run(struct profile *p)
{
	struct error e = {0};
	char id[33], started[32];
	char *words[] = {(char *)"prog\xff", (char *)"a\\b", (char *)"caf\xc3\xa9 \"quoted\"\n"};
	snprintf(id, sizeof(id), "%08x%08x", any(UINT32_MAX), any(UINT32_MAX));
	snprintf(started, sizeof(started), "2026-01-%02uT00:00:00Z", 1 + any(28));
	struct run run = {.id = id, .started = started, .mode = (char *)"exact", .kernel = (char *)"6.1"};
	run.label = any(2) != 0 ? words[1] : NULL;
	run.known_told = any(2) != 0;
	run.known = run.known_told ? any(3) : 0;
	run.command.items = words;
	run.command.count = any(4);
	int at = profile_add_run(p, &run, &e);
	assert_true(at >= 0);
	return (size_t)at;
}

/* A profile with one to three runs; some calls go past the cap. */
static struct profile *random_profile(bool large)
{
	static const uint32_t calls[] = {0, 9, 10, 16, 41, 56, 72, 157, 500};
	struct error e = {0};
	struct profile *p = profile_new();
	for (uint32_t runs = 1 + any(3); runs > 0; runs--) {
		size_t run = add_random_run(p);
		for (uint32_t n = any(large ? 700 : 40); n > 0; n--) {
			uint64_t args[6];
			for (int i = 0; i < 6; i++)
				args[i] = any(4) == 0 ? (uint64_t)-1 - any(100) : any(8);
			uint32_t nr = large ? 16 : calls[any(9)];
			if (large)
				args[1] = any(400);
			if (any(large ? 2 : 20) == 0) /* no call of any kernel */
				nr = (any(16) == 0 ? ABI_NR_FOREIGN : ABI_NR_UNUSED) + 7 * any(400);
			struct fact_key key = fact_key_make((enum phase)any(PHASE_COUNT),
							    any(8) == 0 ? ARCH_I386 : ARCH_X86_64, nr, args);
			char path[32];
			snprintf(path, sizeof(path), "/bin/%u\xfe", any(3));
			int program = profile_add_program(p, path, any(2) != 0 ? "abcd" : NULL, &e);
			if (any(3) == 0)
				assert_int_equal(profile_program_started(p, (uint32_t)program, any((uint32_t)profile_program_count(p)), &e), 0);
			assert_true(profile_observe(p, &key, (uint32_t)program, (uint32_t)run, 1 + any(9), &e) >= 0);
			if (any(2) != 0)
				profile_first_seen(p, &key, (uint32_t)run, any(60000));
			for (uint32_t stacks = any(4) != 0 ? any(4) : 0; stacks > 0; stacks--)
				assert_true(profile_fact_stack(p, &key, add_random_stack(p), &e) > 0);
		}
		if (any(2) != 0)
			profile_set_lasted(p, run, any(60000));
	}
	return p;
}

static void times_are_the_earliest(void **unused)
{
	(void)unused;
	struct error e = {0};
	struct profile *p = profile_new();
	size_t run = add_random_run(p);
	struct fact_key key = fact_key_make(PHASE_MAIN, ARCH_X86_64, 41, (uint64_t[6]){2, 1, 6});
	profile_first_seen(p, &key, (uint32_t)run, 5); /* nothing yet */
	assert_true(profile_observe(p, &key, 0, (uint32_t)run, 1, &e) >= 0);
	profile_first_seen(p, &key, (uint32_t)run, 7000);
	profile_first_seen(p, &key, (uint32_t)run, 9000);
	profile_set_lasted(p, run, PROFILE_TIMED_MS);
	assert_int_equal(profile_fact(p, 0)->runs.items[0].first, 7000);
	profile_set_lasted(p, run, PROFILE_TIMED_MS - 1);
	assert_int_equal(profile_fact(p, 0)->runs.items[0].first, 0);
	assert_int_equal(profile_run(p, run)->lasted, PROFILE_TIMED_MS - 1);
	profile_free(p);
}

static void what_is_complete(void **unused)
{
	(void)unused;
	const struct {
		const char *mode;
		bool told;
		uint64_t known;
		bool complete;
	} cases[] = {{"exact", false, 0, true}, {"plain", false, 0, true}, {"quiet", false, 0, false},
		     {"quiet", true, 0, true},	{"quiet", true, 9, false}, {NULL, false, 0, false},
		     {"strace", false, 0, true}, {"audit", false, 0, false}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct run run = {.mode = (char *)cases[i].mode, .known_told = cases[i].told, .known = cases[i].known};
		assert_int_equal(run_is_complete(&run), cases[i].complete);
	}
}

/* A fact is denied as long as all its runs are; an argument that it does not know is "?". */
static void what_is_denied(void **unused)
{
	(void)unused;
	struct error e = {0};
	struct profile *p = profile_new();
	struct run denied = {.id = (char *)"1", .mode = (char *)"audit", .denied = (char *)"kill"}, again = denied, seen = {.id = (char *)"3", .mode = (char *)"strace"};
	struct fact_key key = {.phase = PHASE_MAIN, .arch = ARCH_X86_64, .nr = 41};
	struct text shown = {0};
	again.id = (char *)"2";
	again.denied = (char *)"log";
	assert_int_equal(profile_add_run(p, &denied, &e), 0);
	assert_int_equal(profile_add_run(p, &again, &e), 1);
	assert_int_equal(profile_add_run(p, &seen, &e), 2);
	assert_int_equal(profile_add_program(p, "/bin/x", NULL, &e), 0);
	for (uint32_t run = 0; run < 3; run++) {
		assert_true(profile_observe(p, &key, 0, run, 1, &e) >= 0);
		assert_int_equal(fact_is_denied(p, profile_fact(p, 0)), run < 2);
		shown.count = 0;
		fact_marked_text(p, profile_fact(p, 0), &shown);
		assert_string_equal(text_string(&shown), run == 0   ? "socket(domain=?, type=?, protocol=?)  denied: kill"
							 : run == 1 ? "socket(domain=?, type=?, protocol=?)  denied: kill, log"
								    : "socket(domain=?, type=?, protocol=?)");
	}
	assert_int_equal(fact_unknown_args(profile_fact(p, 0)), 7);
	text_free(&shown);
	profile_free(p);
}

static void merge_laws_hold_to_the_byte(void **unused)
{
	(void)unused;
	for (int round = 0; round < 300; round++) {
		bool large = round % 10 == 0;
		struct profile *a = random_profile(large), *b = random_profile(large), *c = random_profile(large);
		char *ab = united(a, b), *ba = united(b, a), *bc = united(b, c), *aa = united(a, a), *own = written(a);
		assert_string_equal(ab, ba);
		assert_string_equal(aa, own);
		struct profile *pab = parsed(ab), *pbc = parsed(bc);
		char *left = united(pab, c), *right = united(a, pbc), *again = united(pab, a);
		assert_string_equal(left, right);
		assert_string_equal(again, ab);
		struct profile *all[] = {a, b, c, pab, pbc};
		for (size_t i = 0; i < 5; i++)
			profile_free(all[i]);
		char *texts[] = {ab, ba, bc, aa, own, left, right, again};
		for (size_t i = 0; i < 8; i++)
			free(texts[i]);
	}
}

/* A recording that is saved now and then, and at its end: the states of one run. */
static void record_some(struct profile *p, uint32_t run, int program, uint32_t n)
{
	struct error e = {0};
	for (; n > 0; n--) {
		uint64_t args[6] = {any(8), any(600), any(3)};
		struct fact_key key = fact_key_make(PHASE_MAIN, ARCH_X86_64, any(3) == 0 ? 16 : 41, args);
		assert_true(profile_observe(p, &key, (uint32_t)program, run, 1, &e) >= 0);
		profile_first_seen(p, &key, run, 1 + any(60000));
		if (any(3) != 0)
			assert_int_equal(profile_ended(p, &key, any(3) == 0 ? 0 : 1 + any(3), &e), 0);
		if (any(3) == 0)
			assert_true(profile_fact_stack(p, &key, add_random_stack(p), &e) >= 0);
	}
}

static void states_of_a_run_are_one_run(void **unused)
{
	(void)unused;
	enum { STATES = 4 };
	for (int round = 0; round < 40; round++) {
		struct error e = {0};
		struct profile *p = profile_new(), *other = random_profile(false);
		uint32_t run = (uint32_t)add_random_run(p);
		int program = profile_add_program(p, "/bin/x", NULL, &e);
		char *states[STATES], *expected[STATES];
		profile_set_unfinished(p, run, true);
		for (int i = 0; i < STATES; i++) {
			uint64_t before = profile_changes(p);
			record_some(p, run, program, 1 + any(200));
			assert_true(profile_changes(p) > before);
			profile_set_lasted(p, run, 20000 + (uint64_t)i * 1000);
			if (i == STATES - 1) {
				profile_set_unfinished(p, run, false);
				assert_int_equal(profile_set_exit(p, run, "exit 3", &e), 0);
			}
			states[i] = written(p);
			expected[i] = united(other, p);
			assert_int_equal(run_is_complete(profile_run(p, run)), i == STATES - 1);
		}
		for (int i = 0; i < STATES; i++)
			for (int k = 0; k < STATES; k++) { /* whichever comes first, the later one counts, alone or beside others */
				struct profile *a = parsed(states[i]), *b = parsed(states[k]), *with = parsed(expected[i]);
				char *ab = united(a, b), *all = united(with, b);
				assert_string_equal(ab, states[i > k ? i : k]);
				assert_string_equal(all, expected[i > k ? i : k]);
				free(ab);
				free(all);
				profile_free(a);
				profile_free(b);
				profile_free(with);
			}
		for (int i = 0; i < STATES; i++) {
			free(states[i]);
			free(expected[i]);
		}
		profile_free(p);
		profile_free(other);
	}
}

/* What has not ended in an unfinished run is written so, and may still fail. */
static void what_has_not_ended_may_fail(void **unused)
{
	(void)unused;
	struct error e = {0};
	struct profile *p = profile_new();
	uint32_t run = (uint32_t)add_random_run(p);
	struct fact_key key = fact_key_make(PHASE_MAIN, ARCH_X86_64, 41, (uint64_t[6]){2, 1, 6});
	profile_set_unfinished(p, run, true);
	assert_int_equal(profile_add_program(p, "/bin/x", NULL, &e), 0);
	assert_true(profile_observe(p, &key, 0, run, 1, &e) >= 0);
	profile_set_lasted(p, run, 1000);
	char *early = written(p);
	struct profile *read = parsed(early);
	assert_non_null(strstr(early, "\"unended\": true"));
	assert_int_equal(profile_fact(read, 0)->outcome, OUTCOME_NONE);
	assert_int_equal(profile_ended(p, &key, 111, &e), 0);
	profile_set_unfinished(p, run, false);
	char *late = united(read, p);
	assert_non_null(strstr(late, "\"failed\": [\"ECONNREFUSED\"]"));
	assert_null(strstr(late, "unended"));
	free(early);
	free(late);
	profile_free(read);
	profile_free(p);
}

static void what_was_written_is_read_back(void **unused)
{
	(void)unused;
	for (int round = 0; round < 300; round++) {
		struct profile *p = random_profile(round % 10 == 0);
		struct profile *q = copy(p);
		char *a = written(p), *b = written(q);
		assert_string_equal(a, b);
		for (size_t i = 0; i < profile_run_count(p); i++)
			for (size_t k = 0; k < profile_run(p, i)->command.count; k++)
				assert_string_equal(profile_run(p, i)->command.items[k],
						    profile_run(q, i)->command.items[k]);
		free(a);
		free(b);
		profile_free(p);
		profile_free(q);
	}
}

static void facts_past_the_cap_are_widened(void **unused)
{
	(void)unused;
	struct error e = {0};
	struct profile *p = profile_new();
	size_t run = add_random_run(p);
	int program = profile_add_program(p, "/bin/x", NULL, &e);
	for (uint64_t i = 0; i < 1000; i++) {
		struct fact_key key = fact_key_make(PHASE_MAIN, ARCH_X86_64, 16, (uint64_t[6]){3, 0x5400 + i});
		assert_true(profile_observe(p, &key, (uint32_t)program, (uint32_t)run, 1, &e) >= 0);
	}
	assert_int_equal(profile_fact_count(p), 1);
	const struct fact *f = profile_fact(p, 0);
	assert_true(f->wide);
	assert_int_equal(f->min[1], 0x5400);
	assert_int_equal(f->max[1], 0x5400 + 999);
	assert_int_equal(fact_total(f), 1000);
	profile_free(p);
}

/* Numbers that are no calls are many facts of one kind: capped like the values of one call, each phase and architecture for
 * itself. */
static void numbers_past_the_cap_are_widened(void **unused)
{
	(void)unused;
	struct error e = {0};
	struct profile *p = profile_new();
	size_t run = add_random_run(p);
	int program = profile_add_program(p, "/bin/x", NULL, &e);
	uint64_t none[6] = {0};
	for (uint32_t i = 0; i < PROFILE_FACT_CAP; i++) {
		struct fact_key far = fact_key_make(PHASE_MAIN, ARCH_X86_64, 100000 + 7 * i, none);
		assert_int_equal(profile_observe(p, &far, (uint32_t)program, (uint32_t)run, 1, &e) & OBSERVED_NEW, OBSERVED_NEW);
	}
	assert_int_equal(profile_fact_count(p), PROFILE_FACT_CAP);
	for (uint32_t nr = 512; nr < ABI_NR_UNUSED; nr++) { /* a newer kernel's, perhaps: these stay */
		struct fact_key near = fact_key_make(PHASE_MAIN, ARCH_X86_64, nr, none);
		assert_true(profile_observe(p, &near, (uint32_t)program, (uint32_t)run, 1, &e) >= 0);
	}
	struct fact_key last = fact_key_make(PHASE_MAIN, ARCH_X86_64, UINT32_MAX, none);
	struct fact_key load = fact_key_make(PHASE_LOAD, ARCH_X86_64, UINT32_MAX, none);
	struct fact_key i386 = fact_key_make(PHASE_MAIN, ARCH_I386, UINT32_MAX, none);
	for (int again = 0; again < 2; again++) {
		assert_true(profile_observe(p, &last, (uint32_t)program, (uint32_t)run, 1, &e) >= 0);
		assert_true(profile_observe(p, &load, (uint32_t)program, (uint32_t)run, 1, &e) >= 0);
		assert_true(profile_observe(p, &i386, (uint32_t)program, (uint32_t)run, 1, &e) >= 0);
	}
	assert_int_equal(profile_sort(p, &e), 0);
	assert_int_equal(profile_fact_count(p), 512 + 3);
	const struct fact *wide = NULL;
	for (size_t i = 0; i < profile_fact_count(p); i++)
		if (profile_fact(p, i)->wide) {
			assert_null(wide);
			wide = profile_fact(p, i);
		}
	assert_non_null(wide);
	assert_true(fact_is_numbers(wide));
	assert_int_equal(fact_total(wide), PROFILE_FACT_CAP + 2);
	assert_true(fact_has_number(wide, 100007) && fact_has_number(wide, UINT32_MAX));
	assert_false(fact_has_number(wide, 99999) || fact_has_number(wide, 60));
	struct text shown = {0};
	fact_text(wide, &shown);
	assert_string_equal(text_string(&shown), "syscall_0x186a0..0xffffffff()");
	text_free(&shown);
	assert_int_equal(fact_data(wide, wide->max).nr, -1);
	profile_free(p);
}

static void upper_halves_do_not_make_facts(void **unused)
{
	(void)unused;
	uint64_t clean[6] = {2, 1, 6}, dirty[6] = {0xdead00000002, 0xbeef00000001, (uint64_t)7 << 32 | 6};
	struct fact_key a = fact_key_make(PHASE_MAIN, ARCH_X86_64, 41, clean);
	struct fact_key b = fact_key_make(PHASE_MAIN, ARCH_X86_64, 41, dirty);
	assert_memory_equal(a.values, b.values, sizeof(a.values));
}

static void two_runs_of_one_id_are_refused(void **unused)
{
	(void)unused;
	struct error e = {0};
	struct profile *a = random_profile(false), *b = copy(a);
	assert_int_equal(profile_set_exit(b, 0, "exit 77", &e), 0);
	assert_int_equal(profile_merge(a, b, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "edited"));
	profile_free(a);
	profile_free(b);
}

static void two_writers_lose_nothing(void **unused)
{
	(void)unused;
	char folder[] = "/tmp/pinhole-test-XXXXXX", path[64];
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/p.json", folder);
	for (int writer = 0; writer < 2; writer++)
		if (fork() == 0) {
			struct error e = {0};
			state += (uint64_t)getpid() * 2654435761u;
			int bad = 0;
			for (int i = 0; i < 25; i++) {
				struct profile *p = profile_new();
				add_random_run(p);
				bad |= profile_extend_file(path, p, NULL, NULL, &e);
				profile_free(p);
			}
			_exit(bad != 0);
		}
	for (int writer = 0; writer < 2; writer++) {
		int status;
		wait(&status);
		assert_int_equal(status, 0);
	}
	struct error e = {0};
	struct profile *p = profile_read(path, &e);
	assert_non_null(p);
	assert_int_equal(profile_run_count(p), 50);
	profile_free(p);
	unlink(path);
	assert_int_equal(rmdir(folder), 0); /* and no other file is left */
}

static void a_missing_folder_is_an_error(void **unused)
{
	(void)unused;
	struct error e = {0};
	struct profile *p = profile_new();
	add_random_run(p);
	assert_true(profile_extend_file("/nonexistent/folder/p.json", p, NULL, NULL, &e) < 0);
	assert_non_null(strstr(e.text, "/nonexistent/folder/p.json"));
	profile_free(p);
}

static struct profile *with_phase(const char *id, const char *at)
{
	struct error e = {0};
	struct profile *p = profile_new();
	struct run run = {.id = (char *)id, .phase_at = (char *)at};
	assert_true(profile_add_run(p, &run, &e) >= 0);
	return p;
}

/* Whatever stands in one place, the other must have the same; a profile without runs has nothing to say. */
static void one_phase_serve_in_a_profile(void **unused)
{
	(void)unused;
	static const char *const calls[] = {NULL, "accept4", "epoll_wait"};
	for (size_t i = 0; i < 3; i++)
		for (size_t j = 0; j < 3; j++) {
			struct error e = {0};
			struct profile *a = with_phase("a", calls[i]), *b = with_phase("b", calls[j]), *empty = profile_new();
			assert_int_equal(profile_merge(empty, a, &e), 0);
			assert_true(calls[i] == NULL ? profile_phase_at(empty) == NULL
						     : strcmp(profile_phase_at(empty), calls[i]) == 0);
			int rc = profile_merge(empty, b, &e);
			assert_int_equal(rc, i == j ? 0 : ERR_INPUT);
			assert_true(i == j || strstr(e.text, "--phase-at") != NULL);
			profile_free(a);
			profile_free(b);
			profile_free(empty);
		}
}

static void phases_by_name(void **unused)
{
	(void)unused;
	const struct {
		const char *text;
		unsigned phases;
	} cases[] = {{"load", 1}, {"main", 2}, {"serve", 4}, {"main,serve", 6}, {"serve,load,main", 7}, {"main,main", 2},
		     {"", 0},	  {"main,", 0}, {",main", 0}, {"mai", 0},	 {"mains", 0},		 {"main serve", 0}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(phases_parse(cases[i].text), cases[i].phases);
	assert_true(phase_listed(NULL, PHASE_LOAD) && phase_listed("main,serve", PHASE_SERVE) && !phase_listed("main", PHASE_SERVE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(merge_laws_hold_to_the_byte),	   cmocka_unit_test(what_was_written_is_read_back),
		cmocka_unit_test(facts_past_the_cap_are_widened),  cmocka_unit_test(upper_halves_do_not_make_facts),
		cmocka_unit_test(two_runs_of_one_id_are_refused),  cmocka_unit_test(two_writers_lose_nothing),
		cmocka_unit_test(a_missing_folder_is_an_error),	   cmocka_unit_test(times_are_the_earliest),
		cmocka_unit_test(what_is_complete),		   cmocka_unit_test(what_is_denied),
		cmocka_unit_test(states_of_a_run_are_one_run),	   cmocka_unit_test(what_has_not_ended_may_fail),
		cmocka_unit_test(one_phase_serve_in_a_profile),	   cmocka_unit_test(phases_by_name),
		cmocka_unit_test(numbers_past_the_cap_are_widened),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

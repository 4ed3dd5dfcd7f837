/* Stacks in a profile: each part once, few of a fact, symbols that come later, merging, and what is refused in a file.
 * SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "stacks_helper.h"

static struct fact_key some_key(uint64_t value)
{
	return fact_key_make(PHASE_MAIN, ARCH_X86_64, 16, (uint64_t[6]){3, value});
}

/* A profile with a run, a program, and facts of the values 0 to n - 1. */
static struct profile *profile_of(uint64_t n)
{
	struct error e = {0};
	struct profile *p = profile_new();
	struct run run = {.id = (char *)"1", .started = (char *)"2026-01-31T12:00:00Z"};
	assert_int_equal(profile_add_run(p, &run, &e), 0);
	assert_int_equal(profile_add_program(p, "/bin/x", NULL, &e), 0);
	for (uint64_t i = 0; i < n; i++) {
		struct fact_key key = some_key(i);
		assert_true(profile_observe(p, &key, 0, 0, 1, &e) >= 0);
	}
	return p;
}

static uint32_t stack_of(struct profile *p, const char *path, uint64_t offset, const char *symbol)
{
	struct error e = {0};
	struct frame f = {.module = (uint32_t)profile_add_module(p, path, NULL, &e), .offset = offset,
			  .symbol = (char *)symbol, .symbol_offset = 5};
	int at = profile_add_stack(p, &f, 1, STACK_COMPLETE, &e);
	assert_true(at >= 0);
	return (uint32_t)at;
}

static int give(struct profile *p, uint64_t value, uint32_t stack)
{
	struct error e = {0};
	struct fact_key key = some_key(value);
	return profile_fact_stack(p, &key, stack, &e);
}

static const struct frame *only_frame(const struct profile *p, const struct fact *f, size_t i)
{
	return profile_frame(p, profile_stack(p, f->stacks.items[i])->frames.items[0]);
}

static void each_part_is_there_once(void **unused)
{
	(void)unused;
	struct error e = {0};
	struct profile *p = profile_of(1);
	assert_int_equal(profile_add_module(p, "/lib/a", NULL, &e), 0);
	assert_int_equal(profile_add_module(p, "/lib/a", "", &e), 0);
	assert_int_equal(profile_add_module(p, "/lib/a", "00", &e), 1);
	struct frame frames[] = {{.module = 0, .offset = 16}, {.module = MODULE_NONE, .offset = 99, .symbol = (char *)"x"},
				 {.module = MODULE_NONE}, {.module = 1, .offset = 16}, {.module = 0, .offset = 16}};
	assert_int_equal(profile_add_stack(p, frames, 5, STACK_COMPLETE, &e), 0);
	assert_int_equal(profile_frame_count(p), 3);
	assert_int_equal(profile_frame(p, 1)->offset, 0); /* an address of no module differs from run to run */
	assert_null(profile_frame(p, 1)->symbol);
	assert_int_equal(profile_add_stack(p, frames, 5, STACK_COMPLETE, &e), 0);
	assert_int_equal(profile_add_stack(p, frames, 5, STACK_LIMIT, &e), 1);
	assert_int_equal(profile_add_stack(p, frames, 4, STACK_COMPLETE, &e), 2);
	profile_free(p);
}

static void the_innermost_frames_are_kept(void **unused)
{
	(void)unused;
	struct error e = {0};
	struct profile *p = profile_of(1);
	struct frame frames[STACK_FRAMES + 1] = {{0}};
	profile_add_module(p, "/lib/a", NULL, &e);
	for (size_t i = 0; i < STACK_FRAMES + 1; i++)
		frames[i].offset = i;
	assert_int_equal(profile_add_stack(p, frames, STACK_FRAMES + 1, STACK_COMPLETE, &e), 0);
	assert_int_equal(profile_stack(p, 0)->frames.count, STACK_FRAMES);
	assert_int_equal(profile_stack(p, 0)->end, STACK_LIMIT);
	assert_int_equal(profile_add_stack(p, frames, STACK_FRAMES, STACK_COMPLETE, &e), 1);
	assert_int_equal(give(p, 0, 0), 1);
	assert_int_equal(give(p, 0, 1), 2);
	struct profile *q = copy(p);
	assert_int_equal(profile_stack_count(q), 2);
	profile_free(p);
	profile_free(q);
}

static void a_fact_keeps_the_first_few(void **unused)
{
	(void)unused;
	struct profile *p = profile_of(2);
	for (uint64_t i = 9; i > 0; i--)
		assert_true(give(p, 0, stack_of(p, "/lib/a", i, NULL)) > 0);
	assert_int_equal(give(p, 0, stack_of(p, "/lib/0", 77, NULL)), STACKS_PER_FACT);
	assert_int_equal(give(p, 0, stack_of(p, "/lib/a", 2, NULL)), STACKS_PER_FACT);
	struct fact_key first = some_key(0), other = some_key(1), unknown = some_key(2);
	assert_int_equal(profile_stacks_known(p, &first), STACKS_PER_FACT);
	assert_int_equal(profile_stacks_known(p, &other), 0);
	assert_int_equal(profile_stacks_known(p, &unknown), 0);
	assert_int_equal(give(p, 2, 0), 0); /* not observed: nothing to add it to */
	struct profile *q = copy(p);
	const struct fact *f = profile_fact(q, 0);
	static const uint64_t offsets[STACKS_PER_FACT] = {77, 1, 2, 3};
	for (size_t i = 0; i < STACKS_PER_FACT; i++) {
		assert_int_equal(f->stacks.items[i], i);
		assert_int_equal(only_frame(q, f, i)->offset, offsets[i]);
	}
	/* What no fact refers to is dropped. */
	assert_int_equal(profile_stack_count(q), STACKS_PER_FACT);
	assert_int_equal(profile_frame_count(q), STACKS_PER_FACT);
	profile_free(p);
	profile_free(q);
}

static void a_wide_fact_has_the_stacks_of_all(void **unused)
{
	(void)unused;
	struct error e = {0};
	struct profile *p = profile_of(PROFILE_FACT_CAP);
	for (uint64_t i = 0; i < PROFILE_FACT_CAP; i++)
		assert_int_equal(give(p, i, stack_of(p, "/lib/a", 1000 - i, NULL)), 1);
	struct fact_key key = some_key(PROFILE_FACT_CAP);
	assert_true(profile_observe(p, &key, 0, 0, 1, &e) > 0);
	assert_int_equal(profile_fact_count(p), 1);
	assert_int_equal(give(p, PROFILE_FACT_CAP, stack_of(p, "/lib/a", 7, NULL)), STACKS_PER_FACT);
	struct profile *q = copy(p);
	assert_true(profile_fact(q, 0)->wide);
	assert_int_equal(only_frame(q, profile_fact(q, 0), 0)->offset, 7);
	assert_int_equal(only_frame(q, profile_fact(q, 0), 1)->offset, 1000 - (PROFILE_FACT_CAP - 1));
	assert_int_equal(profile_stack_count(q), STACKS_PER_FACT);
	profile_free(p);
	profile_free(q);
}

/* Whatever the order: the fact has one stack, with this symbol. */
static void joined(const char *one, const char *other, const char *expected)
{
	struct profile *a = profile_of(1), *b = profile_of(1);
	give(a, 0, stack_of(a, "/lib/a", 1, one));
	give(b, 0, stack_of(b, "/lib/a", 1, other));
	give(b, 0, stack_of(b, "/lib/a", 1, one));
	char *ab = united(a, b), *ba = united(b, a);
	assert_string_equal(ab, ba);
	struct profile *p = parsed(ab);
	assert_int_equal(profile_stack_count(p), 1);
	assert_int_equal(profile_frame_count(p), 1);
	if (expected != NULL)
		assert_string_equal(profile_frame(p, 0)->symbol, expected);
	else
		assert_null(profile_frame(p, 0)->symbol);
	profile_free(a);
	profile_free(b);
	profile_free(p);
	free(ab);
	free(ba);
}

static void a_known_symbol_wins(void **unused)
{
	(void)unused;
	joined(NULL, NULL, NULL);
	joined("read", NULL, "read");
	joined(NULL, "read", "read");
	joined("read", "read", "read");
	joined("read", "__read", "__read");
}

/* What two facts know of one address, for people. */
static void an_address_has_the_best_name(void **unused)
{
	(void)unused;
	struct error e = {0};
	struct profile *p = profile_of(4);
	static const char *const names[] = {NULL, "write", "read", NULL};
	for (uint64_t i = 0; i < 4; i++)
		give(p, i, stack_of(p, "/lib/a", i < 3 ? 1 : 2, names[i]));
	assert_int_equal(profile_sort(p, &e), 0);
	assert_int_equal(profile_frame_count(p), 4);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(profile_frame_named(p, i)->symbol, "read");
	assert_null(profile_frame_named(p, 3)->symbol);
	profile_free(p);
}

/* A symbol that is known only from a stack which the cap drops: were it taken for the same frame elsewhere, the order of
 * merging would show. */
static void dropped_stacks_leave_no_symbols(void **unused)
{
	(void)unused;
	struct profile *a = profile_of(2), *b = profile_of(2), *c = profile_of(2);
	give(a, 0, stack_of(a, "/lib/z", 1, NULL));
	give(b, 1, stack_of(b, "/lib/z", 1, "named"));
	for (uint64_t i = 0; i < STACKS_PER_FACT; i++)
		give(c, 1, stack_of(c, "/lib/a", i, NULL));
	char *ab = united(a, b), *bc = united(b, c);
	struct profile *pab = parsed(ab), *pbc = parsed(bc);
	char *left = united(pab, c), *right = united(a, pbc);
	assert_string_equal(left, right);
	char *texts[] = {ab, bc, left, right};
	struct profile *all[] = {a, b, c, pab, pbc};
	for (size_t i = 0; i < 4; i++)
		free(texts[i]);
	for (size_t i = 0; i < 5; i++)
		profile_free(all[i]);
}

static void symbols_may_be_set_later(void **unused)
{
	(void)unused;
	struct error e = {0};
	struct profile *p = profile_of(3);
	give(p, 0, stack_of(p, "/lib/a", 1, NULL));
	give(p, 1, stack_of(p, "/lib/a", 1, "other")); /* another frame, until they are named alike */
	give(p, 2, stack_of(p, "/lib/a", 2, NULL));
	assert_int_equal(profile_frame_count(p), 3);
	assert_int_equal(profile_set_symbol(p, 0, "std::operator+(int)", 0x1f, &e), 0);
	assert_int_equal(profile_set_symbol(p, 1, "std::operator+(int)", 0x1f, &e), 0);
	assert_int_equal(profile_set_symbol(p, 2, "gone", 1, &e), 0);
	assert_int_equal(profile_set_symbol(p, 2, NULL, 1, &e), 0);
	char *text = written(p);
	assert_non_null(strstr(text, "[0, \"0x1\", \"std::operator+(int)+0x1f\"],\n  [0, \"0x2\"]\n"));
	assert_non_null(strstr(text, "\"stacks\": [\n  {\"frames\": [0]},\n  {\"frames\": [1]}\n ]"));
	struct profile *q = parsed(text);
	assert_int_equal(profile_stack_count(q), 2);
	assert_string_equal(profile_frame(q, 0)->symbol, "std::operator+(int)");
	assert_int_equal(profile_frame(q, 0)->symbol_offset, 0x1f);
	/* And it can go on; what was named meanwhile is found by its name alone. */
	assert_int_equal(stack_of(q, "/lib/a", 2, NULL), 1);
	assert_int_equal(profile_set_symbol(q, 1, "late", 5, &e), 0);
	assert_int_equal(stack_of(q, "/lib/a", 2, "late"), 1);
	assert_int_equal(stack_of(q, "/lib/a", 2, NULL), 2);
	free(text);
	profile_free(p);
	profile_free(q);
}

static void random_symbols_set_later_are_read_back(void **unused)
{
	(void)unused;
	static const char *const names[] = {NULL, "", "main", "a+0x1"};
	struct error e = {0};
	for (int round = 0; round < 300; round++) {
		struct profile *p = profile_of(4);
		for (int i = 0; i < 20; i++)
			assert_true(give(p, any(4), add_random_stack(p)) > 0);
		for (size_t i = 0; i < profile_frame_count(p); i++)
			assert_int_equal(profile_set_symbol(p, i, names[any(4)], any(3), &e), 0);
		struct profile *q = copy(p);
		char *a = written(p), *b = written(q), *c = united(p, q);
		assert_string_equal(a, b);
		assert_string_equal(a, c);
		free(a);
		free(b);
		free(c);
		profile_free(p);
		profile_free(q);
	}
}

static void without_stacks_the_file_says_nothing_of_them(void **unused)
{
	(void)unused;
	struct profile *p = profile_of(1);
	stack_of(p, "/lib/a", 1, NULL); /* no fact has it */
	char *text = written(p);
	assert_null(strstr(text, "stacks"));
	assert_null(strstr(text, "frames"));
	assert_null(strstr(text, "modules"));
	free(text);
	profile_free(p);
}

#define FACT                                                                                                           \
	"{\"phase\": \"main\", \"arch\": \"x86_64\", \"syscall\": \"read\", \"nr\": 0, \"programs\": [0], \"runs\": "  \
	"{\"0\": 1}"

/* What stands in a file, and what is said of it. */
static const struct {
	const char *modules, *frames, *stacks, *of_fact, *message;
} refused[] = {
    {"{}", "", "", "[]", "modules: expected a list, found an object"},
    {"[{\"path\": \"/a\"}, {\"path\": \"/a\"}]", "[]", "[]", "", "modules[1]: is the same as modules[0]"},
    {"[{\"path\": \"/a\", \"build_id\": \"\"}, {\"path\": \"/a\"}]", "[]", "[]", "",
     "modules[1]: is the same as modules[0]"},
    {"[{\"path\": 5}]", "[]", "[]", "", "modules[0].path: expected a string"},
    {"[{\"build_id\": \"00\"}]", "[]", "[]", "", "modules[0]: the key \"path\" is missing"},
    {"[{\"path\": \"/a\", \"name\": 1}]", "[]", "[]", "", "modules[0].name: unknown key \"name\"; written by a newer"},
    {"[]", "[{}]", "[]", "", "frames[0]: expected [null], or [MODULE, \"0xOFFSET\"]"},
    {"[]", "[[]]", "[]", "", "frames[0]: expected [null], or [MODULE, \"0xOFFSET\"]"},
    {"[]", "[[null, \"0x1\"]]", "[]", "", "frames[0][0]: expected the position of a module"},
    {"[]", "[[0, \"0x1\"]]", "[]", "", "frames[0][0]: there is no module 0"},
    {"A", "[[-1, \"0x1\"]]", "[]", "", "frames[0][0]: there is no module -1"},
    {"A", "[[4294967295, \"0x1\"]]", "[]", "", "frames[0][0]: there is no module 4294967295"},
    {"A", "[[4294967296, \"0x1\"]]", "[]", "", "frames[0][0]: there is no module 4294967296"},
    {"A", "[[0.0, \"0x1\"]]", "[]", "", "frames[0][0]: expected the position of a module"},
    {"A", "[[0]]", "[]", "", "frames[0]: expected [null], or [MODULE, \"0xOFFSET\"]"},
    {"A", "[[0, 1]]", "[]", "", "frames[0][1]: expected an offset"},
    {"A", "[[0, \"1\"]]", "[]", "", "frames[0][1]: expected an offset"},
    {"A", "[[0, \"0x\"]]", "[]", "", "frames[0][1]: expected an offset"},
    {"A", "[[0, \"0x01\"]]", "[]", "", "frames[0][1]: expected an offset"},
    {"A", "[[0, \"0xG\"]]", "[]", "", "frames[0][1]: expected an offset"},
    {"A", "[[0, \"0xAB\"]]", "[]", "", "frames[0][1]: expected an offset"},
    {"A", "[[0, \"-0x1\"]]", "[]", "", "frames[0][1]: expected an offset"},
    {"A", "[[0, \"0x-1\"]]", "[]", "", "frames[0][1]: expected an offset"},
    {"A", "[[0, \"0x1 \"]]", "[]", "", "frames[0][1]: expected an offset"},
    {"A", "[[0, \"0x10000000000000000\"]]", "[]", "", "frames[0][1]: expected an offset"},
    {"A", "[[0, \"0x1\", null]]", "[]", "", "frames[0][2]: expected a string"},
    {"A", "[[0, \"0x1\", \"main\"]]", "[]", "", "frames[0][2]: expected a name and an offset"},
    {"A", "[[0, \"0x1\", \"+0x1\"]]", "[]", "", "frames[0][2]: expected a name and an offset"},
    {"A", "[[0, \"0x1\", \"main+1\"]]", "[]", "", "frames[0][2]: expected a name and an offset"},
    {"A", "[[0, \"0x1\", \"main+0x01\"]]", "[]", "", "frames[0][2]: expected a name and an offset"},
    {"A", "[[0, \"0x1\", \"main\\\\+0x1\"]]", "[]", "", "frames[0][2]: a backslash is written"},
    {"A", "[[0, \"0x1\", \"main+0x1\", 5]]", "[]", "", "frames[0]: expected [null], or [MODULE, \"0xOFFSET\"]"},
    {"A", "[[0, \"0x1\"], [null], [0, \"0x1\"]]", "[]", "", "frames[2]: is the same as frames[0]"},
    {"A", "[[null], [null]]", "[]", "", "frames[1]: is the same as frames[0]"},
    {"A", "A", "[[]]", "", "stacks[0]: expected an object"},
    {"A", "A", "[{}]", "", "stacks[0]: the key \"frames\" is missing"},
    {"A", "A", "[{\"frames\": []}]", "", "stacks[0].frames: expected 1 to 256 frames, found 0"},
    {"A", "A", "[{\"frames\": [2]}]", "", "stacks[0].frames[0]: there is no frame 2"},
    {"A", "A", "[{\"frames\": [1, -1]}]", "", "stacks[0].frames[1]: there is no frame -1"},
    {"A", "A", "[{\"frames\": [9223372036854775807]}]", "",
     "stacks[0].frames[0]: there is no frame 9223372036854775807"},
    {"A", "A", "[{\"frames\": [9223372036854775808]}]", "", "too big integer"},
    {"A", "A", "[{\"frames\": [\"0\"]}]", "", "stacks[0].frames[0]: expected the position of a frame"},
    {"A", "A", "[{\"frames\": [0], \"end\": \"complete\"}]", "", "stacks[0].end: \"complete\" is not a reason"},
    {"A", "A", "[{\"frames\": [0], \"end\": \"dull\"}]", "",
     "stacks[0].end: \"dull\" is not a reason that this pinhole knows (limit, "},
    {"A", "A", "[{\"frames\": [0], \"end\": null}]", "", "stacks[0].end: \"\" is not a reason"},
    {"A", "A", "[{\"frames\": [0], \"and\": 1}]", "", "stacks[0].and: unknown key"},
    {"A", "A", "[{\"frames\": [0, 1]}, {\"frames\": [0, 1]}]", "", "stacks[1]: is the same as stacks[0]"},
    {"A", "A", "A", "5", "facts[0].stacks: expected a list of 1 to 4 positions"},
    {"A", "A", "A", "[]", "facts[0].stacks: expected a list of 1 to 4 positions"},
    {"A", "A", "A", "[0, 1, 2, 3, 4]", "facts[0].stacks: expected a list of 1 to 4 positions"},
    {"A", "A", "A", "[99]", "facts[0].stacks[0]: there is no stack 99"},
    {"A", "A", "A", "[0, -1]", "facts[0].stacks[1]: there is no stack -1"},
    {"A", "A", "A", "[true]", "facts[0].stacks[0]: expected the position of a stack"},
    {"A", "A", "A", "[0, 0]", "facts[0].stacks[1]: contains stack 0 twice"},
    {"A", "[[0, \"0x1\"], [0, \"0x1\", \"main+0x0\"]]", "[{\"frames\": [0]}, {\"frames\": [1]}]", "[0, 1]",
     "facts[0].stacks[1]: contains stack 1 twice, or"},
};

/* The text with its abbreviations resolved: "A" for a good list. */
static char *file_of(const char *modules, const char *frames, const char *stacks, const char *of_fact)
{
	struct text out = {0};
	bool a = strcmp(modules, "A") == 0, b = strcmp(frames, "A") == 0, c = strcmp(stacks, "A") == 0;
	text_add(&out, "{\"format\": \"pinhole-profile\", \"version\": 1, \"runs\": [{\"id\": \"1\", \"command\": []}], "
		       "\"programs\": [{\"path\": \"/p\"}],\n\"facts\": [" FACT "%s%s}]", *of_fact ? ", \"stacks\": " : "", of_fact);
	text_add(&out, ", \"modules\": %s", a ? "[{\"path\": \"/a\"}]" : modules);
	text_add(&out, ", \"frames\": %s", b ? "[[0, \"0x1\"], [null]]" : *frames ? frames : "[]");
	text_add(&out, ", \"stacks\": %s}", c ? "[{\"frames\": [0]}, {\"frames\": [1], \"end\": \"loop\"}]" : *stacks ? stacks : "[]");
	assert_false(out.failed);
	return out.bytes;
}

static void what_is_wrong_is_said_with_its_place(void **unused)
{
	(void)unused;
	struct error e = {0};
	char *good = file_of("A", "A", "A", "[1, 0]");
	struct profile *p = profile_parse(good, strlen(good), "file", &e);
	if (p == NULL)
		fail_msg("%s", e.text);
	assert_int_equal(profile_fact(p, 0)->stacks.count, 2);
	profile_free(p);
	free(good);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		e = (struct error){0};
		char *text = file_of(refused[i].modules, refused[i].frames, refused[i].stacks, refused[i].of_fact);
		if (profile_parse(text, strlen(text), "file", &e) != NULL || e.code != ERR_INPUT ||
		    strncmp(e.text, "file: line ", 11) != 0 || strstr(e.text, refused[i].message) == NULL)
			fail_msg("%s\nexpected: %s\nfound: %s", text, refused[i].message, e.text);
		free(text);
	}
}

static void too_many_frames_are_refused(void **unused)
{
	(void)unused;
	struct error e = {0};
	struct text list = {0};
	text_add(&list, "[{\"frames\": [0");
	for (int i = 0; i < STACK_FRAMES; i++)
		text_add(&list, ", 0");
	text_add(&list, "]}]");
	char *text = file_of("A", "A", list.bytes, "[0]");
	assert_null(profile_parse(text, strlen(text), "file", &e));
	assert_non_null(strstr(e.text, "stacks[0].frames: expected 1 to 256 frames, found 257"));
	text_free(&list);
	free(text);
}

static void a_symbol_of_any_length_is_refused(void **unused)
{
	(void)unused;
	for (int n = STACK_SYMBOL; n <= STACK_SYMBOL + 1; n++) {
		struct error e = {0};
		struct text list = {0};
		text_add(&list, "[[0, \"0x1\", \"%0*d+0x1\"], [null]]", n, 0);
		char *text = file_of("A", list.bytes, "A", "[0]");
		struct profile *p = profile_parse(text, strlen(text), "file", &e);
		assert_true((p != NULL) == (n == STACK_SYMBOL));
		assert_non_null(strstr(e.text, p != NULL ? "" : "frames[0][2]: the name has more than 1023 bytes"));
		profile_free(p);
		text_free(&list);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_part_is_there_once),
		cmocka_unit_test(the_innermost_frames_are_kept),
		cmocka_unit_test(a_fact_keeps_the_first_few),
		cmocka_unit_test(a_wide_fact_has_the_stacks_of_all),
		cmocka_unit_test(a_known_symbol_wins),
		cmocka_unit_test(an_address_has_the_best_name),
		cmocka_unit_test(dropped_stacks_leave_no_symbols),
		cmocka_unit_test(symbols_may_be_set_later),
		cmocka_unit_test(random_symbols_set_later_are_read_back),
		cmocka_unit_test(without_stacks_the_file_says_nothing_of_them),
		cmocka_unit_test(what_is_wrong_is_said_with_its_place),
		cmocka_unit_test(too_many_frames_are_refused),
		cmocka_unit_test(a_symbol_of_any_length_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

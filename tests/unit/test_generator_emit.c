/* The output formats: found by name, exact bytes, a header that compilers take without a warning, and names from
 * outside that stay inside their comment. SPDX-License-Identifier: MIT */
#include "generator_helper.h"

#include <sys/wait.h>
#include <unistd.h>

static struct policy *sample(void)
{
	struct policy *p = new_policy(ARCH_BIT(ARCH_NATIVE), ACTION_KILL);
	for (uint32_t nr = 0; nr < 300; nr += 1 + (uint32_t)(any() % 4)) {
		if (abi_by_nr(ARCH_NATIVE, nr) == NULL)
			continue; /* no format can name it */
		struct rule *r = new_rule(p, ARCH_NATIVE, nr, (struct action){.kind = ACTION_ALLOW});
		if (nr % 7 == 0)
			add_test(new_alternative(r), ARCH_NATIVE, nr, 1, UINT64_MAX, &(struct range){1, 3}, 1);
	}
	return p;
}

static struct text emitted(const char *format, const struct policy *p, const struct filter *f, const char *source)
{
	struct emit_input in = {.policy = p, .filter = f, .source = source};
	struct text out = {0};
	struct emit_notes notes = {0};
	struct error e = {0};
	const struct emitter *emitter = emitter_by_name(format);
	assert_non_null(emitter);
	if (emitter->emit(&in, &out, &notes, &e) != 0)
		fail_msg("%s: %s", format, e.text);
	text_free(&notes.text);
	return out;
}

static void table(void **state)
{
	(void)state;
	for (size_t i = 0; emitters[i] != NULL; i++) {
		assert_ptr_equal(emitter_by_name(emitters[i]->name), emitters[i]);
		assert_non_null(emitters[i]->summary);
		assert_non_null(emitters[i]->emit);
	}
	assert_string_equal(emitters[0]->name, "bpf");
	assert_null(emitter_by_name("no such"));
	assert_null(emitter_by_name(""));
}

static void bpf_is_read_back(void **state)
{
	(void)state;
	struct policy *p = sample();
	struct filter f = compiled(p), again = {0};
	struct error e = {0};
	struct text t = emitted("bpf", p, &f, "x");
	assert_int_equal(t.count, f.code.count * 8);
	assert_int_equal(filter_parse(t.bytes, t.count, "x", &again, &e), 0);
	assert_int_equal(again.code.count, f.code.count);
	assert_memory_equal(again.code.items, f.code.items, t.count);
	text_free(&t);
	filter_clear(&again);
	filter_clear(&f);
	policy_free(p);
}

static void run(const char *command)
{
	int status = system(command);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		print_message("not here: %s\n", command);
	else if (status != 0)
		fail_msg("%s", command);
}

/* Two files, so that the header is seen alone and twice. */
static void header_compiles(void **state)
{
	(void)state;
	static const char *const commands[] = {
	    "command -v gcc >/dev/null || exit 127; gcc -std=c99 -Wall -Wextra -Werror -O2 -o %1$s/a %1$s/a.c",
	    "command -v gcc >/dev/null || exit 127; gcc -std=gnu17 -Wall -Wextra -Wshadow -Wmissing-prototypes -Werror "
	    "-c -o "
	    "%1$s/a.o %1$s/a.c",
	    "command -v clang >/dev/null || exit 127; clang -std=c99 -Wall -Wextra -Werror -c -o %1$s/a.o %1$s/a.c",
	    "command -v g++ >/dev/null || exit 127; g++ -std=c++11 -Wall -Wextra -Werror -c -o %1$s/a.o -x c++ "
	    "%1$s/a.c",
	};
	char folder[] = "/tmp/pinhole-emit.XXXXXX", path[64], command[512];
	struct policy *p = sample();
	p->default_action.kind = ACTION_ALLOW; /* so that the program that installs it gets to its end */
	for (size_t i = 0; i < p->rules.count; i++)
		p->rules.items[i].action = (struct action){ACTION_ERRNO, 1};
	struct filter f = compiled(p);
	struct text t = emitted("c", p, &f, "a/*b*/c*//**/ \n#error?\?/\n\x01 /");
	assert_null(strstr(text_string(&t), "#error?\n"));
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/filter.h", folder);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text_string(&t), file);
	fclose(file);
	snprintf(path, sizeof(path), "%s/a.c", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("#include \"filter.h\"\n#include \"filter.h\"\nint main(void)\n{\n\treturn pinhole_install() <= 0 ? 0 : "
	      "1;\n}\n",
	      file);
	fclose(file);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		snprintf(command, sizeof(command), commands[i], folder);
		run(command);
	}
	snprintf(command, sizeof(command), "rm -r %s", folder);
	run(command);
	text_free(&t);
	filter_clear(&f);
	policy_free(p);
}

/* The same input, the same bytes: no dates, no addresses. */
static void output_is_reproducible(void **state)
{
	(void)state;
	struct policy *p = sample();
	struct filter a = compiled(p), b = compiled(p);
	for (size_t i = 0; emitters[i] != NULL; i++) {
		struct text x = emitted(emitters[i]->name, p, &a, "x"), y = emitted(emitters[i]->name, p, &b, "x");
		assert_int_equal(x.count, y.count);
		assert_memory_equal(x.bytes, y.bytes, x.count);
		text_free(&x);
		text_free(&y);
	}
	filter_clear(&a);
	filter_clear(&b);
	policy_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(table),
	    cmocka_unit_test(bpf_is_read_back),
	    cmocka_unit_test(header_compiles),
	    cmocka_unit_test(output_is_reproducible),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The stages between policy and instructions, each held against a slow way to the same: decisions are canonical, and
 * comparisons fewest or quickest. SPDX-License-Identifier: MIT */
#include "generator_helper.h"

#include "generator/compile/pipeline.h"

#define IOCTL 16
#define SOCKET 41
#define MMAP 9

/* Decisions. ------------------------------------------------------------------------------------------------ */

/* The graphs of a rule for each order of its arguments; the last root, one alternative after the other, depends on how
 * the rule is written. */
static struct roots orders(struct decisions *d, const struct rule *r)
{
	struct roots out = {0};
	size_t steps = RULE_STEPS;
	struct numbered one = {0, r};
	assert_true(rules_lower(d, &one, 1, decision_end(d, SECCOMP_RET_KILL_PROCESS), &steps, &out));
	assert_false(d->failed || d->too_big);
	assert_true(out.of.count > 0);
	return out;
}

/* The same set of calls written otherwise: in another order, and each range in two alternatives. */
static void write_otherwise(const struct rule *from, struct rule *to, uint32_t nr)
{
	for (size_t i = from->any.count; i-- > 0;) {
		const struct alternative *a = &from->any.items[(i * 3 + 2) % from->any.count];
		for (int half = 0; half < 2; half++) {
			struct alternative *copy = new_alternative(to);
			for (size_t t = 0; t < a->tests.count; t++) {
				const struct test *test = &a->tests.items[t];
				struct range r = test->ranges.items[0];
				uint64_t middle = r.lo + (r.hi - r.lo) / 2;
				if (t == 0 && half == 0)
					r.hi = middle;
				else if (t == 0 && middle < r.hi)
					r.lo = middle + 1;
				add_test(copy, ARCH_X86_64, nr, test->arg, test->mask, &r, 1);
			}
		}
	}
}

static void equal_meanings_are_one_graph(void **state)
{
	(void)state;
	for (int round = 0; round < 500; round++) {
		struct policy *p = new_policy(ARCH_BIT(ARCH_X86_64), ACTION_KILL), *q = new_policy(p->archs, ACTION_KILL);
		struct rule *r = new_rule(p, ARCH_X86_64, SOCKET, (struct action){.kind = ACTION_ALLOW});
		for (size_t n = 7; n > 0; n--) {
			struct alternative *a = new_alternative(r);
			for (unsigned arg = 0; arg < 3; arg++) {
				uint64_t lo = any() % 8;
				if (any() % 3 > 0)
					add_test(a, ARCH_X86_64, SOCKET, arg, UINT64_MAX, &(struct range){lo, lo + any() % 4}, 1);
			}
			if (a->tests.count == 0)
				r->any.count--;
		}
		if (r->any.count != 7) {
			policy_free(p);
			policy_free(q);
			continue;
		}
		struct rule *s = new_rule(q, ARCH_X86_64, SOCKET, (struct action){.kind = ACTION_ALLOW});
		write_otherwise(r, s, SOCKET);
		struct decisions d = {0};
		struct roots a = orders(&d, r), b = orders(&d, s);
		size_t n = a.of.count < b.of.count ? a.of.count : b.of.count;
		for (size_t i = 0; i + 1 < n && n > 2; i++)
			assert_int_equal(a.of.items[i], b.of.items[i]);
		assert_int_equal(a.of.items[0], b.of.items[0]);
		vec_free(&a.of);
		vec_free(&b.of);
		decisions_free(&d);
		policy_free(p);
		policy_free(q);
	}
}

/* Twenty commands of one file, and five files for one command: the graph that asks the command first is smaller. */
static void the_better_order_is_taken(void **state)
{
	(void)state;
	size_t sizes[2];
	for (unsigned swapped = 0; swapped < 2; swapped++) {
		struct policy *p = new_policy(ARCH_BIT(ARCH_X86_64), ACTION_KILL);
		struct rule *r = new_rule(p, ARCH_X86_64, SOCKET, (struct action){.kind = ACTION_ALLOW});
		for (uint64_t i = 0; i < 20; i++) {
			struct alternative *a = new_alternative(r);
			add_test(a, ARCH_X86_64, SOCKET, swapped, UINT64_MAX, &(struct range){i * 2, i * 2}, 1);
			add_test(a, ARCH_X86_64, SOCKET, !swapped, UINT64_MAX, &(struct range){i % 2 * 7, i % 2 * 7}, 1);
		}
		struct filter f = compiled(p);
		sizes[swapped] = f.code.count;
		filter_clear(&f);
		policy_free(p);
	}
	assert_int_equal(sizes[0], sizes[1]);
}

/* "No bit of A and none of B" is one test, and the word is loaded once for that and for a mask. */
static void words_are_loaded_once(void **state)
{
	(void)state;
	struct policy *p = new_policy(ARCH_BIT(ARCH_X86_64), ACTION_KILL);
	struct rule *r = new_rule(p, ARCH_X86_64, SOCKET, (struct action){.kind = ACTION_ALLOW});
	struct alternative *a = new_alternative(r);
	add_test(a, ARCH_X86_64, SOCKET, 1, 0xff000000, &(struct range){0, 0}, 1);
	add_test(a, ARCH_X86_64, SOCKET, 1, 0x00f00000, &(struct range){0, 0}, 1);
	add_test(a, ARCH_X86_64, SOCKET, 1, 0x0000000f, &(struct range){1, 3}, 1);
	struct filter f = compiled(p);
	size_t loads = 0, tests = 0;
	for (size_t i = 0; i < f.code.count; i++) {
		loads += f.code.items[i].code == (BPF_LD | BPF_W | BPF_ABS) && f.code.items[i].k == WORD_LOW(1);
		tests += f.code.items[i].code == (BPF_JMP | BPF_JSET | BPF_K);
	}
	assert_int_equal(loads, 1);
	assert_int_equal(tests, 1);
	filter_clear(&f);
	policy_free(p);
}

/* Dispatch. ------------------------------------------------------------------------------------------------- */

#define CASES_MOST 7

struct cost {
	uint64_t count, steps;
};

static struct {
	struct word_case cases[CASES_MOST];
	bool single[CASES_MOST];
	size_t n;
	bool speed;
} input;

static bool less(struct cost a, struct cost b)
{
	uint64_t a1 = input.speed ? a.steps : a.count, a2 = input.speed ? a.count : a.steps;
	uint64_t b1 = input.speed ? b.steps : b.count, b2 = input.speed ? b.count : b.steps;
	return a1 != b1 ? a1 < b1 : a2 < b2;
}

/* The best tree of all there are, for the cases that a set has. */
static struct cost best_tree(unsigned left)
{
	struct cost best = {UINT64_MAX, UINT64_MAX};
	uint64_t weight = 0;
	size_t first = CASES_MOST;
	bool one = true;
	for (size_t i = 0; i < input.n; i++)
		if (left >> i & 1) {
			first = first == CASES_MOST ? i : first;
			one &= input.cases[i].node == input.cases[first].node;
			weight += input.cases[i].weight;
		}
	if (one)
		return (struct cost){0, 0};
	for (size_t i = 0; i < input.n; i++) {
		unsigned low = left & ((1u << i) - 1), high = left & ~low, parts[2][2] = {{low, high}, {1u << i, left & ~(1u << i)}};
		for (int equal = 0; equal < 2; equal++) {
			if (equal && (!input.single[i] || !(left >> i & 1)))
				continue;
			if (parts[equal][0] == 0 || parts[equal][1] == 0)
				continue;
			struct cost a = best_tree(parts[equal][0]), b = best_tree(parts[equal][1]);
			struct cost c = {a.count + b.count + 1, a.steps + b.steps + weight};
			best = less(c, best) ? c : best;
		}
	}
	return best;
}

static struct cost cost_of_dispatch(struct nodes *g, uint32_t root)
{
	struct cost c = {0};
	for (size_t i = 0; i < input.n; i++) {
		struct seccomp_data d = {.nr = (int)input.cases[i].lo};
		size_t steps = node_steps(g, root, &d); /* a load, comparisons, a return */
		c.steps += (steps - 2) * input.cases[i].weight;
	}
	c.count = node_size(g, root, NULL) - 1;
	for (size_t i = 0; i < input.n; i++) {
		size_t before = 0;
		while (input.cases[before].node != input.cases[i].node)
			before++;
		c.count -= before == i; /* its return */
	}
	return c;
}

static void make_cases(struct nodes *g, unsigned answers)
{
	uint32_t lo = 0, last = UINT32_MAX;
	input.n = 2 + any() % (CASES_MOST - 1);
	for (size_t i = 0; i < input.n; i++) {
		uint32_t ret = last;
		while (ret == last)
			ret = answers == 0 ? (uint32_t)i : (uint32_t)(any() % answers);
		last = ret;
		input.cases[i] = (struct word_case){lo, node_return(g, SECCOMP_RET_ERRNO | ret), 1 + any() % 50};
		input.single[i] = i + 1 < input.n && any() % 2 == 0;
		lo += input.single[i] ? 1 : 2 + (uint32_t)(any() % 9);
	}
}

static void dispatch_is_best(void **state)
{
	(void)state;
	size_t slower = 0, all = 0;
	double worst = 1;
	for (int round = 0; round < 3000; round++) {
		struct nodes g = {0};
		unsigned answers = round % 3 == 0 ? 0 : 1 + (unsigned)(round % 4);
		make_cases(&g, answers < 2 ? 0 : answers);
		input.speed = round % 2 == 0;
		struct cost best = best_tree((1u << input.n) - 1);
		struct cost got = cost_of_dispatch(&g, dispatch_word(&g, WORD_NR, UINT32_MAX, input.cases, input.n, input.speed));
		if (!input.speed)
			assert_int_equal(got.count, best.count);
		else if (answers < 2) /* where all answers differ it is the best but for rounding */
			assert_true(got.steps * 50 <= best.steps * 51);
		all++;
		if (best.steps > 0 && got.steps > best.steps) {
			slower++;
			worst = (double)got.steps / (double)best.steps > worst ? (double)got.steps / (double)best.steps : worst;
		}
		nodes_free(&g);
	}
	print_message("%zu of %zu trees have more steps than the best one of their aim, at most %.2f times as many\n", slower, all,
		      worst);
	assert_true(slower < all / 10 && worst < 2);
}

/* Aims. ----------------------------------------------------------------------------------------------------- */

static void aims_are_met(void **state)
{
	(void)state;
	size_t quicker = 0;
	for (int round = 0; round < 100;) {
		struct policy *p = random_policy();
		struct error e = {0};
		struct filter small = {0}, quick = {0}, old = {0};
		if (policy_finish(p, &e) != 0 || filter_compile(p, NULL, &small, &e) != 0 ||
		    filter_compile(p, &(struct compile_options){.speed = true}, &quick, &e) != 0 ||
		    filter_compile(p, &(struct compile_options){.speed = true, .no_bitmap = true}, &old, &e) != 0)
			assert_int_equal(e.code, ERR_LIMIT);
		uint64_t steps[3] = {0};
		for (int i = 0; i < 300 && e.code == 0; i++) {
			struct seccomp_data d = random_call(p);
			size_t taken;
			const struct filter *of[] = {&small, &quick, &old};
			for (int k = 0; k < 3; k++) {
				uint32_t said = filter_run(of[k]->code.items, of[k]->code.count, &d, &taken);
				assert_int_equal(said, action_ret(policy_evaluate(p, &d)));
				steps[k] += taken;
			}
		}
		round += e.code == 0; /* some are larger than any filter may be */
		quicker += e.code == 0 && steps[1] <= steps[0];
		filter_clear(&small);
		filter_clear(&quick);
		filter_clear(&old);
		policy_free(p);
	}
	print_message("%zu of 100 filters made for speed take no more steps than those made for size\n", quicker);
	assert_true(quicker > 80);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(equal_meanings_are_one_graph), cmocka_unit_test(the_better_order_is_taken),
	    cmocka_unit_test(words_are_loaded_once),	    cmocka_unit_test(dispatch_is_best),
	    cmocka_unit_test(aims_are_met),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

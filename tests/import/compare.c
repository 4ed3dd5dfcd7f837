/* What filters that another tool has made answer, beside what a policy says: over all numbers of each of the policy's
 * architectures, of x32 and of one more architecture, with arguments at and beside the values that either names.
 *     compare [--arch=ARCH] [--said=FILE [--never=looser|stricter]] POLICY FILTER…
 * Differences that the text of FILE announces are counted apart: those of a call that it names, of other architectures, of x32, of newer
 * calls, and of the default. With --never=looser none of them may let through what the policy denies; with --never=stricter none may deny what the
 * policy lets through; that holds for calls that are known. With --arch=ARCH no other one of the policy's is asked. Several filters answer as the kernel has it: the most strict one, of equal ones the last. Arguments that the kernel takes as
 * 32 bits have nothing in their other half. Prints each kind of difference once, as
 *     ARCH CALL: the filter says A, the policy says B: looser|stricter|other (N arguments, such as …)
 * and ends with 1 where there is one. SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "generator/generator.h"
#include "policies/base/file.h"

enum { TRIES = 300, PLAIN_TRIES = 40, NUMBERS = 700, FILTERS = 24 };

struct made {
	struct sock_filter *code;
	size_t n;
};

static struct policy *policy;
static struct made filters[FILTERS];
static size_t filter_count, asked, differences, announced;
static char *said; /* NULL: nothing is announced */
static const char *never = "", *only;
static VEC(uint64_t) values;
static uint64_t state = 88172645463325252u;

static uint64_t chance(void) /* xorshift64 (Marsaglia) */
{
	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

static void need(bool fine)
{
	if (!fine)
		exit(2);
}

static void add_value(uint64_t v)
{
	const uint64_t near[] = {v, v - 1, v + 1, v & UINT32_MAX, ~v, v | 1u << chance() % 32, v << 32};
	for (size_t i = 0; i < sizeof(near) / sizeof(near[0]); i++)
		need(vec_push(&values, near[i]));
}

static void collect(void)
{
	add_value(0);
	add_value(UINT64_MAX);
	add_value((uint64_t)1 << 31);
	for (size_t i = 0; i < policy->rules.count; i++)
		for (size_t a = 0; a < policy->rules.items[i].any.count; a++)
			for (size_t t = 0; t < policy->rules.items[i].any.items[a].tests.count; t++) {
				const struct test *test = &policy->rules.items[i].any.items[a].tests.items[t];
				add_value(test->mask);
				for (size_t r = 0; r < test->ranges.count; r++) {
					add_value(test->ranges.items[r].lo);
					add_value(test->ranges.items[r].hi);
				}
			}
	for (size_t f = 0; f < filter_count; f++)
		for (size_t i = 0; i < filters[f].n; i++)
			if (BPF_CLASS(filters[f].code[i].code) == BPF_JMP || BPF_CLASS(filters[f].code[i].code) == BPF_ALU)
				add_value(filters[f].code[i].k);
}

/* The kernel takes the action as a signed number: the process is killed before its thread is. */
static uint32_t answer(const struct seccomp_data *data)
{
	uint32_t ret = SECCOMP_RET_ALLOW;
	for (size_t i = filter_count; i-- > 0;) {
		uint32_t one = filter_run(filters[i].code, filters[i].n, data, NULL);
		if ((int32_t)(one & SECCOMP_RET_ACTION_FULL) < (int32_t)(ret & SECCOMP_RET_ACTION_FULL))
			ret = one;
	}
	return ret;
}

struct difference {
	struct action filter, policy;
	uint64_t args[6];
	size_t count;
};

/* Whether the text has this word. */
static bool says(const char *word)
{
	size_t n = strlen(word);
	for (const char *at = strstr(said, word); at != NULL; at = strstr(at + 1, word))
		if ((at == said || (!isalnum((unsigned char)at[-1]) && at[-1] != '_')) && !isalnum((unsigned char)at[n]) && at[n] != '_')
			return true;
	return false;
}

/* Whether a line that has the word says, too, that it is allowed (or denied) whatever the policy says. */
static bool says_so(const char *word, const char *what)
{
	char line[8192];
	for (const char *at = said; *at != '\0'; at += strcspn(at, "\n") + (at[strcspn(at, "\n")] == '\n')) {
		char *whole = said;
		snprintf(line, sizeof(line), "%.*s", (int)strcspn(at, "\n"), at);
		said = line;
		bool found = says(word) && strstr(line, what) != NULL && strstr(line, ", as ") != NULL;
		said = whole;
		if (found)
			return true;
	}
	return false;
}

static bool lets(struct action a) { return a.kind == ACTION_ALLOW || a.kind == ACTION_LOG; }

static bool is_announced(const char *arch, uint32_t nr, int known, const struct difference *d)
{
	char buffer[32];
	if (said == NULL)
		return false;
	/* What is said of all calls at once. */
	bool by_default = action_equal(d->policy, policy->default_action);
	if (by_default && !lets(d->filter) && !lets(d->policy) && says("calls that are not allowed"))
		return true;
	if (d->filter.kind == ACTION_ALLOW && d->policy.kind == ACTION_LOG && by_default && says("without a line in the log"))
		return true;
	if (d->filter.kind <= ACTION_KILL_THREAD && d->policy.kind <= ACTION_KILL_THREAD && says("the thread alone is killed"))
		return true;
	if (known < 0)
		return says(strcmp(arch, "x32") == 0 ? "x32" : "other architectures");
	if (nr > abi_newest((enum arch)known))
		return says("newer") || says("higher numbers") || says("does not know") || says(abi_name((enum arch)known, nr, buffer, sizeof(buffer)));
	if (abi_by_nr((enum arch)known, nr) == NULL && says("numbers of no call"))
		return true;
	const char *name = abi_name((enum arch)known, nr, buffer, sizeof(buffer));
	bool looser = lets(d->filter) && !lets(d->policy), stricter = !lets(d->filter) && lets(d->policy);
	if ((looser && strcmp(never, "looser") == 0) || (stricter && strcmp(never, "stricter") == 0))
		return says_so(name, looser ? "allowed" : "denied") || (stricter && says_so(name, "killed"));
	return says(name);
}

static void tell(const char *arch, uint32_t nr, int known, const struct difference *d)
{
	if (is_announced(arch, nr, known, d)) {
		announced++;
		return;
	}
	static const int soft[] = {[ACTION_KILL] = 0, [ACTION_KILL_THREAD] = 1, [ACTION_TRAP] = 2, [ACTION_TRACE] = 2,
				   [ACTION_ERRNO] = 3, [ACTION_LOG] = 4, [ACTION_ALLOW] = 5};
	struct text theirs = {0}, ours = {0};
	char buffer[32];
	int by = soft[d->policy.kind] - soft[d->filter.kind];
	action_text(d->filter, &theirs);
	action_text(d->policy, &ours);
	printf("%s %s: the filter says %s, the policy says %s: %s (%zu, such as 0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64 ")\n",
	       arch, known >= 0 ? abi_name((enum arch)known, nr, buffer, sizeof(buffer)) : "any", text_string(&theirs), text_string(&ours),
	       by > 0 ? "looser" : by < 0 ? "stricter" : "other", d->count, d->args[0], d->args[1], d->args[2], d->args[3]);
	text_free(&theirs);
	text_free(&ours);
	differences++;
}

static void fill(struct seccomp_data *data, int known, uint32_t nr)
{
	const struct syscall_desc *call = known >= 0 ? abi_by_nr((enum arch)known, nr) : NULL;
	for (unsigned i = 0; i < 6; i++) {
		unsigned bits = known >= 0 ? syscall_arg_bits(call, (enum arch)known, i) : 32;
		uint64_t v = values.items[chance() % values.count];
		data->args[i] = bits >= 64 ? v : v & (((uint64_t)1 << bits) - 1);
	}
}

static void compare_call(const char *name, uint32_t audit, int known, uint32_t nr, unsigned tries)
{
	struct difference found[8];
	size_t n = 0;
	struct seccomp_data data = {.nr = (int)nr, .arch = audit};
	for (unsigned i = 0; i < tries; i++) {
		struct action a, b;
		fill(&data, known, nr);
		asked++;
		b = policy_evaluate(policy, &data);
		if (action_from_ret(answer(&data), &a) < 0)
			a = (struct action){ACTION_TRACE, 0};
		if (a.kind == ACTION_ERRNO && a.data > 4095) /* seccomp_run_filters: MAX_ERRNO */
			a.data = 4095;
		if (action_equal(a, b))
			continue;
		size_t k = 0;
		while (k < n && (!action_equal(found[k].filter, a) || !action_equal(found[k].policy, b)))
			k++;
		if (k == n && n == sizeof(found) / sizeof(found[0]))
			continue;
		if (k == n)
			found[n++] = (struct difference){.filter = a, .policy = b};
		if (found[k].count++ == 0)
			memcpy(found[k].args, data.args, sizeof(data.args));
	}
	for (size_t k = 0; k < n; k++)
		tell(name, nr, known, &found[k]);
}

static void compare_arch(enum arch arch)
{
	static const uint32_t far[] = {1023, 1024, 4000, 0x3fffffff};
	for (uint32_t nr = 0; nr < NUMBERS; nr++) {
		char buffer[32];
		const struct rule *r = policy_rule(policy, arch, abi_name(arch, nr, buffer, sizeof(buffer)));
		compare_call(arch_name(arch), arch_audit(arch), (int)arch, nr, r != NULL && r->any.count > 0 ? TRIES : PLAIN_TRIES);
	}
	for (size_t i = 0; i < sizeof(far) / sizeof(far[0]); i++)
		compare_call(arch_name(arch), arch_audit(arch), (int)arch, far[i], 4);
	if (arch == ARCH_X86_64)
		for (uint32_t nr = 0; nr < NUMBERS; nr += nr == 0 ? 1 : 60)
			compare_call("x32", arch_audit(arch), -1, ABI_NR_FOREIGN + nr, 4);
}

static void read_options(int argc, char **argv)
{
	static const struct option options[] = {{"said", required_argument, NULL, 's'}, {"never", required_argument, NULL, 'n'},
						  {"arch", required_argument, NULL, 'a'}, {0}};
	struct error e = {0};
	size_t n = 0;
	for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		need(o == 's' || o == 'n' || o == 'a');
		if (o == 'n')
			never = optarg;
		else if (o == 'a')
			only = optarg;
		else
			need(file_read(optarg, 1 << 20, &said, &n, &e) == 0);
	}
	need(argc - optind >= 2 && argc - optind - 1 <= FILTERS);
}

int main(int argc, char **argv)
{
	struct error e = {0};
	read_options(argc, argv);
	policy = policy_read(argv[optind], &e);
	for (int i = optind + 1; i < argc && e.code == 0; i++, filter_count++) {
		char *bytes = NULL;
		size_t n = 0;
		if (file_read(argv[i], 1 << 20, &bytes, &n, &e) == 0 && n % sizeof(struct sock_filter) == 0)
			filters[filter_count] = (struct made){(struct sock_filter *)(void *)bytes, n / sizeof(struct sock_filter)};
		else
			error_set(&e, ERR_INPUT, "%s: is no filter", argv[i]);
	}
	if (policy == NULL || e.code != 0) {
		fprintf(stderr, "compare: %s\n", e.text);
		return 2;
	}
	collect();
	arch_set others = (arch_set)~policy->archs & ARCH_ALL;
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
		if (policy->archs & ARCH_BIT(arch) && (only == NULL || strcmp(only, arch_name((enum arch)arch)) == 0))
			compare_arch((enum arch)arch);
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
		if (others & ARCH_BIT(arch))
			compare_call("another architecture", arch_audit((enum arch)arch), -1, 1, 4);
	printf("%zu calls asked, %zu kinds of difference", asked, differences);
	if (said != NULL)
		printf(", %zu announced", announced);
	printf("\n");
	return differences > 0;
}

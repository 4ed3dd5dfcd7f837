/* The policy of a recorder: known calls pass, all others stop. SPDX-License-Identifier: MIT
 *
 * It generalises nothing: a call passes only if its fact is among the given ones. */
#include <stdlib.h>
#include <string.h>

#include "generator/infer/infer.h"

/* Returns whether this build would record such a call as exactly this fact: the build that recorded it may have had another
 * table. Not for a wide fact if an argument selects which others are recorded: its bounds contain other calls too. */
static bool is_recordable(const struct fact *f)
{
	const struct syscall_desc *call = abi_by_nr((enum arch)f->key.arch, f->key.nr);
	struct fact_key key = fact_key_make((enum phase)f->key.phase, (enum arch)f->key.arch, f->key.nr, f->key.values);
	uint8_t args = f->wide ? syscall_checkable(call) : key.args;
	return f->key.nr < ABI_NR_FOREIGN && !fact_is_numbers(f) && args == f->key.args && !(f->wide && syscall_selectors(call) != 0);
}

/* Lets pass what a wide fact contains: values between its bounds with no other bits. */
static int add_wide_tests(struct alternative *a, const struct fact *f, const struct syscall_desc *call, unsigned arg,
			  struct error *e)
{
	enum arch arch = (enum arch)f->key.arch;
	uint64_t width = UINT64_MAX >> (64 - syscall_arg_bits(call, arch, arg)), others = width & ~f->bits[arg];
	struct range within = {f->min[arg], f->max[arg]};
	int rc = alternative_add_test(a, call, arch, arg, UINT64_MAX, &within, 1, e);
	if (rc == 0 && others != 0)
		rc = alternative_add_test(a, call, arch, arg, others, &(struct range){0, 0}, 1, e);
	return rc;
}

/* Returns the argument that names the process to signal, change or trace; -1: none. */
static int aimed_argument(const struct syscall_desc *call)
{
	if (call == NULL)
		return -1;
	return abi_changes_process(call->name) ? 0 : strcmp(call->name, "ptrace") == 0 ? 1 : -1;
}

/* Allows all ids except one. */
static int add_spared(struct alternative *a, const struct syscall_desc *call, enum arch arch, pid_t spared,
		      struct error *e)
{
	struct range others[] = {{0, (uint32_t)spared - 1}, {(uint32_t)spared + 1, UINT32_MAX}};
	int arg = spared > 0 ? aimed_argument(call) : -1;
	return arg < 0 ? 0 : alternative_add_test(a, call, arch, (unsigned)arg, UINT64_MAX, others, 2, e);
}

static int add_fact(struct rule *rule, const struct fact *f, pid_t spared, struct error *e)
{
	enum arch arch = (enum arch)f->key.arch;
	const struct syscall_desc *call = abi_by_nr(arch, f->key.nr);
	struct alternative a = {0};
	int rc = 0;
	for (unsigned arg = 0; arg < 6 && rc == 0; arg++) {
		if ((f->key.args >> arg & 1) == 0)
			continue;
		if (f->wide)
			rc = add_wide_tests(&a, f, call, arg, e);
		else
			rc = alternative_add_test(&a, call, arch, arg, UINT64_MAX,
						  &(struct range){f->key.values[arg], f->key.values[arg]}, 1, e);
	}
	if (rc == 0)
		rc = add_spared(&a, call, arch, spared, e);
	/* A call without tests has one fact, and passes with any arguments. */
	if (rc == 0 && a.tests.count > 0 && !vec_push(&rule->any, a))
		rc = error_memory(e);
	if (rc != 0 || a.tests.count == 0)
		alternative_clear(&a);
	return rc;
}

/* The rule for the n facts of one call. */
static int add_call(struct policy *p, const struct fact *const *facts, size_t n, pid_t spared, struct error *e)
{
	char buffer[32];
	enum arch arch = (enum arch)facts[0]->key.arch;
	uint32_t nr = facts[0]->key.nr;
	struct rule *rule = policy_add_rule(p, abi_name(arch, nr, buffer, sizeof(buffer)), ARCH_BIT(arch), infer_allow, NULL);
	int rc = rule == NULL ? error_memory(e) : 0;
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = add_fact(rule, facts[i], spared, e);
	if (rc == 0 && rule->any.count > 0)
		rc = alternatives_join(rule->any.items, &rule->any.count, abi_by_nr(arch, nr), arch, e);
	return rc;
}

struct policy *infer_watch(const struct fact *const *facts, size_t n, size_t limit, pid_t spared, struct error *e)
{
	struct policy *p = policy_new();
	const struct fact **sorted = calloc(n + 1, sizeof(*sorted));
	int rc = p == NULL || sorted == NULL ? error_memory(e) : 0;
	size_t count = 0;
	for (size_t i = 0; i < n && rc == 0; i++)
		if (is_recordable(facts[i]))
			sorted[count++] = facts[i];
	if (rc == 0) {
		qsort(sorted, count, sizeof(*sorted), infer_by_tuple);
		p->archs = ARCH_BIT(ARCH_NATIVE);
		p->default_action = p->newer = (struct action){ACTION_TRACE, 0};
	}
	for (size_t i = 0, next; i < count && rc == 0; i = next) {
		for (next = i + 1; next < count && sorted[next]->key.arch == sorted[i]->key.arch &&
				   sorted[next]->key.nr == sorted[i]->key.nr;)
			next++;
		p->archs |= ARCH_BIT(sorted[i]->key.arch);
		if (next - i <= limit)
			rc = add_call(p, sorted + i, next - i, spared, e);
	}
	if (rc == 0)
		rc = policy_finish(p, e);
	free(sorted);
	if (rc == 0)
		return p;
	policy_free(p);
	return NULL;
}

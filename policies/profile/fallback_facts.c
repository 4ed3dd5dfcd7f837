/* The calls that libc or a runtime makes after a call gets ENOSYS. SPDX-License-Identifier: MIT */
#include <string.h>

#include "policies/profile/fallback_facts.h"

enum { SIGNALS = 64, VALUES = 2 * SIGNALS, CALLS = 4096 };

struct lookup {
	const struct key_set *set;
	const struct fact_key *key;
};

static bool same_key(const void *context, size_t position)
{
	const struct lookup *l = context;
	const struct fact_key *a = &l->set->keys.items[position], *b = l->key;
	return a->phase == b->phase && a->arch == b->arch && a->nr == b->nr && a->args == b->args &&
	       memcmp(a->values, b->values, sizeof(a->values)) == 0;
}

int key_set_add(struct key_set *set, const struct fact_key *key, struct error *e)
{
	struct lookup l = {set, key};
	uint32_t what[] = {key->phase, key->arch, key->args, key->nr};
	uint32_t hash = index_hash(index_hash(0, what, sizeof(what)), key->values, sizeof(key->values));
	if (index_find(&set->index, hash, same_key, &l) != SIZE_MAX)
		return 0;
	if (!vec_push(&set->keys, *key) || !index_add(&set->index, hash, set->keys.count - 1))
		return error_memory(e);
	return 1;
}

void key_set_clear(struct key_set *set)
{
	vec_free(&set->keys);
	index_free(&set->index);
}

struct values {
	uint64_t items[VALUES];
	size_t n;
};

/* The values that argument `arg` of the call that follows may have. */
static int values_of(const struct fact_key *key, const struct sibling *s, unsigned arg, struct values *out,
		     struct error *e)
{
	enum arch arch = (enum arch)key->arch;
	const struct syscall_desc *to = abi_call(arch, s->to);
	int rc = 0;
	out->n = 0;
	if (s->values[arg] != NULL)
		rc = sibling_values(s, arch, arg, out->items, VALUES / 2, &out->n, e);
	if (s->map[arg] >= 0) {
		/* The first call's value, without and with the bits that may be added. */
		uint64_t value = key->values[s->map[arg]], bits = out->n > 0 ? out->items[0] : 0;
		out->items[0] = value;
		out->items[1] = value | bits;
		out->n = (value | bits) != value ? 2 : 1;
	} else if (s->values[arg] == NULL && to->args[arg].kind == ARG_SIGNAL) {
		for (out->n = 0; out->n < SIGNALS; out->n++)
			out->items[out->n] = out->n + 1;
	} else if (s->values[arg] == NULL) {
		out->items[out->n++] = 0;
	}
	return rc;
}

/* Adds every combination of the arguments' values. */
static int combine(const struct fact_key *key, const struct sibling *s, struct key_set *out, struct error *e)
{
	enum arch arch = (enum arch)key->arch;
	struct values values[6];
	uint32_t nr;
	size_t at[6] = {0}, total = 1;
	int rc = abi_number(arch, s->to, &nr, e);
	for (unsigned arg = 0; arg < 6 && rc == 0; arg++) {
		rc = values_of(key, s, arg, &values[arg], e);
		total *= values[arg].n;
	}
	for (size_t i = 0; i < total && i < CALLS && rc == 0; i++) {
		uint64_t args[6];
		for (unsigned arg = 0; arg < 6; arg++)
			args[arg] = values[arg].items[at[arg]];
		for (unsigned arg = 0; arg < 6 && ++at[arg] == values[arg].n; arg++)
			at[arg] = 0;
		struct fact_key call = fact_key_make((enum phase)key->phase, arch, nr, args);
		rc = key_set_add(out, &call, e);
		rc = rc > 0 ? 0 : rc;
	}
	return rc;
}

int follow_calls(const struct fact_key *key, const struct fallback *row, struct key_set *out, struct error *e)
{
	enum arch arch = (enum arch)key->arch;
	size_t n;
	const struct sibling *s = abi_fallback_calls(row, &n);
	int rc = 0;
	for (size_t i = 0; i < n && rc == 0; i++) {
		if (!sibling_applies(&s[i], arch))
			continue;
		int holds = sibling_when(&s[i], arch, key->values[s[i].when_at], e);
		rc = holds > 0 ? combine(key, &s[i], out, e) : holds;
	}
	return rc;
}

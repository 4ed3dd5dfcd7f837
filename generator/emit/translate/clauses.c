/* The tests of a rule as clauses: combinations of simple comparisons. SPDX-License-Identifier: MIT */
#include "generator/emit/translate/clauses.h"

void clauses_clear(clause_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		vec_free(&list->items[i].all);
	vec_free(list);
}

/* Adds a comparison to a clause. Sets *possible to false where no value meets it together with the clause's comparisons of the same
 * argument. Returns false where there is no memory. */
static bool clause_add(struct clause *c, struct comparison one, bool *possible)
{
	*possible = true;
	if (one.op == COMPARE_MASKED && one.mask == 0)
		return true; /* always holds */
	for (size_t i = 0; i < c->all.count; i++) {
		struct comparison *had = &c->all.items[i];
		if (had->arg != one.arg || had->op != COMPARE_MASKED || one.op != COMPARE_MASKED)
			continue;
		*possible = ((had->value ^ one.value) & had->mask & one.mask) == 0;
		had->mask |= one.mask;
		had->value |= one.value;
		return true;
	}
	return vec_push(&c->all, one);
}

static bool clause_copy(struct clause *to, const struct clause *from)
{
	for (size_t i = 0; i < from->all.count; i++)
		if (!vec_push(&to->all, from->all.items[i]))
			return false;
	return true;
}

/* Replaces the clauses by all combinations of a clause and a comparison. Returns false where there is no memory. */
static bool multiply(clause_list *clauses, const struct comparison_list *blocks)
{
	clause_list product = {0};
	bool room = true;
	for (size_t i = 0; room && i < clauses->count; i++)
		for (size_t k = 0; room && k < blocks->all.count; k++) {
			struct clause c = {0};
			bool possible = true;
			room = clause_copy(&c, &clauses->items[i]) && clause_add(&c, blocks->all.items[k], &possible);
			if (room && possible && vec_push(&product, c))
				continue;
			room = room && !possible;
			vec_free(&c.all);
		}
	clauses_clear(clauses);
	*clauses = product;
	return room;
}

static size_t tests_of(const struct alternative *a, uint8_t arg)
{
	size_t n = 0;
	for (size_t i = 0; i < a->tests.count; i++)
		n += a->tests.items[i].arg == arg;
	return n;
}

enum fit clauses_add_alternative(const struct alternative *a, const struct syscall_desc *call, enum arch arch,
					clause_list *out)
{
	struct clause first = {0};
	clause_list clauses = {0};
	bool room = vec_push(&clauses, first), few = true;
	for (size_t i = 0; room && few && i < a->tests.count; i++) {
		const struct test *t = &a->tests.items[i];
		struct comparison_list blocks = {0};
		/* Comparisons are of the whole register: where the argument is narrower, the rest of the register may be anything. */
		bool whole = syscall_arg_bits(call, arch, t->arg) == 64 && t->mask == UINT64_MAX &&
			     tests_of(a, t->arg) == 1;
		room = test_comparisons(t, whole, &blocks);
		few = room && (blocks.all.count <= 1 || blocks.all.count * clauses.count <= CLAUSE_LIMIT);
		room = room && (!few || multiply(&clauses, &blocks));
		vec_free(&blocks.all);
	}
	for (size_t i = 0; room && few && i < clauses.count; i++) {
		room = vec_push(out, clauses.items[i]);
		if (room)
			clauses.items[i] = (struct clause){0};
	}
	clauses_clear(&clauses);
	return !room ? CLAUSES_NO_MEMORY : few ? CLAUSES_ADDED : CLAUSES_TOO_MANY;
}

bool clause_equal(const struct clause *a, const struct clause *b)
{
	if (a->all.count != b->all.count)
		return false;
	for (size_t i = 0; i < a->all.count; i++) {
		const struct comparison *x = &a->all.items[i], *y = &b->all.items[i];
		if (x->arg != y->arg || x->op != y->op || x->mask != y->mask || x->value != y->value)
			return false;
	}
	return true;
}

bool clauses_equal(const clause_list *a, const clause_list *b)
{
	bool same = a->count == b->count;
	for (size_t i = 0; i < a->count && same; i++)
		same = clause_equal(&a->items[i], &b->items[i]);
	return same;
}

bool clauses_append(clause_list *all, clause_list *own)
{
	size_t i = 0;
	while (i < own->count && vec_push(all, own->items[i]))
		own->items[i++] = (struct clause){0};
	bool room = i == own->count;
	clauses_clear(own);
	return room;
}

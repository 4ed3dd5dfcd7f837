/* The map of the system calls: what the policy does with each call of an architecture, and what changed
 * since an older policy. SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "policies/policy/call_set.h"
#include "policies/reach/unseen.h"
#include "policies/report/report_parts.h"
#include "policies/show/show.h"

static bool is_unconditional(const struct call_set *s)
{
	for (size_t i = 0; i < s->any.count; i++)
		if (s->any.items[i].tests.count == 0)
			return true;
	return false;
}

static int note_danger(struct map_cell *cell, const struct call_set *permitted, enum arch arch, struct error *e)
{
	size_t n;
	const struct danger *d = abi_dangers(cell->name, &n);
	for (size_t i = 0; i < n && cell->danger == NULL && e->code != ERR_MEMORY; i++)
		if (danger_is_let_through(permitted, &d[i], arch, e))
			cell->danger = &d[i];
	if (e->code != ERR_MEMORY)
		*e = (struct error){0};
	return e->code;
}

/* Adds the words for what one policy lets through of a call and another does not. */
static int add_change(struct map *m, const struct call_set *from, const struct call_set *what, enum arch arch, const char *name,
		      bool opened, bool *any, struct error *e)
{
	struct call_set rest = {0};
	struct text words = {0};
	int rc = call_set_copy(&rest, from, arch, name, e);
	if (rc == 0)
		rc = call_set_less(&rest, what, arch, name, e);
	*any = rc > 0 || (rc == 0 && rest.any.count > 0);
	if (rc >= 0 && *any) {
		call_set_words(&rest, rc > 0, arch, name, &words);
		char *copy = words.failed ? NULL : strdup(text_string(&words));
		if (copy == NULL || !vec_push(&m->changes, (struct map_change){name, opened, copy})) {
			free(copy);
			rc = error_memory(e);
		}
	}
	text_free(&words);
	call_set_clear(&rest);
	return rc < 0 ? rc : 0;
}

static int compare_cell(const struct policy *old, struct map *m, struct map_cell *cell, const struct call_set *now, struct error *e)
{
	struct call_set before = {0};
	bool more = false, less = false;
	int rc = policy_permits(old, m->arch, cell->name, true, &before, e);
	if (rc == 0)
		rc = add_change(m, now, &before, m->arch, cell->name, true, &more, e);
	if (rc == 0)
		rc = add_change(m, &before, now, m->arch, cell->name, false, &less, e);
	cell->change = more && less ? MAP_OTHER : more ? MAP_MORE : less ? MAP_LESS : MAP_SAME;
	cell->was_closed = before.any.count == 0;
	call_set_clear(&before);
	return rc;
}

static int add_cell(const struct report *r, struct map *m, const struct syscall_desc *call, struct error *e)
{
	struct map_cell cell = {.name = call->name, .group = abi_group(call->name)};
	struct call_set permitted = {0};
	int rc = policy_permits(r->in->policy, m->arch, call->name, true, &permitted, e);
	for (size_t i = 0; i < r->calls.count && cell.seen == NULL; i++)
		if (r->calls.items[i].arch == m->arch && strcmp(r->calls.items[i].name, call->name) == 0)
			cell.seen = &r->calls.items[i];
	cell.kind = permitted.any.count == 0 ? MAP_CLOSED : is_unconditional(&permitted) ? MAP_OPEN : MAP_NARROWED;
	cell.could = r->in->unseen != NULL && m->arch == r->in->unseen->arch && cell.seen == NULL &&
		     unseen_find(r->in->unseen, (uint32_t)call->nr[m->arch]) != NULL;
	if (rc == 0)
		rc = note_danger(&cell, &permitted, m->arch, e);
	if (rc == 0 && r->in->old != NULL && (r->in->old->archs & ARCH_BIT(m->arch)))
		rc = compare_cell(r->in->old, m, &cell, &permitted, e);
	if (rc == 0 && !vec_push(&m->cells, cell))
		rc = error_memory(e);
	call_set_clear(&permitted);
	return rc;
}

/* Orders cells by group, then name. */
static int by_place(const void *a, const void *b)
{
	const struct map_cell *x = a, *y = b;
	size_t rank = group_rank(x->group), other = group_rank(y->group);
	return rank != other ? (rank < other ? -1 : 1) : strcmp(x->name, y->name);
}

int map_make(const struct report *r, enum arch arch, struct map *out, struct error *e)
{
	*out = (struct map){.arch = arch};
	for (size_t i = 0; i < abi_syscall_count; i++)
		if (abi_syscalls[i].nr[arch] >= 0 && add_cell(r, out, &abi_syscalls[i], e) < 0)
			return e->code;
	if (out->cells.count > 0)
		qsort(out->cells.items, out->cells.count, sizeof(*out->cells.items), by_place);
	return 0;
}

void map_clear(struct map *m)
{
	for (size_t i = 0; i < m->changes.count; i++)
		free(m->changes.items[i].words);
	vec_free(&m->changes);
	vec_free(&m->cells);
}

void map_count(const struct map_cell *cells, size_t n, struct map_counts *out)
{
	*out = (struct map_counts){0};
	for (size_t i = 0; i < n; i++) {
		const struct map_cell *c = &cells[i];
		out->kinds[c->kind]++;
		out->dangerous += c->danger != NULL;
		out->added += c->kind != MAP_CLOSED && c->seen == NULL;
		out->could += c->could;
		out->changed += c->change != MAP_SAME;
	}
}

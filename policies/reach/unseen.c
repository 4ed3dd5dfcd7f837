/* The calls that a program's code can reach but that no run has seen.
 * SPDX-License-Identifier: MIT */
#include "policies/reach/unseen.h"

#include <stdlib.h>
#include <string.h>

#include "policies/abi/power/danger.h"
#include "policies/abi/groups.h"
#include "policies/base/escape.h"

void unseen_clear(struct unseen *c)
{
	for (size_t i = 0; i < c->files.count; i++)
		reachable_free(c->files.items[i]);
	vec_free(&c->files);
	vec_free(&c->calls);
	c->undecided = 0;
}

/* The position of the number in the list, or the position to insert it. */
static size_t place_of(const struct unseen *c, uint32_t nr)
{
	size_t at = 0;
	while (at < c->calls.count && c->calls.items[at].nr < nr)
		at++;
	return at;
}

const struct unseen_call *unseen_find(const struct unseen *c, uint32_t nr)
{
	size_t at = place_of(c, nr);
	return at < c->calls.count && c->calls.items[at].nr == nr ? &c->calls.items[at] : NULL;
}

/* Whether the file's calls can stand beside those of the files before it. The first file decides. */
static int check_arch(struct unseen *c, const struct reachable *r, const char *path, struct error *e)
{
	enum arch arch = c->arch;
	if (r->calls.count > 0)
		arch = r->calls.items[0].arch == ARCH_AARCH64 ? ARCH_AARCH64 : ARCH_X86_64;
	if (c->calls.count == 0)
		c->arch = arch;
	if (arch == c->arch)
		return 0;
	return error_set(e, ERR_INPUT, "%s: has calls of %s, but the files before it have calls of %s; give files of one architecture", path,
			 arch_name(arch), arch_name(c->arch));
}

int unseen_read(struct unseen *c, const char *path, struct error *e)
{
	struct reachable *r = reachable_read(path, e);
	if (r == NULL)
		return e->code;
	if (check_arch(c, r, path, e) < 0) {
		reachable_free(r);
		return e->code;
	}
	if (!vec_push(&c->files, r)) {
		reachable_free(r);
		return error_memory(e);
	}
	c->undecided += r->undecided.count;
	for (size_t i = 0; i < r->calls.count; i++) {
		const struct reachable_call *call = &r->calls.items[i];
		const struct syscall_desc *desc = abi_by_nr(c->arch, call->nr);
		size_t at = place_of(c, call->nr);
		/* A number without a name is not a call of this kernel: no policy can contain
		 * it. */
		if (call->arch != c->arch || desc == NULL || unseen_find(c, call->nr) != NULL)
			continue;
		if (!vec_reserve(&c->calls, 1))
			return error_memory(e);
		struct unseen_call *items = c->calls.items;
		memmove(items + at + 1, items + at, (c->calls.count++ - at) * sizeof(*items));
		items[at] = (struct unseen_call){call->nr, desc->name, r, call};
	}
	return 0;
}

static bool counts(enum arch arch, const struct unseen_of *of, const struct fact *f)
{
	bool made = of->program == NULL;
	for (size_t i = 0; i < f->programs.count && !made; i++)
		made = strcmp(profile_program(of->profile, f->programs.items[i])->path, of->program) == 0;
	return made && f->key.arch == arch && phase_listed(of->phase, (enum phase)f->key.phase);
}

bool unseen_seen(const struct unseen *c, const struct unseen_of *of, uint32_t nr)
{
	for (size_t i = 0; i < profile_fact_count(of->profile); i++) {
		const struct fact *f = profile_fact(of->profile, i);
		if (f->key.nr == nr && counts(c->arch, of, f))
			return true;
	}
	return false;
}

static size_t group_place(const char *syscall)
{
	size_t at = 0;
	while (at + 1 < abi_group_count && strcmp(abi_groups[at].name, abi_group(syscall)) != 0)
		at++;
	return at;
}

static int order_calls(const void *a, const void *b)
{
	const struct unseen_call *x = a, *y = b;
	size_t group = group_place(x->name), other = group_place(y->name);
	if (group != other)
		return group < other ? -1 : 1;
	return x->nr < y->nr ? -1 : x->nr > y->nr;
}

int unseen_sort_out(const struct unseen *c, const struct unseen_of *of, struct unseen_kinds *out, struct error *e)
{
	for (size_t i = 0; i < abi_syscall_count; i++) {
		if (abi_syscalls[i].nr[c->arch] < 0)
			continue;
		uint32_t nr = (uint32_t)abi_syscalls[i].nr[c->arch];
		bool seen = unseen_seen(c, of, nr), reachable = unseen_find(c, nr) != NULL;
		out->seen += seen;
		out->outside += seen && !reachable;
		out->unreachable += !seen && !reachable;
	}
	for (size_t i = 0; i < c->calls.count; i++)
		if (!unseen_seen(c, of, c->calls.items[i].nr) && !vec_push(&out->unseen, c->calls.items[i]))
			return error_memory(e);
	if (out->unseen.count > 1)
		qsort(out->unseen.items, out->unseen.count, sizeof(*out->unseen.items), order_calls);
	return 0;
}

/* Whether one of the files is about that program. */
static bool was_read(const struct unseen *c, const char *path)
{
	for (size_t i = 0; i < c->files.count; i++)
		if (strcmp(c->files.items[i]->modules.items[0].path, path) == 0)
			return true;
	return false;
}

void unseen_warn(const struct unseen *c, const struct unseen_of *of, struct text *out)
{
	if (c->undecided > 0)
		text_add(out,
			 "the code has %zu place%s with an unknown number: any call could be made there "
			 "(pinhole reach lists them)\n",
			 c->undecided, c->undecided == 1 ? "" : "s");
	size_t missing = 0;
	for (size_t i = 0; i < profile_program_count(of->profile); i++) {
		const char *path = profile_program(of->profile, i)->path;
		if ((of->program != NULL && strcmp(of->program, path) != 0) || was_read(c, path))
			continue;
		text_add(out, missing++ == 0 ? "no code was read of " : ", ");
		text_add_safe(out, path);
	}
	text_add(out, missing > 0 ? " (give pinhole reach's file of it with another --reach)\n" : "");
	bool any = false;
	for (size_t i = 0; i < profile_fact_count(of->profile) && !any; i++)
		any = profile_fact(of->profile, i)->key.arch == c->arch;
	if (!any)
		text_add(out, "the code is of %s, and the profile has no fact of it\n", arch_name(c->arch));
}

static void show_call(const struct unseen_call *call, struct text *out)
{
	size_t n;
	const struct danger *d = abi_dangers(call->name, &n);
	text_add(out, "  %-22s  ", call->name);
	reachable_path_text(call->by, call->call, out);
	text_add(out, "\n");
	for (size_t i = 0; i < n; i++) {
		text_add(out, "      ! %s: ", danger_level_name(d[i].level));
		if (d[i].arg != NULL)
			text_add(out, "%s %s: ", d[i].arg, d[i].value);
		text_add(out, "%s [%s]\n", d[i].why, d[i].source);
	}
}

int unseen_show(const struct unseen *c, const struct unseen_of *of, struct text *out, struct error *e)
{
	struct unseen_kinds kinds = {0};
	int rc = unseen_sort_out(c, of, &kinds, e);
	text_add(out, "\nWhat the code could do besides, of the calls of %s:\n%10zu  seen", arch_name(c->arch),
		 kinds.seen);
	if (kinds.outside > 0)
		text_add(out, " (%zu of them not in the code that was read)", kinds.outside);
	text_add(out, "\n%10zu  reachable, never seen\n%10zu  not reachable\n", kinds.unseen.count, kinds.unreachable);
	size_t group = abi_group_count;
	for (size_t i = 0; i < kinds.unseen.count; i++) {
		const struct unseen_call *call = &kinds.unseen.items[i];
		size_t of_it = group_place(call->name);
		if (of_it != group)
			text_add(out, "\nreachable, never seen, %s: %s\n", abi_groups[of_it].name,
				 abi_groups[of_it].what);
		group = of_it;
		show_call(call, out);
	}
	vec_free(&kinds.unseen);
	return rc == 0 && out->failed ? error_memory(e) : rc;
}

void unseen_explain(const struct unseen *c, const char *syscall, struct text *out)
{
	uint32_t nr;
	if (abi_number(c->arch, syscall, &nr, NULL) != 0) {
		text_add(out, "%s has no %s\n", arch_name(c->arch), syscall);
		return;
	}
	const struct unseen_call *call = unseen_find(c, nr);
	if (call != NULL) {
		text_add(out, "reachable: ");
		reachable_path_text(call->by, call->call, out);
	} else {
		text_add(out, "not reachable%s",
			 c->undecided > 0 ? ", except possibly where the number is unknown"
					  : " by the code that was read");
	}
	text_add(out, "\n");
}

/* The calls that a program's code can reach, as text for people. SPDX-License-Identifier: MIT */
#include "policies/reach/reachable.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "policies/base/escape.h"

static void free_function(struct reachable_function *f)
{
	free(f->name);
}

void reachable_free(struct reachable *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->modules.count; i++) {
		free(r->modules.items[i].path);
		free(r->modules.items[i].build_id);
		free(r->modules.items[i].why);
	}
	for (size_t i = 0; i < r->calls.count; i++) {
		for (size_t k = 0; k < r->calls.items[i].path.count; k++)
			free_function(&r->calls.items[i].path.items[k]);
		vec_free(&r->calls.items[i].path);
	}
	for (size_t i = 0; i < r->undecided.count; i++) {
		free_function(&r->undecided.items[i].function);
		free(r->undecided.items[i].why);
	}
	for (size_t i = 0; i < r->notes.count; i++)
		free(r->notes.items[i]);
	vec_free(&r->modules);
	vec_free(&r->calls);
	vec_free(&r->undecided);
	vec_free(&r->notes);
	free(r);
}

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash != NULL ? slash + 1 : path;
}

static void add_function(const struct reachable *r, const struct reachable_function *f, uint32_t before,
			 struct text *out)
{
	if (f->module != before) {
		text_add_safe(out, file_name(r->modules.items[f->module].path));
		text_add(out, ":");
	}
	if (f->name != NULL)
		text_add_safe(out, f->name);
	else
		text_add(out, "0x%" PRIx64, f->offset);
}

void reachable_path_text(const struct reachable *r, const struct reachable_call *call, struct text *out)
{
	uint32_t module = 0;
	for (size_t i = 0; i < call->path.count; i++) {
		text_add(out, i > 0 ? " → " : "");
		add_function(r, &call->path.items[i], module, out);
		module = call->path.items[i].module;
	}
}

static size_t count_known(enum arch arch)
{
	size_t n = 0;
	for (size_t i = 0; i < abi_syscall_count; i++)
		n += abi_syscalls[i].nr[arch] >= 0;
	return n;
}

static void show_summary(const struct reachable *r, double seconds, struct text *out)
{
	uint64_t functions = 0, reached = 0;
	size_t calls[ARCH_COUNT] = {0};
	for (size_t i = 0; i < r->modules.count; i++) {
		functions += r->modules.items[i].functions;
		reached += r->modules.items[i].reached;
	}
	for (size_t i = 0; i < r->calls.count; i++)
		calls[r->calls.items[i].arch]++;
	text_add_safe(out, r->modules.count > 0 ? r->modules.items[0].path : "");
	text_add(out,
		 "\n%zu module%s, %" PRIu64 " of %" PRIu64 " function%s and %" PRIu64 " place%s the kernel can be reached",
		 r->modules.count, plural_s(r->modules.count), reached, functions, plural_s(functions), r->sites,
		 r->sites == 1 ? " that calls" : "s that call");
	if (seconds >= 0)
		text_add(out, " (%.1f s)", seconds);
	text_add(out, "\n");
	for (int a = 0; a < ARCH_COUNT; a++)
		if (calls[a] > 0 || a == ARCH_NATIVE)
			text_add(out, "%s%zu of %zu calls of %s", a != ARCH_NATIVE ? ", " : "", calls[a],
				 count_known((enum arch)a), arch_name((enum arch)a));
	text_add(out, ", and %zu place%s with an unknown number\n", r->undecided.count, plural_s(r->undecided.count));
	for (size_t i = 0; i < r->modules.count; i++) {
		const struct reachable_module *m = &r->modules.items[i];
		text_add(out, "  %-11s %6" PRIu64 " of %6" PRIu64 "  ", m->why, m->reached, m->functions);
		text_add_safe(out, m->path);
		text_add(out, "\n");
	}
	for (size_t i = 0; i < r->notes.count; i++) {
		text_add(out, "note: ");
		text_add_safe(out, r->notes.items[i]);
		text_add(out, "\n");
	}
}

int reachable_show(const struct reachable *r, double seconds, struct text *out)
{
	char buffer[32];
	show_summary(r, seconds, out);
	text_add(out, r->calls.count > 0 ? "\n" : "");
	for (size_t i = 0; i < r->calls.count; i++) {
		const struct reachable_call *c = &r->calls.items[i];
		struct text name = {0};
		text_add(&name, "%s%s", c->arch != ARCH_NATIVE ? "i386:" : "",
			 abi_name((enum arch)c->arch, c->nr, buffer, sizeof(buffer)));
		text_add(out, "%-22s  ", text_string(&name));
		text_free(&name);
		reachable_path_text(r, c, out);
		text_add(out, "\n");
	}
	text_add(out, r->undecided.count > 0 ? "\nAny number:\n" : "");
	for (size_t i = 0; i < r->undecided.count; i++) {
		const struct reachable_place *p = &r->undecided.items[i];
		text_add_safe(out, file_name(r->modules.items[p->function.module].path));
		text_add(out, "+0x%" PRIx64 "%s", p->function.offset, p->function.name != NULL ? " in " : "");
		text_add_safe(out, p->function.name != NULL ? p->function.name : "");
		text_add(out, ": ");
		text_add_safe(out, p->why);
		text_add(out, "\n");
	}
	return out->failed ? ERR_MEMORY : 0;
}

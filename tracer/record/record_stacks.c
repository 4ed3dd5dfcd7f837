/* Who made the calls: the stacks of new facts. SPDX-License-Identifier: MIT */
#include "tracer/record/record_stacks.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "policies/profile/stacks.h"
#include "tracer/symbols/symbols.h"
#include "tracer/symbols/unwind.h"

static enum stack_end end_of(int end)
{
	static const enum stack_end ends[] = {[UNWIND_WHOLE] = STACK_COMPLETE,
					      [UNWIND_LIMIT] = STACK_LIMIT,
					      [UNWIND_NO_INFO] = STACK_NO_INFO,
					      [UNWIND_UNREADABLE] = STACK_UNREADABLE,
					      [UNWIND_LOOP] = STACK_LOOP,
					      [UNWIND_FOREIGN] = STACK_NO_INFO};
	return ends[end];
}

int callers_note(struct callers *c, pid_t tid, read_registers *at, const struct fact_key *key, struct profile *p,
		 struct error *e)
{
	if (c->frames == 0 || profile_stacks_known(p, key) == STACKS_PER_FACT ||
	    (c->known != NULL && profile_stacks_known(c->known, key) > 0))
		return 0;
	if (c->unwinder == NULL && (c->unwinder = unwinder_new(e)) == NULL)
		return e->code;
	struct unwound unwound[STACK_FRAMES];
	struct frame frames[STACK_FRAMES];
	size_t n, most = c->frames < STACK_FRAMES ? c->frames : STACK_FRAMES;
	int end = unwind(c->unwinder, tid, at, unwound, most, &n, e);
	if (end < 0 || n == 0)
		return end < 0 ? end : 0;
	for (size_t i = 0; i < n; i++) {
		int module = unwound[i].path != NULL ? profile_add_module(p, unwound[i].path, unwound[i].build_id, e) : 0;
		if (module < 0)
			return module;
		frames[i] = (struct frame){.module = unwound[i].path != NULL ? (uint32_t)module : MODULE_NONE,
					   .offset = unwound[i].address};
	}
	int stack = profile_add_stack(p, frames, n, end_of(end), e);
	int rc = stack < 0 ? stack : profile_fact_stack(p, key, (uint32_t)stack, e);
	return rc < 0 ? rc : 0;
}

/* Returns the vDSO (vdso(7)) and its size *n; NULL: there is none. All processes have the same one, so that ours is as
 * good. Its section headers are its end. */
static const void *vdso_image(size_t *n)
{
	const Elf64_Ehdr *vdso = (const Elf64_Ehdr *)getauxval(AT_SYSINFO_EHDR);
	if (vdso != NULL)
		*n = vdso->e_shoff + (size_t)vdso->e_shnum * vdso->e_shentsize;
	return vdso;
}

static struct symbols *open_module(const struct module *module, struct error *e)
{
	size_t n;
	const void *vdso = strcmp(module->path, "[vdso]") == 0 ? vdso_image(&n) : NULL;
	if (vdso != NULL)
		return symbols_of_memory(vdso, n, e);
	return module->path[0] == '/' ? symbols_open(module->path, module->build_id, e) : NULL;
}

/* Whether signal handlers return to that function. A handler returns to its first instruction, as no call precedes
 * it. */
static bool is_trampoline(const char *name)
{
	return strcmp(name, "__restore_rt") == 0 || strcmp(name, "__kernel_rt_sigreturn") == 0;
}

static int name_frame(struct profile *p, size_t i, const struct symbols *s, struct error *e)
{
	char name[STACK_SYMBOL + 1];
	uint64_t address = profile_frame(p, i)->offset, offset;
	bool found = symbols_find(s, address, name, sizeof(name), &offset) && offset == 0 && is_trampoline(name);
	if (!found) { /* if the call was the caller's last instruction, the address behind it belongs to another function */
		found = symbols_find(s, address - 1, name, sizeof(name), &offset);
		offset++;
	}
	return found ? profile_set_symbol(p, i, name, offset, e) : 0;
}

int callers_name(struct profile *p, struct error *e)
{
	int rc = 0;
	size_t frames = profile_frame_count(p); /* naming frames does not change their number */
	for (size_t m = 0; rc == 0 && m < profile_module_count(p); m++) {
		struct error missing = {0};
		struct symbols *s = open_module(profile_module(p, m), &missing);
		if (missing.code == ERR_MEMORY)
			return error_memory(e);
		for (size_t i = 0; rc == 0 && s != NULL && i < frames; i++)
			if (profile_frame(p, i)->module == m)
				rc = name_frame(p, i, s, e);
		symbols_free(s);
	}
	return rc;
}

void callers_free(struct callers *c)
{
	unwinder_free(c->unwinder);
	c->unwinder = NULL;
}

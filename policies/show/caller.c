/* Finds the caller of a system call, and prints frames. SPDX-License-Identifier: MIT */
#include "policies/show/caller.h"

#include <inttypes.h>
#include <string.h>

#include "policies/show/show.h"

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

bool module_is_libc(const struct module *m)
{
	static const char *const parts[] = {"libc.so", "libc-2.",   "libc.musl-", "ld-musl-",	 "ld-linux",
					    "ld-2.",	"ld.so",     "ld64.so.",   "libpthread", "librt.so.",
					    "librt-2.", "libdl.so.", "libdl-2."};
	const char *name = base_name(m->path);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strncmp(name, parts[i], strlen(parts[i])) == 0)
			return true;
	return m->path[0] == '['; /* [vdso], [vsyscall]; not coreutils' /usr/bin/[ */
}

size_t stack_caller(const struct profile *p, const struct stack *s)
{
	for (size_t i = 0; i < s->frames.count; i++) {
		const struct frame *f = profile_frame(p, s->frames.items[i]);
		if (f->module == MODULE_NONE || !module_is_libc(profile_module(p, f->module)))
			return i;
	}
	return 0;
}

void frame_name_text(const struct profile *p, size_t frame, bool place, struct text *out)
{
	const struct frame *f = profile_frame_named(p, frame);
	if (f->module == MODULE_NONE)
		text_add(out, "code in no file");
	else if (f->symbol == NULL)
		text_add(out, "0x%" PRIx64, f->offset);
	else
		text_add_safe(out, f->symbol);
	if (f->symbol != NULL && place)
		text_add(out, "+0x%" PRIx64, f->symbol_offset);
}

void frame_module_text(const struct profile *p, size_t frame, struct text *out)
{
	const struct frame *f = profile_frame(p, frame);
	if (f->module != MODULE_NONE)
		text_add_safe(out, base_name(profile_module(p, f->module)->path));
}

static void add_frame(const struct profile *p, size_t frame, bool place, struct text *out)
{
	frame_name_text(p, frame, place, out);
	text_add(out, profile_frame(p, frame)->module != MODULE_NONE ? " in " : "");
	frame_module_text(p, frame, out);
}

void frame_text(const struct profile *p, size_t frame, struct text *out)
{
	add_frame(p, frame, true, out);
}

void caller_text(const struct profile *p, size_t frame, struct text *out)
{
	add_frame(p, frame, false, out);
}

void fact_callers_text(const struct profile *p, const struct fact *f, struct text *out)
{
	struct text all[STACKS_PER_FACT] = {{0}};
	for (size_t i = 0; i < f->stacks.count; i++) {
		const struct stack *s = profile_stack(p, f->stacks.items[i]);
		caller_text(p, s->frames.items[stack_caller(p, s)], &all[i]);
		bool known = false;
		for (size_t k = 0; k < i; k++)
			known |= strcmp(text_string(&all[k]), text_string(&all[i])) == 0;
		if (!known)
			text_add(out, "%s%s", i > 0 ? ", " : "", text_string(&all[i]));
		out->failed |= all[i].failed;
	}
	for (size_t i = 0; i < f->stacks.count; i++)
		text_free(&all[i]);
}

/* libpinhole: loads a policy or filter, and installs it. SPDX-License-Identifier: MIT */
#include "tools/library/pinhole.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "generator/generator.h"
#include "policies/base/file.h"

struct pinhole_filter {
	struct filter filter;
	struct text warnings;
};

static int report(struct pinhole_error *to, const struct error *e, int number)
{
	if (to != NULL) {
		to->code = e->code;
		to->number = number;
		snprintf(to->text, sizeof(to->text), "%s", e->text);
	}
	return e->code;
}

/* No version of the options will be larger, in bytes: what says so was not set. */
#define OPTIONS_MOST 4096

/* Copies the caller's options, which may be those of an older header (shorter) or of a newer one (longer, of which this library
 * does not know what they ask for unless they are zero). */
static int read_options(const struct pinhole_options *from, struct pinhole_options *to, struct error *e)
{
	*to = (struct pinhole_options)PINHOLE_OPTIONS_INIT;
	if (from == NULL)
		return 0;
	if (from->size < sizeof(from->size) || from->size > OPTIONS_MOST)
		return error_set(e, ERR_INPUT, "struct pinhole_options: size is %zu; set it by PINHOLE_OPTIONS_INIT", from->size);
	for (size_t i = sizeof(*to); i < from->size; i++)
		if (((const char *)from)[i] != 0)
			return error_set(e, ERR_INPUT, "struct pinhole_options: has members that libpinhole " PINHOLE_VERSION
						       " does not know; leave them zero, or use a newer libpinhole");
	memcpy(to, from, from->size < sizeof(*to) ? from->size : sizeof(*to));
	return 0;
}

static int infer_options(const struct pinhole_options *from, const struct profile *p, struct infer_options *to, struct text *warnings,
			 struct error *e)
{
	static const enum args_mode args[] = {
	    [PINHOLE_ARGUMENTS_SHAPE] = ARGS_SHAPE, [PINHOLE_ARGUMENTS_NONE] = ARGS_NONE, [PINHOLE_ARGUMENTS_EXACT] = ARGS_EXACT};
	static const enum generalize_mode generalize[] = {[PINHOLE_GENERALIZE_CAPABILITY] = GENERALIZE_CAPABILITY,
							  [PINHOLE_GENERALIZE_CHANCE] = GENERALIZE_CHANCE,
							  [PINHOLE_GENERALIZE_NONE] = GENERALIZE_NONE};
	if ((unsigned)from->arguments >= sizeof(args) / sizeof(args[0]))
		return error_set(e, ERR_INPUT, "arguments is %d; give one of PINHOLE_ARGUMENTS_…", from->arguments);
	if ((unsigned)from->generalize >= sizeof(generalize) / sizeof(generalize[0]))
		return error_set(e, ERR_INPUT, "generalize is %d; give one of PINHOLE_GENERALIZE_…", from->generalize);
	*to = (struct infer_options){.args = args[from->arguments],
				     .generalize = generalize[from->generalize],
				     .default_action = {.kind = ACTION_KILL},
				     .phase = from->phase != NULL ? from->phase : profile_phases_at_entry(p)};
	if (to->phase == NULL)
		text_add(warnings, "the program executes others, and these are loaded under its filter, so the filter allows the calls of phase load\n");
	if (from->architecture != NULL && archs_parse(from->architecture, &to->archs, e) < 0)
		error_prefix(e, "architecture ");
	else if (from->default_action != NULL && action_parse(from->default_action, &to->default_action, e) < 0)
		error_prefix(e, "default_action: ");
	return e->code;
}

static struct policy *derive(const struct profile *p, const struct pinhole_options *o, struct text *warnings, struct error *e)
{
	struct infer_options options;
	if (infer_options(o, p, &options, warnings, e) < 0)
		return NULL;
	return infer(p, &options, warnings, e);
}

/* Refuses options that a policy or filter cannot follow any more. */
static int refuse_options(const struct pinhole_options *o, const char *kind, struct error *e)
{
	const char *member = o->phase != NULL		 ? "phase"
			     : o->architecture != NULL	 ? "architecture"
			     : o->default_action != NULL ? "default_action"
			     : o->arguments != 0	 ? "arguments"
			     : o->generalize != 0	 ? "generalize"
							 : NULL;
	if (member == NULL)
		return 0;
	return error_set(e, ERR_INPUT, "is a %s, which is decided; load a profile, or leave out the option %s", kind, member);
}

static int compile(const char *bytes, size_t n, const char *name, const struct pinhole_options *options, pinhole_filter *out,
		   struct error *e)
{
	struct pinhole_options o;
	struct profile *profile = NULL;
	struct policy *policy = NULL;
	enum file_kind kind = file_kind_of(bytes, n);
	if (read_options(options, &o, e) < 0)
		return e->code;
	if (kind == FILE_PROFILE) {
		profile = profile_parse(bytes, n, name, e);
		if (profile != NULL && (policy = derive(profile, &o, &out->warnings, e)) == NULL)
			error_prefix(e, "%s: ", name);
	} else if (refuse_options(&o, kind == FILE_POLICY ? "policy" : "filter", e) < 0)
		error_prefix(e, "%s: ", name);
	else if (kind == FILE_POLICY)
		policy = policy_parse(bytes, n, name, e);
	else
		filter_parse(bytes, n, name, &out->filter, e);
	if (policy != NULL && filter_compile(policy, &(struct compile_options){.counts = profile}, &out->filter, e) < 0)
		error_prefix(e, "%s: ", name);
	if (e->code == 0 && out->warnings.failed)
		error_memory(e);
	profile_free(profile);
	policy_free(policy);
	return e->code;
}

/* Loads a filter. errno belongs to the program: it keeps its value if there is no error. */
static pinhole_filter *load(const char *bytes, size_t n, const char *name, const struct pinhole_options *options, int saved,
			    struct pinhole_error *to)
{
	struct error e = {0};
	pinhole_filter *f = calloc(1, sizeof(*f));
	if (f == NULL)
		error_memory(&e);
	else if (compile(bytes, n, name, options, f, &e) == 0) {
		errno = saved;
		return f;
	}
	pinhole_free(f);
	report(to, &e, 0);
	return NULL;
}

pinhole_filter *pinhole_load(const char *path, const struct pinhole_options *options, struct pinhole_error *to)
{
	struct error e = {0};
	char *bytes = NULL;
	size_t n = 0;
	int saved = errno;
	errno = 0;
	int rc = file_read(path, PROFILE_SIZE_LIMIT, &bytes, &n, &e);
	if (rc != 0) {
		int number = rc > 0 ? ENOENT : errno;
		if (rc > 0)
			error_set(&e, ERR_SYSTEM, "%s: No such file or directory", path);
		report(to, &e, e.code == ERR_SYSTEM ? number : 0);
		return NULL;
	}
	pinhole_filter *f = load(bytes, n, path, options, saved, to);
	free(bytes);
	return f;
}

pinhole_filter *pinhole_load_bytes(const void *bytes, size_t n, const char *name, const struct pinhole_options *options,
				   struct pinhole_error *to)
{
	struct error e = {0};
	int saved = errno;
	char *copy = malloc(n + 1); /* the parsers need a NUL after the last byte */
	if (copy == NULL) {
		error_memory(&e);
		report(to, &e, 0);
		return NULL;
	}
	memcpy(copy, bytes, n);
	copy[n] = '\0';
	pinhole_filter *f = load(copy, n, name, options, saved, to);
	free(copy);
	return f;
}

int pinhole_install(const pinhole_filter *filter, unsigned flags, struct pinhole_error *to)
{
	struct sock_fprog program = {.len = (unsigned short)filter->filter.code.count,
				     .filter = filter->filter.code.items};
	struct error e = {0};
	unsigned long how = 0;
	if ((flags & ~(unsigned)(PINHOLE_ALL_THREADS | PINHOLE_LOG | PINHOLE_KEEP_PRIVILEGES)) != 0) {
		error_set(&e, ERR_INPUT, "pinhole_install: flags 0x%x: unknown to this version of libpinhole; build against its own header", flags);
		return report(to, &e, 0);
	}
	how |= flags & PINHOLE_ALL_THREADS ? SECCOMP_FILTER_FLAG_TSYNC : 0;
	how |= flags & PINHOLE_LOG ? SECCOMP_FILTER_FLAG_LOG : 0;
	if (!(flags & PINHOLE_KEEP_PRIVILEGES) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		int number = errno;
		error_system(&e, "cannot set no_new_privs");
		return report(to, &e, number);
	}
	/* With TSYNC, the call returns the number of a thread that cannot be synchronized
	 * (seccomp(2)). */
	long rc = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, how, &program);
	if (rc == 0)
		return 0;
	int number = rc > 0 ? EBUSY : errno;
	if (rc > 0)
		error_set(&e, ERR_SYSTEM, "thread %ld has filters that this thread lacks", rc);
	else
		error_system(&e, "the kernel refuses the filter");
	return report(to, &e, number);
}

size_t pinhole_code(const pinhole_filter *filter, const struct sock_filter **code)
{
	if (code != NULL)
		*code = filter->filter.code.items;
	return filter->filter.code.count;
}

const char *pinhole_warnings(const pinhole_filter *filter)
{
	return text_string(&filter->warnings);
}

void pinhole_free(pinhole_filter *f)
{
	if (f == NULL)
		return;
	filter_clear(&f->filter);
	text_free(&f->warnings);
	free(f);
}

const char *pinhole_version(void)
{
	return PINHOLE_VERSION;
}

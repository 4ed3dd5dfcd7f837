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

/* Derives the policy of a profile: from phase main, as the loader is done. */
static struct policy *derive(const struct profile *p, struct error *e)
{
	struct infer_options options = {.args = ARGS_SHAPE, .default_action = {.kind = ACTION_KILL}, .phase = phase_name(PHASE_MAIN)};
	struct text warnings = {0};
	struct policy *policy = infer(p, &options, &warnings, e);
	text_free(&warnings);
	return policy;
}

static int compile(const char *bytes, size_t n, const char *name, struct filter *out, struct error *e)
{
	struct profile *profile = NULL;
	struct policy *policy = NULL;
	enum file_kind kind = file_kind_of(bytes, n);
	if (kind == FILE_PROFILE)
		profile = profile_parse(bytes, n, name, e);
	else if (kind == FILE_POLICY)
		policy = policy_parse(bytes, n, name, e);
	else
		filter_parse(bytes, n, name, out, e);
	if (profile != NULL)
		policy = derive(profile, e);
	if (policy != NULL && filter_compile(policy, &(struct compile_options){.counts = profile}, out, e) < 0)
		error_prefix(e, "%s: ", name);
	profile_free(profile);
	policy_free(policy);
	return e->code;
}

/* Loads a filter. errno belongs to the program: it keeps its value if there is no error. */
static pinhole_filter *load(const char *bytes, size_t n, const char *name, int saved, struct pinhole_error *to)
{
	struct error e = {0};
	pinhole_filter *f = calloc(1, sizeof(*f));
	if (f == NULL)
		error_memory(&e);
	else if (compile(bytes, n, name, &f->filter, &e) == 0) {
		errno = saved;
		return f;
	}
	pinhole_free(f);
	report(to, &e, 0);
	return NULL;
}

pinhole_filter *pinhole_load(const char *path, struct pinhole_error *to)
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
	pinhole_filter *f = load(bytes, n, path, saved, to);
	free(bytes);
	return f;
}

pinhole_filter *pinhole_load_bytes(const void *bytes, size_t n, const char *name, struct pinhole_error *to)
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
	pinhole_filter *f = load(copy, n, name, saved, to);
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

void pinhole_free(pinhole_filter *f)
{
	if (f == NULL)
		return;
	filter_clear(&f->filter);
	free(f);
}

const char *pinhole_version(void)
{
	return PINHOLE_VERSION;
}

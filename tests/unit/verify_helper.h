/* What the tests of verify share: the golden policies, and whether an answer of verify is true.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TEST_VERIFY_HELPER_H
#define PINHOLE_TEST_VERIFY_HELPER_H

#include "generator_helper.h"

#include <dirent.h>
#include <time.h>

static inline double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Calls `each` with every policy of a folder of the sources; returns how many there were. */
static inline size_t each_policy(const char *folder, void (*each)(const char *name, struct policy *p))
{
	char path[4096];
	const char *source = getenv("SOURCE");
	size_t n = 0;
	snprintf(path, sizeof(path), "%s/%s", source == NULL ? "." : source, folder);
	DIR *d = opendir(path);
	assert_non_null(d);
	for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
		char file[8192];
		struct error e = {0};
		const char *dot = strrchr(entry->d_name, '.');
		if (dot == NULL || strcmp(dot, ".json") != 0 || strstr(entry->d_name, ".schema.") != NULL)
			continue;
		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		struct policy *p = policy_read(file, &e);
		if (p == NULL)
			fail_msg("%s", e.text);
		each(entry->d_name, p);
		policy_free(p);
		n++;
	}
	closedir(d);
	return n;
}

static inline bool agree(const struct filter *f, const struct policy *p, const struct seccomp_data *call)
{
	return filter_run(f->code.items, f->code.count, call, NULL) == action_ret(policy_evaluate(p, call));
}

/* What the filter compares with, here and there, and what is near it. */
static inline uint64_t constant_near(const struct filter *f)
{
	uint64_t k = f->code.items[any() % f->code.count].k;
	switch (any() % 4) {
	case 0:
		return k + any() % 3 - 1;
	case 1:
		return k ^ (uint64_t)1 << any() % 32;
	default:
		return k;
	}
}

/* A call at the edges of filter and policy, or any. */
static inline struct seccomp_data call_near(const struct filter *f, const struct policy *p)
{
	struct seccomp_data d = random_call(p);
	if (any() % 4 == 0)
		d.arch = any() % 2 == 0 ? (uint32_t)constant_near(f) : d.arch ^ 1u << any() % 32;
	if (any() % 4 == 0)
		d.nr = (int)constant_near(f);
	for (int i = 0; i < 6; i++)
		if (any() % 2 == 0) {
			uint64_t low = any() % 4 == 0 ? any() : constant_near(f);
			uint64_t high = any() % 2 == 0 ? 0 : any() % 4 == 0 ? any() : constant_near(f);
			d.args[i] = (uint32_t)low | high << 32;
		}
	d.instruction_pointer = any() % 2 == 0 ? any() : (uint32_t)constant_near(f) | (uint64_t)constant_near(f) << 32;
	return d;
}

/* Verifies and makes sure of the answer: a witness must be true, and `asked` calls must not contradict "equal". Returns
 * verify's answer. */
static inline int verified(const struct filter *f, const struct policy *p, size_t asked, struct seccomp_data *witness,
			   struct error *e)
{
	*witness = (struct seccomp_data){0};
	int rc = filter_verify(f->code.items, f->code.count, p, witness, e);
	if (rc == 1 && agree(f, p, witness))
		fail_msg("no difference at the witness: arch %x, number %d", witness->arch, witness->nr);
	for (size_t i = 0; rc == 0 && i < asked; i++) {
		struct seccomp_data call = call_near(f, p);
		if (!agree(f, p, &call))
			fail_msg("said equal, but arch %x, number %d differs", call.arch, call.nr);
	}
	return rc;
}

#endif

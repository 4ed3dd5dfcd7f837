/* Random profiles, what is inferred from them, and calls near to what they hold. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TEST_PROFILE_HELPER_H
#define PINHOLE_TEST_PROFILE_HELPER_H

#include "generator_helper.h"

#include <errno.h>

static const char *const profile_calls[] = {
    "socket", "socketpair", "setsockopt", "getsockopt", "prctl", "fcntl", "clone", "clone3", "ioctl",
    "openat", "mmap", "mprotect", "futex", "kill", "unshare", "read", "close", "ptrace", "keyctl",
    "bpf", "madvise", "rt_sigaction", "newfstatat", "statx", "mkdir", "fork", "execve", "accept4", "seccomp",
    "arch_prctl", "modify_ldt", "io_uring_setup", "sendto", "personality", "syslog", "open", "fcntl64", "socketcall",
};

/* A value that an argument may have: named, or nearly so, or any. */
static inline uint64_t value_for(const struct arg *arg)
{
	uint64_t value = 0;
	if (any() % 16 == 0)
		return any() >> any() % 64;
	if (arg->set == NULL || arg->set->count == 0)
		return any() % 8;
	for (uint64_t n = arg->kind == ARG_FLAGS ? any() % 4 : 1; n > 0; n--)
		value |= arg->set->values[any() % arg->set->count].value;
	return value ^ (any() % 8 == 0 ? (uint64_t)1 << any() % 12 : 0);
}

static inline void see_any(struct profile *p, unsigned archs)
{
	struct error e = {0};
	const char *name = profile_calls[any() % (sizeof(profile_calls) / sizeof(profile_calls[0]))];
	enum arch arch = (enum arch)(any() % archs);
	uint64_t args[6];
	uint32_t nr;
	if (abi_number(arch, name, &nr, &e) != 0)
		return;
	const struct syscall_desc *call = abi_by_nr(arch, nr);
	for (int again = 0; again < 2; again++) /* the second time for what the first has selected */
		for (unsigned i = 0; i < 6; i++) {
			struct syscall_desc room;
			const struct syscall_desc *now = again ? abi_select(call, arch, args, 0x3f, &room) : call;
			if (!again || now->args[i].set != call->args[i].set)
				args[i] = value_for(&now->args[i]);
		}
	struct fact_key key = fact_key_make((enum phase)(any() % PHASE_COUNT), arch, nr, args);
	assert_true(profile_observe(p, &key, 0, 0, 1, &e) >= 0);
	if (any() % 4 == 0)
		assert_int_equal(profile_ended(p, &key, any() % 3 == 0 ? EPERM : 0, &e), 0);
}

static inline struct profile *new_profile(void)
{
	struct error e = {0};
	struct profile *p = profile_new();
	struct run run = {.id = (char *)"0", .started = (char *)"2026", .mode = (char *)"exact"};
	assert_non_null(p);
	assert_int_equal(profile_add_program(p, "/bin/true", NULL, &e), 0);
	assert_int_equal(profile_add_run(p, &run, &e), 0);
	return p;
}

static inline struct policy *inferred(const struct profile *p, enum args_mode args, bool portable)
{
	struct infer_options options = {.args = args, .default_action = {.kind = ACTION_KILL}, .portable = portable};
	struct text warnings = {0};
	struct error e = {0};
	struct policy *policy = infer(p, &options, &warnings, &e);
	if (policy == NULL)
		fail_msg("%s", e.text);
	text_free(&warnings);
	return policy;
}

static inline struct seccomp_data call_of(const struct fact *f)
{
	struct seccomp_data d = {.nr = (int)f->key.nr, .arch = arch_audit(f->key.arch)};
	for (int i = 0; i < 6; i++)
		d.args[i] = (f->key.args >> i & 1) ? f->key.values[i] : any();
	return d;
}

/* A call that is a fact, or differs from one in one argument. */
static inline struct seccomp_data near_fact(const struct profile *p)
{
	struct seccomp_data d = call_of(profile_fact(p, any() % profile_fact_count(p)));
	unsigned i = (unsigned)(any() % 6);
	switch (any() % 4) {
	case 0:
		d.args[i] ^= (uint64_t)1 << any() % 64;
		break;
	case 1:
		d.args[i] = call_of(profile_fact(p, any() % profile_fact_count(p))).args[i];
		break;
	case 2:
		d.args[i] += any() % 3 - 1;
		break;
	}
	return d;
}

#endif

/* Every rule of infer, on small profiles. SPDX-License-Identifier: MIT */
#include "generator_helper.h"

#include <fcntl.h>
#include <linux/sched.h>

static uint32_t number(enum arch arch, const char *name)
{
	struct error e = {0};
	uint32_t nr = 0;
	if (abi_number(arch, name, &nr, &e) != 0)
		fail_msg("%s", name);
	return nr;
}

static void see_in(struct profile *p, enum phase phase, enum arch arch, uint32_t nr, const uint64_t args[6])
{
	struct error e = {0};
	struct fact_key key = fact_key_make(phase, arch, nr, args);
	if (profile_observe(p, &key, 0, 0, 1, &e) < 0)
		fail_msg("%s", e.text);
}

static void see(struct profile *p, const char *name, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	see_in(p, PHASE_MAIN, ARCH_X86_64, number(ARCH_X86_64, name), (uint64_t[6]){a, b, c, d, 0, 0});
}

static struct profile *new_profile(void)
{
	struct profile *p = profile_new();
	struct error e = {0};
	char *command[] = {(char *)"true"};
	struct run run = {.id = (char *)"00112233445566778899aabbccddeeff",
			  .command = {command, 1, 1},
			  .started = (char *)"2026-01-31T12:00:00Z",
			  .mode = (char *)"exact",
			  .kernel = (char *)"6.1",
			  .exit = (char *)"exit 0"};
	assert_non_null(p);
	assert_int_equal(profile_add_program(p, "/bin/true", NULL, &e), 0);
	assert_int_equal(profile_add_run(p, &run, &e), 0);
	return p;
}

static struct policy *inferred_with(struct profile *p, struct infer_options options)
{
	struct text warnings = {0};
	struct error e = {0};
	assert_int_equal(profile_sort(p, &e), 0);
	struct policy *policy = infer(p, &options, &warnings, &e);
	if (policy == NULL)
		fail_msg("%s", e.text);
	text_free(&warnings);
	return policy;
}

static struct policy *inferred(struct profile *p, enum args_mode args)
{
	return inferred_with(p, (struct infer_options){.args = args, .default_action = {.kind = ACTION_KILL}});
}

static bool allows_on(const struct policy *p, enum arch arch, const char *name, uint64_t a, uint64_t b, uint64_t c,
		      uint64_t d)
{
	struct seccomp_data call = {
	    .nr = (int)number(arch, name), .arch = arch_audit(arch), .args = {a, b, c, d, 0x77, 0x99}};
	return policy_evaluate(p, &call).kind == ACTION_ALLOW;
}

static bool allows(const struct policy *p, const char *name, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	return allows_on(p, ARCH_X86_64, name, a, b, c, d);
}

static const char *reason(const struct policy *p, const char *name)
{
	const struct rule *r = policy_rule(p, ARCH_X86_64, name);
	assert_non_null(r);
	return r->why == NULL ? "" : r->why;
}

/* The policy allows all that was seen, and its filter agrees with it (filter_compile checks that). */
static void is_sound(struct profile *profile, const struct policy *p)
{
	struct filter f = {0};
	struct error e = {0};
	if (filter_compile(p, NULL, &f, &e) != 0)
		fail_msg("%s", e.text);
	for (size_t i = 0; i < profile_fact_count(profile); i++) {
		const struct fact *fact = profile_fact(profile, i);
		char buffer[32];
		const char *name = abi_name(fact->key.arch, fact->key.nr, buffer, sizeof(buffer));
		if (fact->key.nr >= ABI_NR_FOREIGN || fact->wide || strcmp(name, "clone3") == 0)
			continue;
		if (ask(&f, arch_audit(fact->key.arch), fact->key.nr, fact->key.values) != SECCOMP_RET_ALLOW) {
			struct text t = {0};
			fact_text(fact, &t);
			fail_msg("not allowed: %s", text_string(&t));
		}
	}
	filter_clear(&f);
}

static void nothing_seen_is_an_error(void **state)
{
	(void)state;
	struct profile *p = new_profile();
	struct infer_options options = {.args = ARGS_SHAPE};
	struct text warnings = {0};
	struct error e = {0};
	assert_null(infer(p, &options, &warnings, &e));
	assert_int_equal(e.code, ERR_INPUT);
	/* x32 calls are not allowed, so that a profile of them alone would forbid everything, too. */
	see_in(p, PHASE_MAIN, ARCH_X86_64, ABI_NR_FOREIGN, (uint64_t[6]){0});
	e = (struct error){0};
	assert_null(infer(p, &options, &warnings, &e));
	assert_int_equal(e.code, ERR_INPUT);
	assert_non_null(strstr(text_string(&warnings), "x32"));
	text_free(&warnings);
	profile_free(p);
}

static void always_allowed_calls(void **state)
{
	(void)state;
	struct profile *p = new_profile();
	see(p, "read", 0, 0, 0, 0);
	struct policy *policy = inferred(p, ARGS_SHAPE);
	static const char *const names[] = {"exit", "exit_group", "rt_sigreturn", "restart_syscall", "read"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_true(allows(policy, names[i], 1, 2, 3, 4));
	assert_false(allows(policy, "write", 0, 0, 0, 0));
	assert_int_equal(policy->archs, ARCH_BIT(ARCH_X86_64));
	is_sound(p, policy);
	policy_free(policy);
	see_in(p, PHASE_MAIN, ARCH_I386, number(ARCH_I386, "write"), (uint64_t[6]){0});
	policy = inferred(p, ARGS_SHAPE);
	assert_int_equal(policy->archs, ARCH_BIT(ARCH_X86_64) | ARCH_BIT(ARCH_I386));
	assert_true(allows_on(policy, ARCH_I386, "sigreturn", 0, 0, 0, 0));
	assert_true(allows_on(policy, ARCH_I386, "restart_syscall", 0, 0, 0, 0));
	assert_true(allows_on(policy, ARCH_I386, "write", 0, 0, 0, 0));
	assert_false(allows_on(policy, ARCH_I386, "read", 0, 0, 0, 0));
	assert_false(allows(policy, "write", 0, 0, 0, 0));
	is_sound(p, policy);
	policy_free(policy);
	profile_free(p);
}

static void names_only(void **state)
{
	(void)state;
	struct profile *p = new_profile();
	see(p, "socket", 2, 1, 6, 0);
	struct policy *policy = inferred(p, ARGS_NONE);
	assert_true(allows(policy, "socket", 16, 3, 0, 0));
	assert_string_equal(reason(policy, "socket"), "");
	policy_free(policy);
	profile_free(p);
}

static void joint_tuples_stay_together(void **state)
{
	(void)state;
	struct profile *p = new_profile();
	see(p, "socket", 2, 1 | 02000000, 6, 0);
	see(p, "socket", 2, 1, 6, 0);
	see(p, "socket", 1, 2, 0, 0);
	struct policy *policy = inferred(p, ARGS_SHAPE);
	assert_true(allows(policy, "socket", 2, 1, 6, 0));
	assert_true(allows(policy, "socket", 2, 1 | 04000, 6, 0)); /* SOCK_NONBLOCK reaches nothing new */
	assert_true(allows(policy, "socket", 1, 2 | 02000000, 0, 0));
	assert_true(allows(policy, "socket", 0xabcd00000001, 2, 0, 0)); /* an int: the upper half is no part of it */
	assert_false(allows(policy, "socket", 2, 1, 0, 0));
	assert_false(allows(policy, "socket", 1, 1, 0, 0));
	assert_false(allows(policy, "socket", 16, 1, 6, 0));
	assert_false(allows(policy, "socket", 2, 3, 6, 0)); /* SOCK_RAW is no union of STREAM and DGRAM */
	assert_string_equal(reason(policy, "socket"), "domain, type, protocol were one of 2 combinations in 3 facts (closes other families of sockets; raw sockets; "
			    "other protocols)");
	assert_int_equal(policy_rule(policy, ARCH_X86_64, "socket")->any.count, 2);
	is_sound(p, policy);
	policy_free(policy);
	/* exact: what does not count for shape does here */
	policy = inferred(p, ARGS_EXACT);
	assert_true(allows(policy, "socket", 2, 1 | 02000000, 6, 0));
	assert_false(allows(policy, "socket", 2, 1 | 04000, 6, 0));
	is_sound(p, policy);
	policy_free(policy);
	profile_free(p);
}

/* The command says whether a further argument selects, and of which kind it is. */
static void selected_arguments(void **state)
{
	(void)state;
	struct profile *p = new_profile();
	see(p, "prctl", 15, 0x7ffff0001000, 0, 0); /* PR_SET_NAME: an address */
	see(p, "prctl", 15, 0x7ffff0002000, 0, 0);
	see(p, "prctl", 4, 0, 0, 0);	 /* PR_SET_DUMPABLE 0 */
	see(p, "prctl", 22, 2, 0x1000, 0); /* PR_SET_SECCOMP, SECCOMP_MODE_FILTER */
	see(p, "fcntl", 3, 4, 04000, 0);   /* F_SETFL O_NONBLOCK */
	see(p, "fcntl", 3, 4, 02000, 0);   /* F_SETFL O_APPEND */
	see(p, "fcntl", 3, 0, 10, 0);	 /* F_DUPFD from 10 */
	see(p, "setsockopt", 3, 1, 2, 0);  /* SOL_SOCKET SO_REUSEADDR */
	see(p, "setsockopt", 3, 6, 1, 0);  /* IPPROTO_TCP TCP_NODELAY */
	assert_int_equal(profile_fact_count(p), 8);
	static const enum args_mode modes[] = {ARGS_SHAPE, ARGS_EXACT};
	for (size_t i = 0; i < 2; i++) {
		struct policy *policy = inferred(p, modes[i]);
		assert_true(allows(policy, "prctl", 15, 0x1234, 0, 0));
		assert_true(allows(policy, "prctl", 4, 0, 9, 9));
		assert_false(allows(policy, "prctl", 4, 1, 0, 0)); /* PR_SET_DUMPABLE 1 */
		assert_true(allows(policy, "prctl", 22, 2, 0, 0));
		assert_false(allows(policy, "prctl", 22, 1, 0, 0)); /* SECCOMP_MODE_STRICT */
		assert_true(allows(policy, "fcntl", 5, 0, 99, 0));
		assert_true(allows(policy, "fcntl", 5, 4, 02000, 0));
		assert_false(allows(policy, "fcntl", 5, 4, 020000, 0)); /* O_ASYNC */
		assert_int_equal(allows(policy, "fcntl", 5, 4, 02000 | 04000, 0), modes[i] == ARGS_SHAPE);
		assert_true(allows(policy, "setsockopt", 5, 6, 1, 0));
		assert_false(allows(policy, "setsockopt", 5, 6, 2, 0));
		assert_false(allows(policy, "setsockopt", 5, 1, 1, 0));
		is_sound(p, policy);
		struct text json = {0};
		struct error e = {0};
		assert_int_equal(policy_format(policy, &json, &e), 0);
		assert_non_null(strstr(text_string(&json), "{\"cmd\": \"F_SETFL\", \"arg\": "));
		assert_non_null(strstr(text_string(&json), "\"option\": \"PR_SET_SECCOMP\", \"arg2\": \"SECCOMP_MODE_FILTER\""));
		assert_non_null(strstr(text_string(&json), "SO_REUSEADDR"));
		assert_non_null(strstr(text_string(&json), "TCP_NODELAY"));
		struct policy *again = policy_parse(json.bytes, json.count, "again", &e);
		assert_non_null(again);
		struct text twice = {0};
		assert_int_equal(policy_format(again, &twice, &e), 0);
		assert_string_equal(text_string(&json), text_string(&twice));
		text_free(&json);
		text_free(&twice);
		policy_free(again);
		policy_free(policy);
	}
	profile_free(p);
}

static void changing_values_are_no_constants(void **state)
{
	(void)state;
	struct profile *p = new_profile();
	see(p, "ptrace", 0x7fff12345678, 0, 0, 0); /* the request is a long */
	struct policy *policy = inferred(p, ARGS_SHAPE);
	assert_true(allows(policy, "ptrace", 0x7fff99999999, 0, 0, 0));
	assert_non_null(strstr(reason(policy, "ptrace"), "look like addresses"));
	is_sound(p, policy);
	policy_free(policy);
	profile_free(p);
	/* So many of a selector without names are a counter. */
	p = new_profile();
	for (uint64_t v = 0; v < 40; v++)
		see(p, "modify_ldt", 100 + v, 0, 0, 0);
	policy = inferred(p, ARGS_SHAPE);
	const struct rule *r = policy_rule(policy, ARCH_X86_64, "modify_ldt");
	assert_int_equal(r->any.count == 0, abi_by_name("modify_ldt")->args[0].set == NULL);
	is_sound(p, policy);
	policy_free(policy);
	profile_free(p);
}

/* A clock of a process or descriptor has another number each time. */
static void made_clocks_are_one(void **state)
{
	(void)state;
	static const enum args_mode modes[] = {ARGS_SHAPE, ARGS_EXACT};
	for (size_t i = 0; i < 2; i++) {
		struct profile *p = new_profile();
		see(p, "clock_gettime", (uint32_t)-187258, 0, 0, 0);
		see(p, "clock_settime", 0, 0, 0, 0);
		struct policy *policy = inferred(p, modes[i]);
		assert_true(allows(policy, "clock_gettime", (uint32_t)-99, 0, 0, 0));
		/* Which clock is read closes nothing. */
		assert_int_equal(allows(policy, "clock_gettime", 0, 0, 0, 0), modes[i] == ARGS_SHAPE);
		assert_true(allows(policy, "clock_settime", 0, 0, 0, 0));
		assert_false(allows(policy, "clock_settime", (uint32_t)-99, 0, 0, 0));
		if (modes[i] == ARGS_EXACT)
			assert_null(strstr(reason(policy, "clock_gettime"), "187258"));
		is_sound(p, policy);
		policy_free(policy);
		profile_free(p);
	}
}

/* However many protections there are, none adds up to write+exec. */
static void many_protections(void **state)
{
	(void)state;
	static const enum args_mode modes[] = {ARGS_SHAPE, ARGS_EXACT};
	for (size_t i = 0; i < 2; i++) {
		struct profile *p = new_profile();
		for (uint64_t v = 0; v < 200; v++)
			see(p, "mprotect", 0, 0, 3 | v << 8, 0);
		see(p, "mprotect", 0, 0, 5, 0);
		struct policy *policy = inferred(p, modes[i]);
		assert_true(allows(policy, "mprotect", 0, 0, 5, 0));
		assert_true(allows(policy, "mprotect", 0, 0, 3, 0));
		assert_false(allows(policy, "mprotect", 0, 0, 7, 0));
		assert_false(allows(policy, "mprotect", 0, 0, 6, 0));
		is_sound(p, policy);
		policy_free(policy);
		profile_free(p);
	}
}

static void end_with(struct profile *p, const char *name, uint64_t a, unsigned error)
{
	struct error e = {0};
	struct fact_key key = fact_key_make(PHASE_MAIN, ARCH_X86_64, number(ARCH_X86_64, name), (uint64_t[6]){a});
	assert_int_equal(profile_ended(p, &key, error, &e), 0);
}

static struct action verdict_of(const struct policy *p, const char *name, uint64_t a)
{
	struct seccomp_data call = {
	    .nr = (int)number(ARCH_X86_64, name), .arch = arch_audit(ARCH_X86_64), .args = {a}};
	return policy_evaluate(p, &call);
}

static void calls_that_only_failed(void **state)
{
	(void)state;
	struct profile *p = new_profile();
	see(p, "getxattr", 0, 0, 0, 0);
	end_with(p, "getxattr", 0, 95);
	see(p, "personality", 0x40000, 0, 0, 0);
	end_with(p, "personality", 0x40000, 1);
	see(p, "personality", 0xffffffff, 0, 0, 0);
	end_with(p, "personality", 0xffffffff, 0);
	see(p, "chroot", 0, 0, 0, 0);
	end_with(p, "chroot", 0, 1);
	end_with(p, "chroot", 0, 2);
	see(p, "read", 0, 0, 0, 0); /* it never returned */
	struct policy *policy = inferred_with(p, (struct infer_options){.args = ARGS_SHAPE});
	assert_true(allows(policy, "getxattr", 0, 0, 0, 0));
	assert_string_equal(reason(policy, "getxattr"), "only ever failed with EOPNOTSUPP");
	assert_true(allows(policy, "chroot", 0, 0, 0, 0));
	assert_string_equal(reason(policy, "chroot"), "");
	policy_free(policy);
	policy = inferred_with(p, (struct infer_options){.args = ARGS_SHAPE, .deny_failed = true});
	assert_int_equal(verdict_of(policy, "getxattr", 0).kind, ACTION_ERRNO);
	assert_int_equal(verdict_of(policy, "getxattr", 0).data, 95);
	assert_int_equal(verdict_of(policy, "personality", 0xffffffff).kind, ACTION_ALLOW);
	assert_int_equal(verdict_of(policy, "personality", 0x40000).kind, ACTION_ALLOW); /* one rule has one answer */
	assert_int_equal(verdict_of(policy, "chroot", 0).kind, ACTION_ALLOW);	     /* with two errors */
	assert_int_equal(verdict_of(policy, "read", 0).kind, ACTION_ALLOW);
	policy_free(policy);
	profile_free(p);
}

static void phases_and_programs(void **state)
{
	(void)state;
	struct profile *p = new_profile();
	struct error e = {0};
	struct text warnings = {0};
	see_in(p, PHASE_LOAD, ARCH_X86_64, number(ARCH_X86_64, "open"), (uint64_t[6]){0});
	see(p, "read", 0, 0, 0, 0);
	int other = profile_add_program(p, "/bin/other", NULL, &e);
	struct fact_key key = fact_key_make(PHASE_MAIN, ARCH_X86_64, number(ARCH_X86_64, "write"), (uint64_t[6]){0});
	assert_true(profile_observe(p, &key, (uint32_t)other, 0, 1, &e) >= 0);
	struct policy *policy = inferred_with(p, (struct infer_options){.phase = "main"});
	assert_string_equal(policy->phase, "main");
	assert_null(policy_rule(policy, ARCH_X86_64, "open"));
	assert_non_null(policy_rule(policy, ARCH_X86_64, "read"));
	policy_free(policy);
	policy = inferred_with(p, (struct infer_options){.program = "/bin/other"});
	assert_null(policy_rule(policy, ARCH_X86_64, "read"));
	assert_non_null(policy_rule(policy, ARCH_X86_64, "write"));
	policy_free(policy);
	assert_null(infer(p, &(struct infer_options){.program = "/bin/none"}, &warnings, &e));
	assert_non_null(strstr(e.text, "/bin/other"));
	e = (struct error){0};
	assert_null(infer(p, &(struct infer_options){.phase = "main,idle"}, &warnings, &e));
	assert_non_null(strstr(e.text, "load, main"));
	/* A run that does not tell all that each program did. */
	struct run run = {.id = (char *)"quiet", .started = (char *)"2027", .mode = (char *)"quiet"};
	assert_true(profile_add_run(p, &run, &e) >= 0);
	e = (struct error){0};
	assert_null(infer(p, &(struct infer_options){.program = "/bin/other"}, &warnings, &e));
	assert_non_null(strstr(e.text, "run 1 was recorded in mode quiet"));
	text_free(&warnings);
	profile_free(p);
}

static void clone3_on_demand(void **state)
{
	(void)state;
	struct profile *p = new_profile();
	see(p, "clone3", 0, 88, 0, 0);
	see(p, "clone", 0x01200011, 0, 0, 0);
	struct policy *policy = inferred_with(p, (struct infer_options){.args = ARGS_SHAPE, .allow_clone3 = true});
	assert_true(allows(policy, "clone3", 0, 88, 0, 0));
	assert_true(allows(policy, "clone", 0x01200011, 0, 0, 0));
	assert_false(allows(policy, "clone", 0x3d0f00, 0, 0, 0));
	assert_non_null(strstr(reason(policy, "clone3"), "--clone3=allow"));
	policy_free(policy);
	profile_free(p);
}

static void portable_siblings(void **state)
{
	(void)state;
	static const enum args_mode modes[] = {ARGS_NONE, ARGS_SHAPE, ARGS_EXACT};
	for (size_t i = 0; i < 3; i++) {
		struct profile *p = new_profile();
		see(p, "openat", (uint64_t)-100, 0, 01 | 0100, 0);
		see(p, "fork", 0, 0, 0, 0);
		see(p, "epoll_wait", 0, 0, 0, 0);
		see(p, "newfstatat", 3, 0, 0, 0x1000);
		struct policy *policy =
		    inferred_with(p, (struct infer_options){.args = modes[i], .portable = true});
		bool tested = modes[i] != ARGS_NONE;
		assert_true(allows(policy, "open", 0, 01 | 0100, 0, 0));
		assert_int_equal(allows(policy, "open", 0, 02, 0, 0), !tested); /* O_RDWR was never seen */
		assert_true(allows(policy, "epoll_pwait", 0, 0, 0, 0));
		assert_true(allows(policy, "stat", 0, 0, 0, 0));
		assert_true(allows(policy, "clock_gettime", 0, 0, 0, 0));
		assert_true(allows(policy, "clone", 0x01200011, 0, 0, 0));
		assert_false(allows(policy, "clone", CLONE_NEWUSER | 17, 0, 0, 0));
		assert_int_equal(verdict_of(policy, "clone3", 0).kind, ACTION_ERRNO);
		assert_false(allows(policy, "ptrace", 0, 0, 0, 0));
		assert_false(allows(policy, "socket", 2, 1, 0, 0));
		assert_non_null(strstr(reason(policy, "open"), "portable: "));
		is_sound(p, policy);
		policy_free(policy);
		profile_free(p);
	}
}

/* Whether every signal's handler may be asked for and set. */
static bool handles_all(const struct policy *p)
{
	bool all = true;
	for (uint64_t signal = 1; signal <= 64; signal++)
		all = all && allows(p, "rt_sigaction", signal, 0, 0x1000, 8) && allows(p, "rt_sigaction", signal, 0x1000, 0, 8);
	return all;
}

/* glibc 2.38 and later (sysdeps/unix/sysv/linux/spawni.c): clone3 with CLONE_CLEAR_SIGHAND, and where that fails, clone, whose
 * child goes through all signals. */
static void what_follows_clone3(void **state)
{
	(void)state;
	static const enum args_mode modes[] = {ARGS_SHAPE, ARGS_EXACT};
	for (size_t i = 0; i < 2; i++) {
		struct profile *p = new_profile();
		see(p, "rt_sigaction", 10, 0x1000, 0, 8);
		struct policy *policy = inferred(p, modes[i]);
		/* Nothing follows. Which signal is handled closes nothing. */
		assert_int_equal(handles_all(policy), modes[i] == ARGS_SHAPE);
		policy_free(policy);
		see(p, "clone3", 0, 88, 0, 0);
		policy = inferred(p, modes[i]);
		assert_true(handles_all(policy));
		assert_true(allows(policy, "clone", CLONE_VM | CLONE_VFORK | 17, 0, 0, 0));
		assert_true(allows(policy, "clone", CLONE_VM | CLONE_VFORK | CLONE_PIDFD | 17, 0, 0, 0));
		if (modes[i] == ARGS_EXACT)
			assert_non_null(strstr(reason(policy, "rt_sigaction"), "replaces clone3"));
		is_sound(p, policy);
		policy_free(policy);
		/* Allowed, it is not answered, and nothing follows. */
		policy = inferred_with(p, (struct infer_options){.args = modes[i], .allow_clone3 = true});
		assert_int_equal(handles_all(policy), modes[i] == ARGS_SHAPE);
		policy_free(policy);
		profile_free(p);
		/* Not even asked for a single one. */
		p = new_profile();
		see(p, "clone3", 0, 88, 0, 0);
		policy = inferred(p, modes[i]);
		assert_true(handles_all(policy));
		policy_free(policy);
		profile_free(p);
	}
}

/* What glibc 2.36 asked of the kernel, and 2.43 asks in its place; and back. Numbers: asm-generic/ioctls.h,
 * asm-generic/mman-common.h, linux/sched.h, linux/prctl.h. */
static void portable_arguments(void **state)
{
	(void)state;
	enum { TCSETS_ = 0x5402, TCSETSW_ = 0x5403, TCSETS2_ = 0x402c542b, TCSETSW2_ = 0x402c542c };
	enum { GUARD_INSTALL = 102, THREAD_FLAGS = 0x3d0f00, DROPPABLE_ANONYMOUS = 0x28, SET_NAME = 15 };
	struct profile *p = new_profile();
	see(p, "ioctl", 0, TCSETS_, 0, 0);
	see(p, "getuid", 0, 0, 0, 0);
	see(p, "epoll_ctl", 0, 1, 0, 0);
	struct policy *policy = inferred_with(p, (struct infer_options){.args = ARGS_SHAPE, .portable = true});
	assert_int_equal(verdict_of(policy, "io_uring_setup", 0).kind, ACTION_ERRNO); /* as libuv needs it */
	assert_true(allows(policy, "ioctl", 0, TCSETS2_, 0, 0));
	assert_false(allows(policy, "ioctl", 0, TCSETSW2_, 0, 0)); /* its like was never seen */
	assert_false(allows(policy, "ioctl", 0, TCSETSW_, 0, 0));
	assert_true(allows(policy, "getresuid", 0, 0, 0, 0));
	assert_false(allows(policy, "madvise", 0, 4096, GUARD_INSTALL, 0)); /* there was no thread */
	assert_false(allows(policy, "prctl", SET_NAME, 0, 0, 0));
	assert_true(allows(policy, "mmap", 0, 4096, 3, DROPPABLE_ANONYMOUS));
	assert_false(allows(policy, "mmap", 0, 4096, 7, DROPPABLE_ANONYMOUS));
	policy_free(policy);
	profile_free(p);

	p = new_profile();
	see(p, "ioctl", 0, TCSETSW2_, 0, 0);
	see(p, "clone", THREAD_FLAGS, 0, 0, 0);
	see(p, "waitid", 1, 0, 0, 4); /* P_PID, WEXITED */
	policy = inferred_with(p, (struct infer_options){.args = ARGS_SHAPE, .portable = true});
	assert_true(allows(policy, "ioctl", 0, TCSETSW_, 0, 0));
	assert_false(allows(policy, "ioctl", 0, TCSETS_, 0, 0));
	assert_true(allows(policy, "madvise", 0, 4096, GUARD_INSTALL, 0));
	assert_false(allows(policy, "madvise", 0, 4096, 100, 0)); /* MADV_HWPOISON */
	assert_true(allows(policy, "prctl", SET_NAME, 0, 0, 0));
	assert_true(allows(policy, "wait4", 0, 0, 0, 0));
	assert_false(allows(policy, "kill", 0, 0, 9, 0));
	policy_free(policy);
	profile_free(p);
}

static void shape_of_open_and_mmap(void **state)
{
	(void)state;
	struct profile *p = new_profile();
	see(p, "openat", (uint64_t)-100, 0, 02000000, 0);	      /* O_RDONLY|O_CLOEXEC */
	see(p, "openat", (uint64_t)-100, 0, 01 | 0100 | 01000, 0644); /* O_WRONLY|O_CREAT|O_TRUNC */
	see(p, "mprotect", 0, 4096, 1, 0);
	see(p, "mprotect", 0, 4096, 3, 0);
	see(p, "mprotect", 0, 4096, 5, 0);
	struct policy *policy = inferred(p, ARGS_SHAPE);
	assert_true(allows(policy, "openat", 5, 0, 01 | 02000000, 0));
	assert_true(allows(policy, "openat", 5, 0, 0, 0777));	/* modes are not constrained */
	assert_false(allows(policy, "openat", 5, 0, 02, 0));	/* O_RDWR */
	assert_false(allows(policy, "openat", 5, 0, 02000, 0)); /* O_APPEND */
	assert_true(allows(policy, "mprotect", 0, 0, 5, 0));
	assert_false(allows(policy, "mprotect", 0, 0, 7, 0)); /* no union makes write+exec */
	assert_false(allows(policy, "mprotect", 0, 0, 6, 0));
	assert_false(allows(policy, "mprotect", 0, 0, 0, 0));
	assert_false(allows(policy, "mprotect", 0, 0, 1ull << 32 | 1, 0)); /* unsigned long: all of it is looked at */
	assert_string_equal(reason(policy, "mprotect"), "prot was one of 3 values in 3 facts (closes executable memory)");
	is_sound(p, policy);
	policy_free(policy);
	profile_free(p);
}

static void exact_keeps_tuples(void **state)
{
	(void)state;
	struct profile *p = new_profile();
	see(p, "socket", 2, 1, 6, 0);
	see(p, "socket", 1, 2, 0, 0);
	see_in(p, PHASE_LOAD, ARCH_X86_64, number(ARCH_X86_64, "socket"), (uint64_t[6]){2, 1, 6});
	struct policy *policy = inferred(p, ARGS_EXACT);
	const struct rule *r = policy_rule(policy, ARCH_X86_64, "socket");
	assert_int_equal(r->any.count, 2);
	assert_true(allows(policy, "socket", 2, 1, 6, 0));
	assert_true(allows(policy, "socket", 1, 2, 0, 0));
	assert_false(allows(policy, "socket", 2, 2, 6, 0));
	assert_false(allows(policy, "socket", 2, 1, 0, 0));
	assert_string_equal(r->why, "its arguments were one of 2 tuples in 3 facts");
	is_sound(p, policy);
	policy_free(policy);
	profile_free(p);
}

static void clone3_is_clone(void **state)
{
	(void)state;
	static const enum args_mode modes[] = {ARGS_NONE, ARGS_SHAPE, ARGS_EXACT};
	static const uint64_t special[] = {CLONE_UNTRACED, CLONE_PTRACE, CLONE_PARENT};
	for (size_t i = 0; i < 3; i++) {
		struct profile *p = new_profile();
		see(p, "clone3", 0, 88, 0, 0);
		struct policy *policy = inferred(p, modes[i]);
		struct seccomp_data call = {.nr = (int)number(ARCH_X86_64, "clone3"), .arch = arch_audit(ARCH_X86_64)};
		struct action a = policy_evaluate(policy, &call);
		assert_int_equal(a.kind, ACTION_ERRNO);
		assert_int_equal(a.data, 38);
		assert_true(allows(policy, "clone", 0x3d0f00, 1, 2, 3));
		assert_true(allows(policy, "clone", 0x01200011, 0, 0, 0));
		assert_false(allows(policy, "clone", CLONE_NEWUSER | 17, 0, 0, 0));
		assert_false(allows(policy, "clone", CLONE_NEWNS | 0x3d0f00, 0, 0, 0));
		for (size_t k = 0; k < 3; k++)
			assert_false(allows(policy, "clone", special[k] | 17, 0, 0, 0));
		is_sound(p, policy);
		policy_free(policy);
		/* clone itself was seen, making a namespace: that stays possible, others are not. */
		see(p, "clone", CLONE_NEWNET | 17, 0, 0, 0);
		policy = inferred(p, modes[i]);
		assert_true(allows(policy, "clone", CLONE_NEWNET | 17, 0, 0, 0));
		assert_true(allows(policy, "clone", 0x3d0f00, 1, 2, 3));
		assert_int_equal(allows(policy, "clone", CLONE_NEWPID | 17, 0, 0, 0), modes[i] == ARGS_NONE);
		assert_int_equal(allows(policy, "clone", CLONE_UNTRACED | 17, 0, 0, 0), modes[i] == ARGS_NONE);
		is_sound(p, policy);
		policy_free(policy);
		/* clone3 was seen with one of the others: that stays possible. */
		see(p, "clone3", CLONE_PARENT, 88, 0, 0);
		policy = inferred(p, modes[i]);
		assert_true(allows(policy, "clone", CLONE_PARENT | 17, 0, 0, 0));
		assert_int_equal(allows(policy, "clone", CLONE_PTRACE | 17, 0, 0, 0), modes[i] == ARGS_NONE);
		is_sound(p, policy);
		policy_free(policy);
		profile_free(p);
	}
}

static void clone_alone_is_its_shape(void **state)
{
	(void)state;
	struct profile *p = new_profile();
	see(p, "clone", 0x01200011, 0, 0, 0);
	struct policy *policy = inferred(p, ARGS_SHAPE);
	assert_true(allows(policy, "clone", 0x01200011, 0, 0, 0));
	assert_false(allows(policy, "clone", 0x3d0f00, 0, 0, 0));
	assert_false(allows(policy, "clone3", 0, 0, 0, 0));
	policy_free(policy);
	profile_free(p);
}

/* Whether a lock asks the kernel is chance: one operation seen, or none where threads were started, stands for waiting
 * and waking; the priority-inheriting ones must be seen. */
static void futex_operations_go_together(void **state)
{
	(void)state;
	static const enum args_mode modes[] = {ARGS_SHAPE, ARGS_EXACT};
	for (size_t i = 0; i < 2; i++)
		for (int seen = 0; seen < 3; seen++) {
			struct profile *p = new_profile();
			if (seen == 0)
				see(p, "futex", 0, 0x80 | 1, 1, 0);
			else if (seen == 1)
				see(p, "clone", 0x3d0f00, 0, 0, 0);
			else
				see(p, "clone3", 0, 88, 0, 0);
			struct policy *policy = inferred(p, modes[i]);
			assert_true(allows(policy, "futex", 0, 0x80 | 0, 1, 0));
			assert_true(allows(policy, "futex", 0, 0x80 | 1, 1, 0));
			assert_true(allows(policy, "futex", 0, 9 | 0x100, 1, 0));
			assert_false(allows(policy, "futex", 0, 6, 1, 0)); /* FUTEX_LOCK_PI */
			assert_false(allows(policy, "futex", 0, 0x200, 1, 0));
			assert_non_null(strstr(reason(policy, "futex"), "chance"));
			is_sound(p, policy);
			policy_free(policy);
			profile_free(p);
		}
	struct profile *p = new_profile();
	see(p, "clone", 17, 0, 0, 0); /* a process of its own needs no locks */
	struct policy *policy = inferred(p, ARGS_SHAPE);
	assert_null(policy_rule(policy, ARCH_X86_64, "futex"));
	policy_free(policy);
	see(p, "futex", 0, 6, 0, 0);
	policy = inferred(p, ARGS_SHAPE);
	assert_true(allows(policy, "futex", 0, 6 | 0x80, 1, 0));
	policy_free(policy);
	profile_free(p);
}

static void many_values_are_widened(void **state)
{
	(void)state;
	struct profile *p = new_profile();
	for (uint64_t v = 0; v < 200; v++)
		see(p, "ioctl", 0, 0x1000 + 3 * v, 0, 0);
	struct policy *policy = inferred(p, ARGS_SHAPE);
	assert_true(allows(policy, "ioctl", 0, 0x1001, 0, 0));
	assert_false(allows(policy, "ioctl", 0, 0xfff, 0, 0));
	assert_false(allows(policy, "ioctl", 0, 0x1000 + 598, 0, 0));
	assert_non_null(strstr(reason(policy, "ioctl"), "200 values"));
	is_sound(p, policy);
	policy_free(policy);
	profile_free(p);
}

static void wide_facts_are_bounds(void **state)
{
	(void)state;
	static const enum args_mode modes[] = {ARGS_SHAPE, ARGS_EXACT};
	for (size_t i = 0; i < 2; i++) {
		struct profile *p = new_profile();
		for (uint64_t v = 0; v < PROFILE_FACT_CAP + 50; v++)
			see(p, "ioctl", 1, 0x5400 + v, 0, 0);
		for (uint64_t v = 0; v < PROFILE_FACT_CAP + 50; v++)
			see(p, "openat", (uint64_t)-100, 0, v << 6, v);
		struct policy *policy = inferred(p, modes[i]);
		assert_true(allows(policy, "ioctl", 1, 0x5400, 0, 0));
		assert_true(allows(policy, "ioctl", 1, 0x5400 + PROFILE_FACT_CAP + 49, 0, 0));
		assert_false(allows(policy, "ioctl", 1, 0x53ff, 0, 0));
		assert_false(allows(policy, "ioctl", 1, 0x5400 + PROFILE_FACT_CAP + 50, 0, 0));
		assert_non_null(strstr(reason(policy, "ioctl"), "the profile keeps no single values"));
		assert_true(allows(policy, "openat", 3, 0, 0x7fc0, 0));
		assert_false(allows(policy, "openat", 3, 0, O_PATH, 0));
		is_sound(p, policy);
		policy_free(policy);
		profile_free(p);
	}
}

static void unknown_numbers_and_warnings(void **state)
{
	(void)state;
	struct profile *p = new_profile();
	struct infer_options options = {.args = ARGS_SHAPE, .default_action = {.kind = ACTION_LOG}};
	struct text warnings = {0};
	struct error e = {0};
	see_in(p, PHASE_MAIN, ARCH_X86_64, 0x3000, (uint64_t[6]){0});
	see_in(p, PHASE_MAIN, ARCH_X86_64, ABI_NR_FOREIGN | 1, (uint64_t[6]){0});
	see(p, "io_uring_setup", 8, 0, 0, 0);
	struct policy *policy = infer(p, &options, &warnings, &e);
	assert_non_null(policy);
	struct seccomp_data call = {.nr = 0x3000, .arch = arch_audit(ARCH_X86_64)};
	assert_int_equal(policy_evaluate(policy, &call).kind, ACTION_ALLOW);
	call.nr = 0x3001;
	assert_int_equal(policy_evaluate(policy, &call).kind, ACTION_LOG);
	call.nr = ABI_NR_FOREIGN | 1;
	assert_int_equal(policy_evaluate(policy, &call).kind, ACTION_LOG);
	assert_non_null(strstr(text_string(&warnings), "io_uring"));
	assert_non_null(strstr(text_string(&warnings), "x32"));
	is_sound(p, policy);
	text_free(&warnings);
	policy_free(policy);
	profile_free(p);
}

/* Random profiles: whatever was seen is allowed in every mode. */
static void random_profiles_are_sound(void **state)
{
	(void)state;
	static const enum args_mode modes[] = {ARGS_NONE, ARGS_SHAPE, ARGS_EXACT};
	for (int i = 0; i < 30; i++) {
		struct profile *p = new_profile();
		for (int n = (int)(any() % 800); n >= 0; n--) {
			uint64_t args[6];
			for (int j = 0; j < 6; j++)
				args[j] = any() % 3 == 0 ? any() : any() % 40;
			see_in(p, any() % 2, any() % ARCH_COUNT, (uint32_t)(any() % (i % 2 == 0 ? 30 : 470)), args);
		}
		for (size_t m = 0; m < 3; m++) {
			struct policy *policy = inferred(p, modes[m]);
			is_sound(p, policy);
			policy_free(policy);
		}
		profile_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_seen_is_an_error),
	    cmocka_unit_test(always_allowed_calls),
	    cmocka_unit_test(names_only),
	    cmocka_unit_test(joint_tuples_stay_together),
	    cmocka_unit_test(selected_arguments),
	    cmocka_unit_test(changing_values_are_no_constants),
	    cmocka_unit_test(made_clocks_are_one),
	    cmocka_unit_test(many_protections),
	    cmocka_unit_test(calls_that_only_failed),
	    cmocka_unit_test(phases_and_programs),
	    cmocka_unit_test(clone3_on_demand), cmocka_unit_test(what_follows_clone3),
	    cmocka_unit_test(portable_siblings),
	    cmocka_unit_test(portable_arguments),
	    cmocka_unit_test(shape_of_open_and_mmap),
	    cmocka_unit_test(exact_keeps_tuples),
	    cmocka_unit_test(clone3_is_clone),
	    cmocka_unit_test(clone_alone_is_its_shape),
	    cmocka_unit_test(futex_operations_go_together),
	    cmocka_unit_test(many_values_are_widened),
	    cmocka_unit_test(wide_facts_are_bounds),
	    cmocka_unit_test(unknown_numbers_and_warnings),
	    cmocka_unit_test(random_profiles_are_sound),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

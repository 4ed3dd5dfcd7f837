/* Containers' profiles, both ways, against the real libseccomp: what pinhole reads of one answers each call as what a runtime
 * loads, and what pinhole writes answers as the policy, but for what was announced. Needs libseccomp when it is built.
 * SPDX-License-Identifier: MIT */
#include "border_helper.h"

#ifdef HAVE_LIBSECCOMP
#include <glob.h>

#include "policies/base/file.h"
#include "policies/import/policy_builder.h"
#include "oci_loader.h"

static const char *const docker_caps[] = {"CAP_AUDIT_WRITE", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID",
					  "CAP_KILL", "CAP_MKNOD", "CAP_NET_BIND_SERVICE", "CAP_NET_RAW", "CAP_SETFCAP",
					  "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT", NULL};

static const char *const podman_caps[] = {"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_NET_BIND_SERVICE",
					  "CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT", NULL};

/* Values of arguments that a profile and its reader could take for one another. */
struct values {
	uint64_t list[512];
	size_t count;
};

static void add_value(struct values *v, uint64_t value)
{
	for (int by = -1; by <= 1 && v->count < 512; by++)
		v->list[v->count++] = value + (uint64_t)by;
}

struct counts {
	size_t profiles, refused, calls, otherwise, wrong, different;
};

/* Differences that are announced: other architectures and x32, and numbers above all that are named. */
static bool announced(const struct policy *p, const struct runtime_filter *f, const struct seccomp_data *d, uint32_t theirs, bool runc,
		      const char *warnings)
{
	int arch = arch_by_audit(d->arch);
	bool x32 = d->arch == arch_audit(ARCH_X86_64) && (uint32_t)d->nr >= ABI_NR_FOREIGN;
	if (x32 && f->x32)
		return strstr(warnings, "x32 calls are denied") != NULL;
	if (x32 || arch < 0 || !(p->archs & ARCH_BIT(arch)))
		return theirs == SECCOMP_RET_KILL_THREAD && strstr(warnings, "calls of other architectures and of x32") != NULL;
	bool newer = (uint32_t)d->nr > abi_newest((enum arch)arch);
	if ((runc && theirs == (SECCOMP_RET_ERRNO | ENOSYS)) || newer)
		return strstr(warnings, "calls with higher numbers than all named ones") != NULL;
	return false;
}

/* The argument as the kernel sees it, whose upper bits are zero: where a profile has others, that is announced. */
static uint64_t plain(enum arch arch, uint32_t nr, unsigned arg, uint64_t value)
{
	unsigned bits = syscall_arg_bits(abi_by_nr(arch, nr), arch, arg);
	return bits >= 64 ? value : value & (((uint64_t)1 << bits) - 1);
}

/* Of several answers that hold, where comparisons by order are among them, libseccomp's choice is not always known. */
static bool may_choose(const struct seccomp_data *d, const char *warnings)
{
	char buffer[32], said[120];
	int arch = arch_by_audit(d->arch);
	snprintf(said, sizeof(said), ": %s: if several answers apply, libseccomp may choose another",
		 arch < 0 ? "" : abi_name((enum arch)arch, (uint32_t)d->nr, buffer, sizeof(buffer)));
	return strstr(warnings, said) != NULL;
}

static void ask_both(const struct policy *p, const struct runtime_filter *f, const struct seccomp_data *d, const char *warnings,
		     const char *json, struct counts *c)
{
	uint32_t ours = action_ret(policy_evaluate(p, d));
	for (int runc = 0; runc < 2; runc++) {
		uint32_t theirs = runtime_ask(f, d, runc);
		c->calls++;
		if (ours == theirs)
			continue;
		if (announced(p, f, d, theirs, runc, warnings)) {
			c->otherwise++;
			continue;
		}
		uint32_t meant;
		int documented = documented_answer(f, d, &meant);
		if (runtime_ask_alone(f, d) == ours || (documented && meant == ours)) {
			c->wrong++;
			continue;
		}
		if (!documented && may_choose(d, warnings)) {
			c->otherwise++;
			continue;
		}
		c->different++;
		fprintf(stderr, "arch %x, number %d (%llx %llx %llx %llx %llx %llx): %x here, %x %s\n%s%s\n", d->arch, d->nr, d->args[0],
			      d->args[1], d->args[2], d->args[3], d->args[4], d->args[5], ours, theirs, runc ? "runc" : "crun", json,
			      warnings);
		return;
	}
}

static bool tests_arguments(const struct policy *p, enum arch arch, uint32_t nr)
{
	char buffer[32];
	const struct rule *r = policy_rule(p, arch, abi_name(arch, nr, buffer, sizeof(buffer)));
	return r != NULL && r->any.count > 0;
}

/* All numbers of three architectures and x32, with arguments at the profile's borders. */
static void ask_all(const struct policy *p, const struct runtime_filter *f, const struct values *v, const char *warnings,
		    const char *json, struct counts *c)
{
	size_t before = c->different;
	for (unsigned arch = 0; arch < ARCH_COUNT + 1; arch++)
		for (uint32_t nr = 0; nr < 520 && c->different == before; nr++) {
			enum arch real = arch == ARCH_COUNT ? ARCH_X86_64 : (enum arch)arch;
			struct seccomp_data d = {.nr = (int)(arch == ARCH_COUNT ? nr | ABI_NR_FOREIGN : nr), .arch = arch_audit(real)};
			size_t times = arch < ARCH_COUNT && tests_arguments(p, real, nr) ? 200 : 2;
			for (size_t i = 0; i < times && c->different == before; i++) {
				for (unsigned arg = 0; arg < 6 && v->count > 0; arg++)
					d.args[arg] = plain(real, nr, arg, v->list[any() % v->count]);
				ask_both(p, f, &d, warnings, json, c);
			}
		}
	struct seccomp_data other = {.nr = 1, .arch = 0x28 /* AUDIT_ARCH_ARM */};
	ask_both(p, f, &other, warnings, json, c);
}

static void read_and_ask(const char *json, const struct values *v, struct counts *c)
{
	struct error e = {0};
	struct text warnings = {0};
	struct runtime_filter f;
	const struct import_file file = {"profile", json, strlen(json)};
	struct policy *p = policy_from_oci(&file, ARCH_X86_64, &warnings, &e);
	if (p == NULL)
		fail_msg("%s\n%s", e.text, json);
	const char *const *caps = strstr(text_string(&warnings), "capabilities of Podman") != NULL ? podman_caps : docker_caps;
	enum loaded loaded = runtime_load(json, caps, &f);
	c->profiles++;
	bool said = strstr(text_string(&warnings), "libseccomp refuses two answers") != NULL;
	if ((loaded == REFUSED) != said)
		fprintf(stderr, "libseccomp %s it:\n%s%s\n", loaded == REFUSED ? "refuses" : "takes", json, text_string(&warnings));
	assert_int_not_equal(loaded, NOT_JSON);
	c->refused += loaded == REFUSED;
	c->different += (loaded == REFUSED) != said;
	if (loaded == LOADED && !said)
		ask_all(p, &f, v, text_string(&warnings), json, c);
	runtime_clear(&f);
	text_free(&warnings);
	policy_free(p);
}

/* Random profiles. -------------------------------------------------------------------------------------------- */

/* Calls with arguments that are no addresses, on all architectures or some, and those of socketcall and ipc. */
static const char *const some_calls[] = {"socket", "shutdown", "listen", "socketpair", "lseek", "close", "fcntl", "kill", "prctl", "dup3",
					 "personality", "mprotect", "setpriority", "semget", "msgget", "shmget", "fchmod",
					 "socketcall", "ipc", "clone", "eventfd2", "send", "accept", "ftruncate", "waitpid", "arch_prctl"};
static const char *const archs[] = {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_AARCH64", "SCMP_ARCH_X32"};
static const char *const ops[] = {"SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE", "SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT",
				  "SCMP_CMP_MASKED_EQ"};

static void add_action(struct text *out, const char *key, const char *errno_key, unsigned which)
{
	static const char *const words[] = {"ALLOW", "ERRNO", "LOG", "KILL", "KILL_PROCESS", "TRAP", "KILL_THREAD"};
	static const unsigned errnos[] = {1, 38, 0, 4094};
	text_add(out, "\"%s\": \"SCMP_ACT_%s\"", key, words[which % 7]);
	if (which % 7 == 1 && which / 7 % 5 != 0)
		text_add(out, ", \"%s\": %u", errno_key, errnos[which / 7 % 5 - 1]);
}

/* Whether no architecture has an address there. */
static bool may_compare(const char *name, unsigned arg)
{
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
		const struct syscall_desc *call = abi_call((enum arch)arch, name);
		if (call != NULL && arg < syscall_arg_count(call) && arg_is_address(&call->args[arg]))
			return false;
		if (call == NULL || arg >= syscall_arg_count(call))
			continue;
	}
	uint32_t number;
	/* Behind socketcall the second argument is an address, and ipc's fifth. */
	return abi_multiplexer(name, &number) == NULL || arg == 0 || (strncmp(abi_multiplexer(name, &number), "ipc", 3) == 0 && arg < 4);
}

static void add_args(struct text *out, const char *name, struct values *v)
{
	const char *between = "";
	text_add(out, ", \"args\": [");
	for (unsigned n = 1 + (unsigned)(any() % 3); n > 0; n--) {
		unsigned arg = (unsigned)(any() % 4);
		uint64_t value = any() % 3 != 0 ? any() % 10 : plain(ARCH_X86_64, (uint32_t)abi_by_name(name)->nr[0], arg, interesting());
		uint64_t two = any() % 3 != 0 ? any() % 10 : value & any();
		if (!may_compare(name, arg))
			continue;
		text_add(out, "%s{\"index\": %u, \"value\": %llu, \"valueTwo\": %llu, \"op\": \"%s\"}", between, arg, (unsigned long long)value,
			 (unsigned long long)two, ops[any() % 7]);
		add_value(v, value);
		add_value(v, two);
		between = ", ";
	}
	text_add(out, "]");
}

static void add_entry(struct text *out, unsigned action, struct values *v)
{
	const char *name = some_calls[any() % (sizeof(some_calls) / sizeof(some_calls[0]))];
	text_add(out, "{\"names\": [\"%s\"], ", name);
	add_action(out, "action", "errnoRet", action);
	if (any() % 4 != 0 && abi_by_name(name) != NULL && abi_by_name(name)->nr[0] >= 0)
		add_args(out, name, v);
	text_add(out, "}");
}

/* several: entries of different actions for one call. */
static void random_profile(struct text *out, struct values *v, bool several)
{
	unsigned fallback = (unsigned)(any() % 35), action = (unsigned)(any() % 35);
	v->count = 0;
	add_value(v, 0);
	add_value(v, UINT64_MAX);
	text_add(out, "{");
	add_action(out, "defaultAction", "defaultErrnoRet", fallback);
	text_add(out, ", \"architectures\": [");
	for (unsigned i = 0, set = 1 | (unsigned)(any() % 16), first = 1; i < 4; i++)
		if (set >> i & 1) {
			text_add(out, "%s\"%s\"", first ? "" : ", ", archs[i]);
			first = 0;
		}
	text_add(out, "], \"syscalls\": [");
	for (unsigned n = 1 + (unsigned)(any() % 12), i = 0; i < n; i++) {
		text_add(out, i > 0 ? ",\n" : "\n");
		add_entry(out, several ? (unsigned)(any() % 35) : action, v);
	}
	text_add(out, "]}\n");
}

static void random_profiles(bool several, size_t n)
{
	struct counts c = {0};
	for (size_t i = 0; i < n; i++) {
		struct text json = {0};
		struct values v;
		random_profile(&json, &v, several);
		read_and_ask(text_string(&json), &v, &c);
		text_free(&json);
	}
	print_message("%zu profiles (%zu that libseccomp refuses), %zu verdicts: %zu otherwise as announced, %zu where libseccomp "
		      "contradicts itself or its manual, %zu differences\n", c.profiles, c.refused, c.calls, c.otherwise, c.wrong, c.different);
	assert_int_equal(c.different, 0);
}

static void one_action(void **state)
{
	(void)state;
	random_profiles(false, 300);
}

static void several_actions(void **state)
{
	(void)state;
	random_profiles(true, 300);
}

/* Writing. ---------------------------------------------------------------------------------------------------- */

static bool lets(uint32_t ret)
{
	return ret == SECCOMP_RET_ALLOW || ret == SECCOMP_RET_LOG;
}

/* Whether a note names the call. */
static bool named(const char *notes, const char *name)
{
	size_t n = strlen(name);
	for (const char *at = strstr(notes, name); at != NULL; at = strstr(at + 1, name))
		if ((at == notes || (!isalnum((unsigned char)at[-1]) && at[-1] != '_')) && !isalnum((unsigned char)at[n]) && at[n] != '_')
			return true;
	return false;
}

/* 0: alike; 1: otherwise, and said so; -1: a difference. */
static int compare_written(const struct policy *p, const struct runtime_filter *f, const struct seccomp_data *d, bool strict,
			   const char *notes)
{
	char buffer[32];
	int arch = arch_by_audit(d->arch);
	uint32_t meant = action_ret(policy_evaluate(p, d)), is = runtime_ask_alone(f, d);
	if (meant == (SECCOMP_RET_ERRNO | 4095) && strstr(notes, "in place of errno:4095") != NULL)
		meant = SECCOMP_RET_ERRNO | 4094;
	/* Numbers that no kernel has: libseccomp knows but x32's, and lets -1 through for tracers that skip calls. */
	bool none = d->nr == -1 || (d->arch != arch_audit(ARCH_X86_64) && (uint32_t)d->nr >= ABI_NR_FOREIGN);
	if (meant == is || (arch >= 0 && none))
		return 0;
	if (arch < 0 || !(p->archs & ARCH_BIT(arch)) || (uint32_t)d->nr >= ABI_NR_FOREIGN)
		return is == SECCOMP_RET_KILL_THREAD && strstr(notes, "calls of other architectures") != NULL ? 1 : -1;
	if ((uint32_t)d->nr > abi_newest((enum arch)arch))
		return strstr(notes, "calls newer than this pinhole knows") != NULL ? 1 : -1;
	bool right = strict ? lets(meant) || !lets(is) : lets(is) || !lets(meant);
	const char *name = abi_name((enum arch)arch, (uint32_t)d->nr, buffer, sizeof(buffer));
	if (seccomp_syscall_resolve_name(name) == __NR_SCMP_ERROR) /* newer than this libseccomp */
		return 1;
	return right && named(notes, name) ? 1 : -1;
}

static void write_and_ask(const struct policy *p, bool strict, struct counts *c)
{
	struct emit_input in = {.policy = p, .source = "a test", .strict = strict};
	struct emit_notes notes = {0};
	struct text out = {0};
	struct error e = {0};
	struct runtime_filter f;
	if (emitter_by_name("oci")->emit(&in, &out, &notes, &e) != 0) {
		if (strstr(e.text, "has no name") == NULL) /* a number that is to be denied */
			fail_msg("%s", e.text);
		text_free(&out);
		text_free(&notes.text);
		return;
	}
	size_t comparisons = 0;
	for (const char *at = text_string(&out); (at = strstr(at, "\"op\"")) != NULL; at++)
		comparisons++;
	/* libseccomp's time grows with the power of how many comparisons a call has. */
	if (comparisons > 40) {
		text_free(&out);
		text_free(&notes.text);
		return;
	}
	enum loaded loaded = runtime_load(text_string(&out), docker_caps, &f);
	if (loaded == REFUSED || loaded == NOT_JSON)
		fail_msg("%s by libseccomp: %s", loaded == REFUSED ? "refused" : "not read", text_string(&out));
	c->profiles++;
	c->refused += loaded == TOO_LARGE;
	for (int i = 0; i < 3000 && loaded == LOADED; i++) {
		struct seccomp_data d = border_call(p);
		int same = compare_written(p, &f, &d, strict, text_string(&notes.text));
		c->calls++;
		c->otherwise += same > 0;
		if (same < 0 && c->different++ < 5)
			fprintf(stderr, "strict %d, arch %x, number %d (%llx %llx %llx %llx %llx %llx): policy %x, written %x\n%s\n%s\n", strict, d.arch,
				d.nr, d.args[0], d.args[1], d.args[2], d.args[3], d.args[4], d.args[5], action_ret(policy_evaluate(p, &d)),
				runtime_ask_alone(&f, &d), text_string(&notes.text), text_string(&out));
	}
	runtime_clear(&f);
	text_free(&out);
	text_free(&notes.text);
}

/* Rules for calls that i386 has behind others, so that they meet. */
static void add_multiplexed(struct policy *p)
{
	static const char *const names[] = {"socket", "bind", "semget", "shmctl", "socketcall", "ipc"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
			const struct syscall_desc *call = abi_call((enum arch)arch, names[i]);
			static const struct action actions[] = {{ACTION_ALLOW, 0}, {ACTION_ALLOW, 0}, {ACTION_ERRNO, 1}, {ACTION_KILL, 0}};
			if (call == NULL || !(p->archs & ARCH_BIT(arch)) || any() % 2 == 0 || policy_rule(p, (enum arch)arch, names[i]) != NULL)
				continue;
			struct rule *r = new_rule(p, (enum arch)arch, (uint32_t)call->nr[arch], actions[any() % 4]);
			struct range range = {any() % 3, 3};
			if (any() % 4 == 0)
				continue;
			add_test(new_alternative(r), (enum arch)arch, (uint32_t)call->nr[arch], 0, UINT64_MAX, &range, 1);
			/* Another answer where the first rule does not hold. */
			r = new_rule(p, (enum arch)arch, (uint32_t)call->nr[arch], actions[any() % 4]);
			range.lo = range.hi = any() % 8;
			if (any() % 2 == 0)
				add_test(new_alternative(r), (enum arch)arch, (uint32_t)call->nr[arch], 0, UINT64_MAX, &range, 1);
		}
}

/* A few of a policy's rules: libseccomp takes minutes for many. */
static void thin_out(struct policy *p)
{
	size_t kept = 0;
	for (size_t i = 0; i < p->rules.count; i++)
		if (any() % 8 == 0)
			p->rules.items[kept++] = p->rules.items[i];
		else
			rule_clear(&p->rules.items[i]);
	p->rules.count = kept;
}

static void written(void **state)
{
	(void)state;
	struct counts c = {0};
	for (int i = 0; i < 150; i++) {
		struct error e = {0};
		struct policy *p = random_policy();
		thin_out(p);
		p->archs |= ARCH_BIT(ARCH_X86_64); /* the machine's own is always there */
		assert_int_equal(policy_finish(p, &e), 0);
		add_multiplexed(p);
		assert_int_equal(policy_finish(p, &e), 0);
		write_and_ask(p, false, &c);
		write_and_ask(p, true, &c);
		policy_free(p);
	}
	print_message("%zu profiles written (%zu too large for the kernel), %zu verdicts: %zu otherwise as announced, %zu differences\n", c.profiles,
		      c.refused, c.calls, c.otherwise, c.different);
	assert_true(c.calls > 100000);
	assert_int_equal(c.different, 0);
}

/* Files as other projects publish them. ------------------------------------------------------------------------ */

static void values_of(const struct policy *p, struct values *v)
{
	v->count = 0;
	add_value(v, 0);
	add_value(v, UINT64_MAX);
	for (size_t i = 0; i < p->rules.count; i++)
		for (size_t a = 0; a < p->rules.items[i].any.count; a++)
			for (size_t t = 0; t < p->rules.items[i].any.items[a].tests.count; t++) {
				const struct test *test = &p->rules.items[i].any.items[a].tests.items[t];
				add_value(v, test->mask);
				for (size_t r = 0; r < test->ranges.count; r++) {
					add_value(v, test->ranges.items[r].lo);
					add_value(v, test->ranges.items[r].hi);
				}
			}
}

static void one_published(const char *path, struct counts *read, struct counts *written_ones)
{
	struct error e = {0};
	struct text warnings = {0};
	struct values v;
	char *json = NULL;
	size_t n = 0;
	if (file_read(path, 1 << 20, &json, &n, &e) != 0)
		fail_msg("%s", e.text);
	*strstr(json, "==== verdicts") = '\0';
	const struct import_file file = {path, json, strlen(json)};
	struct policy *p = policy_from_oci(&file, ARCH_X86_64, &warnings, &e);
	if (p == NULL)
		fail_msg("%s", e.text);
	values_of(p, &v);
	read_and_ask(json, &v, read);
	write_and_ask(p, false, written_ones);
	write_and_ask(p, true, written_ones);
	policy_free(p);
	text_free(&warnings);
	free(json);
}

static void published(void **state)
{
	struct counts read = {0}, written_ones = {0};
	glob_t found;
	(void)state;
	assert_int_equal(glob("tests/golden/profiles/*.oci", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		one_published(found.gl_pathv[i], &read, &written_ones);
	globfree(&found);
	print_message("%zu profiles read, %zu verdicts: %zu otherwise as announced, %zu where libseccomp contradicts itself or its manual, "
		      "%zu differences; %zu written, %zu verdicts: %zu otherwise as announced, %zu differences\n", read.profiles, read.calls,
		      read.otherwise, read.wrong, read.different, written_ones.profiles, written_ones.calls, written_ones.otherwise,
		      written_ones.different);
	assert_true(read.profiles >= 5 && written_ones.profiles >= 2);
	assert_int_equal(read.different + written_ones.different, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(one_action), cmocka_unit_test(several_actions), cmocka_unit_test(written),
					   cmocka_unit_test(published)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
static void needs_libseccomp(void **state)
{
	(void)state;
	print_message("libseccomp was not there when this was built: run tools/dev/setup --test\n");
	skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(needs_libseccomp)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif

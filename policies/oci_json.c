/* Seccomp profiles of containers → policies: the OCI runtime specification (config-linux.md, "Seccomp"), and what Docker
 * (moby/profiles, seccomp.go) and Podman (containers/common, pkg/seccomp) have besides. SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "import/foreign.h"
#include "json.h"

enum { PLACE = 320 };

/* jansson's whole numbers have 63 bits, and masks 64: longer ones are read as strings. --------------------------- */

/* The length of a number with so many digits that it may not fit; 0 for everything else. */
static size_t long_number(const char *s, size_t n)
{
	size_t digits = 0;
	while (digits < n && isdigit((unsigned char)s[digits]))
		digits++;
	return digits >= 19 && (digits == n || s[digits] == '\0' || strchr(".eE", s[digits]) == NULL) ? digits : 0;
}

static void quote_numbers(const char *bytes, size_t n, struct text *out)
{
	bool in_string = false;
	for (size_t i = 0; i < n;) {
		size_t digits = in_string || (i > 0 && isdigit((unsigned char)bytes[i - 1])) ? 0 : long_number(bytes + i, n - i);
		if (digits > 0) {
			text_add(out, "\"%.*s\"", (int)digits, bytes + i);
			i += digits;
			continue;
		}
		size_t escaped = in_string && bytes[i] == '\\' && i + 1 < n ? 2 : 1;
		in_string ^= escaped == 1 && bytes[i] == '"';
		text_add_bytes(out, bytes + i, escaped);
		i += escaped;
	}
}

/* Words. --------------------------------------------------------------------------------------------------------- */

struct word {
	const char *name;
	int value;
};

static int word_value(const struct word *words, const char *name)
{
	for (; words->name != NULL; words++)
		if (name != NULL && strcmp(words->name, name) == 0)
			return words->value;
	return -1;
}

static const struct word action_words[] = {
    {"SCMP_ACT_ALLOW", ACTION_ALLOW}, {"SCMP_ACT_LOG", ACTION_LOG},
    {"SCMP_ACT_ERRNO", ACTION_ERRNO}, {"SCMP_ACT_TRAP", ACTION_TRAP},
    {"SCMP_ACT_KILL", ACTION_KILL_THREAD}, {"SCMP_ACT_KILL_THREAD", ACTION_KILL_THREAD},
    {"SCMP_ACT_KILL_PROCESS", ACTION_KILL}, {NULL, 0}};

/* Those of libseccomp, and of Go, which Docker's includes and excludes have. x32 calls are denied by every policy. */
static const struct word arch_words[] = {{"SCMP_ARCH_X86_64", ARCH_X86_64}, {"SCMP_ARCH_X86", ARCH_I386},
					 {"SCMP_ARCH_AARCH64", ARCH_AARCH64}, {"amd64", ARCH_X86_64},
					 {"x86", ARCH_I386}, {"386", ARCH_I386}, {"arm64", ARCH_AARCH64}, {NULL, 0}};

enum op { OP_NE, OP_LT, OP_LE, OP_EQ, OP_GE, OP_GT, OP_MASKED };
static const struct word op_words[] = {{"SCMP_CMP_NE", OP_NE}, {"SCMP_CMP_LT", OP_LT}, {"SCMP_CMP_LE", OP_LE},
				       {"SCMP_CMP_EQ", OP_EQ}, {"SCMP_CMP_GE", OP_GE}, {"SCMP_CMP_GT", OP_GT},
				       {"SCMP_CMP_MASKED_EQ", OP_MASKED}, {NULL, 0}};

/* What a container has where nobody says otherwise (moby: oci/caps/defaults.go). */
static const char *const default_caps[] = {"CAP_AUDIT_WRITE", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID",
					   "CAP_KILL", "CAP_MKNOD", "CAP_NET_BIND_SERVICE", "CAP_NET_RAW", "CAP_SETFCAP",
					   "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT", NULL};

/* SCMP_ACT_NOTIFY and _TRACE ask another process, of which nothing is known. An errno that is not given is EPERM. */
static int parse_action(const json_t *object, const char *key, const char *errno_key, const char *place,
			struct action *a, struct error *e)
{
	const char *name = json_string_value(json_object_get(object, key));
	const json_t *number = json_object_get(object, errno_key);
	int kind = word_value(action_words, name);
	if (name == NULL)
		return error_set(e, ERR_INPUT, "%s%s%s: expected an action like \"SCMP_ACT_ALLOW\"", place, json_join(place), key);
	if (kind < 0)
		return error_set(e, ERR_INPUT, "%s%s%s: \"%.60s\" is no action that a policy can have%s", place,
				 json_join(place), key, name,
				 strcmp(name, "SCMP_ACT_NOTIFY") == 0 || strcmp(name, "SCMP_ACT_TRACE") == 0
				     ? "; it leaves the answer to another process"
				     : "");
	*a = (struct action){.kind = (uint8_t)kind};
	if (kind != ACTION_ERRNO)
		return 0;
	json_int_t value = json_is_integer(number) ? json_integer_value(number) : 1;
	if ((number != NULL && !json_is_null(number) && !json_is_integer(number)) || value < 0 || value > 4095)
		return error_set(e, ERR_INPUT, "%s%s%s: expected an errno, 0 to 4095", place, json_join(place), errno_key);
	a->data = (uint16_t)value;
	return 0;
}

/* Comparisons. --------------------------------------------------------------------------------------------------- */

struct condition {
	unsigned index;
	enum op op;
	uint64_t value, second;
};

static int parse_condition(const json_t *object, const char *place, struct condition *c, struct error *e)
{
	const json_t *index = json_object_get(object, "index"), *second = json_object_get(object, "valueTwo");
	uint64_t at = 0;
	int op = word_value(op_words, json_string_value(json_object_get(object, "op")));
	if (!json_is_object(object))
		return error_set(e, ERR_INPUT, "%s: expected an object with index, value and op", place);
	if (index == NULL || json_number(index, place, &at, e) < 0 || at > 5)
		return error_set(e, ERR_INPUT, "%s.index: expected the number of an argument, 0 to 5", place);
	if (op < 0)
		return error_set(e, ERR_INPUT, "%s.op: expected a comparison like \"SCMP_CMP_EQ\"", place);
	c->index = (unsigned)at;
	c->op = (enum op)op;
	const json_t *value = json_object_get(object, "value");
	if (value == NULL)
		return error_set(e, ERR_INPUT, "%s.value: is missing", place);
	if (json_number(value, place, &c->value, e) < 0)
		return e->code;
	return second == NULL || json_is_null(second) ? 0 : json_number(second, place, &c->second, e);
}

static bool is_address(const struct syscall_desc *call, unsigned arg)
{
	return arg < syscall_arg_count(call) && arg_is_address(&call->args[arg]);
}

/* libseccomp compares the register, a policy the argument, whose width the kernel looks at. *never: no argument can meet it,
 * unless the caller left something in the other half. */
static int add_condition(struct alternative *a, const struct condition *c, const struct syscall_desc *call, enum arch arch,
			 bool *never, struct error *e)
{
	unsigned bits = syscall_arg_bits(call, arch, c->index);
	uint64_t width = bits >= 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1;
	uint64_t mask = c->op == OP_MASKED ? c->value & width : width;
	/* Bits that the mask lacks are not compared: libseccomp clears them in the value, too. */
	uint64_t value = c->op == OP_MASKED ? c->second & c->value : c->value;
	/* A negative number that was extended by its sign is meant as it is. */
	bool fits = value <= width || value >= ~(width >> 1);
	struct range r[2] = {{0, width}, {0, 0}};
	size_t n = 1;
	if (c->op == OP_EQ || c->op == OP_MASKED)
		r[0] = (struct range){value & width, value & width};
	if ((c->op == OP_EQ || c->op == OP_MASKED) && !fits)
		n = 0;
	if (c->op == OP_NE && fits) {
		n = 0;
		if ((value & width) > 0)
			r[n++] = (struct range){0, (value & width) - 1};
		if ((value & width) < width)
			r[n++] = (struct range){(value & width) + 1, width};
	}
	if (c->op == OP_LT || c->op == OP_LE) {
		n = c->op == OP_LE || value > 0;
		r[0].hi = value > width ? width : c->op == OP_LT ? value - 1 : value;
	}
	if (c->op == OP_GT || c->op == OP_GE) {
		n = value < width || (value == width && c->op == OP_GE);
		r[0].lo = c->op == OP_GT ? value + 1 : value;
	}
	*never = n == 0;
	return n == 0 ? 0 : alternative_add_test(a, call, arch, c->index, mask, r, n, e);
}

/* Entries. ------------------------------------------------------------------------------------------------------- */

struct reading {
	struct foreign foreign;
	arch_set archs;
	enum arch native;
	struct text unknown, skipped;
	size_t unknown_count, skipped_count, runtime_count;
};

static bool listed(const json_t *list, const char *const *words)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));
		for (size_t k = 0; name != NULL && words[k] != NULL; k++)
			if (strcmp(words[k], name) == 0)
				return true;
	}
	return false;
}

static arch_set archs_named(const json_t *list)
{
	arch_set set = 0;
	for (size_t i = 0; i < json_array_size(list); i++) {
		int arch = word_value(arch_words, json_string_value(json_array_get(list, i)));
		set |= arch >= 0 ? (arch_set)ARCH_BIT(arch) : 0;
	}
	return set;
}

/* Where Docker's includes and excludes let an entry hold: they speak of one architecture, that of the container, of
 * capabilities and of the least version of the kernel. */
static arch_set where_it_holds(const json_t *entry, const struct reading *r)
{
	const json_t *with = json_object_get(entry, "includes"), *without = json_object_get(entry, "excludes");
	const json_t *archs = json_object_get(with, "arches"), *not = json_object_get(without, "arches");
	const json_t *caps = json_object_get(with, "caps"), *no_caps = json_object_get(without, "caps");
	arch_set set = r->archs;
	if (json_array_size(archs) > 0)
		set &= archs_named(archs);
	set &= (arch_set)~archs_named(not);
	if ((json_array_size(caps) > 0 && !listed(caps, default_caps)) || listed(no_caps, default_caps))
		return 0;
	/* A current kernel is newer than any that is asked for. */
	return json_is_string(json_object_get(without, "minKernel")) ? 0 : set;
}

/* A policy compares no addresses: the entry is taken as if it did not either. */
static int warn_address(struct reading *r, const char *syscall, const struct syscall_desc *call, unsigned arg)
{
	foreign_warn(&r->foreign, "%s: %s is an address, which is not compared: with any", syscall,
		     syscall_arg_name(call, arg));
	return 0;
}

/* The conditions of an entry as one alternative, or, as runc has it where one argument is compared twice, each as one of its
 * own (libcontainer/seccomp/seccomp_linux.go, matchCall). */
static int add_call(struct reading *r, enum arch arch, const char *syscall, struct action action,
		    const struct condition *conditions, size_t n, const char *why, struct error *e)
{
	const struct syscall_desc *call = abi_call(arch, syscall);
	unsigned seen = 0;
	bool twice = false, any = false;
	for (size_t i = 0; i < n; i++) {
		twice |= seen >> conditions[i].index & 1;
		seen |= 1u << conditions[i].index;
	}
	if (n == 0)
		return foreign_add(&r->foreign, arch, syscall, action, NULL, why, e);
	int rc = 0;
	for (size_t i = 0; i < n && rc == 0; i = twice ? i + 1 : n) {
		struct alternative a = {0};
		bool never = false;
		for (size_t k = i; k < (twice ? i + 1 : n) && rc == 0 && !never; k++)
			rc = is_address(call, conditions[k].index)
				 ? warn_address(r, syscall, call, conditions[k].index)
				 : add_condition(&a, &conditions[k], call, arch, &never, e);
		any |= !never;
		if (rc == 0 && !never)
			rc = foreign_add(&r->foreign, arch, syscall, action, a.tests.count > 0 ? &a : NULL, why, e);
		alternative_clear(&a);
	}
	if (rc == 0 && !any)
		foreign_warn(&r->foreign, "%s: no argument of its width can meet what an entry asks for", syscall);
	return rc;
}

static int add_name(struct reading *r, const char *name, arch_set archs, struct action action,
		    const struct condition *conditions, size_t n, const char *why, struct error *e)
{
	if (abi_by_name(name) == NULL) {
		if (r->unknown_count++ < 10)
			text_add(&r->unknown, "%s%.40s", r->unknown.count > 0 ? ", " : "", name);
		return 0;
	}
	int rc = 0;
	for (unsigned arch = 0; arch < ARCH_COUNT && rc == 0; arch++)
		if ((archs & ARCH_BIT(arch)) && abi_call((enum arch)arch, name) != NULL)
			rc = add_call(r, (enum arch)arch, name, action, conditions, n, why, e);
	return rc;
}

static int parse_conditions(const json_t *args, const char *place, struct condition **out, size_t *n, struct error *e)
{
	*n = json_array_size(args);
	*out = NULL;
	if (args != NULL && !json_is_array(args) && !json_is_null(args))
		return error_set(e, ERR_INPUT, "%s.args: expected a list", place);
	if (*n > 64)
		return error_set(e, ERR_INPUT, "%s.args: more than 64 comparisons", place);
	if (*n > 0 && (*out = calloc(*n, sizeof(**out))) == NULL)
		return error_memory(e);
	int rc = 0;
	for (size_t i = 0; i < *n && rc == 0; i++) {
		char where[PLACE + 40];
		snprintf(where, sizeof(where), "%s.args[%zu]", place, i);
		rc = parse_condition(json_array_get(args, i), where, &(*out)[i], e);
	}
	return rc;
}

/* What `generate -f oci` adds for the runtime's own sake (generator/emit/runtime.c) is nothing that the program does. */
static bool for_runtime(const char *why)
{
	const char *name = why != NULL && strncmp(why, "for ", 4) == 0 ? why + 4 : "";
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz");
	return n > 0 && strncmp(name + n, " itself: ", 9) == 0;
}

static int parse_entry(struct reading *r, const json_t *entry, const char *place, struct error *e)
{
	const json_t *names = json_object_get(entry, "names");
	const char *one = json_string_value(json_object_get(entry, "name"));
	const char *why = json_string_value(json_object_get(entry, "comment"));
	struct condition *conditions = NULL;
	struct action action = {0};
	size_t n = 0;
	if (why != NULL && *why == '\0')
		why = NULL;
	if (!json_is_object(entry) || (!json_is_array(names) && one == NULL))
		return error_set(e, ERR_INPUT, "%s: expected an object with names and an action", place);
	int rc = parse_action(entry, "action", "errnoRet", place, &action, e);
	if (rc == 0)
		rc = parse_conditions(json_object_get(entry, "args"), place, &conditions, &n, e);
	arch_set archs = where_it_holds(entry, r);
	if (rc == 0 && for_runtime(why)) {
		r->runtime_count++;
		free(conditions);
		return 0;
	}
	if (rc == 0 && archs == 0) {
		const char *first = one != NULL ? one : json_string_value(json_array_get(names, 0));
		if (r->skipped_count++ < 10)
			text_add(&r->skipped, "%s%.40s", r->skipped.count > 0 ? ", " : "", first != NULL ? first : "?");
	}
	/* What the default does anyway: libseccomp has no such rule. */
	bool speaks = rc == 0 && archs != 0 && !action_equal(action, r->foreign.policy->fallback);
	if (speaks && one != NULL)
		rc = add_name(r, one, archs, action, conditions, n, why, e);
	for (size_t i = 0; i < json_array_size(names) && speaks && rc == 0; i++) {
		const char *name = json_string_value(json_array_get(names, i));
		rc = name == NULL ? error_set(e, ERR_INPUT, "%s.names[%zu]: expected a name", place, i)
				  : add_name(r, name, archs, action, conditions, n, why, e);
	}
	free(conditions);
	return rc;
}

/* The whole. ----------------------------------------------------------------------------------------------------- */

/* "architectures", or Docker's archMap: of the native entry with its sub-architectures. Neither: the native one. */
static int parse_archs(struct reading *r, const json_t *root, struct error *e)
{
	const json_t *list = json_object_get(root, "architectures"), *map = json_object_get(root, "archMap");
	for (size_t i = 0; i < json_array_size(map); i++) {
		const json_t *entry = json_array_get(map, i);
		const char *name = json_string_value(json_object_get(entry, "architecture"));
		if (word_value(arch_words, name) == (int)r->native)
			r->archs |= (arch_set)(ARCH_BIT(r->native) | archs_named(json_object_get(entry, "subArchitectures")));
	}
	r->archs |= archs_named(list);
	if (r->archs == 0 && json_array_size(list) > 0)
		return error_set(e, ERR_INPUT, "%s: architectures: none of them is x86_64, i386 or aarch64", r->foreign.name);
	/* libseccomp's filters have the machine's own architecture, named or not; a list for another machine stays that. */
	if (r->archs == 0 || (r->native == ARCH_X86_64 && (r->archs & ARCH_BIT(ARCH_I386))))
		r->archs |= ARCH_BIT(r->native);
	r->foreign.policy->archs = r->archs;
	return 0;
}

static int parse_root(struct reading *r, const json_t *root, struct error *e)
{
	struct policy *p = r->foreign.policy;
	const json_t *linux_part = json_object_get(root, "linux"), *entries;
	if (json_is_object(linux_part))
		root = json_object_get(linux_part, "seccomp");
	if (!json_is_object(root))
		return error_set(e, ERR_INPUT, "%s: expected an object with \"defaultAction\" and \"syscalls\"%s", r->foreign.name,
				 linux_part != NULL ? " in linux.seccomp" : "");
	int rc = parse_action(root, "defaultAction", "defaultErrnoRet", r->foreign.name, &p->fallback, e);
	/* runc answers ENOSYS to what is newer than the profile, unless the default lets it through (patchbpf). */
	if (rc == 0 && lets_through(p->fallback))
		p->newer = p->fallback;
	if (rc == 0)
		rc = parse_archs(r, root, e);
	entries = json_object_get(root, "syscalls");
	if (rc == 0 && entries != NULL && !json_is_array(entries) && !json_is_null(entries))
		rc = error_set(e, ERR_INPUT, "%s: syscalls: expected a list", r->foreign.name);
	for (size_t i = 0; i < json_array_size(entries) && rc == 0; i++) {
		char place[PLACE];
		snprintf(place, sizeof(place), "%.200s: syscalls[%zu]", r->foreign.name, i);
		rc = parse_entry(r, json_array_get(entries, i), place, e);
	}
	return rc;
}

static void add_warnings(struct reading *r)
{
	if (r->unknown_count > 0)
		foreign_warn(&r->foreign, "%zu name%s of no call that this pinhole knows, passed over: %.200s%s", r->unknown_count,
			     plural_s(r->unknown_count),
			     text_string(&r->unknown), r->unknown_count > 10 ? ", …" : "");
	if (r->skipped_count > 0)
		foreign_warn(&r->foreign,
			     "%zu %s left out, for other capabilities, architectures or kernels: %.200s%s",
			     r->skipped_count, r->skipped_count == 1 ? "entry" : "entries", text_string(&r->skipped), r->skipped_count > 10 ? ", …" : "");
	if (r->runtime_count > 0)
		foreign_warn(&r->foreign, "%zu %s left out that pinhole has added for the container runtime itself",
			     r->runtime_count, r->runtime_count == 1 ? "entry" : "entries");
	r->foreign.warnings->failed |= r->unknown.failed || r->skipped.failed;
}

struct policy *policy_from_oci(const struct import_file *file, enum arch native, struct text *warnings, struct error *e)
{
	struct reading r = {.foreign = {policy_new(), warnings, file->name}, .native = native};
	struct text quoted = {0};
	json_error_t wrong;
	json_t *root = NULL;
	int rc = r.foreign.policy == NULL ? error_memory(e) : 0;
	quote_numbers(file->bytes, file->n, &quoted);
	if (rc == 0 && quoted.failed)
		rc = error_memory(e);
	if (rc == 0 && file->n == 0)
		rc = error_set(e, ERR_INPUT, "%s: is empty; name another file", file->name);
	if (rc == 0 && (root = json_parse(quoted.bytes, quoted.count, JSON_REJECT_DUPLICATES, &wrong, e)) == NULL)
		rc = error_set(e, ERR_INPUT, "%s: line %d, column %d: %s", file->name, wrong.line, wrong.column, wrong.text);
	if (rc == 0)
		rc = parse_root(&r, root, e);
	if (rc == 0)
		rc = foreign_finish(&r.foreign, e);
	if (rc < 0 && root != NULL)
		json_locate(quoted.bytes, quoted.count, file->name, e);
	add_warnings(&r);
	if (rc == 0 && warnings->failed)
		rc = error_memory(e);
	json_decref(root);
	text_free(&quoted);
	text_free(&r.unknown);
	text_free(&r.skipped);
	index_free(&r.foreign.said);
	if (rc < 0) {
		policy_free(r.foreign.policy);
		return NULL;
	}
	return r.foreign.policy;
}

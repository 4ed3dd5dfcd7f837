/* Seccomp profiles of containers → policies. Reads the OCI runtime specification's
 * (config-linux.md, "Seccomp"), and the additions of Docker (moby/profiles, seccomp.go) and Podman
 * (containers/common, pkg/seccomp).
 * SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "policies/import/scmp.h"
#include "policies/import/yaml.h"
#include "policies/json/json.h"

enum { PLACE = 320 };

/* Words. --------------------------------------------------------------------------------------------------------- */

static const struct foreign_word action_words[] = {
    {"SCMP_ACT_ALLOW", ACTION_ALLOW}, {"SCMP_ACT_LOG", ACTION_LOG},
    {"SCMP_ACT_ERRNO", ACTION_ERRNO}, {"SCMP_ACT_TRAP", ACTION_TRAP},
    {"SCMP_ACT_KILL", ACTION_KILL_THREAD}, {"SCMP_ACT_KILL_THREAD", ACTION_KILL_THREAD},
    {"SCMP_ACT_KILL_PROCESS", ACTION_KILL}, {NULL, 0}};

static const struct foreign_word op_words[] = {{"SCMP_CMP_NE", SCMP_NE}, {"SCMP_CMP_LT", SCMP_LT}, {"SCMP_CMP_LE", SCMP_LE},
				       {"SCMP_CMP_EQ", SCMP_EQ}, {"SCMP_CMP_GE", SCMP_GE}, {"SCMP_CMP_GT", SCMP_GT},
				       {"SCMP_CMP_MASKED_EQ", SCMP_MASKED}, {NULL, 0}};

/* Podman's own files also have the errno as text, a name or a number, which takes precedence over
 * the number (containers/common, getErrno). Docker's tools do not know that key. *given: whether
 * either key exists. */
static int parse_errno(const json_t *object, const char *key, const char *text_key, const char *place, bool *given, uint16_t *data,
		       struct error *e)
{
	const json_t *number = json_object_get(object, key);
	const char *text = json_string_value(json_object_get(object, text_key));
	bool named = text != NULL && *text != '\0';
	*given = named || (number != NULL && !json_is_null(number));
	json_int_t value = json_is_integer(number) ? json_integer_value(number) : 1;
	if (named && isdigit((unsigned char)*text))
		value = strtoll(text, NULL, 10);
	else if (named)
		value = errno_by_name(text);
	/* libseccomp accepts no larger errno (sys_chk_seccomp_action). */
	if ((!named && *given && !json_is_integer(number)) || value < 0 || value > 4094)
		return error_set(e, ERR_INPUT, "%s%s%s: expected an errno, 0 to 4094", place, json_join(place), named ? text_key : key);
	*data = (uint16_t)value;
	return 0;
}

/* The keys of an action: those of a profile's default, and those of an entry. */
struct action_keys {
	const char *action, *number, *text;
};
static const struct action_keys default_keys = {"defaultAction", "defaultErrnoRet", "defaultErrno"};
static const struct action_keys entry_keys = {"action", "errnoRet", "errno"};

/* SCMP_ACT_NOTIFY and _TRACE ask another process, whose answer is unknown. A missing errno means
 * EPERM. */
static int parse_action(const json_t *object, const struct action_keys *keys, const char *place, struct foreign *f, struct action *a,
			struct error *e)
{
	const char *name = json_string_value(json_object_get(object, keys->action));
	int kind = foreign_word_value(action_words, name);
	bool given = false;
	uint16_t data = 0;
	if (name == NULL)
		return error_set(e, ERR_INPUT, "%s%s%s: expected an action like \"SCMP_ACT_ALLOW\"", place, json_join(place),
				 keys->action);
	if (kind < 0)
		return error_set(e, ERR_INPUT, "%s%s%s: \"%.60s\" is not an action that a policy can have%s", place,
				 json_join(place), keys->action, name,
				 strcmp(name, "SCMP_ACT_NOTIFY") == 0 || strcmp(name, "SCMP_ACT_TRACE") == 0
				     ? "; it asks another process"
				     : "");
	if (parse_errno(object, keys->number, keys->text, place, &given, &data, e) < 0)
		return e->code;
	if (kind != ACTION_ERRNO && given)
		foreign_warn(f, "the errno of %.60s is ignored, as in runc; crun refuses the file", name);
	*a = (struct action){(uint8_t)kind, kind == ACTION_ERRNO ? data : 0};
	return 0;
}

/* Comparisons. --------------------------------------------------------------------------------------------------- */

static int parse_condition(const json_t *object, const char *place, struct scmp_condition *c,
			   struct error *e)
{
	const json_t *index = json_object_get(object, "index"), *second = json_object_get(object, "valueTwo");
	uint64_t at = 0;
	int op = foreign_word_value(op_words, json_string_value(json_object_get(object, "op")));
	if (!json_is_object(object))
		return error_set(e, ERR_INPUT, "%s: expected an object with index, value and op", place);
	if (index == NULL || json_number(index, place, &at, e) < 0 || at > 5)
		return error_set(e, ERR_INPUT, "%s.index: expected the number of an argument, 0 to 5", place);
	if (op < 0)
		return error_set(e, ERR_INPUT, "%s.op: expected a comparison like \"SCMP_CMP_EQ\"", place);
	c->arg = (unsigned)at;
	c->op = (enum scmp_op)op;
	const json_t *value = json_object_get(object, "value");
	/* Go reads a missing number as 0. */
	if (value != NULL && !json_is_null(value) && json_number(value, place, &c->value, e) < 0)
		return e->code;
	return second == NULL || json_is_null(second) ? 0 : json_number(second, place, &c->second, e);
}

/* Conditions of entries.
 * -------------------------------------------------------------------------------------- */

struct reading {
	struct foreign foreign;
	struct scmp scmp;
	enum arch native;
	bool podman; /* the file is one of Podman's own */
	struct text unknown, skipped;
	size_t unknown_count, skipped_count, runtime_count;
	bool by_caps;
};

/* The default capabilities of a container: Docker's (moby, daemon/pkg/oci/caps/defaults.go) and
 * Podman's (containers/common, pkg/config/default.go). */
static const char *const docker_caps[] = {"CAP_AUDIT_WRITE", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID",
					  "CAP_KILL", "CAP_MKNOD", "CAP_NET_BIND_SERVICE", "CAP_NET_RAW", "CAP_SETFCAP",
					  "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT", NULL};
static const char *const podman_caps[] = {"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL",
					  "CAP_NET_BIND_SERVICE", "CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP",
					  "CAP_SETUID", "CAP_SYS_CHROOT", NULL};

static bool is_one_of(const char *name, const char *const *words)
{
	for (; name != NULL && *words != NULL; words++)
		if (strcmp(*words, name) == 0)
			return true;
	return false;
}

/* Returns how many strings of a list are among the words. */
static size_t count_of(const json_t *list, const char *const *words)
{
	size_t n = 0;
	for (size_t i = 0; i < json_array_size(list); i++)
		n += is_one_of(json_string_value(json_array_get(list, i)), words);
	return n;
}

/* Compares "4.8" with the running kernel (moby/profiles, kernel_linux.go). Podman does not know the
 * key. */
static int newer_than(const json_t *filter, bool podman, const char *place, bool *given, bool *newer, struct error *e)
{
	const json_t *value = json_object_get(filter, "minKernel");
	const char *text = json_string_value(value);
	unsigned want[2], have[2] = {0};
	struct utsname machine;
	int end = 0;
	*given = value != NULL && !json_is_null(value) && !podman && (text == NULL || *text != '\0');
	if (!*given)
		return 0;
	if (text == NULL || sscanf(text, "%3u.%3u%n", &want[0], &want[1], &end) != 2 || text[end] != '\0')
		return error_set(e, ERR_INPUT, "%s.minKernel: expected a version like \"4.8\"", place);
	if (uname(&machine) == 0)
		sscanf(machine.release, "%u.%u", &have[0], &have[1]);
	*newer = have[0] > want[0] || (have[0] == want[0] && have[1] >= want[1]);
	return 0;
}

/* Evaluates Docker's and Podman's includes and excludes, by the machine's architecture, the
 * container's capabilities and the kernel: once for the whole profile. All capabilities of
 * "includes" must be held, and none of "excludes" (moby/profiles, setupSeccomp). */
static int entry_holds(struct reading *r, const json_t *entry, const char *place, bool *holds, struct error *e)
{
	static const char *const natives[ARCH_COUNT][2] = {{"amd64"}, {"x86"}, {"arm64"}};
	const json_t *with = json_object_get(entry, "includes"), *without = json_object_get(entry, "excludes");
	const json_t *archs = json_object_get(with, "arches"), *caps = json_object_get(with, "caps");
	const char *const *held = r->podman ? podman_caps : docker_caps, *const *native = natives[r->native];
	bool given = false, newer = false, not_given = false, not_newer = false;
	if (newer_than(with, r->podman, place, &given, &newer, e) < 0 || newer_than(without, r->podman, place, &not_given, &not_newer, e) < 0)
		return e->code;
	r->by_caps |= json_array_size(caps) > 0 || json_array_size(json_object_get(without, "caps")) > 0;
	*holds = count_of(json_object_get(without, "arches"), native) == 0 && count_of(json_object_get(without, "caps"), held) == 0 &&
		 !(not_given && not_newer) && (json_array_size(archs) == 0 || count_of(archs, native) > 0) &&
		 count_of(caps, held) == json_array_size(caps) && (!given || newer);
	return 0;
}

/* Entries. ------------------------------------------------------------------------------------------------------- */

static int add_name(struct reading *r, const char *name, struct action action, const struct scmp_condition *conditions, size_t n,
		    const char *why, struct error *e)
{
	int rc = scmp_add(&r->scmp, name, action, conditions, n, why, e);
	if (rc == 1 && r->unknown_count++ < 10)
		text_add(&r->unknown, "%s%.40s", r->unknown.count > 0 ? ", " : "", name);
	return rc < 0 ? rc : 0;
}

static int parse_conditions(struct reading *r, const json_t *args, const char *place, struct scmp_condition **out, size_t *n,
			    struct error *e)
{
	*n = json_array_size(args);
	*out = NULL;
	if (args != NULL && !json_is_array(args) && !json_is_null(args))
		return error_set(e, ERR_INPUT, "%s.args: expected a list", place);
	if (*n > 64)
		return error_set(e, ERR_INPUT, "%s.args: more than 64 comparisons", place);
	if (*n > 6)
		foreign_warn(
		    &r->foreign,
		    "an entry has more than 6 comparisons: each counts alone, as in runc; crun uses the first 6");
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

/* The program does not make the calls that `generate -f oci` adds for the runtime itself
 * (generator/emit/container/runtime_calls.c). */
static bool for_runtime(const char *why)
{
	const char *name = why != NULL && strncmp(why, "for ", 4) == 0 ? why + 4 : "";
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz");
	return n > 0 && strncmp(name + n, " itself: ", 9) == 0;
}

/* Adds the entry's calls. Older files have a single "name"; both together are refused, as in Docker
 * and Podman. */
static int parse_names(const json_t *entry, const char *place, json_t **names, struct error *e)
{
	const json_t *list = json_object_get(entry, "names"), *one = json_object_get(entry, "name");
	bool single = json_is_string(one) && *json_string_value(one) != '\0';
	if (!json_is_object(entry) || (!json_is_array(list) && !single))
		return error_set(e, ERR_INPUT, "%s: expected an object with names and an action", place);
	if (single && json_array_size(list) > 0)
		return error_set(e, ERR_INPUT, "%s: has both name and names; remove one", place);
	*names = single ? json_pack("[O]", one) : json_incref((json_t *)list);
	for (size_t i = 0; i < json_array_size(*names); i++)
		if (!json_is_string(json_array_get(*names, i)))
			return error_set(e, ERR_INPUT, "%s.names[%zu]: expected a name", place, i);
	return *names != NULL ? 0 : error_memory(e);
}

static void add_skipped(struct reading *r, const json_t *names)
{
	const char *first = json_string_value(json_array_get(names, 0));
	if (r->skipped_count++ < 10)
		text_add(&r->skipped, "%s%.40s", r->skipped.count > 0 ? ", " : "", first != NULL ? first : "?");
}

static int parse_entry(struct reading *r, const json_t *entry, const char *place, struct error *e)
{
	const char *why = json_string_value(json_object_get(entry, "comment"));
	struct scmp_condition *conditions = NULL;
	struct action action = {0};
	json_t *names = NULL;
	size_t n = 0;
	bool holds = false;
	if (why != NULL && *why == '\0')
		why = NULL;
	int rc = parse_names(entry, place, &names, e);
	if (rc == 0)
		rc = parse_action(entry, &entry_keys, place, &r->foreign, &action, e);
	if (rc == 0)
		rc = parse_conditions(r, json_object_get(entry, "args"), place, &conditions, &n, e);
	if (rc == 0)
		rc = entry_holds(r, entry, place, &holds, e);
	if (rc == 0 && for_runtime(why)) {
		r->runtime_count++;
		holds = false;
	} else if (rc == 0 && !holds) {
		add_skipped(r, names);
	}
	/* A rule that equals the default is ignored: libseccomp has no such rule. */
	for (size_t i = 0; i < json_array_size(names) && holds && rc == 0 && !action_equal(action, r->foreign.policy->default_action); i++)
		rc = add_name(r, json_string_value(json_array_get(names, i)), action, conditions, n, why, e);
	free(conditions);
	json_decref(names);
	return rc;
}

/* Architectures. -------------------------------------------------------------------------------------------------- */

/* The architectures that runc knows (libcontainer/seccomp/config.go); -1: pinhole does not know
 * it. */
static const struct foreign_word arch_words[] = {{"SCMP_ARCH_X86_64", ARCH_X86_64}, {"SCMP_ARCH_X86", ARCH_I386}, {"SCMP_ARCH_AARCH64", ARCH_AARCH64}, {NULL, 0}};
static const char *const other_archs[] = {"SCMP_ARCH_NATIVE", "SCMP_ARCH_X32", "SCMP_ARCH_ARM", "SCMP_ARCH_MIPS", "SCMP_ARCH_MIPS64",
					  "SCMP_ARCH_MIPS64N32", "SCMP_ARCH_MIPSEL", "SCMP_ARCH_MIPSEL64", "SCMP_ARCH_MIPSEL64N32",
					  "SCMP_ARCH_PPC", "SCMP_ARCH_PPC64", "SCMP_ARCH_PPC64LE", "SCMP_ARCH_RISCV64", "SCMP_ARCH_S390",
					  "SCMP_ARCH_S390X", "SCMP_ARCH_LOONGARCH64", "SCMP_ARCH_PARISC", "SCMP_ARCH_PARISC64", NULL};

static int add_arch(struct reading *r, const json_t *value, const char *key, struct error *e)
{
	const char *name = json_string_value(value);
	int arch = foreign_word_value(arch_words, name);
	if (name == NULL || (arch < 0 && !is_one_of(name, other_archs)))
		return error_set(e, ERR_INPUT, "%s: %s: \"%.40s\" is not an architecture like \"SCMP_ARCH_X86_64\"",
				 r->foreign.name, key, name != NULL ? name : "");
	if (arch >= 0)
		r->scmp.archs |= (arch_set)ARCH_BIT(arch);
	else if (strcmp(name, "SCMP_ARCH_X32") == 0)
		foreign_warn(&r->foreign, "x32 calls are denied; runtimes filter them like those of x86_64");
	else if (strcmp(name, "SCMP_ARCH_NATIVE") != 0)
		foreign_warn(&r->foreign,
			     "%.40s: the policy has no rules for its calls; runtimes on such machines filter them",
			     name);
	return 0;
}

static int add_archs(struct reading *r, const json_t *list, const char *key, struct error *e)
{
	int rc = 0;
	for (size_t i = 0; i < json_array_size(list) && rc == 0; i++)
		rc = add_arch(r, json_array_get(list, i), key, e);
	return rc;
}

/* Docker's and Podman's archMap: uses the first entry for the machine's own architecture, with its
 * sub-architectures. */
static int add_map(struct reading *r, const json_t *map, struct error *e)
{
	for (size_t i = 0; i < json_array_size(map); i++) {
		const json_t *entry = json_array_get(map, i), *name = json_object_get(entry, "architecture");
		if (foreign_word_value(arch_words, json_string_value(name)) == (int)r->native)
			return add_arch(r, name, "archMap", e) < 0 ? e->code : add_archs(r, json_object_get(entry, "subArchitectures"), "archMap", e);
	}
	return 0;
}

/* A list with the architectures of one machine is for that machine: libseccomp's filters always
 * include the machine's own architecture. */
static int parse_archs(struct reading *r, const json_t *root, struct error *e)
{
	const json_t *list = json_object_get(root, "architectures"), *map = json_object_get(root, "archMap");
	if (json_array_size(list) > 0 && json_array_size(map) > 0)
		return error_set(e, ERR_INPUT,
				 "%s: archMap: a file cannot have it together with architectures; remove one",
				 r->foreign.name);
	if (add_archs(r, list, "architectures", e) < 0)
		return e->code;
	if (r->scmp.archs == 0 && json_array_size(list) > 0)
		return error_set(e, ERR_INPUT, "%s: architectures: expected x86_64, i386 or aarch64 among them",
				 r->foreign.name);
	enum arch other = r->native == ARCH_AARCH64 ? ARCH_X86_64 : ARCH_AARCH64;
	if (r->native != ARCH_I386 && (r->scmp.archs & ARCH_BIT(other)) && !(r->scmp.archs & ARCH_BIT(r->native))) {
		foreign_warn(&r->foreign, "read as on a machine with %s, which its architectures name",
			     arch_name(other));
		r->native = other;
	}
	if (add_map(r, map, e) < 0)
		return e->code;
	r->scmp.archs |= (arch_set)ARCH_BIT(r->native);
	r->foreign.policy->archs = r->scmp.archs;
	return 0;
}

/* The whole profile.
 * -------------------------------------------------------------------------------------------- */

/* For calls of architectures that a filter does not include, and of x32, libseccomp kills the
 * thread (SCMP_FLTATR_ACT_BADARCH). A policy answers them by its default, or kills the process if
 * the default is allow. */
static void warn_others(struct reading *r)
{
	struct action here = r->foreign.policy->default_action;
	struct text text = {0};
	if (here.kind == ACTION_ALLOW)
		here = (struct action){.kind = ACTION_KILL};
	action_text(here, &text);
	if (here.kind != ACTION_KILL_THREAD)
		foreign_warn(&r->foreign, "calls of other architectures and of x32: %s%s; runtimes kill the thread",
			     text_string(&text), here.kind == ACTION_LOG ? ", which allows them" : "");
	r->foreign.warnings->failed |= text.failed;
	text_free(&text);
}

static bool is_podmans(const json_t *root)
{
	const json_t *entries = json_object_get(root, "syscalls");
	bool podman = json_object_get(root, "defaultErrno") != NULL;
	for (size_t i = 0; i < json_array_size(entries); i++)
		podman |= json_object_get(json_array_get(entries, i), "errno") != NULL;
	return podman;
}

/* runc answers ENOSYS to numbers above all those in a profile, unless the default allows them
 * (patchbpf); crun does not. */
static void warn_newer(struct reading *r)
{
	struct action default_action = r->foreign.policy->default_action;
	if (lets_through(default_action) || action_equal(default_action, r->foreign.policy->newer))
		return;
	foreign_warn(&r->foreign, "calls with higher numbers than all named ones: the default, and ENOSYS for those "
				  "that this pinhole does not "
				  "know; runc answers ENOSYS, crun the default");
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
	r->podman = is_podmans(root);
	int rc = parse_action(root, &default_keys, r->foreign.name, &r->foreign, &p->default_action, e);
	if (rc == 0 && lets_through(p->default_action))
		p->newer = p->default_action;
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
	if (rc == 0) {
		warn_others(r);
		warn_newer(r);
		rc = scmp_finish(&r->scmp, e);
	}
	return rc;
}

static void add_warnings(struct reading *r)
{
	if (r->unknown_count > 0)
		foreign_warn(&r->foreign, "%zu name%s that this pinhole does not know, ignored: %.200s%s",
			     r->unknown_count, plural_s(r->unknown_count), text_string(&r->unknown),
			     r->unknown_count > 10 ? ", …" : "");
	if (r->skipped_count > 0)
		foreign_warn(&r->foreign,
			     "%zu %s left out, for other capabilities, architectures or kernels: %.200s%s",
			     r->skipped_count, r->skipped_count == 1 ? "entry" : "entries", text_string(&r->skipped), r->skipped_count > 10 ? ", …" : "");
	if (r->by_caps)
		foreign_warn(&r->foreign, "read for a container with the default capabilities of %s", r->podman ? "Podman" : "Docker");
	if (r->runtime_count > 0)
		foreign_warn(&r->foreign, "%zu %s left out, which pinhole added for the container runtime itself",
			     r->runtime_count, r->runtime_count == 1 ? "entry" : "entries");
	r->foreign.warnings->failed |= r->unknown.failed || r->skipped.failed;
}

/* A SeccompProfile of the Security Profiles Operator (api/seccompprofile/v1beta1): its spec is a profile. */
static int parse_spo(struct reading *r, const json_t *root, struct error *e)
{
	const json_t *spec = json_object_get(root, "spec"), *base = json_object_get(spec, "baseProfileName");
	const char *kind = json_string_value(json_object_get(root, "kind"));
	if (kind == NULL || strcmp(kind, "SeccompProfile") != 0 || !json_is_object(spec))
		return error_set(e, ERR_INPUT, "%s: expected one SeccompProfile, with its spec", r->foreign.name);
	if (json_is_string(base))
		foreign_warn(&r->foreign,
			     "the operator adds the calls of the profile %.80s; they are not in this policy",
			     json_string_value(base));
	if (json_is_true(json_object_get(spec, "disabled")))
		foreign_warn(&r->foreign, "is disabled, so the operator does not install it");
	return parse_root(r, spec, e);
}

static struct policy *read_profile(const struct import_file *file, const char *bytes, size_t n, bool spo, enum arch native,
				   struct text *warnings, struct error *e)
{
	struct reading r = {.foreign = {policy_new(), warnings, file->name, {0}}, .native = native};
	struct text quoted = {0};
	json_error_t wrong;
	json_t *root = NULL;
	r.scmp.foreign = &r.foreign;
	int rc = r.foreign.policy == NULL ? error_memory(e) : 0;
	json_quote_numbers(bytes, n, &quoted);
	if (rc == 0 && quoted.failed)
		rc = error_memory(e);
	if (rc == 0 && n == 0)
		rc = error_set(e, ERR_INPUT, "%s: is empty; name another file", file->name);
	if (rc == 0 && (root = json_parse(quoted.bytes, quoted.count, JSON_REJECT_DUPLICATES, &wrong, e)) == NULL)
		rc = e->code < 0 ? e->code : error_set(e, ERR_INPUT, "%s: line %d, column %d: %s", file->name, wrong.line, wrong.column, wrong.text);
	if (rc == 0)
		rc = spo ? parse_spo(&r, root, e) : parse_root(&r, root, e);
	if (rc < 0 && root != NULL)
		json_locate(quoted.bytes, quoted.count, file->name, e);
	add_warnings(&r);
	json_decref(root);
	scmp_clear(&r.scmp);
	text_free(&quoted);
	text_free(&r.unknown);
	text_free(&r.skipped);
	return foreign_end(&r.foreign, rc, e);
}

struct policy *policy_from_oci(const struct import_file *file, enum arch native, struct text *warnings, struct error *e)
{
	return read_profile(file, file->bytes, file->n, false, native, warnings, e);
}

struct policy *policy_from_spo(const struct import_file *file, enum arch native, struct text *warnings, struct error *e)
{
	struct text json = {0};
	struct policy *p = NULL;
	if (file->n > 0 && file->bytes[0] == '{')
		return read_profile(file, file->bytes, file->n, true, native, warnings, e);
	if (yaml_to_json(file, &json, e) == 0)
		p = read_profile(file, json.bytes, json.count, true, native, warnings, e);
	text_free(&json);
	return p;
}

/* A container's profile as runc and crun load it: its JSON, read anew, given to the real libseccomp. Written after runc's
 * libcontainer/specconv and libcontainer/seccomp, crun's src/libcrun/seccomp.c, and moby/profiles for includes and excludes.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TEST_OCI_LOADER_H
#define PINHOLE_TEST_OCI_LOADER_H

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>

#include "libseccomp_helper.h"

enum loaded { LOADED, REFUSED, TOO_LARGE, NOT_JSON };

/* A rule as seccomp_rule_add(3) describes it, on one architecture. */
struct documented {
	uint32_t audit, nr, action;
	struct scmp_arg_cmp all[6];
	unsigned count;
};

/* What a runtime makes of a profile. */
struct runtime_filter {
	struct documented *rules;
	size_t rule_count;
	struct filter filter;
	/* The same for one architecture alone, without the names that it does not have. libseccomp (2.5.4, 2.6.0) makes wrong code of
	 * filters of several at times: it leaves out to load the number where the first name is none of the architecture's, and shares
	 * code between architectures of 32 and of 64 bits. */
	struct filter alone[8];
	scmp_filter_ctx building[8];
	uint32_t tokens[8];	   /* SCMP_ARCH_… that it has */
	size_t token_count;
	int highest[8];		   /* the highest number that it names on each: what is above gets ENOSYS of runc */
	uint32_t default_action;	   /* SECCOMP_RET_… */
	bool x32;
};

/* jansson has whole numbers of 63 bits. */
static inline uint64_t loader_number(const json_t *value)
{
	return json_is_string(value) ? strtoull(json_string_value(value), NULL, 10) : (uint64_t)json_integer_value(value);
}

/* Long numbers become strings. */
static inline char *loader_text(const char *json)
{
	char *out = malloc(3 * strlen(json) + 1), *to = out;
	bool in_string = false;
	for (const char *c = json; *c != '\0'; c++) {
		size_t digits = in_string ? 0 : strspn(c, "0123456789");
		if (digits >= 19) {
			to += sprintf(to, "\"%.*s\"", (int)digits, c);
			c += digits - 1;
			continue;
		}
		in_string ^= *c == '"' && (c == json || c[-1] != '\\');
		*to++ = *c;
	}
	*to = '\0';
	return out;
}

static inline bool loader_action(const json_t *object, const char *key, const char *errno_key, uint32_t *action)
{
	static const struct {
		const char *name;
		uint32_t action;
	} words[] = {{"SCMP_ACT_KILL", SCMP_ACT_KILL_THREAD}, {"SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD},
		     {"SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS}, {"SCMP_ACT_TRAP", SCMP_ACT_TRAP},
		     {"SCMP_ACT_LOG", SCMP_ACT_LOG}, {"SCMP_ACT_ALLOW", SCMP_ACT_ALLOW}};
	const char *name = json_string_value(json_object_get(object, key));
	const json_t *number = json_object_get(object, errno_key);
	for (size_t i = 0; name != NULL && i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].name, name) == 0) {
			*action = words[i].action;
			return true;
		}
	*action = SCMP_ACT_ERRNO(json_is_integer(number) ? (uint32_t)json_integer_value(number) : EPERM);
	return name != NULL && strcmp(name, "SCMP_ACT_ERRNO") == 0;
}

/* setupSeccomp of moby/profiles, on an amd64 machine with a kernel that is newer than any that is asked for. */
static inline bool loader_holds(const json_t *entry, const char *const *caps)
{
	const json_t *with = json_object_get(entry, "includes"), *without = json_object_get(entry, "excludes"), *one;
	size_t i;
	bool ours = json_array_size(json_object_get(with, "arches")) == 0;
	json_array_foreach(json_object_get(without, "arches"), i, one) if (strcmp(json_string_value(one), "amd64") == 0) return false;
	json_array_foreach(json_object_get(with, "arches"), i, one) ours |= strcmp(json_string_value(one), "amd64") == 0;
	json_array_foreach(json_object_get(without, "caps"), i, one) for (size_t k = 0; caps[k] != NULL; k++)
		if (strcmp(caps[k], json_string_value(one)) == 0) return false;
	json_array_foreach(json_object_get(with, "caps"), i, one)
	{
		bool held = false;
		for (size_t k = 0; caps[k] != NULL; k++)
			held |= strcmp(caps[k], json_string_value(one)) == 0;
		ours &= held;
	}
	return ours && json_object_get(without, "minKernel") == NULL;
}

static inline bool loader_arch(scmp_filter_ctx filter, struct runtime_filter *out, const char *name)
{
	static const struct {
		const char *name;
		uint32_t token;
	} words[] = {{"SCMP_ARCH_X86_64", SCMP_ARCH_X86_64}, {"SCMP_ARCH_X86", SCMP_ARCH_X86}, {"SCMP_ARCH_X32", SCMP_ARCH_X32},
		     {"SCMP_ARCH_AARCH64", SCMP_ARCH_AARCH64}, {"SCMP_ARCH_ARM", SCMP_ARCH_ARM}};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].name, name) == 0) {
			int rc = seccomp_arch_add(filter, words[i].token);
			if (rc == 0)
				out->tokens[out->token_count++] = words[i].token;
			out->x32 |= words[i].token == SCMP_ARCH_X32;
			return rc == 0 || rc == -EEXIST;
		}
	return false;
}

static inline enum scmp_compare loader_op(const char *name)
{
	static const struct {
		const char *name;
		enum scmp_compare op;
	} words[] = {{"SCMP_CMP_NE", SCMP_CMP_NE}, {"SCMP_CMP_LT", SCMP_CMP_LT}, {"SCMP_CMP_LE", SCMP_CMP_LE}, {"SCMP_CMP_EQ", SCMP_CMP_EQ},
		     {"SCMP_CMP_GE", SCMP_CMP_GE}, {"SCMP_CMP_GT", SCMP_CMP_GT}, {"SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ}};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].name, name) == 0)
			return words[i].op;
	return 0;
}

static inline uint32_t loader_audit(uint32_t token)
{
	return token == SCMP_ARCH_X32 || token == SCMP_ARCH_X86_64 ? arch_audit(ARCH_X86_64) : token == SCMP_ARCH_X86 ? arch_audit(ARCH_I386) : token;
}

/* One rule: to libseccomp, and for each architecture to the list of what was asked for. */
static inline int loader_add(scmp_filter_ctx filter, struct runtime_filter *out, const char *name, uint32_t action, unsigned n,
			     const struct scmp_arg_cmp *all)
{
	for (size_t t = 0; t < out->token_count; t++) {
		int nr = seccomp_syscall_resolve_name_arch(out->tokens[t], name), direct = nr;
		int outer = seccomp_syscall_resolve_name_rewrite(out->tokens[t], name);
		if (out->tokens[t] == SCMP_ARCH_X86 && nr < 0 && outer >= 0)
			direct = abi_by_name(name) != NULL ? abi_by_name(name)->nr[ARCH_I386] : -1;
		out->rules = realloc(out->rules, (out->rule_count + 2) * sizeof(*out->rules));
		struct documented r = {loader_audit(out->tokens[t]), (uint32_t)direct, action, {{0}}, n};
		memcpy(r.all, all, n * sizeof(*all));
		if (direct >= 0)
			out->rules[out->rule_count++] = r;
		if (nr >= 0 || outer < 0)
			continue;
		/* The number of the sub-call in place of the first argument. */
		r.nr = (uint32_t)outer;
		r.count = 0;
		r.all[r.count++] = (struct scmp_arg_cmp){0, SCMP_CMP_EQ, (scmp_datum_t)(-nr % 100), 0};
		for (unsigned i = 0; i < n; i++)
			if (all[i].arg != 0)
				r.all[r.count++] = all[i];
		out->rules[out->rule_count++] = r;
	}
	int nr = seccomp_syscall_resolve_name(name), rc = seccomp_rule_add_array(filter, action, nr, n, all);
	for (size_t t = 0; rc == 0 && t < out->token_count; t++)
		if (seccomp_syscall_resolve_name_rewrite(out->tokens[t], name) >= 0)
			seccomp_rule_add_array(out->building[t], action, nr, n, all);
	return rc;
}

/* matchCall of runc, and the same of crun. */
static inline int loader_rule(scmp_filter_ctx filter, struct runtime_filter *out, const char *name, uint32_t action, const json_t *args)
{
	struct scmp_arg_cmp all[16];
	unsigned counts[6] = {0};
	bool twice = false;
	int nr = seccomp_syscall_resolve_name(name), rc = 0;
	size_t n = json_array_size(args);
	if (nr == __NR_SCMP_ERROR)
		return 0;
	for (size_t i = 0; i < n && i < 16; i++) {
		const json_t *arg = json_array_get(args, i);
		unsigned index = (unsigned)json_integer_value(json_object_get(arg, "index"));
		twice |= counts[index]++ > 0;
		all[i] = (struct scmp_arg_cmp){index, loader_op(json_string_value(json_object_get(arg, "op"))),
					       loader_number(json_object_get(arg, "value")),
					       loader_number(json_object_get(arg, "valueTwo"))};
	}
	for (size_t i = 0; twice && i < n && rc == 0; i++)
		rc = loader_add(filter, out, name, action, 1, &all[i]);
	return twice ? rc : loader_add(filter, out, name, action, (unsigned)n, all);
}

static inline int loader_entries(scmp_filter_ctx filter, struct runtime_filter *out, const json_t *root, uint32_t default_action,
				 const char *const *caps)
{
	const json_t *entry, *name;
	size_t i, k;
	int rc = 0;
	json_array_foreach(json_object_get(root, "syscalls"), i, entry)
	{
		uint32_t action;
		if (!loader_holds(entry, caps))
			continue;
		if (!loader_action(entry, "action", "errnoRet", &action))
			return -EINVAL;
		json_array_foreach(json_object_get(entry, "names"), k, name)
		{
			const char *text = json_string_value(name);
			for (size_t t = 0; t < out->token_count; t++) {
				int nr = seccomp_syscall_resolve_name_arch(out->tokens[t], text);
				out->highest[t] = nr > out->highest[t] ? nr : out->highest[t];
			}
			if (rc == 0 && action != default_action)
				rc = loader_rule(filter, out, text, action, json_object_get(entry, "args"));
		}
	}
	return rc;
}

/* TOO_LARGE: more instructions than the kernel takes. REFUSED: libseccomp takes two of the rules for one another's contradiction, so that runtimes start nothing. */
static inline enum loaded runtime_load(const char *text, const char *const *caps, struct runtime_filter *out)
{
	char *quoted = loader_text(text);
	json_t *root = json_loads(quoted, 0, NULL);
	const json_t *one, *map;
	uint32_t default_action;
	size_t i, k;
	struct error e = {0};
	free(quoted);
	*out = (struct runtime_filter){0};
	if (root == NULL || !loader_action(root, "defaultAction", "defaultErrnoRet", &default_action)) {
		json_decref(root);
		return NOT_JSON;
	}
	scmp_filter_ctx filter = seccomp_init(default_action);
	out->default_action = default_action;
	out->tokens[out->token_count++] = SCMP_ARCH_X86_64;
	bool fine = filter != NULL;
	json_array_foreach(json_object_get(root, "architectures"), i, one) fine &= loader_arch(filter, out, json_string_value(one));
	json_array_foreach(json_object_get(root, "archMap"), i, map) if (strcmp(json_string_value(json_object_get(map, "architecture")), "SCMP_ARCH_X86_64") == 0)
		json_array_foreach(json_object_get(map, "subArchitectures"), k, one) fine &= loader_arch(filter, out, json_string_value(one));
	for (size_t t = 0; t < out->token_count; t++) {
		out->building[t] = seccomp_init(default_action);
		if (out->tokens[t] != SCMP_ARCH_X86_64)
			fine &= seccomp_arch_add(out->building[t], out->tokens[t]) == 0 && seccomp_arch_remove(out->building[t], SCMP_ARCH_X86_64) == 0;
	}
	int rc = fine ? loader_entries(filter, out, root, default_action, caps) : -EINVAL;
	bool fits = rc != 0 || libseccomp_export(filter, &out->filter, &e) == 0;
	for (size_t t = 0; t < out->token_count; t++) {
		fits = fits && (rc != 0 || libseccomp_export(out->building[t], &out->alone[t], &e) == 0);
		seccomp_release(out->building[t]);
	}
	seccomp_release(filter);
	json_decref(root);
	if (rc != 0 && rc != -EEXIST)
		fprintf(stderr, "libseccomp: %s\n%s\n", strerror(-rc), text);
	return rc == 0 ? (fits ? LOADED : TOO_LARGE) : rc == -EEXIST ? REFUSED : NOT_JSON;
}

static inline bool documented_holds(const struct documented *r, const struct seccomp_data *d)
{
	uint64_t width = d->arch == arch_audit(ARCH_I386) || (uint32_t)d->nr >> 30 != 0 ? UINT32_MAX : UINT64_MAX;
	for (unsigned i = 0; i < r->count; i++) {
		uint64_t v = d->args[r->all[i].arg] & width, a = r->all[i].datum_a & width, b = r->all[i].datum_b & width;
		bool holds[] = {[SCMP_CMP_NE] = v != a, [SCMP_CMP_LT] = v < a, [SCMP_CMP_LE] = v <= a, [SCMP_CMP_EQ] = v == a,
				[SCMP_CMP_GE] = v >= a, [SCMP_CMP_GT] = v > a, [SCMP_CMP_MASKED_EQ] = (v & a) == (b & a)};
		if (!holds[r->all[i].op])
			return false;
	}
	return true;
}

/* What the manual says of a call: 1 and *ret, or 0 where rules of several actions hold, so that the order decides. */
static inline int documented_answer(const struct runtime_filter *f, const struct seccomp_data *d, uint32_t *ret)
{
	bool found = false, several = false;
	*ret = f->default_action;
	for (size_t i = 0; i < f->rule_count; i++) {
		const struct documented *r = &f->rules[i];
		if (r->audit != d->arch || r->nr != (uint32_t)d->nr || !documented_holds(r, d))
			continue;
		several |= found && r->action != *ret;
		found = true;
		*ret = r->action;
	}
	return !several;
}

/* The verdict; as runc, which puts an answer ENOSYS for higher numbers before the filter (patchbpf), or as crun. */
static inline uint32_t runtime_ask(const struct runtime_filter *f, const struct seccomp_data *d, bool runc)
{
	bool lets = f->default_action == SCMP_ACT_ALLOW || f->default_action == SCMP_ACT_LOG || f->default_action == SCMP_ACT_ERRNO(ENOSYS);
	uint32_t nr = (uint32_t)d->nr;
	for (size_t t = 0; runc && !lets && t < f->token_count; t++) {
		bool x32 = f->tokens[t] == SCMP_ARCH_X32, x86_64 = f->tokens[t] == SCMP_ARCH_X86_64 || x32;
		uint32_t audit = x86_64 ? arch_audit(ARCH_X86_64) : f->tokens[t] == SCMP_ARCH_X86 ? arch_audit(ARCH_I386) : f->tokens[t];
		if (audit == d->arch && f->highest[t] > 0 && (!x86_64 || ((nr >> 30 & 1) != 0) == x32) && nr > (uint32_t)f->highest[t])
			return SECCOMP_RET_ERRNO | ENOSYS;
	}
	return filter_run(f->filter.code.items, f->filter.code.count, d, NULL);
}

/* The verdict of the filter for the call's architecture alone. */
static inline uint32_t runtime_ask_alone(const struct runtime_filter *f, const struct seccomp_data *d)
{
	bool x32 = d->arch == arch_audit(ARCH_X86_64) && (uint32_t)d->nr >> 30 == 1;
	for (size_t t = 0; t < f->token_count; t++)
		if (loader_audit(f->tokens[t]) == d->arch && (f->tokens[t] == SCMP_ARCH_X32) == x32)
			return filter_run(f->alone[t].code.items, f->alone[t].code.count, d, NULL);
	return SECCOMP_RET_KILL_THREAD;
}

static inline void runtime_clear(struct runtime_filter *f)
{
	for (size_t t = 0; t < f->token_count; t++)
		filter_clear(&f->alone[t]);
	filter_clear(&f->filter);
	free(f->rules);
}

#endif

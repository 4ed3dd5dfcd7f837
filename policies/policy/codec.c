/* Converts between JSON and policies. SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "policies/base/file.h"
#include "policies/json/json.h"
#include "policies/policy/policy.h"

enum { PLACE = 320 };

/* Writing. ------------------------------------------------------------------------------------------------- */

struct where {
	const struct syscall_desc *call;
	enum arch arch;
	unsigned arg;
};

static uint64_t width_mask(const struct where *w)
{
	unsigned bits = syscall_arg_bits(w->call, w->arch, w->arg);
	return bits >= 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1;
}

static void add_value(const struct where *w, uint64_t value, struct text *out)
{
	struct text t = {0};
	abi_value_text(w->call, w->arch, w->arg, abi_canonical(w->call, w->arch, w->arg, value), &t);
	json_add_string(out, text_string(&t));
	out->failed |= t.failed;
	text_free(&t);
}

/* Adds a mask, as the complement of few bits if this is shorter. */
static void add_mask(const struct where *w, uint64_t mask, struct text *out)
{
	uint64_t rest = ~mask & width_mask(w);
	if (__builtin_popcountll(rest) >= __builtin_popcountll(mask)) {
		add_value(w, mask, out);
		return;
	}
	struct text t = {0}, whole = {0};
	abi_value_text(w->call, w->arch, w->arg, abi_canonical(w->call, w->arch, w->arg, rest), &t);
	text_add(&whole, "~(%s)", text_string(&t));
	json_add_string(out, text_string(&whole));
	out->failed |= t.failed || whole.failed;
	text_free(&t);
	text_free(&whole);
}

static void add_range(const struct where *w, struct range r, struct text *out)
{
	if (r.lo == r.hi) {
		add_value(w, r.lo, out);
		return;
	}
	text_add(out, "{\"min\": ");
	add_value(w, r.lo, out);
	text_add(out, ", \"max\": ");
	add_value(w, r.hi, out);
	text_add(out, "}");
}

static void format_test(const struct where *w, const struct test *t, struct text *out)
{
	bool masked = t->mask != width_mask(w);
	bool single = t->ranges.count == 1 && !range_is_list(w->call, t, &t->ranges.items[0]);
	bool point = single && t->ranges.items[0].lo == t->ranges.items[0].hi;
	if (!masked && single) {
		add_range(w, t->ranges.items[0], out);
		return;
	}
	text_add(out, "{");
	if (masked) {
		text_add(out, "\"mask\": ");
		add_mask(w, t->mask, out);
		text_add(out, ", ");
	}
	text_add(out, masked && point ? "\"is\": " : "\"in\": [");
	for (size_t i = 0; i < t->ranges.count; i++) {
		text_add(out, i > 0 ? ", " : "");
		const struct range *r = &t->ranges.items[i];
		bool list = range_is_list(w->call, t, r);
		if (!list)
			add_range(w, *r, out);
		for (uint64_t k = 0; list && k <= r->hi - r->lo; k++) {
			text_add(out, k > 0 ? ", " : "");
			add_value(w, r->lo + k, out);
		}
	}
	text_add(out, masked && point ? "}" : "]}");
}

static void add_alternative(const struct alternative *a, const struct syscall_desc *call, enum arch arch, struct text *out)
{
	struct syscall_desc room;
	call = alternative_call(a, call, arch, &room);
	text_add(out, "{");
	for (size_t i = 0; i < a->tests.count;) {
		struct where w = {call, arch, a->tests.items[i].arg};
		size_t end = i + 1;
		while (end < a->tests.count && a->tests.items[end].arg == w.arg)
			end++;
		text_add(out, "%s\"%s\": %s", i > 0 ? ", " : "", syscall_arg_name(call, w.arg), end - i > 1 ? "[" : "");
		for (size_t k = i; k < end; k++) {
			text_add(out, k > i ? ", " : "");
			format_test(&w, &a->tests.items[k], out);
		}
		text_add(out, end - i > 1 ? "]" : "");
		i = end;
	}
	text_add(out, "}");
}

/* Formats all of a rule but its name and architectures. */
static void format_body(const struct rule *r, struct text *out)
{
	int arch = 0;
	while (arch < ARCH_COUNT - 1 && (r->archs & ARCH_BIT(arch)) == 0)
		arch++;
	if (r->any.count > 0) {
		text_add(out, ", \"any\": [");
		for (size_t i = 0; i < r->any.count; i++) {
			text_add(out, i > 0 ? ", " : "");
			add_alternative(&r->any.items[i], abi_call((enum arch)arch, r->syscall), (enum arch)arch, out);
		}
		text_add(out, "]");
	}
	if (r->action.kind != ACTION_ALLOW) {
		text_add(out, ", \"action\": \"");
		action_text(r->action, out);
		text_add(out, "\"");
	}
	if (r->why != NULL) {
		text_add(out, ", \"why\": ");
		json_add_string(out, r->why);
	}
}

/* Returns the architectures of a policy on which a call exists: the default of a rule's "arch". */
static arch_set where_known(const struct policy *p, const char *syscall)
{
	arch_set set = 0;
	for (int arch = 0; arch < ARCH_COUNT; arch++) {
		uint32_t nr;
		if ((p->archs & ARCH_BIT(arch)) != 0 && abi_number((enum arch)arch, syscall, &nr, NULL) == 0)
			set |= ARCH_BIT(arch);
	}
	return set;
}

static void format_archs(arch_set archs, struct text *out)
{
	const char *between = "";
	text_add(out, "\"arch\": [");
	for (int arch = 0; arch < ARCH_COUNT; arch++)
		if ((archs & ARCH_BIT(arch)) != 0) {
			text_add(out, "%s\"%s\"", between, arch_name((enum arch)arch));
			between = ", ";
		}
	text_add(out, "]");
}

/* Returns the next rule of the call at `at` that is not yet written, and is for one of these
 * architectures. */
static size_t next_to_write(const struct policy *p, size_t at, arch_set archs, const bool *done)
{
	for (size_t i = at + 1; i < p->rules.count && strcmp(p->rules.items[i].syscall, p->rules.items[at].syscall) == 0; i++)
		if (!done[i] && (p->rules.items[i].archs & archs) != 0)
			return i;
	return SIZE_MAX;
}

/* Writes one line for a rule and for the equal rules of the call on other architectures, unless
 * other rules are tried before them there. `done`: rules that are written. */
static void format_rule(const struct policy *p, size_t at, bool *done, struct text *out)
{
	const struct rule *r = &p->rules.items[at];
	struct text body = {0}, other = {0};
	arch_set archs = r->archs;
	format_body(r, &body);
	for (int arch = 0; arch < ARCH_COUNT; arch++) {
		size_t i = archs & ARCH_BIT(arch) ? SIZE_MAX : next_to_write(p, at, ARCH_BIT(arch), done);
		if (i == SIZE_MAX || (p->rules.items[i].archs & archs) != 0)
			continue;
		other.count = 0;
		format_body(&p->rules.items[i], &other);
		if (strcmp(text_string(&body), text_string(&other)) != 0)
			continue;
		archs |= p->rules.items[i].archs;
		done[i] = true;
	}
	text_add(out, "  {\"syscall\": ");
	json_add_string(out, r->syscall);
	if (archs != where_known(p, r->syscall)) {
		text_add(out, ", ");
		format_archs(archs, out);
	}
	text_add(out, "%s}", text_string(&body));
	out->failed |= body.failed || other.failed;
	text_free(&body);
	text_free(&other);
}

int policy_format(const struct policy *p, struct text *out, struct error *e)
{
	bool *done = calloc(p->rules.count + 1, sizeof(*done));
	if (done == NULL)
		return error_memory(e);
	size_t from = out->count;
	text_add(out, "{\"format\": \"pinhole-policy\", \"version\": 1, ");
	format_archs(p->archs, out);
	if (p->phase != NULL) {
		text_add(out, ", \"phase\": ");
		json_add_string(out, p->phase);
	}
	text_add(out, ",\n \"default\": \"");
	action_text(p->default_action, out);
	text_add(out, "\", \"newer\": \"");
	action_text(p->newer, out);
	text_add(out, "\",\n \"rules\": [");
	const char *between = "\n";
	for (size_t i = 0; i < p->rules.count; i++) {
		if (done[i])
			continue;
		text_add(out, "%s", between);
		format_rule(p, i, done, out);
		between = ",\n";
	}
	text_add(out, "\n ]}\n");
	free(done);
	return json_readable(out, from, POLICY_SIZE_LIMIT, "policy", e);
}

/* Reading. ------------------------------------------------------------------------------------------------- */

static int parse_value(const json_t *value, const struct where *w, const char *place, uint64_t *number, struct error *e)
{
	struct error inner = {0};
	int rc;
	if (json_is_string(value)) {
		rc = abi_value_parse(w->call, w->arch, w->arg, json_string_value(value), number, &inner);
		if (rc < 0)
			return error_set(e, rc, "%s: %.500s", place, inner.text);
	} else {
		if ((rc = json_number(value, place, number, e)) < 0)
			return rc;
		uint64_t width = width_mask(w);
		if (*number > width && abi_canonical(w->call, w->arch, w->arg, *number) != *number)
			return error_set(e, ERR_INPUT, "%s: is wider than the argument's %u bits", place,
					 syscall_arg_bits(w->call, w->arch, w->arg));
	}
	*number &= width_mask(w);
	return 0;
}

static int parse_range(const json_t *value, const struct where *w, const char *place, struct range *r, struct error *e)
{
	static const char *const keys[] = {"min", "max", NULL};
	if (!json_is_object(value)) {
		int rc = parse_value(value, w, place, &r->lo, e);
		r->hi = r->lo;
		return rc;
	}
	const json_t *min = json_object_get(value, "min"), *max = json_object_get(value, "max");
	if (json_only_keys(value, keys, place, e) < 0)
		return e->code;
	if (min == NULL || max == NULL)
		return error_set(e, ERR_INPUT, "%s: a range needs min and max", place);
	int rc = parse_value(min, w, place, &r->lo, e);
	if (rc == 0)
		rc = parse_value(max, w, place, &r->hi, e);
	if (rc == 0 && r->lo > r->hi)
		rc = error_set(e, ERR_INPUT, "%s: min is above max (values are compared unsigned)", place);
	return rc;
}

static int parse_test(const json_t *value, const struct where *w, const char *place, struct alternative *a,
		      struct error *e)
{
	static const char *const keys[] = {"mask", "is", "in", "bits", NULL};
	VEC(struct range) ranges = {0};
	uint64_t mask = width_mask(w);
	const json_t *in = json_object_get(value, "in"), *is = json_object_get(value, "is");
	const json_t *bits = json_object_get(value, "bits"), *with = json_object_get(value, "mask");
	int rc = 0;
	if (!json_is_object(value) || json_object_get(value, "min") != NULL || json_object_get(value, "max") != NULL) {
		is = value;
	} else {
		if (json_only_keys(value, keys, place, e) < 0)
			return e->code;
		if ((in != NULL) + (is != NULL) + (bits != NULL) != 1 || (bits != NULL && with != NULL) ||
		    (in != NULL && !json_is_array(in)))
			return error_set(e, ERR_INPUT,
					 "%s: expected a value, {\"in\": […]}, {\"mask\": …, \"is\": …} or "
					 "{\"bits\": …}",
					 place);
		if (with != NULL && (rc = parse_value(with, w, place, &mask, e)) < 0)
			return rc;
		if (bits != NULL && (rc = parse_value(bits, w, place, &mask, e)) < 0)
			return rc;
	}
	struct range none = {0, 0};
	if (bits != NULL) {
		mask = ~mask & width_mask(w);
		if (!vec_push(&ranges, none))
			rc = error_memory(e);
	}
	size_t n = in != NULL ? json_array_size(in) : is != NULL ? 1 : 0;
	if (in != NULL && n == 0)
		rc = error_set(e, ERR_INPUT, "%s.in: an empty list can never hold", place);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct range r;
		char where[PLACE + 140];
		snprintf(where, sizeof(where), in != NULL ? "%s.in[%zu]" : "%s", place, i);
		rc = parse_range(in != NULL ? json_array_get(in, i) : is, w, where, &r, e);
		if (rc == 0 && (r.lo > mask || (r.lo == r.hi && (r.lo & ~mask) != 0)))
			rc = error_set(e, ERR_INPUT, "%s: the value has bits outside the mask; it can never hold", where);
		if (rc == 0 && !vec_push(&ranges, r))
			rc = error_memory(e);
	}
	if (rc == 0)
		rc = alternative_add_test(a, w->call, w->arch, w->arg, mask, ranges.items, ranges.count, e);
	vec_free(&ranges);
	return rc;
}

/* Parses the tests of one argument: one test, or a list of tests that must all hold. */
static int parse_argument(const json_t *test, const struct where *w, const char *place, struct alternative *a,
			  struct error *e)
{
	if (!json_is_array(test))
		return parse_test(test, w, place, a, e);
	int rc = json_array_size(test) == 0 ? error_set(e, ERR_INPUT, "%s: an empty list of tests", place) : 0;
	for (size_t i = 0; rc == 0 && i < json_array_size(test); i++) {
		char where[PLACE + 100];
		snprintf(where, sizeof(where), "%s[%zu]", place, i);
		rc = parse_test(json_array_get(test, i), w, where, a, e);
	}
	return rc;
}

/* Parses arguments that select the meaning of others first (abi_select), whatever their order in
 * the text. */
static int parse_alternative(const json_t *value, const struct syscall_desc *call, enum arch arch, const char *place,
			     struct rule *rule, struct error *e)
{
	if (!json_is_object(value) || json_object_size(value) == 0)
		return error_set(e, ERR_INPUT, "%s: expected an object of argument tests; leave out \"any\" to allow always",
				 place);
	struct alternative a = {0};
	uint8_t selectors = syscall_selectors(call);
	int rc = 0;
	for (int pass = 0; pass < 2; pass++) {
		const char *name;
		json_t *test;
		struct syscall_desc room;
		const struct syscall_desc *now = alternative_call(&a, call, arch, &room);
		json_object_foreach((json_t *)value, name, test)
		{
			char where[PLACE + 80];
			snprintf(where, sizeof(where), "%s.%.60s", place, name);
			int arg = syscall_arg_by_name(call, name);
			if (rc < 0 || (arg >= 0 && (selectors >> arg & 1) != (pass == 0)))
				continue;
			if (arg < 0)
				rc = error_set(e, ERR_INPUT,
					       "%s: the call has no such argument; see its man page, or use arg0 … arg5",
					       where);
			else if (call != NULL && arg_is_address(&call->args[arg]) && call->args[arg].name != NULL)
				rc = error_set(e, ERR_INPUT, "%s: is an address; addresses cannot be compared", where);
			struct where w = {now, arch, (unsigned)arg};
			if (rc == 0)
				rc = parse_argument(test, &w, where, &a, e);
		}
	}
	if (rc == 0 && !vec_push(&rule->any, a))
		rc = error_memory(e);
	if (rc < 0)
		alternative_clear(&a);
	return rc;
}

static int parse_archs(const json_t *list, const char *place, arch_set *set, struct error *e)
{
	if (!json_is_array(list) || json_array_size(list) == 0)
		return error_set(e, ERR_INPUT, "%s%sarch: expected a list of architectures", place, json_join(place));
	*set = 0;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));
		int arch = name != NULL ? arch_by_name(name) : -1;
		if (arch < 0)
			return error_set(e, ERR_INPUT, "%s%sarch[%zu]: \"%.40s\" is no architecture (x86_64, i386, aarch64)",
					 place, json_join(place), i, name != NULL ? name : "");
		*set |= ARCH_BIT(arch);
	}
	return 0;
}

static int parse_action(const json_t *object, const char *key, const char *place, struct action *a, struct error *e)
{
	struct error inner = {0};
	const json_t *value = json_object_get(object, key);
	if (value == NULL)
		return 0;
	if (!json_is_string(value))
		return error_set(e, ERR_INPUT, "%s%s%s: expected the name of an action", place, json_join(place), key);
	int rc = action_parse(json_string_value(value), a, &inner);
	return rc < 0 ? error_set(e, rc, "%s%s%s: %.300s", place, json_join(place), key, inner.text) : 0;
}

/* Adds the rule; with alternatives, once for each architecture. */
static int add_rules(const json_t *value, const char *place, const char *syscall, arch_set archs, struct action action,
		     struct policy *p, struct error *e)
{
	const json_t *any = json_object_get(value, "any");
	const char *why = json_string_value(json_object_get(value, "why"));
	if (any == NULL)
		return policy_add_rule(p, syscall, archs, action, why) == NULL ? error_memory(e) : 0;
	if (!json_is_array(any) || json_array_size(any) == 0)
		return error_set(e, ERR_INPUT, "%s.any: expected a list of alternatives; an empty one would never hold",
				 place);
	for (int arch = 0; arch < ARCH_COUNT; arch++) {
		if ((archs & ARCH_BIT(arch)) == 0)
			continue;
		struct rule *rule = policy_add_rule(p, syscall, ARCH_BIT(arch), action, why);
		if (rule == NULL)
			return error_memory(e);
		for (size_t i = 0; i < json_array_size(any); i++) {
			char where[PLACE];
			snprintf(where, sizeof(where), "%.280s.any[%zu]", place, i);
			int rc = parse_alternative(json_array_get(any, i), abi_call((enum arch)arch, syscall),
						   (enum arch)arch, where, rule, e);
			if (rc < 0)
				return rc;
		}
	}
	return 0;
}

static int parse_rule(const json_t *value, const char *place, struct policy *p, struct error *e)
{
	static const char *const keys[] = {"syscall", "arch", "any", "action", "why", NULL};
	if (!json_is_object(value))
		return error_set(e, ERR_INPUT, "%s: expected an object", place);
	const json_t *name = json_member(value, "syscall", JSON_STRING, place, e);
	if (name == NULL || json_only_keys(value, keys, place, e) < 0)
		return e->code;
	const char *syscall = json_string_value(name);
	const json_t *why = json_object_get(value, "why"), *list = json_object_get(value, "arch");
	if (why != NULL && !json_is_string(why))
		return error_set(e, ERR_INPUT, "%s.why: expected a string", place);
	arch_set archs = where_known(p, syscall), only = ARCH_ALL;
	if (archs == 0) {
		struct error inner = {0};
		uint32_t nr;
		int rc = 1;
		for (int arch = 0; arch < ARCH_COUNT; arch++)
			if (rc >= 0 && (p->archs & ARCH_BIT(arch)) != 0)
				rc = abi_number((enum arch)arch, syscall, &nr, &inner);
		return error_set(e, ERR_INPUT, "%s.syscall: %.200s", place,
				 rc < 0 ? inner.text : "exists on none of the policy's architectures");
	}
	if (list != NULL) {
		int rc = parse_archs(list, place, &only, e);
		if (rc < 0)
			return rc;
		if ((only & (arch_set)~archs) != 0)
			return error_set(e, ERR_INPUT,
					 "%s.arch: names an architecture that the policy does not, or that has no %s", place,
					 syscall);
	}
	struct action action = {ACTION_ALLOW, 0};
	int rc = parse_action(value, "action", place, &action, e);
	return rc < 0 ? rc : add_rules(value, place, syscall, archs & only, action, p, e);
}

static int parse_policy(const json_t *root, const char *name, struct policy *p, struct error *e)
{
	static const char *const keys[] = {"format", "version", "arch", "phase", "default", "newer", "rules", NULL};
	int rc = json_only_keys(root, keys, name, e);
	if (rc == 0)
		rc = parse_archs(json_object_get(root, "arch"), name, &p->archs, e);
	for (size_t i = 0; rc == 0 && i < 2; i++)
		if (json_member(root, i == 0 ? "default" : "newer", JSON_STRING, name, e) == NULL)
			rc = e->code;
	if (rc == 0)
		rc = parse_action(root, "default", name, &p->default_action, e);
	if (rc == 0)
		rc = parse_action(root, "newer", name, &p->newer, e);
	const json_t *phase = json_object_get(root, "phase");
	if (rc == 0 && phase != NULL) {
		if (!json_is_string(phase))
			return error_set(e, ERR_INPUT, "%s: phase: expected a string", name);
		p->phase = strdup(json_string_value(phase));
		if (p->phase == NULL)
			return error_memory(e);
	}
	const json_t *rules = rc == 0 ? json_member(root, "rules", JSON_ARRAY, name, e) : NULL;
	if (rules == NULL)
		return e->code;
	for (size_t i = 0; rc == 0 && i < json_array_size(rules); i++) {
		char place[PLACE];
		snprintf(place, sizeof(place), "%.240s: rules[%zu]", name, i);
		rc = parse_rule(json_array_get(rules, i), place, p, e);
	}
	if (rc == 0 && (rc = policy_finish(p, e)) < 0)
		error_prefix(e, "%s: ", name);
	return rc;
}

struct policy *policy_parse(const char *bytes, size_t n, const char *name, struct error *e)
{
	json_t *root = json_open(bytes, n, name, "pinhole-policy", e);
	if (root == NULL)
		return NULL;
	struct policy *p = policy_new();
	int rc = p == NULL ? error_memory(e) : parse_policy(root, name, p, e);
	json_decref(root);
	if (rc == 0)
		return p;
	json_locate(bytes, n, name, e);
	policy_free(p);
	return NULL;
}

struct policy *policy_read(const char *path, struct error *e)
{
	char *bytes;
	size_t n;
	if (file_read_existing(path, POLICY_SIZE_LIMIT, &bytes, &n, e) < 0)
		return NULL;
	struct policy *p = policy_parse(bytes, n, path, e);
	free(bytes);
	return p;
}

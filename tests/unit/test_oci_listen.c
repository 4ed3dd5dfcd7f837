/* The OCI profile that sends a container to its recorder: read as a runtime reads it, by a reader of its own, it lets through what is
 * known and notifies for all else. SPDX-License-Identifier: MIT */
#include "profile_helper.h"

#include <jansson.h>

#include "policies/abi/unnoticed.h"

enum { PROFILES = 120, CALLS = 200, SOME = 40, MOST_FACTS = 16, US = 4711 };

/* jansson has whole numbers of 63 bits; longer ones come as strings. */
static uint64_t number_of(const json_t *test, const char *key)
{
	const json_t *value = json_object_get(test, key);
	return json_is_string(value) ? strtoull(json_string_value(value), NULL, 10) : (uint64_t)json_integer_value(value);
}

/* Returns a copy in which numbers of 19 digits and more are strings. No text in our profiles has so many digits. */
static char *long_numbers_quoted(const char *json)
{
	struct text out = {0};
	for (const char *c = json; *c != '\0';) {
		size_t digits = strspn(c, "0123456789");
		if (digits >= 19)
			text_add(&out, "\"%.*s\"", (int)digits, c);
		else
			text_add_bytes(&out, c, digits > 0 ? digits : 1);
		c += digits > 0 ? digits : 1;
	}
	char *copy = strdup(text_string(&out));
	text_free(&out);
	return copy;
}

static bool compares(const json_t *test, const uint64_t *args)
{
	const char *op = json_string_value(json_object_get(test, "op"));
	uint64_t arg = args[json_integer_value(json_object_get(test, "index"))];
	uint64_t value = number_of(test, "value"), two = number_of(test, "valueTwo");
	assert_non_null(op);
	if (strcmp(op, "SCMP_CMP_EQ") == 0)
		return arg == value;
	if (strcmp(op, "SCMP_CMP_NE") == 0)
		return arg != value;
	if (strcmp(op, "SCMP_CMP_LE") == 0)
		return arg <= value;
	if (strcmp(op, "SCMP_CMP_GE") == 0)
		return arg >= value;
	if (strcmp(op, "SCMP_CMP_LT") == 0)
		return arg < value;
	if (strcmp(op, "SCMP_CMP_GT") == 0)
		return arg > value;
	assert_string_equal(op, "SCMP_CMP_MASKED_EQ");
	return (arg & value) == two;
}

/* Whether an entry holds: all its tests do. runc takes several tests of one argument for alternatives, and none may be in our
 * profiles. */
static bool holds(const json_t *entry, const uint64_t *args, bool runc)
{
	const json_t *tests = json_object_get(entry, "args");
	unsigned tested = 0;
	bool all = true;
	for (size_t i = 0; i < json_array_size(tests); i++) {
		const json_t *test = json_array_get(tests, i);
		unsigned bit = 1u << json_integer_value(json_object_get(test, "index"));
		if (runc)
			assert_false(tested & bit);
		tested |= bit;
		all &= compares(test, args);
	}
	return all;
}

static bool is_named(const json_t *entry, const char *name)
{
	const json_t *names = json_object_get(entry, "names");
	for (size_t i = 0; i < json_array_size(names); i++)
		if (strcmp(json_string_value(json_array_get(names, i)), name) == 0)
			return true;
	return false;
}

/* Returns whether the call notifies: by its entries, or by the default. Entries that hold never contradict each other. */
static bool notifies(const json_t *root, const char *name, const uint64_t *args, bool runc)
{
	const json_t *entries = json_object_get(root, "syscalls");
	bool allowed = false, noticed = false;
	for (size_t i = 0; i < json_array_size(entries); i++) {
		const json_t *entry = json_array_get(entries, i);
		if (!is_named(entry, name) || !holds(entry, args, runc))
			continue;
		bool allow = strcmp(json_string_value(json_object_get(entry, "action")), "SCMP_ACT_ALLOW") == 0;
		allowed |= allow;
		noticed |= !allow;
	}
	if (allowed && noticed)
		fail_msg("%s: allowed and notified", name);
	if (runc && !allowed && !noticed)
		fail_msg("%s: gets the default", name);
	return !allowed;
}

static struct text emitted(const struct policy *known, size_t n, bool runc, const char *socket, const char *name)
{
	struct listening_profile in = {known, n, (arch_set)(known->archs | ARCH_BIT(ARCH_X86_64)), socket, name, runc};
	struct text out = {0};
	struct emit_notes notes = {0};
	struct error e = {0};
	if (emit_listening(&in, &out, &notes, &e) != 0)
		fail_msg("%s", e.text);
	text_free(&notes.text);
	return out;
}

static json_t *loaded(const struct text *t)
{
	json_error_t wrong;
	char *text = long_numbers_quoted(t->bytes);
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &wrong);
	free(text);
	if (root == NULL)
		fail_msg("line %d: %s", wrong.line, wrong.text);
	return root;
}

static struct policy *known_of(const struct profile *p)
{
	struct error e = {0};
	const struct fact **facts = calloc(profile_fact_count(p) + 1, sizeof(*facts));
	for (size_t i = 0; i < profile_fact_count(p); i++)
		facts[i] = profile_fact(p, i);
	struct policy *known = infer_watch(facts, profile_fact_count(p), MOST_FACTS, US, &e);
	free(facts);
	assert_non_null(known);
	return known;
}

/* A call of which runc cannot notify passes unseen. */
static bool is_unnoticed(const char *name, const uint64_t *args)
{
	size_t n;
	const struct unnoticed_call *u = runc_unnoticed_find(name, &n);
	for (size_t i = 0; i < n; i++)
		if (u[i].arg < 0 || (args[u[i].arg] >= u[i].least && args[u[i].arg] <= u[i].most))
			return true;
	return false;
}

struct counts {
	size_t passed, noticed;
};

static void ask_one(const struct policy *known, const json_t *root, const struct seccomp_data *d, bool runc, struct counts *c)
{
	const struct syscall_desc *call = abi_by_nr(ARCH_X86_64, (uint32_t)d->nr);
	uint64_t args[6];
	memcpy(args, d->args, sizeof(args));
	bool passes = policy_evaluate(known, d).kind == ACTION_ALLOW, sent = notifies(root, call->name, args, runc);
	bool excused = runc && is_unnoticed(call->name, args);
	if (sent && excused)
		fail_msg("%s: runc would wait for ever", call->name);
	if (!passes && !sent && !excused)
		fail_msg("%s(%#llx, %#llx, %#llx): is not known, and passes", call->name, d->args[0], d->args[1], d->args[2]);
	c->passed += !sent;
	c->noticed += sent;
}

/* Whether every fact whose registers hold no more than its values passes; what the format cannot say notifies. */
static size_t sent_facts(const struct profile *p, const struct policy *known, const json_t *root, bool runc)
{
	size_t sent = 0;
	for (size_t i = 0; i < profile_fact_count(p); i++) {
		struct seccomp_data d = call_of(profile_fact(p, i));
		const struct syscall_desc *call = abi_by_nr(ARCH_X86_64, (uint32_t)d.nr);
		uint64_t args[6];
		memcpy(args, d.args, sizeof(args));
		sent += policy_evaluate(known, &d).kind == ACTION_ALLOW && notifies(root, call->name, args, runc);
	}
	return sent;
}

static void known_passes(void **state)
{
	(void)state;
	struct counts counts[2] = {{0}};
	size_t sent[2] = {0}, facts = 0;
	for (unsigned i = 0; i < PROFILES; i++) {
		struct profile *p = new_profile();
		for (unsigned k = 0; k < 1 + i % SOME; k++)
			see_any(p, 1);
		struct policy *known = known_of(p);
		facts += profile_fact_count(p);
		for (int runc = 0; runc < 2; runc++) {
			struct text t = emitted(known, profile_fact_count(p), runc, "/run/s", NULL);
			json_t *root = loaded(&t);
			sent[runc] += sent_facts(p, known, root, runc);
			for (unsigned k = 0; k < CALLS; k++) {
				struct seccomp_data d = near_fact(p);
				if (abi_by_nr(ARCH_X86_64, (uint32_t)d.nr) != NULL && d.arch == arch_audit(ARCH_X86_64))
					ask_one(known, root, &d, runc, &counts[runc]);
			}
			json_decref(root);
			text_free(&t);
		}
		policy_free(known);
		profile_free(p);
	}
	for (int runc = 0; runc < 2; runc++) {
		assert_true(counts[runc].passed > 100 && counts[runc].noticed > 100);
		assert_true(sent[runc] < facts);
	}
	assert_int_equal(sent[0], 0); /* crun can say all of it */
}

/* One profile with nothing known: crun has no entry; runc has each call, write among the allowed, and no default that notifies. */
static void nothing_known(void **state)
{
	(void)state;
	struct profile *p = new_profile();
	struct policy *known = known_of(p);
	const uint64_t none[6] = {0};
	for (int runc = 0; runc < 2; runc++) {
		struct text t = emitted(known, 0, runc, "/run/s", NULL);
		json_t *root = loaded(&t);
		const char *standard = json_string_value(json_object_get(root, "defaultAction"));
		assert_string_equal(standard, runc ? "SCMP_ACT_ERRNO" : "SCMP_ACT_NOTIFY");
		size_t entries = json_array_size(json_object_get(root, "syscalls"));
		assert_true(runc ? entries >= abi_syscall_count / 2 : entries == 0);
		for (size_t i = 0; runc && i < abi_syscall_count; i++)
			if (abi_syscalls[i].nr[ARCH_X86_64] >= 0)
				assert_int_equal(notifies(root, abi_syscalls[i].name, none, true), !is_unnoticed(abi_syscalls[i].name, none));
		json_decref(root);
		text_free(&t);
	}
	policy_free(known);
	profile_free(p);
}

/* Whatever the socket and the name hold, they come back as they were. */
static void odd_names(void **state)
{
	(void)state;
	static const char *const odd[] = {"/run/a\"b", "/run/a\\b", "/run/\033[31m", "/run/\n", "/run/ä", "/run/a b", "/run/\x7f", "/"};
	struct profile *p = new_profile();
	struct policy *known = known_of(p);
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		for (int runc = 0; runc < 2; runc++) {
			struct text t = emitted(known, 17, runc, odd[i], odd[i]), metadata = {0};
			json_t *root = loaded(&t);
			text_add(&metadata, "%s known=17%s", odd[i], runc ? " unseen=runc" : "");
			assert_string_equal(json_string_value(json_object_get(root, "listenerPath")), odd[i]);
			assert_string_equal(json_string_value(json_object_get(root, "listenerMetadata")), text_string(&metadata));
			text_free(&metadata);
			json_decref(root);
			text_free(&t);
		}
	struct listening_profile in = {known, 0, ARCH_BIT(ARCH_X86_64), "/run/\xff", NULL, true};
	struct text out = {0};
	struct emit_notes notes = {0};
	struct error e = {0};
	assert_int_equal(emit_listening(&in, &out, &notes, &e), ERR_INPUT); /* JSON has no such text */
	in.socket = "/run/s";
	in.name = "\xc3";
	e = (struct error){0};
	assert_int_equal(emit_listening(&in, &out, &notes, &e), ERR_INPUT);
	assert_int_equal(out.count, 0);
	policy_free(known);
	profile_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(known_passes),
	    cmocka_unit_test(nothing_known),
	    cmocka_unit_test(odd_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

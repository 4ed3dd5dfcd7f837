/* Settings of systemd services → policies. SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policies/abi/groups.h"
#include "policies/import/policy_builder.h"
#include "policies/policy/systemd_sandbox.h"

/* How a call is filtered; -1: not at all. As in systemd (load-fragment.c,
 * config_parse_syscall_filter), the first SystemCallFilter= decides whether the list has the
 * allowed calls or the denied ones; later settings add to it or remove from it. */
struct listed {
	bool in;
	bool answered; /* answered by the following fields, if the list has the allowed calls */
	int number;    /* the errno after a colon; -1: none */
	bool kill;     /* ":kill" */
};

enum list_kind { LIST_NONE, LIST_ALLOWS, LIST_DENIES };

struct unit {
	struct foreign foreign;
	struct listed *calls; /* by abi_syscalls */
	bool *logged;
	enum list_kind kind, log_kind;
	int errno_number; /* SystemCallErrorNumber=; -1: kill */
	arch_set archs;
	bool archs_named, x32;
	bool families_said, families_only; /* RestrictAddressFamilies=: only those, or all others */
	bool families_none;		   /* the last value was "none" */
	bool family[FAMILIES];
	bool namespaces_said;
	uint64_t namespaces;
	bool *directives; /* by `directives` */
	bool dynamic_user; /* implies RestrictSUIDSGID= */
	bool groups;	   /* a list names a group of calls */
	bool is_service;   /* inside a section that may contain such settings */
	size_t settings;
	unsigned line;
	enum arch native;
};

static int wrong(const struct unit *u, struct error *e, const char *key, const char *word, const char *what)
{
	return error_set(e, ERR_INPUT, "%s: line %u: %s=: \"%.60s\": %s", u->foreign.name, u->line, key, word, what);
}

static void warn(struct unit *u, const char *key, const char *word, const char *what)
{
	foreign_warn(&u->foreign, "line %u: %s=: %.60s: %s", u->line, key, word, what);
}

/* Parses a boolean of systemd: 1, 0, or -1 for other text. */
static int boolean(const char *s)
{
	static const char *const yes[] = {"1", "yes", "y", "true", "t", "on"}, *const no[] = {"0", "no", "n", "false", "f", "off"};
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		if (strcasecmp(s, yes[i]) == 0 || strcasecmp(s, no[i]) == 0)
			return strcasecmp(s, yes[i]) == 0;
	return -1;
}

/* Returns the next word of a value, NUL-terminated in place; NULL: no more. If systemd reads the
 * setting so, quotes around a word are not part of it. */
static char *next_word(char **rest, bool quotes)
{
	char *s = *rest + strspn(*rest, " \t");
	if (*s == '\0')
		return NULL;
	char quote = quotes && (*s == '"' || *s == '\'') ? *s : '\0';
	char *word = quote != '\0' ? s + 1 : s, *end = word;
	while (*end != '\0' && (quote != '\0' ? *end != quote : *end != ' ' && *end != '\t'))
		end++;
	*rest = *end != '\0' ? end + 1 : end;
	*end = '\0';
	return word;
}

static int parse_errno(const char *s)
{
	char *end;
	int named = errno_by_name(s);
	long number = isdigit((unsigned char)*s) ? strtol(s, &end, 10) : -1;
	return named >= 0 ? named : number >= 0 && number <= 4095 && *end == '\0' ? (int)number : -1;
}

/* SystemCallFilter=, SystemCallLog=. ------------------------------------------------------------------------------ */

/* One word of a list: a call or a group. `put`: add to the list; otherwise remove. */
static void set_calls(struct unit *u, struct listed *calls, const char *word, bool put, int number, bool kill, const char *key)
{
	bool found = false;
	u->groups |= word[0] == '@';
	for (size_t i = 0; i < abi_syscall_count; i++) {
		const char *name = abi_syscalls[i].name;
		if (word[0] == '@' ? strcmp(word, "@known") != 0 && !abi_in_group(name, word) : strcmp(name, word) != 0)
			continue;
		calls[i] = (struct listed){put, number >= 0 || kill, number, kill};
		found = true;
	}
	if (!found)
		warn(u, key, word,
		     word[0] == '@' ? "not a group that this pinhole knows; ignored"
				    : "not a call that this pinhole knows; ignored");
}

static int parse_list(struct unit *u, const char *key, char *value, struct listed *calls, enum list_kind *kind,
		      struct error *e)
{
	bool inverted = *value == '~';
	value += inverted;
	if (*kind == LIST_NONE) {
		*kind = inverted ? LIST_DENIES : LIST_ALLOWS;
		/* "implicitly allow-listed" (systemd.exec(5)). */
		if (!inverted)
			set_calls(u, calls, "@default", true, -1, false, key);
	}
	for (char *word; (word = next_word(&value, false)) != NULL;) {
		char *colon = strchr(word, ':');
		int number = -1;
		bool kill = false;
		if (colon != NULL) {
			*colon = '\0';
			kill = strcmp(colon + 1, "kill") == 0;
			number = kill ? -1 : parse_errno(colon + 1);
			if (!kill && number < 0)
				return wrong(u, e, key, colon + 1, "expected an errno, or kill");
			if (!inverted) {
				warn(u, key, word, "has an errno although it is allowed; ignored, as in systemd");
				continue;
			}
		}
		set_calls(u, calls, word, (*kind == LIST_ALLOWS) == !inverted, number, kill, key);
	}
	return 0;
}

static int parse_filter(struct unit *u, const char *key, char *value, struct error *e)
{
	if (*value != '\0')
		return parse_list(u, key, value, u->calls, &u->kind, e);
	memset(u->calls, 0, abi_syscall_count * sizeof(*u->calls));
	u->kind = LIST_NONE;
	return 0;
}

static int parse_log(struct unit *u, const char *key, char *value, struct error *e)
{
	struct listed *calls = calloc(abi_syscall_count, sizeof(*calls));
	if (calls == NULL)
		return error_memory(e);
	enum list_kind kind = u->log_kind == LIST_NONE ? (*value == '~' ? LIST_DENIES : LIST_ALLOWS) : u->log_kind;
	for (size_t i = 0; i < abi_syscall_count; i++)
		calls[i].in = u->logged[i];
	int rc = *value == '\0' ? 0 : parse_list(u, key, value, calls, &kind, e);
	for (size_t i = 0; i < abi_syscall_count && rc == 0; i++)
		u->logged[i] = *value != '\0' && calls[i].in;
	u->log_kind = *value == '\0' ? LIST_NONE : kind;
	free(calls);
	return rc;
}

static int parse_error_number(struct unit *u, const char *key, char *value, struct error *e)
{
	u->errno_number = -1;
	if (*value == '\0' || strcmp(value, "kill") == 0)
		return 0;
	u->errno_number = parse_errno(value);
	return u->errno_number <= 0 ? wrong(u, e, key, value, "expected an errno") : 0;
}

static int parse_archs(struct unit *u, const char *key, char *value, struct error *e)
{
	const struct {
		const char *name;
		int arch;
	} names[] = {{"native", (int)u->native}, {"x86-64", ARCH_X86_64}, {"x86", ARCH_I386}, {"arm64", ARCH_AARCH64}};
	(void)e;
	u->archs_named = *value != '\0';
	if (*value == '\0')
		u->archs = u->x32 = 0;
	for (char *word; (word = next_word(&value, true)) != NULL;) {
		size_t i = 0;
		while (i < 4 && strcmp(names[i].name, word) != 0)
			i++;
		u->x32 |= strcmp(word, "x32") == 0;
		if (i < 4)
			u->archs |= ARCH_BIT(names[i].arch);
		else
			warn(u, key, word, "not an architecture that this pinhole knows; denied");
	}
	return 0;
}

/* Directives. ---------------------------------------------------------------------------------------------------- */

static int parse_families(struct unit *u, const char *key, char *value, struct error *e)
{
	const struct syscall_desc *socket = abi_by_name("socket");
	bool inverted = *value == '~';
	if (*value == '\0' || strcmp(value, "none") == 0) {
		memset(u->family, 0, sizeof(u->family));
		u->families_said = u->families_none = *value != '\0';
		u->families_only = true;
		return 0;
	}
	value += inverted;
	/* "none" is not a list: the next value begins one. */
	if (!u->families_said || u->families_none)
		u->families_only = !inverted;
	u->families_said = true;
	u->families_none = false;
	for (char *word; (word = next_word(&value, true)) != NULL;) {
		uint64_t family = 0;
		struct error inner = {0};
		if (strncmp(word, "AF_", 3) != 0 || abi_value_parse(socket, ARCH_NATIVE, 0, word, &family, &inner) < 0 ||
		    family == 0 || family >= FAMILIES)
			return wrong(u, e, key, word, "not an address family");
		u->family[family] = u->families_only == !inverted;
	}
	return 0;
}

/* The time namespace has a name too, but it is not part of "all" (nsflags.h,
 * NAMESPACE_FLAGS_ALL). */
static const struct namespace_name time_namespace = {"time", 0x80};

static uint64_t all_namespaces(void)
{
	uint64_t all = 0;
	for (const struct namespace_name *n = namespace_names; n->name != NULL; n++)
		all |= n->flag;
	return all;
}

/* As in systemd (config_parse_restrict_namespaces), "no" sets a value too: later lines extend it to
 * a list. */
static int parse_namespaces(struct unit *u, const char *key, char *value, struct error *e)
{
	bool inverted = *value == '~';
	uint64_t these = 0;
	int yes = boolean(value);
	if (*value == '\0' || yes >= 0) {
		u->namespaces_said = yes >= 0;
		u->namespaces = yes == 0 ? all_namespaces() : 0;
		return 0;
	}
	value += inverted;
	for (char *word; (word = next_word(&value, false)) != NULL;) {
		const struct namespace_name *n = namespace_names;
		while (n->name != NULL && strcmp(n->name, word) != 0)
			n++;
		if (n->name == NULL && strcmp(word, time_namespace.name) == 0)
			n = &time_namespace;
		if (n->name == NULL)
			return wrong(u, e, key, word, "not a namespace (cgroup, ipc, net, mnt, pid, user, uts, time)");
		these |= n->flag;
	}
	if (inverted)
		u->namespaces = (u->namespaces_said ? u->namespaces : all_namespaces()) & ~these;
	else
		u->namespaces = (u->namespaces_said ? u->namespaces : 0) | these;
	u->namespaces_said = true;
	return 0;
}

static int parse_directive(struct unit *u, size_t i, const char *key, const char *value, struct error *e)
{
	int yes = *value == '\0' ? 0 : boolean(value);
	if (yes < 0)
		return wrong(u, e, key, value, "expected yes or no");
	u->directives[i] = yes;
	return 0;
}

/* Lines. --------------------------------------------------------------------------------------------------------- */

static int parse_setting(struct unit *u, char *key, char *value, struct error *e)
{
	static const struct {
		const char *key;
		int (*parse)(struct unit *u, const char *key, char *value, struct error *e);
	} settings[] = {{"SystemCallFilter", parse_filter},
			{"SystemCallLog", parse_log},
			{"SystemCallErrorNumber", parse_error_number},
			{"SystemCallArchitectures", parse_archs},
			{"RestrictAddressFamilies", parse_families},
			{"RestrictNamespaces", parse_namespaces}};
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (strcmp(settings[i].key, key) == 0) {
			u->settings++;
			return settings[i].parse(u, key, value, e);
		}
	for (size_t i = 0; directives[i].name != NULL; i++)
		if (strcmp(directives[i].name, key) == 0) {
			u->settings++;
			return parse_directive(u, i, key, value, e);
		}
	if (strcmp(key, "DynamicUser") == 0)
		u->dynamic_user = boolean(value) == 1;
	return 0;
}

static char *trimmed(char *s)
{
	s += strspn(s, " \t\r");
	for (size_t n = strlen(s); n > 0 && strchr(" \t\r", s[n - 1]) != NULL; n--)
		s[n - 1] = '\0';
	return s;
}

/* Reads one line with its continuations. A file without sections is read as a [Service] section. */
static int parse_line(struct unit *u, char *line, struct error *e)
{
	char *s = trimmed(line), *equals = strchr(s, '=');
	if (*s == '\0' || *s == '#' || *s == ';')
		return 0;
	if (*s == '[') {
		static const char *const sections[] = {"[Service]", "[Socket]", "[Mount]", "[Swap]"};
		u->is_service = false;
		for (size_t i = 0; i < 4; i++)
			u->is_service |= strcmp(s, sections[i]) == 0;
		return 0;
	}
	if (!u->is_service)
		return 0;
	if (equals == NULL)
		return error_set(e, ERR_INPUT, "%s: line %u: expected NAME=VALUE", u->foreign.name, u->line);
	*equals = '\0';
	return parse_setting(u, trimmed(s), trimmed(equals + 1), e);
}

/* A line with a backslash at its end continues on the next line, joined by a blank; comments
 * between are skipped (systemd.syntax(7)). */
static int parse_lines(struct unit *u, char *bytes, struct error *e)
{
	struct text joined = {0};
	int rc = 0;
	unsigned first = 1, here = 0;
	if (strncmp(bytes, "\xef\xbb\xbf", 3) == 0) /* a byte order mark */
		bytes += 3;
	for (char *s = bytes, *end; s != NULL && rc == 0; s = end) {
		end = strchr(s, '\n');
		if (end != NULL)
			*end++ = '\0';
		here++;
		size_t n = strlen(s), blanks = strspn(s, " \t");
		if (joined.count > 0 && (s[blanks] == '#' || s[blanks] == ';'))
			continue;
		if (joined.count == 0)
			first = here;
		size_t backslashes = 0;
		while (backslashes < n && s[n - 1 - backslashes] == '\\')
			backslashes++;
		bool more = backslashes % 2 == 1 && s[blanks] != '#' && s[blanks] != ';';
		text_add_bytes(&joined, s, more ? n - 1 : n);
		if (more) {
			text_add(&joined, " ");
			continue;
		}
		u->line = first;
		if (joined.failed)
			rc = error_memory(e);
		else if (joined.count > 0)
			rc = parse_line(u, joined.bytes, e);
		text_free(&joined);
	}
	if (rc == 0 && joined.count > 0)
		rc = parse_line(u, joined.bytes, e);
	text_free(&joined);
	return rc;
}

/* → policy. ------------------------------------------------------------------------------------------------------ */

static struct action answer_of(const struct unit *u, const struct listed *l)
{
	int number = l->number >= 0 ? l->number : l->kill ? -1 : u->errno_number;
	if (number < 0)
		return (struct action){.kind = ACTION_KILL};
	return (struct action){.kind = ACTION_ERRNO, .data = (uint16_t)number};
}

/* Returns the lists' answer to a call with any arguments. With two filters the kernel uses the
 * stricter answer. */
static struct action listed_answer(const struct unit *u, size_t i)
{
	const struct listed *l = &u->calls[i];
	bool logged = u->log_kind != LIST_NONE && u->logged[i] == (u->log_kind == LIST_ALLOWS);
	bool refused = u->kind == LIST_DENIES ? l->in : u->kind == LIST_ALLOWS && l->answered;
	if (refused || (u->kind == LIST_ALLOWS && !l->in))
		return refused ? answer_of(u, l) : u->foreign.policy->default_action;
	return (struct action){.kind = logged ? ACTION_LOG : ACTION_ALLOW};
}

static size_t position_of(const char *syscall)
{
	size_t i = 0;
	while (i < abi_syscall_count && strcmp(abi_syscalls[i].name, syscall) != 0)
		i++;
	return i;
}

/* i386 also makes some calls through socketcall(2) and ipc(2): libseccomp applies a rule for them
 * there too (arch-x86.c). Sub-calls that the list does not name get the list's own answer. */
static int add_behind(struct unit *u, size_t i, struct error *e)
{
	uint32_t number = 0;
	const char *front = abi_multiplexer(abi_syscalls[i].name, &number);
	struct foreign_alternatives one = {0};
	struct alternative a = {0};
	struct action answer = listed_answer(u, i);
	if (front == NULL || action_equal(answer, u->foreign.policy->default_action) ||
	    action_equal(answer, listed_answer(u, position_of(front))))
		return 0;
	int rc = alternative_add_test(&a, abi_call(ARCH_I386, front), ARCH_I386, 0, UINT64_MAX, &(struct range){number, number}, 1, e);
	if (rc == 0 && !vec_push(&one, a))
		rc = error_memory(e);
	if (rc < 0)
		alternative_clear(&a);
	if (rc == 0)
		rc = foreign_rule(&u->foreign, ARCH_I386, front, answer, &one, NULL, e);
	foreign_alternatives_clear(&one);
	return rc;
}

static int add_calls(struct unit *u, struct error *e)
{
	struct policy *p = u->foreign.policy;
	int rc = 0;
	for (size_t i = 0; i < abi_syscall_count && rc == 0 && (p->archs & ARCH_BIT(ARCH_I386)); i++)
		rc = add_behind(u, i, e);
	for (size_t i = 0; i < abi_syscall_count && rc == 0; i++)
		for (unsigned arch = 0; arch < ARCH_COUNT && rc == 0; arch++)
			if ((p->archs & ARCH_BIT(arch)) && abi_call((enum arch)arch, abi_syscalls[i].name) != NULL)
				rc = foreign_rule(&u->foreign, (enum arch)arch, abi_syscalls[i].name, listed_answer(u, i), NULL, NULL, e);
	return rc;
}

/* A call that a directive forbids gets the directive's errno, if the lists allow the call. */
static int forbid(struct unit *u, const struct deed *d, struct action answer, const char *why, struct error *e)
{
	int rc = 0;
	bool refused = !lets_through(listed_answer(u, position_of(d->syscall)));
	for (unsigned arch = 0; arch < ARCH_COUNT && rc == 0 && !refused; arch++) {
		struct foreign_alternatives one = {0};
		struct alternative a = {0};
		if (!deed_on(u->foreign.policy, d, (enum arch)arch))
			continue;
		rc = deed_add(&a, d, (enum arch)arch, e);
		bool always = a.tests.count == 0;
		if (rc == 0 && !vec_push(&one, a))
			rc = error_memory(e);
		if (rc < 0)
			alternative_clear(&a);
		if (rc == 0)
			rc = foreign_rule(&u->foreign, (enum arch)arch, d->syscall, answer, always ? NULL : &one, why, e);
		foreign_alternatives_clear(&one);
	}
	return rc;
}

static const struct action not_permitted = {.kind = ACTION_ERRNO, .data = EPERM}, no_call = {.kind = ACTION_ERRNO, .data = ENOSYS};

/* seccomp_restrict_address_families: with a list of allowed families, all other domains are denied.
 * i386's calls stay unfiltered. */
static int restrict_families(struct unit *u, struct error *e)
{
	const struct action no_family = {.kind = ACTION_ERRNO, .data = EAFNOSUPPORT};
	const arch_set archs = (arch_set)~ARCH_BIT(ARCH_I386);
	int rc = 0;
	for (uint32_t i = 0; i <= FAMILIES && rc == 0; i++) {
		struct deed d = {"socket", {{.mask = UINT64_MAX, .from = i, .to = i < FAMILIES ? i : UINT64_MAX, .tested = true, .archs = archs}}};
		if (i < FAMILIES ? u->family[i] != u->families_only : u->families_only)
			rc = forbid(u, &d, no_family, "RestrictAddressFamilies=", e);
	}
	return rc;
}

/* seccomp_restrict_namespaces. */
static int restrict_namespaces(struct unit *u, struct error *e)
{
	static const struct deed clone3 = {"clone3", {{0}}}, entering = {"setns", {{0}}};
	static const struct deed whichever = {"setns", {{.arg = 1, .mask = UINT64_MAX, .tested = true}}};
	const char *why = "RestrictNamespaces=";
	bool some = u->namespaces & all_namespaces();
	if ((u->namespaces & all_namespaces()) == all_namespaces())
		return 0;
	int rc = forbid(u, &clone3, no_call, why, e);
	if (rc == 0)
		rc = forbid(u, some ? &whichever : &entering, not_permitted, why, e);
	for (const struct namespace_name *n = namespace_names; rc == 0; n++) {
		const struct namespace_name *one = n->name != NULL ? n : &time_namespace;
		struct deed deeds[4];
		namespace_deeds(one->flag, deeds);
		for (size_t i = 0; i < 3 && rc == 0 && !(u->namespaces & one->flag); i++)
			rc = forbid(u, &deeds[i], not_permitted, why, e);
		if (n->name == NULL)
			break;
	}
	return rc;
}

static int restrict_calls(struct unit *u, struct error *e)
{
	int rc = u->families_said ? restrict_families(u, e) : 0;
	if (rc == 0 && u->namespaces_said)
		rc = restrict_namespaces(u, e);
	for (size_t i = 0; directives[i].name != NULL && rc == 0; i++)
		for (const struct deed *d = directives[i].deeds; d->syscall != NULL && rc == 0; d++)
			if (u->directives[i] || (u->dynamic_user && strcmp(directives[i].name, "RestrictSUIDSGID") == 0))
				rc = forbid(u, d, strcmp(d->syscall, "openat2") == 0 ? no_call : not_permitted, directives[i].name, e);
	return rc;
}

/* Warns about settings that are read differently than in systemd. */
static void warn_reading(struct unit *u)
{
	const struct policy *p = u->foreign.policy;
	if (u->kind == LIST_ALLOWS)
		foreign_warn(&u->foreign, "calls that systemd does not know: errno:ENOSYS, as in systemd 257; systemd "
					  "252 answers them like all other calls outside of the list");
	if (u->kind == LIST_ALLOWS || u->groups)
		foreign_warn(&u->foreign,
			     "groups%s contain the calls of systemd after 259; in older versions they have fewer (see "
			     "systemd-analyze syscall-filter)",
			     u->kind == LIST_ALLOWS ? ", and @default, which is always allowed," : "");
	if (lets_through(p->default_action) && u->native == ARCH_X86_64 && (!u->archs_named || u->x32))
		foreign_warn(&u->foreign, "x32 calls are %s; systemd treats them like calls of x86_64",
			     p->default_action.kind == ACTION_LOG ? "logged" : "denied");
	if (u->archs_named)
		foreign_warn_archs(&u->foreign, "systemd");
}

static int finish(struct unit *u, struct error *e)
{
	struct policy *p = u->foreign.policy;
	if (u->settings == 0)
		return error_set(
		    e, ERR_INPUT,
		    "%s: has no setting that filters calls, like SystemCallFilter=; name the unit's file or drop-in "
		    "that has one",
		    u->foreign.name);
	/* If no architecture is named, the filters apply to all architectures of this machine; the
	 * native one is always included. */
	p->archs = ARCH_BIT(u->native) | (u->native == ARCH_X86_64 ? ARCH_BIT(ARCH_I386) : 0);
	if (u->archs_named)
		p->archs = ARCH_BIT(u->native) | u->archs;
	p->default_action = (struct action){.kind = u->log_kind == LIST_DENIES ? ACTION_LOG : ACTION_ALLOW};
	if (u->kind == LIST_ALLOWS)
		p->default_action = answer_of(u, &(struct listed){.number = -1});
	p->newer = u->kind == LIST_ALLOWS ? no_call : p->default_action;
	int rc = restrict_calls(u, e);
	if (rc == 0)
		rc = add_calls(u, e);
	if (rc == 0)
		warn_reading(u);
	return rc == 0 ? foreign_finish(&u->foreign, e) : rc;
}

static int parse_file(struct unit *u, const struct import_file *file, struct error *e)
{
	char *copy = malloc(file->n + 1);
	if (copy == NULL)
		return error_memory(e);
	memcpy(copy, file->bytes, file->n);
	copy[file->n] = '\0';
	u->foreign.name = file->name;
	u->is_service = true;
	int rc = strlen(copy) < file->n ? error_set(e, ERR_INPUT, "%s: has a NUL byte: is not text", file->name)
					: parse_lines(u, copy, e);
	free(copy);
	return rc;
}

struct policy *policy_from_systemd(const struct import_file *files, size_t n, enum arch native, struct text *warnings,
				   struct error *e)
{
	struct unit u = {.foreign = {.policy = policy_new(), .warnings = warnings, .name = files[0].name}, .errno_number = -1, .native = native};
	size_t count = 0;
	while (directives[count].name != NULL)
		count++;
	u.calls = calloc(abi_syscall_count, sizeof(*u.calls));
	u.logged = calloc(abi_syscall_count, sizeof(*u.logged));
	u.directives = calloc(count, sizeof(*u.directives));
	int rc = 0;
	if (u.calls == NULL || u.logged == NULL || u.directives == NULL || u.foreign.policy == NULL)
		rc = error_memory(e);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = parse_file(&u, &files[i], e);
	if (rc == 0)
		rc = finish(&u, e);
	free(u.calls);
	free(u.logged);
	free(u.directives);
	return foreign_end(&u.foreign, rc, e);
}

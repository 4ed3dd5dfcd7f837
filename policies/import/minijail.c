/* Policy files of minijail → policies. Reads them as minijail0 -S does (syscall_filter.c), and the
 * additions of its Python compiler (tools/parser.py).
 * SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/base/file.h"
#include "policies/import/importers.h"
#include "policies/import/policy_builder.h"

enum {
	INCLUDES_MOST = 10, /* nested files: the compiler's limit */
	PARENTHESES_MOST = 50,
	ANSWERS_MOST = 1024, /* for one call */
};

struct atom {
	unsigned arg;
	enum foreign_op op;
	uint64_t mask, value;
};

/* Comparisons that must all hold. */
struct atoms {
	VEC(struct atom) all;
};

/* An answer: given if one of the clauses holds; without clauses, always. */
struct answer {
	VEC(struct atoms) any;
	struct action action;
	bool tested;
	bool returns; /* it is "TESTS; return ERRNO" */
};

/* Everything that the file says about one call, in its order. */
struct about {
	const char *syscall;
	unsigned line;
	VEC(struct answer) answers;
};

struct policy_file {
	const char *name;
	const char *at; /* the rest of the line */
	unsigned line;
	unsigned depth; /* of nested includes */
};

struct minijail {
	struct foreign foreign;
	struct policy_file *file;
	enum arch arch;
	foreign_read *read;
	bool compiler; /* it contains words that only the compiler knows */
	bool denies;   /* @denylist */
	bool returns;  /* "TESTS; return ERRNO" */
	bool again;    /* several lines for one call */
	struct action default_action;
	VEC(struct about) calls;
};

static int wrong(const struct minijail *m, struct error *e, const char *what)
{
	size_t n = strcspn(m->file->at, " \t");
	return error_set(e, ERR_INPUT, "%s: line %u: %s at \"%.*s\"", m->file->name, m->file->line, what, (int)(n < 40 ? n : 40),
			 m->file->at);
}

/* Words. ---------------------------------------------------------------------------------------------------------- */

static void skip_blanks(struct minijail *m)
{
	m->file->at += strspn(m->file->at, " \t\r\f\v");
	if (*m->file->at == '#')
		m->file->at += strlen(m->file->at);
}

static bool at_end(struct minijail *m)
{
	skip_blanks(m);
	return *m->file->at == '\0';
}

static bool is_name(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* Takes a sign or a word if it comes next. */
static bool take(struct minijail *m, const char *text)
{
	size_t n = strlen(text);
	skip_blanks(m);
	if (strncmp(m->file->at, text, n) != 0 || (is_name(text[n - 1]) && (is_name(m->file->at[n]) || m->file->at[n] == '-')))
		return false;
	m->file->at += n;
	return true;
}

/* The length of the name at this place; 0: there is none. */
static size_t name_ahead(struct minijail *m)
{
	size_t n = 0;
	skip_blanks(m);
	if (isdigit((unsigned char)*m->file->at))
		return 0;
	while (is_name(m->file->at[n]) || (n > 0 && (m->file->at[n] == '-' || m->file->at[n] == '@')))
		n++;
	return n;
}

/* Constants. ------------------------------------------------------------------------------------------------------ */

static int parse_number(struct minijail *m, uint64_t *value, struct error *e)
{
	const char *s = m->file->at;
	char *end;
	bool negative = *s == '-';
	errno = 0;
	*value = strtoull(s, &end, 0);
	/* -0x8000000000000000 is the smallest number of 64 bits. */
	if (errno == ERANGE || (negative && (-*value > (uint64_t)1 << 63)))
		return wrong(m, e, "a number of more than 64 bits");
	if (end == s || is_name(*end))
		return wrong(m, e, "expected a number or the name of a constant");
	m->file->at = end;
	return 0;
}

/* Finds a constant among the values of this argument, or else of any other. For errnos there is no
 * call. */
static int parse_named(struct minijail *m, size_t n, const struct syscall_desc *call, unsigned arg, uint64_t *value, struct error *e)
{
	char name[64];
	struct error unknown = {0};
	if (n >= sizeof(name))
		return wrong(m, e, "unknown constant");
	memcpy(name, m->file->at, n);
	name[n] = '\0';
	int error = errno_by_name(name);
	if (call != NULL && abi_value_parse(call, m->arch, arg, name, value, &unknown) == 0)
		error = 0;
	else if (error >= 0)
		*value = (uint64_t)error;
	else if (!abi_value_named(m->arch, name, value))
		return wrong(m, e, "unknown constant");
	m->file->at += n;
	return 0;
}

static int parse_value(struct minijail *m, const struct syscall_desc *call, unsigned arg, unsigned depth, uint64_t *value,
		       struct error *e);

static int parse_constant(struct minijail *m, const struct syscall_desc *call, unsigned arg, unsigned depth, uint64_t *value,
			  struct error *e)
{
	bool inverted = take(m, "~");
	int rc;
	if (take(m, "(")) {
		rc = depth == 0 ? wrong(m, e, "too many parentheses") : parse_value(m, call, arg, depth - 1, value, e);
		if (rc == 0 && !take(m, ")"))
			rc = wrong(m, e, "expected \")\"");
	} else {
		size_t n = name_ahead(m);
		rc = n > 0 ? parse_named(m, n, call, arg, value, e) : parse_number(m, value, e);
	}
	if (inverted)
		*value = ~*value;
	return rc;
}

/* Constants joined by "|". */
static int parse_value(struct minijail *m, const struct syscall_desc *call, unsigned arg, unsigned depth, uint64_t *value,
		       struct error *e)
{
	*value = 0;
	do {
		uint64_t one = 0;
		int rc = parse_constant(m, call, arg, depth, &one, e);
		if (rc < 0)
			return rc;
		*value |= one;
		skip_blanks(m);
	} while (m->file->at[0] == '|' && m->file->at[1] != '|' && take(m, "|"));
	return 0;
}

/* Answers. -------------------------------------------------------------------------------------------------------- */

/* minijail0 -S takes a comparison of three words with spaces between them (compile_atom); its compiler also takes tabs, no space
 * around a sign, and spaces within a constant. */
static bool three_words(const char *from, const char *to)
{
	unsigned words = 0;
	while (*to == '\0' && to > from && strchr(" \t\r", to[-1]) != NULL) /* the end of the line */
		to--;
	for (bool inside = false; from < to; from++) {
		if (*from != ' ' && isspace((unsigned char)*from))
			return false;
		words += *from != ' ' && !inside;
		inside = *from != ' ';
	}
	return words == 3;
}

static int parse_atom(struct minijail *m, const struct syscall_desc *call, struct atom *a, struct error *e)
{
	static const struct {
		const char *sign;
		enum foreign_op op;
	} ops[] = {{"==", FOREIGN_EQ}, {"!=", FOREIGN_NE}, {"<=", FOREIGN_LE}, {"<", FOREIGN_LT},
		   {">=", FOREIGN_GE}, {">", FOREIGN_GT},  {"&", FOREIGN_ANY}, {"in", FOREIGN_EQ}};
	enum { SIGNS = sizeof(ops) / sizeof(ops[0]), IN = SIGNS - 1 };
	size_t i = 0;
	skip_blanks(m);
	if (strncmp(m->file->at, "arg", 3) != 0 || m->file->at[3] < '0' || m->file->at[3] > '5' || is_name(m->file->at[4]))
		return wrong(m, e, "expected an argument, arg0 to arg5,");
	const char *from = m->file->at;
	a->arg = (unsigned)(m->file->at[3] - '0');
	m->file->at += 4;
	while (i < SIGNS && !take(m, ops[i].sign))
		i++;
	if (i == SIGNS)
		return wrong(m, e, "expected a comparison");
	uint64_t value;
	int rc = parse_value(m, call, a->arg, PARENTHESES_MOST, &value, e);
	m->compiler |= !three_words(from, m->file->at);
	a->op = ops[i].op;
	/* "in": only these bits may be set. "&": at least one of these bits is set. */
	a->mask = i == IN ? ~value : a->op == FOREIGN_ANY ? value : UINT64_MAX;
	a->value = i == IN ? 0 : value;
	return rc;
}

static int parse_tests(struct minijail *m, const struct syscall_desc *call, struct answer *out, struct error *e)
{
	bool begins = true;
	do {
		struct atom a = {0};
		int rc = parse_atom(m, call, &a, e);
		if (rc < 0)
			return rc;
		if (begins && !vec_push(&out->any, (struct atoms){0}))
			return error_memory(e);
		if (!vec_push(&out->any.items[out->any.count - 1].all, a))
			return error_memory(e);
		begins = !take(m, "&&");
	} while (!begins || take(m, "||"));
	return 0;
}

static int parse_action(struct minijail *m, struct action *a, struct error *e)
{
	static const struct {
		const char *word;
		uint8_t kind;
	} words[] = {{"allow", ACTION_ALLOW}, {"kill-process", ACTION_KILL}, {"kill-thread", ACTION_KILL_THREAD},
		     {"kill", ACTION_KILL_THREAD}, {"trap", ACTION_TRAP}, {"log", ACTION_LOG}};
	uint64_t value = 0;
	if (take(m, "return")) {
		size_t n = name_ahead(m);
		int rc = n > 0 ? parse_named(m, n, NULL, 0, &value, e) : parse_number(m, &value, e);
		/* The kernel accepts no larger errno (seccomp_run_filters: MAX_ERRNO). */
		value &= 0xffff;
		*a = (struct action){.kind = ACTION_ERRNO, .data = (uint16_t)(value > 4095 ? 4095 : value)};
		return rc;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (take(m, words[i].word)) {
			m->compiler = true;
			*a = (struct action){.kind = words[i].kind};
			return 0;
		}
	if (take(m, "trace") || take(m, "user-notify"))
		return wrong(m, e, "this action asks another process, which a policy cannot express,");
	skip_blanks(m);
	int rc = isdigit((unsigned char)*m->file->at) ? parse_number(m, &value, e) : 0;
	if (rc == 0 && value != 1)
		return wrong(m, e, "expected 1, return ERRNO, or tests of arguments");
	*a = (struct action){.kind = ACTION_ALLOW};
	return rc;
}

static void answers_clear(struct about *c)
{
	for (size_t i = 0; i < c->answers.count; i++) {
		for (size_t k = 0; k < c->answers.items[i].any.count; k++)
			vec_free(&c->answers.items[i].any.items[k].all);
		vec_free(&c->answers.items[i].any);
	}
	vec_free(&c->answers);
}

static int parse_answer(struct minijail *m, const struct syscall_desc *call, struct about *out, struct error *e)
{
	if (out->answers.count >= ANSWERS_MOST)
		return wrong(m, e, "too many answers for one call");
	if (!vec_push(&out->answers, (struct answer){.action = {.kind = ACTION_ALLOW}}))
		return error_memory(e);
	struct answer *a = &out->answers.items[out->answers.count - 1];
	skip_blanks(m);
	a->tested = strncmp(m->file->at, "arg", 3) == 0;
	int rc = a->tested ? parse_tests(m, call, a, e) : parse_action(m, &a->action, e);
	if (rc == 0 && a->tested && take(m, ";")) {
		rc = parse_action(m, &a->action, e);
		a->returns = a->action.kind == ACTION_ERRNO;
		m->returns |= a->returns;
	}
	return rc;
}

/* Statements. ----------------------------------------------------------------------------------------------------- */

/* "[arch=x86_64,arm64]". *here: whether the policy's architecture is in the list. */
static int parse_metadata(struct minijail *m, bool *here, struct error *e)
{
	static const char *const names[ARCH_COUNT][2] = {{"x86_64", "amd64"}, {"x86", "i386"}, {"arm64", "aarch64"}};
	m->compiler = true;
	do {
		size_t n = name_ahead(m);
		bool is_arch = n == 4 && strncmp(m->file->at, "arch", 4) == 0, found = false;
		m->file->at += n;
		if (n == 0 || !take(m, "="))
			return wrong(m, e, "expected NAME=VALUE");
		do {
			n = name_ahead(m);
			for (size_t i = 0; i < 2; i++)
				found |= strlen(names[m->arch][i]) == n && strncmp(m->file->at, names[m->arch][i], n) == 0;
			if (n == 0)
				return wrong(m, e, "expected a name");
			m->file->at += n;
		} while (take(m, ","));
		*here &= !is_arch || found;
	} while (take(m, ";"));
	return take(m, "]") ? 0 : wrong(m, e, "expected \"]\"");
}

typedef VEC(const struct syscall_desc *) call_list;

/* Adds the name of a call; NULL is not added. */
static int parse_call(struct minijail *m, call_list *out, struct error *e)
{
	char name[64];
	size_t n = name_ahead(m);
	bool here = true;
	if (n == 0)
		return wrong(m, e, "expected the name of a call");
	snprintf(name, sizeof(name), "%.*s", (int)(n < 63 ? n : 63), m->file->at);
	if (strchr(name, '@') != NULL)
		return wrong(m, e, "a group from a file of the compiler, which pinhole does not have,");
	m->file->at += n;
	if (take(m, "[")) {
		int rc = parse_metadata(m, &here, e);
		if (rc < 0)
			return rc;
	}
	const struct syscall_desc *call = n < sizeof(name) ? abi_call(m->arch, name) : NULL;
	if (call == NULL && here)
		foreign_warn(&m->foreign,
			     "line %u: %.60s: not a call of %s that this pinhole knows; ignored, but minijail refuses "
			     "unknown names",
			     m->file->line, name, arch_name(m->arch));
	return call == NULL || !here || vec_push(out, call) ? 0 : error_memory(e);
}

static int parse_calls(struct minijail *m, call_list *out, struct error *e)
{
	if (!take(m, "{"))
		return parse_call(m, out, e);
	m->compiler = true;
	do {
		int rc = parse_call(m, out, e);
		if (rc < 0)
			return rc;
	} while (take(m, ","));
	return take(m, "}") ? 0 : wrong(m, e, "expected \"}\"");
}

/* Returns the position of the call's answers; those of a second line follow those of the first. */
static struct about *about_of(struct minijail *m, const char *syscall)
{
	for (size_t i = 0; i < m->calls.count; i++)
		if (strcmp(m->calls.items[i].syscall, syscall) == 0)
			return &m->calls.items[i];
	return vec_push(&m->calls, (struct about){.syscall = syscall, .line = m->file->line}) ? &m->calls.items[m->calls.count - 1]
											     : NULL;
}

/* The answers are read again for each call, because the names of constants depend on the call. */
static int parse_answers(struct minijail *m, const struct syscall_desc *call, struct about *out, struct error *e)
{
	bool several = take(m, "{");
	m->compiler |= several;
	do {
		int rc = parse_answer(m, call, out, e);
		if (rc < 0)
			return rc;
	} while (several && take(m, ","));
	if (several && !take(m, "}"))
		return wrong(m, e, "expected \"}\"");
	return at_end(m) ? 0 : wrong(m, e, "unexpected text");
}

static int parse_statement(struct minijail *m, struct error *e)
{
	call_list calls = {0};
	struct about unused = {0};
	int rc = parse_calls(m, &calls, e);
	if (rc == 0 && !take(m, ":"))
		rc = wrong(m, e, "expected \":\"");
	const char *from = m->file->at;
	if (rc == 0 && calls.count == 0)
		rc = parse_answers(m, NULL, &unused, e);
	for (size_t i = 0; i < calls.count && rc == 0; i++) {
		struct about *about = about_of(m, calls.items[i]->name);
		size_t had = about != NULL ? about->answers.count : 0;
		m->file->at = from;
		rc = about == NULL ? error_memory(e) : parse_answers(m, calls.items[i], about, e);
		m->again |= had > 0;
		if (rc == 0 && had > 0 && !about->answers.items[had - 1].tested)
			rc = error_set(e, ERR_INPUT,
				       "%s: line %u: %s: line %u has this call already; remove one of them",
				       m->file->name, m->file->line, about->syscall, about->line);
	}
	answers_clear(&unused);
	vec_free(&calls);
	return rc;
}

static int parse_file(struct minijail *m, const char *name, const char *bytes, size_t n, unsigned depth, struct error *e);

/* Relative names are relative to the folder of the including file. */
static int parse_include(struct minijail *m, struct error *e)
{
	const char *from = m->file->name, *slash = strrchr(from, '/');
	struct text path = {0};
	char *bytes = NULL;
	size_t n = 0, length = strcspn((skip_blanks(m), m->file->at), " \t\r");
	bool relative = m->file->at[0] == '.' && m->file->at[1] == '/';
	if (*m->file->at != '/' && !relative)
		return wrong(m, e, "expected a file's path that begins with / or ./");
	if (m->file->depth + 1 >= INCLUDES_MOST)
		return wrong(m, e, "includes are nested too deeply");
	if (relative && slash != NULL)
		text_add(&path, "%.*s", (int)(slash + 1 - from), from);
	text_add(&path, "%.*s", (int)length, m->file->at);
	int rc = path.failed ? error_memory(e) : m->read(text_string(&path), FOREIGN_SIZE_LIMIT, &bytes, &n, e);
	if (rc > 0)
		rc = error_set(e, ERR_INPUT, "%s: line %u: @include: %s: No such file or directory", m->file->name, m->file->line,
			       text_string(&path));
	m->file->at += length;
	if (rc == 0 && !at_end(m))
		rc = wrong(m, e, "unexpected text");
	if (rc == 0)
		rc = parse_file(m, text_string(&path), bytes, n, m->file->depth + 1, e);
	free(bytes);
	text_free(&path);
	return rc;
}

static int parse_default(struct minijail *m, struct error *e)
{
	struct action a = {0};
	m->compiler = true;
	int rc = parse_action(m, &a, e);
	if (rc == 0 && (a.kind == ACTION_ERRNO || lets_through(a)))
		return error_set(e, ERR_INPUT, "%s: line %u: @default: one of kill-process, kill-thread, kill, trap", m->file->name,
				 m->file->line);
	m->default_action = a;
	return rc < 0 || at_end(m) ? rc : wrong(m, e, "unexpected text");
}

static int parse_line(struct minijail *m, char *line, struct error *e)
{
	size_t n = strlen(line);
	m->file->at = line;
	if (at_end(m)) {
		/* minijail0 skips the next line too; its compiler reads that line. */
		bool goes_on = n > 0 && line[n - 1] == '\\';
		return goes_on ? error_set(e, ERR_INPUT,
					   "%s: line %u: a comment ends with a backslash: minijail0 also skips the "
					   "next line, compile_seccomp_policy.py does not; remove the backslash",
					   m->file->name, m->file->line)
			       : 0;
	}
	if (take(m, "@frequency")) /* affects only speed */
		return 0;
	if (take(m, "@include"))
		return parse_include(m, e);
	if (take(m, "@default"))
		return parse_default(m, e);
	if (take(m, "@denylist")) {
		m->compiler = m->denies = true;
		return at_end(m) ? 0 : wrong(m, e, "unexpected text");
	}
	return parse_statement(m, e);
}

/* A line with a backslash at its end continues on the next line. */
static int parse_lines(struct minijail *m, const struct import_file *file, struct error *e)
{
	struct lines lines = {.file = file};
	struct text joined = {0};
	int rc = 0;
	while (rc == 0 && lines_next(&lines)) {
		const char *line = text_string(&lines.text);
		size_t n = lines.text.count;
		bool comment = joined.count == 0 && line[strspn(line, " \t")] == '#';
		bool more = n > 0 && line[n - 1] == '\\' && !comment;
		if (joined.count == 0)
			m->file->line = (unsigned)lines.number;
		text_add(&joined, "%.*s%s", (int)(more ? n - 1 : n), line, more ? " " : "");
		if (more)
			continue;
		rc = joined.failed ? error_memory(e) : parse_line(m, joined.count > 0 ? joined.bytes : (char[]){""}, e);
		text_free(&joined);
	}
	if (rc == 0 && joined.count > 0)
		rc = parse_line(m, joined.bytes, e);
	if (rc == 0 && (lines.text.failed || joined.failed))
		rc = error_memory(e);
	text_free(&joined);
	text_free(&lines.text);
	return rc;
}

static int parse_file(struct minijail *m, const char *name, const char *bytes, size_t n, unsigned depth, struct error *e)
{
	struct policy_file file = {.name = name, .at = "", .depth = depth}, *outer = m->file;
	const struct import_file lines = {name, bytes, n};
	m->file = &file;
	int rc = memchr(bytes, '\0', n) != NULL ? error_set(e, ERR_INPUT, "%s: has a NUL byte: is not text", name)
						: parse_lines(m, &lines, e);
	m->file = outer;
	return rc;
}

/* → policy. ------------------------------------------------------------------------------------------------------- */

static int add_tested(struct minijail *m, const struct about *c, const struct answer *a, struct action action, struct error *e)
{
	const struct syscall_desc *call = abi_call(m->arch, c->syscall);
	struct foreign_alternatives any = {0};
	bool always = false;
	int rc = 0;
	for (size_t i = 0; i < a->any.count && rc == 0; i++) {
		struct alternative one = {0};
		bool never = false;
		for (size_t k = 0; k < a->any.items[i].all.count && rc == 0 && !never; k++) {
			const struct atom *t = &a->any.items[i].all.items[k];
			rc = foreign_test(&m->foreign, &one, call, m->arch, t->arg, t->op, t->mask, t->value, &never, e);
		}
		always |= rc == 0 && !never && one.tests.count == 0;
		if (rc == 0 && !never && !vec_push(&any, one))
			rc = error_memory(e);
		else if (rc == 0 && !never)
			one = (struct alternative){0};
		alternative_clear(&one);
	}
	if (rc == 0 && (always || any.count > 0))
		rc = foreign_rule(&m->foreign, m->arch, c->syscall, action, always ? NULL : &any, NULL, e);
	foreign_alternatives_clear(&any);
	return rc;
}

/* "TESTS; return ERRNO" has two meanings. minijail0 -S: allow if the tests hold, otherwise the
 * errno. The compiler: the errno if they hold, otherwise continue. */
static int add_answers(struct minijail *m, const struct about *c, struct error *e)
{
	const struct action allow = {.kind = ACTION_ALLOW};
	size_t n = c->answers.count;
	int rc = 0;
	if (n > 1 && !m->denies && !c->answers.items[n - 1].tested && c->answers.items[n - 1].action.kind == ACTION_ALLOW) {
		foreign_warn(&m->foreign, "%s: always allowed: compile_seccomp_policy.py ignores tests whose last answer allows the rest", c->syscall);
		return foreign_rule(&m->foreign, m->arch, c->syscall, allow, NULL, NULL, e);
	}
	for (size_t i = 0; i < n && rc == 0; i++) {
		const struct answer *a = &c->answers.items[i];
		bool either = a->returns && !m->compiler && !m->again;
		if (a->tested)
			rc = add_tested(m, c, a, either ? allow : a->action, e);
		if (rc == 0 && (!a->tested || either))
			rc = foreign_rule(&m->foreign, m->arch, c->syscall, a->action, NULL, NULL, e);
	}
	return rc;
}

static void warn_reading(struct minijail *m)
{
	bool compiler = m->compiler || m->again;
	if (m->returns)
		foreign_warn(&m->foreign,
			     "\"TESTS; return ERRNO\" is read as %s reads it: the errno is the answer if the tests %s; "
			     "%s reads it the other way round",
			     compiler ? "compile_seccomp_policy.py" : "minijail0 -S", compiler ? "hold" : "do not hold",
			     compiler ? "minijail0 -S" : "compile_seccomp_policy.py");
	if (m->again)
		foreign_warn(&m->foreign, "calls with several lines are read as compile_seccomp_policy.py reads them, "
					  "one line after the other; minijail0 -S refuses them");
	if (m->denies)
		foreign_warn(&m->foreign, "@denylist: x32 calls are denied; minijail allows them");
}

static int to_policy(struct minijail *m, struct error *e)
{
	struct policy *p = m->foreign.policy;
	if (m->denies)
		m->default_action = (struct action){.kind = ACTION_ALLOW};
	p->archs = ARCH_BIT(m->arch);
	p->default_action = p->newer = m->default_action;
	int rc = 0;
	if (m->calls.count == 0 && !m->denies)
		return error_set(e, ERR_INPUT, "%s: expected a line with a call, like \"read: 1\"", m->foreign.name);
	for (size_t i = 0; i < m->calls.count && rc == 0; i++)
		rc = add_answers(m, &m->calls.items[i], e);
	if (rc == 0) {
		warn_reading(m);
		foreign_warn_archs(&m->foreign, "minijail");
	}
	return rc == 0 ? foreign_finish(&m->foreign, e) : rc;
}

struct policy *policy_from_minijail(const struct import_file *file, enum arch native, foreign_read *read, struct text *warnings,
				    struct error *e)
{
	struct minijail m = {.foreign = {.policy = policy_new(), .warnings = warnings, .name = file->name},
			     .arch = native, .read = read,
			     .default_action = {.kind = ACTION_KILL_THREAD}};
	int rc = m.foreign.policy == NULL ? error_memory(e) : parse_file(&m, file->name, file->bytes, file->n, 0, e);
	if (rc == 0)
		rc = to_policy(&m, e);
	for (size_t i = 0; i < m.calls.count; i++)
		answers_clear(&m.calls.items[i]);
	vec_free(&m.calls);
	return foreign_end(&m.foreign, rc, e);
}

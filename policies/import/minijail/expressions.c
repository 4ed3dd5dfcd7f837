/* Words, constants, tests and answers of a policy file of minijail. SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policies/import/minijail/minijail.h"

enum {
	PARENTHESES_MOST = 50,
	ANSWERS_MOST = 1024, /* for one call */
};

/* Words. ---------------------------------------------------------------------------------------------------------- */

static bool is_name(char c) { return isalnum((unsigned char)c) || c == '_'; }

int minijail_wrong(const struct minijail *m, struct error *e, const char *what)
{
	size_t n = strcspn(m->file->at, " \t");
	return error_set(e, ERR_INPUT, "%s: line %u: %s at \"%.*s\"", m->file->name, m->file->line, what, (int)(n < 40 ? n : 40),
			 m->file->at);
}

void minijail_skip_blanks(struct minijail *m)
{
	m->file->at += strspn(m->file->at, " \t\r\f\v");
	if (*m->file->at == '#')
		m->file->at += strlen(m->file->at);
}

bool minijail_at_end(struct minijail *m)
{
	minijail_skip_blanks(m);
	return *m->file->at == '\0';
}

/* Takes a sign or a word if it comes next. */
bool minijail_take(struct minijail *m, const char *text)
{
	size_t n = strlen(text);
	minijail_skip_blanks(m);
	if (strncmp(m->file->at, text, n) != 0 || (is_name(text[n - 1]) && (is_name(m->file->at[n]) || m->file->at[n] == '-')))
		return false;
	m->file->at += n;
	return true;
}

/* The length of the name at this place; 0: there is none. */
size_t minijail_name_ahead(struct minijail *m)
{
	size_t n = 0;
	minijail_skip_blanks(m);
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
		return minijail_wrong(m, e, "a number of more than 64 bits");
	if (end == s || is_name(*end))
		return minijail_wrong(m, e, "expected a number or the name of a constant");
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
		return minijail_wrong(m, e, "unknown constant");
	memcpy(name, m->file->at, n);
	name[n] = '\0';
	int error = errno_by_name(name);
	if (call != NULL && abi_value_parse(call, m->arch, arg, name, value, &unknown) == 0)
		error = 0;
	else if (error >= 0)
		*value = (uint64_t)error;
	else if (!abi_value_named(m->arch, name, value))
		return minijail_wrong(m, e, "unknown constant");
	m->file->at += n;
	return 0;
}

static int parse_value(struct minijail *m, const struct syscall_desc *call, unsigned arg, unsigned depth, uint64_t *value,
		       struct error *e);

static int parse_constant(struct minijail *m, const struct syscall_desc *call, unsigned arg, unsigned depth, uint64_t *value,
			  struct error *e)
{
	bool inverted = minijail_take(m, "~");
	int rc;
	if (minijail_take(m, "(")) {
		rc = depth == 0 ? minijail_wrong(m, e, "too many parentheses") : parse_value(m, call, arg, depth - 1, value, e);
		if (rc == 0 && !minijail_take(m, ")"))
			rc = minijail_wrong(m, e, "expected \")\"");
	} else {
		size_t n = minijail_name_ahead(m);
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
		minijail_skip_blanks(m);
	} while (m->file->at[0] == '|' && m->file->at[1] != '|' && minijail_take(m, "|"));
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
	minijail_skip_blanks(m);
	if (strncmp(m->file->at, "arg", 3) != 0 || m->file->at[3] < '0' || m->file->at[3] > '5' || is_name(m->file->at[4]))
		return minijail_wrong(m, e, "expected an argument, arg0 to arg5,");
	const char *from = m->file->at;
	a->arg = (unsigned)(m->file->at[3] - '0');
	m->file->at += 4;
	while (i < SIGNS && !minijail_take(m, ops[i].sign))
		i++;
	if (i == SIGNS)
		return minijail_wrong(m, e, "expected a comparison");
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
		begins = !minijail_take(m, "&&");
	} while (!begins || minijail_take(m, "||"));
	return 0;
}

int minijail_parse_action(struct minijail *m, struct action *a, struct error *e)
{
	static const struct {
		const char *word;
		uint8_t kind;
	} words[] = {{"allow", ACTION_ALLOW}, {"kill-process", ACTION_KILL}, {"kill-thread", ACTION_KILL_THREAD},
		     {"kill", ACTION_KILL_THREAD}, {"trap", ACTION_TRAP}, {"log", ACTION_LOG}};
	uint64_t value = 0;
	if (minijail_take(m, "return")) {
		size_t n = minijail_name_ahead(m);
		int rc = n > 0 ? parse_named(m, n, NULL, 0, &value, e) : parse_number(m, &value, e);
		/* The kernel accepts no larger errno (seccomp_run_filters: MAX_ERRNO). */
		value &= 0xffff;
		*a = (struct action){.kind = ACTION_ERRNO, .data = (uint16_t)(value > 4095 ? 4095 : value)};
		return rc;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (minijail_take(m, words[i].word)) {
			m->compiler = true;
			*a = (struct action){.kind = words[i].kind};
			return 0;
		}
	if (minijail_take(m, "trace") || minijail_take(m, "user-notify"))
		return minijail_wrong(m, e, "this action asks another process, which a policy cannot express,");
	minijail_skip_blanks(m);
	int rc = isdigit((unsigned char)*m->file->at) ? parse_number(m, &value, e) : 0;
	if (rc == 0 && value != 1)
		return minijail_wrong(m, e, "expected 1, return ERRNO, or tests of arguments");
	*a = (struct action){.kind = ACTION_ALLOW};
	return rc;
}

void minijail_answers_clear(struct call_answers *c)
{
	for (size_t i = 0; i < c->answers.count; i++) {
		for (size_t k = 0; k < c->answers.items[i].any.count; k++)
			vec_free(&c->answers.items[i].any.items[k].all);
		vec_free(&c->answers.items[i].any);
	}
	vec_free(&c->answers);
}

int minijail_parse_answer(struct minijail *m, const struct syscall_desc *call, struct call_answers *out, struct error *e)
{
	if (out->answers.count >= ANSWERS_MOST)
		return minijail_wrong(m, e, "too many answers for one call");
	if (!vec_push(&out->answers, (struct answer){.action = {.kind = ACTION_ALLOW}}))
		return error_memory(e);
	struct answer *a = &out->answers.items[out->answers.count - 1];
	minijail_skip_blanks(m);
	a->tested = strncmp(m->file->at, "arg", 3) == 0;
	int rc = a->tested ? parse_tests(m, call, a, e) : minijail_parse_action(m, &a->action, e);
	if (rc == 0 && a->tested && minijail_take(m, ";")) {
		rc = minijail_parse_action(m, &a->action, e);
		a->returns = a->action.kind == ACTION_ERRNO;
		m->returns |= a->returns;
	}
	return rc;
}

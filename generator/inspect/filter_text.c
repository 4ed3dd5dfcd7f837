/* Reads filters from text: strace's output, lists in C, and lists of numbers. SPDX-License-Identifier: MIT */
#include "generator/inspect/filter_text.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/audit.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct source {
	const char *text, *at;
	struct error *e;
};

static size_t line_of(const struct source *s, const char *at)
{
	size_t line = 1;
	for (const char *c = s->text; c < at; c++)
		line += *c == '\n';
	return line;
}

static int wrong(const struct source *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int wrong(const struct source *s, const char *format, ...)
{
	char buffer[256];
	va_list list;
	va_start(list, format);
	vsnprintf(buffer, sizeof(buffer), format, list);
	va_end(list);
	return error_set(s->e, ERR_INPUT, "line %zu: %s", line_of(s, s->at), buffer);
}

bool filter_is_text(const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (iscntrl((unsigned char)bytes[i]) && !isspace((unsigned char)bytes[i]))
			return false;
	return n > 0;
}

/* Skips blanks and C comments. */
static void skip(struct source *s)
{
	for (;;) {
		const char *end = NULL;
		if (isspace((unsigned char)*s->at))
			end = s->at + 1;
		else if (s->at[0] == '/' && s->at[1] == '*')
			end = strstr(s->at + 2, "*/") != NULL ? strstr(s->at + 2, "*/") + 2 : s->at + strlen(s->at);
		else if (s->at[0] == '/' && s->at[1] == '/')
			end = s->at + strcspn(s->at, "\n");
		if (end == NULL)
			return;
		s->at = end;
	}
}

static bool next_is(struct source *s, const char *word)
{
	skip(s);
	if (strncmp(s->at, word, strlen(word)) != 0)
		return false;
	s->at += strlen(word);
	return true;
}

/* Returns the word at s->at, for messages. */
static const char *word_at(const struct source *s, char buffer[32])
{
	size_t n = 0;
	while (n < 30 && (isalnum((unsigned char)s->at[n]) || s->at[n] == '_'))
		n++;
	n += n == 0 && isprint((unsigned char)s->at[0]);
	memcpy(buffer, s->at, n);
	buffer[n] = '\0';
	return n > 0 ? buffer : "the end";
}

/* Instructions. ------------------------------------------------------------------------------------------------- */

#define NAME(name)                                                                                                     \
	{                                                                                                              \
#name, name                                                                                            \
	}

/* clang-format off */
static const struct {
	const char *name;
	uint32_t value;
} constants[] = {
	NAME(BPF_LD), NAME(BPF_LDX), NAME(BPF_ST), NAME(BPF_STX), NAME(BPF_ALU), NAME(BPF_JMP), NAME(BPF_RET),
	NAME(BPF_MISC), NAME(BPF_W), NAME(BPF_H), NAME(BPF_B), NAME(BPF_IMM), NAME(BPF_ABS), NAME(BPF_IND),
	NAME(BPF_MEM), NAME(BPF_LEN), NAME(BPF_MSH), NAME(BPF_ADD), NAME(BPF_SUB), NAME(BPF_MUL), NAME(BPF_DIV),
	NAME(BPF_OR), NAME(BPF_AND), NAME(BPF_LSH), NAME(BPF_RSH), NAME(BPF_NEG), NAME(BPF_MOD), NAME(BPF_XOR),
	NAME(BPF_JA), NAME(BPF_JEQ), NAME(BPF_JGT), NAME(BPF_JGE), NAME(BPF_JSET), NAME(BPF_K), NAME(BPF_X),
	NAME(BPF_A), NAME(BPF_TAX), NAME(BPF_TXA), NAME(SECCOMP_RET_KILL_PROCESS), NAME(SECCOMP_RET_KILL_THREAD),
	NAME(SECCOMP_RET_KILL), NAME(SECCOMP_RET_TRAP), NAME(SECCOMP_RET_ERRNO),
	{"SECCOMP_RET_USER_NOTIF", 0x7fc00000}, /* Linux 5.0 */
	NAME(SECCOMP_RET_TRACE), NAME(SECCOMP_RET_LOG), NAME(SECCOMP_RET_ALLOW), NAME(AUDIT_ARCH_X86_64),
	NAME(AUDIT_ARCH_I386), NAME(AUDIT_ARCH_AARCH64),
};
/* clang-format on */

/* Reads a number or the name of a constant. */
static int read_term(struct source *s, uint64_t *value)
{
	char buffer[32];
	skip(s);
	if (isdigit((unsigned char)*s->at)) {
		char *end;
		errno = 0;
		*value = strtoull(s->at, &end, 0);
		if (errno != 0 || *value > UINT32_MAX)
			return wrong(s, "a number of more than 32 bits");
		while (*end == 'u' || *end == 'U' || *end == 'l' || *end == 'L')
			end++;
		s->at = end;
		return 0;
	}
	const char *word = word_at(s, buffer);
	for (size_t i = 0; i < sizeof(constants) / sizeof(constants[0]); i++)
		if (strcmp(constants[i].name, word) == 0) {
			*value = constants[i].value;
			s->at += strlen(word);
			return 0;
		}
	if (strcmp(word, ".") == 0)
		return wrong(s, "cut short; print it whole, with strace -v or -e abbrev=none");
	return wrong(
	    s, "%s where a number or a constant of linux/filter.h or linux/seccomp.h belongs; put the number there",
	    word);
}

/* Reads terms joined by "|" or "+"; "+" binds closer. */
static int read_value(struct source *s, const char *what, uint32_t most, uint32_t *value)
{
	uint64_t all = 0, sum, term = 0;
	int rc = read_term(s, &sum);
	for (skip(s); rc == 0 && (*s->at == '|' || *s->at == '+'); skip(s)) {
		bool add = *s->at++ == '+';
		rc = read_term(s, &term);
		all |= add ? 0 : sum;
		sum = add ? sum + term : term;
	}
	all |= sum;
	if (rc == 0 && all > most)
		rc = wrong(s, "%s is %" PRIu64 "; it can be %" PRIu32 " at most", what, all, most);
	*value = (uint32_t)all;
	return rc;
}

enum part { CODE, JT, JF, K, PARTS };

/* Reads the n parts of an instruction in the given order, up to the text that ends them. */
static int read_parts(struct source *s, const enum part *order, size_t n, const char *end, struct filter *f)
{
	static const char *const names[PARTS] = {"code", "jt", "jf", "k"};
	static const uint32_t most[PARTS] = {UINT16_MAX, UINT8_MAX, UINT8_MAX, UINT32_MAX};
	uint32_t parts[PARTS] = {0};
	char buffer[32];
	for (size_t i = 0; i < n; i++) {
		int rc = read_value(s, names[order[i]], most[order[i]], &parts[order[i]]);
		if (rc < 0)
			return rc;
		if (!next_is(s, i + 1 < n ? "," : end))
			return wrong(s, "%s where \"%s\" belongs", word_at(s, buffer), i + 1 < n ? "," : end);
	}
	if (f->code.count > BPF_MAXINSNS)
		return wrong(s, "more than %d instructions, and the kernel takes no more", BPF_MAXINSNS);
	struct sock_filter code = {(uint16_t)parts[CODE], (uint8_t)parts[JT], (uint8_t)parts[JF], parts[K]};
	return vec_push(&f->code, code) ? 0 : error_memory(s->e);
}

/* "{ 0x20, 0, 0, 4 }", "BPF_STMT(…)" or "BPF_JUMP(…)". */
static int read_instruction(struct source *s, struct filter *f)
{
	static const enum part all[] = {CODE, JT, JF, K}, statement[] = {CODE, K}, jump[] = {CODE, K, JT, JF};
	char buffer[32];
	if (next_is(s, "{"))
		return read_parts(s, all, 4, "}", f);
	if (next_is(s, "BPF_STMT("))
		return read_parts(s, statement, 2, ")", f);
	if (next_is(s, "BPF_JUMP("))
		return read_parts(s, jump, 4, ")", f);
	if (strncmp(s->at, "...", 3) == 0)
		return wrong(s, "cut short; print it whole, with strace -v or -e abbrev=none");
	return wrong(s, "%s where an instruction belongs", word_at(s, buffer));
}

/* Reads instructions with commas between them, up to one of the characters in `ends`. */
static int read_list(struct source *s, const char *ends, struct filter *f)
{
	char buffer[32];
	for (;;) {
		int rc = read_instruction(s, f);
		if (rc < 0)
			return rc;
		bool comma = next_is(s, ",");
		skip(s);
		if (strchr(ends, *s->at) != NULL && (*s->at != '\0' || ends[0] == '}'))
			return 0;
		if (!comma)
			return wrong(s, "%s where \",\" belongs", word_at(s, buffer));
	}
}

/* Texts. -------------------------------------------------------------------------------------------------------- */

static int several(struct source *s, const char *first)
{
	return wrong(s, "another filter; the first is on line %zu: keep the one that you mean", line_of(s, first));
}

/* Reads what strace prints for seccomp(2) and prctl(2). */
static int read_strace(struct source *s, struct filter *f)
{
	static const char begin[] = "filter=[";
	const char *first = strstr(s->text, begin), *len = first;
	s->at = first + strlen(begin);
	int rc = read_list(s, "]", f);
	if (rc < 0)
		return rc;
	/* "{len=7, filter=[": a filter that strace could not read completely must not pass as a shorter one. */
	while (len > s->text && first - len < 24 && strncmp(len, "len=", 4) != 0)
		len--;
	if (strncmp(len, "len=", 4) == 0 && strtoul(len + 4, NULL, 10) != f->code.count)
		return wrong(s, "len=%lu, but there are %zu instructions", strtoul(len + 4, NULL, 10), f->code.count);
	const char *again = strstr(s->at, begin);
	s->at = again != NULL ? again : s->at;
	return again != NULL ? several(s, first) : 0;
}

/* Returns whether an instruction begins here: "{0x06, …" or "{BPF_RET|BPF_K, …", also with comments; "{0}" is none. Accepts whatever
 * may be meant as an instruction: if it were skipped, it would be missing in the filter. */
static bool begins_instruction(struct source s)
{
	if (!next_is(&s, "{"))
		return false;
	for (skip(&s); *s.at == '('; skip(&s))
		s.at++;
	bool macro = strncmp(s.at, "BPF_STMT", 8) == 0 || strncmp(s.at, "BPF_JUMP", 8) == 0;
	if (macro || (!isdigit((unsigned char)*s.at) && strncmp(s.at, "BPF_", 4) != 0))
		return false;
	for (; *s.at != '\0' && (isalnum((unsigned char)*s.at) || strchr("_|+()", *s.at) != NULL); skip(&s))
		s.at++;
	return *s.at == ',';
}

/* Moves to the first instruction in C, over comments, strings and everything else. Returns whether there is one. */
static bool find_instruction(struct source *s)
{
	for (;; s->at++) {
		skip(s);
		if (*s->at == '\0')
			return false;
		if (strncmp(s->at, "BPF_STMT(", 9) == 0 || strncmp(s->at, "BPF_JUMP(", 9) == 0)
			return true;
		if (begins_instruction(*s))
			return true;
		if (*s->at != '"' && *s->at != '\'')
			continue;
		for (char quote = *s->at++; *s->at != quote && *s->at != '\0' && *s->at != '\n'; s->at++)
			s->at += s->at[0] == '\\' && s->at[1] != '\0';
		if (*s->at == '\0')
			return false;
	}
}

static int read_c(struct source *s, struct filter *f)
{
	const char *first = s->at;
	int rc = read_list(s, "}", f);
	if (rc == 0 && find_instruction(s))
		rc = several(s, first);
	return rc;
}

/* Reads what tcpdump -ddd prints: the number of instructions, then four numbers for each. */
static int read_numbers(struct source *s, struct filter *f)
{
	uint64_t said, part[PARTS];
	int rc = read_term(s, &said);
	size_t n = 0;
	while (rc == 0) {
		next_is(s, ",");
		skip(s);
		if (*s->at == '\0')
			break;
		rc = read_term(s, &part[n++]);
		if (rc < 0 || n < PARTS)
			continue;
		if (part[CODE] > UINT16_MAX || part[JT] > UINT8_MAX || part[JF] > UINT8_MAX)
			rc = wrong(s, "no instruction: code can be %u, jt and jf can be %u at most", UINT16_MAX,
				   UINT8_MAX);
		else if (f->code.count > BPF_MAXINSNS)
			rc = wrong(s, "more than %d instructions, and the kernel takes no more", BPF_MAXINSNS);
		else if (!vec_push(&f->code, (struct sock_filter){(uint16_t)part[CODE], (uint8_t)part[JT],
								  (uint8_t)part[JF], (uint32_t)part[K]}))
			rc = error_memory(s->e);
		n = 0;
	}
	if (rc == 0 && (n != 0 || said != f->code.count))
		rc = wrong(
		    s, "%" PRIu64 " instructions of four numbers are to come by the first number, but there are %zu%s",
		    said, f->code.count, n != 0 ? " and a part of one" : "");
	return rc;
}

int filter_read_text(const char *text, struct filter *f, struct error *e)
{
	struct source s = {text, text, e};
	if (strstr(text, "filter=[") != NULL)
		return read_strace(&s, f);
	const char *address = strstr(text, "filter=0x");
	if (address != NULL) {
		s.at = address;
		return wrong(&s, "only the filter's address; print it whole, with strace -v or -e abbrev=none");
	}
	skip(&s);
	if (isdigit((unsigned char)*s.at) && s.at[strspn(s.at, "0123456789abcdefABCDEFxX, \t\r\n")] == '\0')
		return read_numbers(&s, f);
	if (find_instruction(&s))
		return read_c(&s, f);
	return error_set(e, ERR_INPUT,
			 "no filter: neither the kernel's bytes (struct sock_filter, 8 each) nor instructions as text: "
			 "BPF_STMT(…) as strace -v prints them, { 0x06, 0, 0, 0x7fff0000 } in C, or tcpdump's numbers");
}

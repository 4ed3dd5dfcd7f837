/* Kafel's tokens (src/lexer.l), and its names of calls and arguments, which are those of the
 * kernel's functions.
 * SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/import/kafel/kafel.h"

enum { NAME = 64 };

int kafel_wrong(const struct kafel_words *w, struct error *e, const char *what)
{
	if (w->kind == KAFEL_END)
		return error_set(e, ERR_INPUT, "%s: line %u: %s at the end", w->name, w->line, what);
	return error_set(e, ERR_INPUT, "%s: line %u: %s at \"%.*s\"", w->name, w->line, what, (int)(w->n < 40 ? w->n : 40), w->text);
}

/* Skips blanks and comments. */
static int skip(struct kafel_words *w, struct error *e)
{
	while (w->at < w->end) {
		if (*w->at == '\n') {
			w->line++;
			w->at++;
		} else if (*w->at == ' ' || *w->at == '\t' || *w->at == '\r') {
			w->at++;
		} else if (w->end - w->at >= 2 && memcmp(w->at, "//", 2) == 0) {
			while (w->at < w->end && *w->at != '\n')
				w->at++;
		} else if (w->end - w->at >= 2 && memcmp(w->at, "/*", 2) == 0) {
			unsigned first = w->line;
			for (w->at += 2; w->end - w->at >= 2 && memcmp(w->at, "*/", 2) != 0; w->at++)
				w->line += *w->at == '\n';
			if (w->end - w->at < 2)
				return error_set(e, ERR_INPUT, "%s: line %u: a comment without an end", w->name, first);
			w->at += 2;
		} else {
			break;
		}
	}
	return 0;
}

/* Decimal, 0x, 0b, or octal after a 0. */
static int read_number(struct kafel_words *w, struct error *e)
{
	char digits[NAME];
	bool binary = w->n > 2 && w->text[0] == '0' && w->text[1] == 'b';
	char *end;
	if (w->n >= sizeof(digits))
		return kafel_wrong(w, e, "a number of more than 64 bits");
	memcpy(digits, w->text, w->n);
	digits[w->n] = '\0';
	errno = 0;
	w->number = strtoull(binary ? digits + 2 : digits, &end, binary ? 2 : 0);
	if (errno == ERANGE)
		return kafel_wrong(w, e, "a number of more than 64 bits");
	return *end != '\0' ? kafel_wrong(w, e, "no number") : 0;
}

int kafel_next(struct kafel_words *w, struct error *e)
{
	static const char *const signs[] = {"==", "!=", "<=", ">=", "||", "&&"};
	int rc = skip(w, e);
	w->text = w->at;
	w->n = 1;
	w->kind = KAFEL_SIGN;
	if (rc < 0)
		return rc;
	if (w->at == w->end) {
		w->kind = KAFEL_END;
		w->n = 0;
		return 0;
	}
	bool negative = *w->at == '-' && w->end - w->at > 1 && isdigit((unsigned char)w->at[1]);
	if (isalpha((unsigned char)*w->at) || isdigit((unsigned char)*w->at) || negative) {
		while (w->n < (size_t)(w->end - w->at) && (isalnum((unsigned char)w->at[w->n]) || w->at[w->n] == '_'))
			w->n++;
		w->kind = isalpha((unsigned char)*w->at) ? KAFEL_WORD : KAFEL_NUMBER;
		w->at += w->n;
		return w->kind == KAFEL_NUMBER ? read_number(w, e) : 0;
	}
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (w->end - w->at >= 2 && memcmp(w->at, signs[i], 2) == 0)
			w->n = 2;
	if (w->n == 1 && (*w->at == '\0' || strchr("<>|&[](){},!#", *w->at) == NULL))
		return error_set(e, ERR_INPUT, "%s: line %u: a character that Kafel does not use: 0x%02x", w->name,
				 w->line, (unsigned)(unsigned char)*w->at);
	w->at += w->n;
	return 0;
}

bool kafel_is(const struct kafel_words *w, const char *text)
{
	return w->kind != KAFEL_END && strlen(text) == w->n && memcmp(w->text, text, w->n) == 0;
}

bool kafel_take(struct kafel_words *w, const char *text, int *rc, struct error *e)
{
	if (*rc < 0 || !kafel_is(w, text))
		return false;
	*rc = kafel_next(w, e);
	return true;
}

int kafel_expect(struct kafel_words *w, const char *text, struct error *e)
{
	char what[NAME];
	int rc = 0;
	snprintf(what, sizeof(what), "expected \"%.40s\"", text);
	return kafel_take(w, text, &rc, e) ? rc : kafel_wrong(w, e, what);
}

bool kafel_constant(const struct kafel_words *w, uint64_t *value)
{
	for (size_t i = 0; i < w->constants.count && w->kind == KAFEL_WORD; i++)
		if (kafel_is(w, w->constants.items[i].name)) {
			*value = w->constants.items[i].value;
			return true;
		}
	return false;
}

int kafel_define(struct kafel_words *w, struct error *e)
{
	uint64_t had = 0;
	if (w->kind != KAFEL_WORD)
		return kafel_wrong(w, e, "expected a name");
	bool again = kafel_constant(w, &had);
	struct kafel_constant c = {strndup(w->text, w->n), 0};
	int rc = c.name == NULL ? error_memory(e) : kafel_next(w, e);
	if (rc == 0 && w->kind != KAFEL_NUMBER)
		rc = kafel_wrong(w, e, "expected a number");
	if (rc == 0 && again && had != w->number)
		rc = kafel_wrong(w, e, "the constant has another value already");
	c.value = w->number;
	if (rc == 0)
		rc = kafel_next(w, e);
	if (rc == 0 && !again && !vec_push(&w->constants, c))
		rc = error_memory(e);
	if (rc < 0 || again)
		free(c.name);
	return rc;
}

void kafel_words_free(struct kafel_words *w)
{
	for (size_t i = 0; i < w->constants.count; i++)
		free(w->constants.items[i].name);
	vec_free(&w->constants);
}

/* Names. ---------------------------------------------------------------------------------------------------------- */

/* Calls whose function in the kernel has another name. */
static const struct {
	const char *kafel, *call;
	bool i386; /* only there */
} calls[] = {
    {"newstat", "stat", false},	     {"newfstat", "fstat", false},     {"newlstat", "lstat", false},
    {"newuname", "uname", false},    {"umount", "umount2", false},     {"sysctl", "_sysctl", false},
    {"llseek", "_llseek", true},     {"mmap_pgoff", "mmap2", true},    {"old_mmap", "mmap", true},
    {"old_readdir", "readdir", true}, {"old_select", "select", true},  {"select", "_newselect", true},
    {"oldumount", "umount", true},   {"stat", "oldstat", true},	       {"fstat", "oldfstat", true},
    {"lstat", "oldlstat", true},     {"uname", "olduname", true},      {"olduname", "oldolduname", true},
    {"getrlimit", "ugetrlimit", true}, {"old_getrlimit", "getrlimit", true},
};

const struct syscall_desc *kafel_call(enum arch arch, const char *name, size_t n)
{
	char plain[NAME], longer[NAME + 4];
	if (n >= sizeof(plain))
		return NULL;
	memcpy(plain, name, n);
	plain[n] = '\0';
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (strcmp(calls[i].kafel, plain) == 0 && (!calls[i].i386 || arch == ARCH_I386))
			return abi_call(arch, calls[i].call);
	/* "16" ends the functions of i386's calls with 16-bit users and groups; getuid means getuid32. */
	snprintf(longer, sizeof(longer), "%s32", plain);
	if (arch == ARCH_I386 && abi_call(arch, longer) != NULL)
		return abi_call(arch, longer);
	if (arch == ARCH_I386 && n > 2 && strcmp(plain + n - 2, "16") == 0)
		plain[n - 2] = '\0';
	const struct syscall_desc *call = abi_call(arch, plain);
	if (call == NULL && n > 2 && strcmp(plain + n - 2, "64") == 0) { /* sendfile64 is the function of sendfile */
		plain[n - 2] = '\0';
		call = abi_call(arch, plain);
	}
	return call;
}

/* Arguments whose name in the kernel differs from the one in its manual pages. */
static const struct {
	const char *kernel, *manual;
} arguments[] = {
    {"filename", "pathname"}, {"dfd", "dirfd"},	    {"olddfd", "olddirfd"},   {"newdfd", "newdirfd"},	 {"from_dfd", "from_dirfd"}, {"to_dfd", "to_dirfd"},
    {"fd", "sockfd"},	    {"flag", "flags"},	      {"clone_flags", "flags"},	 {"unshare_flags", "flags"}, {"flags", "mountflags"},
    {"family", "domain"},   {"which_clock", "clockid"}, {"cmd", "request"},	 {"cmd", "operation"},	     {"option", "operation"},
    {"op", "operation"},    {"op", "futex_op"},	      {"behavior", "advice"},	 {"option", "code"},	     {"sig", "signum"},
    {"magic1", "magic"},    {"personality", "persona"}, {"which", "idtype"},	 {"swap_flags", "swapflags"}, {"len", "length"},
    {"len_in", "length"},   {"len", "size"},	      {"uaddr", "addr"},	 {"fildes", "pipefd"},	     {"offset", "pos"},
};

static int argument_called(const struct syscall_desc *call, const char *name)
{
	for (unsigned i = 0; i < syscall_arg_count(call); i++)
		if (strcmp(call->args[i].name, name) == 0)
			return (int)i;
	return -1;
}

int kafel_argument(const struct syscall_desc *call, const char *name, size_t n)
{
	char plain[NAME];
	if (n >= sizeof(plain))
		return -1;
	memcpy(plain, name, n);
	plain[n] = '\0';
	int at = argument_called(call, plain);
	for (size_t i = 0; i < sizeof(arguments) / sizeof(arguments[0]) && at < 0; i++)
		if (strcmp(arguments[i].kernel, plain) == 0)
			at = argument_called(call, arguments[i].manual);
	return at;
}

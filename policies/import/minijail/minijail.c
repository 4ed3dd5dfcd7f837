/* Policy files of minijail → policies: their statements, and the files that they include. Reads them as minijail0 -S does
 * (syscall_filter.c), and the additions of its Python compiler (tools/parser.py). SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/base/file.h"
#include "policies/import/importers.h"
#include "policies/import/minijail/minijail.h"

enum { INCLUDES_MOST = 10 }; /* nested files: the compiler's limit */

/* Statements. ----------------------------------------------------------------------------------------------------- */

/* "[arch=x86_64,arm64]". *here: whether the policy's architecture is in the list. */
static int parse_metadata(struct minijail *m, bool *here, struct error *e)
{
	static const char *const names[ARCH_COUNT][2] = {{"x86_64", "amd64"}, {"x86", "i386"}, {"arm64", "aarch64"}};
	m->compiler = true;
	do {
		size_t n = minijail_name_ahead(m);
		bool is_arch = n == 4 && strncmp(m->file->at, "arch", 4) == 0, found = false;
		m->file->at += n;
		if (n == 0 || !minijail_take(m, "="))
			return minijail_wrong(m, e, "expected NAME=VALUE");
		do {
			n = minijail_name_ahead(m);
			for (size_t i = 0; i < 2; i++)
				found |= strlen(names[m->arch][i]) == n && strncmp(m->file->at, names[m->arch][i], n) == 0;
			if (n == 0)
				return minijail_wrong(m, e, "expected a name");
			m->file->at += n;
		} while (minijail_take(m, ","));
		*here &= !is_arch || found;
	} while (minijail_take(m, ";"));
	return minijail_take(m, "]") ? 0 : minijail_wrong(m, e, "expected \"]\"");
}

typedef VEC(const struct syscall_desc *) call_list;

/* Adds the name of a call; NULL is not added. */
static int parse_call(struct minijail *m, call_list *out, struct error *e)
{
	char name[64];
	size_t n = minijail_name_ahead(m);
	bool here = true;
	if (n == 0)
		return minijail_wrong(m, e, "expected the name of a call");
	snprintf(name, sizeof(name), "%.*s", (int)(n < 63 ? n : 63), m->file->at);
	if (strchr(name, '@') != NULL)
		return minijail_wrong(m, e, "a group from a file of the compiler, which pinhole does not have,");
	m->file->at += n;
	if (minijail_take(m, "[")) {
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
	if (!minijail_take(m, "{"))
		return parse_call(m, out, e);
	m->compiler = true;
	do {
		int rc = parse_call(m, out, e);
		if (rc < 0)
			return rc;
	} while (minijail_take(m, ","));
	return minijail_take(m, "}") ? 0 : minijail_wrong(m, e, "expected \"}\"");
}

/* Returns the position of the call's answers; those of a second line follow those of the first. */
static struct call_answers *about_of(struct minijail *m, const char *syscall)
{
	for (size_t i = 0; i < m->calls.count; i++)
		if (strcmp(m->calls.items[i].syscall, syscall) == 0)
			return &m->calls.items[i];
	return vec_push(&m->calls, (struct call_answers){.syscall = syscall, .line = m->file->line}) ? &m->calls.items[m->calls.count - 1]
											     : NULL;
}

/* The answers are read again for each call, because the names of constants depend on the call. */
static int parse_answers(struct minijail *m, const struct syscall_desc *call, struct call_answers *out, struct error *e)
{
	bool several = minijail_take(m, "{");
	m->compiler |= several;
	do {
		int rc = minijail_parse_answer(m, call, out, e);
		if (rc < 0)
			return rc;
	} while (several && minijail_take(m, ","));
	if (several && !minijail_take(m, "}"))
		return minijail_wrong(m, e, "expected \"}\"");
	return minijail_at_end(m) ? 0 : minijail_wrong(m, e, "unexpected text");
}

static int parse_statement(struct minijail *m, struct error *e)
{
	call_list calls = {0};
	struct call_answers unused = {0};
	int rc = parse_calls(m, &calls, e);
	if (rc == 0 && !minijail_take(m, ":"))
		rc = minijail_wrong(m, e, "expected \":\"");
	const char *from = m->file->at;
	if (rc == 0 && calls.count == 0)
		rc = parse_answers(m, NULL, &unused, e);
	for (size_t i = 0; i < calls.count && rc == 0; i++) {
		struct call_answers *about = about_of(m, calls.items[i]->name);
		size_t had = about != NULL ? about->answers.count : 0;
		m->file->at = from;
		rc = about == NULL ? error_memory(e) : parse_answers(m, calls.items[i], about, e);
		m->again |= had > 0;
		if (rc == 0 && had > 0 && !about->answers.items[had - 1].tested)
			rc = error_set(e, ERR_INPUT,
				       "%s: line %u: %s: line %u has this call already; remove one of them",
				       m->file->name, m->file->line, about->syscall, about->line);
	}
	minijail_answers_clear(&unused);
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
	size_t n = 0, length = strcspn((minijail_skip_blanks(m), m->file->at), " \t\r");
	bool relative = m->file->at[0] == '.' && m->file->at[1] == '/';
	if (*m->file->at != '/' && !relative)
		return minijail_wrong(m, e, "expected a file's path that begins with / or ./");
	if (m->file->depth + 1 >= INCLUDES_MOST)
		return minijail_wrong(m, e, "includes are nested too deeply");
	if (relative && slash != NULL)
		text_add(&path, "%.*s", (int)(slash + 1 - from), from);
	text_add(&path, "%.*s", (int)length, m->file->at);
	int rc = path.failed ? error_memory(e) : m->read(text_string(&path), FOREIGN_SIZE_LIMIT, &bytes, &n, e);
	if (rc > 0)
		rc = error_set(e, ERR_INPUT, "%s: line %u: @include: %s: No such file or directory", m->file->name, m->file->line,
			       text_string(&path));
	m->file->at += length;
	if (rc == 0 && !minijail_at_end(m))
		rc = minijail_wrong(m, e, "unexpected text");
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
	int rc = minijail_parse_action(m, &a, e);
	if (rc == 0 && (a.kind == ACTION_ERRNO || lets_through(a)))
		return error_set(e, ERR_INPUT, "%s: line %u: @default: one of kill-process, kill-thread, kill, trap", m->file->name,
				 m->file->line);
	m->default_action = a;
	return rc < 0 || minijail_at_end(m) ? rc : minijail_wrong(m, e, "unexpected text");
}

static int parse_line(struct minijail *m, char *line, struct error *e)
{
	size_t n = strlen(line);
	m->file->at = line;
	if (minijail_at_end(m)) {
		/* minijail0 skips the next line too; its compiler reads that line. */
		bool goes_on = n > 0 && line[n - 1] == '\\';
		return goes_on ? error_set(e, ERR_INPUT,
					   "%s: line %u: a comment ends with a backslash: minijail0 also skips the "
					   "next line, compile_seccomp_policy.py does not; remove the backslash",
					   m->file->name, m->file->line)
			       : 0;
	}
	if (minijail_take(m, "@frequency")) /* affects only speed */
		return 0;
	if (minijail_take(m, "@include"))
		return parse_include(m, e);
	if (minijail_take(m, "@default"))
		return parse_default(m, e);
	if (minijail_take(m, "@denylist")) {
		m->compiler = m->denies = true;
		return minijail_at_end(m) ? 0 : minijail_wrong(m, e, "unexpected text");
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

struct policy *policy_from_minijail(const struct import_file *file, enum arch native, foreign_read *read, struct text *warnings,
				    struct error *e)
{
	struct minijail m = {.foreign = {.policy = policy_new(), .warnings = warnings, .name = file->name},
			     .arch = native, .read = read,
			     .default_action = {.kind = ACTION_KILL_THREAD}};
	int rc = m.foreign.policy == NULL ? error_memory(e) : parse_file(&m, file->name, file->bytes, file->n, 0, e);
	if (rc == 0)
		rc = minijail_to_policy(&m, e);
	for (size_t i = 0; i < m.calls.count; i++)
		minijail_answers_clear(&m.calls.items[i]);
	vec_free(&m.calls);
	return foreign_end(&m.foreign, rc, e);
}

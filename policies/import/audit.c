/* Denials that the kernel logged become a profile of facts that are marked as denied. SPDX-License-Identifier: MIT
 *
 * A line of kernel/auditsc.c, audit_seccomp(), as auditd, the kernel's log and the journal have it:
 *   type=SECCOMP msg=audit(1700000000.123:45): auid=0 uid=0 … pid=9 comm="x" exe="/usr/bin/x" sig=31 arch=c000003e
 *   syscall=42 compat=0 ip=0x7f… code=0x80000000
 *   Jan  1 12:00:00 host kernel: [   12.3] audit: type=1326 audit(1700000000.123:45): …
 * It has no arguments: a fact of a call with arguments stands for any value of them. The run has the filter's
 * action: there is one run for each action. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policies/base/index.h"
#include "policies/import/importers.h"

/* The action of `code` (linux/seccomp.h), and the run of the calls that got it. */
struct action_run {
	const char *name;
	uint32_t code;
	long long first; /* seconds since 1970 */
	struct digest digest;
	int run; /* its index, or -1 */
};

/* The names are the values of a run's `denied`. ausearch -i writes its own names (audit-userspace,
 * auparse/seccomptab.h): two differ; before 2.8 it wrote "kill" for the thread. */
static const struct {
	const char *name;
	uint32_t code;
} interpreted[] = {
    {"kill-process", 0x80000000}, {"kill", 0},	       {"kill-thread", 0}, {"trap", 0x30000},	{"errno", 0x50000},
    {"user-notify", 0x7fc00000},  {"trace", 0x7ff00000}, {"log", 0x7ffc0000},
};

static const struct action_run actions[] = {
    {"kill", 0x80000000, 0, {0}, -1}, {"kill-thread", 0, 0, {0}, -1},	  {"trap", 0x30000, 0, {0}, -1},
    {"errno", 0x50000, 0, {0}, -1},   {"notify", 0x7fc00000, 0, {0}, -1}, {"trace", 0x7ff00000, 0, {0}, -1},
    {"log", 0x7ffc0000, 0, {0}, -1},
};

enum { ACTIONS = sizeof(actions) / sizeof(actions[0]), ACTION_ALLOWED = 0x7fff0000 };

/* One denial. */
struct denial {
	long long seconds;
	enum arch arch;
	uint32_t nr;
	size_t action;
	size_t program; /* index of the program in the reader's list */
};

struct reader {
	VEC(struct denial) denials;
	VEC(char *) programs;
	VEC(char *) stamps; /* stamps of records that were read: "1700000000.123:45" */
	struct index stamp_index, program_index;
	struct action_run actions[ACTIONS];
	struct lines lines;
	struct remarks remarks;
	struct error *e;
};

/* Fields. ------------------------------------------------------------------------------------------------------------
 */

/* Returns the text after the first " KEY="; NULL: none. */
static const char *find_field(const char *line, const char *key)
{
	size_t n = strlen(key);
	for (const char *s = line; (s = strstr(s, key)) != NULL; s++)
		/* auditd adds fields after a group separator (ASCII 29). */
		if ((s == line || s[-1] == ' ' || s[-1] == '\x1d') && s[n] == '=')
			return s + n + 1;
	return NULL;
}

/* Copies the value after " KEY="; returns false if there is none or it is too long. */
static bool field(const char *line, const char *key, char *out, size_t size)
{
	const char *s = find_field(line, key);
	if (s == NULL)
		return false;
	size_t length = *s == '"' ? strcspn(s + 1, "\"") + 2 : strcspn(s, " \x1d");
	if (length >= size)
		return false;
	snprintf(out, size, "%.*s", (int)length, s);
	return out[0] != '\0';
}

/* Reads a number of a field: decimal, or (`base` 16) hexadecimal with or without 0x. */
static bool number(const char *line, const char *key, int base, uint64_t *value)
{
	char text[32], *end;
	if (!field(line, key, text, sizeof(text)) || !isxdigit((unsigned char)text[0]))
		return false;
	*value = strtoull(text, &end, base);
	return *end == '\0';
}

/* Reads the number in "unknown-syscall(470)" and the like, which ausearch -i writes for values
 * without a name. Returns false for other text. */
static bool unknown_number(const char *text, const char *what, int base, uint64_t *value)
{
	size_t n = strlen(what);
	char *end;
	if (strncmp(text, what, n) != 0 || text[n] != '(' || !isxdigit((unsigned char)text[n + 1]))
		return false;
	*value = strtoull(text + n + 1, &end, base);
	return strcmp(end, ")") == 0;
}

/* Returns the start of the fields that only the kernel writes. The fields before them, the
 * program's name and path, contain text that the program chose, and ausearch -i does not quote its
 * blanks. */
static const char *kernel_fields(const char *line)
{
	const char *at = line;
	for (const char *s = line; (s = strstr(s, " sig=")) != NULL; s++)
		at = s;
	return at;
}

/* Reads a path: in quotes, or in hexadecimal if it contains quotes or blanks
 * (audit_log_untrustedstring). "(null)" is not a path. */
static bool path_field(const char *line, const char *key, char *out, size_t size)
{
	char text[8200];
	if (!field(line, key, text, sizeof(text)))
		return false;
	size_t n = strlen(text);
	if (text[0] == '"' && n > 2 && text[n - 1] == '"') {
		snprintf(out, size, "%.*s", (int)(n - 2), text + 1);
		return n - 2 < size;
	}
	if (text[0] == '/') { /* ausearch -i writes paths without quotes */
		const char *path = find_field(line, key), *rest = kernel_fields(line);
		n = rest > path ? (size_t)(rest - path) : n;
		snprintf(out, size, "%.*s", (int)(n < size ? n : 0), path);
		return n < size;
	}
	if (n % 2 != 0 || n / 2 >= size || strspn(text, "0123456789ABCDEFabcdef") != n)
		return false;
	for (size_t i = 0; i < n / 2; i++) {
		char pair[3] = {text[2 * i], text[2 * i + 1], '\0'};
		out[i] = (char)strtoul(pair, NULL, 16);
		if (out[i] == '\0')
			return false;
	}
	out[n / 2] = '\0';
	return n > 0;
}

/* Reads "c000003e", or "x86_64" as ausearch -i writes it. */
static bool read_arch(const char *line, enum arch *arch)
{
	char text[32];
	uint64_t audit;
	int found = -1;
	if (number(line, "arch", 16, &audit))
		found = arch_by_audit((uint32_t)audit);
	else if (field(line, "arch", text, sizeof(text)))
		found = unknown_number(text, "unknown-elf-type", 16, &audit) ? arch_by_audit((uint32_t)audit) : arch_by_name(text);
	*arch = (enum arch)found;
	return found >= 0;
}

/* Finds a call by its name in ausearch -i: a few names in its tables (audit-userspace,
 * lib/x86_64_table.h and others) differ from the kernel's. */
static bool call_named(const char *name, enum arch arch, uint32_t *nr)
{
	static const struct {
		const char *theirs, *ours;
	} names[] = {
	    {"getdents", "getdents64"}, /* on aarch64, which only has this call */
	    {"madvise1", "madvise"},
	    {"newfstat", "fstat"},
	    {"pread", "pread64"},
	    {"pwrite", "pwrite64"},
	    {"sched_rr_get_interval64", "sched_rr_get_interval_time64"},
	    {"sys_kexec_load", "kexec_load"},
	};
	bool found = abi_number(arch, name, nr, NULL) == 0;
	for (size_t i = 0; !found && i < sizeof(names) / sizeof(names[0]); i++)
		found = strcmp(names[i].theirs, name) == 0 && abi_number(arch, names[i].ours, nr, NULL) == 0;
	return found;
}

/* Reads "42", or the names of ausearch -i: "socket", "unknown-syscall(470)",
 * "socketcall(connect)". */
static bool read_syscall(const char *line, enum arch arch, uint32_t *nr)
{
	char text[64];
	uint64_t value;
	if (!number(line, "syscall", 10, &value)) {
		if (!field(line, "syscall", text, sizeof(text)))
			return false;
		if (!unknown_number(text, "unknown-syscall", 10, &value)) {
			text[strcspn(text, "(")] = '\0';
			return call_named(text, arch, nr);
		}
	}
	*nr = (uint32_t)value;
	return value <= UINT32_MAX;
}

/* Returns the index of the action in "code". Kernels before 3.16 do not write it: they always
 * killed. ACTIONS: an action that does not deny. */
static size_t read_action(const char *line)
{
	char text[64];
	uint64_t code = 0x80000000;
	if (find_field(line, "code") != NULL && !number(line, "code", 16, &code)) {
		if (!field(line, "code", text, sizeof(text)))
			return ACTIONS;
		size_t i = 0;
		while (i < sizeof(interpreted) / sizeof(interpreted[0]) && strcmp(interpreted[i].name, text) != 0)
			i++;
		if (i < sizeof(interpreted) / sizeof(interpreted[0]))
			code = interpreted[i].code;
		else if (!unknown_number(text, "unknown-seccomp-code", 16, &code))
			return ACTIONS;
	}
	for (size_t i = 0; i < ACTIONS; i++)
		if (actions[i].code == (code & 0xffff0000))
			return i;
	return ACTIONS;
}

/* Lines.
 * --------------------------------------------------------------------------------------------------------------- */

static bool same_stamp(const void *context, size_t position)
{
	const void *const *both = context;
	const struct reader *r = both[0];
	return strcmp(r->stamps.items[position], both[1]) == 0;
}

/* Notes a record's time and number, which identify it. *again: the record was read before, for
 * example in the journal and in auditd's log. */
static int note_stamp(struct reader *r, const char *stamp, size_t n, bool *again)
{
	char *copy = strndup(stamp, n);
	if (copy == NULL)
		return error_memory(r->e);
	const void *both[] = {r, copy};
	uint32_t hash = index_hash(0, copy, n);
	*again = index_find(&r->stamp_index, hash, same_stamp, both) != SIZE_MAX;
	if (!*again && vec_push(&r->stamps, copy))
		return index_add(&r->stamp_index, hash, r->stamps.count - 1) ? 0 : error_memory(r->e);
	free(copy);
	return *again ? 0 : error_memory(r->e);
}

static bool same_path(const void *context, size_t position)
{
	const void *const *both = context;
	const struct reader *r = both[0];
	return strcmp(r->programs.items[position], both[1]) == 0;
}

static int find_program(struct reader *r, const char *path, size_t *at)
{
	const void *both[] = {r, path};
	uint32_t hash = index_hash(0, path, strlen(path));
	*at = index_find(&r->program_index, hash, same_path, both);
	if (*at != SIZE_MAX)
		return 0;
	char *copy = strdup(path);
	*at = r->programs.count;
	if (copy != NULL && vec_push(&r->programs, copy))
		return index_add(&r->program_index, hash, *at) ? 0 : error_memory(r->e);
	free(copy);
	return error_memory(r->e);
}

/* Returns whether a record begins there: at the start of the line, or after the name of its writer
 * ("kernel: ", "[   12.3] ", "node=host "). Elsewhere it is text of unknown origin, and must not
 * become a fact. */
static bool begins_record(const char *line, const char *at)
{
	while (at > line && at[-1] == ' ')
		at--;
	const char *word = at;
	while (word > line && word[-1] != ' ')
		word--;
	return at == line || at[-1] == ':' || at[-1] == ']' || strncmp(word, "node=", strlen("node=")) == 0;
}

/* Returns whether a line is a filter's denial. *stamp: the text in "audit(…)". */
static bool is_denial(const char *line, const char **stamp, size_t *n)
{
	const char *type = strstr(line, "type=SECCOMP"), *at;
	if (type == NULL)
		type = strstr(line, "type=1326");
	if (type == NULL && strstr(line, "audit[") != NULL && (type = strstr(line, "]: SECCOMP ")) != NULL) {
		/* The journal's own copy, without the record's number: "audit[701]: SECCOMP auid=…". */
		*stamp = line;
		*n = strlen(line);
		return true;
	}
	if (type == NULL || !begins_record(line, type) || (at = strstr(type, "audit(")) == NULL)
		return false;
	*stamp = at + strlen("audit(");
	*n = strcspn(*stamp, ")");
	return (*stamp)[*n] == ')';
}

/* Adds a denial; notes missing fields. */
static int take_denial(struct reader *r, const char *line, const char *stamp, size_t n)
{
	struct denial d = {0};
	char path[4200];
	bool again;
	int rc = note_stamp(r, stamp, n, &again);
	if (strspn(stamp, "0123456789") >= 9 && stamp[strspn(stamp, "0123456789")] == '.')
		d.seconds = strtoll(stamp, NULL, 10); /* ausearch -i writes dates in the locale's form */
	if (rc < 0 || again)
		return rc;
	const char *fields = kernel_fields(line);
	if (!read_arch(fields, &d.arch)) {
		remark(&r->remarks, &r->lines, "has no known architecture: left out");
		return 0;
	}
	if (!read_syscall(fields, d.arch, &d.nr)) {
		remark(&r->remarks, &r->lines, "has no known system call: left out");
		return 0;
	}
	if (d.nr >= ABI_NR_FOREIGN) {
		remark(&r->remarks, &r->lines,
		       "is about an x32 call or an invalid number, which no policy allows: left out");
		return 0;
	}
	if ((d.action = read_action(fields)) == ACTIONS) {
		remark(&r->remarks, &r->lines, "is about an allowed call, or has no known action: left out");
		return 0;
	}
	if (!path_field(line, "exe", path, sizeof(path)))
		snprintf(path, sizeof(path), "%s", UNKNOWN_PROGRAM);
	if ((rc = find_program(r, path, &d.program)) < 0)
		return rc;
	struct action_run *a = &r->actions[d.action];
	if (d.seconds > 0 && (a->first == 0 || d.seconds < a->first))
		a->first = d.seconds;
	digest_add(&a->digest, stamp, n);
	return vec_push(&r->denials, d) ? 0 : error_memory(r->e);
}

static int read_file(struct reader *r, const struct import_file *file)
{
	int rc = 0;
	const char *stamp;
	size_t n;
	r->lines.file = file;
	r->lines.at = r->lines.number = 0;
	while (rc == 0 && lines_next(&r->lines)) {
		/* "kauditd_printk_skb: 857 callbacks suppressed" */
		const char *left_out = strstr(text_string(&r->lines.text), "kauditd_printk_skb: ");
		if (left_out != NULL && strstr(left_out, " callbacks suppressed") != NULL)
			remark(&r->remarks, &r->lines,
			       "the kernel left out denials, because there were many at once: merge, and run the "
			       "program again "
			       "until no new denial appears");
		if (is_denial(text_string(&r->lines.text), &stamp, &n))
			rc = take_denial(r, text_string(&r->lines.text), stamp, n);
	}
	return r->lines.text.failed ? error_memory(r->e) : rc;
}

/* The profile.
 * ------------------------------------------------------------------------------------------------------------ */

static int add_run(struct reader *r, struct action_run *a, const struct import_options *options, struct profile *p)
{
	char id[33], started[32] = "";
	time_t seconds = (time_t)a->first;
	struct tm tm;
	/* the calls of one record all got one action */
	digest_add(&a->digest, a->name, strlen(a->name));
	digest_label(&a->digest, options->label);
	digest_text(&a->digest, id);
	if (a->first > 0 && gmtime_r(&seconds, &tm) != NULL && tm.tm_year < 8000)
		strftime(started, sizeof(started), "%Y-%m-%dT%H:%M:%SZ", &tm);
	struct run run = {.id = id,
			  .mode = (char *)"audit",
			  .denied = (char *)a->name,
			  .label = (char *)options->label,
			  .started = started[0] != '\0' ? started : NULL};
	return a->run = profile_add_run(p, &run, r->e);
}

static int add_facts(struct reader *r, const struct import_options *options, struct profile *p)
{
	int rc = 0;
	for (size_t i = 0; i < r->denials.count && rc >= 0; i++) {
		const struct denial *d = &r->denials.items[i];
		struct action_run *a = &r->actions[d->action];
		struct fact_key key = {.phase = PHASE_MAIN, .arch = (uint8_t)d->arch, .nr = d->nr};
		int program = profile_add_program(p, r->programs.items[d->program], NULL, r->e);
		rc = program < 0 ? program : a->run < 0 ? add_run(r, a, options, p) : 0;
		if (rc >= 0)
			rc = profile_observe(p, &key, (uint32_t)program, (uint32_t)a->run, 1, r->e);
		if (rc >= 0)
			rc = profile_ended(p, &key, 0, r->e);
	}
	return rc < 0 ? rc : profile_sort(p, r->e);
}

static void reader_clear(struct reader *r)
{
	for (size_t i = 0; i < r->programs.count; i++)
		free(r->programs.items[i]);
	for (size_t i = 0; i < r->stamps.count; i++)
		free(r->stamps.items[i]);
	vec_free(&r->programs);
	vec_free(&r->stamps);
	vec_free(&r->denials);
	index_free(&r->stamp_index);
	index_free(&r->program_index);
	text_free(&r->lines.text);
	remarks_free(&r->remarks);
}

int import_audit(const struct import_file *files, size_t n, const struct import_options *options,
		 struct import_result *out, struct text *warnings, struct error *e)
{
	struct reader r = {.e = e};
	struct profile *p = NULL;
	int rc = 0;
	memcpy(r.actions, actions, sizeof(actions));
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = read_file(&r, &files[i]);
	remarks_tell(&r.remarks, warnings);
	if (rc == 0 && r.denials.count == 0)
		rc = error_set(
		    e, ERR_INPUT,
		    "%.200s: no line is about a denied call (type=SECCOMP or type=1326); look in 'journalctl -k' or "
		    "/var/log/audit/audit.log",
		    files[0].name);
	if (rc == 0 && (p = profile_new()) == NULL)
		rc = error_memory(e);
	if (rc == 0)
		rc = add_facts(&r, options, p);
	if (rc == 0 && warnings->failed)
		rc = error_memory(e);
	reader_clear(&r);
	if (rc < 0)
		profile_free(p);
	else
		out->profile = p;
	return rc;
}

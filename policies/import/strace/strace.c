/* Logs of strace become a profile. SPDX-License-Identifier: MIT
 *
 * A log lacks these things:
 * - where the dynamic loader ended: so all facts are of phase main. A policy of all phases is the
 * same; a policy of main allows more.
 * - arguments that were cut off or have an unknown text: the fact omits them, and so stands for any
 * value of them.
 * - the calls that -e, -z or -Z left out: nothing can recover them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policies/import/strace/strace.h"

struct reader {
	const struct import_options *options;
	struct profile *profile; /* NULL: the first reading */
	struct threads threads;
	struct lines lines;
	struct remarks remarks;
	struct text command; /* the string read by strace_string */
	VEC(char *) words;   /* the command line that strace ran */
	long long epoch;     /* the earliest time */
	long unnamed;	     /* the pid, or a substitute, for lines without one */
	bool pids;	     /* lines of this file have pids */
	size_t calls;
	char exit[32];
	struct error *e;
};

/* Executing, starting. --------------------------------------------------------------------------------------------- */

/* The program of an execve, from its path; or of an execveat, which may have a descriptor instead
 * (strace -y shows its path). */
static bool program_path(const struct strace_call *c, struct text *path)
{
	path->count = 0;
	for (unsigned i = 0; i < c->count && i < 2; i++)
		if (strace_string(c->pieces[i].text, c->pieces[i].n, path) && path->count > 0)
			return true;
	const char *open = c->count > 0 ? memchr(c->pieces[0].text, '<', c->pieces[0].n) : NULL;
	path->count = 0;
	if (open == NULL || open[1] != '/')
		return false;
	text_add_bytes(path, open + 1, (size_t)(c->pieces[0].text + c->pieces[0].n - open) - 2);
	return path->count > 0;
}

/* The words of ["ls", "-l"]; no words if strace has shortened the list. */
static int read_words(struct reader *r, const char *list, size_t n)
{
	struct text word = {0};
	const char *s = list + 1, *end = list + n;
	bool fine = n > 1 && *list == '[', memory = true;
	while (fine && memory && s < end && *s == '"') {
		word.count = 0;
		fine = strace_string(s, (size_t)(end - s), &word);
		char *copy = fine ? strdup(text_string(&word)) : NULL;
		memory = !fine || (copy != NULL && vec_push(&r->words, copy));
		for (s++; s < end && *s != '"'; s++)
			s += *s == '\\' && s + 1 < end;
		s += strspn(s < end ? s + 1 : "", ", ") + 1;
	}
	if (!fine || s > end || *(end - 1) != ']' || (s < end && *s != ']')) {
		for (size_t i = 0; i < r->words.count; i++)
			free(r->words.items[i]);
		r->words.count = 0;
	}
	memory &= !word.failed;
	text_free(&word);
	return memory ? 0 : error_memory(r->e);
}

static int executed(struct reader *r, struct thread *t, const struct strace_call *c)
{
	struct text path = {0};
	bool by_strace = !t->called && !t->started;
	if (!program_path(c, &path)) {
		path.count = 0;
		text_add(&path, "%s", UNKNOWN_PROGRAM);
	}
	bool fine = !path.failed && threads_executed(&r->threads, t, text_string(&path));
	text_free(&path);
	if (!fine)
		return error_memory(r->e);
	if (by_strace && t->executed == IMAGE_UNKNOWN)
		t->executed = t->now;
	if (r->profile == NULL && by_strace && r->words.count == 0 && c->count > 1)
		return read_words(r, c->pieces[1].text, c->pieces[1].n);
	return 0;
}

/* Updates threads and programs after a call that ended. */
static int learn(struct reader *r, struct thread *t, const struct strace_call *c)
{
	static const char *const starters[] = {"clone", "clone3", "fork", "vfork"};
	long returned = strace_call_returned(c);
	if (returned == 0 && (strcmp(c->name, "execve") == 0 || strcmp(c->name, "execveat") == 0))
		return executed(r, t, c);
	for (size_t i = 0; i < 4 && returned > 0; i++)
		if (strcmp(c->name, starters[i]) == 0)
			return threads_started(&r->threads, t->pid, returned) ? 0 : error_memory(r->e);
	return 0;
}

/* Facts. -------------------------------------------------------------------------------------------------------------
 */

/* The architectures that a thread's call may belong to. strace -o does not write that a process has
 * 32 bits; but such a process makes calls that only exist there. If it also makes calls that only
 * exist in 64 bits (by int 0x80), each call may be either. */
static arch_set open_archs(struct reader *r, const struct thread *t)
{
	arch_set x86 = ARCH_BIT(ARCH_X86_64) | ARCH_BIT(ARCH_I386), alone = threads_image(&r->threads, t)->alone;
	bool by_strace = !t->called && !t->started; /* its execve still belongs to strace's own process */
	if (t->told || by_strace || alone == 0 || !(ARCH_BIT(t->arch) & x86))
		return ARCH_BIT(t->arch);
	return alone;
}

static int observe(struct reader *r, const struct thread *t, const struct strace_call *c)
{
	struct fact_key keys[2];
	const char *path = threads_image(&r->threads, t)->path;
	int program = profile_add_program(r->profile, path != NULL ? path : UNKNOWN_PROGRAM, NULL, r->e);
	int rc = program < 0 ? program : 0;
	struct strace_call of = *c;
	arch_set archs = strace_call_archs(c, open_archs(r, t));
	for (int arch = 0; arch < ARCH_COUNT; arch++) {
		of.arch = (enum arch)arch;
		unsigned n = (archs & ARCH_BIT(arch)) ? strace_call_keys(&of, keys, &r->lines, &r->remarks) : 0;
		for (unsigned i = 0; i < n && rc >= 0; i++) {
			rc = profile_observe(r->profile, &keys[i], (uint32_t)program, 0, 1, r->e);
			if (rc >= 0)
				rc = profile_ended(r->profile, &keys[i], strace_call_error(c), r->e);
		}
	}
	return rc < 0 ? rc : 0;
}

static int take_call(struct reader *r, struct thread *t, const char *name, const char *text, long nr, bool unfinished)
{
	struct strace_call c = {.name = name, .nr = nr, .arch = t->arch};
	strace_call_split(text, unfinished, &c);
	r->calls++;
	int alone = strace_call_alone(name);
	if (r->profile == NULL && alone >= 0)
		threads_alone(&r->threads, t, (enum arch)alone);
	int rc = r->profile != NULL ? observe(r, t, &c) : 0;
	if (rc == 0 && c.result == NULL && !unfinished && r->profile != NULL)
		remark(&r->remarks, &r->lines,
		       "the line is cut off, or another program wrote into it: the part of "
		       "its call before that counts");
	if (rc < 0)
		return rc;
	rc = learn(r, t, &c);
	t->called |= strncmp(name, "execve", 6) != 0 || c.result == NULL || strace_call_error(&c) == 0;
	return rc;
}

/* A call that did not end, because something else follows it: its result is unknown. */
static int drop_pending(struct reader *r, struct thread *t)
{
	struct text pending = t->pending;
	if (pending.count == 0)
		return 0;
	long nr = t->pending_nr;
	t->pending = (struct text){0};
	char *open = strchr(pending.bytes, '(');
	*open = '\0';
	int rc = take_call(r, t, pending.bytes, open + 1, nr, true);
	text_free(&pending);
	return rc;
}

static int keep_pending(struct reader *r, struct thread *t, const struct strace_line *l)
{
	if (l->other != 0) { /* it ends in another file, which may have been read already */
		struct strace_call c = {.name = l->name, .arch = t->arch};
		struct text path = {0};
		strace_call_split(l->text, true, &c);
		bool fine = !program_path(&c, &path) || threads_executes(&r->threads, t->pid, text_string(&path));
		fine &= !path.failed;
		text_free(&path);
		if (!fine)
			return error_memory(r->e);
	}
	text_add(&t->pending, "%s(%s", l->name, l->text);
	t->pending_nr = l->nr;
	return t->pending.failed ? error_memory(r->e) : 0;
}

/* "<... openat resumed>) = 3": the end of a call that began earlier. A call whose beginning is not
 * in this log still counts. */
static int resume(struct reader *r, struct thread *t, struct strace_line *l)
{
	struct text pending = t->pending;
	t->pending = (struct text){0};
	char *open = pending.count > 0 ? strchr(pending.bytes, '(') : NULL;
	size_t n = open != NULL ? (size_t)(open - pending.bytes) : 0;
	int rc;
	if (open == NULL || strlen(l->name) != n || strncmp(pending.bytes, l->name, n) != 0) {
		/* Its first arguments are missing: no argument counts. */
		t->pending = pending;
		rc = drop_pending(r, t);
		if (rc == 0 && t->superseded != 0 && strcmp(l->name, "execve") == 0) {
			/* It counts where it begins, in the other thread's file. */
			bool fine = threads_executed(&r->threads, t, NULL);
			t->superseded = 0;
			return fine ? 0 : error_memory(r->e);
		}
		return rc < 0 ? rc : take_call(r, t, l->name, "", l->nr, false);
	}
	text_add(&pending, "%s", l->text);
	open = pending.bytes + n;
	if (pending.failed) {
		text_free(&pending);
		return error_memory(r->e);
	}
	*open = '\0';
	char *more = strstr(l->text, "<unfinished ...>");
	if (more != NULL && more[strlen("<unfinished ...>")] == '\0') {
		*open = '(';
		pending.count -= strlen("<unfinished ...>");
		pending.bytes[pending.count] = '\0';
		t->pending = pending;
		return 0;
	}
	rc = take_call(r, t, pending.bytes, open + 1, l->nr >= 0 ? l->nr : t->pending_nr, false);
	text_free(&pending);
	return rc;
}

/* Lines. --------------------------------------------------------------------------------------------------------------
 */

/* The pid before a line, or of a line without one. */
static struct thread *thread_named(struct reader *r, const struct strace_line *l)
{
	struct threads *t = &r->threads;
	if (l->pid != 0) {
		r->pids = true;
		/* strace writes pids once there are two; a line without one is the first's, unless it was started
		 * since. */
		if (r->unnamed < 0 && !threads_known(t, l->pid) && threads_known(t, r->unnamed)) {
			if (!threads_rename(t, r->unnamed, l->pid))
				return NULL;
			r->unnamed = l->pid;
		}
		return threads_of(t, l->pid, r->options->arch);
	}
	struct thread *only = r->pids ? threads_only(t) : NULL;
	return only != NULL ? only : threads_of(t, r->unnamed, r->options->arch);
}

/* The thread of a line. After a thread has ended, the next call with its pid belongs to another
 * thread. */
static struct thread *thread_of_line(struct reader *r, const struct strace_line *l)
{
	struct thread *t = l->kind == LINE_MODE && l->pid == 0 && threads_known(&r->threads, l->other)
			       ? threads_of(&r->threads, l->other, r->options->arch)
			       : thread_named(r, l);
	bool late = t != NULL && t->ended && l->kind != LINE_RESUMED && l->kind != LINE_SUPERSEDED;
	return late ? threads_next(&r->threads, t->pid, r->options->arch) : t;
}

static int take_mode(struct reader *r, struct thread *t, const struct strace_line *l)
{
	static const struct {
		const char *text;
		enum arch from, to;
	} modes[] = {{"32 bit", ARCH_X86_64, ARCH_I386}, {"64 bit", ARCH_I386, ARCH_X86_64}};
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(l->text, modes[i].text) == 0) {
			if (t->arch == modes[i].from)
				t->arch = modes[i].to;
			t->told = true;
			return 0;
		}
	if (r->profile != NULL && strcmp(l->text, "64 bit") != 0)
		remark(&r->remarks, &r->lines,
		       "calls in %.20s mode are unknown: they count as other calls of that name", l->text);
	return 0;
}

/* The end of a thread. The root's end is the run's. */
static int take_end(struct reader *r, struct thread *t, const struct strace_line *l)
{
	if (t == r->threads.list.items[threads_root(&r->threads)])
		snprintf(r->exit, sizeof(r->exit), l->kind == LINE_EXITED ? "exit %.20s" : "%.20s", l->text);
	t->ended = true;
	return drop_pending(r, t);
}

/* One thread of a process executes a program and takes over the process's pid: the call that it
 * began ends there. */
static int take_superseded(struct reader *r, struct thread *t, const struct strace_line *l)
{
	struct thread *by = threads_known(&r->threads, l->other) ? threads_of(&r->threads, l->other, t->arch) : NULL;
	if (by == t)
		return 0;
	if (by == NULL || by->pending.count == 0) {
		t->superseded = l->other;
		return 0;
	}
	int rc = drop_pending(r, t);
	t->pending = by->pending;
	t->pending_nr = by->pending_nr;
	by->pending = (struct text){0};
	by->ended = true;
	return rc;
}

static int take_line(struct reader *r, struct strace_line *l)
{
	struct thread *t = NULL;
	if (l->epoch > 0 && (r->epoch == 0 || l->epoch < r->epoch))
		r->epoch = l->epoch;
	if (l->kind == LINE_ATTACHED)
		return threads_of(&r->threads, l->other, r->options->arch) != NULL ? 0 : error_memory(r->e);
	if (l->kind == LINE_SUMMARY && r->calls == 0)
		return error_set(
		    r->e, ERR_INPUT,
		    "%.200s: line %zu: is a summary (strace -c), which has no arguments; log the calls: strace -f "
		    "-o LOG COMMAND",
		    r->lines.file->name, r->lines.number);
	if (l->kind == LINE_EMPTY || l->kind == LINE_SIGNAL || l->kind == LINE_SUMMARY)
		return 0;
	if (l->kind == LINE_OTHER) {
		if (r->profile != NULL)
			remark(&r->remarks, &r->lines, "is not a line of strace: left out");
		return 0;
	}
	if ((t = thread_of_line(r, l)) == NULL)
		return error_memory(r->e);
	switch (l->kind) {
	case LINE_MODE:
		return take_mode(r, t, l);
	case LINE_EXITED:
	case LINE_KILLED:
		return take_end(r, t, l);
	case LINE_SUPERSEDED:
		return take_superseded(r, t, l);
	case LINE_RESUMED:
		return resume(r, t, l);
	default:;
		int rc = drop_pending(r, t);
		if (rc < 0)
			return rc;
		return l->kind == LINE_UNFINISHED ? keep_pending(r, t, l)
						  : take_call(r, t, l->name, l->text, l->nr, false);
	}
}

/* The pid of a file whose lines have none: strace -ff puts it at the end of the file's name. */
static long pid_of_file(const char *name, size_t i, size_t n)
{
	const char *dot = strrchr(name, '.');
	char *end;
	long pid = dot != NULL && n > 1 && dot[1] >= '1' && dot[1] <= '9' ? strtol(dot + 1, &end, 10) : 0;
	return pid > 0 && *end == '\0' ? pid : -1 - (long)i;
}

/* On a terminal strace writes "strace: Process 123 attached" into the middle of a line, which
 * continues on the next. */
static int join_lines(struct reader *r)
{
	static const char message[] = "strace: Process ", end[] = " attached";
	struct text *line = &r->lines.text;
	char *at = strstr(line->bytes, message);
	while (at != NULL && at > line->bytes) {
		char *rest;
		long pid = strtol(at + sizeof(message) - 1, &rest, 10);
		if (strcmp(rest, end) != 0)
			return 0;
		struct text first = *line;
		first.count = (size_t)(at - line->bytes);
		*line = (struct text){0};
		bool more = lines_next(&r->lines);
		text_add_bytes(&first, text_string(line), more ? line->count : 0);
		bool failed = line->failed || first.failed;
		text_free(line);
		*line = first;
		if (failed || threads_of(&r->threads, pid, r->options->arch) == NULL)
			return error_memory(r->e);
		first.bytes[first.count] = '\0';
		at = more ? strstr(line->bytes, message) : NULL;
	}
	return 0;
}

static int read_file(struct reader *r, const struct import_file *file, long unnamed)
{
	int rc = 0;
	r->lines.file = file;
	r->lines.at = r->lines.number = 0;
	r->unnamed = threads_named(&r->threads, unnamed);
	r->pids = false;
	while (rc == 0 && lines_next(&r->lines)) {
		struct strace_line line;
		if (r->lines.text.count == 0)
			continue;
		if ((rc = join_lines(r)) < 0)
			break;
		strace_line_read(r->lines.text.bytes, &line);
		rc = take_line(r, &line);
		if (line.kind == LINE_SUMMARY)
			break; /* -C: the table follows */
	}
	return r->lines.text.failed ? error_memory(r->e) : rc;
}

static int read_all(struct reader *r, const struct import_file *files, size_t n)
{
	int rc = 0;
	r->calls = 0;
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = read_file(r, &files[i], pid_of_file(files[i].name, i, n));
	for (size_t i = 0; i < r->threads.list.count && rc == 0; i++)
		rc = drop_pending(r, r->threads.list.items[i]);
	return rc;
}

/* The run of the log, without the facts, which only the second reading finds. */
static int add_run(struct reader *r, const struct import_file *files, size_t n)
{
	struct digest digest = {0};
	char id[33], started[32] = "";
	time_t seconds = (time_t)r->epoch;
	struct tm tm;
	for (size_t i = 0; i < n; i++)
		digest_add(&digest, files[i].bytes, files[i].n);
	digest_label(&digest, r->options->label);
	digest_text(&digest, id);
	if (r->epoch > 0 && gmtime_r(&seconds, &tm) != NULL && tm.tm_year < 8000)
		strftime(started, sizeof(started), "%Y-%m-%dT%H:%M:%SZ", &tm);
	struct run run = {.id = id, .mode = (char *)"strace", .label = (char *)r->options->label};
	run.started = started[0] != '\0' ? started : NULL;
	run.exit = r->exit[0] != '\0' ? r->exit : NULL;
	run.command.items = r->words.items;
	run.command.count = r->words.count;
	int rc = profile_add_run(r->profile, &run, r->e);
	return rc < 0 ? rc : 0;
}

int import_strace(const struct import_file *files, size_t n, const struct import_options *options,
		  struct import_result *out, struct text *warnings, struct error *e)
{
	struct reader r = {.options = options, .e = e};
	struct profile *p = NULL;
	int rc = read_all(&r, files, n);
	if (rc == 0 && r.calls == 0)
		rc = error_set(e, ERR_INPUT,
			       "%.200s: no line is a system call of strace; make a log with strace -f -o LOG "
			       "COMMAND",
			       files[0].name);
	if (rc == 0 && (p = r.profile = profile_new()) == NULL)
		rc = error_memory(e);
	if (rc == 0)
		rc = add_run(&r, files, n);
	if (rc == 0) {
		threads_rewind(&r.threads, options->arch);
		rc = read_all(&r, files, n);
	}
	if (rc == 0 && profile_fact_count(p) == 0)
		rc = error_set(e, ERR_INPUT,
			       "%.200s: contains no known call of %s; name another architecture with --arch=ARCH",
			       files[0].name, arch_name(options->arch));
	if (rc == 0)
		rc = profile_sort(p, e);
	remarks_tell(&r.remarks, warnings);
	if (rc == 0 && warnings->failed)
		rc = error_memory(e);
	remarks_free(&r.remarks);
	threads_free(&r.threads);
	text_free(&r.lines.text);
	for (size_t i = 0; i < r.words.count; i++)
		free(r.words.items[i]);
	vec_free(&r.words);
	if (rc < 0)
		profile_free(p);
	else
		out->profile = p;
	return rc;
}

/* The functions of one module by address: turns symbols into sorted spans that do not overlap.
 * SPDX-License-Identifier: MIT */
#include "tracer/symbols/symbols.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "tracer/symbols/debug_file.h"
#include "tracer/symbols/demangle.h"
#include "tracer/symbols/elf.h"

/* The longest name that is compared; longer ones are cut. */
enum { NAME = 4096 };

/* A range of addresses with one name. */
struct span {
	struct elf_range range;
	uint64_t base; /* where the function begins */
	const char *name;
	bool stub;
};

struct spans {
	VEC(struct span) v;
};

/* How many of them: enum elf_source. */
#define SOURCES 3

struct symbols {
	struct elf_file *file, *debug; /* they own the names */
	struct spans sources[SOURCES]; /* in order of preference */
	struct error why;
};

/* A sweep over symbols by address: a stack of those that have begun and not ended; the last one to
 * begin is on top. */
struct sweep {
	VEC(struct elf_symbol) open;
	uint64_t at; /* everything before is done */
	struct spans *spans;
};

static size_t name_length(const char *name)
{
	size_t n = strnlen(name, NAME);
	const char *version = n > 1 ? memchr(name + 1, '@', n - 1) : NULL;
	return version != NULL ? (size_t)(version - name) : n;
}

static int rank(const struct elf_symbol *s)
{
	return s->binding == STB_GLOBAL || s->binding == STB_GNU_UNIQUE ? 0 : s->binding == STB_WEAK ? 1 : 2;
}

/* Whether to prefer a's name to b's. */
static bool better(const struct elf_symbol *a, const struct elf_symbol *b)
{
	if ((a->name[0] == '_') != (b->name[0] == '_'))
		return b->name[0] == '_'; /* libc's read is global as __read, and weak as read */
	if (rank(a) != rank(b))
		return rank(a) < rank(b);
	size_t m = name_length(a->name), n = name_length(b->name);
	return m != n ? m < n : memcmp(a->name, b->name, m) < 0;
}

/* Orders by address; labels first; then the larger first. Names are compared later, once each, so
 * that a table of a million equal symbols is sorted quickly. */
static int by_address(const void *a, const void *b)
{
	const struct elf_symbol *x = a, *y = b;
	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	if (x->label != y->label)
		return x->label ? -1 : 1;
	return (x->end < y->end) - (x->end > y->end);
}

/* Adds the span from the sweep's position to `to`; it belongs to the top. */
static bool emit(struct sweep *w, uint64_t to)
{
	const struct elf_symbol *top = &w->open.items[w->open.count - 1];
	if (to <= w->at)
		return true;
	struct span span = {{w->at, to}, top->address, top->name, top->stub};
	w->at = to;
	return vec_push(&w->spans->v, span);
}

/* Moves on to an address and closes the symbols that end before it. */
static bool advance(struct sweep *w, uint64_t to)
{
	for (; w->open.count > 0; w->open.count--) {
		const struct elf_symbol *top = &w->open.items[w->open.count - 1];
		if (top->end > to) {
			if (!emit(w, to))
				return false;
			break;
		}
		if (!emit(w, top->end))
			return false;
	}
	w->at = to;
	return true;
}

/* Opens the symbols of one address, items[i] and following. Returns the position after them, or 0:
 * no memory. */
static size_t open_group(struct sweep *w, const struct elf_symbol *items, size_t n, size_t i)
{
	uint64_t address = items[i].address;
	const struct elf_symbol *label = NULL;
	if (w->open.count > 0 && w->open.items[w->open.count - 1].label)
		w->open.count--; /* a label reaches to the next symbol */
	for (; i < n && items[i].address == address && items[i].label; i++)
		if (label == NULL || better(&items[i], label))
			label = &items[i];
	if (i == n ||
	    items[i].address != address) /* no other symbol; and a label within a function is not a function */
		return w->open.count > 0 || vec_push(&w->open, *label) ? i : 0;
	for (bool first = true; i < n && items[i].address == address; first = false) {
		struct elf_symbol best = items[i];
		for (uint64_t end = best.end; i < n && items[i].address == address && items[i].end == end; i++)
			if (better(&items[i], &best))
				best = items[i];
		/* A label at a function's beginning is another name for it. */
		if (first && label != NULL && better(label, &best)) {
			best.name = label->name;
			best.binding = label->binding;
		}
		if ((first || better(&best, &w->open.items[w->open.count - 1])) && !vec_push(&w->open, best))
			return 0;
	}
	return i;
}

/* Makes spans of symbols, and sorts the symbols for that. */
static int make_spans(struct elf_table *table, struct spans *spans, struct error *e)
{
	struct elf_symbol *items = table->symbols.items;
	size_t n = table->symbols.count;
	struct sweep w = {.spans = spans};
	bool fine = true;
	if (n > 0)
		qsort(items, n, sizeof(*items), by_address);
	for (size_t i = 0; i < n && fine;) {
		fine = advance(&w, items[i].address);
		i = fine ? open_group(&w, items, n, i) : 0;
		fine = i > 0;
	}
	fine = fine && advance(&w, UINT64_MAX);
	vec_free(&w.open);
	return fine ? 0 : error_memory(e);
}

/* Reads one table. A damaged table counts as absent, but *why says so. Returns 1 if there are
 * names, 0, or ERR_MEMORY and *e. */
static int read_source(struct symbols *s, struct elf_file *file, enum elf_source source, struct error *e)
{
	struct elf_table table = {0};
	struct error reason = {0};
	int rc = elf_symbols(file, source, &table, &reason);
	if (rc > 0 && make_spans(&table, &s->sources[source], &reason) < 0)
		rc = reason.code;
	vec_free(&table.symbols);
	if (rc == ERR_MEMORY)
		return error_memory(e);
	if (rc < 0)
		error_set(&s->why, reason.code, "%s%s", file == s->debug ? "its separate debug file " : "",
			  reason.text);
	return rc > 0 && s->sources[source].v.count > 0;
}

/* Reads all tables of s->file. `path` and `root` lead to a separate debug file; NULL: there is
 * none. */
static int read_all(struct symbols *s, const char *path, const char *root, struct error *e)
{
	int rc = read_source(s, s->file, ELF_SYMTAB, e);
	if (rc == 0 && path != NULL) {
		struct error reason = {0};
		s->debug = debug_file_find(path, s->file, root, &reason);
		if (s->debug != NULL)
			rc = read_source(s, s->debug, ELF_SYMTAB, e);
		if (rc == 0 && reason.code != 0)
			error_set(&s->why, reason.code, "%s", reason.text);
		else if (rc == 0)
			error_set(&s->why, ERR_INPUT, "is stripped, and %s",
				  s->debug != NULL ? "its separate debug file has no names"
						   : "no separate debug file was found");
	}
	if (rc >= 0)
		rc = read_source(s, s->file, ELF_DYNSYM, e);
	if (rc >= 0)
		rc = read_source(s, s->file, ELF_PLT, e);
	return rc;
}

/* Completes a module whose file is open, or frees it. */
static struct symbols *complete(struct symbols *s, const char *path, const char *root, struct error *e)
{
	if (read_all(s, path, root, e) < 0) {
		symbols_free(s);
		return NULL;
	}
	elf_detach(s->file);
	if (s->debug != NULL)
		elf_detach(s->debug);
	return s;
}

struct symbols *symbols_open_under(const char *path, const char *build_id, const char *root, struct error *e)
{
	struct error reason = {0};
	char id[ELF_BUILD_ID];
	struct symbols *s = calloc(1, sizeof(*s));
	if (s == NULL)
		error_memory(&reason);
	else
		s->file = elf_open(path, &reason);
	if (s != NULL && s->file != NULL) {
		elf_build_id(s->file, id);
		if (build_id != NULL && build_id[0] != '\0' && strcmp(build_id, id) != 0)
			error_set(&reason, ERR_INPUT,
				  "is another build now: its build ID is %s, but %s was recorded",
				  id[0] != '\0' ? id : "none", build_id);
	}
	if (reason.code == 0)
		s = complete(s, path, root, &reason);
	if (reason.code == 0)
		return s;
	symbols_free(s);
	error_set(e, reason.code, "%s: %s", path, reason.text);
	return NULL;
}

struct symbols *symbols_open(const char *path, const char *build_id, struct error *e)
{
	return symbols_open_under(path, build_id, SYMBOLS_ROOT, e);
}

struct symbols *symbols_of_memory(const void *bytes, size_t n, struct error *e)
{
	struct symbols *s = calloc(1, sizeof(*s));
	if (s == NULL) {
		error_memory(e);
		return NULL;
	}
	s->file = elf_open_memory(bytes, n, e);
	if (s->file != NULL)
		return complete(s, NULL, NULL, e);
	symbols_free(s);
	return NULL;
}

/* Copies n bytes as a string; a longer text is cut between characters and ends with "…". */
static void fit(char *to, size_t room, const char *from, size_t n)
{
	static const char more[] = "…";
	bool cut = n >= room;
	if (cut) {
		size_t mark = room > sizeof(more) ? sizeof(more) - 1 : 0;
		n = room - 1 - mark;
		while (n > 0 && ((unsigned char)from[n] & 0xc0) == 0x80)
			n--;
	}
	memcpy(to, from, n);
	strcpy(to + n, cut && room > sizeof(more) ? more : "");
}

bool symbols_find(const struct symbols *s, uint64_t address, char *name, size_t room, uint64_t *offset)
{
	static const char stub[] = "@plt";
	const struct span *span = NULL;
	for (size_t i = 0; i < SOURCES && span == NULL; i++)
		span = elf_range_find(s->sources[i].v.items, s->sources[i].v.count, sizeof(*span), address);
	if (span == NULL)
		return false;
	char plain[NAME + sizeof(stub)], whole[NAME + sizeof(stub)];
	size_t n = name_length(span->name);
	memcpy(plain, span->name, n);
	plain[n] = '\0';
	const char *shown = demangle(plain, whole, NAME) ? whole : plain;
	n = strlen(shown);
	if (span->stub) {
		memmove(whole, shown, n);
		memcpy(whole + n, stub, sizeof(stub));
		shown = whole;
		n += sizeof(stub) - 1;
	}
	fit(name, room, shown, n);
	*offset = address - span->base;
	return true;
}

bool symbols_address(const struct symbols *s, uint64_t file_offset, uint64_t *address)
{
	size_t n;
	const struct elf_segment *segments = elf_segments(s->file, &n), *found = NULL;
	/* Some files have a part in two segments; code that runs is in the executable one. */
	for (size_t i = 0; i < n; i++)
		if (file_offset >= segments[i].offset && file_offset - segments[i].offset < segments[i].size &&
		    (found == NULL || (segments[i].executable && !found->executable)))
			found = &segments[i];
	if (found != NULL)
		*address = file_offset - found->offset + found->address;
	return found != NULL;
}

const char *symbols_why(const struct symbols *s)
{
	return s->why.text;
}

void symbols_free(struct symbols *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < SOURCES; i++)
		vec_free(&s->sources[i].v);
	elf_close(s->file);
	elf_close(s->debug);
	free(s);
}

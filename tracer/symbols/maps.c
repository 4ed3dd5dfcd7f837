/* The mappings of a process. SPDX-License-Identifier: MIT */
#include "tracer/symbols/maps.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tracer/process/proc.h"

/* In bytes. No program needs more: this holds 65,530 mappings (vm.max_map_count) with ordinary
 * paths. */
#define TEXT_LIMIT ((size_t)16 << 20)

static int read_text(pid_t tid, struct text *out, struct error *e)
{
	char path[64], part[16384];
	snprintf(path, sizeof(path), "/proc/%d/maps", (int)tid);
	int fd = proc_usable() ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0)
		return error_system(e, "cannot open %s", path);
	ssize_t n;
	while ((n = read(fd, part, sizeof(part))) > 0 && out->count < TEXT_LIMIT)
		text_add_bytes(out, part, (size_t)n);
	close(fd);
	if (out->failed)
		return error_memory(e);
	return n == 0 && out->count > 0 ? 0 : error_set(e, ERR_SYSTEM, "cannot read %s", path);
}

/* Adds a path to the names, undoing the changes of /proc, which writes a newline as \012 and adds "
 * (deleted)". Returns its position in the names. */
static size_t add_name(struct maps *m, const char *path, size_t n)
{
	static const char gone[] = " (deleted)";
	size_t at = m->names.count, ending = sizeof(gone) - 1;
	if (n > ending && memcmp(path + n - ending, gone, ending) == 0)
		n -= ending;
	for (size_t i = 0; i < n; i++) {
		bool newline = i + 4 <= n && memcmp(path + i, "\\012", 4) == 0;
		text_add_bytes(&m->names, newline ? "\n" : path + i, 1);
		i += newline ? 3 : 0;
	}
	text_add_bytes(&m->names, "", 1);
	return at;
}


struct line {
	struct map map;
	unsigned device[2];
	uint64_t inode;
	const char *path;
	size_t length;
};

static bool parse_line(const char *text, size_t n, struct line *out)
{
	char mode[5], head[128];
	int path = 0;
	size_t short_n = n < sizeof(head) - 1 ? n : sizeof(head) - 1;
	memcpy(head, text, short_n);
	head[short_n] = '\0';
	*out = (struct line){.map.module = -1};
	if (sscanf(head, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %x:%x %" SCNu64 " %n", &out->map.start, &out->map.end,
		   mode, &out->map.offset, &out->device[0], &out->device[1], &out->inode, &path) < 7 ||
	    path == 0 || out->map.start >= out->map.end)
		return false;
	out->map.writable = mode[1] == 'w';
	out->map.executable = mode[2] == 'x';
	out->path = text + path;
	out->length = n > (size_t)path ? n - (size_t)path : 0;
	return true;
}

/* Whether a mapping belongs to a file, or is the vDSO, which the kernel gives to each process. */
static bool is_module(const struct line *l)
{
	static const char vdso[] = "[vdso]", vsyscall[] = "[vsyscall]";
	return (l->length > 0 && l->path[0] == '/') ||
	       (l->length == sizeof(vdso) - 1 && memcmp(l->path, vdso, l->length) == 0) ||
	       (l->length == sizeof(vsyscall) - 1 && memcmp(l->path, vsyscall, l->length) == 0);
}

static bool is_same_file(const struct line *a, const struct line *b)
{
	return a->length == b->length && a->inode == b->inode && memcmp(a->path, b->path, a->length) == 0;
}

/* Adds a mapping. `last`: the latest mapping of a module before it. A file that is mapped twice
 * completely (dlmopen) is two modules: other files' mappings lie between them. */
static bool add_map(struct maps *m, struct line *l, struct line *last)
{
	if (is_module(l)) {
		if (last->path == NULL || !is_same_file(l, last)) {
			struct module_map new_one = {.path = (const char *)add_name(m, l->path, l->length),
						     .inode = l->inode,
						     .major = l->device[0],
						     .minor = l->device[1]};
			if (!vec_push(&m->modules, new_one))
				return false;
			*last = *l;
		}
		struct module_map *module = &m->modules.items[m->modules.count - 1];
		if (l->map.offset == 0 && module->start == 0)
			module->start = l->map.start;
		module->end = l->map.end;
		l->map.module = (int)m->modules.count - 1;
	}
	return vec_push(&m->maps, l->map);
}

static int parse(struct maps *m, struct error *e)
{
	struct line last = {0};
	m->names.count = m->maps.count = m->modules.count = 0;
	for (const char *at = text_string(&m->text), *end; *at != '\0'; at = end + (*end == '\n')) {
		struct line line;
		end = strchrnul(at, '\n');
		if (parse_line(at, (size_t)(end - at), &line) && !add_map(m, &line, &last))
			return error_memory(e);
	}
	if (m->names.failed)
		return error_memory(e);
	for (size_t i = 0; i < m->modules.count;
	     i++) /* until now `path` was a position, because growing moves the names */
		m->modules.items[i].path = m->names.bytes + (size_t)m->modules.items[i].path;
	return 0;
}

int maps_of_text(struct maps *m, const char *bytes, size_t n, struct error *e)
{
	text_free(&m->text);
	text_add_bytes(&m->text, bytes, n);
	return m->text.failed ? error_memory(e) : parse(m, e);
}

int maps_read(struct maps *m, pid_t tid, bool *changed, struct error *e)
{
	struct text now = {0};
	int rc = read_text(tid, &now, e);
	*changed = rc < 0 || now.count != m->text.count || memcmp(now.bytes, m->text.bytes, now.count) != 0;
	if (rc == 0 && !*changed) {
		text_free(&now);
		return 0;
	}
	text_free(&m->text);
	m->maps.count = m->modules.count = 0;
	if (rc < 0) {
		text_free(&now);
		return rc;
	}
	m->text = now;
	rc = parse(m, e);
	if (rc < 0)
		text_free(&m->text); /* a partly read text is useless */
	return rc;
}

const struct map *maps_find(const struct maps *m, uint64_t address)
{
	size_t low = 0, high = m->maps.count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct map *map = &m->maps.items[middle];
		if (address < map->start)
			high = middle;
		else if (address >= map->end)
			low = middle + 1;
		else
			return map;
	}
	return NULL;
}

void maps_free(struct maps *m)
{
	text_free(&m->text);
	text_free(&m->names);
	vec_free(&m->maps);
	vec_free(&m->modules);
}

/* Fuzz target: any bytes as what /proc tells the recorder of a process. What is understood is well-formed, and does not depend on how
 * the text is cut into pieces. SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tracer/process/proc_text.h"
#include "tracer/symbols/maps.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { IDS = 4096 };

/* Reads the ids of a text in pieces of that size; returns how many there are. */
static size_t read_ids(const char *text, size_t n, size_t piece, pid_t ids[IDS])
{
	struct proc_ids state = {0};
	size_t count = 0;
	for (size_t at = 0, length;; at += length) {
		length = n - at < piece ? n - at : piece;
		const char *from = text + at;
		for (pid_t id; (id = proc_ids_next(&state, &from, text + at + length)) != 0;) {
			if (id < 0)
				abort();
			if (count < IDS)
				ids[count++] = id;
		}
		if (from != text + at + length)
			abort();
		if (length == 0)
			return count;
	}
}

static void read_field(const char *text, size_t n, size_t piece, struct proc_field *f)
{
	*f = (struct proc_field){.name = "Tgid:"};
	for (size_t at = 0; at < n; at += piece)
		proc_field_feed(f, text + at, n - at < piece ? n - at : piece);
	if (strnlen(f->value, sizeof(f->value)) == sizeof(f->value) || strchr(f->value, '\n') != NULL)
		abort();
}

static void check_maps(const char *text, size_t n)
{
	struct maps m = {0};
	struct error e = {0};
	if (maps_of_text(&m, text, n, &e) != 0)
		abort();
	for (size_t i = 0; i < m.maps.count; i++) {
		const struct map *map = &m.maps.items[i];
		if (map->start >= map->end || map->module >= (int)m.modules.count)
			abort();
		const struct map *found = maps_find(&m, map->start); /* in any order: another one, or none */
		if (found != NULL && (map->start < found->start || map->start >= found->end))
			abort();
	}
	for (size_t i = 0; i < m.modules.count; i++)
		if (m.modules.items[i].path[0] != '/' && m.modules.items[i].path[0] != '[')
			abort();
	maps_free(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static pid_t whole[IDS], pieces[IDS];
	char *text = malloc(n + 1);
	struct proc_waiting waiting;
	struct proc_field one, other;
	if (text == NULL)
		abort();
	memcpy(text, bytes, n);
	text[n] = '\0';
	proc_text_syscall(text, &waiting);
	size_t count = read_ids(text, n, n + 1, whole);
	if (read_ids(text, n, 3, pieces) != count || memcmp(whole, pieces, count * sizeof(whole[0])) != 0)
		abort();
	read_field(text, n, n + 1, &one);
	read_field(text, n, 1, &other);
	if (one.found != other.found || strcmp(one.value, other.value) != 0)
		abort();
	check_maps(text, n);
	free(text);
	return 0;
}

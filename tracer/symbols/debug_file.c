/* Finds the separate debug file of a stripped file. SPDX-License-Identifier: MIT */
#include "tracer/symbols/debug_file.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The properties that the separate debug file must have. */
struct wanted {
	char build_id[ELF_BUILD_ID];
	bool by_link;
	uint32_t crc;
};

/* Opens a candidate. A missing file is no reason to report. */
static struct elf_file *try(const char *path, const struct wanted *wanted, struct error *why)
{
	if (access(path, F_OK) != 0)
		return NULL;
	struct error e = {0};
	struct elf_file *f = elf_open(path, &e);
	char id[ELF_BUILD_ID] = "";
	uint32_t crc;
	if (f != NULL)
		elf_build_id(f, id);
	if (f != NULL && wanted->build_id[0] != '\0' && strcmp(id, wanted->build_id) != 0 &&
	    (id[0] != '\0' || !wanted->by_link))
		error_set(&e, ERR_INPUT, "has another build ID");
	else if (f != NULL && wanted->by_link && !elf_crc(f, &crc))
		error_system(&e, "cannot read it");
	else if (f != NULL && wanted->by_link && crc != wanted->crc)
		error_set(&e, ERR_INPUT, "its CRC is %08x, but .gnu_debuglink requires %08x", crc, wanted->crc);
	if (e.code == 0)
		return f;
	elf_close(f);
	error_set(why, e.code, "%s: %s", path, e.text);
	return NULL;
}

struct elf_file *debug_file_find(const char *path, struct elf_file *stripped, const char *root, struct error *why)
{
	struct wanted wanted = {.by_link = false};
	char at[2 * PATH_MAX], name[256];
	elf_build_id(stripped, wanted.build_id);
	struct elf_file *found = NULL;
	/* One byte of hexadecimal is the folder's name. */
	if (strlen(wanted.build_id) > 2) {
		snprintf(at, sizeof(at), "%s/.build-id/%.2s/%s.debug", root, wanted.build_id, wanted.build_id + 2);
		found = try(at, &wanted, why);
	}
	const char *slash = strrchr(path, '/');
	if (found != NULL || path[0] != '/' || strlen(path) >= PATH_MAX || !elf_debuglink(stripped, name, &wanted.crc))
		return found;
	int folder = (int)(slash - path);
	const char *places[][2] = {{"", ""}, {"", "/.debug"}, {root, ""}};
	wanted.by_link = true;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && found == NULL; i++) {
		int n = snprintf(at, sizeof(at), "%s%.*s%s/%s", places[i][0], folder, path, places[i][1], name);
		if (n > 0 && (size_t)n < sizeof(at))
			found = try(at, &wanted, why);
	}
	return found;
}

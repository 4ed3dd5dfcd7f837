/* Fuzz target: any bytes as a runtime's message to the seccomp agent. One that is accepted names a descriptor and a container, whose
 * profile has a name that is a file in the folder; cut short, it is not accepted. SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tools/containers/container_name.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void check_name(const struct container *c, const char *rules)
{
	struct container_told told = {0};
	struct text name = {0};
	container_told_read(c->metadata, &told);
	container_name(rules, c, text_string(&told.name), &name);
	const char *s = text_string(&name);
	if (s[0] == '\0' || s[0] == '.' || strlen(s) > NAME_MAX - 40 || strlen(s) != name.count)
		abort();
	for (; *s != '\0'; s++)
		if (*s == '/' || *s < ' ' || *s > '~')
			abort();
	text_free(&told.name);
	text_free(&name);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct error e = {0};
	struct container c, part;
	if (container_parse((const char *)bytes, n, &c, &e) == 0) {
		if (c.id == NULL || c.id[0] == '\0' || c.metadata == NULL)
			abort();
		check_name(&c, container_name_rules);
		check_name(&c, "annotation:io.pinhole.name");
		size_t last = n;
		while (last > 0 && strchr(" \t\r\n", bytes[last - 1]) != NULL)
			last--;
		if (last == 0 || container_parse((const char *)bytes, last - 1, &part, &e) == 0)
			abort();
		container_clear(&part);
	}
	container_clear(&c);
	return 0;
}

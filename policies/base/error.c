/* How library code reports what went wrong. SPDX-License-Identifier: MIT */
#include "policies/base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int error_set(struct error *e, int code, const char *format, ...)
{
	if (e->code != 0)
		return e->code;
	va_list args;
	va_start(args, format);
	vsnprintf(e->text, sizeof(e->text), format, args);
	va_end(args);
	return e->code = code;
}

int error_system(struct error *e, const char *format, ...)
{
	int saved = errno;
	if (e->code != 0)
		return e->code;
	va_list args;
	va_start(args, format);
	vsnprintf(e->text, sizeof(e->text), format, args);
	va_end(args);
	size_t used = strlen(e->text);
	snprintf(e->text + used, sizeof(e->text) - used, ": %s", strerror(saved));
	return e->code = ERR_SYSTEM;
}

int error_memory(struct error *e)
{
	return error_set(e, ERR_MEMORY, "out of memory");
}

void error_prefix(struct error *e, const char *format, ...)
{
	if (e->code == 0)
		return;
	char before[sizeof(e->text)];
	memcpy(before, e->text, sizeof(before));
	va_list args;
	va_start(args, format);
	vsnprintf(e->text, sizeof(e->text), format, args);
	va_end(args);
	size_t used = strlen(e->text);
	snprintf(e->text + used, sizeof(e->text) - used, "%s", before);
}

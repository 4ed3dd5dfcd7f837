/* What files of /proc say, as text. SPDX-License-Identifier: MIT */
#include "tracer/process/proc_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void proc_field_feed(struct proc_field *f, const char *text, size_t n)
{
	size_t length = strlen(f->name);
	for (size_t i = 0; i < n && !f->found; i++) {
		f->found = text[i] == '\n' && f->matched == length;
		if (text[i] == '\n') {
			f->other = false;
			f->matched = f->found ? f->matched : 0;
		} else if (f->matched == length && f->used < sizeof(f->value) - 1) {
			f->value[f->used++] = text[i];
		} else if (f->matched < length && !f->other) {
			f->other = text[i] != f->name[f->matched];
			f->matched = f->other ? 0 : f->matched + 1;
		}
	}
	f->value[f->used] = '\0';
}

/* The next number of a line, in that base; *at moves behind it. */
static bool next_number(const char **at, int base, uint64_t *out)
{
	char *end;
	errno = 0;
	*out = strtoull(*at, &end, base);
	bool is_number = end != *at && errno == 0 && (*end == ' ' || *end == '\n' || *end == '\0');
	*at = end;
	return is_number;
}

bool proc_text_syscall(const char *text, struct proc_waiting *out)
{
	uint64_t call;
	if (*text == '-' || !next_number(&text, 10, &call)) /* "running", or -1: outside of calls */
		return false;
	for (int i = 0; i < 6; i++)
		if (!next_number(&text, 16, &out->args[i]))
			return false;
	return next_number(&text, 16, &out->stack) && next_number(&text, 16, &out->code);
}

pid_t proc_ids_next(struct proc_ids *ids, const char **text, const char *end)
{
	bool last = *text == end;
	for (; *text < end || last; (*text)++) {
		bool digit = !last && **text >= '0' && **text <= '9';
		if (digit) {
			ids->begun = true;
			ids->value = ids->value > INT32_MAX ? ids->value : ids->value * 10 + (**text - '0');
			continue;
		}
		long value = ids->begun && ids->value <= INT32_MAX ? ids->value : 0;
		*ids = (struct proc_ids){0};
		if (value > 0 || last)
			return (pid_t)value;
	}
	return 0;
}

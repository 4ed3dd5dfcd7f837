/* Reads filters: the kernel's bytes here, text by filter_text.c. SPDX-License-Identifier: MIT */
#include <string.h>

#include "generator/generator.h"
#include "generator/inspect/filter_text.h"

static int read_bytes(const char *bytes, size_t n, struct filter *f, struct error *e)
{
	size_t count = n / sizeof(struct sock_filter);
	if (n % sizeof(struct sock_filter) != 0)
		return error_set(e, ERR_INPUT, "no filter: %zu byte%s, and an instruction has %zu", n, plural_s(n),
				 sizeof(struct sock_filter));
	if (count > BPF_MAXINSNS)
		return error_set(e, ERR_INPUT, "no filter: %zu instructions, and the kernel takes %d", count,
				 BPF_MAXINSNS);
	if (!vec_reserve(&f->code, count))
		return error_memory(e);
	if (n > 0)
		memcpy(f->code.items, bytes, n);
	f->code.count = count;
	return 0;
}

int filter_parse(const char *bytes, size_t n, const char *name, struct filter *out, struct error *e)
{
	struct filter f = {0};
	int rc = filter_is_text(bytes, n) ? filter_read_text(bytes, &f, e) : read_bytes(bytes, n, &f, e);
	if (rc == 0)
		rc = filter_validate(f.code.items, f.code.count, e);
	if (rc < 0) {
		error_prefix(e, "%s: ", name);
		filter_clear(&f);
		return rc;
	}
	*out = f;
	return 0;
}

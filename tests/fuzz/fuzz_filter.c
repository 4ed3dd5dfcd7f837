/* Any bytes as a filter: what is valid can be listed, measured and run, and what the listing goes by is true of every call.
 * SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/dataflow_helper.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* Of short filters: of long ones it would take too long. */
static void hold(struct filter *f, const struct dataflow *r, const struct seccomp_data *call)
{
	for (size_t at = 0; at < f->code.count && f->code.count <= 40; at++) {
		uint32_t a;
		if (arrives(f->code.items, f->code.count, at, call, &a) && untrue(&r[at], call, a) != NULL)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const uint32_t numbers[] = {0, 1, 59, 0x3fffffff, 0x40000000, 0x7fffffff, 0x80000000, UINT32_MAX};
	struct filter f = {0};
	struct error e = {0};
	struct text t = {0};
	char *copy = malloc(n + 1);
	memcpy(copy, bytes, n);
	copy[n] = '\0';
	int rc = filter_parse(copy, n, "fuzz", &f, &e);
	free(copy);
	if (rc != 0) {
		if (e.code == 0 || e.text[0] == '\0')
			abort();
		return 0;
	}
	filter_disasm(f.code.items, f.code.count, NULL, &t);
	struct filter_size size;
	if (filter_measure(f.code.items, f.code.count, &size, &e) != 0 || size.longest > f.code.count ||
	    filter_native_size(f.code.items, f.code.count) == 0)
		abort();
	struct dataflow *dataflow = dataflow_find(f.code.items, f.code.count);
	for (unsigned arch = 0; arch <= ARCH_COUNT; arch++)
		for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
			struct seccomp_data call = {.nr = (int)numbers[i],
						    .arch = arch < ARCH_COUNT ? arch_audit((enum arch)arch) : 0};
			size_t steps = 0;
			memcpy(call.args, f.code.items, f.code.count < 6 ? f.code.count * 8 : sizeof(call.args));
			filter_run(f.code.items, f.code.count, &call, &steps);
			/* All jumps go forward: no instruction runs twice, and the last one is a return. */
			if (steps == 0 || steps > size.longest)
				abort();
			/* The kernel's rule says the same as running it. */
			uint32_t constant, verdict = filter_run(f.code.items, f.code.count, &call, NULL);
			if (filter_is_constant(f.code.items, f.code.count, call.arch, numbers[i], &constant) && constant != verdict)
				abort();
			hold(&f, dataflow, &call);
		}
	dataflow_free(dataflow, f.code.count);
	text_free(&t);
	filter_clear(&f);
	return 0;
}

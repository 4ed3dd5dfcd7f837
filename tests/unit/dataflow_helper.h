/* What a listing says of an instruction, held against what the machine does. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TEST_REACH_HELPER_H
#define PINHOLE_TEST_REACH_HELPER_H

#include <stdlib.h>
#include <string.h>

#include "generator/generator.h"
#include "generator/inspect/dataflow.h"

/* The machine's accumulator before instruction `at`, in *a. Returns whether the call gets there. code is changed and
 * put back. */
static inline bool arrives(struct sock_filter *code, size_t n, size_t at, const struct seccomp_data *call, uint32_t *a)
{
	static const uint32_t mark = 0x5ca1ab1e;
	struct sock_filter saved[at + 1];
	memcpy(saved, code, (at + 1) * sizeof(saved[0]));
	for (size_t i = 0; i < at; i++) /* what comes after is not run */
		if (BPF_CLASS(code[i].code) == BPF_RET)
			code[i] = (struct sock_filter){BPF_RET | BPF_K, 0, 0, 0};
	code[at] = (struct sock_filter){BPF_RET | BPF_K, 0, 0, mark};
	/* A jump past `at` ends in another return, which must not give the mark. */
	uint32_t past[n - at];
	for (size_t i = at + 1; i < n; i++) {
		past[i - at - 1] = code[i].k;
		if (BPF_CLASS(code[i].code) == BPF_RET)
			code[i].k = code[i].k == mark ? 0 : code[i].k;
	}
	size_t steps;
	bool there = false;
	if (filter_run(code, n, call, &steps) == mark) {
		there = true;
		code[at].code = BPF_RET | BPF_A;
		*a = filter_run(code, n, call, NULL);
	}
	for (size_t i = at + 1; i < n; i++)
		code[i].k = past[i - at - 1];
	memcpy(code, saved, (at + 1) * sizeof(saved[0]));
	return there;
}

/* NULL where all is true that is said of the instruction for a call that gets there; else what is not. */
static inline const char *untrue(const struct dataflow *r, const struct seccomp_data *call, uint32_t a)
{
	int arch = arch_by_audit(call->arch);
	uint32_t words[DATAFLOW_WORDS];
	memcpy(words, call, sizeof(words));
	if (!numbers_have(&r->numbers[arch < 0 ? DATAFLOW_OTHER : arch], (uint32_t)call->nr))
		return "the number";
	if (r->word >= 0 && a != (words[r->word / 4] & r->mask))
		return "the accumulator";
	for (int i = 0; i < DATAFLOW_WORDS; i++)
		if ((r->known & 1u << i) != 0 && r->value[i] != words[i])
			return "a word";
	return NULL;
}

#endif

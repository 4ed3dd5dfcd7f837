/* The architectures whose code can be searched. SPDX-License-Identifier: MIT */
#include "tracer/reach/instructions/insn.h"

const struct code_arch *code_arch_find(uint16_t machine)
{
	static const struct code_arch *const all[] = {&code_x86_64, &code_aarch64};
	for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i]->machine == machine)
			return all[i];
	return NULL;
}

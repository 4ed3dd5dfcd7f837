/* The table of output formats. SPDX-License-Identifier: MIT */
#include "generator/emit/emit.h"

#include <string.h>

const struct emitter *const emitters[] = {
    &emit_bpf,	  &emit_c,	   &emit_asm,	 &emit_oci,	   &emit_crun_annotation,	   &emit_systemd, &emit_minijail, &emit_kafel,
    &emit_firejail, &emit_firecracker, &emit_spo, &emit_libseccomp, &emit_json, &emit_smt2,	 NULL,
};

const struct emitter *emitter_by_name(const char *name)
{
	for (size_t i = 0; emitters[i] != NULL; i++)
		if (strcmp(emitters[i]->name, name) == 0)
			return emitters[i];
	return NULL;
}

/* The page's style and script and Docker's default profile, as they are in their files. SPDX-License-Identifier: MIT */
#include "policies/report/report_parts.h"

/* The assembler puts the file's bytes there; paths are from the folder of the Makefile. Hidden, as aarch64's linker
 * takes two labels of a section for one where it goes through the table of global addresses. */
#define EMBED(name, file)                                                                                              \
	__asm__(".section .rodata\n"                                                                                   \
		"report_" #name ":\n"                                                                                  \
		".incbin \"" file "\"\n"                                                                               \
		"report_" #name "_end:\n"                                                                              \
		".byte 0\n"                                                                                            \
		".previous\n");                                                                                        \
	extern __attribute__((visibility("hidden"))) const char report_##name[], report_##name##_end[];                \
	struct asset asset_##name(void)                                                                                \
	{                                                                                                              \
		return (struct asset){report_##name, (size_t)(report_##name##_end - report_##name)};                   \
	}

const char style_hash[] = "sha256-" STYLE_HASH, script_hash[] = "sha256-" SCRIPT_HASH;

EMBED(style, "policies/report/page/report.css")
EMBED(script, "policies/report/page/report.js")
EMBED(docker, "policies/library/docker-default.json")

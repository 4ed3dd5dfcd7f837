/* Denials that the kernel logged become a profile of facts that are marked as denied. SPDX-License-Identifier: MIT */
#include "parts.h"
int import_audit(const struct import_file *files, size_t n, const struct import_options *options,
		 struct import_result *out, struct text *warnings, struct error *e)
{
	(void)files; (void)n; (void)options; (void)out; (void)warnings;
	return error_set(e, ERR_INPUT, "not yet");
}

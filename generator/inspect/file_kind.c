/* Decides whether a file holds a profile, a policy or a filter. SPDX-License-Identifier: MIT */
#include <string.h>

#include "generator/generator.h"
#include "policies/json/json_text.h"

enum file_kind file_kind_of(const char *bytes, size_t n)
{
	size_t at = strspn(bytes, " \t\r\n"), inside = at + (bytes[at] == '{');
	inside += strspn(bytes + inside, " \t\r\n");
	/* A JSON object, as opposed to instructions in C ("{{0x20, …") and to strace's structure ("{len=11, filter=…"). */
	bool object = inside > at && strspn(bytes + inside, "0123456789{/") == 0 && strncmp(bytes + inside, "len=", 4) != 0;
	if (json_member_is(bytes, n, "format", "pinhole-profile"))
		return FILE_PROFILE;
	return n == 0 || object ? FILE_POLICY : FILE_FILTER;
}

/* Writes 12 bytes by one call, then says how many were written. The call's arguments stand in registers that it must leave alone.
 * SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	ssize_t n = write(1, "hello, world", 12);
	char text[64];
	int length = snprintf(text, sizeof(text), ": %zd of 12", n);
	for (int at = 0; at < length; at++) /* whatever is made short, byte by byte it arrives */
		if (write(1, text + at, 1) != 1)
			return 1;
	return 0;
}

/* Three ways: one without arguments, one with one (splice), one with two (socket). SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static __attribute__((noinline)) long give(int in, int out)
{
	return splice(in, NULL, out, NULL, 9, 0);
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc == 2)
		return give(0, 1) < 0 ? 3 : 0;
	if (argc == 3)
		return socket(AF_UNIX, SOCK_STREAM, 0) < 0 ? 4 : 0;
	return puts("hi") < 0;
}

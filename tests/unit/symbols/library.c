/* A library with a function that only .symtab tells of. Needs no libc, so that it can be made for 32 bits everywhere.
 * SPDX-License-Identifier: MIT */
int shown(int x);
int after(int x);

static int __attribute__((noinline)) hidden(int x)
{
	return x + OFFSET;
}

int shown(int x)
{
	return hidden(x) * 2;
}

int after(int x)
{
	return shown(x) + hidden(x);
}

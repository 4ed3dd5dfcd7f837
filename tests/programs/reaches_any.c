/* A call whose number depends on how many arguments there are. SPDX-License-Identifier: MIT */
#include <unistd.h>

int main(int n, char **a)
{
	return a[n] == NULL ? (int)syscall(n + 38) : 0;
}

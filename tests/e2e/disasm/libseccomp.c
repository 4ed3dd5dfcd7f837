/* Writes a filter of libseccomp's to standard output: LINEAR or TREE, with i386 or without. SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	static const char *const names[] = {"read", "write", "close", "openat", "fstat", "mmap", "munmap", "brk",
					    "exit", "exit_group", "futex", "clone", "wait4", "getpid", "getuid"};
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_ERRNO(1));
	int bad = 0;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "i386") == 0)
			bad |= seccomp_arch_add(c, SCMP_ARCH_X86);
		if (strcmp(argv[i], "tree") == 0)
			bad |= seccomp_attr_set(c, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	}
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		bad |= seccomp_rule_add(c, SCMP_ACT_ALLOW, seccomp_syscall_resolve_name(names[i]), 0);
	bad |= seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2, SCMP_A0(SCMP_CMP_EQ, AF_UNIX),
				SCMP_A1(SCMP_CMP_MASKED_EQ, 0xf, SOCK_STREAM));
	bad |= seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	bad |= seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 2, SCMP_A1(SCMP_CMP_EQ, F_SETFL),
				SCMP_A2(SCMP_CMP_EQ, O_NONBLOCK));
	return bad != 0 || seccomp_export_bpf(c, 1) != 0;
}

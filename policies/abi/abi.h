/* The system call interface of each architecture, as tables and lookups: numbers, argument kinds, flag names.
 * Pure data; nothing here knows profiles or policies. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_ABI_H
#define PINHOLE_POLICIES_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policies/base/error.h"
#include "policies/base/text.h"

enum arch { ARCH_X86_64, ARCH_I386, ARCH_AARCH64, ARCH_COUNT };

/* The architecture this build records and filters natively. */
#if defined(__x86_64__)
#define ARCH_NATIVE ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH_NATIVE ARCH_AARCH64
#else
#error "pinhole knows x86_64 and aarch64"
#endif

/* A set of architectures: bit (1 << enum arch). */
typedef uint8_t arch_set;
#define ARCH_BIT(arch) ((arch_set)(1u << (arch)))
#define ARCH_ALL ((arch_set)((1u << ARCH_COUNT) - 1))

const char *arch_name(enum arch arch);            /* "x86_64", "i386", "aarch64" */
int arch_by_name(const char *name);               /* enum arch, or -1 */
uint32_t arch_audit(enum arch arch);              /* AUDIT_ARCH_* (linux/audit.h), what seccomp_data.arch holds */
int arch_by_audit(uint32_t audit);                /* enum arch, or -1 */

/* Numbers from here up are no system calls on any architecture: x86_64 marks x32 calls with this bit
 * (__X32_SYSCALL_BIT, asm/unistd.h), the others have none so high. */
#define ABI_NR_FOREIGN 0x40000000u

/* No kernel has a call of a number from here up, or will have one for decades: there are some 470, and a few more each
 * year. Programs make such calls to probe, by mistake, or by x32's bit. It does not depend on the table, so that all
 * versions of pinhole agree on it. */
#define ABI_NR_UNUSED 1024u

/* What an argument is. The kinds from ARG_FLAGS on are checkable: they select behaviour, so they are recorded
 * and can be tested by a policy that is learned. (A person may write a test of any argument but a pointer.) */
enum arg_kind {
	ARG_UNKNOWN, /* a plain number, or one whose meaning another argument selects */
	ARG_FD,      /* a file descriptor, or AT_FDCWD */
	ARG_POINTER, /* an address in the caller's memory: never compared */
	ARG_SIZE,    /* a length, count or offset */
	ARG_ID,      /* a pid, uid, gid, key or other identifier */
	ARG_FLAGS,   /* independent bits (with enumerated fields, see struct name_value), names in `set` */
	ARG_ENUM,    /* one of a list of values, names in `set` */
	ARG_PROT,    /* a memory protection: bits, but learned as whole values, so that no union makes write+exec */
	ARG_MODE,    /* permission bits of a file to be created, octal */
	ARG_SIGNAL,  /* a signal number */
	ARG_SELECTOR, /* a number that selects behaviour and has no names */
	ARG_POINTED, /* the flags that a pointer leads to (clone3): recorded, but no filter can look there: never compared */
};

/* One named value of a set. A bit or several: mask == value. An enumerated field among flags (O_WRONLY in
 * O_ACCMODE, SOCK_STREAM in the type, SIGCHLD in clone's CSIGNAL): mask is the field, value one of its values,
 * 0 included. A plain enumeration: mask is all ones. Another name for a value (AF_LOCAL): mask is 0; it is read and
 * never written. */
struct name_value {
	const char *name;
	uint64_t value, mask;
	arch_set archs; /* where it has this value (O_DIRECT differs on aarch64) */
};

/* Names of one flag word or enumeration. A value's text is made of the entries in this order. */
struct name_set {
	const char *title; /* "open flags"; for documentation and disassembly */
	const struct name_value *values;
	size_t count;
};

struct arg {
	const char *name;     /* as in the man page, section 2; NULL past the last argument */
	uint8_t bytes;        /* width in the kernel's own prototype: 2, 4 or 8; 0: long, size_t or a pointer,
	                         that is 4 on i386 and 8 elsewhere */
	bool is_signed;
	uint8_t kind;         /* enum arg_kind */
	const struct name_set *set; /* names of its values, or NULL */
};

/* One system call, by name, on all architectures. */
struct syscall_desc {
	const char *name;
	int nr[ARCH_COUNT]; /* -1: this architecture has none of that name */
	struct arg args[6];
};

/* The table, sorted by name. */
extern const struct syscall_desc abi_syscalls[];
extern const size_t abi_syscall_count;

/* The call of that name, or NULL. Its arguments are as most architectures have them: use abi_call where they matter. */
const struct syscall_desc *abi_by_name(const char *name);

/* Whether a call changes the process or thread whose id is its first argument, or sends it a signal: kill(2), prlimit(2)
 * and the like. */
bool abi_changes_process(const char *name);

/* The call with that number, or NULL where the number is a hole or newer than this table. Its arguments are as that
 * architecture passes them (i386's mmap has one, a pointer); so the result may be another than abi_by_name's. */
const struct syscall_desc *abi_by_nr(enum arch arch, uint32_t nr);

/* The call of that name as that architecture passes its arguments: abi_by_nr of its number. NULL where there is no
 * such call on that architecture. */
const struct syscall_desc *abi_call(enum arch arch, const char *name);

/* The highest number this table knows on that architecture; above it (and below ABI_NR_FOREIGN) a call is
 * "newer than this build knows". */
uint32_t abi_newest(enum arch arch);

/* Name for a number: the table's, or "syscall_0x1f4" for one it does not know, written to buffer (32 bytes is
 * enough; the return value points to the table or to buffer). */
const char *abi_name(enum arch arch, uint32_t nr, char *buffer, size_t size);

/* The number for a name of abi_name's (so "syscall_0x1f4" too, where the table has no name for that number on that
 * architecture). Returns 0, 1 where the call exists elsewhere but not on that architecture, or ERR_INPUT with
 * "unknown system call NAME; did you mean …?". The search for the nearest name takes its time: e is NULL where nobody reads
 * that message. */
int abi_number(enum arch arch, const char *name, uint32_t *nr, struct error *e);

/* The call through which i386 makes this one as well, "socketcall" or "ipc", and the number that its first argument has then; NULL
 * for all others. Some of them (send, accept, semop) i386 has in no other way, so that the table may not have the name. */
const char *abi_multiplexer(const char *syscall, uint32_t *number);

/* The nearest known name by edit distance, for messages; NULL where nothing is near. */
const char *abi_nearest(const char *name);

/* Whether this kind's values are recorded as facts and (but for ARG_POINTED) constrained by learned policies. */
bool arg_checkable(const struct arg *arg);

/* Whether a filter sees no more of it than an address. */
bool arg_is_address(const struct arg *arg);

/* The arguments of a call that are checkable: bit i for argument i. 0 for NULL. */
uint8_t syscall_checkable(const struct syscall_desc *call);

/* Some arguments mean what another one says: prctl's arg2 is a signal after PR_SET_PDEATHSIG and a mode after
 * PR_SET_SECCOMP, setsockopt's optname is one of its level's options. abi_select returns the call with its arguments as
 * these values make them: `call` itself where nothing depends, else *room, filled. Bit i of `known` says that args[i]
 * (canonical) is known; what an unknown one would select stays as the table has it. Widths never
 * change. NULL for NULL. The table is
 * selected.c. */
const struct syscall_desc *abi_select(const struct syscall_desc *call, enum arch arch, const uint64_t args[6],
				      uint8_t known, struct syscall_desc *room);

/* The arguments of a call that select what others mean: bit i for argument i. 0 for NULL. */
uint8_t syscall_selectors(const struct syscall_desc *call);

/* The bits of the argument's values that are harmless on that architecture: setting or clearing them gives an attacker no
 * new reach, so a policy need not test them (O_CLOEXEC, SOCK_NONBLOCK, MSG_NOSIGNAL, …). 0 where it has no set of names,
 * or none such in it. The argument may be one that abi_select made. The table is harmless.c. */
uint64_t abi_harmless(const struct arg *arg, enum arch arch);

/* How many of args[] are named. */
unsigned syscall_arg_count(const struct syscall_desc *call);

/* The position of the argument of that name ("domain", or "arg0" … "arg5"), or -1. For a NULL call only argN. */
int syscall_arg_by_name(const struct syscall_desc *call, const char *name);

/* The name of argument i: from the table, or "arg0" … "arg5" where the table has none. */
const char *syscall_arg_name(const struct syscall_desc *call, unsigned i);

/* The width in bits (16, 32 or 64) of argument i on that architecture; for a NULL call, or an argument the table
 * does not list, the register's width: 32 on i386, 64 elsewhere. */
unsigned syscall_arg_bits(const struct syscall_desc *call, enum arch arch, unsigned i);

/* The one rule for values: truncated to the width of the kernel's prototype and extended by its sign. What the
 * caller left in the unused half of a register does not matter to the kernel (System V ABI: the upper bits are
 * undefined; include/linux/syscalls.h, __SC_CAST), and so not to us. */
uint64_t abi_canonical(const struct syscall_desc *call, enum arch arch, unsigned i, uint64_t raw);

/* Appends the text of a canonical value of argument i: names joined by "|" and what is left as hex
 * ("SOCK_STREAM|SOCK_CLOEXEC", "O_RDONLY", "0x5401"), octal for modes, decimal for other numbers; the parts of an ioctl
 * request without a name ("_IOC(_IOC_READ|_IOC_WRITE,0x54,0x32,0x4)"). Always something that abi_value_parse reads
 * back to the same value. */
void abi_value_text(const struct syscall_desc *call, enum arch arch, unsigned i, uint64_t value, struct text *out);

/* Reads a value of argument i: a name, names joined by "|", a number (decimal, 0x, 0 octal, negative), an ioctl
 * request's parts as above, or "~(…)" for the complement of one. The result is canonical. Returns 0 or ERR_INPUT (unknown name: with a
 * suggestion). */
int abi_value_parse(const struct syscall_desc *call, enum arch arch, unsigned i, const char *text, uint64_t *value,
		    struct error *e);

/* The value of a name in whichever sets of names have it on that architecture, alike: what is no usual value of an argument
 * has a name all the same (O_CREAT for pipe2). false: none has it, or they differ. */
bool abi_value_named(enum arch arch, const char *name, uint64_t *value);

/* The next "|" of such a text that joins names: none between parentheses. NULL: there is none. */
char *abi_value_bar(char *text);

/* errno values by name, as of asm-generic (x86_64, i386 and aarch64 are alike): "ENOSYS" ↔ 38. */
int errno_by_name(const char *name);      /* -1: unknown */
const char *errno_name(int number);       /* NULL: unknown */

/* Signal names, "SIGKILL" ↔ 9; the same on the three architectures. Real-time signals as SIGRTMIN+n (kernel's 32). */
const char *signal_name(int number);      /* NULL: none */

/* The flags by which both clone(2) and clone3(2) make namespaces; a user includes <linux/sched.h>. CLONE_NEWTIME is not among
 * them: clone reads that bit as part of the exit signal (CSIGNAL). */
#define CLONE_NAMESPACES                                                                                               \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

#endif

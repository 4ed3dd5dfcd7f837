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

/* A set of architectures, as bits (1 << enum arch). */
typedef uint8_t arch_set;
#define ARCH_BIT(arch) ((arch_set)(1u << (arch)))
#define ARCH_ALL ((arch_set)((1u << ARCH_COUNT) - 1))

const char *arch_name(enum arch arch);            /* "x86_64", "i386", "aarch64" */
int arch_by_name(const char *name);               /* enum arch, or -1 */

/* Adds the architectures that a text names ("x86_64,i386") to *archs. Returns 0 or ERR_INPUT. */
int archs_parse(const char *text, arch_set *archs, struct error *e);

uint32_t arch_audit(enum arch arch);              /* AUDIT_ARCH_* (linux/audit.h), as in seccomp_data.arch */
int arch_by_audit(uint32_t audit);                /* enum arch, or -1 */

/* Numbers from here up are no system calls on any architecture. x86_64 marks x32 calls with this
 * bit (__X32_SYSCALL_BIT, asm/unistd.h); the other architectures have no numbers this high. */
#define ABI_NR_FOREIGN 0x40000000u

/* No kernel has calls from this number up, and none will for decades: there are about 470 calls,
 * and a few more each year. Programs make such calls to probe, by mistake, or as x32 calls. The
 * limit is independent of the table, so that all versions of pinhole agree on it. */
#define ABI_NR_UNUSED 1024u

/* The kinds of arguments. Kinds from ARG_FLAGS on are checkable: they select behaviour, so they are
 * recorded, and learned policies can test them. (A person may write a test of any argument but a
 * pointer.) */
enum arg_kind {
	ARG_UNKNOWN, /* a plain number, or one whose meaning another argument selects */
	ARG_FD,      /* a file descriptor, or AT_FDCWD */
	ARG_POINTER, /* an address in the caller's memory: never compared */
	ARG_SIZE,    /* a length, count or offset */
	ARG_ID,      /* a pid, uid, gid, key or other identifier */
	ARG_FLAGS,   /* independent bits (with enumerated fields, see struct name_value), names in `set` */
	ARG_ENUM,    /* one of a list of values, names in `set` */
	/* a memory protection: bits, but learned as whole values, so that a union of seen bits
	 * cannot make write+exec */
	ARG_PROT,
	ARG_MODE,    /* permission bits of a file to be created, octal */
	ARG_SIGNAL,  /* a signal number */
	ARG_SELECTOR, /* a number that selects behaviour and has no names */
	ARG_POINTED, /* flags behind a pointer (clone3): recorded, but never compared, as no filter can read them */
};

/* A named value of a set. One or several bits: mask == value. A field among flags (O_WRONLY in
 * O_ACCMODE, SOCK_STREAM in the type, SIGCHLD in clone's CSIGNAL): mask is the field, value one of
 * its values, 0 included. A value of an enumeration: mask is all ones. A second name for a value
 * (AF_LOCAL): mask is 0; this name is read, but never written. */
struct name_value {
	const char *name;
	uint64_t value, mask;
	arch_set archs; /* the architectures that have this value (O_DIRECT differs on aarch64) */
};

/* The names of a flag word or an enumeration. The text of a value is made in the order of these
 * entries. */
struct name_set {
	const char *title; /* "open flags"; for documentation and disassembly */
	const struct name_value *values;
	size_t count;
};

struct arg {
	const char *name;     /* as in the man page, section 2; NULL past the last argument */
	/* width in the kernel's prototype: 2, 4 or 8; 0: long, size_t or a pointer, which is 4
	 * on i386 and 8 elsewhere */
	uint8_t bytes;
	bool is_signed;
	uint8_t kind;         /* enum arg_kind */
	const struct name_set *set; /* names of its values, or NULL */
};

/* One system call, by name, on all architectures. */
struct syscall_desc {
	const char *name;
	int nr[ARCH_COUNT]; /* -1: the architecture has no call of this name */
	struct arg args[6];
};

/* The table, sorted by name. */
extern const struct syscall_desc abi_syscalls[];
extern const size_t abi_syscall_count;

/* Returns the call of this name, or NULL. Its arguments are those of most architectures; use
 * abi_call if they matter. */
const struct syscall_desc *abi_by_name(const char *name);

/* Returns whether a call changes the process or thread whose id is its first argument, or sends it
 * a signal: kill(2), prlimit(2) and others. */
bool abi_changes_process(const char *name);

/* Returns the call with this number, or NULL if the number is unused or newer than the table. Its
 * arguments are those of the architecture (i386's mmap has one, a pointer), so the result may
 * differ from abi_by_name's. */
const struct syscall_desc *abi_by_nr(enum arch arch, uint32_t nr);

/* Returns the call of this name with the arguments of the architecture, as abi_by_nr does for its
 * number. NULL: the architecture has no such call. */
const struct syscall_desc *abi_call(enum arch arch, const char *name);

/* Returns the highest number that the table has for the architecture. Higher numbers, below
 * ABI_NR_FOREIGN, are "newer than pinhole knows". */
uint32_t abi_newest(enum arch arch);

/* Returns the name of a number. Writes "syscall_0x1f4" to buffer (32 bytes are enough) if the table
 * has no name for it. The result points to the table or to buffer. */
const char *abi_name(enum arch arch, uint32_t nr, char *buffer, size_t size);

/* Finds the number of a name, also of a name like "syscall_0x1f4" that abi_name makes. Returns 0; 1
 * if only other architectures have the call; or ERR_INPUT with "unknown system call NAME; did you
 * mean …?". Pass e as NULL if nobody reads the message: finding a similar name is slow. */
int abi_number(enum arch arch, const char *name, uint32_t *nr, struct error *e);

/* Returns the call by which i386 can also make this one, "socketcall" or "ipc", and sets the number
 * of its first argument; NULL for other calls. i386 has some calls (send, accept, semop) in no
 * other way, so the table may lack their names. */
const char *abi_multiplexer(const char *syscall, uint32_t *number);

/* Returns the known name with the smallest edit distance, for messages; NULL if none is similar. */
const char *abi_nearest(const char *name);

/* Returns whether values of this kind are recorded as facts, and (except ARG_POINTED) tested by
 * learned policies. */
bool arg_checkable(const struct arg *arg);

/* Returns whether a filter sees only an address of the argument. */
bool arg_is_address(const struct arg *arg);

/* Returns the checkable arguments of a call, as bits (1 << index). 0 for NULL. */
uint8_t syscall_checkable(const struct syscall_desc *call);

/* Returns the call with its arguments as given values make them. Some arguments depend on others:
 * prctl's arg2 is a signal after PR_SET_PDEATHSIG and a mode after PR_SET_SECCOMP; setsockopt's
 * optname belongs to its level. Bit i of `known` says that args[i] (canonical) is known; an
 * argument that depends on an unknown one stays as in the table. Returns `call` itself if no
 * argument depends on another, otherwise *room, filled in; NULL for NULL. Widths never change. The
 * table is in selected.c. */
const struct syscall_desc *abi_select(const struct syscall_desc *call, enum arch arch, const uint64_t args[6],
				      uint8_t known, struct syscall_desc *room);

/* Returns the arguments of a call that select the meaning of others, as bits (1 << index). 0 for
 * NULL. */
uint8_t syscall_selectors(const struct syscall_desc *call);

/* Returns the bits of an argument that are harmless on the architecture: setting or clearing them
 * gives an attacker no new power, so a policy need not test them (O_CLOEXEC, SOCK_NONBLOCK,
 * MSG_NOSIGNAL, …). Returns 0 if its set of names has none. The argument may come from abi_select.
 * The table is in harmless.c. */
uint64_t abi_harmless(const struct arg *arg, enum arch arch);

/* What testing the argument closes, of a call of that name: an attack, a right, code of the kernel ("other families of
 * sockets, …"). NULL: nothing. The argument may be one that abi_select made. The table is closes.c. */
const char *abi_closes(const char *syscall, const struct arg *arg);

/* Returns how many of args[] have names. */
unsigned syscall_arg_count(const struct syscall_desc *call);

/* Returns the index of an argument by name ("domain", or "arg0" … "arg5"), or -1. Of a NULL call
 * only argN is known. */
int syscall_arg_by_name(const struct syscall_desc *call, const char *name);

/* Returns the name of argument i: as in the table, or else "arg0" … "arg5". */
const char *syscall_arg_name(const struct syscall_desc *call, unsigned i);

/* Returns the width in bits (16, 32 or 64) of argument i on the architecture. For a NULL call, or
 * an argument that the table lacks, returns the width of a register: 32 on i386, 64 elsewhere. */
unsigned syscall_arg_bits(const struct syscall_desc *call, enum arch arch, unsigned i);

/* Returns the canonical value: truncated to the width of the kernel's prototype, and sign-extended.
 * The kernel ignores the unused half of a register (System V ABI: the upper bits are undefined;
 * include/linux/syscalls.h, __SC_CAST), so pinhole does too. */
uint64_t abi_canonical(const struct syscall_desc *call, enum arch arch, unsigned i, uint64_t raw);

/* Appends a canonical value of argument i as text that abi_value_parse reads back to the same
 * value. Names are joined by "|", with the remaining bits in hex ("SOCK_STREAM|SOCK_CLOEXEC",
 * "O_RDONLY", "0x5401"). Modes are octal, other numbers decimal; an ioctl request without a name is
 * shown by its parts ("_IOC(_IOC_READ|_IOC_WRITE,0x54,0x32,0x4)"). */
void abi_value_text(const struct syscall_desc *call, enum arch arch, unsigned i, uint64_t value, struct text *out);

/* Parses a value of argument i: names joined by "|", a number (decimal, 0x, 0 octal, negative), the
 * parts of an ioctl request, or "~(…)" for the complement of one of these. Makes the result
 * canonical. Returns 0 or ERR_INPUT (an unknown name: with a suggestion). */
int abi_value_parse(const struct syscall_desc *call, enum arch arch, unsigned i, const char *text, uint64_t *value,
		    struct error *e);

/* Finds the value of a name in all sets of names on the architecture: a name may be used for an
 * argument of another set (O_CREAT for pipe2). Returns false if no set has the name, or if sets
 * differ. */
bool abi_value_named(enum arch arch, const char *name, uint64_t *value);

/* Returns the next "|" of such a text that joins names, skipping parentheses; NULL: none. */
char *abi_value_bar(char *text);

/* Convert errno values and names: "ENOSYS" ↔ 38. The three architectures have the same
 * (asm-generic). */
int errno_by_name(const char *name);      /* -1: unknown */
const char *errno_name(int number);       /* NULL: unknown */

/* Convert signal numbers and names: "SIGKILL" ↔ 9. The three architectures have the same. Real-time
 * signals are SIGRTMIN+n (the kernel's 32). */
const char *signal_name(int number);      /* NULL: none */

/* The flags by which both clone(2) and clone3(2) make namespaces; include <linux/sched.h> to use
 * it. CLONE_NEWTIME is missing: clone reads that bit as part of the exit signal (CSIGNAL). */
#define CLONE_NAMESPACES                                                                                               \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

#endif

/* Capability classes: calls, with conditions on their arguments, that give a process the same power over the system. What
 * --generalize adds to what was seen. Pure data, and look-ups. SPDX-License-Identifier: MIT
 *
 * (Not Linux's capabilities(7).) A call is in *chance*, in one or several classes, or *alone*: only ever allowed when it was
 * seen. Nothing that danger.h marks is in a class. */
#ifndef PINHOLE_POLICIES_ABI_CAPABILITIES_H
#define PINHOLE_POLICIES_ABI_CAPABILITIES_H

#include <stddef.h>
#include <stdint.h>

#include "policies/abi/abi.h"

/* Classes by number, and sets of them: bit i for class i. */
enum capability {
	CAPABILITY_CHANCE,
	CAPABILITY_OLD,
	CAPABILITY_BASE,
	CAPABILITY_FOLDERS,
	CAPABILITY_READ,
	CAPABILITY_XATTRS_READ,
	CAPABILITY_WRITE,
	CAPABILITY_CREATE,
	CAPABILITY_ATTRIBUTES,
	CAPABILITY_OWNERS,
	CAPABILITY_XATTRS,
	CAPABILITY_LOCKS,
	CAPABILITY_WATCH,
	CAPABILITY_EVENTS,
	CAPABILITY_SIGNALS,
	CAPABILITY_TIMERS,
	CAPABILITY_THREADS,
	CAPABILITY_PROCESSES,
	CAPABILITY_TERMINALS,
	CAPABILITY_SOCKETS,
	CAPABILITY_LOCAL,
	CAPABILITY_STREAMS,
	CAPABILITY_DATAGRAMS,
	CAPABILITY_ACCEPT,
	CAPABILITY_SYSV,
	CAPABILITY_ASKING,
	CAPABILITY_LIMITS,
	CAPABILITY_VECTORS,
	CAPABILITY_MEMLOCK,
	CAPABILITY_COUNT
};
typedef uint32_t capability_set;
#define CAPABILITY_BIT(c) ((capability_set)1 << (c))

/* The classes that no fact has to show: chance, and base. */
#define CAPABILITY_ALWAYS (CAPABILITY_BIT(CAPABILITY_CHANCE) | CAPABILITY_BIT(CAPABILITY_BASE))

struct capability_class {
	const char *name;   /* "writing files" */
	const char *what;   /* one line */
	const char *source; /* whose class it is elsewhere */
	const char *without; /* an architecture that lacks this call has the class in any case; NULL: none */
};
extern const struct capability_class abi_capabilities[CAPABILITY_COUNT];

/* One condition on an argument: (argument & mask) is one of the values. All are texts that abi_value_parse reads. Bits that
 * abi_harmless has never count. */
enum capability_test {
	CAPABILITY_NO_TEST,
	CAPABILITY_IS,    /* one of the values, separated by ", " */
	CAPABILITY_FIELD, /* the bits of `mask` are one of the values */
	CAPABILITY_ONLY,  /* no bits but these (one value) */
	CAPABILITY_BARS,  /* none of these bits (one value) */
};

struct capability_condition {
	uint8_t test; /* enum capability_test */
	const char *arg, *mask, *values;
};

enum { CAPABILITY_CONDITIONS = 4, CAPABILITY_VALUES = 32 };

/* Calls that are in classes alike. */
struct capability_row {
	capability_set classes;
	capability_set needs; /* these must be shown as well before the row adds anything; 0: none */
	const char *calls; /* names, separated by one blank */
	struct capability_condition when[CAPABILITY_CONDITIONS]; /* all must hold */
	bool shows; /* a fact of it shows the classes */
	bool adds;  /* it is allowed with the classes */
	const char *source; /* where its calls, or their conditions, come from */
};

/* The rows; *n is how many. */
const struct capability_row *abi_capability_rows(size_t *n);

/* Why a call is alone: what it could do, or why no program needs it that was not seen to make it. NULL: it is in a class, or is
 * no call. */
const char *abi_alone(const char *syscall);

/* Whether a row has the call. */
bool capability_row_has(const struct capability_row *row, const char *syscall);

/* The i-th call of a row, written to name (32 bytes); false: it has no more. */
bool capability_row_call(const struct capability_row *row, size_t i, char name[32]);

/* A condition as an architecture has it. */
struct capability_bits {
	unsigned arg;
	uint64_t mask, values[CAPABILITY_VALUES];
	size_t n;
};

/* Fills bits[] with the row's conditions on a call; *n is how many. Returns false where that architecture has no such call, or
 * lacks an argument or a name of a value (i386's mmap has one argument, a pointer). */
bool capability_row_bits(const struct capability_row *row, enum arch arch, const char *syscall,
			 struct capability_bits bits[CAPABILITY_CONDITIONS], size_t *n);

/* Whether values of arguments (canonical; bit i of `known`: args[i] is known) meet conditions. */
bool capability_meets(const struct capability_bits *bits, size_t n, const uint64_t args[6], uint8_t known);

/* The class that comes first of those that a call with these arguments is in; CAPABILITY_COUNT: it is alone. */
enum capability abi_capability(enum arch arch, const char *syscall, const uint64_t args[6], uint8_t known);

/* What a rule's reason says after "part of CLASS: ", where it begins so: that is a rule for what no run showed. NULL: it begins
 * otherwise, or there is no reason. */
const char *capability_reason(const char *why, enum capability c);

/* Whether a rule with that reason was added by a class. */
bool capability_added(const char *why);

#endif

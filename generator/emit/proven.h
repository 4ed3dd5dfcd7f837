/* What a policy shows that a program never does: for formats that say by directives of their own what is not allowed,
 * as they can't test arguments. Internal to generator/emit/. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_PROVEN_H
#define PINHOLE_PROVEN_H

#include "emit.h"

/* Something that a directive forbids: a call with (argument & mask) in a range, and perhaps the same of a second one. An
 * `end` of 0 (there is no such range) means any value. */
struct deed {
	const char *syscall; /* NULL: the end of a list */
	struct on {
		uint8_t arg;
		uint64_t mask, from, to;
		bool tested;
	} on[2];
};

/* Whether the policy lets none of the deeds through, on any of its architectures. *never is the answer. Returns 0 or
 * ERR_MEMORY. */
int policy_never(const struct policy *p, const struct deed *deeds, bool *never, struct error *e);

/* Directives that a policy proves to cost the program nothing. */
struct proven {
	bool no_write_execute;	/* no memory writable and executable, nor made executable later */
	bool no_realtime;	/* no realtime scheduling */
	bool no_personality;	/* no execution domain but Linux's */
	bool no_set_id;		/* no set-user-ID and set-group-ID bits of files */
	bool no_clock;		/* the clock is not set, nor an alarm that wakes the machine */
	bool families_known;	/* the address families of sockets are those: */
	VEC(uint32_t) families;
	bool namespaces_known;	/* the namespaces that are made or entered are those, a CLONE_NEW… flag each: */
	uint64_t namespaces;
};

/* Fills *out (empty before). Returns 0 or ERR_MEMORY; proven_clear in either case. */
int prove_directives(const struct policy *p, struct proven *out, struct error *e);
void proven_clear(struct proven *p);

/* CLONE_NEW… and what systemd and firejail call the namespace; ends with a NULL name. */
struct namespace_name {
	const char *name;
	uint64_t flag;
};
extern const struct namespace_name namespace_names[];

#endif

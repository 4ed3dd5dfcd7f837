/* What systemd's sandboxing directives forbid, as calls: so that it can be told which of them a policy proves to cost a
 * program nothing, and what is left of a policy under them. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_POLICY_SYSTEMD_SANDBOX_H
#define PINHOLE_POLICIES_POLICY_SYSTEMD_SANDBOX_H

#include "policies/policy/policy.h"

/* A call with (argument & mask) between two values, and perhaps the same of a second one. Not `tested`: any value. */
struct deed {
	const char *syscall; /* NULL: the end of a list */
	struct on {
		uint8_t arg;
		uint64_t mask, from, to;
		bool tested;
		arch_set archs; /* of the first: where it is one; 0: everywhere */
	} on[2];
};

/* A directive that is yes or no. */
struct directive {
	const char *name; /* NULL: the end of the list */
	const struct deed *deeds;
	bool calls_only; /* it does nothing but forbid these calls */
	const struct deed *newer; /* what newer versions forbid besides, after 257; or NULL */
};
extern const struct directive directives[];
enum { DIRECTIVE_WRITE_EXECUTE }; /* its place there */

/* CLONE_NEW… and what RestrictNamespaces= (and firejail) calls the namespace; ends with a NULL name. */
struct namespace_name {
	const char *name;
	uint64_t flag;
};
extern const struct namespace_name namespace_names[];

/* Address families that socket(2) may be asked for; from here up there is none (AF_MAX, Linux 5.15). */
enum { FAMILIES = 46 };

/* Whether the policy lets none of the deeds through, on any of its architectures. Returns 0 or ERR_MEMORY. */
int policy_never(const struct policy *p, const struct deed *deeds, bool *never, struct error *e);

/* Narrows an alternative to the deed. Returns 0 or ERR_MEMORY. */
int deed_add(struct alternative *a, const struct deed *d, enum arch arch, struct error *e);

/* Whether it is one of a call that the architecture has, and the policy is about. */
bool deed_on(const struct policy *p, const struct deed *d, enum arch arch);

/* The deeds that make or enter a namespace: clone, unshare, setns, and an end. */
void namespace_deeds(uint64_t flag, struct deed out[4]);

/* The families of the sockets that a policy allows. *known is false where it can't tell (socketcall, unknown ones).
 * Returns 0 or ERR_MEMORY; vec_free(families) in either case. */
struct families {
	uint32_t *items;
	size_t count, capacity;
};
int policy_families(const struct policy *p, struct families *families, bool *known, struct error *e);

/* The namespaces (CLONE_NEW… flags) that a policy lets the program make or enter. *known is false where it can't tell
 * (clone3, setns to whatever namespace). Returns 0 or ERR_MEMORY. */
int policy_namespaces(const struct policy *p, uint64_t *namespaces, bool *known, struct error *e);

#endif

/* Lists the calls that systemd's sandboxing directives forbid. Tells which directives cost a
 * program nothing, as its policy forbids the same calls, and what a policy still allows under them.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_POLICY_SYSTEMD_SANDBOX_H
#define PINHOLE_POLICIES_POLICY_SYSTEMD_SANDBOX_H

#include "policies/policy/policy.h"

/* A forbidden call: (argument & mask) lies between two values, and perhaps the same for a second
 * argument. Not `tested`: any value. */
struct deed {
	const char *syscall; /* NULL: the end of a list */
	struct on {
		uint8_t arg;
		uint64_t mask, from, to;
		bool tested;
		arch_set archs; /* the architectures on which the argument test applies; 0: all */
	} on[2];
};

/* A directive whose value is yes or no. */
struct directive {
	const char *name; /* NULL: the end of the list */
	const struct deed *deeds;
	bool calls_only; /* the directive only forbids these calls */
	const struct deed *newer; /* calls that newer versions, after 257, also forbid; or NULL */
};
extern const struct directive directives[];
enum { DIRECTIVE_WRITE_EXECUTE }; /* its index in the list */

/* A flag CLONE_NEW… and the name of this namespace in RestrictNamespaces= and firejail. The last
 * one has a NULL name. */
struct namespace_name {
	const char *name;
	uint64_t flag;
};
extern const struct namespace_name namespace_names[];

/* Address families of socket(2) are below this number (AF_MAX, Linux 5.15). */
enum { FAMILIES = 46 };

/* Tells whether the policy forbids all the deeds on all its architectures. Returns 0 or
 * ERR_MEMORY. */
int policy_never(const struct policy *p, const struct deed *deeds, bool *never, struct error *e);

/* Narrows an alternative to the deed. Returns 0 or ERR_MEMORY. */
int deed_add(struct alternative *a, const struct deed *d, enum arch arch, struct error *e);

/* Returns whether the deed's call exists on the architecture, and the policy covers this
 * architecture. */
bool deed_on(const struct policy *p, const struct deed *d, enum arch arch);

/* Lists the deeds that make or enter a namespace: clone, unshare, setns, and an end. */
void namespace_deeds(uint64_t flag, struct deed out[4]);

/* Lists the families of sockets that a policy allows. *known is false if it cannot tell
 * (socketcall, unknown families). Returns 0 or ERR_MEMORY; call vec_free(families) in either
 * case. */
struct families {
	uint32_t *items;
	size_t count, capacity;
};
int policy_families(const struct policy *p, struct families *families, bool *known, struct error *e);

/* Tells which namespaces (CLONE_NEW… flags) a policy lets a program make or enter. *known is false
 * if it cannot tell (clone3, setns to any namespace). Returns 0 or ERR_MEMORY. */
int policy_namespaces(const struct policy *p, uint64_t *namespaces, bool *known, struct error *e);

#endif

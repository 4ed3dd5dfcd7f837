/* Policies from other tools' files. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_IMPORT_POLICY_BUILDER_H
#define PINHOLE_POLICIES_IMPORT_POLICY_BUILDER_H

#include "policies/base/index.h"
#include "policies/import/import.h"

/* The largest such file that is read, in bytes. */
#define FOREIGN_SIZE_LIMIT ((size_t)16 << 20)

/* A seccomp profile of containers (oci.c): the object of the OCI runtime specification's linux.seccomp, a whole
 * config.json, or Docker's and Podman's own files, of which those entries hold that apply to a container with the default
 * capabilities on a current kernel. Calls that no architecture here has are passed over, as the runtimes do. `native` is the
 * architecture of a file that names none. What is not as in the file is appended to `warnings`, a line each that begins with
 * the file's name. NULL: an error, with the place. */
struct policy *policy_from_oci(const struct import_file *file, enum arch native, struct text *warnings, struct error *e);

/* The same as a SeccompProfile of the Security Profiles Operator, in YAML or JSON. */
struct policy *policy_from_spo(const struct import_file *file, enum arch native, struct text *warnings, struct error *e);

/* A filter of Firecracker's seccompiler-bin, of one thread, for the architecture `native`. */
struct policy *policy_from_firecracker(const struct import_file *file, enum arch native, struct text *warnings, struct error *e);

/* The settings of a systemd service, from the unit's file and drop-ins in their order (systemd.exec(5)): SystemCallFilter=
 * and its kin, and the directives that are filters of calls. As policy_from_oci. */
struct policy *policy_from_systemd(const struct import_file *files, size_t n, enum arch native, struct text *warnings,
				   struct error *e);

/* Reads a file that another one includes; as file_read (base/file.h). */
typedef int foreign_read(const char *path, size_t limit, char **bytes, size_t *n, struct error *e);

/* A policy file of minijail0 -S or of its compiler, compile_seccomp_policy.py, for the architecture `native`. As
 * policy_from_oci. */
struct policy *policy_from_minijail(const struct import_file *file, enum arch native, foreign_read *read, struct text *warnings,
				    struct error *e);

/* A policy in Kafel's language, for the architecture `native`. As policy_from_oci. */
struct policy *policy_from_kafel(const struct import_file *file, enum arch native, struct text *warnings, struct error *e);

/* An action that a foreign file gives calls, joined with those that others have given (policy_builder.c). */
struct foreign {
	struct policy *policy;
	struct text *warnings;
	const char *name; /* of the file */
	struct index said; /* the warnings' lines, by where they begin; index_free it in the end */
};

/* Appends a warning, unless it is there already. */
void foreign_warn(struct foreign *f, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Warns where the policy's default answers calls of other architectures otherwise than a tool that kills their thread. */
void foreign_warn_archs(struct foreign *f, const char *tool);

/* Alternatives that are being collected. */
struct foreign_alternatives {
	struct alternative *items;
	size_t count, capacity;
};
void foreign_alternatives_clear(struct foreign_alternatives *any);

/* Adds the next rule of a call: it answers what none before it did. `any` (NULL: every call) is emptied; `why` may be NULL.
 * Returns 0 or ERR_MEMORY. */
int foreign_rule(struct foreign *f, enum arch arch, const char *syscall, struct action action, struct foreign_alternatives *any,
		 const char *why, struct error *e);

/* The last rule that a call has on one architecture, or NULL. */
struct rule *foreign_last_rule(struct policy *p, enum arch arch, const char *syscall);

/* A comparison of a register, as other tools have it: (register & mask) OP value. FOREIGN_ANY: (register & mask) != 0. */
enum foreign_op { FOREIGN_EQ, FOREIGN_NE, FOREIGN_LT, FOREIGN_LE, FOREIGN_GT, FOREIGN_GE, FOREIGN_ANY };

/* Adds it as a test of the argument, which may be narrower: of the register's other half nothing is asked, and a negative
 * number that was extended by its sign is meant as it is. Nothing is added of an address, which no policy compares, with a
 * warning. *never: no argument can meet it. Returns 0 or ERR_MEMORY. */
int foreign_test(struct foreign *f, struct alternative *a, const struct syscall_desc *call, enum arch arch, unsigned arg,
		 enum foreign_op op, uint64_t mask, uint64_t value, bool *never, struct error *e);

/* A word of a foreign file and what it stands for. Tables end with {0}. */
struct foreign_word {
	const char *name;
	int value;
};

/* The value of a word (NULL: none), or -1 where the table does not have it. */
int foreign_word_value(const struct foreign_word *words, const char *name);

/* Writes the rules in fewer alternatives where that says the same, and policy_finish. Returns 0 or a negative code. */
int foreign_finish(struct foreign *f, struct error *e);

/* Ends a reading: frees what foreign_warn keeps, and the policy where `rc` is negative or a warning had no memory. Returns the
 * policy, or NULL. */
struct policy *foreign_end(struct foreign *f, int rc, struct error *e);

#endif

/* Builds policies from files of other tools. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_IMPORT_POLICY_BUILDER_H
#define PINHOLE_POLICIES_IMPORT_POLICY_BUILDER_H

#include "policies/base/index.h"
#include "policies/import/import.h"

/* The largest file of this kind that is read, in bytes. */
#define FOREIGN_SIZE_LIMIT ((size_t)16 << 20)

/* Reads a seccomp profile of containers (oci.c): the linux.seccomp object of the OCI runtime
 * specification, a whole config.json, or Docker's and Podman's own files. Of the latter, only
 * entries count that apply to a container with the default capabilities on a current kernel. Calls
 * that no architecture has are ignored, as runtimes ignore them. `native`: the architecture of a
 * file that names none. Each difference from the file adds a line to `warnings` that begins with
 * the file's name. NULL: an error, with the place. */
struct policy *policy_from_oci(const struct import_file *file, enum arch native, struct text *warnings, struct error *e);

/* Reads a SeccompProfile of the Security Profiles Operator, in YAML or JSON; otherwise as
 * policy_from_oci. */
struct policy *policy_from_spo(const struct import_file *file, enum arch native, struct text *warnings, struct error *e);

/* Reads a filter of Firecracker's seccompiler-bin, of one thread, for the architecture `native`. */
struct policy *policy_from_firecracker(const struct import_file *file, enum arch native, struct text *warnings, struct error *e);

/* Reads the settings of a systemd service from its unit and drop-ins, in their order
 * (systemd.exec(5)): SystemCallFilter= and related settings, and directives that filter calls.
 * Otherwise as policy_from_oci. */
struct policy *policy_from_systemd(const struct import_file *files, size_t n, enum arch native, struct text *warnings,
				   struct error *e);

/* Reads an included file; as file_read (base/file.h). */
typedef int foreign_read(const char *path, size_t limit, char **bytes, size_t *n, struct error *e);

/* Reads a policy file of minijail0 -S, or of its compiler compile_seccomp_policy.py, for the
 * architecture `native`. Otherwise as policy_from_oci. */
struct policy *policy_from_minijail(const struct import_file *file, enum arch native, foreign_read *read, struct text *warnings,
				    struct error *e);

/* Reads a policy in Kafel's language, for the architecture `native`. Otherwise as
 * policy_from_oci. */
struct policy *policy_from_kafel(const struct import_file *file, enum arch native, struct text *warnings, struct error *e);

/* The state of reading a foreign file: its policy, file name and warnings (policy_builder.c). */
struct foreign {
	struct policy *policy;
	struct text *warnings;
	const char *name; /* of the file */
	struct index said; /* positions of the warnings' lines; call index_free in the end */
};

/* Appends a warning, unless it is there already. */
void foreign_warn(struct foreign *f, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Warns if the policy's default differs from killing the thread, as the tool does for calls of
 * other architectures. */
void foreign_warn_archs(struct foreign *f, const char *tool);

/* A list of alternatives. */
struct foreign_alternatives {
	struct alternative *items;
	size_t count, capacity;
};
void foreign_alternatives_clear(struct foreign_alternatives *any);

/* Adds the next rule of a call, for calls that no earlier rule answers. Empties `any` (NULL: every
 * call); `why` may be NULL. Returns 0 or ERR_MEMORY. */
int foreign_rule(struct foreign *f, enum arch arch, const char *syscall, struct action action, struct foreign_alternatives *any,
		 const char *why, struct error *e);

/* A comparison of a register, as other tools have it: (register & mask) OP value. FOREIGN_ANY:
 * (register & mask) != 0. */
enum foreign_op { FOREIGN_EQ, FOREIGN_NE, FOREIGN_LT, FOREIGN_LE, FOREIGN_GT, FOREIGN_GE, FOREIGN_ANY };

/* Adds a comparison as a test of the argument, which may be narrower than the register: the other
 * half of the register is not tested, and a sign-extended negative number is truncated. For an
 * address, which no policy compares, adds a warning instead. *never: no argument can meet the test.
 * Returns 0 or ERR_MEMORY. */
int foreign_test(struct foreign *f, struct alternative *a, const struct syscall_desc *call, enum arch arch, unsigned arg,
		 enum foreign_op op, uint64_t mask, uint64_t value, bool *never, struct error *e);

/* A word of a foreign file and its value. Tables end with {0}. */
struct foreign_word {
	const char *name;
	int value;
};

/* Returns the value of a word (NULL: no word), or -1 if the table lacks it. */
int foreign_word_value(const struct foreign_word *words, const char *name);

/* Joins alternatives where possible, and calls policy_finish. Returns 0 or a negative code. */
int foreign_finish(struct foreign *f, struct error *e);

/* Ends the reading: frees the warnings' index, and the policy if `rc` is negative or memory for a
 * warning was missing. Returns the policy, or NULL. */
struct policy *foreign_end(struct foreign *f, int rc, struct error *e);

#endif

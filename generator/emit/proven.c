/* What a policy shows that a program never does. SPDX-License-Identifier: MIT */
#include "proven.h"

#include <string.h>

#include "../../policies/algebra.h"

/* Kernel constants, which are alike on all three architectures (include/uapi/linux/sched.h, asm-generic/mman.h, stat.h,
 * fcntl.h, time.h). */
#define ALL	     .mask = UINT64_MAX
#define FLAGS(a, m)  {.arg = (a), .mask = (m), .from = (m), .to = (m), .tested = true}
#define VALUES(a, f, t) {.arg = (a), ALL, .from = (f), .to = (t), .tested = true}

enum {
	WRITE = 2,
	EXECUTE = 4,
	SHM_EXECUTE = 0100000,
	SET_UID = 04000,
	SET_GID = 02000,
	CREATE = 0100,
	CLOCKS_WAKE = 8, /* CLOCK_REALTIME_ALARM, and CLOCK_BOOTTIME_ALARM is 9 */
};

/* What seccomp_memory_deny_write_execute of systemd (src/shared/seccomp-util.c) denies, and firejail likewise. */
static const struct deed write_execute[] = {
    {"mmap", {FLAGS(2, WRITE | EXECUTE)}},	   {"mmap2", {FLAGS(2, WRITE | EXECUTE)}}, {"mprotect", {FLAGS(2, EXECUTE)}},
    {"pkey_mprotect", {FLAGS(2, EXECUTE)}}, {"shmat", {FLAGS(2, SHM_EXECUTE)}},	   {0},
};

/* seccomp_restrict_realtime: every policy but SCHED_OTHER 0, SCHED_BATCH 3 and SCHED_IDLE 5. sched_setattr has its
 * policy behind a pointer. */
static const struct deed realtime[] = {
    {"sched_setscheduler", {VALUES(1, 1, 2)}},
    {"sched_setscheduler", {VALUES(1, 4, 4)}},
    {"sched_setscheduler", {VALUES(1, 6, UINT64_MAX)}},
    {"sched_setattr", {{0}}},
    {0},
};

/* seccomp_lock_personality: whatever is not the personality that the service has, PER_LINUX. */
static const struct deed personality[] = {{"personality", {VALUES(0, 1, UINT64_MAX)}}, {0}};

/* seccomp_restrict_suid_sgid. openat2 has its mode behind a pointer. */
#define SET_ID(call, a) {call, {FLAGS(a, SET_UID)}}, {call, {FLAGS(a, SET_GID)}}
#define SET_ID_CREATING(call, f, a)                                                                                    \
	{call, {FLAGS(f, CREATE), FLAGS(a, SET_UID)}}, {call, {FLAGS(f, CREATE), FLAGS(a, SET_GID)}}
static const struct deed set_id[] = {
    SET_ID("chmod", 1),	  SET_ID("fchmod", 1),	       SET_ID("fchmodat", 2),	   SET_ID("fchmodat2", 2),
    SET_ID("mkdir", 1),	  SET_ID("mkdirat", 2),	       SET_ID("mknod", 1),	   SET_ID("mknodat", 2),
    SET_ID("creat", 1),	  SET_ID_CREATING("open", 1, 2), SET_ID_CREATING("openat", 2, 3), {"openat2", {{0}}},
    {0},
};

static const struct deed clock_set[] = {
    {"adjtimex", {{0}}},      {"clock_adjtime", {{0}}},	  {"clock_adjtime64", {{0}}},
    {"clock_settime", {{0}}}, {"clock_settime64", {{0}}}, {"settimeofday", {{0}}},
    {"stime", {{0}}},	      {"timer_create", {VALUES(0, CLOCKS_WAKE, CLOCKS_WAKE + 1)}},
    {"timerfd_create", {VALUES(0, CLOCKS_WAKE, CLOCKS_WAKE + 1)}},
    {0},
};

const struct namespace_name namespace_names[] = {
    {"cgroup", 0x02000000}, {"ipc", 0x08000000},  {"net", 0x40000000}, {"mnt", 0x00020000},
    {"pid", 0x20000000},    {"user", 0x10000000}, {"uts", 0x04000000}, {NULL, 0},
};

/* Whether the deed meets an alternative of what the policy permits of the call. */
static int possible(const struct alternative *a, const struct deed *d, enum arch arch, bool *meets, struct error *e)
{
	const struct syscall_desc *call = abi_call(arch, d->syscall);
	struct alternative both = {0};
	int rc = alternative_copy(&both, a, call, arch, e);
	for (size_t i = 0; i < 2 && rc == 0; i++) {
		const struct on *on = &d->on[i];
		unsigned bits = syscall_arg_bits(call, arch, on->arg);
		uint64_t width = bits >= 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1;
		struct range r = {on->from, on->to < width ? on->to : width};
		if (on->tested)
			rc = alternative_add_test(&both, call, arch, on->arg, on->mask, &r, 1, e);
	}
	if (rc == 0)
		*meets = alternative_possible(&both);
	alternative_clear(&both);
	return rc;
}

static int never_on(const struct policy *p, const struct deed *d, enum arch arch, bool *never, struct error *e)
{
	struct call_set set = {0};
	if (abi_call(arch, d->syscall) == NULL)
		return 0;
	int rc = policy_permits(p, arch, d->syscall, true, &set, e);
	for (size_t i = 0; i < set.any.count && rc == 0 && *never; i++) {
		bool meets = true;
		rc = possible(&set.any.items[i], d, arch, &meets, e);
		*never = !meets;
	}
	call_set_clear(&set);
	return rc;
}

int policy_never(const struct policy *p, const struct deed *deeds, bool *never, struct error *e)
{
	int rc = 0;
	*never = true;
	for (; deeds->syscall != NULL && rc == 0 && *never; deeds++)
		for (unsigned arch = 0; arch < ARCH_COUNT && rc == 0 && *never; arch++)
			if (p->archs & ARCH_BIT(arch))
				rc = never_on(p, deeds, (enum arch)arch, never, e);
	return rc;
}

/* Which families socket(2) may be asked for: those up to the kernel's last (AF_MAX 46, Linux 5.15) one by one, and then
 * none that has no name. socketcall hides them. */
static int prove_families(const struct policy *p, struct proven *out, struct error *e)
{
	enum { FAMILIES = 46 };
	static const struct deed others[] = {
	    {"socket", {VALUES(0, FAMILIES, UINT64_MAX)}}, {"socketcall", {{0}}}, {0}};
	int rc = policy_never(p, others, &out->families_known, e);
	for (uint32_t family = 0; family < FAMILIES && rc == 0 && out->families_known; family++) {
		struct deed one[] = {{"socket", {VALUES(0, family, family)}}, {0}};
		bool never;
		rc = policy_never(p, one, &never, e);
		if (rc == 0 && !never && !vec_push(&out->families, family))
			rc = error_memory(e);
	}
	return rc;
}

/* clone3's flags can't be told, nor what setns(fd, 0) enters; CLONE_NEWTIME has no name there. */
static int prove_namespaces(const struct policy *p, struct proven *out, struct error *e)
{
	static const struct deed others[] = {{"clone3", {{0}}},
					     {"setns", {VALUES(1, 0, 0)}},
					     {"setns", {FLAGS(1, 0x80)}},
					     {"unshare", {FLAGS(0, 0x80)}},
					     {0}};
	int rc = policy_never(p, others, &out->namespaces_known, e);
	for (const struct namespace_name *n = namespace_names; n->name != NULL && rc == 0; n++) {
		bool never = true;
		for (unsigned arch = 0; arch < ARCH_COUNT && rc == 0 && never; arch++) {
			const struct syscall_desc *clone = abi_call((enum arch)arch, "clone");
			int flags = syscall_arg_by_name(clone, "flags");
			struct deed one[] = {{"clone", {FLAGS((uint8_t)(flags >= 0 ? flags : 0), n->flag)}},
					     {"unshare", {FLAGS(0, n->flag)}},
					     {"setns", {FLAGS(1, n->flag)}}};
			for (size_t i = 0; i < 3 && rc == 0 && never && (p->archs & ARCH_BIT(arch)); i++)
				rc = never_on(p, &one[i], (enum arch)arch, &never, e);
		}
		if (!never)
			out->namespaces |= n->flag;
	}
	return rc;
}

int prove_directives(const struct policy *p, struct proven *out, struct error *e)
{
	int rc = policy_never(p, write_execute, &out->no_write_execute, e);
	if (rc == 0)
		rc = policy_never(p, realtime, &out->no_realtime, e);
	if (rc == 0)
		rc = policy_never(p, personality, &out->no_personality, e);
	if (rc == 0)
		rc = policy_never(p, set_id, &out->no_set_id, e);
	if (rc == 0)
		rc = policy_never(p, clock_set, &out->no_clock, e);
	if (rc == 0)
		rc = prove_families(p, out, e);
	if (rc == 0)
		rc = prove_namespaces(p, out, e);
	return rc;
}

void proven_clear(struct proven *p)
{
	vec_free(&p->families);
}

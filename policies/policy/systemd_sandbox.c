/* Lists the calls that systemd's sandboxing directives forbid. SPDX-License-Identifier: MIT */
#include "policies/policy/systemd_sandbox.h"

#include <string.h>

#include "policies/policy/call_set.h"

/* Kernel constants, which are the same on all three architectures (include/uapi/linux/sched.h,
 * asm-generic/mman.h, stat.h, fcntl.h, time.h). */
#define ALL	     .mask = UINT64_MAX
#define FLAGS(a, m)  {.arg = (a), .mask = (m), .from = (m), .to = (m), .tested = true}
#define FLAGS_ON(a, m, on) {.arg = (a), .mask = (m), .from = (m), .to = (m), .tested = true, .archs = (on)}
#define VALUES_ON(a, f, t, on) {.arg = (a), ALL, .from = (f), .to = (t), .tested = true, .archs = (on)}
#define VALUES(a, f, t) {.arg = (a), ALL, .from = (f), .to = (t), .tested = true}

enum {
	WRITE = 2,
	EXECUTE = 4,
	SHM_EXECUTE = 0100000,
	SET_UID = 04000,
	SET_GID = 02000,
	CREATE = 0100,
};

#define NOT_I386 ((arch_set) ~ARCH_BIT(ARCH_I386))

/* Denied by seccomp_memory_deny_write_execute of systemd (src/shared/seccomp-util.c). i386's mmap
 * has its arguments behind a pointer and is denied completely; its shmat is not denied. */
static const struct deed write_execute[] = {
    {"mmap", {FLAGS_ON(2, WRITE | EXECUTE, NOT_I386)}},
    {"mmap", {{.archs = ARCH_BIT(ARCH_I386)}}},
    {"mmap2", {FLAGS(2, WRITE | EXECUTE)}},
    {"mprotect", {FLAGS(2, EXECUTE)}},
    {"pkey_mprotect", {FLAGS(2, EXECUTE)}},
    {"shmat", {FLAGS_ON(2, SHM_EXECUTE, NOT_I386)}},
    {0},
};

/* Denied by seccomp_restrict_realtime: every policy but SCHED_OTHER 0, SCHED_BATCH 3 and SCHED_IDLE
 * 5. Versions 252 and 257 allow sched_setattr, which has its policy behind a pointer. */
static const struct deed realtime[] = {
    {"sched_setscheduler", {VALUES(1, 1, 2)}},
    {"sched_setscheduler", {VALUES(1, 4, 4)}},
    {"sched_setscheduler", {VALUES(1, 6, UINT64_MAX)}},
    {0},
};

static const struct deed realtime_newer[] = {{"sched_setattr", {{0}}}, {0}};

/* Denied by seccomp_lock_personality: every personality but the service's own, PER_LINUX. */
static const struct deed personality[] = {{"personality", {VALUES(0, 1, UINT64_MAX)}}, {0}};

/* Denied by seccomp_restrict_suid_sgid. openat2 has its mode behind a pointer. */
#define SET_ID(call, a) {call, {FLAGS(a, SET_UID)}}, {call, {FLAGS(a, SET_GID)}}
#define SET_ID_CREATING(call, f, a)                                                                                    \
	{call, {FLAGS(f, CREATE), FLAGS(a, SET_UID)}}, {call, {FLAGS(f, CREATE), FLAGS(a, SET_GID)}}
static const struct deed set_id[] = {
    SET_ID("chmod", 1),	  SET_ID("fchmod", 1),	       SET_ID("fchmodat", 2),	   SET_ID("fchmodat2", 2),
    SET_ID("mkdir", 1),	  SET_ID("mkdirat", 2),	       SET_ID("mknod", 1),	   SET_ID("mknodat", 2),
    SET_ID("creat", 1),	  SET_ID_CREATING("open", 1, 2), SET_ID_CREATING("openat", 2, 3), {"openat2", {{0}}},
    {0},
};

/* The group @clock. */
static const struct deed clock_set[] = {
    {"adjtimex", {{0}}},      {"clock_adjtime", {{0}}},	  {"clock_adjtime64", {{0}}},
    {"clock_settime", {{0}}}, {"clock_settime64", {{0}}}, {"settimeofday", {{0}}},
    {0},
};

/* These directives also do other things: ProtectClock= implies DeviceAllow=, ProtectHostname= a
 * namespace; ProtectKernel…= closes /dev/kmsg and /usr/lib/modules, ProtectKernelTunables= parts of
 * /proc, PrivateDevices= /dev. */
static const struct deed hostname[] = {{"sethostname", {{0}}}, {"setdomainname", {{0}}}, {0}};
static const struct deed modules[] = {{"delete_module", {{0}}}, {"finit_module", {{0}}}, {"init_module", {{0}}}, {0}};
static const struct deed kernel_log[] = {{"syslog", {{0}}}, {0}};
static const struct deed tunables[] = {{"_sysctl", {{0}}}, {0}};
static const struct deed devices[] = {{"ioperm", {{0}}}, {"iopl", {{0}}}, {0}};

const struct directive directives[] = {
    {"MemoryDenyWriteExecute", write_execute, true, NULL},
    {"RestrictRealtime", realtime, true, realtime_newer},
    {"LockPersonality", personality, true, NULL},
    {"RestrictSUIDSGID", set_id, true, NULL},
    {"ProtectClock", clock_set, false, NULL},
    {"ProtectHostname", hostname, false, NULL},
    {"ProtectKernelModules", modules, false, NULL},
    {"ProtectKernelLogs", kernel_log, false, NULL},
    {"ProtectKernelTunables", tunables, false, NULL},
    {"PrivateDevices", devices, false, NULL},
    {NULL, NULL, false, NULL},
};

const struct namespace_name namespace_names[] = {
    {"cgroup", 0x02000000}, {"ipc", 0x08000000},  {"net", 0x40000000}, {"mnt", 0x00020000},
    {"pid", 0x20000000},    {"user", 0x10000000}, {"uts", 0x04000000}, {NULL, 0},
};

int deed_add(struct alternative *a, const struct deed *d, enum arch arch, struct error *e)
{
	const struct syscall_desc *call = abi_call(arch, d->syscall);
	int rc = 0;
	for (size_t i = 0; i < 2 && rc == 0; i++) {
		const struct on *on = &d->on[i];
		unsigned bits = syscall_arg_bits(call, arch, on->arg);
		uint64_t width = bits >= 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1;
		struct range r = {on->from, on->to < width ? on->to : width};
		if (on->tested)
			rc = alternative_add_test(a, call, arch, on->arg, on->mask, &r, 1, e);
	}
	return rc;
}

/* Returns whether the deed can meet an alternative of the calls that the policy permits. */
static int possible(const struct alternative *a, const struct deed *d, enum arch arch, bool *meets, struct error *e)
{
	struct alternative both = {0};
	int rc = alternative_copy(&both, a, abi_call(arch, d->syscall), arch, e);
	if (rc == 0)
		rc = deed_add(&both, d, arch, e);
	if (rc == 0)
		*meets = alternative_possible(&both);
	alternative_clear(&both);
	return rc;
}

bool deed_on(const struct policy *p, const struct deed *d, enum arch arch)
{
	arch_set archs = d->on[0].archs != 0 ? d->on[0].archs & p->archs : p->archs;
	return (archs & ARCH_BIT(arch)) && abi_call(arch, d->syscall) != NULL;
}

static int never_on(const struct policy *p, const struct deed *d, enum arch arch, bool *never, struct error *e)
{
	struct call_set set = {0};
	if (!deed_on(p, d, arch))
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
			rc = never_on(p, deeds, (enum arch)arch, never, e);
	return rc;
}

static const struct deed unknown_families[] = {{"socket", {VALUES(0, FAMILIES, UINT64_MAX)}}, {0}};

int policy_families(const struct policy *p, struct families *families, bool *known, struct error *e)
{
	static const struct deed hidden[] = {{"socketcall", {{0}}}, {0}};
	int rc = policy_never(p, unknown_families, known, e);
	if (rc == 0 && *known)
		rc = policy_never(p, hidden, known, e);
	for (uint32_t family = 0; family < FAMILIES && rc == 0 && *known; family++) {
		struct deed one[] = {{"socket", {VALUES(0, family, family)}}, {0}};
		bool never = true;
		rc = policy_never(p, one, &never, e);
		if (rc == 0 && !never && !vec_push(families, family))
			rc = error_memory(e);
	}
	return rc;
}

/* Calls whose namespace is hidden: clone3 has its flags behind a pointer, and setns(fd, 0) enters
 * any kind of namespace. The directive has no name for CLONE_NEWTIME (0x80). */
static const struct deed hidden_namespaces[] = {
    {"clone3", {{0}}},		 {"setns", {VALUES(1, 0, 0)}}, {"setns", {FLAGS(1, 0x80)}},
    {"unshare", {FLAGS(0, 0x80)}}, {"clone", {FLAGS(0, 0x80)}},  {0}};

void namespace_deeds(uint64_t flag, struct deed out[4])
{
	out[0] = (struct deed){"clone", {FLAGS(0, flag)}};
	out[1] = (struct deed){"unshare", {FLAGS(0, flag)}};
	out[2] = (struct deed){"setns", {FLAGS(1, flag)}};
	out[3] = (struct deed){0};
}

int policy_namespaces(const struct policy *p, uint64_t *namespaces, bool *known, struct error *e)
{
	int rc = policy_never(p, hidden_namespaces, known, e);
	*namespaces = 0;
	for (const struct namespace_name *n = namespace_names; n->name != NULL && rc == 0; n++) {
		struct deed deeds[4];
		bool never = true;
		namespace_deeds(n->flag, deeds);
		rc = policy_never(p, deeds, &never, e);
		*namespaces |= never ? 0 : n->flag;
	}
	return rc;
}

/* The names of values that a command selects: prctl's arguments after each option, fcntl's after each command, and
 * so on; selected.c says where they apply. SPDX-License-Identifier: MIT
 *
 * From the kernel's UAPI headers up to Linux 7.2; tools/dev/check-abi compares them with those that are installed. */
#include "policies/abi/names/macros.h"

/* clang-format off */
static const struct name_value cap_ambient_ops[] = {
	VALUE(PR_CAP_AMBIENT_IS_SET, 1),
	VALUE(PR_CAP_AMBIENT_RAISE, 2),
	VALUE(PR_CAP_AMBIENT_LOWER, 3),
	VALUE(PR_CAP_AMBIENT_CLEAR_ALL, 4),
};

static const struct name_value capabilities[] = {
	VALUE(CAP_CHOWN, 0),
	VALUE(CAP_DAC_OVERRIDE, 1),
	VALUE(CAP_DAC_READ_SEARCH, 2),
	VALUE(CAP_FOWNER, 3),
	VALUE(CAP_FSETID, 4),
	VALUE(CAP_KILL, 5),
	VALUE(CAP_SETGID, 6),
	VALUE(CAP_SETUID, 7),
	VALUE(CAP_SETPCAP, 8),
	VALUE(CAP_LINUX_IMMUTABLE, 9),
	VALUE(CAP_NET_BIND_SERVICE, 10),
	VALUE(CAP_NET_BROADCAST, 11),
	VALUE(CAP_NET_ADMIN, 12),
	VALUE(CAP_NET_RAW, 13),
	VALUE(CAP_IPC_LOCK, 14),
	VALUE(CAP_IPC_OWNER, 15),
	VALUE(CAP_SYS_MODULE, 16),
	VALUE(CAP_SYS_RAWIO, 17),
	VALUE(CAP_SYS_CHROOT, 18),
	VALUE(CAP_SYS_PTRACE, 19),
	VALUE(CAP_SYS_PACCT, 20),
	VALUE(CAP_SYS_ADMIN, 21),
	VALUE(CAP_SYS_BOOT, 22),
	VALUE(CAP_SYS_NICE, 23),
	VALUE(CAP_SYS_RESOURCE, 24),
	VALUE(CAP_SYS_TIME, 25),
	VALUE(CAP_SYS_TTY_CONFIG, 26),
	VALUE(CAP_MKNOD, 27),
	VALUE(CAP_LEASE, 28),
	VALUE(CAP_AUDIT_WRITE, 29),
	VALUE(CAP_AUDIT_CONTROL, 30),
	VALUE(CAP_SETFCAP, 31),
	VALUE(CAP_MAC_OVERRIDE, 32),
	VALUE(CAP_MAC_ADMIN, 33),
	VALUE(CAP_SYSLOG, 34),
	VALUE(CAP_WAKE_ALARM, 35),
	VALUE(CAP_BLOCK_SUSPEND, 36),
	VALUE(CAP_AUDIT_READ, 37),
	VALUE(CAP_PERFMON, 38),
	VALUE(CAP_BPF, 39),
	VALUE(CAP_CHECKPOINT_RESTORE, 40),
};

static const struct name_value cfi_controls[] = {
	BITS(PR_CFI_ENABLE, 1),
	BITS(PR_CFI_DISABLE, 2),
	BITS(PR_CFI_LOCK, 4),
};

static const struct name_value cfi_features[] = {
	VALUE(PR_CFI_BRANCH_LANDING_PADS, 0),
};

static const struct name_value dispatch_modes[] = {
	VALUE(PR_SYS_DISPATCH_OFF, 0),
	VALUE(PR_SYS_DISPATCH_ON, 1),
	VALUE(PR_SYS_DISPATCH_INCLUSIVE_ON, 2),
	ALIAS(PR_SYS_DISPATCH_EXCLUSIVE_ON, 1),
};

static const struct name_value dnotify_events[] = {
	BITS(DN_ACCESS, 1),
	BITS(DN_MODIFY, 2),
	BITS(DN_CREATE, 4),
	BITS(DN_DELETE, 8),
	BITS(DN_RENAME, 0x10),
	BITS(DN_ATTRIB, 0x20),
	BITS(DN_MULTISHOT, 0x80000000),
};

/* include/linux/sched/coredump.h; the man page has the names. */
static const struct name_value dumpable[] = {
	VALUE(SUID_DUMP_DISABLE, 0),
	VALUE(SUID_DUMP_USER, 1),
	VALUE(SUID_DUMP_ROOT, 2),
};

static const struct name_value endians[] = {
	VALUE(PR_ENDIAN_BIG, 0),
	VALUE(PR_ENDIAN_LITTLE, 1),
	VALUE(PR_ENDIAN_PPC_LITTLE, 2),
};

static const struct name_value fd_flags[] = {
	BITS(FD_CLOEXEC, 1),
};

static const struct name_value fp_emulation[] = {
	BITS(PR_FPEMU_NOPRINT, 1),
	BITS(PR_FPEMU_SIGFPE, 2),
};

static const struct name_value fp_exceptions[] = {
	FIELD(PR_FP_EXC_DISABLED, 0, 3),
	FIELD(PR_FP_EXC_NONRECOV, 1, 3),
	FIELD(PR_FP_EXC_ASYNC, 2, 3),
	FIELD(PR_FP_EXC_PRECISE, 3, 3),
	BITS(PR_FP_EXC_SW_ENABLE, 0x80),
	BITS(PR_FP_EXC_DIV, 0x10000),
	BITS(PR_FP_EXC_OVF, 0x20000),
	BITS(PR_FP_EXC_UND, 0x40000),
	BITS(PR_FP_EXC_RES, 0x80000),
	BITS(PR_FP_EXC_INV, 0x100000),
};

static const struct name_value fp_modes[] = {
	BITS(PR_FP_MODE_FR, 1),
	BITS(PR_FP_MODE_FRE, 2),
};

static const struct name_value futex_hash_ops[] = {
	VALUE(PR_FUTEX_HASH_SET_SLOTS, 1),
	VALUE(PR_FUTEX_HASH_GET_SLOTS, 2),
};

/* IOPRIO_PRIO_VALUE: the class is in the bits from 13 on, below it a level and hints. */
static const struct name_value ioprio_values[] = {
	FIELD(IOPRIO_CLASS_NONE, 0x0, 0xe000),
	FIELD(IOPRIO_CLASS_RT, 0x2000, 0xe000),
	FIELD(IOPRIO_CLASS_BE, 0x4000, 0xe000),
	FIELD(IOPRIO_CLASS_IDLE, 0x6000, 0xe000),
};

static const struct name_value key_move_flags[] = {
	BITS(KEYCTL_MOVE_EXCL, 1),
};

/* include/linux/key.h; for programs <keyutils.h> has them. */
static const struct name_value key_permissions[] = {
	BITS(KEY_POS_ALL, 0x3f000000),
	BITS(KEY_POS_VIEW, 0x1000000),
	BITS(KEY_POS_READ, 0x2000000),
	BITS(KEY_POS_WRITE, 0x4000000),
	BITS(KEY_POS_SEARCH, 0x8000000),
	BITS(KEY_POS_LINK, 0x10000000),
	BITS(KEY_POS_SETATTR, 0x20000000),
	BITS(KEY_USR_ALL, 0x3f0000),
	BITS(KEY_USR_VIEW, 0x10000),
	BITS(KEY_USR_READ, 0x20000),
	BITS(KEY_USR_WRITE, 0x40000),
	BITS(KEY_USR_SEARCH, 0x80000),
	BITS(KEY_USR_LINK, 0x100000),
	BITS(KEY_USR_SETATTR, 0x200000),
	BITS(KEY_GRP_ALL, 0x3f00),
	BITS(KEY_GRP_VIEW, 0x100),
	BITS(KEY_GRP_READ, 0x200),
	BITS(KEY_GRP_WRITE, 0x400),
	BITS(KEY_GRP_SEARCH, 0x800),
	BITS(KEY_GRP_LINK, 0x1000),
	BITS(KEY_GRP_SETATTR, 0x2000),
	BITS(KEY_OTH_ALL, 0x3f),
	BITS(KEY_OTH_VIEW, 0x1),
	BITS(KEY_OTH_READ, 0x2),
	BITS(KEY_OTH_WRITE, 0x4),
	BITS(KEY_OTH_SEARCH, 0x8),
	BITS(KEY_OTH_LINK, 0x10),
	BITS(KEY_OTH_SETATTR, 0x20),
};

static const struct name_value lease_types[] = {
	VALUE(F_RDLCK, 0),
	VALUE(F_WRLCK, 1),
	VALUE(F_UNLCK, 2),
	VALUE(F_EXLCK, 4),
	VALUE(F_SHLCK, 8),
};

static const struct name_value mce_ops[] = {
	VALUE(PR_MCE_KILL_CLEAR, 0),
	VALUE(PR_MCE_KILL_SET, 1),
};

static const struct name_value mce_policies[] = {
	VALUE(PR_MCE_KILL_LATE, 0),
	VALUE(PR_MCE_KILL_EARLY, 1),
	VALUE(PR_MCE_KILL_DEFAULT, 2),
};

static const struct name_value mdwe_flags[] = {
	BITS(PR_MDWE_REFUSE_EXEC_GAIN, 1),
	BITS(PR_MDWE_NO_INHERIT, 2),
};

static const struct name_value mm_ops[] = {
	VALUE(PR_SET_MM_START_CODE, 1),
	VALUE(PR_SET_MM_END_CODE, 2),
	VALUE(PR_SET_MM_START_DATA, 3),
	VALUE(PR_SET_MM_END_DATA, 4),
	VALUE(PR_SET_MM_START_STACK, 5),
	VALUE(PR_SET_MM_START_BRK, 6),
	VALUE(PR_SET_MM_BRK, 7),
	VALUE(PR_SET_MM_ARG_START, 8),
	VALUE(PR_SET_MM_ARG_END, 9),
	VALUE(PR_SET_MM_ENV_START, 10),
	VALUE(PR_SET_MM_ENV_END, 11),
	VALUE(PR_SET_MM_AUXV, 12),
	VALUE(PR_SET_MM_EXE_FILE, 13),
	VALUE(PR_SET_MM_MAP, 14),
	VALUE(PR_SET_MM_MAP_SIZE, 15),
};

static const struct name_value pac_keys[] = {
	BITS(PR_PAC_APIAKEY, 1),
	BITS(PR_PAC_APIBKEY, 2),
	BITS(PR_PAC_APDAKEY, 4),
	BITS(PR_PAC_APDBKEY, 8),
	BITS(PR_PAC_APGAKEY, 0x10),
};

static const struct name_value ptrace_options[] = {
	BITS(PTRACE_O_TRACESYSGOOD, 1),
	BITS(PTRACE_O_TRACEFORK, 2),
	BITS(PTRACE_O_TRACEVFORK, 4),
	BITS(PTRACE_O_TRACECLONE, 8),
	BITS(PTRACE_O_TRACEEXEC, 0x10),
	BITS(PTRACE_O_TRACEVFORKDONE, 0x20),
	BITS(PTRACE_O_TRACEEXIT, 0x40),
	BITS(PTRACE_O_TRACESECCOMP, 0x80),
	BITS(PTRACE_O_EXITKILL, 0x100000),
	BITS(PTRACE_O_SUSPEND_SECCOMP, 0x200000),
};

static const struct name_value quota_formats[] = {
	VALUE(QFMT_VFS_OLD, 1),
	VALUE(QFMT_VFS_V0, 2),
	VALUE(QFMT_OCFS2, 3),
	VALUE(QFMT_VFS_V1, 4),
	VALUE(QFMT_SHMEM, 5),
};

static const struct name_value reqkey_keyrings[] = {
	VALUE(KEY_REQKEY_DEFL_NO_CHANGE, -1),
	VALUE(KEY_REQKEY_DEFL_DEFAULT, 0),
	VALUE(KEY_REQKEY_DEFL_THREAD_KEYRING, 1),
	VALUE(KEY_REQKEY_DEFL_PROCESS_KEYRING, 2),
	VALUE(KEY_REQKEY_DEFL_SESSION_KEYRING, 3),
	VALUE(KEY_REQKEY_DEFL_USER_KEYRING, 4),
	VALUE(KEY_REQKEY_DEFL_USER_SESSION_KEYRING, 5),
	VALUE(KEY_REQKEY_DEFL_GROUP_KEYRING, 6),
	VALUE(KEY_REQKEY_DEFL_REQUESTOR_KEYRING, 7),
};

static const struct name_value restore_ids_ops[] = {
	VALUE(PR_TIMER_CREATE_RESTORE_IDS_OFF, 0),
	VALUE(PR_TIMER_CREATE_RESTORE_IDS_ON, 1),
	VALUE(PR_TIMER_CREATE_RESTORE_IDS_GET, 2),
};

static const struct name_value rseq_slice_flags[] = {
	BITS(PR_RSEQ_SLICE_EXT_ENABLE, 1),
};

static const struct name_value rseq_slice_ops[] = {
	VALUE(PR_RSEQ_SLICE_EXTENSION_GET, 1),
	VALUE(PR_RSEQ_SLICE_EXTENSION_SET, 2),
};

static const struct name_value sched_core_ops[] = {
	VALUE(PR_SCHED_CORE_GET, 0),
	VALUE(PR_SCHED_CORE_CREATE, 1),
	VALUE(PR_SCHED_CORE_SHARE_TO, 2),
	VALUE(PR_SCHED_CORE_SHARE_FROM, 3),
};

static const struct name_value sched_core_scopes[] = {
	VALUE(PR_SCHED_CORE_SCOPE_THREAD, 0),
	VALUE(PR_SCHED_CORE_SCOPE_THREAD_GROUP, 1),
	VALUE(PR_SCHED_CORE_SCOPE_PROCESS_GROUP, 2),
};

static const struct name_value seals[] = {
	BITS(F_SEAL_SEAL, 1),
	BITS(F_SEAL_SHRINK, 2),
	BITS(F_SEAL_GROW, 4),
	BITS(F_SEAL_WRITE, 8),
	BITS(F_SEAL_FUTURE_WRITE, 0x10),
	BITS(F_SEAL_EXEC, 0x20),
};

static const struct name_value seccomp_modes[] = {
	VALUE(SECCOMP_MODE_DISABLED, 0),
	VALUE(SECCOMP_MODE_STRICT, 1),
	VALUE(SECCOMP_MODE_FILTER, 2),
};

static const struct name_value securebits[] = {
	BITS(SECBIT_NOROOT, 1),
	BITS(SECBIT_NOROOT_LOCKED, 2),
	BITS(SECBIT_NO_SETUID_FIXUP, 4),
	BITS(SECBIT_NO_SETUID_FIXUP_LOCKED, 8),
	BITS(SECBIT_KEEP_CAPS, 0x10),
	BITS(SECBIT_KEEP_CAPS_LOCKED, 0x20),
	BITS(SECBIT_NO_CAP_AMBIENT_RAISE, 0x40),
	BITS(SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED, 0x80),
	BITS(SECBIT_EXEC_RESTRICT_FILE, 0x100),
	BITS(SECBIT_EXEC_RESTRICT_FILE_LOCKED, 0x200),
	BITS(SECBIT_EXEC_DENY_INTERACTIVE, 0x400),
	BITS(SECBIT_EXEC_DENY_INTERACTIVE_LOCKED, 0x800),
};

static const struct name_value shadow_stack_features[] = {
	BITS_ON(X86, ARCH_SHSTK_SHSTK, 1),
	BITS_ON(X86, ARCH_SHSTK_WRSS, 2),
};

static const struct name_value shadow_stack_modes[] = {
	BITS(PR_SHADOW_STACK_ENABLE, 1),
	BITS(PR_SHADOW_STACK_WRITE, 2),
	BITS(PR_SHADOW_STACK_PUSH, 4),
};

static const struct name_value speculation_controls[] = {
	VALUE(PR_SPEC_ENABLE, 2),
	VALUE(PR_SPEC_DISABLE, 4),
	VALUE(PR_SPEC_FORCE_DISABLE, 8),
	VALUE(PR_SPEC_DISABLE_NOEXEC, 0x10),
};

static const struct name_value speculation_features[] = {
	VALUE(PR_SPEC_STORE_BYPASS, 0),
	VALUE(PR_SPEC_INDIRECT_BRANCH, 1),
	VALUE(PR_SPEC_L1D_FLUSH, 2),
};

/* PR_MTE_TAG_MASK, the tags to choose from, stays a number. */
static const struct name_value tagged_addr_flags[] = {
	BITS(PR_TAGGED_ADDR_ENABLE, 1),
	BITS(PR_MTE_TCF_SYNC, 2),
	BITS(PR_MTE_TCF_ASYNC, 4),
	BITS(PR_MTE_STORE_ONLY, 0x80000),
	ALIAS(PR_MTE_TCF_NONE, 0),
	ALIAS(PR_MTE_TCF_MASK, 6),
};

static const struct name_value thp_disable_flags[] = {
	BITS(PR_THP_DISABLE_EXCEPT_ADVISED, 2),
};

static const struct name_value timing_modes[] = {
	VALUE(PR_TIMING_STATISTICAL, 0),
	VALUE(PR_TIMING_TIMESTAMP, 1),
};

static const struct name_value tsc_modes[] = {
	VALUE(PR_TSC_ENABLE, 1),
	VALUE(PR_TSC_SIGSEGV, 2),
};

static const struct name_value unaligned_modes[] = {
	BITS(PR_UNALIGN_NOPRINT, 1),
	BITS(PR_UNALIGN_SIGBUS, 2),
};

static const struct name_value vm86_functions[] = {
	VALUE_ON(BIT_I386, VM86_PLUS_INSTALL_CHECK, 0),
	VALUE_ON(BIT_I386, VM86_ENTER, 1),
	VALUE_ON(BIT_I386, VM86_ENTER_NO_BYPASS, 2),
	VALUE_ON(BIT_I386, VM86_REQUEST_IRQ, 3),
	VALUE_ON(BIT_I386, VM86_FREE_IRQ, 4),
	VALUE_ON(BIT_I386, VM86_GET_IRQ_BITS, 5),
	VALUE_ON(BIT_I386, VM86_GET_AND_RESET_IRQ, 6),
};

static const struct name_value vma_ops[] = {
	VALUE(PR_SET_VMA_ANON_NAME, 0),
};

static const struct name_value xstate_features[] = {
	VALUE_ON(X86, ARCH_XCOMP_TILECFG, 17),
	VALUE_ON(X86, ARCH_XCOMP_TILEDATA, 18),
};
/* clang-format on */

ABI_SETS_SELECTED(SET_DEFINE)

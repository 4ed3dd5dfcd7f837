/* Arguments whose meaning another argument selects. SPDX-License-Identifier: MIT
 *
 * One row: after this value of the selecting argument, that argument is this. The first row that fits counts. What no
 * row names stays as the table of calls has it (a plain number that is not recorded, as a rule). Sources: the man pages
 * named beside each group, section 2 and 7, and the kernel's UAPI headers. */
#include <string.h>

#include "policies/abi/abi.h"
#include "policies/abi/names/names.h"

/* clang-format off */
/* Widths as in syscalls.c, but here those of what the kernel makes of the value: it takes most of these arguments as
 * unsigned long and then assigns some of them to something narrower. */
#define W_INT   .bytes = 4, .is_signed = true
#define W_UINT  .bytes = 4
#define W_ULONG .bytes = 0

#define AS_FLAGS(n, s, w) {.name = #n, W_##w, .kind = ARG_FLAGS, .set = &abi_set_##s}
#define AS_ENUM(n, s, w)  {.name = #n, W_##w, .kind = ARG_ENUM, .set = &abi_set_##s}
#define AS_SIGNAL(n, w)   {.name = #n, W_##w, .kind = ARG_SIGNAL, .set = &abi_set_signals}
#define AS_SEL(n, w)      {.name = #n, W_##w, .kind = ARG_SELECTOR}

/* fcntl(2). Not what is a number of a size or of another descriptor (F_SETPIPE_SZ, F_DUPFD), nor F_SETOWN's pid. */
#define FCNTL(call)											\
	{call, 1, 2 /* F_SETFD */, 2, AS_FLAGS(arg, fd_flags, UINT)},					\
	{call, 1, 4 /* F_SETFL */, 2, AS_FLAGS(arg, setfl_flags, UINT)},				\
	{call, 1, 10 /* F_SETSIG */, 2, AS_SIGNAL(arg, INT)},						\
	{call, 1, 1024 /* F_SETLEASE */, 2, AS_ENUM(arg, lease_types, INT)},				\
	{call, 1, 1026 /* F_NOTIFY */, 2, AS_FLAGS(arg, dnotify_events, UINT)},				\
	{call, 1, 1033 /* F_ADD_SEALS */, 2, AS_FLAGS(arg, seals, UINT)}

/* setsockopt(2) and getsockopt(2): the options of each level. SOL_BLUETOOTH, SOL_ATM and others without UAPI names are
 * left as they are; so are SOL_X25 and SOL_IUCV. */
#define SOCKET_OPTIONS(call, ip, ipv6)									\
	{call, 1, 0 /* SOL_IP */, 2, AS_ENUM(optname, ip, INT)},					\
	{call, 1, 1 /* SOL_SOCKET */, 2, AS_ENUM(optname, so_options, INT)},				\
	{call, 1, 6 /* SOL_TCP */, 2, AS_ENUM(optname, tcp_options, INT)},				\
	{call, 1, 17 /* SOL_UDP */, 2, AS_ENUM(optname, udp_options, INT)},				\
	{call, 1, 40 /* AF_VSOCK */, 2, AS_ENUM(optname, vsock_options, INT)},				\
	{call, 1, 41 /* SOL_IPV6 */, 2, AS_ENUM(optname, ipv6, INT)},					\
	{call, 1, 58 /* SOL_ICMPV6 */, 2, AS_ENUM(optname, icmpv6_options, INT)},			\
	{call, 1, 101 /* SOL_CAN_RAW */, 2, AS_ENUM(optname, can_raw_options, INT)},			\
	{call, 1, 106 /* SOL_CAN_ISOTP */, 2, AS_ENUM(optname, can_isotp_options, INT)},		\
	{call, 1, 107 /* SOL_CAN_J1939 */, 2, AS_ENUM(optname, can_j1939_options, INT)},		\
	{call, 1, 132 /* SOL_SCTP */, 2, AS_ENUM(optname, sctp_options, INT)},				\
	{call, 1, 136 /* SOL_UDPLITE */, 2, AS_ENUM(optname, udp_options, INT)},			\
	{call, 1, 255 /* SOL_RAW */, 2, AS_ENUM(optname, raw_options, INT)},				\
	{call, 1, 257 /* SOL_AX25 */, 2, AS_ENUM(optname, ax25_options, INT)},				\
	{call, 1, 263 /* SOL_PACKET */, 2, AS_ENUM(optname, packet_options, INT)},			\
	{call, 1, 268 /* SOL_LLC */, 2, AS_ENUM(optname, llc_options, INT)},				\
	{call, 1, 269 /* SOL_DCCP */, 2, AS_ENUM(optname, dccp_options, INT)},				\
	{call, 1, 270 /* SOL_NETLINK */, 2, AS_ENUM(optname, netlink_options, INT)},			\
	{call, 1, 271 /* SOL_TIPC */, 2, AS_ENUM(optname, tipc_options, INT)},				\
	{call, 1, 272 /* SOL_RXRPC */, 2, AS_ENUM(optname, rxrpc_options, INT)},			\
	{call, 1, 273 /* SOL_PPPOL2TP */, 2, AS_ENUM(optname, pppol2tp_options, INT)},			\
	{call, 1, 275 /* SOL_PNPIPE */, 2, AS_ENUM(optname, pnpipe_options, INT)},			\
	{call, 1, 276 /* SOL_RDS */, 2, AS_ENUM(optname, rds_options, INT)},				\
	{call, 1, 278 /* SOL_CAIF */, 2, AS_ENUM(optname, caif_options, INT)},				\
	{call, 1, 279 /* SOL_ALG */, 2, AS_ENUM(optname, alg_options, INT)},				\
	{call, 1, 280 /* SOL_NFC */, 2, AS_ENUM(optname, nfc_options, INT)},				\
	{call, 1, 281 /* SOL_KCM */, 2, AS_ENUM(optname, kcm_options, INT)},				\
	{call, 1, 282 /* SOL_TLS */, 2, AS_ENUM(optname, tls_options, INT)},				\
	{call, 1, 283 /* SOL_XDP */, 2, AS_ENUM(optname, xdp_options, INT)},				\
	{call, 1, 284 /* SOL_MPTCP */, 2, AS_ENUM(optname, mptcp_options, INT)},			\
	{call, 1, 285 /* SOL_MCTP */, 2, AS_ENUM(optname, mctp_options, INT)},				\
	{call, 1, 286 /* SOL_SMC */, 2, AS_ENUM(optname, smc_options, INT)}

/* socket(2), socketpair(2): the protocols of each family. The table has those of AF_INET and AF_INET6; AF_PACKET's are
 * Ethernet types in network byte order, AF_RXRPC's is an address family, and most families know 0 only. */
#define PROTOCOLS(call)											\
	{call, 0, 0 /* AF_UNSPEC */, 2, AS_SEL(protocol, INT)},						\
	{call, 0, 1 /* AF_UNIX */, 2, AS_SEL(protocol, INT)},						\
	{call, 0, 3 /* AF_AX25 */, 2, AS_SEL(protocol, INT)},						\
	{call, 0, 4 /* AF_IPX */, 2, AS_SEL(protocol, INT)},						\
	{call, 0, 5 /* AF_APPLETALK */, 2, AS_SEL(protocol, INT)},					\
	{call, 0, 6 /* AF_NETROM */, 2, AS_SEL(protocol, INT)},						\
	{call, 0, 7 /* AF_BRIDGE */, 2, AS_SEL(protocol, INT)},						\
	{call, 0, 8 /* AF_ATMPVC */, 2, AS_SEL(protocol, INT)},						\
	{call, 0, 9 /* AF_X25 */, 2, AS_SEL(protocol, INT)},						\
	{call, 0, 11 /* AF_ROSE */, 2, AS_SEL(protocol, INT)},						\
	{call, 0, 12 /* AF_DECnet */, 2, AS_SEL(protocol, INT)},					\
	{call, 0, 13 /* AF_NETBEUI */, 2, AS_SEL(protocol, INT)},					\
	{call, 0, 14 /* AF_SECURITY */, 2, AS_SEL(protocol, INT)},					\
	{call, 0, 15 /* AF_KEY */, 2, AS_SEL(protocol, INT)},						\
	{call, 0, 16 /* AF_NETLINK */, 2, AS_ENUM(protocol, netlink_protocols, INT)},			\
	{call, 0, 17 /* AF_PACKET */, 2, AS_SEL(protocol, INT)},					\
	{call, 0, 18 /* AF_ASH */, 2, AS_SEL(protocol, INT)},						\
	{call, 0, 19 /* AF_ECONET */, 2, AS_SEL(protocol, INT)},					\
	{call, 0, 20 /* AF_ATMSVC */, 2, AS_SEL(protocol, INT)},					\
	{call, 0, 21 /* AF_RDS */, 2, AS_SEL(protocol, INT)},						\
	{call, 0, 22 /* AF_SNA */, 2, AS_SEL(protocol, INT)},						\
	{call, 0, 23 /* AF_IRDA */, 2, AS_SEL(protocol, INT)},						\
	{call, 0, 24 /* AF_PPPOX */, 2, AS_ENUM(protocol, pppox_protocols, INT)},			\
	{call, 0, 25 /* AF_WANPIPE */, 2, AS_SEL(protocol, INT)},					\
	{call, 0, 26 /* AF_LLC */, 2, AS_SEL(protocol, INT)},						\
	{call, 0, 27 /* AF_IB */, 2, AS_SEL(protocol, INT)},						\
	{call, 0, 28 /* AF_MPLS */, 2, AS_SEL(protocol, INT)},						\
	{call, 0, 29 /* AF_CAN */, 2, AS_ENUM(protocol, can_protocols, INT)},				\
	{call, 0, 30 /* AF_TIPC */, 2, AS_SEL(protocol, INT)},						\
	{call, 0, 31 /* AF_BLUETOOTH */, 2, AS_ENUM(protocol, bluetooth_protocols, INT)},		\
	{call, 0, 32 /* AF_IUCV */, 2, AS_SEL(protocol, INT)},						\
	{call, 0, 33 /* AF_RXRPC */, 2, AS_SEL(protocol, INT)},						\
	{call, 0, 34 /* AF_ISDN */, 2, AS_SEL(protocol, INT)},						\
	{call, 0, 35 /* AF_PHONET */, 2, AS_ENUM(protocol, phonet_protocols, INT)},			\
	{call, 0, 36 /* AF_IEEE802154 */, 2, AS_SEL(protocol, INT)},					\
	{call, 0, 37 /* AF_CAIF */, 2, AS_ENUM(protocol, caif_protocols, INT)},				\
	{call, 0, 38 /* AF_ALG */, 2, AS_SEL(protocol, INT)},						\
	{call, 0, 39 /* AF_NFC */, 2, AS_ENUM(protocol, nfc_protocols, INT)},				\
	{call, 0, 40 /* AF_VSOCK */, 2, AS_SEL(protocol, INT)},						\
	{call, 0, 41 /* AF_KCM */, 2, AS_SEL(protocol, INT)},						\
	{call, 0, 42 /* AF_QIPCRTR */, 2, AS_SEL(protocol, INT)},					\
	{call, 0, 43 /* AF_SMC */, 2, AS_SEL(protocol, INT)},						\
	{call, 0, 44 /* AF_XDP */, 2, AS_SEL(protocol, INT)},						\
	{call, 0, 45 /* AF_MCTP */, 2, AS_SEL(protocol, INT)}

static const struct selected {
	const char *syscall;
	uint8_t by;    /* the position of the selecting argument; always before `at` */
	uint64_t value;
	uint8_t at;    /* the position of the argument that is selected */
	struct arg arg;
} selected[] = {
	/* arch_prctl(2) */
	{"arch_prctl", 0, 0x1012 /* ARCH_SET_CPUID */, 1, AS_SEL(addr, ULONG)},
	{"arch_prctl", 0, 0x1023 /* ARCH_REQ_XCOMP_PERM */, 1, AS_ENUM(addr, xstate_features, ULONG)},
	{"arch_prctl", 0, 0x1025 /* ARCH_REQ_XCOMP_GUEST_PERM */, 1, AS_ENUM(addr, xstate_features, ULONG)},
	{"arch_prctl", 0, 0x5001 /* ARCH_SHSTK_ENABLE */, 1, AS_FLAGS(addr, shadow_stack_features, ULONG)},
	{"arch_prctl", 0, 0x5002 /* ARCH_SHSTK_DISABLE */, 1, AS_FLAGS(addr, shadow_stack_features, ULONG)},
	{"arch_prctl", 0, 0x5003 /* ARCH_SHSTK_LOCK */, 1, AS_FLAGS(addr, shadow_stack_features, ULONG)},
	{"arch_prctl", 0, 0x5004 /* ARCH_SHSTK_UNLOCK */, 1, AS_FLAGS(addr, shadow_stack_features, ULONG)},
	FCNTL("fcntl"),
	FCNTL("fcntl64"),
	SOCKET_OPTIONS("getsockopt", ip_get_options, ipv6_get_options),
	/* keyctl(2); security/keys/keyctl.c */
	{"keyctl", 0, 0 /* KEYCTL_GET_KEYRING_ID */, 2, AS_SEL(arg3, INT)}, /* whether to create it */
	{"keyctl", 0, 5 /* KEYCTL_SETPERM */, 2, AS_FLAGS(arg3, key_permissions, UINT)},
	{"keyctl", 0, 14 /* KEYCTL_SET_REQKEY_KEYRING */, 1, AS_ENUM(arg2, reqkey_keyrings, INT)},
	{"keyctl", 0, 30 /* KEYCTL_MOVE */, 4, AS_FLAGS(arg5, key_move_flags, UINT)},
	/* prctl(2); kernel/sys.c and security/commoncap.c take most of them as unsigned long. Not PR_SET_NAME (a string),
	 * PR_SET_PTRACER (a pid), PR_SET_TIMERSLACK, PR_SVE_SET_VL and PR_SME_SET_VL (numbers). */
	{"prctl", 0, 1 /* PR_SET_PDEATHSIG */, 1, AS_SIGNAL(arg2, ULONG)},
	{"prctl", 0, 4 /* PR_SET_DUMPABLE */, 1, AS_ENUM(arg2, dumpable, ULONG)},
	{"prctl", 0, 6 /* PR_SET_UNALIGN */, 1, AS_FLAGS(arg2, unaligned_modes, ULONG)},
	{"prctl", 0, 8 /* PR_SET_KEEPCAPS */, 1, AS_SEL(arg2, ULONG)},
	{"prctl", 0, 10 /* PR_SET_FPEMU */, 1, AS_FLAGS(arg2, fp_emulation, ULONG)},
	{"prctl", 0, 12 /* PR_SET_FPEXC */, 1, AS_FLAGS(arg2, fp_exceptions, ULONG)},
	{"prctl", 0, 14 /* PR_SET_TIMING */, 1, AS_ENUM(arg2, timing_modes, ULONG)},
	{"prctl", 0, 20 /* PR_SET_ENDIAN */, 1, AS_ENUM(arg2, endians, ULONG)},
	{"prctl", 0, 22 /* PR_SET_SECCOMP */, 1, AS_ENUM(arg2, seccomp_modes, ULONG)},
	{"prctl", 0, 23 /* PR_CAPBSET_READ */, 1, AS_ENUM(arg2, capabilities, ULONG)},
	{"prctl", 0, 24 /* PR_CAPBSET_DROP */, 1, AS_ENUM(arg2, capabilities, ULONG)},
	{"prctl", 0, 26 /* PR_SET_TSC */, 1, AS_ENUM(arg2, tsc_modes, UINT)},
	{"prctl", 0, 28 /* PR_SET_SECUREBITS */, 1, AS_FLAGS(arg2, securebits, ULONG)},
	{"prctl", 0, 33 /* PR_MCE_KILL */, 1, AS_ENUM(arg2, mce_ops, ULONG)},
	{"prctl", 0, 33 /* PR_MCE_KILL */, 2, AS_ENUM(arg3, mce_policies, ULONG)},
	{"prctl", 0, 35 /* PR_SET_MM */, 1, AS_ENUM(arg2, mm_ops, INT)},
	{"prctl", 0, 36 /* PR_SET_CHILD_SUBREAPER */, 1, AS_SEL(arg2, ULONG)},
	{"prctl", 0, 38 /* PR_SET_NO_NEW_PRIVS */, 1, AS_SEL(arg2, ULONG)},
	{"prctl", 0, 41 /* PR_SET_THP_DISABLE */, 1, AS_SEL(arg2, ULONG)},
	{"prctl", 0, 41 /* PR_SET_THP_DISABLE */, 2, AS_FLAGS(arg3, thp_disable_flags, ULONG)},
	{"prctl", 0, 45 /* PR_SET_FP_MODE */, 1, AS_FLAGS(arg2, fp_modes, ULONG)},
	{"prctl", 0, 47 /* PR_CAP_AMBIENT */, 1, AS_ENUM(arg2, cap_ambient_ops, ULONG)},
	/* PR_CAP_AMBIENT_CLEAR_ALL wants a 0 here, which so reads CAP_CHOWN. */
	{"prctl", 0, 47 /* PR_CAP_AMBIENT */, 2, AS_ENUM(arg3, capabilities, ULONG)},
	{"prctl", 0, 52 /* PR_GET_SPECULATION_CTRL */, 1, AS_ENUM(arg2, speculation_features, ULONG)},
	{"prctl", 0, 53 /* PR_SET_SPECULATION_CTRL */, 1, AS_ENUM(arg2, speculation_features, ULONG)},
	{"prctl", 0, 53 /* PR_SET_SPECULATION_CTRL */, 2, AS_ENUM(arg3, speculation_controls, ULONG)},
	{"prctl", 0, 54 /* PR_PAC_RESET_KEYS */, 1, AS_FLAGS(arg2, pac_keys, ULONG)},
	{"prctl", 0, 55 /* PR_SET_TAGGED_ADDR_CTRL */, 1, AS_FLAGS(arg2, tagged_addr_flags, ULONG)},
	{"prctl", 0, 57 /* PR_SET_IO_FLUSHER */, 1, AS_SEL(arg2, ULONG)},
	{"prctl", 0, 59 /* PR_SET_SYSCALL_USER_DISPATCH */, 1, AS_ENUM(arg2, dispatch_modes, ULONG)},
	{"prctl", 0, 60 /* PR_PAC_SET_ENABLED_KEYS */, 1, AS_FLAGS(arg2, pac_keys, ULONG)},
	{"prctl", 0, 60 /* PR_PAC_SET_ENABLED_KEYS */, 2, AS_FLAGS(arg3, pac_keys, ULONG)},
	{"prctl", 0, 62 /* PR_SCHED_CORE */, 1, AS_ENUM(arg2, sched_core_ops, UINT)},
	{"prctl", 0, 62 /* PR_SCHED_CORE */, 3, AS_ENUM(arg4, sched_core_scopes, UINT)},
	{"prctl", 0, 65 /* PR_SET_MDWE */, 1, AS_FLAGS(arg2, mdwe_flags, ULONG)},
	{"prctl", 0, 67 /* PR_SET_MEMORY_MERGE */, 1, AS_SEL(arg2, ULONG)},
	{"prctl", 0, 75 /* PR_SET_SHADOW_STACK_STATUS */, 1, AS_FLAGS(arg2, shadow_stack_modes, ULONG)},
	{"prctl", 0, 76 /* PR_LOCK_SHADOW_STACK_STATUS */, 1, AS_FLAGS(arg2, shadow_stack_modes, ULONG)},
	{"prctl", 0, 77 /* PR_TIMER_CREATE_RESTORE_IDS */, 1, AS_ENUM(arg2, restore_ids_ops, ULONG)},
	{"prctl", 0, 78 /* PR_FUTEX_HASH */, 1, AS_ENUM(arg2, futex_hash_ops, ULONG)},
	{"prctl", 0, 79 /* PR_RSEQ_SLICE_EXTENSION */, 1, AS_ENUM(arg2, rseq_slice_ops, ULONG)},
	{"prctl", 0, 79 /* PR_RSEQ_SLICE_EXTENSION */, 2, AS_FLAGS(arg3, rseq_slice_flags, ULONG)},
	{"prctl", 0, 80 /* PR_GET_CFI */, 1, AS_ENUM(arg2, cfi_features, ULONG)},
	{"prctl", 0, 81 /* PR_SET_CFI */, 1, AS_ENUM(arg2, cfi_features, ULONG)},
	{"prctl", 0, 81 /* PR_SET_CFI */, 2, AS_FLAGS(arg3, cfi_controls, ULONG)},
	{"prctl", 0, 0x53564d41 /* PR_SET_VMA */, 1, AS_ENUM(arg2, vma_ops, ULONG)},
	/* ptrace(2) */
	{"ptrace", 0, 21 /* PTRACE_OLDSETOPTIONS */, 3, AS_FLAGS(data, ptrace_options, ULONG)},
	{"ptrace", 0, 0x4200 /* PTRACE_SETOPTIONS */, 3, AS_FLAGS(data, ptrace_options, ULONG)},
	{"ptrace", 0, 0x4206 /* PTRACE_SEIZE */, 3, AS_FLAGS(data, ptrace_options, ULONG)},
	/* quotactl(2): Q_QUOTAON's format, for each type of quota; elsewhere it is a user, group or project. */
	{"quotactl", 0, 0x80000200 /* Q_QUOTAON|USRQUOTA */, 2, AS_ENUM(id, quota_formats, UINT)},
	{"quotactl", 0, 0x80000201 /* Q_QUOTAON|GRPQUOTA */, 2, AS_ENUM(id, quota_formats, UINT)},
	{"quotactl", 0, 0x80000202 /* Q_QUOTAON|PRJQUOTA */, 2, AS_ENUM(id, quota_formats, UINT)},
	/* seccomp(2): the table's flags are SECCOMP_SET_MODE_FILTER's; the others have none yet. */
	{"seccomp", 0, 0 /* SECCOMP_SET_MODE_STRICT */, 1, AS_SEL(flags, UINT)},
	{"seccomp", 0, 2 /* SECCOMP_GET_ACTION_AVAIL */, 1, AS_SEL(flags, UINT)},
	{"seccomp", 0, 3 /* SECCOMP_GET_NOTIF_SIZES */, 1, AS_SEL(flags, UINT)},
	SOCKET_OPTIONS("setsockopt", ip_set_options, ipv6_set_options),
	PROTOCOLS("socket"),
	PROTOCOLS("socketpair"),
};
/* clang-format on */

/* More than the table of calls has rows; its test holds it to that. */
enum { ROWS = sizeof(selected) / sizeof(selected[0]), ROWS_LIMIT = 600 };

/* Per row of the table of calls: its first row here, plus 1; 0: none. */
static uint16_t first[ROWS_LIMIT];

__attribute__((constructor(101))) static void index_selected(void)
{
	for (size_t i = ROWS; i-- > 0;) {
		const struct syscall_desc *call = abi_by_name(selected[i].syscall);
		if (call != NULL && call - abi_syscalls < ROWS_LIMIT)
			first[call - abi_syscalls] = (uint16_t)(i + 1);
	}
}

/* The rows of one call stand side by side. */
static size_t rows_of(const struct syscall_desc *call, size_t *end)
{
	size_t at = call >= abi_syscalls && call < abi_syscalls + abi_syscall_count ? first[call - abi_syscalls] : 0;
	size_t begin = at > 0 ? at - 1 : ROWS;
	for (*end = begin; *end < ROWS && strcmp(selected[*end].syscall, call->name) == 0;)
		(*end)++;
	return begin;
}

const struct syscall_desc *abi_select(const struct syscall_desc *call, enum arch arch, const uint64_t args[6],
				      uint8_t known, struct syscall_desc *room)
{
	if (call == NULL)
		return NULL;
	size_t end, begin = rows_of(call, &end);
	const struct syscall_desc *result = call;
	uint8_t done = 0;
	for (size_t i = begin; i < end; i++) {
		const struct selected *s = &selected[i];
		if ((known >> s->by & 1) == 0 || (done >> s->at & 1) != 0 ||
		    abi_canonical(call, arch, s->by, args[s->by]) != abi_canonical(call, arch, s->by, s->value))
			continue;
		if (result == call)
			*room = *call;
		result = room;
		room->args[s->at] = s->arg;
		/* The prototype's width stays: it is what the registers, the facts and the filters hold. */
		room->args[s->at].bytes = call->args[s->at].bytes;
		room->args[s->at].is_signed = call->args[s->at].is_signed;
		done |= (uint8_t)(1u << s->at);
	}
	return result;
}

uint8_t syscall_selectors(const struct syscall_desc *call)
{
	uint8_t set = 0;
	if (call == NULL)
		return 0;
	size_t end;
	for (size_t i = rows_of(call, &end); i < end; i++)
		set |= (uint8_t)(1u << selected[i].by);
	return set;
}

bool abi_selected_row(size_t i, const char **call, unsigned *by, uint64_t *value, unsigned *at, const struct arg **arg)
{
	if (i >= ROWS)
		return false;
	*call = selected[i].syscall;
	*by = selected[i].by;
	*value = selected[i].value;
	*at = selected[i].at;
	*arg = &selected[i].arg;
	return true;
}

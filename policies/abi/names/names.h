/* The sets of named values that the table of calls refers to; for policies/abi and its test only.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_ABI_NAMES_H
#define PINHOLE_POLICIES_ABI_NAMES_H

#include "policies/abi/abi.h"

/* Rows that replace the table's on the architectures they have a number for (syscalls.c). */
extern const struct syscall_desc abi_variants[];
extern const size_t abi_variant_count;

/* Every set: its identifier and title, by the file that has its table. */
/* clang-format off */
/* names.c */
#define ABI_SETS_GENERAL(X)												\
	X(accept_flags, "accept flags")										\
	X(access_mode, "access mode")											\
	X(address_families, "address families")									\
	X(arch_prctl_codes, "arch_prctl codes")									\
	X(at_flags, "path lookup flags")										\
	X(bpf_cmds, "bpf commands")											\
	X(clock_ids, "clocks")												\
	X(clone3_flags, "clone3 flags")											\
	X(clone_flags, "clone flags")											\
	X(close_range_flags, "close_range flags")									\
	X(delete_module_flags, "delete_module flags")									\
	X(dirfds, "descriptors")											\
	X(dup3_flags, "dup3 flags")											\
	X(epoll_create_flags, "epoll_create1 flags")									\
	X(epoll_ops, "epoll_ctl operations")										\
	X(eventfd_flags, "eventfd flags")										\
	X(execveat_flags, "execveat flags")										\
	X(faccessat_flags, "faccessat2 flags")										\
	X(fadvise_advice, "fadvise advice")										\
	X(fallocate_mode, "fallocate modes")										\
	X(fanotify_init_flags, "fanotify_init flags")									\
	X(fanotify_mark_flags, "fanotify_mark flags")									\
	X(fanotify_mask, "fanotify events")										\
	X(fcntl_cmds, "fcntl commands")										\
	X(finit_module_flags, "finit_module flags")									\
	X(flock_operations, "flock operations")									\
	X(fsconfig_cmds, "fsconfig commands")										\
	X(fsmount_flags, "fsmount flags")										\
	X(fsopen_flags, "fsopen flags")										\
	X(fspick_flags, "fspick flags")										\
	X(futex2_flags, "futex2 flags")										\
	X(futex_ops, "futex operations")										\
	X(get_mempolicy_flags, "get_mempolicy flags")									\
	X(getrandom_flags, "getrandom flags")										\
	X(inotify_flags, "inotify_init1 flags")									\
	X(inotify_mask, "inotify events")										\
	X(io_uring_enter_flags, "io_uring_enter flags")								\
	X(io_uring_register_ops, "io_uring_register operations")							\
	X(ioprio_which, "ioprio targets")										\
	X(ip_protocols, "protocols")											\
	X(ipc_calls, "ipc calls")											\
	X(ipc_get_flags, "msgget and semget flags")									\
	X(itimers, "interval timers")											\
	X(kcmp_types, "kcmp types")											\
	X(kexec_file_flags, "kexec_file_load flags")									\
	X(kexec_flags, "kexec_load flags")										\
	X(keyctl_ops, "keyctl operations")										\
	X(landlock_create_flags, "landlock_create_ruleset flags")							\
	X(landlock_restrict_flags, "landlock_restrict_self flags")							\
	X(landlock_rule_types, "Landlock rule types")									\
	X(listmount_flags, "listmount flags")										\
	X(lsm_attrs, "LSM attributes")											\
	X(lsm_flags, "lsm_get_self_attr flags")									\
	X(madvise_advice, "madvise advice")										\
	X(mbind_flags, "mbind and move_pages flags")									\
	X(membarrier_cmds, "membarrier commands")									\
	X(membarrier_flags, "membarrier flags")									\
	X(memfd_flags, "memfd_create flags")										\
	X(memfd_secret_flags, "memfd_secret flags")									\
	X(mempolicy_modes, "memory policies")										\
	X(mlock2_flags, "mlock2 flags")										\
	X(mlockall_flags, "mlockall flags")										\
	X(mmap_flags, "mmap flags")											\
	X(mount_attrs, "mount attributes")										\
	X(mount_flags, "mount flags")											\
	X(move_mount_flags, "move_mount flags")									\
	X(mremap_flags, "mremap flags")										\
	X(msg_flags, "msgsnd and msgrcv flags")									\
	X(msgctl_cmds, "msgctl commands")										\
	X(msync_flags, "msync flags")											\
	X(name_to_handle_flags, "name_to_handle_at flags")								\
	X(namespace_flags, "namespaces")										\
	X(open_flags, "open flags")											\
	X(open_tree_flags, "open_tree flags")										\
	X(perf_event_flags, "perf_event_open flags")									\
	X(personas, "execution domains")										\
	X(pidfd_open_flags, "pidfd_open flags")									\
	X(pidfd_signal_flags, "pidfd_send_signal flags")								\
	X(pipe2_flags, "pipe2 flags")											\
	X(pkey_rights, "protection key rights")									\
	X(prctl_options, "prctl options")										\
	X(priority_which, "priority targets")										\
	X(protections, "memory protection")										\
	X(ptrace_requests, "ptrace requests")										\
	X(quotactl_cmds, "quotactl commands")										\
	X(reboot_cmds, "reboot commands")										\
	X(reboot_magics, "reboot magic numbers")									\
	X(rename_flags, "renameat2 flags")										\
	X(rlimits, "resource limits")											\
	X(rseq_flags, "rseq flags")											\
	X(rusage_who, "getrusage targets")										\
	X(rwf_flags, "preadv2 and pwritev2 flags")									\
	X(sched_policies, "scheduling policies")									\
	X(seccomp_flags, "seccomp flags")										\
	X(seccomp_ops, "seccomp operations")										\
	X(seek_whence, "lseek origins")										\
	X(semctl_cmds, "semctl commands")										\
	X(setfl_flags, "file status flags")										\
	X(shadow_stack_flags, "map_shadow_stack flags")								\
	X(shmat_flags, "shmat flags")											\
	X(shmctl_cmds, "shmctl commands")										\
	X(shmget_flags, "shmget flags")										\
	X(shutdown_how, "shutdown directions")										\
	X(signalfd_flags, "signalfd flags")										\
	X(signals, "signals")												\
	X(sigprocmask_how, "sigprocmask operations")									\
	X(socket_msg_flags, "message flags")										\
	X(socket_types, "socket types")										\
	X(socketcall_calls, "socketcall calls")									\
	X(sockopt_levels, "socket option levels")									\
	X(splice_flags, "splice flags")										\
	X(statmount_flags, "statmount flags")										\
	X(statx_mask, "statx fields")											\
	X(swap_flags, "swapon flags")											\
	X(sync_file_range_flags, "sync_file_range flags")								\
	X(syslog_types, "syslog commands")										\
	X(timer_flags, "timer flags")											\
	X(timerfd_create_flags, "timerfd_create flags")								\
	X(timerfd_settime_flags, "timerfd_settime flags")								\
	X(umount_flags, "umount2 flags")										\
	X(unlinkat_flags, "unlinkat flags")										\
	X(unshare_flags, "unshare flags")										\
	X(userfaultfd_flags, "userfaultfd flags")									\
	X(wait_options, "wait options")										\
	X(waitid_types, "waitid id types")										\
	X(xattr_flags, "setxattr flags")

/* ioctl.c */
#define ABI_SETS_IOCTL(X)											\
	X(ioctl_requests, "ioctl requests")

/* socket.c: what a socket's domain and an option's level select */
#define ABI_SETS_SOCKET(X)											\
	X(alg_options, "AF_ALG options")									\
	X(ax25_options, "AX.25 options")									\
	X(bluetooth_protocols, "Bluetooth protocols")								\
	X(caif_options, "CAIF options")										\
	X(caif_protocols, "CAIF protocols")									\
	X(can_isotp_options, "ISO-TP options")									\
	X(can_j1939_options, "J1939 options")									\
	X(can_protocols, "CAN protocols")									\
	X(can_raw_options, "raw CAN options")									\
	X(dccp_options, "DCCP options")										\
	X(icmpv6_options, "ICMPv6 options")									\
	X(ip_get_options, "IP options to get")									\
	X(ip_set_options, "IP options to set")									\
	X(ipv6_get_options, "IPv6 options to get")								\
	X(ipv6_set_options, "IPv6 options to set")								\
	X(kcm_options, "KCM options")										\
	X(llc_options, "LLC options")										\
	X(mctp_options, "MCTP options")										\
	X(mptcp_options, "MPTCP options")									\
	X(netlink_options, "netlink options")									\
	X(netlink_protocols, "netlink protocols")								\
	X(nfc_options, "NFC LLCP options")									\
	X(nfc_protocols, "NFC protocols")									\
	X(packet_options, "packet socket options")								\
	X(phonet_protocols, "Phonet protocols")									\
	X(pnpipe_options, "Phonet pipe options")								\
	X(pppol2tp_options, "L2TP options")									\
	X(pppox_protocols, "PPPoX protocols")									\
	X(raw_options, "raw socket options")									\
	X(rds_options, "RDS options")										\
	X(rxrpc_options, "RxRPC options")									\
	X(sctp_options, "SCTP options")										\
	X(smc_options, "SMC options")										\
	X(so_options, "socket options")										\
	X(tcp_options, "TCP options")										\
	X(tipc_options, "TIPC options")										\
	X(tls_options, "TLS options")										\
	X(udp_options, "UDP options")										\
	X(vsock_options, "AF_VSOCK options")									\
	X(xdp_options, "AF_XDP options")

/* selected.c: what the other commands select */
#define ABI_SETS_SELECTED(X)											\
	X(cap_ambient_ops, "ambient capability operations")							\
	X(capabilities, "capabilities")										\
	X(cfi_controls, "control flow integrity")								\
	X(cfi_features, "control flow integrity features")							\
	X(dispatch_modes, "system call user dispatch")								\
	X(dnotify_events, "directory events")									\
	X(dumpable, "dumpable attribute")									\
	X(endians, "byte orders")										\
	X(fd_flags, "descriptor flags")										\
	X(fp_emulation, "floating-point emulation")								\
	X(fp_exceptions, "floating-point exceptions")								\
	X(fp_modes, "floating-point modes")									\
	X(futex_hash_ops, "futex hash operations")								\
	X(ioprio_values, "I/O priorities")									\
	X(key_move_flags, "KEYCTL_MOVE flags")									\
	X(key_permissions, "key permissions")									\
	X(lease_types, "lease types")										\
	X(mce_ops, "memory corruption kill operations")								\
	X(mce_policies, "memory corruption kill policies")							\
	X(mdwe_flags, "memory-deny-write-execute flags")							\
	X(mm_ops, "memory map fields")										\
	X(pac_keys, "pointer authentication keys")								\
	X(ptrace_options, "ptrace options")									\
	X(quota_formats, "quota formats")									\
	X(reqkey_keyrings, "request_key keyrings")								\
	X(restore_ids_ops, "timer id operations")								\
	X(rseq_slice_flags, "rseq slice extension flags")							\
	X(rseq_slice_ops, "rseq slice extension operations")							\
	X(sched_core_ops, "core scheduling operations")								\
	X(sched_core_scopes, "core scheduling scopes")								\
	X(seals, "file seals")											\
	X(seccomp_modes, "seccomp modes")									\
	X(securebits, "securebits")										\
	X(shadow_stack_features, "shadow stack features")							\
	X(shadow_stack_modes, "shadow stack modes")								\
	X(speculation_controls, "speculation controls")								\
	X(speculation_features, "speculation features")								\
	X(tagged_addr_flags, "tagged address flags")								\
	X(thp_disable_flags, "huge page disable flags")								\
	X(timing_modes, "process timing")									\
	X(tsc_modes, "time stamp counter")									\
	X(unaligned_modes, "unaligned access")									\
	X(vm86_functions, "vm86 functions")									\
	X(vma_ops, "PR_SET_VMA operations")									\
	X(xstate_features, "xstate features")

#define ABI_SETS(X) ABI_SETS_GENERAL(X) ABI_SETS_IOCTL(X) ABI_SETS_SOCKET(X) ABI_SETS_SELECTED(X)
/* clang-format on */

#define ABI_SET_DECLARE(id, title) extern const struct name_set abi_set_##id;
ABI_SETS(ABI_SET_DECLARE)
#undef ABI_SET_DECLARE

extern const struct name_set *const abi_sets[];
extern const size_t abi_set_count;

/* The i-th row of the table of harmless bits; false past the last one. */
bool abi_harmless_row(size_t i, const struct name_set **set, const char **name);

/* The i-th row of the table of what tests close: calls with a blank between, and an argument or NULL for each. false: there
 * is none. */
bool abi_closes_row(size_t i, const char **calls, const char **arg);

/* The i-th row of the table of selected arguments: after `value` of argument `by` of the call of that name, argument
 * `at` is *arg; false past the last one. */
bool abi_selected_row(size_t i, const char **call, unsigned *by, uint64_t *value, unsigned *at, const struct arg **arg);

/* The nearest name of a set on an architecture, for messages; NULL where nothing is near. */
const char *abi_nearest_value(const struct name_set *set, enum arch arch, const char *name);

#endif

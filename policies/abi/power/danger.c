/* What is dangerous, and why. SPDX-License-Identifier: MIT
 *
 * Sources stand in each row: Docker's table of significant calls that its default profile blocks, that profile itself, man
 * pages, the kernel's documentation, vulnerabilities. What a program cannot do without (open, write) is not here: a list
 * that warns of everything warns of nothing. */
#include <string.h>

#include "policies/abi/power/danger.h"

#define DOCKER "https://docs.docker.com/engine/security/seccomp/"
#define MOBY "https://github.com/moby/profiles seccomp/default.json"
#define GOOGLE "https://security.googleblog.com/2023/06/learnings-from-kctf-vrps-42-linux.html"

/* clang-format off */
#define ANY                    NULL, NULL, NULL
#define IS(arg, value)         arg, NULL, value
#define BITS(arg, bits)        arg, bits, bits
#define FIELD(arg, mask, value) arg, mask, value

/* Sorted by name; of one call the gravest first. personality(0xffffffff) only asks, hence the mask with a bit that no
 * personality has. */
static const struct danger rows[] = {
	{"_sysctl", ANY, DANGER_SURFACE, "reads and writes kernel parameters; obsolete", DOCKER},
	{"acct", ANY, DANGER_ESCAPE, "turns process accounting on or off for the whole system", DOCKER},
	{"add_key", ANY, DANGER_SURFACE, "the kernel's keyrings are not namespaced", DOCKER "; CVE-2016-0728"},
	{"adjtimex", ANY, DANGER_CAUTION, "can shift the system's clock with CAP_SYS_TIME", "adjtimex(2)"},
	{"bpf", IS("cmd", "BPF_PROG_LOAD"), DANGER_ESCAPE, "runs a program in the kernel, behind a verifier that has been fooled", "CVE-2021-3490; kernel.unprivileged_bpf_disabled in Documentation/admin-guide/sysctl/kernel.rst"},
	{"bpf", ANY, DANGER_SURFACE, "loads programs and maps into the kernel", DOCKER "; CVE-2021-3490, CVE-2020-8835"},
	{"capset", ANY, DANGER_CAUTION, "changes the capabilities of the thread", "capabilities(7)"},
	{"chmod", BITS("mode", "04000"), DANGER_ESCAPE, "makes a program set-user-ID", "chmod(2); RestrictSUIDSGID= in systemd.exec(5)"},
	{"chmod", BITS("mode", "02000"), DANGER_ESCAPE, "makes a program set-group-ID", "chmod(2); RestrictSUIDSGID= in systemd.exec(5)"},
	{"chroot", ANY, DANGER_ESCAPE, "with CAP_SYS_CHROOT the way out of a chroot is another chroot", "chroot(2)"},
	{"clock_adjtime", ANY, DANGER_CAUTION, "can shift the system's clock, which is not namespaced", DOCKER},
	{"clock_adjtime64", ANY, DANGER_CAUTION, "can shift the system's clock, which is not namespaced", DOCKER},
	{"clock_settime", ANY, DANGER_ESCAPE, "sets the system's clock, which is not namespaced", DOCKER},
	{"clock_settime64", ANY, DANGER_ESCAPE, "sets the system's clock, which is not namespaced", DOCKER},
	{"clone", BITS("flags", "CLONE_NEWUSER"), DANGER_ESCAPE, "a user namespace gives every capability in it: most local kernel exploits start so", "user_namespaces(7); CVE-2022-0185"},
	{"clone", BITS("flags", "CLONE_NEWNS"), DANGER_SURFACE, "a mount namespace", DOCKER "; mount_namespaces(7)"},
	{"clone", BITS("flags", "CLONE_NEWNET"), DANGER_SURFACE, "a network namespace: reaches netfilter and the configuration of interfaces", DOCKER "; CVE-2024-1086"},
	{"clone", BITS("flags", "CLONE_NEWPID"), DANGER_SURFACE, "a namespace of process IDs", DOCKER "; pid_namespaces(7)"},
	{"clone", BITS("flags", "CLONE_NEWIPC"), DANGER_SURFACE, "a namespace of System V IPC", DOCKER "; ipc_namespaces(7)"},
	{"clone", BITS("flags", "CLONE_NEWUTS"), DANGER_SURFACE, "a namespace of host names", DOCKER "; uts_namespaces(7)"},
	{"clone", BITS("flags", "CLONE_NEWCGROUP"), DANGER_SURFACE, "a namespace of control groups", DOCKER "; CVE-2022-0492"},
	{"clone", BITS("flags", "CLONE_UNTRACED"), DANGER_CAUTION, "a child that no tracer can be made to follow", "clone(2)"},
	{"clone3", ANY, DANGER_SURFACE, "its flags, namespaces among them, are behind a pointer: no filter can check them", DOCKER "; clone(2)"},
	{"create_module", ANY, DANGER_ESCAPE, "loads code into the kernel (until Linux 2.4)", DOCKER},
	{"delete_module", ANY, DANGER_ESCAPE, "removes code from the kernel", DOCKER},
	{"execve", ANY, DANGER_CAUTION, "starts any program that the file system holds, with this filter still on", "execve(2); OpenBSD's pledge(2), \"exec\""},
	{"execveat", ANY, DANGER_CAUTION, "starts any program, with AT_EMPTY_PATH one that is in memory only", "execveat(2)"},
	{"execveat", BITS("flags", "AT_EMPTY_PATH"), DANGER_CAUTION, "runs a program from a descriptor: with memfd_create one that no file system holds", "execveat(2); vm.memfd_noexec in Documentation/admin-guide/sysctl/vm.rst"},
	{"fanotify_init", ANY, DANGER_ESCAPE, "watches and can block every access to a file system", "fanotify(7); " MOBY ": needs CAP_SYS_ADMIN"},
	{"fchmod", BITS("mode", "04000"), DANGER_ESCAPE, "makes a program set-user-ID", "chmod(2); RestrictSUIDSGID= in systemd.exec(5)"},
	{"fchmod", BITS("mode", "02000"), DANGER_ESCAPE, "makes a program set-group-ID", "chmod(2); RestrictSUIDSGID= in systemd.exec(5)"},
	{"fchmodat", BITS("mode", "04000"), DANGER_ESCAPE, "makes a program set-user-ID", "chmod(2); RestrictSUIDSGID= in systemd.exec(5)"},
	{"fchmodat", BITS("mode", "02000"), DANGER_ESCAPE, "makes a program set-group-ID", "chmod(2); RestrictSUIDSGID= in systemd.exec(5)"},
	{"fchmodat2", BITS("mode", "04000"), DANGER_ESCAPE, "makes a program set-user-ID", "chmod(2); RestrictSUIDSGID= in systemd.exec(5)"},
	{"fchmodat2", BITS("mode", "02000"), DANGER_ESCAPE, "makes a program set-group-ID", "chmod(2); RestrictSUIDSGID= in systemd.exec(5)"},
	{"finit_module", ANY, DANGER_ESCAPE, "loads code into the kernel", DOCKER},
	{"fsconfig", ANY, DANGER_ESCAPE, "configures a mount; a heap overflow there led out of containers", "CVE-2022-0185; " MOBY ": needs CAP_SYS_ADMIN"},
	{"fsmount", ANY, DANGER_ESCAPE, "mounts a file system", "fsmount(2); " MOBY ": needs CAP_SYS_ADMIN"},
	{"fsopen", ANY, DANGER_ESCAPE, "begins to mount a file system", "fsopen(2); " MOBY ": needs CAP_SYS_ADMIN"},
	{"fspick", ANY, DANGER_ESCAPE, "changes a mounted file system", "fspick(2); " MOBY ": needs CAP_SYS_ADMIN"},
	{"get_kernel_syms", ANY, DANGER_SURFACE, "lists the kernel's symbols and their addresses; obsolete", DOCKER},
	{"get_mempolicy", ANY, DANGER_CAUTION, "reads NUMA memory policy", DOCKER},
	{"init_module", ANY, DANGER_ESCAPE, "loads code into the kernel", DOCKER},
	{"io_uring_enter", ANY, DANGER_SURFACE, "submits work that no seccomp filter sees", "io_uring(7); " GOOGLE},
	{"io_uring_register", ANY, DANGER_SURFACE, "part of io_uring", GOOGLE},
	{"io_uring_setup", ANY, DANGER_SURFACE, "io_uring: six of ten exploits that Google was sent in 2022, and what goes through the ring is not filtered", GOOGLE "; kernel.io_uring_disabled in Documentation/admin-guide/sysctl/kernel.rst"},
	{"ioctl", IS("request", "TIOCSTI"), DANGER_ESCAPE, "types into the terminal: commands for the shell outside", "CVE-2017-5226; dev.tty.legacy_tiocsti, Linux commit 83efeeeb3d04"},
	{"ioctl", IS("request", "TIOCLINUX"), DANGER_ESCAPE, "pastes into the console: commands for the shell outside", "ioctl_console(2); CVE-2023-28100 (flatpak)"},
	{"ioctl", IS("request", "TIOCCONS"), DANGER_ESCAPE, "redirects the console's output", "ioctl_tty(2)"},
	{"ioctl", IS("request", "SG_IO"), DANGER_ESCAPE, "sends commands to disks past the file system", "CVE-2011-4127"},
	{"ioctl", IS("request", "FIFREEZE"), DANGER_ESCAPE, "stops all writing to a file system", "ioctl_fs(2)"},
	{"ioctl", IS("request", "TIOCSETD"), DANGER_SURFACE, "loads a line discipline: old drivers with races", "CVE-2017-2636; dev.tty.ldisc_autoload"},
	{"ioctl", IS("request", "LOOP_SET_FD"), DANGER_SURFACE, "makes a file a disk: the parsers of file systems see what an attacker wrote", "loop(4)"},
	{"ioctl", IS("request", "KVM_CREATE_VM"), DANGER_SURFACE, "a virtual machine: all of KVM is reachable", "CVE-2021-29657; KVM API in Documentation/virt/kvm/api.rst"},
	{"ioctl", IS("request", "TUNSETIFF"), DANGER_SURFACE, "makes a network interface", "Documentation/networking/tuntap.rst"},
	{"ioctl", IS("request", "TIOCSCTTY"), DANGER_CAUTION, "takes a controlling terminal, from another session even with CAP_SYS_ADMIN", "ioctl_tty(2)"},
	{"ioperm", ANY, DANGER_ESCAPE, "access to I/O ports: all of the hardware", DOCKER},
	{"iopl", ANY, DANGER_ESCAPE, "access to all I/O ports", DOCKER},
	{"kcmp", ANY, DANGER_CAUTION, "compares kernel pointers of processes", DOCKER "; kcmp(2)"},
	{"kexec_file_load", ANY, DANGER_ESCAPE, "loads another kernel", DOCKER},
	{"kexec_load", ANY, DANGER_ESCAPE, "loads another kernel", DOCKER},
	{"keyctl", ANY, DANGER_SURFACE, "the kernel's keyrings are not namespaced", DOCKER "; CVE-2016-0728"},
	{"kill", ANY, DANGER_CAUTION, "signals every process of the same user", "kill(2); OpenBSD's pledge(2), \"proc\""},
	{"lookup_dcookie", ANY, DANGER_SURFACE, "traces, and leaks what the host does", DOCKER},
	{"lsm_set_self_attr", ANY, DANGER_CAUTION, "changes the thread's own security label", "lsm_set_self_attr(2)"},
	{"mbind", ANY, DANGER_CAUTION, "changes NUMA memory policy", DOCKER},
	{"memfd_create", ANY, DANGER_CAUTION, "a file in memory only: it can be mapped and executed though every mount is noexec", "memfd_create(2); vm.memfd_noexec in Documentation/admin-guide/sysctl/vm.rst"},
	{"memfd_create", BITS("flags", "MFD_EXEC"), DANGER_CAUTION, "asks for an executable file in memory", "memfd_create(2)"},
	{"memfd_secret", ANY, DANGER_CAUTION, "memory that not even the kernel reads: what is in it is not seen by debuggers or scanners", "memfd_secret(2)"},
	{"migrate_pages", ANY, DANGER_CAUTION, "moves the memory of other processes", "migrate_pages(2)"},
	{"mknod", FIELD("mode", "0170000", "020000"), DANGER_ESCAPE, "makes a device: with CAP_MKNOD a way to every disk and to memory", "mknod(2)"},
	{"mknod", FIELD("mode", "0170000", "060000"), DANGER_ESCAPE, "makes a device: with CAP_MKNOD a way to every disk", "mknod(2)"},
	{"mknod", BITS("mode", "04000"), DANGER_ESCAPE, "makes a set-user-ID file", "RestrictSUIDSGID= in systemd.exec(5)"},
	{"mknodat", FIELD("mode", "0170000", "020000"), DANGER_ESCAPE, "makes a device: with CAP_MKNOD a way to every disk and to memory", "mknod(2)"},
	{"mknodat", FIELD("mode", "0170000", "060000"), DANGER_ESCAPE, "makes a device: with CAP_MKNOD a way to every disk", "mknod(2)"},
	{"mknodat", BITS("mode", "04000"), DANGER_ESCAPE, "makes a set-user-ID file", "RestrictSUIDSGID= in systemd.exec(5)"},
	{"mmap", BITS("prot", "PROT_WRITE|PROT_EXEC"), DANGER_CAUTION, "memory that is both writable and executable: injected code runs", "MemoryDenyWriteExecute= in systemd.exec(5); OpenBSD's W^X in mmap(2)"},
	{"mmap", BITS("prot", "PROT_EXEC"), DANGER_CAUTION, "maps code; every dynamic program does while it is loaded", "MemoryDenyWriteExecute= in systemd.exec(5)"},
	{"mmap", BITS("flags", "MAP_GROWSDOWN"), DANGER_CAUTION, "memory that grows as a stack does", "CVE-2023-3269"},
	{"mmap2", BITS("prot", "PROT_WRITE|PROT_EXEC"), DANGER_CAUTION, "memory that is both writable and executable: injected code runs", "MemoryDenyWriteExecute= in systemd.exec(5); OpenBSD's W^X in mmap(2)"},
	{"mmap2", BITS("prot", "PROT_EXEC"), DANGER_CAUTION, "maps code; every dynamic program does while it is loaded", "MemoryDenyWriteExecute= in systemd.exec(5)"},
	{"mmap2", BITS("flags", "MAP_GROWSDOWN"), DANGER_CAUTION, "memory that grows as a stack does", "CVE-2023-3269"},
	{"modify_ldt", ANY, DANGER_SURFACE, "edits the processor's segments: little used, and low in the kernel", "help of CONFIG_MODIFY_LDT_SYSCALL, arch/x86/Kconfig"},
	{"mount", ANY, DANGER_ESCAPE, "changes what the file system is", DOCKER},
	{"mount_setattr", ANY, DANGER_ESCAPE, "changes mounts: read-only ones to writable", "mount_setattr(2); " MOBY ": needs CAP_SYS_ADMIN"},
	{"move_mount", ANY, DANGER_ESCAPE, "moves a mount", "move_mount(2); " MOBY ": needs CAP_SYS_ADMIN"},
	{"move_pages", ANY, DANGER_CAUTION, "moves pages, of other processes too", DOCKER},
	{"mprotect", BITS("prot", "PROT_WRITE|PROT_EXEC"), DANGER_CAUTION, "memory that is both writable and executable: injected code runs", "MemoryDenyWriteExecute= in systemd.exec(5)"},
	{"mprotect", BITS("prot", "PROT_EXEC"), DANGER_CAUTION, "turns data into code", "MemoryDenyWriteExecute= in systemd.exec(5); PR_SET_MDWE(2const)"},
	{"msgsnd", ANY, DANGER_CAUTION, "places data of chosen size and content in the kernel's heap", "the exploit of CVE-2021-22555"},
	{"name_to_handle_at", ANY, DANGER_CAUTION, "makes the handles that open_by_handle_at opens", "open_by_handle_at(2)"},
	{"nfsservctl", ANY, DANGER_SURFACE, "talks to the kernel's NFS server (until Linux 3.1)", DOCKER},
	{"open_by_handle_at", ANY, DANGER_ESCAPE, "opens files past every mount: the first escape from Docker", DOCKER "; https://github.com/gabrtv/shocker"},
	{"open_tree", BITS("flags", "OPEN_TREE_CLONE"), DANGER_ESCAPE, "copies a mount", "open_tree(2); " MOBY ": needs CAP_SYS_ADMIN"},
	{"open_tree_attr", ANY, DANGER_ESCAPE, "copies a mount and changes it", "open_tree(2)"},
	{"perf_event_open", ANY, DANGER_SURFACE, "measures and traces, and leaks what the host does", DOCKER "; CVE-2013-2094"},
	{"personality", FIELD("persona", "READ_IMPLIES_EXEC|0x80000000", "READ_IMPLIES_EXEC"), DANGER_CAUTION, "everything readable becomes executable", DOCKER "; personality(2)"},
	{"personality", FIELD("persona", "ADDR_NO_RANDOMIZE|0x80000000", "ADDR_NO_RANDOMIZE"), DANGER_CAUTION, "switches address space layout randomisation off", DOCKER "; personality(2)"},
	{"personality", FIELD("persona", "MMAP_PAGE_ZERO|0x80000000", "MMAP_PAGE_ZERO"), DANGER_CAUTION, "maps page 0, so that null pointers of the kernel point to the program's data", "personality(2); CVE-2009-1895"},
	{"personality", FIELD("persona", "ADDR_COMPAT_LAYOUT|0x80000000", "ADDR_COMPAT_LAYOUT"), DANGER_CAUTION, "the old, more predictable layout of memory", "personality(2); CVE-2009-1895"},
	{"pidfd_getfd", ANY, DANGER_ESCAPE, "takes a file descriptor out of another process", "pidfd_getfd(2); " MOBY ": needs CAP_SYS_PTRACE"},
	{"pivot_root", ANY, DANGER_ESCAPE, "changes the root of the file system", DOCKER},
	{"pkey_mprotect", BITS("prot", "PROT_WRITE|PROT_EXEC"), DANGER_CAUTION, "memory that is both writable and executable: injected code runs", "MemoryDenyWriteExecute= in systemd.exec(5)"},
	{"pkey_mprotect", BITS("prot", "PROT_EXEC"), DANGER_CAUTION, "turns data into code", "MemoryDenyWriteExecute= in systemd.exec(5)"},
	{"prctl", IS("option", "PR_SET_MM"), DANGER_ESCAPE, "rewrites where the kernel thinks code, stack and arguments are, and which program it is", "PR_SET_MM(2const)"},
	{"prctl", IS("option", "PR_SET_PTRACER"), DANGER_CAUTION, "lets another process trace this one, past Yama", "PR_SET_PTRACER(2const)"},
	{"prctl", IS("option", "PR_SET_DUMPABLE"), DANGER_CAUTION, "1 lets other processes of the user trace this one, and dumps its memory when it crashes", "PR_SET_DUMPABLE(2const)"},
	{"prctl", IS("option", "PR_SET_SECCOMP"), DANGER_CAUTION, "installs a filter: it can make calls fail that a privileged program relies on", "PR_SET_SECCOMP(2const)"},
	{"prctl", IS("option", "PR_SET_KEEPCAPS"), DANGER_CAUTION, "keeps capabilities when the user changes", "PR_SET_KEEPCAPS(2const)"},
	{"prctl", IS("option", "PR_SET_SECUREBITS"), DANGER_CAUTION, "changes how root and capabilities work", "PR_SET_SECUREBITS(2const)"},
	{"prctl", IS("option", "PR_CAP_AMBIENT"), DANGER_CAUTION, "passes capabilities on to programs that are executed", "PR_CAP_AMBIENT(2const)"},
	{"prctl", IS("option", "PR_SET_SPECULATION_CTRL"), DANGER_CAUTION, "can switch defences against Spectre off", "PR_SET_SPECULATION_CTRL(2const)"},
	{"prctl", IS("option", "PR_SET_SYSCALL_USER_DISPATCH"), DANGER_CAUTION, "sends system calls to the program instead of the kernel", "Documentation/admin-guide/syscall-user-dispatch.rst"},
	{"prlimit64", ANY, DANGER_CAUTION, "changes the limits of other processes of the user as well", "prlimit(2)"},
	{"process_madvise", ANY, DANGER_CAUTION, "gives the kernel advice for the memory of another process", "process_madvise(2); " MOBY ": needs CAP_SYS_PTRACE"},
	{"process_mrelease", ANY, DANGER_CAUTION, "frees the memory of a process that is being killed", "process_mrelease(2)"},
	{"process_vm_readv", ANY, DANGER_ESCAPE, "reads the memory of other processes", DOCKER},
	{"process_vm_writev", ANY, DANGER_ESCAPE, "writes the memory of other processes", DOCKER},
	{"ptrace", ANY, DANGER_ESCAPE, "controls other processes; before Linux 4.8 it walked around seccomp too", DOCKER "; seccomp(2)"},
	{"query_module", ANY, DANGER_SURFACE, "asks about kernel modules (until Linux 2.4)", DOCKER},
	{"quotactl", ANY, DANGER_ESCAPE, "can let a container lift its own limits", DOCKER},
	{"quotactl_fd", ANY, DANGER_ESCAPE, "can let a container lift its own limits", "quotactl(2)"},
	{"reboot", ANY, DANGER_ESCAPE, "stops or restarts the machine", DOCKER},
	{"remap_file_pages", ANY, DANGER_CAUTION, "rearranges mappings; deprecated", "remap_file_pages(2): deprecated since Linux 3.16"},
	{"request_key", ANY, DANGER_SURFACE, "the kernel's keyrings are not namespaced", DOCKER "; CVE-2016-0728"},
	{"sched_setattr", ANY, DANGER_CAUTION, "real-time and deadline scheduling can starve the rest", "sched(7)"},
	{"sched_setscheduler", FIELD("policy", "0xff", "SCHED_FIFO"), DANGER_CAUTION, "real-time scheduling can starve the rest", "sched(7); RestrictRealtime= in systemd.exec(5)"},
	{"sched_setscheduler", FIELD("policy", "0xff", "SCHED_RR"), DANGER_CAUTION, "real-time scheduling can starve the rest", "sched(7); RestrictRealtime= in systemd.exec(5)"},
	{"sched_setscheduler", FIELD("policy", "0xff", "SCHED_DEADLINE"), DANGER_CAUTION, "deadline scheduling can starve the rest", "sched(7); RestrictRealtime= in systemd.exec(5)"},
	{"seccomp", BITS("flags", "SECCOMP_FILTER_FLAG_NEW_LISTENER"), DANGER_CAUTION, "answers the system calls of its children in their place", "seccomp_unotify(2)"},
	{"seccomp", BITS("flags", "SECCOMP_FILTER_FLAG_SPEC_ALLOW"), DANGER_CAUTION, "switches a defence against Spectre off", "seccomp(2)"},
	{"set_mempolicy", ANY, DANGER_CAUTION, "changes NUMA memory policy", DOCKER},
	{"setdomainname", ANY, DANGER_ESCAPE, "renames the host's domain", "setdomainname(2); " MOBY ": needs CAP_SYS_ADMIN"},
	{"setfsgid", ANY, DANGER_CAUTION, "changes the group for file access", "credentials(7)"},
	{"setfsgid32", ANY, DANGER_CAUTION, "changes the group for file access", "credentials(7)"},
	{"setfsuid", ANY, DANGER_CAUTION, "changes the user for file access", "credentials(7)"},
	{"setfsuid32", ANY, DANGER_CAUTION, "changes the user for file access", "credentials(7)"},
	{"setgid", ANY, DANGER_CAUTION, "changes the group", "credentials(7); SystemCallFilter=~@setuid in systemd.exec(5)"},
	{"setgid32", ANY, DANGER_CAUTION, "changes the group", "credentials(7); SystemCallFilter=~@setuid in systemd.exec(5)"},
	{"setgroups", ANY, DANGER_CAUTION, "changes the groups; dropping one can grant what the group is denied", "user_namespaces(7); CVE-2014-8989"},
	{"setgroups32", ANY, DANGER_CAUTION, "changes the groups; dropping one can grant what the group is denied", "user_namespaces(7); CVE-2014-8989"},
	{"sethostname", ANY, DANGER_ESCAPE, "renames the host", "sethostname(2); " MOBY ": needs CAP_SYS_ADMIN"},
	{"setns", ANY, DANGER_ESCAPE, "enters the namespaces of others", DOCKER},
	{"setregid", ANY, DANGER_CAUTION, "changes the group", "credentials(7); SystemCallFilter=~@setuid in systemd.exec(5)"},
	{"setregid32", ANY, DANGER_CAUTION, "changes the group", "credentials(7); SystemCallFilter=~@setuid in systemd.exec(5)"},
	{"setresgid", ANY, DANGER_CAUTION, "changes the group", "credentials(7); SystemCallFilter=~@setuid in systemd.exec(5)"},
	{"setresgid32", ANY, DANGER_CAUTION, "changes the group", "credentials(7); SystemCallFilter=~@setuid in systemd.exec(5)"},
	{"setresuid", ANY, DANGER_CAUTION, "changes the user", "credentials(7); SystemCallFilter=~@setuid in systemd.exec(5)"},
	{"setresuid32", ANY, DANGER_CAUTION, "changes the user", "credentials(7); SystemCallFilter=~@setuid in systemd.exec(5)"},
	{"setreuid", ANY, DANGER_CAUTION, "changes the user", "credentials(7); SystemCallFilter=~@setuid in systemd.exec(5)"},
	{"setreuid32", ANY, DANGER_CAUTION, "changes the user", "credentials(7); SystemCallFilter=~@setuid in systemd.exec(5)"},
	{"settimeofday", ANY, DANGER_ESCAPE, "sets the system's clock, which is not namespaced", DOCKER},
	{"setuid", ANY, DANGER_CAUTION, "changes the user", "credentials(7); SystemCallFilter=~@setuid in systemd.exec(5)"},
	{"setuid32", ANY, DANGER_CAUTION, "changes the user", "credentials(7); SystemCallFilter=~@setuid in systemd.exec(5)"},
	{"shmat", BITS("shmflg", "SHM_EXEC"), DANGER_CAUTION, "shared memory as code", "shmop(2); MemoryDenyWriteExecute= in systemd.exec(5)"},
	{"socket", IS("domain", "AF_VSOCK"), DANGER_ESCAPE, "talks to the host and to virtual machines past the network's namespaces", MOBY ": blocked; vsock(7)"},
	{"socket", IS("domain", "AF_PACKET"), DANGER_SURFACE, "raw network packets", "CVE-2017-7308, CVE-2020-14386; packet(7)"},
	{"socket", IS("domain", "AF_ALG"), DANGER_SURFACE, "the kernel's cryptography: writes to the page cache of any readable file", "CVE-2026-31431; " MOBY ": blocked"},
	{"socket", IS("domain", "AF_KEY"), DANGER_SURFACE, "the IPsec key database of old", "CVE-2022-1353"},
	{"socket", IS("domain", "AF_NETLINK"), DANGER_SURFACE, "configures the kernel: routes, netfilter, tc", "netlink(7); CVE-2024-1086"},
	{"socket", IS("domain", "AF_XDP"), DANGER_SURFACE, "raw network packets by shared memory", "Documentation/networking/af_xdp.rst"},
	{"socket", IS("domain", "AF_BLUETOOTH"), DANGER_SURFACE, "Bluetooth's protocols", "CVE-2021-3573"},
	{"socket", IS("domain", "AF_CAN"), DANGER_SURFACE, "the bus of vehicles; loads modules by itself", "CVE-2010-2959"},
	{"socket", IS("domain", "AF_RDS"), DANGER_SURFACE, "a protocol for clusters; loads modules by itself", "CVE-2010-3904"},
	{"socket", IS("domain", "AF_TIPC"), DANGER_SURFACE, "a protocol for clusters; loads modules by itself", "CVE-2021-43267"},
	{"socket", IS("domain", "AF_APPLETALK"), DANGER_SURFACE, "an old protocol; loads modules by itself", "CVE-2023-51781"},
	{"socket", IS("domain", "AF_RXRPC"), DANGER_SURFACE, "the protocol of AFS; loads modules by itself", "CVE-2023-2006"},
	{"socket", IS("domain", "AF_IB"), DANGER_SURFACE, "InfiniBand", "Documentation/infiniband/"},
	{"socket", IS("domain", "AF_QIPCRTR"), DANGER_SURFACE, "talks to the modem's processor; loads modules by itself", "CVE-2021-3743"},
	{"socket", FIELD("type", "0xf", "SOCK_RAW"), DANGER_SURFACE, "raw packets: forges and sniffs with CAP_NET_RAW", "raw(7); CVE-2017-17712"},
	{"socket", FIELD("type", "0xf", "SOCK_PACKET"), DANGER_SURFACE, "raw packets in the way of Linux 2.0", "packet(7)"},
	{"socketcall", ANY, DANGER_CAUTION, "i386: the arguments are behind a pointer, so every family of sockets is reached", "socketcall(2); https://github.com/moby/moby/pull/52547"},
	{"splice", ANY, DANGER_CAUTION, "moves pages between pipes and files", "CVE-2022-0847"},
	{"stime", ANY, DANGER_ESCAPE, "sets the system's clock, which is not namespaced", DOCKER},
	{"swapoff", ANY, DANGER_ESCAPE, "stops swapping to a device", DOCKER},
	{"swapon", ANY, DANGER_ESCAPE, "starts swapping to a device", DOCKER},
	{"sysfs", ANY, DANGER_SURFACE, "asks about file system types; obsolete", DOCKER},
	{"syslog", ANY, DANGER_ESCAPE, "reads the kernel's log: addresses, and what the host does", "syslog(2); kernel.dmesg_restrict"},
	{"syslog", IS("type", "SYSLOG_ACTION_CLEAR"), DANGER_ESCAPE, "clears the kernel's log", "syslog(2)"},
	{"umount", ANY, DANGER_ESCAPE, "uncovers what a mount hides", DOCKER},
	{"umount2", ANY, DANGER_ESCAPE, "uncovers what a mount hides", DOCKER},
	{"unshare", BITS("flags", "CLONE_NEWUSER"), DANGER_ESCAPE, "a user namespace gives every capability in it: most local kernel exploits start so", DOCKER "; user_namespaces(7); CVE-2022-0185"},
	{"unshare", BITS("flags", "CLONE_NEWNS"), DANGER_SURFACE, "a mount namespace", DOCKER "; mount_namespaces(7)"},
	{"unshare", BITS("flags", "CLONE_NEWNET"), DANGER_SURFACE, "a network namespace: reaches netfilter and the configuration of interfaces", DOCKER "; CVE-2024-1086"},
	{"unshare", BITS("flags", "CLONE_NEWPID"), DANGER_SURFACE, "a namespace of process IDs", DOCKER "; pid_namespaces(7)"},
	{"unshare", BITS("flags", "CLONE_NEWIPC"), DANGER_SURFACE, "a namespace of System V IPC", DOCKER "; ipc_namespaces(7)"},
	{"unshare", BITS("flags", "CLONE_NEWUTS"), DANGER_SURFACE, "a namespace of host names", DOCKER "; uts_namespaces(7)"},
	{"unshare", BITS("flags", "CLONE_NEWCGROUP"), DANGER_SURFACE, "a namespace of control groups", DOCKER "; CVE-2022-0492"},
	{"unshare", BITS("flags", "CLONE_NEWTIME"), DANGER_SURFACE, "a namespace of clocks", "time_namespaces(7)"},
	{"uselib", ANY, DANGER_SURFACE, "loads a library in the kernel; obsolete", DOCKER "; CVE-2004-1235"},
	{"userfaultfd", ANY, DANGER_SURFACE, "stops the kernel in the middle of a copy: how races are won", DOCKER "; vm.unprivileged_userfaultfd in Documentation/admin-guide/sysctl/vm.rst"},
	{"ustat", ANY, DANGER_SURFACE, "asks about file systems; obsolete", DOCKER},
	{"vhangup", ANY, DANGER_ESCAPE, "hangs the terminal up for every process", "vhangup(2); " MOBY ": needs CAP_SYS_TTY_CONFIG"},
	{"vm86", ANY, DANGER_SURFACE, "the processor's mode of the 8086", DOCKER},
	{"vm86old", ANY, DANGER_SURFACE, "the processor's mode of the 8086", DOCKER},
	{"vmsplice", ANY, DANGER_CAUTION, "maps the program's pages into pipes", "CVE-2008-0600"},
};
/* clang-format on */

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

const struct danger *abi_dangers(const char *syscall, size_t *n)
{
	size_t low = 0, high = ROWS;
	while (low < high) { /* the first row that is not before `syscall` */
		size_t middle = low + (high - low) / 2;
		if (strcmp(rows[middle].syscall, syscall) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*n = 0;
	while (low + *n < ROWS && strcmp(rows[low + *n].syscall, syscall) == 0)
		++*n;
	return *n > 0 ? &rows[low] : NULL;
}

const char *danger_level_name(enum danger_level level)
{
	static const char *const names[] = {"escape", "attack surface", "caution"};
	return names[level];
}

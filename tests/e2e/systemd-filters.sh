# Units as pinhole reads them, compared with the filters that systemd's own code makes of them (this
# machine's library of systemd). Each line is a unit: settings, separated by "; ". A message
# announces each difference: x32 calls, other architectures, calls that systemd does not know.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
library=$(ls /usr/lib/*/systemd/libsystemd-shared-*.so /lib/systemd/libsystemd-shared-*.so /usr/lib/systemd/libsystemd-shared-*.so 2>/dev/null | head -n 1)
[ -n "$library" ] || skip_all "systemd's filters" "no library of systemd here"
[ "$(uname -m)" = x86_64 ] || skip_all "systemd's filters" "the units are for x86_64"
made=$(dirname "$PROGRAMS")/import
need "systemd's filters" python3 || exit 0

filters() { # UNIT, one setting a line: into the folder filters
	local settings=()
	rm -rf filters && mkdir filters
	while IFS= read -r line; do settings+=("$line"); done < <(sed 1d "$1")
	"$made/systemd_filters" "$library" filters "${settings[@]}"
}
echo "[Service]
SystemCallFilter=read" >probe
filters probe >probe.out 2>&1 || skip_all "systemd's filters" "this library is another than systemd 252's: $(tail -n 1 probe.out)"

# The groups of another version have other calls; and libseccomp may be older than a call.
as_systemd() { # NAME
	"$PINHOLE" import -f systemd --arch=x86_64 -o "$1.policy" "$1" 2>"$1.said" || { cat "$1.said"; return 1; }
	local status=0
	filters "$1" || status=$?
	[ $status != 4 ] || return 0
	[ $status = 0 ] || return
	"$made/compare" "$1.policy" filters/* >"$1.differs"
	awk '/calls asked/ || /syscall_0x/ || /^x32 / || /^another / { next } { print }' "$1.differs" >left
	grep -Ev '^(x86_64|i386) ('"$unknown"'):' left >unexplained || true
	if grep -q '^x32 .*looser\|^x32 .*stricter' "$1.differs"; then grep -q 'x32 calls\|calls of other arch\|calls that systemd does not know' "$1.said" || { cat "$1.differs"; return 1; }; fi
	[ ! -s unexplained ] || { head -n 20 unexplained; return 1; }
}
# Calls that are newer than Debian 12's libseccomp (2.5.4) or systemd: their names are no calls there, or in @default only later.
unknown='seccomp|open_tree|landlock_.*|fchmodat2|cachestat|map_shadow_stack|futex_wa(it|ke)|futex_requeue|statmount|listmount|listns|lsm_.*|mseal|.*xattrat|open_tree_attr|file_[gs]etattr|uretprobe|uprobe|rseq_slice_yield|set_mempolicy_home_node'

number=0
while IFS= read -r unit; do
	case $unit in "" | "#"*) continue ;; esac
	number=$((number + 1))
	{ echo "[Service]"; echo "$unit" | sed 's/; /\n/g'; } >"unit$number"
	check "unit: $unit" as_systemd "unit$number"
done <<'END'
SystemCallFilter=read write openat close
SystemCallFilter=~mount umount2
SystemCallFilter=~fsync:0 mount:EACCES kill:kill
SystemCallFilter=read write socket; SystemCallErrorNumber=EPERM
SystemCallFilter=~socket
SystemCallFilter=~socket connect:EACCES shmget; SystemCallErrorNumber=EPERM
SystemCallFilter=read write socketcall; SystemCallFilter=~read
SystemCallFilter=read write clone; SystemCallFilter=~clone:ENOSYS
SystemCallFilter=~read; SystemCallFilter=read write
SystemCallFilter=read clone unshare setns clone3 clone; RestrictNamespaces=yes
RestrictNamespaces=yes
RestrictNamespaces=no
RestrictNamespaces=net user
RestrictNamespaces=~net user
RestrictNamespaces=~time
RestrictNamespaces=time
RestrictNamespaces=cgroup ipc net mnt pid user uts
SystemCallFilter=mmap mprotect shmat read; MemoryDenyWriteExecute=yes
SystemCallFilter=mmap mmap2 mprotect shmat read; MemoryDenyWriteExecute=yes; SystemCallErrorNumber=EACCES
MemoryDenyWriteExecute=yes
RestrictAddressFamilies=AF_UNIX AF_INET
RestrictAddressFamilies=none
RestrictAddressFamilies=~AF_PACKET AF_NETLINK
SystemCallFilter=socket read; RestrictAddressFamilies=AF_UNIX
ProtectClock=yes
SystemCallFilter=timerfd_create clock_settime read; ProtectClock=yes
LockPersonality=yes; RestrictRealtime=yes
RestrictSUIDSGID=yes
ProtectKernelModules=yes; ProtectKernelLogs=yes; ProtectKernelTunables=yes; ProtectHostname=yes; PrivateDevices=yes
SystemCallLog=read mount; SystemCallFilter=~mount:EPERM
SystemCallLog=~read write
SystemCallFilter=read write mount; SystemCallLog=mount
SystemCallFilter=@clock @module @mount; SystemCallErrorNumber=ENOSYS
SystemCallFilter=~@clock @module:EACCES @raw-io @reboot @swap
SystemCallFilter=~@keyring @memlock @setuid @timer:kill
SystemCallFilter=personality sched_setscheduler chmod openat2; LockPersonality=yes; RestrictRealtime=yes; RestrictSUIDSGID=yes
END

# Units of many settings, by chance.
cat >chance.py <<'END'
import random, sys
chance = random.Random(int(sys.argv[1]))
calls = "read write mount umount2 socket connect shmat semop msgget clone clone3 unshare setns mmap mmap2 mprotect chmod openat openat2 personality kill ioctl syslog".split()
groups = "@clock @module @raw-io @reboot @swap @keyring @memlock @timer".split()
how = ["", "", "", ":0", ":EPERM", ":kill", ":EAFNOSUPPORT", ":4095"]
for _ in range(chance.randint(0, 3)):
    inverted = chance.random() < 0.5
    words = [chance.choice(calls + groups) + (chance.choice(how) if inverted else "") for _ in range(chance.randint(1, 6))]
    print("SystemCallFilter=" + "~" * inverted + " ".join(words))
if chance.random() < 0.4: print("SystemCallErrorNumber=" + chance.choice(["EPERM", "ENOSYS", "EACCES"]))
if chance.random() < 0.3: print("SystemCallLog=" + chance.choice(["", "~"]) + " ".join(chance.sample(calls, 3)))
if chance.random() < 0.4: print("RestrictNamespaces=" + chance.choice(["yes", "no", "net user", "~pid", "time", "~time", "cgroup ipc net mnt pid user uts"]))
if chance.random() < 0.4: print("RestrictAddressFamilies=" + chance.choice(["AF_UNIX", "AF_UNIX AF_INET AF_INET6", "~AF_PACKET", "none"]))
for directive in "MemoryDenyWriteExecute RestrictRealtime RestrictSUIDSGID ProtectKernelTunables ProtectKernelModules ProtectKernelLogs ProtectClock PrivateDevices LockPersonality ProtectHostname".split():
    if chance.random() < 0.3: print(directive + "=yes")
END
by_chance() { # SEED
	{ echo "[Service]"; python3 chance.py "$1"; } >"chance$1"
	[ "$(wc -l <"chance$1")" -gt 1 ] || return 0
	as_systemd "chance$1" || { cat "chance$1"; false; }
}
for seed in $(seq "${UNITS:-60}"); do check "units by chance: $seed" by_chance "$seed"; done
exit 0

# policy --arch: what was seen on x86_64 as a policy for aarch64, and back. The numbers of aarch64 are those of Linux's
# arch/arm64/include/uapi/asm/fcntl.h and include/uapi/asm-generic/unistd.h. SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"

# profile ARCH FILE: a profile of the facts on standard input, a line each: CALL NUMBER [ARGUMENT=VALUE…].
profile() {
	python3 - "$1" >"$2" <<PROGRAM
import json, sys
facts = []
for line in """$(cat)""".splitlines():
    name, nr, *arguments = line.split()
    names, values = [a.split("=")[0] for a in arguments], [int(a.split("=")[1], 0) for a in arguments]
    fact = {"phase": "main", "arch": sys.argv[1], "syscall": name, "nr": int(nr)}
    if names:
        fact |= {"args": {n: str(v) for n, v in zip(names, values)}, "values": values}
    facts.append(fact | {"programs": [0], "runs": {"0": 1}})
print(json.dumps({"format": "pinhole-profile", "version": 1,
                  "runs": [{"id": "0" * 32, "command": ["program"], "mode": "exact"}],
                  "programs": [{"path": "/bin/program"}], "facts": facts}))
PROGRAM
}
# x86_64: O_DIRECT is 0x4000, O_DIRECTORY 0x10000, O_NOFOLLOW 0x20000; MAP_32BIT is 0x40.
profile x86_64 x86.json <<END
read 0
open 2 flags=0x10000
openat 257 flags=0x4041
openat 257 flags=0x20000
stat 4
lstat 6
dup2 33
poll 7
epoll_wait 232
rmdir 84
unlink 87
rename 82
mkdir 83 mode=0o700
chmod 90 mode=0o600
fork 57
mmap 9 prot=3 flags=0x22
mmap 9 prot=3 flags=0x62
ioctl 16 request=0x5401
fcntl 72 cmd=1
socket 41 domain=1 type=0x80001 protocol=0
arch_prctl 158 code=0x1002
time 201
END
# aarch64: O_DIRECT is 0x10000, O_DIRECTORY 0x4000, O_NOFOLLOW 0x8000. What glibc and musl make there for the calls above.
profile aarch64 arm.json <<END
read 63
openat 56 flags=0x4000
openat 56 flags=0x10041
openat 56 flags=0x8000
newfstatat 79 flags=0
newfstatat 79 flags=0x100
dup3 24 flags=0
ppoll 73
epoll_pwait 22
unlinkat 35 flags=0x200
unlinkat 35 flags=0
renameat 38
mkdirat 34 mode=0o700
fchmodat 53 mode=0o600
clone 220 flags=0x1200011
clone 220 flags=17
mmap 222 prot=3 flags=0x22
ioctl 29 request=0x5401
fcntl 25 cmd=1
socket 198 domain=1 type=0x80001 protocol=0
clock_gettime 113 clockid=0
END
policy() { "$PINHOLE" policy --generalize=none "$@" 2>said || { cat said; return 2; }; }

check "a policy for aarch64" policy --arch=aarch64 -o carried.json x86.json
allows() { "$PINHOLE" check "$1" "$2"; }
check "it allows what libc calls there" allows carried.json arm.json
carried_filter() { "$PINHOLE" generate -o arm.bpf carried.json && "$PINHOLE" verify arm.bpf carried.json && "$PINHOLE" check arm.bpf arm.json; }
check "so does its filter" carried_filter
denies() { # POLICY NAME LINE: a fact of aarch64 that must be denied
	profile aarch64 bad.json <<<"$2" && expect 1 "$PINHOLE" check "$1" bad.json
}
# Each number has another meaning on x86_64, where it was seen or is harmless; or it was not seen at all.
while read -r line; do
	check "it denies $line" denies carried.json "$line"
done <<END
openat 56 flags=0x200000
clone 220 flags=0x10000011
mmap 222 prot=7 flags=0x22
ioctl 29 request=0x5412
socket 198 domain=2 type=1 protocol=0
fchmodat 53 mode=0o4600
execve 221
ptrace 117 request=16
END
exactly() { # 0x10000 is O_DIRECTORY on x86_64, which was seen, and O_DIRECT on aarch64, which was not
	policy --args=exact --arch=aarch64 -o exact.json x86.json && allows exact.json arm.json || return 1
	denies exact.json "openat 56 flags=0x10000" && denies exact.json "unlinkat 35 flags=0x1000"
}
check "--args=exact keeps each value by its name" exactly
only_there() { # no call that aarch64 lacks, and none but those in place of what was seen
	python3 - <<'END'
import json
calls = {rule["syscall"] for rule in json.load(open("carried.json"))["rules"]}
legacy = {"open", "stat", "lstat", "dup2", "poll", "epoll_wait", "rmdir", "unlink", "rename", "mkdir", "chmod", "fork", "arch_prctl", "time"}
power = {"execve", "execveat", "connect", "bind", "ptrace", "mprotect", "setuid", "mount", "linkat", "symlinkat"}
assert not calls & (legacy | power), calls & (legacy | power)
END
}
check "it has no call of x86_64 alone, and no other power" only_there
told() { grep -q "no run was recorded on aarch64: its rules are derived from those of x86_64" said && grep "nor replacements: arch_prctl$" said && grep "mmap(flags=MAP_32BIT)$" said; }
check "what cannot be carried is told" told
why() { grep -q '"openat".*carried from x86_64: replaces open"' carried.json; }
check "a rule says which call it replaces" why

check "a policy for x86_64, from aarch64" policy --arch=x86_64 -o back.json arm.json
returns() {
	profile x86_64 libc.json <<END
read 0
open 2 flags=0x10000
openat 257 flags=0x4041
stat 4
lstat 6
dup2 33
poll 7
epoll_wait 232
rmdir 84
unlink 87
rename 82
mkdir 83 mode=0o700
chmod 90 mode=0o600
mmap 9 prot=3 flags=0x22
arch_prctl 158 code=0x1002
END
	"$PINHOLE" check back.json libc.json
}
check "it allows the older calls that only x86_64 has, and setting the thread pointer" returns

both() {
	policy --arch=x86_64,aarch64 -o both.json x86.json && policy -o own.json x86.json || return 1
	"$PINHOLE" check both.json x86.json && "$PINHOLE" check both.json arm.json || return 1
	"$PINHOLE" generate -f oci both.json >oci.json && grep -q SCMP_ARCH_AARCH64 oci.json && grep -q SCMP_ARCH_X86_64 oci.json
}
check "one policy for both" both
both_facts() { # facts of the target are taken as they are
	python3 - <<'END'
import json
a, b = json.load(open("x86.json")), json.load(open("arm.json"))
a["facts"] += b["facts"]
json.dump(a, open("both-arch.json", "w"))
END
	policy --arch=x86_64 -o x.json both-arch.json && same x.json own.json || return 1
	policy --arch=aarch64 -o y.json both-arch.json && ! grep carried y.json && policy -o z.json arm.json && same y.json z.json
}
check "facts of the architecture itself are taken as they are" both_facts

wrong() { expect 2 policy "$@"; grep -F "$words" said; }
words="only x86_64 and aarch64 can be derived from each other" check "i386 is not derived from x86_64" wrong --arch=i386 x86.json
words="not an architecture" check "an unknown architecture" wrong --arch=arm x86.json
exit 0

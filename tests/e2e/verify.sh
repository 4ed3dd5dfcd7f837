# pinhole verify: equal, a first difference in words, or an honest "cannot decide".
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
golden=$SOURCE/tests/golden/policy

# program CODE,JT,JF,K…: a filter by hand.
program() { python3 -c '
import struct, sys
for word in sys.argv[1:]:
    sys.stdout.buffer.write(struct.pack("=HBBI", *(int(n, 0) for n in word.split(","))))' "$@"; }
answers() { # STATUS TEXT FILTER POLICY: the whole output is one line
	expect "$1" "$PINHOLE" verify "$3" "$4" >out 2>err && [ ! -s err ] && echo "$2" | same - out
}
refuses() { # TEXT FILTER POLICY
	expect 2 "$PINHOLE" verify "$2" "$3" >out 2>err && [ ! -s out ] && grep -q "^pinhole: .*$1" err || { cat out err; false; }
}

for policy in "$golden"/*.json "$SOURCE"/policies/library/{docker-default,runc,crun,systemd-service}.json; do
	base=$(basename "$policy" .json)
	both() { "$PINHOLE" generate "$policy" -o "$base.bpf" && answers 0 equal "$base.bpf" "$policy"; }
	check "$base: equal" both
done
piped() { "$PINHOLE" verify - "$golden/socket.json" <socket.bpf | grep -qx equal; }
check "the filter from standard input" piped
policy_piped() { "$PINHOLE" verify socket.bpf - <"$golden/socket.json" | grep -qx equal; }
check "the policy from standard input" policy_piped

cat >policy.json <<'END'
{"format": "pinhole-policy", "version": 1, "arch": ["x86_64"], "default": "kill", "newer": "kill",
 "rules": [{"syscall": "fcntl", "any": [{"cmd": "F_GETFL"}]}]}
END
# As a person would write it: architecture, number, the low word of cmd.
arch='0x20,0,0,4 0x15,0,5,0xc000003e' rest='0x06,0,0,0x7fff0000 0x06,0,0,0x80000000'
program $arch 0x20,0,0,0 0x15,0,3,72 0x20,0,0,24 0x15,0,1,3 $rest >right.bpf
check "another maker's filter: equal" answers 0 equal right.bpf policy.json
program $arch 0x20,0,0,0 0x15,0,3,72 0x20,0,0,24 0x15,0,1,4 $rest >value.bpf
check "another value" answers 1 "x86_64 fcntl(fd=0, cmd=F_GETFL, arg=0): the filter says kill, the policy allow" value.bpf policy.json
program $arch 0x20,0,0,0 0x15,0,3,72 0x20,0,0,24 0x45,0,1,3 $rest >bits.bpf
check "bits in place of a value" answers 1 "x86_64 fcntl(fd=0, cmd=F_GETFD, arg=0): the filter says allow, the policy kill" bits.bpf policy.json
program $arch 0x20,0,0,0 0x15,0,3,72 0x20,0,0,28 0x15,0,1,3 $rest >half.bpf
check "the wrong half of an argument" answers 1 "x86_64 fcntl(fd=0, cmd=F_GETFL, arg=0): the filter says kill, the policy allow" half.bpf policy.json
program 0x20,0,0,4 0x15,0,7,0xc000003e 0x20,0,0,0 0x15,0,5,72 0x20,0,0,28 0x15,0,3,0 0x20,0,0,24 0x15,0,1,3 $rest >halves.bpf
check "both halves of 32 bits: the register is shown" answers 1 \
	"x86_64 fcntl(fd=0, cmd=F_GETFL (0x100000003 in the register), arg=0): the filter says kill, the policy allow" halves.bpf policy.json
program 0x20,0,0,0 0x15,0,3,72 0x20,0,0,24 0x15,0,1,3 $rest >anywhere.bpf
check "no look at the architecture" answers 1 "i386 sigsuspend(unused1=0, unused2=3, mask=0): the filter says allow, the policy kill" anywhere.bpf policy.json
program $arch 0x20,0,0,0 0x54,0,0,0xbfffffff 0x15,0,3,72 0x20,0,0,24 0x15,0,1,3 $rest >x32.bpf
x32() { expect 1 "$PINHOLE" verify x32.bpf policy.json >out && grep -q '^x86_64 number 0x40000048(arg1=.*3.*): the filter says allow, the policy kill$' out || { cat out; false; }; }
check "x32 let through" x32
program 0x06,0,0,0x7fc00000 >notify.bpf
check "an action that no policy has" answers 1 "x86_64 read(fd=0, buf=0, count=0): the filter says a value that is no action of a policy (0x7fc00000), the policy kill" notify.bpf policy.json
program 0x20,0,0,12 0x35,0,1,0x7000 0x06,0,0,0x7fff0000 0x06,0,0,0x80000000 >pointer.bpf
cat >kill.json <<'END'
{"format": "pinhole-policy", "version": 1, "arch": ["x86_64"], "default": "kill", "newer": "kill", "rules": []}
END
check "the instruction pointer" answers 1 "x86_64 read(fd=0, buf=0, count=0) from address 0x700000000000: the filter says allow, the policy kill" pointer.bpf kill.json
program 0x20,0,0,16 0x07,0,0,0 0x20,0,0,32 0x1d,0,1,0 0x06,0,0,0x80000000 0x06,0,0,0x80000000 >words.bpf
check "what cannot be told" refuses "words.bpf: cannot decide .*instruction 3" words.bpf kill.json

check "a policy is no filter" refuses "name the filter first" policy.json policy.json
check "a filter is no policy" refuses . right.bpf right.bpf
check "no such file" refuses "missing.bpf" missing.bpf policy.json
program 0x15,0,9,0 0x06,0,0,0 >bad.bpf
check "an invalid filter" refuses "bad.bpf.*instruction 0" bad.bpf policy.json

need_tracing verify
of_profile() {
	"$PINHOLE" record -o profile.json -- "$PROGRAMS/refuse" good && "$PINHOLE" generate profile.json -o profile.bpf &&
		answers 0 equal profile.bpf profile.json && "$PINHOLE" policy --default=log profile.json -o log.json &&
		expect 1 "$PINHOLE" verify profile.bpf log.json
}
check "of a profile: the policy that generate compiles" of_profile
exit 0

# The size of a filter's machine code on aarch64 that `stats` estimates is the kernel's own. Linux 6.1 or newer may tell it: root,
# and a kernel that may run filters without compiling them.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing jit
[ "$(uname -m)" = aarch64 ] || skip_all jit "this is no aarch64"
setting=/proc/sys/net/core/bpf_jit_enable
before=$(cat $setting)
{ echo 2 >$setting; } 2>/dev/null || skip_all jit "this kernel does not tell sizes"
trap 'echo $before >$setting' EXIT
[[ $(uname -r) = 6.1.* ]] || skip_all jit "the estimate is for Linux 6.1"

# Each instruction, with constants of all kinds; everything ends with allowing.
python3 - >odd.bpf <<'PY'
import struct, sys
allow, constants = 0x7fff0000, [0, 1, 5, 0xff, 0x123, 0xfff, 0x1000, 0x1234, 0xfff000, 0xffff, 0x10000, 0x12345, 0xff00ff, 0x55555555,
             0x7fffffff, 0x80000000, 0x80000001, 0xc000003e, 0xffff0000, 0xffff1234, 0xfffffff6, 0xfffff001, 0xffffffff, 0x0f0f0f0f]
code = [(0x20, 0, 0, 16), (0x02, 0, 0, 3), (0x61, 0, 0, 3)]
for k in constants:
    code += [(op, 0, 0, k) for op in (0x00, 0x01, 0x04, 0x14, 0x24, 0x44, 0x54, 0xa4)]
    code += [(0x34, 0, 0, k or 1), (0x64, 0, 0, k % 32), (0x74, 0, 0, k % 32)]
    for op in (0x15, 0x25, 0x35, 0x45):
        code += [(op, 1, 0, k), (0x80, 0, 0, 0), (op, 0, 1, k), (0x87, 0, 0, 0), (op, 1, 2, k), (0x07, 0, 0, 0), (0x05, 0, 0, 0), (op, 0, 0, k)]
code += [(op, 0, 0, 0) for op in (0x0c, 0x1c, 0x2c, 0x3c, 0x4c, 0x5c, 0xac, 0x84)]
code += [(op, jt, jf, 0) for op in (0x1d, 0x2d, 0x3d, 0x4d) for jt, jf in ((0, 1), (1, 0), (0, 0))]
code += [(0x60, 0, 0, 3), (0x15, 0, 1, 77), (0x06, 0, 0, allow), (0x00, 0, 0, allow), (0x16, 0, 0, 0)]
sys.stdout.buffer.write(b"".join(struct.pack("<HBBI", *i) for i in code))
PY
told() { # FILTER COMMAND…: among what the kernel compiled for the command is a program of the estimated size
	local filter=$1 size
	shift
	size=$("$PINHOLE" stats --json "$filter" | sed -n 's/^ "native_aarch64": \([0-9]*\),$/\1/p')
	dmesg -C
	"$PINHOLE" run "$filter" -- "$@" >out || return 1
	dmesg >log
	grep -Eq "flen=[0-9]+ proglen=$size " log || { echo "$size bytes estimated"; grep flen= log; false; }
}
check "every instruction" told odd.bpf true
for args in none shape exact; do
	learned() { "$PINHOLE" record -o profile.json -- bash -c 'ls / | sort | head -n 1' && "$PINHOLE" policy --args=$args --generalize=none profile.json -o $args.json &&
		"$PINHOLE" generate $args.json -o $args.bpf; }
	check "a policy, --args=$args" learned
	check "its filter, --args=$args" told $args.bpf bash -c 'ls / | sort | head -n 1'
done
exit 0

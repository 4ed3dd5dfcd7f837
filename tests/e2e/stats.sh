# pinhole stats: compared with counts by hand for hand-made filters; its text agrees with --json.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
golden=$SOURCE/tests/golden/policy library=$SOURCE/policies/library

# program CODE,JT,JF,K…: a filter by hand.
program() { python3 -c '
import struct, sys
for word in sys.argv[1:]:
    sys.stdout.buffer.write(struct.pack("=HBBI", *(int(n, 0) for n in word.split(","))))' "$@"; }
says() { # FILTER [PROFILE], the output expected on standard input
	cat >expected && "$PINHOLE" stats "$@" >out 2>err && [ ! -s err ] && same expected out || { cat err; false; }
}
holds() { # PYTHON OPERAND…: the condition holds for s, what --json says
	local condition=$1
	shift
	"$PINHOLE" stats --json "$@" >json && python3 -c "
import json
s = json.load(open('json'))
assert $condition, s"
}
refuses() { # TEXT OPERAND…
	local text=$1
	shift
	expect 2 "$PINHOLE" stats "$@" >out 2>err && [ ! -s out ] && grep -q "^pinhole: .*$text" err || { cat out err; false; }
}

# x86_64 only: read, write, open, close; fcntl with F_GETFL; getpid is logged.
program 0x20,0,0,4 0x15,0,8,0xc000003e 0x20,0,0,0 0x35,0,5,4 0x15,6,0,39 0x15,0,4,72 0x20,0,0,24 0x15,1,2,3 \
	0x05,0,0,0 0x06,0,0,0x7fff0000 0x06,0,0,0x80000000 0x06,0,0,0x7ffc0000 >small.bpf
small() {
	says small.bpf <<'END'
instructions    12: 3 loads, 5 comparisons (architecture 1, number 3, arguments 1), 3 returns, 1 unreachable
lower bound     3 comparisons of the number; the filter has 3 (argument tests have no bound)
longest path    9 instructions, even if no call can take this path
native code     about 89 bytes on x86_64
x86_64          4 calls answered by the kernel's bitmap, 379 refused, 2 others:
                getpid, fcntl
END
}
check "a filter by hand" small
small_json() {
	holds '[s[k] for k in ("instructions", "loads", "jumps", "returns", "others", "dead", "longest")] == [12, 3, 0, 3, 0, 1, 9]
assert s["comparisons"] == {"arch": 1, "number": 3, "argument": 1, "other": 0} and s["expected"] is None
assert s["bound"] == {"loads": 2, "arch": 1, "number": 3, "returns": 3}
assert s["calls"]["x86_64"] == {"cached": 4, "refused": 379, "others": ["getpid", "fcntl"]}
assert s["calls"]["i386"]["cached"] == 0 and s["calls"]["i386"]["others"] == []' small.bpf
}
check "the same for programs" small_json
piped() { "$PINHOLE" stats - <small.bpf | same - expected; }
check "from standard input" piped

program 0x06,0,0,0x7fff0000 >allow.bpf
everything() { says allow.bpf <<'END'
instructions    1: 0 loads, 0 comparisons (architecture 0, number 0), 1 return
lower bound     1 instruction: 0 loads, 0 comparisons (architecture 0, number 0), 1 return
longest path    1 instruction, even if no call can take this path
native code     about 30 bytes on x86_64, 112 on aarch64
x86_64          385 calls answered by the kernel's bitmap, 0 refused, 0 others
i386            461 calls answered by the kernel's bitmap, 0 refused, 0 others
aarch64         327 calls answered by the kernel's bitmap, 0 refused, 0 others
END
}
check "all allowed" everything
program 0x06,0,0,0x80000000 >kill.bpf
nothing() { "$PINHOLE" stats kill.bpf >out && grep -qx 'calls           all are refused' out; }
check "all refused" nothing
# The kernel's rule does not follow an OR, though it changes nothing.
program 0x20,0,0,0 0x44,0,0,0 0x06,0,0,0x7fff0000 >or.bpf
uncached() { "$PINHOLE" stats or.bpf >out && grep -qx "x86_64          0 calls answered by the kernel's bitmap, 0 refused, all run the filter" out; }
check "arithmetic that the bitmap's rule does not follow" uncached
program 0x20,0,0,0 0x45,0,1,1 0x06,0,0,0x7fff0000 0x06,0,0,0x80000000 >odd.bpf
check "a bound that is not known: too many cases" holds 's["bound"] is None and s["instructions"] == 4' odd.bpf
unknown() { "$PINHOLE" stats odd.bpf | grep -q '^lower bound     not known: .*more cases'; }
check "it says why" unknown

program 0x20,0,0,0 0x45,0,1,0x8000000 0x06,0,0,0x7fff0000 0x06,0,0,0x80000000 >bit.bpf
fewer() { "$PINHOLE" stats bit.bpf | grep -q '^lower bound     34 instructions: .*; the filter uses masks, and has fewer$'; }
check "a filter below the bound of comparisons" fewer

# What a policy becomes is what generate makes of it; names only: no filter could be shorter.
for policy in "$golden"/*.json "$library"/{docker-default,runc,crun,systemd-service}.json; do
	base=$(basename "$policy" .json)
	both() {
		"$PINHOLE" generate "$policy" -o "$base.bpf" && "$PINHOLE" stats "$policy" >of-policy &&
			"$PINHOLE" stats "$base.bpf" | same of-policy - &&
			holds 's["instructions"] * 8 == '"$(wc -c <"$base.bpf")"' and s["dead"] == 0 and s["longest"] <= s["instructions"]
assert s["bound"]["number"] <= s["comparisons"]["number"] and s["bound"]["loads"] <= s["loads"]' "$base.bpf"
	}
	check "$base: of the policy as of the filter" both
done
check "names only: the bound is met" holds 's["bound"]["instructions"] == s["instructions"]' "$golden/names.json"

# A filter in python, for what the bitmap's rule says.
reference() {
	python3 - "$1" <<'END'
import json, struct, sys
data = open(sys.argv[1], "rb").read()
code = [struct.unpack_from("=HBBI", data, at) for at in range(0, len(data), 8)]
def cached(arch, nr):
    a, at = 0, 0
    while True:
        op, jt, jf, k = code[at]
        at += 1
        if op == 0x20 and k in (0, 4):
            a = nr if k == 0 else arch
        elif op == 0x54:
            a &= k
        elif op == 0x05:
            at += k
        elif op in (0x15, 0x25, 0x35, 0x45):
            at += jt if {0x15: a == k, 0x25: a > k, 0x35: a >= k, 0x45: a & k != 0}[op] else jf
        else:
            return op == 0x06 and k == 0x7fff0000
stats = json.load(open("json"))["calls"]
# Numbers without a name are not counted: nothing allows them here.
for arch, audit in ("x86_64", 0xc000003e), ("i386", 0x40000003), ("aarch64", 0xc00000b7):
    expected = sum(cached(audit, nr) for nr in range(500))
    assert stats[arch]["cached"] == expected, (arch, stats[arch]["cached"], expected)
END
}
for base in docker-default runc crun systemd-service socket names; do
	bitmap() { "$PINHOLE" stats --json "$base.bpf" >json && reference "$base.bpf"; }
	check "$base: the bitmap's calls by another program" bitmap
done

check "no operand" expect 2 "$PINHOLE" stats
check "three operands" expect 2 "$PINHOLE" stats small.bpf small.bpf small.bpf
check "no such file" refuses "missing.bpf" missing.bpf
check "the second operand must be a profile" refuses "." small.bpf "$golden/names.json"
program 0x15,0,9,0 0x06,0,0,0 >bad.bpf
check "an invalid filter" refuses "bad.bpf.*instruction 0" bad.bpf

need_tracing "stats of profiles"
check "record" "$PINHOLE" record -o profile.json -- "$PROGRAMS/refuse" good
calls=$(facts profile.json | awk '{n += $4} END {print n}')
of_profile() {
	"$PINHOLE" generate profile.json -o profile.bpf && "$PINHOLE" stats profile.json >alone &&
		"$PINHOLE" stats profile.bpf profile.json | same alone - && grep -q "^expected path .* each of $calls calls" alone
}
check "a profile weighs its own filter" of_profile
weighed() {
	holds "s['expected']['calls'] == $calls and s['expected']['calls'] <= s['expected']['instructions'] <= $calls * s['longest']
e = s['expected']
assert 0 < e['run_calls'] < e['calls'] and 0 < e['run_instructions'] < e['instructions']
assert e['wide_calls'] == e['unrecorded_calls'] == 0" profile.json
}
check "all of its calls" weighed
one_each() { holds "s['expected']['calls'] == s['expected']['instructions'] == $calls and s['expected']['run_calls'] == 0" allow.bpf profile.json; }
check "one instruction for each call" one_each
unrecorded() { # the descriptor of write(2)
	program 0x20,0,0,0 0x15,0,2,1 0x20,0,0,16 0x15,0,0,1 0x06,0,0,0x7fff0000 >descriptor.bpf
	writes=$(facts profile.json | awk '$2 == "x86_64" && $3 == "write" {n += $4} END {print n + 0}')
	[ "$writes" -gt 0 ] &&
		holds "s['expected']['unrecorded_calls'] == $writes and s['expected']['calls'] == $calls - $writes" descriptor.bpf profile.json &&
		"$PINHOLE" stats descriptor.bpf profile.json | grep -q "^                $writes calls\\? not weighed: .* do not record"
}
check "what cannot be weighed is said" unrecorded
# Counts matter by their proportion: a thousand times as many make the same filter.
in_proportion() {
	"$PINHOLE" record -q -o few.json -- ls / >/dev/null 2>record.err && "$PINHOLE" policy few.json -o few.policy 2>policy.err || { cat record.err policy.err; return 1; }
	python3 -c '
import json
profile = json.load(open("few.json"))
for fact in profile["facts"]:
    fact["runs"] = {run: 1000 * n for run, n in fact["runs"].items()}
json.dump(profile, open("many.json", "w"))' || return
	for how in --optimize=speed --optimize=size --kernel=5.4; do
		"$PINHOLE" generate $how --counts=few.json few.policy -o few.bpf && "$PINHOLE" generate $how --counts=many.json few.policy -o many.bpf &&
			cmp few.bpf many.bpf || return
	done
}
check "counts in proportion" in_proportion
exit 0

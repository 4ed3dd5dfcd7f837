# The formats of other tools: golden files; and independent readers of these formats understand the
# outputs as the policies mean them. UPDATE=yes rewrites the golden files.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
golden=$SOURCE/tests/golden/formats
formats="oci systemd minijail kafel firejail firecracker spo libseccomp"

# Names that end so are written with --strict.
strictly() { case $1 in *-strict) echo --strict ;; esac; }
write_formats() { # NAME: in all formats that can say it; what is told of them goes to NAME.notes
	local format status
	cp "$golden/$1.json" . || return
	: >"$1.notes"
	for format in $formats; do
		status=0
		"$PINHOLE" generate -f "$format" $(strictly "$1") "$1.json" -o "$1.$format" 2>>"$1.notes" || status=$?
		[ $status = 0 ] || [ $status = 2 ] || return
	done
}
as_golden() {
	local format
	write_formats "$1" || return
	[ -z "${UPDATE:-}" ] || { rm -f "$golden/$1".[!j]* && cp "$1".[!j]* "$golden"; }
	for format in $formats notes; do
		[ ! -e "$1.$format" ] && [ ! -e "$golden/$1.$format" ] || same "$golden/$1.$format" "$1.$format" || return
	done
}
# tests/consumers/run has policies of its own, which it has learned.
policies=("$golden"/*.json "$SOURCE"/tests/golden/policy/*.json "$SOURCE"/policies/library/{docker-default,systemd-service}.json)
[ -z "${LEARNED:-}" ] || policies=("$LEARNED"/*.policy) golden=/dev/null
for file in "$golden"/*.json; do
	[ -e "$file" ] || continue
	name=$(basename "$file" .json)
	check "golden: $name" as_golden "$name"
done

# Firecracker: the same filter for each of its threads, or one thread's; and what is written is read back as it was.
thread_of() { # POLICY
	"$PINHOLE" generate -f firecracker "$1" -o all.json 2>said && "$PINHOLE" generate -f firecracker --thread=vcpu "$1" -o vcpu.json 2>said || return
	python3 - all.json vcpu.json <<-'END' || return
		import json, sys
		every, one = (json.load(open(name)) for name in sys.argv[1:])
		assert sorted(every) == ["api", "vcpu", "vmm"] and list(one) == ["vcpu"]
		assert all(every[name] == one["vcpu"] for name in every)
	END
	"$PINHOLE" import -f firecracker --arch=x86_64 -o one.policy vcpu.json 2>said && "$PINHOLE" import -f firecracker --arch=x86_64 -o all.policy all.json 2>said && same one.policy all.policy
}
! need "firecracker: threads" python3 || for name in errno several denies; do check "firecracker: threads of $name" thread_of "$SOURCE/tests/golden/formats/$name.json"; done
back() { # of one action, so nothing is lost
	cat >back.json <<-END
		{"format": "pinhole-policy", "version": 1, "arch": ["x86_64"], "default": "trap", "newer": "trap",
		 "rules": [{"syscall": "read"}, {"syscall": "ioctl", "any": [{"request": "TCGETS"}, {"request": "0xae80"}]},
		  {"syscall": "mmap", "any": [{"prot": {"mask": "0x4", "is": "0"}}]}, {"syscall": "fcntl", "any": [{"cmd": {"in": ["F_GETFD", "F_SETFD"]}}]}]}
	END
	"$PINHOLE" generate -f firecracker back.json -o back.firecracker 2>said && "$PINHOLE" import -f firecracker --arch=x86_64 -o read.json back.firecracker 2>said && "$PINHOLE" diff back.json read.json
}
check "firecracker: there and back" back
not_for_i386() { sed 's/x86_64/i386/; s/, {"syscall": "ioctl".*/],/; /"mmap"/d; s/],$/]}/' back.json >i386.json && expect 2 "$PINHOLE" generate -f firecracker i386.json >out 2>err && grep -q 'x86_64 and aarch64 only' err && [ ! -s out ]; }
check "firecracker: not for i386" not_for_i386
thread_elsewhere() { expect 2 "$PINHOLE" generate -f kafel --thread=vcpu back.json >out 2>err && grep -q 'thread is for -f firecracker' err && expect 2 "$PINHOLE" generate -f firecracker --thread= back.json >out 2>err && grep -q 'give vmm, api or vcpu' err; }
check "firecracker: --thread of nothing, and of other formats" thread_elsewhere

read_back() { # POLICY, with --strict and without
	local format strict
	"$PINHOLE" generate "$1" -o filter.bpf || return
	for strict in "" --strict; do
		for format in oci spo minijail kafel systemd firejail; do
			[ $format != spo ] || "$python" -c 'import yaml' 2>/dev/null || continue
			"$PINHOLE" generate -f $format $strict "$1" -o out 2>err || { grep -q 'is for one architecture' err && continue; cat err; return 1; }
			echo "$format $strict"
			"$python" "$SOURCE/tests/oracles/readers" $format out filter.bpf $strict || return
		done
	done
}
# The distribution's python3 has its modules.
python=python3
! /usr/bin/python3 -c 'import yaml' 2>/dev/null || python=/usr/bin/python3
need "readers" "$python" cc || exit 0
case $(uname -m) in x86_64) ;; *) skip_all "readers" "their policies are for x86_64" ;; esac
"$python" -c 'import yaml' 2>/dev/null || skip "readers: spo" "no yaml for python3 here"
for file in "${policies[@]}"; do
	case $file in */nothing-strict.json) continue ;; esac
	check "readers: $(basename "${file%.*}")" read_back "$file"
done
exit 0

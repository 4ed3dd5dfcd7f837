# The output of the emitters works in the programs that it is for. SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing emit
check "record" "$PINHOLE" record -o profile.json -- "$PROGRAMS/refuse" good
for format in bpf c asm; do
	check "generate -f $format" "$PINHOLE" generate profile.json -f $format -o filter.$format
	again() { "$PINHOLE" generate profile.json -f $format | cmp - filter.$format; }
	check "generate -f $format, twice the same" again
done
# The listing of the file knows the instructions, that of the policy the rules too.
instructions() { grep "^ " "$1"; }
listing() { "$PINHOLE" disasm filter.bpf >listing && instructions listing >a && instructions filter.asm >b && same a b && [ "$(wc -l <a)" -eq $(($(wc -c <filter.bpf) / 8)) ] && grep -q "^; x86_64: socket with " filter.asm; }
check "asm: the instructions that disasm shows, under the rules" listing
cp filter.c filter.h
for compiler in gcc clang; do
	for standard in gnu11 c11 gnu17; do
		need "c: compiles alone with $compiler -std=$standard" $compiler || continue
		alone() { $compiler -std=$standard -Wall -Wextra -Werror -O1 -fsyntax-only -x c filter.h; }
		check "c: compiles alone with $compiler -std=$standard" alone
	done
	need "c: installs with $compiler" $compiler || continue
	build() { $compiler -Wall -Wextra -Werror -O1 -I. -DFILTER='"filter.h"' -o "by_$compiler" "$SOURCE/tests/e2e/emit/install.c"; }
	check "c: a program that includes it, with $compiler" build || continue
	works() { expect 0 "./by_$compiler" allowed >out && [ "$(cat out)" = "still here" ]; }
	check "c: what was learned works" works
	refused() { expect 159 "./by_$compiler" refused >out && [ ! -s out ]; }
	check "c: and nothing else" refused
done

# libseccomp builds a filter that says what the policy says, but for numbers that no kernel has yet; of several
# architectures it says less, and still builds one. Calls that its headers do not know are numbers.
if ! need "libseccomp: gcc" gcc || ! pkg-config --exists libseccomp 2>/dev/null; then
	skip "libseccomp" "no libseccomp-dev or gcc here"
else
	exported() { # POLICY
		"$PINHOLE" generate "$1" -f libseccomp -o scmp.c 2>notes &&
			gcc -Wall -Wextra -Werror -DFILTER='"scmp.c"' -I. $(pkg-config --cflags libseccomp) -o export "$SOURCE/tests/e2e/emit/export.c" $(pkg-config --libs libseccomp) &&
			./export >scmp.bpf
	}
	equal() { exported "$1" && { "$PINHOLE" verify scmp.bpf "$1" >verdict || grep -q ' syscall_0x258(' verdict || { cat verdict notes; return 1; }; }; }
	sure='"default": "errno:EACCES", "newer": "errno:EACCES", "rules": ['
	echo '{"format": "pinhole-policy", "version": 1, "arch": ["x86_64"], '"$sure"'{"syscall": "lsm_get_self_attr"}, {"syscall": "uretprobe"}, {"syscall": "syscall_0x1ff"}, {"syscall": "read"}]}' >newest.json
	echo '{"format": "pinhole-policy", "version": 1, "arch": ["x86_64"], '"$sure"']}' >nothing.json
	echo '{"format": "pinhole-policy", "version": 1, "arch": ["x86_64", "i386"], "default": "errno:EACCES", "newer": "errno:ENOSYS", "rules": [{"syscall": "lsm_get_self_attr"}, {"syscall": "uretprobe"}, {"syscall": "read"}]}' >several.json
	sed 's/errno:EACCES/log/g' nothing.json >logs.json
	for policy in newest.json nothing.json logs.json "$SOURCE"/tests/golden/policy/{names,socket,words64}.json "$SOURCE"/tests/golden/good-policy/masked_range.json; do
		check "libseccomp: $(basename "$policy") is what it builds" equal "$policy"
	done
	for policy in several.json "$SOURCE"/policies/library/docker-default.json "$SOURCE"/tests/golden/policy/words.json; do
		check "libseccomp: builds $(basename "$policy")" exported "$policy"
	done
fi

# --strict lets nothing through that the policy denies: what can't be denied, as it has no name, is an error.
echo '{"format": "pinhole-policy", "version": 1, "arch": ["x86_64"], "default": "allow", "newer": "allow", "rules": [{"syscall": "syscall_0x1ff", "action": "kill"}]}' >unnamed.json
unnamed() { expect 2 "$PINHOLE" generate --strict -f "$1" unnamed.json >out 2>err && [ ! -s out ] && grep -q 'syscall_0x1ff: has no name' err && "$PINHOLE" generate -f "$1" unnamed.json 2>err >out && grep -q 'syscall_0x1ff' err; }
for format in oci systemd firejail spo; do check "$format: --strict and a number without a name" unnamed $format; done

# A file name that would end a comment, or a line.
mkdir 'a*'
odd=$'a*/profile\n#error it is a file name\n'
cp profile.json "$odd"
odd_name() { "$PINHOLE" generate "$odd" -f c -o odd.h && gcc -Wall -Wextra -Werror -fsyntax-only -x c odd.h; }
! need "c: of a file with an odd name" gcc || check "c: of a file with an odd name" odd_name

# Another program's proof.
if need "smt2: proved by z3" z3; then
	proved() { "$PINHOLE" generate profile.json -f smt2 -o proof.smt2 && [ "$(z3 proof.smt2)" = unsat ]; }
	check "smt2: proved by z3" proved
	answers_otherwise() { sed '/bvuge nr/s/#x40000000/#x40000001/' proof.smt2 >wrong.smt2 && [ "$(z3 wrong.smt2)" = sat ]; }
	check "smt2: and not where one number differs" answers_otherwise
fi

# bubblewrap reads the filter from a descriptor, its --seccomp.
if need "bwrap" bwrap && { bwrap --ro-bind / / true 2>/dev/null || { skip bwrap "not permitted here"; false; }; }; then
	in_bwrap() { bwrap --ro-bind / / --seccomp 7 "$PROGRAMS/refuse" "$1" 7<filter.bpf; }
	allowed() { expect 0 in_bwrap good >out && [ "$(cat out)" = "survived, succeeded" ]; }
	check "bwrap: what was learned works" allowed
	# bwrap reports a death by SIGSYS as a shell does.
	denied() { expect 159 in_bwrap unrecorded >out && [ ! -s out ]; }
	check "bwrap: and nothing else" denied
fi
exit 0

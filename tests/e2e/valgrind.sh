# valgrind finds no leak and no invalid access in the commands that read and write files.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing valgrind
need valgrind valgrind || exit 0
! sanitized || skip_all valgrind "the command is built with a sanitizer"
"$PINHOLE" record -o a.json -- "$PROGRAMS/calls" && "$PINHOLE" record -o b.json -- "$PROGRAMS/phases"
"$PINHOLE" policy a.json -o policy.json
"$PINHOLE" generate a.json -o filter.bpf
head -c 500 a.json >truncated.json
printf 1234567 >odd.bpf
sed 's/"mprotect"/"mprotekt"/' policy.json >unknown.json

# STATUS ARGUMENTS…
while read -r wanted arguments; do
	clean() {
		expect "$wanted" valgrind -q --leak-check=full --show-leak-kinds=all --errors-for-leak-kinds=all --error-exitcode=99 \
			"$PINHOLE" $arguments
	}
	check "valgrind: pinhole $arguments" clean
done <<'END'
0 --help
0 show a.json
0 show --json a.json
0 show policy.json
0 merge -o merged.json a.json b.json
0 merge -o merged.json a.json a.json
1 diff a.json b.json
0 diff a.json a.json
0 policy a.json --args=none -o none.json
0 policy a.json --args=shape -o shape.json
0 policy a.json --args=exact -o exact.json
0 generate a.json -o out.bpf
0 generate policy.json -f c -o out.h
0 generate policy.json -f asm -o out.asm
0 check filter.bpf a.json
0 check policy.json a.json
0 check filter.bpf b.json
0 disasm filter.bpf
0 stats filter.bpf a.json
0 stats --json a.json
2 show truncated.json
2 merge -o merged.json a.json truncated.json
2 generate unknown.json -o out.bpf
2 disasm odd.bpf
2 stats odd.bpf
2 stats filter.bpf truncated.json
2 show nothing.json
2 generate a.json -f nothing
2 unheard
END
exit 0

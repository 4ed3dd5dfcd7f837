# What the code can reach holds what was seen: each program of the recorded workloads of roundtrip/, and some more, made no
# call that `reach` does not have. Then what it says, and what it refuses. SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
reach() { "$PINHOLE" reach "$@"; }

# programs PROFILE: the paths of its programs that are there and 64-bit ELF files for x86_64.
programs() {
	python3 - "$1" <<-'PY'
		import json, sys
		for p in json.load(open(sys.argv[1]))["programs"]:
		    try:
		        with open(p["path"], "rb") as f:
		            head = f.read(20)
		    except OSError:
		        continue
		    if head[:5] == b"\x7fELF\x02" and head[18:20] == b"\x3e\0":
		        print(p["path"])
	PY
}
covered() { # PROFILE PROGRAM
	reach --profile="$1" -o reach.json "$2" && "$SOURCE/tests/reach-seen" "$1" reach.json
}
# seen NAME PROFILE: a test for each program of it.
seen() {
	local program
	programs "$2" >programs
	[ -s programs ] || fail "$1" "no programs in its profile"
	while read -r program; do check "$1: $(basename "$program") made no call that is not reachable" covered "$2" "$program"; done <programs
}

workloads() {
	local file name
	for file in "$SOURCE"/tests/e2e/roundtrip/*.sh; do
		name=$(basename "$file" .sh)
		case $name in i386*) continue ;; esac
		[ -z "${WORKLOADS:-}" ] || [[ " $WORKLOADS " = *" $name "* ]] || continue
		mkdir "$name"
		(
			cd "$name" || exit 1
			exact=yes requires=
			. "$file"
			need "$name" $requires || exit 0
			mkdir work
			(cd work && HOME=$PWD TMPDIR=$PWD && workload "$PINHOLE" record -q --mode=exact -o "$PWD/../profile.json" --) \
				>out 2>err 9>&- || true
			[ -s profile.json ] || { fail "$name" "not recorded: $(tail -n 1 err)"; exit 0; }
			seen "$name" profile.json
		)
	done
}
# recorded NAME COMMAND…: the same for one command.
recorded() {
	local name=$1
	shift
	"$PINHOLE" record -q --mode=exact -o "$name.json" -- "$@" >out 2>err </dev/null || true
	[ -s "$name.json" ] || { fail "$name" "not recorded: $(tail -n 1 err)"; return; }
	seen "$name" "$name.json"
}
if [ "${TRACING:=$("$SOURCE/tests/probe" "$PROGRAMS")}" = yes ]; then
	workloads
	need "curl" curl && recorded curl curl -s file:///etc/passwd http://127.0.0.1:1/
	need "sort" sort && recorded sort sort --parallel=2 /etc/passwd
	for program in children threads timers signals libc; do
		need "$program" "$program" && recorded "$program" "$PROGRAMS/$program"
	done
	if need musl musl-gcc; then
		for options in "" -static; do
			name=musl$options
			musl-gcc $options -O1 -D_GNU_SOURCE= -pthread -o "$name" "$SOURCE/tests/programs/libc.c" 2>err && ./"$name" child >out
			[ $? -eq 7 ] || { skip "$name" "cannot be built or started here"; continue; }
			recorded "$name" "./$name"
		done
	fi
else
	skip "calls that were seen are reachable" "$TRACING"
fi

# What a small program reaches, and what not: `// reach: CALL…` and `// not: CALL…` stand in tests/e2e/reach/NAME.c.
has() { # FILE WORD CALL…
	local file=$1 word=$2 call
	shift 2
	for call; do
		found=no
		grep -q "\"syscall\": \"$call\"" "$file" && found=reach
		[ $found = no ] && found=not
		[ $found = "$word" ] || { echo "$call is $found, expected: $word"; return 1; }
	done
}
small() { # NAME FLAGS…
	local source=$1
	shift
	"${CC:-cc}" -D_GNU_SOURCE= -o small "$@" "$SOURCE/tests/e2e/reach/$source.c" || return 1
	reach -o small.json "$PWD/small" || return 1
	has small.json reach $(sed -n 's/^.*reach: //p' "$SOURCE/tests/e2e/reach/$source.c") || return 1
	# Without unwind tables and symbols it can't be told where one function ends and the next begins.
	case $* in *-fno-asynchronous-unwind-tables*) return 0 ;; esac
	has small.json not $(sed -n 's/^.*not: //p' "$SOURCE/tests/e2e/reach/$source.c")
}
for source in "$SOURCE"/tests/e2e/reach/*.c; do
	name=$(basename "$source" .c)
	for flags in "-O0" "-O2" "-O2 -s" "-O2 -fno-pie -no-pie -s" "-O1 -fno-plt -fcf-protection=none" \
		"-O2 -static -s" "-O0 -static-pie" "-Os -fno-asynchronous-unwind-tables -s"; do
		check "$name.c with $flags" small "$name" $flags
	done
done

# A library that is nowhere, found by each of the rules: DT_RUNPATH with $ORIGIN, DT_RPATH, LD_LIBRARY_PATH.
mkdir -p where/lib
printf '#include <unistd.h>\n#include <sys/syscall.h>\nint far(void) { return (int)syscall(SYS_kexec_load); }\n' >far.c
printf 'int far(void);\nint main(void) { return far(); }\n' >near.c
"${CC:-cc}" -shared -fPIC -o where/lib/libfar.so far.c
finds() { # FLAGS…
	"${CC:-cc}" -o where/near near.c where/lib/libfar.so "$@" && reach -o near.json where/near && has near.json reach kexec_load
}
cd where/lib && "${CC:-cc}" -shared -fPIC -Wl,-soname,libfar.so -o libfar.so ../../far.c && cd ../..
check "DT_RUNPATH with \$ORIGIN" finds "-Wl,--enable-new-dtags,-rpath,\$ORIGIN/lib"
check "DT_RPATH with \${ORIGIN}" finds "-Wl,--disable-new-dtags,-rpath,\${ORIGIN}/lib"
by_environment() { LD_LIBRARY_PATH=/nonexistent:$PWD/where/lib finds; }
check "LD_LIBRARY_PATH" by_environment
"${CC:-cc}" -o where/near near.c where/lib/libfar.so

# refuses TEXT ARG…: exit status 2, that text, and nothing else on standard output.
refuses() {
	local text=$1
	shift
	expect 2 reach "$@" >out 2>err && [ ! -s out ] && grep -qF -- "$text" err || { cat out err; false; }
}
printf '#!/bin/sh\n' >script
: >empty
check "a library that is missing" refuses "libfar.so, which is in none of the folders" where/near
check "a script" refuses "script: is no ELF file" ./script
check "an empty file" refuses "empty: is no ELF file" ./empty
check "a file that is not there" refuses "No such file" ./nowhere
check "a folder" refuses "regular file" .
if have_program i386 || have_program i386_static; then
	check "a 32-bit program" refuses "is for i386" "$PROGRAMS/$(have_program i386 && echo i386 || echo i386_static)"
fi
check "-o over the program" refuses "would be lost" -o empty ./empty
text() { reach where/../small >out && grep -q 'places that call the kernel' out && grep -q '^exit_group  *.*→ libc' out; }
check "the text has a way to each call" small wrapper -O2
check "for people" text
again() { reach --json ./small >one && reach -o two ./small && same one two; }
check "--json and -o are alike, and the same twice" again
exit 0

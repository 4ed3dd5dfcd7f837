# Reachable calls include all seen calls, for each program of the workloads in roundtrip/ and some
# others. Then the output of `reach`, and the files that it refuses.
# SPDX-License-Identifier: MIT
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
	reach --profile="$1" -o reach.json "$2" && "$SOURCE/tests/oracles/reach-seen" "$1" reach.json
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
			load_workload "$name" || exit 0
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
		"-O2 -static -s" "-O0 -static-pie" "-O1 -maccumulate-outgoing-args" "-Os -fno-asynchronous-unwind-tables -s"; do
		check "$name.c with $flags" small "$name" $flags
	done
done

# What is not followed must not be passed over: each call is reachable, or the program has a place with a number that can't
# be told. `// open: CALL…` and `// cases: N` stand in tests/e2e/reach/open/NAME.
open() { # SOURCE CASE COMPILER FLAGS…
	local source=$1 case=$2 call
	shift 2
	"$@" -w -D_GNU_SOURCE= -DCASE="$case" -o small "$source" || return 1
	reach -o small.json "$PWD/small" || return 1
	grep -q '"place": \[0, ' small.json || has small.json reach $(sed -n 's/^.*open: \([a-z0-9_ ]*[a-z]\).*/\1/p' "$source")
}
for source in "$SOURCE"/tests/e2e/reach/open/*; do
	cases=$(sed -n 's/^.*cases: \([0-9]*\).*/\1/p' "$source")
	for compiler in gcc clang; do
		case $source in *.cc) [ $compiler = gcc ] && compiler=g++ || compiler=clang++ ;; esac
		command -v $compiler >/dev/null || { skip "open: $(basename "$source") with $compiler" "no $compiler here"; continue; }
		for flags in "-O0" "-O2" "-Os -fno-pie -no-pie -s" "-O3 -static"; do
			for case in $(seq "$cases"); do
				check "open: $(basename "$source"), case $case with $compiler $flags" open "$source" "$case" $compiler $flags
			done
		done
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

# Variants for newer processors: the one that the loader itself takes.
chosen() { # FOLDER: a variant there, which makes another call, is taken if and only if the loader takes it
	local library=where/lib/glibc-hwcaps/$1/libfar.so loaded
	mkdir -p "${library%/*}"
	sed 's/kexec_load/swapon/' far.c >far2.c && "${CC:-cc}" -shared -fPIC -Wl,-soname,libfar.so -o $library far2.c &&
		"${CC:-cc}" -o where/near near.c where/lib/libfar.so -Wl,-rpath,"$PWD/where/lib" || return 1
	loaded=$(LD_TRACE_LOADED_OBJECTS=1 where/near | sed -n 's/.*libfar.so => \([^ ]*\).*/\1/p')
	reach -o near.json where/near && rm -r where/lib/glibc-hwcaps || return 1
	case $loaded in
	*/glibc-hwcaps/*) has near.json reach swapon && has near.json not kexec_load ;;
	*) has near.json reach kexec_load && has near.json not swapon ;;
	esac
}
for folder in x86-64-v2 x86-64-v3 x86-64-v4 x86-64-v5; do check "glibc-hwcaps/$folder" chosen $folder; done
"${CC:-cc}" -o where/near near.c where/lib/libfar.so

# musl's folders: of etc/ld-musl-ARCH.path beside the folder that the loader is in. An empty word is not the current folder.
if need "musl's folders" musl-gcc; then
	mkdir -p elsewhere/lib elsewhere/etc elsewhere/far elsewhere/wrong
	interpreter=$(musl-gcc -o elsewhere/plain near.c where/lib/libfar.so 2>err &&
		readelf -l elsewhere/plain | sed -n 's/.*interpreter: \(.*\)\]/\1/p')
	cp "$interpreter" elsewhere/lib/ld-musl-x86_64.so.1
	musl-gcc -shared -fPIC -Wl,-soname,libfar.so -o elsewhere/far/libfar.so far.c
	sed 's/kexec_load/swapon/' far.c >far2.c && musl-gcc -shared -fPIC -Wl,-soname,libfar.so -o elsewhere/wrong/libfar.so far2.c
	musl_path() { # CONTENT
		printf "$1" >elsewhere/etc/ld-musl-x86_64.path
		musl-gcc -o elsewhere/near near.c elsewhere/far/libfar.so -Wl,--dynamic-linker="$PWD/elsewhere/lib/ld-musl-x86_64.so.1" || return 1
		(cd elsewhere/wrong && reach -o ../../near.json ../near) && has near.json reach kexec_load && has near.json not swapon
	}
	check "ld-musl-ARCH.path" musl_path "$PWD/elsewhere/far"
	check "ld-musl-ARCH.path, lines" musl_path "/nonexistent\n$PWD/elsewhere/far\n"
	check "ld-musl-ARCH.path, empty words" musl_path "\n:/nonexistent::\n$PWD/elsewhere/far\n"
	nowhere() { printf "/nonexistent\n" >elsewhere/etc/ld-musl-x86_64.path && (cd elsewhere/far && refuses "in no folder that its loader searches" ../near); }
fi

# Relative relocations in their packed form: the addresses in a table are there alone.
packed() {
	"${CC:-cc}" -D_GNU_SOURCE= -O1 -fPIE -pie -o packed "$@" "$SOURCE/tests/e2e/reach/pointers.c" && readelf -d packed | grep -q RELR || return 1
	reach -o packed.json ./packed && has packed.json reach kexec_load swapon acct
}
if echo 'int main(void) { return 0; }' | "${CC:-cc}" -x c -fPIE -pie -Wl,-z,pack-relative-relocs -o probe - 2>err && readelf -d probe | grep -q RELR; then
	check "DT_RELR" packed -Wl,-z,pack-relative-relocs
elif need "DT_RELR" clang ld.lld; then
	CC=clang check "DT_RELR" packed -fuse-ld=lld -Wl,--pack-dyn-relocs=relr
fi

# refuses TEXT ARG…: exit status 2, that text, and nothing else on standard output.
refuses() {
	local text=$1
	shift
	expect 2 reach "$@" >out 2>err && [ ! -s out ] && grep -qF -- "$text" err || { cat out err; false; }
}
printf '#!/bin/sh\n' >script
: >empty
check "a library that is missing" refuses "libfar.so, which is in no folder that its loader searches" where/near
if [ -d elsewhere ]; then check "ld-musl-ARCH.path: a library that is missing" nowhere; fi
check "a script" refuses "script: is not an ELF file" ./script
check "an empty file" refuses "empty: is not an ELF file" ./empty
check "a file that is not there" refuses "No such file" ./nowhere
check "a folder" refuses "regular file" .
if have_program i386 || have_program i386_static; then
	check "a 32-bit program" refuses "is for i386" "$PROGRAMS/$(have_program i386 && echo i386 || echo i386_static)"
fi
check "-o over the program" refuses "would be overwritten" -o empty ./empty
text() { reach where/../small >out && grep -q 'places that call the kernel' out && grep -q '^exit_group  *.*→ libc' out; }
check "the text has a way to each call" small wrapper -O2
check "for people" text
again() { reach --json ./small >one && reach -o two ./small && same one two; }
check "--json and -o are alike, and the same twice" again
exit 0

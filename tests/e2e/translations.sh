# Policies that pinhole writes for other tools, and files of theirs that it reads, beside the filters that these tools make: over all
# numbers, with arguments at and beside the values in question. The files are golden/profiles (tests/e2e/import-policies.sh holds their
# verdicts); the policies are these, and random ones (TRANSLATIONS: how many for each, 8). No difference but what was announced, and
# that in its direction: softer, or with --strict harder. Containers' profiles are held against libseccomp in
# tests/unit/test_oci_libseccomp.c, and units by chance against systemd in tests/e2e/systemd-filters.sh.
# The operator's format has no tool at hand (its Go types were read: tests/oracles/readers). TOOLS names some of the tools alone; KAFEL is a libkafel.so; SECCOMPILER is a program
# of FILE ARCH OUT, which writes the filter that seccompiler-bin makes of a file's first thread; MINIJAIL_COMPILER is a program of FILE OUT, which
# runs compile_seccomp_policy.py with x86_64's constants, and with --denylist where the file says @denylist. SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
profiles=$SOURCE/tests/golden/profiles
made=$(dirname "$PROGRAMS")/import
[ "$(uname -m)" = x86_64 ] || skip_all "translations" "the tools are asked for x86_64's filters"
: "${CONSUMERS_CACHE:=${XDG_CACHE_HOME:-$HOME/.cache}/pinhole}"

# Each of these makes FOLDER/* of a file, for an architecture.
declare -A audit=([x86_64]=0xc000003e [i386]=0x40000003 [aarch64]=0xc00000b7)
kafel_filters() { "$made/kafel_filter" "$KAFEL" "${audit[$3]}" "$1" "$2/0"; }
minijail-compiler_filters() { "$MINIJAIL_COMPILER" "$1" "$2/0"; }
firecracker_filters() { "$SECCOMPILER" "$1" "$3" "$2/0"; }
minijail_filters() {
	local status=0
	FILTER_DUMP=$2/0 LD_PRELOAD=$PWD/dump_filter.so "$minijail" -T static -n -S "$1" -- /bin/true >dump.out 2>&1 || status=$?
	[ $status = 42 ] || { cat dump.out; false; }
}
systemd_filters() {
	local settings
	mapfile -t settings < <(grep -v '^[[#]\|=$' "$1") # what is empty resets nothing here
	[ ${#settings[@]} = 0 ] || "$made/systemd_filters" "$library" "$2" "${settings[@]}"
}
libseccomp_filters() {
	cc -DFILTER="\"$PWD/$1\"" -o libseccomp_filters "$SOURCE/tests/consumers/libseccomp_filters.c" $(pkg-config --cflags --libs libseccomp) &&
		./libseccomp_filters "$2"
}
# What firejail runs for each line, in the order in which it installs them.
firejail_filters() {
	local word list n=0
	unset FIREJAIL_SECCOMP_ERROR_ACTION
	list=$(sed -n 's/^seccomp-error-action //p' "$1") # of all filters, wherever it stands
	[ -z "$list" ] || export FIREJAIL_SECCOMP_ERROR_ACTION=$list
	while read -r word list; do
		n=$((n + 1))
		case $word in
		"" | "#"* | seccomp-error-action) ;;
		seccomp.drop) "$fseccomp" drop "$2/9" postexec "$list" ;;
		seccomp.keep) "$fseccomp" keep "$2/9" postexec "$list" ;;
		seccomp.block-secondary) "$fseccomp" secondary block "$2/8" ;;
		protocol) "$fseccomp" protocol build "$list" "$2/1" ;;
		restrict-namespaces) "$fseccomp" restrict-namespaces "$2/2" "${list:-cgroup,ipc,net,mnt,pid,time,user,uts}" ;;
		memory-deny-write-execute) "$fseccomp" memory-deny-write-execute "$2/3" ;;
		*) echo "line $n: $word"; return 1 ;;
		esac || return
	done <"$1"
}

compare() { # POLICY ARCH SAID NEVER FILTER…
	local policy=$1 arch=$2 said=$3 never=$4 always=
	shift 4
	"$made/compare" --said="$said" --never="$never" --arch="$arch" "$policy" "$@" >differs
	# Groups are the tool's own: what they have is not repeated here.
	! grep -q '@default lists' "$said" || always="|$in_default"
	grep -Ev "^$arch ($unknown$always): |^(x32|another architecture) $elsewhere|calls asked" differs >left && { head -n 20 left; return 1; }
	calls=$((calls + $(sed -n 's/ calls asked.*//p' differs)))
	told=$((told + $(sed -n 's/.*, \([0-9]*\) announced/\1/p' differs)))
}
allow_all() { printf '\006\0\0\0\0\0\377\177' >"$1/all"; }
written() { # TOOL ARCHS POLICY [--strict]
	local arch never=stricter status=0
	rm -rf filters && mkdir filters && allow_all filters
	[ -z "${4:-}" ] || never=looser
	"$PINHOLE" generate ${4:-} -f "$1" "$3" -o output 2>said || status=$?
	# What can't be said is refused, with a message.
	[ $status != 2 ] || { refused=$((refused + 1)); return 0; }
	[ $status = 0 ] && "$1_filters" output filters "$2" >tool.out 2>&1 || { tail -n 5 tool.out; echo "of:"; head -n 30 output; return 1; }
	for arch in ${2//,/ }; do
		if [ "$1" = libseccomp ]; then compare "$3" "$arch" said $never "filters/$arch"; else compare "$3" "$arch" said $never filters/*; fi || {
			head -n 5 "$3"
			cat said
			return 1
		}
	done
}
read_alike() { # TOOL FILE
	rm -rf filters && mkdir filters && allow_all filters
	sed '/^==== /,$d' "$2" >file
	"$PINHOLE" import -f "$1" --arch=x86_64 -o file.policy file 2>said && "$1_filters" file filters x86_64 >tool.out 2>&1 || { cat said tool.out; return 1; }
	compare file.policy x86_64 said "" filters/*
}
# Files by chance: where the tool takes one, so does import, and reads it as the tool does. TRANSLATIONS says how many.
by_chance() { # FORMAT [KIND]
	local format=$1 kind=${2:-$1} file
	rm -rf chance && mkdir chance && "$SOURCE/tests/import/random_files" "$kind" "${SEED:-1}" $((8 * ${TRANSLATIONS:-8})) chance || return
	for file in chance/*; do
		rm -rf filters && mkdir filters && allow_all filters
		"${kind}_filters" "$file" filters x86_64 >tool.out 2>&1 || { refused=$((refused + 1)); continue; }
		"$PINHOLE" import -f "$format" --arch=x86_64 -o file.policy "$file" 2>said || { cat said "$file"; return 1; }
		compare file.policy x86_64 said "" filters/* || { cat said "$file"; return 1; }
	done
	[ $refused -lt $((2 * ${TRANSLATIONS:-8})) ] || { echo "the tool refuses $refused of these files:"; cat tool.out; return 1; }
}
all_written() { # TOOL ARCHS FOLDER
	local file
	for file in "$3"/*.json; do
		written "$1" "$2" "$file" && written "$1" "$2" "$file" --strict || return
	done
}
imported=policies
mkdir $imported
for file in "$profiles"/*; do
	sed '/^==== /,$d' "$file" >file
	case $file in *.json) cp file "$imported/$(basename "$file")" ;; *) "$PINHOLE" import -f "${file##*.}" --arch=x86_64 -o "$imported/$(basename "$file").json" file 2>/dev/null ;; esac
done
all_read() { # TOOL
	local file
	for file in "$profiles"/*."$1"; do
		# minijail0 -S itself has fewer words than its compiler.
		[ ! -e "$file" ] || grep -q 'for compile_seccomp_policy.py' "$file" || check "$1 reads as import does: $(basename "$file")" read_alike "$1" "$file"
	done
}
both_ways() { # TOOL ARCHS…
	local tool=$1 archs file
	shift
	calls=0 told=0 refused=0
	all_read "$tool"
	for file in "$imported"/*; do
		! grep -q '"arch": \["x86_64"\]' "$file" && [ "$tool" != libseccomp ] && continue
		archs=$(sed -n 's/.*"arch": \[\([^]]*\)\].*/\1/p' "$file" | tr -d '" ')
		check "$tool: written of $(basename "$file")" written "$tool" "$archs" "$file"
		check "$tool: written of $(basename "$file") --strict" written "$tool" "$archs" "$file" --strict
	done
	for archs; do
		rm -rf random && mkdir random
		"$made/random_policies" "$archs" "${SEED:-1}" "${TRANSLATIONS:-8}" random
		check "$tool: written of random policies for $archs" all_written "$tool" "$archs" random
	done
	echo "$tool: $calls calls asked, $told differences announced, $refused policies refused"
}
read_by_chance() { # FORMAT [KIND]
	need "$1: files by chance" python3 || return 0
	calls=0 told=0 refused=0
	check "$1: files by chance${2:+ ($2)}" by_chance "$@"
	echo "$1: $calls calls asked, $told differences announced, $refused files refused by the tool"
}

wanted() { [[ " ${TOOLS:-libseccomp firejail systemd kafel firecracker minijail} " = *" $1 "* ]]; }
unknown='nothing' elsewhere='nothing'
# Calls that are newer than Debian 12's libseccomp, the oldest that is tested.
newer='seccomp|landlock_.*|fchmodat2|cachestat|map_shadow_stack|futex_wa(it|ke)|futex_requeue|statmount|listmount|listns|lsm_.*|mseal|.*xattrat|open_tree_attr|file_[gs]etattr|uretprobe|uprobe|rseq_slice_yield|set_mempolicy_home_node'
if ! wanted libseccomp; then
	:
elif need "libseccomp" cc pkg-config && pkg-config --exists libseccomp; then
	unknown=$newer
	both_ways libseccomp x86_64 i386 aarch64 x86_64,i386 x86_64,i386,aarch64
	unknown='nothing'
else
	skip "libseccomp" "no libseccomp here"
fi

fseccomp=$(ls /usr/lib/*/firejail/fseccomp /usr/lib/firejail/fseccomp 2>/dev/null | head -n 1)
if ! wanted firejail; then
	:
elif [ -n "$fseccomp" ]; then
	both_ways firejail x86_64
else
	skip "firejail" "no firejail here"
fi

library=$(ls /usr/lib/*/systemd/libsystemd-shared-*.so /lib/systemd/libsystemd-shared-*.so /usr/lib/systemd/libsystemd-shared-*.so 2>/dev/null | head -n 1)
mkdir probe
if ! wanted systemd; then
	:
elif [ -n "$library" ] && "$made/systemd_filters" "$library" probe SystemCallFilter=read 2>probe.out; then
	unknown="$newer|open_tree|syscall_0x.*" elsewhere='.*'
	in_default=$(systemd-analyze syscall-filter @default | sed '1,2d; s/^ *//' | paste -sd '|')
	both_ways systemd x86_64
	unknown='nothing' elsewhere='nothing'
else
	skip "systemd" "no library of systemd here that has the functions of systemd 252"
fi

: "${KAFEL:=$(ldconfig -p 2>/dev/null | sed -n 's/.*libkafel\.so.* => //p' | head -n 1)}"
if ! wanted kafel; then
	:
elif [ -n "$KAFEL" ]; then
	both_ways kafel x86_64 i386 aarch64
	read_by_chance kafel
else
	skip "kafel" "no libkafel.so here; KAFEL=PATH names one"
fi

# Without seccompiler itself, a program of ours does with libseccomp what its source does. Files by chance are not given to it:
# libseccomp 2.5 confuses several rules of one call that compare the same arguments by > and <= (socket, with args 0 and 1 in one rule
# and 0 to 2 in another).
chance=${SECCOMPILER:+yes}
: "${SECCOMPILER:=$made/firecracker_filter}"
if ! wanted firecracker; then
	:
elif ! cc -E - <<<'#include <seccomp.h>' >/dev/null 2>&1; then
	skip "firecracker" "no libseccomp here; SECCOMPILER=PROGRAM names a seccompiler"
else
	unknown=$newer
	both_ways firecracker x86_64 aarch64
	[ -z "$chance" ] || read_by_chance firecracker
	unknown='nothing'
fi

minijail=$(command -v minijail0 || ls "$CONSUMERS_CACHE"/releases/*/bin/minijail0 2>/dev/null | head -n 1)
if ! wanted minijail; then
	:
elif [ -z "$minijail" ]; then
	skip "minijail" "no minijail0 here; tests/consumers/run fetches one"
elif ! cc -shared -fPIC -O1 -D_GNU_SOURCE -o dump_filter.so "$SOURCE/tests/consumers/dump_filter.c" || ! "$minijail" -T static -n -- "$(type -P true)" 2>probe.out; then
	skip "minijail" "$(tail -n 1 probe.out)"
else
	unknown='cachestat|fchmodat2|map_shadow_stack|futex_(wake|wait|requeue)|statmount|listmount|listns|lsm_.*|mseal|.*xattrat|open_tree_attr|file_[gs]etattr|uretprobe|uprobe|rseq_slice_yield' # newer than Linux 6.1, as is said
	both_ways minijail x86_64
	read_by_chance minijail
fi
if ! wanted minijail; then
	:
elif [ -n "${MINIJAIL_COMPILER:-}" ]; then
	unknown='nothing'
	read_by_chance minijail minijail-compiler
else
	skip "minijail's compiler" "no compile_seccomp_policy.py here; MINIJAIL_COMPILER=PROGRAM names one"
fi
exit 0

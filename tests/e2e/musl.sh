# A program linked with one libc works under the --portable policy learned from it with another
# libc: glibc and musl, dynamic and static, each under the policies of the others.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing musl
have musl-gcc || skip_all musl "no musl-gcc here"
need musl libc || exit 0

# build NAME COMPILER OPTIONS…: the program linked that way, where this toolchain can; kinds has those that are there.
kinds=
build() {
	local name=$1
	shift
	if "$@" -O1 -D_GNU_SOURCE= -pthread -o "$name" "$SOURCE/tests/programs/libc.c" >build.out 2>&1 &&
		(./"$name" child >/dev/null; [ $? -eq 7 ]) 2>>build.out; then
		kinds="$kinds $name"
	else
		skip "$name" "cannot be built or started here: $(head -n 1 build.out)"
	fi
}
build glibc "${CC:-cc}"
build glibc-static "${CC:-cc}" -static
build musl musl-gcc
build musl-static musl-gcc -static
case $kinds in
*glibc*musl*) ;;
*) skip_all musl "not both libcs are here" ;;
esac
# The test shows nothing where the compiler behind the name cc links with musl itself.
! ldd glibc 2>/dev/null | grep -q musl || skip_all musl "the system's own libc is musl"

# run_in_folder OUTPUT COMMAND…: its output and status, in a fresh folder of always the same name.
run_in_folder() {
	local output=$1 status=0
	shift
	rm -rf work
	mkdir work
	(cd work && exec "$@") >"$output" 2>"$output.err" </dev/null || status=$?
	echo "status $status" >>"$output"
}

argument= # of the program
recorded() {
	rm -f "$1.json"
	run_in_folder "$1.plain" "$PWD/$1" $argument &&
		run_in_folder "$1.out" "$PINHOLE" record -o "$PWD/$1.json" -- "$PWD/$1" $argument &&
		same "$1.plain" "$1.out" && grep -qx 'status 3' "$1.out" || { cat "$1.out.err"; false; }
}
for kind in $kinds; do
	check "$kind: recorded" recorded "$kind"
	check "$kind: does what glibc's does" same glibc.plain "$kind.plain"
done

# lives KIND FILTER: under it, the program does what it does when nobody watches.
lives() {
	run_in_folder filtered.out "$PINHOLE" run "$PWD/$2" -- "$PWD/$1" $argument
	same "$1.plain" filtered.out || { cat filtered.out.err; false; }
}
limit() { # FILTER KIND OPTION…
	local filter=$1 kind=$2
	shift 2
	"$PINHOLE" policy "$@" "$kind.json" -o "$filter.policy" && "$PINHOLE" generate "$filter.policy" -o "$filter.bpf" &&
		"$PINHOLE" check "$filter.bpf" "$kind.json"
}

for args in shape none; do
	for learned in $kinds; do
		check "--args=$args: a portable policy from $learned" limit portable "$learned" --portable --args=$args
		for kind in $kinds; do
			check "--args=$args: $kind under the portable policy of $learned" lives "$kind" portable.bpf
		done
	done
done

# Without the option the other libc is refused something: the option is what makes the difference.
refused() {
	local there=0 back=0
	limit glibc "glibc" --args="$1" && limit musl "$2" --args="$1" && lives glibc glibc.bpf && lives "$2" musl.bpf || return 1
	lives "$2" glibc.bpf >/dev/null || there=1
	lives glibc musl.bpf >/dev/null || back=1
	[ $((there + back)) -gt 0 ] || { echo "both live without --portable"; false; }
}
for args in shape none; do
	for kind in $kinds; do
		case $kind in
		musl*) check "--args=$args: without --portable, glibc and $kind refuse each other" refused $args "$kind" ;;
		esac
	done
done

# Time zones: glibc reads a part of their file and seeks, musl maps it shared.
argument=zone
export TZ=Europe/Paris
if [ ! -e /usr/share/zoneinfo/$TZ ]; then
	skip "time zones" "no /usr/share/zoneinfo/$TZ here"
else
	for kind in glibc musl; do
		case "$kinds " in
		*" $kind "*) check "$kind, a time zone: recorded" recorded $kind ;;
		*) skip "time zones" "no $kind here"; exit 0 ;;
		esac
	done
	for learned in glibc musl; do
		check "a time zone: a portable policy from $learned" limit portable $learned --portable
		for kind in glibc musl; do
			check "a time zone: $kind under the portable policy of $learned" lives $kind portable.bpf
		done
	done
fi
exit 0

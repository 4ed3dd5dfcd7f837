# What the scripts share that make the tables of tests/bench/RESULTS.md: learning policies from the workloads of
# tests/e2e/roundtrip. Sourced by bash, with SOURCE set. SPDX-License-Identifier: MIT
me=tools/dev/$(basename "$0")
PINHOLE=$(realpath -m "${PINHOLE:-$SOURCE/build/pinhole}")
[ -x "$PINHOLE" ] || {
	echo "$me: $PINHOLE is not there; run make" >&2
	exit 2
}
. "$SOURCE/tests/lib.sh"
# A python3 that is a version manager's script would be recorded as the shell that it is.
PATH=$(dirname "$(python3 -c 'import sys; print(sys.executable)')"):$PATH
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin # nginx, for an ordinary user on Debian
scratch=$(mktemp -d "${TMPDIR:-/tmp}/pinhole-learn.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

# learn NAME [OPTION…]: records its workload to $scratch/NAME.json, derives NAME.policy (with these options) and NAME.bpf.
learn() {
	local tool requires= name=$1
	shift
	prepare() { :; }
	. "$SOURCE/tests/e2e/roundtrip/$name.sh"
	prepared || exit 1
	for tool in $requires; do
		have "$tool" || have_program "$tool" || {
			echo "$me: no $tool here; run tools/dev/setup --test" >&2
			exit 1
		}
	done
	# Recorded, it must do what it does when nobody watches; its status is its own business.
	try plain
	try recorded "$PINHOLE" record -o "$scratch/$name.json" --
	same "$scratch/plain" "$scratch/recorded" >&2 &&
		"$PINHOLE" policy "$@" "$scratch/$name.json" -o "$scratch/$name.policy" &&
		"$PINHOLE" generate "$scratch/$name.policy" -o "$scratch/$name.bpf" || {
		tail -n 20 "$scratch/recorded.err" >&2
		exit 1
	}
}
# Builds what a workload runs, where it has something to build.
prepared() { (cd "$scratch" && prepare) >"$scratch/prepare.out" 2>&1 || { head -n 1 "$scratch/prepare.out" >&2; false; }; }
try() { # OUTPUT PREFIX…: in a fresh folder of always the same name
	local output=$scratch/$1
	shift
	rm -rf "$scratch/work"
	mkdir "$scratch/work"
	(cd "$scratch/work" && HOME=$PWD TMPDIR=$PWD && set +eu && workload "$@") >"$output" 2>"$output.err" </dev/null || true
}

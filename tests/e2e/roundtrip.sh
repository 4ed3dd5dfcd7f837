# Record, generate, run under the filter with the default `kill`: the output equals that of a plain
# run, to the byte. Each file of roundtrip/ is a workload: `requires` names its tools; `prepare`, if
# it exists, builds its programs; `workload PREFIX…` runs it with the recorder (or nothing) before
# the command, in a folder beside the built programs, and prints output that is always the same;
# `exact=no` if its calls have arguments that differ between runs.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing roundtrip

# under ARGS: the workload under a policy of that tightness does what it did when nobody watched.
under() {
	"$PINHOLE" policy profile.json --args="$1" -o "$1.json" &&
		"$PINHOLE" generate "$1.json" -o "$1.bpf" &&
		"$PINHOLE" check "$1.bpf" profile.json || return 1
	run_workload "$1.out" "$PINHOLE" run "$PWD/$1.bpf" --
	same plain.out "$1.out" || { tail -n 20 "$1.out.err"; false; }
}

round_trip() {
	load_workload "$1" || return 0
	run_workload plain.out
	run_workload again.out
	same plain.out again.out || {
		fail "$1" "two plain runs differ"
		diff plain.out again.out >&2
		tail -n 20 plain.out.err again.out.err >&2
		return 0
	}
	run_workload record.out "$PINHOLE" record -o "$PWD/profile.json" --
	check "$1: recorded as if nobody watched" same plain.out record.out || { tail -n 20 record.out.err >&2; return 0; }
	check "$1: allowed by its own filter, --args=shape" under shape
	check "$1: allowed by its own filter, --args=none" under none
	[ $exact = no ] || check "$1: allowed by its own filter, --args=exact" under exact
}

each_workload round_trip
exit 0

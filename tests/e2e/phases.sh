# Phase `serve`: where it begins, its facts in each mode, and its filter in `run`.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing phases
need phases serving python3 || exit 0
serving=$PROGRAMS/serving

record() { timeout -k 5 60 "$PINHOLE" record -q "$@"; }
# Phases, calls and arguments; who waits for whom is chance.
kinds() { facts "$1" | awk '$3 != "futex" && $3 != "mprotect" && $3 != "sched_yield" { $4 = ""; print }' | sort -u; }
recorded() { # PROFILE OPTION… -- ARGUMENT…: the same facts by phase as in mode exact
	local profile=$1
	shift
	record --phase-at=sched_yield -o "$profile" "$@" >said && kinds exact.json >exact.kinds && kinds "$profile" >kinds && same exact.kinds kinds
}
for case in plain many child thread exec; do
	rm -f exact.json
	record --mode=exact --phase-at=sched_yield -o exact.json -- "$serving" $case >said
	check "$case: the start is of main" fact exact.json '^main x86_64 mincore '
	check "$case: and not of serve" no_fact exact.json '^serve .* mincore '
	check "$case: the call itself is of serve" fact exact.json '^serve x86_64 sched_yield '
	check "$case: what comes then, too" fact exact.json '^serve x86_64 getsid '
	check "$case: and not of main" no_fact exact.json '^(main|load) .* getsid '
	for after in 0 30 1000; do
		rm -f quiet.json
		check "$case: the same by phase, quiet after $after calls" recorded quiet.json --quiet-after=$after -- "$serving" $case
		check "$case: the same by phase once more" recorded quiet.json --quiet-after=$after -- "$serving" $case
	done
	rm -f plain.json
	check "$case: the same by phase in mode plain" recorded plain.json --mode=plain -- "$serving" $case
	[ $case != exec ] || check "exec: what is executed then has no load" fact exact.json '^serve x86_64 (pread64|mmap) '
done
quiet_then() { # two stops for each of the five thousand calls of main, few for the fifteen of serve
	"$PINHOLE" record -o many.json -- "$serving" many >said 2>err && [ "$(sed -n 's/.* \([0-9]*\) stops.*/\1/p' err | head -n 1)" -lt 11000 ] || { cat err; false; }
}
rm -f many.json && record --phase-at=sched_yield -o many.json -- "$serving" many >said
check "a warm recording is quiet once the phase begins, and takes the call from the profile" quiet_then

# A profile has one such phase, or none.
says() { # STATUS TEXT COMMAND…
	local status=$1 text=$2
	shift 2
	expect "$status" "$@" >out 2>err && grep -Eq -- "$text" err || { cat err; false; }
}
cp exact.json served.json
record -o none.json -- "$serving" >said
record --phase-at=getsid -o other.json -- "$serving" >said
check "another call is refused" says 2 'phase serve begins at sched_yield' "$PINHOLE" record -o served.json --phase-at=getsid -- true
check "and one for a profile without" says 2 'recorded without phase serve' "$PINHOLE" record -o none.json --phase-at=getsid -- true
check "-p on such a profile is refused" says 2 'running processes' "$PINHOLE" record -o served.json -p $$ --timeout=1
check "-p with a call is refused" says 2 'running processes' "$PINHOLE" record -o new.json -p $$ --phase-at=getsid --timeout=1
check "an unknown call is refused" says 2 'not a system call; did you mean sched_yield' "$PINHOLE" record -o new.json --phase-at=sched_yeld -- true
check "profiles of different calls are not merged" says 2 'from sched_yield .* from getsid' "$PINHOLE" merge -o new.json served.json other.json
check "nor with one that has none" says 2 'no phase serve' "$PINHOLE" merge -o new.json none.json served.json
edited() { # TEXT JSON: a run's phase_at in a file that was edited
	sed "0,/\"phase_at\": \"sched_yield\"/s//$2/" many.json >edited.json && says 2 "$1" "$PINHOLE" show edited.json
}
"$PINHOLE" record -o many.json -- "$serving" many >said 2>&1
check "a file with two such calls is refused" edited 'phase_at: differs from that of runs.0' '"phase_at": "getsid"'
check "and one with a call that there is not" edited 'phase_at: unknown system call' '"phase_at": "sched_yeld"'
check "and one with no text there" edited 'phase_at' '"phase_at": 1'
merges() {
	"$PINHOLE" merge -o a.json served.json many.json && "$PINHOLE" merge -o b.json many.json served.json &&
		"$PINHOLE" merge -o c.json a.json served.json && cmp a.json b.json && cmp a.json c.json
}
check "those of one call are, in any order" merges

# Policies.
has_call() { "$PINHOLE" policy --phase="$1" served.json -o phase.policy && grep -q "\"syscall\": \"$2\"" phase.policy; }
has_no_call() { "$PINHOLE" policy --generalize=none --phase="$1" served.json -o phase.policy && ! grep -q "\"syscall\": \"$2\"" phase.policy; }
record --mode=exact --phase-at=sched_yield -o lived.json -- "$serving" >said && mv lived.json served.json
check "the policy of serve has what it does" has_call serve getsid
check "and not what the start did" has_no_call serve mincore
check "several phases: what each does" has_call main,serve mincore
check "and of the other one" has_call main,serve getsid
check "but not the loader's" has_no_call main,serve pread64
check "an unknown phase is refused" says 2 'load, main, serve' "$PINHOLE" policy --phase=main,idle served.json
check "a policy of load alone runs nothing" says 2 'phase load' sh -c "'$PINHOLE' policy --phase=load served.json | '$PINHOLE' run - -- true"

# Run: the filter of serve comes with the first such call, in each process, for all its threads.
for case in plain many child thread exec; do
	rm -f p.json
	record --phase-at=sched_yield -o p.json -- "$serving" $case >"$case.said"
	lives() { timeout 100 "$PINHOLE" run "$@" p.json -- "$serving" $case >out 2>err && same "$case.said" out; }
	ends() { # STATUS TEXT OPTION…
		local status=$1 text=$2
		shift 2
		expect "$status" timeout 100 "$PINHOLE" run "$@" p.json -- "$serving" $case late >out 2>err && { [ -z "$text" ] || grep -q "$text" out; }
	}
	for at in exec entry; do
		check "$case, --at=$at: lives under its filters" lives --at=$at
		case $case in
		child)
			check "$case, --at=$at: the start's call is denied to a child that serves" ends 0 'was killed' --at=$at
			check "$case, --at=$at: but not in one phase" ends 0 'has ended' --at=$at --one-phase
			;;
		exec) ;;
		*)
			check "$case, --at=$at: the start's call is denied to who serves" ends 159 '' --at=$at
			check "$case, --at=$at: but not in one phase" ends 0 served --at=$at --one-phase
			;;
		esac
	done
done
rm -f p.json && record --phase-at=sched_yield -o p.json -- "$serving" >plain.said
unseen() { expect 159 "$PINHOLE" run "$@" p.json -- "$serving" unseen; }
check "a call never seen is denied, --at=exec" unseen
check "a call never seen is denied, --at=entry" unseen --at=entry
softer() { expect "$1" "$PINHOLE" run --at=entry --default="$2" p.json -- "$serving" plain late >out && grep -q served out; }
check "--default goes for both filters" softer 0 errno:EPERM

# The same with two policies, or filters.
"$PINHOLE" policy --phase=main,serve p.json -o main.policy && "$PINHOLE" policy --phase=serve p.json -o serve.policy &&
	"$PINHOLE" generate serve.policy -o serve.bpf && "$PINHOLE" generate main.policy -o main.bpf
by_files() { # STATUS FIRST SERVE ARGUMENT…
	local status=$1 first=$2 last=$3
	shift 3
	expect "$status" "$PINHOLE" run --at=entry --serve="$last" --phase-at=sched_yield "$first" -- "$serving" "$@"
}
check "two policies: it lives" by_files 0 main.policy serve.policy
check "two policies: the start's call is denied" by_files 159 main.policy serve.policy plain late
check "a policy and a filter: it lives" by_files 0 main.policy serve.bpf
check "a policy and a filter: the start's call is denied" by_files 159 main.policy serve.bpf plain late
check "a profile and a policy" by_files 159 p.json serve.policy plain late
check "a first filter that lets no other be installed" says 0 "install another filter" by_files 2 main.bpf serve.bpf
check "a profile for serve" says 0 "a policy or a filter" by_files 2 main.policy p.json
check "a policy for serve, and no call" says 2 'need each other' "$PINHOLE" run --serve=serve.policy main.policy -- true

# Processes that other threads make while the filter is installed have it, or wait for it.
for i in 1 2 3 4 5; do record --phase-at=sched_yield -o racing.json -- "$PROGRAMS/racing" 0 >said; done
raced() { # AT: none of them lacks it; what is denied is another matter, and what threads do first is chance
	local i said status
	for i in $(seq 8); do
		status=0
		said=$(timeout 100 "$PINHOLE" run --default=allow --at="$1" racing.json -- "$PROGRAMS/racing" 2) || status=$?
		[ "$said, $status" = "0, 0" ] || { echo "run $i: $said, status $status"; return 1; }
	done
}
for at in exec entry; do check "processes made meanwhile have both filters, --at=$at" raced $at; done
# They need not look at their filters: they serve, and must not do what the start did.
rm -f heirs.json && record --phase-at=sched_yield -o heirs.json -- "$PROGRAMS/heirs" deaf >said
record --phase-at=sched_yield -o heirs.json -- "$PROGRAMS/heirs" deadly >said
python3 - heirs.json <<'PYTHON'
import json, sys
profile = json.load(open(sys.argv[1]))
profile["facts"] = [f for f in profile["facts"] if (f["phase"], f["syscall"]) != ("serve", "mincore")]
json.dump(profile, open(sys.argv[1], "w"))
PYTHON
inherited() { # STATUS AT ARGUMENT…: all write into one pipe, so its end is theirs
	local i status=$1 at=$2
	shift 2
	for i in 1 2 3 4; do
		{
			timeout 100 "$PINHOLE" run --at="$at" heirs.json -- "$PROGRAMS/heirs" "$@" 2>err
			echo "status $?"
		} | cat >out
		[ "$(cat out)" = "status $status" ] || { sort out err | uniq -c; return 1; }
	done
}
for at in exec entry; do
	check "nor goes one of them on without, --at=$at" inherited 0 $at
	check "nor one whose maker is refused its filter, --at=$at" inherited 2 $at own
	check "nor who denies its own end, --at=$at" inherited 137 $at deaf
	check "nor runs on who denies its own end, --at=$at" inherited 137 $at brittle
	check "nor those whose thread dies of it, --at=$at" inherited 2 $at deadly
done

# Whoever traces dies: nothing goes on untightened. Who never serves is traced to its end, which is its own.
rm -f s.json && record --phase-at=sched_yield -o s.json -- sleep 0.1
python3 - s.json <<'PYTHON'
import json, sys
profile = json.load(open(sys.argv[1]))
profile["facts"].append({**[f for f in profile["facts"] if f["syscall"] == "close"][0], "phase": "serve"})
json.dump(profile, open(sys.argv[1], "w"))
PYTHON
orphaned() {
	"$PINHOLE" run --at=entry s.json -- sleep 30 &
	local pid=$! tracer=0 status=0
	wait_for 60 grep -q '^Seccomp_filters:.*1' /proc/$pid/status && tracer=$(awk '/^TracerPid/ { print $2 }' /proc/$pid/status)
	[ "$tracer" -gt 1 ] && kill -KILL "$tracer" && { wait $pid || status=$?; }
	[ $status -eq 137 ] || { echo "tracer $tracer, status $status"; kill $pid; false; }
}
check "with the helper the program ends" orphaned
no_tracer_left() {
	"$PINHOLE" run --at=entry s.json -- sleep 30 &
	local pid=$! tracer=0 status=0
	wait_for 60 grep -q '^Seccomp_filters:.*1' /proc/$pid/status && tracer=$(awk '/^TracerPid/ { print $2 }' /proc/$pid/status)
	kill -TERM $pid && { wait $pid || status=$?; }
	[ $status -eq 143 ] && wait_for 60 test ! -e /proc/"$tracer" || { echo "tracer $tracer, status $status"; false; }
}
check "with the program the helper ends" no_tracer_left
exit 0

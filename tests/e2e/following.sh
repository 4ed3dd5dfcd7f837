# A command's processes never escape: orphans, programs with their own filters, libraries loaded
# before main; and the life of the recorder itself.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing following

# Phases.
# (ASan's runtime, where pinhole has it, wants to come first.)
preloaded() { rm -f phases.json && ASAN_OPTIONS=verify_asan_link_order=0 LD_PRELOAD=$PROGRAMS/constructor "$PINHOLE" record "$1" -o phases.json -- "$PROGRAMS/phases"; }
if need phases constructor phases; then
	for mode in --mode=exact --mode=plain --mode=quiet; do
		check "$mode: recorded with a preloaded library" preloaded $mode
		check "$mode: a constructor's call is of phase load" fact phases.json '^load [^ ]+ getpriority 1 which=PRIO_USER '
		check "$mode: main's call is of phase main" fact phases.json '^main [^ ]+ getpriority 1 which=PRIO_PROCESS '
		check "$mode: the loader's calls are of phase load" no_fact phases.json '^main [^ ]+ (openat|set_tid_address) '
		check "$mode: and so is execve" fact phases.json '^load [^ ]+ execve 1 '
	done
	check "a static binary has nothing to load" "$PINHOLE" record -o static.json -- "$PROGRAMS/nothing"
	check "but itself" no_fact static.json '^load [^ ]+ (mmap|brk|openat|exit_group) '
	check "its one call is of phase main" fact static.json '^main [^ ]+ exit_group 1 '
	check "each image of a tree has its load phase" "$PINHOLE" record -o images.json -- sh -c "$PROGRAMS/phases; $PROGRAMS/phases"
	check "seen twice" fact images.json '^main [^ ]+ getpriority 2 which=PRIO_PROCESS phases$'
fi

# Programs.
check "programs are told apart" "$PINHOLE" record -o programs.json -- bash -c "seq 3 | sort -n >/dev/null; $PROGRAMS/phases"
check "by what they did" fact programs.json '^main [^ ]+ getpriority 1 which=PRIO_PROCESS phases$'
check "with their paths and build IDs" python3 -c '
import json, sys
programs = json.load(open("programs.json"))["programs"]
names = {program["path"].rsplit("/", 1)[-1] for program in programs}
assert {"bash", "phases", "sort"} <= names, names
for program in programs:
    assert program["path"].startswith("/"), program
    if program["path"].endswith("/phases"):
        assert len(bytes.fromhex(program["build_id"])) == 20, program
'

identified() { # PROGRAM: as readelf says
	rm -f identified.json
	local id=$(readelf -n "$PROGRAMS/$1" | sed -n 's/^ *Build ID: //p')
	"$PINHOLE" record -q -o identified.json -- "$PROGRAMS/$1" >out 2>err
	[ -n "$id" ] && grep -q "\"/[^\"]*/$1\", \"build_id\": \"$id\"" identified.json ||
		{ echo "$id"; grep build_id identified.json; false; }
}
if have readelf; then
	for program in phases dynamic static static_pie i386 i386_static; do
		need "the build ID of $program" $program && check "the build ID of $program" identified $program
	done
else
	skip "build IDs" "no readelf here"
fi

check "and who started whom" python3 -c '
import json
programs = json.load(open("programs.json"))["programs"]
names = [program["path"].rsplit("/", 1)[-1] for program in programs]
starters = {name: [names[i] for i in program.get("started_by", [])] for name, program in zip(names, programs)}
assert starters == {"bash": [], "phases": ["bash"], "seq": ["bash"], "sort": ["bash"]}, starters
'

# Orphans: the recorder stays as long as there is anyone to watch, as strace does, and ends as the command did.
orphan() {
	rm -f orphan.done orphan.json
	expect 4 "$PINHOLE" record "$1" -o orphan.json -- "$PROGRAMS/orphan" && test -e orphan.done &&
		fact orphan.json '^main [^ ]+ getpriority 1 which=PRIO_PROCESS '
}
for mode in --mode=exact --mode=plain --mode=quiet; do
	check "$mode: what outlives the command is recorded too" orphan $mode
	# A filter of the program's own answers before or instead of ours.
	check "$mode: a program with a filter of its own" "$PINHOLE" record $mode -o own.json -- "$PROGRAMS/own_filter"
	check "$mode: calls that its filter answers are seen" fact own.json '^main [^ ]+ getppid 2 '
	check "$mode: those that it traps too" fact own.json '^main [^ ]+ getuid 1 '
	check "$mode: and those after it" fact own.json '^main [^ ]+ getpriority 1 which=PRIO_PROCESS '
	check "$mode: in its children" fact own.json '^main [^ ]+ getpriority 1 which=PRIO_PGRP '
	rm -f own.json
done

# Privileges: root's command is left as it is; without privileges no_new_privs is set in exact mode alone.
no_new_privs() { "$PINHOLE" record "$1" -o state.json -- sed -n 's/^NoNewPrivs:[^0-9]*//p' /proc/self/status >out && [ "$(cat out)" = "$2" ]; }
outside=$(sed -n 's/^NoNewPrivs:[^0-9]*//p' /proc/self/status)
check "--mode=plain sets no no_new_privs" no_new_privs --mode=plain "$outside"
rm -f state.json
check "--mode=quiet sets none at first" no_new_privs --mode=quiet "$outside"
if grep -q '^CapEff:.*[2367abef].....$' /proc/self/status; then
	check "--mode=exact with privileges sets none either" no_new_privs --mode=exact "$outside"
else
	check "--mode=exact without privileges sets no_new_privs" no_new_privs --mode=exact 1
fi

# Commands that cannot be run: a message that names them, a failure, no profile.
cannot() {
	local status=0
	rm -f none.json
	"$PINHOLE" record -o none.json -- "$@" >out 2>err || status=$?
	[ $status -ne 0 ] && [ $status -lt 128 ] && grep -qF -- "$1" err && [ ! -e none.json ] && [ ! -s out ] ||
		{ echo "status $status"; cat err; ls none.json; false; }
}
echo text >text && printf '#!/nonexistent/shell\n' >orphaned && chmod +x orphaned && printf 'no header' >headerless && chmod a+rx headerless
check "a command that does not exist" cannot nonexistent-command
check "a path that does not exist" cannot /nonexistent/command
check "a folder as command" cannot /tmp
check "a file that is not executable" cannot ./text
check "a script whose shell does not exist" cannot ./orphaned
cannot_run() { ! "$PINHOLE" run own.json -- nonexistent-command 2>err && grep -q nonexistent-command err; }
"$PINHOLE" record -o own.json -- "$PROGRAMS/phases" 2>/dev/null
check "run: a command that does not exist" cannot_run

# Signals to the group, as from a terminal, and to the recorder.
asleep() { grep -qx sleep "/proc/$1/comm" && grep -q '^State:.S' "/proc/$1/status"; } # in its call: at a stop of the recorder's it is in state t
interrupted() {
	local recorder status=0 i
	rm -f killed.json
	set -m
	"$PINHOLE" record -o killed.json -- sh -c 'echo $$ >pid; echo ready >ready; exec sleep 100' >out 2>err &
	recorder=$!
	set +m
	wait_for 60 test -s ready || { echo "not ready"; kill -KILL $recorder; return 1; }
	rm -f ready
	wait_for 60 asleep "$(cat pid)" || { echo "does not sleep"; kill -KILL $recorder; return 1; }
	kill "-$1" -- $2$recorder
	wait_for 60 eval "! kill -0 $recorder" || { echo "the recorder does not end"; kill -KILL $recorder; return 1; }
	wait $recorder || status=$?
	[ $status -eq "$3" ] || { echo "status $status"; cat err; return 1; }
	! kill -0 "$(cat pid)" 2>/dev/null || { echo "the command is left"; kill -KILL "$(cat pid)"; return 1; }
	fact killed.json '^main [^ ]+ clock_nanosleep '
}
check "Ctrl-C ends the command and the profile is kept" interrupted INT - 130
check "SIGTERM to the group ends the command and the profile is kept" interrupted TERM - 143
check "SIGTERM to the recorder ends the command and the profile is kept" interrupted TERM "" 143
check "SIGHUP to the recorder ends the command and the profile is kept" interrupted HUP "" 129
check "a run's end is in the profile" python3 -c '
import json
assert json.load(open("killed.json"))["runs"][0]["exit"] in ("SIGHUP", "signal SIGHUP"), json.load(open("killed.json"))["runs"]'

# A profile grows: what a second run does is added, with its own count.
check "a first run" "$PINHOLE" record -o grows.json --label first -- "$PROGRAMS/phases"
check "a second run of another command" "$PINHOLE" record -o grows.json --label second -- "$PROGRAMS/refuse" good
check "both are there" python3 -c '
import json
profile = json.load(open("grows.json"))
assert {run["label"]: run["command"][1:] for run in profile["runs"]} == {"first": [], "second": ["good"]}, profile["runs"]
assert [run["exit"] for run in profile["runs"]] == ["exit 0"] * 2
assert any(set(fact["runs"]) == {"0", "1"} for fact in profile["facts"])
assert any(set(fact["runs"]) == {"0"} for fact in profile["facts"])
assert any(set(fact["runs"]) == {"1"} for fact in profile["facts"])
'
check "without -o it is pinhole.json" "$PINHOLE" record -- "$PROGRAMS/phases"
check "here" test -s pinhole.json
exit 0

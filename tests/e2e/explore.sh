# explore and record --inject: things go wrong on demand, what the program does then is recorded, and the policy allows it.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing explore
inject() { # FAULT STATUS COMMAND…: records that into a copy of base.json; its exit status must be that
	local fault=$1 status=$2
	shift 2
	cp base.json injected.json && expect "$status" "$PINHOLE" record -q --inject="$fault" -o injected.json -- "$@" >said 2>&1 || { cat said; return 1; }
}
cp "$PROGRAMS/explored" explored || exit 1
echo data >input
check "a first run" "$PINHOLE" record -q -o base.json -- ./explored input output

# One fault at a time. The program ends with 0 if all is well, 3 if it cannot open its input, 4 if it cannot write.
check "openat fails" inject "openat(flags=O_RDONLY):error=EMFILE:phase=main" 3 ./explored input output
check "what it does then is recorded" fact injected.json '^main [a-z0-9_]+ socket 1 domain=AF_UNIX'
check "the failed call is no fact" eval 'facts injected.json | grep -q "^main [a-z0-9_]* openat 1 flags=O_RDONLY" && ! grep -q EMFILE injected.json'
check "the run's mode" grep -q '"mode": "explore"' injected.json
check "the second write fails" inject "write:error=ENOSPC:when=2" 4 ./explored input output
check "all writes from the second on fail" inject "write:error=ENOSPC:when=2+" 4 ./explored input output
check "the first write fails" inject "write:error=EINTR" 4 ./explored input output
check "the hundredth never comes" inject "write:error=ENOSPC:when=100" 0 ./explored input output
inject_exact() { expect 4 "$PINHOLE" record -q --mode=exact --inject="write:error=ENOSPC" -o exact.json -- ./explored input output; }
check "in mode exact" inject_exact
# Of a pipe the kernel passes on what there is: the reader sees what each write transferred.
short() { # MODE WANTED FAULT: what a writer is told that it has written of 12 bytes, and what arrives
	"$PINHOLE" record -q --mode="$1" --inject="$3" -o short.json -- "$PROGRAMS/short_write" | cat >short.out && printf '%s' "$2" | cmp - short.out
}
check "a short write" short quiet "hell: 4 of 12" "write:short=4"
check "in mode exact" short exact "hell: 4 of 12" "write:short=4"
check "a short write that is none" short quiet "hello, world: 12 of 12" "write:short=12"
check "the registers are the program's again" short quiet "hello, world: 12 of 12" "write:short=4:when=2"
delayed() { # the kernel's clock is the judge: a delay is never shorter than asked for
	local from=$(date +%s%N)
	"$PINHOLE" record -q --inject=write:delay=300 -o delayed.json -- ./explored input output && [ $(($(date +%s%N) - from)) -ge 300000000 ]
}
check "a delay" delayed
met() { expect 143 "$PINHOLE" record -q --inject="write:signal=SIGTERM" -o met.json -- sh -c './explored input output; exit $?'; }
check "a signal meets a call" met
# What is inherited: the kernel says what that means.
check "a closed stream" inject stdout=closed 1 sh -c 'echo here >&1'
check "a full disk" inject stdout=full 1 sh -c 'echo here || exit 1'
check "few descriptors" inject limit=nofile:16 0 sh -c 'test $(ulimit -n) = 16'
check "one processor" inject cpus=1 0 sh -c 'test $(nproc) = 1'
check "no variable" inject unset=HOME 0 sh -c 'test -z "${HOME+set}"'
check "another variable" inject set=COLOUR=blue=green 0 sh -c 'test "$COLOUR" = blue=green'
if unshare -rn true 2>/dev/null; then
	check "no network" inject network=none 0 sh -c '! grep -q "^[^lo]*:.*[1-9]" /proc/net/dev'
else
	skip "no network" "no network namespace can be made here"
fi
wrong() { # WORDS FAULT
	expect 2 "$PINHOLE" record --inject="$2" -o none.json -- true 2>said && ! [ -e none.json ] && grep -qF "$1" said || { cat said; return 1; }
}
check "an unknown call" wrong "unknown system call opnat" "opnat:error=EIO"
check "an unknown argument" wrong 'openat has no argument "mood"' "openat(mood=1):error=EIO"
check "an argument that is not recorded" wrong "not recorded" "read(fd=1):error=EIO"
check "an unknown error" wrong "expected error=NAME" "read:error=EWHAT"
check "a short transfer of none" wrong "expected error=NAME" "read:short=0"
check "of a call that transfers nothing" wrong "short=NUMBER is for calls that read or write" "openat:short=1"
check "a delay without end" wrong "expected error=NAME" "read:delay=10001"
check "no error" wrong "says neither" "read:when=2"
check "a bad number" wrong "when=NUMBER" "read:error=EIO:when=x"
check "open parentheses" wrong "closing parenthesis is missing" "openat(flags=O_RDONLY:error=EIO"
check "an unknown value" wrong "stdin must be one of" "stdin=open"
check "an unknown limit" wrong "limit=RESOURCE:NUMBER" "limit=patience:1"
listening() { expect 2 "$PINHOLE" record --mode=listen --inject=read:error=EIO -- true 2>said && grep -q -e "--inject" said; }
check "not while listening" listening

# explore finds what only failures show.
cp base.json explored.json
explored() { "$PINHOLE" explore explored.json --json --test='{} ./explored input "$TMPDIR/output"' >findings.json && python3 - <<'END'
import json
said = json.load(open("findings.json"))
assert said["trials"] > 20 and said["facts"][1] > said["facts"][0], said
assert any(f["trial"].startswith(("openat(", "read ")) and "= E" in f["trial"] for f in said["findings"]), said
profile = json.load(open("explored.json"))
modes = {run["mode"] for run in profile["runs"]}
assert modes == {"quiet", "explore"}, modes
assert len(profile["runs"]) == 1 + len(said["findings"]), (len(profile["runs"]), said)
END
}
check "explore" explored
check "it finds the socket of the program's complaint" fact explored.json '^main [a-z0-9_]+ socket '
check "show marks what is known from failures alone" eval '"$PINHOLE" show explored.json | grep -q "socket(.*explored$"'
check "why names the failure" eval '"$PINHOLE" policy --generalize=none explored.json | grep "\"socket\"" | grep -q "only seen when something was made to fail: [a-z]"'
not_explored() { "$PINHOLE" policy --generalize=none --explored=no -o without.json explored.json && ! grep '"socket"' without.json; }
check "--explored=no leaves it out" not_explored
aside() { "$PINHOLE" confidence explored.json | grep -E "^[0-9]+ explored runs? (is|are) not counted" && "$PINHOLE" confidence --json explored.json | grep -q '"runs": 1,.*"explored": '; }
check "confidence leaves such runs aside" aside
# The kernel is the judge: an input that is not there is a handled error, a kill under the policy of before, handled again after.
judge() {
	"$PINHOLE" policy --generalize=none -o before.json base.json && "$PINHOLE" policy --generalize=none -o after.json explored.json || return 1
	expect 3 ./explored nothing output && expect 159 sh -c '"$0" run before.json -- ./explored nothing output; exit $?' "$PINHOLE" &&
		expect 3 "$PINHOLE" run after.json -- ./explored nothing output
}
check "a handled error is a kill before, and handled again after" judge

# With what the code can reach: counted from the same files by hand.
reached() {
	"$PINHOLE" reach -o explored.reach explored && cp base.json reached.json &&
		"$PINHOLE" explore reached.json --json --reach=explored.reach --within=5s --test='{} ./explored input "$TMPDIR/output"' >reached.out && python3 - <<'END'
import json
said = json.load(open("reached.out"))["reach"]
reach = json.load(open("explored.reach"))
calls = {c["syscall"] for f in reach["files"] for c in f["calls"]} if "files" in reach else {c["syscall"] for c in reach["calls"]}
def seen(path):
    return len(calls & {f["syscall"] for f in json.load(open(path))["facts"]})
assert said["calls"] == len(calls) and said["seen"] == [seen("base.json"), seen("reached.json")], (said["calls"], len(calls), said["seen"])
END
}
need "how much of the reachable was seen" python3 && check "how much of the reachable was seen" reached
reached_words() {
	cp base.json reached.json && "$PINHOLE" explore reached.json --reach=explored.reach --within=1s --test='{} ./explored input "$TMPDIR/output"' >reached.out &&
		grep -q '^of [0-9]* calls that the code can reach, [0-9]* were seen before, [0-9]* after$' reached.out || { cat reached.out; false; }
}
check "in words" reached_words
no_reach() { expect 2 "$PINHOLE" explore reached.json --reach=base.json -- true 2>said && grep -q "^pinhole: base.json: " said; }
check "a file that is none of reach" no_reach

failing() { expect 2 "$PINHOLE" explore explored.json --test=false 2>said && grep -q "the test fails though nothing goes wrong" said; }
check "a test that fails" failing
twice() { expect 2 "$PINHOLE" explore explored.json --test=true -- true 2>said && grep -q "give the test once" said; }
check "a test given twice" twice
without() { expect 2 "$PINHOLE" explore explored.json 2>said && grep -q "test is missing" said; }
check "no test" without
as_words() { cp base.json words.json && "$PINHOLE" explore --within=2s words.json -- ./explored input "a b" >said && cat said && [ -e "a b" ]; }
check "the test as words" as_words
silent() { cp base.json words.json && "$PINHOLE" explore --within=1s words.json -- ./explored input "$PWD/output" 2>said >out && [ ! -s said ] || { cat said; false; }; }
check "without warnings, where there is nothing to warn of" silent
# Whatever a trial does, nothing of it is left: one that hangs, and one that leaves processes behind.
nasty() {
	cat >nasty.sh <<'END'
if ! : 2>/dev/null <input; then
	setsid sleep 987654 &
	sleep 987654
fi
cat input >/dev/null || { setsid sleep 987654 & exit 1; }
END
	"$PINHOLE" record -q -o nasty.json -- sh nasty.sh && "$PINHOLE" explore nasty.json -j4 --timeout=2s --within=20s -- sh nasty.sh || return 1
	! pgrep -f "sleep 987654"
}
check "trials that hang or leave processes" nasty
# Each ends its first trial, where standard input is closed, in another nasty way: hangs deaf to signals, forks without end (each process makes the
# next one and ends), fills its folder, kills what is above it, stops itself. The keeper's own folder and its processes are gone then.
wicked() { # WAY
	local way=$1 name=wicked$((RANDOM))$$
	cp /bin/sleep "$name"
	cat >wicked.sh <<END
[ -e /proc/\$\$/fd/0 ] && exec cat input
touch "$PWD/was.$way"
case $way in
hang) trap '' TERM INT HUP; while :; do ./$name 1; done ;;
fork) f() { ./$name 0.01; f & }; f; f; ./$name 100 ;;
fill) while :; do head -c 100000 /dev/zero >>"\$TMPDIR/full"; ./$name 0.01; done ;;
kill) kill -9 \$PPID; setsid ./$name 100 & ./$name 100 ;;
stop) (setsid ./$name 100 &) ; kill -STOP \$\$ ;;
esac
END
	"$PINHOLE" record -q -o wicked.json -- sh wicked.sh && "$PINHOLE" explore wicked.json -j2 --within="${WICKED:-5s}" -- sh wicked.sh >wicked.out || { cat wicked.out; return 1; }
	[ -e "was.$way" ] && ! pgrep -f "$name" >left.out && ! ls -d "$TMPDIR"/pinhole-explore.* 2>err || { cat left.out; false; }
}
for way in hang fork fill kill stop; do
	check "nothing is left of a trial: $way" wicked "$way"
done
exit 0

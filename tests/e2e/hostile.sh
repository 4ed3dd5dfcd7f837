# A recorded program that works against the recorder: its own filters still apply, and calls aimed
# at the recorder end as without it, or are refused; no fact is lost.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing hostile
need hostile own_trace aimed python3 || exit 0
within() { timeout -k 5 "$@"; } # SECONDS COMMAND…

# Calls that a filter of the program's own hands to a tracer which it does not have (tests/programs/own_trace.h; that it
# notices nothing is in transparency.sh): the profile says that they failed.
failed() {
	rm -f failed.json
	"$PINHOLE" record -q --mode=$1 -o failed.json -- "$PROGRAMS/own_trace" >failed.out &&
		python3 "$SOURCE/tests/oracles/failures" failed.json >failed.txt && grep -qx 'main uname = ENOSYS' failed.txt || { cat failed.txt; false; }
}
for mode in exact plain quiet "quiet --quiet-after=0"; do check "$mode: what the program's own filter refuses is recorded so" failed "$mode"; done
# Where the recorder is about to give the process a filter at that moment (as a thread gives up privileges), its own must not
# come to lie above the program's, of which it would hide the answer. As root; others' processes get it at another call.
contended() {
	rm -f contended.json
	"$PINHOLE" record -q --quiet-after=100000 -o contended.json -- "$PROGRAMS/own_trace" contend 1000 >contended.out && [ ! -s contended.out ] &&
		fact contended.json '^main [^ ]+ seccomp 1000 ' || { sort contended.out | uniq -c; false; }
}
check "quiet: a filter of the program's own while the recorder installs one" contended
attached() {
	printf 'ready\nthis one'"'"'s: Function not implemented\nanother thread'"'"'s: went through\n' >expected
	mkfifo to from
	"$PROGRAMS/own_trace" wait <to >from &
	local watched=$! recorder
	exec 5>to 6<from
	read -r line <&6
	"$PINHOLE" record -q -o attached.json -p $watched &
	recorder=$!
	wait_for 60 grep -q "^TracerPid:[[:space:]]*$recorder$" /proc/$watched/status
	echo >&5
	{ echo "$line"; cat <&6; } >attached.out
	exec 5>&- 6<&-
	expect 0 wait $recorder && same expected attached.out && fact attached.json '^main [^ ]+ getppid 2 '
}
check "-p: the program's own filter ends calls as ever" attached
# Signals that a program sends to its parent reach it, whatever they are, and so do other changes: the recorder does not take
# them for its own, and lives. The lines of two processes come in any order.
aimed() { # PROGRAM CASE MODE
	[ $3 = listen ] || rm -f aimed.json
	[ -e "$1-$2.nobody" ] || within 20 "$PROGRAMS/$1" parent "$PROGRAMS/$1" $2 | sort >"$1-$2.nobody"
	within 60 "$PROGRAMS/$1" parent "$PINHOLE" record -q --mode=$3 -o aimed.json -- "$PROGRAMS/$1" $2 2>err | sort >aimed.out
	same "$1-$2.nobody" aimed.out && fact aimed.json '^main [^ ]+ exit_group ' || { cat err; false; }
}
# Natively the parent would be stopped; recorded it is the recorder, and that is refused.
traced() { # PROGRAM CASE MODE; twice, as the second time it is known
	local i
	rm -f traced.json
	for i in 1 2; do
		expect 3 within 60 "$PINHOLE" record -q --mode=$3 -o traced.json -- "$PROGRAMS/$1" $2 >traced.out 2>err &&
			! grep -v ': Operation not permitted$' traced.out && [ -s traced.out ] || { cat traced.out err; return 1; }
	done
	python3 "$SOURCE/tests/oracles/failures" traced.json | grep -qx 'main ptrace request=PTRACE_ATTACH = \(EPERM\|?\)' # 32 times and more: not known
}
for program in aimed aimed32; do
	need $program $program || continue
	for mode in exact plain quiet "quiet --quiet-after=0"; do
		for case in each queued calls others stop limit overwrite own; do check "$mode, $program: what it does to its parent, $case" aimed $program $case "$mode"; done
		for case in trace trace_late; do check "$mode, $program: it cannot trace the recorder, $case" traced $program $case "$mode"; done
	done
done
# The listener answers such calls in the kernel's stead. It writes nothing into other processes' memory.
listening=$("$PINHOLE" doctor | grep 'ok  *listening')
twice() { rm -f aimed.json; aimed "$@" && aimed "$@"; } # the second time it is known
for program in aimed aimed32; do
	[ -n "$listening" ] && need $program $program || continue
	for case in each queued calls others stop limit own; do check "listen, $program: what it does to its parent, $case" twice $program $case listen; done
done
ended() { # MODE: the parent is killed, and neither the program nor the recorder
	rm -f ended.json ended.out
	printf 'SIGKILL: done\nstill here\n' >ended.expected
	within 20 "$PROGRAMS/aimed" parent "$PINHOLE" record -q --mode=$1 -o ended.json -- "$PROGRAMS/aimed" end >ended.out 2>err
	wait_for 60 test -s ended.json && same ended.expected ended.out && fact ended.json '^main [^ ]+ kill 1 sig=SIGKILL '
}
for mode in exact plain quiet ${listening:+listen}; do check "$mode: a program that kills its parent" ended $mode; done

# Signals that others send to the recorder reach the command, as often and with the values that they have.
received() { # HOW COMMAND…
	local how=$1 pid
	shift
	rm -f received.fifo
	mkfifo received.fifo
	"$@" "$PROGRAMS/aimed" receive >received.fifo 2>err &
	pid=$!
	exec 6<received.fifo
	read -r line <&6
	"$PROGRAMS/aimed" $how $pid
	sort <&6
	exec 6<&-
	wait $pid
}
from_outside() { # HOW MODE
	[ -e received-$1.nobody ] || received $1 env >received-$1.nobody
	rm -f received.json
	received $1 "$PINHOLE" record -q --mode=$2 -o received.json -- >received.out && same received-$1.nobody received.out && [ -s received.json ] ||
		{ cat err; false; }
}
for mode in exact plain quiet ${listening:+listen}; do
	check "$mode: every signal to the recorder is the command's" from_outside send $mode
	check "$mode: and so are those with values" from_outside queue $mode
done

# Timers that an exec keeps are the command's: alarm(2) and exec make a time limit.
timed() { # TIMER SIGNAL: natively, and recorded
	local as
	for as in nobody recorded; do
		python3 - $1 $as "$PINHOLE" <<-'PYTHON'
			import os, signal, sys
			timer, how, pinhole = sys.argv[1:]
			signal.setitimer(getattr(signal, timer), 0.3)
			command = ["sh", "-c", "while :; do :; done"]
			command = command if how == "nobody" else [pinhole, "record", "-q", "-o", "timed.json", "--"] + command
			os.execvp(command[0], command)
		PYTHON
		[ $? -eq $((128 + $2)) ] || { echo "$as: not ended by signal $2"; return 1; }
	done
}
check "alarm(2) before the exec is the command's" timed ITIMER_REAL 14
check "a timer of the processor's time too" timed ITIMER_PROF 27

# -p: what ends a process by default ends the recording, and what was seen is kept.
ends_recording() { # SIGNAL [stopped]: by a signal; one that comes with others, to a recorder that was stopped for a while
	rm -f ends.json
	"$PINHOLE" record -q -o ends.json -p $sleeper &
	local recorder=$!
	wait_for 60 grep -q "^TracerPid:[[:space:]]*$recorder$" /proc/$sleeper/status
	local since=$(cat beats)
	wait_for 60 eval '[ "$(cat beats)" -ge $((since + 3)) ]'
	kill -USR1 $recorder # which does nothing
	since=$(cat beats)
	wait_for 60 eval '[ "$(cat beats)" -ge $((since + 3)) ]'
	[ $# -eq 1 ] || { kill -STOP $recorder && wait_for 60 grep -q '^State:.T' /proc/$recorder/status && sleep 0.3; }
	kill -"$1" $recorder
	[ $# -eq 1 ] || kill -CONT $recorder
	expect 0 wait $recorder && fact ends.json '^main [^ ]+ getppid '
}
python3 -c 'import itertools, os, time
for n in itertools.count():
    os.getppid()
    with open("beats.new", "w") as file: print(n, file=file)
    os.rename("beats.new", "beats")
    time.sleep(0.02)' &
sleeper=$!
wait_for 60 test -s beats
for signal in TERM QUIT ALRM PIPE IO PROF ABRT SEGV XCPU XFSZ SYS RTMIN RTMAX; do check "-p: SIG$signal ends the recording in order" ends_recording $signal; done
for signal in TERM ALRM RTMAX; do check "-p: SIG$signal ends the recording in order, of a recorder that was stopped" ends_recording $signal stopped; done
kill $sleeper
wait $sleeper 2>/dev/null

# Who finds the recorder in /proc, where it is no parent: for signals it is not there, and it cannot be traced.
cat >finds.py <<'END'
import ctypes, os, re, signal, sys, time
def tracer(): return int(re.search(r"TracerPid:\s*(\d+)", open("/proc/self/status").read())[1])
until = time.monotonic() + 20
while not tracer() and time.monotonic() < until: time.sleep(0.02)
pid = tracer()
libc = ctypes.CDLL(None, use_errno=True)
for name in "SIGTERM", "SIGKILL", "SIGSTOP", "SIGRTMIN", "32":
    print(name, ctypes.get_errno() if libc.kill(pid, int(getattr(signal, name, 32))) else "done")
for request in 16, 0x4206:
    print("ptrace", ctypes.get_errno() if libc.ptrace(ctypes.c_long(request), ctypes.c_long(pid), None, None) else "done")
print("listening", tracer() == pid)
END
printf 'SIGTERM 3\nSIGKILL 3\nSIGSTOP 3\nSIGRTMIN 3\n32 3\nptrace 1\nptrace 1\nlistening True\n' >finds.expected
found() {
	rm -f found.json
	python3 finds.py >found.out &
	local watched=$!
	within 30 "$PINHOLE" record -q -o found.json -p $watched && expect 0 wait $watched && same finds.expected found.out && fact found.json '^main [^ ]+ kill '
}
check "-p: a program that aims at the recorder" found
helped() { # the helper stays until the call that is never made
	"$PINHOLE" record -q --phase-at=sched_yield -o helped.json -- python3 -c 'import os; os.sched_yield()' &&
		"$PINHOLE" policy --args=none --default=allow helped.json -o helped.policy &&
		within 30 "$PINHOLE" run --at=entry --serve=helped.policy --phase-at=sched_yield helped.policy -- python3 finds.py >found.out && same finds.expected found.out
}
check "run --at=entry: a program that aims at the helper" helped

# Who traces others is told so at once: it may hang.
traces() {
	rm -f traces.json
	"$PINHOLE" record --mode=$1 -o traces.json -- "$PROGRAMS/tracing" >out 2>err &&
		grep -q 'not permitted' out && [ "$(grep -c 'pinhole: process [0-9]* traces others, .*detect_leaks=0' err)" = 1 ] || { cat out err; false; }
}
for mode in exact plain quiet; do check "$mode: a program that traces is told of" traces $mode; done
printf 'int main(void) { return 0; }\n' >leaks.c
leaks() {
	"$PINHOLE" record -o leaks.json -- env ASAN_OPTIONS=detect_leaks=0 ./leaks 2>err && ! grep 'traces others' err &&
		expect 1 "$PINHOLE" record -o leaks.json -- ./leaks 2>err && grep -q 'traces others' err || { cat err; false; }
}
if { ${CC:-cc} -fsanitize=address -o leaks leaks.c && ./leaks; } >/dev/null 2>&1; then
	check "LeakSanitizer: what to set is said" leaks
else
	skip "LeakSanitizer: what to set is said" "no program can be built with it here"
fi
exit 0

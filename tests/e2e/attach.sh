# pinhole record -p: leaves running processes unchanged; also --timeout, --until and the summary.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing attach
need attach attached python3 || exit 0
attached=$PROGRAMS/attached
by() { timeout -k 5 60 "$PINHOLE" record "$@"; }
says() { # TEXT ARGUMENT…: is refused with that
	local text=$1
	shift
	expect 2 by "$@" >out 2>err && grep -q "^pinhole: .*$text" err || { cat out err; false; }
}
field() { sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status"; }
untouched() { # PID: nobody traces any of its threads, and none has a filter
	local task
	for task in /proc/"$1"/task/*; do
		[ "$(sed -n 's/^TracerPid:[[:space:]]*//p' "$task/status")" = 0 ] || { cat "$task/status"; return 1; }
		[ "$(sed -n 's/^Seccomp:[[:space:]]*//p' "$task/status")" = "$(field $$ Seccomp)" ] || return 1
	done
}

# Again and again, while signals, waits and threads go on: nothing is lost or interrupted.
"$attached" 300 >plain
again() {
	"$attached" 3000 >noticed &
	local pid=$! times=0
	while kill -0 $pid 2>err; do
		by -q -o again.json -p $pid --timeout=40ms 2>err && times=$((times + 1))
	done
	wait $pid
	sed 's/^300 /3000 /' plain >expected && same expected noticed && [ $times -ge 5 ] || { cat err; echo "$times times"; false; }
}
check "attaching and leaving is not noticed" again
crowd() { # of whose threads some are traced, and others not yet, or no longer
	"$PROGRAMS/crowd" 4 >crowd.out &
	local pid=$! times=0
	while kill -0 $pid 2>err; do
		by -q -o crowd.json -p $pid --timeout=10ms 2>err && times=$((times + 1))
	done
	wait $pid
	# Hundreds where the leader is traced and others are not. A few are left: of a thread that is woken for a signal that another
	# one then takes (man pinhole).
	[ "$(sed -n 's/^EINTR: //p' crowd.out)" -le 30 ] && [ $times -ge 2 ] || { cat crowd.out err; echo "$times times"; false; }
}
need "a signal that does nothing ends no thread's wait" crowd && check "a signal that does nothing ends no thread's wait" crowd
spared() { # and is not killed for the call that a sleep goes on by, which its filter denies
	"$PROGRAMS/spared" >plain
	"$PROGRAMS/spared" >noticed &
	local pid=$! times=0
	while kill -0 $pid 2>err; do # sleeps may begin anew
		by -q -o again.json -p $pid --timeout=10ms 2>err && times=$((times + 1))
		sleep 0.3
	done
	wait $pid
	! grep -v 'status \(0\|0x100\)$' noticed && [ $times -ge 2 ] || { cat noticed err; echo "$times times"; false; }
}
need "a filter of its own denies restart_syscall" spared && check "a filter of its own denies restart_syscall" spared

# All threads and descendants: what each of them does is there, from after the attachment.
cat >tree.py <<'END'
import os, threading, time
def wait(call, *arguments):
    while True:
        time.sleep(0.02)
        call(*arguments)
threading.Thread(target=wait, args=(os.getpgid, 0), daemon=True).start()
if os.fork() == 0:
    if os.fork() == 0:
        wait(os.sched_yield)
    wait(os.getppid)
open("ready", "w").close()
wait(os.umask, 0o22)
END
python=$(python3 -c 'import sys; print(sys.executable)')
"$python" tree.py &
tree=$!
while [ ! -e ready ]; do sleep 0.05; done
found() { local name; for name; do "$SOURCE/tests/oracles/facts" tree.json | grep -q "^main [^ ]* $name\b" || { "$SOURCE/tests/oracles/facts" tree.json; return 1; }; done; }
all() {
	by -q -o tree.json -p $tree --timeout=1s && found getpgid getppid sched_yield umask &&
		"$PINHOLE" show tree.json | grep -q "^program 0  $(readlink -f "$python")$" && ! "$SOURCE/tests/oracles/facts" tree.json | grep -q ^load
}
check "threads, children and grandchildren" all
check "and all are left" untouched $tree
switches() { # PID: the least times that one of its threads has waited
	sed -n 's/^voluntary_ctxt_switches:[[:space:]]*//p' /proc/"$1"/task/*/status | sort -n | head -n 1
}
interrupted() { # SIGNAL: ends the recording, which is kept
	local before
	rm -f tree.json
	"$PINHOLE" record -q -o tree.json -p $tree &
	local recorder=$!
	until [ "$(field $tree TracerPid)" = $recorder ]; do sleep 0.02; done
	before=$(switches $tree) # each call is two stops and each round a sleep: so many are some rounds of each thread
	until [ $(($(switches $tree) - before)) -ge 20 ]; do sleep 0.05; done
	kill -$1 $recorder
	expect 0 wait $recorder && found getpgid umask && untouched $tree
}
for signal in INT TERM HUP; do check "SIG$signal ends it" interrupted $signal; done
killed() { # without a filter, the death of the recorder harms nobody
	"$PINHOLE" record -q -o tree.json -p $tree &
	local recorder=$!
	until [ "$(field $tree TracerPid)" = $recorder ]; do sleep 0.02; done
	kill -KILL $recorder
	wait $recorder
	sleep 0.1
	untouched $tree && [ "$(field $tree State | cut -c1)" != t ]
}
check "nor does SIGKILL harm it" killed
stopped() {
	kill -STOP $tree
	while [ "$(field $tree State | cut -c1)" != T ]; do sleep 0.02; done
	by -q -o stopped.json -p $tree --timeout=300ms && [ "$(field $tree State | cut -c1)" = T ] && untouched $tree
	local status=$?
	kill -CONT $tree
	return $status
}
check "a stopped process stays stopped" stopped
continued() {
	kill -STOP $tree
	rm -f stopped.json
	"$PINHOLE" record -q -o stopped.json -p $tree --timeout=2s &
	local recorder=$!
	wait_for 60 grep -q "^TracerPid:[[:space:]]*$recorder$" /proc/$tree/status
	kill -CONT $tree
	expect 0 wait $recorder && "$SOURCE/tests/oracles/facts" stopped.json | grep -q ' umask\b' && untouched $tree
}
check "SIGCONT sets it going meanwhile" continued
by_thread() {
	local thread=$(ls /proc/$tree/task | tail -n 1)
	[ "$thread" != $tree ] && by -q -o thread.json -p "$thread,$tree" --timeout=300ms && untouched $tree
}
check "a thread's id, and a process given twice" by_thread
traced() { # by strace
	strace -o trace -p $tree &
	local other=$! status
	until [ "$(field $tree TracerPid)" = $other ]; do sleep 0.02; done
	says "process $other traces it" -o no.json -p $tree
	status=$?
	kill $other
	wait $other
	[ $status = 0 ] && [ ! -e no.json ]
}
have strace && check "another tracer is named" traced
pkill -P $tree -f tree.py
kill $tree
wait $tree 2>/dev/null
ended() {
	sleep 1 &
	local pid=$!
	by -q -o ended.json -p $pid && "$SOURCE/tests/oracles/facts" ended.json | grep -q ' exit_group\b' && wait $pid
}
check "it ends with the last process" ended

# What can't be.
says_nothing_written() { says "$@" && [ ! -e no.json ]; }
check "no such process" says_nothing_written 'no such process' -o no.json -p 4194304
itself() { expect 2 sh -c 'exec "$1" record -o no.json -p $$' sh "$PINHOLE" 2>err && grep -q 'pinhole itself' err && [ ! -e no.json ]; }
check "itself" itself
[ -n "$(sed -n 's/^Name:[[:space:]]*kthreadd/x/p' /proc/2/status 2>/dev/null)" ] &&
	check "a thread of the kernel" says_nothing_written 'thread of the kernel' -o no.json -p 2
zombie() {
	"$python" -c 'import os, time; pid = os.fork() or os._exit(0); print(pid, flush=True); time.sleep(5)' >zombie &
	local status
	while [ ! -s zombie ]; do sleep 0.02; done
	sleep 0.2
	says_nothing_written 'has ended' -o no.json -p "$(cat zombie)"
	status=$?
	kill $!
	return $status
}
check "one that has ended" zombie
for wrong in 0 -1 x 1,x 1, ,1 99999999999 "1 2"; do check "-p '$wrong'" says 'not process ids' -o no.json -p "$wrong"; done
for wrong in 0 -1 x 1x 0x10 1e99 "" 1.5.2; do check "--timeout='$wrong'" says 'not a duration' -o no.json -p 1 "--timeout=$wrong"; done
check "--until=never" says 'not a duration' -o no.json --until=never -- true
check "--timeout without -p" says '--until=5s' -o no.json --timeout=5s -- true
for option in --mode=exact --mode=quiet --fresh --quiet-after=1; do
	check "-p with $option" says 'mode plain only' -o no.json $option -p 1
done
check "-p with a command" expect 2 by -o no.json -p 1 -- true

# For so long.
until_then() { # on a busy machine the command may not have come to its sleep yet: then it gets more time
	local time
	for time in 300ms 3s 30s; do
		rm -f until.json
		expect 143 by -q -o until.json --until=$time -- sleep 50 || return 1
		! "$SOURCE/tests/oracles/facts" until.json | grep -q nanosleep || break
	done
	"$SOURCE/tests/oracles/facts" until.json | grep -q nanosleep && "$PINHOLE" show until.json | grep -q SIGTERM
}
check "--until ends a command with SIGTERM" until_then
early() { expect 3 by -q -o until.json --until=50s -- sh -c 'exit 3' && expect 4 by -q -o until.json --until=exit -- sh -c 'exit 4'; }
check "--until, and an earlier end" early

# The summary.
summary() { # what is new is counted against what the file had
	rm -f sum.json
	by -o sum.json -- true >out 2>err && [ ! -s out ] &&
		grep -Eqx 'pinhole: sum.json: ([0-9]+) facts, \1 of them new; 1 process, [0-9]+ stops in [0-9.]+ s' err &&
		by -o sum.json -- true 2>err && grep -q ' facts, 0 of them new; ' err &&
		by -q -o sum.json -- true 2>err && [ ! -s err ] || { cat err; false; }
}
check "the summary, and -q" summary
progress() { # on a terminal, where the command does not write to it
	script -qec "'$PINHOLE' record -o sum.json -- sh -c 'sleep 1.2' >/dev/null" /dev/null >shown &&
		grep -q 'pinhole: [0-9]* stops, [0-9]* facts, the newest [0-9]* s ago, [0-9]* process' shown || { cat shown; false; }
}
have script && check "progress on a terminal" progress
no_progress() { by -o sum.json -- sleep 1.2 2>err && ! grep -q ago err; }
check "and nowhere else" no_progress

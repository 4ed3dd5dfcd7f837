# record --mode=listen: the facts that a tracer records, programs that trace others, and a recorder that is killed.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_listening listen
need listen python3 || exit 0
listen() { timeout -k 5 100 "$PINHOLE" record --mode=listen "$@"; }
keepers() { pgrep -x pinhole-keeper | while read -r pid; do [ "$(ps -o stat= -p "$pid")" = Z ] || echo "$pid"; done; }

# The same facts, by the same programs, cold and warm; restart_syscall is what only a tracer brings about.
compared() { # COMMAND…: further pairs are recorded if they differ: see the oracle
	local i pairs="exact.json listen.json"
	for i in 2 3 4; do
		"$SOURCE/tests/oracles/same-facts" --one-phase --ignore=restart_syscall $pairs && return
		rm -f exact$i.json listen$i.json
		"$PINHOLE" record -q --mode=exact -o exact$i.json -- "$@" >/dev/null 2>&1
		listen -q -o listen$i.json -- "$@" >/dev/null 2>&1
		pairs="$pairs exact$i.json listen$i.json"
	done
	return 1
}
same_facts() { # COMMAND…
	rm -f exact.json listen.json
	"$PINHOLE" record -q --mode=exact -o exact.json -- "$@" >exact.out 2>&1
	local want=$?
	expect $want listen -q -o listen.json -- "$@" >listen.out 2>&1 && same exact.out listen.out && compared "$@" &&
		expect $want listen -q -o listen.json -- "$@" >listen.out 2>&1 && same exact.out listen.out && compared "$@" &&
		"$PINHOLE" policy listen.json >policy.json && expect $want "$PINHOLE" run policy.json -- "$@" >run.out 2>&1 && same exact.out run.out
}
while read -r needs name command; do
	need "$name: the facts of exact" $needs || continue
	check "$name: the facts of exact" same_facts bash -c "exec $command"
done <<END
true     true       true
ls       ls         ls /nothing/there
sh       pipes      sh -c 'for i in 1 2 3; do ls / | wc -l; done'
sqlite3  sqlite3    sqlite3 :memory: "CREATE TABLE t (a); INSERT INTO t VALUES (1); SELECT * FROM t"
i386     i386       $PROGRAMS/i386
static   static     $PROGRAMS/static
threads  threads    $PROGRAMS/threads 16
signals  signals    $PROGRAMS/signals
END

# Who made the calls, as a tracer sees it. The loader's frames keep their place in a register that nobody tells the listener.
callers() { # COMMAND…
	rm -f exact.json listen.json
	"$PINHOLE" record -q --mode=exact -o exact.json -- "$@" >/dev/null && listen -q -o listen.json -- "$@" >/dev/null &&
		"$SOURCE/tests/oracles/same-stacks" --least=90 exact.json listen.json
}
if [ "$(uname -m)" = x86_64 ]; then
	check "python3: the callers of exact" callers python3 -c 'import socket, subprocess; subprocess.run(["true"])'
	need "sqlite3: the callers of exact" sqlite3 && check "sqlite3: the callers of exact" callers sqlite3 :memory: "CREATE TABLE t (a)"
	chains() {
		listen -q -o chains.json -- "$PROGRAMS/chains" "$PROGRAMS/chains_library" && "$SOURCE/tests/oracles/chains" chains.json
	}
	check "every frame of known chains" chains
fi

# Each count is the kernel's: nothing is taken for known.
every_call_is_counted() {
	rm -f counts.json && listen -q -o counts.json -- "$PROGRAMS/counts" &&
		listen -q --fresh -o counts.json -- "$PROGRAMS/counts" && "$PINHOLE" show --json counts.json |
		python3 -c '
import json, sys
profile = json.load(sys.stdin)
for fact in profile["facts"]:
    assert fact["phase"] == "main" and "failed" not in fact, fact
    assert fact["runs"]["0"] == fact["runs"]["1"], fact'
}
check "--fresh counts every call, in each run" every_call_is_counted

fewer() { # the second run knows the calls of the first
	rm -f p.json && listen -o p.json -- ls / >/dev/null 2>first.err && listen -o p.json -- ls / >/dev/null 2>second.err &&
		cat first.err second.err && grep -q ' 0 of them new; .* stops' second.err &&
		[ "$(sed -n 's/.*, \([0-9]*\) stops\{0,1\}.*/\1/p' second.err)" -lt 20 ]
}
check "what is known does not notify" fewer
named() { # what is known has passed, and the command has ended before anybody asks what it ran
	for i in 1 2 3 4 5 6 7 8; do listen -q -o named.json -- true || return 1; done
	python3 -c 'import json; print(*[p["path"] for p in json.load(open("named.json"))["programs"]], sep="\n")' >named
	cat named && [ "$(cat named)" = "$(realpath "$(type -P true)")" ]
}
check "no program is unknown" named

# They end as they do natively, which they cannot while they are traced.
as_natively() {
	rm -f traced.json
	# Threads and the debugger write in any order.
	"$@" 2>&1 | sed 's/[0-9]\{3,\}/N/g; s/0x[0-9a-f]*/X/g' | sort >native.out
	listen -q -o traced.json -- "$@" 2>&1 | sed 's/[0-9]\{3,\}/N/g; s/0x[0-9a-f]*/X/g' | sort >recorded.out
	same native.out recorded.out
}
check "a program that asks to be traced" as_natively "$PROGRAMS/tracing"
debugged() {
	rm -f traced.json
	listen -q -o traced.json -- "$@" >recorded.out 2>&1
	cat recorded.out
	grep -q 'Breakpoint 1, main' recorded.out && grep -q '^\[Inferior 1 .*exited normally\]' recorded.out
}
need "strace -f" strace && check "strace -f" as_natively strace -f -o /dev/null sh -c 'ls / | wc -l'
need "gdb" gdb && check "gdb" debugged gdb -q -batch -ex 'break main' -ex run -ex next -ex continue "$PROGRAMS/threads"

failures() {
	expect 2 listen -o none.json -- no-such-command 2>err && grep -q 'not found in PATH' err && [ ! -e none.json ] &&
		expect 2 listen -o none.json -- /etc/passwd 2>err && grep -q 'cannot run it: Permission denied' err &&
		expect 137 listen -q -o sig.json -- sh -c 'kill -KILL $$' && expect 7 listen -q -o sig.json -- sh -c 'exit 7' &&
		expect 2 listen --phase-at=accept4 -o none.json -- true 2>err && expect 2 listen --quiet-after=3 -o none.json -- true 2>err &&
		expect 2 "$PINHOLE" record --mode=listen -p $$ 2>err
}
check "failures and exit statuses" failures
nested() {
	expect 2 listen -q -o outer.json -- "$PINHOLE" record --mode=listen -o inner.json -- true 2>err && grep -q 'listener watches' err &&
		listen -q -o outer.json -- "$PINHOLE" doctor >inner.out && grep -q 'degraded  *listening' inner.out &&
		for i in 1 2 3; do within_listen && return; done
}
# The tracer's timer may end one of its calls early, in the moment before the recorder takes the notification (LIMITS, Listening).
within_listen() { timeout -k 2 20 "$PINHOLE" record --mode=listen -q -o outer.json -- "$PINHOLE" record -q -o inner.json -- true && [ -s inner.json ]; }
check "one listener at a time, but a tracer beside it" nested

signals_are_passed_on() {
	rm -f term.json term.out
	"$PINHOLE" record -q --mode=listen -o term.json -- sh -c 'trap "echo got it; exit 5" TERM; echo ready; while :; do sleep 0.1; done' >term.out 2>&1 &
	local recorder=$! status=0
	wait_for 60 grep -q ready term.out
	kill -TERM $recorder
	wait $recorder || status=$?
	cat term.out && [ $status -eq 5 ] && [ "$(grep -c 'got it' term.out)" -eq 1 ] && [ -s term.json ]
}
check "SIGTERM to the recorder reaches the command" signals_are_passed_on
until_ends() {
	expect 143 listen -q --until=500ms -o until.json -- sleep 100 2>err && [ -s until.json ]
}
check "--until ends the command" until_ends
# What ignores SIGTERM is killed after ten seconds: a deep tree, too, that a thread has begun, with few descriptors to find it by.
marked="sleep 54321.$$"
cat >deep.py <<END
import subprocess, threading
program = '[ \$1 -eq 0 ] && exec $marked; sh -c "\$0" "\$0" \$((\$1 - 1)); :'
thread = threading.Thread(target=subprocess.run, args=(["sh", "-c", program, program, "200"],))
thread.start()
thread.join()
END
deep_tree_ends() {
	local left
	(trap '' TERM && ulimit -n 40 && expect 137 "$PINHOLE" record --mode=listen -q --until=4s -o deep.json -- python3 deep.py) 2>err ||
		{ cat err; return 1; }
	wait_for 10 gone "$marked" && return
	left=$(pgrep -f "$marked")
	echo "left:" $left
	kill -KILL $left
	return 1
}
check "--until kills a deep tree" deep_tree_ends

# The recorder is killed: the program goes on as if nothing was, and the keeper ends with it. KILLS: how often.
kills=${KILLS:-15}
program='i=0; while [ $i -lt 25 ]; do ls / >/dev/null && cat /etc/hostname >/dev/null || echo wrong; i=$((i + 1)); done; echo done'
# Killed before the exec, nothing was started.
over() { grep -q done killed.out || ! pgrep -f '[i] -lt 25' >/dev/null; }
killed() {
	local recorder
	for i in $(seq "$kills"); do
		rm -f killed.out
		"$PINHOLE" record -q --mode=listen -o killed.json -- sh -c "$program" >killed.out 2>&1 &
		recorder=$!
		sleep "$(printf '0.%03d' $((RANDOM % 400)))"
		kill -KILL $recorder 2>/dev/null
		wait $recorder 2>/dev/null
		wait_for 100 over || { echo "it hangs"; return 1; }
		! grep -v done killed.out || return 1
		[ ! -e killed.json ] || "$PINHOLE" show killed.json >/dev/null || return 1
	done
}
check "killed $kills times: the programs go on" killed
no_keeper() { [ -z "$(keepers)" ]; }
check "no keeper is left" wait_for 60 no_keeper
exit 0

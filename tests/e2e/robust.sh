# The recorder with unusual programs, environments and ends: it neither hangs nor loses facts.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing robust

within() { timeout -k 5 "$@"; } # SECONDS COMMAND…

for mode in exact plain quiet "quiet --quiet-after=0"; do
	# A process killed in the midst of making another does not report it any more.
	check "$mode: children whose makers are killed" within 100 "$PINHOLE" record --mode=$mode -o makers.json -- "$PROGRAMS/killed_makers" 150

	# A filter for all threads reaches one that is running.
	rm -f tsync.json
	check "$mode: a filter for all threads" "$PINHOLE" record --mode=$mode -o tsync.json -- "$PROGRAMS/tsync"
	check "$mode: a call of another thread that it answers is seen" fact tsync.json '^main [^ ]+ getpriority 1 which=PRIO_USER '

	# While young threads keep the recorder busy an old one's turn comes, too.
	[[ $mode = quiet* ]] || check "$mode: nobody waits for those who are busy" within 100 "$PINHOLE" record --mode=$mode -o turns.json -- "$PROGRAMS/turns"

	for by in clone clone3; do
		untraced() {
			rm -f untraced.json
			"$PROGRAMS/untraced" $by >nobody.out &&
				within 20 "$PINHOLE" record --mode=$mode -o untraced.json -- "$PROGRAMS/untraced" $by >untraced.out &&
				same nobody.out untraced.out && fact untraced.json '^main [^ ]+ getpriority 1 which=PRIO_USER '
		}
		if "$PROGRAMS/untraced" $by >/dev/null 2>&1; then
			check "$mode: a child that asks not to be traced, by $by" untraced
		else
			skip "$mode: a child that asks not to be traced, by $by" "no such call here"
		fi
	done

	# The program fills in its own memory: who reads a page that is missing waits for its thread.
	if "$PROGRAMS/userfaultfd" >nobody.out 2>/dev/null; then
		fills() {
			rm -f fills.json
			within 30 "$PINHOLE" record --mode=$mode -o fills.json -- "$PROGRAMS/userfaultfd" >fills.out && same nobody.out fills.out &&
				fact fills.json '^main [^ ]+ getpriority 1 which=PRIO_PROCESS userfaultfd$'
		}
		check "$mode: a program that fills in its own memory" fills
	else
		skip "$mode: a program that fills in its own memory" "no userfaultfd can be had here"
	fi

	# Whoever opens the program's file waits for the program's own permission, and is counted.
	cp "$PROGRAMS/phases" scanned
	if "$PROGRAMS/fanotify" ./scanned >nobody.out 2>/dev/null; then
		scanner() {
			rm -f scanner.json
			within 30 "$PINHOLE" record --mode=$mode -o scanner.json -- "$PROGRAMS/fanotify" ./scanned >scanner.out &&
				same nobody.out scanner.out && fact scanner.json '^main [^ ]+ getpriority 5 which=PRIO_PROCESS scanned$'
		}
		check "$mode: a program that permits who opens files" scanner
	else
		skip "$mode: a program that permits who opens files" "no fanotify group can be made here"
	fi

	# The file system that the program is on is served by the program's own child.
	if "$PROGRAMS/fuse" "$PROGRAMS/phases" >/dev/null 2>&1; then
		fuse() {
			rm -f fuse.json
			within 30 "$PINHOLE" record --mode=$mode -o fuse.json -- "$PROGRAMS/fuse" "$PROGRAMS/phases" &&
				fact fuse.json '^main [^ ]+ getpriority 1 which=PRIO_PROCESS program$'
		}
		check "$mode: a program on a file system that it serves itself" fuse
	else
		skip "$mode: a program on a file system that it serves itself" "no FUSE file system can be mounted here"
	fi
done

# Children that the recorder had before it was the recorder are not waited for.
inherited() {
	local status=0
	within 20 bash -c "sleep 60 & echo \$! >inherited.pid; exec '$PINHOLE' record -o inherited.json -- '$PROGRAMS/phases'" || status=$?
	kill "$(cat inherited.pid)" || { echo "it was waited for"; return 1; }
	[ $status -eq 0 ] && fact inherited.json '^main [^ ]+ getpriority 1 which=PRIO_PROCESS '
}
check "a child inherited by exec is not waited for" inherited
substituted() { within 20 bash -c "exec '$PINHOLE' record -o inherited.json -- echo hello > >(cat >substituted.out)" && wait_for 60 grep -q hello substituted.out; }
check "nor is a process substitution" substituted
unlaunched() { within 20 bash -c "sleep 60 & echo \$! >inherited.pid; exec '$PINHOLE' record -o new -- ./nothing-here"; local status=$?; kill "$(cat inherited.pid)" && [ $status -eq 2 ]; }
check "nor after a failure" unlaunched

# Signals once the command has ended: they end what it left behind, and so the recorder, which stays until then.
left_behind() {
	local recorder status=0
	rm -f left.pid command.pid
	set -m
	"$PINHOLE" record -o left.json -- bash -c 'echo $$ >command.pid; set -m; setsid sleep 60 </dev/null >/dev/null 2>&1 & echo $! >left.pid; exit 3' &
	recorder=$!
	set +m
	wait_for 60 eval 'test -s left.pid && ! kill -0 "$(cat command.pid)"' || { echo "the command does not end"; kill -KILL $recorder; return 1; }
	kill "-$1" $recorder
	wait_for 60 eval "! kill -0 $recorder" || { echo "the recorder does not end"; kill -KILL $recorder; return 1; }
	wait $recorder || status=$?
	[ $status -eq 3 ] || { echo "status $status"; false; }
}
for signal in TERM INT HUP; do
	check "SIG$signal ends what outlives the command" left_behind $signal
done

# Signals to a parent are the recorder's parent's; those to its own group are nobody else's.
parent() { # COMMAND…
	bash -c 'trap "echo notified" USR1; "$@"; echo "status $?"' bash "$@" >parent.out || return 1
	[ "$(sort parent.out | tr '\n' ' ')" = "command notified status 5 " ] || { cat parent.out; false; }
}
speak='; sleep 0.2; echo command; exit 5'
for mode in exact plain quiet "quiet --quiet-after=0"; do
	check "$mode: kill \$PPID reaches the parent" parent "$PINHOLE" record --mode=$mode -o parent.json -- sh -c "kill -USR1 \$PPID$speak"
	check "$mode: so it does from a child of the command" parent "$PINHOLE" record --mode=$mode -o parent.json -- sh -c "env kill -USR1 \$PPID$speak"
done
own_group() { # the recorder's parent, in another group, would die of it
	within 20 setsid -w "$PINHOLE" record -o group.json -- bash -c 'n=0; trap "n=\$((n + 1))" USR1; kill -USR1 0; sleep 0.2; echo "signals: $n"' >group.out &&
		[ "$(cat group.out)" = "signals: 1" ] || { cat group.out; false; }
}
check "kill 0 stays in the group" own_group

# How often a signal comes: once.
counted() { # alone|group SIGNAL
	python3 - "$1" "$2" "$PINHOLE" record -o counted.json -- "$PROGRAMS/counts" <<-'PYTHON'
		import collections, os, signal, subprocess, sys
		how, name, *command = sys.argv[1:]
		seen = collections.Counter()
		for _ in range(8):
		    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
		    assert process.stdout.readline() == "ready\n"
		    (os.kill if how == "alone" else os.killpg)(process.pid, getattr(signal, "SIG" + name))
		    seen[process.stdout.read()] += 1
		    assert process.wait() == 0
		assert seen == {"signals: 1\n": 8}, seen
	PYTHON
}
for signal in TERM USR1; do
	check "SIG$signal to the recorder alone is delivered once" counted alone $signal
	check "SIG$signal to its group is delivered once" counted group $signal
done
# timeout signals its child and its group one after the other: what it is between the two is not in anybody's hand, so
# most of the times count.
# A program that was not ready yet when its time was over says nothing: it gets more time.
timed_out() {
	local counted=0 once=0 seconds=0.5
	while [ $counted -lt 5 ]; do
		timeout $seconds "$PINHOLE" record -o timed.json -- "$PROGRAMS/counts" >timed.out || true
		if grep -q ready timed.out; then
			counted=$((counted + 1))
		else
			seconds=$(awk "BEGIN { print $seconds * 2 }")
			[ "${seconds%.*}" -lt 100 ] || break
		fi
		! grep -q 'signals: 1$' timed.out || once=$((once + 1))
	done
	[ $once -ge 3 ] || { echo "$once of $counted"; cat timed.out; false; }
}
check "timeout's signal is delivered once" timed_out

# A new PID namespace in which the old /proc is mounted: /proc/TID is another's.
blind() { # COMMAND…
	rm -f blind.json
	"$@" "$PINHOLE" record -o blind.json -- sh -c 'ls / >/dev/null; (true; true) & wait; echo done' >blind.out 2>blind.err || { cat blind.err; return 1; }
	[ "$(cat blind.out)" = done ] && [ "$(grep -c '/proc' blind.err)" -eq 1 ] && grep -q '"path": "(unknown)"' blind.json &&
		! grep -q '"path": "/' blind.json && fact blind.json '^main [^ ]+ exit_group ' && no_fact blind.json '^load [^ ]+ (mmap|openat) '
}
if unshare -pf true 2>/dev/null; then
	check "in a PID namespace with another's /proc" blind unshare -pf
	seeing() { rm -f seeing.json; unshare -pf --mount-proc "$PINHOLE" record -q -o seeing.json -- "$PROGRAMS/phases" 2>err && [ ! -s err ] && fact seeing.json '^main [^ ]+ getpriority 1 which=PRIO_PROCESS phases$'; }
	check "with its own there is nothing to say" seeing
else
	skip "in a PID namespace with another's /proc" "no PID namespace can be made here"
fi
mkdir -p empty
if sanitized; then
	skip "without /proc" "the sanitizers need it"
elif unshare -m mount --bind empty /proc 2>/dev/null; then
	check "without /proc" blind unshare -m sh -c 'mount --bind empty /proc && exec "$@"' sh
	check "no temporary file is left" test -z "$(find . -name '.pinhole*')"
else
	skip "without /proc" "nothing can be mounted here"
fi
exit 0

# A program does not notice the recorder: the same output, status, signals and state; and the same
# again under the learned filter. REPEAT=N: repeats each comparison N times, up to the first
# difference (TEST_TIMEOUT must then be larger too); ONLY=PATTERN: only the programs in the table
# with such names.
# alone: it counts rates, which a busy machine changes
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing transparency

# watched HOW COMMAND…: HOW is nobody, exact, plain, filter, or of mode quiet: early (a filter as soon as can be) or warm
# (by what is known).
watched() {
	local how=$1
	shift
	case $how in
	nobody) ${parent:-} "$@" ;;
	filter) "$PINHOLE" run "$learned" -- "$@" ;;
	entry) "$PINHOLE" run --at=entry "$learned" -- "$@" ;;
	# Until its first call that ends it the program is traced: when recorded (ending), and by who gives it a second filter.
	ending) "$PINHOLE" record --phase-at=exit_group -o "${learned%.json}-ends.json" -- "$@" ;;
	ends) "$PINHOLE" run --at=entry "${learned%.json}-ends.json" -- "$@" ;;
	early) "$PINHOLE" record --quiet-after=0 -o "$learned" -- "$@" ;;
	warm) "$PINHOLE" record -o "$learned" -- "$@" ;;
	*) "$PINHOLE" record --mode="$how" -o "$learned" -- "$@" ;;
	esac
}
# repeated HOW COMPARISON…: begins with nothing known, unless it is about what is known. As nobody once is enough.
repeated() {
	local how=$1 i
	shift
	for ((i = 1; i <= ${REPEAT:-1}; i++)); do
		case $how in
		filter | warm | entry | ends) ;;
		*) rm -f learned.json learned-ends.json ;;
		esac
		"$@" || { echo "the $i. time"; return 1; }
	done
}
# As nobody and as `how`, in a shell of its own, which reports deaths by signal as statuses.
alike() {
	local how=$1 learned=$PWD/learned.json
	shift
	[ "$i" -gt 1 ] || rm -f nobody.out
	for as in $([ -e nobody.out ] || echo nobody) "$how"; do
		(watched "$as" "$@") <input >"$as.out" 2>"$as.err"
		echo "status $?" >>"$as.out"
	done
	same nobody.out "$how.out" || { cat -- "$how.err"; false; }
}
printf 'some\ninput\n' >input
printf '#!/bin/sh\necho "$0 has $#"\n' >script
chmod +x script

# NEEDS NAME: COMMAND…
while read -r needs name command; do
	[[ $name =~ ${ONLY:-} ]] || continue
	need "$name" "$needs" || continue
	for how in exact plain early warm filter entry ending ends; do
		# Calls of the vsyscall page are seen under a filter alone, and while phase main lasts there is none.
		[ $needs-$how != vsyscall-ends ] || continue
		check "$name, $how" repeated $how alike $how bash -c "exec $command"
	done
done <<END
exits        exit-0                      $PROGRAMS/exits exit 0
exits        exit-1                      $PROGRAMS/exits exit 1
exits        exit-255                    $PROGRAMS/exits exit 255
exits        exit-of-a-thread            $PROGRAMS/exits thread 23
exits        death-by-SIGHUP             $PROGRAMS/exits signal 1
exits        death-by-SIGINT             $PROGRAMS/exits signal 2
exits        death-by-SIGQUIT            $PROGRAMS/exits signal 3
exits        death-by-SIGTRAP            $PROGRAMS/exits signal 5
exits        death-by-SIGKILL            $PROGRAMS/exits signal 9
exits        death-by-SIGPIPE            $PROGRAMS/exits signal 13
exits        death-by-SIGTERM            $PROGRAMS/exits signal 15
exits        death-by-SIGSYS             $PROGRAMS/exits signal 31
exits        death-by-a-real-time-signal $PROGRAMS/exits signal 40
exits        death-by-SIGSEGV            $PROGRAMS/exits segv
exits        death-by-abort              $PROGRAMS/exits abort
signals      signals-to-itself           $PROGRAMS/signals
group_stop   group-stops                 $PROGRAMS/group_stop
children     children-and-SIGCHLD        $PROGRAMS/children
exec_thread  exec-from-a-thread          $PROGRAMS/exec_thread
exec_thread  exec-when-the-first-thread-is-gone  $PROGRAMS/exec_thread leaderless
exec_thread  so-in-a-child               sh -c '$PROGRAMS/exec_thread leaderless; echo \$?'
leader_exit  the-first-thread-ends-first $PROGRAMS/leader_exit
forks        children-of-every-kind      $PROGRAMS/forks
restart      restarted-sleeps            $PROGRAMS/restart
interrupts   interrupted-calls           $PROGRAMS/interrupts
interrupts32 interrupted-calls-32-bit    $PROGRAMS/interrupts32
limits       calls-with-time-limits      $PROGRAMS/limits
limits32     such-calls-32-bit           $PROGRAMS/limits32
transfers    all-is-transferred          $PROGRAMS/transfers
transfers32  so-32-bit                   $PROGRAMS/transfers32
spared       sleeps-under-its-own-filter $PROGRAMS/spared
clone3       namespaces-by-clone3        $PROGRAMS/clone3
sigwaiters   threads-that-wait-for-one-signal  $PROGRAMS/sigwaiters
timers       timers                      $PROGRAMS/timers
flood        signals-that-do-nothing-by-a-timer  $PROGRAMS/flood
jobs         job-control                 $PROGRAMS/jobs
kin          parents-and-orphans         $PROGRAMS/kin
ended        what-has-ended              $PROGRAMS/ended
self         what-proc-says              $PROGRAMS/self
dumpable     not-to-be-looked-into       $PROGRAMS/dumpable
dumpable     so-before-main              $PROGRAMS/dumpable early
tsync        a-filter-for-all-threads    $PROGRAMS/tsync
vsyscall     the-vsyscall-page           $PROGRAMS/vsyscall
own_filter   a-filter-of-its-own         $PROGRAMS/own_filter
own_trace    filters-that-ask-a-tracer   $PROGRAMS/own_trace
own_trace32  such-filters-32-bit         $PROGRAMS/own_trace32
calls        calls                       $PROGRAMS/calls
calls32      calls-of-32-bits            $PROGRAMS/calls32
int80        int-0x80                    $PROGRAMS/int80
cat          standard-input              cat
cat          standard-input-by-parts     sh -c 'read -r line; echo "got \$line"; cat'
sh           standard-output-closed      sh -c 'echo lost; echo "echo says \$?" >&2' >&-
bash         a-script                    ./script one two
END

# What is inherited passes through the recorder unchanged: descriptors, ignored and blocked signals, limits, and so on.
inherited() {
	local as
	[ "$i" -gt 1 ] || rm -f nobody.out
	for as in $([ -e nobody.out ] || echo nobody) "$1"; do
		(
			exec 7<input 8>>appended
			trap '' HUP USR1 PIPE
			ulimit -S -n 200
			ulimit -c 0
			umask 027
			cd /
			export COLOUR='a b' EMPTY= OLDPWD=/
			learned=$here/learned.json
			watched "$as" "$PROGRAMS/state" a "b c" '' -- --help
		) <input >"$as.out" 2>"$as.err"
		echo "status $?" >>"$as.out"
	done
	same nobody.out "$1.out" || { cat -- "$1.err"; false; }
}
here=$PWD
for how in exact plain early warm filter entry ending ends; do
	check "inherited state, $how" repeated $how inherited $how
done
# What shows all the same is what the manual lists: lines of /proc/self/status. timeout stands for the recorder where
# nobody watches: FDSize, the room for descriptors, is what the process that forked handed on.
shows() { # HOW LINE…
	local as learned=$PWD/shows.json how=$1 parent="timeout --foreground 60"
	shift
	[ $how = warm ] || rm -f shows.json
	for as in nobody $how; do
		watched $as grep -vE '^(Tgid|Pid|PPid|NS[a-z]+|Vm[A-Z][A-Za-z]*|Rss[A-Za-z]*|SigQ|(non)?voluntary_ctxt_switches):' /proc/self/status >$as.status || return 1
	done
	diff nobody.status $how.status | sed -n 's/^> \([A-Za-z_]*\):.*/\1/p' >shows.out
	[ -s shows.out ] && printf '%s\n' "$@" | grep -vxFf - shows.out && return 1
	grep -qx TracerPid shows.out && for line in $(cat shows.out); do grep -q "\\b$line\\b" "$SOURCE/tools/package/pinhole.1" || return 1; done
}
check "what shows, plain" shows plain TracerPid
for how in exact early warm; do
	check "what shows, $how" shows $how TracerPid Seccomp Seccomp_filters NoNewPrivs
done
exit 0

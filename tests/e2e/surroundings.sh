# The recorder with changing users, namespaces, stopped jobs, dying processes, and other tracers.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing surroundings
within() { timeout -k 5 60 "$@"; }
modes=("exact" "plain" "quiet" "quiet --quiet-after=0" "quiet --quiet-after=0 (warm)")
# record PROFILE MODE COMMAND…: with nothing known, or by what is.
record() {
	local profile=$1 mode=$2
	shift 2
	[[ $mode = *warm* ]] || rm -f "$profile"
	within "${recorder:-$PINHOLE}" record -q --mode=${mode% (warm)} -o "$profile" -- "$@"
}
# alike MODE COMMAND…: as without a recorder.
alike() {
	local mode=$1 status=0 recorded=0
	shift
	within "$@" >nobody.out 2>nobody.err || status=$?
	record alike.json "$mode" "$@" >alike.out 2>alike.err || recorded=$?
	# Whom such a program makes of root gets no filter, as that takes no_new_privs.
	sed -i "/got no filter (Permission denied)/d" alike.err
	same nobody.out alike.out && same nobody.err alike.err && [ $recorded -eq $status ] || { echo "status $recorded, of nobody $status"; false; }
}

# Users. The place is one that others may enter.
place=$(mktemp -d /tmp/pinhole-surroundings.XXXXXX)
trap 'rm -rf "$place"' EXIT
chmod 755 "$place"
for name in plain setuid setgid root hidden; do cp "$PROGRAMS/privileges" "$place/$name"; done
if [ "$(id -u)" -eq 0 ] && have setpriv && chown 65533:65533 "$place/setuid" "$place/setgid"; then
	chmod 4755 "$place/setuid" "$place/root" && chmod 2755 "$place/setgid" && chmod 711 "$place/hidden"
	cp "$PINHOLE" "$place/pinhole" && cp "$PROGRAMS/undumpable" "$place"
	mkdir "$place/theirs" && chown 65534:65534 "$place/theirs"
	for mode in "${modes[@]}"; do
		check "$mode: root executes a set-user-ID program" alike "$mode" "$place/setuid"
		check "$mode: and a set-group-ID one" alike "$mode" "$place/setgid"
		check "$mode: a daemon becomes another user" alike "$mode" "$place/plain" drop
		check "$mode: its new calls are seen" fact alike.json '^main [^ ]+ getpriority [0-9]+ which=PRIO_USER '
		# By no_new_privs it would not.
		check "$mode: and gains privileges again by executing" alike "$mode" "$place/plain" drop "$place/root"
	done
	as_user() { (cd "$place/theirs" && HOME=$place/theirs TMPDIR=$place/theirs within setpriv --reuid=65534 --regid=65534 --clear-groups "$@"); }
	no_gain() { # MODE PROGRAM: it runs, as what its user is
		local mode=${1% (warm)} profile=$place/theirs/p.json
		[[ $1 = *warm* ]] || rm -f "$profile"
		as_user "$place/pinhole" record --mode=$mode -o p.json -- "$place/$2" >gain.out 2>gain.err &&
			grep -q '^at first: users 65534 65534 65534, groups 65534 65534 65534,' gain.out && fact "$profile" '^main [^ ]+ getresuid 1 ' || { cat gain.out gain.err; false; }
	}
	undumpable() {
		as_user "$place/pinhole" record -q --mode=${1% (warm)} -o u.json -- env LD_PRELOAD="$place/undumpable" "$place/plain" >gain.out && grep -q 'dumpable 0$' gain.out
	}
	for mode in "${modes[@]}"; do
		for name in setuid setgid root hidden; do
			check "$mode: an ordinary user's run of $name" no_gain "$mode" $name
		done
		check "$mode: a library forbids looking into an ordinary user's program" undumpable "$mode"
	done
else
	skip "set-user-ID programs, and daemons that become other users" "only root with setpriv can make them"
fi

# Namespaces inside of the command.
while read -r needs name command; do
	need "$name" "$needs" || continue
	$command true >/dev/null 2>&1 || { skip "$name" "not permitted here: $command"; continue; }
	for mode in "${modes[@]}"; do
		check "$mode: $name" alike "$mode" $command sh -c 'echo "$(id -u) $(sleep 0.01; echo done)"; (exit 3) & wait $!; exit $?'
		check "$mode: $name: its calls are seen" fact alike.json '^main [^ ]+ exit_group '
	done
done <<'LIST'
unshare a-PID-namespace-inside     unshare -pf --mount-proc
unshare a-user-namespace-inside    unshare -Ur
unshare both-inside                unshare -Urpf --mount-proc
bwrap   bubblewrap-inside          bwrap --ro-bind / / --dev /dev --proc /proc --unshare-all
LIST

# Ctrl-Z and fg in a shell.
if need "Ctrl-Z and fg" python3; then
	printf '%s\n' 'trap "exit 7" USR1' 'while :; do echo counting; sleep 0.05; done' >loop
	within python3 "$SOURCE/tests/oracles/job-control" bash loop >jobs.plain
	jobs_alike() { rm -f jobs.json && within python3 "$SOURCE/tests/oracles/job-control" "$PINHOLE" record -q --mode=$1 -o jobs.json -- bash loop >jobs.out && same jobs.plain jobs.out && fact jobs.json '^main [^ ]+ exit_group ' && grep -q '"exit": "exit 7"' jobs.json; }
	for mode in exact plain quiet "quiet --quiet-after=0"; do check "$mode: Ctrl-Z and fg" jobs_alike "$mode"; done
fi

# The vsyscall page: what comes next is not taken for its end.
vsyscalls() { record vsyscall.json exact "$PROGRAMS/vsyscall" && fact vsyscall.json '^main [^ ]+ time 1 ' && fact vsyscall.json '^main [^ ]+ getcpu 1 ' && python3 "$SOURCE/tests/oracles/failures" vsyscall.json >failed && grep -qx 'main time = ?' failed && grep -qx 'main getcpu = ?' failed || { cat failed; false; }; }
if [ "$("$PROGRAMS/vsyscall")" = none ]; then
	skip "exact: calls of the vsyscall page" "this kernel has none"
else
	check "exact: calls of the vsyscall page" vsyscalls
fi

# Whoever is stopped or killed from outside, at whatever moment.
stopped() { # MODE
	local i recorder pid
	rm -f pid stop.out stop.json
	within "$PINHOLE" record -q --mode=${1% (warm)} -o stop.json -- sh -c 'echo $$ >pid; i=0; while [ $i -lt 4000 ]; do i=$((i + 1)); echo $i; done; exec ls /' >stop.out &
	recorder=$!
	wait_for 60 test -s pid || return 1
	pid=$(cat pid)
	for ((i = 0; i < 40; i++)); do
		kill -STOP $pid 2>/dev/null && sleep 0.01 && kill -CONT $pid
	done
	wait $recorder && [ "$(head -n 4000 stop.out | tail -n 1)" = 4000 ] && fact stop.json '^main [^ ]+ exit_group '
}
killed() { # MODE
	local i status
	for ((i = 0; i < 8; i++)); do
		status=0 && rm -f pid
		within "$PINHOLE" record -q --mode=${1% (warm)} -o killed.json -- sh -c 'echo $$ >pid; while :; do (true); done' &
		wait_for 60 test -s pid && sleep 0.0$((RANDOM % 10)) && kill -KILL "$(cat pid)" && wait $! || status=$?
		[ $status -eq 137 ] || { echo "status $status"; return 1; }
	done
	fact killed.json '^main [^ ]+ wait4 '
}
recorder_killed() { # MODE
	rm -f pid
	"$PINHOLE" record -q --mode=${1% (warm)} -o none.json -- sh -c 'echo $$ >pid; while :; do (true); done' &
	wait_for 60 test -s pid && sleep 0.0$((RANDOM % 10)) && kill -KILL $! && ! wait $! && wait_for 60 eval '! kill -0 "$(cat pid)"'
}
for mode in "${modes[@]}"; do
	check "$mode: stopped and continued from outside" stopped "$mode"
	check "$mode: killed from outside" killed "$mode"
	check "$mode: nobody is left when the recorder is killed" recorder_killed "$mode"
done

# One tracer only: others are told so, and whom they would have traced is recorded as ever.
another_tracer() { # MODE
	local status=0
	record tracer.json "$1" strace -o strace.out true 2>strace.err || status=$?
	[ $status -ne 0 ] && grep -q 'Operation not permitted' strace.err && fact tracer.json '^main [^ ]+ ptrace ' || { cat strace.err; false; }
}
for mode in exact plain quiet "quiet --quiet-after=0"; do
	need "$mode: strace is the command" strace && check "$mode: strace is the command" another_tracer "$mode"
done
exit 0

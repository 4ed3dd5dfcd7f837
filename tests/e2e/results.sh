# The results of calls: `failed` in facts, compared with strace of the same commands; and `policy
# --failed=errno`.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing results
need results results python3 || exit 0
results=$PROGRAMS/results
failures() { python3 "$SOURCE/tests/oracles/failures" "$@"; }

recorded() { # CASE MODE
	"$results" "$1" >"$1.plain" && "$PINHOLE" record --mode="$2" -o "$1-$2.json" -- "$results" "$1" >"$1.out" &&
		same "$1.plain" "$1.out" && failures "$1-$2.json" >"$1-$2.failed"
}
# ended CASE MODE PHASE FACT = ERROR…: that is what the profile says of the fact.
ended() {
	local file=$1-$2.failed
	shift 2
	grep -qxF -- "$*" "$file" || { echo "no '$*' in:"; cat "$file"; false; }
}

for mode in exact plain; do
	for case in ends exec waits; do check "$mode, $case: recorded" recorded $case $mode; done
	while IFS='|' read -r case name fact; do
		check "$mode: $name" ended $case $mode $fact
	done <<'END'
ends|only one error|main fcntl cmd=F_GETSIG = EBADF
ends|only two errors|main fcntl cmd=F_GET_SEALS = EBADF EINVAL
ends|an error, then a success|main fcntl cmd=F_GETOWN = ?
ends|a success, then an error|main fcntl cmd=F_GETFL = ?
ends|a call that no argument tells apart|main accept = EOPNOTSUPP
ends|errors in four threads|main fcntl cmd=F_GETLEASE = EBADF
ends|a success among the errors of four threads|main fcntl cmd=F_GETPIPE_SZ = ?
ends|what never returns|main exit_group = ?
exec|execve fails|main execve = ENOENT
exec|execve that started the command|load execve = ?
exec|execveat fails|main execveat flags=AT_SYMLINK_NOFOLLOW = ENOENT
exec|execveat fails, then succeeds|main execveat flags=AT_EMPTY_PATH = ?
waits|killed in a call|main recvfrom flags=MSG_PEEK = ?
waits|killed in a call that had failed before|main recvfrom flags=MSG_PEEK|MSG_TRUNC = ?
waits|interrupted, and made anew by the recorder|main epoll_pwait = ?
waits|interrupted, which the kernel says later|main recvfrom flags=MSG_WAITALL = ?
waits|a wait for a signal|main rt_sigsuspend = ?
waits|the return from a handler, over a call that failed|main rt_sigreturn = ?
waits|restarted after a handler, then a success|main recvfrom flags=MSG_TRUNC = ?
waits|interrupted, whatever came of it|main accept4 flags=SOCK_CLOEXEC = ?
waits|stopped and continued, whatever came of it|main accept4 flags=SOCK_NONBLOCK = ?
waits|stopped and continued, then a success|main poll = ?
END
	if [ -e /etc/ld.so.preload ]; then
		skip "$mode: an error of the loader" "there is an /etc/ld.so.preload"
	elif ! grep -q '^load access mode=R_OK ' ends-$mode.failed; then
		skip "$mode: an error of the loader" "this libc does not look for /etc/ld.so.preload"
	else
		check "$mode: an error of the loader" ended ends $mode load access mode=R_OK = ENOENT
	fi
done
# What threads do about each other depends on the moment.
same_in_both() { for mode in exact plain; do grep -v ' futex \| madvise ' "$1-$mode.failed" >"$mode.failed"; done && same exact.failed plain.failed; }
for case in ends exec waits; do check "$case: the same facts and results in both modes" same_in_both $case; done

# A union: a success in one run counts for all.
merged() {
	"$results" accept >accept.plain && "$PINHOLE" record -o accept.json -- "$results" accept >accept.out && same accept.plain accept.out &&
		"$PINHOLE" merge -o union.json ends-exact.json accept.json && failures union.json >union-exact.failed &&
		ended union exact main accept = EBADF EOPNOTSUPP &&
		"$PINHOLE" merge -o union.json ends-exact.json waits-exact.json && failures union.json >union-exact.failed &&
		ended union exact main fcntl cmd=F_GETSIG = EBADF
}
check "errors of several profiles add up" merged
extended() {
	cp ends-exact.json more.json && "$PINHOLE" record -o more.json -- "$results" accept >/dev/null &&
		failures more.json >more-exact.failed && ended more exact main accept = EBADF EOPNOTSUPP
}
check "and so do those of several runs" extended

# strace's word for it, call by call.
compare() { # MODE COMMAND…
	local mode=$1 status=0 other=0
	shift
	rm -rf work && cp -a tree work
	(cd work && strace -f -o ../strace.out "$@" >../theirs 2>&1) || other=$?
	rm -rf work compare.json && cp -a tree work
	(cd work && "$PINHOLE" record --mode="$mode" -o ../compare.json -- "$@" >../ours 2>&1) || status=$?
	[ $status -eq $other ] || { echo "status $status under pinhole, $other under strace"; cat ours; return 1; }
	failures --strace strace.out >strace.failed && failures --calls compare.json >compare.failed &&
		[ -s compare.failed ] && same strace.failed compare.failed
}
strace_works() { strace -f -o probe.strace true 2>/dev/null && grep -q ') = -1 E\|) = 0' probe.strace; }
mkdir tree && seq 100 >tree/a && ln -s a tree/b && ln -s nowhere tree/broken && cp tree/a tree/c
while read -r tool command; do
	for mode in exact plain; do
		name="$mode: the errors of $tool as strace sees them"
		need "$name" strace "$tool" || continue
		strace_works || { skip "$name" "this strace cannot trace here"; continue; }
		check "$name" compare $mode bash -c "exec $command"
	done
done <<'END'
ls ls -lR . broken/none
sqlite3 sqlite3 data.db "CREATE TABLE t (a); INSERT INTO t VALUES (1); VACUUM; SELECT * FROM t"
tar tar -cf none/tree.tar a b c
cp cp -a a new
END

# --failed=errno: whatever only failed fails in the same way, and is not asked of the kernel.
answered() { # CASE OUTPUT OPTION…
	local case=$1 output=$2 status=0
	shift 2
	"$PINHOLE" policy "$@" "$case-exact.json" -o answered.policy && "$PINHOLE" check answered.policy "$case-exact.json" >check.denied &&
		grep -q '^0 of ' check.denied && "$PINHOLE" generate answered.policy -o answered.bpf &&
		"$PINHOLE" check answered.bpf "$case-exact.json" >check.denied && grep -q '^0 of ' check.denied || { cat check.denied; return 1; }
	timeout 60 "$PINHOLE" run answered.bpf -- "$results" "$output" >answered.out || status=$?
	same "$output.plain" answered.out && [ $status -eq 0 ] || { echo "status $status"; false; }
}
for args in none shape exact; do
	for case in ends exec; do
		check "--failed=errno --args=$args, $case: the same output, 0 denied" answered $case $case --failed=errno --args=$args
		check "--failed=allow --args=$args, $case: the same output, 0 denied" answered $case $case --failed=allow --args=$args
	done
done
# The filter answers, not the kernel: what would fail with another error fails with the recorded one.
answers() { # WHAT OPTION…
	local what=$1
	shift
	"$PINHOLE" policy "$@" ends-exact.json -o answers.policy && "$PINHOLE" run answers.policy -- "$results" accept >answers.out &&
		grep -qx "accept(-1): $what" answers.out || { cat answers.out; false; }
}
check "--failed=errno: the error of the record" answers "Operation not supported" --failed=errno
check "--failed=allow: the kernel's error" answers "Bad file descriptor" --failed=allow
check "without the option: the kernel's error" answers "Bad file descriptor"
rules() {
	"$PINHOLE" policy --failed=errno ends-exact.json -o rules.policy &&
		grep -q '"syscall": "accept", "action": "errno:EOPNOTSUPP", "why": "only ever failed with EOPNOTSUPP' rules.policy &&
		grep '"syscall": "fcntl"' rules.policy >rule && ! grep -q '"action"' rule &&
		"$PINHOLE" show rules.policy >shown && grep -q 'accept → errno:EOPNOTSUPP' shown
}
check "--failed=errno: only calls of which every fact failed, with one error" rules
two_errors() {
	"$PINHOLE" policy --failed=errno union2.json -o two.policy && grep '"syscall": "accept"' two.policy >rule && ! grep -q '"action"' rule
}
check "a call with two errors: merged" "$PINHOLE" merge -o union2.json ends-exact.json accept.json
check "a call with two errors is allowed" two_errors

# What looks like a call that only fails, and does something all the same.
case_under_filter() { recorded "$1" exact && answered "$1" "$1" --failed=errno; }
check "--failed=errno: a call that was restarted through restart_syscall" case_under_filter restarted
check "--failed=errno: a call that a handler ended" case_under_filter interrupted
check "--failed=errno: a connection that is made in the background" case_under_filter connect
exit 0

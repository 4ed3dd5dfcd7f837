# `run --at=entry`: programs of every kind get their filter at the entry point, do not notice how,
# and are denied calls that were never seen; a program that cannot be given a filter ends with a
# reason.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing run-entry
need run-entry entered python3 || exit 0
run() { timeout -k 5 60 "$PINHOLE" run "$@"; }
entry() { run --at=entry "$@"; }
calls() { sed -n 's/.*{"syscall": "\([a-z0-9_]*\)".*/\1/p' "$1" | sort; }
says() { # STATUS TEXT COMMAND…
	local status=$1 text=$2
	shift 2
	expect "$status" "$@" >out 2>err && grep -Eq -- "$text" err || { cat out err; false; }
}

# Kinds of programs. Each lives under the policy of what it does from its entry point on, and that lacks execve where nothing is
# executed, and with a loader also that loader's calls.
kind() { # NAME EXECUTES COMMAND…
	local name=$1 executes=$2
	shift 2
	rm -f kind.json
	"$PINHOLE" record -q -o kind.json -- "$@" >kind.plain </dev/null
	echo "status $?" >>kind.plain
	alike() { # FILTER
		"$PINHOLE" run --at=entry "$@" >kind.out 2>kind.err </dev/null
		echo "status $?" >>kind.out
		same kind.plain kind.out || { cat kind.err; false; }
	}
	check "$name: under its profile" alike kind.json -- "$@"
	[ "$executes" = no ] || return 0
	leaves_out() { "$PINHOLE" policy --phase=main kind.json -o kind.policy && ! calls kind.policy | grep -x execve; }
	check "$name: execve is not in its policy" leaves_out
	check "$name: under the policy of main" alike kind.policy -- "$@"
	bpf() { "$PINHOLE" generate kind.policy -o kind.bpf && alike kind.bpf -- "$@"; }
	check "$name: under the filter" bpf "$@"
	dead_at_exec() { ! run kind.policy -- "$@" >out 2>err </dev/null && grep -q 'at=entry' err; }
	case $name in *static* | freestanding) ;; *) check "$name: which starts nothing at exec" dead_at_exec "$@" ;; esac
}
while read -r name needs executes command; do
	need "$name" "$needs" && kind "$name" "$executes" $command
done <<END
dynamic      dynamic      yes $PROGRAMS/dynamic
static       static       yes $PROGRAMS/static
static-pie   static_pie   yes $PROGRAMS/static_pie
freestanding freestanding no  $PROGRAMS/freestanding
32-bit       i386         yes $PROGRAMS/i386
32-bit-static i386_static yes $PROGRAMS/i386_static
threads      threads      no  $PROGRAMS/threads 4
true         true         no  true
sort         sort         no  sort /etc/passwd
status       exits        no  $PROGRAMS/exits exit 23
END
printf '#!/bin/sh\necho "$0 has $#"; read -r line; exit 4\n' >script && chmod +x script
kind script no ./script one two
printf 'echo "no header, $# arguments"\n' >headerless && chmod +x headerless
kind script-without-interpreter no ./headerless one
build() {
	local name=$1
	shift
	"$@" >build.out 2>&1 || { skip "$name" "cannot be built here: $(head -n 1 build.out)"; return 1; }
}
build musl musl-gcc -O1 -D_GNU_SOURCE= -pthread -o musl "$SOURCE/tests/programs/libc.c" && kind musl yes ./musl
build musl-static musl-gcc -static -O1 -D_GNU_SOURCE= -pthread -o musl-static "$SOURCE/tests/programs/libc.c" && kind musl-static yes ./musl-static

# A library's constructor starts a thread, which goes on for ever: that has the filter too.
cat >thread.c <<'END'
#include <pthread.h>
#include <unistd.h>
static volatile int ready;
static void *work(void *none) { for (;; ready = 1) { getppid(); usleep(1000); } return none; }
__attribute__((constructor)) static void early(void) { pthread_t t; pthread_create(&t, NULL, work, NULL); while (!ready) usleep(100); }
END
# Its thread has a filter of its own, which the others have not.
cat >other.c <<'END'
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <unistd.h>
static volatile int ready;
static void *work(void *none)
{
	struct sock_filter all = {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};
	struct sock_fprog program = {1, &all};
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
	for (;; ready = 1)
		usleep(1000);
	return none;
}
__attribute__((constructor)) static void early(void) { pthread_t t; pthread_create(&t, NULL, work, NULL); while (!ready) usleep(100); }
END
cc=${CC:-cc}
link_with() { $cc -shared -fPIC -pthread -o "$1.so" "$1.c" && $cc -D_GNU_SOURCE= -o "with-$1" "$SOURCE/tests/programs/entered.c" -Wl,--no-as-needed "./$1.so" -Wl,-rpath,"$PWD"; }
if build constructors link_with thread && link_with other; then
	"$PINHOLE" record -q -o thread.json -- ./with-thread 1 >out
	both() { expect 5 entry thread.json -- ./with-thread 1 >out && [ "$(grep -c 'Seccomp_filters:.*1$' out)" = 2 ]; }
	check "a constructor's thread: it has the filter" both
	denied() { expect 159 entry thread.json -- ./with-thread 1 x >out && ! grep -q 'nobody saw' out; }
	check "a constructor's thread: what nobody saw is denied" denied
	"$PINHOLE" record -q --mode=plain -o other.json -- ./with-other 1 >out
	check "a thread with another filter: the program ends, with a reason" says 2 'a thread has a filter that others have not' entry other.json -- ./with-other 1
fi

# What it finds is what it finds without pinhole: all but the filter. It is the process that was started.
entered=$PROGRAMS/entered
"$PINHOLE" record -q -o entered.json -- "$entered" 1 >out
surroundings() { # COMMAND…
	exec 7</dev/null 8>>appended
	export COLOUR='a b' EMPTY=
	exec "$@"
}
alike_but_filtered() {
	(surroundings bash -c 'exec "$@" $$' - "$entered") </dev/null >plain.all
	grep -v Seccomp_filters plain.all >plain.out
	(surroundings bash -c 'exec "$@" $$' - "$PINHOLE" run --at=entry entered.json -- "$entered") </dev/null >entry.all
	grep -v Seccomp_filters entry.all >entry.out
	sed -i s/entry.all/plain.all/ entry.out
	grep -qx 'my id: 1' plain.out && ! grep -q '^a child\|^pending' plain.out && same plain.out entry.out
}
check "id, children, descriptors, environment: as ever" alike_but_filtered
cat >started.py <<'PYTHON'
import ctypes, os, signal, sys
how, *command = sys.argv[1:]
pid = os.fork()
if pid == 0:
    if how == "blocked":
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    elif how == "ignored":
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    elif how == "reaper":
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
    os.execvp(command[0], [*command, str(os.getpid())])
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PYTHON
started() {
	expect 5 python3 started.py "$1" "$PINHOLE" run --at=entry entered.json -- "$entered" >out && grep -qx 'my id: 1' out && ! grep '^a child\|^pending' out
}
for how in blocked ignored reaper; do
	check "SIGCHLD $how: no child, no signal" started $how
done
first() { unshare --pid --fork --mount-proc "$PINHOLE" run --at=entry entered.json -- "$entered" 1 >out; [ $? -eq 5 ] && grep -qx 'my id: 1' out && ! grep '^a child\|^pending' out; }
if unshare --pid --fork --mount-proc true 2>/dev/null; then
	check "as the first process of a PID namespace" first
	check "children in another PID namespace: nothing runs, with a reason" says 2 'PID namespace' unshare --pid "$PINHOLE" run --at=entry entered.json -- "$entered"
else
	skip "as the first process of a PID namespace" "none can be made here"
fi
no_helper() { # nothing of pinhole is left once the program runs
	"$PINHOLE" record -q -o sleep.json -- sleep 0.1
	"$PINHOLE" run --at=entry sleep.json -- sleep 30.25 &
	local pid=$!
	wait_for 60 grep -q 'Seccomp:.*2' /proc/$pid/status && wait_for 60 grep -q 'TracerPid:.*0' /proc/$pid/status && wait_for 60 gone 'run --at=entry sleep.json'
	local rc=$? status=0
	kill -INT $pid
	kill -TERM $pid
	wait $pid || status=$?
	[ $rc -eq 0 ] && [ $status -eq 143 ] || { echo "$rc, $status"; false; }
}
check "no helper is left, and signals reach the program" no_helper
printf '%s\n' 'trap "exit 7" USR1' 'while :; do echo counting; sleep 0.05; done' >loop
timeout 60 python3 "$SOURCE/tests/oracles/job-control" bash loop >jobs.plain
timeout 60 python3 "$SOURCE/tests/oracles/job-control" "$PINHOLE" record -q -o jobs.json -- bash loop >jobs.out
jobs_alike() { timeout 60 python3 "$SOURCE/tests/oracles/job-control" "$PINHOLE" run --at=entry jobs.json -- bash loop >jobs.out && same jobs.plain jobs.out; }
check "Ctrl-Z and fg" jobs_alike
"$PINHOLE" record -q --phase-at=exit_group -o traced.json -- bash loop >out &
recorder=$!
wait_for 60 grep -q counting out && sleep 0.3
kill -USR1 $recorder
wait $recorder
traced_jobs() { timeout 60 python3 "$SOURCE/tests/oracles/job-control" "$PINHOLE" run --at=entry traced.json -- bash loop >jobs.out && same jobs.plain jobs.out; }
check "Ctrl-Z and fg of who is traced until its last phase begins" traced_jobs

# The filter of a phase judges what begins under it, not calls that threads are in when the phase begins.
"$PINHOLE" record -q --phase-at=getppid -o stays.json -- "$PROGRAMS/stays" >stays.plain
stays() { expect 23 "$PINHOLE" run --at=entry stays.json -- "$PROGRAMS/stays" >stays.out && same stays.plain stays.out; }
check "threads that are in a call when a phase begins" stays

# What is denied, and what is said.
softly() { expect "$1" entry --default="$2" entered.json -- "$entered" 1 x >out && grep -q "$3" out; }
check "a call that nobody saw: killed" expect 159 entry entered.json -- "$entered" 1 x
check "--default=errno:EPERM" softly 5 errno:EPERM '^my id'
check "--default=log: it is made" softly 5 log 'nobody saw this'
check "--default=allow" softly 5 allow 'nobody saw this'
trapped() { expect 159 run --default=trap entered.json -- "$entered" 1 x >out; }
check "--default=trap, at exec" trapped
"$PINHOLE" policy entered.json -o entered.policy && "$PINHOLE" generate entered.policy -o entered.bpf
of_policy() { expect 5 run --default=errno:ENOSYS entered.policy -- "$entered" 1 x >out; }
check "--default on a policy" of_policy
check "--default on a filter is refused" says 2 'default action is built in' run --default=log entered.bpf -- true
check "an unknown action" says 2 'die' run --default=die entered.policy -- true
logged() { # the flag reaches the kernel, with either way
	local flag=SECCOMP_FILTER_FLAG_LOG
	strace -f -e trace=seccomp -o strace.out "$PINHOLE" run --log entered.json -- "$entered" 1 >out && false
	grep -q "SECCOMP_SET_MODE_FILTER, $flag, " strace.out
}
if have strace; then
	check "--log" logged
else
	skip "--log" "no strace here"
fi
# The kernel's log, where it is to be read and nobody else (auditd) takes it.
in_log() {
	run $1 entered.json --log -- true >/dev/null 2>&1
	expect 5 run $1 --default=errno:EPERM --log entered.json -- "$entered" 1 x >out || return 1
	wait_for 60 sh -c 'dmesg | grep "type=1326.*comm=\"entered\".*syscall=27 "'
}
if [ "$(uname -m)" = x86_64 ] && dmesg >/dev/null 2>&1 && ! pgrep -x auditd >/dev/null && grep -qw errno /proc/sys/kernel/seccomp/actions_logged; then
	check "--log: the kernel's log has a denial" in_log --at=exec
	check "--log: with --at=entry too" in_log --at=entry
else
	skip "--log: the kernel's log has a denial" "it cannot be read here"
fi
check "a wrong --at" says 2 'exec or entry' run --at=start entered.json -- true
check "a command that is not there" says 2 'not found in PATH' entry entered.json -- nothing-of-that-name
check "a folder" says 2 'is a directory' entry entered.json -- /tmp
ignores_trap() { (trap '' TRAP; says 2 'entry point cannot be told' entry entered.json -- "$entered" 1); }
check "SIGTRAP ignored: the program ends, with a reason" ignores_trap
no_ptrace() { says 2 'tracing is not permitted' entry no-ptrace.json -- "$PINHOLE" run --at=entry entered.json -- true; }
python3 - <<'PYTHON'
import json
rules = [{"syscall": "ptrace", "action": "errno:EPERM"}]
json.dump({"format": "pinhole-policy", "version": 1, "arch": ["x86_64"], "default": "allow", "newer": "allow", "rules": rules},
          open("no-ptrace.json", "w"))
PYTHON
[ "$(uname -m)" != x86_64 ] || check "where tracing is not permitted nothing runs" no_ptrace
options() { expect 5 entry entered.json "$entered" 1 >out && expect 5 entry entered.json -- "$entered" -- >out && grep -qx 'my id: 1' out; }
check "what follows the command is the command's" options

# An ordinary user's programs: one that nobody may read, one that makes itself undumpable before its entry point.
if [ "$(id -u)" -eq 0 ] && have setpriv; then
	place=$(mktemp -d /tmp/pinhole-entry.XXXXXX)
	trap 'rm -rf "$place"' EXIT
	chmod 755 "$place" && cp "$PINHOLE" "$place/pinhole" && cp "$entered" "$place/entered" && cp "$entered" "$place/hidden" && chmod 711 "$place/hidden"
	mkdir "$place/theirs" && chown 65534:65534 "$place/theirs"
	as_user() { (cd "$place/theirs" && HOME=$place/theirs TMPDIR=$place/theirs timeout -k 5 60 setpriv --reuid=65534 --regid=65534 --clear-groups "$@"); }
	as_user ../pinhole record -q -o user.json -- ../entered 1 >out
	of_user() { expect 5 as_user ../pinhole run --at=entry user.json -- ../entered - >out && grep -q 'Seccomp_filters:.*1$' out; }
	check "an ordinary user's program" of_user
	check "and a call that nobody saw" expect 159 as_user ../pinhole run --at=entry user.json -- ../entered - x
	check "one that may not be read: it ends, with a reason" says 2 'entry point cannot be told' as_user ../pinhole run --at=entry user.json -- ../hidden -
	printf '#include <sys/prctl.h>\n__attribute__((constructor)) static void early(void) { prctl(PR_SET_DUMPABLE, 0); }\n' >dumpable.c
	if build "undumpable early" link_with dumpable && cp dumpable.so "$place/theirs/" && cp with-dumpable "$place/theirs/" && patched=$place/theirs/with-dumpable &&
		$cc -D_GNU_SOURCE= -o "$patched" "$SOURCE/tests/programs/entered.c" -Wl,--no-as-needed ./dumpable.so -Wl,-rpath,"$place/theirs"; then
		as_user ../pinhole record -q -o early.json -- ./with-dumpable 1 >out
		check "early undumpable: the filter comes with that call" fact "$place/theirs/early.json" '^main .* prctl .*PR_SET_DUMPABLE|^main .* prctl .*=4'
		undumpable() { expect 5 as_user ../pinhole run --at=entry early.json -- ./with-dumpable 1; }
		check "early undumpable: it lives" undumpable
		check "early undumpable: a call that nobody saw is denied" expect 159 as_user ../pinhole run --at=entry early.json -- ./with-dumpable 1 x
	fi
else
	skip "an ordinary user's programs" "only root with setpriv can start them"
fi

# Servers and interpreters: the workloads of roundtrip pass, a call that they do not make is denied, by the kernel.
workloads() {
	requires=
	. "$SOURCE/tests/e2e/roundtrip/$1.sh"
	need "$1" $requires || return 0
	run_workload plain.out
	run_workload record.out "$PINHOLE" record -o "$PWD/profile.json" --
	passes() { run_workload run.out "$PINHOLE" run "$@" "$PWD/profile.json" -- && same plain.out run.out || { tail -n 20 run.out.err; false; }; }
	for at in exec entry; do
		check "$1, --at=$at: the workload passes" passes --at=$at
		check "$1, --at=$at: what it does not do is denied" denies $at
	done
}
# denies AT: the program's own policy, and the shell in place of the program: some call of it is none of the program's.
denies() {
	"$PINHOLE" run --at="$1" --default=kill profile.json -- unshare --user true >out 2>&1
	[ $? -eq 159 ] || { cat out; false; }
}
if have unshare; then
	for name in nginx redis sqlite3 python3; do
		mkdir "$name" && (cd "$name" && workloads "$name")
	done
fi
exit 0

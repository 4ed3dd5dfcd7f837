# pinhole disasm: its text for pinhole's filters and others', from binary and text files and from
# running processes.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
here=$SOURCE/tests/e2e/disasm
cp "$SOURCE"/tests/golden/policy/socket.json .
"$PINHOLE" generate socket.json -o socket.bpf
"$PINHOLE" disasm socket.bpf >socket.asm

says() { # FILE PATTERN…: lines that match, in this order
	local file=$1 line=0 next
	shift
	for pattern; do
		next=$(tail -n +$((line + 1)) "$file" | grep -nE -m 1 -e "$pattern" | cut -d : -f 1)
		[ -n "$next" ] || { echo "no /$pattern/ after line $line of:"; cat "$file"; return 1; }
		line=$((line + next))
	done
}
refuses() { # TEXT ARGUMENTS…
	local text=$1
	shift
	expect 2 "$PINHOLE" "$@" >out 2>err && [ ! -s out ] && grep -qE "^pinhole: .*$text" err || { cat out err; false; }
}

# Our own.
check "of a file" says socket.asm '^ +1: jne .*, EXDEV +; arch != x86_64' '^; x86_64$' '^; x86_64: socket$' '; domain == AF_UNIX' \
	'; type & ~\(SOCK_CLOEXEC\|SOCK_NONBLOCK\)' '!= SOCK_STREAM' '; protocol == NETLINK_ROUTE' '^$' '^; x86_64: setsockopt$' \
	'level != SOL_SOCKET' 'optname == SO_REUSEADDR' '^; x86_64: socket, setsockopt$' '^allow:$' '^EXDEV:$'
rules() {
	"$PINHOLE" generate socket.json -f asm >rules.asm && says rules.asm '^; x86_64: socket with domain AF_UNIX$' '^;    or socket with domain AF_INET or AF_INET6, type SOCK_STREAM'
}
check "of a policy: its rules are the headings" rules
every_jump() { # all labels that jumps name stand there, and once
	grep -oE '^ +L?[0-9]+: j[a-z]+ .*' "$1" | sed -E 's/ +;.*//; s/^[^,]*(ja +|, )//; s/, /\n/g' | sort -u >named
	{ sed -nE 's/^ +(L[0-9]+):.*/\1/p; s/^([^ ;]+):$/\1/p' "$1"; } | sort >given
	[ -s named ] && [ "$(uniq -d given)" = "" ] && same named given
}
check "labels: those that jumps name, each once" every_jump socket.asm
docker() { "$PINHOLE" generate "$SOURCE/policies/library/docker-default.json" -o docker.bpf && "$PINHOLE" disasm docker.bpf >docker.asm && every_jump docker.asm; }
check "labels: of Docker's default" docker
output() { "$PINHOLE" disasm -o file.asm socket.bpf && same socket.asm file.asm && "$PINHOLE" disasm --output=file.asm - <docker.bpf && same docker.asm file.asm; }
check "-o" output
raw() { "$PINHOLE" disasm --raw -o raw.bpf socket.bpf && cmp raw.bpf socket.bpf && "$PINHOLE" disasm --raw socket.bpf | cmp - socket.bpf; }
check "--raw is what was read" raw
check "a policy is no filter" refuses "socket.json: .*generate -f asm" disasm socket.json

# As text: each of these is read as the bytes are.
"$PINHOLE" generate socket.json -f c -o socket.h
printf '%s\n' "$(od -An -v -tu2 -w8 socket.bpf | awk 'END {print NR}')" >socket.ddd
python3 - <<'PYTHON'
import struct
code = list(struct.iter_unpack("=HBBI", open("socket.bpf", "rb").read()))
open("socket.ddd", "w").write("%d\n" % len(code) + "".join("%d %d %d %d\n" % i for i in code))
open("socket.dd", "w").write("".join("{ 0x%x, %d, %d, 0x%08x },\n" % i for i in code))
open("socket.asmc", "w").write("%d,%s\n" % (len(code), "".join("%d %d %d %d," % i for i in code)))
PYTHON
for form in h ddd dd asmc; do
	as_text() { "$PINHOLE" disasm --raw socket.$form | cmp - socket.bpf && "$PINHOLE" verify socket.$form socket.json | grep -qx equal; }
	check "text: socket.$form" as_text
done
broken() { printf '{6,0,0,0},\n{6,0,300,0}\n' >broken && refuses 'broken: line 2: jf is 300' disasm broken && refuses 'broken: line 2: jf is 300' verify broken socket.json; }
check "text: by all commands that read filters" broken

# Another maker's.
if ! pkg-config --exists libseccomp 2>/dev/null || ! have gcc; then
	skip "libseccomp" "no libseccomp-dev or gcc here"
else
	made() { gcc -Wall -Werror -o libseccomp "$here/libseccomp.c" $(pkg-config --cflags --libs libseccomp); }
	check "libseccomp: a program that exports filters" made
	for kind in linear tree "linear i386"; do
		file=$(echo $kind | tr ' ' -)
		./libseccomp $kind >$file.bpf
		"$PINHOLE" disasm $file.bpf >$file.asm
		check "libseccomp: labels ($kind)" every_jump $file.asm
		check "libseccomp: the call at its tests ($kind)" says $file.asm '^; x86_64: mprotect$' '; low half of prot$' '; low half of prot & PROT_EXEC$'
		check "libseccomp: halves ($kind)" says $file.asm '^; x86_64: socket$' '^(i386)?.*domain'
		allowed() { sed -nE '/^; x86_64: .*read/,/^allow:/p' $file.asm | tr -d '\n' | grep -q 'write, close.*openat'; }
		check "libseccomp: all that it allows under one heading ($kind)" allowed
	done
	check "libseccomp: a selected argument" says linear.asm '^; x86_64: fcntl$' 'cmd != F_SETFL$' 'high half of arg$' 'arg == O_RDONLY\|O_NONBLOCK$'
fi

# A running process.
need_tracing "disasm -p"
sleeper=
stop_sleeper() { [ -z "$sleeper" ] || { kill "$sleeper" 2>/dev/null; wait "$sleeper" 2>/dev/null; }; sleeper=; }
trap stop_sleeper EXIT
python=$(python3 -c 'import sys; print(sys.executable)')
install() { # SECONDS FILTER…
	stop_sleeper
	rm -f ready # that of the one before is not meant
	"$python" "$here/install.py" "$@" >ready 2>&1 &
	sleeper=$!
	wait_for 60 grep -q ready ready
}
may_read() { # CAP_SYS_ADMIN of the first user namespace, and no filter on us: the kernel says so itself
	install 30 socket.bpf.open && "$PINHOLE" disasm -p $sleeper --raw >probe.out 2>probe.err
}
"$PINHOLE" disasm --raw - >socket.bpf.open <<<'{6, 0, 0, 0x7fff0000}'

check "-p: no such process" refuses "process 999999999: there is no such process" disasm -p 999999999
check "-p: what is no number" refuses "-p x: not a number" disasm -p x
check "-p: nor is this one" refuses "-p 0: not a number" disasm -p 0
check "-p and a file" refuses "usage" disasm -p 1 socket.bpf
check "-n without -p" refuses "-n is for -p PID only" disasm -n 0 socket.bpf
check "-n: what is no number" refuses "-n -1: not a number" disasm -p 1 -n -1
itself() { expect 2 sh -c "exec '$PINHOLE' disasm -p \$\$" 2>err && grep -q 'pinhole itself' err; }
check "-p: itself" itself
zombie() { "$python" - "$PINHOLE" <<'PYTHON'
import os, subprocess, sys, time
child = os.fork()
if child == 0:
    os._exit(0)
time.sleep(0.3)
done = subprocess.run([sys.argv[1], "disasm", "-p", str(child)], capture_output=True, text=True)
sys.exit(not (done.returncode == 2 and "it has ended" in done.stderr))
PYTHON
}
check "-p: a process that has ended" zombie
if ! may_read; then
	refused() { grep -qE 'CAP_SYS_ADMIN|CONFIG_CHECKPOINT_RESTORE|under a filter' probe.err || { cat probe.err; false; }; }
	check "-p: refused with the remedy" refused
	skip_all "disasm -p" "filters of processes cannot be read here: $(cut -c 1-150 probe.err)"
fi

install 30
check "-p: no filters" refuses "process $sleeper: it has no filters" disasm -p $sleeper
kernel_thread() { refuses "a thread of the kernel" disasm -p 2; }
[ "$(cat /proc/2/comm 2>/dev/null)" != kthreadd ] || check "-p: a thread of the kernel" kernel_thread
if need "-p: a process that another traces" strace; then
	traced() { strace -o /dev/null -p $sleeper 2>strace.err & wait_for 60 grep -q attached strace.err; refuses "process [0-9]+ traces it.*end that tracer first" disasm -p $sleeper; local status=$?; kill $!; wait $!; return $status; }
	check "-p: a process that another traces" traced
fi

run_policy() {
	"$PINHOLE" record -o sleep.json -- sleep 0 && "$PINHOLE" generate sleep.json -o sleep.bpf || return 1
	stop_sleeper
	"$PINHOLE" run sleep.json -- sleep 60 &
	sleeper=$!
	wait_for 60 grep -q sleep /proc/$sleeper/comm && "$PINHOLE" disasm -p $sleeper --raw -o dumped.bpf && cmp dumped.bpf sleep.bpf &&
		"$PINHOLE" verify dumped.bpf sleep.json && "$PINHOLE" check dumped.bpf sleep.json
}
check "-p: the filter of a running process is what generate wrote" run_policy
as_listed() { "$PINHOLE" disasm -p $sleeper >out && [ "$(head -n 1 out)" = "; process $sleeper, filter 0 of 1: $(($(wc -c <sleep.bpf) / 8)) instructions" ] && tail -n +3 out | same - <("$PINHOLE" disasm sleep.bpf); }
check "-p: its listing" as_listed
lives() { kill -0 $sleeper && grep -q '^TracerPid:.0' /proc/$sleeper/status && grep -q '^State:.S' /proc/$sleeper/status; }
check "-p: it sleeps on" wait_for 60 lives
stopped() {
	kill -STOP $sleeper && wait_for 60 grep -q '^State:.T' /proc/$sleeper/status && "$PINHOLE" disasm -p $sleeper --raw | cmp - sleep.bpf &&
		wait_for 60 grep -q '^State:.T' /proc/$sleeper/status && kill -CONT $sleeper && wait_for 60 lives
}
check "-p: a stopped process stays stopped" stopped

"$PINHOLE" disasm --raw -o log.bpf - <<<'{6, 0, 0, 0x7ffc0000}'
check "several filters" install 60 socket.bpf.open log.bpf socket.bpf.open
several() {
	"$PINHOLE" disasm -p $sleeper >out && says out '; process [0-9]+, filter 0 of 3, the oldest: 1 instr' '; allow' '; process [0-9]+, filter 1 of 3: 1 instr' '; log' 'filter 2 of 3, the newest'
}
check "-p: several, the oldest first" several
one() { "$PINHOLE" disasm -p $sleeper -n 1 --raw | cmp - log.bpf && "$PINHOLE" disasm --pid=$sleeper --number=2 --raw | cmp - socket.bpf.open && "$PINHOLE" disasm -p $sleeper -n 1 >out && [ "$(grep -c '^; process' out)" = 1 ]; }
check "-n: one of them" one
check "-n: one that is not there" refuses "-n 3: process [0-9]+ has 3 filters, numbered from 0" disasm -p $sleeper -n 3
check "--raw: which one?" refuses "--raw: .*3 filters; name one with -n" disasm -p $sleeper --raw

# A call that waits is made anew when the process goes on: as restart_syscall where the filter allows that.
"$PINHOLE" disasm --raw -o norestart.bpf - <<<'{0x20,0,0,0}, {0x15,0,1,219}, {6,0,0,0x80000000}, {6,0,0,0x7fff0000}'
spared() { # FILTER SECONDS: the sleep of one second is over after no less, and no more
	local began
	stop_sleeper
	began=$(date +%s%N)
	"$PINHOLE" run "$1" -- sleep 1 &
	sleeper=$!
	wait_for 60 grep -q sleep /proc/$sleeper/comm && sleep 0.5 && "$PINHOLE" disasm -p $sleeper >/dev/null && expect 0 wait $sleeper || return 1
	began=$((($(date +%s%N) - began) / 1000000))
	sleeper=
	[ $began -ge "$2" ] || { echo "$began ms"; false; }
}
check "-p: a sleep goes on" spared sleep.bpf 1000
if [ "$(uname -m)" = x86_64 ]; then
	check "-p: and begins anew where restart_syscall is not allowed" spared norestart.bpf 1300
fi
under_filter() { expect 2 "$PINHOLE" run socket.bpf.open -- "$PINHOLE" disasm -p $$ 2>err && grep -qE 'no filters|under a filter' err || { cat err; false; }; }
check "-p: from under a filter" under_filter

if need "strace -v" strace; then
	traced_text() { # STRACE-OPTIONS…
		strace "$@" -f -e trace=seccomp,prctl -o strace.out "$PINHOLE" run socket.bpf.open -- true
	}
	printed() { traced_text -v && "$PINHOLE" disasm --raw strace.out | cmp - socket.bpf.open; }
	check "text: what strace -v prints" printed
	printed_raw() { traced_text -v -X raw && "$PINHOLE" disasm --raw strace.out | cmp - socket.bpf.open; }
	check "text: what strace -v -X raw prints" printed_raw
	big() { strace -v -e trace=seccomp,prctl -o strace.out "$PINHOLE" run sleep.bpf -- sleep 0 && "$PINHOLE" disasm --raw strace.out | cmp - sleep.bpf; }
	check "text: a larger one" big
	short() { traced_text && refuses "strace.out: line [0-9]+: only the filter's address.*strace -v or -e abbrev=none" disasm strace.out; }
	check "text: what strace prints without -v" short
fi
exit 0

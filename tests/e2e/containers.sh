# listen: containers of real runtimes are recorded by their seccomp agent, and do the same under the policy; connections that are no
# runtime's, names that lead elsewhere, and agents that are killed. SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need containers python3 unshare || exit 0
[ "$(id -u)" = 0 ] || skip_all containers "not root"
runtimes=
for name in crun runc; do have $name && runtimes="$runtimes $name"; done
[ -n "$runtimes" ] || skip_all containers "no crun and no runc here"
"$PINHOLE" doctor >doctor.out
grep -q 'ok  *listening' doctor.out || skip_all containers "$(grep listening doctor.out)"

# Everything happens in namespaces, which take all processes and mounts with them: first one of mounts, then one of processes.
if [ -z "${CONTAINERS_STAGE:-}" ]; then
	export CONTAINERS_STAGE=in CGROUP=/pinhole-containers-$$
	unshare -m --propagation private bash -c '
		{ [ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ] || { umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup; }; } 2>/dev/null &&
			mkdir "/sys/fs/cgroup$CGROUP" 2>/dev/null || exit 77
		unshare -p -f --kill-child --mount-proc bash "$0"
		status=$?
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			find "/sys/fs/cgroup$CGROUP" -depth -type d -exec rmdir {} + 2>/dev/null
			[ -d "/sys/fs/cgroup$CGROUP" ] || break
			sleep 0.2
		done
		exit $status' "$0"
	status=$?
	[ $status != 77 ] || skip_all containers "cgroups of version 2 cannot be mounted here"
	exit $status
fi
export SHOWN="$PROGRAMS"
umask 022
mkdir -p work out

# The agent, which says in agent.log what it does.
agent() {
	rm -f agent.log
	"$PINHOLE" listen --socket="$PWD/socket" -o out "$@" 2>agent.log &
	agent=$!
	until_said "listening at"
}
until_said() { # TEXT
	local i
	for i in $(seq 300); do
		grep -q -- "$1" agent.log && return
		sleep 0.05
	done
	echo "the agent did not say: $1"
	cat agent.log
	return 1
}
no_agent() {
	kill "$agent" && wait "$agent"
}
profile() { # NAME [PROFILE]: writes NAME.seccomp, by which $runtime records into out/NAME.json
	local for=$runtime name=$1
	shift
	"$PINHOLE" generate -f oci --listen="$PWD/socket" --runtime="$for" --name="$name" "$@" -o "$name.seccomp" 2>generate.err ||
		{ cat generate.err; false; }
}
container() { # SUBCOMMAND ID [ARG…]
	local options=
	[ "$runtime" != crun ] || options=--cgroup-manager=disabled
	timeout -k 5 100 "$runtime" --root "$PWD/state" $options "$@" </dev/null
}
bundle() { # ID SECCOMP COMMAND…
	local id=$1 seccomp=$2
	shift 2
	rm -rf "bundle-$id"
	"$SOURCE/tests/e2e/containers-bundle" "$PWD/bundle-$id" "$seccomp" "$PWD/work" "$@"
}
run() { # ID SECCOMP COMMAND…
	bundle "$@" && container run -b "bundle-$1" "$1"
}
ended() { until_said "container $1: has ended"; }
in_bundle_environment() { (cd work && env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C HOME="$PWD" "$@"); }

# What runc cannot notify for is taken for made by the first program.
unseen_by_runc() { [ "$runtime" != runc ] || echo ,write,futex,getpid,nanosleep,rt_sigreturn,sched_yield,tgkill; }

# A workload: recorded by the agent, it has the facts that exact has outside; its policy lets it work under each runtime, and refuses
# an exec into it that makes a call never seen.
workload() { # NAME COMMAND…
	local name=$1-$runtime want got by
	shift
	in_bundle_environment "$PINHOLE" record -q --mode=exact -o "$PWD/$name.exact.json" -- "$@" >exact.out 2>exact.err
	want=$?
	profile "$name" && rm -rf out/*.json && run "$name" "$name.seccomp" "$@" >recorded.out 2>recorded.err
	got=$?
	cat recorded.out recorded.err
	[ $got = $want ] && same exact.out recorded.out && ended "$name" &&
		"$SOURCE/tests/oracles/same-facts" --one-phase --ignore=restart_syscall$(unseen_by_runc) "$name.exact.json" "out/$name.json" || return 1
	# The second time, what is known does not notify.
	profile "$name" "out/$name.json" && run "$name-2" "$name.seccomp" "$@" >recorded.out 2>recorded.err
	[ $? = $want ] && same exact.out recorded.out && ended "$name-2" && "$PINHOLE" policy "out/$name.json" -o policy.json &&
		"$PINHOLE" generate -f oci policy.json -o final.json 2>generate.err || return 1
	local runtime
	for runtime in $runtimes; do
		run "$name-$runtime" final.json "$@" >run.out 2>run.err
		[ $? = $want ] && same exact.out run.out || { echo "under $runtime"; return 1; }
	done
}
runtime_apart() { # the calls of the runtime are not the program's
	"$PINHOLE" show "out/runtime/true-$runtime.json" | tee apart.out | grep -q 'execve()' && ! grep -q arch_prctl apart.out &&
		fact "out/true-$runtime.json" 'main x86_64 execve' && [ -n "$(ls out/runtime)" ]
}
redis_works() { # SECCOMP ID: starts a server and asks it
	run "$2" "$1" redis-server --port 0 --unixsocket "$PWD/work/redis" --save '' --daemonize no >redis.out 2>&1 &
	local server=$! status=0
	for _ in $(seq 200); do
		redis-cli -s work/redis ping >/dev/null 2>&1 && break
		sleep 0.05
	done
	redis-benchmark -s work/redis -n 2000 -c 8 -q -t set,get,lpush,lrange_100,mset >bench.out 2>&1 || status=1
	[ "$(redis-cli -s work/redis eval 'return redis.call("incrby", KEYS[1], 41) + 1' 1 counter)" = 42 ] || status=1
	${3:-true} "$2" || status=1
	redis-cli -s work/redis shutdown nosave
	wait $server || status=1
	[ $status = 0 ] || { cat redis.out bench.out; false; }
}
redis() {
	profile "redis-$runtime" && redis_works "redis-$runtime.seccomp" "redis-$runtime" && ended "redis-$runtime" &&
		"$PINHOLE" policy "out/redis-$runtime.json" -o policy.json && "$PINHOLE" generate -f oci policy.json -o final.json 2>generate.err || return 1
	local runtime
	for runtime in $runtimes; do
		redis_works final.json "redis-2-$runtime" refuses || { echo "under $runtime"; return 1; }
	done
}
nginx_asked() { # PID of who started it, COMMAND that stops it: asks it for much
	local status=0
	for _ in $(seq 200); do [ -S work/nginx.socket ] && break; sleep 0.05; done
	curl -s --unix-socket work/nginx.socket "http://x/[1-300]/small" "http://x/[1-20]/large" "http://x/[1-20]/absent" \
		-w '%{stderr}%{http_code} %{size_download}\n' >/dev/null 2>answers.out
	printf '%s\n' '300 200 6' '20 200 300000' '20 404 page' >answers.want
	sed 's/^404 .*/404 page/' answers.out | sort | uniq -c | sed 's/^ *//' | sort >answers.got
	sort answers.want | same - answers.got || status=1
	${3:-true} || status=1
	$2
	wait "$1" || { echo "nginx ended with $?"; status=1; }
	return $status
}
nginx_files() {
	mkdir -p work/nginx && echo small >work/nginx/small && head -c 300000 /dev/zero >work/nginx/large || return 1
	cat >work/nginx.conf <<END
user root; worker_processes 2; daemon off; pid $PWD/work/nginx.pid; error_log stderr crit;
events {}
http {
	access_log off; sendfile on;
	client_body_temp_path $PWD/work/t1; proxy_temp_path $PWD/work/t2; fastcgi_temp_path $PWD/work/t3; uwsgi_temp_path $PWD/work/t4;
	scgi_temp_path $PWD/work/t5;
	server { listen unix:$PWD/work/nginx.socket; location ~ ^/[0-9]+/(.*) { alias $PWD/work/nginx/\$1; } }
}
END
}
nginx_in() { # SECCOMP ID [WHILE_IT_RUNS]
	rm -f work/nginx.socket
	run "$2" "$1" nginx -e stderr -c "$PWD/work/nginx.conf" >nginx.out 2>&1 &
	nginx_asked $! "container kill $2 QUIT" "${3:-}" || { cat nginx.out; return 1; }
}
nginx_outside() {
	rm -f work/nginx.socket work/nginx.pid
	in_bundle_environment "$PINHOLE" record -q --mode=exact -o "$PWD/nginx.exact.json" -- nginx -e stderr -c "$PWD/work/nginx.conf" >nginx.out 2>&1 &
	nginx_asked $! nginx_quits || { cat nginx.out; return 1; }
}
nginx_quits() { kill -QUIT "$(cat work/nginx.pid)"; }
# Whether nginx changes what it waits for (EPOLL_CTL_MOD) depends on how fast curl reads: a part of a file may be sent.
nginx_recorded() {
	nginx_files && nginx_outside && profile "nginx-$runtime" && nginx_in "nginx-$runtime.seccomp" "nginx-$runtime" && ended "nginx-$runtime" &&
		"$SOURCE/tests/oracles/same-facts" --one-phase --ignore=restart_syscall,epoll_ctl$(unseen_by_runc) nginx.exact.json "out/nginx-$runtime.json" &&
		"$PINHOLE" policy "out/nginx-$runtime.json" -o policy.json && "$PINHOLE" generate -f oci policy.json -o final.json 2>generate.err || return 1
	local runtime
	for runtime in $runtimes; do
		nginx_in final.json "nginx-2-$runtime" "refuses nginx-2-$runtime" || { echo "under $runtime"; return 1; }
	done
}
# An exec of a call that was seen works; an exec of one that was not is refused.
refuses() { # ID
	local status=0
	container exec "$1" "$PROGRAMS/unseen" close 99 >exec.out 2>&1 && grep -q -- '^-9$' exec.out || { cat exec.out; return 1; }
	container exec "$1" "$PROGRAMS/unseen" socket 16 3 0 >exec.out 2>&1 || status=$?
	[ $status = 159 ] && [ "$(cat exec.out)" = before ] || { echo "status $status"; cat exec.out; return 1; }
}
# The filter that crun loads is the one that was proven, with what crun itself needs; and it denies what was never seen.
by_annotation() {
	local runtime=crun status=0 pid
	"$PINHOLE" record -q -o sleep.json -- sleep 0.01 && "$PINHOLE" policy sleep.json -o policy.json &&
		"$PINHOLE" policy --with="$SOURCE/policies/library/crun.json" sleep.json -o with.json &&
		"$PINHOLE" generate -f crun policy.json -o annotation 2>generate.err || { cat generate.err; return 1; }
	ANNOTATIONS=$(cat annotation) bundle annotated - sleep 100 && container run -d -b bundle-annotated annotated >/dev/null 2>&1 || return 1
	pid=$(container state annotated | sed -n 's/.*"pid": *\([0-9]*\).*/\1/p')
	for _ in $(seq 100); do [ "$(cat "/proc/$pid/comm")" != sleep ] || break; sleep 0.05; done
	"$PINHOLE" disasm --raw -p "$pid" -o loaded.bpf && "$PINHOLE" verify loaded.bpf with.json || status=1
	sed 's/^[^=]*=//' annotation | base64 -d | cmp - loaded.bpf || status=1
	container exec annotated "$PROGRAMS/unseen" socket 16 3 0 && status=1
	container kill annotated KILL
	container delete -f annotated
	return $status
}
logs() {
	"$PINHOLE" record -q -o true.json -- true && "$PINHOLE" policy --default=errno:EPERM true.json -o policy.json &&
		"$PINHOLE" generate -f oci --log policy.json -o final.json 2>generate.err || { cat generate.err; return 1; }
	local runtime
	for runtime in $runtimes; do
		run "logs-$runtime" final.json true >logs.out 2>&1 || grep -q 'flags are not yet supported' logs.out || { cat logs.out; return 1; }
	done
}
# A learned policy lets each runtime start the program in every way, whichever way was recorded; and it denies what was never seen.
started_otherwise() {
	local way other runtime=$runtime recorder=$runtime
	local ways=(plain may-gain no-capabilities user=65534 "may-gain no-capabilities user=65534")
	chmod 755 work
	for way in "${ways[@]:0:2}" "${ways[4]}"; do
		profile otherwise && rm -f out/otherwise.json && PROCESS=${way#plain} run "otherwise-$((++ways_run))" otherwise.seccomp ls /etc/passwd >ls.out &&
			ended "otherwise-$ways_run" && "$PINHOLE" policy out/otherwise.json -o policy.json &&
			"$PINHOLE" generate -f oci policy.json -o final.json 2>generate.err || { echo "recorded $way"; return 1; }
		for other in "${ways[@]}"; do
			for runtime in $runtimes; do
				[ "$(PROCESS=${other#plain} run "otherwise-$((++ways_run))" final.json ls /etc/passwd)" = /etc/passwd ] ||
					{ echo "recorded $way, started $other under $runtime"; return 1; }
			done
			runtime=$recorder
		done
		PROCESS=${way#plain} expect 159 run "otherwise-$((++ways_run))" final.json "$PROGRAMS/unseen" socket 16 3 0 >/dev/null || return 1
	done
}
# Each exec is a further connection; its facts join those of the container.
executed_in() {
	profile exec && bundle exec exec.seccomp sleep 100 || return 1
	container run -d -b bundle-exec exec >/dev/null 2>&1 && container exec exec "$PROGRAMS/unseen" memfd_create 0 0 >/dev/null &&
		container exec exec true && container kill exec KILL
	ended exec && container delete -f exec
	fact out/exec.json 'main x86_64 memfd_create' && [ "$("$PINHOLE" show out/exec.json | grep -c '^run')" = 1 ]
}
many() { # AT_ONCE IN_A_ROW: containers, into one profile
	local i
	profile "many-$runtime"
	for i in $(seq "$1"); do bundle "at-once-$i" "many-$runtime.seccomp" ls /etc/passwd; done
	for i in $(seq "$1"); do container run -b "bundle-at-once-$i" "at-once-$i" >"many.$i" 2>&1 & done
	for i in $(jobs -p); do [ "$i" = "$agent" ] || wait "$i" || { cat many.*; return 1; }; done
	for i in $(seq "$2"); do run "in-a-row-$i" "many-$runtime.seccomp" ls /etc/passwd >/dev/null || return 1; done
	for i in $(seq "$1"); do ended "at-once-$i" || return 1; done
	for i in $(seq "$2"); do ended "in-a-row-$i" || return 1; done
	python3 -c 'import json, sys
runs = json.load(open(sys.argv[1]))["runs"]
sys.exit(len({run["label"] for run in runs}) != int(sys.argv[2]) or any(run.get("exit") != "ended" or run["command"] != ["ls", "/etc/passwd"] for run in runs))' "out/many-$runtime.json" $(($1 + $2))
}

ways_run=0
agent
check "the socket is for its user alone" test "$(stat -c %a socket)" = 600
for runtime in $runtimes; do
	check "$runtime: true: recorded, and under its policy" workload true true
	check "$runtime: the runtime's own calls are apart" runtime_apart
	check "$runtime: ls: recorded, and under its policy" workload ls ls /nothing/there /etc/passwd
	check "$runtime: sh: recorded, and under its policy" workload sh sh -c 'for i in 1 2 3; do ls /etc | wc -l; done; exit 5'
	need "$runtime: redis" redis-server redis-cli redis-benchmark && check "$runtime: redis under load, and an exec into it" redis
	need "$runtime: nginx" nginx curl && check "$runtime: nginx under load, and an exec into it" nginx_recorded
	check "$runtime: an exec into a container is recorded" executed_in
	check "$runtime: no_new_privs or not, without capabilities, as another user" started_otherwise
	check "$runtime: ${AT_ONCE:-4} containers at once, ${IN_A_ROW:-4} in a row" many "${AT_ONCE:-4}" "${IN_A_ROW:-4}"
done
need_tracing "a policy in force"
! have crun || check "crun loads the filter of its annotation" by_annotation
check "--log is taken by each runtime" logs
runtime=${runtimes##* }

# What is no runtime's message.
refused() { # TEXT BYTES [FILE]: BYTES with an open file are refused with that text
	: >agent.log
	python3 - "$2" "${3:-/dev/null}" <<'END' && until_said "$1"
import array, socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect("socket")
text, path = sys.argv[1].encode("latin-1"), sys.argv[2]
file = open(path) if path != "none" else None
rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [file.fileno()]))] if file else []
s.sendmsg([text], rights) if text else None
s.shutdown(socket.SHUT_WR)
s.recv(1)
END
}
state='{"fds": ["seccompFd"], "pid": 1, "state": {"id": "x"}}'
check "no JSON is refused" refused 'refused: .*line 1, column' 'hello\x00\xff'
check "nothing is refused" refused 'refused: .*ends before' ''
check "half a message is refused" refused 'refused: .*ends before' "${state%?}"
check "other JSON is refused" refused 'refused: .*expected an object' '[1, 2]'
check "a state without id is refused" refused 'refused: .*id' '{"fds": ["seccompFd"], "state": {}}'
check "names without seccompFd are refused" refused 'refused: .*seccompFd' '{"fds": ["other"], "state": {"id": "x"}}'
check "a message without descriptor is refused" refused 'refused: .*names 1 descriptors, but 0' "$state" none
check "a file that is no listener is refused" refused 'refused: .*no listener' "$state"
many_bytes() { refused 'refused: .*1 MiB' "$(printf '{"a": "%0100000d"' 0)" || python3 -c '
import socket
s = socket.socket(socket.AF_UNIX); s.connect("socket")
try: s.sendall(b"{\"a\": \"" + b"x" * (1 << 21))
except BrokenPipeError: pass' && until_said 'refused: .*1 MiB'; }
check "a message without end is refused" many_bytes

# Names stay in the folder, whatever they are.
named() { # WANT NAME [ANNOTATIONS [ID]]
	local want=$1 name=$2 id=${4:-named-$((++numbers))}
	sed "s|\"listenerMetadata\": \"[^\"]*\"|\"listenerMetadata\": \"$name\"|" name.seccomp >named.seccomp
	rm -f out/*.json
	ANNOTATIONS=${3:-} run "$id" named.seccomp true && ended "$id" && ls -A out && [ -e "out/$want" ] &&
		[ "$(find . -name '*.json' -newer named.seccomp ! -path './bundle*' ! -path './out/runtime/*' | wc -l)" = 1 ]
}
profile name
numbers=0
check "a name with slashes stays in the folder" named '%2E.+.+etc+passwd.json' '.././etc/passwd'
check "a name with an escape" named 'a%1B%5B31m%20b.json' 'a\\u001b[31m b'
check "two dots" named '%2E..json' '..'
check "a name by annotation" named 'docker.io+nginx:1.json' '' 'io.pinhole.name=docker.io/nginx:1'
check "an image's name" named 'nginx.json' '' 'io.kubernetes.cri.image-name=nginx io.kubernetes.cri.container-name=web'
check "the id, where nothing else is there" named 'an-id.json' '' '' an-id
long() { named "$(printf 'x%.0s' $(seq 200))%*.json" "$(printf 'x%.0s' $(seq 1000))" || [ "$(ls out/x*.json | wc -l)" = 1 ]; }
check "a name that is too long" long
check "another agent at that socket is refused" expect 2 "$PINHOLE" listen --socket="$PWD/socket" -o out
check "SIGTERM ends the agent" no_agent
check "its socket is gone" test ! -e socket

# A container goes on where the agent ends, is killed, or its recording is.
cat >work/ticks.sh <<'END'
for i in $(seq 30); do read -r line <"$0" || exit 9; ls / >/dev/null || exit 8; [ "$i" != 10 ] || : >begun; done
END
going() { # ID: starts a container, and waits until it is in the middle
	rm -f work/begun out/ticks.json
	profile ticks && bundle "$1" ticks.seccomp sh ticks.sh || return 1
	container run -b "bundle-$1" "$1" >going.out 2>&1 &
	going=$!
	for _ in $(seq 200); do [ -e work/begun ] && return; sleep 0.02; done
	return 1
}
goes_on() { wait $going || { echo "the container ended: $?"; cat going.out; return 1; }; }
reads() { [ ! -e out/ticks.json ] || "$PINHOLE" show out/ticks.json >/dev/null; }
recorders() { pgrep -P "$agent"; }
stopped() {
	agent && going stopped && no_agent && [ ! -e socket ] && reads && [ -e out/ticks.json ] && goes_on
}
killed() {
	local id=killed-$1
	agent && going "$id" && kill -KILL "$agent"
	wait "$agent"
	goes_on && ended "$id" && reads && [ -e out/ticks.json ]
}
recorder_killed() {
	agent && going "recorder-$1" && kill -KILL $(recorders) && until_said "another one goes on" && goes_on && ended "recorder-$1" && reads &&
		no_agent
}
# The next recording takes the program's calls for the program's, though it has not seen the exec.
cat >work/turns.sh <<'END'
: >begun
while [ -e begun ]; do :; done
umask 077
END
program_goes_on() {
	agent && rm -f out/*.json out/runtime/*.json work/begun && profile turns && bundle turns turns.seccomp sh turns.sh || return 1
	container run -b bundle-turns turns >going.out 2>&1 &
	going=$!
	wait_for 60 test -e work/begun && kill -KILL $(recorders) && until_said "another one goes on" && rm work/begun && goes_on && ended turns &&
		fact out/turns.json 'main x86_64 umask' && [ "$("$PINHOLE" show out/turns.json | grep -c '^run.*  ended  .*\$ sh turns.sh$')" = 1 ] &&
		{ [ ! -e out/runtime/turns.json ] || no_fact out/runtime/turns.json umask; } && no_agent
}
both_killed() { # its calls fail with ENOSYS from now on, so that it ends
	agent && going "both-$1" || return 1
	local all
	all="$agent $(recorders)"
	kill -KILL $all
	wait "$agent"
	wait $going
	reads
}
times() { # COUNT COMMAND
	local i
	for i in $(seq "$1"); do "$2" "$i" || return 1; done
}
check "the agent ends in order: the container goes on" stopped
check "the agent is killed ${KILLS:-2} times: the containers are recorded to their ends" times "${KILLS:-2}" killed
check "their recordings are killed ${KILLS:-2} times: others go on" times "${KILLS:-2}" recorder_killed
check "a recording is killed: what follows is the program's" program_goes_on
check "both are killed ${KILLS:-2} times: the profiles are old or new" times "${KILLS:-2}" both_killed
again() { agent && [ "$(stat -c %a socket)" = 600 ] && profile again && run again again.seccomp true && ended again && no_agent; }
check "an agent starts again where one was killed" again

# One command records a container, another one starts it under its policy: with a starter of podman's options, and with podman.
export XDG_RUNTIME_DIR=$PWD/private OPTIONS STATE=$PWD/state WORK=$PWD/work
mkdir -p private image/bin image/proc image/dev image/sys image/etc
cat >starter <<'END'
#!/bin/bash
[ "$1 $2" = "run --security-opt" ] || exit 125
bundle=$(mktemp -u "${WORK%/*}/starter-XXXXXX") seccomp=${3#seccomp=}
shift 3
"$SOURCE/tests/e2e/containers-bundle" "$bundle" "$seccomp" "$WORK" "$@" || exit 125
exec $OPTIONS --root "$STATE" run -b "$bundle" "$(basename "$bundle")"
END
chmod +x starter
nothing_left() { [ -z "$(ls private)" ] || { ls private; false; }; }
one_command() { # PATH_OF_UNSEEN COMMAND…: it takes the container's command
	local unseen=$1 i
	shift
	rm -f one.json
	for i in 1 2; do # the second time, what is known does not notify
		expect 7 "$PINHOLE" listen -o one.json -- "$@" sh -c "ls /; $unseen close 99; exit 7" 2>one.err || { cat one.err; return 1; }
		sed -n 's/.*has ended; \([0-9]*\) notifications.*/\1/p' one.err >"notifications.$i"
	done
	[ "$(cat notifications.1)" -gt "$(cat notifications.2)" ] && fact one.json 'main x86_64 getdents64' && "$PINHOLE" policy one.json -o one.policy || return 1
	for i in one.json one.policy; do
		expect 7 "$PINHOLE" run --container "$i" -- "$@" sh -c "ls /; exit 7" &&
			expect 159 "$PINHOLE" run --container "$i" -- "$@" "$unseen" socket 16 3 0 &&
			expect 0 "$PINHOLE" run --container --default=allow "$i" -- "$@" "$unseen" socket 16 3 0 || return 1
	done
	nothing_left
}
# What a killed command has left is removed by the next one; what others hold or have put there is not.
left_behind() {
	local old=private/pinhole-aaaaaa other=private/pinhole-bbbbbb held=private/pinhole-cccccc named=private/pinhole-dddd.d status=0
	mkdir -m 700 "$old" "$other" "$held" "$named" && : >"$old/seccomp.json" && : >"$other/file" && : >"$other/seccomp.json" &&
		ln -s "$PWD/work" private/pinhole-eeeeee && mkdir -m 700 private/pinhole-ffffff && touch -d '-1 hour' private/pinhole-* || return 1
	mkdir -m 700 private/pinhole-gggggg # it is young
	flock "$held" "$PINHOLE" listen -o left.json -- ./starter run true 2>left.err || status=1
	ls private | tee left.out
	printf 'pinhole-%s\n' bbbbbb cccccc dddd.d eeeeee gggggg | same - left.out || status=1
	[ -e "$other/seccomp.json" ] && [ -d work ] || status=1
	rm -rf private/pinhole-*
	return $status
}
killed_command() { # SIGKILL leaves the folder, which the next command removes when it is a minute old
	"$PINHOLE" listen -q -o killed.json -- ./starter run sh -c ': >started; while [ -e started ]; do sleep 0.05; done' &
	wait_for 60 test -e work/started && kill -KILL $! && [ "$(ls private | wc -l)" = 1 ] || return 1
	touch -d '-1 hour' private/*
	"$PINHOLE" listen -q -o left.json -- ./starter run true && [ "$(ls private | wc -l)" = 1 ] || { echo "it is in use"; return 1; }
	rm work/started
	wait_for 60 eval '! pgrep -f "listen -q -o killed.jso[n]"' && touch -d '-1 hour' private/* && "$PINHOLE" listen -q -o left.json -- ./starter run true && nothing_left
}
given_twice() {
	local option
	for option in "--security-opt seccomp=unconfined" "--security-opt=seccomp=own.json"; do
		expect 2 "$PINHOLE" listen -o twice.json -- ./starter run $option true 2>twice.err && grep -q 'leave this out' twice.err &&
			expect 2 "$PINHOLE" run --container true.json -- ./starter run $option true || return 1
	done
	[ ! -e twice.json ] && nothing_left || return 1
	# Behind another `run`, it is the container's own affair.
	"$PINHOLE" listen -o twice.json -- ./starter run echo run --security-opt seccomp=x
}
old_docker() { # it would wait for ever
	mkdir -p old new
	printf '#!/bin/sh\n[ "$*" = "-D version --format {{.Server.Version}}" ] && echo 20.10.24+dfsg1 && exit\nexit 9\n' >old/docker
	printf '#!/bin/sh\n[ "$*" = "-D version --format {{.Server.Version}}" ] && echo 26.1.5 && exit\nshift\nexec ./starter "$@"\n' >new/docker
	chmod +x old/docker new/docker
	expect 2 "$PINHOLE" listen -o docker.json -- old/docker -D run true 2>docker.err && grep -q '20.10.24.* passes no listener on' docker.err &&
		[ ! -e docker.json ] && "$PINHOLE" listen -o docker.json -- new/docker -D run true && [ -e docker.json ] && nothing_left
}
passes_signals() { # to the command, which ends as it likes
	local words
	"$PINHOLE" record -q -o true.json -- true || return 1
	for words in "listen -o signals.json" "run --container true.json"; do
		"$PINHOLE" $words -- bash -c 'trap "exit 9" TERM; : >begun; for i in $(seq 600); do sleep 0.05; done' run &
		for _ in $(seq 200); do [ ! -e begun ] || break; sleep 0.05; done
		rm begun && kill -TERM $! && expect 9 wait $! && nothing_left || return 1
	done
}
image() { # a small image, which the shell and few others are in
	local name file
	for name in sh ls sleep "$PROGRAMS/unseen"; do
		file=$(command -v "$name") && cp -L "$file" "image/bin/$(basename "$name")" || return 1
		for file in $(ldd "$file" | grep -o '/[^ ]*'); do mkdir -p "image${file%/*}" && cp -L "$file" "image$file" || return 1; done
	done
	printf '[storage]\ndriver = "vfs"\ngraphroot = "%s/graph"\nrunroot = "%s/run"\n' "$PWD" "$PWD" >storage.conf
	echo root:x:0:0::/:/bin/sh >image/etc/passwd
	tar -C image -c . | podman import - localhost/small
}
# Where podman's defaults need CAP_SYS_RESOURCE and controllers of cgroups, they are left out.
podman_run() { # RUNTIME
	podman_run=(podman --cgroup-manager=cgroupfs --events-backend=file "--runtime=$1" run --rm --network=none --ulimit=nofile=1024:1024 --ulimit=nproc=500:500)
	[ "$1" = crun ] && podman_run+=(--cgroups=disabled) || podman_run+=(--pids-limit=-1)
}
detached() { # the recording ends when the container does
	rm -f one.json
	"$PINHOLE" listen -o one.json -- "${podman_run[@]}" -d localhost/small sleep 1 2>one.err && grep -q 'has ended' one.err &&
		fact one.json 'main x86_64 clock_nanosleep' && nothing_left || { cat one.err; return 1; }
}
# An exec and a health check in a container under its policy.
looked_after() {
	local podman=("${podman_run[@]:0:4}") status=0
	rm -f one.json
	"$PINHOLE" listen -q -o one.json -- "${podman_run[@]}" localhost/small sh -c 'ls /; sleep 0.1' &&
		"$PINHOLE" run --container one.json -- "${podman_run[@]}" -d --name "live-$1" --health-cmd 'ls /' --health-interval=disable localhost/small sleep 1000 ||
		return 1
	"${podman[@]}" exec "live-$1" ls / || status=1
	"${podman[@]}" healthcheck run "live-$1" || status=1
	expect 159 "${podman[@]}" exec "live-$1" /bin/unseen socket 16 3 0 || status=1
	"${podman[@]}" rm -f -t 0 "live-$1" || status=1
	return $status
}
for runtime in $runtimes; do
	OPTIONS=$runtime
	[ "$runtime" != crun ] || OPTIONS="$runtime --cgroup-manager=disabled"
	check "$runtime: one command records, one runs" one_command "$PROGRAMS/unseen" ./starter run
done
check "a signal is the command's" passes_signals
check "a profile of the user's own is refused" given_twice
check "Docker that passes no listener on is refused" old_docker
check "folders that were left are removed" left_behind
check "the folder of a command that was killed" killed_command
export CONTAINERS_STORAGE_CONF=$PWD/storage.conf
if need "podman" podman && check "podman: an image" image; then
	for runtime in $runtimes; do
		podman_run "$runtime"
		"${podman_run[@]}" localhost/small true >podman.out 2>&1 || "${podman_run[@]}" localhost/small ls / >podman.out 2>&1 ||
			{ skip "podman with $runtime" "podman cannot run here: $(tail -1 podman.out)"; continue; }
		check "podman with $runtime: one command records, one runs" one_command /bin/unseen "${podman_run[@]}" localhost/small
		check "podman with $runtime: a container in the background" detached
		check "podman with $runtime: an exec and a health check under the policy" looked_after "$runtime"
	done
fi

# The same for an ordinary user, who has subordinate ids.
cat >rootless.sh <<'END'
cd "$HOME" || exit 1
podman image exists localhost/small || podman import image.tar localhost/small || exit 77
"$@" localhost/small ls / || exit 77
for mode in cold warm; do ./pinhole listen -o app.json -- "$@" localhost/small sh -c 'ls /; exit 7'; [ $? = 7 ] || exit 1; done
[ "$(./pinhole show app.json | grep -c ^run)" = 2 ] || exit 1
./pinhole run --container app.json -- "$@" localhost/small sh -c 'ls /; exit 7'; [ $? = 7 ] || exit 1
./pinhole run --container app.json -- "$@" localhost/small /bin/unseen socket 16 3 0; [ $? = 159 ] || exit 1
! ls private | grep pinhole
END
rootless() { # RUNTIME: 77: it cannot be had here
	local status=0 home
	podman_run "$1"
	home=$(mktemp -d /tmp/pinhole-rootless.XXXXXX) && mkdir "$home/private" && cp "$PINHOLE" "$home/pinhole" && cp rootless.sh "$home" &&
		tar -C image -cf "$home/image.tar" . && chown -R "$user:" "$home" && chmod 700 "$home/private" || return 1
	mkdir "$home/.config" "$home/.config/containers" && chown -R "$user:" "$home/.config" &&
		printf '[storage]\ndriver = "vfs"\n' >"$home/.config/containers/storage.conf"
	setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME="$home" \
		XDG_RUNTIME_DIR="$home/private" bash "$home/rootless.sh" "${podman_run[@]}" || status=$?
	rm -rf --one-file-system "$home"
	return $status
}
user=$(getent passwd | awk -F: '$3 >= 1000 && $3 < 60000 {print $1; exit}')
if [ -z "$user" ]; then
	skip "rootless podman" "no ordinary user here"
elif need "rootless podman" podman newuidmap setpriv && echo "$user:100000:65536" >subordinate && mount --bind subordinate /etc/subuid &&
	mount --bind subordinate /etc/subgid; then
	for runtime in $runtimes; do
		rootless "$runtime" >rootless.out 2>&1 </dev/null
		status=$?
		if [ $status = 77 ]; then
			skip "rootless podman with $runtime" "podman cannot run here: $(tail -1 rootless.out)"
		else
			check "rootless podman with $runtime: one command records, one runs" bash -c 'cat rootless.out; exit "$0"' "$status"
		fi
	done
fi

# Wrong words.
wrong() {
	expect 2 "$PINHOLE" listen -o out && expect 2 "$PINHOLE" listen --socket=s && expect 2 "$PINHOLE" listen -o one.json -- true && expect 2 "$PINHOLE" listen -o one.json -- true run &&
		expect 2 "$PINHOLE" listen -o one.json --socket=s -- ./starter run && expect 2 "$PINHOLE" listen -o one.json --name=id -- ./starter run &&
		expect 2 "$PINHOLE" listen --socket=s -o out --runtime=crun && expect 2 "$PINHOLE" listen -o agent.log -- ./starter run &&
		expect 2 "$PINHOLE" listen -o one.json -- absent run && expect 2 "$PINHOLE" run --container one.json -- true &&
		expect 2 "$PINHOLE" run --container --at=entry one.json -- ./starter run && expect 2 "$PINHOLE" run --container absent -- ./starter run &&
		nothing_left && expect 2 "$PINHOLE" listen --socket=s -o out --name=foo &&
		expect 2 "$PINHOLE" listen --socket=work -o out && expect 2 "$PINHOLE" listen --socket="$(printf 'x%.0s' $(seq 200))" -o out &&
		expect 2 "$PINHOLE" listen --socket=s -o agent.log && expect 2 "$PINHOLE" listen --socket=absent/s -o out &&
		expect 2 "$PINHOLE" generate --listen=/s && expect 2 "$PINHOLE" generate -f oci --listen=s && expect 2 "$PINHOLE" generate -f oci --runtime=runc policy.json &&
		expect 2 "$PINHOLE" generate -f oci --listen=/s --runtime=docker && expect 2 "$PINHOLE" generate -f oci --listen=/s --strict &&
		expect 2 "$PINHOLE" generate -f oci --listen=/s --log && expect 2 "$PINHOLE" generate -f crun --log policy.json
}
check "wrong words are refused" wrong

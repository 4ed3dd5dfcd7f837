# listen: containers that want their recorder to keep more than it can, names that lead elsewhere, connections that say nothing, more
# containers than there may be, and a recorder without memory. A program of our own is the runtime, so no user needs one.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_listening listen-hostile
need listen-hostile python3 runtime hostile freestanding || exit 0

mkdir inner && cd inner || exit 1
agent() { # [COMMAND…]: what starts it
	: >agent.log
	"$@" "$PINHOLE" listen --socket="$PWD/socket" -o out 2>agent.log &
	agent=$!
	wait_for 60 grep -q 'listening at' agent.log
}
no_agent() { kill "$agent" && wait "$agent"; }
container() { timeout -k 5 300 "$PROGRAMS/runtime" "$PWD/socket" "$@"; } # COUNT METADATA ID COMMAND…
said() { wait_for 60 grep -qE -- "$1" agent.log || { tail -n 5 agent.log; false; }; }
profile_of() { python3 -c 'import json, sys; p = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$@"; }
# The most memory, in MiB, that a process of the agent has had.
most_memory() {
	local pid all=0 kib
	for pid in "$agent" $(pgrep -P "$agent"); do
		kib=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status" 2>/dev/null)
		[ "${kib:-0}" -le "$all" ] || all=$kib
	done
	echo $((all / 1024))
}
# Runs a container that makes the file "mark" when it has done its worst; its recorder then has bounded memory.
bounded() { # NAME MIB ARGUMENTS
	local name=$1 most=$2 status=0
	shift 2
	rm -f mark
	container 1 "$name" "$name" "$PROGRAMS/hostile" "$@" mark >hostile.out &
	local memory container=$!
	wait_for 240 eval '[ -e mark ] || ! kill -0 $container'
	memory=$(most_memory)
	rm -f mark
	wait $container || status=1
	echo "$memory MiB"
	[ $status = 0 ] && said "container $name-0: has ended" && { sanitized || [ "$memory" -le "$most" ]; }
}
printable() { ! LC_ALL=C grep -q '[[:cntrl:]]' "$1"; }

# 4,096 programs are told apart.
programs() {
	cp "$PROGRAMS/freestanding" program && bounded names 64 names 5000 program && [ "$(profile_of out/names.json 'len(p["programs"])')" = 4097 ] &&
		[ "$(profile_of out/names.json '[q["path"] for q in p["programs"]].count("(others)")')" = 1 ] &&
		"$PINHOLE" show out/names.json >show.out && printable show.out && "$PINHOLE" policy out/names.json -o policy.json &&
		"$PINHOLE" report out/names.json -o report.html
}
calls() {
	bounded calls 64 calls 60 400 && [ "$(profile_of out/calls.json 'len(p["facts"])')" -lt 2000 ] &&
		"$PINHOLE" show out/calls.json >show.out && printable show.out && "$PINHOLE" policy out/calls.json -o policy.json
}

# Whatever a container is called, its profile is a file of the folder.
files() { find . -type f ! -path './out/*' ! -name agent.log ! -name '*.out' | sort; }
named() { # METADATA ID: as JSON has them
	local before
	before=$(grep -c 'has ended' agent.log)
	container 1 "$1" "$2" true && wait_for 60 eval '[ "$(grep -c "has ended" agent.log)" = $((before + 1)) ]'
}
names() {
	local long odd
	long=$(printf 'x%.0s' $(seq 1500))
	files >before.out
	for odd in ../../above /etc/absolute .. . out/runtime runtime . a/../../../b '\u001b[31mred' 'new\nline' '\u0000' '%2F' '..%2f' '\udc80' "$long" \
		'known=1 ../x' '~' '$(touch y)' '-o' '\u202e' 'ä'; do
		case $odd in
		'\u0000' | '\udc80') # which no name can have: jansson refuses it
			container 1 "$odd" strange true
			said 'refused: ' || return 1
			;;
		*)
			named "$odd" other && named '' "$odd" || { echo "$odd"; return 1; }
			;;
		esac
	done
	files >after.out
	same before.out after.out &&
		[ ! -e ../above ] && [ ! -e ../above.json ] && printable agent.log &&
		[ "$(find out -mindepth 1 -type d)" = out/runtime ] && ls out >names.out && printable names.out
}

# Connections that say nothing hold no container up for ever.
silent() {
	python3 - <<'END' &
import socket, time
all = []
for i in range(100):
    s = socket.socket(socket.AF_UNIX)
    s.connect("socket")
    all.append(s)
open("connected", "w").close()
for s in all:
    s.recv(1)
END
	wait_for 60 test -e connected && container 1 silent silent true && said 'container silent-0: has ended' && wait $! &&
		[ "$(grep -c 'refused: a message that did not come' agent.log)" = 100 ]
}

# A container more than there may be is refused; a listener more of one container, too. Those that are recorded go on.
most() { # COUNT ID WHY
	local status=0
	rm -f hold && mkfifo hold
	container "$1" '' "$2" cat hold &
	said "refused: container $2[-0-9]*: ($3)" || status=1
	echo through >hold
	wait $! && [ $status = 0 ] && [ "$("$PINHOLE" --version | wc -l)" = 1 ] && wait_for 240 eval '! pgrep -P $agent >/dev/null'
}

# Without memory, a recording ends and others try; the container goes on. NO_MEMORY=N: the N-th allocation of each process fails.
without_memory() {
	local at
	for at in 60 75 90 120 150 200 300 500 1000; do
		rm -f out/memory.json
		agent env LD_PRELOAD="$PROGRAMS/no_memory" NO_MEMORY=$at || { wait "$agent"; echo "$at: $?"; continue; }
		container 1 memory memory cat /etc/hostname >cat.out || { echo "at $at: $?"; return 1; }
		no_agent || { echo "at $at: the agent ended with $?"; cat agent.log; return 1; }
		[ ! -e out/memory.json ] || "$PINHOLE" show out/memory.json >/dev/null || return 1
	done
}

agent
check "5,000 programs in one container" programs
check "more calls than a profile keeps" calls
check "names lead nowhere else" names
check "connections that say nothing" silent
check "more containers than there may be" most 1001 many 'more than 1000 containers at once; this one is refused'
check "more listeners of one container than there may be" most -1001 one 'more than 1000 listeners at once|its recording takes no further'
check "the agent still records" named again again
check "SIGTERM ends the agent" no_agent
sanitized || check "a recorder without memory" without_memory
exit 0

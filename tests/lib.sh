# Functions for all end-to-end scripts: results, the machine's limits, profiles. Sourced by bash.
# SPDX-License-Identifier: MIT

# tests/run sets these variables; SOURCE is required, the others have defaults.
if [ -z "${SOURCE:-}" ]; then
	echo "run this through tests/run" >&2
	exit 1
fi

: "${PINHOLE:=$SOURCE/build/pinhole}" "${PROGRAMS:=$SOURCE/build/tests/programs}" "${RESULTS:=/dev/null}"
export LC_ALL=C TZ=UTC

# Writes a result, one line, to the runner's file, which is counted, and to its output, for people.
result() {
	printf '%s\n' "$*" >>"$RESULTS"
	{ printf '%s\n' "$*" >&9; } 2>/dev/null || printf '%s\n' "$*"
}
pass() { result "pass $1"; }
fail() { result "FAIL $1: $2"; }
skip() { result "skip $1: $2"; }

# check NAME COMMAND…: passes if the command ends with 0; otherwise shows its output.
check() {
	local name=$1 status=0
	shift
	"$@" </dev/null >check.out 2>&1 9>&- || status=$?
	if [ $status -eq 0 ]; then
		pass "$name"
	else
		fail "$name" "exit status $status of: $*"
		{
			echo "--- $name"
			tail -n 40 check.out
		} >&2
	fi
	return $status
}

# expect STATUS COMMAND…: succeeds if the command ends with that status; otherwise prints its status.
expect() {
	local want=$1 status=0
	shift
	"$@" || status=$?
	[ $status -eq "$want" ] || {
		echo "exit status $status, expected $want: $*"
		return 1
	}
}

# same FILE FILE: succeeds if the files have the same bytes; otherwise shows the difference.
same() { cmp "$1" "$2" >/dev/null 2>&1 || { diff -au "$1" "$2" | head -n 60; false; }; }

# Whether a command, or a program of tests/programs, exists. Some programs are not built if the compiler lacks a target.
have() { command -v "$1" >/dev/null 2>&1; }
have_program() { [ -x "$PROGRAMS/$1" ]; }

# Whether this machine can make 32-bit calls: some kernels and virtual processors cannot, although the compiler can.
makes_32_bit_calls() { { "$PROGRAMS/int80"; } >/dev/null 2>&1; }

# need NAME TOOL…: succeeds if all tools exist; otherwise skips the test NAME.
need() {
	local name=$1 tool
	shift
	for tool; do
		have "$tool" || have_program "$tool" || {
			skip "$name" "no $tool here"
			return 1
		}
		case $tool in
		i386 | i386_static | calls32 | own_trace32 | aimed32 | interrupts32 | limits32 | int80)
			makes_32_bit_calls || {
				skip "$name" "this machine cannot make 32-bit calls"
				return 1
			}
			;;
		esac
	done
}

# load_workload NAME: reads tests/e2e/roundtrip/NAME.sh and builds its programs. If that fails, skips the test NAME.
load_workload() {
	exact=yes requires=
	prepare() { :; }
	. "$SOURCE/tests/e2e/roundtrip/$1.sh"
	need "$1" $requires || return 1
	prepare >prepare.out 2>&1 || {
		skip "$1" "cannot be built here: $(head -n 1 prepare.out)"
		return 1
	}
}

# run_workload OUTPUT PREFIX…: in a fresh folder of always the same name; its output and its status go to the file.
run_workload() {
	local output=$1 status=0
	shift
	rm -rf work
	mkdir work
	(cd work && HOME=$PWD TMPDIR=$PWD && workload "$@") >"$output" 2>"$output.err" 9>&- || status=$?
	echo "status $status" >>"$output"
}

# in_time SECONDS COMMAND…: a process of the command that takes more processor time is killed; the machine may be busy.
in_time() (
	ulimit -t "$1" || exit
	shift
	"$@"
)

# each_workload COMMAND: in a folder of its own for each file of roundtrip/ (WORKLOADS names some of them), COMMAND NAME.
each_workload() {
	local file name
	for file in "$SOURCE"/tests/e2e/roundtrip/*.sh; do
		name=$(basename "$file" .sh)
		[ -z "${WORKLOADS:-}" ] || [[ " $WORKLOADS " = *" $name "* ]] || continue
		mkdir "$name"
		(cd "$name" && "$1" "$name")
	done
}

# skip_all NAME WHY: skips the whole script.
skip_all() {
	skip "$1" "$2"
	exit 0
}

# Skips the script if the system forbids tracing or filters (containers, hardened kernels). The runner probes once;
# a script started alone probes itself.
need_tracing() {
	: "${TRACING:=$("$SOURCE/tests/probe" "$PROGRAMS")}"
	[ "$TRACING" = yes ] || skip_all "$1" "$TRACING"
}

# Ends the script where record --mode=listen cannot work (an old kernel, a listener that watches already).
need_listening() {
	need_tracing "$1"
	"$PINHOLE" doctor >doctor.out
	grep -q 'ok  *listening' doctor.out || skip_all "$1" "$(grep listening doctor.out)"
}

# Whether the command was built with a sanitizer: it then needs more memory and cannot run under valgrind.
sanitized() { grep -aqE '__(asan|ubsan|tsan)_' "$PINHOLE"; }

# Prints a profile's facts, one a line: PHASE ARCH SYSCALL COUNT ARG=VALUE… (values as numbers).
facts() { python3 "$SOURCE/tests/oracles/facts" "$@"; }

# fact PROFILE PATTERN: whether a line of `facts` matches the extended regular expression.
fact() {
	facts "$1" >facts.out && grep -Eq -- "$2" facts.out || {
		echo "no fact /$2/ in:"
		cat facts.out
		return 1
	}
}
no_fact() {
	facts "$1" >facts.out && ! grep -E -- "$2" facts.out
}

# Prints a TCP port of the loopback interface that is free now.
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# wait_for SECONDS COMMAND…: succeeds as soon as the command does.
wait_for() {
	local until=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $until ] || return 1
		sleep 0.02
	done
}

# Whether no process has this text in its command line.
gone() { ! pgrep -f -- "$1" >/dev/null; }

# What the scripts of tests/consumers share. Each defines `make_output`, which writes what $program's policy is in the
# consumer's format, and `inside COMMAND…`, which runs a command under it; then it calls `consume`.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
. "$SOURCE/tests/remove.sh"
[ -n "${LEARNED:-}" ] || skip_all "$(basename "$0" .sh)" "run this through tests/consumers/run"
HERE=$PWD
arguments=yes # whether the format tests arguments
besides=      # acts of tests/programs/refuse that the consumer lets through for its own sake
killed="status 159"
no_netlink=$killed # what becomes of a socket of an address family that was not seen
foreign=$killed    # and of a call of another architecture
newer="survived, Function not implemented
status 0"

# generated FORMAT FILE [POLICY]: of the policy in question. What is said on standard error is for people.
generated() { "$PINHOLE" generate -f "$1" "${3:-$LEARNED/$program.policy}" -o "$2" 2>generate.err || { cat generate.err; false; }; }

# The workload does what it did when nobody watched, to the byte.
does_its_work() {
	(
		rm -rf work
		mkdir work
		. "$SOURCE/tests/e2e/roundtrip/$program.sh"
		cd work && HOME=$PWD TMPDIR=$PWD && set +eu && workload inside >"$HERE/out" 2>"$HERE/out.err"
	)
	same "$LEARNED/$program.plain" out || { tail -n 20 out.err; false; }
}

# ends OUTPUT COMMAND…: what the command writes and how it ends, on lines.
ends() {
	local status=0 want=$1
	shift
	inside "$@" >out 2>out.err || status=$?
	echo "status $status" >>out
	[ "$(cat out)" = "$want" ] || { echo "$*: expected:" "$want" "and got:" && cat out out.err; false; }
}
# A program of nothing but the call in question.
call_is() { # WHAT-COMES-OF-IT NAME [NUMBER…]
	local want=$1
	shift
	case $want in
	status*) ends "before
$want" "$PROGRAMS/unseen" "$@" ;;
	*) ends "before
$want
status 0" "$PROGRAMS/unseen" "$@" ;;
	esac
}

# A call that neither the program made nor a consumer needs.
unseen_call() {
	local name
	for name in inotify_init1 memfd_create timerfd_create; do
		grep -q "\"syscall\": \"$name\"" "$LEARNED/$program.policy" || { echo $name; return; }
	done
}

real_program() { # CONSUMER
	check "$1: $program does its work" does_its_work || return 0
	check "$1: $program: a seen call is made" call_is -9 close 99
	check "$1: $program: an unseen call is not" call_is "$killed" "$(unseen_call)" 0 0
	[ -z "$no_netlink" ] || check "$1: $program: a seen call with unseen arguments is not" call_is "$no_netlink" socket 16 3 0
}

# `refuse` does one thing wrong at a time.
all_act() { # WANT ACT…
	local want=$1 act
	shift
	for act; do
		[[ " $besides " = *" $act "* ]] || ends "$want" "$PROGRAMS/refuse" "$act" || return
	done
}
one_step_beside() { # CONSUMER
	check "$1: refuse: the good" all_act "survived, succeeded
status 0" good garbage_family garbage_command garbage_option garbage_signal
	check "$1: refuse: other calls" all_act "$killed" unrecorded unrecorded_without_arguments
	check "$1: refuse: a newer call" all_act "$newer" newer
	[ $arguments = no ] || check "$1: refuse: other arguments" all_act "$killed" family type protocol command option protection \
		signal_number garbage_protection one_high_bit
	[ "$(uname -m)" = x86_64 ] && makes_32_bit_calls || return 0
	check "$1: refuse: another architecture" all_act "$foreign" i386_getpid
}

# consume CONSUMER [PROGRAM…]
consume() {
	local consumer=$1 program
	shift
	[ $# -gt 0 ] || set -- ${CONSUMED:-nginx redis sqlite3 python3 refuse}
	for program; do
		if [ ! -e "$LEARNED/$program.policy" ]; then
			if grep -q ": no .* here; run" "$LEARNED/$program.log"; then
				skip "$consumer: $program" "$(sed -n 's/.*: \(no .* here\); run.*/\1/p' "$LEARNED/$program.log")"
			else
				fail "$consumer: $program" "was not learned: $(tail -n 20 "$LEARNED/$program.log")"
			fi
			continue
		fi
		check "$consumer: $program: written" make_output || continue
		case $program in
		refuse) one_step_beside "$consumer" ;;
		*) real_program "$consumer" ;;
		esac
	done
}

# kill_inside [-SIGNAL] NUMBER: for workloads whose consumer has processes in a namespace of their own, where a server's number,
# as it says it itself, is another one than here.
kill_inside() {
	local at=${*: -1}
	at=$(sed -n "s/^NSpid:[[:space:]]*\([0-9]*\)[[:space:]].*\b$at\$/\1/p" /proc/[0-9]*/status 2>/dev/null | tail -n 1)
	command kill "${@:1:$#-1}" "${at:-${*: -1}}"
}

# need_containers CONSUMER: ends the script where no container can be made.
need_containers() { [ "$CONTAINERS" = yes ] || skip_all "$1" "$CONTAINERS"; }

# runtime_of COMMAND RELEASE: where that program is, of the machine itself or of another Debian; or why it is not.
: "${OTHER_RELEASES=trixie sid}"
runtime_of() {
	local at
	if [ "$2" = machine ]; then
		command -v "$1" || { echo "no $1 here"; return 1; }
		return
	fi
	at=$CONSUMERS_CACHE/releases/$2/bin/$1
	[ -x "$at" ] || "$SOURCE/tests/consumers/release" "$CONSUMERS_CACHE" "$2" >release.out 2>&1 || { tail -n 1 release.out; return 1; }
	[ -x "$at" ] || { echo "no $1 in there"; return 1; }
	echo "$at"
}

# with_base NAME: the policy of $program with what a ready-made one adds, as with.policy.
with_base() { "$PINHOLE" policy --generalize=none --with="$SOURCE/policies/library/$1.json" "$LEARNED/$program.json" -o with.policy; }

# starts WHAT-COMES-OF-IT: one program does what it did when it was recorded, and then one call more.
starts() {
	ends "survived, succeeded
status 0" "$PROGRAMS/refuse" good && ends "$1" "$PROGRAMS/refuse" unrecorded
}

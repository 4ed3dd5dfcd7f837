# kill -9 of the recorder at random moments, 100 times: the profile is the old or the new one, and
# no tracee is left.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing killed
mark=mark-$$-$RANDOM$RANDOM

# A profile of some size, so that writing it takes a while.
prepare() {
	"$PINHOLE" record -o profile.json -- "$PROGRAMS/calls" &&
		"$PINHOLE" record -o profile.json -- "$PROGRAMS/signals" &&
		"$PINHOLE" record -o profile.json -- bash -c 'seq 10 | sort | tail -n 1'
}
runs() { "$PINHOLE" show --json "$1" | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["runs"]))'; }

# How long a recording takes, in microseconds; the moments of death are spread over it and a little more.
span() {
	local began=${EPOCHREALTIME/./}
	"$PINHOLE" record -o profile.json -- "$PROGRAMS/phases" || return 1
	echo $(((${EPOCHREALTIME/./} - began) * 13 / 10))
}

# once N COMMAND…: kills the recorder of the command after a random time of at most N microseconds.
once() {
	local most=$1 recorder before after
	shift
	before=$(runs profile.json)
	"$PINHOLE" record -o profile.json -- "$@" >/dev/null 2>&1 &
	recorder=$!
	sleep "$(printf '0.%06d' $((RANDOM * RANDOM % most)))"
	kill -KILL $recorder 2>/dev/null
	wait $recorder 2>/dev/null
	after=$(runs profile.json) || { echo "the profile is unreadable"; return 1; }
	[ "$after" -eq "$before" ] || [ "$after" -eq $((before + 1)) ] || { echo "$before runs before, $after after"; return 1; }
	[ "$after" -eq "$before" ] || whole=$((whole + 1))
	wait_for 60 gone "$mark" || { echo "left behind:"; pgrep -af "$mark"; pkill -KILL -f "$mark"; return 1; }
}

check "a profile is there" prepare
most=$(span)
[ "$most" -lt 1000000 ] || most=999999
whole=0 failures=0
for _ in $(seq 50); do
	once "$most" "$PROGRAMS/phases" "$mark" || failures=$((failures + 1))
done >failures 2>&1
check "50 deaths while recording and writing: the old profile or the new one" \
	eval "cat failures; echo \$whole were written; [ $failures -eq 0 ]"
failures=0
for _ in $(seq 50); do
	once 60000 "$PROGRAMS/linger" "$mark" || failures=$((failures + 1))
done >failures 2>&1
check "50 deaths while the command runs: no tracee is left behind" eval "cat failures; [ $failures -eq 0 ]"
check "the next recording works" "$PINHOLE" record -o profile.json -- "$PROGRAMS/phases"
left() { [ "$(ls -A | grep -vE '^(profile.json|check.out|failures)$' | wc -l)" -le "$1" ] || { ls -lA; false; }; }
# A writer that dies between creating its temporary file and renaming it cannot remove it. What the next one finds it
# should clear away.
check "no temporary files are left beside the profile" left 0
exit 0

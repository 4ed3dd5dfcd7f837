# A program that is watched, and what it has in its hands against the watching: its own filters end calls as ever, and
# whatever it aims at the recorder ends natively, or is refused; nothing is lost. SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing hostile
need hostile own_trace python3 || exit 0
within() { timeout -k 5 "$@"; } # SECONDS COMMAND…

# Calls that a filter of the program's own hands to a tracer which it does not have (tests/programs/own_trace.h; that it
# notices nothing is in transparency.sh): the profile says that they failed.
failed() {
	rm -f failed.json
	"$PINHOLE" record -q --mode=$1 -o failed.json -- "$PROGRAMS/own_trace" >failed.out &&
		python3 "$SOURCE/tests/failures" failed.json >failed.txt && grep -qx 'main uname = ENOSYS' failed.txt || { cat failed.txt; false; }
}
for mode in exact plain quiet "quiet --quiet-after=0"; do check "$mode: what the program's own filter refuses is recorded so" failed "$mode"; done
attached() {
	printf 'ready\nthis one'"'"'s: Function not implemented\nanother thread'"'"'s: went through\n' >expected
	mkfifo to from
	"$PROGRAMS/own_trace" wait <to >from &
	local watched=$! recorder
	exec 5>to 6<from
	read -r line <&6
	"$PINHOLE" record -q -o attached.json -p $watched &
	recorder=$!
	wait_for 10 grep -q "^TracerPid:[[:space:]]*$recorder$" /proc/$watched/status
	echo >&5
	{ echo "$line"; cat <&6; } >attached.out
	exec 5>&- 6<&-
	expect 0 wait $recorder && same expected attached.out && fact attached.json '^main [^ ]+ getppid 2 '
}
check "-p: the program's own filter ends calls as ever" attached
exit 0

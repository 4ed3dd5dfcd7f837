# 32-bit ARM programs on aarch64: their calls are told apart, and it is said that they are not recorded. AARCH32 is such a
# program, busybox; tests/aarch64 has one.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing aarch32
program=${AARCH32:-/usr/lib/32-bit/busybox}
[ "$(uname -m)" = aarch64 ] || skip_all aarch32 "this is no aarch64"
[ -x "$program" ] || skip_all aarch32 "no $program here"
"$program" true 2>/dev/null || skip_all aarch32 "this machine cannot run 32-bit programs"
for mode in exact plain quiet; do
	recorded() { "$PINHOLE" record --mode=$mode -o $mode.json -- "$program" echo said >out 2>err && [ "$(cat out)" = said ]; }
	check "$mode: the program works" recorded
	check "$mode: its calls are said not to be recorded" grep -Eq '^pinhole: [1-9][0-9]* calls of an architecture that pinhole does not know' err
	check "$mode: they are not taken for calls of 64 bits" no_fact $mode.json '(exit_group|write|brk) '
	mixed() { "$PINHOLE" record --mode=$mode -o mixed-$mode.json -- sh -c "$program true; $PROGRAMS/nothing" 2>err; }
	check "$mode: beside 64-bit programs" mixed
	check "$mode: whose calls are recorded" fact mixed-$mode.json '^main aarch64 exit_group [0-9]+ (.* )?nothing$'
done
# A policy names the 64-bit calls only: what has no rule is denied.
learned() { "$PINHOLE" record -q -o shell.json -- sh -c "$PROGRAMS/nothing" && "$PINHOLE" policy -o shell.policy shell.json; }
check "a policy of 64-bit calls" learned
denied() { ! "$PINHOLE" run shell.policy -- sh -c "$program true"; }
check "denies those of 32 bits" denied
exit 0

# How the scripts ask z3: any answer but the expected one is a failure and is printed. Tested with a
# script in place of z3.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
mkdir bin
cat >bin/z3 <<'END'
#!/bin/sh
cat "$SAYS"
exit "$ENDS"
END
chmod +x bin/z3
printf 'unsat first\nsat second\n' >verdicts
: >questions

# asked STATUS ANSWERS MESSAGE: answers() succeeds (0) or not (1), and its words for people have a line like MESSAGE.
asked() {
	printf "$2" >said
	expect "$1" env PATH="$PWD/bin:$PATH" SAYS="$PWD/said" ENDS="${4:-0}" Z3_SECONDS=7 bash -c '
		set -eu -o pipefail
		. "$0/tools/dev/z3.sh"
		answers questions verdicts' "$SOURCE" >out 2>err && grep -qx -- "$3" out err -h || { cat out err; false; }
}
check "both as wanted" asked 0 'unsat\nsat\n' "z3 1 1"
check "a wrong sat" asked 1 'sat\nsat\n' ".*: first: z3 says sat, wanted is unsat"
check "a wrong unsat" asked 1 'unsat\nunsat\n' ".*: second: z3 says unsat, wanted is sat"
check "unknown" asked 1 'unknown\nsat\n' ".*: first: z3 does not know within 7 s, wanted is unsat"
check "timeout" asked 1 'unsat\ntimeout\n' ".*: second: z3 does not know within 7 s, wanted is sat"
check "an error" asked 1 '(error "line 3")\nunsat\nsat\n' '.*: first: z3 says (error "line 3"), wanted is unsat'
check "too few answers" asked 1 'unsat\n' ".*: z3 gave 1 answers to 2 questions of verdicts"
check "too many answers" asked 1 'unsat\nsat\nsat\n' ".*: z3 gave 3 answers to 2 questions of verdicts"
check "none" asked 1 '' ".*: z3 gave 0 answers to 2 questions of verdicts"
check "right answers from a z3 that then fails" asked 1 'unsat\nsat\n' "z3 1 1" 1
: >verdicts
check "no question at all" asked 1 '' ".*: no question in verdicts"
exit 0

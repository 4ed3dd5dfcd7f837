# Policies learned from some scenarios of a program, tried on the others: a part of `make survival`
# that takes one minute.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"

export CROSSVAL=${PROGRAMS%/programs}/survival/crossval SURVIVAL=$PWD/cache
[ -x "$CROSSVAL" ] || skip_all "policies on scenarios that were not seen" "$CROSSVAL is not there; run make programs"
need_tracing "policies on scenarios that were not seen"
need "policies on scenarios that were not seen" sqlite3 tar gzip bzip2 xz || exit 0

# crossval's lines: setting, known, share denied, calls, dangers, instructions.
survives() { # PROGRAM
	"$SOURCE/tests/survival/scenarios.py" record $1 && "$CROSSVAL" -o4 -k10,20 cache/$1/*.json >$1.tsv && [ -s $1.tsv ]
}
column() { # PROGRAM SETTING KNOWN COLUMN
	awk -F'\t' -v setting="$2" -v known="$3" -v column="$4" '$1 == setting && $2 == known { print $column; found = 1 } END { exit !found }' $1.tsv
}
for program in sqlite3 tar; do check "the scenarios of $program are recorded and tried" survives $program; done
# What names alone allow, shape need not; what shape allows, exact need not.
nested() { # PROGRAM
	local known shares
	for known in 10 20; do
		shares="$(column $1 none/none $known 3) $(column $1 shape/none $known 3) $(column $1 exact/none $known 3)" || return 1
		echo "$shares" | awk '!($1 <= $2 && $2 <= $3 && $3 < 1) { print "denied by none, shape, exact: " $0; exit 1 }' || return 1
	done
}
for program in sqlite3 tar; do check "the closer the arguments of $program are tested, the more is denied" nested $program; done
no_dangers() { [ "$(awk -F'\t' '$1 == "shape/capability" { open += $5 } END { print open + 0 }' sqlite3.tsv)" = 0 ]; }
check "nothing dangerous is open that sqlite3 did not do" no_dangers
# What confidence says of runs under the policy of the others is what merge, policy and check say of them.
left_out() {
	local i others denied=0
	for i in cache/sqlite3/*.json; do
		others=$(printf '%s\n' cache/sqlite3/*.json | grep -vxF "$i")
		"$PINHOLE" merge -o others.json $others && "$PINHOLE" policy others.json -o others.policy || return 1
		"$PINHOLE" check others.policy $i >out || denied=$((denied + 1))
	done
	"$PINHOLE" confidence --json --policy cache/sqlite3/*.json | python3 -c "
import json, sys
policy = json.load(sys.stdin)['policy']
assert policy['complete'] == 30 and policy['denied_runs'] == $denied, (policy['words'], $denied)"
}
check "confidence --policy says what check says of each run under the policy of the others" left_out
# Scenarios that were not seen, under a policy of ten others: in the last column are those that check allows and the kernel denies.
kernel() { # PROGRAM
	"$SOURCE/tests/survival/variations" --verdicts --scenarios=5 $1 >out 2>err && grep -q "^| $1 | 5 | .* | 0 |$" out || { cat out err; return 1; }
}
for program in sqlite3 tar; do check "what check allows of $program, the kernel does" kernel $program; done

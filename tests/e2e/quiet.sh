# Mode quiet: programs become quiet and do not notice, and their new calls are still recorded.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing quiet
need quiet calm python3 || exit 0
calm=$PROGRAMS/calm
quietly() { timeout -k 5 100 "$PINHOLE" record -q --mode=quiet "$@"; }
times() { # PROFILE CALL: how often it was seen
	"$SOURCE/tests/oracles/facts" --sum "$1" | awk -v name="$2" '$2 == name { n += $3 } END { print n + 0 }'
}
marks() { # PROFILE NUMBER: so many calls that were made once each
	[ "$("$SOURCE/tests/oracles/facts" "$1" | grep -c ' fcntl .*cmd=\(0x\(7[d-f]\|8[0-6]\)\|20[0-9][0-9]\|21[0-5][0-9]\)')" -eq "$2" ] ||
		{ "$SOURCE/tests/oracles/facts" "$1" | grep fcntl; false; }
}

# Each case as nobody sees it: at first, gone quiet at once, soon, after a while; and by what is known.
alike() { # CASE OPTION…
	local case=$1
	shift
	quietly "$@" -o "$case.json" -- "$calm" "$case" >"$case.out" 2>"$case.err" || { cat "$case.err"; return 1; }
	same "$case.plain" "$case.out"
}
for case in $("$calm" list); do
	"$calm" "$case" >"$case.plain"
	for after in 0 50 1000; do
		rm -f "$case.json"
		check "$case, after $after calls: as nobody sees it" alike "$case" --quiet-after=$after
		case $case in
		threads) check "$case, after $after calls: what is new is recorded" marks $case.json 8 ;;
		makers) check "$case, after $after calls: what is new is recorded" marks $case.json 160 ;;
		vforks) check "$case, after $after calls: what is new is recorded" marks $case.json 51 ;;
		new | execs) check "$case, after $after calls: what is new is recorded" marks $case.json 2 ;;
		stopped | full) check "$case, after $after calls: what is new is recorded" marks $case.json 1 ;;
		esac
	done
	check "$case, by what is known: as nobody sees it" alike "$case"
done

# It is quiet.
fewer() { [ "$(times "$1" getppid)" -lt "$2" ] || { times "$1" getppid; false; }; }
for case in new threads makers signals vforks stopped killed execs; do
	rm -f $case.json
	alike $case --quiet-after=300
	check "$case: goes quiet" fewer $case.json 2500
done
rm -f slow.json
alike slow --quiet-after=10
seldom() { [ "$(times slow.json getppid)" -eq 40 ] || { times slow.json getppid; false; }; }
check "slow: what calls seldom stops at each call" seldom
known() { # a fact that did not stop has no count in that run
	python3 - new.json <<-'PYTHON'
		import json, sys
		profile = json.load(open(sys.argv[1]))
		counts = [fact["runs"] for fact in profile["facts"] if fact["syscall"] == "getppid"]
		labels = [{profile["runs"][int(run)].get("label") for run in count} for count in counts]
		assert labels == [{"first", "fresh"}], labels
	PYTHON
}
rm -f new.json
alike new --label first && alike new --label second && alike new --fresh --label fresh
check "what is known does not stop, and does with --fresh" known
check "the run says how it was recorded" grep -q '"mode": "quiet"' new.json

# How calls end is known, or said not to be.
ends() { # FACT: = ERROR…
	python3 "$SOURCE/tests/oracles/failures" late.json >late.failed && grep -qxF -- "$1" late.failed || { cat late.failed; false; }
}
for after in 50 1000; do
	rm -f late.json
	alike late --quiet-after=$after
	check "after $after calls: what failed and then succeeds did not only fail" ends "main fcntl cmd=F_GETSIG = ?"
	check "after $after calls: nor does what failed often" ends "main fcntl cmd=F_GETOWN_EX = ?"
	check "after $after calls: what only failed is told" ends "main accept = EBADF"
	alike late
	check "and is the next time" ends "main accept = EBADF"
done

# Another filter of the program's own: from then on all is seen.
own() {
	rm -f own.json && quietly -o own.json -- "$PROGRAMS/own_filter" >own.out && quietly -o own.json -- "$PROGRAMS/own_filter" >own2.out &&
		same own.out own2.out && python3 - own.json <<-'PYTHON'
		import json, sys
		facts = json.load(open(sys.argv[1]))["facts"]
		assert [fact["runs"] for fact in facts if fact["syscall"] == "getppid"] == [{"0": 2, "1": 2}], facts
	PYTHON
}
check "a program with a filter of its own is followed closely" own

# Where no filter is allowed: without, and it is said once.
cat >refuse.policy <<'END'
{"format": "pinhole-policy", "version": 1, "arch": ["x86_64", "aarch64"], "default": "allow", "newer": "allow",
 "rules": [{"syscall": "seccomp", "action": "errno:EPERM"}]}
END
refused() {
	"$PINHOLE" run refuse.policy -- "$PINHOLE" record -q -o refused.json "$@" -- "$calm" new >refused.out 2>refused.err &&
		same new.plain refused.out && marks refused.json 2 && [ "$(grep -c 'got no filter' refused.err)" -eq 1 ] &&
		[ "$(wc -l <refused.err)" -eq 1 ] || { cat refused.err; false; }
}
check "seccomp refused in the program: all is recorded, and it is said" refused --quiet-after=10
check "and by what is known" refused
all_seen() { "$SOURCE/tests/oracles/facts" refused.json | grep -q ' getppid 6020 '; }
check "each call of both runs" all_seen
usage() { expect 2 "$PINHOLE" record --quiet-after="$1" -- true 2>err && grep -q "number of calls" err; }
for wrong in -1 x 1x "" 99999999999999999999999; do check "--quiet-after=$wrong is refused" usage "$wrong"; done
exit 0

# Two recorders that end at the same time write one profile: no fact of either is lost.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing concurrent

both() {
	local i first failures=0
	for i in $(seq 50); do
		"$PINHOLE" record --fresh --label "a$i" -o profile.json -- "$PROGRAMS/refuse" good >/dev/null &
		first=$!
		"$PINHOLE" record --fresh --label "b$i" -o profile.json -- "$PROGRAMS/phases" || failures=$((failures + 1))
		wait $first || failures=$((failures + 1))
	done
	[ $failures -eq 0 ] || { echo "$failures recorders failed"; false; }
}
all_there() {
	python3 - profile.json <<-'PYTHON'
		import json, sys
		profile = json.load(open(sys.argv[1]))
		labels = sorted(run["label"] for run in profile["runs"])
		assert labels == sorted(f"{w}{i}" for w in "ab" for i in range(1, 51)), labels
		assert len({run["id"] for run in profile["runs"]}) == 100
		for name, runs in (("socket", 50), ("getpriority", 50), ("execve", 100)):
		    seen = set()
		    for fact in profile["facts"]:
		        if fact["syscall"] == name:
		            seen |= set(fact["runs"])
		    assert len(seen) == runs, (name, len(seen))
	PYTHON
}
check "100 recordings, two at a time" both
check "all 100 runs are in the profile, with their facts" all_there
check "and no other file is beside it" test "$(ls | grep -v '^check.out$')" = profile.json

# A reader at any moment sees a whole profile.
reader() {
	local writer n=0
	for _ in $(seq 30); do "$PINHOLE" record -o profile.json -- "$PROGRAMS/nothing"; done &
	writer=$!
	while kill -0 $writer 2>/dev/null; do
		"$PINHOLE" show --json profile.json >shown.json && python3 -m json.tool shown.json >/dev/null || return 1
		n=$((n + 1))
	done
	[ $n -gt 0 ]
}
check "who reads meanwhile reads a whole profile" reader
exit 0

# Calls that follow after a policy answers ENOSYS: `check` says which of them the policy denies, and
# `policy` allows them. Each file of tests/golden/answers is a case: rules and facts, perhaps with
# `arch` (x86_64) and options of `policy`; the exact output of `check`; and rules that a policy
# learned from the facts contains.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"

# lines WORD FILE: the rest of the lines that begin with it; joined: with commas between.
lines() { sed -n "s/^$1 //p" "$2"; }
joined() { lines "$1" "$2" | sed '$!s/$/,/'; }
none_of() { # CASE
	local n
	n=$(lines fact "$1" | wc -l)
	[ "$n" = 1 ] && echo "0 of 1 fact would be denied" || echo "0 of $n facts would be denied"
}
ended() { [ "$(tail -n 1 expected)" = "$(none_of "$1")" ]; }

says() {
	local status=1
	! ended "$1" || status=0
	expect $status "$PINHOLE" check policy.json profile.json >said && same expected said &&
		"$PINHOLE" generate policy.json -o filter.bpf 2>/dev/null &&
		expect $status "$PINHOLE" check filter.bpf profile.json >said && same expected said
}
learns() {
	"$PINHOLE" policy $options profile.json -o learned.json &&
		lines learns "$1" >wanted && while read -r rule; do
			grep -qF -- "$rule" learned.json || { echo "not there: $rule"; cat learned.json; return 1; }
		done <wanted
}
# Whoever learned from the facts denies nothing, nor anything that follows.
sound() {
	"$PINHOLE" check learned.json profile.json >said && [ "$(cat said)" = "$(none_of "$1")" ] ||
		{ cat said; false; }
}

for case in "$SOURCE"/tests/golden/answers/*.case; do
	name=$(basename "$case" .case)
	arch=$(lines arch "$case") options=$(lines options "$case")
	: "${arch:=x86_64}"
	{
		echo '{"format": "pinhole-policy", "version": 1, "arch": ["'"$arch"'"], "default": "kill", "newer": "errno:ENOSYS", "rules": ['
		joined rule "$case"
		echo ']}'
	} >policy.json
	{
		echo '{"format": "pinhole-profile", "version": 1, "runs": [{"id": "00000000000000000000000000000001", "command": ["'"$name"'"],'
		echo '"started": "2026-01-31T12:00:00Z", "mode": "exact", "kernel": "6.1", "exit": "exit 0"}], "programs": [{"path": "/bin/'"$name"'"}], "facts": ['
		joined fact "$case" | sed 's/^{/{"phase": "main", "arch": "'"$arch"'", "programs": [0], "runs": {"0": 1}, /'
		echo ']}'
	} >profile.json
	lines says "$case" >expected
	check "$name: what check says" says "$case"
	check "$name: what is learned" learns "$case" && check "$name: nothing follows that is denied" sound "$case"
done

# Programs of this machine, each call that has a row answered by ENOSYS in turn: none may die of what `check` does not tell.
need_tracing answers
mkdir real
cd real
echo text >from
programs=(
	"cp from to"
	"mv --no-clobber from with"
	"ls -l ."
	"bash -c 'true; (exit 3); cat <from | tr a-z A-Z'"
	"python3 -c 'import os, subprocess, secrets; secrets.token_bytes(4); print(subprocess.run([\"true\"], close_fds=True)); print(subprocess.run([\"true\"], close_fds=False)); os.access(\".\", os.R_OK, effective_ids=True)'"
	"$PROGRAMS/spawns"
	"$PROGRAMS/threads 2"
)
# died STATUS OUTPUT: of SIGSYS (31), itself or a child of whose end it tells.
died() { [ "$1" = 159 ] || grep -qE 'Bad system call|returncode=-31|status 0x[0-9a-f]*1f$' "$2"; }
answered() { # CALL COMMAND
	local status=0 fine=0
	sed 's/^\(  {"syscall": "'"$1"'"\).*}\(,*\)$/\1, "action": "errno:ENOSYS"}\2/' policy.json >answered.json
	grep -q "\"$1\", \"action\": \"errno:ENOSYS\"" answered.json || { echo "no rule of $1"; return 1; }
	"$PINHOLE" check answered.json profile.json >said || fine=1
	rm -f to
	"$PINHOLE" run answered.json -- sh -c "exec $2" >out 2>&1 || status=$?
	! died $status out || [ $fine = 1 ] || { cat said out; echo "status $status"; false; }
}
tried=0
for command in "${programs[@]}"; do
	tool=${command%% *}
	need "ENOSYS: $(basename "$tool")" "$(basename "$tool")" || continue
	rm -f profile.json to with
	echo text >from
	check "$(basename "$tool"): recorded" "$PINHOLE" record -q -o profile.json -- sh -c "exec $command" || continue
	"$PINHOLE" policy profile.json -o policy.json || continue
	for call in $(sed -n 's/^\t\(ROW\|LIKE\)("\([a-z0-9_]*\)".*/\2/p' "$SOURCE/policies/abi/fallbacks.c" | sort -u); do
		grep -q "\"syscall\": \"$call\", .*\"arch\"\|\"arch\": \"[a-z0-9_]*\", \"syscall\": \"$call\"" profile.json || continue
		rm -f to with
		echo text >from
		tried=$((tried + 1))
		check "$(basename "$tool"): $call gets ENOSYS" answered "$call" "$command"
	done
done
check "calls were tried" [ $tried -gt 0 ]
exit 0

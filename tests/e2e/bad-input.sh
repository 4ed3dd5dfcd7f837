# Wrong files and options: each gets a message with the file, the place and what to do, and exit
# status 2; nothing is written or run. Each file in bad/ is a case: a sed script for a good profile
# or policy, or a filter in hexadecimal. Its first line says what is wrong and, after "Message:", a
# regular expression for the message.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing bad-input
bad=$SOURCE/tests/e2e/bad

# refuses REGEX COMMAND…: it says so on standard error and nothing on standard output.
refuses() {
	local message=$1 status=0
	shift
	timeout 100 "$@" >out 2>err || status=$?
	[ $status -eq 2 ] && grep -Eqi -- "${message:-.}" err && [ ! -s out ] && ! grep -Eq 'Sanitizer|runtime error' err || {
		echo "status $status, message expected: /$message/, from: $*"
		cat out err
		return 1
	}
}
# All commands that read a profile (or a policy) say of FILE what is wrong with it, by name.
refused_everywhere() { # KIND FILE MESSAGE
	local kind=$1 file=$2 failures=0 sum
	sum=$(stat -c '%i %s %y' "$file")
	wrong() { refuses "$@" && grep -qF -- "$file" err && [ "$(stat -c '%i %s %y' "$file")" = "$sum" ] && [ ! -e new ] && [ ! -e ran ] || { failures=1; cat err; }; rm -f new ran; }
	wrong "$3" "$PINHOLE" show "$file"
	wrong "$3" "$PINHOLE" show --json "$file"
	wrong "$3" "$PINHOLE" generate "$file" -o new
	wrong "$3" "$PINHOLE" run "$file" -- touch ran
	wrong "$3" "$PINHOLE" diff "$file" "$good"
	wrong "$3" "$PINHOLE" diff "$good" "$file"
	if [ "$kind" = profile ]; then
		wrong "$3" "$PINHOLE" policy "$file" -o new
		wrong "$3" "$PINHOLE" merge -o new profile.json "$file"
		wrong "$3" "$PINHOLE" check filter.bpf "$file"
		wrong "$3" "$PINHOLE" record -o "$file" -- touch ran
	else
		wrong "$3" "$PINHOLE" check "$file" profile.json
	fi
	[ $failures -eq 0 ]
}

"$PINHOLE" record -o profile.json -- "$PROGRAMS/phases"
"$PINHOLE" generate profile.json -o filter.bpf
cp "$bad/policy.json" "$bad/stacks.json" .
check "the good policy is good" "$PINHOLE" show policy.json
check "the good profile with stacks is good" "$PINHOLE" show stacks.json

# Stacks are no command's own: they are read as the rest of a profile is.
refused_by_two() { # KIND FILE MESSAGE
	refuses "$3" "$PINHOLE" show "$2" && grep -qF -- "$2" err && refuses "$3" "$PINHOLE" merge -o new profile.json "$2" && [ ! -e new ]
}

# The cases of a folder of bad/, each made of FOLDER.json.
refuse_all() { # HOW KIND FOLDER
	local how=$1 kind=$2
	shift 2
	local case name good=$1.json
	for case in "$bad/$1"/*.sed; do
		name=$(basename "$case" .sed)
		sed -f "$case" "$good" >"bad-$name.json"
		if cmp "bad-$name.json" "$good" >/dev/null; then
			fail "$1: $name" "the sed script changes nothing: adapt it to the file's layout"
		else
			check "$1: $name" $how $kind "bad-$name.json" "$(sed -n '1s/.*Message: *//p' "$case")"
		fi
	done
}

refuse_all refused_by_two profile stacks
for kind in profile policy; do
	good=$kind.json
	refuse_all refused_everywhere $kind $kind
	# Files that are no such thing at all.
	: >empty.json
	printf ' \n' >blank.json
	echo '[]' >list.json
	echo 'null' >null.json
	head -c 4096 /dev/urandom >random.json
	head -c 200000 /dev/zero | tr '\0' '[' >deep.json
	printf '{"format": "pinhole-%s", "version": 1}\n' $kind >hollow.json
	truncate -s 300M oversized.json
	for name in empty blank list null random deep hollow oversized; do
		check "$kind: $name" refused_everywhere $kind $name.json ""
	done
done

# An empty profile would make a policy that denies everything.
python3 - <<-'PYTHON'
	import json
	profile = json.load(open("profile.json"))
	profile["facts"] = []
	json.dump(profile, open("factless.json", "w"))
PYTHON
check "a profile without facts makes no policy" refuses factless.json "$PINHOLE" policy factless.json
check "and no filter" refuses factless.json "$PINHOLE" generate factless.json -o new

for case in "$bad"/filter/*.hex; do
	name=$(basename "$case" .hex)
	printf "$(sed '1d; s/ //g; s/../\\x&/g' "$case")" >"bad-$name.bpf"
	message=$(sed -n '1s/.*Message: *//p' "$case")
	check "filter: $name, disasm" refuses "bad-$name.bpf.*($message)" "$PINHOLE" disasm "bad-$name.bpf"
	check "filter: $name, stats" refuses "bad-$name.bpf.*($message)" "$PINHOLE" stats "bad-$name.bpf"
	check "filter: $name, check" refuses "bad-$name.bpf.*($message)" "$PINHOLE" check "bad-$name.bpf" profile.json
	check "filter: $name, run" refuses "bad-$name.bpf.*($message)" "$PINHOLE" run "bad-$name.bpf" -- touch ran
done
for _ in $(seq 4097); do printf '\x06\x00\x00\x00\x00\x00\xff\x7f'; done >long.bpf
check "filter: more than 4096 instructions" refuses "long.bpf.*4096" "$PINHOLE" disasm long.bpf
check "a filter where a profile belongs" refuses "filter.bpf: is not text.*if it is a filter, 'pinhole disasm'" "$PINHOLE" policy filter.bpf
check "a filter where a policy belongs" refuses "filter.bpf: is not text.*if it is a filter, 'pinhole disasm'" "$PINHOLE" show filter.bpf
echo 'not json' >words.txt
check "text where a profile belongs" refuses "words.txt: is not JSON, so neither a profile nor a policy: line 1" "$PINHOLE" show words.txt
check "a policy where a profile belongs" refuses policy.json "$PINHOLE" policy policy.json
check "a profile to merge that is a policy" refuses policy.json "$PINHOLE" merge -o new profile.json policy.json
check "a diff of a profile and a policy" refuses "policy" "$PINHOLE" diff profile.json policy.json
check "nothing that was refused ran" test ! -e ran
check "or was written" test ! -e new

# Files that are not there, or not to be read or written.
mkdir folder
for arguments in "show" "policy" "generate" "diff profile.json" "merge -o new" "check filter.bpf" "disasm" "stats" "stats filter.bpf"; do
	check "$arguments of a missing file" refuses "missing.*No such file" "$PINHOLE" $arguments missing
	check "$arguments of a folder" refuses "folder.*(directory|folder|not a regular file)" "$PINHOLE" $arguments folder
done
check "run of a missing file" refuses "missing.*No such file" "$PINHOLE" run missing -- true
check "record to a folder" refuses "folder" "$PINHOLE" record -o folder -- touch ran
check "record to a folder that is not there" refuses "nowhere/profile.json.*No such file" "$PINHOLE" record -o nowhere/profile.json -- touch ran
check "record to nowhere runs nothing" test ! -e ran
for arguments in "policy profile.json" "generate profile.json" "merge profile.json"; do
	check "$arguments to a folder" refuses folder "$PINHOLE" $arguments -o folder
	check "$arguments to a folder that is not there" refuses "nowhere/out.*No such file" "$PINHOLE" $arguments -o nowhere/out
	[ ! -c /dev/full ] || check "$arguments to a full disk" refuses "/dev/full.*No space" "$PINHOLE" $arguments -o /dev/full
done
to_full() { expect 2 "$PINHOLE" "$@" >/dev/full 2>err && grep -q 'No space' err || { cat err; false; }; }
if [ -c /dev/full ]; then
	for arguments in "show profile.json" "show --json profile.json" "policy profile.json" "generate profile.json" \
		"disasm filter.bpf" "stats filter.bpf" "merge -o - profile.json" "--help"; do
		check "$arguments, standard output is full" to_full $arguments
	done
	check "a full disk is still a device" test -c /dev/full
fi
if [ "$(id -u)" -ne 0 ]; then
	mkdir sealed && cp profile.json sealed && chmod a-w sealed
	cp profile.json secret.json && chmod 0 secret.json
	check "a file that may not be read" refuses "secret.json.*Permission denied" "$PINHOLE" show secret.json
	check "a folder that may not be written" refuses "sealed/new.*Permission denied" "$PINHOLE" policy profile.json -o sealed/new
	check "record into it" refuses "sealed/.*Permission denied" "$PINHOLE" record -o sealed/profile.json -- touch ran
	chmod u+w sealed
fi

# What is made of a file is not written over it.
kept() { # FILE COMMAND…
	local file=$1 sum
	shift
	sum=$(stat -c '%i %s %y' "$file")
	refuses 'would be overwritten' "$@" -o "./$file" "$file" && [ "$(stat -c '%i %s %y' "$file")" = "$sum" ]
}
check "policy keeps its profile" kept profile.json "$PINHOLE" policy
check "generate keeps its policy" kept policy.json "$PINHOLE" generate
check "disasm keeps its filter" kept filter.bpf "$PINHOLE" disasm
for option in --with --base; do check "policy $option keeps that policy" refuses 'would be overwritten' "$PINHOLE" policy $option=policy.json -o policy.json profile.json; done
check "generate --counts keeps that profile" refuses 'would be overwritten' "$PINHOLE" generate --counts=profile.json -o profile.json policy.json

# Options. MESSAGE TAB ARGUMENTS
while IFS=$'\t' read -r message arguments; do
	check "pinhole $arguments" refuses "$message" "$PINHOLE" $arguments
done <<'END'
recrod.*record	recrod -- true
unheard	unheard
unheard	--unheard
unheard	record --unheard -- true
unheard	show --unheard profile.json
unheard	policy --unheard profile.json
unheard	generate --unheard profile.json
unheard	merge --unheard profile.json
unheard	diff --unheard profile.json profile.json
unheard	check --unheard filter.bpf profile.json
unheard	run --unheard profile.json -- true
unheard	disasm --unheard filter.bpf
unheard	stats --unheard filter.bpf
mode.*exact	record --mode=unheard -o new -- true
unheard	policy --args=unheard profile.json
none.*shape.*exact	policy --args=unheard profile.json
unheard	policy --default=unheard profile.json
errno	policy --default=errno profile.json
ENOSUCH	policy --default=errno:ENOSUCH profile.json
bpf.*asm|asm.*bpf	generate -f unheard profile.json
optimize.*size.*speed	generate --optimize=unheard profile.json
kernel.*5.4	generate --kernel=unheard profile.json
kernel.*5.4	generate --kernel=5 profile.json
kernel.*5.4	generate --kernel=5.4x profile.json
3.5	generate --kernel=2.6.32 profile.json
absent.*No such file	generate --counts=absent profile.json
unheard	run --at=unheard profile.json -- true
COMMAND|command	record
COMMAND|command	record --
COMMAND|command	run profile.json
.	run
.	show
.	show profile.json profile.json
.	policy
.	policy profile.json profile.json
.	generate
.	merge -o new
.	diff profile.json
.	diff profile.json profile.json profile.json
.	check filter.bpf
.	disasm
.	stats
argument.*o	record -o
argument.*o	policy profile.json -o
json	policy --json profile.json
END
exit 0

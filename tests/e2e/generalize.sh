# policy --generalize: the added calls and the reasons given for them; programs work under it that
# the seen calls alone would kill.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing generalize

check "a harmless run is recorded" "$PINHOLE" record -q -o profile.json -- cat "$SOURCE/LICENSE"
modes="none chance capability"
for mode in $modes; do
	check "$mode: a policy" "$PINHOLE" policy --generalize=$mode profile.json -o $mode.policy
	check "$mode: what was seen is allowed" "$PINHOLE" check $mode.policy profile.json
done
grows() { expect 1 "$PINHOLE" diff "$1.policy" "$2.policy" >words && ! grep -v "^+ " words; }
check "chance allows more than what was seen" grows none chance
check "capability allows more than chance" grows chance capability
check "capability is the default" eval '"$PINHOLE" policy profile.json | cmp - capability.policy'
refused() { expect 2 "$PINHOLE" policy --generalize=much profile.json 2>err && grep -q "one of none, chance, capability" err; }
check "another word is refused" refused
empty() { expect 2 "$PINHOLE" policy --generalize= profile.json 2>err && grep -q "one of none" err; }
check "no word is refused" empty

# What is dangerous is added by nothing.
dangers() { for mode in $modes; do "$PINHOLE" show $mode.policy | grep '^      ! ' | sort -u >$mode.dangers; done; cmp none.dangers chance.dangers && cmp none.dangers capability.dangers; }
check "no danger is open that was not seen" dangers
says() { "$PINHOLE" show $1.policy | grep -qE "$2"; }
check "show sets apart what was added" says capability '^[a-z0-9_]+, added, not seen: part of reading files, as open(at)? (was|and .* were) seen \([0-9]+ calls, no dangers\)$'
check "show: what was seen alone has nothing that was added" eval '! says none "added"'
check "show: chance is one class" eval 'says chance "part of chance" && ! says chance "part of (base|reading)"'
why() { grep -E '"syscall": "readlinkat"' capability.policy | grep -q '"why": "part of reading files: open'; }
check "why says what was seen of a class" why
by_class() { "$PINHOLE" show --by=capability profile.json >out && grep -qx 'reading files' out && grep -qx 'chance' out && grep -q '^(alone' out; }
check "show --by=capability" by_class

# Other standard streams, and a signal in the middle.
under() { "$PINHOLE" run $1.policy -- cat "$SOURCE/LICENSE"; }
piped() { under capability | cmp - "$SOURCE/LICENSE"; }
check "it lives with a pipe" piped
to_file() { under capability >out && cmp out "$SOURCE/LICENSE"; }
check "it lives with a file" to_file
failing() { expect 1 "$PINHOLE" run $1.policy -- cat /no/such/file 2>err && grep -q "No such file" err; }
check "it lives to say that a file is missing" failing capability

# Threads: what a program that starts them needs is there, and new power is not.
threads() { "$PINHOLE" record -q -o threads.json -- "$PROGRAMS/attack" && "$PINHOLE" policy threads.json -o threads.policy; }
check "a program with threads" threads
check "clone3 is answered by ENOSYS" eval 'grep "\"clone3\"" threads.policy | grep -q "errno:ENOSYS"'
check "it lives" "$PINHOLE" run threads.policy -- "$PROGRAMS/attack"
check "executing a program by descriptor is not added" eval '! grep -q "\"execveat\"" threads.policy'
# What is answered on purpose stays so.
on_purpose() { "$PINHOLE" policy --failed=errno profile.json | grep '"access"' | grep -q 'errno:ENOENT' || ! "$PINHOLE" policy --failed=errno --generalize=none profile.json | grep '"access"' | grep -q 'errno:ENOENT'; }
check "--failed=errno: an answer stays an answer" on_purpose
exit 0

# Calls that the code can make but no run made: `show`, `explain` and `policy` with --reach, for a
# small program with three paths, one of them in its profile.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"

arch=$(uname -m)
reach() { "$PINHOLE" reach -o "$1.reach" "$PWD/$1"; }
for name in small any; do
	cp "$PROGRAMS/reaches_$name" $name
	check "reach $name" reach $name
done

need_tracing unseen
check "a profile" "$PINHOLE" record -q -o profile.json -- ./small
policy() { # FILE OPTION…
	local file=$1
	shift
	"$PINHOLE" policy "$@" profile.json -o "$file.policy" 2>err
}
# said TEXT COMMAND…: it is fine, and standard output has the text.
said() {
	local text=$1
	shift
	"$@" >out 2>err && grep -qF -- "$text" out || { cat out err; false; }
}
# refuses TEXT COMMAND…: exit status 2, nothing on standard output, one line that has the text.
refuses() {
	local text=$1
	shift
	expect 2 "$@" >out 2>err && [ ! -s out ] && [ "$(wc -l <err)" = 1 ] && grep -qF -- "$text" err || { cat out err; false; }
}

# show. -----------------------------------------------------------------------------------------------------

show() { "$PINHOLE" show --reach=small.reach "$@" profile.json; }
check "show: the way to a call" said "→ main → give → libc.so.6:splice" show
check "show: what is dangerous" said "! caution: moves pages between pipes and files" show
check "show: groups" said "reachable, never seen, @network-io: sockets" show
check "show: with --by" said "reachable, never seen" show --by=group
kinds() { # the three are all calls of the architecture, and the list is as long as it says
	show >out 2>err && [ ! -s err ] || return 1
	awk '/^What the code could do/ { on = 1; next }
		on && /^ +[0-9]+  / { n[++k] = $1; sum += $1 }
		on && /^  [a-z]/ { listed++ }
		END { exit !(k == 3 && sum > 300 && n[1] > 3 && n[2] == listed && n[3] > 100) }' out
}
check "show: three kinds" kinds
as_before() { "$PINHOLE" show profile.json >plain && show >out && head -c "$(wc -c <plain)" out | same plain -; }
check "show: after what it says without" as_before
twice() { show >one && "$PINHOLE" show --reach=small.reach --reach=small.reach profile.json >two && same one two; }
check "show: one file twice is the same" twice
show_policy() { "$PINHOLE" policy profile.json -o p.policy && "$PINHOLE" show --reach=small.reach "$@" p.policy; }
check "show: a policy" refuses "is a policy; --reach is for profiles" show_policy
three() { # for programs: each call is of one kind, and the kinds are those that people are told
	show --json >kinds.json 2>err && [ ! -s err ] && show >out && python3 - "$arch" <<-'PY'
		import json, re, sys
		k = json.load(open("kinds.json"))
		kinds = [[c["syscall"] for c in k["seen"]], [c["syscall"] for c in k["reachable"]], k["not_reachable"]]
		names = sum(kinds, [])
		assert k["arch"] == sys.argv[1] and k["undecided"] == 0 and len(names) == len(set(names)) > 300
		text = open("out").read().split("What the code could do besides")[1]
		assert [len(x) for x in kinds] == [int(re.search(r"(\d+)  " + w, text)[1]) for w in
		                                   ("seen", "reachable, never", "not reachable")]
		splice = [c for c in k["reachable"] if c["syscall"] == "splice"][0]
		assert splice["nr"] == {"x86_64": 275, "aarch64": 76}[sys.argv[1]] and splice["group"] == "@system-service" and splice["dangers"][0]["level"] == "caution"
		path = [f.get("symbol") for f in splice["path"]]
		to = path.index("splice") + 1
		# Behind it stands what glibc's newer versions cancel threads with.
		assert path[to - 3:to] == ["main", "give", "splice"] and all("syscall_cancel" in s for s in path[to:]), splice
		assert splice["path"][0]["module"].endswith("/small") and splice["path"][0]["offset"].startswith("0x")
		assert all(c["reachable"] for c in k["seen"])
	PY
}
check "show: --json" three
check "show: --json of a policy" refuses "is a policy; --reach is for profiles" show_policy --json
warned() { "$PINHOLE" show --reach=small.reach --reach=any.reach profile.json 2>err >out && grep -c "any call could be made there" err | grep -qx 1; }
check "a number that can't be told: one warning" warned
unread() { "$PINHOLE" show --reach=any.reach profile.json 2>err >out && grep -q "no code was read of .*/small" err; }
check "a program whose code was not read" unread

other=$([ "$arch" = x86_64 ] && echo aarch64 || echo x86_64)
printf '{"format": "pinhole-reach", "version": 1, "sites": 1, "modules": [{"path": "/bin/x", "why": "program", "functions": 1, "reached": 1}], "calls": [{"arch": "%s", "syscall": "%s", "nr": %s, "path": []}], "undecided": [], "notes": []}\n' \
	$other socket "$([ $other = x86_64 ] && echo 41 || echo 198)" >other.reach
mixed() { "$PINHOLE" $1 --reach=small.reach --reach=other.reach profile.json; }
for command in show "policy --add=reachable:splice" report; do
	check "$command: code of two architectures" refuses "other.reach: has calls of $other, but the files before it have calls of $arch" mixed "$command"
done
foreign() { "$PINHOLE" show --reach=other.reach profile.json 2>err >out && grep -q "the code is of $other, and the profile has no fact of it" err; }
check "show: code of another architecture than the profile's" foreign
foreign() { expect 2 "$PINHOLE" policy --reach=other.reach --add=reachable:socket profile.json 2>err >out && tail -n 1 err | grep -q "the profile has no fact of $other"; }
check "policy: code of another architecture than the profile's" foreign

# explain. ----------------------------------------------------------------------------------------------------

explains() { # STATUS TEXT QUESTION…
	local status=$1 text=$2
	shift 2
	expect "$status" "$PINHOLE" explain --reach=small.reach profile.json "$@" >out && grep -q -- "$text" out || { cat out; false; }
}
check "explain: reachable" explains 1 "^reachable: .*→ main → give → libc.so.6:splice\( → [a-z_]*syscall_cancel\)*$" splice
check "explain: with arguments" explains 1 "^reachable: .*libc.so.6:socket$" socket domain=AF_INET
check "explain: not reachable" explains 1 "^not reachable by the code that was read$" ptrace
check "explain: another architecture's call" explains 1 "$arch has no socketcall" socketcall
check "explain: seen" explains 0 "^write(" write
check "explain: --folded" refuses "--folded and --reach" "$PINHOLE" explain --folded --reach=small.reach profile.json splice
answers() { # STATUS SYSCALL TEST: of the object k
	expect "$1" "$PINHOLE" explain --json --reach=small.reach profile.json "$2" >answer.json &&
		python3 -c 'import json, sys; k = json.load(open("answer.json")); assert eval(sys.argv[1]), k' "$3"
}
check "explain: --json, reachable" answers 1 splice \
	'k["could"]["reachable"] and "splice" in [f.get("symbol") for f in k["could"]["path"]] and k["facts"] == []'
check "explain: --json, not reachable" answers 1 ptrace 'not k["could"]["reachable"] and "path" not in k["could"]'
check "explain: --json, seen" answers 0 write 'k["could"]["reachable"] and k["facts"][0]["syscall"] == "write"'

# report. -----------------------------------------------------------------------------------------------------

page() { "$PINHOLE" report --reach=small.reach "$@" profile.json; }
check "report: the section" said '<section id="could"><h2>What the code could do besides</h2>' page
check "report: the way to a call" said "→ main → give → libc.so.6:splice" page
without() { "$PINHOLE" report profile.json >out && ! grep -q 'id="could"\|besides' out; }
check "report: nothing of it without" without
on_map() { # as many cells as calls that could be made, splice among them; a call that was seen is none
	page >out && unseen=$(sed -n 's/.*were seen, <strong>\([0-9]*\)<.*/\1/p' out) && [ "$unseen" -gt 0 ] &&
		[ "$(grep -c '^<g class="k [a-z ]*could' out)" = "$unseen" ] && grep -q '^<g class="k [a-z ]*could[a-z ]*"><title>splice: ' out &&
		! grep -q '^<a [^>]*could' out
}
check "report: on the map" on_map
check "report: Markdown" said '| `splice` | `@system-service` | caution | `_start -> main -> give -> libc.so.6:splice' page --format=markdown
# Names of functions are anybody's.
sed 's/"give"/"<script>alert(1)<\/script>|`x"/' small.reach >hostile.reach
hostile() {
	! cmp -s small.reach hostile.reach && "$PINHOLE" report --reach=hostile.reach profile.json >out &&
		grep -qF "→ &lt;script&gt;alert(1)&lt;/script&gt;|\`x →" out && [ "$(grep -o '<script' out | wc -l)" = 1 ] &&
		"$PINHOLE" report --reach=hostile.reach --format=markdown profile.json >out && ! grep -q '<script\|[|]&#96;' out
}
check "report: a stranger's name is text" hostile
places() { "$PINHOLE" report --reach=any.reach profile.json >out 2>err && grep -q "the number can’t be told" out; }
check "report: numbers that can't be told" places

# policy. -----------------------------------------------------------------------------------------------------

# What is done with a call. RULE is "allow", an action, or "none".
rule() { # FILE SYSCALL RULE
	python3 - "$1.policy" "$2" "$3" <<-'PY'
		import json, sys
		p = json.load(open(sys.argv[1]))
		rules = [r for r in p["rules"] if r["syscall"] == sys.argv[2]]
		action = rules[0].get("action", "allow") if rules else "none"
		assert action == sys.argv[3], (action, rules)
		if rules and action == "allow":
		    assert "any" not in rules[0], rules
	PY
}
has_why() { grep "\"$2\"" "$1.policy" | grep -qF -- "$3" || { cat "$1.policy"; false; }; }
reached() { policy "$@" --reach=small.reach; }
check "policy: without" policy plain
check "--add of a call" reached added --add=reachable:splice
check "--add: it is allowed" rule added splice allow
check "--add: its reason" has_why added splice "reachable, never seen: _start → main → give → libc.so.6:splice"
check "--add: the default is for the rest" rule added socket none
only_that() { expect 1 "$PINHOLE" diff plain.policy added.policy >out && printf '+ %s splice\n' $arch | same - out; }
check "--add: nothing else" only_that
check "--add of a group and a call" reached group --add=reachable:@network-io,splice
check "--add of a group: a member" rule group socket allow
check "--add of a group: what is beside it" rule group splice allow
check "--add of a group: what is not reachable" rule group listen none
# posix_spawn of a new glibc asks for clone3, which a group answers by ENOSYS: what follows is allowed, too.
cat >spawns.c <<'SOURCE_TEXT'
#include <spawn.h>
#include <stdlib.h>
int main(int argc, char **argv)
{
	pid_t pid;
	return argc == 2 && posix_spawn(&pid, "/bin/true", NULL, NULL, argv, NULL) != 0;
}
SOURCE_TEXT
build() { "$CC" -D_GNU_SOURCE= -O1 -o "$1" "$1.c"; }
if need "--add of the group that has clone3" "${CC:=cc}"; then
	check "spawns.c" build spawns
	check "reach spawns" reach spawns
	grouped() { "$PINHOLE" policy --add=reachable:@process --reach=spawns.reach spawns.json -o spawns.policy 2>err || { cat err; false; }; }
	check "a profile that does not spawn" "$PINHOLE" record -q -o spawns.json -- ./spawns
	check "--add of the group that has clone3" grouped
	if grep '"clone3"' spawns.policy | grep -q ENOSYS; then
		check "--add of the group that has clone3: what follows ENOSYS" eval 'grep "\"rt_sigaction\"" spawns.policy | grep -qv "\"any\""'
	else
		skip "--add of the group that has clone3" "this libc has none"
	fi
fi
check "--add, repeated" reached again --add=reachable:splice --add=reachable:@network-io
repeated() { same group.policy again.policy; }
check "--add, repeated: the same" repeated
runs() { expect "$1" "$PINHOLE" run "$2.policy" -- ./small $3 </dev/null; }
check "as recorded" runs 0 added
check "the call that was added" runs 3 added one
check "without it" runs 159 plain one

check "--reachable-errno" reached softer --reachable-errno=ENOSYS
check "--reachable-errno: reachable" rule softer splice errno:ENOSYS
check "--reachable-errno: its reason" has_why softer splice "reachable, never seen: _start → main → give → libc.so.6:splice"
check "--reachable-errno: not reachable" rule softer ptrace none
check "--reachable-errno: the call" runs 3 softer one
seen_alike() { # what was seen has the rule that it had
	grep -v "reachable, " softer.policy | grep '"syscall"' | sed 's/,$//' | sort >one && grep '"syscall"' plain.policy | sed 's/,$//' | sort | same - one
}
check "--reachable-errno: what was seen" seen_alike
check "--reachable-errno=log" reached logged --reachable-errno=log --add=reachable:splice
check "log: reachable" rule logged socket log
check "log: what was added" rule logged splice allow
printf '{"format": "pinhole-policy", "version": 1, "arch": ["%s"], "default": "kill", "newer": "kill", "rules": [{"syscall": "socket"}]}\n' $arch >added-to.policy
check "--with comes first" reached with --reachable-errno=ENOSYS --with=added-to.policy
check "--with: its rule" rule with socket allow
check "--base: what it has is left out" reached base --add=reachable:socket,splice --base=added-to.policy
check "--base: its rule" rule base socket none
check "--base: the other" rule base splice allow
printf '{"format": "pinhole-policy", "version": 1, "arch": ["%s"], "default": "kill", "newer": "kill", "rules": [{"syscall": "socket"}]}\n' $arch >only.policy
check "--base: goes before --reachable-errno" reached softer_base --reachable-errno=ENOSYS --base=only.policy
check "--base: its rule stays" rule softer_base socket none
check "--base: what it has nothing of" rule softer_base splice errno:ENOSYS
sed 's/"default": "kill"/"default": "allow"/' only.policy >open.policy
check "--base: a default that allows" reached softer_open --reachable-errno=ENOSYS --base=open.policy
check "--base: that goes before, too" rule softer_open splice none
check "--phase: what it was not seen in" reached phase --generalize=none --phase=main --reachable-errno=EPERM
check "--phase: its reason" has_why phase mprotect "reachable, not seen in phase main: "
check "a filter of it" "$PINHOLE" generate softer.policy -o softer.bpf
check "a union" policy union --reach=small.reach --reach=any.reach --add=reachable:splice
check "a union: a warning" grep -c "any call could be made there" err

# What is refused: OPTION… TAB TEXT
while IFS=$'\t' read -r options text; do
	check "refused: $options" refuses "${text/ARCH/$arch}" "$PINHOLE" policy --reach=small.reach $options profile.json
done <<'END'
--add=reachable:ptrace	the code that was read cannot reach ptrace
--add=reachable:write	write was seen
--add=reachable:exit	exit is allowed without it
--add=reachable:splice,splice	splice is allowed without it
--add=reachable:splize	did you mean splice?
--add=reachable:socketcall	ARCH has no socketcall
--add=reachable:@reboot	@reboot has no call
--add=reachable:@net	there is no group @net
--add=reachable:	expected calls or groups
--add=reachable:splice,	expected calls or groups
--add=splice	expected reachable:
--add=reachable:splice --default=allow	allows everything already
--reachable-errno=ENOSIS	unknown errno
--reachable-errno=ENOSYS --default=log	allows unseen calls
--reach=small.reach	give one of them
--add=reachable:splice -o small.reach	would be overwritten
END
check "refused: a report over the reach file" refuses "would be overwritten" "$PINHOLE" report --reach=small.reach -o small.reach profile.json
check "refused: --add without --reach" refuses "needs --reach" "$PINHOLE" policy --add=reachable:splice profile.json
check "refused: --reachable-errno without --reach" refuses "needs --reach" "$PINHOLE" policy --reachable-errno=EPERM profile.json

# Files that are none of reach's.
: >empty
echo '{}' >object
sed 's/"sites": [0-9]*/"sites": "many"/' small.reach >wrong
head -c 500 small.reach >short
for file in empty object wrong short profile.json nowhere .; do
	check "show: reach file $file" refuses "$file: " "$PINHOLE" show --reach=$file profile.json
	check "policy: reach file $file" refuses "$file: " "$PINHOLE" policy --add=reachable:splice --reach=$file profile.json
	check "report: reach file $file" refuses "$file: " "$PINHOLE" report --reach=$file profile.json
	check "explain: reach file $file" refuses "$file: " "$PINHOLE" explain --reach=$file profile.json splice
	check "explain: reach file $file, of a call that was seen" refuses "$file: " "$PINHOLE" explain --reach=$file profile.json write
done
exit 0

# minimize finds the calls that a program's own test does not need, and the test passes under the
# resulting filter.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"

cat >some.policy <<'END'
{"format": "pinhole-policy", "version": 1, "arch": ["x86_64"], "default": "kill", "newer": "errno:ENOSYS",
 "rules": [{"syscall": "read"}]}
END
says() { # TEXT ARGUMENT…: is refused with that
	local text=$1
	shift
	expect 2 "$PINHOLE" minimize "$@" >out 2>err && grep -q "^pinhole: .*$text" err && [ ! -e out.policy ] || { cat out err; false; }
}
check "a test must be named" says '--test is missing' some.policy
check "--jobs=0" says '--jobs=0: not a number of trials; give 1 to' --jobs=0 --test=true some.policy
check "--by=x" says '--by=x: not a view; give syscall or group' --by=x --test=true some.policy
check "--timeout=x" says '--timeout=x: not a duration' --timeout=x --test=true some.policy
check "the profile is not written over" says 'some.policy' --test=true -o some.policy some.policy
check "a test that fails anyway" says 'the test fails without any filter: exit status 3; repair the test' --test='exit 3' -o out.policy some.policy
check "a test that fails under the policy" says 'the test fails under the unchanged policy: .*write {} in the test' --test=true -o out.policy some.policy
check "a result that cannot be written, before any trial" says 'nowhere/out.policy: cannot write into its directory' --test='touch tried' -o nowhere/out.policy some.policy
check "an empty test" says '--test is missing' --test=' ' some.policy
check "a test that kills the process above it" says 'fails without any filter: its keeper process was killed' --test='kill -9 $PPID; sleep 0.2' some.policy
no_folder() { TMPDIR=/nonexistent/x says 'TMPDIR=/nonexistent/x: cannot make a folder' --test=true some.policy; }
check "no place for trials" no_folder
need_tracing minimize

# A world of a test's own, and nothing left of it.
record_it() { "$PINHOLE" record -q -o "$1" -- /bin/sh -c "$2"; }
left() { ! pgrep -f "$1" >left.out || { cat left.out; false; }; }
daemons() {
	cat >daemons.sh <<-'END'
		(setsid sleep ${LONG:-0.1} >/dev/null 2>&1 & setsid setsid sleep ${LONG:-0.1} &)
		touch "$TMPDIR/x" && test "${PINHOLE_TRIAL:-0}" -lt 4 && ! read line
	END
	record_it daemons.json '. ./daemons.sh' && LONG=4711.5 "$PINHOLE" minimize -j4 --within=4s --test='. ./daemons.sh' daemons.json >daemons.out &&
		left 'sleep 4711.5'
}
if need "processes that a test leaves are ended" setsid pgrep pkill; then
	check "processes that a test leaves are ended" daemons
	interrupted() {
		"$PINHOLE" minimize --test='sleep 4712.5' daemons.json >out 2>&1 &
		local pid=$!
		until pgrep -f 'sleep 4712.5' >out; do sleep 0.1; done
		sleep 0.2
		kill -TERM $pid
		wait $pid
		[ $? = 143 ] && sleep 0.3 && left 'sleep 4712.5' && ! ls -d "$TMPDIR"/pinhole-minimize.* 2>err
	}
	check "and when it is interrupted; its folder too" interrupted
fi
slow() {
	record_it slow.json 'exec sleep 0.1'
	expect 2 "$PINHOLE" minimize --timeout=300ms --test='sleep 100' slow.json 2>err && grep -q 'not done in time' err
}
check "a test that takes too long" slow
steady() {
	record_it steady.json '[ -e flag ] && rm flag || touch flag' && record_it steady.json '[ -e flag ] && rm flag || touch flag'
	expect 2 "$PINHOLE" minimize --test='[ -e flag ] && { rm flag; exit 1; } || touch flag' steady.json 2>err && grep -q 'passes . of 3 times' err
}
check "a test that does not always pass" steady

# A test that is of the shell alone, with one program under the filter.
printf 'x\n' >data
record_it one.json 'cat data >/dev/null'
one() { # ENVIRONMENT TEST…
	local environment=$1 test=$2
	shift 2
	env "$environment" "$PINHOLE" minimize --by=group -j2 "$@" --test="$test" one.json >one.out 2>one.err || { cat one.err; return 1; }
	grep -q 'calls, [1-9][0-9]* of them' one.out || { cat one.out; return 1; }
}
odd() {
	mkdir -p "a b" "it's" plain && one TMPDIR="$PWD/a b" "$test" && one TMPDIR="$PWD/it's" "$test" && one TMPDIR=plain "cd / && $test" &&
		cp "$PINHOLE" "it's/pin hole" && PINHOLE="$PWD/it's/pin hole" one A=b "$test"
}
test="{} cat $PWD/data >/dev/null"
check "folders of any name" odd
own_group() { one A=b "trap '' TERM; kill 0; $test"; }
check "a test that kills its process group" own_group
in_time() { one A=b "sleep 0.05; $test" --by=syscall --within=1s && grep -q 'the time was over' one.out; }
check "what is found in time is put together" in_time
to_output() {
	"$PINHOLE" minimize --by=group --test="$test" -o - one.json >one.policy 2>one.err && "$PINHOLE" show one.policy >out && grep -q ' of them not needed by this test' one.err
}
check "the policy to standard output" to_output
not_text() {
	"$PINHOLE" minimize --by=group --test="$test # "$'\xff' -o one.policy one.json >out && grep -qF '# \\xff"' one.policy && "$PINHOLE" show one.policy >out
}
check "a test that is no UTF-8" not_text
steers() { # U+009B is CSI for terminals that know C1
	one A=b "$test || { printf '\\302\\233 31m'; false; }" --by=syscall --within=20s && grep -qF '? 31m' one.out && ! grep -qF $'\xc2\x9b' one.out
}
check "a test's words do not steer the terminal" steers
mounted() {
	mkdir -p kept && touch kept/file
	one A=b 'mkdir "$TMPDIR/x" && mount --bind '"$PWD"'/kept "$TMPDIR/x"; '"$test" || return 1
	[ -e kept/file ] && ! grep pinhole-minimize /proc/self/mounts && ! ls -d "$TMPDIR"/pinhole-minimize.* 2>err
}
if [ "$(id -u)" = 0 ] && mkdir -p kept mnt && mount --bind kept mnt 2>err && umount mnt; then
	check "what a test mounts is left alone" mounted
fi

# Of what is known that it needs openat, and that sort bears not to know the machine's memory; exit and its kin are not tried.
cat >needs.sh <<'END'
exec cat input | sort >sorted && cmp sorted expected
END
printf 'b\na\n' >input
printf 'a\nb\n' >expected
rm -f sorted
found() {
	record_it needs.json '. ./needs.sh' &&
		"$PINHOLE" minimize -j2 --test='. ./needs.sh' -o needs.policy needs.json >needs.out || return 1
	sed -n '/stubbable: /,/^[0-9]/p' needs.out | grep -q '^  sysinfo .*errno:ENOSYS' || { cat needs.out; return 1; }
	sed -n '/needed: /,/^[0-9]/p' needs.out | grep -q '^  openat .*errno:EPERM: ' || { cat needs.out; return 1; }
	! grep -q '^  \(exit\|exit_group\|rt_sigreturn\|restart_syscall\) ' needs.out || return 1
	"$PINHOLE" run needs.policy -- /bin/sh -c '. ./needs.sh' && grep -q '"sysinfo", "action": "errno:ENOSYS", .*minimize: the test passes' needs.policy
}
check "what sort and cmp can do without" found
tighter() { # each call that the new policy lets through the old one does
	"$PINHOLE" policy needs.json -o whole.policy && "$PINHOLE" diff whole.policy needs.policy >diff.out
	[ $? = 1 ] && ! grep -q '^+.*allow' diff.out || { cat diff.out; false; }
}
check "the policy is tighter, not wider" tighter
json() {
	"$PINHOLE" minimize --json --by=group -j2 --within=20s --test='. ./needs.sh' needs.json >needs.answer &&
		python3 - needs.answer <<-'END'
			import json, sys
			answer = json.load(open(sys.argv[1]))
			assert answer["format"] == "pinhole-minimize" and answer["confirmed"] == 3
			calls = {c["syscall"]: c for c in answer["calls"]}
			assert calls["execve"]["verdict"] in ("needed", "untried"), calls["execve"]
			assert any(c["verdict"] == "stubbable" and c["answer"] for c in answer["calls"])
		END
}
need "as JSON, by groups" python3 && check "as JSON, by groups" json

# A call that is needed only where the environment has another size: as realloc's mremap, which depends on where memory lies.
large() {
	local test="{} sh -c '[ \${#PINHOLE_PADDING} -lt 1000 ] || cd /'"
	PINHOLE_PADDING=$(printf %01500d 0) "$PINHOLE" record -q -o large.json -- sh -c "${test/\{\}/}" &&
		"$PINHOLE" minimize --test="$test" -o large.policy large.json >large.out || { cat large.out; return 1; }
	sed -n '/^[0-9]* stubbable alone, /,/^[0-9]/p' large.out | grep -q '^  chdir ' || { cat large.out; return 1; }
	"$PINHOLE" run large.policy -- sh -c 'cd /'
}
check "what an environment of another size needs stays" large

# Only the program is under the filter where {} stands; real programs with a test of their own each.
minimized() { # NAME TEST: the test with {} before the program
	local name=$1 test=$2 i
	rm -f "$name".*
	"$PINHOLE" record -q -o "$name.json" -- /bin/sh -c "${test//\{\}/}" >out 2>&1 || return 1
	"$PINHOLE" minimize -j2 --by=group --test="$test" -o "$name.policy" "$name.json" >"$name.out" 2>"$name.err" ||
		{ cat "$name.out" "$name.err"; return 1; }
	for i in 1 2 3; do
		/bin/sh -c "${test//\{\}/$PINHOLE run $PWD/$name.policy --}" || return 1
	done
	grep -q ' of them not needed by this test' "$name.out" && ! grep -q ', 0 of them' "$name.out"
}
cat >data.sql <<'END'
create table t (a integer primary key, b text);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 500) insert into t select i, 'row ' || i from n;
select count(*), sum(a) from t;
END
need "sqlite3" sqlite3 && check "sqlite3" minimized sqlite3 'cd "$TMPDIR" && rm -f a.db && [ "$({} sqlite3 a.db <'"$PWD"'/data.sql)" = "500|125250" ]'
need "tar" tar && check "tar" minimized tar 'd=$(mktemp -d) && {} tar -C "$SOURCE" -cf $d/a.tar policies/library && {} tar -C $d -xf $d/a.tar && diff -r "$SOURCE/policies/library" $d/policies/library && rm -r $d'
need "python3" python3 && check "python3" minimized python3 '[ "$({} python3 -c "import json; print(json.dumps({chr(97): sum(range(10))}))")" = "{\"a\": 45}" ]'
cat >commit.sh <<'END'
d=$(mktemp -d) && cd $d && $1 git init -q . && echo a >a && $1 git add a && $1 git -c user.name=n -c user.email=e@x commit -qm one &&
	[ "$($1 git log --format=%s)" = one ] && $1 git fsck --strict 2>err && rm -r $d
END
need "git" git && check "git" minimized git "sh $PWD/commit.sh '{}'"
exit 0

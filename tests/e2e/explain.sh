# The callers of calls: stacks as the program made them; the output of explain, show --by and diff
# for them; and text from a profile stays text.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing explain
golden=$SOURCE/tests/golden/profile/stacks-ab.json
escape=$(printf '\033')
chains() { "$SOURCE/tests/oracles/chains" "$@"; }

# The stacks of a program of which each function is known. ------------------------------------------------------
check "chains: record" "$PINHOLE" record -q -o chains.json -- "$PROGRAMS/chains" "$PROGRAMS/chains_library"
check "chains: every frame" chains chains.json
exact() { "$PINHOLE" record -q --mode=exact -o exact.json -- "$PROGRAMS/chains" "$PROGRAMS/chains_library" && chains exact.json; }
check "chains: in mode exact" exact
plain() { "$PINHOLE" record -q --mode=plain -o plain.json -- "$PROGRAMS/chains" "$PROGRAMS/chains_library" && chains plain.json; }
check "chains: in mode plain" plain
returns() { "$PINHOLE" explain chains.json rt_sigreturn >out && grep -q '^  > raise_signal' out; }
check "chains: a signal's handler returns" returns
launch() { "$PINHOLE" explain chains.json execve >out && grep -q "no stack.*own execve" out; }
check "chains: who started them is not asked" launch
variant() { # NAME COMPILER FLAGS…
	local name=$1
	shift
	"$@" -g -D_GNU_SOURCE= -Wall -Wextra -o chains-$name "$SOURCE/tests/programs/chains.c" -pthread &&
		"$PINHOLE" record -q -o $name.json -- ./chains-$name "$PROGRAMS/chains_library" && chains $name.json
}
for compiler in gcc clang; do
	need "chains: by $compiler" $compiler || continue
	check "chains: by $compiler with frame pointers" variant $compiler-frames $compiler -O2 -fno-omit-frame-pointer
	check "chains: by $compiler without frame pointers" variant $compiler-none $compiler -O2 -fomit-frame-pointer
	check "chains: by $compiler without optimization" variant $compiler-slow $compiler -O0
	check "chains: by $compiler at a fixed address" variant $compiler-fixed $compiler -O2 -no-pie -fno-pie
done
if need "chains: stripped" gcc objcopy strip; then
	stripped() { # NAME: with its debug file, and without
		mkdir -p bare .debug && cp chains-gcc-none bare/$1 && objcopy --only-keep-debug bare/$1 .debug/$1.debug &&
			strip bare/$1 && objcopy --add-gnu-debuglink=.debug/$1.debug bare/$1 && "$PINHOLE" record -q -o $1.json -- "bare/$1" "$PROGRAMS/chains_library"
	}
	same_offsets() { # under another name, the frames are those of the file that has its symbols
		stripped chains-gcc-none && mv chains-gcc-none.json stripped.json && ! grep -q plain_middle stripped.json &&
			chains --offsets gcc-none.json stripped.json
	}
	check "chains: stripped, without names" same_offsets
	debug_file() { mkdir -p bare/.debug && cp .debug/chains-gcc-none.debug bare/.debug/ && "$PINHOLE" record -q -o debug.json -- bare/chains-gcc-none "$PROGRAMS/chains_library" && chains debug.json; }
	check "chains: stripped, with its debug file" debug_file
fi
static() { # FLAGS…
	gcc -O2 -g -D_GNU_SOURCE= "$@" -o chains-static "$SOURCE/tests/programs/chains.c" -pthread 2>/dev/null
}
if static -static -Wl,--eh-frame-hdr; then
	static_frames() { rm -f static.json; "$PINHOLE" record -q -o static.json -- ./chains-static && chains --static --without=0x77ff static.json; }
	check "chains: static" static_frames
	static -static-pie && check "chains: static, position-independent" static_frames
	blind() { # without the table of its unwind information: it is said, and not taken for the outermost function
		static -static -Wl,--no-eh-frame-hdr && rm -f blind.json && "$PINHOLE" record -q -o blind.json -- ./chains-static &&
			"$PINHOLE" explain blind.json ioctl request=0x7700 >out && grep -q 'does not say how to unwind' out
	}
	check "chains: static, without unwind information" blind
else
	skip "chains: static" "no static libc here"
fi

# Questions and answers. ----------------------------------------------------------------------------------------
has() { grep -q -- "$1" out || { echo "no '$1' in:"; cat out; false; }; }
explain() { "$PINHOLE" explain "$@" >out 2>err; }
answers() { # STATUS PATTERN WORD…: of the golden profile
	local status=$1 pattern=$2
	shift 2
	expect $status explain "$golden" "$@" && cat err >>out && has "$pattern"
}
check "a call" answers 0 '^  > main+0x19 ' openat
check "its runs" answers 0 'at least\|^  14 calls in 2 of 2 runs: 0 1$' openat
check "its first run" answers 0 '^  first in run 0, 2026-01-31T12:00:00Z  \$ demo$' openat
check "its program" answers 0 '^  by /usr/bin/demo$' openat
check "its errors" answers 0 '^  only ever failed, with EINVAL$' clock_gettime
check "a stack that ended early says why" answers 0 'does not say how to unwind' mprotect
check "one led back to itself" answers 0 'led back to itself' clock_gettime
check "one was cut" answers 0 'record --frames' openat
check "by a value" answers 0 'prot=PROT_READ' mprotect prot=PROT_READ
check "by a number" answers 0 'PROT_READ' mprotect prot=0x1
check "not that value" answers 1 '^mprotect prot=PROT_EXEC: never seen$' mprotect prot=PROT_EXEC
check "never seen" answers 1 '^mount: never seen$' mount
check "an unknown call" answers 2 'did you mean openat?' openta
check "an unknown argument" answers 2 'no argument path' mprotect path=1
check "an argument that is not recorded" answers 2 'not recorded' mprotect len=1
check "an unknown value" answers 2 'did you mean PROT_READ?' mprotect prot=PROT_REED
check "no value" answers 2 'ARG=VALUE' mprotect prot
check "no call" answers 2 usage
a_policy() { "$PINHOLE" policy "$golden" -o policy.json && expect 2 "$PINHOLE" explain policy.json openat 2>out && has 'is a policy'; }
check "of a policy: there is nothing to explain" a_policy
from_stdin() { "$PINHOLE" explain - openat <"$golden" >stdin.out && explain "$golden" openat && same stdin.out out; }
check "from standard input" from_stdin
one_caller() { explain chains.json ioctl && [ "$(grep -c '^  > ' out)" -eq "$(grep -c '^  stack' out)" ] && ! grep -q "$escape" out; }
check "each stack has a caller; no colours in files" one_caller
nothing() { "$PINHOLE" record -q --stacks=none -o none.json -- "$PROGRAMS/chains" && explain none.json ioctl request=0x7700 && has 'no stack.*record --fresh'; }
check "without stacks it says how to get them" nothing
again() { "$PINHOLE" record -q --fresh -o none.json -- "$PROGRAMS/chains" && explain none.json ioctl request=0x7700 && has '^  > plain_inner'; }
check "and so they come" again
selected() { "$PINHOLE" record -q -o selected.json -- "$PROGRAMS/many" && explain selected.json umount2 flags=MNT_FORCE && expect 1 explain selected.json umount2 flags=0x40000000; }
check "values of a widened fact" selected

# For programs. -------------------------------------------------------------------------------------------------
json() { # PROFILE SYSCALL: the same facts as in the profile, frames in full
	explain --json "$1" "$2" && python3 - "$1" "$2" <<-'PYTHON'
		import json, sys
		profile = json.load(open(sys.argv[1]))
		facts = [f for f in profile["facts"] if f["syscall"] == sys.argv[2]]
		answer = json.load(open("out"))
		assert len(answer) == len(facts) > 0
		for fact, told in zip(facts, answer):
		    for key in ("phase", "arch", "nr", "args", "values", "failed"):
		        assert told.get(key) == fact.get(key), key
		    assert told["count"] == sum(fact["runs"].values())
		    assert [r["id"] for r in told["runs"]] == [profile["runs"][int(i)]["id"] for i in fact["runs"]]
		    assert [p["path"] for p in told["programs"]] == [profile["programs"][i]["path"] for i in fact["programs"]]
		    stacks = [profile["stacks"][i] for i in fact.get("stacks", [])]
		    assert [s["end"] for s in told["stacks"]] == [s.get("end", "complete") for s in stacks]
		    for stack, s in zip(stacks, told["stacks"]):
		        assert sum(f.get("caller", False) for f in s["frames"]) == 1
		        frames = [profile["frames"][i] for i in stack["frames"]]
		        assert len(frames) == len(s["frames"])
		        for frame, f in zip(frames, s["frames"]):
		            module = profile["modules"][frame[0]] if frame[0] is not None else {"path": None}
		            assert (f["module"], f.get("build_id")) == (module["path"], module.get("build_id"))
		            assert f.get("offset") == (frame[1] if len(frame) > 1 else None)
		            if len(frame) > 2:
		                assert f["symbol"] + "+" + f["symbol_offset"] == frame[2] or f["symbol_offset"] == frame[2].rpartition("+")[2]
	PYTHON
}
for call in openat mprotect clock_gettime brk; do check "--json: $call" json "$golden" $call; done
check "--json: of a real profile" json chains.json ioctl
empty() { expect 1 explain --json "$golden" mount && [ "$(cat out)" = "[]" ]; }
check "--json: never seen" empty
folded() { # PROFILE SYSCALL: whole lines, the counts add up
	explain --folded "$1" "$2" && ! grep -Ev '^[^ ]+;[^ ;]+ [0-9]+$' out && cp out folded && explain --json "$1" "$2" && python3 -c '
import json
total = sum(fact["count"] for fact in json.load(open("out")))
assert total == sum(int(line.rpartition(" ")[2]) for line in open("folded")), total'
}
check "--folded" folded "$golden" openat
check "--folded: of a real profile" folded chains.json ioctl
check "--folded: the outermost first" grep -q '^_start;__libc_start_main.*;main;plain_outer;plain_middle;plain_inner;ioctl;ioctl(request=0x7700)_=_EBADF [0-9]*$' folded

# Views. --------------------------------------------------------------------------------------------------------
by() { # VIEW PATTERN
	"$PINHOLE" show --by=$1 chains.json >out 2>err && [ ! -s err ] && has "$2" && tail -n 1 out | grep -q '^[0-9]* facts'
}
check "show --by=syscall" by syscall '^ioctl$'
check "show --by=group" by group '^@file-system$'
check "show --by=program" by program "^$PROGRAMS/chains$"
check "show --by=library" by library "^$PROGRAMS/chains_library$"
check "show --by=caller" by caller '^library_inner in chains_library$'
phase() { "$PINHOLE" show --by=phase chains.json >out && "$PINHOLE" show chains.json | cmp - out; }
check "show --by=phase is what show shows" phase
adds_up() { # of views in which each fact stands once
	for view in syscall group; do
		"$PINHOLE" show --by=$view chains.json >out && [ "$(grep -c '^ *[0-9][0-9]*  \(load\|main\)  ' out)" -eq "$(facts chains.json | wc -l)" ] || { cat out; return 1; }
	done
}
check "show --by: every fact once" adds_up
without() { "$PINHOLE" record -q --stacks=none -o bare.json -- "$PROGRAMS/phases" && "$PINHOLE" show --by=caller bare.json >out && [ "$(head -n 1 out)" = "(no stack)" ]; }
check "show --by=caller without stacks" without
wrong() { expect 2 "$PINHOLE" show "$@" >out 2>&1; }
check "show --by: an unknown view" wrong --by=size chains.json
check "show --by: of a policy" wrong --by=caller policy.json
check "show --by: not with --json" wrong --json --by=caller chains.json

# A gate. -------------------------------------------------------------------------------------------------------
differ() { expect $1 "$PINHOLE" diff $2 "$3" "$4" >out; }
more=$golden less=$SOURCE/tests/golden/profile/stacks-a.json
check "diff: any, by default: what is new" differ 1 "" $less $more
check "diff: any, by default: what is gone" differ 1 "" $more $less
check "diff --fail-on=new: what is new" differ 1 --fail-on=new $less $more
check "diff --fail-on=new: what is gone" differ 0 --fail-on=new $more $less
shown_all_the_same() { grep -q '^- ' out; }
check "and it is shown all the same" shown_all_the_same
check "diff --fail-on=none" differ 0 --fail-on=none $less $more
check "diff --fail-on: another word" differ 2 --fail-on=some $less $more
names_caller() { differ 1 --fail-on=new $less $more && grep -qx '+ main x86_64 mprotect(prot=PROT_NONE) — by .*' out && ! grep '^-.* — by' out; }
check "diff names who asked for what is new" names_caller
gate() { # a run without news, and one with
	"$PINHOLE" record -q -o known.json -- "$PROGRAMS/chains" && "$PINHOLE" record -q -o same.json -- "$PROGRAMS/chains" &&
		differ 0 --fail-on=new known.json same.json && "$PINHOLE" record -q -o news.json -- "$PROGRAMS/chains" "$PROGRAMS/chains_library" &&
		differ 1 --fail-on=new known.json news.json && has '^+ main x86_64 ioctl(request=0x77ff) = EBADF — by library_inner in chains_library$'
}
check "a gate: new calls, and who asks for them" gate
widened() { # what is lost in a wide fact is nothing new
	python3 - <<-'PYTHON' || return 1
		import json
		profile = json.load(open("selected.json"))
		for fact in profile["facts"]:
		    if fact["syscall"] == "umount2":
		        del fact["wide"]
		        fact["args"], fact["values"] = {"flags": "3"}, [3]
		json.dump(profile, open("single.json", "w"))
	PYTHON
	differ 0 --fail-on=new selected.json single.json && differ 1 --fail-on=new single.json selected.json && has '^+ .*umount2'
}
check "a gate: one value of a widened fact is not new, a widened fact is" widened
gate_policies() {
	"$PINHOLE" policy known.json -o known.policy && "$PINHOLE" policy news.json -o news.policy &&
		differ 1 --fail-on=new known.policy news.policy && differ 0 --fail-on=new news.policy known.policy && differ 1 "" news.policy known.policy &&
		differ 1 --format=markdown known.policy news.policy && has '^```diff$' && has '^```$'
}
check "a gate: policies" gate_policies
markdown() { # the title, one row a difference
	differ 1 --format=markdown $2 $3 && [ "$(head -n 1 out)" = "### System calls: $1" ] && cp out table &&
		differ 1 --format=text $2 $3 && [ "$(grep -c '^| [`<]' table)" -eq "$(wc -l <out)" ] || { cat table out; false; }
}
check "diff --format=markdown: new" markdown "1 new, 0 gone" $less $more
check "diff --format=markdown: gone" markdown "nothing new, 1 gone" $more $less
folded_away() { grep -qx '<details>' table && grep -qx '</details>' table; }
check "what is gone is folded away" folded_away
as_before() { differ 0 --format=markdown $less $less && [ "$(cat out)" = "### System calls: as before" ]; }
check "diff --format=markdown: nothing" as_before

# Hostile names. ------------------------------------------------------------------------------------------------
hostile() {
	python3 - "$golden" <<-'PYTHON'
		import json, sys
		profile = json.load(open(sys.argv[1]))
		evil = "\u001b[31m;<script>alert(1)</script> `|` \\\\| ](http://x) **@all** \r\n\t\u009b2J\u202e \\xff"
		for run in profile["runs"]:
		    run["label"], run["command"] = evil, [evil]
		profile["programs"][0]["path"] = "/" + evil
		for i, module in enumerate(profile["modules"]):
		    module["path"] = f"/lib{i}/{evil}"
		profile["frames"] = [f[:2] + [evil + str(i) + "+0x1"] if f[0] is not None else f for i, f in enumerate(profile["frames"])]
		json.dump(profile, open("hostile.json", "w"))
		profile["facts"] = []
		json.dump(profile, open("nothing.json", "w"))
	PYTHON
}
check "a hostile profile is made" hostile
tame() { iconv -f UTF-8 -t UTF-8 out >/dev/null && ! LC_ALL=C grep -naP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80\xae' out; }
for view in "explain hostile.json openat" "explain --json hostile.json openat" "explain --folded hostile.json openat" \
	"show --by=caller hostile.json" "show --by=library hostile.json" "show --by=program hostile.json"; do
	tamed() { "$PINHOLE" $view >out && case $view in *--json*) python3 -m json.tool out /dev/null ;; *) tame ;; esac; }
	check "hostile: $view" tamed
done
tamed_diff() { expect 1 "$PINHOLE" diff nothing.json hostile.json >out && tame && ! grep -v '^+ ' out; }
check "hostile: diff" tamed_diff
whole_frames() { folded hostile.json openat && explain --json hostile.json openat; }
check "hostile: folded lines are whole" whole_frames
tamed_markdown() { # without code, all that is left is the table
	for files in "nothing.json hostile.json" "hostile.json nothing.json"; do
		expect 1 "$PINHOLE" diff --format=markdown $files >out && tame && grep -q '&#60;script' out || return 1
		sed -E 's/`[^`]*`/C/g; s/<code>[^<`|\\]*<\/code>/C/g' out | grep -vxE \
			'### System calls: [a-z0-9 ,]*|\| call \| phase \| program \| asked for by \||\| --- \| --- \| --- \| --- \||\| C \| (load|main) \| C \| (C|not known) \||</?details>|<summary>[0-9]+ not seen any more</summary>|' && return 1
	done
	return 0
}
check "hostile: Markdown" tamed_markdown

one_line() { # what an error quotes of a file
	printf '{"format": "pinhole-profile", "version": 1, "runs": [], "programs": [], "facts": [], "\\u001b[31m\\n\\u202e": 1}' >key.json
	expect 2 "$PINHOLE" explain key.json openat 2>out && tame && [ "$(wc -l <out)" -eq 1 ] && has 'unknown key "\\x1b\[31m\\x0a'
}
check "hostile: what an error quotes" one_line

# A hundred thousand names of one address: each is soon found.
namesakes() {
	python3 - "$golden" <<-'PYTHON'
		import json, sys
		profile, each = json.load(open(sys.argv[1])), 250
		profile["frames"] = [[1, "0x10", f"name{i}+0x1"] for i in range(400 * each)]
		profile["stacks"] = [{"frames": list(range(i * each, (i + 1) * each - i % 4))} for i in range(400)]
		profile["facts"] = [{"phase": "main", "arch": "x86_64", "syscall": "ioctl", "nr": 16, "args": {"request": str(0x770000 + i)}, "values": [0x770000 + i],
		                     "programs": [0], "runs": {"0": 1}, "stacks": list(range(4 * i, 4 * i + 4))} for i in range(100)]
		json.dump(profile, open("namesakes.json", "w"))
	PYTHON
	for view in "explain namesakes.json ioctl" "show --by=caller namesakes.json" "report namesakes.json"; do
		in_time 20 "$PINHOLE" $view >out && grep -q name0 out || { echo "$view"; return 1; }
	done
}
check "hostile: many names of one address" namesakes

# On a terminal. ------------------------------------------------------------------------------------------------
if need "bold on a terminal" script; then
	terminal() { TERM=xterm script -qec "$1" /dev/null </dev/null >out 2>&1; }
	bold() { terminal "'$PINHOLE' explain chains.json ioctl request=0x7700" && grep -q "^$escape\[1m  > plain_inner.*$escape\[0m" out && [ "$(grep -c "$escape" out)" -eq 2 ]; }
	check "the caller is bold on a terminal" bold
	no_colour() { NO_COLOR=1 terminal "'$PINHOLE' explain chains.json ioctl" && has plain_inner && ! grep -q "$escape" out; }
	check "NO_COLOR" no_colour
	hostile_terminal() { terminal "'$PINHOLE' explain hostile.json openat" && ! sed -E "s/$escape\[(0|1|1;31|3[1-3]|2)m//g" out | grep "$escape"; }
	check "hostile: on a terminal" hostile_terminal
fi

# Real programs. ------------------------------------------------------------------------------------------------
if need "sqlite3: the library writes" sqlite3 && ! ldd "$(command -v sqlite3)" | grep -q libsqlite3; then
	skip "sqlite3: the library writes" "sqlite3 has the library within it here"
elif have sqlite3; then
	sqlite() { "$PINHOLE" record -q -o sqlite.json -- sqlite3 app.db "create table t(a); insert into t values(42)" && explain sqlite.json pwrite64 && grep -q '^  > .* in libsqlite3' out && grep -q ' in sqlite3$' out; }
	check "sqlite3: the library writes" sqlite
fi
if need "python3: a module's socket" python3; then
	python() { "$PINHOLE" record -q -o python.json -- python3 -c 'import socket; socket.socket().close()' && explain python.json socket domain=AF_INET type=SOCK_STREAM\|SOCK_CLOEXEC && grep -q '^  > .* in ' out && grep -q 'py_\|Py' out; }
	check "python3: who opens a socket" python
fi
exit 0

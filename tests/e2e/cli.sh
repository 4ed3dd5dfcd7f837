# The command line: help, formats, standard input and output, exit statuses. SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
subcommands="record show explain report confidence merge diff policy generate check verify run disasm stats"

has() { grep -qi -- "$1" out || { echo "no '$1' in:"; cat out; false; }; }
help_of_all() {
	local word
	"$PINHOLE" --help >out 2>err && [ ! -s err ] || return 1
	for word in $subcommands; do has "$word" || return 1; done
}
check "--help names every subcommand" help_of_all
help_of() { "$PINHOLE" "$1" --help >out 2>err && [ ! -s err ] && has "$1"; }
for word in $subcommands; do check "$word --help" help_of "$word"; done
version() { "$PINHOLE" --version >out && [ "$(wc -l <out)" -ge 1 ] && grep -Eq 'pinhole.* [0-9]+\.[0-9]' out; }
check "--version" version
usage() { expect 2 "$PINHOLE" >out 2>err && [ ! -s out ] && "$PINHOLE" --help | same - err; }
check "nothing at all is a usage error, and lists the commands" usage
alike() { "$PINHOLE" $1 >one 2>err && [ ! -s err ] && "$PINHOLE" $2 >two && same one two; }
check "help" alike help --help
check "help record" alike "help record" "record --help"
for word in version -V; do check "$word" alike $word --version; done
helpful() { expect 2 "$PINHOLE" "$1" >out 2>err && [ ! -s out ] && grep -q "did you mean $2?" err || { cat err; false; }; }
check "trace is record" helpful trace record
check "recrod is record" helpful recrod record
check "compile is generate" helpful compile generate
unknown_help() { expect 2 "$PINHOLE" help recrod >out 2>err && [ ! -s out ] && grep -q "did you mean record?" err; }
check "help of no command" unknown_help
self_help() { "$PINHOLE" help >help.out && for word in help version --version; do "$PINHOLE" help $word >self.out && same help.out self.out || return 1; done; }
check "help of help" self_help
# In characters: 80 columns are what terminals have.
narrow() {
	for word in "" $("$PINHOLE" --help | sed -nE 's/^  ([a-z]+) .*/\1/p'); do
		"$PINHOLE" $word --help | python3 -c '
import re, sys
lines = sys.stdin.buffer.read().decode().split("\n")
wrong = [line for line in lines if len(line) > 80]
wrong += [line for line in lines if (words := re.match(r" {2,6}-.*?\S {2,}(?=\S)", line)) and words.end() != 26]
print("\n".join(wrong))
sys.exit(bool(wrong))' || return 1
	done
}
check "--help has 80 columns, and says what options do in one column" narrow

need_tracing cli
record() { "$PINHOLE" record -o profile.json --label first -- "$PROGRAMS/refuse" good >out && grep -qx 'survived, succeeded' out; }
check "record" record
check "the profile is JSON" python3 -m json.tool profile.json /dev/null

shown() {
	"$PINHOLE" show profile.json >shown 2>err && [ ! -s err ] && ! grep -q "$(printf '\033')" shown &&
		for word in refuse socket AF_INET SOCK_STREAM mprotect PROT_READ; do
			grep -q -- $word shown || { echo "no $word"; cat shown; return 1; }
		done
}
check "show a profile" shown
shown_json() { "$PINHOLE" show --json profile.json >shown.json && python3 -c '
import json
assert json.load(open("shown.json")) == json.load(open("profile.json"))'; }
check "show --json is the profile" shown_json
from_stdin() { "$PINHOLE" show - <profile.json >shown.stdin && same shown shown.stdin; }
check "show from standard input" from_stdin
extended() {
	cp profile.json second.json && "$PINHOLE" record -o second.json --label second -- "$PROGRAMS/phases" &&
		[ "$(python3 -c 'import json; print(sorted(r["label"] for r in json.load(open("second.json"))["runs"]))')" = "['first', 'second']" ]
}
check "an existing profile is extended" extended
timed() { grep -Eq '"started": "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"' profile.json; }
check "a run's start has milliseconds" timed
in_order() { # as they ran, whatever their ids are
	rm -f order.json
	for i in 1 2 3 4 5 6; do "$PINHOLE" record -q --label $i -o order.json -- "$PROGRAMS/nothing" || return 1; done
	[ "$(python3 -c 'import json; print([r["label"] for r in json.load(open("order.json"))["runs"]])')" = "['1', '2', '3', '4', '5', '6']" ]
}
check "runs of less than a second stand in their order" in_order
older() { # whole seconds stay as they are, and stand with the others
	sed 's/"started": "[^"]*"/"started": "2020-01-31T12:00:00Z"/; s/"id": "[^"]*"/"id": "old"/' profile.json >old.json &&
		"$PINHOLE" merge -o both.json profile.json old.json && grep -q '"started": "2020-01-31T12:00:00Z"' both.json && "$PINHOLE" merge -o again.json old.json both.json && same both.json again.json
}
check "files of older versions are read" older
elided() {
	python3 - <<-'PYTHON'
		import json
		p = json.load(open("profile.json"))
		p["runs"] = [{"id": str(i), "command": ["x" * 100000, "last"] if i == 0 else ["prog"]} for i in range(2000)]
		json.dump(p, open("runs.json", "w"))
	PYTHON
	"$PINHOLE" show runs.json >out && [ "$(grep -c '^run ' out)" -eq 40 ] && grep -q '1960 more runs' out && [ "$(wc -L <out)" -lt 600 ] && has 'more bytes'
}
check "show leaves out what nobody looks through" elided
singular() {
	cat >one.json <<-'JSON'
		{"format": "pinhole-profile", "version": 1, "runs": [{"id": "1", "command": ["x"]}], "programs": [{"path": "/x"}],
		 "facts": [{"phase": "main", "arch": "x86_64", "syscall": "getpid", "nr": 39, "programs": [0], "runs": {"0": 1}}]}
	JSON
	"$PINHOLE" show one.json >out && "$PINHOLE" report --format=markdown one.json >>out && "$PINHOLE" policy one.json -o one.policy &&
		"$PINHOLE" check one.policy one.json >>out && ! grep -Ew '1\**( distinct)? [a-z]+s' out && has '1 fact, 1 distinct call by phase, 1 call in 1 run'
}
check "one is no plural" singular
no_execve() {
	"$PINHOLE" policy one.json -o one.policy && expect 2 "$PINHOLE" run one.policy -- "$PROGRAMS/nothing" >out 2>err && [ ! -s out ] && grep -q 'one.policy: does not allow execve.*--at=entry' err && [ "$(wc -l <err)" = 1 ] || { cat err; false; }
}
case $(uname -m) in x86_64) check "run says before that execve is not allowed" no_execve ;; esac

check "diff of the same" expect 0 "$PINHOLE" diff profile.json profile.json
differ() { expect 1 "$PINHOLE" diff "$1" "$2" >out && has "$3"; }
check "diff of profiles: what is new" differ profile.json second.json getpriority
check "diff of profiles: what is gone" differ second.json profile.json getpriority

policy() { "$PINHOLE" policy profile.json -o policy.json && python3 -m json.tool policy.json /dev/null; }
check "policy" policy
policy_stdout() { "$PINHOLE" policy profile.json >out && same policy.json out; }
check "policy to standard output" policy_stdout
for args in none shape exact; do
	check "policy --args=$args" "$PINHOLE" policy profile.json --args=$args -o $args.json
done
shape_is_default() { same policy.json shape.json; }
check "shape is the default" shape_is_default
looser() { ! grep -q AF_INET none.json && grep -q AF_INET shape.json && grep -q AF_INET exact.json; }
check "--args=none names calls only" looser
check "diff of policies" differ none.json exact.json socket
check "diff of the same policy" expect 0 "$PINHOLE" diff policy.json policy.json
shown_policy() { "$PINHOLE" show policy.json >out && has socket && has AF_INET; }
check "show a policy" shown_policy
check "show --json of a policy" eval '"$PINHOLE" show --json policy.json | python3 -m json.tool >/dev/null'

generate() {
	"$PINHOLE" generate profile.json -o profile.bpf && "$PINHOLE" generate policy.json -o policy.bpf &&
		"$PINHOLE" verify policy.bpf policy.json && "$PINHOLE" generate --counts=profile.json policy.json -o counted.bpf &&
		cmp profile.bpf counted.bpf && [ $(($(wc -c <policy.bpf) % 8)) -eq 0 ] && [ -s policy.bpf ]
}
check "generate: from a profile as from its policy and its counts" generate
aims() { # which filters are alike, and each is right
	local aim
	for aim in size speed; do
		"$PINHOLE" generate --optimize=$aim --counts=profile.json policy.json -o $aim.bpf &&
			"$PINHOLE" generate --optimize=$aim --kernel=5.11 --counts=profile.json policy.json -o new.bpf &&
			cmp $aim.bpf new.bpf && "$PINHOLE" verify $aim.bpf policy.json || return 1
	done
	"$PINHOLE" generate --kernel=5.10.0-28-amd64 profile.json -o old.bpf &&
		"$PINHOLE" generate --kernel=5.4 --optimize=speed profile.json -o new.bpf &&
		cmp old.bpf new.bpf && "$PINHOLE" verify old.bpf policy.json && ! cmp -s old.bpf size.bpf &&
		cmp size.bpf counted.bpf && [ "$(wc -c <size.bpf)" -le "$(wc -c <speed.bpf)" ]
}
check "generate --optimize and --kernel" aims
crowded() { # overlapping masks: in one order of all of them, thousands of cases; one after the other, two instructions each
	python3 - >crowded.json <<'PYTHON' || return 1
import json
tests = [{"arg2": {"mask": hex(0x92d5a96b31 << i & (1 << 64) - 1), "is": 0}} for i in range(0, 48, 3)]
rules = [{"syscall": "prctl", "any": tests}]
print(json.dumps({"format": "pinhole-policy", "version": 1, "arch": ["x86_64"], "default": "kill", "newer": "kill", "rules": rules}))
PYTHON
	"$PINHOLE" generate crowded.json -o size.bpf && "$PINHOLE" generate --kernel=5.4 crowded.json -o speed.bpf &&
		"$PINHOLE" verify speed.bpf crowded.json && [ "$(wc -c <speed.bpf)" -le 4096 ]
}
check "generate --optimize=speed: what fits for size fits" crowded
piped() { "$PINHOLE" policy - <profile.json | "$PINHOLE" generate - | cmp - policy.bpf; }
check "generate: through pipes" piped
dash() { "$PINHOLE" generate policy.json -f bpf -o - | cmp - policy.bpf; }
check "generate -o -" dash
disasm() { "$PINHOLE" disasm policy.bpf >out && has socket && has x86_64 && has kill && [ "$(wc -l <out)" -ge $(($(wc -c <policy.bpf) / 8)) ]; }
check "disasm" disasm
check "disasm from standard input" eval '"$PINHOLE" disasm - <policy.bpf | cmp - out'

seen() { "$PINHOLE" policy --generalize=none profile.json -o seen.json && "$PINHOLE" generate seen.json -o seen.bpf; }
check "policy --generalize=none" seen
for what in seen.bpf seen.json; do
	check "check $what: nothing denied" expect 0 "$PINHOLE" check $what profile.json
	denied() { expect 1 "$PINHOLE" check $what second.json >out && has getpriority; }
	check "check $what: what would be denied" denied
done
for what in profile.json policy.json policy.bpf; do
	runs() { expect 0 "$PINHOLE" run $what -- "$PROGRAMS/refuse" good >out && has survived; }
	check "run $what" runs
done
run_status() { "$PINHOLE" record -o exits.json -- "$PROGRAMS/exits" exit 17; expect 17 "$PINHOLE" run exits.json -- "$PROGRAMS/exits" exit 17; }
check "run ends as the command ended" run_status
check "run --at=exec" "$PINHOLE" run --at=exec policy.bpf -- "$PROGRAMS/refuse" good
check "run: an option behind the filter" "$PINHOLE" run policy.bpf --at=exec -- "$PROGRAMS/refuse" good
option_behind() { # what is behind the command's name is the command's
	expect 2 "$PINHOLE" run policy.bpf --bogus -- "$PROGRAMS/refuse" good 2>err && grep -q "unrecognized option '--bogus'" err &&
		expect 2 "$PINHOLE" run policy.bpf -- 2>err && grep -q 'name a command' err &&
		"$PINHOLE" record -q -o echo.json -- sh -c 'echo "$@"' -- --log -- x >/dev/null &&
		[ "$("$PINHOLE" run echo.json sh -c 'echo "$@"' -- --log -- x)" = "--log -- x" ]
}
check "run: options behind the filter, and the command's own" option_behind

# run finds the command as execvp does; what cannot be run is told before the filter is on.
mkdir -p first/here first/phases second && cp "$PROGRAMS/phases" second/ && cp "$PROGRAMS/phases" here
echo text >first/text && printf 'echo "no header, $# arguments"\n' >headerless && chmod +x headerless
check "what phases does" "$PINHOLE" record -o phases.json -- "$PROGRAMS/phases"
in_path() { PATH=$1 expect 0 "$PINHOLE" run phases.json -- "$2"; }
check "run: a folder in PATH is no command" in_path "$PWD/first:$PWD/second" phases
check "run: an empty element of PATH is this folder" in_path "/nonexistent::/bin" here
check "run: so it is at the end" in_path "/nonexistent:" here
check "run: so it is alone" in_path "" here
script_run() { rm -f script.json && "$PINHOLE" record -o script.json -- ./headerless a b >recorded.out && "$PINHOLE" run script.json -- ./headerless a b >out && same recorded.out out && has "no header, 2 arguments"; }
check "run: a script without a header is the shell's" script_run
cannot_run() { # MESSAGE COMMAND
	expect 2 "$PINHOLE" run phases.json -- "$2" >out 2>err && grep -q -- "$1" err || { cat err; false; }
}
printf '#!/nonexistent/shell\n' >orphaned && printf '#! ./orphaned x\n' >twice && chmod +x orphaned twice
check "run: a folder" cannot_run directory ./first
check "run: what is only a folder in PATH" eval 'PATH=$PWD/first:$PATH cannot_run "is not executable" here'
check "run: a file that is not executable" cannot_run 'Permission denied' first/text
check "run: such a file in PATH" eval 'PATH=$PWD/first:$PATH cannot_run "is not executable" text'
check "run: a script whose interpreter is missing" cannot_run '/nonexistent/shell' ./orphaned
check "run: a script whose interpreter's interpreter is missing" cannot_run '/nonexistent/shell' ./twice
python3 -c 'open("loaderless", "wb").write(open("here", "rb").read().replace(b"/ld-", b"/no-"))' && chmod +x loaderless
check "run: a program whose loader is missing" cannot_run '/no-' ./loaderless

# A widened fact: single values are not known, so what a policy says of some is not all.
check "more flag words than a profile keeps" "$PINHOLE" record -o many.json -- "$PROGRAMS/many"
check "are a widened fact" grep -q '"umount2".*"wide"' many.json
check "check: the policy of that profile allows it" eval '"$PINHOLE" policy many.json -o many.pol && "$PINHOLE" check many.pol many.json'
widened() { # TEST STATUS PATTERN: of a policy that has this test of the flags, what check says
	python3 - "$1" <<-'PYTHON'
		import json, sys
		policy = json.load(open("many.pol"))
		for rule in policy["rules"]:
		    if rule["syscall"] == "umount2":
		        rule.clear()
		        rule.update({"syscall": "umount2", "any": [{"flags": json.loads(sys.argv[1])}]})
		json.dump(policy, open("some.pol", "w"))
	PYTHON
	"$PINHOLE" generate some.pol -o some.bpf || return 1
	for what in some.pol some.bpf; do
		expect $2 "$PINHOLE" check $what many.json >out && grep -Eq "$3" out || { cat out; return 1; }
	done
}
known='the fact is widened, so its single values are unknown'
check "check: all values allowed" widened '{"mask": "~0x1ff", "is": "0"}' 0 '^0 of'
check "check: none" widened '"0x10000"' 1 'umount2.*: kill( |$)'
check "check: the smallest only" widened '"0"' 1 "umount2.*: kill.*$known"
check "check: the smallest and the largest only" widened '{"in": ["0", "399"]}' 1 "umount2.*: kill.*$known"
check "check: all but one bit" widened '{"mask": "~0x1fb", "is": "0"}' 1 "umount2.*: kill.*$known"

# On a terminal.
if need "binary output is not written to a terminal" script; then
	terminal() { script -qec "$1" /dev/null </dev/null >out 2>&1; }
	binary() { expect 2 terminal "'$PINHOLE' generate policy.json" && has terminal && ! grep -aq "$(printf '\006')" out; }
	check "binary output is not written to a terminal" binary
	binary_forced() { terminal "'$PINHOLE' generate policy.json -o file.bpf" && cmp file.bpf policy.bpf; }
	check "but to a file from there" binary_forced
	no_colour() { NO_COLOR=1 terminal "'$PINHOLE' show profile.json" && has socket && ! grep -q "$(printf '\033')" out; }
	check "NO_COLOR" no_colour
	interactive() { script -qec "'$PINHOLE' record -o tty.json -- sh -c 'read -r line </dev/tty; echo got \$line; stty -a >/dev/null && echo controls'" /dev/null <<<hello >out 2>&1; has "got hello" && has controls; }
	check "a command that reads its terminal" interactive
fi
exit 0

# How results look on a terminal: colours by their meaning, lines that fit, lists that are cut and say so; and that a file or a pipe
# gets none of this.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing terminal
need terminal script stty python3 || exit 0
escape=$(printf '\033')

# terminal COLUMNS COMMAND: what it prints on such a terminal, to the file out.
terminal() { TERM=xterm script -qec "stty cols $1; $2" /dev/null </dev/null 2>&1 | tr -d '\r' >out; }
plain() { sed -E "s/$escape\[[0-9;]*m//g" "$@"; }

"$PINHOLE" record -q -o old.json -- true && "$PINHOLE" record -q -o profile.json -- sh -c 'ls /; cat /etc/passwd; : >made' >made.out &&
	"$PINHOLE" policy old.json -o old.policy && "$PINHOLE" policy profile.json -o policy.json 2>/dev/null &&
	"$PINHOLE" generate policy.json -o filter.bpf 2>/dev/null || exit 1
# Many facts of one call, and a dangerous one among them.
python3 - <<'END'
import json
p = json.load(open("old.json"))
run = p["facts"][0]["runs"]
for i in range(200):
    p["facts"].append({"phase": "main", "arch": "x86_64", "syscall": "lseek", "nr": 8, "args": {"whence": hex(1000 + i)}, "values": [1000 + i], "programs": [0], "runs": run})
json.dump(p, open("many.json", "w"))
END
"$PINHOLE" show --json many.json >many.out 2>&1 || { head many.out; fail "the profile of many facts can be read" "see above"; }

commands=("show profile.json" "show --by=caller profile.json" "show policy.json" "show many.json" "diff old.json profile.json"
	"diff old.policy policy.json" "explain profile.json openat" "check old.policy profile.json" "confidence profile.json" "doctor"
	"stats filter.bpf" "disasm filter.bpf")
pipe_plain() { "$PINHOLE" $1 >out; [ -s out ] && ! grep -q "$escape" out; }
always() {
	"$PINHOLE" $1 >without
	"$PINHOLE" ${1%% *} --color=always ${1#"${1%% *}"} >with
	grep -q "$escape" with && plain with | same - without
}
never() { terminal 100 "'$PINHOLE' ${1%% *} --color=never ${1#"${1%% *}"}" && [ -s out ] && ! grep -q "$escape" out; }
no_color() { NO_COLOR=1 terminal 100 "'$PINHOLE' $1" && [ -s out ] && ! grep -q "$escape" out; }
coloured() { terminal 100 "'$PINHOLE' $1" && grep -q "$escape" out; }
# Words and numbers that have no blank cannot be broken.
fits() {
	local columns
	for columns in 60 80 200; do
		terminal $columns "'$PINHOLE' $1"
		[ -s out ] || return 1
		plain out | python3 -c '
import sys
long = [line for line in sys.stdin.buffer.read().decode().splitlines() if len(line) > int(sys.argv[1]) and " " in line.strip()]
print(*long, sep="\n")
sys.exit(bool(long))' $columns || return 1
	done
}
# The words are the same, whatever the width, where no list is cut.
same_words() {
	[[ $1 != doctor* && $1 != stats* && $1 != confidence* ]] || return 0
	terminal 60 "'$PINHOLE' ${1%% *} --color=never ${1#"${1%% *}"}" && tr -d ' \n' <out >narrow
	terminal 300 "'$PINHOLE' ${1%% *} --color=never ${1#"${1%% *}"}" && tr -d ' \n' <out | same - narrow
}
for command in "${commands[@]}"; do
	check "a pipe gets no colours: $command" pipe_plain "$command"
	check "--color=always: $command" always "$command"
	check "--color=never: $command" never "$command"
	check "NO_COLOR: $command" no_color "$command"
	check "a terminal gets colours: $command" coloured "$command"
	check "lines fit: $command" fits "$command"
	check "the same words at any width: $command" same_words "$command"
done
wrong_color() { expect 2 "$PINHOLE" show --color=sometimes profile.json 2>err && grep -q 'auto, always or never' err; }
check "--color takes three words" wrong_color

cut() {
	terminal 100 "'$PINHOLE' show many.json" && [ "$(grep -c lseek out)" -lt 20 ] && grep -q '… 2.. facts of lseek in all (--all lists them)' out || return 1
	terminal 100 "'$PINHOLE' show --all many.json" && [ "$(grep -c lseek out)" -ge 200 ] && ! grep -q 'facts of lseek' out || return 1
	[ "$("$PINHOLE" show many.json | grep -c lseek)" -ge 200 ]
}
check "a long list is cut on a terminal, and --all shows it" cut
cut_diff() {
	expect 1 "$PINHOLE" diff old.json many.json >whole
	terminal 100 "'$PINHOLE' diff old.json many.json" && [ "$(grep -c lseek out)" -le 60 ] && plain out | tail -n 1 | grep -q '200 new or wider, 0 gone' || return 1
	[ "$(grep -c lseek whole)" -eq 200 ]
}
check "so is a difference, whose counts are of all" cut_diff
cut_check() {
	terminal 100 "'$PINHOLE' check old.policy many.json --all"
	local all
	all=$(plain out | grep -c lseek)
	terminal 100 "'$PINHOLE' check old.policy many.json"
	[ "$all" -eq 0 ] || [ "$(plain out | grep -c lseek)" -le "$all" ]
}
check "and what a policy denies" cut_check
first_last() {
	terminal 100 "'$PINHOLE' show profile.json" && plain out >plain
	head -n 1 plain | grep -q 'facts, .* calls in 1 run$' && tail -n 5 plain | grep -q 'facts, .* calls in 1 run$' || return 1
	terminal 100 "'$PINHOLE' show policy.json" && plain out >plain
	head -n 1 plain | grep -q 'calls with rules' && tail -n 3 plain | grep -q 'calls with rules'
}
check "the sum stands first and last" first_last
json() {
	local command
	for command in "show --json profile.json" "explain --json profile.json openat" "confidence --json profile.json" "stats --json filter.bpf"; do
		"$PINHOLE" $command >piped && terminal 60 "'$PINHOLE' $command" && same piped out || return 1
	done
}
check "JSON is the same on a terminal" json
asked() { expect 1 "$PINHOLE" check old.policy profile.json >out && grep -q ': kill .*— by .* in ' out; }
check "check says who asked" asked

learned() {
	rm -f new.json
	"$PINHOLE" record -o new.json -- sh -c 'cat /etc/passwd; : >made' >/dev/null 2>err && grep -q '^pinhole: seen: .*reading files' err &&
		grep -q '^pinhole: next: record more .*pinhole show new.json' err || return 1
	"$PINHOLE" record -o new.json -- sh -c 'cat /etc/passwd; : >made' >/dev/null 2>err && grep -q '^pinhole: new in this run: ' err || return 1
	for i in 1 2 3 4 5 6; do "$PINHOLE" record -q --fresh -o new.json -- true; done
	"$PINHOLE" record --fresh -o new.json -- true 2>err && grep -Eq '^pinhole: next: .*(run|runs) .*would still show something new' err || { cat err; return 1; }
	"$PINHOLE" record -q -o new.json -- true 2>err && [ ! -s err ]
}
check "record says what was learned, and what is next" learned

progress() {
	local files i
	for i in 1 2 3 4 5 6 7 8 9; do cp old.json "p$i.json"; files+=" p$i.json"; done
	terminal 100 "'$PINHOLE' merge -o merged.json $files" && grep -q 'profile 9 of 9' out || return 1
	terminal 100 "'$PINHOLE' verify filter.bpf policy.json" && grep -q 'call by call' out && grep -q 'equal' out || return 1
	terminal 100 "'$PINHOLE' report -o report.html profile.json" && grep -q 'writing the report' out || return 1
	"$PINHOLE" merge -o merged.json $files 2>err && "$PINHOLE" verify filter.bpf policy.json 2>>err && "$PINHOLE" report -o report.html profile.json 2>>err && [ ! -s err ]
}
check "progress is for a terminal only" progress

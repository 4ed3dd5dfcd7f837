# No output contains names that control a terminal (controls, C1, direction marks, invisible
# characters, invalid UTF-8) unescaped: every command and format, with such files, symbols, labels,
# notes and options. tests/oracles/unsafe-text defines what is unsafe, by Python's data.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing unsafe
need unsafe python3 gcc || exit 0

# What all outputs have to show: each string of tests/oracles/unsafe-text, in names of at most 200 bytes.
"$SOURCE/tests/oracles/unsafe-text" strings >strings
python3 - <<'PYTHON'
import textwrap
words, names = [bytes.fromhex(line) for line in open("strings")], [b""]
for w in words:
    if len(names[-1]) + len(w) > 190:
        names.append(b"")
    names[-1] += w
open("names", "wb").write(b"\n".join(names) + b"\n")
PYTHON
mapfile -t names <names

# A program whose file, library and functions have such names. Names of symbols are put in place of others as long.
cat >hostile.c <<-'C'
	#include <sys/syscall.h>
	#include <unistd.h>
	long library(void);
	#define NAME(n) "NAME_" #n "________________________________________________________________________________" \
	        "________________________________________________________________________________________________________end"
	long one(int argc) __asm__(NAME(0));
	long two(int argc) __asm__(NAME(1));
	long three(int argc) __asm__(NAME(2));
	__attribute__((noinline)) long three(int argc) { return syscall(SYS_mlockall, argc + 0x7f0) + argc; }
	__attribute__((noinline)) long two(int argc) { return syscall(SYS_getpriority, 0, 0) + three(argc); }
	__attribute__((noinline)) long one(int argc) { return syscall(argc > 5 ? argc : SYS_getsid, 0) + two(argc); }
	int main(int argc, char **argv) { (void)argv; return argc > 9 ? (int)one(argc + 1) : !(one(argc) + library()); }
C
printf '#include <unistd.h>\n#include <sys/syscall.h>\nlong library(void) { return syscall(SYS_getpgid, 0); }\n' >library.c
build() {
	gcc -g -O1 -fno-omit-frame-pointer -shared -fPIC -o "lib${names[0]}.so" library.c && cp "lib${names[0]}.so" library.so &&
		gcc -g -O1 -fno-omit-frame-pointer -o "program${names[1]}" hostile.c "./lib${names[0]}.so" -Wl,-rpath,"$PWD" || return 1
	python3 - "program${names[1]}" "${#names[@]}" <<-'PYTHON'
		import os, re, sys
		path = sys.argv[1]
		raw, names = open(path, "rb").read(), open("names", "rb").read().split(b"\n")
		def name(m):
		    new = names[int(m.group(1)) % int(sys.argv[2])]
		    return new[:len(m.group(0))] + b"x" * (len(m.group(0)) - len(new))
		raw, n = re.subn(rb"NAME_(\d)_+end", name, raw)
		assert n >= 3, n
		open(path, "wb").write(raw)
	PYTHON
}
check "a program with such names is built" build || exit 0
program=$PWD/program${names[1]}
check "it runs" "$program"

# safe STATUSES COMMAND…: ends with one of these exit statuses, and what it writes is safe.
safe() {
	local statuses=$1 status=0
	shift
	timeout 100 "$@" >out 2>err </dev/null || status=$?
	[[ " $statuses " = *" $status "* ]] || { echo "exit status $status: $(printf '%q ' "$@")"; cat -v err; return 1; }
	"$SOURCE/tests/oracles/unsafe-text" check out err || { echo "by: $(printf '%q ' "$@")"; return 1; }
}
# shows COMMAND…: as safe, with the exit status 0 or 1 and results.
shows() { safe "0 1" "$@" && [ -s out ] || { echo "no output of: $(printf '%q ' "$@")"; return 1; }; }
json() { shows "$@" && python3 -m json.tool out >/dev/null; }
p() { "$PINHOLE" "$@"; }

file=profile${names[2]}.json
recorded() {
	local name
	rm -f "$file"
	for name in "${names[@]}"; do
		safe 0 "$PINHOLE" record -o "$file" --label="$name" -- "$program" "$name" || return 1
	done
	safe 0 cat "$file"
}
check "record" recorded
to_output() { json "$PINHOLE" record -q --fresh -o - --label="${names[0]}" -- "$program" "${names[1]}"; }
check "record -o -" to_output
safe 0 "$PINHOLE" reach -o reach.json "$program"
check "reach -o" safe 0 cat reach.json
safe 0 "$PINHOLE" policy -o "policy${names[0]}.json" "$file"
check "policy -o" safe 0 cat "policy${names[0]}.json"

# A policy whose notes and answers are such texts, too.
python3 - "policy${names[0]}.json" noted.json <<'PYTHON'
import json, sys
policy = json.load(open(sys.argv[1]))
words = " ".join(bytes.fromhex(line).decode("utf-8", "replace") for line in open("strings"))
for i, rule in enumerate(policy["rules"]):
    rule["why"] = words + " */ " + str(i)
json.dump(policy, open(sys.argv[2], "w"), ensure_ascii=False)
PYTHON
p generate -o "filter${names[1]}" "$file"

check "show" shows "$PINHOLE" show "$file"
for by in phase syscall group program library caller; do check "show --by=$by" shows "$PINHOLE" show --by=$by "$file"; done
check "show --json" json "$PINHOLE" show --json "$file"
check "show --reach" shows "$PINHOLE" show --reach=reach.json "$file"
check "show --json --reach" json "$PINHOLE" show --json --reach=reach.json "$file"
for call in mlockall getsid getpgid openat reboot; do
	check "explain $call" shows "$PINHOLE" explain --reach=reach.json "$file" $call
	check "explain --json $call" json "$PINHOLE" explain --json --reach=reach.json "$file" $call
done
check "explain --folded" shows "$PINHOLE" explain --folded "$file" mlockall
for format in html markdown; do check "report: $format" shows "$PINHOLE" report --reach=reach.json --format=$format "$file"; done
for by in syscall program; do check "confidence --by=$by" shows "$PINHOLE" confidence --by=$by "$file"; done
check "confidence --json" json "$PINHOLE" confidence --json "$file"
check "merge" json "$PINHOLE" merge -o - "$file" "$file"
p record -q -o other.json -- "$PROGRAMS/phases"
for format in text markdown; do check "diff: $format" shows "$PINHOLE" diff --format=$format other.json "$file"; done
p policy -o other-policy.json other.json
check "diff of policies" shows "$PINHOLE" diff noted.json other-policy.json
check "policy" json "$PINHOLE" policy "$file"
check "policy --reach" json "$PINHOLE" policy --reach=reach.json --add=reachable:@process "$file"
for input in "$file" noted.json; do
	for format in c asm smt2 oci systemd minijail kafel firejail firecracker spo libseccomp json; do
		check "generate -f $format: $input" shows "$PINHOLE" generate -f $format "$input"
	done
done
check "show of a policy" shows "$PINHOLE" show noted.json
check "show --json of a policy" json "$PINHOLE" show --json noted.json
check "check" safe "0 1" "$PINHOLE" check noted.json other.json
check "verify" safe "0 1" "$PINHOLE" verify "filter${names[1]}" "$file"
check "stats" shows "$PINHOLE" stats "filter${names[1]}" "$file"
check "stats --json" json "$PINHOLE" stats --json "filter${names[1]}"
check "disasm" shows "$PINHOLE" disasm "filter${names[1]}"
check "reach" shows "$PINHOLE" reach "$program"
check "reach --json" json "$PINHOLE" reach --json "$program"
check "run" safe "0" "$PINHOLE" run "$file" -- "$program" "${names[0]}"
check "doctor" safe "0 1" "$PINHOLE" doctor
check "minimize" safe "0 1 2" "$PINHOLE" minimize --within=1s --test="echo '${names[0]}'; {} '$program'" "$file"
check "minimize --json" safe "0 1 2" "$PINHOLE" minimize --json --within=1s --test="echo '${names[3]}'; {} '$program'" "$file"

# Round trips: escapes are another way to write the same text.
again() { p show --json "$file" >one && p merge -o two "$file" "$file" && same one two && same one "$file"; }
check "merging is to the byte" again
labels() {
	python3 - "$file" <<-'PYTHON'
		import json, re, sys
		names = open("names", "rb").read().split(b"\n")[:-1]
		plain = lambda s: re.sub(rb"\\(x[89a-f].|\\)", lambda m: bytes.fromhex(m[1][1:].decode()) if m[1] != b"\\" else b"\\", s.encode())
		assert sorted(plain(r["label"]) for r in json.load(open(sys.argv[1]))["runs"]) == sorted(names)
	PYTHON
}
check "the file has the very labels" labels

# Imported.
while read -r hex; do
	text=$(printf '%s' "$hex" | sed 's/../\\x&/g')
	printf "1 openat(AT_FDCWD, \"$text\", O_RDONLY) = 3\n1 $text(1) = 0\n1 open$text\n1 execve(\"/bin/$text\", [\"$text\"], 0x1) = 0\n"
done <strings >"log${names[0]}"
check "import -f strace" safe "0 2" "$PINHOLE" import -f strace "log${names[0]}"
while read -r hex; do
	text=$(printf '%s' "$hex" | sed 's/../\\x&/g')
	printf "type=SECCOMP msg=audit(1700000000.123:4): auid=1 uid=1 gid=1 ses=1 pid=5 comm=\"$text\" exe=\"/bin/$text\" sig=0 arch=c000003e syscall=257 compat=0 ip=0x7f code=0x7ffc0000\n"
done <strings >"audit${names[0]}"
check "import -f audit" safe "0 2" "$PINHOLE" import -f audit "audit${names[0]}"
python3 - <<'PYTHON'
words = [bytes.fromhex(line).decode("utf-8", "replace") for line in open("strings")]
import json
json.dump({"defaultAction": "SCMP_ACT_ERRNO", "comment": words, "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": words}],
           "syscalls": [{"names": ["read"] + words, "action": "SCMP_ACT_ALLOW", "comment": words[20],
                         "includes": {"caps": words}, "excludes": {"caps": words}}]}, open("oci.json", "w"), ensure_ascii=False)
open("unit.service", "w").write("".join(f"[Service]\nSystemCallFilter={w}\n{w}={w}\n[{w}]\n" for w in words))
names = [name.decode("utf-8", "replace") for name in open("names", "rb").read().split(b"\n")[:-1]]
for i, w in enumerate(names):
    for n, value in enumerate(({"format": w}, {"format": "pinhole-profile", "version": 1, w: 1}, {"format": "pinhole-policy", "version": 1, w: 1},
                               {"format": "pinhole-policy", "version": 1, "arch": [w], "default": w, "rules": []},
                               {"format": "pinhole-policy", "version": 1, "arch": ["x86_64"], "default": "kill", "rules": [{"syscall": w}]})):
        json.dump(value, open(f"bad-{i}-{n}", "w"), ensure_ascii=False)
PYTHON
check "import -f oci" safe "0 2" "$PINHOLE" import -f oci oci.json
check "import -f systemd" safe "0 2" "$PINHOLE" import -f systemd unit.service

# Messages: what is typed, and what files have that are wrong. says STATUSES COMMAND…: all of them are looked at together.
says() {
	local statuses=$1 status=0
	shift
	timeout 100 "$@" >>said </dev/null 2>&1 || status=$?
	[[ " $statuses " = *" $status "* ]] || { echo "exit status $status: $(printf '%q ' "$@")"; tail -n 3 said | cat -v; return 1; }
}
typed() {
	local name command
	: >said
	for name in "${names[@]}"; do
		says 2 "$PINHOLE" "$name" || return 1
		for command in show explain report confidence merge diff policy minimize generate check verify run disasm stats reach import record; do
			says 2 "$PINHOLE" $command --"$name" && says 2 "$PINHOLE" $command -"$name" && says 2 "$PINHOLE" $command --"$name"=1 &&
				says "2 127" "$PINHOLE" $command "missing$name" "missing$name" || return 1
		done
		says 2 "$PINHOLE" show --by="$name" "$file" && says 2 "$PINHOLE" explain "$file" "$name" && says 2 "$PINHOLE" explain "$file" openat "$name=$name" &&
			says 2 "$PINHOLE" explain "$file" openat "flags=$name" && says 2 "$PINHOLE" policy --default="$name" "$file" &&
			says 2 "$PINHOLE" policy --phase="$name" "$file" && says 2 "$PINHOLE" policy --program="$name" "$file" &&
			says 2 "$PINHOLE" policy --reach=reach.json --add="$name" "$file" && says 2 "$PINHOLE" generate -f "$name" "$file" &&
			says 2 "$PINHOLE" record --mode="$name" -- true && says 2 "$PINHOLE" import -f "$name" "$file" &&
			says 2 "$PINHOLE" policy -o "$PWD/missing$name/x" "$file" && says "1 2" "$PINHOLE" minimize --test="$name" "$file" &&
			says "126 127 2" "$PINHOLE" record -q -o new.json -- "./missing$name" && says "126 127 2" "$PINHOLE" run "$file" -- "./missing$name" || return 1
	done
	"$SOURCE/tests/oracles/unsafe-text" check said
}
check "messages quote what was typed" typed
wrong() {
	local bad
	: >said
	for bad in bad-*; do says 2 "$PINHOLE" show "$bad" && says 2 "$PINHOLE" generate "$bad" || return 1; done
	"$SOURCE/tests/oracles/unsafe-text" check said
}
check "messages quote what files have" wrong
exit 0

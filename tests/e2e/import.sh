# pinhole import: a profile from a log of strace or the kernel equals the profile that record makes.
# A case in golden/strace and golden/audit is a log, "==== show" and the output of `show`, "====
# messages" and import's messages; in NAME.ARCH.strace, ARCH is --arch. Cases in bad/ begin with a
# line "Message:", a regular expression.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
golden=$SOURCE/tests/golden bad=$SOURCE/tests/e2e/bad

# Splits a case into log.FORMAT, want.show and want.messages.
split_case() {
	awk -v log_file="case.$2" '
		BEGIN { out = log_file; printf "" >log_file; printf "" >"want.show"; printf "" >"want.messages" }
		/^==== show$/ { out = "want.show"; next }
		/^==== messages$/ { out = "want.messages"; next }
		{ print >out }' "$1"
}
told() { # FILE FORMAT
	local arch=() name
	name=$(basename "$1" ".$2")
	case $name in *.*) arch=("--arch=${name##*.}") ;; esac
	split_case "$1" "$2"
	"$PINHOLE" import -f "$2" "${arch[@]}" -o case.json "case.$2" 2>is.messages || return 1
	"$PINHOLE" show case.json | grep -v '^There is no estimate' >is.show
	if [ -n "${UPDATE:-}" ]; then # writes what is said into the case
		{ cat "case.$2"; echo "==== show"; cat is.show; echo "==== messages"; cat is.messages; } >"$1"
	fi
	same is.show want.show && same is.messages want.messages &&
		"$PINHOLE" import -f "$2" "${arch[@]}" "case.$2" 2>/dev/null | cmp - case.json &&
		"$PINHOLE" merge -o merged.json case.json case.json && same merged.json case.json &&
		sound case.json
}
# A policy of whatever tightness allows what was imported, whatever values it had that are not known.
sound() { # PROFILE
	local args
	for args in none shape exact; do
		"$PINHOLE" policy --args=$args "$1" -o sound.policy 2>/dev/null && "$PINHOLE" generate sound.policy -o sound.bpf &&
			"$PINHOLE" check sound.policy "$1" && "$PINHOLE" check sound.bpf "$1" || return 1
	done
}
for format in strace audit; do
	for case in "$golden/$format"/*."$format"; do
		check "golden $(basename "$case")" told "$case" $format
	done
done
[ -z "${UPDATE:-}" ] || exit 0

# What is no such log.
refused() { # FILE FORMAT MESSAGE
	local status=0
	in_time 20 "$PINHOLE" import -f "$2" -o new "$1" >out 2>err || status=$?
	[ $status -eq 2 ] && grep -Eq -- "$3" err && [ ! -s out ] && [ ! -e new ] && ! grep -Eq 'Sanitizer|runtime error' err || {
		echo "status $status, message expected: /$3/"
		cat out err
		return 1
	}
}
: >empty.log
head -c 100000 /dev/urandom >random.log
head -c 100000 /dev/zero >zeros.log
head -c 200000 /dev/zero | tr '\0' '(' >deep.log
mkdir folder
for format in strace audit; do
	for case in "$bad/$format"/*.log; do
		tail -n +2 "$case" >"$(basename "$case")"
		check "bad $format $(basename "$case")" refused "$(basename "$case")" $format "$(sed -n '1s/Message: *//p' "$case")"
	done
	for name in empty random zeros deep; do
		check "bad $format $name" refused $name.log $format "$name.log: (no line is|contains no)"
	done
	check "$format, no such file" refused missing.log $format "missing.log.*No such file"
	check "$format, a folder" refused folder $format "folder"
	echo '7 getpid() = 7' >kept.log
	check "$format does not write over its log" expect 2 "$PINHOLE" import -f $format -o kept.log kept.log
	check "the log is there" grep -q getpid kept.log
done
check "no such format" refused kept.log dtrace "one of .*strace.*audit"
check "no such architecture" expect 2 "$PINHOLE" import -f strace --arch=vax kept.log
check "a format is needed" expect 2 "$PINHOLE" import kept.log
check "a file is needed" expect 2 "$PINHOLE" import -f strace

# The day after: what was denied is reviewed, accepted, and allowed.
cat >denied.log <<'END'
type=SECCOMP msg=audit(1700000000.123:45): auid=0 uid=0 gid=0 ses=1 pid=8 comm="x" exe="/usr/bin/x" sig=31 arch=c000003e syscall=41 compat=0 ip=0x7f code=0x80000000
END
echo '7 execve("/usr/bin/x", ["x"], 0x7ffd /* 1 var */) = 0
7 socket(AF_UNIX, SOCK_STREAM, 0) = 3' >log
"$PINHOLE" import -f strace -o x.json log
"$PINHOLE" import -f audit -o denied.json denied.log
both() { "$PINHOLE" merge -o ab.json x.json denied.json && "$PINHOLE" merge -o ba.json denied.json x.json ab.json && same ab.json ba.json; }
check "accepting commutes, and is accepting once" both
allows() { "$PINHOLE" policy "$1" | grep '"socket"' >rule; cat rule; grep -Eq -- "$2" rule; }
check "before, one kind of socket is allowed" allows x.json '"domain": "AF_UNIX"'
check "accepted, all are, and why is said" allows ab.json '"syscall": "socket",.* "why": "domain, type, protocol: any value.*denied \(kill\)'
check "denials alone make a policy that warns" sh -c '"$PINHOLE" policy denied.json 2>&1 >/dev/null | grep -q "all facts are calls that a filter denied"'
# The kernel's log has no more than ten lines in five seconds.
(cat denied.log && echo '[ 6081.536942] kauditd_printk_skb: 1062 callbacks suppressed') >suppressed.log
suppressed() { "$PINHOLE" import -f audit -o suppressed.json suppressed.log 2>err && grep -q 'suppressed.log: line 2: the kernel left out denials.*run the program again' err && same suppressed.json denied.json; }
check "denials that the kernel left out are announced" suppressed

# What ausearch -i (Debian: auditd) makes of a log tells the same calls and answers.
interpreted() {
	local n=0 arch nr codes=(80000000 0 30000 50001 7fc00000 7ff00000 7ffc0000)
	for arch in c000003e 40000003 c00000b7; do
		for nr in $(seq 0 470) 999; do
			n=$((n + 1))
			echo "type=SECCOMP msg=audit(1700000000.123:$n): auid=0 uid=0 gid=0 ses=1 pid=9 comm=\"x\" exe=2F612062 sig=31 arch=$arch syscall=$nr compat=0 ip=0x7f code=0x${codes[n % 7]}"
		done
	done >raw.log
	ausearch -i -if raw.log >interpreted.log && "$PINHOLE" import -f audit -o raw.json raw.log && "$PINHOLE" import -f audit -o interpreted.json interpreted.log &&
		"$PINHOLE" show raw.json | sed -n '/^main/,/ facts,/p' >raw.show && "$PINHOLE" show interpreted.json | sed -n '/^main/,/ facts,/p' | diff raw.show - && [ -s raw.show ]
}
if need "ausearch -i" ausearch; then check "ausearch -i tells the same" interpreted; fi

# The same facts as record, of the same programs.
need_tracing import
sed 's/syscall=41/syscall=102/' denied.log >getuid.log
"$PINHOLE" import -f audit -o getuid.json getuid.log
"$PINHOLE" record -q -o seen.json -- "$PROGRAMS/nothing" && "$PINHOLE" merge -o seen.json seen.json getuid.json
mark() { "$PINHOLE" show seen.json | grep -E "getuid\\(\\)$1\$"; }
check "what was accepted is marked" mark "  denied: kill"
"$PINHOLE" record -q -o seen.json -- id >/dev/null
check "until a recorder sees it" mark ""
have strace || skip_all import "no strace here"
strace -o probe true 2>/dev/null || skip_all import "strace cannot trace here"
cat >script <<'END'
for i in 1 2; do echo $i | cat | sort; done >out
(exec true) & wait
END
printf 'import json, subprocess\nsubprocess.run(["true"])\n' >script.py
mkdir tree && cp "$SOURCE"/policies/profile/*.h tree
printf 'int main(void) { return 0; }\n' >a.c
git init -q repository 2>/dev/null && git -C repository -c user.name=a -c user.email=b commit -q --allow-empty -m c

# What both see may differ in how often something happened (who waits for whom), not in what.
same_as_record() { python3 "$SOURCE/tests/oracles/same-imported" exact.json imported.json; }
logged() { # STYLE COMMAND…
	local style=$1
	shift
	rm -f log log.*
	strace $style -o log -- "$@" </dev/null >/dev/null 2>&1 # ends as the program does
	[ -e log ] && set -- log || set -- log.*
	"$PINHOLE" import -f strace -o imported.json "$@" 2>messages && [ ! -s messages ] && same_as_record || {
		cat messages
		false
	}
}
# NAME, TAB, COMMAND
while IFS=$'\t' read -r name command; do
	need "import, $name" ${command%% *} || continue
	rm -f exact.json
	"$PINHOLE" record -q --mode=exact -o exact.json -- $command </dev/null >/dev/null 2>&1
	for style in "-f" "-f -X raw" "-f -X verbose -v" "-f -n -i -tt -T -yy" "-f -ttt -Y -s 3" "-ff -r -y" "-f -C" "-f -e raw=all"; do
		check "$name, strace $style" logged "$style" $command
	done
done <<END
bash	bash script
tar	tar czf out.tgz tree
sqlite3	sqlite3 :memory: select(1);
git	git -C repository log
python3	python3 script.py
gcc	gcc -o a.out a.c
calls	$PROGRAMS/calls
threads	$PROGRAMS/threads
execs	$PROGRAMS/execs
exec in a thread	$PROGRAMS/exec_thread
signals	$PROGRAMS/signals
END
if need "32-bit" i386_static; then
	rm -f exact.json
	"$PINHOLE" record -q --mode=exact -o exact.json -- "$PROGRAMS/i386_static" </dev/null >/dev/null 2>&1
	check "32-bit, strace -f -n" logged "-f -n" "$PROGRAMS/i386_static"
fi

# Every value that has a name.
values=${PROGRAMS%/*}/import/values
[ -x "$values" ] || skip_all "every value" "no $values here; run make programs"
values_alike() { # ARGUMENT…
	local style alike=true
	rm -f exact.json
	"$PINHOLE" record -q --mode=exact -o exact.json -- "$values" "$@" >/dev/null 2>&1
	for style in abbrev verbose raw; do
		strace -f -X $style -o log "$values" "$@" >/dev/null 2>&1
		"$PINHOLE" import -f strace -o imported.json log && same_as_record || { echo "values $*, with -X $style"; alike=false; }
	done
	$alike
}
all_values() {
	local from count failed=0
	count=$("$values")
	for from in $(seq 0 150 "$count"); do values_alike "$from" $((from + 150)) || failed=1; done
	echo "$count values"
	return $failed
}
check "every value that has a name" all_values
# SEEDS: which numbers the random values are made of.
random_values() {
	local seed failed=0
	for seed in ${SEEDS:-1 2 3}; do values_alike random "$seed" 150 || failed=1; done
	return $failed
}
check "random values in all arguments at once" random_values
exit 0

# Every option of `pinhole policy`, tested by the calls that the policy allows; the exact output of
# `diff` for policies; `show` of policies; and the places in messages about wrong values.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"

# diff: what two policies differ in. ----------------------------------------------------------------------

cat >base.policy <<'END'
{"format": "pinhole-policy", "version": 1, "arch": ["x86_64"],
 "default": "kill",
 "newer": "errno:ENOSYS",
 "rules": [
  {"syscall": "read"},
  {"syscall": "socket", "any": [{"domain": "AF_UNIX", "type": "SOCK_STREAM"}]},
  {"syscall": "mprotect", "any": [{"prot": {"in": ["PROT_NONE", "PROT_READ", "PROT_READ|PROT_EXEC"]}}]},
  {"syscall": "openat", "any": [{"flags": {"bits": "O_CREAT|O_CLOEXEC"}}]},
  {"syscall": "write", "action": "errno:EPERM"},
  {"syscall": "kill", "action": "errno:EPERM", "any": [{"sig": "SIGKILL"}]},
  {"syscall": "futex", "any": [{"futex_op": {"in": ["FUTEX_WAIT", "FUTEX_WAKE"]}}], "why": "seen"}
 ]}
END
# edited SED LINE…: base.policy, edited so, differs in exactly these lines, and the other way round with the signs turned.
edited() {
	local script=$1
	shift
	sed "$script" base.policy >edited.policy
	! cmp -s base.policy edited.policy || { echo "the sed script changes nothing"; return 1; }
	printf '%s\n' "$@" >expected
	expect 1 "$PINHOLE" diff base.policy edited.policy >words && same expected words || return 1
	expect 1 "$PINHOLE" diff edited.policy base.policy >words || return 1
	sed -n 's/^+ /- /p; t; s/^- /+ /p' words | sort >turned
	sed -n '/^[-+] /p' expected | sort >wanted
	same wanted turned
}
check "diff: a new socket family" edited 's/"AF_UNIX"/{"in": ["AF_UNIX", "AF_NETLINK"]}/' \
	"+ x86_64 socket with domain AF_NETLINK and type SOCK_STREAM"
check "diff: a family for another" edited 's/"AF_UNIX"/"AF_INET"/' \
	"- x86_64 socket with domain AF_UNIX and type SOCK_STREAM" "+ x86_64 socket with domain AF_INET and type SOCK_STREAM"
check "diff: a test less" edited 's/, "type": "SOCK_STREAM"//' \
	"+ x86_64 socket with domain AF_UNIX and type any but SOCK_STREAM"
check "diff: an alternative more" edited 's/"SOCK_STREAM"}/"SOCK_STREAM"}, {"protocol": 7}/' \
	"+ x86_64 socket with domain any but AF_UNIX and protocol 7" \
	"+ x86_64 socket with domain AF_UNIX, type any but SOCK_STREAM and protocol 7"
check "diff: mprotect without PROT_EXEC" edited 's/, "PROT_READ|PROT_EXEC"//' \
	"- x86_64 mprotect with prot PROT_READ|PROT_EXEC"
check "diff: a flag more in openat" edited 's/"O_CREAT|O_CLOEXEC"/"O_CREAT|O_CLOEXEC|O_TRUNC"/' \
	"+ x86_64 openat with flags O_RDONLY|O_TRUNC, O_RDONLY|O_CREAT|O_TRUNC, O_RDONLY|O_TRUNC|O_CLOEXEC or O_RDONLY|O_CREAT|O_TRUNC|O_CLOEXEC"
check "diff: a call more" edited 's/"read"}/"read"}, {"syscall": "ptrace"}/' "+ x86_64 ptrace"
check "diff: a call less" edited '/"read"/d' "- x86_64 read"
check "diff: a call without its tests" edited 's/, "any": .*"why": "seen"/, "why": "all"/' \
	"+ x86_64 futex with futex_op FUTEX_FD and above"
check "diff: an error for another" edited '/write/s/EPERM/EACCES/' "~ x86_64 write, refused: errno:EPERM → errno:EACCES"
check "diff: an error becomes death" edited '/write/s/errno:EPERM/kill/' "~ x86_64 write, refused: errno:EPERM → kill"
check "diff: a refused call is allowed" edited '/write/s/errno:EPERM/allow/' "+ x86_64 write"
check "diff: a refusal is gone" edited '/write/d' "~ x86_64 write, refused: errno:EPERM → kill"
check "diff: the default" edited 's/"default": "kill"/"default": "errno:EPERM"/' "~ default: kill → errno:EPERM"
check "diff: what newer calls get" edited 's/ENOSYS/EPERM/' "~ newer: errno:ENOSYS → errno:EPERM"
check "diff: an architecture more" edited 's/\["x86_64"\]/["x86_64", "i386"]/' \
	"+ architecture i386" \
	"+ i386 futex with futex_op FUTEX_WAIT or FUTEX_WAKE" \
	"~ i386 kill with sig SIGKILL, refused: kill → errno:EPERM" \
	"+ i386 mprotect with prot PROT_NONE, PROT_READ or PROT_READ|PROT_EXEC" \
	"+ i386 openat with flags only O_CREAT|O_CLOEXEC" \
	"+ i386 read" \
	"+ i386 socket with domain AF_UNIX and type SOCK_STREAM" \
	"~ i386 write, refused: kill → errno:EPERM"
differs() { sed "$1" base.policy >edited.policy && expect 1 "$PINHOLE" diff base.policy edited.policy >words && [ -s words ]; }
check "diff: another argument is answered with an error" differs 's/SIGKILL/SIGTERM/'
check "diff: a call is logged" differs 's/"read"/"read", "action": "log"/'
deny_list() {
	sed 's/"default": "kill"/"default": "allow"/; /"read"/d' base.policy >old.policy &&
		sed 's/"SIGKILL"/{"in": ["SIGKILL", "SIGTERM"]}/' old.policy >new.policy &&
		expect 1 "$PINHOLE" diff old.policy new.policy >words && grep -q SIGTERM words
}
check "diff: a list of what is refused" deny_list
by_its_name() {
	sed 's/"O_CREAT|O_CLOEXEC"/"O_RDWR|O_CREAT"/' base.policy >edited.policy && "$PINHOLE" show edited.policy >words &&
		grep '^  openat' words | grep O_RDWR | grep -v 0x2
}
check "show: the access mode has its name" by_its_name

# Equal policies, written differently. RULES TAB RULES
rules() { printf '{"format": "pinhole-policy", "version": 1, "arch": ["x86_64"], "default": "kill", "newer": "kill", "rules": [\n%s]}\n' "$1"; }
equal() {
	rules "$1" >one.policy && rules "$2" >other.policy || return 1
	for files in "one.policy other.policy" "other.policy one.policy"; do
		expect 0 "$PINHOLE" diff $files >words 2>&1 && [ ! -s words ] || { cat words; return 1; }
	done
	"$PINHOLE" show --json one.policy >canonical && expect 0 "$PINHOLE" diff canonical other.policy
}
while IFS=$'\t' read -r name one other; do
	check "equal: $name" equal "$one" "$other"
done <<'END'
names and numbers	{"syscall": "socket", "any": [{"domain": {"in": ["AF_UNIX", "AF_INET"]}}]}	{"syscall": "socket", "any": [{"arg0": {"in": [2, "0x1"]}}]}
values and a range	{"syscall": "kill", "any": [{"sig": {"in": [1, 2, 3, 4]}}]}	{"syscall": "kill", "any": [{"sig": {"min": 1, "max": 4}}]}
values and bits	{"syscall": "mprotect", "any": [{"prot": {"in": [0, 1, 2, 3, 4, 5, 6, 7]}}]}	{"syscall": "mprotect", "any": [{"prot": {"bits": "PROT_READ|PROT_WRITE|PROT_EXEC"}}]}
bits and a mask	{"syscall": "openat", "any": [{"flags": {"bits": "O_CREAT|O_TRUNC"}}]}	{"syscall": "openat", "any": [{"flags": {"mask": "~(O_CREAT|O_TRUNC)", "is": 0}}]}
a mask and a range	{"syscall": "kill", "any": [{"sig": {"mask": "0xfffffff0", "is": 16}}]}	{"syscall": "kill", "any": [{"sig": {"min": 16, "max": 31}}]}
a mask and values	{"syscall": "lseek", "any": [{"whence": [{"min": 0, "max": 4}, {"mask": 1, "is": 0}]}]}	{"syscall": "lseek", "any": [{"whence": {"in": [4, 2, 0]}}]}
ranges that overlap	{"syscall": "kill", "any": [{"sig": {"min": 0, "max": 9}}, {"sig": {"min": 5, "max": 20}}]}	{"syscall": "kill", "any": [{"sig": {"min": 0, "max": 20}}]}
ranges that make all	{"syscall": "kill", "any": [{"sig": {"min": 0, "max": 20}}, {"sig": {"min": 21, "max": 4294967295}}]}	{"syscall": "kill"}
masks that make all	{"syscall": "kill", "any": [{"sig": {"mask": 1, "is": 0}}, {"sig": {"mask": 1, "is": 1}}]}	{"syscall": "kill"}
an alternative that is in another	{"syscall": "socket", "any": [{"domain": 1}, {"domain": 1, "type": 2}]}	{"syscall": "socket", "any": [{"domain": 1}]}
a product, multiplied out	{"syscall": "socket", "any": [{"domain": {"in": [1, 2]}, "type": {"in": [1, 2]}}]}	{"syscall": "socket", "any": [{"domain": 1, "type": 1}, {"domain": 1, "type": 2}, {"domain": 2, "type": 1}, {"domain": 2, "type": 2}]}
a product, in pieces that overlap	{"syscall": "socket", "any": [{"domain": {"in": [1, 2]}, "type": {"in": [1, 2]}}]}	{"syscall": "socket", "any": [{"domain": {"min": 1, "max": 2}, "type": 2}, {"domain": 1, "type": {"in": [1, 2]}}, {"domain": 2, "type": 1}]}
a negative number and its 64 bits	{"syscall": "mprotect", "any": [{"prot": -1}]}	{"syscall": "mprotect", "any": [{"prot": "0xffffffffffffffff"}]}
a negative number and its 32 bits	{"syscall": "kill", "any": [{"sig": -1}]}	{"syscall": "kill", "any": [{"sig": 4294967295}]}
what the default does anyway	{"syscall": "kill", "action": "kill"}, {"syscall": "read"}	{"syscall": "read"}
reasons and the order of rules	{"syscall": "read", "why": "one"}, {"syscall": "write", "action": "allow"}	{"syscall": "write", "why": "other"}, {"syscall": "read"}
END

# show: groups and dangers. -------------------------------------------------------------------------------

cat >show.policy <<'END'
{"format": "pinhole-policy", "version": 1, "arch": ["x86_64"], "default": "errno:EPERM", "newer": "errno:ENOSYS", "phase": "main",
 "rules": [
  {"syscall": "read"}, {"syscall": "close"}, {"syscall": "ptrace"},
  {"syscall": "personality", "action": "errno:EPERM"},
  {"syscall": "clone", "any": [{"flags": {"mask": "CLONE_NEWNET|CLONE_NEWNS", "is": 0}}], "why": "threads and children"},
  {"syscall": "ioctl", "any": [{"request": {"in": ["TCGETS", "TIOCSTI"]}}]},
  {"syscall": "mprotect", "any": [{"prot": {"in": ["PROT_NONE", "PROT_READ"]}}]},
  {"syscall": "socket", "any": [{"domain": "AF_NETLINK", "type": "SOCK_DGRAM"}, {"domain": "AF_UNIX", "type": {"mask": "~(SOCK_CLOEXEC|SOCK_NONBLOCK)", "is": "SOCK_STREAM"}}]}
 ]}
END
shows() { "$PINHOLE" show show.policy | sed 's/^ *//' >shown && TEXT=$1 awk 'index($0, ENVIRON["TEXT"]) == 1 { found = 1 } END { exit !found }' shown || { echo "no '$1'"; false; }; }
hides() { "$PINHOLE" show show.policy >shown && ! grep -F -- "$1" shown; }
while read -r line; do
	check "show: $line" shows "$line"
done <<'END'
default: errno:EPERM; calls newer than this pinhole: errno:ENOSYS; for phase main
x86_64, @basic-io: reading, writing, seeking, duplicating and closing descriptors
close read
x86_64, @debug: debugging, measuring and tracing: ptrace, perf_event_open
! escape: controls other processes;
x86_64, @network-io: sockets, local ones (AF_UNIX) too
socket with domain AF_NETLINK and type SOCK_DGRAM
or socket with domain AF_UNIX and type SOCK_STREAM (SOCK_CLOEXEC|SOCK_NONBLOCK aside)
! attack surface: domain AF_NETLINK: configures the kernel
clone with flags without CLONE_NEWNS|CLONE_NEWNET
threads and children
! escape: flags CLONE_NEWUSER: a user namespace
ioctl with request TCGETS or TIOCSTI
! escape: request TIOCSTI: types into the terminal
mprotect with prot PROT_NONE or PROT_READ
personality → errno:EPERM
END
for danger in "flags CLONE_NEWNET:" "flags CLONE_NEWNS:" "prot PROT_EXEC" "SOCK_RAW" "request TIOCLINUX" "address space randomization"; do
	check "show: no warning of what is not allowed: $danger" hides "$danger"
done
sources() { "$PINHOLE" show show.policy | grep '! ' >marks && [ -s marks ] && ! grep -v '\[..*\]$' marks; }
check "show: every warning names its source" sources

# Messages about wrong values: where they point. ----------------------------------------------------------

# wrong SED MARK TEXT: the message says TEXT, and line and column of where MARK stands in the file.
wrong() {
	local place
	sed "$1" base.policy >wrong.policy
	! cmp -s base.policy wrong.policy || { echo "the sed script changes nothing"; return 1; }
	place=$(MARK=$2 awk '{ at = index($0, ENVIRON["MARK"]) } at { print "line " NR ", column " at; exit }' wrong.policy)
	expect 2 "$PINHOLE" show wrong.policy >out 2>err && [ ! -s out ] && grep -qF -- "wrong.policy: $place: " err && grep -qF -- "$3" err ||
		{ echo "expected: $place"; cat err; false; }
}
check "wrong: a value" wrong 's/"AF_UNIX"/"AF_UNIXX"/' '"AF_UNIXX"' "did you mean AF_UNIX?"
check "wrong: a value of a list" wrong 's/"PROT_NONE"/"PROT_NOME"/' '"PROT_NOME"' "did you mean PROT_NONE?"
check "wrong: a call" wrong 's/"read"/"reed"/' '"reed"' "did you mean read?"
check "wrong: an argument" wrong 's/"domain"/"domian"/' '"AF_UNIX"' "no such argument"
check "wrong: a test" wrong 's/"bits"/"bit"/' '"O_CREAT' '"bit"'
check "wrong: an error's name" wrong '/write/s/EPERM/EPREM/' '"errno:EPREM"' "EPREM"
check "wrong: an action" wrong '/write/s/errno:EPERM/deny/' '"deny"' "kill, kill-thread, trap, errno:NAME, log, allow"
check "wrong: a key of a rule" wrong 's/"why"/"because"/' '"seen"' '"because"'
check "wrong: syntax" wrong 's/"read"}/"read" 1}/' '1}' "expected near"
spread() {
	sed '/"socket"/c\
  {"syscall": "socket",\
   "any": [\
     {"domain": "AF_UNIX"},\
     {"domain": "AF_INET",\
      "type": {"in": ["SOCK_STREAM",\
                      "SOCK_DGRAMM"]}}\
   ]},' base.policy >wrong.policy
	expect 2 "$PINHOLE" show wrong.policy 2>err && grep -q 'wrong.policy: line 11, column 23: .*did you mean SOCK_DGRAM?' err || { cat err; false; }
}
check "wrong: deep in a rule of many lines" spread
check "wrong: the default" wrong 's/"default": "kill"/"default": "kil"/' '"kil"' "kill, kill-thread, trap, errno:NAME, log, allow"
check "wrong: an architecture" wrong 's/\["x86_64"\]/["x86-64"]/' '"x86-64"' "x86_64, i386, aarch64"

# The options. --------------------------------------------------------------------------------------------

need_tracing policy
need policy attack python3 || exit 0
attack=$PROGRAMS/attack
# What is derived from what was seen: generalize.sh is about what is added.
policy() { # FILE OPTION…
	local file=$1
	shift
	"$PINHOLE" policy --generalize=none "$@" profile.json -o "$file.policy"
}
lives() { [ "$("$PINHOLE" run "$1.policy" -- "$attack" </dev/null)" = lived ]; }
dies() { expect 159 "$PINHOLE" run "$1.policy" -- "$attack" "$2" >out </dev/null && [ ! -s out ]; }
survives() { # POLICY ATTEMPT [TEXT]
	"$PINHOLE" run "$1.policy" -- "$attack" "$2" >out </dev/null
	grep -q "^survived, ${3:-}" out || { cat out; false; }
}
# only SIGN OLD NEW: there is a difference, and of that sign alone.
only() { expect 1 "$PINHOLE" diff "$2.policy" "$3.policy" >words && ! grep -v "^[$1] " words; }
grows() { only + "$@"; }
# One that has it all already adds nothing. A base may also answer a call by an error that the default would kill for: a runtime goes on another way then.
adds() { "$PINHOLE" diff "$1.policy" "$2.policy" >words; [ $? -le 1 ] && ! grep -v -e "^+ " -e "^~ .*, refused: kill → errno:" words; }
# What is left out may have been an answer other than the default's.
shrinks() { only -~ "$@"; }
same_policy() { expect 0 "$PINHOLE" diff "$1.policy" "$2.policy"; }
# denies POLICY PROFILE N: so many of its facts.
denies() { "$PINHOLE" check "$1.policy" "$2" >denied; [ "$(tail -n 1 denied | cut -d' ' -f1)" = "$3" ] || { cat denied; false; }; }
# altered FROM TO: the profile with one fact's values exchanged.
altered() { sed "s/\"values\": \[$1\]/\"values\": [$2]/" profile.json >altered.json && ! cmp -s altered.json profile.json; }
# refuses TEXT ARGUMENT…: exit status 2, nothing written, a message that has the text.
refuses() {
	local text=$1
	shift
	rm -f new.policy
	expect 2 "$PINHOLE" policy "$@" profile.json -o new.policy >out 2>err && [ ! -s out ] && [ ! -e new.policy ] && grep -qF -- "$text" err ||
		{ cat err; false; }
}
check "a profile" "$PINHOLE" record -o profile.json -- "$attack"
clone3=no
! grep -q '"syscall": "clone3"' profile.json || clone3=yes

check "the default policy" policy plain
for args in none shape exact; do
	check "--args=$args" policy $args --args=$args
	check "--args=$args: lives" lives $args
	check "--args=$args: nothing denied" denies $args profile.json 0
done
check "--args=shape is the default" same_policy plain shape
check "--args=none allows more" grows shape none
check "--args=exact allows less" shrinks shape exact
check "--args=none: names alone" survives none dumpable
for args in shape exact; do
	check "--args=$args: another family is refused" dies $args netlink
	check "--args=$args: values that were not seen together are refused" dies $args mixed_socket
done
check "a socket with a flag that was not seen with it" altered "1, 2, 0" "1, 524290, 0"
check "--args=none allows it" denies none altered.json 0
check "--args=shape allows it, as it reaches nothing new" denies shape altered.json 0
check "--args=exact does not" denies exact altered.json 1
check "a socket of another family" altered "1, 2, 0" "16, 2, 0"
check "--args=none allows it too" denies none altered.json 0
check "--args=shape does not" denies shape altered.json 1
check "--args: wrong" refuses "give none, shape or exact" --args=tight

check "--portable" policy portable --portable
check "--portable: lives" lives portable
check "--portable allows more" grows plain portable
check "--portable: statx" eval '"$PINHOLE" diff plain.policy portable.policy | grep -qE "^\+ x86_64 statx( |$)"'
check "--portable: netlink is still refused" dies portable netlink
check "--portable: each says why" eval 'grep "\"statx\"" portable.policy | grep -q "\"why\": \"portable: "'

if [ $clone3 = yes ]; then
	check "--clone3=errno" policy errno --clone3=errno
	check "--clone3=errno is the default" same_policy plain errno
	check "--clone3=errno: lives" lives errno
	check "--clone3=errno: it answers ENOSYS" survives errno new_user_by_clone3 "Function not implemented"
	check "--clone3=errno: nothing denied" denies errno profile.json 0
	check "--clone3=allow" policy allow --clone3=allow
	check "--clone3=allow: lives" lives allow
	allowed() { "$PINHOLE" run allow.policy -- "$attack" new_user_by_clone3 >out && grep -q survived out && ! grep -q "not implemented" out; }
	check "--clone3=allow: the kernel answers" allowed
	check "--clone3=allow: in words" eval '"$PINHOLE" diff errno.policy allow.policy | grep -qx "+ x86_64 clone3"'
else
	skip "--clone3" "this libc does not use it"
fi
check "--clone3: wrong" refuses "errno, allow" --clone3=maybe

check "--failed=allow" policy failed-allow --failed=allow
check "--failed=allow is the default" same_policy plain failed-allow
check "--failed=errno" policy failed-errno --failed=errno
check "--failed=errno: lives" lives failed-errno
check "--failed=errno: nothing denied" denies failed-errno profile.json 0
check "--failed=errno allows less" shrinks plain failed-errno
check "--failed=errno: in words" eval '"$PINHOLE" diff plain.policy failed-errno.policy | grep -qx -- "- x86_64 ioctl with request TCGETS"'
check "--failed: wrong" refuses "allow, errno" --failed=kill

# `run` installs the filter before execve, which is of phase load.
check "--phase=main" policy main --phase=main
check "--phase=main allows less" shrinks plain main
check "--phase=main: says so" grep -q '"phase": "main"' main.policy
main_only() { expect 1 "$PINHOLE" check main.policy profile.json >denied && ! grep -v '^load ' denied | grep -v ' facts would be denied$' && grep -q '^load x86_64 execve' denied; }
check "--phase=main: only facts of phase load are denied" main_only
said_before() { expect 2 "$PINHOLE" run main.policy -- "$attack" exec >out 2>err </dev/null && [ ! -s out ] && grep -q 'does not allow execve.*--at=entry' err; }
check "--phase=main: that execve is not allowed is said before" said_before
check "--phase=load" policy load --phase=load
check "--phase=main and what phase load needs" policy both --phase=main --with=load.policy
check "--phase=main and what phase load needs: lives" lives both
check "--phase=main and what phase load needs: nothing denied" denies both profile.json 0
check "--phase=main and what phase load needs: no more than the whole" eval '! "$PINHOLE" diff plain.policy both.policy | grep "^+"'
check "--phase: wrong" refuses "load, main" --phase=idle
check "--phase: empty" refuses "load, main" --phase=

check "--default=errno" policy default --default=errno:EPERM
check "--default=errno: lives" lives default
check "--default=errno: what is refused fails" survives default keyctl "Operation not permitted"
check "--default=errno: in words" eval '"$PINHOLE" diff plain.policy default.policy >words; [ "$(cat words)" = "~ default: kill → errno:EPERM" ]'
check "--default=log" policy log --default=log
check "--default=log: nothing is refused" survives log netlink
check "--default: wrong" refuses "kill, kill-thread, trap, errno:NAME, log, allow" --default=deny

# --program: of a tree of two.
tree() {
	"$PINHOLE" record --mode=exact -o tree.json -- bash -c "\"$attack\"; umask 022; true" >out && programs=$(python3 -c '
import json
for program in json.load(open("tree.json"))["programs"]:
    print(program["path"])')
}
check "a tree of two programs" tree
programs=$(python3 -c 'import json; [print(p["path"]) for p in json.load(open("tree.json"))["programs"]]')
shell=$(grep -v '/attack$' <<<"$programs") path=$(grep '/attack$' <<<"$programs")
of_tree() { # FILE OPTION…
	local file=$1
	shift
	"$PINHOLE" policy --generalize=none "$@" tree.json -o "$file.policy"
}
check "--program" of_tree whole
check "--program=attack" of_tree attack --program="$path"
check "--program=bash" of_tree bash --program="$shell"
check "--program=attack allows less than the tree needs" shrinks whole attack
check "--program=bash too" shrinks whole bash
printf '{"format": "pinhole-policy", "version": 1, "arch": ["x86_64"], "default": "kill", "newer": "kill", "rules": [{"syscall": "execve"}]}\n' >exec.policy
# The execve that started it was bash's.
check "--program=attack, started" of_tree started --program="$path" --with=exec.policy
check "--program=attack, started: lives" lives started
check "--program=attack, started: netlink is refused" dies started netlink
check "--program=attack: umask, which only bash made, is refused" eval '"$PINHOLE" check attack.policy tree.json | grep -q "x86_64 umask("'
check "--program=bash: prctl, which only attack made, is refused" eval '"$PINHOLE" check bash.policy tree.json | grep -q "x86_64 prctl("'
check "--program=attack: none of its own facts" eval '! "$PINHOLE" check attack.policy tree.json | grep prctl'
check "--program: both together" of_tree together --program="$path" --with=bash.policy
check "--program: both together are enough for the tree" eval '"$PINHOLE" check together.policy tree.json'
unknown_program() {
	expect 2 "$PINHOLE" policy --program=/nowhere/attack tree.json >out 2>err && [ ! -s out ] && grep -qF -- "$path" err && grep -qF -- "$shell" err || { cat err; false; }
}
check "--program: an unknown one, and which there are" unknown_program

# --with and --base, over the ready-made policies.
for file in "$SOURCE"/policies/library/*.json; do
	name=$(basename "$file" .json)
	grep -q '"pinhole-policy"' "$file" && [[ $name != *.schema ]] || continue
	check "--with=$name" policy "with-$name" --with="$file"
	check "--with=$name only adds" adds plain "with-$name"
	check "--with=$name: lives" lives "with-$name"
	check "--with=$name: nothing denied" denies "with-$name" profile.json 0
	check "--with=$name: its calls are there" eval '! "$PINHOLE" diff "$file" "with-$name.policy" | grep "^- x86_64"'
	check "--with=$name twice" policy twice --with="$file" --with="$file"
	check "--with=$name twice is once" same_policy "with-$name" twice
	check "--base=$name" policy "base-$name" --base="$file"
	check "--base=$name only leaves out" shrinks plain "base-$name"
	check "--base=$name: what it has is gone" policy joined --base="$file" --with="$file"
	check "--base=$name --with=$name is --with=$name" same_policy joined "with-$name"
done
library=$SOURCE/policies/library
check "--with twice" policy both --with="$library/runc.json" --with="$library/crun.json"
check "--with twice: more than the one" grows with-runc both
check "--with twice: more than the other" adds with-crun both
check "--with: in any order" policy turned --with="$library/crun.json" --with="$library/runc.json"
check "--with: in any order the same" same_policy both turned
check "--with: says so" eval 'grep "\"capset\"" with-runc.policy | grep -q "with .*runc.json"'
check "--base of itself leaves nothing" policy nothing --base=plain.policy
check "--base of itself: nothing is allowed" eval '! grep "\"syscall\"" nothing.policy | grep -v "\"action\""'
check "--with=itself changes nothing" policy again --with=plain.policy
check "--with=itself: the same" same_policy plain again
check "--default: an error alone" refuses "did you mean errno:EPERM" --default=EPERM
check "--with: a profile" refuses "expected a pinhole-policy" --with=profile.json
check "--base: a profile" refuses "expected a pinhole-policy" --base=profile.json
check "--with: no such file" refuses "nowhere: No such file" --with=nowhere
check "--base: no such file" refuses "nowhere: No such file" --base=nowhere

# clone3: whatever namespaces it was seen to make, clone may make in its place; and no others. ------------------
# by_clone3 FLAGS MAY MAY-NOT: a profile whose clone3 had these flags ("": they are not known).
by_clone3() {
	local known=
	[ -z "$1" ] || known="\"args\": {\"flags\": \"$1\"}, \"values\": [$(($1))],"
	cat >clone3.json <<-JSON
		{"format": "pinhole-profile", "version": 1,
		 "runs": [
		  {"id": "0123456789abcdef0123456789abcdef", "command": ["x"]}],
		 "programs": [
		  {"path": "/x"}],
		 "facts": [
		  {"phase": "main", "arch": "x86_64", "syscall": "clone3", "nr": 435, $known "programs": [0], "runs": {"0": 1}}]}
	JSON
	"$PINHOLE" policy -o clone3.policy clone3.json 2>clone3.words || { cat clone3.words; return 1; }
	"$PINHOLE" check clone3.policy clone3.json >clone3.checked || { cat clone3.checked; return 1; }
}
rule() { grep -q "\"syscall\": \"clone\", \"any\": \[{\"flags\": {\"mask\": \"$1\", \"is\": \"0\"}}\]" clone3.policy || { grep '"clone' clone3.policy; false; }; }
warned() { grep -q "clone3 makes namespaces ($1)" clone3.words && grep -q 'does not fall back to clone' clone3.checked || { cat clone3.words clone3.checked; false; }; }
all='CLONE_PTRACE|CLONE_PARENT|CLONE_NEWNS|CLONE_UNTRACED|CLONE_NEWCGROUP|CLONE_NEWUTS|CLONE_NEWIPC|CLONE_NEWUSER|CLONE_NEWPID|CLONE_NEWNET'
seen_namespaces() { by_clone3 0x10020000 && rule 'CLONE_PTRACE|CLONE_PARENT|CLONE_UNTRACED|CLONE_NEWCGROUP|CLONE_NEWUTS|CLONE_NEWIPC|CLONE_NEWPID|CLONE_NEWNET' && warned 'CLONE_NEWNS|CLONE_NEWUSER'; }
check "clone3 with namespaces: clone may make these" seen_namespaces
no_namespaces() { by_clone3 "$1" && rule "$all" && ! grep . clone3.words && ! grep 'fall back' clone3.checked; }
check "clone3 without: none" no_namespaces 0x100000000
check "clone3 of unknown flags: none" no_namespaces ""
denied_namespaces() {
	by_clone3 0x10000000 && sed 's/|CLONE_NEWPID/|CLONE_NEWUSER|CLONE_NEWPID/' clone3.policy >tighter.policy &&
		expect 1 "$PINHOLE" check tighter.policy clone3.json >out && grep -q 'then clone(flags=CLONE_NEWUSER) follows' out || { cat out; false; }
}
check "check: where clone may not make them either" denied_namespaces
tested_flags() { sed 's/{"syscall": "clone3", "action": "errno:ENOSYS"/{"syscall": "clone3", "any": [{"flags": 0}]/' clone3.policy >wrong.policy && expect 2 "$PINHOLE" show wrong.policy 2>err && grep -q 'addresses cannot be compared' err; }
check "no policy tests clone3's flags" tested_flags
exit 0

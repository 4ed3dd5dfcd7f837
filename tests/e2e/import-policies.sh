# pinhole import: policies from other tools' files, such as containers' profiles and systemd units.
# A case in golden/oci, golden/systemd and others is a file, "==== policy" and the resulting policy,
# "==== messages" and import's messages. Cases in bad/ begin with a line "Message:", a regular
# expression.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
golden=$SOURCE/tests/golden bad=$SOURCE/tests/e2e/bad

told() { # FILE FORMAT
	awk '
		BEGIN { out = "case"; printf "" >"case"; printf "" >"want.policy"; printf "" >"want.messages" }
		/^==== policy$/ { out = "want.policy"; next }
		/^==== messages$/ { out = "want.messages"; next }
		{ print >out }' "$1"
	"$PINHOLE" import -f "$2" --arch=x86_64 -o is.policy case 2>is.messages || { cat is.messages; return 1; }
	if [ -n "${UPDATE:-}" ]; then # writes what is said into the case
		{ cat case; echo "==== policy"; cat is.policy; echo "==== messages"; cat is.messages; } >"$1"
	fi
	same want.policy is.policy && same want.messages is.messages && "$PINHOLE" generate is.policy -o filter && "$PINHOLE" verify filter is.policy
}
for format in oci spo firecracker systemd minijail kafel; do
	for case in "$golden/$format"/*."$format"; do check "golden $(basename "$case")" told "$case" $format; done
done
[ -z "${UPDATE:-}" ] || exit 0

# Files as other projects publish them, in words of our own: each with calls and what must come of them, as the tools' documents have it.
# tests/e2e/translations.sh holds them against the tools.
judged() { # FILE
	sed '/^==== verdicts$/,$d' "$1" >case
	sed '1,/^==== verdicts$/d' "$1" >verdicts
	case $1 in
	*.json) cp case case.policy ;;
	*) "$PINHOLE" import -f "${1##*.}" --arch=x86_64 -o case.policy case ;;
	esac && "$(dirname "$PROGRAMS")/import/verdicts" case.policy <verdicts
}
for case in "$golden"/profiles/*; do check "verdicts of $(basename "$case")" judged "$case"; done

refused() { # FILE FORMAT MESSAGE
	local status=0
	in_time 20 "$PINHOLE" import -f "$2" -o new "$1" >out 2>err || status=$?
	[ $status -eq 2 ] && grep -Eq -- "$3" err && [ ! -s out ] && [ ! -e new ] && [ "$(tail -n 1 err | wc -l)" = 1 ] && ! grep -Eq 'Sanitizer|runtime error' err || {
		echo "status $status, message expected: /$3/"
		cat out err
		return 1
	}
}
: >empty
head -c 100000 /dev/urandom >random
head -c 100000 /dev/zero >zeros
head -c 200000 /dev/zero | tr '\0' '[' >deep
mkdir folder
for format in oci spo firecracker systemd minijail kafel; do
	for case in "$bad/$format"/*; do
		tail -n +2 "$case" >"$(basename "$case")"
		check "bad $format $(basename "$case")" refused "$(basename "$case")" $format "$(sed -n '1s/Message: *//p' "$case")"
	done
	for name in empty random zeros deep; do check "bad $format $name" refused $name $format "^pinhole: $name: "; done
	check "$format, no such file" refused missing $format "missing.*No such file"
	check "$format, a folder" refused folder $format "folder"
done
check "oci takes one file" expect 2 "$PINHOLE" import -f oci deep deep

# The operator's object and the seccomp object in it mean the same, however the YAML is written.
spo_by_chance() {
	mkdir chance && "$SOURCE/tests/import/random_files" spo 1 30 chance || return
	for file in chance/*.oci; do
		"$PINHOLE" import -f spo --arch=x86_64 -o spo.policy "${file%.oci}" 2>said && "$PINHOLE" import -f oci --arch=x86_64 -o oci.policy "$file" 2>said &&
			"$PINHOLE" diff spo.policy oci.policy || { cat said "${file%.oci}"; return 1; }
	done
}
! need "spo by chance" python3 || check "spo by chance" spo_by_chance

# Whatever a policy says goes through a container's profile and back, where that can say it.
there_and_back() { # POLICY
	"$PINHOLE" generate --strict -f oci "$1" -o there 2>notes || { grep -q 'has no name, so this format' notes || { cat notes; return 1; }; return 0; }
	"$PINHOLE" import -f oci there -o back 2>warnings || { cat warnings; return 1; }
	if grep -Evq "newer than this|calls of other architectures" notes; then # said otherwise, and so
		[ "$(grep -c '' notes)" -gt 0 ]
	else
		"$PINHOLE" diff "$1" back >differs || { head -c 2000 differs; false; }
	fi
}
for policy in "$golden"/policy/*.json "$golden"/good-policy/*.json "$SOURCE"/policies/library/*.json; do
	case $policy in *.schema.json) continue ;; esac
	grep -q '"pinhole-policy"' "$policy" || continue
	case $(basename "$policy") in bad-*) continue ;; esac
	check "oci and back: $(basename "$policy")" there_and_back "$policy"
done
# An errno that libseccomp takes.
sed 's/errno:4095/errno:4094/' "$golden/policy/kill.json" >kill.policy
with_runtime() { "$PINHOLE" generate -f oci kill.policy -o there 2>/dev/null && "$PINHOLE" import -f oci there -o back 2>warnings && "$PINHOLE" diff kill.policy back && grep -q "added for the container runtime itself" warnings; }
check "what the runtime needs is not of the policy" with_runtime

# A file that another one includes is looked for in that one's folder.
mkdir -p policies/common
printf '@include ./common/base.policy\nread: 1\n' >policies/device.policy
printf '@include ./further.policy\nwrite: 1\n' >policies/common/base.policy
printf 'close: arg0 == 7\n' >policies/common/further.policy
includes() { "$PINHOLE" import -f minijail -o included policies/device.policy && for call in read write close; do grep -q "\"$call\"" included || return; done; }
check "minijail: files that include files" includes
echo '@include ./circle.policy' >circle.policy
circle() { expect 2 "$PINHOLE" import -f minijail circle.policy 2>err && grep -q 'includes are nested too deeply' err; }
check "minijail: a file that includes itself" circle
missing() { echo '@include ./nowhere.policy' >lost.policy && expect 2 "$PINHOLE" import -f minijail lost.policy 2>err && grep -q 'nowhere.policy: No such file' err; }
check "minijail: a file that is not there" missing

# What is written for the operator comes back as what is written for runtimes does, but for its default's errno.
comes_back() { # FILE
	"$PINHOLE" import -f spo -o back "$1" 2>warnings && "$PINHOLE" import -f oci -o of-oci "${1%.spo}.oci" 2>/dev/null || { cat warnings; return 1; }
	"$PINHOLE" diff back of-oci >changes || ! grep -v '^~ default: errno:EPERM → errno:' changes || { cat changes; return 1; }
}
for file in "$golden"/formats/*.spo; do check "spo and back: $(basename "$file")" comes_back "$file"; done

# Drop-ins add up in their order.
printf '[Service]\nSystemCallArchitectures=native\nSystemCallFilter=read write socket\n' >unit.service
printf '[Service]\nSystemCallFilter=~write\nRestrictAddressFamilies=AF_UNIX\n' >drop-in.conf
adds_up() { "$PINHOLE" import -f systemd -o one unit.service drop-in.conf && grep -q '"read"' one && ! grep -q '"write"' one && grep -q '"socket", "any": .*"action": "errno:EAFNOSUPPORT"' one; }
check "a unit and its drop-in" adds_up
# Calls that pinhole's drop-in allows are those of the policy, but for arguments that systemd does not test.
names() { "$PINHOLE" generate -f systemd "$golden/policy/kill.json" -o drop-in 2>/dev/null && "$PINHOLE" import -f systemd drop-in -o back && "$PINHOLE" diff "$golden/policy/kill.json" back >changes; ! grep '^-' changes; }
check "what pinhole wrote for systemd allows what the policy does" names
real=no
for unit in /lib/systemd/system/*.service; do
	grep -qs '^SystemCallFilter=' "$unit" || continue
	real=yes
	check "this machine's $(basename "$unit")" "$PINHOLE" import -f systemd -o real "$unit"
	check "and compiled" "$PINHOLE" generate real -o real.bpf
done
[ $real = yes ] || skip "this machine's units" "none filters calls"
seccomp=/usr/share/containers/seccomp.json
if [ -e $seccomp ]; then
	check "this machine's profile of containers" "$PINHOLE" import -f oci -o podman $seccomp
else
	skip "this machine's profile of containers" "no $seccomp"
fi
exit 0

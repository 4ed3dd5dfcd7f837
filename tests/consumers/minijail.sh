# minijail0 of another release of Debian. Its library for dynamically linked programs is not where it looks for it, so that all are
# started as static ones are: the filter is there before execve. It has a status of its own for who is killed by a filter, and
# its process 1 another. SPDX-License-Identifier: MIT
. "$SOURCE/tests/consumers/lib/learned.sh"
killed="status 253" no_netlink="status 253" foreign="status 253" newer="status 253"

make_output() { generated minijail minijail.policy; }
inside() { "$minijail" -T static $options -S "$HERE/minijail.policy" -- "$(type -P "$1")" "${@:2}"; }
# What the options need besides is in policies/library/minijail.json.
with_options() {
	program=refuse options=$2
	with_base minijail && generated minijail minijail.policy "$PWD/with.policy" && starts "$1"
}
# Its own parser's filters, both ways: of files, beside what import reads; of policies, beside these. Nothing is let through that
# the policy refuses, and what is refused besides is killed, as the notes say.
made=$(dirname "$PROGRAMS")/import
filter_of() { # POLICY-FILE
	local status=0
	FILTER_DUMP=$PWD/minijail.bpf LD_PRELOAD=$PWD/dump_filter.so "$minijail" -T static -n -S "$1" -- /bin/true >dump.out 2>&1 || status=$?
	[ $status = 42 ] || { cat dump.out; false; }
}
read_alike() {
	sed '/^==== /,$d' "$1" >read.policy && filter_of read.policy && "$PINHOLE" import -f minijail -o read.json read.policy 2>read.said || return
	"$made/compare" read.json minijail.bpf >differs || ! grep -Ev '^x86_64 kill: |calls asked' differs
}
written_alike() {
	"$PINHOLE" generate --strict -f minijail "$1" -o written.policy 2>written.said && filter_of written.policy || { cat written.said; return 1; }
	"$made/compare" "$1" minijail.bpf >differs || ! grep 'the filter says \(allow\|log\), the policy says \(kill\|trap\|errno\)' differs
}
for release in machine $OTHER_RELEASES; do
	minijail=$(runtime_of minijail0 "$release") || { skip "minijail of $release" "$minijail"; continue; }
	"$minijail" -T static -n -- "$(type -P true)" 2>probe.out || { skip "minijail of $release" "$(tail -n 1 probe.out)"; continue; }
	if [ "$(uname -m)" = x86_64 ] && cc -shared -fPIC -O1 -D_GNU_SOURCE -o dump_filter.so "$SOURCE/tests/consumers/dump_filter.c"; then
		for file in device either; do check "minijail of $release reads as import does: $file" read_alike "$SOURCE/tests/golden/minijail/$file.minijail"; done
		for file in kill errno-strict denies several; do
			check "minijail of $release reads what is written: $file" written_alike "$SOURCE/tests/golden/formats/$file.json"
		done
	else
		skip "minijail's own filters" "they are taken on x86_64 alone"
	fi
	options=-n
	consume "minijail of $release" refuse sqlite3
	[ "$(id -u)" = 0 ] || continue
	check "minijail of $release in a pid namespace" with_options "status 254" "-n -p"
	check "minijail of $release as another user, without no_new_privs" with_options "status 253" "-u $(id -u nobody) -g $(id -g nobody)"
done
exit 0

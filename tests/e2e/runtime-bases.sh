# tools/dev/runtime-bases: the parts it removes from a log of strace (tests/e2e/under-filter: a log,
# and the expected rest), its messages for wrong arguments, and that a base contains the calls of
# this machine's bubblewrap.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need runtime-bases python3 || exit 0

cuts() { PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$SOURCE/tools/dev python3 -c 'import sys, under_filter
sys.stdout.writelines(under_filter.cut(sys.stdin))' <"$1.log" >cut && same "$1.cut" cut; }
for log in "$SOURCE"/tests/e2e/under-filter/*.log; do
	check "cut: $(basename "$log" .log)" cuts "${log%.log}"
done
refuses() {
	expect 2 "$SOURCE/tools/dev/runtime-bases" "$@" 2>err || return
	grep -q "NAME is one of" err || { cat err; false; }
}
check "a name that is none" refuses "docker=/bin/true"
check "a program that is none" refuses "runc=$PWD/absent"

need "the base of this machine's bubblewrap" bwrap strace unshare || exit 0
[ "$(id -u)" = 0 ] || skip_all "the base of this machine's bubblewrap" "not root"
unshare -m -p -f --mount-proc sh -c 'mount -t tmpfs none /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup' 2>/dev/null &&
	bwrap --dev-bind / / --unshare-pid true 2>/dev/null || skip_all "the base of this machine's bubblewrap" "not permitted here"
need_tracing "the base of this machine's bubblewrap"
has_all() { "$SOURCE/tools/dev/runtime-bases" "bubblewrap=$(type -P bwrap)" && "$SOURCE/tools/dev/runtime-bases" --keep="$PWD/kept" "bubblewrap=$(type -P bwrap)" | grep ": 0 rules lacking"; }
check "the base of this machine's bubblewrap has all that it calls" has_all
# A base that lacks a call is told of.
lacks() {
	mkdir -p less/policies && cp -r "$SOURCE/tools" less && cp -r "$SOURCE/policies/library" less/policies &&
		sed -i '/"wait4"/d' less/policies/library/bubblewrap.json &&
		expect 1 env PINHOLE="$PINHOLE" less/tools/dev/runtime-bases --keep="$PWD/kept" "bubblewrap=$(type -P bwrap)" >out && grep "lacks wait4" out
}
check "a base that lacks a call is told of" lacks

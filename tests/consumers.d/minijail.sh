# minijail0 of another release of Debian. Its library for dynamically linked programs is not where it looks for it, so that all are
# started as static ones are: the filter is there before execve. It has a status of its own for who is killed by a filter, and
# its process 1 another. SPDX-License-Identifier: MIT
. "$SOURCE/tests/consumers.sh"
killed="status 253" no_netlink="status 253" foreign="status 253" newer="status 253"

make_output() { generated minijail minijail.policy; }
inside() { "$minijail" -T static $options -S "$HERE/minijail.policy" -- "$(type -P "$1")" "${@:2}"; }
# What the options need besides is in policies/library/minijail.json.
with_options() {
	program=refuse options=$2
	with_base minijail && generated minijail minijail.policy "$PWD/with.policy" && starts "$1"
}
for release in machine $OTHER_RELEASES; do
	minijail=$(runtime_of minijail0 "$release") || { skip "minijail of $release" "$minijail"; continue; }
	"$minijail" -T static -n -- "$(type -P true)" 2>probe.out || { skip "minijail of $release" "$(tail -n 1 probe.out)"; continue; }
	options=-n
	consume "minijail of $release" refuse sqlite3
	[ "$(id -u)" = 0 ] || continue
	check "minijail of $release in a pid namespace" with_options "status 254" "-n -p"
	check "minijail of $release as another user, without no_new_privs" with_options "status 253" "-u $(id -u nobody) -g $(id -g nobody)"
done
exit 0

# bubblewrap reads the filter from a descriptor. With a pid namespace its own process 1 is under a filter, too, and needs what
# policies/library/bubblewrap.json has. SPDX-License-Identifier: MIT
. "$SOURCE/tests/consumers/lib/learned.sh"
need bubblewrap bwrap || exit 0
bwrap --dev-bind / / true 2>/dev/null || skip_all bubblewrap "not permitted here"

make_output() { generated bpf filter.bpf; }
# Without capabilities a server started by root is not what it was when it was recorded.
root=$([ "$(id -u)" != 0 ] || echo --cap-add ALL)
options= bubblewrap=bwrap
inside() { "$bubblewrap" --dev-bind / / $root $options --seccomp 7 "$@" 7<"$HERE/filter.bpf"; }
consume bubblewrap

in_a_pid_namespace() {
	options=--unshare-pid
	make_output() { with_base bubblewrap && generated bpf filter.bpf "$PWD/with.policy"; }
	consume "$1 --unshare-pid" refuse sqlite3
	options="--unshare-pid --as-pid-1"
	make_output() { generated bpf filter.bpf; }
	consume "$1 --unshare-pid --as-pid-1" sqlite3
}
# Without the base process 1 is killed, and says nothing of how the program ended.
needs_the_base() {
	program=refuse options=--unshare-pid
	generated bpf filter.bpf && ! inside "$PROGRAMS/refuse" good
}
for release in machine $OTHER_RELEASES; do
	bubblewrap=$(runtime_of bwrap "$release") || { skip "bubblewrap of $release" "$bubblewrap"; continue; }
	label=$("$bubblewrap" --version)
	"$bubblewrap" --dev-bind / / --unshare-pid true 2>/dev/null || { skip "$label" "not permitted here"; continue; }
	in_a_pid_namespace "$label"
	check "$label --unshare-pid: the base is needed" needs_the_base
done
exit 0

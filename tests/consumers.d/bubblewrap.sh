# bubblewrap reads the filter from a descriptor. SPDX-License-Identifier: MIT
. "$SOURCE/tests/consumers.sh"
need bubblewrap bwrap || exit 0
bwrap --dev-bind / / true 2>/dev/null || skip_all bubblewrap "not permitted here"

make_output() { generated bpf filter.bpf; }
# Without capabilities a server started by root is not what it was when it was recorded.
root=$([ "$(id -u)" != 0 ] || echo --cap-add ALL)
inside() { bwrap --dev-bind / / $root --seccomp 7 "$@" 7<"$HERE/filter.bpf"; }
consume bubblewrap

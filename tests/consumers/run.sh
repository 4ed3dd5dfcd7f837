# pinhole's own ways to start a program under a filter. SPDX-License-Identifier: MIT
. "$SOURCE/tests/consumers/lib/learned.sh"

make_output() { cp "$LEARNED/$program.bpf" filter.bpf; }
for at in exec entry; do
	inside() { "$PINHOLE" run --at=$at "$HERE/filter.bpf" -- "$@"; }
	"$PINHOLE" run --help 2>&1 | grep -q -- "--at=.*$at" || { skip "run --at=$at" "this pinhole has none"; continue; }
	consume "run --at=$at"
done
exit 0

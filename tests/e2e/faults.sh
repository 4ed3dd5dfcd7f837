# What cannot be helped: no memory, no room, kill -9, a profile that is damaged while the command runs. Nothing that was
# recorded is lost, and nobody left behind. FAULTS=all: every allocation, and 500 deaths a mode (FAULTS_DEATHS, of 20).
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing faults
export PROGRAMS
here=$SOURCE/tests/e2e/faults
modes="exact plain"
! "$PINHOLE" record --help | grep -q quiet || modes="quiet $modes"

# No memory.
no_memory() { python3 "$SOURCE/tests/no-memory" "$@"; }
mkdir memory && cd memory || exit 1
cp "$here/small.json" .
"$PINHOLE" policy -o policy.json small.json && "$PINHOLE" generate -o filter.bpf small.json &&
	"$PINHOLE" record -o other.json -- "$PROGRAMS/exits" exit 0 || exit 1
sed 's/AF_INET/AF_INET6/; s/\[2, 524289/[10, 524289/; s/0000000000000001"/0000000000000003"/' small.json >changed.json
sed '/"socket"/d' policy.json >narrow.json
while read -r name options command; do
	[ "$options" != - ] || options=
	check "no memory: $name" no_memory $options -- "$PINHOLE" $name $command
done <<END
show      -                    small.json
show      -                    --json small.json
show      -                    policy.json
diff      -                    small.json changed.json
diff      -                    policy.json narrow.json
merge     --output=merged.json -o merged.json small.json changed.json other.json
policy    --output=new.json    -o new.json --portable --with=narrow.json small.json
generate  --output=new.bpf     -o new.bpf small.json
generate  -                    -f asm --optimize=speed policy.json
generate  -                    -f smt2 policy.json
check     -                    narrow.json small.json
check     -                    filter.bpf small.json
verify    -                    filter.bpf policy.json
verify    -                    filter.bpf narrow.json
disasm    -                    filter.bpf
stats     -                    small.json
END
for mode in $modes; do
	check "no memory: record --mode=$mode" no_memory --extends small.json -- "$PINHOLE" record --mode=$mode -o small.json -- "$PROGRAMS/family"
done
cd .. || exit 1
exit 0

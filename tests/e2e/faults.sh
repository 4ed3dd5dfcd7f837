# Failures from outside: no memory, no space, kill -9, a profile that is damaged while the command
# runs. No recorded fact is lost, and no process is left behind. FAULTS=all: every allocation, and
# 500 kills for each mode (FAULTS_DEATHS, 20), and 500 times SIGTERM (FAULTS_TERMS, 11).
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing faults
export PROGRAMS
! sanitized || export FAULTS_SAMPLE=4
here=$SOURCE/tests/e2e/faults
listening=$("$PINHOLE" doctor | grep 'ok  *listening')
modes="exact plain"
! "$PINHOLE" record --help | grep -q quiet || modes="quiet $modes"

# No memory.
no_memory() { python3 "$SOURCE/tests/faults/no-memory" "$@"; }
mkdir memory && cd memory || exit 1
cp "$here/small.json" "$SOURCE"/tests/golden/profile/stacks-*.json .
cp "$SOURCE"/tests/golden/strace/{terminal,values}.strace "$SOURCE"/tests/golden/audit/journal.audit .
"$PINHOLE" policy -o policy.json small.json && "$PINHOLE" generate -o filter.bpf small.json &&
	"$PINHOLE" record -o other.json -- "$PROGRAMS/exits" exit 0 || exit 1
sed 's/AF_INET/AF_INET6/; s/\[2, 524289/[10, 524289/; s/0000000000000001"/0000000000000003"/' small.json >changed.json
sed '/"socket"/d' policy.json >narrow.json
while read -r name options command; do
	[ "$options" != - ] || options=
	check "no memory: $name $command" no_memory $options -- "$PINHOLE" $name $command
done <<END
show      -                    small.json
show      -                    --json small.json
show      -                    policy.json
diff      -                    small.json changed.json
diff      -                    policy.json narrow.json
merge     --output=merged.json -o merged.json small.json changed.json other.json
merge     --output=merged.json -o merged.json stacks-a.json stacks-b.json
policy    --output=new.json    -o new.json --portable --with=narrow.json small.json
policy    --output=new.json    -o new.json --arch=x86_64,aarch64 small.json
generate  --output=new.bpf     -o new.bpf small.json
generate  -                    -f asm --optimize=speed policy.json
generate  -                    -f smt2 policy.json
check     -                    narrow.json small.json
check     -                    filter.bpf small.json
verify    -                    filter.bpf policy.json
verify    -                    filter.bpf narrow.json
disasm    -                    filter.bpf
stats     -                    small.json
import    --output=new.json    -o new.json -f strace terminal.strace values.strace
import    --output=new.json    -o new.json -f audit journal.audit
END
cd .. || exit 1
for mode in $modes; do
	mkdir "memory-$mode" && cp "$here/small.json" "memory-$mode" || exit 1
	recording() (cd "memory-$mode" && no_memory --extends small.json -- "$PINHOLE" record --mode=$mode -o small.json -- "$PROGRAMS/family")
	check "no memory: record --mode=$mode" recording
done

# The same for a recorder of what runs already, which must not notice.
attached() { # FUNCTION: runs it with $attached, the id of a program
	local status
	"$PROGRAMS/attached" 1000000000 >attached.out &
	attached=$!
	"$1"
	status=$?
	kill -KILL $(pgrep -P $attached) $attached
	wait $attached 2>/dev/null
	return $status
}
watching() ( # Those after the profile is read are what finds the threads and children.
	cd memory-attached && export FAULTS_SAMPLE="${FAULTS_SAMPLE:-90}" && no_memory --extends p.json --watches $attached -- "$PINHOLE" record -o p.json -p $attached --timeout=60ms
)
mkdir memory-attached && printf '{"format": "pinhole-profile", "version": 1, "runs": [], "programs": [], "facts": []}' >memory-attached/p.json || exit 1
check "no memory: record -p" attached watching

# kill -9.
deaths=20
[ "${FAULTS:-}" != all ] || deaths=500
for mode in $modes; do
	mkdir "deaths-$mode" && cp "$here/small.json" "deaths-$mode/profile.json" || exit 1
	check "kill -9 of recorders and recorded, --mode=$mode" python3 "$SOURCE/tests/faults/deaths" "${FAULTS_DEATHS:-$deaths}" "deaths-$mode/profile.json" "$PINHOLE" $mode
done
dying() { python3 "$SOURCE/tests/faults/deaths-attached" "${FAULTS_DEATHS:-$deaths}" deaths-attached/profile.json "$PINHOLE" $attached; }
mkdir deaths-attached && cp "$here/small.json" deaths-attached/profile.json || exit 1
check "kill -9 of recorders of what runs already" attached dying

# SIGTERM.
terms=11
[ "${FAULTS:-}" != all ] || terms=500
for mode in $modes ${listening:+listen} attached ended; do
	mkdir "terms-$mode" && cp "$here/small.json" "terms-$mode/profile.json" || exit 1
	check "SIGTERM to recorders of what waits, $mode" python3 "$SOURCE/tests/faults/terms" "${FAULTS_TERMS:-$terms}" "terms-$mode/profile.json" "$PINHOLE" $mode
done

unborn() { # [NAME=VALUE]
	env "$@" ASAN_OPTIONS=verify_asan_link_order=0 LD_PRELOAD="$PROGRAMS/killed_child" "$PINHOLE" record --mode=$mode -o unborn.json -- "$PROGRAMS/family" 2>unborn.err
	[ $? -eq 2 ] && grep -q 'family: was killed before it started' unborn.err && [ ! -e unborn.json ] || { cat unborn.err; false; }
}
for mode in $modes; do
	check "the command is killed before it is traced, --mode=$mode" unborn
	check "the command is killed before it is let go, --mode=$mode" unborn KILLED_TRACED=1
done

# A writer that is killed before its file has its place leaves a temporary one, which the next takes away; of those whose
# writers are at work, and of what only looks similar, it keeps its hands.
cleared() {
	mkdir cleared && (cd cleared && touch .pinhole-4242-0 .pinhole-4242-7 .pinhole-4243-0 .pinhole-4242 .pinhole-4242-0x pinhole-4242-0 &&
		mkdir .pinhole-4244-0 && ln -s p.json .pinhole-4245-0 && flock .pinhole-4243-0 "$PINHOLE" record -o p.json -- "$PROGRAMS/family"; [ $? -eq 7 ] &&
		[ "$(ls -A | tr '\n' ' ')" = ".pinhole-4242 .pinhole-4242-0x .pinhole-4243-0 .pinhole-4244-0 .pinhole-4245-0 p.json pinhole-4242-0 " ] || { ls -lA; false; })
}
check "what killed writers left is cleared away" cleared

# kept FILE-OF-MESSAGES PROFILE: the run that the profile could not take is whole, and can be merged once that is in order.
kept() {
	local apart
	apart=$(sed -n 's/.* is kept in \([^;]*\);.*/\1/p' "$1") && [ -f "$apart" ] || { cat "$1"; return 1; }
	"$PINHOLE" merge -o whole.json "$here/small.json" "$apart" && fact whole.json '^main [^ ]+ getpriority 1 which=PRIO_PGRP family$' &&
		fact whole.json '^main [^ ]+ clone3 ' && rm "$apart"
}
# Nothing else is beside the profile.
alone() { [ "$(ls -A "$1")" = "$2" ] || { ls -lA "$1"; false; }; }

# No room. What is left of it takes the profile as it is, and not once more.
full() { # TMPDIR MODE
	local status=0 size
	rm -rf room && mkdir -p room elsewhere && cp "$here/small.json" . && size=$(($(wc -c <small.json) / 4096 + 1)) || return 1
	unshare -m sh -c '
		mount -t tmpfs -o size=$((($1 + 1) * 4096)) none room && cp small.json room && shift && ! head -c 8192 /dev/zero 2>/dev/null >room/filler || exit 99
		"$@" 2>full.err; status=$?
		cmp room/small.json small.json && [ "$(ls -A room | tr "\n" " ")" = "filler small.json " ] || { ls -lA room; exit 98; }
		exit $status' sh $size env TMPDIR="$1" "$PINHOLE" record --mode="$2" -o room/small.json -- "$PROGRAMS/family" || status=$?
	[ $status -eq 2 ] && grep -q 'room/small.json: cannot write it: No space left on device' full.err && grep -q 'ended (exit 7)' full.err || { echo "status $status"; cat full.err; false; }
}
mkdir elsewhere
if unshare -m mount -t tmpfs none elsewhere 2>/dev/null; then
	for mode in $modes; do
		check "no room for the profile, --mode=$mode: it stays, and the run is kept elsewhere" eval "full elsewhere $mode && kept full.err"
	done
	check "no room anywhere: the profile stays, and it is said" eval "full room exact && grep -q 'is lost' full.err"
else
	skip "no room for the profile" "nothing can be mounted here"
fi
# No name is too long for a run to be kept.
long_named() {
	local name
	name=$(printf '%0250d' 0) && mkdir long && cp "$here/small.json" "long/$name" || return 1
	expect 2 "$PINHOLE" record -o "long/$name" -- sh -c "echo damaged >long/$name; exec '$PROGRAMS/family'" 2>long.err && kept long.err
}
check "a profile with a long name: the run is kept" long_named
limited() {
	mkdir -p limited && cp "$here/small.json" limited/profile.json || return 1
	(ulimit -f 1 && TMPDIR=$PWD/limited expect 2 "$PINHOLE" record -o limited/profile.json -- "$PROGRAMS/exits" signal 15 2>limited.err) || return 1
	grep -q 'limited/profile.json: cannot write it: File too large' limited.err && grep -q '(SIGTERM)' limited.err &&
		same "$here/small.json" limited/profile.json && alone limited profile.json
}
check "a profile larger than ulimit -f: it stays, and what became of the command is said" limited
full_device() { expect 2 "$PINHOLE" record -o /dev/full -- "$PROGRAMS/exits" exit 3 2>device.err && grep -q '/dev/full: cannot write it: No space' device.err && grep -q '(exit 3)' device.err; }
check "a device that takes nothing" full_device

# The command damages the profile while it is recorded.
damaged() { # MODE DAMAGE MESSAGE
	rm -rf damaged && mkdir damaged && cp "$here/small.json" damaged/p.json || return 1
	expect 2 "$PINHOLE" record --mode="$1" -o damaged/p.json -- sh -c "$2; exec '$PROGRAMS/family'" 2>damaged.err && grep -q -- "$3" damaged.err &&
		cp -r damaged as-it-is && kept damaged.err && alone damaged p.json || { cat damaged.err; return 1; }
	# It is not touched, either: somebody may want to mend it.
	rm -rf again && mkdir again && cp "$here/small.json" again/p.json && (mv damaged now && mv again damaged && sh -c "$2") &&
		diff -r damaged now && rm -rf now as-it-is
}
for mode in $modes; do
	while IFS='|' read -r what damage message; do
		check "$what while it is recorded, --mode=$mode" damaged $mode "$damage" "$message"
	done <<-'END'
		the profile is emptied|: >damaged/p.json|damaged/p.json: is empty
		the profile is cut short|truncate -s 1000 damaged/p.json|damaged/p.json: line
		the profile becomes something else|echo hello >damaged/p.json|damaged/p.json: is not JSON
		the profile becomes a newer pinhole's|sed -i 's/"version": 1/"version": 2/' damaged/p.json|newer than this pinhole reads
		the profile becomes a directory|until rm -f damaged/p.json && mkdir damaged/p.json; do :; done|damaged/p.json: is a directory
	END
done
removed() { # what was recorded by then is not ours to bring back; the run is kept
	mkdir removed && cp "$here/small.json" removed/p.json && expect 7 "$PINHOLE" record -o removed/p.json -- sh -c "rm removed/p.json; exec '$PROGRAMS/family'" &&
		fact removed/p.json ' getpriority 1 which=PRIO_PGRP family$' && alone removed p.json
}
check "the profile is removed while it is recorded" removed
folder_gone() {
	mkdir gone && cp "$here/small.json" gone/p.json && expect 2 "$PINHOLE" record -o gone/p.json -- sh -c "mv gone moved; exec '$PROGRAMS/family'" 2>gone.err &&
		grep -q 'gone/p.json' gone.err && kept gone.err && same moved/p.json "$here/small.json"
}
check "its folder is moved while it is recorded" folder_gone
unreadable() ( # COMMAND… runs as another user where this one is root, who may read everything
	place=$(mktemp -d /tmp/pinhole-faults.XXXXXX) && trap 'rm -rf "$place"' EXIT
	cp "$here/small.json" "$place/p.json" && chmod 755 "$place" && cp "$PINHOLE" "$PROGRAMS/family" "$place" || return 1
	[ "$(id -u)" -ne 0 ] || { chown -R 65534:65534 "$place" && set -- setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
	here=$PWD && cd "$place" && expect 2 env TMPDIR="$place" "$@" ./pinhole record -o p.json -- sh -c 'chmod 0 p.json; exec ./family' 2>err &&
		grep -q 'p.json: cannot open it: Permission denied' err && grep -q '(exit 7), and the run is kept in p.json\.[0-9a-f]*;' err || { cat err; return 1; }
	chmod 644 p.json && same p.json "$SOURCE/tests/e2e/faults/small.json" && ./pinhole merge -o p.json p.json p.json.* && grep -q '"exit 7"' p.json && grep -q SIGKILL p.json
)
check "the profile becomes unreadable while it is recorded" unreadable
exit 0

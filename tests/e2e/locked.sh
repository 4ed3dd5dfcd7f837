# Another process holds the folder's lock: a message says so, signals end the wait cleanly, and no
# fact is lost.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing locked
whole() { python3 -c 'import json, sys; assert len(json.load(open(sys.argv[1]))["runs"]) == int(sys.argv[2])' "$1" "${2:-1}"; }

# hold FOLDER: locks it until the file `release` is there. Sets $holder.
hold() {
	rm -rf "$1" release holder.out err && mkdir "$1"
	python3 -c 'import fcntl, os, sys, time
fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_EX)
print("locked", flush=True)
while not os.path.exists("release"): time.sleep(0.01)' "$1" >holder.out &
	holder=$!
	wait_for 60 grep -q locked holder.out
}
release() { touch release && wait $holder; }

# waits SIGNAL…: records into a locked folder, and sends the recorder signals once it says that it waits.
waits() {
	local signal
	hold held || return 1
	"$PINHOLE" record -o held/p.json -- "$PROGRAMS/exits" exit 3 2>err &
	recorder=$!
	wait_for 60 grep -q 'held/p.json: waiting for' err || { cat err; return 1; }
	for signal in "$@"; do kill -$signal $recorder; done
}
ended() { # SIGNAL: the wait is over, and the lock still another's
	local status=0
	waits "$1" || return 1
	wait $recorder || status=$?
	kill -0 $holder && release && [ $status -eq 2 ] && [ ! -e held/p.json ] || { echo "status $status"; cat err; return 1; }
	grep -q 'is still locked by ' err || { cat err; return 1; }
	kept=$(sed -n 's/.* is kept in \([^;]*\);.*/\1/p' err)
	grep -q '(exit 3)' err && whole "$kept" && "$PINHOLE" merge -o held/p.json "$kept" && whole held/p.json
}
for signal in TERM INT HUP QUIT; do
	check "SIG$signal ends the wait, and the run is kept" ended $signal
done
named() { # who has the lock is said, where the kernel's list has it
	waits && grep -q "waiting for process $holder (python3)" err || { cat err; return 1; }
	release && wait $recorder
	[ $? -eq 3 ] && whole held/p.json
}
if hold known && grep -q "FLOCK.* $holder " /proc/locks; then
	release
	check "who has the lock is said" named
else
	release
	skip "who has the lock is said" "/proc/locks does not show it here"
fi
others() { # signals that mean the command do not stop the writing
	local status=0
	waits USR1 USR2 || return 1
	release
	wait $recorder || status=$?
	[ $status -eq 3 ] && whole held/p.json || { echo "status $status"; cat err; false; }
}
check "SIGUSR1 and SIGUSR2 do not end it: the lock comes, and the run is in the profile" others

# A merge into one of its own profiles is a change of it, like a recording.
merging() {
	local merger
	hold held && cp "$SOURCE/tests/e2e/faults/small.json" held/p.json && "$PINHOLE" record -o more.json -- "$PROGRAMS/exits" exit 0 || return 1
	"$PINHOLE" merge -o held/p.json held/p.json more.json 2>err &
	merger=$!
	wait_for 60 grep -q 'held/p.json: waiting for' err || { cat err; return 1; }
	# A recorder that had the lock adds a run meanwhile: it must not be lost.
	"$PINHOLE" record -o meanwhile.json -- "$PROGRAMS/exits" exit 1
	"$PINHOLE" merge -o new.json held/p.json meanwhile.json && mv new.json held/p.json && release && wait $merger &&
		whole held/p.json "$(($(runs "$SOURCE/tests/e2e/faults/small.json") + 2))"
}
runs() { python3 -c 'import json, sys; print(len(json.load(open(sys.argv[1]))["runs"]))' "$1"; }
check "merge waits, too, and loses nothing that came meanwhile" merging
exit 0

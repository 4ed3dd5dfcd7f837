# A run is saved while it is recorded: new facts reach the profile within seconds, even if the
# recorder is killed; in the end it is one run, as if written once. SAVED_KILLS=100: the number of
# recorders to kill (4).
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing saved
here=$SOURCE/tests/e2e/faults
news=$PROGRAMS/news

# kill -9. What was seen ten seconds before is there.
kills=${SAVED_KILLS:-4}
killed() { timeout 3000 python3 "$SOURCE/tests/faults/kill-and-look" "$kills" 4 24 "$PINHOLE" "$news" "$@"; }
if sanitized; then
	skip "kill -9 of $kills recorders: what is ten seconds old is in the profile" "sanitized builds are slow"
else
	check "kill -9 of $kills recorders: what is ten seconds old is in the profile" killed
	kills=2
	check "the same of recorders of what runs already" killed -p
fi

# look PROFILE EXPRESSION: of the profile `p`, with its facts by name in `facts`.
look() {
	python3 -c 'import collections, json, sys
p = json.load(open(sys.argv[1]))
facts = collections.Counter(fact["syscall"] for fact in p["facts"])
assert eval(sys.argv[2]), p["runs"]' "$1" "$2"
}
unfinished() { look "$1" 'any(run.get("unfinished") for run in p["runs"])'; }

# The same as one that is written once, at the end: to a stream nothing is saved before.
one_run() {
	local status=0
	mkdir one || return 1
	"$PINHOLE" record -o one/p.json -- "$news" 7 40 >one.out &
	local recorder=$!
	wait_for 60 unfinished one/p.json || return 1
	wait $recorder || status=$?
	"$PINHOLE" record -o - -- "$news" 2 10 2>/dev/null | sed -n '/^{/,$p' >once.json
	[ $status -eq 5 ] && [ "$(ls -A one)" = p.json ] || { echo "status $status"; ls -lA one; return 1; }
	look one/p.json 'len(p["runs"]) == 1 and p["runs"][0]["exit"] == "exit 5" and "unfinished" not in p["runs"][0] and p["runs"][0]["lasted"] >= 7000' &&
		python3 - one/p.json once.json <<-'PYTHON'
			import json, sys
			def facts(path):
			    p = json.load(open(path))
			    def frame(i):
			        frame = p["frames"][i]
			        return (p["modules"][frame[0]]["path"], *frame[1:]) if frame[0] is not None else None
			    def stack(i):
			        return (tuple(frame(f) for f in p["stacks"][i]["frames"]), p["stacks"][i].get("end"))
			    result = {}
			    for fact in p["facts"]:
			        if fact["syscall"] in ("socket", "socketpair") and fact.get("values", [0, 0])[1] < 1100:
			            key = (fact["phase"], fact["syscall"], tuple(fact["values"]))
			            result[key] = (fact["runs"], fact.get("failed"), "unended" in fact, sorted(map(stack, fact.get("stacks", []))))
			    assert not any("unended" in fact for fact in p["facts"])
			    return result
			a, b = facts(sys.argv[1]), facts(sys.argv[2])
			common = a.keys() & b.keys()
			assert len(common) >= 90, (len(a), len(b))
			for key in common:
			    assert a[key] == b[key], (key, a[key], b[key])
		PYTHON
}
check "saved early, it is one run in the end, with the same facts, counts and stacks" one_run

# What was cut off is a run that tells not all that it did; the next goes on from it.
cut_off() {
	rm -rf cut && mkdir cut || return 1
	"$PINHOLE" record -q -o cut/p.json -- "$news" 60 100 >/dev/null &
	local recorder=$!
	wait_for 60 unfinished cut/p.json || return 1
	kill -KILL $recorder
	wait $recorder 2>/dev/null
	"$PINHOLE" record -q -o cut/p.json -- "$PROGRAMS/exits" exit 0 || return 1
	look cut/p.json '[run.get("unfinished") for run in p["runs"]] == [True, None]' && "$PINHOLE" show cut/p.json | grep -q '^run 0 .* unfinished ' &&
		"$PINHOLE" confidence --json cut/p.json | python3 -c 'import json, sys; c = json.load(sys.stdin); assert (c["runs"], c["complete"]) == (2, 0), c'
}
check "a run that was cut off is marked, and is not taken for a complete one" cut_off

both() {
	rm -rf both && mkdir both || return 1
	"$PINHOLE" record -q --label=a -o both/p.json -- "$news" 6 100 >/dev/null &
	"$PINHOLE" record -q --label=b -o both/p.json -- "$news" 7 100 >/dev/null
	wait $!
	look both/p.json 'sorted((run["label"], "unfinished" in run) for run in p["runs"]) == [("a", False), ("b", False)] and facts["socket"] > 40' && [ "$(ls -A both)" = p.json ]
}
check "two recorders save into one profile" both

# trouble BEGIN END: what is wrong with the profile begins once it was saved for the first time, and ends before the run does.
trouble() {
	local status=0 kept
	rm -rf odd && mkdir odd && cp "$here/small.json" odd/p.json && rm -f err stop
	"$PINHOLE" record -o odd/p.json -- sh -c "'$news' 1000 100 >/dev/null & until [ -e stop ]; do sleep 0.1; done; kill \$!; exit 6" 2>err &
	local recorder=$!
	wait_for 60 unfinished odd/p.json && eval "$1" || return 1
	wait_for 60 grep -q 'is kept in .* meanwhile' err || { cat err; ls -lA odd; touch stop; return 1; }
	kept=$(sed -n 's/.* is kept in \(.*\) meanwhile.*/\1/p' err)
	unfinished "$kept" || return 1
	sleep 12 # it is tried again, and said once
	[ "$(grep -c 'the recording goes on' err)" -eq 1 ] || { cat err; return 1; }
	eval "$2"
	touch stop
	wait $recorder || status=$?
	[ $status -eq 6 ] && ! unfinished odd/p.json && [ "$(ls -A odd)" = p.json ] || { echo "status $status"; cat err; ls -lA odd; return 1; }
}
check "the profile is damaged for a while: the run is kept beside it, which is said once" trouble 'mv odd/p.json sound && echo hello >odd/p.json' 'mv sound odd/p.json'
check "the folder is locked for a while" trouble 'python3 -c "import fcntl, os, time
fcntl.flock(os.open(\"odd\", os.O_RDONLY), fcntl.LOCK_EX)
while not os.path.exists(\"stop\"): time.sleep(0.01)" &' :

# What saves may be stopped by anyone who may send it a signal: it is waiting for a lock when that happens here.
stopped() {
	rm -rf halted && mkdir halted && rm -f done held
	python3 -c 'import fcntl, os, time
fcntl.flock(os.open("halted", os.O_RDONLY), fcntl.LOCK_EX)
open("held", "w")
while not os.path.exists("done"): time.sleep(0.01)' &
	local holder=$! recorder saving='' tries=0 status=0
	wait_for 60 test -e held || return 1
	"$PINHOLE" record -o halted/p.json -- "$news" 6 100 >/dev/null 2>err &
	recorder=$!
	until saving=$(pgrep -P $recorder -x pinhole) && kill -STOP "$saving"; do
		[ $((tries += 1)) -lt 3000 ] && sleep 0.01 || break
	done
	touch done
	wait $holder
	timeout --foreground 120 tail --pid=$recorder -f /dev/null || { kill -CONT "$saving"; echo "the recorder waits for ever"; return 1; }
	wait $recorder || status=$?
	[ -n "$saving" ] && [ $status -eq 5 ] && ! grep -q 'the recording goes on' err && ! unfinished halted/p.json &&
		look halted/p.json 'len(p["runs"]) == 1 and facts["socket"] > 20' || { echo "status $status, saving: $saving"; cat err; false; }
}
# No process may be started that would save: that is said, and the run is there in the end. Limits do not hold for root, and count
# all processes of a user: so it is another one, of a number that nobody has.
no_process() {
	local status=0 place
	place=$(mktemp -d /tmp/pinhole-saved.XXXXXX) && chmod 777 "$place" || return 1
	(cd "$place" && setpriv --reuid=65432 --regid=65432 --clear-groups bash -c 'ulimit -u 2; exec "$@"' bash "$PINHOLE" record -o p.json -- "$news" 4 100 >/dev/null 2>err) || status=$?
	[ $status -eq 5 ] && grep -q 'cannot start a process.*the recording goes on' "$place/err" && look "$place/p.json" 'len(p["runs"]) == 1 and facts["socket"] > 20' ||
		{ echo "status $status"; cat "$place/err"; status=1; }
	rm -rf "$place"
	[ $status -eq 5 ]
}
if setpriv --reuid=65432 --regid=65432 --clear-groups test -x "$PINHOLE" -a -x "$news" 2>/dev/null; then
	check "no process can be started that saves: that is said, and the run is there in the end" no_process
else
	skip "no process can be started that saves" "only root can try it, as another user who can run $PINHOLE"
fi

if have pgrep; then
	check "what saves is stopped by a signal: the recording ends all the same, and all of it is there" stopped
else
	skip "what saves is stopped by a signal" "no pgrep here"
fi

# What saves holds nothing of the recorder's open, however high its number is: who waits for the end of a pipe would wait on.
high_descriptor() {
	python3 - "$PINHOLE" record -o high.json -- "$news" 4 20 <<-'PYTHON'
		import os, subprocess, sys, time
		import resource
		most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
		number = 6000 if most in (-1, resource.RLIM_INFINITY) or most > 6000 else most - 1
		resource.setrlimit(resource.RLIMIT_NOFILE, (number + 1, most))
		os.dup2(os.pipe()[1], number, inheritable=True)
		def look(): # whether each process that saved was seen to hold the descriptor when it was looked at last
		    savers = {}
		    recorder = subprocess.Popen(sys.argv[1:], close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
		    name = open(f"/proc/{recorder.pid}/comm").read()
		    while recorder.poll() is None:
		        for child in open(f"/proc/{recorder.pid}/task/{recorder.pid}/children").read().split():
		            try:
		                if open(f"/proc/{child}/comm").read() == name:
		                    savers[child] = os.path.exists(f"/proc/{child}/fd/{number}")
		            except OSError:
		                pass
		    return savers
		# One that saves lives a few milliseconds: on a busy machine nobody may have looked.
		seen = []
		while False not in seen and len(seen) < 50:
		    seen += look().values() or [None]
		assert False in seen, seen
	PYTHON
}
check "what saves holds no descriptor of the recorder's" high_descriptor

# No room for a while: what was saved stays, and the whole run is there in the end.
full() {
	cat >full.sh <<-'END'
		mount -t tmpfs -o size=256k none room && rm -f err stop
		TMPDIR=$PWD/room "$PINHOLE" record -o room/p.json -- sh -c "'$1' 1000 100 >/dev/null & until [ -e stop ]; do sleep 0.1; done; kill \$!; exit 6" 2>err &
		recorder=$!
		until grep -q unfinished room/p.json 2>/dev/null; do sleep 0.1; done
		cat /dev/zero >room/filler 2>/dev/null
		until grep -q 'No space left on device; the recording goes on, and saving is tried again' err; do sleep 0.1; done
		grep -q unfinished room/p.json || exit 97
		rm room/filler
		touch stop
		wait $recorder
		status=$?
		cp room/p.json full.json
		[ "$(ls -A room)" = p.json ] || { ls -lA room; exit 98; }
		exit $status
	END
	mkdir -p room && timeout 300 unshare -m bash full.sh "$news"
	[ $? -eq 6 ] && ! unfinished full.json && look full.json 'len(p["runs"]) == 1' || { cat err; false; }
}
if unshare -m mount -t tmpfs none "$PWD" 2>/dev/null; then
	check "no room for a while" full
else
	skip "no room for a while" "nothing can be mounted here"
fi
exit 0

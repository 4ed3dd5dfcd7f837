# Output files of all kinds: streams, links, folders; and an output that cannot be written is
# refused before the run.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing output

record() { timeout -k 5 60 "$PINHOLE" record -o "$@" -- "$PROGRAMS/phases"; }
whole() { python3 -c 'import json, sys; assert len(json.load(open(sys.argv[1]))["runs"]) == int(sys.argv[2])' "$1" "${2:-1}"; }

# Streams are written to, never read, locked or replaced.
fifo() {
	mkfifo fifo
	timeout 60 cat fifo >fifo.out &
	record fifo && wait $! && whole fifo.out && [ -p fifo ]
}
check "to a FIFO" fifo
device() { record /dev/null && [ -c /dev/null ]; }
check "to /dev/null" device
piped() { record /dev/stdout | cat >piped.out && whole piped.out; }
check "to /dev/stdout, a pipe" piped
redirected() { { echo before && record /dev/stdout && echo after; } >redirected && [ "$(head -n 1 redirected)" = before ] && [ "$(tail -n 1 redirected)" = after ] && sed '1d;$d' redirected >redirected.json && whole redirected.json; }
check "to /dev/stdout, a file" redirected
linked_stdout() { ln -s /dev/stdout out && record out >linked.out && whole linked.out && [ -L out ]; }
check "to a link to /dev/stdout" linked_stdout
descriptor() { record /dev/fd/7 7>descriptor.out && whole descriptor.out; }
check "to a descriptor" descriptor
substituted() { record >(cat >substituted.out) && wait_for 60 whole substituted.out; }
check "to a process substitution" substituted

# Names.
refused() { # MESSAGE NAME
	local status=0
	rm -f ran
	"$PINHOLE" record -o "$2" -- touch ran 2>err || status=$?
	[ $status -eq 2 ] && [ ! -e ran ] && grep -q "$1" err || { echo "status $status"; cat err; ls -l ran; false; }
}
mkdir folder
check "no name is refused" refused 'name of a file' ""
check "a folder is refused" refused directory folder/
check "a folder that is not there is refused" refused 'name of a file' nowhere/
long=$(printf 'n%.0s' $(seq 255))
long_name() { record "$long" && record "$long" && whole "$long" 2; }
check "the longest name" long_name
check "a longer one is refused" refused 'too long' "n$long"
closed() { rm -f ran; expect 2 "$PINHOLE" record -o - -- touch ran 2>err >&- && [ ! -e ran ]; }
check "standard output that is closed is refused" closed
check "a descriptor that is not open is refused" refused 'Bad file descriptor' /dev/fd/9
reading() { rm -f ran; expect 2 "$PINHOLE" record -o /dev/fd/9 -- touch ran 9</dev/null 2>err && [ ! -e ran ]; }
check "one that is open for reading is refused" reading
check "a socket is refused" eval "python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"socket\")' && refused socket socket"

dangling() { ln -s folder/target.json link && record link && [ -L link ] && whole folder/target.json && record link && whole folder/target.json 2; }
check "a link to nothing: its target is created" dangling
ln -s nowhere/target.json lost
check "a link into nowhere is refused" refused 'No such file' lost
ln -s round round
check "a link to itself is refused" refused 'symbolic links' round

# A temporary file that another left, with our own id in its name.
stale() { sh -c 'for i in 0 1 2; do echo stale >.pinhole-$$-$i; done; exec "$@"' sh "$PINHOLE" record -o stale.json -- "$PROGRAMS/phases" && whole stale.json && [ -z "$(find . -name '.pinhole*')" ]; }
check "stale temporary files are no hindrance, and are cleared away" stale

# After a power cut a file is there under its name where the file, and after it the folder, were told to reach the disk (fsync(2)).
durable() {
	mkdir durable && strace -y -o sync.log -e trace=fsync,renameat "$PINHOLE" merge -o durable/new.json stale.json &&
		[ "$(sed -n 's/^\([a-z]*\)(.*/\1/p' sync.log | tr '\n' ' ')" = "fsync renameat fsync " ] &&
		grep -q '^fsync([0-9]*<.*/durable>) *= 0$' sync.log || { cat sync.log; false; }
}
if have strace; then
	check "a file and its name reach the disk" durable
else
	skip "a file and its name reach the disk" "no strace here"
fi

# What is not permitted. Root may nearly everything, so root's tests are run as another.
unprivileged() { if [ "$(id -u)" -eq 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; else "$@"; fi; }
place=$(mktemp -d /tmp/pinhole-output.XXXXXX)
chmod 755 "$place"
trap 'chmod -R u+rwX "$place"; rm -rf "$place"' EXIT
if (cd "$place" && unprivileged "$PINHOLE" --version) >/dev/null 2>&1; then
	not_permitted() ( # MESSAGE NAME
		cd "$place" || exit 1
		status=0
		unprivileged "$PINHOLE" record -o "$2" -- echo ran >out 2>err || status=$?
		[ $status -eq 2 ] && [ ! -s out ] && grep -q "$1" err || { echo "status $status"; cat out err; false; }
	)
	mkdir "$place/blind" "$place/sealed" "$place/sticky"
	[ "$(id -u)" -ne 0 ] || chown 65534:65534 "$place/blind" "$place/sealed"
	chmod 300 "$place/blind"
	chmod 500 "$place/sealed"
	check "a folder that may not be read is refused" not_permitted 'Permission denied' blind/new.json
	check "a folder that may not be written is refused" not_permitted 'Permission denied' sealed/new.json
	if [ "$(id -u)" -eq 0 ]; then
		cp stale.json "$place/sticky/theirs.json"
		chmod 644 "$place/sticky/theirs.json"
		chmod 1777 "$place/sticky"
		check "another's file in a sticky folder is refused" not_permitted sticky sticky/theirs.json
		ours() { (cd "$place/sticky" && unprivileged "$PINHOLE" record -o ours.json -- "$PROGRAMS/phases") && whole "$place/sticky/ours.json"; }
		unprivileged test -x "$PROGRAMS/phases" && check "one's own is not" ours
		# Others know the recorder's id: what it is about to write must not depend on names that follow from that.
		foreseen() {
			unprivileged sh -c 'echo $$ >pid; until [ -e go ]; do sleep 0.05; done; exec "$@"' sh "$PINHOLE" policy -o ours.policy ours.json &
			local pid i status=0
			wait_for 60 test -s pid && read -r pid <pid || return 1
			for i in $(seq 0 200); do : >".pinhole-$pid-$i"; done
			: >go
			wait $! || status=$?
			rm -f .pinhole-* go
			[ $status -eq 0 ] && [ -s ours.policy ]
		}
		(cd "$place/sticky" && unprivileged test -e ours.json && check "names for temporary files that others have taken are no hindrance" foreseen)
		another() ( # what the message ends with is what the kernel said
			cd "$place/sticky" || exit 1
			status=0
			unprivileged "$PINHOLE" record -p $$ >out 2>err || status=$?
			[ $status -eq 2 ] && grep -Eq "^pinhole: process $$: .*: do this as root.*cannot attach: Operation not permitted$" err || { echo "status $status"; cat err; false; }
		)
		check "another's process is refused" another
	else
		skip "another's file in a sticky folder is refused" "only root can make one"
	fi
else
	skip "what is not permitted is refused" "another user cannot run $PINHOLE"
fi
if unshare -m mount --bind folder folder 2>/dev/null; then
	mounted() { : >mounted.json && unshare -m sh -c 'mount --bind stale.json mounted.json && exec "$@"' sh "$PINHOLE" record -o mounted.json -- touch mounted-ran 2>err; [ $? -eq 2 ] && [ ! -e mounted-ran ] && grep -q 'mount point' err; }
	check "a mount point is refused" mounted
else
	skip "a mount point is refused" "nothing can be mounted here"
fi

# While the profile is written.
too_large() {
	cp stale.json kept.json && cp kept.json before.json || return 1
	(
		ulimit -f 1
		expect 2 "$PINHOLE" record -o kept.json -- "$PROGRAMS/phases" 2>err
	) || return 1
	grep -q 'File too large' err && same before.json kept.json && [ -z "$(find . -name '.pinhole*')" ]
}
check "a profile larger than ulimit -f: the old one stays, and it is said" too_large
exit 0

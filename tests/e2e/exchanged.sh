# Another user exchanges files in a sticky folder while root writes there, with every command that
# writes files: nothing outside of the folder is written. EXCHANGED=N: the number of rounds (20).
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing exchanged
[ "$(id -u)" -eq 0 ] || { skip "exchanged links lead nowhere" "only root has files of other users"; exit 0; }

place=$(mktemp -d /tmp/pinhole-exchanged.XXXXXX)
trap 'kill $other 2>/dev/null; rm -rf "$place"' EXIT
chmod 755 "$place"
mkdir "$place/victim" "$place/sticky"
chmod 1777 "$place/sticky"
echo precious >"$place/victim/file"
cat >exchange.py <<'END'
import ctypes, os, sys
os.setgroups([])
os.setresgid(65534, 65534, 65534)
os.setresuid(65534, 65534, 65534)
os.chdir(sys.argv[1])
libc = ctypes.CDLL(None)
libc.renameat2.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
os.symlink("../victim", "d")
os.mkdir("e")
count = 0
while True:
    libc.renameat2(-100, b"d", -100, b"e", 2)
    if libc.renameat2(-100, b"p", -100, b"q", 2) != 0:
        for make in (lambda: os.symlink("../victim/file", "p"), lambda: open("q", "x").close()):
            try:
                make()
            except OSError:
                pass
    count += 1
    if count % 1000 == 0:
        print(count, flush=True)
END
python3 exchange.py "$place/sticky" >exchanges 2>exchange.err &
other=$!
if ! wait_for 60 test -s exchanges; then
	skip "exchanged links lead nowhere" "another user cannot exchange files here: $(tail -n 1 exchange.err)"
	exit 0
fi
"$PINHOLE" record -q -o own.json -- "$PROGRAMS/exits" exit 0 && "$PINHOLE" policy -o own.policy own.json || exit 1
cp "$SOURCE/tests/golden/strace/terminal.strace" log

# Where something was written nobody could exchange it any more: away with it.
round() {
	local path command
	for path in p d/p; do
		while read -r command; do
			eval "\"\$PINHOLE\" $command" >/dev/null 2>>said && written=$((written + 1))
			tries=$((tries + 1))
			[ "$path" != p ] || find "$place/sticky" -maxdepth 1 -name p -user 0 -delete
		done <<-END
			record -q -o "$place/sticky/$path" -- "$PROGRAMS/exits" exit 0
			merge -o "$place/sticky/$path" own.json
			policy -o "$place/sticky/$path" own.json
			generate -o "$place/sticky/$path" own.policy
			report -o "$place/sticky/$path" own.json
			import -f strace -o "$place/sticky/$path" log
		END
	done
}
rounds() {
	local written=0 tries=0
	for _ in $(seq "${EXCHANGED:-20}"); do round; done
	echo "$tries tries, $written written, $(tail -n 1 exchanges) exchanges"
	kill -0 $other && [ $written -gt 0 ] && [ $written -lt $tries ] && [ "$(cat "$place/victim/file")" = precious ] && [ "$(ls "$place/victim")" = file ] ||
		{ ls -lA "$place"/*; false; }
}
check "exchanged links lead nowhere" rounds
grep -q "another user's" said && check "what is refused is said" true || fail "what is refused is said" "$(sort said | uniq -c | head)"
exit 0

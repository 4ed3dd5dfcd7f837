# The report in a browser: headless Chromium, driven by tests/browser/report.js, leaves screenshots
# in build/screenshots. `make browser` installs both.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
name="the report in a browser"
driver=$SOURCE/build/browser/node_modules
need "$name" chromium node || exit 0
[ -d "$driver/playwright-core" ] || skip_all "$name" "no playwright-core here: make browser"
need_tracing "$name"

mkdir -p "$SOURCE/build/screenshots"
for kind in hostile large; do
	"$SOURCE/tests/oracles/report-profile" $kind >$kind.json && "$PINHOLE" report $kind.json -o $kind.html || fail "$name" "no report of the $kind profile"
done
profile() {
	"$PINHOLE" record -o real.json --label "first run" -- sh -c 'ls -l / | sort | head -n 3; sqlite3 real.db "create table t(a)"' &&
		"$PINHOLE" record -o real.json --label "and another" -- python3 -c 'import socket; socket.socket().close(); socket.socket(socket.AF_UNIX).close()' &&
		"$PINHOLE" record -o real.json -- "$PROGRAMS/refuse" good && "$PINHOLE" report real.json -o real.html
}
check "a report to look at" profile || exit 0
# The browser's profile and cache go to this test's folder, and its helpers end with it.
NODE_PATH=$driver timeout -k 5 550 node "$SOURCE/tests/browser/report.js" "$(command -v chromium)" "$SOURCE/build/screenshots" \
	real.html hostile.html large.html >out 2>err </dev/null 9>&-
status=$?
while read -r line; do
	case $line in
	"pass "*) pass "$name: ${line#pass }" ;;
	"FAIL "*) result "FAIL $name: ${line#FAIL }" ;;
	*) echo "$line" >&9 ;;
	esac
done <out
grep -q '^FAIL' out || [ $status -eq 0 ] || fail "$name" "status $status: $(tail -n 3 err)"
exit 0

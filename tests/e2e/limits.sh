# Every written file can be read again: a run that would make its profile too large is kept in a
# separate file.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing limits
! sanitized && [ "$(awk '/^MemAvailable/ {print $2}' /proc/meminfo)" -gt 3000000 ] || { skip "a profile that grows too large" "too little memory"; exit 0; }

# A profile of nearly 256 MiB: one run with a long label.
nearly() {
	python3 -c 'import json, sys
head = json.dumps({"format": "pinhole-profile", "version": 1, "runs": [{"id": "1", "command": ["x"], "label": "@"}], "programs": [], "facts": []})
sys.stdout.write(head.replace("@", "n" * ((256 << 20) - 2048 - len(head))))' >p.json
}
too_large() {
	local kept before
	nearly && before=$(sha256sum p.json) || return 1
	expect 2 "$PINHOLE" record -o p.json -- "$PROGRAMS/exits" exit 0 2>err && [ "$(sha256sum p.json)" = "$before" ] || { cat err; return 1; }
	grep -q 'p.json: the profile would have [0-9]* bytes, more than the 256 MiB that pinhole reads' err || { cat err; return 1; }
	kept=$(sed -n 's/.* is kept in \([^;]*\);.*/\1/p' err) && "$PINHOLE" show "$kept" >/dev/null && [ "$(ls | tr '\n' ' ')" = "check.out err p.json $kept " ]
}
check "a profile that grows too large stays as it is, and the run is kept" too_large
exit 0

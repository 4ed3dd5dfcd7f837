# Servers: mode quiet records the same facts as mode exact for processes that live long, start
# others, and receive signals. tests/soak/same-facts-servers does the same with 20 runs.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing servers
while read -r name tool; do
	need "$name: the same facts" python3 "$tool" && check "$name: the same facts" "$SOURCE/tests/soak/same-facts-servers" --runs="${SERVER_RUNS:-4}" "$name"
done <<'END'
nginx          nginx
nginx-workers  nginx
redis          redis-server
redis-saving   redis-server
http.server    python3
END
exit 0

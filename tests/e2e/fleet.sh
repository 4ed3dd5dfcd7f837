# The profiles of many simulated hosts in PostgreSQL, in ClickHouse, and in two ClickHouse servers as shards: what import makes of a
# database's rows is what merge makes of all profiles, though they were loaded twice, in random order, by eight writers at once,
# some of which were killed. FLEET_HOSTS says how many hosts (make check-fleet: 2000). The servers are Debian's, started in the
# scratch folder by an ordinary user. SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
. "$SOURCE/tests/fleet/servers.sh"
hosts=${FLEET_HOSTS:-40} library=$SOURCE/policies/library/fleet
have_postgres || have_clickhouse || skip_all fleet "no PostgreSQL and no ClickHouse here; apt-get install postgresql clickhouse-server clickhouse-client curl"
have python3 || skip_all fleet "no python3 here"
trap stop_servers EXIT

"$SOURCE/tests/fleet/hosts" --hosts="$hosts" --seed=22 hosts
# One host whose name and workload would do harm if anything took them for more than names.
evil="'); DROP TABLE pinhole.runs; --\\ \" \$(id) \`id\`"
"$SOURCE/tests/fleet/hosts" --hosts=1 --seed=666 evil && mv evil/00000.json evil.json
python3 - <<'PYTHON'
import json
profile = json.load(open('evil.json'))
profile['runs'][0].update(label="'); DROP TABLE seen; --\\\\", command=["\\\\' OR 1=1; --", "\t\n\"", "é\\xff"])
json.dump(profile, open('evil.json', 'w'))
PYTHON
"$PINHOLE" merge -o merged.json hosts/*.json evil.json

# Loads, of some hosts each.
mkdir loads
find hosts -name '*.json' | sort | split -d -a 4 -l $((hosts / 80 + 1)) - loads/list.
for list in loads/list.*; do "$PINHOLE" export -f rows $(cat "$list") | shuf --random-source=merged.json >"loads/rows.${list##*.}"; done
"$PINHOLE" export -f rows --host="$evil" --workload="$evil" evil.json >loads/rows.evil

# writer NUMBER LOADER…: loads what it is to load, and notes each load that ended well.
writer() {
	local number=$1 rows
	shift
	for rows in $(cat "$kind/writer.$number"); do
		"$@" <"loads/$rows" >>"$kind/said.$number" 2>&1 && echo "$rows" >>"$kind/done.$number"
	done
}

# load_all KIND LOADER…: eight writers at once, each load by two of them; three are killed on their way; what they have not
# loaded is loaded afterwards, as who loads for them would do.
load_all() {
	local kind=$1 number pids=() rows
	shift
	mkdir "$kind"
	for number in 0 1 2 3 4 5 6 7; do
		(cd loads && ls rows.*) | awk -v n="$number" '(NR % 8) == n || (NR * 5 + 3) % 8 == n' | shuf --random-source=merged.json >"$kind/writer.$number"
		[ "$(wc -l <"$kind/writer.$number")" -gt 0 ] || return 1
		set -m
		writer "$number" "$@" &
		set +m
		pids+=($!)
	done
	for number in 1 4 6; do
		wait_for 60 test -s "$kind/done.$number"
		kill -KILL -- "-${pids[number]}" 2>/dev/null # it and the client that it runs
	done
	wait "${pids[@]}" 2>/dev/null
	for number in 0 1 2 3 4 5 6 7; do
		for rows in $(grep -vxFf "$kind/done.$number" "$kind/writer.$number"); do
			"$@" <"loads/$rows" >>"$kind/said.$number" 2>&1 || { tail -n 5 "$kind/said.$number"; return 1; }
			echo "$rows" >>"$kind/again"
		done
	done
}
killed_some() { [ -s "$1/again" ] || { echo "no writer was killed before its end"; return 1; }; }

# What the views must say, from the profiles themselves: on how many hosts each fact of each version was.
python3 - >expected.spread <<'PYTHON'
import glob, json
hosts = {}
for name in glob.glob('hosts/*.json'):
    profile = json.load(open(name))
    words = dict(word.split('=') for word in profile['runs'][0]['label'].split())
    for fact in profile['facts']:
        # Facts that stand for many values are apart where they stand for others.
        values = json.dumps(fact['wide'], sort_keys=True) if 'wide' in fact else (*fact.get('args', {}), *map(str, fact.get('values', [])))
        key = words['workload'], words['version'], (fact['phase'], fact['arch'], fact['nr'], values)
        hosts.setdefault(key, set()).add(words['host'])
for line in sorted(f'{workload}\t{version}\t{len(names)}' for (workload, version, _), names in hosts.items()):
    print(line)
PYTHON
union_of() { # KIND: what its query gave is the union
	"$PINHOLE" import -f rows -o "$1.json" "$1.rows" && same merged.json "$1.json"
}
part_of() { # KIND: the union of one version
	"$PINHOLE" import -f rows -o part.json "$1.part" && "$PINHOLE" merge -o expected.json $(grep -l 'workload=bash version=1.1 ' hosts/*.json) && same expected.json part.json
}
spread_of() { sort "$1.spread" >said.spread && same expected.spread said.spread; }
answers() { # KIND
	check "$1: writers were killed before their end" killed_some "$1"
	check "$1: the union is what merge makes of all $hosts hosts" union_of "$1"
	check "$1: the union of one version is what merge makes of its profiles" part_of "$1"
	check "$1: which fact how many hosts saw" spread_of "$1"
}

ask_postgres() { psql -X -q -A -t -F "$(printf '\t')" -v ON_ERROR_STOP=1 -c "$1"; }
if ! have_postgres; then
	skip postgres "no PostgreSQL here"
elif check "postgres: starts" start_postgres; then
	check "postgres: the tables" psql -X -q -v ON_ERROR_STOP=1 -f "$library/postgresql.sql"
	check "postgres: eight writers" load_all postgres sh "$library/load-postgresql"
	ask_postgres "SELECT pinhole.rows(ARRAY(SELECT id FROM pinhole.runs))" >postgres.rows
	ask_postgres "SELECT pinhole.rows(ARRAY(SELECT id FROM pinhole.runs WHERE workload = 'bash' AND version = '1.1'))" >postgres.part
	ask_postgres "SELECT workload, version, hosts FROM pinhole.spread WHERE workload IN ('bash', 'python3')" >postgres.spread
	answers postgres
	names() { [ "$(ask_postgres "SELECT host FROM pinhole.runs WHERE workload LIKE '%DROP%'")" = "${evil/\\/\\\\}" ]; } # a backslash is two in pinhole's files
	check "postgres: names are data" names
	enough() { # fewer runs, every fact
		ask_postgres "SELECT pinhole.rows(pinhole.enough('bash', '1.1'))" >enough.rows && "$PINHOLE" import -f rows -o enough.json enough.rows &&
			"$PINHOLE" diff enough.json expected.json >diff.out && [ "$(grep -c '"started"' enough.json)" -lt "$(grep -c '"started"' expected.json)" ]
	}
	check "postgres: a few runs have every fact" enough
	news() {
		[ "$(ask_postgres "SELECT count(*) FROM pinhole.news('bash', '1.0', '1.1')")" = "$(ask_postgres "SELECT count(*) FROM (SELECT call FROM pinhole.known WHERE workload = 'bash' AND version = '1.1' EXCEPT SELECT call FROM pinhole.known WHERE workload = 'bash' AND version = '1.0') AS n")" ]
	}
	check "postgres: what is new in a version" news
	half() { # the end of a load is lost: nothing of it is there
		local before
		before=$(ask_postgres 'SELECT count(*) FROM pinhole.seen') && sed 's/"count":[0-9]*/"count":1x/; q' loads/rows.0000 >bad.rows && cat loads/rows.0000 >>bad.rows && echo '{"row":"seen","run":"x"' >>bad.rows &&
			! sh "$library/load-postgresql" <bad.rows 2>err && grep -q 'invalid input syntax for type json' err && [ "$(ask_postgres 'SELECT count(*) FROM pinhole.seen')" = "$before" ]
	}
	check "postgres: a load counts wholly or not at all" half
	lost() { grep -v '"row":"fact"' loads/rows.evil | sed 's/"fact":"......../"fact":"00000000/' >lost.rows && ! sh "$library/load-postgresql" <lost.rows 2>err && grep -q 'the row of the fact 00000000.* is missing' err; }
	check "postgres: rows without their facts are refused" lost
fi

ask_clickhouse() { clickhouse-client --port "$tcp" -d "$1" -q "$2"; }
ask_all() { # KIND DATABASE
	ask_clickhouse "$2" "SELECT line FROM rows FORMAT TabSeparatedRaw" >"$1.rows"
	ask_clickhouse "$2" "SELECT line FROM rows WHERE run = '' OR run IN (SELECT run FROM runs WHERE workload = 'bash' AND version = '1.1') FORMAT TabSeparatedRaw" >"$1.part"
	ask_clickhouse "$2" "SELECT workload, version, hosts FROM spread WHERE workload IN ('bash', 'python3')" >"$1.spread"
	answers "$1"
	names() { [ "$(ask_clickhouse "$2" "SELECT host FROM runs WHERE workload LIKE '%DROP%' FORMAT TabSeparatedRaw")" = "${evil/\\/\\\\}" ]; }
	check "$1: names are data" names "$@"
}
tables() { # DATABASE FILE…
	local database=$1 file
	shift
	clickhouse-client --port "$tcp" -q "CREATE DATABASE $database" || return 1
	for file; do clickhouse-client --port "$tcp" -d "$database" -n <"$library/$file" || return 1; done
}
if ! have_clickhouse; then
	skip clickhouse "no ClickHouse here"
	exit 0
fi
ports=()
for i in 1 2 3 4 5 6; do ports+=("$(free_port)"); done
tcp=${ports[1]} http=http://127.0.0.1:${ports[0]}
check "clickhouse: starts" start_clickhouse first "${ports[@]:0:3}" "$tcp" "${ports[4]}" || exit 0
check "clickhouse: the tables" tables one clickhouse.sql clickhouse-views.sql
check "clickhouse: eight writers" load_all clickhouse sh "$library/load-clickhouse" "$http/?database=one"
ask_all clickhouse one
wrapped() { # as vector and fluent-bit send lines: into a database of its own
	tables sent clickhouse.sql clickhouse-views.sql &&
		cat loads/rows.* | python3 -c 'import json, sys; sys.stdout.writelines(json.dumps({"line": line.rstrip("\n")}) + "\n" for line in sys.stdin)' |
		curl -sS --fail --data-binary @- "$http/?database=sent&query=INSERT%20INTO%20lines%20FORMAT%20JSONEachRow" &&
		ask_clickhouse sent "SELECT line FROM rows FORMAT TabSeparatedRaw" >sent.rows && union_of sent
}
check "clickhouse: lines as fields of JSON" wrapped
for view in dangers denials idle known; do check "clickhouse: the view $view" ask_clickhouse one "SELECT * FROM $view LIMIT 1"; done
check "clickhouse: a second server starts" start_clickhouse second "${ports[@]:3:3}" "$tcp" "${ports[4]}" || exit 0
shards() {
	tables shard clickhouse.sql && tcp=${ports[4]} && tables shard clickhouse.sql && tcp=${ports[1]} && tables fleet clickhouse-shards.sql clickhouse-views.sql
}
check "shards: the tables" shards
check "shards: eight writers" load_all shards sh "$library/load-clickhouse" "$http/?database=fleet"
ask_all shards fleet
both() { local port; for port in "$tcp" "${ports[4]}"; do [ "$(clickhouse-client --port "$port" -d shard -q 'SELECT count() FROM seen')" -gt 100 ] || return 1; done; }
check "shards: each has a part" both
exit 0

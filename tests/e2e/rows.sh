# Rows: what export writes, import reads as what merge makes of the same profiles: of any part of the runs, in any order, any number
# of times. Rows that are wrong are refused with their line. The files of bad/rows are sed scripts for good rows; the first line
# has, after "Message:", what the message must say (a regular expression). SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
bad=$SOURCE/tests/e2e/bad/rows

"$SOURCE/tests/fleet/hosts" --hosts=40 --seed=7 hosts || skip_all rows "no python3 here"
rows() { "$PINHOLE" export -f rows "$@"; }
united() { # ROWS PROFILE…: importing the rows is merging the profiles
	local file=$1
	shift
	"$PINHOLE" merge -o merged.json "$@" && "$PINHOLE" import -f rows -o imported.json "$file" && same merged.json imported.json
}
each() {
	local file
	for file in "$SOURCE"/tests/golden/profile/*.json hosts/*.json; do
		rows "$file" >one.rows && united one.rows "$file" || { echo "of $file"; return 1; }
	done
}
check "the rows of a profile are the profile" each
rows hosts/*.json >all.rows
check "of all hosts" united all.rows hosts/*.json
check "there is a wide fact, which no host has, and runs that were saved early" grep -q '"wide"' merged.json
twice() { for file in hosts/*.json; do rows "$file"; done >each.rows && cat all.rows each.rows each.rows | shuf --random-source="$PINHOLE" >mixed.rows && united mixed.rows hosts/*.json; }
check "twice, in any order" twice
parts() {
	split -n l/5 all.rows part. && "$PINHOLE" merge -o merged.json hosts/*.json &&
		"$PINHOLE" import -f rows part.ae part.ab part.ad part.aa part.ac >imported.json && same merged.json imported.json &&
		"$PINHOLE" import -f rows - <all.rows >imported.json && same merged.json imported.json
}
check "from several files, and from standard input" parts
some() { # as a query gives a part of the runs: all rows of programs, facts and stacks, and those of the runs of some hosts
	local seed host
	for seed in 1 2 3 4 5 6; do
		python3 - $seed >some.rows 2>some.files <<-'PYTHON' || return 1
			import glob, json, random, sys
			files = sorted(glob.glob('hosts/*.json'))
			hosts = sorted({name[6:11] for name in files})
			chosen = set(random.Random(int(sys.argv[1])).sample(hosts, random.Random(int(sys.argv[1])).randrange(1, len(hosts))))
			files = [name for name in files if name[6:11] in chosen]
			runs = {run['id'] for name in files for run in json.load(open(name))['runs']}
			for line in open('each.rows'):
			    row = json.loads(line)
			    if row.get('run', row.get('id')) in runs or row['row'] in ('program', 'fact', 'stack'):
			        print(line, end='')
			print(*files, file=sys.stderr)
		PYTHON
		united some.rows $(cat some.files) || { echo "seed $seed"; return 1; }
	done
}
check "of any part of the hosts" some
keys() { # of one key there is one content; every row but seen has one
	python3 - <<-'PYTHON'
		import json
		content = {}
		for line in open('each.rows'):
		    row = json.loads(line)
		    key = (row['run'], row['fact']) if row['row'] == 'seen' else row['key']
		    if row['row'] != 'seen':
		        assert content.setdefault(key, line) == line, line
		PYTHON
}
check "one key, one content" keys
once() { # but for the few that others have driven out of memory
	local lines again
	lines=$(grep -vc '"row":"seen"' all.rows) again=$(grep -v '"row":"seen"' all.rows | sort | uniq -d | wc -l)
	[ "$again" -lt $((lines / 20)) ] || { echo "$again of $lines again"; return 1; }
}
check "what hosts share is written once" once

# Where a run comes from.
field() { python3 -c 'import json, sys; print(*sorted({str(r.get(sys.argv[1])) for r in map(json.loads, sys.stdin) if r["row"] == "run"}))' "$1"; }
sed 's/workload=[a-z0-9]* version=[0-9.]* host=[a-z0-9]*/a note/' hosts/00000.json >unlabelled.json
from() { # EXPECTED FIELD COMMAND…
	local expected=$1 name=$2 said
	shift 2
	said=$("$@" | field "$name") && [ "$said" = "$expected" ] || { echo "$name: $said, expected $expected"; return 1; }
}
check "the workload is the command's name" from bash workload rows unlabelled.json
check "the version is not known" from None version rows unlabelled.json
check "the host is not known" from None host rows unlabelled.json
check "the label tells the host" from host0 host rows hosts/00000.json
check "the environment does where the label does not" from e1 host env PINHOLE_HOST=e1 "$PINHOLE" export -f rows unlabelled.json
check "the label comes before the environment" from host0 host env PINHOLE_HOST=e1 "$PINHOLE" export -f rows hosts/00000.json
check "an option comes first" from o1 host env PINHOLE_HOST=e1 "$PINHOLE" export -f rows --host=o1 hosts/00000.json
check "the version is an option" from 9.9 version rows --release=9.9 hosts/00000.json
check "the workload is an option" from shop workload rows --workload=shop hosts/00000.json
evil="'; DROP TABLE runs; --\\ \" \$(id)"
# A backslash is two in pinhole's files, before JSON's own escaping.
check "names are data" from "${evil/\\/\\\\}" host rows --host="$evil" hosts/00000.json
evil_row() { rows --host="$evil" hosts/00000.json >evil.rows && united evil.rows hosts/00000.json; }
check "and come back" evil_row
two_names() { { rows --host=a hosts/00000.json; rows --host=b hosts/00000.json; } >two.rows && united two.rows hosts/00000.json; }
check "one run under two names is one run" two_names

# Memory does not grow with the number of profiles.
peak() { python3 -c 'import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$@"; }
memory() {
	local one all
	one=$(peak "$PINHOLE" export -f rows hosts/00000.json) && all=$(peak "$PINHOLE" export -f rows hosts/*.json hosts/*.json hosts/*.json hosts/*.json) && [ "$all" -lt $((one + 8192)) ] || {
		echo "$one KiB for one profile, $all KiB for 176"
		return 1
	}
}
sanitized && skip "memory does not grow with the number of profiles" "a sanitizer keeps memory" || check "memory does not grow with the number of profiles" memory

# Rows that are wrong.
refused() { # MESSAGE COMMAND…
	local message=$1 status=0
	shift
	rm -f new
	timeout 60 "$@" >out 2>err || status=$?
	[ $status -eq 2 ] && grep -Eq -- "$message" err && [ ! -s out ] && [ ! -e new ] && ! grep -Eq 'Sanitizer|runtime error' err || {
		echo "status $status, message expected: /$message/"
		cat out err
		return 1
	}
}
"$SOURCE/tests/fleet/hosts" --hosts=2 --stacks=1 stacked
rows stacked/00000.json stacked/00001.json >good.rows
check "the rows are good" "$PINHOLE" import -f rows -o imported.json good.rows
for case in "$bad"/*.sed; do
	sed -f "$case" good.rows >rows
	check "bad $(basename "$case" .sed)" refused "$(sed -n '1s/.*Message: *//p' "$case")" "$PINHOLE" import -f rows -o new rows
done
: >empty.rows
head -c 100000 /dev/urandom >random.rows
head -c 100000 /dev/zero >zeros.rows
head -c 200000 /dev/zero | tr '\0' '[' >deep.rows
check "bad empty" refused "empty.rows: has no row of a run" "$PINHOLE" import -f rows -o new empty.rows
check "bad random" refused "random.rows: line 1: is no row" "$PINHOLE" import -f rows -o new random.rows
check "bad zeros" refused "zeros.rows: has no row of a run" "$PINHOLE" import -f rows -o new zeros.rows
check "bad deep" refused "deep.rows: line 1: is no row" "$PINHOLE" import -f rows -o new deep.rows
check "a missing file" refused "missing.rows: No such file" "$PINHOLE" import -f rows -o new missing.rows
conflicting() { # one run, told differently: each row for itself is right
	sed 's/"command": \["[^"]*"/"command": ["another"/' stacked/00000.json >other.json && rows other.json >other.rows &&
		refused 'other.rows: line [0-9]+: run [0-9a-f]{32} differs between the two rows' "$PINHOLE" import -f rows -o new good.rows other.rows
}
check "two runs of one id" conflicting
phases() {
	sed 's/"id": "\(.\{32\}\)"/"id": "\1x", "phase_at": "accept4"/' stacked/00000.json >serves.json && rows serves.json >serves.rows &&
		refused 'serves.rows: line [0-9]+: run .* has a phase serve from accept4' "$PINHOLE" import -f rows -o new good.rows serves.rows
}
check "runs with and without a phase serve" phases
check "a label" refused "--label: rows have" "$PINHOLE" import -f rows -o new --label=x good.rows
cut_anywhere() { # whatever is lost at the end: the message, or fewer runs, never a part of one
	local n size=$(stat -c %s good.rows)
	for n in $(seq 1 $((size / 60)) "$size"); do
		head -c "$n" good.rows >cut.rows
		if "$PINHOLE" import -f rows -o cut.json cut.rows 2>err; then
			"$PINHOLE" merge -o merged.json stacked/00000.json && cmp -s cut.json merged.json || { echo "after $n bytes"; return 1; }
		elif [ ! -s err ] || [ -s out ]; then
			return 1
		fi
	done
}
check "rows that end anywhere" cut_anywhere

# Export.
check "export needs a format" refused "export needs -f" "$PINHOLE" export stacked/00000.json
check "export knows its format" refused "not a format of export; give rows" "$PINHOLE" export -f csv stacked/00000.json
check "export needs a profile" expect 2 "$PINHOLE" export -f rows
check "export of what is missing" refused "missing.json: No such file" "$PINHOLE" export -f rows missing.json
echo '{"format": "pinhole-profile", "version": 1, "runs": [], "programs": [], "facts": []}' >none.json
check "export of no run" refused "none.json: has no run" "$PINHOLE" export -f rows none.json
full() { expect 2 "$PINHOLE" export -f rows stacked/00000.json >/dev/full; }
[ -c /dev/full ] && check "a full disk" full
exit 0

# `pinhole confidence`: its output for few and many runs, complete, warm and long ones.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"

# made PROFILE KIND: profiles by hand. complete: 10 runs, 6 facts in one run alone, 3 in two, 5 in all. warm: 12 runs, of
# which the first found most. old: the same, of which it is not told what they knew.
cat >make.py <<'PYTHON'
import json
import sys

CALLS = {'umask': (95, 'mask'), 'kill': (62, 'sig')}
kind = sys.argv[1]
runs = [{'id': '%02d' % i, 'command': ['x'], 'started': '2026-01-31T12:00:%02dZ' % i, 'mode': 'quiet', 'known': 0} for i in range(12)]


def fact(value, seen, phase='main', name='umask', **more):
    nr, arg = CALLS[name]
    return {'phase': phase, 'arch': 'x86_64', 'syscall': name, 'nr': nr, 'args': {arg: str(value)}, 'values': [value],
            'programs': [0], 'runs': {str(run): 1 for run in seen}, **more}


if kind == 'complete':
    runs = runs[:10]
    facts = [fact(i, [i]) for i in range(6)] + [fact(10 + i, [6, 7 + i]) for i in range(3)] + [fact(20 + i, range(10)) for i in range(5)]
    facts += [fact(20, range(5), 'load')]  # what the loader does as well is no other fact
elif kind in ('warm', 'old', 'mixed'):
    for i, run in enumerate(runs):
        run['known'] = min(i, 1) * 20 if kind != 'mixed' or i > 5 else 0
        if kind == 'old':
            del run['known']
    facts = [fact(i, [0]) for i in range(20)] + [fact(30, [2]), fact(31, [4])]
elif kind == 'apart':  # of six runs that tell all, after which two others saw what these did not
    for i, run in enumerate(runs):
        run['known'] = 7 if i > 5 else 0
    facts = [fact(i, [i % 6]) for i in range(7)] + [fact(30, [8]), fact(31, [9])]
elif kind in ('equal', 'one', 'empty'):
    runs = runs[:6]
    facts = [fact(1, range(6))] if kind == 'equal' else [fact(1, [0]), fact(2, [1])] if kind == 'one' else []
elif kind == 'idle':  # a long run without news, after one that had them
    runs = runs[:2]
    runs[0].update(lasted=20000)
    runs[1].update(lasted=7200000, known=12)
    facts = [fact(i, [0], first={'0': 1 + i * 1000}) for i in range(12)]
elif kind == 'long':
    runs = runs[:1]
    runs[0].update(lasted=4000000, mode='exact')
    del runs[0]['known']
    facts = [fact(i, [0], first={'0': 1 + i * i * 10000}) for i in range(12)]
elif kind == 'hostile':
    runs = [{'id': str(i), 'command': [], 'mode': 'exact', 'lasted': 2 ** 63 - 1} for i in range(3000)]
    facts = [fact(i, range(i, 3000, 1 + i * i), first={str(i): 2 ** 63 - 1}) for i in range(400)]
json.dump({'format': 'pinhole-profile', 'version': 1, 'runs': runs, 'programs': [{'path': '/bin/\x1b[31mx<b>'}], 'facts': facts}, sys.stdout)
PYTHON
for kind in complete warm old mixed long apart idle equal one empty hostile; do python3 make.py $kind >$kind.json || fail "$kind" "not made"; done
"$PINHOLE" merge -o - complete.json >/dev/null 2>merge.err || { fail "profiles are read" "$(cat merge.err)"; exit 0; }

says() { # PROFILE TEXT…: the words are in lines
	local profile=$1 text
	shift
	"$PINHOLE" confidence $profile >out || return 1
	for text; do grep -qE -- "$text" out || tr '\n' ' ' <out | grep -qE -- "$text" || { echo "no /$text/ in:"; cat out; return 1; }; done
}
figure() { # PROFILE PYTHON: of the JSON, as c
	"$PINHOLE" confidence --json "$1" >out.json && python3 -c "import json; c = json.load(open('out.json')); assert $2, c"
}
# By hand: 0.9·6·5/(2·4), 0.9·36/6, 6/10; the classes of tests/unit/test_estimate.c
check "figures of ten complete runs" figure complete.json \
	"c['complete'] == 10 and c['of_complete']['facts'] == 14 and c['of_complete']['once'] == 6 and abs(c['of_complete']['unseen'] - 3.375) < 1e-4 and abs(c['of_complete']['unseen_classic'] - 5.4) < 1e-4 and c['of_complete']['news'] == 0.6 and c['curve'][-1][0] == 20"
check "the same in words" says complete.json 'About 6 runs in 10 like these 10 would' 'mostly of umask \(mask\)' 'facts never seen +at least 3\.4 \(95 %: .*classic form 5\.4'
check "the calls and programs" figure complete.json "[s['name'] for s in c['syscalls']] == ['umask'] and c['programs'][0]['facts'] == 14"
check "warm runs are not taken for complete ones" figure warm.json "not c['estimated'] and c['complete'] == 1 and 'news' not in c['of_complete'] and c['row']['with_news'] == 3 and c['row']['idle'] == 7 and 0 < c['row']['news'] < 0.3"
check "and it says so" says warm.json '1 of these reports all its facts' 'Of all runs in the order of time, warm ones included: the last 7 of 12 runs had nothing new' 'at most'
check "runs that do not tell are taken for warm" figure old.json "c['complete'] == 0 and c['row']['with_news'] == 3"
check "complete and warm runs are estimated apart" figure mixed.json "c['estimated'] and c['complete'] == 6 and c['row']['length'] == 12"
check "both are said" says mixed.json 'like these 6 would|Each of the 6 runs' 'Of all runs in the order of time' 'of all runs, in the order of time'
check "one long run is cut into spans" figure long.json "c['spans']['length'] == 40 and c['spans']['span'] == 100000 and c['spans']['with_news'] == 9 and not c['estimated']"
check "and it is said of what" says long.json 'Within run 0, in spans of 100 s'
says_error() { # TEXT ARGUMENT…
	local text=$1
	shift
	expect 2 "$PINHOLE" confidence "$@" 2>err && grep -q -- "$text" err || { cat err; false; }
}
# Clusters of runs: the figures of a profile in which the runs of a host were made one run before.
cat >hosts.py <<'PYTHON'
import json
import random
import sys

draw = random.Random(int(sys.argv[1]))
HOSTS, RUNS = 12, 60
host = [draw.randrange(HOSTS) for _ in range(RUNS)]
habits = [[v for v in range(40) if draw.random() < 1 / (1 + v)] for _ in range(HOSTS)]
seen = {v: [r for r in range(RUNS) if v in habits[host[r]] and draw.random() < 0.6] for v in range(40)}


def profile(runs, facts):
    return {'format': 'pinhole-profile', 'version': 1, 'runs': runs, 'programs': [{'path': '/bin/x'}], 'facts': [
        {'phase': 'main', 'arch': 'x86_64', 'syscall': 'umask', 'nr': 95, 'args': {'mask': str(v)}, 'values': [v], 'programs': [0],
         'runs': {str(r): 1 for r in sorted(seen)}} for v, seen in sorted(facts.items()) if seen]}


def run(i, at, known, label):
    return {'id': '%032x' % i, 'command': ['x'], 'started': '2026-01-31T12:%02d:00Z' % at, 'mode': 'quiet', 'known': known, 'label': label}


warm = [draw.random() < 0.2 for _ in range(RUNS)]
words = ['%sversion=%d host=h%d' % ('' if i % 2 else 'load ', i % 3, host[i]) for i in range(RUNS)]
json.dump(profile([run(i, i, 5 if warm[i] else 0, words[i]) for i in range(RUNS)], seen), open('runs.json', 'w'))
order = sorted(set(host), key=host.index)
place = {h: i for i, h in enumerate(order)}
cold = {v: {place[host[r]] for r in of if not warm[r]} for v, of in seen.items()}
known = {h: all(warm[r] for r in range(RUNS) if host[r] == h) for h in order}
json.dump(profile([run(place[h], place[h], 5 if known[h] else 0, '') for h in order], cold), open('united.json', 'w'))
everything = {v: {place[host[r]] for r in of} for v, of in seen.items()}
json.dump(profile([run(place[h], place[h], 5 if known[h] else 0, '') for h in order], everything), open('rows.json', 'w'))
PYTHON
clusters() {
	local seed
	for seed in $(seq 20); do
		python3 hosts.py "$seed" && "$PINHOLE" confidence --json --cluster=host runs.json >is.out && "$PINHOLE" confidence --json united.json >united.out &&
			"$PINHOLE" confidence --json rows.json >rows.out && python3 - <<'PYTHON' || { echo "seed $seed"; return 1; }
import json
is_, united, rows = (json.load(open(name + '.out')) for name in ('is', 'united', 'rows'))
assert is_['cluster'] == 'host' and is_['runs'] == united['runs'] and is_['estimated'], is_
assert (is_['of_complete'], is_['curve'], is_['syscalls']) == (united['of_complete'], united['curve'], united['syscalls']), (is_, united)
assert is_['row'] == rows['row'], (is_['row'], rows['row'])
assert 'hosts' in is_['words'] and 'run' not in is_['words'], is_['words']
PYTHON
	done
}
check "the runs of a host count as one" clusters
denied_clusters() { # each host was tried under the policy of the others: as their united profile's runs are
	python3 hosts.py 3 && "$PINHOLE" confidence --json "--policy=--args=exact --generalize=none" --cluster=host runs.json >is.out &&
		"$PINHOLE" confidence --json "--policy=--args=exact --generalize=none" rows.json >rows.out && python3 - <<'PYTHON'
import json
is_, rows = (json.load(open(name + '.out'))['policy'] for name in ('is', 'rows'))
assert is_['estimated'] and is_['denied_runs'] > 0, is_
assert [is_[k] for k in ('complete', 'denied_runs', 'denied', 'row')] == [rows[k] for k in ('complete', 'denied_runs', 'denied', 'row')], (is_, rows)
assert [r['denied'] for r in is_['missing']] and len(is_['missing']) == len(rows['missing']), is_
PYTHON
}
check "and is tried under the policy of the other hosts" denied_clusters
check "--cluster: no run has such a word" says_error 'no run has a label with the word rack=VALUE' --cluster=rack runs.json
check "--cluster: no name" says_error 'not the name of a word' "--cluster=a b" runs.json
check "the gate speaks of hosts" bash -c "'$PINHOLE' confidence --cluster=host --fail-above=0.001 runs.json 2>&1 >/dev/null | grep -E 'a further host would|hosts cannot tell'"
few() { says "$SOURCE/tests/golden/profile/stacks-a.json" 'There is no estimate' && ! grep -q 'never seen' out; }
check "too few runs: no figures" few
check "nobody's text steers the terminal" bash -c "'$PINHOLE' confidence --by=program complete.json | grep -F '\\x1b[31mx<b>'"
many() { in_time 20 "$PINHOLE" confidence --json hostile.json >out.json && python3 -c 'import json; json.load(open("out.json"))'; }
check "many runs" many
wrong() { expect 2 "$PINHOLE" confidence --by=caller complete.json 2>err && grep -q 'one of syscall, program' err && expect 2 "$PINHOLE" confidence --json --by=program complete.json; }
check "wrong questions" wrong
several() { "$PINHOLE" confidence --json complete.json complete.json >one && "$PINHOLE" confidence --json complete.json | same - one; }
check "several profiles are merged" several
check "what warm runs saw is not called never seen" says apart.json 'At least about 18 facts were not seen by these \(.*, besides 7 that were \(phases combined\); the other runs saw 2 more\.'
check "one is one" says one.json 'At least about 1 fact was never seen \(.*, besides 2 that were' '^2 facts \(phases combined\) in 6 runs'
check "where all runs are equal" says equal.json '^1 fact \(phases combined\) in 6 runs' '^several runs saw every fact'
check "where nothing was recorded" says empty.json 'The profile has no call: no estimate is possible\.$'
check "not as figures either" figure empty.json "not c['estimated'] and 'news' not in c['row']"
check "a long warm run without news" says idle.json 'Within run 1, in spans of 3 min: none of 40 spans had anything new'
lines() {
	local name
	for name in complete mixed warm; do
		"$PINHOLE" confidence $name.json | sed -n '/^About\|^Of all\|^Each/,/^$/p' | awk 'length > 78 { exit 1 } END { exit NR < 2 }' || return 1
	done
	script -qec "stty cols 40 && '$PINHOLE' confidence mixed.json" /dev/null </dev/null >typed &&
		tr -d '\r' <typed | sed -n '/^About\|^Of all\|^Each/,/^$/p' | awk 'length > 40 { exit 1 } END { exit NR < 6 }'
}
need "words in lines" script && check "words in lines" lines
show() { "$PINHOLE" show complete.json | tail -n 1 | grep -q '^About 6 runs in 10'; }
check "show says it" show
page() { "$PINHOLE" report complete.json -o page.html && grep -q 'id="trust"><strong>About 6 runs in 10' page.html && "$PINHOLE" report --format=markdown complete.json | grep -q 'About 6 runs in 10'; }
check "the report says it" page

# Under the policy of the others. taught: 20 runs that open files and make sockets of one kind, of which one opens with a flag that
# closes nothing, one makes another kind of socket, and one a directory. By hand: with names alone 1 of 20 is denied, else 2.
cat >taught.py <<'PYTHON'
import json
import sys

runs = [{'id': '%02d' % i, 'command': ['x', str(i)], 'started': '2026-01-31T12:00:%02dZ' % i, 'mode': 'exact', 'known': 0} for i in range(20)]
every = {str(i): 1 for i in range(20)}


def fact(name, nr, args, values, seen, phase='main'):
    return {'phase': phase, 'arch': 'x86_64', 'syscall': name, 'nr': nr, 'args': args, 'values': values, 'programs': [0], 'runs': seen}


facts = [fact('openat', 257, {'flags': 'O_RDONLY'}, [0], every), fact('openat', 257, {'flags': 'O_RDONLY|O_CLOEXEC'}, [0o2000000], {'3': 1}),
         fact('socket', 41, {'domain': 'AF_UNIX', 'type': 'SOCK_STREAM', 'protocol': '0'}, [1, 1, 0], every),
         fact('socket', 41, {'domain': 'AF_INET', 'type': 'SOCK_STREAM', 'protocol': '0'}, [2, 1, 0], {'7': 1}),
         fact('mkdir', 83, {'mode': '0777'}, [0o777], {'18': 1})]
if sys.argv[1] == 'warm':  # all but the first tell only what was new
    for run in runs[1:]:
        run.update(mode='quiet', known=2)
    facts[0]['runs'] = facts[2]['runs'] = {'0': 1}
elif sys.argv[1] == 'phases':
    facts[3]['phase'] = 'load'
    facts.sort(key=lambda f: f['phase'] != 'load')
elif sys.argv[1] == 'steady':
    facts = [facts[0], facts[1], facts[2]]
elif sys.argv[1] == 'one':
    runs, facts = runs[:1], [fact('openat', 257, {'flags': 'O_RDONLY'}, [0], {'0': 1})]
json.dump({'format': 'pinhole-profile', 'version': 1, 'runs': runs, 'programs': [{'path': '/bin/x'}], 'facts': facts}, sys.stdout)
PYTHON
for kind in taught warm phases steady one; do python3 taught.py $kind >$kind.json || fail "$kind" "not made"; done
denied() { # PROFILE OPTIONS PYTHON: of the JSON's policy, as p
	"$PINHOLE" confidence --json --policy="$2" "$1" >out.json && python3 -c "import json; p = json.load(open('out.json'))['policy']; assert $3, p"
}
check "runs under the policy of the others" denied taught.json "" "p['complete'] == 20 and p['denied_runs'] == 2 and p['denied'] == 0.1 and [m['run'] for m in p['missing']] == [7, 18]"
check "what is denied of them" denied taught.json "" "p['missing'][0]['denied'] == ['main x86_64 socket(domain=AF_INET, type=SOCK_STREAM, protocol=0): kill']"
# Wilson's interval of 2 of 20, from tables: 0.0279 to 0.3010.
check "with its interval" denied taught.json "" "abs(p['denied_within'][0] - 0.0279) < 5e-4 and abs(p['denied_within'][1] - 0.3010) < 5e-4"
check "by names alone" denied taught.json --args=none "p['denied_runs'] == 1 and p['missing'][0]['run'] == 18"
check "as closely as can be" denied taught.json "args=exact generalize=none clone3=allow" "p['denied_runs'] == 3"
check "of one phase" denied phases.json "--phase=main" "[m['run'] for m in p['missing']] == [18]"
check "of one program" denied taught.json "--program=/bin/x --portable" "[m['run'] for m in p['missing']][0] == 7"
check "a single run" denied one.json "" "not p['estimated'] and p['complete'] == 1 and p['row']['with_news'] == 1"
check "warm runs are tried under the policy of those before them" denied warm.json "" "not p['estimated'] and p['row']['length'] == 20 and p['row']['with_news'] == 3 and p['row']['recent_with_news'] == 1 and p['row']['idle'] == 1"
policy_says() {
	"$PINHOLE" confidence --policy taught.json >out && tr '\n' ' ' <out | grep -q '2 of 20 runs were denied, .* about 1 run in 10 would be' &&
		grep -q '^  run 18:   \$ x 18$' out && grep -q '^    main x86_64 mkdir' out && "$PINHOLE" confidence --policy warm.json >out &&
		grep -q 'In the order of time, 1 of the last 10' out && grep -q mkdir out && ! grep -q AF_INET out
}
check "in words" policy_says
by_check() { # the same that check denies, of a policy made by hand of the others
	python3 - <<'PYTHON'
import json
p = json.load(open('taught.json'))
for name, keep in ('others', lambda run: run != '7'), ('seventh', lambda run: run == '7'):
    facts = [{**f, 'runs': {'0': 1}} for f in p['facts'] if any(map(keep, f['runs']))]
    json.dump({**p, 'runs': p['runs'][:1], 'facts': facts}, open(name + '.json', 'w'))
PYTHON
	"$PINHOLE" policy others.json -o others.policy && expect 1 "$PINHOLE" check others.policy seventh.json | sed -n '1s/ (part of .*)$//p' >said &&
		python3 -c "import json; print(json.load(open('out.json'))['policy']['missing'][0]['denied'][0])" | same said -
}
"$PINHOLE" confidence --json --policy taught.json >out.json
check "it is what check denies" by_check
gate() {
	"$PINHOLE" confidence --policy --fail-above=0.1 taught.json >out && expect 1 "$PINHOLE" confidence --policy --fail-above=9% taught.json >out 2>err &&
		grep -q 'chance of 0.1, which is above 0.09' err && grep -q 'run 18' out &&
		"$PINHOLE" confidence --policy --fail-above=5% steady.json >out && expect 1 "$PINHOLE" confidence --policy --fail-above=0.04 steady.json 2>err >out &&
		grep -q '20 runs cannot tell a chance as small as 0.04, so --fail-above fails; record 25' err
}
check "a gate" gate
other_gates() {
	"$PINHOLE" confidence --fail-above=0.7 complete.json >out && expect 1 "$PINHOLE" confidence --fail-above=0.5 complete.json >out 2>err && grep -q 'show something new' err &&
		expect 1 "$PINHOLE" confidence --policy --fail-above=0.5 one.json >out 2>err && grep -q 'cannot be estimated yet' err && expect 1 "$PINHOLE" confidence --fail-above=0.5 one.json >out 2>err
}
check "gates of news, and of too few runs" other_gates
refused() { # TEXT OPTION…
	local text=$1
	shift
	expect 2 "$PINHOLE" confidence "$@" taught.json 2>err >out && [ ! -s out ] && grep -q -- "$text" err || { cat err; false; }
}
wrong_policies() {
	refused 'between 0 and 1' --fail-above=0 && refused 'between 0 and 1' --fail-above=1 && refused 'between 0 and 1' --fail-above=x && refused 'between 0 and 1' --fail-above=5%% &&
		refused 'no option that says how a policy is derived' --policy=--output=x && refused 'no option' --policy=nothing && refused 'needs a value' --policy=args &&
		refused 'takes no value' --policy=portable=yes && refused 'none, shape or exact' --policy=args=all && refused 'one of them' --policy --by=syscall &&
		refused '/bin/none' --policy=program=/bin/none
}
check "wrong policies and chances" wrong_policies
many_denied() { in_time 60 "$PINHOLE" confidence --policy hostile.json >out; }
check "many runs under the policies of others" many_denied

need_tracing "recorded runs"
recorded() {
	rm -f r.json
	for mode in quiet quiet exact "quiet --fresh" "plain"; do "$PINHOLE" record -q -o r.json --mode=$mode -- true || return 1; done
	figure r.json "c['complete'] == 4 and c['runs'] == 5"
}
check "record says what is complete" recorded
long_run() {
	"$PINHOLE" record -q -o l.json -- sh -c 'sleep 10.5' && "$PINHOLE" show --json l.json | grep -q '"first": {"0": ' && figure l.json "c['spans']['run'] == 0"
}
check "a run of more than ten seconds says when it saw what" long_run
same_again() { "$PINHOLE" merge -o m.json l.json r.json && "$PINHOLE" merge -o n.json r.json m.json l.json && same m.json n.json; }
check "merging such runs is a set union" same_again

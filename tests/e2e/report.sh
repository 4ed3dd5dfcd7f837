# `pinhole report`: a well-formed page that loads nothing and shows outside names as text; its
# Markdown likewise. report-browser.sh tests its look and behaviour in a browser.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"

for kind in hostile large; do "$SOURCE/tests/oracles/report-profile" $kind >$kind.json; done
cat >page.py <<'PYTHON'
"""Reads a page strictly: page.py FILE; or shows the text in it: page.py --text FILE."""
import base64
import hashlib
import re
import sys
from html.parser import HTMLParser

VOID = {'meta', 'input', 'link', 'br', 'img'}
# Whatever the profile says, these are all there is.
TAGS = set('html head meta title style body a header h1 h2 h3 small p nav ul li strong main section div table thead tbody tr th td code '
           'details summary pre b span cite form label input select option button footer script svg path rect g text ol figure figcaption'.split())


class Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.refs, self.texts, self.csp, self.text = [], set(), [], {}, '', []

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        assert tag in TAGS, f'{self.getpos()}: <{tag}>'
        assert len(set(names)) == len(names), f'{self.getpos()}: attributes twice'
        for name, value in attributes:
            assert not name.startswith('on') and name not in ('style', 'src', 'srcset', 'action', 'formaction', 'data', 'xlink:href'), f'{self.getpos()}: {name}'
            if name == 'href':
                assert value.startswith('#'), f'{self.getpos()}: {value}'
            if name == 'id':
                assert value not in self.ids, f'{self.getpos()}: id {value} twice'
                self.ids.add(value)
            if name in ('href', 'for', 'aria-labelledby', 'aria-describedby'):
                self.refs.append(value.lstrip('#'))
        if ('http-equiv', 'Content-Security-Policy') in attributes:
            self.csp = dict(attributes)['content']
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.open.pop()

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f'{self.getpos()}: </{tag}> in {self.open[-3:]}'
        self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] in ('script', 'style'):
            self.texts.setdefault(self.open[-1], []).append(data)
        else:
            self.text.append(data)

    def handle_comment(self, data):
        raise AssertionError(f'{self.getpos()}: a comment')

    handle_decl_count = 0

    def handle_decl(self, decl):
        assert decl == 'DOCTYPE html' and self.handle_decl_count == 0
        self.handle_decl_count = 1


page = Page()
with open(sys.argv[-1], encoding='utf-8', newline='') as file:
    whole = file.read()
page.feed(whole)
page.close()
assert not page.open, page.open
if sys.argv[1] == '--text':
    print(''.join(page.text))
    sys.exit()
assert set(page.refs) <= page.ids, set(page.refs) - page.ids
assert page.csp.startswith("default-src 'none'; style-src 'sha256-") and 'unsafe' not in page.csp, page.csp
for kind in ('script', 'style'):
    assert len(page.texts[kind]) == 1, kind
    digest = base64.b64encode(hashlib.sha256(page.texts[kind][0].encode()).digest()).decode()
    assert f"{kind}-src 'sha256-{digest}'" in page.csp, (kind, digest, page.csp)
    assert 'url(' not in page.texts[kind][0] and '@import' not in page.texts[kind][0] and 'http' not in page.texts[kind][0]
assert not re.search('[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]', whole), 'characters that are not to be seen'
PYTHON
well_formed() { "$PINHOLE" report "$1" -o page.html && python3 page.py page.html; }
for profile in "$SOURCE"/tests/golden/profile/*.json hostile.json large.json; do
	check "the page of ${profile##*/}" well_formed "$profile"
done
same_files() { # the script and style of the source, to the byte, and nothing in them from the profile
	"$PINHOLE" report hostile.json -o page.html && python3 -c '
import sys
page = open("page.html").read()
for name, tag in (("js", "script"), ("css", "style")):
    assert f"<{tag}>" + open(sys.argv[1] + "/policies/report/page/report." + name).read() + f"</{tag}>" in page, name
' "$SOURCE"
}
check "style and script are those of the source" same_files
as_text() {
	"$PINHOLE" report hostile.json -o page.html && python3 page.py --text page.html >text || return 1
	for text in '<script>alert(1)</script>' '"><img src=x onerror=alert(2)>' '</style><style>*{display:none}' '&lt;b&gt;&amp;' \
		'<!--' '\u{202e}exe' '\x1b[31mred' '%s%n%d' 'ünïcödé 文字 🙂'; do
		grep -qF -- "$text" text || { echo "no $text"; return 1; }
	done
}
check "names of strangers are text" as_text
size() { "$PINHOLE" report large.json -o page.html && [ "$(wc -c <page.html)" -lt 7000000 ] && [ "$(grep -c '<tr data-f' page.html)" = 5016 ]; }
check "5,000 facts are all there, in a few megabytes" in_time 60 size

huge() { # of all there is a part, and what is dangerous is in it
	"$SOURCE/tests/oracles/report-profile" huge >huge.json && "$PINHOLE" report huge.json -o page.html && [ "$(wc -c <page.html)" -lt 4000000 ] &&
		rows=$(grep -c '<tr data-f' page.html) && [ "$rows" -le 10000 ] && [ "$rows" -ge 9000 ] &&
		grep -q "This page has $rows of the 100000 facts: at most [0-9]* of each call" page.html &&
		grep -q 'more facts of this call left out, as the page is large: <code>pinhole explain PROFILE syscall_0x200</code>' page.html &&
		grep -q '<summary>All 3000 runs' page.html && grep -q '<summary>All 3000 programs' page.html &&
		[ "$(grep -c 'CLONE_NEWUSER' page.html)" -ge 1 ] && [ "$(grep -c '2000 more [rp]' page.html)" = 2 ] &&
		grep -q '99940 more words: see pinhole show --json' page.html && grep -q 'Kernel: .* and others' page.html &&
		python3 page.py page.html
}
check "of 100,000 facts the page has a part, and says which" in_time 120 huge

bounded() { # a megabyte that stands for gigabytes
	python3 - "$SOURCE/tests/golden/profile/stacks-ab.json" <<'PYTHON' && "$PINHOLE" report bomb.json -o page.html && [ "$(wc -c <page.html)" -lt 24000000 ] && grep -q 'left out, as the page is large' page.html
import json, sys
profile = json.load(open(sys.argv[1]))
profile["frames"] = [[1, hex(i), chr(97 + i) * 1000 + "+0x1"] for i in range(4)]
profile["stacks"] = [{"frames": [i] * 256} for i in range(4)]
profile["facts"] = [{"phase": phase, "arch": "x86_64", "syscall": "ioctl", "nr": 16, "args": {"request": str(0x7700 + i)}, "values": [0x7700 + i], "programs": [0], "runs": {"0": 1}, "stacks": [0, 1, 2, 3]}
                    for phase in ("load", "main") for i in range(200)]
json.dump(profile, open("bomb.json", "w"))
PYTHON
}
check "a page has an end" in_time 120 bounded

# Markdown: what comes from the profile stands in code alone.
markdown_text() {
	"$PINHOLE" report --format=markdown hostile.json >report.md && python3 - <<'PYTHON'
import re
text = open('report.md', encoding='utf-8', newline='').read()
# CommonMark 0.31, 6.1: a run of backticks, up to the next of the same length.
outside = re.sub(r'(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)', 'CODE', text)
outside = re.sub(r'<code>[^<`|\n\\]*</code>', 'CODE', outside)
for bad in ('<', 'evil', 'alert', 'everyone', '`', '](', '\x1b', '\u202e'):
    assert bad not in outside, (bad, outside)
for row in re.findall(r'^\|.*$', outside, re.M):
    assert row.count('|') == 6, row
assert len(text) < 65536 and re.search(r'^- `chroot\(\)` in main: \*\*escape\*\*', text, re.M), text
PYTHON
}
check "markdown: names of strangers are code" markdown_text
markdown_limit() { "$PINHOLE" report --format=markdown large.json >large.md && [ "$(wc -c <large.md)" -lt 65536 ] && grep -q 'and [0-9]* more' large.md; }
check "markdown: fits into a comment" markdown_limit

# The answer comes first: what it may do, what to look at (the gravest first), then all else; what only loading shows is set apart.
answer() {
	"$PINHOLE" report hostile.json -o page.html && python3 - <<'PYTHON' && "$PINHOLE" report --format=markdown hostile.json | grep -q '^\*\*Opens no sockets.*way out of the sandbox.*\*\*$'
import re
page = open('page.html', encoding='utf-8').read()
ids = re.findall(r'<section id="(\w+)"', page)
assert ids[:3] == ['look', 'classes', 'docker'] and ids[-2:] == ['runs', 'programs'], ids
verdict = re.search(r'<p id="verdict">(.*?)</p>', page)[1]
assert verdict.startswith('Opens no sockets, opens no files, starts no programs; 3 things to look at, one of them a way out of the sandbox; '), verdict
look = page[page.index('id="look"'):page.index('id="classes"')]
assert re.findall(r'<li class="(\w+)">', look) == ['escape', 'caution', 'caution'], look
assert re.findall(r'href="#c-(\w+)"', look) == ['chroot', 'setgid', 'setuid'], look
assert 'ptrace' in page[page.index('id="docker"'):page.index('id="discovery"')]
PYTHON
}
check "the answer comes first" answer
# The map: every call of the architecture, once; as many let through as the comparison counts; changes as made by hand.
map() {
	"$PINHOLE" policy hostile.json -o new.policy && python3 - <<'PYTHON' && "$PINHOLE" report --compare=old.policy hostile.json -o page.html && python3 page.py page.html && python3 map.py
import json
policy = json.load(open('new.policy'))
policy['rules'] = [rule for rule in policy['rules'] if rule['syscall'] not in ('umask', 'chroot')]
policy['rules'].append({'syscall': 'ptrace', 'action': 'allow'})
policy['rules'].append({'syscall': 'umask', 'action': 'allow', 'any': [{'mask': 2}]})
json.dump(policy, open('old.policy', 'w'))
open('map.py', 'w').write("""
import re
page = open('page.html', encoding='utf-8').read()
map = page[page.index('<section id="map"'):page.index('<section id="discovery"')]
drawn = map[map.index('<div class="map">'):map.index('The map as a table')]
cells = dict((name, (tag, classes.split())) for tag, classes, name in re.findall(r'<(a|g)[^>]* class="k ([^"]*)"><title>([^:]*):', drawn))
names = set(re.findall(r'<code>([^<]*)</code>', map[map.index('The map as a table'):map.index('Before and after')]))
assert len(cells) == drawn.count('class="k ') and set(cells) == names and len(cells) > 360, len(cells)
let = sum('closed' not in classes for _, classes in cells.values())
assert re.search(r'it lets <strong>%d calls</strong> through' % let, page), let
for name, (tag, classes) in cells.items(): # a link leads to rows
    assert (tag == 'a') == (f'<tbody id="c-{name}">' in page), name
assert cells['chroot'][1] == ['open', 'escape', 'changed'] and cells['ptrace'][1] == ['closed', 'changed'] and cells['getpid'][1] == ['open'], cells
assert {name for name, (_, classes) in cells.items() if 'changed' in classes} == {'chroot', 'ptrace', 'umask'}
opened, gone = map[map.index('Before and after'):].split('No longer possible')
assert re.findall(r'<li><code>(\\w+)', opened) == ['chroot', 'umask'] and re.findall(r'<li><code>(\\w+)', gone) == ['ptrace'], (opened, gone)
""")
PYTHON
	"$PINHOLE" report --format=markdown --compare=old.policy hostile.json >map.md && [ "$(grep -c '^- now possible: `\(chroot\|umask\)' map.md)" = 2 ] &&
		[ "$(grep -c '^- no longer possible: `ptrace`$' map.md)" = 1 ] && "$PINHOLE" report --compare=hostile.json hostile.json -o page.html &&
		grep -q 'Both let the same calls through' page.html && ! grep -q 'k [a-z ]*changed' page.html
}
check "the map has every call, and what changed" map

# Who asks: each stack of each fact counts once, in the drawing and in the table; a call is a link to its rows.
who() {
	for profile in "$SOURCE"/tests/golden/profile/stacks-*.json hostile.json; do
		"$PINHOLE" report "$profile" -o page.html && python3 - "$profile" <<'PYTHON' || return
import html, json, re, sys
profile = json.load(open(sys.argv[1]))
pairs = sum(len(fact.get('stacks', [])) for fact in profile['facts'])
page = open('page.html', encoding='utf-8').read()
if pairs == 0:
    assert 'id="who"' not in page
    sys.exit()
who = page[page.index('<section id="who"'):page.index('<section id="discovery"')]
drawn = re.findall(r'<svg class="f (\w+ ?\w*)" x="([0-9.]+)%" y="(\d+)" width="([0-9.]+)%"[^>]*><title>(.*?): (\d+) fact', who)
assert abs(sum(float(width) for _, _, y, width, _, _ in drawn if y == '0') - 100) < 0.1, drawn
assert sum(int(facts) for _, _, y, _, _, facts in drawn if y == '0') == pairs, drawn
assert sum(int(facts) for kind, _, _, _, _, facts in drawn if 'call' in kind) == pairs, drawn
rows = re.findall(r'<th scope="row" class="wide"><code>(.*?)</code></th><td class="number">(\d+)</td>', who)
assert sum(int(facts) for _, facts in rows) == pairs and len(rows) == len(set(rows)), rows
PYTHON
	done
}
check "who asks" who

# What each run taught, in the order of first seeing: every run did getpid, run 0 alone umask(1), 1 and 3 umask(2), 2 the socket.
taught() {
	python3 - <<'PYTHON' && "$PINHOLE" report taught.json -o page.html && python3 page.py page.html && python3 taught.py
import json
def fact(name, nr, runs, **more):
    return {'phase': 'main', 'arch': 'x86_64', 'syscall': name, 'nr': nr, 'programs': [0], 'runs': runs, **more}
facts = [fact('getpid', 39, {str(run): 1 for run in range(4)}), fact('umask', 95, {'0': 1}, args={'mask': '1'}, values=[1]),
         fact('umask', 95, {'1': 1, '3': 2}, first={'3': 7000}, args={'mask': '2'}, values=[2]),
         fact('socket', 41, {'2': 1}, args={'domain': 'AF_INET', 'type': 'SOCK_STREAM', 'protocol': '0'}, values=[2, 1, 0])]
runs = [{'id': 'r%d' % i, 'command': ['x'], 'started': '2026-01-0%dT12:00:00Z' % (i + 1), 'mode': 'exact', 'kernel': '6.1', 'exit': 'exit 0', 'label': 'part %d' % i} for i in range(4)]
runs[3]['lasted'] = 20000
json.dump({'format': 'pinhole-profile', 'version': 1, 'runs': runs, 'programs': [{'path': '/bin/x'}], 'facts': facts}, open('taught.json', 'w'))
open('taught.py', 'w').write("""
import re
page = open('page.html', encoding='utf-8').read()
taught = page[page.index('<section id="taught"'):page.index('<section id="discovery"')]
assert '1 fact happened in every run. Of the other 3, here by the run that first saw them, 2 hang on one run.' in taught, taught
rows = re.findall(r'rowgroup" colspan="3"><strong>(.*?)</strong> <span class="meta">(.*?)</span>|<code>(.*?)</code></a>.*?<svg class="strip( once|)".*?<td class="nowrap">(.*?)</td>', taught)
assert rows == [('run 1 (part 1)', '1 new fact', '', '', ''), ('', '', 'umask(mask=02)', '', '2 of 4 runs'),
                ('run 2 (part 2)', '1 new fact; the first with using sockets, internet connections', '', '', ''),
                ('', '', 'socket(domain=AF_INET, type=SOCK_STREAM, protocol=0)', ' once', 'only run 2'),
                ('run 0 (part 0)', '2 new facts', '', '', ''), ('', '', 'umask(mask=01)', ' once', 'only run 0')], rows
strips = re.findall(r'<svg class="strip[^>]*>(.*?)</svg>', taught)
assert re.findall(r'x="([0-9.]+)%" width="([0-9.]+)%"', strips[0]) == [('25.00', '25.00'), ('75.00', '25.00')], strips
assert '<strong>run 3 (part 3)</strong> lasted 20 s, and first saw its last of 1 fact after 7 s' in taught, taught
assert 'using sockets' in page and 'first in run 2 (part 2)' in page[page.index('id="classes"'):page.index('id="docker"')]
curves = page[page.index('<section id="discovery"'):page.index('<section id="policy"')]
assert 'Where no run is named, run 0 was the first. Not seen: ' in page
record = page[page.index('<section id="runs"'):page.index('<section id="programs"')]
assert re.findall(r'<th scope="col"[^>]*>(.*?)</th>', record) == ['Run', 'Started (UTC)', 'Label', 'New facts', 'So far'], record
assert 'All runs: <code>x</code> mode exact; ended: exit 0;' in record, record
assert curves.count('class="dot"') == 3 and re.search('<span>4</span><span>3</span><span>2</span>', curves), curves
""")
PYTHON
}
check "what each run taught" taught

# Several profiles; standard streams; what is refused.
merged() {
	local one="$SOURCE/tests/golden/profile/stacks-a.json" two="$SOURCE/tests/golden/profile/stacks-b.json"
	"$PINHOLE" merge "$one" "$two" -o merged.json && "$PINHOLE" report merged.json >merged.html && "$PINHOLE" report "$two" "$one" >two.html &&
		same merged.html two.html && "$PINHOLE" report - <merged.json | cmp - merged.html
}
check "several profiles are merged" merged
"$PINHOLE" policy hostile.json -o hostile.policy
refused() { # MESSAGE ARG…
	local text=$1
	shift
	expect 2 "$PINHOLE" report "$@" >out 2>err && [ ! -s out ] && grep -q -- "$text" err || { cat err; false; }
}
check "a policy is no profile" refused . hostile.policy
check "an older policy that is none" refused large.md --compare=large.md hostile.json
check "an older policy is not written over" refused 'would be overwritten' --compare=hostile.policy -o hostile.policy large.json
check "an unknown format" refused 'give html or markdown' --format=pdf hostile.json
check "no profile" refused usage
check "one that is not there" refused nothing.json hostile.json nothing.json
cp hostile.json kept.json
check "a source is not written over" refused 'would be overwritten' -o kept.json large.json kept.json
check "nor changed" same hostile.json kept.json
empty() {
	echo '{"format": "pinhole-profile", "version": 1, "runs": [], "programs": [], "facts": []}' >empty.json
	well_formed empty.json && grep -q 'No policy can be derived' page.html && "$PINHOLE" report --format=markdown empty.json
}
check "an empty profile" empty
if need "not on a terminal" script; then
	terminal() { expect 2 script -qec "'$PINHOLE' report hostile.json" /dev/null </dev/null >out 2>&1 && grep -q 'will not write HTML to a terminal' out; }
	check "a page is not written to a terminal" terminal
	terminal_markdown() { script -qec "'$PINHOLE' report --format=markdown hostile.json" /dev/null </dev/null >out 2>&1 && grep -q '^### pinhole' out; }
	check "Markdown is" terminal_markdown
fi

need_tracing report
discovery() { # PATTERN: in the page of seen.json
	"$PINHOLE" report seen.json -o page.html && python3 page.py page.html && python3 page.py --text page.html >text && grep -Eq -- "$1" text || { cat text; false; }
}
check "record" "$PINHOLE" record -o seen.json --label "the first" -- "$PROGRAMS/refuse" good
check "one run" discovery 'There is one run'
nameless() { strip -o bare "$PROGRAMS/refuse" && "$PINHOLE" record -o bare.json -- ./bare good && "$PINHOLE" report bare.json -o bare.html && grep -q 'places in <code>[^<]*/bare</code> are bare addresses' bare.html && ! grep -q 'places in <code>[^<]*/refuse</code>' page.html; }
check "how to get names for bare addresses" nameless
check "its label, and where calls come from" eval 'grep -q "the first" text && grep -q "in refuse$" text'
linked() { # each call of the drawing, once, from its facts
	python3 - <<'PYTHON'
import re
page = open('page.html', encoding='utf-8').read()
drawing = page[page.index('class="icicle"'):page.index('</svg></div>')]
drawn, boxes, links = set(re.findall(r'href="#(c-[^"]+)"', drawing)), re.findall(r' id="w-([^"]+)"', drawing), re.findall(r'href="#w-([^"]+)"', page)
assert len(drawn) > 5 and sorted(drawn) == sorted(boxes) == sorted(links), (drawn, boxes, links)
for call in drawn:
    row = page[page.index('<tbody id="%s">' % call):]
    assert 'href="#w-%s"' % call in row[:row.index('</tbody>')], call
PYTHON
}
check "a call's facts lead to its box in the drawing" linked
loading() {
	python3 - <<'PYTHON'
page = open('page.html', encoding='utf-8').read()
own, loaded = page[page.index('id="look"'):page.index('id="classes"')].split('While it is loaded: ')
assert 'href="#c-execve"' in loaded and 'href="#c-execve"' not in own, (own, loaded)
PYTHON
}
check "what every program does while it is loaded is set apart" loading
added() {
	grep -q 'Added, not seen' text && grep -q 'Nothing of it is marked as dangerous' text && "$PINHOLE" report --format=markdown seen.json >added.md || return
	grep -E '^[|] [a-zA-Z V]+ [|] `.* [|] [0-9]+ [|] [0-9]+ [|] [a-z0-9_]+ [|]$' added.md >classes &&
		grep -q '^| chance | .* | [1-9][0-9]* | 0 | ' classes && grep -q '^| internet connections\|^| using sockets' classes && ! grep -v '| 0 | [a-z0-9_]* |$' classes
}
check "what was added is set apart, by class, without dangers" added
check "Docker's profile beside it" grep -Eq 'On x86_64 it lets [0-9]+ calls through. Of the [0-9]+ that Docker' text
sleep 1 # runs are told apart by the second that they began in
check "record something else" expect 3 "$PINHOLE" record -o seen.json -- "$PROGRAMS/libc"
check "discovery goes on" discovery 'not flattening yet'
for _ in 1 2; do sleep 1; check "record it again" expect 3 "$PINHOLE" record -o seen.json -- "$PROGRAMS/libc"; done
check "discovery has flattened" discovery 'has flattened: the last 2 of 4 runs'
exit 0

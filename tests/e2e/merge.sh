# Merging is a set union: any order, any grouping and any repetition give the same bytes.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
golden=$SOURCE/tests/golden/profile

# Profiles as they are written, to the byte, and their union: few stacks of a fact, known symbols.
for file in "$golden"/*.json; do
	written() { "$PINHOLE" merge -o written "$file" && same "$file" written; }
	check "golden $(basename "$file") is as it would be written" written
done
united() { "$PINHOLE" merge -o united "$golden/$1" "$golden/$2" && same "$golden/stacks-ab.json" united; }
check "golden stacks, united" united stacks-a.json stacks-b.json
check "and in the other order" united stacks-b.json stacks-a.json
check "and once more" united stacks-ab.json stacks-a.json
stackless() { sed 's/, "stacks": \[[^]]*\]//; /^ "stacks"/,$d' "$golden/stacks-ab.json" | sed '$s/,$/}/' >bare.json && "$PINHOLE" diff bare.json "$golden/stacks-ab.json"; }
check "stacks make no difference" stackless
need_tracing merge

record_three() {
	"$PINHOLE" record -o a.json --label a -- "$PROGRAMS/phases" &&
		"$PINHOLE" record -o b.json --label b -- "$PROGRAMS/refuse" good &&
		"$PINHOLE" record -o c.json --label c -- "$PROGRAMS/calls" &&
		"$PINHOLE" record -o c.json --label d -- bash -c 'seq 3 | sort'
}
check "three profiles" record_three

any_order() {
	local order
	for order in "a b c" "a c b" "b a c" "b c a" "c a b" "c b a"; do
		set -- $order
		"$PINHOLE" merge -o "$1$2$3" "$1.json" "$2.json" "$3.json" && same abc "$1$2$3" || return 1
	done
}
check "any order" any_order
trees() {
	"$PINHOLE" merge -o ab a.json b.json && "$PINHOLE" merge -o ab_c ab c.json && same abc ab_c &&
		"$PINHOLE" merge -o bc b.json c.json && "$PINHOLE" merge -o a_bc a.json bc && same abc a_bc &&
		"$PINHOLE" merge -o overlap ab bc && same abc overlap
}
check "any tree, overlaps too" trees
idempotent() {
	"$PINHOLE" merge -o same a.json a.json a.json && same a.json same &&
		"$PINHOLE" merge -o same a.json && same a.json same &&
		"$PINHOLE" merge -o same abc b.json && same abc same
}
check "with itself, and with what is in it" idempotent
onto_itself() { cp a.json grows.json && "$PINHOLE" merge -o grows.json grows.json b.json c.json && same abc grows.json; }
check "onto one of the profiles" onto_itself
onto_nothing() { # its own profile may not be there yet, and others must be
	rm -f new.json && "$PINHOLE" merge -o new.json new.json a.json b.json c.json && same abc new.json &&
		"$PINHOLE" merge -o new.json new.json a.json && same abc new.json && rm new.json &&
		expect 2 "$PINHOLE" merge -o new.json new.json && expect 2 "$PINHOLE" merge -o new.json missing.json a.json &&
		expect 2 "$PINHOLE" merge -o other.json new.json a.json && [ ! -e new.json ] && [ ! -e other.json ]
}
check "onto one that is not there yet" onto_nothing
through_pipes() { "$PINHOLE" merge -o - a.json b.json | "$PINHOLE" merge -o - - c.json >piped && same abc piped; }
check "through pipes" through_pipes
nothing_lost() {
	python3 - <<-'PYTHON'
		import json
		load = lambda name: json.load(open(name))
		def facts(profile):
		    return {(f["phase"], f["arch"], f["syscall"], str(f.get("values"))): {profile["runs"][int(r)]["label"]: n for r, n in f["runs"].items()}
		            for f in profile["facts"]}
		merged, expected = facts(load("abc")), {}
		for name in "abc":
		    for key, counts in facts(load(name + ".json")).items():
		        expected.setdefault(key, {}).update(counts)
		assert merged == expected
		assert sorted(r["label"] for r in load("abc")["runs"]) == list("abcd")
	PYTHON
}
check "every fact, and how often each run saw it" nothing_lost
large_values() {
	python3 - <<-'PYTHON'
		import json
		values = {str(v) for f in json.load(open("abc"))["facts"] if f["syscall"] == "mprotect" for v in f.get("values", [])}
		assert str(0xdeadbeef00000001) in values or hex(0xdeadbeef00000001) in values, values
	PYTHON
}
check "values above 2^53, to the last bit" large_values

# Two files that say different things of one run: one of them was edited.
sed 's/"label": "a"/"label": "another"/' a.json >edited.json
conflict() { expect 2 "$PINHOLE" merge -o conflict a.json edited.json && ! test -e conflict; }
check "a run that two files tell differently is an error" conflict
exit 0

# The JSON Schemas of policies/library agree with the program: its output is valid, and files that
# it refuses for their structure are not.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
library=$SOURCE/policies/library bad=$SOURCE/tests/e2e/bad golden=$SOURCE/tests/golden

# The python3 in PATH may be one that was built by hand, without the distribution's modules.
python=
for try in python3 /usr/bin/python3; do
	[ -n "$python" ] || ! "$try" -c 'import jsonschema; jsonschema.Draft202012Validator' 2>/dev/null || python=$try
done
[ -n "$python" ] || skip_all schema "no python3 with jsonschema 4 here"
valid() { "$python" "$SOURCE/tests/oracles/schema" "$library/$1.schema.json" "${@:2}"; }
invalid() { expect 1 valid "$@"; }

# What is in the tree.
for file in "$library"/*.json; do
	case $file in *.schema.json) continue ;; esac
	name=$(basename "$file")
	check "the library's $name is valid" valid policy "$file"
	check "show reads it" "$PINHOLE" show "$file"
	check "generate compiles it" "$PINHOLE" generate "$file" -f asm -o /dev/null
done
for file in "$golden"/good-policy/*.json "$golden"/policy/*.json; do
	check "golden $(basename "$file") is valid" valid policy "$file"
done
for file in "$golden"/profile/*.json; do
	check "golden $(basename "$file") is valid" valid profile "$file"
done

# What is well-formed and yet refused, because only the program knows calls, arguments, values and positions.
meaning=" argument_unknown errno_unknown mask_outside mask_outside_in mask_outside_range pointer pointer_by_position
	range_reversed rule_arch_outside rule_unreached syscall_elsewhere syscall_number_of_known syscall_unknown value_unknown
	value_wide value_wide_string unknown_argument unknown_errno unknown_syscall unknown_value value_too_wide
	number_of_another_call numbers_of_calls numbers_with_arguments numbers_of_another_name
	numbers_of_another_nr arguments_of_no_call program_out_of_range run_out_of_range value_not_canonical values_too_many
	frame_out_of_range frames_missing module_out_of_range stack_out_of_range stacks_differ_in_symbols "
structural() { case " $(echo $meaning) " in *" $1 "*) return 1 ;; esac; }
for file in "$golden"/bad-policy/*.json; do
	name=$(basename "$file" .json)
	if structural "$name"; then
		check "golden bad $name is not valid" invalid policy "$file"
	else
		check "golden bad $name is of good structure" valid policy "$file"
	fi
done

# What code can reach: what is written is valid; what is refused for its structure is refused by both.
reach_file() { "$PINHOLE" reach -o reach.json "$PROGRAMS/libc" && valid reach reach.json; }
check "what reach writes is valid" reach_file
"$python" - <<-'PYTHON'
	import json
	good = json.load(open("reach.json"))
	call, module = good["calls"][0], good["modules"][0]
	function = call["path"][0]
	def write(name, **change):
	    json.dump({**good, **change}, open(name + ".reach", "w"))
	write("right-no_calls", calls=[], undecided=[], notes=[])
	write("right-unnamed", calls=[{**call, "path": [function[:2]]}])
	write("right-undecided", undecided=[{"place": [0, "0X1f", "\\xe4"], "why": "?"}])
	wrong = {"modules": [[], [{**module, "functions": -1}], [{**module, "path": None}], [{**module, "more": 1}], [[]]],
	         "calls": [[{**call, "nr": -1}], [{**call, "nr": 1.0}], [{**call, "arch": "vax"}], [{**call, "path": {}}],
	                   [{**call, "path": [[0]]}], [{**call, "path": [function[:2] + [3]]}],
	                   [{**call, "path": [[0, "1x"]]}], [{**call, "path": [["0", "0x1"]]}],
	                   [{**call, "path": [function[:2] + ["\\q"]]}], [{k: call[k] for k in call if k != "path"}]],
	         "undecided": [[{"place": function}], [{"place": "here", "why": ""}], ["x"]],
	         "notes": ["", [1]], "sites": [-1, "2"], "version": [1.0, "1"], "format": ["pinhole-profile"]}
	for key, values in wrong.items():
	    for i, value in enumerate(values):
	        write("wrong-%s-%d" % (key, i), **{key: value})
	json.dump({k: good[k] for k in good if k != "sites"}, open("wrong-missing.reach", "w"))
PYTHON
printf '{"format": "pinhole-profile", "version": 1, "runs": [], "programs": [], "facts": [], "stacks": []}' >empty.profile
reads() { "$PINHOLE" show --json --reach="$1" empty.profile >out 2>err; }
for file in right-*.reach; do
	check "$file is valid" valid reach "$file"
	check "$file is read" reads "$file"
done
for file in wrong-*.reach; do
	check "$file is not valid" invalid reach "$file"
	check "$file is refused" expect 2 reads "$file"
done

# What the program writes.
need_tracing schema
"$PINHOLE" record -o profile.json --label $'b\xe4d \\ "label"' -- "$PROGRAMS/phases"
"$PINHOLE" record -o profile.json -- "$PROGRAMS/refuse" good
check "a recorded profile is valid" valid profile profile.json
for args in none shape exact; do
	"$PINHOLE" policy profile.json --args=$args -o "$args.json"
	check "a policy of it with --args=$args is valid" valid policy "$args.json"
done
"$python" - <<-'PYTHON'
	import json
	profile = json.load(open("profile.json"))
	first = next(f for f in profile["facts"] if "args" in f)
	name = next(iter(first["args"]))
	wide = {k: v for k, v in first.items() if k not in ("args", "values", "failed")}
	wide["wide"] = {n: {"bits": "0xffffffffffffffff", "min": 0, "max": 5} for n in first["args"]}
	def write(file, *facts):
	    json.dump(dict(profile, facts=list(facts)), open(file, "w"))
	write("wide.json", wide)
	write("failed.json", {**first, "failed": ["ENOENT", 4000]})
	for i, change in enumerate(({"failed": []}, {"failed": ["ENOENT", "ENOENT"]}, {"failed": [0]}, {"failed": "ENOENT"},
	                            {"args": None}, {"programs": []}, {"runs": {}}, {"nr": 1.0}, {"runs": {"00": 1}})):
	    write("wrong-%d.json" % i, {**first, **change})
	write("wrong-wide.json", {**wide, "args": first["args"], "values": first["values"]})
	write("wrong-wide-failed.json", {**wide, "failed": ["ENOENT"]})
	write("wrong-values.json", {k: v for k, v in first.items() if k != "values"})
PYTHON
check "a widened fact is valid" valid profile wide.json
check "a fact of failures is valid" valid profile failed.json
for file in wrong-*.json; do check "$file is not valid" invalid profile "$file"; done
check "a policy is no profile" invalid profile shape.json
check "a profile is no policy" invalid policy profile.json

# The files that bad-input.sh makes.
"$PINHOLE" record -o one.json --fresh -- "$PROGRAMS/phases" 2>/dev/null || "$PINHOLE" record -o one.json -- "$PROGRAMS/phases"
cp "$bad/policy.json" policy-one.json
check "the good policy is valid" valid policy policy-one.json
check "the good profile is valid" valid profile one.json
for kind in policy profile; do
	good=one.json
	[ $kind = profile ] || good=policy-one.json
	for case in "$bad/$kind"/*.sed; do
		name=$(basename "$case" .sed)
		sed -f "$case" $good >"bad-$name.json"
		if structural "$name"; then
			check "$folder: $name is not valid" invalid $kind "bad-$name.json"
		else
			check "$folder: $name is of good structure" valid $kind "bad-$name.json"
		fi
	done
done
exit 0

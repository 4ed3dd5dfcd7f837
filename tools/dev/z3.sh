# How the scripts that prove ask z3. Sourced by bash. SPDX-License-Identifier: MIT
me=tools/$(basename "$0")
command -v z3 >/dev/null || { echo "$me: z3 is missing: run tools/dev/setup --test" >&2; exit 2; }
: "${Z3_SECONDS:=120}" # for one question

# answers QUESTIONS VERDICTS: has z3 answer the questions of a file, which begin with (reset), and succeeds where each answer
# is the first word of its line of the other file (the rest of the line says what the question is about). No answer is
# never the right one. A line more, "z3 SAT UNSAT", counts the answers.
answers() {
	local total
	total=$(wc -l <"$2")
	z3 -t:$((Z3_SECONDS * 1000)) "$1" 2>&1 | awk -v me="$me" -v seconds="$Z3_SECONDS" -v total="$total" -v verdicts="$2" '
		{
			if ((getline verdict <verdicts) <= 0)
				verdict = "nothing more"
			wanted = verdict
			sub(/ .*/, "", wanted)
			count[$0]++
			if ($0 == wanted)
				next
			bad++
			sub(/^[^ ]* /, "", verdict)
			if ($0 == "unknown" || $0 == "timeout")
				what = "z3 does not know within " seconds " s"
			else
				what = "z3 says " $0
			print me ": " verdict ": " what ", wanted is " wanted >"/dev/stderr"
		}
		END {
			if (NR != total) {
				print me ": z3 gave " NR " answers to " total " questions of " verdicts >"/dev/stderr"
				bad++
			}
			if (total == 0)
				print me ": no question in " verdicts >"/dev/stderr"
			print "z3", count["sat"] + 0, count["unsat"] + 0
			exit bad > 0 || total == 0
		}'
}

# What the container runtimes' scripts share. SPDX-License-Identifier: MIT
. "$SOURCE/tests/consumers/lib/learned.sh"
no_new_privileges=yes
way=run
besides="unrecorded_without_arguments command option"
seccomp=$HERE/seccomp.json

make_output() { generated oci seccomp.json; }
# A folder for the bundle of its own a command: workloads run some at once.
inside() {
	local bundle status=0
	bundle=$(mktemp -d "$HERE/bundle.XXXXXX") && mkdir "$bundle/root" "$bundle/state" &&
		"$SOURCE/tests/consumers/bundle" "$bundle" "$seccomp" $no_new_privileges "$HERE" "$@" || return 125
	"in_$way" "$bundle" "$(basename "$bundle")" || status=$?
	remove "$bundle"
	return $status
}
in_run() { timeout -k 2 60 "$runtime" --root "$1/state" run -b "$1" "$2"; }
# A container that was not started yet has a process, so that a command can be executed in it: the runtime's own.
in_exec() {
	local status=0
	timeout -k 2 60 "$runtime" --root "$1/state" create -b "$1" "$2" </dev/null >"$1/create.out" 2>&1 || {
		cat "$1/create.out" >&2
		return 125
	}
	timeout -k 2 60 "$runtime" --root "$1/state" exec -p "$1/process.json" "$2" || status=$?
	"$runtime" --root "$1/state" delete -f "$2" >/dev/null 2>&1
	return $status
}

# all_ways NAME: started and executed, with no_new_privs set and without, for which runtimes do different things, and with both
# kinds of answers.
all_ways() {
	local way no_new_privileges default answer program=refuse
	for default in kill errno:EPERM; do
		answer=$killed
		[ $default = kill ] || answer="survived, Operation not permitted
status 0"
		"$PINHOLE" policy --generalize=none --default=$default "$LEARNED/refuse.json" -o refuse.policy && generated oci seccomp.json "$PWD/refuse.policy" ||
			{ fail "$1: $default" "was not written"; return; }
		for way in run exec; do
			for no_new_privileges in yes no; do
				check "$1: $way, no_new_privs $no_new_privileges, $default" starts "$answer"
			done
		done
	done
}
# --strict leaves out what the runtime itself calls: then it starts nothing, so that the checks above can fail.
starts_nothing() {
	local way=run no_new_privileges=no
	"$PINHOLE" generate -f oci --strict "$LEARNED/refuse.policy" -o seccomp.json && ! inside "$PROGRAMS/refuse" good
}
# A whole workload, executed.
executes() {
	local way=exec no_new_privileges=no program=sqlite3
	[ -e "$LEARNED/sqlite3.policy" ] || return 0
	check "$1: written" make_output && check "$1: exec: sqlite3 does its work" does_its_work
}

# in_runtime NAME: the machine's own, and those of other releases of Debian.
in_runtime() {
	local name=$1 release label
	need_containers "$name"
	need "$name" python3 || exit 0
	for release in machine $OTHER_RELEASES; do
		runtime=$(runtime_of "$name" "$release") || { skip "$name of $release" "$runtime"; continue; }
		label="$name $("$runtime" --version | sed -n '1s/.* //p')"
		seccomp=- inside true >probe.out 2>&1 || {
			skip "$label" "runs no containers here, even without a filter: $(tail -n 1 probe.out)"
			continue
		}
		if [ "$release" = machine ]; then
			consume "$label"
			no_new_privileges=no consume "$label, privileges can be gained" refuse
		fi
		all_ways "$label"
		check "$label: with --strict nothing starts" starts_nothing
		executes "$label"
	done
	exit 0
}

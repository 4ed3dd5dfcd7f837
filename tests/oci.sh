# What the container runtimes' scripts share. SPDX-License-Identifier: MIT
. "$SOURCE/tests/consumers.sh"
no_new_privileges=yes
besides="unrecorded_without_arguments command option"
seccomp=$HERE/seccomp.json

make_output() { generated oci seccomp.json; }
# A folder for the bundle of its own a command: workloads run some at once.
inside() {
	local bundle status=0
	bundle=$(mktemp -d "$HERE/bundle.XXXXXX") && mkdir "$bundle/root" "$bundle/state" &&
		"$SOURCE/tests/consumers.d/bundle" "$bundle" "$seccomp" $no_new_privileges "$HERE" "$@" || return 125
	timeout -k 2 60 $runtime --root "$bundle/state" run -b "$bundle" "$(basename "$bundle")" || status=$?
	remove "$bundle"
	return $status
}

# in_runtime RUNTIME: with no_new_privs set and without, for which they do different things.
in_runtime() {
	runtime=$1
	need_containers $runtime
	need $runtime $runtime python3 || exit 0
	seccomp=- inside true >probe.out 2>&1 || skip_all $runtime "runs no containers here, even without a filter: $(tail -n 1 probe.out)"
	consume $runtime
	no_new_privileges=no
	consume "$runtime, privileges can be gained" refuse
	exit 0
}

# nsjail, which compiles the policy by Kafel. SPDX-License-Identifier: MIT
. "$SOURCE/tests/consumers/lib/learned.sh"
newer=$killed

make_output() { generated kafel nsjail.kafel; }
inside() {
	"$nsjail" -Mo -Q $options --chroot / --rw --cwd "$PWD" --keep_env --disable_rlimits \
		--seccomp_policy "$HERE/nsjail.kafel" -- "$(type -P "$1")" "${@:2}"
}
# Executed by its descriptor, which policies/library/nsjail.json allows.
by_descriptor() {
	program=refuse options=--execute_fd
	with_base nsjail && generated kafel nsjail.kafel "$PWD/with.policy" && starts "$killed"
}
for release in machine $OTHER_RELEASES; do
	nsjail=$(runtime_of nsjail "$release") || { skip "nsjail of $release" "$nsjail"; continue; }
	echo "USE p DEFAULT ALLOW" | sed '1i POLICY p { ERRNO(1) { acct } }' >nsjail.kafel
	options=
	inside true >probe.out 2>&1 || { skip "nsjail of $release" "jails nothing here: $(tail -n 1 probe.out)"; continue; }
	consume "nsjail of $release" refuse sqlite3
	check "nsjail of $release: executed by its descriptor" by_descriptor
done
exit 0

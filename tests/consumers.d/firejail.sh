# firejail: other architectures and address families are refused with an error, by filters of their own.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/consumers.sh"
need firejail firejail || exit 0
arguments=no newer=$killed no_netlink=
foreign="survived, Success
status 0" # a raw call's negative answer

make_output() { generated firejail firejail.profile; }
# No "--": with it, firejail starts a shell under the filter.
inside() { timeout -k 2 60 firejail --quiet --profile="$HERE/firejail.profile" "$@"; }
# It has processes in a namespace of their own: a server's number, as it says it itself, is another one here.
kill() {
	local at=${*: -1}
	at=$(sed -n "s/^NSpid:[[:space:]]*\\([0-9]*\\)[[:space:]].*[[:space:]]*\\b$at\$/\\1/p" /proc/[0-9]*/status 2>/dev/null | tail -n 1)
	command kill "${@:1:$#-1}" "${at:-${*: -1}}"
}

consume firejail
exit 0

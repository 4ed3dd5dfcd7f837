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
kill() { kill_inside "$@"; }

consume firejail
exit 0

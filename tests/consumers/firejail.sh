# firejail: other architectures and address families are refused with an error, by filters of their own.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/consumers/lib/learned.sh"
need firejail firejail || exit 0
arguments=no newer=$killed no_netlink=
foreign="survived, Success
status 0" # a raw call's negative answer

make_output() { generated firejail firejail.profile; }
# No "--": with it, firejail starts a shell under the filter.
inside() { timeout -k 2 60 firejail --quiet --profile="$HERE/firejail.profile" "$@"; }
# Where it may not be used, or thinks that it is in a sandbox already, it does nothing.
echo "seccomp.drop acct" >firejail.profile
inside grep -q '^Seccomp:[[:space:]]*2' /proc/self/status >probe.out 2>&1 || skip_all firejail "it applies no filter here: $(head -n 1 probe.out)"
kill() { kill_inside "$@"; }

consume firejail
exit 0

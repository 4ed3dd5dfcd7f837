# crun. It answers newer calls as the default says. SPDX-License-Identifier: MIT
. "$SOURCE/tests/consumers/lib/oci.sh"
newer=$killed
in_runtime crun

# runc, which itself puts ENOSYS for newer calls into the filter. SPDX-License-Identifier: MIT
. "$SOURCE/tests/consumers/lib/oci.sh"
in_runtime runc

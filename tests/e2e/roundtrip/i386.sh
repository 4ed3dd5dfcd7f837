# A 32-bit binary. SPDX-License-Identifier: MIT
requires=i386

workload() { "$@" "$PROGRAMS/i386"; }

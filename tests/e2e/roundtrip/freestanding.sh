# A binary without a libc. SPDX-License-Identifier: MIT
requires=freestanding

workload() { "$@" "$PROGRAMS/freestanding"; }

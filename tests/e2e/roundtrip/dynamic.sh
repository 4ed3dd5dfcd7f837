# An ordinary dynamic binary. SPDX-License-Identifier: MIT
requires=dynamic

workload() { "$@" "$PROGRAMS/dynamic"; }

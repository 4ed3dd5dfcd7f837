# A static binary. SPDX-License-Identifier: MIT
requires=static

workload() { "$@" "$PROGRAMS/static"; }

# A static 32-bit binary. SPDX-License-Identifier: MIT
requires=i386_static

workload() { "$@" "$PROGRAMS/i386_static"; }

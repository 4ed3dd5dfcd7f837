# Fifty threads. SPDX-License-Identifier: MIT
requires=threads

workload() { "$@" "$PROGRAMS/threads" 50; }

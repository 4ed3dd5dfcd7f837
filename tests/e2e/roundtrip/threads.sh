# Fifty threads. SPDX-License-Identifier: MIT
threaded=yes requires=threads

workload() { "$@" "$PROGRAMS/threads" 50; }

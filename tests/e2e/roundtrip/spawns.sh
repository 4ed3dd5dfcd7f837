# posix_spawn of glibc 2.38 and later, call by call: what follows where the filter answers clone3. SPDX-License-Identifier: MIT
requires=spawns

workload() { "$@" "$PROGRAMS/spawns"; }

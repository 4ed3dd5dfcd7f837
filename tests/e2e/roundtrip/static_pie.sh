# A static position-independent binary. SPDX-License-Identifier: MIT
requires=static_pie

workload() { "$@" "$PROGRAMS/static_pie"; }

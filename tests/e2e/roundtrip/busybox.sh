# A shell and its commands in one program. SPDX-License-Identifier: MIT
requires=busybox

workload() {
	"$@" busybox sh -c 'echo one | busybox tr o 0; (exit 5); echo $?; busybox printf "b\na\n" | busybox sort; busybox true & wait $!; echo $?'
}

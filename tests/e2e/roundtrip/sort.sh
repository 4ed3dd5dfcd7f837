# Sorting: by threads, in memory and through files, numbers and words, merging. SPDX-License-Identifier: MIT
requires=sort

workload() {
	seq 1 2 60000 >odd
	seq 2 2 60000 >even
	"$@" sort --parallel=2 -R odd even | sort -n | cksum
	"$@" sort -S 64K -T . -r odd even -o backwards
	cksum <backwards
	"$@" sort -n -m odd even | cksum
	"$@" sort -c odd
	echo "sort ended with $?"
}

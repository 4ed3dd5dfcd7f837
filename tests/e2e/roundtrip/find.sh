# A walk over a tree, with tests of what there is, and removal. SPDX-License-Identifier: MIT
requires=find

workload() {
	mkdir -p tree/{a,b,c}/{d,e}
	seq 1000 >tree/a/d/file
	ln -s ../a tree/b/link
	chmod 700 tree/c
	"$@" find tree -type f -size +1k -newermt 2000-01-01
	"$@" find -L tree -name file -printf '%p %m %s %y\n' | sort
	"$@" find tree -xtype l -o -empty -perm -100 | sort
	"$@" find tree -depth -name 'd' -delete
	echo "find ended with $?"
	"$@" find nothing
	echo "find ended with $?"
}

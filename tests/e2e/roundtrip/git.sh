# A repository's life: init, commits, a branch and its merge, gc, clone, fetch. SPDX-License-Identifier: MIT
requires=git
exact=no

workload() {
	export GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_DATE=2026-01-31T12:00:00Z GIT_COMMITTER_DATE=2026-01-31T12:00:00Z
	export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
	export GIT_PAGER=cat GIT_EDITOR=true
	cat >steps.sh <<-'SH'
		set -e
		git config --global gc.auto 0
		git config --global maintenance.auto false
		git config --global pack.threads 1 # what threads wait for, and how, depends on the moment
		git config --global advice.detachedHead false
		git init -q -b main origin
		cd origin
		for i in 1 2 3 4 5; do
		        echo "line $i" >>file
		        echo $i >file$i
		        git add .
		        git commit -q -m "commit $i"
		done
		git checkout -q -b side HEAD~2
		echo side >side
		git add side
		git commit -q -m side
		git checkout -q main
		git merge -q --no-edit side
		git tag -a v1 -m "version 1"
		git log --graph --format='%H %s'
		git diff --stat HEAD~3
		git blame -s file
		git gc -q
		git fsck --no-progress
		cd ..
		git clone -q "file://$PWD/origin" clone
		cd clone
		git log -1 --format=%H
		echo more >>file
		git commit -q -a -m more
		git push -q origin HEAD:other
		git fetch -q
		git branch -a
		git archive HEAD | cksum
		git status --short
		git stash -q || true
		git rebase -q HEAD~1
	SH
	"$@" sh steps.sh
}

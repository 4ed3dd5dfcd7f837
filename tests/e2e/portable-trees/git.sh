# needs: git
# A repository: commits, a branch, a clone, and its objects packed. SPDX-License-Identifier: MIT
export HOME=$PWD GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
export GIT_AUTHOR_DATE='1700000000 +0000' GIT_COMMITTER_DATE='1700000000 +0000'
# What git does by itself, and when, differs from version to version.
git config --global maintenance.auto false
git config --global gc.auto 0
git init -q -b main one
cd one || exit
echo 1 >file
git add file
git commit -q -m first
echo 2 >>file
git commit -q -a -m second
git gc -q
git checkout -q -b branch
git diff --stat main~1
git clone -q . ../two
git -C ../two log --format='%h %s'

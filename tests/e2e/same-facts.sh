# Mode quiet records the same facts as mode exact, for programs that are unknown, partly known or
# known.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing same-facts
need same-facts python3 || exit 0
calm=$PROGRAMS/calm
quietly() { timeout -k 5 100 "$PINHOLE" record --mode=quiet "$@"; }

printf '{"format": "pinhole-profile", "version": 1, "runs": [], "programs": [], "facts": []}' >empty.json
mkdir tree && seq 100 >tree/a && ln -s a tree/b && ln -s nowhere tree/broken && for i in $(seq 60); do cp tree/a tree/c$i; done
in_tree() { rm -rf work && cp -a tree work && (cd work && "$@" >../said 2>&1); }
same_facts() { # IGNORE OPTION START COMMAND…
	local ignore=$1 option=$2 start=$3
	shift 3
	rm -f compared.json
	case $start in
	nothing) ;;
	empty) cp empty.json compared.json ;;
	half) "$SOURCE/tests/oracles/same-facts" --half exact.json compared.json || return 1 ;;
	all) cp exact.json compared.json ;;
	esac
	in_tree quietly $option -o ../compared.json -- "$@"
	"$SOURCE/tests/oracles/same-facts" --ignore="$ignore" exact.json compared.json
}
while read -r needs ignore name command; do
	need "$name: the same facts" "$needs" || continue
	rm -f exact.json
	in_tree "$PINHOLE" record --mode=exact -o ../exact.json -- bash -c "exec $command" </dev/null
	for after in 0 30 1000; do
		check "$name: the same facts after $after calls" same_facts "$ignore" --quiet-after=$after nothing bash -c "exec $command"
	done
	for start in half all; do
		check "$name: the same facts from a profile: $start" same_facts "$ignore" --quiet-after=30 $start bash -c "exec $command"
	done
done <<END
true        -          true            true
ls          -          ls              ls -lR .
sqlite3     -          sqlite3         sqlite3 data.db "CREATE TABLE t (a); INSERT INTO t VALUES (1); VACUUM; SELECT * FROM t"
tar         -          tar             tar -cf tree.tar a b c1
sort        -          sort            sort --parallel=1 -o sorted a
find        -          find            find . -name 'c*' -exec cat {} ';'
bash        rt_sigprocmask,rt_sigreturn,wait4 pipelines  bash -c 'for i in 1 2 3 4 5; do cat a | sort -n | tail -n 1; done'
sh          rt_sigreturn,wait4 loops      sh -c 'for i in 1 2 3 4 5 6 7 8 9; do /bin/true; done'
git         rt_sigreturn,wait4 git        bash -c 'git init -q . && git add . && git -c user.name=a -c user.email=a@b commit -qm one && git status && git log --stat'
python3     -          python3         python3 -c 'import json, glob; print(len(glob.glob("*")))'
static      -          static          $PROGRAMS/static
phases      -          phases          $PROGRAMS/phases
calls       -          calls           $PROGRAMS/calls
signals     -          signals         $PROGRAMS/signals
exits       -          exits           $PROGRAMS/exits thread 23
execs       -          execs           $PROGRAMS/execs 30 $PROGRAMS/nothing
own_filter  -          own-filter      $PROGRAMS/own_filter
tree        wait4      tree            $PROGRAMS/tree 40
threads     futex,madvise,mprotect,munmap,mmap threads $PROGRAMS/threads 8
calm        -          calm-new        $calm new
calm        -          calm-late       $calm late
calm        -          calm-vforks     $calm vforks
calm        futex,madvise,mprotect,munmap,mmap,sched_yield calm-threads $calm threads
END
empty() { same_facts - --quiet-after=30 empty "$PROGRAMS/phases"; }
rm -f exact.json
"$PINHOLE" record --mode=exact -o exact.json -- "$PROGRAMS/phases"
check "from an empty profile" empty
exit 0

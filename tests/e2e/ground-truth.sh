# pinhole records the same as strace, in both modes. SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing ground-truth
need ground-truth strace python3 || exit 0
strace -f -n -e quiet=none -o probe.strace true 2>/dev/null || skip_all ground-truth "this strace cannot trace here"
mkdir tree && seq 100 >tree/a && ln -s a tree/b && cp tree/a tree/c

# compare MODE OPTIONS COMMAND…: one run under each, in equal folders.
compare() {
	local mode=$1 options=$2 status=0 other=0
	shift 2
	rm -rf work profile.json && cp -a tree work
	(cd work && strace -f -n -X raw -e raw=all -e quiet=none -o ../strace.out "$@" >../theirs 2>&1) || other=$?
	rm -rf work && cp -a tree work
	(cd work && "$PINHOLE" record --mode="$mode" -o ../profile.json -- "$@" >../ours 2>&1) || status=$?
	[ $status -eq $other ] || { echo "status $status under pinhole, $other under strace"; cat ours; return 1; }
	"$SOURCE/tests/oracles/ground-truth" $options profile.json strace.out
}

# NEEDS OPTIONS NAME: COMMAND…
while read -r needs options name command; do
	[ -n "$needs" ] || continue
	for mode in exact plain; do
		need "$name, $mode" "$needs" || continue
		[ "$options" != - ] || options=
		check "$name as strace sees it, --mode=$mode" compare $mode "$options" bash -c "exec $command"
	done
done <<END
true              --counts          true                  true
ls                --counts          ls                    ls -lR .
sqlite3           --counts          sqlite3               sqlite3 data.db "CREATE TABLE t (a); INSERT INTO t VALUES (1); VACUUM; SELECT * FROM t"
tar               --counts          tar                   tar -cf tree.tar a b c
gzip              -                 tar-gzip              tar -czf tree.tgz a b c
sort              --counts          sort                  sort --parallel=1 -o sorted a
bash              --ignore=rt_sigprocmask pipeline        bash -c 'cat a | sort -n | tail -n 1'
dynamic           -                 dynamic               $PROGRAMS/dynamic
static            -                 static                $PROGRAMS/static
i386              -                 32-bit                $PROGRAMS/i386
freestanding      --counts          freestanding          $PROGRAMS/freestanding
calls             --counts          calls                 $PROGRAMS/calls
calls32           --counts          calls-32-bit          $PROGRAMS/calls32
int80             --counts          int-0x80              $PROGRAMS/int80
forks             -                 forks                 $PROGRAMS/forks
threads           --ignore=futex,madvise,mprotect,munmap threads  $PROGRAMS/threads 8
signals           -                 signals               $PROGRAMS/signals
exec_thread       --ignore=futex,restart_syscall exec-of-a-thread $PROGRAMS/exec_thread
own_filter        -                 own-filter            $PROGRAMS/own_filter
END
exit 0

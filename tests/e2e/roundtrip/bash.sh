# A shell: pipelines, here-documents, process substitution, background jobs, job control, traps.
# SPDX-License-Identifier: MIT
requires=bash
exact=no

workload() {
	cat >steps.sh <<-'SH'
		seq 1000 | grep 7 | sort -rn | head -n 3 | tr 7 x
		echo "status of a pipeline: ${PIPESTATUS[*]}"
		cat <<-END
		        a here-document
		END
		diff <(printf 'a\nb\n') <(printf 'a\nc\n')
		sleep 0.05 &
		wait $!
		echo "background: $?"
		(exit 4) &
		wait $!
		echo "background: $?"
		trap 'echo trapped USR1' USR1
		kill -USR1 $$
		coproc cat
		echo through the coprocess >&${COPROC[1]}
		read -r line <&${COPROC[0]}
		echo "$line"
		exec {COPROC[1]}>&-
		wait $COPROC_PID

		set -m
		sleep 100 &
		sleeper=$!
		kill -STOP %sleep
		until jobs -s | grep -q Stopped; do sleep 0.01; done
		jobs %sleep | sed 's/^[^ ]*  *//; s/  */ /g'
		bg %sleep >/dev/null
		jobs %sleep | sed 's/^[^ ]*  *//; s/  */ /g'
		kill %sleep
		wait $sleeper 2>/dev/null
		echo "killed: $?"
		(sleep 0.3; exit 6) &
		fg %% >/dev/null
		echo "foreground: $?"
		(kill -SEGV $BASHPID) 2>/dev/null
		echo "a death: $?"
		for i in 1 2 3 4 5; do (exit $i) & done
		wait
		ulimit -n 100
		ulimit -n
		umask 077
		echo text >file && [ -s file ] && stat -c %a file
		trap 'echo at exit' EXIT
		exit 2
	SH
	"$@" bash steps.sh
}

# record --mode=listen on the workloads of roundtrip/: as if nobody watched, the facts of exact with the phases together, and a
# policy under which the workload works. Then programs that a tracer disturbs, or that bring filters of their own.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_listening listen-roundtrip
need listen-roundtrip python3 || exit 0

as_natively() { same plain.out listen.out || { tail -n 20 listen.out.err; false; }; }
listens() { run_workload "listen$1.out" "$PINHOLE" record --mode=listen -o "$PWD/listen$1.json" --; }
same_facts() { # once more, twice, if they differ: see the oracle
	local i pairs=
	for i in "" 2 3; do
		[ -z "$i" ] || listens $i
		run_workload "exact$i.out" "$PINHOLE" record --mode=exact -o "$PWD/exact$i.json" --
		pairs="$pairs exact$i.json listen$i.json"
		"$SOURCE/tests/oracles/same-facts" --one-phase $pairs && return
	done
	return 1
}
allowed() {
	"$PINHOLE" policy listen.json --args=shape -o shape.json
	run_workload run.out "$PINHOLE" run "$PWD/shape.json" --
	same plain.out run.out || { tail -n 20 run.out.err; false; }
}

round_trip() {
	load_workload "$1" || return 0
	run_workload plain.out
	listens ""
	check "$1: as natively" as_natively || return 0
	check "$1: the facts of exact" same_facts
	check "$1: allowed by its own filter" allowed
}
each_workload round_trip

# Behaves as natively, cold and warm. RECORDED_AS: what starts it as another user.
recorded() { # COMMAND…
	local want=0 status
	rm -f recorded.json
	${RECORDED_AS:-} timeout 100 "$@" >native.out 2>native.err </dev/null || want=$?
	for i in 1 2; do
		status=0
		${RECORDED_AS:-} timeout 200 "$PINHOLE" record -q --mode=listen -o recorded.json -- "$@" >listen.out 2>listen.err </dev/null || status=$?
		[ $status -eq $want ] && same native.out listen.out || { echo "$status, not $want"; tail -n 20 listen.err; return 1; }
	done
	"$PINHOLE" show recorded.json >/dev/null
}

cat >workers.js <<'END_JS'
const { Worker, isMainThread, workerData, parentPort } = require("worker_threads");
const fs = require("fs");
if (isMainThread) {
	let left = 8, sum = 0;
	for (let i = 0; i < 8; i++) {
		const worker = new Worker(__filename, { workerData: i });
		worker.on("message", (n) => { sum += n; });
		worker.on("exit", (code) => { sum += code; if (--left === 0) console.log("sum", sum); });
	}
} else {
	let sum = 0;
	for (let i = 0; i < 200; i++) sum += fs.readFileSync(__filename).length * workerData;
	parentPort.postMessage(sum);
}
END_JS
need "node with 8 workers" node && check "node with 8 workers" recorded node workers.js

# Java's virtual machine uses SIGSEGV for itself, threads, and a helper that starts programs.
cat >Work.java <<'END_JAVA'
import java.util.*;
import java.util.concurrent.*;

public class Work {
	public static void main(String[] arguments) throws Exception {
		ExecutorService pool = Executors.newFixedThreadPool(8);
		List<Future<Long>> parts = new ArrayList<>();
		for (int i = 0; i < 64; i++) {
			final int k = i;
			parts.add(pool.submit(() -> {
				long sum = 0;
				for (int j = 0; j < 20000; j++)
					sum += new byte[100].length * k % 13;
				return sum;
			}));
		}
		long sum = 0;
		for (Future<Long> part : parts)
			sum += part.get();
		pool.shutdown();
		System.gc();
		try {
			System.out.println(((String) null).length());
		} catch (NullPointerException expected) {
			System.out.println("null");
		}
		System.out.println("child " + new ProcessBuilder("true").start().waitFor() + ", sum " + sum);
	}
}
END_JAVA
jvm() {
	javac Work.java && recorded java -Xshare:auto -Xmx200m Work
}
need JVM java javac && check "a JVM" jvm

# It answers getpriority (140) with EPERM in a PID namespace of its own.
cat >filtered.py <<'END_PY'
import os
try:
    print(os.getpriority(0, 0))
except OSError as error:
    print(error)
print(os.getpid())
END_PY
python3 -c '
import struct
program = [(0x20, 0, 0, 0), (0x15, 0, 1, 140), (6, 0, 0, 0x00050001), (6, 0, 0, 0x7fff0000)]
open("filter.bpf", "wb").write(b"".join(struct.pack("HBBI", *i) for i in program))'
sandboxed() {
	cat >sandbox.sh <<-'END_SH'
		exec bwrap --ro-bind / / --unshare-pid --proc /proc --dev /dev --seccomp 9 python3 filtered.py 9<filter.bpf
	END_SH
	recorded bash sandbox.sh && grep -q 'not permitted' native.out && grep -q '^2$' native.out
}
bwrap_works() { bwrap --ro-bind / / --unshare-pid --proc /proc --dev /dev true; }
if need bubblewrap bwrap; then
	if [ "$(uname -m)" = x86_64 ] && bwrap_works 2>/dev/null; then
		check "bubblewrap with a filtered program" sandboxed
	else
		skip "bubblewrap with a filtered program" "bwrap does not work here"
	fi
fi

# Chromium: many processes and threads; its own sandbox makes namespaces and filters, which it does not as root.
browser() { # OPTION…
	echo '<p id=p>none</p><script>p.textContent = 6 * 7</script>' >page.html
	cat >browser.sh <<-'END_SH'
		home=$PWD/browser.$$
		mkdir "$home"
		HOME=$home TMPDIR=$home exec chromium --headless=new --disable-gpu --user-data-dir="$home" "$@" --dump-dom "file://$PWD/page.html"
	END_SH
	recorded bash browser.sh "$@" && { grep -q '<p id="p">42' native.out || { tail -n 20 native.out native.err; false; }; }
}
as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
browser_as_nobody() {
	local place
	place=$(mktemp -d /tmp/pinhole-browser.XXXXXX) && chmod 777 "$place" || return 1
	(cd "$place" && RECORDED_AS=as_nobody browser)
	local status=$?
	rm -rf "$place"
	return $status
}
starts_as_nobody() { as_nobody "$PINHOLE" --version && as_nobody unshare -U true; }
if need Chromium chromium; then
	check "Chromium without its sandbox" browser --no-sandbox
	if [ "$(id -u)" -ne 0 ]; then
		check "Chromium with its sandbox" browser
	elif starts_as_nobody >/dev/null 2>&1; then
		check "Chromium with its sandbox" browser_as_nobody
	else
		skip "Chromium with its sandbox" "no ordinary user can start it here"
	fi
fi
exit 0

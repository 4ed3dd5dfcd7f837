# Many threads, many processes, many short lives: nothing lost, no zombie, and a recorder that stays small.
# alone: it looks for processes of tests/programs that are left, whoever started them
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing scale
need scale python3 || exit 0
limit=65536 # KiB

# record_watched COMMAND…: records to profile.json and leaves the peak of the recorder's memory (KiB) in the file `peak`.
record_watched() {
	local status=0 n
	rm -f profile.json
	local peak=0
	"$PINHOLE" record $MODE -o profile.json -- "$@" >out 2>err 9>&- &
	local recorder=$!
	while [ -r /proc/$recorder/status ]; do
		n=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' /proc/$recorder/status 2>/dev/null)
		[ "${n:-0}" -le "$peak" ] || peak=$n
		sleep 0.05
	done
	wait $recorder || status=$?
	[ $status -eq 0 ] || { echo "status $status"; cat out err; return 1; }
	echo "$peak" >peak
}
small() {
	[ "$(cat peak)" -gt 0 ] && [ "$(cat peak)" -lt $limit ] || { echo "peak of $(cat peak) KiB"; false; }
}
count() { # ARCHITECTURE SYSCALL NUMBER
	"$SOURCE/tests/oracles/facts" --sum profile.json >sums
	grep -qx "$1 $2 $3" sums || { echo "expected $1 $2 $3"; cat sums; false; }
}
# The sum over calls that make a process, whichever of them libc uses.
made() {
	"$SOURCE/tests/oracles/facts" --sum profile.json >sums
	awk -v want="$1" '$2 ~ /^(clone|clone3|fork|vfork)$/ { n += $3 } END { if (n != want) { print n, "made"; exit 1 } }' sums
}
said() { [ "$(cat out)" = "$1" ] || { cat out err; false; }; }
arch=$(uname -m)
for MODE in --mode=exact --mode=plain; do
	check "$MODE: 200 threads" record_watched "$PROGRAMS/threads" 200 && {
		check "$MODE: 200 threads have worked" said "200 threads"
		check "$MODE: each was made" made 200
		check "$MODE: each of their calls was seen" count "$arch" getppid 2000
		check "$MODE: each one's end" count "$arch" exit 200
		sanitized || check "$MODE: within 64 MiB" small
	}
	check "$MODE: 500 processes" record_watched "$PROGRAMS/tree" 500 && {
		check "$MODE: 500 processes have worked" said "500 processes"
		check "$MODE: each was made" made 499
		check "$MODE: each of their calls was seen" count "$arch" getppid 500
		check "$MODE: each one's end" count "$arch" exit_group 500
		sanitized || check "$MODE: within 64 MiB" small
	}
	n=10000
	[ $MODE = --mode=exact ] || n=1000
	check "$MODE: $n short lives" record_watched "$PROGRAMS/execs" $n "$PROGRAMS/nothing" && {
		check "$MODE: $n programs have run" said "$n runs"
		check "$MODE: each was made" made $n
		check "$MODE: each was executed" count "$arch" execve $((n + 1))
		check "$MODE: each one's end" count "$arch" exit_group $((n + 1))
		sanitized || check "$MODE: within 64 MiB" small
	}
done
# Numbers that are no calls: the profile keeps few of them, in each mode the same, and its policy answers them as the kernel did.
for MODE in --mode=quiet --mode=exact --mode=plain; do
	few() {
		record_watched "$PROGRAMS/numbers" "$1" && said "0 of another answer than ENOSYS" && [ "$(grep -c '"syscall": "syscall_0x' profile.json)" -eq "$2" ] &&
			"$PINHOLE" generate profile.json -o numbers.bpf && expect 0 "$PINHOLE" check numbers.bpf profile.json &&
			expect 0 "$PINHOLE" run profile.json -- "$PROGRAMS/numbers" "$1" >out && said "0 of another answer than ENOSYS"
	}
	check "$MODE: 256 numbers that are no calls" few 256 256
	check "$MODE: 257 of them are one fact" few 257 1
	check "$MODE: so are 5000" few 5000 1
	sanitized || check "$MODE: within 64 MiB" small
	check "its name has the smallest and the largest" grep -qF '"syscall": "syscall_0x186a0..0x20f51", "nr": 100000, "wide": {"nr": {"bits": 262143, "min": 100000, "max": 134993}}' profile.json
	check "explain finds one of them" "$PINHOLE" explain profile.json syscall_0x186ae
	check "explain takes the name that show prints" "$PINHOLE" explain profile.json syscall_0x186a0..0x20f51
	check "and no other number" expect 1 "$PINHOLE" explain profile.json syscall_0x1869f
done
check "nothing is left of them" gone "$PROGRAMS/(threads|tree|execs|nothing)"
exit 0

# A service under a systemd of its own, in a small Debian: nothing of the machine's is in there but, in its own mount
# namespace, the folder of the workload. The policies are learned in there, too. SPDX-License-Identifier: MIT
. "$SOURCE/tests/consumers/lib/learned.sh"

# systemd-analyze has nothing to say of the drop-ins.
verified() {
	mkdir -p "$program.service.d"
	generated systemd "$program.service.d/pinhole.conf" || return
	printf '[Service]\nExecStart=/bin/true\n' >"$program.service"
	SYSTEMD_UNIT_PATH=$PWD: systemd-analyze verify --man=no --recursive-errors=no "./$program.service" 2>&1 | tee verify.out
	[ ! -s verify.out ]
}
if need "systemd-analyze verify" systemd-analyze; then
	for program in nginx redis sqlite3 python3 refuse; do
		[ ! -e "$LEARNED/$program.policy" ] || check "systemd-analyze verify: $program" verified
	done
fi

need_containers systemd
need systemd systemd-nspawn nsenter ldd || exit 0
"$SOURCE/tests/consumers/debian" "$CONSUMERS_CACHE" >debian.log 2>&1 || skip_all systemd "$(tail -n 1 debian.log)"
tree=$HERE/debian shared=$HERE/shared
mkdir "$shared" && cp -a "$CONSUMERS_CACHE/debian" "$tree" || exit 1

# pinhole with the libraries that it needs, and programs without any.
in_tree() {
	local library
	mkdir -p "$tree/pinhole/lib" && cp "$PINHOLE" "$tree/pinhole/pinhole" || return
	for library in $(ldd "$PINHOLE" | grep -o '/[^ ]*'); do cp -L "$library" "$tree/pinhole/lib" || return; done
	cp "$PROGRAMS/unseen" "$tree/pinhole" &&
		cc -static -O1 -D_GNU_SOURCE= -o "$tree/pinhole/refuse" "$SOURCE/tests/programs/refuse.c"
}
in_tree || skip_all systemd "no static program can be made here"
. "$SOURCE/tests/consumers/lib/booted.sh"
boot --bind="$shared" systemd.unit=basic.target || {
	tail -n 3 boot.log
	skip_all systemd "does not boot in a container here: $(tail -n 1 boot.log)"
}

# A word of a command line as systemd.service(5) takes it.
quoted() {
	local word=$1
	word=${word//\\/\\\\} word=${word//\"/\\\"} word=${word//%/%%} word=${word//\$/\$\$}
	printf ' "%s"' "$word"
}
unit() { # NAME COMMAND…
	local word name=$1 program
	shift
	program=$(PATH=/usr/sbin:/usr/bin:/sbin:/bin && chroot "$tree" /bin/sh -c 'command -v "$1"' sh "$1") || return
	# Its start is done when the command is, and what came of it is kept.
	printf '[Service]\nType=oneshot\nRemainAfterExit=yes\nTimeoutStartSec=60\nTimeoutStopSec=5\n'
	printf 'WorkingDirectory=%s\nLimitCORE=0\n' "$PWD"
	printf 'Environment=LC_ALL=C TZ=UTC HOME=%s TMPDIR=%s\n' "$HOME" "$TMPDIR"
	printf 'StandardInput=file:%s\nStandardOutput=file:%s\nStandardError=file:%s\n' "$shared/$name.in" "$shared/$name.out" "$shared/$name.err"
	shift
	printf 'ExecStart='
	for word in "$program" "$@"; do quoted "$word"; done
	echo
}
# A service that is this command, from its start to its end, under the drop-in where there is one.
inside() {
	local name code status result
	name=w$BASHPID-$RANDOM
	cat >"$shared/$name.in"
	: >"$shared/$name.out" >"$shared/$name.err"
	unit "$name" "$@" >"$tree/etc/systemd/system/$name.service" || return 125
	[ -z "$dropin" ] || { mkdir "$tree/etc/systemd/system/$name.service.d" && cp "$dropin" "$tree/etc/systemd/system/$name.service.d/"; }
	there systemctl start "$name" >>"$HERE/systemctl.log" 2>&1
	read -r result code status <<<"$(there systemctl show -P Result -P ExecMainCode -P ExecMainStatus "$name" | tr '\n' ' ')"
	there systemctl stop "$name"
	there systemctl reset-failed "$name" 2>/dev/null
	echo "$result" >"$HERE/result"
	cat "$shared/$name.out"
	cat "$shared/$name.err" >&2
	rm -r "$tree/etc/systemd/system/$name.service"*
	case $code in
	1) return "$status" ;;
	2 | 3) return $((128 + status)) ;;
	*) return 125 ;;
	esac
}
kill() { kill_inside "$@"; }
recorder() { inside "/pinhole/lib/$(basename "$(ldd "$PINHOLE" | grep -o '/[^ ]*ld-[^ ]*')")" --library-path /pinhole/lib /pinhole/pinhole record -q -o "$shared/$program.json" -- "$@"; }

# Learned in there, in a service without the drop-in.
LEARNED=$HERE/learned
mkdir "$LEARNED"
work_in() { # OUTPUT PREFIX
	(
		rm -rf "$shared/work"
		mkdir "$shared/work"
		. "$SOURCE/tests/e2e/roundtrip/$program.sh"
		cd "$shared/work" && HOME=$PWD TMPDIR=$PWD && set +eu && workload "$2" >"$1" 2>"$1.err"
	)
}
learned() {
	dropin=
	work_in "$LEARNED/$program.plain" inside
	work_in "$LEARNED/$program.recorded" recorder
	same "$LEARNED/$program.plain" "$LEARNED/$program.recorded" &&
		"$PINHOLE" policy "$shared/$program.json" -o "$LEARNED/$program.policy" || { tail -n 20 "$LEARNED/$program.recorded.err"; false; }
}
does_its_work() {
	work_in "$HERE/out" inside
	same "$LEARNED/$program.plain" out || { tail -n 20 out.err; false; }
}
make_output() { dropin=$HERE/pinhole.conf && generated systemd pinhole.conf; }
signal_is_the_result() { call_is "$killed" "$(unseen_call)" 0 0 && [ "$(cat result)" = signal ]; }

# Of arguments it knows only what its own directives forbid, whose families are compared as a whole register; and what is in its
# @default is always allowed.
PROGRAMS=/pinhole arguments=no newer=$killed no_netlink=-97 besides="garbage_family unrecorded_without_arguments"
for program in ${CONSUMED:-sqlite3 python3 nginx redis}; do
	cd "$HERE" || exit 1
	check "systemd: $program: recorded in a service" learned || continue
	check "systemd: $program: written" make_output || continue
	real_program systemd
	check "systemd: $program: of an unseen call systemd says Result=signal" signal_is_the_result
done
program=refuse dropin=
check "systemd: refuse: recorded in a service" recorder /pinhole/refuse good &&
	"$PINHOLE" policy --generalize=none "$shared/refuse.json" -o "$LEARNED/refuse.policy" &&
	check "systemd: refuse: written" make_output &&
	one_step_beside systemd
exit 0

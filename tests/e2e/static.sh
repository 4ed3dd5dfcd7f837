# `make static`: the command without shared libraries, where nothing else is: it records, by ptrace and by listening, in a root that has
# no libraries and no /proc, and does the rest. SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need "make static" make pkg-config python3 || exit 0
static=$SOURCE/build/static/pinhole
make -C "$SOURCE" --no-print-directory static >make.out 2>&1 || {
	grep -q 'cannot find -l' make.out && skip_all "make static" "$(grep -m 1 -o 'cannot find -l[^:]*' make.out)"
	# Debian 13's (elfutils 0.192): functions that another library of elfutils has, which is in no package.
	grep -q 'undefined reference to .eu_' make.out && skip_all "make static" "libelf.a is incomplete here: $(grep -m 1 -o 'undefined reference to .*' make.out)"
	tail -n 5 make.out
	fail "make static" "does not build"
	exit 0
}
no_libraries() { ! readelf -lW "$static" | grep -E 'INTERP' && ! readelf -dW "$static" | grep NEEDED && "$static" --version; }
check "it needs no libraries" no_libraries
named() { make -C "$SOURCE" --no-print-directory dist | grep "pinhole-.*-static-$(uname -m)$"; }
check "make dist names it" named
need_tracing "the static command"
same_files() { # it writes what the other one writes
	"$static" record -q --mode=exact -o static.json -- ls / >/dev/null && "$PINHOLE" record -q --mode=exact -o dynamic.json -- ls / >/dev/null &&
		"$SOURCE/tests/oracles/same-facts" dynamic.json static.json && "$static" policy static.json -o s.policy &&
		"$PINHOLE" policy static.json -o d.policy && same s.policy d.policy && "$static" generate s.policy -o s.bpf &&
		"$PINHOLE" generate s.policy -o d.bpf && same s.bpf d.bpf && "$static" run s.bpf -- ls / >/dev/null &&
		"$static" explain static.json execve && "$static" reach "$PROGRAMS/static" >/dev/null
}
check "it does what the command does" same_files

[ "$(id -u)" = 0 ] || skip_all "in an empty root" "not root"
need "in an empty root" chroot static || exit 0
mkdir -p root/tmp && cp "$static" "$PROGRAMS/static" root
in_root() { # [OPTION…]
	rm -f root/tmp/p.json
	chroot root /static >native.out
	local status=$?
	expect $status chroot root /pinhole record -q -o /tmp/p.json "$@" -- /static >out 2>err && same native.out out || { cat out err; return 1; }
	[ "$(find root -type f | wc -l)" = 3 ] && fact root/tmp/p.json 'x86_64 exit_group|aarch64 exit_group' &&
		chroot root /pinhole policy /tmp/p.json -o /tmp/policy.json && expect $status chroot root /pinhole run /tmp/policy.json -- /static >out && same native.out out && rm root/tmp/*
}
check "it records in an empty root" in_root
check "in an empty root, every call" in_root --mode=exact
"$PINHOLE" doctor >doctor.out
if grep -q 'ok  *listening' doctor.out; then
	check "in an empty root, by listening" in_root --mode=listen
fi

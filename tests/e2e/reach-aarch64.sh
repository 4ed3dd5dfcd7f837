# `reach` reads the code of aarch64 on any machine: small programs that a cross compiler makes, and Debian's packages for arm64,
# of which qemu's emulation of one process tells the calls that they make. SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
reach() { "$PINHOLE" reach "$@"; }

has() { # FILE WORD CALL…
	local file=$1 word=$2 call found
	shift 2
	for call; do
		grep -q "\"syscall\": \"$call\"" "$file" && found=reach || found=not
		[ $found = "$word" ] || { echo "$call is $found, expected: $word"; return 1; }
	done
}
small() { # NAME FLAGS…
	local source=$SOURCE/tests/e2e/reach/$1.c
	shift
	aarch64-linux-gnu-gcc -D_GNU_SOURCE= -o small "$@" "$source" && reach -o small.json "$PWD/small" || return 1
	has small.json reach $(sed -n 's/^.*reach: //p' "$source") && has small.json not $(sed -n 's/^.*not: //p' "$source") &&
		! grep -q '"place": \[0, .*"main' small.json
}
if need "small programs for aarch64" aarch64-linux-gnu-gcc; then
	for name in wrapper pointers; do
		for flags in "-O0" "-O2 -s" "-O1 -static-pie" "-O2 -mbranch-protection=standard"; do
			check "$name.c for aarch64 with $flags" small $name -static $flags
		done
	done
fi
if need "a library below --root" aarch64-linux-gnu-gcc; then
	mkdir -p root/lib root/far root/bin
	printf '#include <unistd.h>\n#include <sys/syscall.h>\nint far(void) { return (int)syscall(SYS_kexec_load); }\n' >far.c
	printf 'int far(void);\nvoid _start(void) { far(); }\n' >near.c
	printf 'long syscall(long number, ...)\n{\n\tregister long x8 __asm__("x8") = number, x0 __asm__("x0") = 0;\n\t__asm__ volatile("svc #0" : "+r"(x0) : "r"(x8));\n\treturn x0;\n}\n' >call.c
	aarch64-linux-gnu-gcc -nostdlib -shared -fPIC -Wl,-soname,libfar.so -o root/far/libfar.so far.c call.c &&
		ln -s /far/libfar.so root/lib/libfar.so &&
		aarch64-linux-gnu-gcc -nostdlib -Wl,-z,lazy -o root/bin/near near.c root/far/libfar.so -Wl,--dynamic-linker=/lib/libfar.so
	below() { reach --root=root -o near.json /bin/near && has near.json reach kexec_load && grep -q '"/far/libfar.so"' near.json; }
	check "a library below --root, by a link that is absolute there" below
	outside() { expect 2 reach --root=root -o near.json /../../bin/nowhere >out 2>err && grep -q "No such file" err; }
	check "--root: nothing outside of it" outside
	nowhere() { expect 2 reach --root=nowhere /bin/near >out 2>err && grep -q "nowhere: cannot be used as the root folder" err; }
	check "--root: no such folder" nowhere
fi

# Debian's packages for arm64, in a tree that is kept. apt has its own lists, cache and status: the machine's stay as they are.
# Prints why there is no tree.
make_tree() { # FOLDER
	local apt=$1/apt file release
	[ ! -e "$1/made" ] || return 0
	release=$(. /etc/os-release && [ "${ID:-}" = debian ] && echo "${VERSION_CODENAME:-}") && [ -n "$release" ] || { echo "this is no release of Debian"; return 1; }
	mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial" "$1/tree/usr/lib" "$1/tree/usr/bin" "$1/tree/usr/sbin" || return 1
	: >"$apt/status"
	echo "deb ${DEBIAN_MIRROR:-http://deb.debian.org/debian} $release main" >"$apt/sources.list"
	cat >"$apt/apt.conf" <<-CONF
		APT::Architecture "arm64";
		APT::Architectures { "arm64"; };
		APT::Sandbox::User "";
		Dir::State "$apt/state";
		Dir::State::status "$apt/status";
		Dir::Cache "$apt/cache";
		Dir::Etc::SourceList "$apt/sources.list";
		Dir::Etc::SourceParts "/dev/null";
		Acquire::Languages "none";
	CONF
	APT_CONFIG=$apt/apt.conf timeout 300 apt-get -qq update >&2 && APT_CONFIG=$apt/apt.conf timeout 600 apt-get -qq install --download-only \
		--yes --no-install-recommends bash sqlite3 python3-minimal git tar nginx-light redis-server curl busybox-static >&2 ||
		{ echo "Debian's packages for arm64 cannot be had"; return 1; }
	ln -sfn usr/lib usr/bin usr/sbin "$1/tree" || return 1
	for file in "$apt"/cache/archives/*.deb; do
		dpkg-deb --fsys-tarfile "$file" | tar -x --no-same-owner --keep-directory-symlink -C "$1/tree" || { echo "$file cannot be unpacked"; return 1; }
	done
	: >"$1/made"
}
covered() { # PROGRAM ARG…
	local program=$1
	shift
	timeout 60 qemu-aarch64-static -L "$tree" -strace "$tree$program" "$@" >out 2>trace </dev/null || true
	reach --root="$tree" -o reach.json "$program" && "$SOURCE/tests/oracles/reach-qemu" trace reach.json
}
folder=$SOURCE/build/reach-aarch64 tree=$SOURCE/build/reach-aarch64/tree
if need "programs of Debian for arm64" qemu-aarch64-static apt-get dpkg-deb; then
	if ! why=$(mkdir -p "$folder" 2>/dev/null && exec 8>"$folder/lock" && flock 8 && make_tree "$folder" 2>err 8>&-); then
		skip "programs of Debian for arm64" "${why:-no tree can be made}"
	else
		made() { check "$(basename "$1") for arm64 made no call that is not reachable" covered "$@"; }
		python=$(basename "$(ls -d "$tree"/usr/bin/python3.* | head -n 1)")
		made /usr/bin/bash -c 'echo hi; ulimit -a; kill -0 $$; read x </etc/passwd; exec 3</dev/null; (exit 3)'
		made /usr/bin/sqlite3 "$PWD/db" 'create table t(a); insert into t values(1); select * from t'
		made /usr/bin/"$python" -c 'import os,_thread; print(os.getpid()); _thread.start_new_thread(print, ()); os.listdir("/")'
		made /usr/bin/git init "$PWD/repository"
		made /usr/bin/tar cf "$PWD/archive.tar" /etc/hostname
		made /usr/sbin/nginx -t -p "$PWD" -e stderr -c /etc/passwd
		made /usr/bin/redis-server --port 0 --save "" --nowhere yes
		made /usr/bin/curl -s file:///etc/passwd http://127.0.0.1:1/
		made /usr/bin/busybox ls -l /etc
	fi
fi
exit 0

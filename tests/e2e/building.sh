# The build for users: compilers newer than the sources, and packagers' flags.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
[ -e "$SOURCE/Makefile" ] || skip_all "building" "no sources here"
make_it() { env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -C "$SOURCE" --no-print-directory "$@"; }
# A compiler that warns of more than today's do: its warnings end a developer's build, nobody else's.
if need "a compiler with new warnings" make pkg-config; then
	warns() { make_it BUILD="$PWD/warns" CFLAGS="-O0 -Wpadded" "$@" "$PWD/warns/policies/profile/profile.o" >out 2>&1; }
	for_users() { warns WERROR= && grep -qF "[-Wpadded]" out; }
	check "a compiler with new warnings: builds" for_users
	for_developers() { rm -rf warns && expect 2 warns WERROR=yes && grep -q 'Werror=padded' out; }
	check "a compiler with new warnings: developers build without any" for_developers
	if need "a compiler with new warnings: builds what is released" tar gzip; then
		released() { file=$(make_it dist | tail -n 1) && tar -xzf "$SOURCE/$file" && env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u WERROR make -C pinhole-*/ -j"$(nproc)" CFLAGS="-O0 -Wpadded" >out 2>&1 && pinhole-*/build/pinhole --version; }
		check "a compiler with new warnings: builds what is released" released
	fi
fi
# Packagers give flags of their own.
if need "flags of a packager" make pkg-config; then
	flagged() { make_it BUILD="$PWD/flags" CPPFLAGS="-DMINE=1" CFLAGS="-O1 -g0" "$PWD/flags/policies/base/error.o" "$@" >out 2>&1; }
	flags() { flagged && grep -q -- '-DMINE=1 .*-O1 -g0' out && ! grep -q -- '-O2' out; }
	check "flags of a packager" flags
	# What was built with others is built once more; and only then.
	built() { flagged "$@" && grep -q -- ' -c -o ' out; }
	check "other flags build anew" built CFLAGS="-O2 -g0"
	again() { ! built CFLAGS="-O2 -g0"; }
	check "the same flags do not" again
	# Distributions optimise the whole of a program at once.
	at_once() {
		make_it -j"$(nproc)" BUILD="$PWD/lto" CC=gcc CFLAGS="-O0 -flto=auto -ffat-lto-objects" "$PWD/lto/libpinhole.a" >out 2>&1 &&
			gcc -Wall -o lto/example -I"$SOURCE/tools/library" "$SOURCE/tools/library/example.c" lto/libpinhole.a $(pkg-config --libs jansson) -lm &&
			[ "$(nm -g --defined-only lto/libpinhole.a | awk 'NF == 3 && $3 !~ /^pinhole_/')" = "" ]
	}
	check "flags of a packager: -flto" at_once
fi
exit 0

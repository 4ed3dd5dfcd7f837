# The parts of an installation: completions, a package, the sources, and doctor.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"

says_ok() { "$PINHOLE" doctor >out && ! grep -q '^failed' out && [ "$(grep -cE '^(ok      |degraded) [a-z]+ +[^ ]' out)" = 9 ] && grep -q "^ok  *kernel *Linux $(uname -r | cut -c1-4)" out && tail -n 1 out | grep -q '[.]$'; }
if [ "${TRACING:-yes}" = no ]; then
	skip "doctor: all is well here" "no ptrace here"
else
	check "doctor: all is well here" says_ok
	narrow() { ! grep -E '.{79}' out; }
	check "doctor: in lines" narrow
fi
if need "doctor: no filters, no ptrace" python3 && [ "${TRACING:-yes}" = yes ]; then
	format='"format": "pinhole-policy"' # apart: what stands here is no policy yet, which prove reads
	cat >none.json <<-END
		{$format, "version": 1, "arch": ["$(uname -m)"], "default": "allow", "newer": "allow",
		 "rules": [{"syscall": "ptrace", "action": "errno:EPERM"}, {"syscall": "unshare", "action": "errno:EPERM"},
		  {"syscall": "process_vm_readv", "action": "errno:EPERM"}]}
	END
	no_ptrace() { expect 1 "$PINHOLE" run none.json -- "$PINHOLE" doctor >out && grep -q "^failed  *ptrace *processes cannot be traced" out && tr -s ' \n' ' ' <out | grep -q 'degraded seccomp .*filters are in force already (1)' && grep -q '^degraded namespaces' out; }
	check "doctor: in a sandbox without ptrace" no_ptrace
	sed 's/{"syscall": "ptrace", "action": "errno:EPERM"}/{"syscall": "seccomp", "action": "errno:EPERM"}/' none.json >no-seccomp.json
	no_seccomp() { expect 1 "$PINHOLE" run no-seccomp.json -- "$PINHOLE" doctor >out && grep -q "^failed  *seccomp *no seccomp filters" out; }
	check "doctor: in a sandbox without seccomp" no_seccomp
fi

for shell in bash zsh fish; do
	made() { "$SOURCE/tools/package/completions" "$PINHOLE" $shell >completion.$shell && [ "$(wc -l <completion.$shell)" -gt 50 ]; }
	check "completion of $shell" made
	need "completion of $shell is its language" $shell || continue
	parses() { $shell -n completion.$shell; }
	check "completion of $shell is its language" parses
done
# What bash would offer for these words.
offers() { # WANT WORD…
	local want=$1
	shift
	bash -c '. ./completion.bash
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_pinhole 2>/dev/null
		printf "%s\n" "${COMPREPLY[@]}"' bash "$@" | sort | tr '\n' ' ' >got
	[ "$(cat got)" = "$want" ] || { cat got; false; }
}
check "bash: commands" offers "reach record report " pinhole re
check "bash: options" offers "--mode= " pinhole record --mo
check "bash: values" offers "quiet " pinhole record --mode = q
check "bash: formats" offers "oci " pinhole generate -f o
check "bash: values that have lines of their own" offers "entry exec " pinhole run --at = e
check "bash: the option is there once" offers "--at= " pinhole run --at
check "bash: a digit in an option" offers "allow " pinhole policy --clone3 = al
check "bash: views" offers "caller " pinhole show --by = cal
check "bash: what follows a colon" offers "EPERM " pinhole policy --default = errno : EP
# "=" and ":" are not to be quoted, as they would be in names of files.
if need "bash: on a terminal" bash python3; then
	typed() { # WANT WORDS: what stands on the line after Tab
		python3 - "$1" "$2" <<-'END'
			import os, pty, select, sys
			child, terminal = pty.fork()
			if child == 0:
			    os.environ.update(PS1="$ ", TERM="dumb")
			    os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
			def read(until, seconds=10):
			    got = ""
			    while until not in got and select.select([terminal], [], [], seconds)[0]:
			        got += os.read(terminal, 4096).decode(errors="replace")
			    return got
			read("$ ")
			os.write(terminal, b". ./completion.bash; echo re''ady\n")
			read("ready")
			read("$ ")
			os.write(terminal, sys.argv[2].encode() + b"\t")
			got = read(sys.argv[1])
			os.write(terminal, b"\x03exit\n")
			print(repr(got))
			sys.exit(sys.argv[1] not in got)
		END
	}
	check "bash: an option that has a value, on a terminal" typed "--optimize=" "pinhole generate --opt"
	check "bash: an error's name, on a terminal" typed "errno:EPERM " "pinhole policy --default=errno:EP"
fi
mkdir files && touch files/a.json
check "bash: files" offers "files/a.json " pinhole show files/
all_options() {
	local word option
	for word in $("$PINHOLE" --help | sed -nE 's/^  ([a-z]+) .*/\1/p'); do
		for option in $("$PINHOLE" "$word" --help | grep -oE '^ +(-[a-z], )?--[a-z0-9-]+' | grep -oE -e '--[a-z0-9-]+'); do
			for shell in bash zsh; do grep -qE -e "$option(=|[^a-z0-9-])" completion.$shell || { echo "$shell: $word $option"; return 1; }; done
			grep -q -- "from $word.* -l ${option#--}" completion.fish || { echo "fish: $word $option"; return 1; }
		done
	done
}
check "every option of every command" all_options

case $PINHOLE in
"$SOURCE"/*/pinhole) build=$(dirname "${PINHOLE#"$SOURCE"/}") ;;
*) skip_all "make deb" "$PINHOLE was not built here" ;;
esac
make_it() { env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -C "$SOURCE" --no-print-directory BUILD="$build" "$@"; }
if need "make dist" make tar; then
	sources() { file=$(make_it dist | tail -n 1) && tar -tzf "$SOURCE/$file" | sed 's|^[^/]*/||' | grep -v '/$' | grep . | sort >got && [ "$(wc -l <got)" -gt 300 ] && for f in Makefile README.md tools/main.c policies/library/FORMAT.md .ci/run; do grep -qx "$f" got || return 1; done && ! grep '^build/' got; }
	check "make dist" sources
fi
# What others make packages of: of this version, and all that is installed has a place in them.
numbered() {
	local number
	number=$("$PINHOLE" --version | cut -d' ' -f2)
	grep -qx "Version: *$number" "$SOURCE/tools/package/pinhole.spec" && grep -qx "pkgver=$number" "$SOURCE/tools/package/APKBUILD"
}
check "the packages of others are of this version" numbered
alpine() { # `make install` stands for abuild's steps; its own tool is not to be had outside Alpine
	(
		. "$SOURCE/tools/package/APKBUILD"
		pkgdir=$PWD/alpine
		make() { make_it "$@"; }
		cd "$SOURCE" && package
	) >out 2>&1 && [ -x alpine/usr/bin/pinhole ] && [ -e alpine/usr/lib/libpinhole.so ] && [ -s alpine/usr/share/licenses/pinhole/LICENSE ] && [ ! -e alpine/usr/lib/systemd ]
}
check "APKBUILD: what it packages" alpine
if need "pinhole.spec: what it packages" rpmspec; then
	in_spec() {
		rpmspec -P "$SOURCE/tools/package/pinhole.spec" >spec && make_it DESTDIR="$PWD/rpm" PREFIX=/usr LIBDIR="$(rpm --eval '%{_libdir}')" install >out 2>&1 || return 1
		# Patterns of the shell, with the braces of none of them.
		sed -n '/^%files/,$p' spec | grep '^/' >patterns && [ "$(wc -l <patterns)" -gt 10 ] || return 1
		(cd rpm && find . ! -type d | sed 's|^\.||') | while read -r file; do
			while read -r pattern; do
				case $file in $pattern | $pattern/*) continue 2 ;; esac
			done <patterns
			echo "not in a package: $file"
		done >got
		[ ! -s got ] || { cat got; return 1; }
	}
	check "pinhole.spec: what it packages" in_spec
fi
case $build in *asan*) skip_all "make deb" "built with the sanitizers" ;; esac
need "make deb" make dpkg-deb dpkg-shlibdeps || exit 0
# Whoever makes it, with whatever umask: what is in the package is for everyone.
package() { (umask 077 && make_it deb) >out && deb=$SOURCE/$(tail -n 1 out) && dpkg-deb -I "$deb" >info && grep -q '^ Depends: .*libjansson4' info && cp "$deb" pinhole.deb && cp "$SOURCE/$(sed -n '/libpinhole[0-9]/p' out)" libpinhole.deb && cp "$SOURCE/$(grep libpinhole-dev out)" libpinhole-dev.deb; }
check "make deb" package || exit 0
mode_of() { # PACKAGE FILES PROGRAMS
	dpkg-deb -c $1 >list && [ "$(wc -l <list)" -gt $2 ] && ! grep -vE '^(-rw-r--r--|[-d]rwxr-xr-x|lrwxrwxrwx) root/root ' list && [ "$(grep '^-rwx' list | grep -c 'bin/pinhole$\|fleet/load-[a-z]*$')" = $3 ] && [ "$(grep -c '^-rwx' list)" = $3 ]
}
modes() { mode_of pinhole.deb 30 3 && mode_of libpinhole.deb 5 0 && mode_of libpinhole-dev.deb 5 0; }
check "the packages do not depend on the umask" modes
control_modes() { for package in *.deb; do dpkg-deb --ctrl-tarfile $package | tar -tv >list && ! grep -vE '^(-rw-r--r--|drwxr-xr-x) ' list || return 1; done; }
check "nor does what dpkg reads of them" control_modes
libraries() {
	local soname
	soname=$(objdump -p "$SOURCE/$build/libpinhole.so" | awk '$1 == "SONAME" { print $2 }')
	[ "$(dpkg-deb -f libpinhole.deb Package)" = "libpinhole${soname##*.}" ] && dpkg-deb -c libpinhole.deb | grep -q "/$soname ->" && ! dpkg-deb -c libpinhole.deb | grep 'pinhole\.[ah]\b\|libpinhole\.so ' &&
		dpkg-deb -c libpinhole-dev.deb >list && grep -q 'include/pinhole\.h$' list && grep -q 'libpinhole\.a$' list && grep -q "libpinhole\.so -> $soname\$" list && grep -q 'man3/pinhole\.3\.gz$' list &&
		dpkg-deb -f libpinhole-dev.deb Depends | grep -q "^libpinhole${soname##*.} (= " && ! dpkg-deb -c pinhole.deb | grep 'libpinhole\|pinhole\.h\b'
}
if need "the library's packages" objdump; then check "the library's packages" libraries; fi
if need "the package's changelog" dpkg-parsechangelog zcat; then
	changelog() {
		dpkg-deb --fsys-tarfile pinhole.deb | tar -xO ./usr/share/doc/pinhole/changelog.gz | zcat >changelog &&
			[ "$(dpkg-parsechangelog -l changelog -S Version 2>&1)" = "$(dpkg-deb -f pinhole.deb Version)" ]
	}
	check "the package's changelog" changelog
fi
installs() { (umask 077 && make_it DESTDIR="$PWD/installed" install) >out 2>&1 && [ "$(find installed/usr ! -perm -444 -o -type d ! -perm -555)" = "" ] && [ -x installed/usr/local/bin/pinhole ]; }
check "make install does not depend on the umask" installs
elsewhere() {
	make_it DESTDIR="$PWD/other" PREFIX=/usr LIBDIR=/usr/lib64 install >out 2>&1 && [ -s other/usr/lib64/libpinhole.a ] && [ ! -e other/usr/lib/libpinhole.a ] &&
		PKG_CONFIG_PATH=$PWD/other/usr/lib64/pkgconfig pkg-config --variable=libdir pinhole | grep -qx /usr/lib64
}
check "make install LIBDIR=" elsewhere
# The command of another version is built, and says so: the sources as they are built, in a copy.
version() {
	mkdir copy && (cd "$SOURCE" && tar -c --exclude=./build --exclude=./.git .) | tar -xC copy && mkdir copy/build &&
		cp -a "$SOURCE/$build"/{policies,generator,tracer,tools,pinhole,libpinhole.a,flags,version} copy/build &&
		env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -C copy --no-print-directory -j"$(nproc)" deb VERSION=9.8.7 >out &&
		[ "$(copy/build/pinhole --version)" = "pinhole 9.8.7" ] && [ "$(dpkg-deb -f copy/build/pinhole_9.8.7_*.deb Version)" = 9.8.7 ]
}
check "make deb VERSION= builds that version" version
if need "the package is as it should be" lintian; then
	lint() { lintian --allow-root --fail-on error,warning pinhole.deb libpinhole.deb libpinhole-dev.deb; }
	check "the package is as it should be" lint
fi
[ "$(id -u)" = 0 ] || skip_all "the package is installed" "not root"
# Into a root of its own: what they depend on is this machine's.
packages="pinhole $(dpkg-deb -f libpinhole.deb Package) libpinhole-dev"
dpkg_there() { dpkg --root="$PWD/root" --log=/dev/null "$@"; }
installed() {
	mkdir -p root/var/lib/dpkg/info root/var/lib/dpkg/updates
	touch root/var/lib/dpkg/status
	dpkg_there --force-depends --force-script-chrootless --no-triggers -i pinhole.deb libpinhole.deb libpinhole-dev.deb >out 2>&1 || { cat out; return 1; }
	for package in $packages; do dpkg_there -s $package | grep -q '^Status: install ok \(installed\|trigger.*\)$' && dpkg_there --verify $package || return 1; done
}
check "the packages are installed" installed
runs() { root/usr/bin/pinhole generate root/usr/share/pinhole/library/docker-default.json -o filter && root/usr/bin/pinhole disasm filter | grep -q allow && zcat root/usr/share/man/man1/pinhole-record.1.gz | grep -q 'pinhole record'; }
check "and run, and have their manual" runs
if need "and build a program" gcc pkg-config; then
	builds() {
		local lib
		lib=$(dirname "$(find root -name pinhole.pc)") && gcc -o example "$SOURCE/tools/library/example.c" $(PKG_CONFIG_PATH=$lib PKG_CONFIG_SYSROOT_DIR=$PWD/root pkg-config --cflags --libs pinhole) &&
			LD_LIBRARY_PATH=$(dirname "$lib") ./example | grep -q 'lines$'
	}
	check "and build a program" builds
fi
removed() { dpkg_there --no-triggers --purge $packages >out 2>&1 && [ "$(find root/usr ! -type d)" = "" ]; }
check "and can be removed" removed
exit 0

# libpinhole: the installed library builds programs that put themselves under learned policies.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
case $PINHOLE in
"$SOURCE"/*/pinhole) build=$(dirname "${PINHOLE#"$SOURCE"/}") ;;
*) skip_all "libpinhole" "$PINHOLE was not built here" ;;
esac
need "libpinhole" make pkg-config gcc nm || exit 0
install_it() { env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -C "$SOURCE" --no-print-directory --silent BUILD="$build" DESTDIR= PREFIX="$PWD/root" install; }
check "make install" install_it || exit 0
with_blanks() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -C "$SOURCE" --no-print-directory --silent BUILD="$build" DESTDIR="$PWD/a root" PREFIX="/opt/a prefix" install &&
		"$PWD/a root/opt/a prefix/bin/pinhole" --version >out && [ -s "$PWD/a root/opt/a prefix/share/man/man1/pinhole-record.1" ] &&
		PKG_CONFIG_PATH="$PWD/a root/opt/a prefix/lib/pkgconfig" pkg-config --cflags pinhole | grep -qF '/opt/a\ prefix/include'
}
check "make install into folders with blanks in their names" with_blanks
export PKG_CONFIG_PATH=$PWD/root/lib/pkgconfig

only_its_names() { [ "$(nm -g --defined-only root/lib/libpinhole.a | awk 'NF == 3 && $3 !~ /^pinhole_/')" = "" ]; }
check "a program sees pinhole_ names alone" only_its_names
# The sanitizers' library is not for programs without them.
case $build in *asan*) skip_all "a program with it" "built with the sanitizers" ;; esac
for compiler in gcc clang; do
	need "the example, with $compiler" $compiler || continue
	example() { $compiler -Wall -Wextra -Werror -O1 -o example_$compiler "$SOURCE/tools/library/example.c" $(pkg-config --cflags --libs --static pinhole); }
	check "the example, with $compiler" example
done
if need "the header in C++" g++; then
	in_cxx() { printf '#include <pinhole.h>\nint main() { pinhole_error e; return pinhole_load("", &e) != nullptr; }\n' >p.cc && g++ -Wall -Wextra -Werror -o cxx p.cc $(pkg-config --cflags --libs --static pinhole) && ./cxx; }
	check "the header in C++" in_cxx
fi
# In a shared object, which is loaded by a program that has nothing of it.
for compiler in gcc clang; do
	need "a shared object, with $compiler" $compiler || continue
	shared() {
		$compiler -Wall -Wextra -Werror -shared -fPIC -fvisibility=default -DARCH="\"$(uname -m)\"" -Wl,-z,text -Wl,-z,defs -o shared_$compiler.so "$SOURCE/tests/e2e/library/shared.c" \
			$(pkg-config --cflags --libs --static pinhole) && gcc -Wall -Wextra -Werror -o open "$SOURCE/tests/e2e/library/open.c" -ldl
	}
	check "a shared object, with $compiler" shared || continue
	opened() { ./open "./shared_$compiler.so" "$SOURCE/policies/library/docker-default.json" >got && [ "$(cat got)" = "early: yes, loaded: yes" ] || { cat got; false; }; }
	check "with $compiler: by dlopen" opened
	need "a shared object, by python3" python3 || continue
	by_python() {
		python3 - "./shared_$compiler.so" "$SOURCE/policies/library/docker-default.json" <<-'PYTHON'
			import ctypes, sys
			library = ctypes.CDLL(sys.argv[1])
			text = ctypes.create_string_buffer(200)
			assert library.shared_load(sys.argv[2].encode(), text, 200) > 100, text.value
			assert library.shared_load(b"/nonexistent", text, 200) == 0 and b"No such file" in text.value, text.value
			library.pinhole_version.restype = ctypes.c_char_p
			assert library.pinhole_version()[:1].isdigit()
		PYTHON
	}
	check "with $compiler: by python3" by_python
done
own_state() {
	gcc -Wall -Wextra -Werror -pthread -o host "$SOURCE/tests/e2e/library/host.c" $(pkg-config --cflags --libs --static pinhole) &&
		echo '{"format": "pinhole-policy"' >cut.json && ./host "$SOURCE/policies/library/docker-default.json" cut.json >got && printf '%s\n' "loaded: all as before" "refused: all as before" "jansson: all as before" "threads: all the same" | same - got
}
check "the program's own state stays, and threads load at once" own_state
needs_libc_alone() {
	nm -u root/lib/libpinhole.a | awk '{ print $2 }' | grep -E '^(json_object_seed|setlocale|signal|sigaction|putenv|setenv|chdir|fchdir|setrlimit|prlimit|atexit|exit|abort|srand|rand|strtok|printf|fprintf|puts|putchar|fputs|stdout|stderr)$' && return 1
	return 0
}
check "it calls nothing that changes the program's state" needs_libc_alone
threads() { gcc -Wall -Wextra -Werror -pthread -o library "$SOURCE/tests/e2e/library/all.c" $(pkg-config --cflags --libs --static pinhole); }
check "a program of more calls" threads || exit 0

need_tracing "libpinhole"
learned() { "$PINHOLE" record -q -o profile.json -- ./example_gcc >out && "$PINHOLE" policy profile.json -o policy.json && "$PINHOLE" generate policy.json -o filter; }
check "what it does without is learned" learned || exit 0
for file in policy.json profile.json filter; do
	works() { expect 0 ./example_gcc $file >got && same out got; }
	check "under its $file it works" works
	refused() { expect 159 ./example_gcc $file astray >got && same out got; }
	check "and nothing else" refused
done
says() { # WHAT FILE
	expect 2 ./example_gcc "$2" >got 2>err && [ ! -s got ] && grep -q "$1" err && [ "$(wc -l <err)" = 1 ]
}
check "no file" says "nothing: No such file or directory" nothing
echo '{"format": "pinhole-policy", "version": 1, "arch": ["x86_64"], "default": "kill", "newer": "kill", "rules": [{"syscall": "raed"}]}' >wrong.json
check "a wrong one: the place and the remedy" says 'wrong.json: line 1, .*did you mean read' wrong.json
printf '12345678' >wrong.bpf
check "no filter" says "wrong.bpf: " wrong.bpf
: >empty
check "an empty file" says "empty" empty
# Allowed is what the threads do; the rest is denied to all of them.
format='"format": "pinhole-policy"' # apart: what stands here is no policy yet, which prove reads
cat >few.json <<END
{$format, "version": 1, "arch": ["$(uname -m)"], "default": "errno:EPERM", "newer": "errno:ENOSYS",
 "rules": [{"syscall": "read"}, {"syscall": "write"}, {"syscall": "futex"}, {"syscall": "exit"}, {"syscall": "exit_group"},
  {"syscall": "munmap"}, {"syscall": "madvise"}, {"syscall": "seccomp"}, {"syscall": "prctl"}, {"syscall": "rt_sigprocmask"}]}
END
one() { ./library "$1" few.json >got && printf '%s\n' "$2" | same - got; }
check "this thread alone" one this "this thread: Operation not permitted
other thread: 0"
check "all threads" one all "this thread: Operation not permitted
other thread: Operation not permitted"
check "not all threads, where one has a filter of its own" one diverged "thread: -2, number 16
this thread: 0"
check "a flag that is not known" one flag "flags: -1"
check "from memory, and its instructions" one memory "code: yes, text: few.json: fine"
exit 0

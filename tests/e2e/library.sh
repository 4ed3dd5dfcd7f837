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
# The flags of a program with the static library, which is named as the shared one lies beside it; and with the shared one.
static_flags() { pkg-config --cflags --libs --static pinhole | sed 's/-lpinhole/-l:libpinhole.a/'; }
shared_flags() { pkg-config --cflags --libs pinhole && echo "-Wl,-rpath,$PWD/root/lib"; }

only_its_names() { [ "$(nm -g --defined-only root/lib/libpinhole.a | awk 'NF == 3 && $3 !~ /^pinhole_/')" = "" ]; }
check "a program sees pinhole_ names alone" only_its_names
names() { # of the header's functions
	grep -oE '\bpinhole_[a-z_]+\(' "$SOURCE/tools/library/pinhole.h" | tr -d '(' | sort -u
}
exported() {
	names >said && [ "$(wc -l <said)" -ge 7 ] || return 1
	nm -D --defined-only root/lib/libpinhole.so | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }' | sort >written
	same said written && [ "$(nm -D --defined-only root/lib/libpinhole.so | grep -vc ' T pinhole_[a-z_]*@@PINHOLE_0$')" = 1 ]
}
check "the shared library exports the header's functions, and nothing else" exported
documented() {
	sed -n '/^\.SH NAME/{n;p;}' "$SOURCE/tools/package/pinhole.3" | sed 's/ .-.*//; s/, /\n/g' | sort >written
	same said written || return 1
	sed -E 's/\\f[BIR]|\\-//g' "$SOURCE/tools/package/pinhole.3" | grep -oE '\b(PINHOLE_[A-Z_]+|phase|architecture|default_action|arguments|generalize)\b' | sort -u >written
	grep -vE 'include|#ifndef|#define PINHOLE_H' "$SOURCE/tools/library/pinhole.h" | sed -E 's|/\*.*||' |
		grep -oE '\b(PINHOLE_[A-Z_]+[A-Z]|phase;|architecture;|default_action;|arguments;|generalize;)' | tr -d ';' | sort -u >said
	same said written
}
check "pinhole(3) has every function, constant and option" documented
soname() {
	local so
	so=$(objdump -p root/lib/libpinhole.so | awk '$1 == "SONAME" { print $2 }') && [[ $so = libpinhole.so.[0-9]* ]] && [ -e "root/lib/$so" ] &&
		[ "$(realpath "root/lib/$so")" = "$(realpath root/lib/libpinhole.so)" ] && [ "$(objdump -p root/lib/libpinhole.so | awk '$1 == "NEEDED" { print $2 }' | grep -vE '^(libjansson|libc|libm|ld-linux[^ ]*)\.so')" = "" ]
}
if need "its soname" objdump; then check "its soname is a file, and it needs jansson alone" soname; fi
# The sanitizers' library is not for programs without them.
case $build in *asan*) skip_all "a program with it" "built with the sanitizers" ;; esac
for compiler in gcc clang; do
	need "the example, with $compiler" $compiler || continue
	example() { $compiler -Wall -Wextra -Werror -O1 -o example_$compiler "$SOURCE/tools/library/example.c" $(static_flags); }
	check "the example, with $compiler" example
	with_shared() {
		$compiler -Wall -Wextra -Werror -O1 -o example_shared_$compiler "$SOURCE/tools/library/example.c" $(shared_flags) &&
			objdump -p example_shared_$compiler | grep -q 'NEEDED *libpinhole\.so\.' && ! objdump -p example_$compiler | grep -q 'NEEDED *libpinhole'
	}
	check "the example with the shared library, with $compiler" with_shared
	ignored() {
		printf '#include <pinhole.h>\nint main(void) { pinhole_install(0, 0, 0); return 0; }\n' >ignored.c
		! $compiler -c -Wall -Werror -o ignored.o ignored.c $(pkg-config --cflags pinhole) 2>err && grep -q unused-result err
	}
	check "$compiler warns of an ignored error" ignored
done
if need "the header in C++" g++; then
	in_cxx() { printf '#include <pinhole.h>\nint main() { pinhole_error e; pinhole_options o = PINHOLE_OPTIONS_INIT; return pinhole_load("", &o, &e) != nullptr; }\n' >p.cc && g++ -Wall -Wextra -Werror -o cxx p.cc $(static_flags) && ./cxx; }
	check "the header in C++" in_cxx
fi
# In a shared object, which is loaded by a program that has nothing of it.
for compiler in gcc clang; do
	need "a shared object, with $compiler" $compiler || continue
	shared() {
		$compiler -Wall -Wextra -Werror -shared -fPIC -fvisibility=default -DARCH="\"$(uname -m)\"" -Wl,-z,text -Wl,-z,defs -o shared_$compiler.so "$SOURCE/tests/e2e/library/shared.c" \
			$(static_flags) && gcc -Wall -Wextra -Werror -o open "$SOURCE/tests/e2e/library/open.c" -ldl
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
	gcc -Wall -Wextra -Werror -pthread -o host "$SOURCE/tests/e2e/library/host.c" $(static_flags) &&
		echo '{"format": "pinhole-policy"' >cut.json && ./host "$SOURCE/policies/library/docker-default.json" cut.json >got && printf '%s\n' "loaded: all as before" "refused: all as before" "jansson: all as before" "threads: all the same" | same - got
}
check "the program's own state stays, and threads load at once" own_state
needs_libc_alone() {
	nm -u root/lib/libpinhole.a | awk '{ print $2 }' | grep -E '^(json_object_seed|setlocale|signal|sigaction|putenv|setenv|chdir|fchdir|setrlimit|prlimit|atexit|exit|abort|srand|rand|strtok|printf|fprintf|puts|putchar|fputs|stdout|stderr)$' && return 1
	return 0
}
check "it calls nothing that changes the program's state" needs_libc_alone
threads() { gcc -Wall -Wextra -Werror -pthread -o library "$SOURCE/tests/e2e/library/all.c" $(static_flags); }
check "a program of more calls" threads || exit 0

need_tracing "libpinhole"
learned() { "$PINHOLE" record -q -o profile.json -- ./example_gcc >out && "$PINHOLE" policy profile.json -o policy.json && "$PINHOLE" generate policy.json -o filter; }
check "what it does without is learned" learned || exit 0
for example in example_gcc example_shared_gcc; do
	for file in policy.json profile.json filter; do
		works() { expect 0 ./$example $file >got && same out got; }
		check "$example: under its $file it works" works
		refused() { expect 159 ./$example $file astray >got && same out got; }
		check "$example: and nothing else" refused
	done
done

# Options: the filter is that of the command's policy with the same ones, and not that of the defaults.
options() { gcc -Wall -Wextra -Werror -o options "$SOURCE/tests/e2e/library/options.c" $(shared_flags); }
check "a program with options" options || exit 0
"$PINHOLE" policy --phase=main profile.json -o main.json
as_command() { # MEMBER=VALUE… -- OPTION…
	local members=()
	while [ "$1" != -- ]; do members+=("$1") && shift; done
	shift
	"$PINHOLE" policy "$@" profile.json -o wanted.json && ./options profile.json "${members[@]}" >filter.bpf && "$PINHOLE" verify filter.bpf wanted.json
}
differs() { expect 1 "$PINHOLE" verify filter.bpf "$1"; }
check "no options: as the command, of phase main" as_command -- --phase=main
"$PINHOLE" policy --phase=main --generalize=none profile.json -o seen.json
other=aarch64
[ "$(uname -m)" = x86_64 ] || other=x86_64
while read -r without case; do
	check "option ${case%% -- *}: as the command" as_command $case
	check "option ${case%% -- *}: not as without" differs $without
done <<END
main.json phase=load -- --phase=load
main.json default=errno:EPERM -- --phase=main --default=errno:EPERM
main.json arguments=none -- --phase=main --args=none
seen.json arguments=exact generalize=none -- --phase=main --args=exact --generalize=none
main.json generalize=chance -- --phase=main --generalize=chance
main.json generalize=none -- --phase=main --generalize=none
main.json architecture=$other -- --phase=main --arch=$other
END
bad_option() { # WHAT FILE MEMBER=VALUE…
	local what=$1
	shift
	expect 2 ./options "$@" >got 2>err && [ ! -s got ] && grep -q "$what" err && [ "$(wc -l <err)" = 1 ]
}
check "a phase that there is not" bad_option '^profile.json: .*phase' profile.json phase=lunch
check "an architecture that there is not" bad_option '^profile.json: architecture vax: ' profile.json architecture=vax
check "an action that there is not" bad_option '^profile.json: default_action: .*shrug' profile.json default=shrug
check "arguments that there are not" bad_option '^profile.json: arguments is 7; give ' profile.json arguments=7
check "negative arguments" bad_option '^profile.json: arguments is -1; give ' profile.json arguments=-1
check "a generalisation that there is not" bad_option '^profile.json: generalize is 3; give ' profile.json generalize=3
for member in phase=main architecture=x86_64 default=kill arguments=exact generalize=none; do
	check "a policy is decided: $member" bad_option '^policy.json: is a policy.*leave out' policy.json $member
done
check "a filter is decided" bad_option '^filter: is a filter.*arguments' filter arguments=none
# Programs that were built with another header.
older() { ./options profile.json size=phase phase=load >got && ./options profile.json phase=load >filter.bpf && same got filter.bpf; }
check "an older program, whose options are shorter" older
oldest() { ./options profile.json size=8 phase=load >got && ./options profile.json >filter.bpf && same got filter.bpf; }
check "options that are a size alone" oldest
newer() { ./options profile.json size=200 phase=load >got && ./options profile.json phase=load >filter.bpf && same got filter.bpf; }
check "a newer program, which uses nothing new" newer
check "a newer program, which uses something new" bad_option 'does not know; leave them zero' profile.json size=200 last=1
check "a size that was not set" bad_option 'size is 0; set it' profile.json size=0
check "a size that was not set, and is large" bad_option 'size is 18446744073709551615; set it' profile.json size=0xffffffffffffffff
# What the command says of a profile, the library hands to its caller.
starter() { "$PINHOLE" record -q -o starter.json -- sh -c 'cat /dev/null; :'; }
if check "a program that starts others" starter; then
	warned() { ./options starter.json >filter.bpf 2>err && grep -q '^the program executes others.*phase load$' err && "$PINHOLE" policy starter.json -o wanted.json && "$PINHOLE" verify filter.bpf wanted.json; }
	check "a program that starts others: a warning, and all phases" warned
	silent() { ./options profile.json 2>err >filter.bpf && [ ! -s err ]; }
	check "no warning where nothing is to be said" silent
fi
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

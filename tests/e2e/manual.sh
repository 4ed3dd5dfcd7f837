# The manual matches the command's own help; make install puts all files in place; and the manual's
# examples work with the installed files.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
page=$SOURCE/tools/package/pinhole.1

# The source without fonts and escapes: macros and words.
plain() { sed -E '/^\.\\"/d; s/\\f[BIR]|\\%//g; s/\\-/-/g' "$page"; }
plain >plain
commands=$("$PINHOLE" --help | sed -nE 's/^  ([a-z]+) .*/\1/p')

nothing_else() { # FILE FILE: what they have is the same, and something
	[ -s "$1" ] && same "$1" "$2"
}
every_command() {
	printf '%s\n' $commands >said
	sed -n '/^\.SH COMMANDS/,/^\.SH EXIT/s/^\.SS //p' plain >written
	nothing_else said written
}
check "every command is in the manual, and no other" every_command
synopses() {
	# A line that goes on is indented, here and there.
	for word in $commands; do "$PINHOLE" $word --help | sed -n '/^Usage: /,/^[A-Z]/p' | sed -nE 's/…/.../g; s/^Usage: //p; s/^  +/ /p'; done |
		sed -E ':a; N; $!ba; s/\n +/ /g' >said
	sed -n '/^\.nf/,/^\.fi/{/^\./!p}' plain | sed -E ':a; N; $!ba; s/\n +/ /g' >written
	nothing_else said written
}
check "the synopsis is that of --help" synopses
options() {
	local common=help
	! "$PINHOLE" "$1" --help | grep -q -e --color || common='help|all|color=.*'
	"$PINHOLE" "$1" --help | sed -nE 's/…/.../g; s/^ {2,6}((-[a-z], )?--[^ ]+)( .*|$)/\1/p' | grep -vxE -e "--($common)" >said
	awk -v name="$1" '/^\.S/ {here = $0 == ".SS " name} tag && here {sub(/^\.B /, ""); print} {tag = /^\.TP/}' plain >written
	same said written
}
for word in $commands; do check "the options of $word are in the manual, and no others" options "$word"; done
common() {
	awk '/^\.S/ {here = $0 == ".SH OPTIONS"} tag && here {sub(/^\.B /, ""); print} {tag = /^\.TP/}' plain >written
	printf '%s\n' --help --version '--color=auto|always|never' --all | same - written || return 1
	for word in $commands; do
		local has=no said=no
		"$PINHOLE" $word --help | grep -q -e --color && has=yes
		sed -n '/color=auto/,/colour the result/p' plain | grep -qw -e "$word" && said=yes
		[ $has = $said ] || { echo "--color of $word: has $has, said $said"; return 1; }
	done
	for word in "" $commands; do "$PINHOLE" $word --help >said && grep -q '^Usage: pinhole' said || return 1; done
	"$PINHOLE" --version
}
check "the common options" common
mentioned() { # anywhere: but the options of other programs
	{ echo --version; for word in $commands; do "$PINHOLE" $word --help; done; } |
		grep -oE -e '(^|[ ,[])--?[a-z][a-z0-9-]*' | tr -d ' ,[' | sort -u >said
	sed -E '/bwrap|security-opt/d; s/ -- .*//' plain | grep -oE -e '(^|[^a-z0-9-])--?[a-z][a-z0-9-]*' | sed 's/^[^-]//' | sort -u >written
	! comm -13 said written | grep .
}
check "no option is spoken of that there is not" mentioned
looked_through() { # the head of the table of siblings, and the manual
	sed -nE "s/^ \*   ([A-Z a-z']*[A-Za-z]) +[0-9.]+ to ([0-9.]+)[:;].*/\1 \2/p" "$SOURCE/policies/abi/siblings.c" >said
	[ "$(wc -l <said)" -gt 6 ] || return 1
	tr '\n' ' ' <plain >written
	while read -r line; do
		grep -qF "${line% *} up to ${line##* }" written || { echo "the manual does not say ${line% *} up to ${line##* }"; return 1; }
	done <said
}
check "the manual says how far the table of --portable was looked through" looked_through
version() { grep -qF "\"$("$PINHOLE" --version)\"" "$page"; }
check "the version is the command's" version

if need "groff has no warnings" groff; then
	groff_warnings() { groff -man -ww -z "$page" >out 2>&1 && [ ! -s out ] || { cat out; false; }; }
	check "groff has no warnings" groff_warnings
	narrow() { groff -man -Tascii -rLL=80n -P-cbou "$page" >out && ! grep -E '.{81}' out; }
	check "no line is longer than 80 columns" narrow
fi
if ! man --warnings -l "$page" >/dev/null 2>&1; then
	skip "man has no warnings" "no man of man-db here"
else
	man_warnings() { man --warnings -E UTF-8 -l "$page" 2>err >out && [ -s out ] && [ ! -s err ] || { cat err; false; }; }
	check "man has no warnings" man_warnings
fi

# What was built stands in the source's folder; a command from elsewhere was not built here.
case $PINHOLE in
"$SOURCE"/*/pinhole) build=$(dirname "${PINHOLE#"$SOURCE"/}") ;;
*) skip_all "make install" "$PINHOLE was not built here" ;;
esac
need "make install" make pkg-config || exit 0
install_to() { # PREFIX
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -C "$SOURCE" --no-print-directory BUILD="$build" DESTDIR="$PWD/root" PREFIX="$1" install
}
check "make install" install_to /usr/local
check "make install with another PREFIX" install_to /opt/pin
installed() {
	for prefix in usr/local opt/pin; do
		{
			printf '%s\n' bin/pinhole include/pinhole.h lib/libpinhole.{a,so."$("$PINHOLE" --version | cut -d' ' -f2)"} lib/pkgconfig/pinhole.pc \
				share/man/man1/pinhole.1 share/man/man3/pinhole.3 share/man/man5/pinhole-p{rofile,olicy}.5 share/man/man7/pinhole-tutorial.7 \
				share/bash-completion/completions/pinhole share/zsh/site-functions/_pinhole \
				share/fish/vendor_completions.d/pinhole.fish
			printf 'share/man/man1/pinhole-%s.1\n' $commands
			(cd "$SOURCE/policies/library" && find . -type f -printf 'share/pinhole/library/%P\n')
			printf 'lib/systemd/system/pinhole-listen.%s\n' service socket
		} | sort >said
		(cd root/$prefix && find . -type f | sed 's|^\./||' | sort) >written
		nothing_else said written || return 1
		for file in $(cd "$SOURCE/policies/library" && find . -type f); do same "$SOURCE/policies/library/$file" "root/$prefix/share/pinhole/library/$file" || return 1; done
		[ "$(find root/$prefix -type f -perm /111 | sed 's|.*/||' | sort | tr '\n' ' ')" = "load-clickhouse load-postgresql pinhole " ] || return 1
	done
	[ "$(find root -type f ! -perm -444)" = "" ]
}
check "the command, the manuals, completions and libraries are there, and nothing else" installed
same_page() { same "$page" root/usr/local/share/man/man1/pinhole.1; }
check "the manual is installed as it is" same_page
prefixed() { grep -q '/opt/pin/share/pinhole/library' root/opt/pin/share/man/man1/pinhole.1 && ! grep -q /usr/local root/opt/pin/share/man/man1/pinhole.1; }
check "and with the other PREFIX where it names files" prefixed
library() {
	local name
	for name in $(sed -n '/^\.SH FILES/,/^\.SH/p' plain | grep -oE '[a-z-]+(\.schema)?\.json|[A-Z]+\.md'); do
		[ "$name" = pinhole.json ] || [ -f "root/usr/local/share/pinhole/library/$name" ] || { echo "no $name"; return 1; }
	done
	root/usr/local/bin/pinhole generate root/usr/local/share/pinhole/library/docker-default.json -f asm
}
check "the library's files are those that the manual names, and the installed command reads them" library

# A page for each command, and one for each format: as good as the whole.
pages=$(find root/usr/local/share/man -name 'pinhole-*' -o -name 'pinhole.3')
keys() { # FORMAT: a page has every key of its schema
	python3 - "$SOURCE/policies/library/$1.schema.json" "root/usr/local/share/man/man5/pinhole-$1.5" <<-'END'
		import json, re, sys
		def keys(x):
		    if isinstance(x, dict):
		        for key in x.get("properties", {}) if isinstance(x.get("properties"), dict) else {}:
		            yield key
		        for y in x.values():
		            yield from keys(y)
		    elif isinstance(x, list):
		        for y in x:
		            yield from keys(y)
		page = set(re.findall(r"[a-z_]+", re.sub(r"\\f[BIR]", " ", open(sys.argv[2]).read())))
		missing = sorted(set(keys(json.load(open(sys.argv[1])))) - page)
		print(*missing)
		sys.exit(bool(missing))
	END
}
for format in profile policy; do check "pinhole-$format(5) has every key" keys $format; done
own_page() {
	local page=root/usr/local/share/man/man1/pinhole-$1.1
	grep -q "^pinhole.-$1 .- " "$page" && grep -q "pinhole $1" "$page" && [ "$(wc -l <"$page")" -gt 15 ]
}
for word in $commands; do check "pinhole-$word(1)" own_page "$word"; done
if need "the pages have no warnings, and no long lines" groff; then
	pages_warnings() {
		local page
		for page in $pages; do
			groff -man -ww -z "$page" >out 2>&1 && [ ! -s out ] || { cat out; return 1; }
			groff -man -Tascii -rLL=80n -P-cbou "$page" >out && ! grep -E '.{81}' out || return 1
		done
	}
	check "the pages have no warnings, and no long lines" pages_warnings
fi
if man --warnings -l "$page" >/dev/null 2>&1; then
	pages_man() {
		local page
		for page in $pages; do man --warnings -E UTF-8 -l "$page" 2>err >/dev/null && [ ! -s err ] || { cat err; return 1; }; done
	}
	check "man has no warnings of them" pages_man
fi

need_tracing "the manual's examples"
examples() {
	plain | sed -nE 's/^\$ //p'
}
PATH=$PWD/root/usr/local/bin:$PATH
[ "$(examples | wc -l)" -ge 10 ] && pass "the manual has examples" || fail "the manual has examples" "$(examples | wc -l)"
# The guide's lines belong together: one shell, in an empty folder. Those for root are not run here.
tutorial() {
	mkdir guide && cd guide || return
	sed -E 's/\\f[BIR]|\\%//g; s/\\-/-/g' "$SOURCE/tools/package/pinhole-tutorial.7" | sed -nE 's/^\$ (.*)/\1 || { echo "failed: line $LINENO" >\&2; exit 1; }/p' >lines
	[ "$(wc -l <lines)" -ge 12 ] && bash lines
}
check "pinhole-tutorial(7), line by line" tutorial
while read -r line; do
	case $line in
	bwrap*)
		need "example: $line" bwrap || continue
		bwrap --ro-bind / / true 2>/dev/null || { skip "example: $line" "bwrap is not permitted here"; continue; }
		;;
	esac
	check "example: $line" bash -c "$line"
done < <(examples)
exit 0

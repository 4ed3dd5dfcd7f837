# A --portable policy learned on this machine works on other releases of Debian, with another libc
# and another version of the program, and vice versa. It uses the trees of `make check-debian` and
# skips without one. Each case is a script of portable-trees/, run by the program that its name's
# ending says. ONLY=PATTERN: only the cases with such names.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing portable-trees
[ "$(id -u)" = 0 ] || skip_all portable-trees "only root can enter trees"
! sanitized || skip_all portable-trees "the sanitized command finds no libraries of its own in another tree"
cache=${DEBIAN_CACHE:-$SOURCE/build/debian}

# place SYSTEM: its folder, with all that runs there; for a tree pinhole and the libraries that it was linked with.
place() {
	local folder
	folder=$(folder_of "$1")
	rm -rf "${folder:?}" && mkdir -p "$folder/lib" && cp -r "$SOURCE/tests/e2e/portable-trees" "$folder/cases" &&
		cp "$PROGRAMS/libc" "$folder" || return
	! ls classes/*.class >/dev/null 2>&1 || cp classes/*.class "$folder/cases" || return
	[ ! -e libc-musl ] || cp libc-musl "$folder"
	[ "$1" != here ] || return 0
	cp "$PINHOLE" "$folder/pinhole" && ldd "$PINHOLE" | grep -o '/[^ ]*' | xargs -I{} cp -L {} "$folder/lib"
}
folder_of() { [ "$1" = here ] && echo "$PWD/here" || echo "$cache/$1/portable"; }
# The command and its first arguments, as they are called from the folder "work" of a system's folder.
pinhole_of() {
	if [ "$1" = here ]; then
		echo "$PINHOLE"
	else
		echo "../lib/$loader --library-path ../lib ../pinhole"
	fi
}
loader=$(ldd "$PINHOLE" | sed -nE 's|^[[:space:]]*/.*/(ld-[^ /]*) .*|\1|p')

systems=here
for release in trixie sid; do
	if [ ! -e "$cache/$release/.made" ]; then
		skip "Debian $release" "no tree $cache/$release: make check-debian RELEASE=$release makes one"
	elif ! exec {in_use}>"$cache/$release.use" || ! flock -n $in_use; then
		skip "Debian $release" "the tree $cache/$release is in use"
	else
		systems="$systems $release"
	fi
done
[ "$systems" != here ] || exit 0
[ -n "$loader" ] || skip_all portable-trees "pinhole is linked with no loader that could be copied"

# on SYSTEM OUTPUT COMMAND…: the command in an empty folder of that system; its output and status.
on() {
	local system=$1 output=$2 status=0 folder
	shift 2
	folder=$(folder_of "$system")
	rm -rf "$folder/work" && mkdir "$folder/work" || return
	if [ "$system" = here ]; then
		env -i -C "$folder/work" PATH=/usr/bin:/bin HOME=/root LC_ALL=C TERM=dumb "$@"
	else
		"$SOURCE/tests/debian/enter" "$cache/$system" env -i -C /portable/work PATH=/usr/bin:/bin HOME=/root LC_ALL=C TERM=dumb "$@"
	fi >"$output" 2>"$output.err" </dev/null || status=$?
	echo "status $status" >>"$output"
}
has_all() { # SYSTEM TOOL…
	local system=$1
	shift
	on "$system" tools sh -c 'for tool; do command -v "$tool" || exit 1; done' sh "$@" && grep -qx 'status 0' tools
}

recorded() { # CASE SYSTEM COMMAND…
	local name=$1 system=$2 folder
	shift 2
	folder=$(folder_of "$system")
	on "$system" "$name.$system.recorded" $(pinhole_of "$system") record -q -o ../"$name.json" -- "$@" &&
		same "$name.$system" "$name.$system.recorded" || { cat "$name.$system.recorded.err"; return 1; }
	"$PINHOLE" policy --portable "$folder/$name.json" -o "$name.$system.policy" &&
		"$PINHOLE" generate "$name.$system.policy" -o "$name.$system.bpf"
}
lives() { # CASE FROM TO COMMAND…
	local name=$1 from=$2 to=$3 folder
	shift 3
	folder=$(folder_of "$to")
	cp "$name.$from.bpf" "$folder/filter" &&
		on "$to" filtered $(pinhole_of "$to") run ../filter -- "$@" && same "$name.$to" filtered || { cat filtered.err; return 1; }
}
# What a newer version of a program itself leaves out, its older one needs. Says which.
differs() { # CASE FROM TO
	[ "$1" = make ] || return 1
	on "$2" version make --version && ! grep -q 'GNU Make 4\.[0-3]' version && on "$3" version make --version &&
		grep -o 'GNU Make 4\.[0-3]' version
}

# try CASE COMMAND…: it is run, recorded, and then tried under the filters of the other systems.
try() {
	local name=$1 system from to there=
	shift
	for system in $systems; do
		on "$system" "$name.$system" "$@"
		# libc ends with 3, all others with 0.
		if ! grep -qxE 'status (0|3)' "$name.$system"; then
			skip "$name, $system" "it does not run there: $(head -n 1 "$name.$system.err")"
		elif check "$name: recorded, $system" recorded "$name" "$system" "$@"; then
			there="$there $system"
		fi
	done
	for from in $there; do
		for to in $there; do
			[ "$from" != "$to" ] || continue
			if older=$(differs "$name" "$from" "$to"); then
				skip "$name: $to with the policy of $from" "$older gives up rights that it does not have; later ones do not"
			else
				check "$name: $to with the policy of $from" lives "$name" "$from" "$to" "$@"
			fi
		done
	done
}

! have javac || javac --release 11 -d classes "$SOURCE"/tests/e2e/portable-trees/*.java || rm -rf classes
! have musl-gcc || musl-gcc -static -O1 -D_GNU_SOURCE= -pthread -o libc-musl "$SOURCE/tests/programs/libc.c" || rm -f libc-musl
for system in $systems; do
	place "$system" || skip_all portable-trees "$(folder_of "$system") can't be filled"
done

for file in "$SOURCE"/tests/e2e/portable-trees/${ONLY:-*}; do
	name=$(basename "${file%.*}")
	needs=$(sed -nE 's|^(#\|//) needs: ||p' "$file")
	case $file in
	*.js) command="node ../cases/$name.js" ;;
	*.java)
		[ -d classes ] || { skip "$name" "no javac here, or it can't compile the program"; continue; }
		command="java -cp ../cases Case"
		;;
	*.py) command="python3 ../cases/$name.py" ;;
	*) command="bash ../cases/$name.sh" ;;
	esac
	all=$systems
	for system in $all; do
		has_all "$system" $needs || {
			skip "$name, $system" "not all of $needs are there"
			systems=$(printf ' %s ' "$systems" | sed "s/ $system / /")
		}
	done
	try "$name" $command
	systems=$all
done

# The program that was linked here: with this machine's glibc, and with musl, which is in it.
try libc ../libc
[ ! -e libc-musl ] || try libc-musl ../libc-musl

# Musl of other versions, linked there, runs everywhere.
for release in $systems; do
	[ "$release" != here ] && has_all "$release" musl-gcc || continue
	cp "$SOURCE/tests/programs/libc.c" "$(folder_of "$release")"
	on "$release" built musl-gcc -static -O1 -D_GNU_SOURCE= -pthread -o ../libc-musl-there ../libc.c
	[ -e "$(folder_of "$release")/libc-musl-there" ] || { skip "musl of $release" "$(head -n 1 built.err)"; continue; }
	for name in libc libc-musl; do
		[ -e "$name.here.bpf" ] || continue
		cp "$name.here.bpf" "$(folder_of "$release")/filter"
		on "$release" there ../libc-musl-there
		under() {
			on "$release" filtered $(pinhole_of "$release") run ../filter -- ../libc-musl-there && same there filtered ||
				{ cat filtered.err; return 1; }
		}
		check "musl of $release with the policy of this machine's $name" under
	done
done
for system in $systems; do rm -rf "$(folder_of "$system")"; done
exit 0

# Attacks from inside a program, under the policy learned from its harmless behaviour: the kernel
# refuses each attempt, at every tightness that tests arguments, portable or not.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing attacks
attack=$PROGRAMS/attack

lives() { [ "$("$PINHOLE" run "$1" -- "$attack" </dev/null)" = lived ]; }
dies() { # FILTER ATTEMPT: by SIGSYS, before it can say a word
	expect 159 "$PINHOLE" run "$1" -- "$attack" "$2" >out </dev/null && [ ! -s out ]
}
says() { # FILTER ATTEMPT TEXT
	"$PINHOLE" run "$1" -- "$attack" "$2" >out </dev/null
	[ "$(cat out)" = "$3" ] || { cat out; false; }
}
limit() { "$PINHOLE" policy $2 profile.json -o "$1.json" && "$PINHOLE" generate "$1.json" -o "$1.bpf"; }

check "a harmless life is recorded" "$PINHOLE" record -o profile.json -- "$attack"
clone3=no
! grep -q '"syscall": "clone3"' profile.json || clone3=yes
while read -r name options; do
	check "$name: a policy" limit "$name" "$options"
	check "$name: it lives under it" lives "$name.bpf"
	for attempt in $("$attack" list); do
		case $attempt in
		exec) continue ;;
		new_user_by_clone3)
			if [ $clone3 = yes ] || [ "$name" = portable ] || [ "$name" = widened ]; then
				check "$name: $attempt is told ENOSYS" says "$name.bpf" $attempt "survived, Function not implemented"
				continue
			fi
			;;
		esac
		check "$name: $attempt is refused" dies "$name.bpf" $attempt
	done
done <<'END'
shape     --args=shape
exact     --args=exact
portable  --args=shape --portable
widened   --args=shape --generalize=capability --portable
END
# By names alone, what differs in its arguments only is not refused; the rest is.
check "names: a policy" limit names --args=none
check "names: it lives under it" lives names.bpf
for attempt in unshare_user no_random_addresses trace bpf io_uring keyctl userfault other_process module mount; do
	check "names: $attempt is refused" dies names.bpf $attempt
done
# The filter is on before execve, so that this call must be allowed; whatever is started stays under the filter (above).
check "exec cannot be refused to a filter that starts the program by it" says shape.bpf exec lived
exit 0

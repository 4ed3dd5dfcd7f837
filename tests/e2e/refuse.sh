# The kernel refuses calls, arguments and other ways that were not learned, and refuses nothing
# else.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing refuse
refuse=$PROGRAMS/refuse

# A call that was recorded and one word of it is what makes the difference: all that `good` does is learned, and that it
# can say what came of it.
check "the good is recorded" "$PINHOLE" record -o profile.json -- "$refuse" good
learned() { "$PINHOLE" policy --generalize=none profile.json -o learned.json && "$PINHOLE" generate learned.json -o filter.bpf; }
check "and compiled" learned
widened() { "$PINHOLE" policy --generalize=capability profile.json -o added.json && "$PINHOLE" generate added.json -o added.bpf; }
check "and compiled with what is added" widened

survives() { # OUTPUT COMMAND…
	local want=$1
	shift
	expect 0 "$@" >out && [ "$(cat out)" = "$want" ] || { cat out; false; }
}
dies() { # by SIGSYS, before it can say a word
	expect 159 "$@" >out && [ ! -s out ]
}
limited() { "$PINHOLE" run filter.bpf -- "$refuse" "$1"; }
added() { "$PINHOLE" run added.bpf -- "$refuse" "$1"; }

check "allowed: what was recorded" survives "survived, succeeded" limited good

while read -r what name; do
	check "refused: $name" dies limited "$what"
	# Harmless calls of the class base may be added; no others.
	case $what in
	unrecorded_without_arguments | command) check "added: $name" survives "survived, succeeded" added "$what" ;;
	*) check "refused with what is added: $name" dies added "$what" ;;
	esac
done <<'END'
unrecorded                    a call that was not recorded
unrecorded_without_arguments  a call without arguments that was not recorded
family                        socket of another family
type                          socket of another type
protocol                      socket of another protocol
command                       fcntl with another command
option                        prctl with another option
protection                    mprotect with PROT_EXEC
signal_number                 kill with another signal
garbage_protection            garbage in the upper half of a 64-bit argument
one_high_bit                  one bit in the upper half of a 64-bit argument
minus_one                     number -1
largest                       number 0x7fffffff
sign_bit                      number 0x80000000
first_foreign                 number 0x40000000
END
if [ "$(uname -m)" = x86_64 ]; then
	while read -r what name; do
		[[ $what != i386_* ]] || need "refused: $name" int80 || continue
		check "refused: $name" dies limited "$what"
	done <<'END'
i386_getpid  int 0x80, a number that means another call
i386_exit    int 0x80, a number that is allowed for 64 bits
i386_mkdir   int 0x80, the 64-bit number of a recorded call
x32          x32's getpid
x32_write    x32's write
END
fi

while read -r what name; do
	check "allowed: $name" survives "survived, succeeded" limited "$what"
done <<'END'
garbage_family   garbage in the upper half of socket's arguments
garbage_command  garbage in the upper half of fcntl's command
garbage_option   garbage in the upper half of prctl's option
garbage_signal   garbage in the upper half of kill's arguments
garbage_number   garbage in the upper half of the number
END
check "answered with ENOSYS: a number newer than all that is known" \
	survives "survived, Function not implemented" limited newer

# The other ways to say no.
with_default() {
	"$PINHOLE" policy --generalize=none profile.json --default="$1" -o policy.json && "$PINHOLE" generate policy.json -o filter.bpf
}
check "--default=errno:EPERM" with_default errno:EPERM
check "errno: a call that was not recorded" survives "survived, Operation not permitted" limited unrecorded
check "errno: a wrong argument" survives "survived, Operation not permitted" limited family
check "errno: number -1" survives "survived, Operation not permitted" limited minus_one
check "errno: the good" survives "survived, succeeded" limited good
check "--default=kill-thread" with_default kill-thread
check "kill-thread: the only thread" dies limited unrecorded
check "--default=trap" with_default trap
check "trap: an unhandled one" dies limited unrecorded
check "--default=log" with_default log
check "log: allowed all the same" survives "survived, succeeded" limited unrecorded_without_arguments
check "--default=allow" with_default allow
check "allow: allowed" survives "survived, succeeded" limited unrecorded_without_arguments
check "allow: number -1 is refused all the same" dies limited minus_one
[ "$(uname -m)" != x86_64 ] || check "allow: x32 is refused all the same" dies limited x32

check "a program that handles traps is recorded" "$PINHOLE" record -o trap.json -- "$PROGRAMS/trap"
check "--default=trap for it" "$PINHOLE" policy --generalize=none trap.json --default=trap -o trap-policy.json
# Its handler returns by rt_sigreturn, which no recording showed and every policy allows.
check "trap: the handler is told which call" \
	survives "trapped: getppid" "$PINHOLE" run trap-policy.json -- "$PROGRAMS/trap" getppid

# What 32-bit calls a 64-bit program made are its own facts.
if need "int 0x80" int80; then
	check "int 0x80 is recorded" "$PINHOLE" record -o int80.json -- "$PROGRAMS/int80"
	check "as architecture i386" fact int80.json '^main i386 getpid 3 '
	check "apart from the 64-bit calls" fact int80.json '^main x86_64 getpid 1 '
	check "with its arguments" fact int80.json '^main i386 prctl 1 option=PR_GET_DUMPABLE '
	check "and not mistaken for 64-bit numbers" no_fact int80.json ' x86_64 writev '
	check "and allowed when learned" \
		survives "$("$PROGRAMS/int80")" "$PINHOLE" run int80.json -- "$PROGRAMS/int80"
fi
exit 0

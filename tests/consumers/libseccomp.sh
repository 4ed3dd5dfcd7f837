# A launcher that has libseccomp build the filter. SPDX-License-Identifier: MIT
. "$SOURCE/tests/consumers/lib/learned.sh"
need libseccomp cc pkg-config || exit 0
pkg-config --exists libseccomp || skip_all libseccomp "no libseccomp here"

make_output() {
	generated libseccomp filter.c &&
		cc -Wall -Wextra -Werror -DFILTER="\"$HERE/filter.c\"" $(pkg-config --cflags libseccomp) -o launch \
			"$SOURCE/tests/consumers/launch.c" $(pkg-config --libs libseccomp)
}
newer=$killed # the calls that are not there yet are named one by one, and this one is past them
inside() { "$HERE/launch" "$@"; }
consume libseccomp

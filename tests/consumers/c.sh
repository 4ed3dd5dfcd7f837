# A launcher with the C header. SPDX-License-Identifier: MIT
. "$SOURCE/tests/consumers/lib/learned.sh"
need c cc || exit 0

make_output() { generated c filter.h && cc -Wall -Wextra -Werror -DFILTER="\"$HERE/filter.h\"" -o launch "$SOURCE/tests/consumers/launch.c"; }
inside() { "$HERE/launch" "$@"; }
consume c

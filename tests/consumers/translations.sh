# What is written for each tool, and read of it, beside the filters that it makes; more of it than `make check` asks, and with programs
# of other releases of Debian. SPDX-License-Identifier: MIT
TRANSLATIONS=${TRANSLATIONS:-10}
. "$SOURCE/tests/e2e/translations.sh"

# The formats of which no consumer is here, and the others, of the learned policies. SPDX-License-Identifier: MIT
. "$SOURCE/tests/e2e/formats.sh"

# tests/run itself: a test that fails once is told from one that always fails. SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"

mkdir cases
cat >cases/fine.sh <<'END'
. "$SOURCE/tests/lib.sh"
check "fine" true
END
cat >cases/once.sh <<'END'
. "$SOURCE/tests/lib.sh"
check "fine in once" true
check "fails at first" rmdir "$MARK"
mkdir -p "$MARK"
END
cat >cases/always.sh <<'END'
. "$SOURCE/tests/lib.sh"
check "fails always" false
true
END
ran() { # AGAIN STATUS NAME…
	local again=$1 want=$2
	shift 2
	rm -rf mark
	MARK=$PWD/mark TESTS=$PWD/cases TEST_AGAIN=$again expect "$want" "$SOURCE/tests/run" -j 2 "$@" >out 2>err 9>&- || { cat out err; false; }
}
says() { grep -qxF -e "$1" out || { cat out; false; }; }
once() { ran 2 0 fine once && says 'unsteady fails at first: exit status 1 of: rmdir '"$PWD/mark" && says '2 passed, 0 failed'; }
always() { ran 2 1 fine once always && says '2 passed, 1 failed'; }
not_again() { ran 0 1 once && says '1 passed, 1 failed'; }
check "a test that fails once, and not by itself" once
check "a test that fails always" always
check "without TEST_AGAIN one failure is enough" not_again
exit 0

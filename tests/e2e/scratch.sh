# Scratch folders are not removed across a mount. SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need "a mount is not removed" unshare || exit 0
unshare -m --propagation private true 2>/dev/null || unshare -U -r -m --propagation private true 2>/dev/null || skip_all "a mount is not removed" "not permitted here"
user=$([ "$(id -u)" = 0 ] || echo "-U -r")
cat >mounted.sh <<'END'
. "$SOURCE/tests/remove.sh"
mkdir -p "a b/c d" other files && touch files/precious && mount --bind files "a b/c d" || exit 2
! remove "a b" other && [ -e files/precious ] && [ ! -e other ] && umount "a b/c d" && remove "a b" && [ ! -e "a b" ]
END
check "a mount is not removed" unshare $user -m --propagation private bash mounted.sh

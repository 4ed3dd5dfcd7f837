# tools/dev/check-includes refuses each kind of breach. Each file of includes/ is one kind; its
# first words name the place to put it.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
command -v python3 >/dev/null || skip_all includes "no python3 here"
for top in policies generator tracer tools; do mkdir $top; done

refused() { # FILE
	local place
	place=$(sed -n '1s,^/\* \([^:]*\):.*,\1,p' "$1")
	mkdir -p "$(dirname "$place")"
	cp "$1" "$place"
	expect 1 "$SOURCE/tools/dev/check-includes" "$PWD" >found || { cat found; rm "$place"; return 1; }
	rm "$place"
	grep -q "^$place:2: " found || { cat found; return 1; }
}
check "nothing to refuse" expect 0 "$SOURCE/tools/dev/check-includes" "$PWD"
for file in "$SOURCE"/tests/e2e/includes/*.c; do check "$(basename "$file" .c)" refused "$file"; done
check "the sources" expect 0 "$SOURCE/tools/dev/check-includes"

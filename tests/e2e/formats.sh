# The formats of other tools: golden files; and independent readers of these formats understand the
# outputs as the policies mean them. UPDATE=yes rewrites the golden files.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
golden=$SOURCE/tests/golden/formats
formats="oci systemd minijail kafel firejail spo libseccomp"

# Names that end so are written with --strict.
strictly() { case $1 in *-strict) echo --strict ;; esac; }
write_formats() { # NAME: in all formats that can say it; what is told of them goes to NAME.notes
	local format status
	cp "$golden/$1.json" . || return
	: >"$1.notes"
	for format in $formats; do
		status=0
		"$PINHOLE" generate -f "$format" $(strictly "$1") "$1.json" -o "$1.$format" 2>>"$1.notes" || status=$?
		[ $status = 0 ] || [ $status = 2 ] || return
	done
}
as_golden() {
	local format
	write_formats "$1" || return
	[ -z "${UPDATE:-}" ] || { rm -f "$golden/$1".[!j]* && cp "$1".[!j]* "$golden"; }
	for format in $formats notes; do
		[ ! -e "$1.$format" ] && [ ! -e "$golden/$1.$format" ] || same "$golden/$1.$format" "$1.$format" || return
	done
}
# tests/consumers/run has policies of its own, which it has learned.
policies=("$golden"/*.json "$SOURCE"/tests/golden/policy/*.json "$SOURCE"/policies/library/{docker-default,systemd-service}.json)
[ -z "${LEARNED:-}" ] || policies=("$LEARNED"/*.policy) golden=/dev/null
for file in "$golden"/*.json; do
	[ -e "$file" ] || continue
	name=$(basename "$file" .json)
	check "golden: $name" as_golden "$name"
done

read_back() { # POLICY, with --strict and without
	local format strict
	"$PINHOLE" generate "$1" -o filter.bpf || return
	for strict in "" --strict; do
		for format in oci spo minijail kafel systemd firejail; do
			[ $format != spo ] || "$python" -c 'import yaml' 2>/dev/null || continue
			"$PINHOLE" generate -f $format $strict "$1" -o out 2>err || { grep -q 'is for one architecture' err && continue; cat err; return 1; }
			echo "$format $strict"
			"$python" "$SOURCE/tests/oracles/readers" $format out filter.bpf $strict || return
		done
	done
}
# The distribution's python3 has its modules.
python=python3
! /usr/bin/python3 -c 'import yaml' 2>/dev/null || python=/usr/bin/python3
need "readers" "$python" cc || exit 0
case $(uname -m) in x86_64) ;; *) skip_all "readers" "their policies are for x86_64" ;; esac
"$python" -c 'import yaml' 2>/dev/null || skip "readers: spo" "no yaml for python3 here"
for file in "${policies[@]}"; do
	case $file in */nothing-strict.json) continue ;; esac
	check "readers: $(basename "${file%.*}")" read_back "$file"
done
exit 0

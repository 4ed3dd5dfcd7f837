# How scratch folders are removed: never through a mount, behind which other people's files are. Sourced by bash.
# SPDX-License-Identifier: MIT

# mounts_below FOLDER: the mounts at it and below it that this mount namespace has, one a line; fails where that can't be known.
mounts_below() {
	local folder at
	folder=$(realpath -- "$1") || return
	# The fifth field; spaces and such are written \040 there.
	while read -r _ _ _ _ at _; do
		at=$(printf '%b' "${at//\\/\\0}")
		[[ $at/ != "$folder"/* ]] || printf '%s\n' "$at"
	done </proc/self/mountinfo
}

# remove FOLDER…: these and all in them; refuses, and says so, where something is mounted there.
remove() {
	local folder mounts status=0
	for folder; do
		[ -e "$folder" ] || continue
		if ! mounts=$(mounts_below "$folder") || [ -n "$mounts" ]; then
			echo "not removed: $folder, as these are mounted there:" ${mounts:-"(can't tell)"} >&2
			status=1
			continue
		fi
		rm -rf -- "$folder" || status=1
	done
	return $status
}

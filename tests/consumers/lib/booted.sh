# A systemd of its own, in the Debian of $tree. SPDX-License-Identifier: MIT

# Among what its start-up does is to empty /tmp, which the scratch folder may be in; and servers start that nobody asked for.
masked="systemd-tmpfiles-setup systemd-tmpfiles-clean nginx redis-server postgresql"

# boot [OPTION-OF-NSPAWN…] UNIT-SETTING: starts it, and waits until it is up.
boot() {
	local unit target=${!#}
	set -- "${@:1:$#-1}"
	for unit in $masked; do ln -sf /dev/null "$tree/etc/systemd/system/$unit.service"; done
	systemd-nspawn --quiet --register=no --keep-unit --console=pipe --link-journal=no --resolv-conf=off --timezone=off \
		-D "$tree" "$@" -b "$target" systemd.log_target=console </dev/null >boot.log 2>&1 9>&- &
	nspawn=$!
	trap 'command kill -KILL $nspawn; wait $nspawn 2>/dev/null' EXIT
	wait_for 120 booted "${target#*=}" || { echo "${target#*=} is not active after 120 s"; there systemctl list-jobs --no-legend | head -n 3; } >>boot.log 2>&1
	booted "${target#*=}"
}
# Its first process, which is one of ours, too.
leader() { grep -lE '^NSpid:[[:space:]]+[0-9]+[[:space:]]+1$' /proc/[0-9]*/status 2>/dev/null | head -n 1 | tr -dc 0-9; }
there() { nsenter -t "$(leader)" -m -u -i -n -p -- "$@"; }
booted() { [ -n "$(leader)" ] && there systemctl is-active "$1"; }

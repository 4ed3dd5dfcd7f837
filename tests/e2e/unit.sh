# pinhole unit, before a systemctl that this script is: the drop-ins that it writes, and what it does where something goes wrong.
# tests/consumers/unit.sh has a systemd that runs.
# SPDX-License-Identifier: MIT
. "$SOURCE/tests/lib.sh"
need_tracing unit
mkdir bin config state fake
export XDG_CONFIG_HOME=$PWD/config XDG_STATE_HOME=$PWD/state FAKE=$PWD/fake PATH=$PWD/bin:$PATH
dropins=$PWD/config/systemd/user/app.service.d profile=$PWD/state/pinhole/app.json

# The unit app.service is the file fake/app.service. fake/fails: a start fails while that file's words are in the drop-ins.
cat >bin/systemctl <<'END'
#!/bin/bash
shift 3 # --user --no-pager --no-ask-password
dropins=$XDG_CONFIG_HOME/systemd/user/app.service.d
echo "$*" >>"$FAKE/log"
get() { cat "$FAKE/$1" 2>/dev/null || echo "$2"; }
case $1 in
show)
	name=${!#}
	if [ "$name" != app.service ]; then printf 'Id=%s\nLoadState=not-found\nActiveState=inactive\n' "$name"; exit; fi
	printf 'Id=app.service\nLoadState=%s\nActiveState=%s\nSubState=running\nResult=%s\nNRestarts=0\n' "$(get load loaded)" "$(get active active)" "$(get result success)"
	printf 'Type=%s\nProtectHome=%s\nExecMainCode=%s\nExecMainStatus=%s\n' "$(get type simple)" "$(get home no)" "$(get code 0)" "$(get status 0)"
	printf 'RootDirectory=%s\n' "$(get root '')"
	cat "$dropins"/*.conf 2>/dev/null | grep '^ExecStart=.' | sed 's/^ExecStart=/&{ path= ; argv[]=/'
	;;
cat) cat "$FAKE/app.service" ;;
restart)
	[ ! -e "$FAKE/hangs" ] || { rm "$FAKE/hangs"; kill -KILL $PPID; exit; }
	if [ -s "$FAKE/fails" ] && cat "$dropins"/*.conf 2>/dev/null | grep -qf "$FAKE/fails"; then
		echo failed >"$FAKE/active"; echo signal >"$FAKE/result"; echo 2 >"$FAKE/code"; echo 31 >"$FAKE/status"
		echo "Job for app.service failed."
		exit 1
	fi
	echo active >"$FAKE/active"; echo success >"$FAKE/result"
	;;
stop) echo inactive >"$FAKE/active" ;;
esac
true
END
chmod +x bin/systemctl
unit() { "$PINHOLE" unit --user --within=1ms "$@"; }
fresh() {
	rm -rf config state fake
	mkdir config state fake
	cat >fake/app.service <<-'END'
	# /usr/lib/systemd/system/app.service
	[Unit]
	ExecStart=/not/this
	[Service]
	ExecStartPre = -/bin/first "a ; b" ';' ; @/bin/second name 1 2
	ExecStartPre=+/bin/root
	ExecStart=/bin/old
	# /etc/systemd/system/app.service.d/override.conf
	[Service]
	ExecStart=
	ExecStart=!/bin/app --flag \
	# in between
	  --more=%i \
	  $OPTIONS 'a b'
	ExecReload=/bin/kill -HUP $MAINPID
	[Install]
	WantedBy=default.target
	END
}
profile_of() { mkdir -p state/pinhole && rm -f "$profile" && "$PINHOLE" record -q -o "$profile" -- "$@"; }
here=$(readlink -f "$PINHOLE")

written() {
	fresh
	unit start app 2>err && grep -q 'is recorded into' err && grep -q '"@"' err || return 1
	grep -E '^Exec(Start|Reload)' "$dropins/zz-pinhole-record.conf" | same - <(
		p="\"$here\" record -q -o \"$profile\" --"
		cat <<-END
		ExecStartPre=
		ExecStartPre=-$p /bin/first "a ; b" ';' ; $p /bin/second 1 2
		ExecStartPre=+/bin/root
		ExecStart=
		ExecStart=!$p /bin/app --flag --more=%i \$OPTIONS 'a b'
		ExecReload=
		ExecReload=$p /bin/kill -HUP \$MAINPID
		END
	) && grep -qx 'SystemCallFilter=' "$dropins/zz-pinhole-record.conf" && grep -q '^restart app.service' fake/log
}
check "start writes the unit's own commands, each recorded" written
types() {
	fresh && echo forking >fake/type && unit start app 2>err && grep -qx Type=simple "$dropins/zz-pinhole-record.conf" && grep -q 'cannot tell when it is ready' err || return 1
	fresh && echo notify-reload >fake/type && unit start app 2>err && grep -qx NotifyAccess=all "$dropins/zz-pinhole-record.conf" &&
		! grep -q ^Type= "$dropins/zz-pinhole-record.conf"
}
check "types of services" types
whole() {
	fresh && unit start app 2>err && expect 0 unit status app >out && grep -q 'is being recorded' out || return 1
	profile_of true && unit status app >out && grep -q '^seen: ' out && grep -q '^next: ' out || return 1
	expect 0 unit finish app >out 2>err && grep -q 'under its filter' out && grep -q '^+ SystemCallArchitectures=native' out || { cat out err; return 1; }
	[ "$(cd "$dropins" && echo *)" = "pinhole.conf pinhole.policy.json" ] && grep -q '^SystemCallFilter=.*execve' "$dropins/pinhole.conf" || return 1
	expect 0 unit status app >out && grep -q 'has its filter' out && [ -s "$profile" ] || return 1
	# Once more: the old filter is out of the way meanwhile, and what changes is told.
	unit start app 2>err && [ ! -e "$dropins/pinhole.conf" ] && "$PINHOLE" record -q -o "$profile" -- sh -c 'kill -0 $$' && unit finish app >out 2>err &&
		grep -q 'against its former policy' out && grep -q '^+ .*kill' out && [ "$(cd "$dropins" && echo *)" = "pinhole.conf pinhole.policy.json" ]
}
check "start, status, finish, and all again" whole
options() {
	fresh && unit start app 2>err && profile_of true && unit finish --policy="--default=errno:EPERM" app >out 2>err && grep -qx 'SystemCallErrorNumber=EPERM' "$dropins/pinhole.conf"
}
check "finish --policy" options
discarded() { fresh && unit start app 2>err && profile_of true && unit finish --discard app 2>err && [ ! -e "$dropins" ] && [ -s "$profile" ] && expect 1 unit status app >out; }
check "finish --discard leaves nothing but the profile" discarded
stopped() {
	fresh && unit start app 2>err && profile_of true && echo inactive >fake/active && : >fake/log && unit finish app >out 2>err &&
		grep -q 'will run under its filter' out && ! grep -q '^restart' fake/log
}
check "a stopped service stays stopped" stopped

start_fails() {
	fresh && echo record >fake/fails && expect 1 unit start app 2>err && grep -q 'did not come up under the recorder (systemctl: Job for app.service failed.' err &&
		grep -q 'everything is as it was before' err && [ ! -e "$dropins/zz-pinhole-record.conf" ]
}
check "start: does not come up" start_fails
finish_fails() {
	fresh && unit start app 2>err && profile_of true && cp "$dropins/zz-pinhole-record.conf" before && echo SystemCallFilter=..* >fake/fails &&
		expect 1 unit finish app >out 2>err && grep -q 'killed by SIGSYS' err && grep -q 'its recording goes on' err &&
		same before "$dropins/zz-pinhole-record.conf" && [ ! -e "$dropins/pinhole.conf" ] && unit status app >out && grep -q 'is being recorded' out
}
check "finish: does not come up" finish_fails
finish_fails_again() { # with the filter of an earlier finish
	fresh && unit start app 2>err && profile_of true && unit finish app >out 2>err && cp "$dropins/pinhole.conf" before && unit start app 2>err &&
		echo SystemCallFilter=..* >fake/fails && expect 1 unit finish app >out 2>err && : >fake/fails && unit finish --discard app 2>err && same before "$dropins/pinhole.conf"
}
check "what is discarded after that leaves the old filter" finish_fails_again
interrupted() {
	fresh && : >fake/hangs && ! unit start app 2>err && unit status app >out || return 1
	grep -Eq 'is being recorded|start was interrupted' out || return 1
	[ ! -e fake/hangs ] && profile_of true && : >fake/hangs && { ! unit finish app >out 2>err; } && unit status app >out && grep -q 'finish was interrupted' out || { cat out; return 1; }
	unit finish app >out 2>err && grep -q 'under its filter' out && [ "$(cd "$dropins" && echo *)" = "pinhole.conf pinhole.policy.json" ]
}
check "killed half way, and given again" interrupted

says() { # WHAT COMMAND…
	local what=$1
	shift
	expect 2 "$@" >out 2>err && grep -q -e "$what" err || { cat out err; return 1; }
}
bad() {
	fresh
	says 'is not being recorded' unit finish app && says 'there is no such unit' unit start other && says 'is no service' unit start app.socket &&
		says 'not the name of a unit' unit start ../app && says 'give start, status or finish' unit begin app && says 'usage' unit start &&
		says 'are for finish' unit start --discard app || return 1
	unit start app 2>err && says 'is being recorded already' unit start app && says 'nothing was recorded yet' unit finish app || return 1
	[ -e "$dropins/zz-pinhole-record.conf" ] || return 1
	mkdir -p state/pinhole
	echo '{' >"$profile" && says 'app.json: ' unit finish app && [ -e "$dropins/zz-pinhole-record.conf" ] || return 1
	rm "$profile" && ln -s /etc/passwd "$profile" && says 'app.json: ' unit finish app && ! grep -q root err || return 1
	rm "$profile" && mkfifo "$profile" && says 'was not written by pinhole' timeout 20 "$PINHOLE" unit --user finish app || return 1
	fresh && echo masked >fake/load && says 'has not loaded it (masked)' unit start app || return 1
	fresh && echo /srv/root >fake/root && says 'its own root file system' unit start app || return 1
	fresh && printf '[Service]\nType=oneshot\n' >fake/app.service && says 'has no command' unit start app && [ ! -e "$dropins" ] || return 1
	mkdir none && says 'systemctl: cannot be run' env PATH="$PWD/none" "$PINHOLE" unit start app || return 1
	printf '#!/bin/sh\necho "System has not been booted with systemd as init system"; exit 1\n' >none/systemctl && chmod +x none/systemctl
	says 'has not been booted' env PATH="$PWD/none:/usr/bin:/bin" "$PINHOLE" unit start app
}
check "messages" bad

# A service manager names the process that it starts: the service finds its own id there, whoever records it.
named() {
	local mode
	for mode in quiet exact plain; do
		bash -c 'export LISTEN_PID=$$ WATCHDOG_PID=$$; exec "$0" record -q --mode=$1 -o named.json -- sh -c "echo \$LISTEN_PID \$WATCHDOG_PID \$\$"' "$PINHOLE" $mode >out &&
			[ "$(tr ' ' '\n' <out | sort -u | wc -l)" -eq 1 ] || { cat out; return 1; }
	done
	LISTEN_PID=1 "$PINHOLE" record -q -o named.json -- sh -c 'echo $LISTEN_PID' >out && [ "$(cat out)" = 1 ]
}
check "LISTEN_PID and WATCHDOG_PID are the command's" named

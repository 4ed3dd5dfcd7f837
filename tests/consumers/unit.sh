# pinhole unit under a systemd of its own, in a small Debian: services are recorded under load, finished, restarted; they work, and
# a call that no run made ends its process. SPDX-License-Identifier: MIT
. "$SOURCE/tests/consumers/lib/learned.sh"
need_containers unit
need unit systemd-nspawn nsenter ldd || exit 0
"$SOURCE/tests/consumers/debian" "$CONSUMERS_CACHE" >debian.log 2>&1 || skip_all unit "$(tail -n 1 debian.log)"
tree=$HERE/debian
cp -a "$CONSUMERS_CACHE/debian" "$tree" || exit 1

# pinhole, and those of its libraries that the tree lacks.
in_tree() {
	local library
	cp "$PINHOLE" "$tree/usr/local/bin/pinhole" || return
	for library in $(ldd "$PINHOLE" | grep -o '/[^ ]*'); do
		[ -e "$tree/usr$library" ] || [ -e "$tree$library" ] || cp -L "$library" "$tree/usr/local/lib" || return
	done
	chroot "$tree" /sbin/ldconfig && chroot "$tree" /usr/local/bin/pinhole --version
}
in_tree >in_tree.log 2>&1 || skip_all unit "pinhole, as built here, does not run in that Debian: $(tail -n 1 in_tree.log)"
. "$SOURCE/tests/consumers/lib/booted.sh"
masked="systemd-tmpfiles-setup systemd-tmpfiles-clean redis-server"

# A server: "state" writes a file, "attack" makes a call that no run made (memfd_create; 279 on aarch64).
cat >"$tree/usr/local/bin/serve" <<'END'
#!/usr/bin/perl
use strict; use IO::Socket::INET; use IO::Socket::UNIX; use POSIX;
$SIG{HUP} = sub {};
my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $ARGV[0], Listen => 5, ReuseAddr => 1) or die $!;
if (my $n = $ENV{NOTIFY_SOCKET}) { $n =~ s/^@/\0/; my $u = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Peer => $n) or die "notify: $!"; $u->send("READY=1"); }
while (1) {
	my $c = $s->accept or next;
	my $line = <$c>;
	if ($line =~ /state/) { open my $f, ">", "$ENV{STATE_DIRECTORY}/kept" or print $c "no: $!\n"; print $f "x"; close $f; print $c "kept in $ENV{STATE_DIRECTORY}\n" }
	elsif ($line =~ /attack/) { my $n = "x"; my $r = syscall((POSIX::uname())[4] eq "aarch64" ? 279 : 319, $n, 0); print $c "survived: $r\n" }
	else { print $c "hello\n" }
	close $c
}
END
chmod 755 "$tree/usr/local/bin/serve"
# What services have that are well shut up: pinhole must be able to work in there.
cat >"$tree/etc/systemd/system/dyn.service" <<'END'
[Service]
Type=notify
DynamicUser=yes
StateDirectory=dyn
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
NoNewPrivileges=yes
CapabilityBoundingSet=
SystemCallFilter=@system-service
SystemCallArchitectures=native
WatchdogSec=600
NoExecPaths=/usr/local
ExecPaths=/usr/local/bin/serve
ExecStart=/usr/local/bin/serve \
  # goes on
  7801
ExecReload=/bin/sh -c 'kill -HUP $MAINPID'
END
mkdir -p "$tree/etc/systemd/user"
printf '[Service]\nExecStart=/usr/local/bin/serve 7802\n' >"$tree/etc/systemd/user/mine.service"
boot --private-network systemd.unit=multi-user.target || {
	tail -n 3 boot.log
	skip_all unit "does not boot in a container here: $(tail -n 1 boot.log)"
}
ask() { there perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$ARGV[0]") or exit 1; print $s "$ARGV[1]\n"; print <$s>' "$1" "$2"; }
says_hello() { [ "$(ask "$1" hello)" = hello ]; }
get() { there perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:80") or exit 1; print $s "GET $ARGV[0] HTTP/1.0\r\n\r\n"; print scalar <$s>' "$1"; }
serves() { get / | grep -q ' 200 ' && get /none | grep -q ' 404 '; }
start() { there pinhole unit start "$1" && there pinhole unit status "$1" | grep 'is being recorded'; }
finish() { there pinhole unit finish "$1" && there pinhole unit status "$1" | grep 'has its filter' && ! there systemctl cat "$1" | grep -q 'pinhole.* record'; }
again() { there systemctl restart "$1" && there systemctl reload "$1"; }

nginx() { there systemctl start nginx && start nginx && wait_for 30 serves && there systemctl reload nginx && wait_for 30 serves && finish nginx; }
check "nginx: recorded, finished" nginx && {
	nginx_works() { again nginx && wait_for 30 serves; }
	check "nginx: restarted and reloaded, it works" nginx_works
	# Another command of the same unit is under the filter, too.
	nginx_attack() {
		printf '[Service]\nExecStartPost=/usr/bin/unshare -U /bin/true\n' >"$tree/etc/systemd/system/nginx.service.d/attack.conf"
		there systemctl daemon-reload
		! there systemctl restart nginx && [ "$(there systemctl show -P Result nginx)" = signal ] || return 1
		rm "$tree/etc/systemd/system/nginx.service.d/attack.conf"
		there systemctl daemon-reload && there systemctl restart nginx && wait_for 30 serves
	}
	check "nginx: an attack is refused" nginx_attack
	# Of the profile only the calls of true are left: the filter stops nginx, which is then recorded again.
	nginx_rolled_back() {
		start nginx && there systemctl stop nginx && there rm /var/lib/pinhole-nginx/profile.json &&
			there pinhole record -q -o /var/lib/pinhole-nginx/profile.json -- /bin/true && there systemctl reset-failed nginx
		printf '[Service]\nType=simple\nExecStop=\nExecStartPre=\nExecStart=\nExecStart=/usr/sbin/nginx -g "daemon off;"\n' >"$tree/etc/systemd/system/nginx.service.d/zzz.conf"
		there systemctl daemon-reload && there systemctl start nginx && wait_for 30 serves || return 1 # not by the recorder
		expect 1 there pinhole unit finish nginx 2>err || return 1
		rm "$tree/etc/systemd/system/nginx.service.d/zzz.conf"
		grep -q 'killed by SIGSYS' err && there systemctl daemon-reload && there systemctl restart nginx && wait_for 30 serves &&
			there pinhole unit status nginx | grep 'is being recorded'
	}
	check "nginx: a filter under which it does not come up is taken back" nginx_rolled_back
}

pg() { there runuser -u postgres -- psql -At "$@"; }
pg_answers() { pg -c 'select 1'; }
cluster=$(cd "$tree/etc/postgresql" 2>/dev/null && echo */main) && cluster=postgresql@${cluster%/main}-main
postgresql() {
	there systemctl start "$cluster" && start "$cluster" && wait_for 60 pg_answers &&
		pg -c 'drop table if exists t; create table t(a int); insert into t select generate_series(1, 20000)' -c 'create index i on t(a)' -c 'analyze t' -c 'vacuum t' -c checkpoint &&
		there systemctl reload "$cluster" && wait_for 60 pg_answers && finish "$cluster"
}
check "postgresql: recorded, finished" postgresql && {
	pg_works() { again "$cluster" && wait_for 60 pg_answers && [ "$(pg -c 'insert into t values (1)' -c 'select count(*) from t' | tail -n 1)" = 20001 ]; }
	check "postgresql: restarted and reloaded, it works" pg_works
	pg_attack() { pg -c "copy t from program 'unshare -U echo 1'" 2>&1 | tee attack.out; grep -Eq 'exit code 159|signal 31' attack.out && pg_answers; }
	check "postgresql: an attack is refused" pg_attack
}

dyn() { start dyn && says_hello 7801 && ask 7801 state | grep -qx 'kept in /var/lib/dyn' && there systemctl reload dyn && says_hello 7801 && finish dyn; }
check "a DynamicUser service: recorded, finished" dyn && {
	dyn_works() { again dyn && says_hello 7801 && ask 7801 state | grep -qx 'kept in /var/lib/dyn'; }
	check "a DynamicUser service: restarted and reloaded, it works" dyn_works
	ended() { [ "$(there systemctl show -P Result dyn)" = signal ]; }
	dyn_attack() { [ "$(ask 7801 attack)" = "" ] && wait_for 30 ended; }
	check "a DynamicUser service: an attack is refused" dyn_attack
}

there useradd -m ann && there loginctl enable-linger ann
of_ann() { there runuser -u ann -- env HOME=/home/ann XDG_RUNTIME_DIR="/run/user/$(there id -u ann)" "$@"; }
ann_is_there() { of_ann systemctl --user is-active default.target; }
if wait_for 30 ann_is_there; then
	mine() {
		of_ann pinhole unit --user start mine && wait_for 30 says_hello 7802 && of_ann pinhole unit --user status mine && of_ann pinhole unit --user finish mine &&
			of_ann systemctl --user restart mine && wait_for 30 says_hello 7802
	}
	mine_ended() { [ "$(of_ann systemctl --user show -P Result mine)" = signal ]; }
	mine_attack() { [ "$(ask 7802 attack)" = "" ] && wait_for 30 mine_ended; }
	check "a unit of a user: recorded, finished, restarted, it works" mine && check "a unit of a user: an attack is refused" mine_attack
else
	skip "a unit of a user" "no systemd of the user runs in a container here"
fi
exit 0

# Starts PostgreSQL and ClickHouse as an ordinary user, in a folder of their own that stop_servers removes. Sourced by bash. SPDX-License-Identifier: MIT

postgres_bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
fleet_servers=() # process ids of what was started here
# The folder of a test is for its user alone, who is root, and then the servers cannot come through.
servers=$(mktemp -d "$([ "$(id -u)" = 0 ] && echo /tmp || echo "${TMPDIR:-/tmp}")/pinhole-fleet.XXXXXX")
chmod 755 "$servers"

# As root, servers run as nobody: PostgreSQL refuses root.
plain() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$servers" "$@"
	else
		env "$@"
	fi
}

have_postgres() { [ -n "$postgres_bin" ] && [ -x "$postgres_bin/initdb" ] && command -v psql >/dev/null; }
have_clickhouse() { command -v clickhouse-server >/dev/null && command -v clickhouse-client >/dev/null && command -v curl >/dev/null; }

# PostgreSQL, on a socket. No data survives a crash, so it need not wait for the disk.
start_postgres() {
	mkdir -m 755 "$servers/postgres"
	[ "$(id -u)" != 0 ] || chown 65534:65534 "$servers/postgres"
	(cd "$servers" && plain "$postgres_bin/initdb" -D "$servers/postgres/data" -U fleet -A trust --no-locale -E UTF8 -N) >initdb.out 2>&1 || { cat initdb.out; return 1; }
	(cd "$servers" && plain "$postgres_bin/postgres" -D "$servers/postgres/data" -k "$servers/postgres" -c listen_addresses= -c fsync=off -c max_connections=40 \
		-c shared_buffers=256MB -c max_wal_size=2GB) >postgres.out 2>&1 &
	fleet_servers+=($!)
	export PGHOST=$servers/postgres PGUSER=fleet PGDATABASE=fleet PGCONNECT_TIMEOUT=60
	wait_for 60 psql -X -d postgres -c 'SELECT 1' && psql -X -q -d postgres -c 'CREATE DATABASE fleet'
}

# clickhouse_config NAME HTTP TCP INTERSERVER SHARD…: the shards are TCP ports.
clickhouse_config() {
	local name=$1 http=$2 tcp=$3 between=$4 port
	shift 4
	cat <<-END
		<yandex>
		<logger><level>warning</level><log>$servers/$name/log</log><errorlog>$servers/$name/errors</errorlog></logger>
		<listen_host>127.0.0.1</listen_host><http_port>$http</http_port><tcp_port>$tcp</tcp_port>
		<interserver_http_port>$between</interserver_http_port>
		<path>$servers/$name/data/</path><tmp_path>$servers/$name/tmp/</tmp_path><user_files_path>$servers/$name/files/</user_files_path>
		<format_schema_path>$servers/$name/schemas/</format_schema_path>
		<users_config>$servers/$name/users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database>
		<mark_cache_size>268435456</mark_cache_size><max_concurrent_queries>100</max_concurrent_queries>
		<remote_servers><fleet>
		$(for port; do echo "<shard><replica><host>127.0.0.1</host><port>$port</port></replica></shard>"; done)
		</fleet></remote_servers>
		</yandex>
	END
}

# start_clickhouse NAME HTTP TCP INTERSERVER SHARD…
start_clickhouse() {
	local name=$1 tcp=$3
	mkdir -m 755 "$servers/$name"
	clickhouse_config "$@" >"$servers/$name/config.xml"
	cat >"$servers/$name/users.xml" <<-END
		<yandex><profiles><default><max_memory_usage>2000000000</max_memory_usage></default></profiles>
		<users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users>
		<quotas><default></default></quotas></yandex>
	END
	[ "$(id -u)" != 0 ] || chown -R 65534:65534 "$servers/$name"
	(cd "$servers/$name" && plain "$(command -v clickhouse-server)" --config-file="$PWD/config.xml") >"$name.out" 2>&1 &
	fleet_servers+=($!)
	wait_for 60 clickhouse-client --port "$tcp" -q 'SELECT 1' || { tail -n 5 "$name.out" "$servers/$name/errors"; return 1; }
}

stop_servers() {
	local pid
	for pid in "${fleet_servers[@]}"; do
		pkill -INT -P "$pid" 2>/dev/null || true # the server below a shell
		kill -INT "$pid" 2>/dev/null || true
	done
	wait 2>/dev/null || true
	rm -rf --one-file-system "$servers"
}

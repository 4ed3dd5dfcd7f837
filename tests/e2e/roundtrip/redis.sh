# A data structure server: the benchmark of every command group, commands whose answers are known, saving in the background
# and in the foreground, shutdown, start from what was saved. SPDX-License-Identifier: MIT
requires="redis-server redis-benchmark redis-cli"
exact=no

workload() {
	local port server
	port=$(free_port)
	cli() { redis-cli -p "$port" "$@"; }
	saved() { ! cli INFO persistence | grep -Eq '(rdb_bgsave|aof_rewrite)_in_progress:1'; }
	up() { [ "$(cli PING)" = PONG ]; }

	serve() {
		"$@" redis-server --bind 127.0.0.1 --port "$port" --dir "$PWD" --unixsocket "$PWD/socket" --save 3600 1 \
			--appendonly yes --daemonize no --logfile "$PWD/log" >&2 &
		server=$!
		wait_for 20 up || { cat log; kill $server; echo "redis-server does not start"; return 1; } >&2
	}

	serve "$@" || return 1
	redis-benchmark -p "$port" -n 200 -c 10 -P 2 --csv 2>/dev/null | cut -d, -f1
	redis-cli -s socket PING
	cli FLUSHALL
	cli <<-'END'
		SET text hello
		APPEND text " world"
		SETEX soon 100 x
		INCRBY number 41
		LPUSH list c b a
		SORT list ALPHA DESC
		SADD set 1 2 3
		SINTERSTORE other set set
		ZADD scores 3 c 1 a 2 b
		ZRANGE scores 0 -1 WITHSCORES
		HSET hash field value
		HGETALL hash
		XADD stream 1-1 a 1
		XRANGE stream - +
		PFADD counter a b c
		PFCOUNT counter
		GEOADD places 13.361389 38.115556 Palermo 15.087269 37.502669 Catania
		GEODIST places Palermo Catania
		SETBIT bits 100 1
		BITCOUNT bits
		BLPOP list 1
		EVAL "return redis.call('incr', KEYS[1])" 1 number
		MULTI
		SET in transaction
		GET in
		EXEC
		PUBLISH channel message
		CONFIG SET hz 50
		OBJECT ENCODING number
		BGSAVE
	END
	wait_for 20 saved || echo "still saving"
	cli BGREWRITEAOF
	wait_for 20 saved || echo "still rewriting"
	cli SAVE
	cli DBSIZE
	cli SHUTDOWN SAVE
	wait $server
	echo "redis-server ended with $?"
	serve "$@" || return 1
	cli GET text
	cli DBSIZE
	kill -TERM "$(cli INFO server | sed -n 's/^process_id:\([0-9]*\).*/\1/p')"
	wait $server
	echo "redis-server ended with $?"
}

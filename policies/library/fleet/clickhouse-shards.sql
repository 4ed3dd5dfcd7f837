-- pinhole's rows in ClickHouse over several servers. SPDX-License-Identifier: MIT
--
-- On each server of the cluster (here `fleet`, in <remote_servers> of its configuration) make the tables in a database `shard`:
--     clickhouse-client -h SERVER -q 'CREATE DATABASE shard' && clickhouse-client -h SERVER -d shard -n <clickhouse.sql
-- On each server that is asked or loaded into, make these, and the views, in another database:
--     clickhouse-client -q 'CREATE DATABASE fleet' && clickhouse-client -d fleet -n <clickhouse-shards.sql
--     clickhouse-client -d fleet -n <clickhouse-views.sql
-- Load and ask there. A line's hash decides its shard, so the same line comes to the same server again.

CREATE TABLE lines (line String) ENGINE = Distributed(fleet, shard, lines, cityHash64(line));
CREATE TABLE programs (key FixedString(16), path String, line String) ENGINE = Distributed(fleet, shard, programs);
CREATE TABLE stacks (key FixedString(16), line String) ENGINE = Distributed(fleet, shard, stacks);
CREATE TABLE facts (fact FixedString(16), call FixedString(16), phase String, arch String, syscall String, text String, danger String, line String)
	ENGINE = Distributed(fleet, shard, facts);
CREATE TABLE run_states (run String, rank String, workload String, version String, host String, started DateTime, mode String, denied String, line String)
	ENGINE = Distributed(fleet, shard, run_states);
CREATE TABLE seen (run String, fact FixedString(16), count UInt64, first UInt64) ENGINE = Distributed(fleet, shard, seen);

-- pinhole's rows in ClickHouse (18.16 or later): tables. Loading twice, in any order, or by many at once changes nothing.
-- SPDX-License-Identifier: MIT
--
--     clickhouse-client -q 'CREATE DATABASE fleet' && clickhouse-client -d fleet -n <clickhouse.sql
--     clickhouse-client -d fleet -n <clickhouse-views.sql
--     pinhole export -f rows PROFILE… | sh load-clickhouse http://localhost:8123/?database=fleet
--
-- Several servers as shards: see clickhouse-shards.sql.

-- What comes in: a line is a row. It is kept by the tables below, each of which takes its rows.
CREATE TABLE lines (line String) ENGINE = Null;

-- Rows of one key are alike: a merge of parts drops all but one.
CREATE TABLE programs (key FixedString(16), path String, line String) ENGINE = ReplacingMergeTree ORDER BY key;
CREATE MATERIALIZED VIEW take_programs TO programs AS
	SELECT toFixedString(unhex(visitParamExtractString(line, 'key')), 16) AS key, visitParamExtractString(line, 'path') AS path, line
	FROM lines WHERE visitParamExtractString(line, 'row') = 'program';

CREATE TABLE stacks (key FixedString(16), line String) ENGINE = ReplacingMergeTree ORDER BY key;
CREATE MATERIALIZED VIEW take_stacks TO stacks AS
	SELECT toFixedString(unhex(visitParamExtractString(line, 'key')), 16) AS key, line
	FROM lines WHERE visitParamExtractString(line, 'row') = 'stack';

CREATE TABLE facts (fact FixedString(16), call FixedString(16), phase String, arch String, syscall String, text String, danger String, line String)
	ENGINE = ReplacingMergeTree ORDER BY fact;
CREATE MATERIALIZED VIEW take_facts TO facts AS
	SELECT toFixedString(unhex(visitParamExtractString(line, 'key')), 16) AS fact, toFixedString(unhex(visitParamExtractString(line, 'call')), 16) AS call,
		visitParamExtractString(line, 'phase') AS phase, visitParamExtractString(line, 'arch') AS arch,
		visitParamExtractString(line, 'syscall') AS syscall, visitParamExtractString(line, 'text') AS text,
		visitParamExtractString(line, 'danger') AS danger, line
	FROM lines WHERE visitParamExtractString(line, 'row') = 'fact';

-- Of several states of a run the one with the largest rank is the latest.
CREATE TABLE run_states (run String, rank String, workload String, version String, host String, started DateTime, mode String, denied String, line String)
	ENGINE = ReplacingMergeTree ORDER BY (run, rank);
CREATE MATERIALIZED VIEW take_runs TO run_states AS
	SELECT visitParamExtractString(line, 'id') AS run,
		concat(if(visitParamHas(line, 'unfinished'), '0', '1'), substring(toString(toUInt64(1000000000000000) + visitParamExtractUInt(line, 'lasted')), 2), visitParamExtractString(line, 'key')) AS rank,
		visitParamExtractString(line, 'workload') AS workload, visitParamExtractString(line, 'version') AS version,
		visitParamExtractString(line, 'host') AS host,
		parseDateTimeBestEffortOrZero(concat(substring(visitParamExtractString(line, 'started'), 1, 19), 'Z')) AS started,
		visitParamExtractString(line, 'mode') AS mode, visitParamExtractString(line, 'denied') AS denied, line
	FROM lines WHERE visitParamExtractString(line, 'row') = 'run';

-- Of several counts of one fact in one run the largest is right; of several times, the earliest.
CREATE TABLE seen (run String, fact FixedString(16), count UInt64, first UInt64) ENGINE = ReplacingMergeTree ORDER BY (run, fact, count, first);
CREATE MATERIALIZED VIEW take_seen TO seen AS
	SELECT visitParamExtractString(line, 'run') AS run, toFixedString(unhex(visitParamExtractString(line, 'fact')), 16) AS fact,
		visitParamExtractUInt(line, 'count') AS count, visitParamExtractUInt(line, 'first') AS first
	FROM lines WHERE visitParamExtractString(line, 'row') = 'seen';

-- Queries over pinhole's rows in ClickHouse, as views: made after the tables of clickhouse.sql, or after those of clickhouse-shards.sql,
-- in the same database. A view with parameters is more than an old ClickHouse has: what takes a workload stands in comments.
-- SPDX-License-Identifier: MIT

-- The rows of some runs, for `pinhole import -f rows`. Of the union of a workload's version (say the runs twice: in both places):
--     clickhouse-client -d fleet -q "SELECT line FROM rows WHERE run = '' OR run IN (SELECT run FROM runs WHERE workload = 'shop'
--         AND version = '1.2') FORMAT TabSeparatedRaw" | pinhole import -f rows - -o shop.json
-- Rows of programs, stacks and facts have no run; import passes over those that it does not need.
CREATE VIEW rows AS
	SELECT '' AS run, line FROM programs
	UNION ALL SELECT '' AS run, line FROM stacks
	UNION ALL SELECT '' AS run, line FROM facts
	UNION ALL SELECT run, line FROM run_states
	UNION ALL SELECT run, concat('{"row":"seen","run":"', replaceAll(replaceAll(run, '\\', '\\\\'), '"', '\\"'), '","fact":"', lower(hex(fact)),
		'","count":', toString(count), if(first > 0, concat(',"first":', toString(first)), ''), '}') AS line FROM seen;

-- A run by its latest state. A host that nobody told counts by its run.
CREATE VIEW runs AS
	SELECT run, argMax(workload, rank) AS workload, argMax(version, rank) AS version,
		if(argMax(host, rank) = '', run, argMax(host, rank)) AS host, argMax(started, rank) AS started, argMax(mode, rank) AS mode,
		argMax(denied, rank) AS denied
	FROM run_states GROUP BY run;

-- What each run saw: the other queries begin here. Facts that differ in how they ended, in programs or stacks are one call.
CREATE VIEW known AS
	SELECT run, workload, version, host, started, mode, denied, lower(hex(call)) AS call, phase, arch, syscall, text, danger, calls
	FROM (
		SELECT run, fact, calls, call, phase, arch, syscall, text, danger
		FROM (SELECT run, fact, max(count) AS calls FROM seen GROUP BY run, fact)
		ALL INNER JOIN (SELECT fact, any(call) AS call, any(phase) AS phase, any(arch) AS arch, any(syscall) AS syscall, any(text) AS text,
			any(danger) AS danger FROM facts GROUP BY fact) USING fact
	)
	ALL INNER JOIN (
		SELECT run, argMax(workload, rank) AS workload, argMax(version, rank) AS version,
			if(argMax(host, rank) = '', run, argMax(host, rank)) AS host, argMax(started, rank) AS started, argMax(mode, rank) AS mode,
			argMax(denied, rank) AS denied
		FROM run_states GROUP BY run
	) USING run;

-- Which facts how many hosts saw, and since when. What one host of many saw is rare, or should not be.
CREATE VIEW spread AS
	SELECT workload, version, phase, text, call, uniqExact(host) AS hosts, uniqExact(run) AS runs, min(started) AS since, max(started) AS last
	FROM known GROUP BY workload, version, phase, text, call;

-- Workloads that make a dangerous call.
CREATE VIEW dangers AS
	SELECT danger, text, workload, version, uniqExact(host) AS hosts, max(started) AS last
	FROM known WHERE danger != '' GROUP BY danger, text, workload, version;

-- What filters denied, and where (profiles of `pinhole import -f audit`).
CREATE VIEW denials AS
	SELECT workload, version, text, denied, uniqExact(host) AS hosts, sum(calls) AS times, max(started) AS last
	FROM known WHERE denied != '' GROUP BY workload, version, text, denied;

-- What a version does that another one did not, for the review of a release:
--     SELECT phase, text, hosts FROM spread WHERE workload = 'shop' AND version = '2.0'
--         AND call NOT IN (SELECT call FROM spread WHERE workload = 'shop' AND version = '1.2') ORDER BY hosts DESC

-- How one host differs from the others of its workload: what only it does (swap the two conditions for what only the others do):
--     SELECT DISTINCT phase, text FROM known WHERE workload = 'shop' AND host = 'node7'
--         AND call NOT IN (SELECT call FROM known WHERE workload = 'shop' AND host != 'node7')

-- Facts that no run has seen for 30 days: what a policy may lose. (Runs of mode quiet list only what was new to them: ask this of
-- runs that were recorded with --fresh, or in mode exact.)
CREATE VIEW idle AS
	SELECT workload, phase, text, max(started) AS last FROM known GROUP BY workload, phase, text, call HAVING last < now() - 30 * 86400;

-- A few runs that together saw every fact of a workload's version: enough for a policy, where all runs would be too many for one
-- profile: put this in place of the inner SELECT of the first example.
--     SELECT DISTINCT first FROM (SELECT min(run) AS first FROM seen WHERE run IN (SELECT run FROM runs WHERE workload = 'shop'
--         AND version = '1.2') GROUP BY fact)

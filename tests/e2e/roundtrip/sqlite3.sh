# A database on disk: transactions, write-ahead log, vacuum, backup. SPDX-License-Identifier: MIT
requires=sqlite3

workload() {
	"$@" sqlite3 data.db <<-'SQL'
		PRAGMA journal_mode = DELETE;
		CREATE TABLE entry (id INTEGER PRIMARY KEY, name TEXT UNIQUE, size INTEGER);
		BEGIN;
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
			INSERT INTO entry SELECT i, 'entry ' || i, i * i % 997 FROM n;
		SAVEPOINT half;
		DELETE FROM entry WHERE id > 2500;
		ROLLBACK TO half;
		COMMIT;
		BEGIN;
		DELETE FROM entry;
		ROLLBACK;
		SELECT count(*), sum(size) FROM entry;
		PRAGMA journal_mode = WAL;
		UPDATE entry SET size = size + 1 WHERE id % 2;
		PRAGMA wal_checkpoint(TRUNCATE);
		CREATE INDEX by_size ON entry (size);
		SELECT count(*) FROM entry WHERE size BETWEEN 100 AND 200;
		PRAGMA journal_mode = TRUNCATE;
		DELETE FROM entry WHERE id % 3;
		VACUUM;
		PRAGMA integrity_check;
		PRAGMA mmap_size = 1048576;
		SELECT total(size) FROM entry;
		CREATE TEMP TABLE sorted AS SELECT name FROM entry ORDER BY random();
		SELECT name FROM sorted ORDER BY name LIMIT 3;
		ATTACH ':memory:' AS memory;
		CREATE TABLE memory.copy AS SELECT * FROM entry;
		.backup backup.db
		.output dump.sql
		.dump
		.output stdout
		SELECT * FROM absent;
		SELECT json_group_array(id) FROM (SELECT id FROM entry LIMIT 5);
	SQL
	echo "sqlite3 ended with $?"
	cksum <dump.sql
	ls
}

# needs: sqlite3
# A database, with a transaction, and in the mode with a log. SPDX-License-Identifier: MIT
sqlite3 database 'create table t(a); insert into t values (1), (2); begin; update t set a = a + 1; commit;
	pragma journal_mode = wal; insert into t values (9); select sum(a) from t; vacuum;'

-- A transaction that has read an old snapshot can't write; it changes nothing.
CREATE TABLE t(k INT, x INT);
CREATE MATERIALIZED VIEW v AS SELECT k, sum(x) AS s FROM t GROUP BY k;
INSERT INTO t VALUES (1, 1);
-- conn: 2
PRAGMA busy_timeout = 0;
BEGIN;
-- query
SELECT s FROM v;
--> 1
-- conn: 1
INSERT INTO t VALUES (1, 2);
-- conn: 2
-- error: locked
INSERT INTO t VALUES (1, 100);
-- query
SELECT s FROM v;
--> 1
ROLLBACK;
INSERT INTO t VALUES (1, 4);
-- query
SELECT s FROM v;
--> 7

-- The same with a rollback journal.
-- database: truncate
CREATE TABLE t(id INTEGER PRIMARY KEY, k INT, x INT);
CREATE MATERIALIZED VIEW v AS SELECT k, sum(x) AS s, max(x) AS m FROM t GROUP BY k;
CREATE MATERIALIZED VIEW b AS SELECT x FROM t;
INSERT INTO t(k, x) VALUES (1, 1);
-- conn: 2
INSERT INTO t(k, x) VALUES (1, 2), (2, 3);
-- conn: 1
BEGIN;
UPDATE t SET x = x + 1;
-- conn: 2
-- query
SELECT k, s FROM v ORDER BY k;
--> 1, 3
--> 2, 3
-- conn: 1
COMMIT;
-- conn: 2
DELETE FROM t WHERE x = 2;
CREATE MATERIALIZED VIEW w AS SELECT k, count(*) AS n FROM t GROUP BY k;
-- conn: 1
INSERT INTO t(k, x) VALUES (1, 9), (9, 9);
REFRESH MATERIALIZED VIEW v;
-- conn: 2
DELETE FROM t WHERE k = 1;

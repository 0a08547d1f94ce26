-- BEGIN, COMMIT and ROLLBACK; what is uncommitted shows inside and nowhere else.
CREATE TABLE t(id INTEGER PRIMARY KEY, k, x INT);
-- free: v.k BINARY AMONG SELECT k FROM t
CREATE MATERIALIZED VIEW v AS SELECT k, count(*) AS n, sum(x) AS s FROM t GROUP BY k;
CREATE MATERIALIZED VIEW b AS SELECT x FROM t WHERE x > 1;
INSERT INTO t(k, x) VALUES (1, 1), (2, 2);
BEGIN;
INSERT INTO t(k, x) VALUES (1, 5);
UPDATE t SET x = x * 10 WHERE k = 2;
DELETE FROM t WHERE id = 1;
-- query
SELECT k, n, s FROM v ORDER BY k;
--> 1, 1, 5
--> 2, 1, 20
-- conn: 2
-- query
SELECT k, n, s FROM v ORDER BY k;
--> 1, 1, 1
--> 2, 1, 2
-- conn: 1
ROLLBACK;
-- query
SELECT k, n, s FROM v ORDER BY k;
--> 1, 1, 1
--> 2, 1, 2
BEGIN IMMEDIATE;
DELETE FROM t;
INSERT INTO t(k, x) VALUES (3, 3);
COMMIT;
-- conn: 2
-- query
SELECT k, n, s FROM v ORDER BY k;
--> 3, 1, 3

-- A TEMP view over tables of main: other connections' commits are noticed before the next read.
-- materialized only
-- schemas: main, temp
CREATE TABLE t(id INTEGER PRIMARY KEY, k INT, x INT);
INSERT INTO t(k, x) VALUES (1, 1), (1, 2), (2, 3);
CREATE TEMP MATERIALIZED VIEW tv AS SELECT k, count(*) AS n, sum(x) AS s, max(x) AS m FROM t GROUP BY k;
INSERT INTO t(k, x) VALUES (3, 9);
UPDATE t SET x = x + 1;
-- query
SELECT * FROM tv ORDER BY k;
--> 1, 2, 5, 3
--> 2, 1, 4, 4
--> 3, 1, 10, 10
-- conn: 2
INSERT INTO t(k, x) VALUES (1, 100);
-- error: no such table: tv
SELECT * FROM tv;
-- conn: 1
-- query
SELECT * FROM tv ORDER BY k;
--> 1, 3, 105, 100
--> 2, 1, 4, 4
--> 3, 1, 10, 10
BEGIN;
INSERT INTO t(k, x) VALUES (5, 5);
SAVEPOINT a;
DELETE FROM t WHERE k = 1;
ROLLBACK TO a;
COMMIT;
-- conn: 2
UPDATE t SET x = 0 WHERE k = 5;
-- conn: 1
BEGIN;
UPDATE t SET k = 1 WHERE k = 2;
SAVEPOINT b;
DELETE FROM t;
ROLLBACK TO b;
ROLLBACK;
-- conn: 2
DELETE FROM t WHERE k = 3;
-- conn: 1
BEGIN;
-- query
SELECT count(*) FROM tv;
--> 3
ROLLBACK;
-- query
SELECT * FROM tv ORDER BY k;
--> 1, 3, 105, 100
--> 2, 1, 4, 4
--> 5, 1, 0, 0
DROP MATERIALIZED VIEW tv;

-- A COMMIT that a reader prevents is retried, continued, or rolled back to a savepoint.
-- database: delete
CREATE TABLE t(k INT, x INT);
CREATE MATERIALIZED VIEW v AS SELECT k, sum(x) AS s FROM t GROUP BY k;
INSERT INTO t VALUES (1, 1), (2, 2), (3, 3);
PRAGMA busy_timeout = 0;
-- conn: 2
PRAGMA busy_timeout = 0;
-- open: reader 1
SELECT * FROM t;
-- conn: 1
BEGIN;
INSERT INTO t VALUES (1, 10);
SAVEPOINT s;
INSERT INTO t VALUES (2, 20);
-- error: locked
COMMIT;
INSERT INTO t VALUES (3, 30);
-- error: locked
COMMIT;
ROLLBACK TO s;
-- error: locked
COMMIT;
INSERT INTO t VALUES (4, 40);
-- drop: reader
COMMIT;
-- query
SELECT * FROM v ORDER BY k;
--> 1, 11
--> 2, 2
--> 3, 3
--> 4, 40
-- conn: 2
-- open: reader 1
SELECT * FROM t;
-- conn: 1
-- error: locked
INSERT INTO t VALUES (5, 50);
BEGIN;
INSERT INTO t VALUES (6, 60);
-- error: locked
COMMIT;
ROLLBACK;
-- drop: reader
INSERT INTO t VALUES (7, 70);

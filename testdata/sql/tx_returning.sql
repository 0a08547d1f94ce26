-- RETURNING, read to the end and left open, across savepoints and rollbacks (capture cases ceC, ceD, ceE).
CREATE TABLE t1(id INTEGER PRIMARY KEY);
CREATE TABLE t2(a, b, c);
CREATE TABLE t7(id INTEGER PRIMARY KEY, a INT CHECK (a < 8));
CREATE MATERIALIZED VIEW v1 AS SELECT id FROM t1;
CREATE MATERIALIZED VIEW v2 AS SELECT a, count(*) AS n FROM t2 GROUP BY a;
CREATE MATERIALIZED VIEW v7 AS SELECT count(*) AS n, sum(a) AS s FROM t7;
-- query
INSERT INTO t2(a) VALUES (1), (2) RETURNING a * 10, rowid;
--> 10, 1
--> 20, 2
-- query
UPDATE t2 SET b = a RETURNING b;
--> 1
--> 2
-- query
DELETE FROM t2 WHERE a = 2 RETURNING a, b;
--> 2, 2
SAVEPOINT d;
INSERT INTO t2(a) VALUES (1);
SAVEPOINT a;
SAVEPOINT b;
-- open: w 1
INSERT INTO t1 VALUES (3), (2) RETURNING *;
-- may fail
ROLLBACK TO a;
INSERT INTO t2(a) VALUES (2);
-- drop: w
-- open: r 2
SELECT * FROM v2;
SAVEPOINT c;
-- may fail
ROLLBACK TO c;
-- drop: r
-- may fail
RELEASE d;
-- may fail
COMMIT;
-- open: x 1
INSERT INTO t2(a) VALUES (1), (2), (3) RETURNING *;
-- open: y 1
INSERT INTO t2(a) VALUES (4), (5), (6) RETURNING *;
-- may fail
BEGIN IMMEDIATE;
-- error: CHECK constraint failed
INSERT INTO t7(id, a) VALUES (6, 3), (1, 1000);
-- shut: y
-- shut: x
-- may fail
COMMIT;
INSERT INTO t7 VALUES (1, 1);

-- A connection remembers the groups that it wrote last. What others commit, what is rolled back, and what changes beside the
-- tables that views read must not leave it with old ones.
CREATE TABLE t(id INTEGER PRIMARY KEY, k INT, x REAL);
CREATE TABLE beside(a);
CREATE MATERIALIZED VIEW v AS SELECT k, count(*) AS n, sum(x) AS s FROM t GROUP BY k;
CREATE MATERIALIZED VIEW w AS SELECT x, count(*) AS n FROM t GROUP BY x;
CREATE MATERIALIZED VIEW whole AS SELECT count(*) AS n, avg(x) AS a FROM t;
INSERT INTO t(k, x) VALUES (1, 1);
INSERT INTO t(k, x) VALUES (1, 2), (2, 2);
-- Another connection commits between: once, and twice.
-- conn: 2
INSERT INTO t(k, x) VALUES (1, 4);
-- conn: 1
INSERT INTO t(k, x) VALUES (1, 8);
-- conn: 2
UPDATE t SET x = x + 16 WHERE k = 1;
DELETE FROM t WHERE k = 2;
-- conn: 1
INSERT INTO t(k, x) VALUES (1, 32), (2, 64);
INSERT INTO t(k, x) VALUES (2, 64);
-- Commits that no view hears of, of both.
INSERT INTO beside VALUES (1);
INSERT INTO t(k, x) VALUES (2, 128);
-- conn: 2
INSERT INTO beside VALUES (2);
-- conn: 1
INSERT INTO t(k, x) VALUES (2, 256);
CREATE TABLE later(a);
INSERT INTO t(k, x) VALUES (2, 512);
-- Taken back, in whole and in part.
BEGIN;
INSERT INTO t(k, x) VALUES (2, 3), (3, 3);
-- query
SELECT k, n FROM v ORDER BY k;
--> 1, 5
--> 2, 6
--> 3, 1
ROLLBACK;
INSERT INTO t(k, x) VALUES (2, 5), (3, 5);
BEGIN;
INSERT INTO t(k, x) VALUES (3, 6);
SAVEPOINT a;
INSERT INTO t(k, x) VALUES (3, 7);
UPDATE t SET k = 4 WHERE k = 2;
-- query
SELECT k, n FROM v ORDER BY k;
--> 1, 5
--> 3, 3
--> 4, 6
ROLLBACK TO a;
INSERT INTO t(k, x) VALUES (2, 9);
COMMIT;
INSERT INTO t(k, x) VALUES (2, 9), (4, 9);
-- error: UNIQUE constraint failed
INSERT INTO t(id, k, x) VALUES (100, 2, 1), (101, 3, 1), (100, 4, 1);
INSERT INTO t(k, x) VALUES (2, 9), (3, 9), (4, 9);
-- Groups that vanish and return, here and there.
DELETE FROM t WHERE k = 4;
INSERT INTO t(k, x) VALUES (4, 1);
-- conn: 2
DELETE FROM t WHERE k = 4;
-- conn: 1
INSERT INTO t(k, x) VALUES (4, 2);
DELETE FROM t WHERE k = 4;
-- conn: 2
INSERT INTO t(k, x) VALUES (4, 2);
-- conn: 1
INSERT INTO t(k, x) VALUES (4, 2);
-- A commit of the other's while this one reads, and a write that begins with a read.
BEGIN;
-- query
SELECT count(*) FROM v;
--> 4
COMMIT;
-- conn: 2
BEGIN;
INSERT INTO t(k, x) VALUES (4, 2);
-- conn: 1
-- query
SELECT n FROM v WHERE k = 4;
--> 2
-- conn: 2
COMMIT;
-- conn: 1
BEGIN;
-- query
SELECT n FROM v WHERE k = 4;
--> 3
INSERT INTO t(k, x) VALUES (4, 2);
COMMIT;
VACUUM;
INSERT INTO t(k, x) VALUES (4, 2);
REFRESH MATERIALIZED VIEW v;
INSERT INTO t(k, x) VALUES (4, 2);
DELETE FROM t;
INSERT INTO t(k, x) VALUES (1, 1), (4, 2);

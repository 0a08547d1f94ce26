-- Names and schemas of TEMP views: tables of temp hide those of main, what a view reads is settled when it is made, and
-- tables of main that change.
-- materialized only
-- schemas: main, temp
CREATE TABLE t(k INT, x INT);
CREATE TABLE u(id INTEGER PRIMARY KEY, x INT);
ATTACH ':memory:' AS aux;
CREATE TABLE aux.a(x INT);
INSERT INTO t VALUES (1, 1), (2, 2);
CREATE MATERIALIZED VIEW mv AS SELECT k, sum(x) AS s FROM t GROUP BY k;
CREATE TEMP MATERIALIZED VIEW before AS SELECT k, sum(x) AS s FROM t GROUP BY k;
-- reference: before SELECT k, sum(x) AS s FROM main.t GROUP BY k
-- reference: mv SELECT k, sum(x) AS s FROM main.t GROUP BY k
CREATE TEMP TABLE t(k INT, x INT);
INSERT INTO temp.t VALUES (7, 70);
CREATE TEMP MATERIALIZED VIEW hidden AS SELECT k, count(*) AS n FROM t GROUP BY k;
CREATE TEMP MATERIALIZED VIEW two AS SELECT m.k, m.x, t.x AS tx FROM main.t m JOIN temp.t t ON t.k = m.k;
INSERT INTO main.t VALUES (7, 7), (1, 5);
INSERT INTO t VALUES (1, 11), (8, 8);
UPDATE main.t SET k = 8 WHERE k = 7;
DELETE FROM temp.t WHERE k = 7;
-- query
SELECT * FROM two ORDER BY 1, 2;
--> 1, 1, 11
--> 1, 5, 11
--> 8, 7, 8
-- conn: 2
INSERT INTO t VALUES (8, 100);
-- conn: 1
-- query
SELECT * FROM two ORDER BY 1, 2;
--> 1, 1, 11
--> 1, 5, 11
--> 8, 7, 8
--> 8, 100, 8
-- A plain view of main reads main's table, whatever temp has.
CREATE VIEW plain AS SELECT k, x FROM t;
-- error: temp table t is not supported, at line 1, column 39 of view plain
CREATE TEMP MATERIALIZED VIEW no AS SELECT * FROM plain;
-- So does a materialized view of main.
CREATE TEMP MATERIALIZED VIEW over_mv AS SELECT * FROM mv;
-- error: table aux.a of another schema is not supported, at line 1, column 51 (a TEMP view reads tables of main and of temp)
CREATE TEMP MATERIALIZED VIEW no AS SELECT * FROM a;
-- error: is not supported
CREATE MATERIALIZED VIEW no AS SELECT * FROM temp.t;
-- stale: hidden
-- stale: two
DROP TABLE temp.t;
INSERT INTO t VALUES (3, 3);
DROP MATERIALIZED VIEW hidden;
DROP MATERIALIZED VIEW two;
-- A table of main that is dropped, or changed, by this connection or another.
CREATE TEMP MATERIALIZED VIEW ux AS SELECT x, count(*) AS n FROM u GROUP BY x;
INSERT INTO u VALUES (1, 1), (2, 1);
ALTER TABLE u ADD COLUMN y;
INSERT INTO u VALUES (3, 1, 1);
-- conn: 2
ALTER TABLE u ADD COLUMN z;
INSERT INTO u VALUES (4, 1, 1, 1);
-- conn: 1
INSERT INTO u(id, x) VALUES (5, 1);
-- conn: 2
DROP TABLE u;
-- stale: ux
-- conn: 1
SELECT 1;
-- conn: 2
CREATE TABLE u(id INTEGER PRIMARY KEY, x INT);
INSERT INTO u VALUES (1, 9);
-- conn: 1
SELECT 1;
INSERT INTO u VALUES (2, 9);
-- fresh: ux
REFRESH MATERIALIZED VIEW ux;
INSERT INTO u VALUES (3, 9);
-- conn: 2
INSERT INTO u VALUES (4, 10);
-- conn: 1
UPDATE u SET x = 11 WHERE id = 1;
-- A table that another connection drops and makes again between two reads is another table's rows under the same name.
-- conn: 2
BEGIN;
DROP TABLE u;
CREATE TABLE u(id INTEGER PRIMARY KEY, x INT);
INSERT INTO u VALUES (1, 30);
COMMIT;
-- conn: 1
INSERT INTO u VALUES (2, 31);
-- stale: ux
ALTER TABLE u RENAME COLUMN x TO xx;
INSERT INTO u VALUES (5, 9);

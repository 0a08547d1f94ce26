-- A TEMP view over materialized views of main is one over their tables: of any depth, in plain views too.
-- materialized only
-- schemas: main, temp
CREATE TABLE t(id INTEGER PRIMARY KEY, k INT, x INT);
CREATE TABLE u(k INT, name TEXT COLLATE NOCASE);
INSERT INTO t(k, x) VALUES (1, 1), (1, 2), (2, 3);
INSERT INTO u VALUES (1, 'one'), (3, 'three');
CREATE MATERIALIZED VIEW sums AS SELECT k, count(*) AS n, sum(x) AS s FROM t GROUP BY k;
CREATE MATERIALIZED VIEW named(label, n) AS SELECT u.name, sums.n FROM sums JOIN u ON u.k = sums.k;
CREATE VIEW plain AS SELECT label, n FROM named WHERE n > 0;
CREATE TEMP TABLE mine(k INT);
INSERT INTO mine VALUES (1), (2);
CREATE TEMP VIEW both AS SELECT mine.k, sums.s FROM mine LEFT JOIN main.sums ON sums.k = mine.k;
CREATE TEMP MATERIALIZED VIEW a AS SELECT * FROM sums;
CREATE TEMP MATERIALIZED VIEW b AS SELECT label, n FROM plain;
CREATE TEMP MATERIALIZED VIEW c AS SELECT k, s FROM both;
CREATE TEMP MATERIALIZED VIEW d AS SELECT count(*) AS groups, (SELECT max(label) FROM named) AS last FROM main.sums;
CREATE TEMP MATERIALIZED VIEW e AS SELECT a.k, a.n, n.label FROM temp.a JOIN named n ON n.n = a.n;
INSERT INTO t(k, x) VALUES (3, 9), (2, 4);
-- query
SELECT * FROM b ORDER BY label;
--> 'one', 2
--> 'three', 1
BEGIN;
UPDATE t SET k = 3 WHERE id = 1;
UPDATE u SET name = upper(name);
SAVEPOINT s;
DELETE FROM t WHERE k = 1;
DELETE FROM mine WHERE k = 1;
ROLLBACK TO s;
INSERT INTO mine VALUES (3);
COMMIT;
-- conn: 2
INSERT INTO t(k, x) VALUES (1, 100);
DELETE FROM u WHERE k = 3;
REFRESH MATERIALIZED VIEW sums;
-- conn: 1
-- query
SELECT * FROM a ORDER BY k;
--> 1, 2, 102
--> 2, 2, 7
--> 3, 2, 10
-- query
SELECT * FROM d;
--> 3, 'ONE'
BEGIN;
INSERT INTO t(k, x) VALUES (7, 7);
CREATE TEMP MATERIALIZED VIEW f AS SELECT k FROM sums WHERE n = 1;
INSERT INTO t(k, x) VALUES (8, 7);
ROLLBACK;
CREATE TEMP MATERIALIZED VIEW f AS SELECT k FROM sums WHERE n = 1;
INSERT INTO t(k, x) VALUES (8, 7);
-- query
SELECT * FROM f;
--> 8
-- As with a plain view, what the view was when the TEMP view was made counts, until REFRESH.
DROP MATERIALIZED VIEW temp.f;
DROP MATERIALIZED VIEW temp.e;
DROP MATERIALIZED VIEW temp.d;
DROP MATERIALIZED VIEW temp.b;
DROP VIEW plain;
DROP MATERIALIZED VIEW named;
DROP MATERIALIZED VIEW temp.c;
DROP VIEW both;
-- reference: a SELECT k, count(*) AS n, sum(x) AS s FROM t GROUP BY k
DROP MATERIALIZED VIEW sums;
INSERT INTO t(k, x) VALUES (9, 9);
CREATE MATERIALIZED VIEW sums AS SELECT k, count(*) AS n, sum(x) AS s FROM t WHERE k < 5 GROUP BY k;
DELETE FROM t WHERE id < 3;
-- reference: a SELECT * FROM sums
REFRESH MATERIALIZED VIEW temp.a;
INSERT INTO t(k, x) VALUES (4, 9), (6, 9);

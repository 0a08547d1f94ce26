-- After reopening, views are there and go on.
CREATE TABLE t(id INTEGER PRIMARY KEY, k INT, x REAL);
CREATE TABLE u(k INT, name TEXT);
CREATE MATERIALIZED VIEW v AS SELECT k, sum(x) AS s, count(DISTINCT x) AS d, min(x) AS lo FROM t GROUP BY k;
CREATE MATERIALIZED VIEW j AS SELECT u.name, t.x FROM t JOIN u USING (k);
CREATE MATERIALIZED VIEW a AS SELECT count(*) AS n, max(s) AS m FROM v;
INSERT INTO t(k, x) VALUES (1, 0.1), (1, 0.2), (2, 1e16);
INSERT INTO u VALUES (1, 'one'), (2, 'two');
-- reopen
DELETE FROM t WHERE x = 0.2;
-- reopen
UPDATE u SET k = 3 - k;
INSERT INTO t(k, x) VALUES (2, 1), (2, -1e16);
BEGIN;
INSERT INTO t(k, x) VALUES (7, 7);
-- reopen
-- query
SELECT count(*) FROM v;
--> 2
DELETE FROM t;

-- A base table that is dropped and made again makes the view stale until REFRESH (the usual ALTER recipe).
-- materialized only
CREATE TABLE t(id INTEGER PRIMARY KEY, a INT);
CREATE TABLE u(b INT);
CREATE MATERIALIZED VIEW v AS SELECT a, count(*) AS n FROM t GROUP BY a;
CREATE MATERIALIZED VIEW w AS SELECT b FROM u;
INSERT INTO t(a) VALUES (1), (2);
-- stale: v
-- may fail
DROP TABLE t;
INSERT INTO u VALUES (1);
CREATE TABLE t(id INTEGER PRIMARY KEY, a INT, extra);
INSERT INTO t(a) VALUES (5);
-- fresh: v
REFRESH MATERIALIZED VIEW v;
INSERT INTO t(a) VALUES (5), (6);
-- query
SELECT * FROM v ORDER BY a;
--> 5, 2
--> 6, 1

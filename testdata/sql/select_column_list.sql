-- A column list names the view's columns.
CREATE TABLE t(a, b);
CREATE MATERIALIZED VIEW v(x, "the y") AS SELECT a, count(*) FROM t GROUP BY a;
INSERT INTO t VALUES (1, 1), (1, 2), (2, 3);
-- query
SELECT x, "the y" FROM v ORDER BY x;
--> 1, 2
--> 2, 1
CREATE MATERIALIZED VIEW w AS SELECT x + 1 AS x1, "the y" FROM v WHERE "the y" > 1;
INSERT INTO t VALUES (2, 1), (2, 2);

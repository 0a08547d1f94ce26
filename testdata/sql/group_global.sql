-- An aggregate without GROUP BY has one row even over an empty table; HAVING alone may take it away.
CREATE TABLE t(a);
CREATE MATERIALIZED VIEW v AS SELECT count(*) AS n, count(a) AS na, sum(a) AS s, total(a) AS t, avg(a) AS av, min(a) AS lo, max(a) AS hi FROM t;
CREATE MATERIALIZED VIEW w AS SELECT count(*) AS n FROM t WHERE a > 1;
CREATE MATERIALIZED VIEW h AS SELECT sum(a) AS s FROM t HAVING count(*) > 1;
CREATE MATERIALIZED VIEW c AS SELECT 1 AS one, 'x' || count(*) AS x FROM t;
-- query
SELECT * FROM v;
--> 0, 0, NULL, 0.0, NULL, NULL, NULL
INSERT INTO t VALUES (1), (2);
INSERT INTO t VALUES (NULL);
DELETE FROM t WHERE a = 2;
DELETE FROM t;
-- query
SELECT * FROM v;
--> 0, 0, NULL, 0.0, NULL, NULL, NULL

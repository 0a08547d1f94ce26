-- An index on a view with one column twice.
-- materialized only
CREATE TABLE t2(a INT, b, c REAL);
CREATE MATERIALIZED VIEW v2 AS SELECT (q6.a & 3) AS c3 FROM t2 AS q5 JOIN t2 AS q6;
INSERT INTO t2 VALUES (1, 1, 1), (NULL, 2, 2);
CREATE INDEX vi2 ON v2(c3, c3 DESC);
-- probe: v2 SELECT * FROM $ AS x WHERE x.c3 IS NULL
-- probe: v2 SELECT * FROM $ AS x WHERE x.c3 = 1

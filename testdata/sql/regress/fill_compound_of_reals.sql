-- A view of a compound SELECT has INTEGERs as they are, though SQLite makes REALs of them where it reads that in FROM, as
-- when it fills the output itself.
-- materialized only
CREATE TABLE t(a REAL, b INT);
INSERT INTO t VALUES (1, 2), (0.5, 3);
CREATE MATERIALIZED VIEW v AS SELECT 1 AS x FROM t UNION ALL SELECT a FROM t;
CREATE MATERIALIZED VIEW w AS SELECT x, typeof(x) AS y FROM (SELECT a AS x FROM t UNION ALL SELECT b FROM t);
UPDATE t SET b = b + 1;
REFRESH MATERIALIZED VIEW v;
-- query
SELECT typeof(x), count(*) FROM v GROUP BY 1;
--> 'integer', 2
--> 'real', 2

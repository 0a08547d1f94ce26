-- Expressions over aggregates, and aggregates over expressions.
CREATE TABLE t(k TEXT, x INT, y REAL);
CREATE MATERIALIZED VIEW v AS
SELECT k || ':' || count(*) AS label, max(x) - min(x) AS spread, sum(x) * 1.0 / count(*) AS mean, CASE WHEN sum(x) > 5 THEN 'hi' END AS c,
  coalesce(sum(y), -1) AS y, sum(x * y) AS xy, count(*) + count(DISTINCT x) AS n, sum(x > 1) AS bigger, round(avg(y), 2) AS ry, sum(x) IS NULL AS nul, 7 AS k7
FROM t GROUP BY k;
INSERT INTO t VALUES ('a', 1, 0.5), ('a', 3, 1.5), ('b', NULL, NULL), ('b', 2, NULL);
UPDATE t SET x = x + 4 WHERE k = 'a';
DELETE FROM t WHERE y IS NULL;

-- DISTINCT and FILTER in every aggregate.
CREATE TABLE t(id INTEGER PRIMARY KEY, k INT, x INT, f INT);
CREATE MATERIALIZED VIEW v AS
SELECT k, count(DISTINCT x) AS cd, sum(DISTINCT x) AS sd, avg(DISTINCT x) AS ad, total(DISTINCT x) AS td, min(DISTINCT x) AS ld, max(DISTINCT x) AS hd,
  count(*) FILTER (WHERE f) AS cf, sum(x) FILTER (WHERE f > 1) AS sf, avg(x) FILTER (WHERE f IS NULL) AS af, max(x) FILTER (WHERE x < 5) AS mf,
  count(DISTINCT x) FILTER (WHERE f) AS cdf, sum(x) AS s, sum(DISTINCT x + 1) AS s1
FROM t GROUP BY k;
INSERT INTO t(k, x, f) VALUES (1, 1, 1), (1, 1, 0), (1, 2, NULL), (1, NULL, 1), (2, 5, 2), (2, 5, 2), (2, 3, 0);
DELETE FROM t WHERE id = 1;
UPDATE t SET f = 1 - f;
UPDATE t SET x = 5 WHERE k = 1;
DELETE FROM t WHERE x = 5 AND f < 0;
DELETE FROM t WHERE k = 1;

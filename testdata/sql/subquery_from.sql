-- Subqueries in FROM, nested, grouped and joined.
CREATE TABLE t(id INTEGER PRIMARY KEY, k INT, x INT);
CREATE MATERIALIZED VIEW v1 AS SELECT k, s FROM (SELECT k, sum(x) AS s FROM t GROUP BY k) WHERE s > 3;
CREATE MATERIALIZED VIEW v2 AS SELECT max(s) AS m, count(*) AS n FROM (SELECT k, sum(x) AS s FROM t GROUP BY k);
CREATE MATERIALIZED VIEW v3 AS SELECT t.id, t.x, g.s FROM t JOIN (SELECT k, sum(x) AS s FROM t GROUP BY k) AS g ON g.k = t.k WHERE t.x * 2 > g.s;
CREATE MATERIALIZED VIEW v4 AS SELECT a.k, a.s, b.n FROM (SELECT k, sum(x) AS s FROM t GROUP BY k) a JOIN (SELECT k, count(*) AS n FROM t GROUP BY k) b ON a.k = b.k;
CREATE MATERIALIZED VIEW v5 AS SELECT n, count(*) AS c FROM (SELECT k, count(*) AS n FROM (SELECT DISTINCT k, x FROM t) GROUP BY k) GROUP BY n;
INSERT INTO t(k, x) VALUES (1, 1), (1, 2), (2, 5), (2, 5), (3, 0), (NULL, 4);
UPDATE t SET x = x + 1 WHERE k = 1;
UPDATE t SET k = 1 WHERE k = 2;
DELETE FROM t WHERE x > 4;

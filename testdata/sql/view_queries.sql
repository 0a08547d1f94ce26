-- A view in joins, subqueries, aggregates, compound queries, windows and CTEs of the user.
CREATE TABLE t(k INT, x INT);
CREATE TABLE u(k INT, name TEXT);
CREATE MATERIALIZED VIEW v AS SELECT k, sum(x) AS s FROM t GROUP BY k;
CREATE MATERIALIZED VIEW d AS SELECT x FROM t;
INSERT INTO t VALUES (1, 1), (1, 2), (2, 5), (3, 5), (NULL, 7);
INSERT INTO u VALUES (1, 'one'), (3, 'three');
-- query
SELECT name, s FROM u LEFT JOIN v USING (k) ORDER BY 1;
--> 'one', 3
--> 'three', 5
-- query
SELECT name, (SELECT s FROM v WHERE v.k = u.k) FROM u WHERE EXISTS (SELECT 1 FROM v WHERE v.k = u.k AND s > 3);
--> 'three', 5
-- query
SELECT s, count(*) FROM v GROUP BY s HAVING count(*) > 1;
--> 5, 2
-- query
SELECT k FROM v UNION SELECT k FROM u EXCEPT SELECT 2 ORDER BY 1;
--> NULL
--> 1
--> 3
-- query
SELECT x, row_number() OVER (ORDER BY x) FROM d WHERE x IN (5, 7) ORDER BY 2;
--> 5, 1
--> 5, 2
--> 7, 3
-- query
WITH RECURSIVE r(n) AS (SELECT min(k) FROM v UNION ALL SELECT n + 1 FROM r WHERE n < (SELECT max(k) FROM v)) SELECT n, s FROM r JOIN v ON v.k = r.n;
--> 1, 3
--> 2, 5
--> 3, 5
-- query
SELECT a.k, b.k FROM v a JOIN v b ON a.s = b.s AND a.k < b.k;
--> 2, 3
-- query
SELECT count(*) FROM d WHERE x = 5 OR x = 5 OR x > 4;
--> 3

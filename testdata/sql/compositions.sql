-- Aggregate over join, join of aggregates, aggregate of aggregates, distinct of union.
CREATE TABLE o(id INTEGER PRIMARY KEY, c INT, amount REAL);
CREATE TABLE c(id INTEGER PRIMARY KEY, segment TEXT);
CREATE MATERIALIZED VIEW v1 AS SELECT segment, count(*) AS n, sum(amount) AS total FROM o JOIN c ON o.c = c.id GROUP BY segment;
CREATE MATERIALIZED VIEW v2 AS SELECT x.segment, x.n, y.big FROM (SELECT segment, count(*) AS n FROM c GROUP BY segment) x
  JOIN (SELECT segment, count(*) AS big FROM o JOIN c ON o.c = c.id WHERE amount > 1 GROUP BY segment) y ON x.segment = y.segment;
CREATE MATERIALIZED VIEW v3 AS SELECT avg(total) AS mean, max(n) AS most FROM (SELECT c, sum(amount) AS total, count(*) AS n FROM o GROUP BY c HAVING count(*) > 1);
CREATE MATERIALIZED VIEW v4 AS SELECT DISTINCT x FROM (SELECT c AS x FROM o UNION ALL SELECT id FROM c) WHERE x > 1;
INSERT INTO c VALUES (1, 'a'), (2, 'b'), (3, 'a');
INSERT INTO o(c, amount) VALUES (1, 0.1), (1, 0.2), (2, 3), (3, 4), (4, 9), (NULL, 1);
UPDATE c SET segment = 'b' WHERE id = 1;
DELETE FROM c WHERE id = 2;
UPDATE o SET c = 2 WHERE c = 4;
INSERT INTO c VALUES (2, 'z');

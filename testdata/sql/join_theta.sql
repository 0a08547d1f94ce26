-- Joins without an equality.
CREATE TABLE e(id INTEGER PRIMARY KEY, lo, hi);
CREATE TABLE p(x);
CREATE MATERIALIZED VIEW t1 AS SELECT id, x FROM e JOIN p ON x BETWEEN lo AND hi;
CREATE MATERIALIZED VIEW t2 AS SELECT id, count(*) AS n, sum(x) AS s FROM e JOIN p ON x >= lo AND x < hi GROUP BY id;
CREATE MATERIALIZED VIEW t3 AS SELECT e.id, f.id AS other FROM e, e AS f WHERE e.hi < f.lo OR e.lo = f.hi;
CREATE MATERIALIZED VIEW t4 AS SELECT e.id, x FROM e JOIN p ON e.lo + e.hi = x * 2;
INSERT INTO e(lo, hi) VALUES (0, 10), (5, 15), (20, 30), (NULL, 5);
INSERT INTO p VALUES (1), (5), (7.5), (10), (25), ('a'), (NULL);
UPDATE e SET hi = hi + 1;
DELETE FROM p WHERE x > 9;
UPDATE p SET x = x + 10;

-- Views whose accumulators SQLite fills: sums of integers, and what is none.
CREATE TABLE c(id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE o(id INTEGER PRIMARY KEY, c INT, amount, n INT);
INSERT INTO c VALUES (1, 'one'), (2, 'two'), (3, 'three'), (4, 'four');
INSERT INTO o VALUES (1, 1, 10, 1), (2, 1, 5, NULL), (3, 2, NULL, 2), (4, NULL, 7, 3), (5, 'x', 8, 4), (6, 1, 5, 1);
CREATE INDEX o_c ON o(c);
CREATE MATERIALIZED VIEW sums AS SELECT id, (SELECT sum(amount) FROM o WHERE o.c = c.id) AS s,
  (SELECT count(*) FROM o WHERE o.c = c.id) AS n, (SELECT total(n) + avg(n) FROM o WHERE o.c = c.id) AS t FROM c;
CREATE MATERIALIZED VIEW filtered AS SELECT id, (SELECT sum(n) FILTER (WHERE amount > 5) FROM o WHERE o.c = c.id) AS s FROM c;
CREATE MATERIALIZED VIEW had AS SELECT c, sum(n) AS s FROM o GROUP BY c HAVING count(*) > 0;
UPDATE o SET amount = amount + 1, c = 2 WHERE id = 1;
DELETE FROM o WHERE c = 1;
-- A sum that is REAL, one of text, one that overflows: the circuit fills.
UPDATE o SET amount = 2.5 WHERE id = 1;
INSERT INTO o VALUES (7, 3, '12', 1), (8, 4, 9223372036854775807, 1), (9, 4, -1, 1);
REFRESH MATERIALIZED VIEW sums;
INSERT INTO o VALUES (10, 2, 1, 1), (11, 3, 1, 1);
DELETE FROM o WHERE id IN (1, 7);
REFRESH MATERIALIZED VIEW sums;
INSERT INTO o VALUES (12, 4, 5, 1);
DELETE FROM o WHERE id = 12;
-- Over tables without an index, where SQLite would read o for each row of c.
DROP INDEX o_c;
CREATE MATERIALIZED VIEW unindexed AS SELECT id, (SELECT sum(n) FROM o WHERE o.c = c.id) AS s FROM c
  WHERE EXISTS (SELECT 1 FROM o WHERE o.c = c.id AND n > 0);
UPDATE o SET c = 1 WHERE id = 10;
DELETE FROM o WHERE c = 2;
-- An aggregate of the same table on both sides.
CREATE MATERIALIZED VIEW twice AS SELECT o.id, (SELECT sum(n) FROM o AS p WHERE p.c = o.c) AS s FROM o;
INSERT INTO o VALUES (13, 1, 1, 1);
-- Where the groups are the view's rows.
CREATE MATERIALIZED VIEW by_c AS SELECT count(*) AS n, c, sum(n) AS s, avg(n) AS a, total(n) AS t, count(amount) AS m FROM o GROUP BY c;
CREATE MATERIALIZED VIEW by_two AS SELECT c, id % 2 AS odd, sum(n * 2) AS s, count(*) AS n, avg(n + id) AS a FROM o WHERE id <> 4 AND n IS NOT NULL GROUP BY c, id % 2;
CREATE MATERIALIZED VIEW by_number AS SELECT 3, sum(n) AS s FROM o GROUP BY 1;
CREATE MATERIALIZED VIEW by_text AS SELECT name || 'x' AS t, count(*) AS n FROM c WHERE name LIKE '%o%' GROUP BY name || 'x';
CREATE MATERIALIZED VIEW amounts AS SELECT c, sum(amount) AS s FROM o GROUP BY c;
CREATE MATERIALIZED VIEW none AS SELECT c, sum(n) AS s FROM o WHERE n > 100 GROUP BY c;
INSERT INTO o VALUES (14, 2, 3, 5), (15, NULL, 3, 500), (16, 2, 4, 7);
UPDATE o SET n = n + 1;
UPDATE c SET name = 'forty' WHERE id = 4;
DELETE FROM o WHERE id < 9;
REFRESH MATERIALIZED VIEW by_c;
REFRESH MATERIALIZED VIEW by_two;
DELETE FROM o;
REFRESH MATERIALIZED VIEW by_two;
INSERT INTO o VALUES (1, 1, 1, 1);

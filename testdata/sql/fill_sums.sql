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

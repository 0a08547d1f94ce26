-- With a RIGHT or FULL JOIN anywhere in FROM, USING compares the first of the columns to its left that is not NULL.
CREATE TABLE a(id INTEGER PRIMARY KEY, k, x TEXT COLLATE NOCASE);
CREATE TABLE b(k INT, x, y);
CREATE TABLE c(k TEXT, x, z);
CREATE MATERIALIZED VIEW v1 AS SELECT b.y, c.z, a.id FROM a JOIN b USING (k) JOIN c USING (k) RIGHT JOIN a AS d ON d.id = c.z;
CREATE MATERIALIZED VIEW v2 AS SELECT k, a.id, b.y, c.z FROM a LEFT JOIN b USING (k) LEFT JOIN c USING (k) FULL JOIN b AS e USING (k);
CREATE MATERIALIZED VIEW v3 AS SELECT k, x, a.id, b.y, c.z FROM a NATURAL LEFT JOIN b NATURAL FULL JOIN c;
CREATE MATERIALIZED VIEW v4 AS SELECT k, a.id, b.y, c.z FROM a FULL JOIN b USING (k) JOIN c USING (k) RIGHT JOIN b AS e USING (k);
CREATE MATERIALIZED VIEW v5 AS SELECT k, a.id, b.y, c.z FROM a RIGHT JOIN b USING (k) LEFT JOIN c USING (k);
INSERT INTO a(k, x) VALUES (1, 'a'), (2, 'B'), (NULL, 'c'), ('3', NULL);
INSERT INTO b VALUES (1, 'A', 1), (2, 'b', 2), (5, NULL, 5), (NULL, 'c', 6);
INSERT INTO c VALUES (1, 'a', 1), ('2', 'b', 2), ('5', NULL, 7), ('7', 'c', 1);
UPDATE b SET k = k + 1;
DELETE FROM a WHERE id = 2;
DELETE FROM b WHERE k = 3;

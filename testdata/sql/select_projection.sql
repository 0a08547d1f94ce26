-- Projection and WHERE with expressions that SQLite evaluates.
CREATE TABLE t(id INTEGER PRIMARY KEY, a INT, b TEXT, c REAL);
CREATE MATERIALIZED VIEW v AS
SELECT id, a + 1 AS a1, upper(b) || '!' AS u, round(c, 1) AS r, typeof(c) AS ty, CASE WHEN a > 2 THEN 'big' ELSE b END AS k
FROM t WHERE a BETWEEN 1 AND 10 AND b <> 'skip' OR c IS NULL;
INSERT INTO t VALUES (1, 1, 'a', 1.25), (2, 3, 'b', NULL), (3, 20, 'c', NULL), (4, 5, 'skip', 1), (5, NULL, NULL, 0.5);
-- query
SELECT * FROM v ORDER BY id;
--> 1, 2, 'A!', 1.3, 'real', 'a'
--> 2, 4, 'B!', NULL, 'null', 'big'
--> 3, 21, 'C!', NULL, 'null', 'big'
UPDATE t SET a = a + 1;
UPDATE t SET b = 'skip' WHERE id = 1;
UPDATE t SET b = 'x', c = NULL;
DELETE FROM t WHERE id > 2;
DELETE FROM t;

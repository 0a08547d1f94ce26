-- One statement and one transaction with many rows.
CREATE TABLE t(id INTEGER PRIMARY KEY, k INT, x REAL);
CREATE TABLE d(k INTEGER PRIMARY KEY, name TEXT);
CREATE MATERIALIZED VIEW v AS SELECT k, count(*) AS n, sum(x) AS s FROM t GROUP BY k;
CREATE MATERIALIZED VIEW j AS SELECT d.name, sum(t.x) AS s FROM t JOIN d ON t.k = d.k GROUP BY d.name;
INSERT INTO d VALUES (0, 'a'), (1, 'b'), (2, 'c'), (3, 'a'), (4, 'b'), (5, 'c'), (6, 'a'), (7, 'b'), (8, 'c'), (9, 'a');
INSERT INTO t(k, x) WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 3000) SELECT i % 10, i / 7.0 FROM n;
BEGIN;
UPDATE t SET x = x + 0.1 WHERE id % 3 = 0;
DELETE FROM t WHERE id % 5 = 0;
UPDATE d SET name = 'm' || k % 2;
ROLLBACK;
BEGIN;
UPDATE t SET k = (k + 1) % 10;
DELETE FROM d WHERE k > 7;
COMMIT;
DELETE FROM t;

-- Views over tables that have rows: their output is filled from the SELECT itself where that gives the very rows.
CREATE TABLE n(value INTEGER PRIMARY KEY);
WITH RECURSIVE x(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM x WHERE i < 200) INSERT INTO n SELECT i FROM x;
CREATE TABLE t(id INTEGER PRIMARY KEY, k INT, r REAL, s TEXT, b BLOB, a);
CREATE TABLE u(k INT, name TEXT);
CREATE INDEX t_k ON t(k);
INSERT INTO t(k, r, s, b, a) SELECT value % 7, value, 'text ' || value % 5, zeroblob(value % 3), iif(value % 2, value, value || '') FROM n WHERE value <= 200;
INSERT INTO t(k, r, s, b, a) VALUES (NULL, NULL, NULL, NULL, NULL), (3, -0.0, '', x'', 1e300), (3, 0.0, '', x'', '1'), (3, 9e999, 'x', x'00', -9e999);
INSERT INTO t(k, s) SELECT 1, 'a long text, longer than a key may be, so that it is known by its hash: ' || value % 2 || hex(zeroblob(60)) FROM n WHERE value <= 6;
INSERT INTO u SELECT value % 4, 'u' || value FROM n WHERE value <= 6;
CREATE MATERIALIZED VIEW filtered AS SELECT id, s, a FROM t WHERE k >= 3;
CREATE MATERIALIZED VIEW repeated AS SELECT k, s FROM t;
CREATE MATERIALIZED VIEW all_columns AS SELECT * FROM t;
CREATE MATERIALIZED VIEW reals AS SELECT r, r + 1 AS more, -r AS less, a FROM t;
CREATE MATERIALIZED VIEW joined AS SELECT t.s, u.name FROM t JOIN u ON u.k = t.k;
CREATE MATERIALIZED VIEW outer_joined AS SELECT t.id, u.name FROM t LEFT JOIN u ON u.k = t.k -- ends in a comment
;
CREATE MATERIALIZED VIEW full_joined AS SELECT t.s, u.name FROM u FULL JOIN t ON u.k = t.k AND t.id % 2;
CREATE MATERIALIZED VIEW sums AS SELECT u.name, x.total, x.n FROM u LEFT JOIN (SELECT k, sum(r) AS total, count(*) AS n FROM t GROUP BY k) x ON x.k = u.k;
CREATE MATERIALIZED VIEW scalar AS SELECT name, (SELECT avg(r) FROM t WHERE t.k = u.k) AS mean, (SELECT count(*) FROM t) AS n FROM u;
CREATE MATERIALIZED VIEW either AS SELECT id, k FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.k = t.k) UNION ALL SELECT k, NULL FROM u;
CREATE MATERIALIZED VIEW neither AS SELECT id FROM t WHERE k NOT IN (SELECT k FROM u WHERE name <> 'u1');
CREATE MATERIALIZED VIEW most AS SELECT u.name, (SELECT max(s) FROM t WHERE t.k = u.k) AS s FROM u;
CREATE MATERIALIZED VIEW two_rows AS VALUES (1, 'a'), (1, 'a');
CREATE MATERIALIZED VIEW with_cte AS WITH x AS (SELECT k, name FROM u WHERE k > 0) SELECT a.name, b.name FROM x a JOIN x b USING (k);
DELETE FROM t WHERE id % 3 = 0;
UPDATE t SET k = k + 1, r = r / 3, s = s || '!' WHERE id % 5 = 0;
INSERT INTO u SELECT * FROM u;
DELETE FROM u WHERE name = 'u2';
UPDATE t SET s = 'a long text, longer than a key may be, so that it is known by its hash: ' || id % 2 || hex(zeroblob(60));
BEGIN;
DELETE FROM t;
CREATE MATERIALIZED VIEW over_none AS SELECT id FROM t LEFT JOIN u USING (k);
INSERT INTO t(k, s) VALUES (1, 'z'), (1, 'z');
CREATE MATERIALIZED VIEW in_transaction AS SELECT s FROM t;
ROLLBACK;
CREATE MATERIALIZED VIEW on_view AS SELECT s FROM repeated;
DELETE FROM t WHERE id < 100;

-- what can fail for some row is known to the state
CREATE TABLE j(id INTEGER PRIMARY KEY, doc TEXT);
INSERT INTO j VALUES (1, '{"a": 1}'), (2, '{"a": 2}');
CREATE MATERIALIZED VIEW docs AS SELECT id, doc ->> 'a' AS a FROM j;
CREATE MATERIALIZED VIEW some_docs AS SELECT id, iif(id < 3, doc ->> 'a', 0) AS a FROM j;
INSERT INTO j VALUES (4, '[]');
DELETE FROM j WHERE id = 1;

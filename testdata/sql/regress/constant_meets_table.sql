-- What is there from the beginning, an aggregate's row or VALUES, met a table that is read by its key twice: when the
-- circuit started, and when the table was fed.
CREATE TABLE t(id INTEGER PRIMARY KEY, v);
CREATE TABLE u(a);
INSERT INTO t VALUES (0, 'zero'), (1, 'one'), (2, 'two');
INSERT INTO u VALUES (1), (2);
CREATE MATERIALIZED VIEW v1 AS SELECT t.id, g.n FROM t JOIN (SELECT count(*) AS n FROM u) g ON t.id = g.n;
CREATE MATERIALIZED VIEW v2 AS SELECT t.v, n.column1 FROM (VALUES (1), (2), (2)) n JOIN t ON t.id = n.column1;
CREATE MATERIALIZED VIEW v3 AS SELECT t.v, count(*) FROM (VALUES (1), (2), (2)) n LEFT JOIN t ON t.id = n.column1 GROUP BY t.id;
CREATE MATERIALIZED VIEW v4 AS SELECT (SELECT v FROM t WHERE id = 1) AS one, (SELECT count(*) FROM u) AS n;
CREATE MATERIALIZED VIEW v5 AS SELECT t.id FROM t WHERE id IN (VALUES (0), (2)) UNION ALL SELECT id FROM t;
CREATE TABLE w(a INT, b);
CREATE INDEX wa ON w(a);
INSERT INTO w VALUES (1, 'x'), (1, 'y'), (3, 'z'), (2, 'q');
CREATE MATERIALIZED VIEW v6 AS SELECT n.column1, w.b FROM (VALUES (1), (2), (2), (9)) n LEFT JOIN w ON w.a = n.column1;
CREATE MATERIALIZED VIEW v7 AS SELECT g.n, w.b FROM (SELECT count(*) AS n FROM u) g LEFT JOIN w ON w.a = g.n;
DELETE FROM u WHERE a = 1;
UPDATE t SET v = 'other' WHERE id = 1;
DELETE FROM t WHERE id = 2;
DELETE FROM u;
DELETE FROM w WHERE a = 1;
INSERT INTO w VALUES (0, 'none');

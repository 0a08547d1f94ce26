-- A CTE that nothing uses, beside an IN whose rows SQLite may use twice.
CREATE TABLE t3(id INTEGER PRIMARY KEY, a TEXT, b, c);
CREATE MATERIALIZED VIEW v1 AS WITH unused AS (SELECT b FROM t3), w AS (SELECT a FROM t3 WHERE (id IN (SELECT NULL)) IS NULL) SELECT x.a, y.a AS k1 FROM w AS y JOIN w AS x ON y.a = x.a WHERE x.a <> '' GROUP BY x.a, y.a;
INSERT INTO t3 VALUES (1, 'a', 1, 1), (2, 'a', 2, 1), (3, NULL, 1, 1), (4, '', 4, 4);
DELETE FROM t3 WHERE id = 1;
CREATE MATERIALIZED VIEW v2 AS WITH unused(x) AS (SELECT b FROM t3) SELECT min(j.value) AS m, count(*) AS n FROM json_each('2') AS j JOIN (VALUES (0.0, 2), (0.5, 3)) AS v;
CREATE MATERIALIZED VIEW v3 AS WITH t3(x) AS (VALUES (1), (2)), u AS (SELECT a FROM main.t3) SELECT * FROM u WHERE a IN (WITH z AS (SELECT x FROM t3) SELECT a FROM u);
INSERT INTO t3 VALUES (9, 'z', 1, 1);

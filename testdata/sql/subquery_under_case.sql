-- A branch of CASE that could fail is evaluated for the rows that come to it alone, its subqueries too.
CREATE TABLE t(id INTEGER PRIMARY KEY, a INT, b TEXT, j TEXT);
CREATE TABLE u(id INTEGER PRIMARY KEY, t INT REFERENCES t, n INT, s TEXT);
CREATE MATERIALIZED VIEW v1 AS SELECT t.id, CASE WHEN json_valid(j) THEN json_extract(j, '$.x') IN (SELECT n FROM u) END AS x FROM t;
CREATE MATERIALIZED VIEW v2 AS SELECT id FROM t WHERE json_valid(j) AND EXISTS (SELECT 1 FROM u WHERE u.n = json_extract(t.j, '$.x'));
CREATE MATERIALIZED VIEW v3 AS SELECT id, CASE WHEN a > 0 THEN (SELECT sum(abs(n)) FROM u WHERE u.t = t.id) END AS x FROM t;
INSERT INTO t VALUES (1, 1, 'x', '{"x":1}'), (2, -1, 'y', 'bad'), (3, 1, NULL, NULL);
INSERT INTO u VALUES (1, 1, 1, 'a'), (2, 2, -9223372036854775808, 'b'), (3, 1, 5, 'c');
INSERT INTO u VALUES (4, 3, -5, 'b');
UPDATE u SET n = 7 WHERE id = 2;
UPDATE u SET n = -9223372036854775808 WHERE id = 2;

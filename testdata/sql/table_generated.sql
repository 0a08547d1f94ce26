-- Generated columns, stored and virtual, as keys, arguments and join columns.
CREATE TABLE t(a INT, b TEXT, s INT AS (a * 2) STORED, v TEXT AS (upper(b)) VIRTUAL, w AS (s + length(v)), r REAL AS (-a));
CREATE MATERIALIZED VIEW p AS SELECT a, s, v, w, r FROM t;
CREATE MATERIALIZED VIEW g AS SELECT v, sum(s) AS s, max(w) AS w FROM t GROUP BY v;
CREATE MATERIALIZED VIEW j AS SELECT x.a, y.w FROM t x JOIN t y ON x.s = y.w;
CREATE MATERIALIZED VIEW st AS SELECT * FROM t;
INSERT INTO t(a, b) VALUES (1, 'x'), (2, 'X'), (0, ''), (NULL, NULL), ('q', 'z');
UPDATE t SET a = a + 1;
UPDATE t SET b = b || 'y' WHERE v = 'X';
DELETE FROM t WHERE s > 2;

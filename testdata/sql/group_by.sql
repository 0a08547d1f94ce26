-- GROUP BY columns, expressions, ordinals, aliases; groups that vanish and return; NULL keys; mixed types.
CREATE TABLE t(id INTEGER PRIMARY KEY, k, x INT, s TEXT);
-- free: g1.k BINARY AMONG SELECT k FROM t
CREATE MATERIALIZED VIEW g1 AS SELECT k, count(*) AS n, count(x) AS nx, sum(x) AS sx, avg(x) AS ax, min(x) AS lo, max(x) AS hi, total(x) AS tx FROM t GROUP BY k;
CREATE MATERIALIZED VIEW g2 AS SELECT x % 2 AS odd, count(*) AS n FROM t GROUP BY x % 2;
CREATE MATERIALIZED VIEW g3 AS SELECT upper(s), count(*) FROM t GROUP BY 1;
CREATE MATERIALIZED VIEW g4 AS SELECT substr(s, 1, 1) AS initial, x > 1 AS big, count(*) AS n FROM t GROUP BY initial, 2;
CREATE MATERIALIZED VIEW g5 AS SELECT count(*) AS n FROM t GROUP BY s;
CREATE MATERIALIZED VIEW g6 AS SELECT s FROM t GROUP BY s;
CREATE MATERIALIZED VIEW g7 AS SELECT typeof(k) AS ty, count(DISTINCT k) AS n FROM t GROUP BY typeof(k);
INSERT INTO t(k, x, s) VALUES (1, 1, 'a'), (1.0, 2, 'A'), ('1', 3, 'b'), (NULL, 4, NULL), (NULL, NULL, 'ab'), (x'31', 5, '');
DELETE FROM t WHERE id = 1;
DELETE FROM t WHERE id = 2;
INSERT INTO t(k, x, s) VALUES (1, 9, 'a');
UPDATE t SET k = 1.0;
UPDATE t SET x = NULL, s = s || 'x';
DELETE FROM t;
INSERT INTO t(k, x, s) VALUES (NULL, 0, 'a');

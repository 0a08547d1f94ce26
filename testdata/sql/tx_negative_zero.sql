-- Negative zero, as columns of each affinity store it (capture case ce4).
CREATE TABLE t1(id INTEGER PRIMARY KEY, a REAL, b, c NUMERIC);
CREATE MATERIALIZED VIEW v AS SELECT a, b, c, id FROM t1;
-- free: g.b BINARY AMONG SELECT b FROM t1
CREATE MATERIALIZED VIEW g AS SELECT b, count(*) AS n, sum(b) AS s, total(a) AS t FROM t1 GROUP BY b;
INSERT INTO t1 VALUES (1, -0.0, -0.0, -0.0);
INSERT INTO t1 VALUES (2, -1e-400, 0.0 * -1, '-0.0');
INSERT INTO t1 VALUES (3, 0, 0, 0);
UPDATE t1 SET b = -b, a = -a;
DELETE FROM t1 WHERE id = 1;

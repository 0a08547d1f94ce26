-- Another connection's commit between two of ours, with a view on a view; and a table read again after reopening.
CREATE TABLE t1(a BOOLEAN, b NUMERIC, g TEXT AS (a || '!') STORED);
CREATE MATERIALIZED VIEW v1 AS SELECT g AS k0 FROM t1 GROUP BY g;
CREATE MATERIALIZED VIEW v2 AS SELECT DISTINCT CAST(q1.k0 AS TEXT) AS c0 FROM v1 AS q1 CROSS JOIN v1 AS q2;
CREATE MATERIALIZED VIEW v3 AS SELECT a AS k0 FROM t1;
-- conn: 2
INSERT INTO t1(a, b) VALUES (5, 2.5);
-- conn: 1
-- open: s1 2
UPDATE t1 SET b = 2.5, a = NULL WHERE a NOT NULL RETURNING *;
-- shut: s1
-- reopen
DELETE FROM t1;

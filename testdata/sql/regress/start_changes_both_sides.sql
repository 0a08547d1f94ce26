-- Both sides of an EXCEPT have rows when the circuit starts. And count(*) was taken for count(d), the same function over
-- the same column.
CREATE TABLE t1(a TEXT PRIMARY KEY, d INT);
CREATE MATERIALIZED VIEW v1 AS VALUES (1) EXCEPT SELECT sum(d) FROM t1;
CREATE MATERIALIZED VIEW v2 AS SELECT count(*) FROM t1 INTERSECT SELECT count(d) FROM t1;
CREATE MATERIALIZED VIEW v3 AS SELECT g.n, h.m FROM (SELECT count(*) AS n FROM t1) g JOIN (SELECT column1 AS m FROM (VALUES (0), (1), (1)) GROUP BY 1) h ON g.n = h.m;
INSERT INTO t1 VALUES ('x', 1);
INSERT INTO t1 VALUES ('y', NULL);
DELETE FROM t1;

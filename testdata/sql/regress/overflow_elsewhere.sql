-- A view fails as a whole when one of its groups overflows, also where a query over the SELECT would not look at it.
CREATE TABLE t2(a TEXT COLLATE RTRIM, b TEXT, d INT NOT NULL DEFAULT 4);
CREATE MATERIALIZED VIEW v1 AS SELECT q1.b AS k0, sum(q1.d) AS g0 FROM t2 AS q1 GROUP BY k0;
INSERT INTO t2(a, b, d) VALUES ('a ', 3.0, 9223372036854775806);
INSERT INTO t2(b) VALUES ('x');
UPDATE t2 SET b = 'A';
-- probe: v1 SELECT * FROM $ AS x WHERE x.k0 = 'x'
UPDATE t2 SET b = 'x' WHERE d = 4;
-- probe: v1 SELECT * FROM $ AS x WHERE x.k0 = 'x'

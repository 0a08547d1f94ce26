-- The first REPLACE on a table computes its views anew, also one over a view that has failed: it must recover with it.
CREATE TABLE t1(a, b COLLATE NOCASE NOT NULL DEFAULT '', d BLOB);
INSERT INTO t1(a, d) VALUES ('aa', -9223372036854775807), ('bb', -1);
CREATE MATERIALIZED VIEW v1 AS SELECT q1.b, sum(q1.d) FILTER (WHERE length(q1.a) > 1) AS g1 FROM t1 AS q1 GROUP BY 1;
CREATE MATERIALIZED VIEW v4 AS SELECT q1.b AS c0, g1 FROM v1 AS q1;
UPDATE t1 SET d = -9223372036854775807;
REPLACE INTO t1(a, b, d) VALUES (-9007199254740993, '', 4);
UPDATE t1 SET b = 'abc', a = 2;
INSERT INTO t1(a, b, d) VALUES ('cc', 'x', 4);

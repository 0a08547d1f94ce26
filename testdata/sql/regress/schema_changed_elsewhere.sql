-- Another connection changes the schema: the next read on this one loads the catalog again.
CREATE TABLE t1(id INTEGER PRIMARY KEY, b);
CREATE TABLE t2(a, b REAL, c);
CREATE MATERIALIZED VIEW v1 AS SELECT q1.b AS k0, max(q2.b) AS g0 FROM t2 AS q1 JOIN t1 AS q2 GROUP BY k0;
CREATE MATERIALIZED VIEW v2 AS SELECT b FROM t1;
-- conn: 2
INSERT INTO t2(a, b, c) VALUES (1.5, 0.1, 2.5);
-- conn: 1
CREATE INDEX bi ON t1(b);
CREATE TRIGGER tr1 AFTER INSERT ON t1 BEGIN SELECT 1; END;
-- conn: 2
INSERT INTO t1(b) VALUES (7);
-- conn: 1
DROP MATERIALIZED VIEW v2;
CREATE MATERIALIZED VIEW v3 AS SELECT count(*) AS n FROM t2;
-- conn: 2
INSERT INTO t2(a, b, c) VALUES (1.5, 0.2, 2.5);

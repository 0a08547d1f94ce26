-- A view made after changes in the same transaction must not take them from the others.
CREATE TABLE t2(a INTEGER, c TEXT);
CREATE MATERIALIZED VIEW v1 AS SELECT c FROM t2;
BEGIN;
INSERT INTO t2 VALUES (2, 'x');
CREATE MATERIALIZED VIEW v2 AS SELECT CASE WHEN sum(DISTINCT a) > 1 THEN sum(CAST(a AS INTEGER)) ELSE 'few' END AS g0 FROM t2;
INSERT INTO t2 VALUES (3, 'y');
COMMIT;

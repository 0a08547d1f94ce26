-- A parent row of main whose child's column has another affinity is deleted under a TEMP view.
-- materialized only
-- schemas: main, temp
PRAGMA foreign_keys = ON;
CREATE TABLE t(d BLOB NOT NULL UNIQUE);
CREATE TABLE c(a BOOLEAN REFERENCES t(d));
CREATE TEMP MATERIALIZED VIEW v AS SELECT 1 AS n FROM t AS q JOIN t AS r ON r.d = q.d;
CREATE TEMP MATERIALIZED VIEW w AS SELECT d FROM t;
INSERT INTO t VALUES (2.0), (3.0);
DELETE FROM t WHERE d = 2;
UPDATE t SET d = 4.0;
DELETE FROM t;

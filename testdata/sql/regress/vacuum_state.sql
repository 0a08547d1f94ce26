-- VACUUM between writes: the state of a bag went out of step with its table.
CREATE TABLE t1(a NUMERIC, b INTEGER DEFAULT 1, c, g AS (coalesce(b, 'none')) STORED, UNIQUE (c, b) ON CONFLICT REPLACE);
CREATE MATERIALIZED VIEW v1 AS SELECT g AS k0 FROM t1;
CREATE MATERIALIZED VIEW v2 AS SELECT c FROM t1;
INSERT INTO t1(a, b, c) VALUES (-0.5, 5, NULL) RETURNING *;
VACUUM;
UPDATE t1 SET b = -5 WHERE b IN (5, 29, 3);

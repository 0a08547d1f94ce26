-- A trigger that could hide changes is dropped while changes are pending.
CREATE TABLE t2(a NOT NULL, b, c, g INT AS (b * 2) STORED, PRIMARY KEY (a, b));
CREATE TABLE other(a);
CREATE MATERIALIZED VIEW v2 AS SELECT g AS c2 FROM t2;
CREATE TRIGGER tr1 BEFORE DELETE ON t2 WHEN OLD.c > 'z' BEGIN INSERT INTO other VALUES (1); END;
SAVEPOINT s0;
-- quiet
INSERT INTO t2(a, b, c) VALUES (-1.0, 1.0, '01');
DROP TRIGGER tr1;
RELEASE s0;

-- A view made after changes in the same transaction, then rolled back.
CREATE TABLE t2(id INTEGER PRIMARY KEY, a, b);
CREATE MATERIALIZED VIEW v1 AS SELECT typeof(count(*)) AS g0, sum(b) AS g1 FROM t2;
BEGIN;
-- quiet
INSERT INTO t2 VALUES (3, x'4142', 5);
-- quiet
SAVEPOINT s1;
-- quiet
CREATE MATERIALIZED VIEW v3 AS SELECT b AS k0 FROM t2;
-- quiet
ROLLBACK TO s1;
-- quiet
INSERT INTO t2(a, b) SELECT 5, g0 FROM v1 LIMIT 8;
COMMIT;

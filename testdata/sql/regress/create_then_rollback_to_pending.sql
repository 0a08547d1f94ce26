-- As before, with changes pending: those from before the savepoint stay.
CREATE TABLE t4(a TEXT, b INTEGER);
CREATE TABLE t2(id INTEGER PRIMARY KEY, b TEXT, c, g TEXT AS (b || '!'));
CREATE MATERIALIZED VIEW v1 AS SELECT q2.b, count() AS g0, sum(q2.c) || '/' || count(*) AS g1, min(DISTINCT q1.id) AS g2 FROM t2 AS q1 JOIN t2 AS q2 GROUP BY q2.b;
BEGIN IMMEDIATE;
CREATE MATERIALIZED VIEW v2 AS SELECT coalesce(q1.a, q1.b) AS k0 FROM t4 AS q1 JOIN t4 AS q2;
INSERT INTO t4 VALUES ('ab', -1);
SAVEPOINT s2;
ROLLBACK TO s2;
UPDATE t4 SET a = 'B' WHERE a > '';
COMMIT;
BEGIN;
CREATE INDEX tb ON t2(b);
-- quiet
INSERT OR REPLACE INTO t2(id, b, c) VALUES (12, 3.0, 1);
-- quiet
SAVEPOINT s2;
-- quiet
ROLLBACK TO s2;
-- quiet
DELETE FROM t2;
COMMIT;

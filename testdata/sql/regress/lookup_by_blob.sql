-- A unique column of text compared with a column without affinity, and the other way round: nothing is converted.
CREATE TABLE t1(a REAL, b TEXT COLLATE RTRIM UNIQUE, c, d, e UNIQUE);
CREATE MATERIALIZED VIEW v1 AS SELECT q.d AS k, (SELECT r.c FROM t1 AS r WHERE r.b = q.d) AS g FROM t1 AS q;
CREATE MATERIALIZED VIEW v2 AS SELECT q.d AS k, (SELECT r.c FROM t1 AS r WHERE r.e = q.b) AS g FROM t1 AS q;
INSERT INTO t1 VALUES (1, '1', 'x', 1, 1), (2, 'a ', 'y', 'a', 'a'), (3, '1.0', 'z', '1', '1'), (4, NULL, 'w', NULL, NULL);
UPDATE t1 SET d = '1.0 ' WHERE a = 1;
DELETE FROM t1 WHERE a = 2;

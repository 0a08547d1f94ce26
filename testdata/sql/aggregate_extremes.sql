-- min and max when the extreme goes, equal values of two types, NULLs, text and blobs.
CREATE TABLE t(id INTEGER PRIMARY KEY, k INT, x);
-- free: v.lo BINARY BY k AMONG SELECT x, k FROM t
-- free: v.hi BINARY BY k AMONG SELECT x, k FROM t
CREATE MATERIALIZED VIEW v AS SELECT k, min(x) AS lo, max(x) AS hi FROM t GROUP BY k;
INSERT INTO t(k, x) VALUES (1, 3), (1, 1), (1, 1.0), (1, 2), (2, 'b'), (2, 'a'), (2, 5), (2, NULL), (2, x'00');
DELETE FROM t WHERE id = 2;
DELETE FROM t WHERE x = 1;
UPDATE t SET x = -x WHERE k = 1;
DELETE FROM t WHERE x = x'00';
DELETE FROM t WHERE x = 'b';
UPDATE t SET x = NULL WHERE k = 2;

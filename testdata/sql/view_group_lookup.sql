-- A group is found by its key without an index: affinity and collation of the key, NULL, several keys.
CREATE TABLE t(k TEXT COLLATE NOCASE, n NUMERIC, z, x INT);
-- free: v.k NOCASE AMONG SELECT k FROM t
CREATE MATERIALIZED VIEW v AS SELECT k, count(*) AS c FROM t GROUP BY k;
-- free: w.z BINARY BY n AMONG SELECT z, n FROM t
CREATE MATERIALIZED VIEW w AS SELECT n, z, sum(x) AS s FROM t GROUP BY n, z;
INSERT INTO t VALUES ('a', 1, 1, 1), ('A', '1', '1', 2), (NULL, NULL, NULL, 3), ('b', 1.5, x'31', 4), (5, 5, 5.0, 5);
-- probe: v SELECT * FROM $ WHERE k = 'A'
-- probe: v SELECT * FROM $ WHERE k = 5
-- probe: v SELECT * FROM $ WHERE k IS NULL
-- probe: v SELECT * FROM $ WHERE k IN ('a', 'B', NULL)
-- probe: v SELECT * FROM $ WHERE k = 'a' OR k > 'A'
-- probe: w SELECT * FROM $ WHERE n = 1 AND z = 1
-- probe: w SELECT * FROM $ WHERE n = '1' AND z = '1'
-- probe: w SELECT * FROM $ WHERE n = 5.0 AND z = 5
-- probe: w SELECT * FROM $ WHERE n IS NULL AND z IS NULL
BEGIN;
DELETE FROM t WHERE k = 'a';
INSERT INTO t VALUES ('B', 1, 1.0, 9);
-- probe: v SELECT * FROM $ WHERE k = 'b'
-- probe: v SELECT * FROM $ WHERE k = 'a'
-- probe: w SELECT * FROM $ WHERE n = 1 AND z = 1.0
COMMIT;
-- probe: w SELECT * FROM $ WHERE n = 1

-- Indexes on a view are used, and stay right.
-- materialized only
CREATE TABLE t(id INTEGER PRIMARY KEY, k TEXT, x INT);
CREATE MATERIALIZED VIEW v AS SELECT k, count(*) AS n, sum(x) AS s FROM t GROUP BY k;
CREATE MATERIALIZED VIEW b AS SELECT id, k, x FROM t WHERE x IS NOT 3;
INSERT INTO t(k, x) VALUES ('a', 1), ('a', 2), ('b', 5), ('c', 7), ('d', NULL), (NULL, 8);
CREATE INDEX vs ON v(s);
CREATE INDEX bx ON b(x DESC, k);
-- probe: v SELECT * FROM $ WHERE s > 4
-- probe: v SELECT * FROM $ WHERE s = 5 OR s IS NULL OR k = 'a'
-- probe: v SELECT k FROM $ WHERE s BETWEEN 3 AND 7 AND n = 1
-- probe: v SELECT * FROM $ WHERE s IN (3, 7, 7, '5')
-- probe: b SELECT * FROM $ WHERE x = 5 AND k >= 'a'
-- probe: b SELECT * FROM $ WHERE x = '5' OR k IS NULL
BEGIN;
UPDATE t SET x = x + 1;
INSERT INTO t(k, x) VALUES ('a', 10), ('e', 4);
-- probe: v SELECT * FROM $ WHERE s > 4
-- probe: b SELECT * FROM $ WHERE x >= 5 AND x < 9
-- query
SELECT x FROM b ORDER BY x DESC, k LIMIT 3;
--> 10
--> 9
--> 8
ROLLBACK;
-- query
SELECT x FROM b ORDER BY x DESC, k LIMIT 3;
--> 8
--> 7
--> 5
-- query
SELECT k FROM v ORDER BY s, k;
--> 'd'
--> 'a'
--> 'b'
--> 'c'
--> NULL
DELETE FROM t WHERE k = 'a';
DROP INDEX vs;
UPDATE t SET k = 'z' WHERE k = 'b';
-- reopen
-- probe: b SELECT * FROM $ WHERE x > 5
INSERT INTO t(k, x) VALUES ('y', 6);
-- probe: b SELECT * FROM $ WHERE x > 5

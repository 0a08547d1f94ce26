-- A table without a key holds equal rows; each of them counts.
CREATE TABLE t(a, b);
CREATE MATERIALIZED VIEW v AS SELECT a, b FROM t;
CREATE MATERIALIZED VIEW w AS SELECT b FROM t WHERE a = 1;
CREATE MATERIALIZED VIEW c AS SELECT a, count(*) AS n FROM t GROUP BY a;
INSERT INTO t VALUES (1, 1), (1, 1), (1, 1), (NULL, NULL), (NULL, NULL);
DELETE FROM t WHERE rowid = 2;
UPDATE t SET b = 2 WHERE rowid = 1;
UPDATE t SET rowid = rowid + 10;
INSERT INTO t(rowid, a, b) VALUES (-5, 1, 1), (9223372036854775807, 1, 1);
INSERT INTO t VALUES (1, 1);
-- query
SELECT count(*) FROM v WHERE a = 1 AND b = 1;
--> 4
DELETE FROM t WHERE a IS NULL;
DELETE FROM t;

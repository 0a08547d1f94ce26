-- Capture works with trusted_schema off.
PRAGMA trusted_schema = OFF;
CREATE TABLE t(k INT, x INT);
CREATE MATERIALIZED VIEW v AS SELECT k, sum(x) AS s FROM t GROUP BY k;
INSERT INTO t VALUES (1, 1), (1, 2);
UPDATE t SET x = 5;
-- query
SELECT * FROM v;
--> 1, 10

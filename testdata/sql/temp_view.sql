-- A TEMP view stands on TEMP tables.
-- materialized only
-- schemas: main, temp
-- database: memory
CREATE TEMP TABLE tt(k INT, x INT);
CREATE TEMP MATERIALIZED VIEW tv AS SELECT k, sum(x) AS s FROM tt GROUP BY k;
INSERT INTO tt VALUES (1, 1), (2, 2);
BEGIN;
UPDATE tt SET x = x * 2;
DELETE FROM tt WHERE k = 1;
ROLLBACK;
UPDATE tt SET k = 3;
DROP MATERIALIZED VIEW tv;

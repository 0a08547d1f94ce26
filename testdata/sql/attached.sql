-- Views in an attached database, and a second copy of the same schema beside it.
-- materialized only
-- schemas: main, aux
-- database: memory
ATTACH ':memory:' AS aux;
CREATE TABLE main.t(k INT, x INT);
CREATE TABLE aux.t(k INT, x INT);
CREATE MATERIALIZED VIEW main.v AS SELECT k, sum(x) AS s FROM t GROUP BY k;
-- reference: w SELECT k, count(*) AS n, sum(x) AS s FROM aux.t GROUP BY k
CREATE MATERIALIZED VIEW aux.w AS SELECT k, count(*) AS n, sum(x) AS s FROM t GROUP BY k;
INSERT INTO main.t VALUES (1, 1), (2, 2);
INSERT INTO aux.t VALUES (1, 100);
BEGIN;
INSERT INTO aux.t VALUES (1, 200), (3, 300);
INSERT INTO main.t SELECT k, x FROM aux.t;
SAVEPOINT s;
DELETE FROM aux.t;
DELETE FROM main.t;
ROLLBACK TO s;
COMMIT;
-- query
SELECT * FROM aux.w ORDER BY k;
--> 1, 2, 300
--> 3, 1, 300
UPDATE aux.t SET k = 9;
DELETE FROM main.t WHERE k = 1;

-- A table joined with itself, one statement changing both sides.
CREATE TABLE emp(id INTEGER PRIMARY KEY, boss INT, name TEXT, pay INT);
CREATE MATERIALIZED VIEW pairs AS SELECT e.name, b.name AS boss FROM emp e JOIN emp b ON e.boss = b.id;
CREATE MATERIALIZED VIEW grand AS SELECT e.name, g.name AS top FROM emp e JOIN emp b ON e.boss = b.id JOIN emp g ON b.boss = g.id;
CREATE MATERIALIZED VIEW teams AS SELECT b.name, count(*) AS n, sum(e.pay) AS pay FROM emp e, emp b WHERE e.boss = b.id GROUP BY b.id, b.name;
INSERT INTO emp VALUES (1, NULL, 'ada', 100), (2, 1, 'bob', 50), (3, 1, 'cy', 40), (4, 2, 'di', 30), (5, 5, 'own', 10);
UPDATE emp SET boss = boss + 1;
UPDATE emp SET id = id + 10;
BEGIN;
UPDATE emp SET boss = 11 WHERE id > 11;
DELETE FROM emp WHERE id = 12;
-- error: no such savepoint
ROLLBACK TO nowhere_such;
ROLLBACK;

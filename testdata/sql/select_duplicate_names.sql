-- Result columns of one name get SQLite's own form of it.
CREATE TABLE t(id INTEGER PRIMARY KEY, a);
CREATE TABLE u(id INTEGER PRIMARY KEY, a);
CREATE MATERIALIZED VIEW v AS SELECT t.id, u.id, t.a, u.a FROM t JOIN u ON t.a = u.a;
CREATE MATERIALIZED VIEW w AS SELECT * FROM t JOIN u ON t.a = u.a;
CREATE MATERIALIZED VIEW g AS SELECT a, count(*) AS a, sum(id) AS a FROM t GROUP BY t.a;
INSERT INTO t VALUES (1, 'x'), (2, 'y');
INSERT INTO u VALUES (7, 'x'), (8, 'x');
-- query
SELECT id, "id:1", a, "a:1" FROM v ORDER BY 2;
--> 1, 7, 'x', 'x'
--> 1, 8, 'x', 'x'
-- query
SELECT "a:1", "a:2" FROM g ORDER BY "a:2";
--> 1, 1
--> 1, 2
CREATE MATERIALIZED VIEW x AS SELECT "id:1" AS other, count(*) AS n FROM v GROUP BY "id:1";
UPDATE u SET a = 'y' WHERE id = 8;
DELETE FROM t WHERE id = 1;

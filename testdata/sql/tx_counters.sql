-- changes(), last_insert_rowid() and total_changes() are the user's.
CREATE TABLE t(id INTEGER PRIMARY KEY, k INT);
CREATE TABLE u(a);
INSERT INTO t VALUES (41, 1);
CREATE MATERIALIZED VIEW v AS SELECT k, count(*) AS n FROM t GROUP BY k;
CREATE MATERIALIZED VIEW j AS SELECT t.id FROM t JOIN u ON t.k = u.a;
-- query
SELECT last_insert_rowid();
--> 41
INSERT INTO t VALUES (50, 2), (51, 3), (52, 3);
-- query
SELECT changes(), last_insert_rowid();
--> 3, 52
BEGIN;
UPDATE t SET k = 9 WHERE id > 50;
-- query
SELECT changes(), last_insert_rowid();
--> 2, 52
-- query
SELECT count(*) FROM v;
--> 3
-- query
SELECT changes(), last_insert_rowid();
--> 2, 52
INSERT INTO u VALUES (9);
COMMIT;
-- query
SELECT changes(), last_insert_rowid();
--> 1, 1
DELETE FROM t WHERE id = 41;
-- query
SELECT changes(), last_insert_rowid();
--> 1, 1

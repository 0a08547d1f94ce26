-- The twelve steps of ALTER: a new table takes the old one's name.
-- database: memory
-- materialized only
CREATE TABLE t(id INTEGER PRIMARY KEY, a INT);
CREATE MATERIALIZED VIEW v AS SELECT a, count(*) AS n FROM t GROUP BY a;
INSERT INTO t(a) VALUES (1), (2);
BEGIN;
CREATE TABLE new_t(id INTEGER PRIMARY KEY, a INT, c);
INSERT INTO new_t(id, a) SELECT id, a FROM t;
-- stale: v
DROP TABLE t;
ALTER TABLE new_t RENAME TO t;
COMMIT;
INSERT INTO t(a) VALUES ('x');
-- fresh: v
REFRESH MATERIALIZED VIEW v;
INSERT INTO t(a) VALUES ('x');
-- query
SELECT * FROM v ORDER BY a;
--> 1, 1
--> 2, 1
--> 'x', 2

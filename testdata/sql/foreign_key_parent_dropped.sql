-- Dropping a foreign key's parent empties a base table without firing its triggers (capture case ce7): never silently stale.
-- materialized only
PRAGMA foreign_keys = ON;
CREATE TABLE p(id INTEGER PRIMARY KEY);
CREATE TABLE t1(id INTEGER PRIMARY KEY, a REFERENCES p ON DELETE CASCADE);
CREATE MATERIALIZED VIEW v AS SELECT count(*) AS n FROM t1;
INSERT INTO p VALUES (1), (2);
INSERT INTO t1 VALUES (1, 1), (2, 2);
-- stale: v
DROP TABLE p;
PRAGMA foreign_keys = OFF;
-- fresh: v
REFRESH MATERIALIZED VIEW v;
INSERT INTO t1 VALUES (3, 3);
-- query
SELECT n FROM v;
--> 1

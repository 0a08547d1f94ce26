-- recursive_triggers changed in mid-transaction (capture case ce8).
CREATE TABLE t1(id INTEGER PRIMARY KEY, a);
CREATE MATERIALIZED VIEW v AS SELECT id, a FROM t1;
PRAGMA recursive_triggers = ON;
BEGIN;
INSERT INTO t1 VALUES (1, 1);
PRAGMA recursive_triggers = OFF;
REPLACE INTO t1 VALUES (1, 2);
PRAGMA recursive_triggers = ON;
REPLACE INTO t1 VALUES (1, 3);
PRAGMA recursive_triggers = OFF;
COMMIT;
REPLACE INTO t1 VALUES (1, 4);
-- query
SELECT * FROM v;
--> 1, 4

-- Statements that fail half-way take back what they did, and nothing else.
CREATE TABLE t(id INTEGER PRIMARY KEY, a UNIQUE, b INT CHECK (b < 100) NOT NULL);
CREATE MATERIALIZED VIEW v AS SELECT b % 2 AS odd, count(*) AS n, sum(b) AS s FROM t GROUP BY b % 2;
INSERT INTO t VALUES (1, 'x', 1);
-- error: UNIQUE constraint failed
INSERT INTO t VALUES (2, 'y', 2), (3, 'z', 3), (4, 'x', 4);
BEGIN;
INSERT INTO t VALUES (2, 'y', 2);
-- error: UNIQUE constraint failed
INSERT INTO t VALUES (3, 'z', 3), (4, 'x', 4);
-- error: CHECK constraint failed
UPDATE t SET b = b + 98;
-- error: NOT NULL constraint failed
UPDATE t SET b = NULL WHERE id = 2;
-- error: UNIQUE constraint failed
UPDATE t SET a = 'same';
COMMIT;
-- error: UNIQUE constraint failed
INSERT OR FAIL INTO t VALUES (5, 'five', 5), (6, 'x', 6), (7, 'seven', 7);
-- query
SELECT id FROM t ORDER BY id;
--> 1
--> 2
--> 5
BEGIN;
INSERT INTO t VALUES (8, 'eight', 8);
-- error: UNIQUE constraint failed
INSERT OR ROLLBACK INTO t VALUES (9, 'nine', 9), (10, 'x', 10);
-- error: no transaction is active
COMMIT;
-- query
SELECT id FROM t ORDER BY id;
--> 1
--> 2
--> 5
-- error: syntax error
INSERT INTO t VALUE (1);
-- error: no such table
INSERT INTO nowhere VALUES (1);

-- A cursor on a view keeps what it saw when it was opened, whatever is written meanwhile.
CREATE TABLE t(id INTEGER PRIMARY KEY, k INT, x INT);
CREATE MATERIALIZED VIEW v AS SELECT k, sum(x) AS s FROM t GROUP BY k;
CREATE MATERIALIZED VIEW b AS SELECT id, k, x FROM t;
INSERT INTO t(k, x) VALUES (1, 1), (2, 2), (3, 3), (4, 4);
-- open: a 1
SELECT * FROM v;
-- open: b 2
SELECT * FROM b ORDER BY id;
UPDATE t SET x = x + 100;
DELETE FROM t WHERE k = 4;
-- shut: a
BEGIN;
INSERT INTO t(k, x) VALUES (5, 5);
-- open: c 1
SELECT s FROM v WHERE k > 1;
UPDATE t SET k = k + 1;
-- shut: b
COMMIT;
-- open: d 1
SELECT * FROM v;
BEGIN;
DELETE FROM t;
-- open: e 0
SELECT count(*) FROM b;
SAVEPOINT s;
INSERT INTO t(k, x) VALUES (1, 1), (2, 2);
-- open: f 1
SELECT * FROM v;
ROLLBACK TO s;
-- shut: f
ROLLBACK;
-- shut: c
-- shut: d
-- shut: e
-- query
SELECT count(*) FROM b;
--> 4

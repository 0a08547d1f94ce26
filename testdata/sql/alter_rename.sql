-- ALTER … RENAME of tables, columns and views under views: what SELECT meant before, or stale, never something else.
-- materialized only
CREATE TABLE t(id INTEGER PRIMARY KEY, k INT, x INT, unused INT);
CREATE TABLE u(id INTEGER PRIMARY KEY, k INT);
INSERT INTO t VALUES (1, 1, 10, 0), (2, 1, 20, 0), (3, 2, 5, 0);
INSERT INTO u VALUES (1, 1), (2, 9);
CREATE MATERIALIZED VIEW v AS SELECT k, sum(x) AS s FROM t GROUP BY k;
CREATE MATERIALIZED VIEW j AS SELECT u.id, t.x FROM u LEFT JOIN t ON t.k = u.k;
CREATE MATERIALIZED VIEW onu AS SELECT k, count(*) AS n FROM u GROUP BY k;
CREATE MATERIALIZED VIEW onv AS SELECT max(s) AS m FROM v;
-- A column that no view reads.
ALTER TABLE t RENAME COLUMN unused TO spare;
INSERT INTO t VALUES (4, 2, 1, 0);
-- A column that views read: SQLite would not let a plain view be read either.
-- stale: v
-- stale: j
-- stale: onv
ALTER TABLE t RENAME COLUMN x TO y;
INSERT INTO t VALUES (5, 2, 2, 0);
-- error: no such column
REFRESH MATERIALIZED VIEW v;
-- And back.
ALTER TABLE t RENAME COLUMN y TO x;
-- fresh: v
-- fresh: onv
REFRESH MATERIALIZED VIEW v;
-- fresh: j
REFRESH MATERIALIZED VIEW j;
UPDATE t SET x = x + 1;
-- A table.
-- stale: onu
-- stale: j
ALTER TABLE u RENAME TO w;
INSERT INTO w VALUES (3, 2);
-- error: no such table: u
REFRESH MATERIALIZED VIEW onu;
-- Another table takes the name.
CREATE TABLE u(id INTEGER PRIMARY KEY, k INT);
INSERT INTO u VALUES (7, 7);
-- fresh: onu
REFRESH MATERIALIZED VIEW onu;
-- fresh: j
REFRESH MATERIALIZED VIEW j;
INSERT INTO u VALUES (8, 2);
INSERT INTO w VALUES (9, 2);
-- Two tables change names, in one transaction, and with another connection's views in memory.
-- conn: 2
-- query
SELECT count(*) FROM onu;
--> 2
-- conn: 1
BEGIN;
-- quiet
ALTER TABLE u RENAME TO z;
-- quiet
ALTER TABLE w RENAME TO u;
-- stale: onu
-- stale: j
COMMIT;
INSERT INTO u VALUES (10, 10);
-- conn: 2
INSERT INTO u VALUES (11, 11);
-- fresh: onu
REFRESH MATERIALIZED VIEW onu;
-- fresh: j
REFRESH MATERIALIZED VIEW j;
INSERT INTO u VALUES (12, 1);
-- conn: 1
DELETE FROM u WHERE id = 11;
-- Taken back.
BEGIN;
-- quiet
ALTER TABLE u RENAME TO away;
-- error: stale
SELECT * FROM onu;
ROLLBACK;
INSERT INTO u VALUES (13, 2);
-- A view: what is built on it speaks of it by its old name.
ALTER MATERIALIZED VIEW j RENAME TO joined;
INSERT INTO u VALUES (14, 2);
-- stale: onv
ALTER MATERIALIZED VIEW v RENAME TO v2;
UPDATE t SET x = 3;
ALTER MATERIALIZED VIEW v2 RENAME TO v;
-- fresh: onv
REFRESH MATERIALIZED VIEW onv;
UPDATE t SET x = 4;
-- A column in other letters.
ALTER TABLE u RENAME COLUMN k TO K;
INSERT INTO u VALUES (21, 1);

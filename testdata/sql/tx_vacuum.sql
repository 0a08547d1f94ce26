-- VACUUM, also of tables without a key, whose rowids it may change.
CREATE TABLE t(a, b);
CREATE TABLE k(id INTEGER PRIMARY KEY, a);
CREATE MATERIALIZED VIEW v AS SELECT a, b FROM t;
CREATE MATERIALIZED VIEW g AS SELECT b, count(*) AS n FROM t GROUP BY b;
CREATE MATERIALIZED VIEW j AS SELECT t.a, k.id FROM t JOIN k ON t.a = k.a;
INSERT INTO t VALUES (1, 'x'), (2, 'x'), (3, 'y'), (2, 'z');
INSERT INTO k VALUES (10, 1), (20, 2), (30, 3);
DELETE FROM t WHERE a = 1;
VACUUM;
UPDATE t SET b = 'w' WHERE a = 3;
DELETE FROM t WHERE b = 'x';
DELETE FROM k WHERE id = 20;
VACUUM;
INSERT INTO t VALUES (1, 'new');
-- reopen
DELETE FROM t WHERE a = 2;
PRAGMA auto_vacuum = FULL;
VACUUM;
INSERT INTO t SELECT a, b FROM t;

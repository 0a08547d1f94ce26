-- AUTOINCREMENT and explicit ids; the rowid under its names.
CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, x);
CREATE MATERIALIZED VIEW v AS SELECT id, rowid AS r, oid AS o, x FROM t;
CREATE MATERIALIZED VIEW m AS SELECT max(rowid) AS m, count(_rowid_) AS n FROM t;
INSERT INTO t(x) VALUES ('a'), ('b');
DELETE FROM t WHERE id = 2;
INSERT INTO t(x) VALUES ('c');
INSERT INTO t(id, x) VALUES (100, 'd'), (NULL, 'e');
UPDATE t SET id = -id;
DELETE FROM sqlite_sequence;
INSERT INTO t(x) VALUES ('f');

-- A parent key that SQLite shows to triggers with the affinity of the child's column.
PRAGMA foreign_keys = ON;
CREATE TABLE t1(a TEXT, b TEXT UNIQUE);
CREATE TABLE t2(a DOUBLE REFERENCES t1(b), PRIMARY KEY(a));
CREATE MATERIALIZED VIEW v1 AS SELECT q9.a FROM t1 AS q8 JOIN t1 AS q9 USING (b);
CREATE MATERIALIZED VIEW v2 AS SELECT b, count(*) AS n FROM t1 GROUP BY b;
INSERT INTO t1(a, b) VALUES ('A', 9007199254740992.0), ('B', '1'), ('C', '2.0');
UPDATE t1 SET b = b || ' ';
BEGIN;
DELETE FROM t1 WHERE a = 'B';
SAVEPOINT s;
UPDATE t1 SET b = '00' || b WHERE a = 'C';
ROLLBACK TO s;
COMMIT;
DELETE FROM t1;
-- the key of a table's own rows, and one without a column's name
CREATE TABLE t3(id TEXT PRIMARY KEY, up INTEGER REFERENCES t3 ON UPDATE CASCADE);
CREATE MATERIALIZED VIEW v3 AS SELECT p.id, count(*) AS n FROM t3 p LEFT JOIN t3 c ON c.up = p.id GROUP BY p.id;
INSERT INTO t3 VALUES ('1', NULL), ('02', 1), ('3', 1);
UPDATE t3 SET id = '4' WHERE id = '1';
DELETE FROM t3 WHERE id = '02';

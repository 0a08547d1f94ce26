-- UPDATE OR REPLACE moves a row into a partial unique index, where it replaces another of the same statement.
CREATE TABLE t1(id INTEGER PRIMARY KEY AUTOINCREMENT, a INTEGER UNIQUE, d REAL NOT NULL);
CREATE UNIQUE INDEX it11 ON t1(d) WHERE d > 2;
INSERT INTO t1(id, a, d) VALUES (5, 15, 2), (7, NULL, 0);
CREATE MATERIALIZED VIEW v1 AS SELECT a AS k0 FROM t1;
UPDATE OR REPLACE t1 SET d = 2.5 WHERE d NOT IN (-0.5, -1, 1.0);

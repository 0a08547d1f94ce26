-- One statement replaces rows that it inserted itself.
CREATE TABLE t(id INTEGER PRIMARY KEY, a UNIQUE, b);
CREATE MATERIALIZED VIEW v AS SELECT id, a, b FROM t;
CREATE MATERIALIZED VIEW c AS SELECT count(*) AS n FROM t;
INSERT OR REPLACE INTO t VALUES (1, 1, 'a'), (2, 1, 'b'), (3, 2, 'c'), (2, 2, 'd'), (1, 9, 'e');
-- query
SELECT * FROM t;
--> 1, 9, 'e'
--> 2, 2, 'd'
UPDATE OR REPLACE t SET a = 5;
UPDATE OR REPLACE t SET id = id + 1, a = id;
INSERT OR REPLACE INTO t SELECT id, 7, b FROM t;

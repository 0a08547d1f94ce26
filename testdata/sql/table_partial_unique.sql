-- Partial and expression unique indexes and REPLACE.
CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b INT, live INT);
CREATE UNIQUE INDEX u1 ON t(a) WHERE live;
CREATE UNIQUE INDEX u2 ON t(lower(a), b);
CREATE UNIQUE INDEX u3 ON t(b + 1) WHERE b > 10;
CREATE MATERIALIZED VIEW v AS SELECT id, a, b, live FROM t;
CREATE MATERIALIZED VIEW c AS SELECT live, count(*) AS n, sum(b) AS s FROM t GROUP BY live;
INSERT INTO t VALUES (1, 'a', 1, 1), (2, 'a', 2, 0), (3, 'A', 3, 0), (4, 'b', 11, 0);
REPLACE INTO t VALUES (5, 'a', 5, 1);
REPLACE INTO t VALUES (6, 'A', 2, 0);
REPLACE INTO t VALUES (7, 'c', 11, 1);
UPDATE OR REPLACE t SET live = 1;
UPDATE OR REPLACE t SET a = 'z', b = 20;
INSERT OR IGNORE INTO t VALUES (8, 'z', 1, 1), (9, 'y', 1, 1);
INSERT INTO t VALUES (10, 'y', 3, 1) ON CONFLICT(a) WHERE live DO UPDATE SET b = excluded.b;

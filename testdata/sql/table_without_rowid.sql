-- WITHOUT ROWID tables: composite keys, collations in the key, key updates, replacement.
CREATE TABLE t(a TEXT COLLATE NOCASE, b INT, c, PRIMARY KEY (a, b)) WITHOUT ROWID;
CREATE TABLE u(k PRIMARY KEY, v) WITHOUT ROWID;
-- free: g.a NOCASE AMONG SELECT a FROM t
CREATE MATERIALIZED VIEW g AS SELECT a, count(*) AS n, sum(c) AS s FROM t GROUP BY a;
CREATE MATERIALIZED VIEW p AS SELECT b, a, c FROM t;
CREATE MATERIALIZED VIEW j AS SELECT t.a, u.v FROM t JOIN u ON t.b = u.k;
INSERT INTO t VALUES ('x', 1, 1), ('X', 2, 2), ('y', 1, 3);
INSERT INTO u VALUES (1, 'one'), ('1', 'text'), (2.0, 'two');
-- error: UNIQUE constraint failed
INSERT INTO t VALUES ('X', 1, 9);
REPLACE INTO t VALUES ('X', 1, 9);
UPDATE OR REPLACE t SET b = 2;
INSERT INTO t VALUES ('x', 2, 0) ON CONFLICT(a, b) DO UPDATE SET c = c + 1;
UPDATE u SET k = k + 10 WHERE typeof(k) <> 'text';
DELETE FROM t WHERE a = 'x';
VACUUM;
DELETE FROM u;

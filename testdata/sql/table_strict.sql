-- STRICT tables with every type.
CREATE TABLE t(id INTEGER PRIMARY KEY, i INT, r REAL, x TEXT, b BLOB, a ANY) STRICT;
CREATE TABLE w(a ANY PRIMARY KEY, b TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE MATERIALIZED VIEW v AS SELECT typeof(a) AS ty, count(*) AS n, sum(i) AS si, sum(r) AS sr, max(x) AS mx FROM t GROUP BY typeof(a);
CREATE MATERIALIZED VIEW p AS SELECT i, r, x, b, a FROM t;
CREATE MATERIALIZED VIEW j AS SELECT t.id, w.b FROM t JOIN w ON t.a = w.a;
INSERT INTO t(i, r, x, b, a) VALUES (1, 1, 'a', x'00', 1), (2, 2.5, 'b', x'', '1'), (NULL, NULL, NULL, NULL, NULL), (3, -0.0, '', x'ff', 1.0);
-- error: cannot store TEXT value in INT column
INSERT INTO t(i) VALUES (5), ('x');
INSERT INTO w VALUES (1, 'int'), ('1', 'text'), (x'31', 'blob');
UPDATE t SET a = '1';
UPDATE t SET i = '7', r = 8;
DELETE FROM w WHERE b = 'text';

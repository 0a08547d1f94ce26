-- Comparisons between columns of different affinity, and with literals.
CREATE TABLE t(i INTEGER, n NUMERIC, r REAL, x TEXT, b BLOB, z);
CREATE TABLE u(i INTEGER, x TEXT, z);
CREATE MATERIALIZED VIEW w1 AS SELECT i, x FROM t WHERE x = 1 OR z = '1' OR b = 1 OR i = '1' OR n = '1.0';
CREATE MATERIALIZED VIEW w2 AS SELECT t.i, u.x FROM t JOIN u ON t.i = u.x;
CREATE MATERIALIZED VIEW w3 AS SELECT t.z, u.x FROM t JOIN u ON t.z = u.x;
CREATE MATERIALIZED VIEW w4 AS SELECT t.z AS a, u.z AS b FROM t JOIN u ON t.z = u.z;
CREATE MATERIALIZED VIEW w5 AS SELECT t.r, u.i FROM t JOIN u ON t.r = u.i;
CREATE MATERIALIZED VIEW w6 AS SELECT t.x, u.z FROM t JOIN u ON t.x || '' = u.z;
CREATE MATERIALIZED VIEW w7 AS SELECT a, b FROM (SELECT i + 0 AS a, x || '' AS b FROM t) WHERE a = b OR a = '1';
CREATE MATERIALIZED VIEW w8 AS SELECT x FROM t WHERE x IN (1, '2', 3.0) OR z IN (1, '2', 3.0) OR CAST(z AS TEXT) = 1;
INSERT INTO t VALUES (1, 1, 1, 1, 1, 1), ('1', '1', '1', '1', '1', '1'), (1.0, 1.0, 1.0, 1.0, 1.0, 1.0), ('01', '01', '01', '01', '01', '01'), ('a', 'a', 'a', 'a', x'61', x'31');
INSERT INTO u VALUES (1, '1', 1), (1, '1.0', 1.0), (1, '01', '1'), ('a', 'a', x'31'), (NULL, NULL, NULL);
UPDATE t SET z = x, x = z;
DELETE FROM u WHERE x = '1';
UPDATE u SET z = x;

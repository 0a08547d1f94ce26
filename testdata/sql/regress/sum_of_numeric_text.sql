-- sum of text takes '1e3' and '1.0' as reals, as SQLite does, and '1e+308/1' as the number that begins it.
CREATE TABLE t1(id INTEGER PRIMARY KEY, b);
CREATE MATERIALIZED VIEW v1 AS SELECT sum(trim(b)) AS s, sum(DISTINCT trim(b)) AS d, total(trim(b)) AS t, avg(trim(b)) AS a FROM t1;
CREATE MATERIALIZED VIEW v2 AS SELECT sum(b || '/1') AS s FROM t1;
INSERT INTO t1(b) VALUES (-1.0);
INSERT INTO t1(b) VALUES ('1e3');
INSERT INTO t1(b) VALUES ('7'), (' 8 '), ('9223372036854775808');
DELETE FROM t1 WHERE b = '1e3';
DELETE FROM t1;
INSERT INTO t1(b) VALUES (-1e308);
INSERT INTO t1(b) VALUES ('inf'), ('0x10'), ('1e400');

-- A UTF-16 database.
-- materialized only
-- database: memory
PRAGMA encoding = 'UTF-16le';
CREATE TABLE t(k TEXT COLLATE NOCASE, x INT, s);
CREATE MATERIALIZED VIEW v AS SELECT x, count(*) AS n, sum(x) AS s FROM t GROUP BY x;
CREATE MATERIALIZED VIEW w AS SELECT x, s || 'é' AS t FROM t;
INSERT INTO t VALUES ('a', 1, 'x'), ('A', 1, 'ü'), ('b', 2, '日本');
CREATE INDEX vi ON v(n);
-- probe: v SELECT * FROM $ WHERE n > 1
REFRESH MATERIALIZED VIEW v;
UPDATE t SET s = s || s;
DROP MATERIALIZED VIEW v;
DROP MATERIALIZED VIEW IF EXISTS w;

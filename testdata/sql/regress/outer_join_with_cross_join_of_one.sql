-- A cross join of one row with several is no lookup: each row of the left has as many partners.
CREATE TABLE t(a INT);
INSERT INTO t VALUES (1), (2);
CREATE MATERIALIZED VIEW v AS SELECT l.n, r.x FROM (SELECT count(*) AS n FROM t) l
  LEFT JOIN ((SELECT max(a) AS m FROM t) o JOIN (SELECT count(*) AS n, 1 AS x FROM t UNION ALL SELECT count(*), 2 FROM t) r) ON r.n = l.n
  WHERE r.x IS NULL OR r.x > 0;
CREATE MATERIALIZED VIEW w AS SELECT l.n FROM (SELECT count(*) AS n FROM t) l
  LEFT JOIN ((SELECT max(a) AS m FROM t) o JOIN (SELECT count(*) AS n FROM t UNION ALL SELECT count(*) FROM t) r) ON r.n = l.n;
CREATE MATERIALIZED VIEW x AS SELECT (SELECT count(*) FROM t INTERSECT SELECT a FROM t) AS n, count(*) AS m FROM t;
INSERT INTO t VALUES (3), (3);
DELETE FROM t WHERE a = 1;
DELETE FROM t;

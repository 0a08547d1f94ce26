-- HAVING with aggregates that are not shown, over keys, and groups that cross the line both ways.
CREATE TABLE t(k TEXT, x INT);
CREATE MATERIALIZED VIEW h1 AS SELECT k, count(*) AS n FROM t GROUP BY k HAVING count(*) > 1;
CREATE MATERIALIZED VIEW h2 AS SELECT k FROM t GROUP BY k HAVING sum(x) > 10 AND min(x) < 5;
CREATE MATERIALIZED VIEW h3 AS SELECT k, max(x) AS m FROM t GROUP BY k HAVING k LIKE 'a%' OR m > 7;
CREATE MATERIALIZED VIEW h4 AS SELECT k FROM t GROUP BY k HAVING avg(x) IS NULL;
INSERT INTO t VALUES ('a', 1), ('b', 8);
INSERT INTO t VALUES ('a', 10), ('b', 4), ('c', NULL);
UPDATE t SET x = x + 5 WHERE k = 'a';
DELETE FROM t WHERE x = 4;
INSERT INTO t SELECT k, x FROM t;
UPDATE t SET k = 'c';
DELETE FROM t;

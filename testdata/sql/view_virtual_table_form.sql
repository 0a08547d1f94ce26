-- The form for hosts whose parser can't be extended.
-- materialized only
CREATE TABLE t(a INT, b TEXT);
INSERT INTO t VALUES (1, 'x,y'), (2, 'z');
CREATE VIRTUAL TABLE v USING materialized_view(SELECT a, b, count(*) AS n FROM t WHERE b <> 'a,b' GROUP BY a, b);
INSERT INTO t VALUES (1, 'x,y');
-- query
SELECT * FROM v ORDER BY a;
--> 1, 'x,y', 2
--> 2, 'z', 1
DROP TABLE v;

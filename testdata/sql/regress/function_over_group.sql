-- A table-valued function gives several rows for one group: the view's rows are not kept by the group's key.
CREATE TABLE t(a, b);
INSERT INTO t VALUES (1, 2), (1, 3), (2, 2);
CREATE MATERIALIZED VIEW v1 AS SELECT j.type AS c0 FROM json_tree('{"a":1,"b":"x","c":null}') AS j;
CREATE MATERIALIZED VIEW v2 AS SELECT q.a, j.value FROM (SELECT a, count(*) AS n FROM t GROUP BY a) AS q, json_each('[1,' || q.n || ']') AS j;
INSERT INTO t VALUES (2, 3), (3, 3);
DELETE FROM t WHERE a = 1;

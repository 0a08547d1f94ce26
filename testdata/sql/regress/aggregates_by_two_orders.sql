-- Two calls of an aggregate that differ in the direction of their order are two.
CREATE TABLE t(k INT, c INT);
INSERT INTO t VALUES (1, 2), (1, 1), (2, 3), (2, NULL);
CREATE MATERIALIZED VIEW v AS SELECT string_agg(c, '-' ORDER BY c) AS a, string_agg(c, '-' ORDER BY c DESC) AS d FROM t;
CREATE MATERIALIZED VIEW w AS SELECT k, json_group_array(c ORDER BY c DESC) AS d, json_group_array(c ORDER BY c) AS a,
  json_group_array(c ORDER BY c DESC NULLS FIRST) AS n FROM t GROUP BY k HAVING json_group_array(c ORDER BY c DESC) <> json_group_array(c ORDER BY c) OR 1;
INSERT INTO t VALUES (1, 5), (2, 0);

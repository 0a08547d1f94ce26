-- A subquery in an argument or FILTER of an aggregate that stands beside a bare column, or that only SQLite can evaluate.
CREATE TABLE t1(id INTEGER PRIMARY KEY, a, c);
CREATE MATERIALIZED VIEW v1 AS SELECT q.id AS k, count(q.a) FILTER (WHERE (q.id, q.c) IN (SELECT 1, 1)) AS g FROM t1 AS q GROUP BY q.a HAVING count(*) = 1;
CREATE MATERIALIZED VIEW v2 AS SELECT q.a, group_concat((SELECT max(r.c) FROM t1 AS r WHERE r.a = q.c), '-' ORDER BY q.id) AS g FROM t1 AS q GROUP BY q.a;
CREATE MATERIALIZED VIEW v3 AS SELECT max(q.c) AS m, group_concat(q.id, '-' ORDER BY q.id) FILTER (WHERE EXISTS (SELECT 1 FROM t1 AS r WHERE r.a > q.c)) AS g FROM t1 AS q;
INSERT INTO t1 VALUES (1, 1, 1), (2, 1, 2), (3, 2, 1), (4, NULL, 2);
UPDATE t1 SET c = c + 1 WHERE id > 2;
DELETE FROM t1 WHERE id = 2;
DELETE FROM t1;

-- database: delete
-- A view with several columns of subqueries beside bare ones has one plan, on every connection.
CREATE TABLE t1(a TEXT, b INT, c INTEGER UNIQUE, d INT);
CREATE TABLE t3(id INT PRIMARY KEY, a TEXT, b INTEGER DEFAULT 25);
CREATE MATERIALIZED VIEW v1 AS SELECT (SELECT (SELECT count(DISTINCT q4.b) FROM t3 AS q4 WHERE q4.b IS q1.c OR q4.b = q1.d) FROM t3 AS q3 WHERE q3.id = q1.a) AS k1, count(q1.c) AS g0 FROM t1 AS q1;
INSERT INTO t1 VALUES ('1', 2, 3, 4);
INSERT INTO t3 VALUES (1, 'x', 3);
-- conn: 2
INSERT INTO t3 VALUES (2, 'x', 4);
INSERT INTO t1 VALUES ('2', 3, 4, 5);
-- conn: 1
DELETE FROM t1 WHERE c = 3;

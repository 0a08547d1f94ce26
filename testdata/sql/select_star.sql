-- * is expanded when the view is made: a column added later is not part of it.
CREATE TABLE t(a, b);
CREATE TABLE u(b, c);
CREATE MATERIALIZED VIEW v AS SELECT * FROM t;
CREATE MATERIALIZED VIEW w AS SELECT u.*, t.* FROM t JOIN u ON t.b = u.b;
CREATE MATERIALIZED VIEW n AS SELECT * FROM t NATURAL JOIN u;
INSERT INTO t VALUES (1, 2), (3, 4);
INSERT INTO u VALUES (2, 'x'), (4, 'y'), (NULL, 'z');
-- query
SELECT * FROM n ORDER BY 1;
--> 1, 2, 'x'
--> 3, 4, 'y'
DELETE FROM u WHERE c = 'x';

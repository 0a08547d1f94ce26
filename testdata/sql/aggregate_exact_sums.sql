-- Sums of reals do not drift: they are those of a view built fresh, whatever the history.
CREATE TABLE t(id INTEGER PRIMARY KEY, x);
CREATE MATERIALIZED VIEW v AS SELECT sum(x) AS s, avg(x) AS a, total(x) AS t, count(x) AS n FROM t;
INSERT INTO t(x) VALUES (1e16), (1.0), (-1e16);
INSERT INTO t(x) VALUES (0.1), (0.2), (0.3);
DELETE FROM t WHERE x = 1e16;
DELETE FROM t WHERE x = -1e16;
-- query
SELECT s, t FROM v;
--> 1.6, 1.6
INSERT INTO t(x) VALUES (1e308), (1e308);
INSERT INTO t(x) VALUES (-1e308);
DELETE FROM t WHERE x > 1e300;
INSERT INTO t(x) VALUES (1e400);
INSERT INTO t(x) VALUES (-1e400);
DELETE FROM t WHERE x > 1e300;
DELETE FROM t WHERE x < -1e300;
INSERT INTO t(x) VALUES (5e-324), (9007199254740993), ('12abc'), (x'31'), ('1e2');
DELETE FROM t;

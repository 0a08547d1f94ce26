-- What can't be maintained, or is no SQL, is refused and leaves nocolumn behind.
-- materialized only
CREATE TABLE t(a INT, b TEXT);
CREATE TABLE taken(a);
CREATE TEMP TABLE tmp(a);
INSERT INTO t VALUES (1, 'x');
-- error: syntax error
CREATE MATERIALIZED VIEW v AS SELEC a FROM t;
-- error: no such table: nowhere
CREATE MATERIALIZED VIEW v AS SELECT a FROM nowhere;
-- error: no such column: nocolumn
CREATE MATERIALIZED VIEW v AS SELECT nocolumn FROM t;
-- error: random
CREATE MATERIALIZED VIEW v AS SELECT random() AS r FROM t;
-- error: parameter
CREATE MATERIALIZED VIEW v AS SELECT a FROM t WHERE a = :x;
-- error: already exists
CREATE MATERIALIZED VIEW taken AS SELECT a FROM t;
-- error: temp
CREATE MATERIALIZED VIEW v AS SELECT a FROM tmp;
-- error: ambiguous column name
CREATE MATERIALIZED VIEW v AS SELECT a FROM t, taken;
-- error: misuse of aggregate
CREATE MATERIALIZED VIEW v AS SELECT a FROM t WHERE count(*) > 1;
-- error: no such function
CREATE MATERIALIZED VIEW v AS SELECT nofun(a) FROM t;
-- error: now
CREATE MATERIALIZED VIEW v AS SELECT date('now') AS d FROM t;
CREATE MATERIALIZED VIEW IF NOT EXISTS v AS SELECT a FROM t;
-- error: already exists
CREATE MATERIALIZED VIEW v AS SELECT b FROM t;
CREATE MATERIALIZED VIEW IF NOT EXISTS v AS SELECT b FROM t;
-- error: no such
DROP MATERIALIZED VIEW nowhere;
DROP MATERIALIZED VIEW IF EXISTS nowhere;
-- error:
DROP MATERIALIZED VIEW t;
INSERT INTO t VALUES (2, 'y');
-- query
SELECT name FROM sqlite_schema WHERE instr(name, '__internal_') = 0 ORDER BY name;
--> 't'
--> 'taken'
--> 'v'

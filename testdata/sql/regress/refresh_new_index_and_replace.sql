-- A REFRESH that plans with an index which is new, and makes triggers again as a REPLACE asked for, is ahead of the catalog:
-- the statements that fill the view must not read it again and take the view for another.
CREATE TABLE t(a PRIMARY KEY, b);
CREATE MATERIALIZED VIEW v AS SELECT (SELECT 1 FROM t) AS one;
CREATE MATERIALIZED VIEW w AS SELECT b, count(*) AS n FROM t GROUP BY b;
CREATE MATERIALIZED VIEW x AS SELECT n, b FROM w;
BEGIN;
CREATE INDEX i ON t(b);
INSERT OR REPLACE INTO t VALUES('p', 1);
REFRESH MATERIALIZED VIEW v;
INSERT OR REPLACE INTO t VALUES('p', 2), ('q', 2);
CREATE INDEX j ON t(b, a);
REFRESH MATERIALIZED VIEW w;
INSERT OR REPLACE INTO t VALUES('r', 2);
COMMIT;
-- reopen
INSERT OR REPLACE INTO t VALUES('q', 1);

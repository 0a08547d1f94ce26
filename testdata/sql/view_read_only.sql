-- A view can't be written.
-- materialized only
CREATE TABLE t(a INT);
CREATE MATERIALIZED VIEW v AS SELECT a, count(*) AS n FROM t GROUP BY a;
INSERT INTO t VALUES (1);
-- error: cannot modify
INSERT INTO v VALUES (2, 2);
-- error: cannot modify
UPDATE v SET n = 5;
-- error: cannot modify
DELETE FROM v;
INSERT INTO t VALUES (2);

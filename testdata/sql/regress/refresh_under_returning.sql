-- REFRESH in a transaction while a RETURNING statement is open.
-- materialized only
CREATE TABLE t2(a INT, b, c REAL, d TEXT COLLATE NOCASE, PRIMARY KEY (a, b)) WITHOUT ROWID;
CREATE MATERIALIZED VIEW v2 AS SELECT DISTINCT d FROM t2;
BEGIN EXCLUSIVE;
-- open: s1 1
INSERT INTO t2(a, b, c, d) VALUES (4, 'abc', 4, 'a') RETURNING *;
-- may fail
REFRESH MATERIALIZED VIEW v2;
-- probe: v2 SELECT * FROM $ AS x WHERE x.d IN ('Ab', 'abc', 'A', 'B') OR x.d <= 'x'
-- shut: s1
COMMIT;

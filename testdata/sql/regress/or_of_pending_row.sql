-- Two scans of one statement must give a pending row the same rowid, or OR shows it twice.
-- materialized only
CREATE TABLE t1(a);
CREATE TABLE t2(a TEXT COLLATE NOCASE, b COLLATE RTRIM DEFAULT x'00', g INT AS (length(b)) VIRTUAL, PRIMARY KEY (a, b)) WITHOUT ROWID;
CREATE UNIQUE INDEX it21 ON t2(lower(b));
CREATE MATERIALIZED VIEW v1 AS WITH w AS (SELECT b AS k0, CASE WHEN count(DISTINCT g) > 1 THEN count(DISTINCT g) ELSE 0 END AS g1, count(*) AS g2 FROM t2 GROUP BY k0) SELECT g1 AS c1, g2 AS c3 FROM w;
SAVEPOINT s1;
CREATE INDEX vi1 ON v1(c3, c1);
-- quiet
INSERT OR IGNORE INTO t2(a, b) VALUES ('', '1.0');
-- quiet
DROP INDEX it21;
-- quiet
UPDATE t1 SET a = 1;
-- probe: v1 SELECT * FROM $ AS x WHERE x.c3 > 0 OR x.c3 BETWEEN -1 AND 3 ORDER BY c3 DESC
INSERT INTO t2(a, b) VALUES ('x', 'y');
-- probe: v1 SELECT * FROM $ AS x WHERE x.c3 > 0 OR x.c3 BETWEEN -1 AND 3 ORDER BY c3 DESC

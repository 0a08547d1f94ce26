-- Quoted and keyword names, mixed case, aliases where SQLite takes them.
SELECT "group", "select all", [from], `where`, Größe, "quo""te" FROM "Order";
SELECT o."group" AS "Group", count(*) AS "count of" FROM "Order" o GROUP BY o."group";
SELECT größe FROM "ORDER";
SELECT [Order].[from] + "Order".`where` AS "sum" FROM [Order];
SELECT ID, SOMENAME, mixedcase."DESC" FROM MIXEDCASE;
SELECT m.Id AS id, M.someNAME AS Name FROM mixedcase AS M WHERE NAME > 'A';
SELECT main.MixedCase.Id FROM main.MixedCase;
SELECT main.m.id FROM MixedCase AS main JOIN MixedCase AS m;
SELECT "nosuchcolumn" AS s, 'lit' AS l, id FROM MixedCase;
SELECT id FROM MixedCase WHERE SomeName = "First";
SELECT id AS "a b", "desc" AS 'c d', SomeName [e f] FROM MixedCase;
SELECT * FROM "Order" AS "o p" WHERE "o p"."group" = 2;
SELECT id id, SomeName "select" FROM MixedCase;
SELECT id, id, Id FROM MixedCase;
SELECT a.*, b.* FROM MixedCase a JOIN MixedCase b ON a.id < b.id;
SELECT id + 1, count(*), max("desc") FROM MixedCase GROUP BY id + 1;
SELECT (id), ((SomeName)) FROM MixedCase;
SELECT "desc" AS d, d + 1 AS e FROM MixedCase JOIN (SELECT 1 AS d) WHERE e > 2;
-- rowid aliases.
SELECT rowid, oid, _rowid_ FROM MixedCase;
SELECT rowid, oid, _rowid_ FROM oids;
SELECT m.rowid AS r, o.k FROM MixedCase m LEFT JOIN oids o ON o._rowid_ = m.rowid + 4;
SELECT id, (SELECT rowid FROM oids WHERE oid = 5) AS five FROM t;
SELECT "rowid", "oid" FROM oids;
-- Aliases in WHERE, GROUP BY, HAVING, ORDER BY; a column wins where SQLite lets it.
SELECT id * 2 AS twice FROM MixedCase WHERE twice > 2;
SELECT lower(SomeName) AS n, count(*) AS c FROM MixedCase GROUP BY n HAVING c > 0 ORDER BY c;
SELECT -id AS "desc", "desc" AS x FROM MixedCase WHERE "desc" > 1;
SELECT "desc" % 2 AS id, count(*) AS n FROM MixedCase GROUP BY id;
SELECT max(id) AS m FROM MixedCase HAVING m > 1;
SELECT substr(SomeName, 1, 1) AS s, count(*) AS n FROM MixedCase GROUP BY 1 HAVING s < 'z';
SELECT x.id FROM (SELECT id AS ID, SomeName FROM MixedCase) AS x WHERE X.Id = 1;
SELECT s."count(*)" AS n FROM (SELECT count(*) FROM MixedCase) s;
SELECT "id + 1" FROM (SELECT id + 1 FROM MixedCase);
SELECT "id:1" FROM (SELECT a.id, b.id FROM MixedCase a, MixedCase b);
CREATE MATERIALIZED VIEW Renamed(One, "two words", [three]) AS SELECT id, SomeName, "desc" FROM MixedCase;
CREATE MATERIALIZED VIEW "over Renamed" AS SELECT one, "Two Words", r.Three FROM renamed AS r WHERE "two words" <> '';
CREATE MATERIALIZED VIEW main."Qualified" AS SELECT id FROM main.mixedcase EXCEPT SELECT k FROM main.oids;
CREATE MATERIALIZED VIEW IF NOT EXISTS "quo""ted" AS SELECT "quo""te" AS "a""b" FROM "Order";
-- Names that a subquery takes from inside first, then from outside.
SELECT id, (SELECT max(n) FROM nc WHERE n > id) AS m FROM t;
SELECT id, (SELECT count(*) FROM nc WHERE n = nc.n) AS m FROM t;
SELECT i, sum(i) AS s FROM t GROUP BY i HAVING i IN (SELECT n FROM nc WHERE n <> t.i + 1);
SELECT x FROM t WHERE x IN (SELECT x FROM nu WHERE x = t.x);
SELECT id FROM t AS o WHERE EXISTS (SELECT 1 FROM t WHERE t.id = o.id + 1);
SELECT n AS word, (SELECT count(*) FROM rt WHERE rt.word = nc.word) AS c FROM nc;

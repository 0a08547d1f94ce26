-- Names that need quoting, keywords as names, other scripts.
CREATE TABLE "order by"("select" INTEGER PRIMARY KEY, [from] TEXT, `group` INT, "a ""b""" INT, größe REAL, key, value);
CREATE MATERIALIZED VIEW "my view" AS SELECT "select", [from], `group` AS "x.y", "a ""b""", größe, j.key, j.value FROM "order by" AS j;
CREATE MATERIALIZED VIEW ansicht_ü AS SELECT "x.y", sum(größe) AS summe FROM "my view" GROUP BY "x.y";
INSERT INTO "order by" VALUES (1, 'a', 1, 2, 1.5, 'k', 'v'), (2, 'b', 1, 3, 2.5, 'k', 'v');
UPDATE "order by" SET größe = größe * 2, [from] = 'it''s';
DROP MATERIALIZED VIEW ansicht_ü;
DROP MATERIALIZED VIEW "my view";

-- Values that compare in their own ways: collations, affinities, numbers at the edges, blobs, empty strings; and odd names.
CREATE TABLE t(id INTEGER PRIMARY KEY, n NUMERIC, i INTEGER, r REAL, x TEXT, b BLOB, any_);
CREATE TABLE nc(word TEXT COLLATE NOCASE, n INT);
CREATE TABLE rt(word TEXT COLLATE RTRIM, n INT);
CREATE TABLE nu(n NUMERIC, x TEXT, u);
CREATE TABLE "Order"("group" INT, "select all" TEXT, [from] INT, `where` INT, Größe REAL, "quo""te" TEXT);
CREATE TABLE MixedCase(Id INTEGER PRIMARY KEY, SomeName TEXT, "desc" INT);
CREATE TABLE oids(k INTEGER PRIMARY KEY, rowid TEXT);
CREATE TABLE strictly(k INT, a ANY, t TEXT) STRICT;
INSERT INTO t VALUES (1, 1, 1, 1, '1', x'31', 1), (2, 1.5, 9007199254740993, 9007199254740992, 'a', x'', 1.0), (3, 'x', -9223372036854775808, -0.5, '', NULL, '1');
INSERT INTO nc VALUES ('Ann', 1), ('ann', 2), ('Bob', 3), (NULL, 4);
INSERT INTO rt VALUES ('a', 1), ('a  ', 2), ('', 3), (' ', 4);
INSERT INTO nu VALUES (1, '1', '1'), (2, '2.0', 2.0), (NULL, '', x'32');
INSERT INTO "Order" VALUES (1, 'one', 1, 2, 1.5, 'q'), (2, 'two', NULL, 2, NULL, 'Q');
INSERT INTO MixedCase VALUES (1, 'First', 3), (2, 'second', 1);
INSERT INTO oids VALUES (5, 'five'), (6, '6');
INSERT INTO strictly VALUES (1, 1, '1'), (1, 1.0, '1.0'), (2, '1', ''), (2, x'31', NULL);

-- Views of every shape in an attached database, over its tables and over each other, beside main's.
-- materialized only
-- schemas: main, aux
-- database: memory
ATTACH ':memory:' AS aux;
CREATE TABLE aux.c(id INTEGER PRIMARY KEY, name TEXT, boss INT);
CREATE TABLE aux.o(id INTEGER PRIMARY KEY, c INT, x INT, tags TEXT);
CREATE INDEX aux.o_c ON o(c);
CREATE TABLE m(id INTEGER PRIMARY KEY, x INT);
CREATE VIEW aux.plain AS SELECT c, sum(x) AS s FROM o GROUP BY c;
INSERT INTO c VALUES (1, 'Ada', NULL), (2, 'Ben', 1), (3, 'Cy', 1);
INSERT INTO o VALUES (1, 1, 10, '["a","b"]'), (2, 2, 5, '[]'), (3, 2, NULL, NULL), (4, NULL, 7, '["b"]');
CREATE MATERIALIZED VIEW mm AS SELECT x, count(*) AS n FROM m GROUP BY x;
CREATE MATERIALIZED VIEW aux.outer_join AS SELECT c.id, o.id AS o, x FROM c LEFT JOIN o ON o.c = c.id;
CREATE MATERIALIZED VIEW aux.full_join AS SELECT c.id, o.id AS o FROM c FULL JOIN o ON o.c = c.boss;
CREATE MATERIALIZED VIEW aux.subs AS SELECT id, (SELECT max(x) FROM o WHERE o.c = c.id) AS m, id IN (SELECT boss FROM c) AS b FROM aux.c;
CREATE MATERIALIZED VIEW aux.sets AS SELECT id FROM c INTERSECT SELECT c FROM o;
CREATE MATERIALIZED VIEW aux.lists AS SELECT c, group_concat(x ORDER BY x) AS l FROM o GROUP BY c;
CREATE MATERIALIZED VIEW aux.tags AS SELECT o.id, e.value AS tag FROM o, json_each(o.tags) e;
CREATE MATERIALIZED VIEW aux.over_plain AS SELECT c.name, plain.s FROM c LEFT JOIN plain ON plain.c = c.id;
CREATE MATERIALIZED VIEW aux.up AS SELECT tag, count(*) AS n, (SELECT count(*) FROM sets) AS k FROM tags GROUP BY tag;
CREATE MATERIALIZED VIEW aux.top AS WITH w AS (SELECT * FROM up) SELECT a.tag, b.n FROM w a LEFT JOIN w b ON b.n > a.n;
-- error: table aux.c of another schema is not supported
CREATE MATERIALIZED VIEW no AS SELECT * FROM aux.c;
-- error: table main.m of another schema is not supported
CREATE MATERIALIZED VIEW aux.no AS SELECT * FROM m;
INSERT INTO o VALUES (5, 3, 1, '["a"]');
BEGIN;
UPDATE c SET boss = 2 WHERE id = 3;
INSERT INTO m VALUES (1, 1);
SAVEPOINT s;
DELETE FROM o;
DELETE FROM m;
ROLLBACK TO s;
DELETE FROM c WHERE id = 1;
COMMIT;
INSERT OR REPLACE INTO c VALUES (2, 'Bo', 3), (1, 'Al', 2);
REFRESH MATERIALIZED VIEW aux.tags;
INSERT INTO o VALUES (6, 3, 1, '["q"]');
DROP MATERIALIZED VIEW aux.top;
INSERT INTO m(x) SELECT n FROM aux.up JOIN c ON c.id = up.n;
-- schemas: main
DETACH aux;
INSERT INTO m VALUES (70, 1);

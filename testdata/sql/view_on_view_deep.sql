-- Views over views of every shape, in depth and in diamonds: outer joins, set operations, subqueries, recomputed groups and
-- table-valued functions over views.
CREATE TABLE c(id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE, boss INT);
CREATE TABLE o(id INTEGER PRIMARY KEY, c INT, x INT, tags TEXT);
INSERT INTO c VALUES (1, 'Ada', NULL), (2, 'Ben', 1), (3, 'ben', 1), (4, 'Dan', 2);
INSERT INTO o VALUES (1, 1, 10, '["a","b"]'), (2, 2, 5, '[]'), (3, 2, NULL, NULL), (4, NULL, 7, '["b"]');
CREATE MATERIALIZED VIEW l1 AS SELECT c.id, c.name, c.boss, o.x, o.tags FROM c LEFT JOIN o ON o.c = c.id;
CREATE MATERIALIZED VIEW l2 AS SELECT id, boss, count(x) AS n, sum(x) AS s, group_concat(x, '+' ORDER BY x) AS l FROM l1 GROUP BY id, boss;
CREATE MATERIALIZED VIEW l3 AS SELECT a.id, a.s, b.s AS boss_s, b.l FROM l2 a LEFT JOIN l2 b ON b.id = a.boss;
CREATE MATERIALIZED VIEW l4 AS SELECT id, (SELECT count(*) FROM l3 y WHERE y.boss_s IS x.s) AS same, EXISTS (SELECT 1 FROM l2 WHERE l2.id = x.id AND n > 0) AS e FROM l3 x;
CREATE MATERIALIZED VIEW l5 AS SELECT same AS v FROM l4 UNION SELECT n FROM l2 EXCEPT SELECT boss FROM c;
CREATE MATERIALIZED VIEW l6 AS SELECT l5.v, l4.id FROM l5 FULL JOIN l4 ON l4.id = l5.v;
CREATE MATERIALIZED VIEW l7 AS SELECT count(*) AS n, max(v) AS m, min(id) AS i FROM l6;
CREATE MATERIALIZED VIEW l8 AS SELECT n, (SELECT max(n) FROM l7) AS top FROM l2 WHERE n <= (SELECT n FROM l7);
CREATE MATERIALIZED VIEW t1 AS SELECT l1.id, e.value AS tag FROM l1, json_each(l1.tags) e;
CREATE MATERIALIZED VIEW t2 AS SELECT tag, count(*) AS n, json_group_array(id ORDER BY id) AS ids FROM t1 GROUP BY tag;
CREATE MATERIALIZED VIEW t3 AS SELECT t2.tag, e.value AS id, l8.n FROM t2, json_each(t2.ids) e LEFT JOIN l8 ON l8.n = e.value;
CREATE MATERIALIZED VIEW diamond AS SELECT l2.id, l3.boss_s, t1.tag FROM l2 JOIN l3 ON l3.id = l2.id LEFT JOIN t1 ON t1.id = l2.id;
CREATE MATERIALIZED VIEW onself AS SELECT a.id, b.id AS other FROM diamond a LEFT JOIN diamond b ON a.boss_s = b.boss_s AND a.id <> b.id;
CREATE MATERIALIZED VIEW nots AS SELECT id FROM l1 WHERE id NOT IN (SELECT other FROM onself);
CREATE MATERIALIZED VIEW firsts AS SELECT id, name, max(x) FROM l1 GROUP BY boss;
-- free: firsts.name NOCASE AMONG SELECT name FROM c
INSERT INTO o VALUES (5, 3, 10, '["c","a"]'), (6, 9, 1, NULL);
UPDATE o SET c = 3 WHERE c = 2;
BEGIN;
DELETE FROM c WHERE id = 1;
SAVEPOINT s;
UPDATE c SET boss = 3;
INSERT INTO c VALUES (1, 'new', 1), (9, 'Zed', NULL);
ROLLBACK TO s;
UPDATE o SET x = x + 1 WHERE id < 5;
COMMIT;
INSERT OR REPLACE INTO c VALUES (1, 'Ada', 4), (2, 'B', 2);
UPDATE o SET tags = '["z"]' WHERE id IN (1, 6);
-- conn: 2
UPDATE o SET c = 1 WHERE c IS NULL;
DELETE FROM o WHERE x IS NULL;
-- conn: 1
INSERT INTO o SELECT id + 100, id, n, NULL FROM l2;
DELETE FROM o WHERE id > 100;
DELETE FROM c;
INSERT INTO c VALUES (1, 'Ada', NULL), (2, 'Ben', 1);
DELETE FROM o;

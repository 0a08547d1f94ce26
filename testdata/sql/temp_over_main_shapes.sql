-- TEMP views of every shape over tables of main and temp, written by two connections.
-- materialized only
-- schemas: main, temp
CREATE TABLE c(id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE, seg TEXT);
CREATE TABLE o(id INTEGER PRIMARY KEY, c INT, x INT, note TEXT);
CREATE INDEX o_c ON o(c);
CREATE TABLE w(a TEXT, b INT, n INT, PRIMARY KEY(a, b)) WITHOUT ROWID;
INSERT INTO c VALUES (1, 'Ada', 'r'), (2, 'Ben', 't'), (3, 'ada', NULL);
INSERT INTO o VALUES (1, 1, 10, '[1,2]'), (2, 2, 5, '[]'), (3, NULL, 7, NULL), (4, 9, 1, '[3]');
INSERT INTO w VALUES ('p', 1, 1), ('p', 2, 5), ('q', 1, 7);
CREATE TEMP TABLE mine(c INT, y INT);
INSERT INTO mine VALUES (1, 1), (2, 2), (NULL, 3);
CREATE VIEW plain AS SELECT c.name, sum(x) AS s FROM c LEFT JOIN o ON o.c = c.id GROUP BY c.id;
CREATE MATERIALIZED VIEW mainview AS SELECT c, count(*) AS n FROM o GROUP BY c;
CREATE TEMP MATERIALIZED VIEW inner_join AS SELECT o.id, c.seg, o.x FROM o JOIN c ON c.id = o.c;
CREATE TEMP MATERIALIZED VIEW outer_join AS SELECT c.id, o.id AS o, o.x FROM c LEFT JOIN o ON o.c = c.id AND o.x > 4;
CREATE TEMP MATERIALIZED VIEW both AS SELECT c.id, m.y, o.x FROM main.c JOIN mine m ON m.c = c.id LEFT JOIN o ON o.c = c.id;
CREATE TEMP MATERIALIZED VIEW sub AS SELECT id, (SELECT sum(x) FROM o WHERE o.c = c.id) AS s, EXISTS (SELECT 1 FROM mine WHERE mine.c = c.id) AS e FROM c;
CREATE TEMP MATERIALIZED VIEW sets AS SELECT c FROM o EXCEPT SELECT c FROM mine UNION SELECT b FROM w;
CREATE TEMP MATERIALIZED VIEW lists AS SELECT o.id, e.value AS v FROM o LEFT JOIN json_each(o.note) e;
CREATE TEMP MATERIALIZED VIEW agg AS SELECT a, group_concat(n ORDER BY b) AS l FROM w GROUP BY a;
CREATE TEMP MATERIALIZED VIEW over_plain AS SELECT count(*) AS n, sum(s) AS s FROM plain;
CREATE TEMP MATERIALIZED VIEW on_view AS SELECT seg, count(*) AS n, sum(x) AS x FROM inner_join GROUP BY seg;
CREATE TEMP MATERIALIZED VIEW on_on AS SELECT max(n) AS n FROM on_view;
CREATE TEMP MATERIALIZED VIEW same AS SELECT a.id, b.id AS id2 FROM o a JOIN o b ON a.x < b.x AND a.c IS b.c;
UPDATE o SET x = x + 1, c = 1 WHERE id > 2;
INSERT INTO mine VALUES (3, 30);
-- conn: 2
INSERT INTO o VALUES (10, 2, 100, '[9]');
UPDATE c SET seg = 'z' WHERE id = 3;
DELETE FROM w WHERE b = 1;
-- conn: 1
INSERT INTO w VALUES ('q', 3, 3);
BEGIN;
DELETE FROM mine WHERE c = 1;
INSERT OR REPLACE INTO o VALUES (1, 2, 55, '[5,5]');
SAVEPOINT s;
UPDATE w SET b = b + 10;
DELETE FROM c WHERE id = 1;
ROLLBACK TO s;
INSERT INTO c VALUES (7, 'New', 't');
COMMIT;
-- conn: 2
BEGIN;
UPDATE o SET x = -x;
DELETE FROM c WHERE id = 2;
COMMIT;
-- conn: 1
INSERT INTO mine VALUES (7, 7);
-- conn: 2
INSERT OR REPLACE INTO w VALUES ('q', 3, 33), ('r', 1, 1);
-- conn: 1
UPDATE w SET n = 0 WHERE a = 'q';
BEGIN;
-- query
SELECT count(*) > 0 FROM on_on;
--> 1
-- conn: 2
DELETE FROM o WHERE id = 10;
-- conn: 1
-- query
SELECT count(*) FROM o WHERE id = 10;
--> 1
COMMIT;
-- query
SELECT count(*) FROM o WHERE id = 10;
--> 0
REFRESH MATERIALIZED VIEW on_on;
REFRESH MATERIALIZED VIEW both;
-- conn: 2
UPDATE o SET x = 3;
-- conn: 1
REFRESH MATERIALIZED VIEW inner_join;
-- conn: 2
UPDATE o SET x = 4;
-- conn: 1
DROP MATERIALIZED VIEW on_on;
-- conn: 2
UPDATE o SET x = 5;
-- conn: 1
ALTER TABLE on_view RENAME TO renamed;
-- conn: 2
UPDATE o SET x = 6;
-- conn: 1
CREATE TEMP MATERIALIZED VIEW later AS SELECT x, count(*) AS n FROM o GROUP BY x;
-- conn: 2
UPDATE o SET x = 7;
-- conn: 1
BEGIN;
CREATE TEMP MATERIALIZED VIEW undone AS SELECT x, count(*) AS n FROM o GROUP BY x;
DROP MATERIALIZED VIEW later;
INSERT INTO o VALUES (77, 1, 1, NULL);
ROLLBACK;
-- conn: 2
DELETE FROM o;
-- conn: 1
INSERT INTO o VALUES (1, 1, 1, '[1]');

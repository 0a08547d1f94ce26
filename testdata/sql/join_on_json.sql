-- Equalities on what is extracted from JSON are join keys for well-formed text; the rest fails where it meets rows, as in the
-- SELECT.
CREATE TABLE t(id INTEGER PRIMARY KEY, x);
CREATE TABLE d(k INTEGER PRIMARY KEY, j, n INT);
INSERT INTO t VALUES (1, 'one'), (2, 'two'), (3, '3');
INSERT INTO d VALUES (1, '{"id":1,"o":{"id":"2"}}', 1), (2, '{"id":2}', 5), (3, NULL, 6), (4, '7', 7), (5, '{"id":null,"x":"ONE"}', 8);
CREATE MATERIALIZED VIEW v AS SELECT t.id, d.n FROM t JOIN d ON json_extract(d.j, '$.id') = t.id;
CREATE MATERIALIZED VIEW w AS SELECT t.id, (SELECT count(*) FROM d WHERE d.j ->> 'id' = t.id) AS n FROM t;
CREATE MATERIALIZED VIEW x AS SELECT t.id, (SELECT sum(n) FROM d WHERE d.j ->> '$.o.id' = t.id) AS s FROM t;
CREATE MATERIALIZED VIEW y AS SELECT t.id, d.k FROM t LEFT JOIN d ON lower(d.j ->> 'x') = t.x;
CREATE MATERIALIZED VIEW z AS SELECT t.id, d.k FROM t FULL JOIN d ON d.j -> 'id' = t.id;
CREATE MATERIALIZED VIEW a AS SELECT d.k, e.k AS f FROM d JOIN d e ON d.j ->> 'id' = e.k;
UPDATE d SET j = json_set(j, '$.id', k + 1) WHERE json_valid(j);
INSERT INTO d VALUES (6, '{id:3,/*JSON5*/x:"two"}', 9), (7, x'7b226964223a317d', 10), (8, jsonb('{"id":2}'), 11);
DELETE FROM t WHERE id = 2;
INSERT INTO t VALUES (2, 'TWO');
-- Malformed text fails the views as it fails their SELECTs, and no longer than it is there.
INSERT INTO d VALUES (9, '{"id":', 3);
UPDATE d SET n = 4 WHERE k = 9;
BEGIN;
DELETE FROM d WHERE k = 9;
SAVEPOINT s;
INSERT INTO d VALUES (10, 'no json', 1), (11, x'ff', 1);
DELETE FROM t WHERE id < 3;
ROLLBACK TO s;
UPDATE t SET x = lower(x);
COMMIT;
INSERT INTO d VALUES (12, '{', 1);
UPDATE d SET j = '{"id":3}' WHERE k = 12;
DELETE FROM d WHERE k < 3;
DELETE FROM t WHERE id > 1;
INSERT INTO d VALUES (13, '{', 1);
INSERT INTO t VALUES (7, 'one');
DELETE FROM d WHERE k = 13;
DELETE FROM t;

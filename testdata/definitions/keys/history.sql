-- Matches appear and vanish, one by one and several at once.
INSERT INTO b VALUES (2, 5);
INSERT INTO b VALUES (2, 5), (2, 6), (1, NULL);
DELETE FROM b WHERE k = 2;
UPDATE a SET k = 2 WHERE id = 1;
BEGIN;
INSERT INTO b VALUES (2, 7), (2, 8), (4, 4);
DELETE FROM b WHERE w = 7;
INSERT INTO a VALUES (5, 4, 4), (6, 'x', 1), (7, '1', 10);
DELETE FROM b WHERE k = 4;
UPDATE c SET k = 4 WHERE id = 3;
SAVEPOINT s;
DELETE FROM a WHERE k = 2;
INSERT INTO d VALUES (4, 1, NULL), (2, 2, 'x');
SAVEPOINT t;
DELETE FROM b;
REPLACE INTO c VALUES (1, 2, 10);
ROLLBACK TO t;
UPDATE b SET k = 4 WHERE k = 2;
ROLLBACK TO s;
INSERT INTO d VALUES (4, 1, 'z');
RELEASE s;
COMMIT;
-- REPLACE, UPSERT, IGNORE, and a statement that fails half way.
INSERT OR REPLACE INTO c VALUES (2, 1, 1), (9, 2, 2);
REPLACE INTO d VALUES (1, 1, 'new'), (5, 5, 'x');
INSERT INTO d VALUES (1, 2, 'up'), (3, 1, 'in') ON CONFLICT DO UPDATE SET x = excluded.x || d.x;
INSERT OR IGNORE INTO c VALUES (10, 2, 2), (11, 7, 7);
-- error: UNIQUE constraint failed
INSERT INTO c VALUES (12, 8, 8), (13, 2, 2);
UPDATE OR REPLACE c SET k = 2, w = 2 WHERE id = 11;
-- Cascades: a part of the tree goes, a number changes.
UPDATE p SET id = 20 WHERE id = 2;
BEGIN;
INSERT INTO p VALUES (5, 'twig', 4), (6, 'right', 3);
INSERT INTO q VALUES (4, 5, 4), (5, 3, NULL);
DELETE FROM p WHERE id = 20;
SAVEPOINT s;
DELETE FROM p WHERE id = 1;
ROLLBACK TO s;
UPDATE q SET p = 6 WHERE p IS NULL;
COMMIT;
-- NULLs come and go where NOT IN and outer joins look.
UPDATE b SET k = NULL WHERE k = 1;
INSERT INTO e VALUES (NULL, NULL), (1, 1), (2, NULL);
DELETE FROM b WHERE k IS NULL;
DELETE FROM e WHERE k IS NULL;
UPDATE a SET v = CASE WHEN v IS NULL THEN 0 WHEN v > 5 THEN NULL ELSE v + 1 END;
-- Everything goes, in a transaction that is taken back, and then really; and some returns.
BEGIN;
DELETE FROM a;
DELETE FROM b;
DELETE FROM c;
ROLLBACK;
DELETE FROM b;
DELETE FROM c;
DELETE FROM d WHERE k < 3;
-- reopen
PRAGMA foreign_keys = ON;
DELETE FROM a;
BEGIN;
INSERT INTO a VALUES (1, 1, 1), (2, NULL, 2), (3, 3, 3);
INSERT INTO b SELECT k, v FROM a;
INSERT INTO c SELECT id, k, v FROM a;
COMMIT;
DELETE FROM d;
DELETE FROM e;
INSERT INTO b SELECT k, w FROM b;

-- A RETURNING statement that is open when the transaction is rolled back by another one (capture case ceE2).
CREATE TABLE p1(id INTEGER PRIMARY KEY, k UNIQUE, v);
CREATE TABLE s2(a, b, c);
INSERT OR ROLLBACK INTO p1(id, k, v) VALUES (4, 3, 1);
CREATE MATERIALIZED VIEW vp AS SELECT k, sum(v) AS s FROM p1 GROUP BY k;
CREATE MATERIALIZED VIEW vs AS SELECT a, b, c FROM s2;
BEGIN IMMEDIATE;
SAVEPOINT c;
-- open: one 0
UPDATE OR REPLACE p1 SET k = 5, id = id + 1 WHERE v < 5 RETURNING *;
-- open: two 1
INSERT OR ROLLBACK INTO s2(a, b, c) VALUES (0, NULL, char(0, 65)), ('q', 'q', 3) RETURNING *;
ROLLBACK;
-- drop: one
-- drop: two
INSERT INTO s2(a, b, c) VALUES (2.5, 1, 1);
-- open: three 1
INSERT INTO s2(a, b, c) VALUES (2.5, 'long' || hex(zeroblob(200)), 1e400), (1e400, x'00ff', 9223372036854775807), (7, '2.50', -0.0) RETURNING *;
INSERT INTO p1(id, k, v) VALUES (4, 3, 9) ON CONFLICT(id) DO UPDATE SET v = excluded.v;
-- shut: three

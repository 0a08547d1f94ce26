-- A distinct over columns that pass through an operator which computes others and filters nothing asks the table.
CREATE TABLE cust(id INTEGER PRIMARY KEY, seg TEXT);
CREATE TABLE ord(id INTEGER PRIMARY KEY, amount);
CREATE MATERIALIZED VIEW v AS SELECT id, y FROM (SELECT id, id + 1 AS y FROM cust) AS q WHERE EXISTS (SELECT 1 FROM ord WHERE ord.amount > q.id);
CREATE MATERIALIZED VIEW w AS SELECT id, y, (SELECT max(amount) FROM ord WHERE ord.amount > q.id) AS m FROM (SELECT id, id || seg AS y FROM cust WHERE id > 1) AS q;
INSERT INTO cust VALUES (1, 'a'), (2, 'b'), (3, NULL);
INSERT INTO ord VALUES (1, 7), (2, 2);
BEGIN;
UPDATE cust SET id = id + 1 WHERE id = 3;
DELETE FROM cust WHERE id = 1;
INSERT INTO ord VALUES (3, 3);
COMMIT;
DELETE FROM ord WHERE amount > 2;

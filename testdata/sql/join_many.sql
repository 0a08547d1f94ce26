-- Four tables.
CREATE TABLE c(id INTEGER PRIMARY KEY, region);
CREATE TABLE o(id INTEGER PRIMARY KEY, c INT);
CREATE TABLE l(o INT, p INT, qty INT);
CREATE TABLE p(id INTEGER PRIMARY KEY, price REAL);
CREATE INDEX lo ON l(o);
CREATE INDEX oc ON o(c);
CREATE MATERIALIZED VIEW revenue AS
SELECT c.region, count(DISTINCT o.id) AS orders, sum(l.qty * p.price) AS revenue
FROM c JOIN o ON o.c = c.id JOIN l ON l.o = o.id JOIN p ON p.id = l.p GROUP BY c.region;
INSERT INTO c VALUES (1, 'north'), (2, 'south');
INSERT INTO p VALUES (1, 0.1), (2, 0.2), (3, 0.7);
INSERT INTO o VALUES (1, 1), (2, 1), (3, 2);
INSERT INTO l VALUES (1, 1, 3), (1, 2, 1), (2, 3, 7), (3, 1, 1), (3, 3, 2);
UPDATE p SET price = price * 3;
UPDATE c SET region = 'south' WHERE id = 1;
DELETE FROM o WHERE id = 1;
BEGIN;
INSERT INTO o VALUES (1, 2);
UPDATE l SET qty = qty + 1;
SAVEPOINT s;
DELETE FROM p WHERE id = 1;
ROLLBACK TO s;
DELETE FROM c WHERE id = 2;
COMMIT;

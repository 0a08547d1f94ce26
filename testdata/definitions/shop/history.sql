-- Groups appear, change and vanish.
INSERT INTO orders VALUES (4, 3, '2026-01-03', 'open', '{"gift":{"to":"Dan"},"codes":[5,null,"x",[1,2]]}');
INSERT INTO lines VALUES (4, 1, 'nut', 1, -1e20), (4, 2, 'cog', NULL, 3.5), (3, 2, 'gear', 0, 0.3);
UPDATE lines SET price = price * 3 WHERE item = 'nut';
DELETE FROM notes WHERE customer = 2;
INSERT INTO notes VALUES (2, NULL), (3, 'b'), (3, 'a'), (3, 'b');
UPDATE customers SET tags = '["new",null,1,1.5,{"k":[true]}]' WHERE id = 2;
BEGIN;
INSERT INTO customers VALUES (4, 'Dan', NULL, 'Oslo', '[1,2]'), (5, 'Eve', 'retail', '', '{"a":1,"b":[2,3]}');
INSERT INTO orders VALUES (5, 4, '2025-12-31', NULL, NULL), (6, 5, '2026-02-01', 'paid', '{"codes":[3]}');
INSERT INTO lines SELECT id, 1, 'bolt', id, 0.7 FROM orders WHERE id > 4;
UPDATE orders SET customer = 4 WHERE id = 1;
SAVEPOINT s;
DELETE FROM customers WHERE id IN (1, 4);
INSERT INTO customers VALUES (1, 'Ada II', 'trade', 'Oslo', '["vip"]');
SAVEPOINT t;
UPDATE lines SET qty = -qty;
DELETE FROM notes;
ROLLBACK TO t;
UPDATE items SET stock = 1 WHERE stock IS NULL;
ROLLBACK TO s;
DELETE FROM lines WHERE item = 'bolt';
COMMIT;
-- REPLACE takes a parent away, and its children with it; and rows that conflict.
REPLACE INTO customers VALUES (1, 'Ada', 'retail', 'Rome', '["vip","back"]');
INSERT INTO orders VALUES (2, 1, '2026-03-01', 'open', '{"codes":[8,8]}') ON CONFLICT(id) DO UPDATE SET at = excluded.at;
INSERT OR REPLACE INTO items VALUES ('nut', 'Wing nut', 5), (NULL, 'Thing', 1), (NULL, 'Thing', 2);
INSERT OR REPLACE INTO lines VALUES (1, 1, 'bolt', 4, 0.1), (1, 3, 'nut', 1, 2);
-- error: FOREIGN KEY constraint failed
INSERT INTO orders VALUES (7, 1, '2026-03-02', 'open', NULL), (8, 77, NULL, NULL, NULL);
UPDATE items SET sku = 'cog' WHERE title = 'Bolt';
BEGIN;
UPDATE orders SET status = CASE status WHEN 'open' THEN 'paid' ELSE 'open' END;
DELETE FROM orders WHERE at < '2026-01-02';
ROLLBACK;
UPDATE orders SET at = NULL, status = 'open' WHERE id = 3;
UPDATE orders SET doc = json_set(doc, '$.codes[#]', id) WHERE json_type(doc, '$.codes') = 'array';
-- All goes and some comes back.
DELETE FROM notes;
DELETE FROM customers WHERE segment = 'trade' OR segment IS NULL;
-- reopen
PRAGMA foreign_keys = ON;
DELETE FROM customers;
DELETE FROM items;
BEGIN;
INSERT INTO customers VALUES (1, 'Zoe', 'trade', 'Bonn', '[]'), (2, 'Yan', 'trade', 'Bonn', '["vip"]');
INSERT INTO orders VALUES (1, 1, '2027-01-01', 'open', '{"codes":[1]}'), (2, 2, '2027-01-02', 'paid', NULL);
INSERT INTO lines VALUES (1, 1, 'nut', 1, 0.1), (1, 2, 'nut', 1, 0.2), (2, 1, 'nut', 3, 0.3);
INSERT INTO items VALUES ('nut', 'Nut', 1);
COMMIT;

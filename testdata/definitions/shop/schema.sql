-- Customers, orders and their lines, with cascades, JSON documents and dates; and plain views over them.
PRAGMA foreign_keys = ON;
CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT, segment TEXT, city TEXT, tags TEXT);
CREATE TABLE orders(id INTEGER PRIMARY KEY, customer INT REFERENCES customers ON DELETE CASCADE, at TEXT, status TEXT, doc TEXT);
CREATE TABLE lines(orders INT REFERENCES orders ON DELETE CASCADE, n INT, item TEXT, qty INT, price REAL, PRIMARY KEY(orders, n)) WITHOUT ROWID;
CREATE TABLE items(sku TEXT PRIMARY KEY, title TEXT, stock INT, sold INT AS (100 - stock));
CREATE TABLE notes(customer INT, body TEXT);
CREATE VIEW open_orders AS SELECT * FROM orders WHERE status = 'open';
CREATE VIEW order_totals(id, customer, total) AS SELECT o.id, o.customer, sum(l.qty * l.price) FROM orders o JOIN lines l ON l.orders = o.id GROUP BY o.id;
CREATE VIEW silent AS SELECT c.* FROM customers c LEFT JOIN orders o ON o.customer = c.id WHERE o.id IS NULL;
INSERT INTO customers VALUES (1, 'Ada', 'retail', 'Oslo', '["vip","old"]'), (2, 'Ben', 'trade', 'Bonn', '[]'), (3, 'Cleo', 'trade', NULL, NULL);
INSERT INTO orders VALUES (1, 1, '2026-01-01', 'open', '{"gift":1,"codes":[3,5]}'), (2, 1, '2026-01-02', 'paid', '{"codes":[]}'), (3, 2, '2026-01-03', 'open', '{}');
INSERT INTO lines VALUES (1, 1, 'nut', 2, 0.1), (1, 2, 'bolt', 1, 0.2), (2, 1, 'nut', 5, 0.1), (3, 1, 'cog', 1, 1e20);
INSERT INTO items VALUES ('nut', 'Nut', 90), ('bolt', 'Bolt', 0), ('gear', 'Gear', NULL);
INSERT INTO notes VALUES (1, 'first'), (1, 'first'), (NULL, 'nobody''s'), (2, '');

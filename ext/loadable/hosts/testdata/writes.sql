INSERT INTO orders(customer, region, amount) VALUES (1, 'south', 100), (3, 'east', 1);
UPDATE orders SET region = 'south' WHERE id = 2;
DELETE FROM orders WHERE id = 1;
INSERT OR REPLACE INTO orders VALUES (3, 1, 'north', 3);
INSERT INTO orders VALUES (4, 2, 'west', 2) ON CONFLICT DO UPDATE SET amount = excluded.amount;
UPDATE customers SET segment = 'retail', name = 'BEN' WHERE id = 2;
DELETE FROM notes WHERE rowid = 1;
INSERT INTO notes VALUES ('retail', 9), ('new', 1);
UPDATE notes SET n = 3 WHERE word = 'trade';

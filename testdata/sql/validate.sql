-- What mv_validate says, without making anything.
-- materialized only
-- database: memory
CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT, segment TEXT);
CREATE TABLE orders(id INTEGER PRIMARY KEY, customer INTEGER, region TEXT, amount, note TEXT);
CREATE TABLE parts(a INT, b INT, c INT);
CREATE INDEX parts_a ON parts(a);
CREATE TEMP TABLE basket(item TEXT);
-- query
SELECT * FROM mv_validate('SELECT region, sum(amount) AS s, max(id) FROM orders GROUP BY region;');
--> 'accepted', NULL, NULL, 'columns region TEXT, s, max(id)'
--> 'operator', NULL, NULL, 'view (region, s, max(id))  [one row per group, by group key]'
--> 'operator', NULL, NULL, '  aggregate sum(amount), max(id) by region  [one accumulator per group; values of min, max and DISTINCT per group]'
--> 'operator', NULL, NULL, '    changes of table orders(id, region, amount)'
--> 'state', NULL, NULL, 'output: one row per group, by group key'
--> 'state', NULL, NULL, 'aggregate sum(amount), max(id) by region: one accumulator per group'
--> 'state', NULL, NULL, 'aggregate sum(amount), max(id) by region: values of min, max and DISTINCT per group'
-- query
SELECT detail FROM mv_validate('SELECT c.name, o.amount FROM orders o JOIN customers c ON c.segment = o.region') WHERE kind IN ('state', 'index', 'warning');
--> 'output: one row per distinct row, with its weight'
--> 'join on o.region = c.segment: left side kept as primary keys, rows read from base orders'
--> 'join on o.region = c.segment: right side kept as primary keys, rows read from base customers'
--> 'CREATE INDEX orders_region ON orders(region); -- saves the copy of orders kept for the join on o.region = c.segment'
--> 'CREATE INDEX customers_segment ON customers(segment); -- saves the copy of customers kept for the join on o.region = c.segment'
-- query
SELECT kind, detail FROM mv_validate('SELECT o.id FROM orders o JOIN parts p ON p.a = o.id AND p.b = o.customer') WHERE kind IN ('index', 'warning');
--> 'index', 'CREATE INDEX parts_a_b ON parts(a, b); -- saves scanning the rows that index parts_a finds for the join on o.id = p.a and o.customer = p.b'
-- An index of that name exists.
CREATE INDEX parts_a_b ON parts(c);
-- query
SELECT detail FROM mv_validate('SELECT o.id FROM orders o JOIN parts p ON p.a = o.id AND p.b = o.customer') WHERE kind = 'index';
--> 'CREATE INDEX parts_a_b_2 ON parts(a, b); -- saves scanning the rows that index parts_a finds for the join on o.id = p.a and o.customer = p.b'
-- query
SELECT detail FROM mv_validate('SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer') WHERE kind IN ('index', 'warning');
--> 'CREATE INDEX orders_customer ON orders(customer); -- saves the copy of orders kept for the join on o.customer = c.id'
-- query
SELECT detail FROM mv_validate('SELECT a.id, b.id FROM orders a, orders b WHERE a.amount < b.amount') WHERE kind = 'warning';
--> 'each change of orders meets all rows of it: no equality relates them'
-- query
SELECT detail FROM mv_validate('SELECT a.id, b.id FROM orders a, customers b') WHERE kind = 'warning';
--> 'each change of orders meets all rows of customers, and the other way round: no equality relates them'
-- query
SELECT detail FROM mv_validate('SELECT id, amount - (SELECT avg(amount) FROM orders) FROM orders') WHERE kind = 'warning';
--> 'all rows of orders are worked out again each time that this changes: avg(amount) of orders'
-- query
SELECT detail FROM mv_validate('SELECT * FROM customers WHERE EXISTS (SELECT 1 FROM orders WHERE amount > 9)') WHERE kind = 'warning';
--> 'all rows of customers are worked out again each time that this changes: whether there are rows of orders'
-- query
SELECT detail FROM mv_validate('SELECT id, (SELECT count(*) FROM orders p WHERE p.amount < o.amount) FROM orders o') WHERE kind = 'warning';
--> 'each change of orders meets all rows of it: no equality relates them'
-- query
SELECT detail FROM mv_validate('SELECT region, group_concat(note), note FROM orders GROUP BY region') WHERE kind = 'warning';
--> 'group_concat(note), note: a change costs as much as its group by region has rows'
-- query
SELECT detail FROM mv_validate('SELECT json_group_array(id) FROM customers') WHERE kind = 'warning';
--> 'json_group_array(id): each change costs as much as there are rows of customers'
-- query
SELECT detail FROM mv_validate('SELECT id FROM orders WHERE EXISTS (SELECT 1 FROM customers c WHERE c.id = customer) AND customer NOT IN (SELECT a FROM parts)') WHERE kind = 'warning';
--> 'all rows of orders and customers and parts are worked out again each time that this changes: whether there are rows of parts'
-- query
SELECT * FROM mv_validate('SELECT id, 
  row_number() OVER (ORDER BY id) FROM orders');
--> 'refused', 2, 3, 'window function row_number() is not supported (compute it when reading the view)'
-- query
SELECT * FROM mv_validate('SELECT id, colour FROM orders');
--> 'refused', 1, 12, 'no such column: colour'
-- query
SELECT * FROM mv_validate('SELECT id, colour, colour FROM orders');
--> 'refused', NULL, NULL, 'no such column: colour'
-- query
SELECT * FROM mv_validate('SELECT o.id FROM orders o JOIN
 customer c');
--> 'refused', 2, 2, 'no such table: customer'
-- query
SELECT * FROM mv_validate('SELECT id FRM orders');
--> 'refused', 1, 15, 'near "orders": syntax error'
-- query
SELECT * FROM mv_validate('UPDATE orders SET id = 1');
--> 'refused', 1, 1, 'a view is made of a SELECT, not of UPDATE'
-- query
SELECT * FROM mv_validate(' ; ');
--> 'refused', NULL, NULL, 'there is no SELECT'
-- query
SELECT * FROM mv_validate('SELECT id FROM orders WHERE amount > random()');
--> 'refused', 1, 38, 'non-deterministic function random() is not supported (its result would change without a write)'
-- query
SELECT kind, line, "column", detail FROM mv_validate('SELECT item FROM basket');
--> 'refused', 1, 18, 'temp table basket is not supported (create the view as TEMP, or write main.basket)'
-- query
SELECT kind FROM mv_validate('SELECT item FROM basket', 'temp') LIMIT 1;
--> 'accepted'
-- query
SELECT kind, detail FROM mv_validate('CREATE TEMP MATERIALIZED VIEW v(things) AS SELECT item FROM basket') LIMIT 1;
--> 'accepted', 'columns things TEXT'
-- query
EXPLAIN CREATE MATERIALIZED VIEW v(n) AS
  SELECT customer FROM orders LIMIT 3;
--> 'refused', 2, 37, 'LIMIT is not supported (leave it to the queries that read the view)'
-- query
EXPLAIN CREATE MATERIALIZED VIEW v(n, m) AS SELECT count(*) FROM orders;
--> 'refused', NULL, NULL, 'wrong number of view columns: it has a list of 2 names for 1 columns'
-- query
EXPLAIN CREATE TEMPORARY MATERIALIZED VIEW IF NOT EXISTS v AS SELECT count(*) AS n FROM basket;
--> 'accepted', NULL, NULL, 'columns n'
--> 'operator', NULL, NULL, 'view (n)  [one row per group, by group key]'
--> 'operator', NULL, NULL, '  aggregate count(*)  [one accumulator]'
--> 'operator', NULL, NULL, '    changes of table basket()'
--> 'state', NULL, NULL, 'output: one row per group, by group key'
--> 'state', NULL, NULL, 'aggregate count(*): one accumulator'
-- error: mv_validate needs a SELECT
SELECT * FROM mv_validate(NULL);
-- query
SELECT count(*) FROM sqlite_schema WHERE name LIKE '%internal%';
--> 0

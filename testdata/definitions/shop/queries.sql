-- Plain views.
SELECT * FROM open_orders;
SELECT customer, count(*) AS n FROM open_orders GROUP BY customer;
SELECT c.name, t.total FROM customers c LEFT JOIN order_totals t ON t.customer = c.id;
SELECT id, name FROM silent;
SELECT t.id FROM order_totals t WHERE t.total > (SELECT avg(total) FROM order_totals);
SELECT * FROM open_orders o WHERE NOT EXISTS (SELECT 1 FROM order_totals t WHERE t.id = o.id);
SELECT a.id, b.id AS other FROM open_orders a JOIN open_orders b ON a.customer = b.customer AND a.id < b.id;
-- CTEs: once, twice, in each other, with hints, with the name of a table.
WITH x AS (SELECT customer, count(*) AS n FROM orders GROUP BY customer) SELECT * FROM x WHERE n > 1;
WITH x AS (SELECT customer, count(*) AS n FROM orders GROUP BY customer) SELECT a.customer, b.customer AS other FROM x a JOIN x b ON a.n = b.n AND a.customer < b.customer;
WITH x AS MATERIALIZED (SELECT customer, max(at) AS at FROM orders GROUP BY customer) SELECT o.id FROM orders o JOIN x USING (customer, at);
WITH x AS NOT MATERIALIZED (SELECT id FROM orders WHERE status = 'open') SELECT id FROM x UNION ALL SELECT id FROM x;
WITH x(c, n) AS (SELECT customer, count(*) FROM orders GROUP BY 1), y AS (SELECT c, n * 2 AS m FROM x) SELECT x.c, y.m FROM x LEFT JOIN y ON y.m = x.n;
WITH x AS (SELECT * FROM orders), y AS (SELECT * FROM x WHERE status = 'open'), z AS (SELECT count(*) AS n FROM y) SELECT x.id, z.n FROM x, z;
WITH orders AS (SELECT id, customer FROM main.orders WHERE status = 'paid') SELECT * FROM orders;
WITH x AS (SELECT 1 AS n), y AS (SELECT n + 1 AS n FROM x) SELECT n FROM x UNION SELECT n FROM y;
WITH unused AS (SELECT * FROM lines) SELECT id FROM orders;
WITH totals AS (SELECT orders, sum(qty * price) AS t FROM lines GROUP BY orders) SELECT o.id, t.t, (SELECT max(t) FROM totals) AS best FROM orders o LEFT JOIN totals t ON t.orders = o.id WHERE t.t >= (SELECT avg(t) FROM totals) OR t.t IS NULL;
SELECT * FROM (WITH x AS (SELECT item, sum(qty) AS q FROM lines GROUP BY item) SELECT x.item, i.title FROM x LEFT JOIN items i ON i.sku = x.item WHERE x.q > 1);
SELECT id, (WITH x AS (SELECT qty FROM lines WHERE orders = o.id) SELECT sum(qty) FROM x) AS q FROM orders o;
WITH x AS (SELECT id FROM customers), y AS (SELECT customer AS id FROM orders) SELECT * FROM x EXCEPT SELECT * FROM y;
WITH vips AS (SELECT c.id FROM customers c, json_each(c.tags) t WHERE t.value = 'vip') SELECT o.id, o.customer IN vips AS vip FROM orders o;
-- VALUES and SELECT without FROM.
VALUES (1, 'one'), (2, 'two'), (2, 'two');
VALUES (NULL), (x'00ff'), (1.5), ('');
SELECT 1, 'x', NULL, 2.5, x'01';
SELECT 1 AS one WHERE 0;
SELECT (SELECT count(*) FROM orders) AS orders, (SELECT count(*) FROM customers) AS customers, (SELECT sum(qty) FROM lines) AS q;
SELECT 'open' AS status, EXISTS (SELECT 1 FROM orders WHERE status = 'open') AS any_;
SELECT column1 AS id, column2 AS word FROM (VALUES (1, 'low'), (2, 'high'));
SELECT v.column2 AS label, count(o.id) AS n FROM (VALUES ('open', 'Offen'), ('paid', 'Bezahlt')) v LEFT JOIN orders o ON o.status = v.column1 GROUP BY v.column1, v.column2;
WITH rates(status, rate) AS (VALUES ('open', 2), ('paid', 3)) SELECT o.id, r.rate * o.customer AS x FROM orders o JOIN rates r USING (status);
SELECT (VALUES (7)) AS seven, id FROM orders;
SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 2;
SELECT * FROM (SELECT 1 AS a) CROSS JOIN (SELECT 2 AS b);
-- Parentheses, nesting, DISTINCT.
SELECT * FROM ((SELECT id FROM orders));
SELECT x.id FROM (orders) AS x;
SELECT o.id, l.n FROM (orders o JOIN lines l ON l.orders = o.id);
SELECT o.id, l.item, i.title FROM (orders o LEFT JOIN (lines l LEFT JOIN items i ON i.sku = l.item) ON l.orders = o.id);
SELECT * FROM (SELECT * FROM (SELECT id FROM orders UNION SELECT id FROM customers) UNION ALL SELECT n FROM (SELECT n FROM lines EXCEPT SELECT stock FROM items));
SELECT DISTINCT status, customer > 1 AS late FROM orders;
SELECT DISTINCT o.status, c.segment FROM orders o LEFT JOIN customers c ON c.id = o.customer;
SELECT ALL status FROM orders;
SELECT n, count(*) AS m FROM (SELECT DISTINCT item, n FROM lines) GROUP BY n;
SELECT DISTINCT * FROM notes;
SELECT count(*) AS n FROM (SELECT DISTINCT body FROM notes) x LEFT JOIN (SELECT DISTINCT body FROM notes) y ON x.body = y.body;
-- Views over views, in depth, mixed with their tables.
CREATE MATERIALIZED VIEW by_order AS SELECT orders, sum(qty * price) AS t, count(*) AS n FROM lines GROUP BY orders;
CREATE MATERIALIZED VIEW by_customer AS SELECT o.customer, sum(b.t) AS t, count(b.orders) AS n FROM orders o LEFT JOIN by_order b ON b.orders = o.id GROUP BY o.customer;
CREATE MATERIALIZED VIEW by_segment AS SELECT c.segment, sum(b.t) AS t, group_concat(c.name ORDER BY c.id) AS names FROM customers c LEFT JOIN by_customer b ON b.customer = c.id GROUP BY c.segment;
CREATE MATERIALIZED VIEW best AS SELECT segment FROM by_segment WHERE t = (SELECT max(t) FROM by_segment);
CREATE MATERIALIZED VIEW losers AS SELECT segment FROM by_segment EXCEPT SELECT segment FROM best;
CREATE MATERIALIZED VIEW orphans AS SELECT id FROM orders WHERE id NOT IN (SELECT orders FROM by_order) OR customer IN (SELECT customer FROM by_customer WHERE t IS NULL);
CREATE MATERIALIZED VIEW summary(segment, rows, first) AS SELECT s.segment, (SELECT sum(n) FROM by_customer), (SELECT min(segment) FROM losers) FROM by_segment s FULL JOIN losers l ON l.segment = s.segment;
-- Equalities on what is extracted from JSON.
SELECT c.id, o.id AS o FROM customers c JOIN orders o ON json_extract(o.doc, '$.gift') = c.id;
SELECT c.id, o.id AS o FROM customers c LEFT JOIN orders o ON o.doc ->> 'gift' = c.id AND o.status = 'open';
SELECT c.id FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.doc ->> '$.gift' = c.id);
SELECT c.id, (SELECT count(*) FROM orders o WHERE json_extract(o.doc, '$.gift') = c.id AND o.customer = c.id) AS n FROM customers c;
SELECT c.id FROM customers c WHERE c.id NOT IN (SELECT doc ->> 'gift' FROM orders);
SELECT c.id, o.id AS o, l.n FROM customers c JOIN orders o ON CAST(o.doc ->> 'gift' AS INT) + 1 = c.id LEFT JOIN lines l ON l.orders = o.id AND l.n = o.doc ->> 'gift';
SELECT a.id, b.id AS b FROM orders a JOIN orders b ON a.doc ->> 'gift' = b.id;
SELECT a.id, b.id AS b FROM orders a FULL JOIN orders b ON a.doc -> '$.gift' = b.doc ->> 'gift';
SELECT o.id, j.value FROM orders o, json_each(o.doc, '$.codes') j JOIN customers c ON c.id = o.doc ->> '$.gift';
SELECT count(*) AS n FROM customers c, orders o, items i WHERE o.doc ->> 'gift' = c.id AND i.stock > 50 AND lower(o.doc ->> 'x') = i.sku;

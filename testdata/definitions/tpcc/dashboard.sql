-- Warehouses and districts.
SELECT w.w_id, w.w_name, count(DISTINCT o.o_d_id) AS districts, count(*) AS orders FROM warehouse w JOIN orders o ON o.o_w_id = w.w_id GROUP BY w.w_id, w.w_name;
SELECT w_id, w_name, w_ytd, d.total, w_ytd - d.total AS difference FROM warehouse LEFT JOIN (SELECT d_w_id, sum(d_ytd) AS total FROM district GROUP BY d_w_id) d ON d.d_w_id = w_id WHERE w_ytd IS NOT d.total;
SELECT d.d_w_id, d.d_id, d.d_name, count(o.o_id) AS orders, d.d_next_o_id - 1 - coalesce(max(o.o_id), 0) AS gap FROM district d LEFT JOIN orders o ON o.o_w_id = d.d_w_id AND o.o_d_id = d.d_id GROUP BY d.d_w_id, d.d_id;
SELECT d.d_w_id, d.d_id, n.waiting, n.oldest FROM district d LEFT JOIN (SELECT no_w_id, no_d_id, count(*) AS waiting, min(no_o_id) AS oldest FROM new_order GROUP BY no_w_id, no_d_id) n ON n.no_w_id = d.d_w_id AND n.no_d_id = d.d_id;
SELECT d_w_id, d_id FROM district WHERE NOT EXISTS (SELECT 1 FROM new_order WHERE no_w_id = d_w_id AND no_d_id = d_id);
SELECT w.w_state, round(sum(ol.ol_amount * (1 + w.w_tax + d.d_tax)), 2) AS gross FROM order_line ol JOIN district d ON d.d_w_id = ol.ol_w_id AND d.d_id = ol.ol_d_id JOIN warehouse w ON w.w_id = ol.ol_w_id GROUP BY w.w_state;
SELECT w_id, (SELECT count(*) FROM customer WHERE c_w_id = w_id) AS customers, (SELECT count(*) FROM orders WHERE o_w_id = w_id) AS orders, (SELECT sum(h_amount) FROM history WHERE h_w_id = w_id) AS paid FROM warehouse;
SELECT d_w_id AS w, d_id AS d, d_ytd FROM district WHERE d_ytd > (SELECT avg(d_ytd) FROM district o WHERE o.d_w_id = district.d_w_id);
-- Consistency conditions of the benchmark, as views that stay empty or equal.
SELECT d_w_id, d_id FROM district WHERE d_next_o_id - 1 <> (SELECT max(o_id) FROM orders WHERE o_w_id = d_w_id AND o_d_id = d_id);
SELECT no_w_id, no_d_id FROM new_order GROUP BY no_w_id, no_d_id HAVING max(no_o_id) - min(no_o_id) + 1 <> count(*);
SELECT o_w_id, o_d_id, sum(o_ol_cnt) AS said, (SELECT count(*) FROM order_line WHERE ol_w_id = o_w_id AND ol_d_id = o_d_id) AS counted FROM orders GROUP BY o_w_id, o_d_id;
SELECT o_w_id, o_d_id, o_id FROM orders WHERE o_carrier_id IS NULL EXCEPT SELECT no_w_id, no_d_id, no_o_id FROM new_order;
SELECT no_w_id, no_d_id, no_o_id FROM new_order EXCEPT SELECT o_w_id, o_d_id, o_id FROM orders WHERE o_carrier_id IS NULL;
SELECT o.o_id, o.o_d_id, o.o_w_id, ol.ol_number FROM orders o FULL JOIN order_line ol ON ol.ol_o_id = o.o_id AND ol.ol_d_id = o.o_d_id AND ol.ol_w_id = o.o_w_id WHERE o.o_id IS NULL OR ol.ol_number IS NULL OR (o.o_carrier_id IS NULL) <> (ol.ol_delivery_d IS NULL);
SELECT c_w_id, c_d_id, c_id, c_balance FROM customer WHERE c_balance <> (SELECT coalesce(sum(ol_amount), 0) FROM orders JOIN order_line ON ol_w_id = o_w_id AND ol_d_id = o_d_id AND ol_o_id = o_id WHERE o_w_id = c_w_id AND o_d_id = c_d_id AND o_c_id = c_id AND ol_delivery_d IS NOT NULL) - (SELECT coalesce(sum(h_amount), 0) FROM history WHERE h_c_w_id = c_w_id AND h_c_d_id = c_d_id AND h_c_id = c_id);
SELECT d_w_id, d_id FROM district WHERE d_ytd <> (SELECT sum(h_amount) FROM history WHERE h_w_id = d_w_id AND h_d_id = d_id);
-- Customers.
SELECT c.c_w_id, c.c_d_id, c.c_id, c.c_last, count(o.o_id) AS orders, max(o.o_entry_d) AS last FROM customer c LEFT JOIN orders o ON o.o_w_id = c.c_w_id AND o.o_d_id = c.c_d_id AND o.o_c_id = c.c_id GROUP BY c.c_w_id, c.c_d_id, c.c_id;
SELECT c_w_id, c_d_id, c_id, (SELECT o_id FROM orders WHERE o_w_id = c_w_id AND o_d_id = c_d_id AND o_c_id = c_id ORDER BY o_id DESC LIMIT 1) AS last_order FROM customer;
SELECT c_credit, count(*) AS n, sum(c_balance) AS balance, avg(c_discount) AS discount FROM customer GROUP BY c_credit HAVING count(*) > 1;
SELECT c.c_last, c.c_w_id, sum(ol.ol_amount) * (1 - c.c_discount) AS spent FROM customer c JOIN orders o ON (o.o_w_id, o.o_d_id, o.o_c_id) = (c.c_w_id, c.c_d_id, c.c_id) JOIN order_line ol ON (ol.ol_w_id, ol.ol_d_id, ol.ol_o_id) = (o.o_w_id, o.o_d_id, o.o_id) GROUP BY c.c_w_id, c.c_d_id, c.c_id HAVING sum(ol.ol_amount) > 10;
SELECT c_last, c_w_id, c_d_id FROM customer WHERE (c_w_id, c_d_id, c_id) NOT IN (SELECT o_w_id, o_d_id, o_c_id FROM orders);
SELECT c_last FROM customer WHERE c_credit = 'BC' UNION SELECT c_last FROM customer c WHERE EXISTS (SELECT 1 FROM history WHERE h_c_id = c.c_id AND h_c_w_id = c.c_w_id AND h_w_id <> c.c_w_id);
SELECT c_w_id, c_d_id, c_id, CASE WHEN c_balance > 0 THEN 'owes' WHEN EXISTS (SELECT 1 FROM new_order JOIN orders ON o_w_id = no_w_id AND o_d_id = no_d_id AND o_id = no_o_id WHERE o_w_id = c_w_id AND o_d_id = c_d_id AND o_c_id = c_id) THEN 'waits' ELSE 'idle' END AS state FROM customer;
SELECT state, count(*) AS n FROM (SELECT CASE WHEN c_payment_cnt > 1 THEN 'often' WHEN c_payment_cnt = 1 THEN 'once' END AS state FROM customer) GROUP BY state;
SELECT a.c_last, a.c_w_id AS w1, b.c_w_id AS w2 FROM customer a JOIN customer b ON a.c_last = b.c_last AND a.c_w_id < b.c_w_id AND a.c_balance > b.c_balance;
SELECT h_date, count(*) AS payments, sum(h_amount) AS amount, count(*) FILTER (WHERE h_w_id <> h_c_w_id) AS remote FROM history GROUP BY h_date;
SELECT c.c_w_id, c.c_id, group_concat(DISTINCT i.i_name ORDER BY i.i_name) AS bought FROM customer c LEFT JOIN orders o ON o.o_c_id = c.c_id AND o.o_d_id = c.c_d_id AND o.o_w_id = c.c_w_id LEFT JOIN order_line ol ON ol.ol_o_id = o.o_id AND ol.ol_d_id = o.o_d_id AND ol.ol_w_id = o.o_w_id LEFT JOIN item i ON i.i_id = ol.ol_i_id GROUP BY c.c_w_id, c.c_id;
-- Orders and their lines.
SELECT substr(o_entry_d, 1, 10) AS day, count(*) AS orders, sum(o_ol_cnt) AS lines, count(o_carrier_id) AS delivered FROM orders GROUP BY day;
SELECT o.o_w_id, o.o_d_id, o.o_id, json_group_array(json_object('item', i.i_name, 'n', ol.ol_quantity) ORDER BY ol.ol_number) AS lines FROM orders o JOIN order_line ol ON ol.ol_w_id = o.o_w_id AND ol.ol_d_id = o.o_d_id AND ol.ol_o_id = o.o_id LEFT JOIN item i ON i.i_id = ol.ol_i_id GROUP BY o.o_w_id, o.o_d_id, o.o_id;
SELECT o_w_id, o_d_id, o_id FROM orders WHERE (SELECT sum(ol_amount) FROM order_line WHERE ol_w_id = o_w_id AND ol_d_id = o_d_id AND ol_o_id = o_id) > (SELECT avg(t) FROM (SELECT sum(ol_amount) AS t FROM order_line GROUP BY ol_w_id, ol_d_id, ol_o_id));
SELECT o_w_id, o_d_id, o_id, o_carrier_id, CAST(julianday(max(ol_delivery_d)) - julianday(o_entry_d) AS INTEGER) AS days FROM orders JOIN order_line ON ol_w_id = o_w_id AND ol_d_id = o_d_id AND ol_o_id = o_id GROUP BY o_w_id, o_d_id, o_id HAVING count(ol_delivery_d) = count(*);
SELECT o_w_id, count(*) AS orders, count(*) FILTER (WHERE EXISTS (SELECT 1 FROM order_line WHERE ol_w_id = o_w_id AND ol_d_id = o_d_id AND ol_o_id = o_id AND ol_supply_w_id <> ol_w_id)) AS remote FROM orders GROUP BY o_w_id;
SELECT ol_w_id, ol_d_id, max(ol_o_id) AS o, ol_amount FROM order_line GROUP BY ol_w_id, ol_d_id HAVING count(*) = 1;
WITH lines AS (SELECT ol_w_id AS w, ol_d_id AS d, ol_o_id AS o, sum(ol_amount) AS t FROM order_line GROUP BY 1, 2, 3) SELECT l.w, l.d, l.o, l.t, l.t / m.t AS share FROM lines l JOIN (SELECT w, sum(t) AS t FROM lines GROUP BY w) m ON m.w = l.w;
SELECT coalesce(o.o_w_id, n.no_w_id) AS w, count(o.o_id) AS entered, count(n.no_o_id) AS waiting FROM orders o FULL JOIN new_order n ON n.no_w_id = o.o_w_id AND n.no_d_id = o.o_d_id AND n.no_o_id = o.o_id GROUP BY 1;
-- Items and stock.
SELECT i.i_id, i.i_name, sum(ol.ol_quantity) AS sold, sum(ol.ol_amount) AS amount FROM item i LEFT JOIN order_line ol ON ol.ol_i_id = i.i_id GROUP BY i.i_id;
SELECT i_id FROM item WHERE i_id NOT IN (SELECT ol_i_id FROM order_line);
SELECT i_id FROM item EXCEPT SELECT s_i_id FROM stock WHERE s_quantity > 0;
SELECT s_w_id, count(*) AS low FROM stock WHERE s_quantity < 15 AND s_i_id IN (SELECT ol_i_id FROM order_line JOIN district ON d_w_id = ol_w_id AND d_id = ol_d_id WHERE ol_o_id BETWEEN d_next_o_id - 20 AND d_next_o_id - 1) GROUP BY s_w_id;
SELECT i.i_name, w.w_name, s.s_quantity FROM item i CROSS JOIN warehouse w LEFT JOIN stock s ON s.s_i_id = i.i_id AND s.s_w_id = w.w_id WHERE coalesce(s.s_quantity, 0) < 12;
SELECT s_i_id, sum(s_quantity) AS here, (SELECT sum(ol_quantity) FROM order_line WHERE ol_i_id = s_i_id AND ol_delivery_d IS NULL) AS promised FROM stock GROUP BY s_i_id HAVING sum(s_quantity) > 20;
SELECT w_id, (SELECT i_name FROM item JOIN order_line ON ol_i_id = i_id WHERE ol_w_id = w_id GROUP BY i_id ORDER BY sum(ol_quantity) DESC, i_id LIMIT 1) AS best FROM warehouse;
SELECT i_name, i_price FROM item WHERE i_price > (SELECT avg(i_price) FROM item) AND EXISTS (SELECT 1 FROM stock WHERE s_i_id = i_id AND s_order_cnt > 0);
SELECT s.s_w_id, i.i_data LIKE '%ORIGINAL%' AS brand, count(*) AS n, sum(s.s_quantity * i.i_price) AS value FROM stock s JOIN item i ON i.i_id = s.s_i_id GROUP BY 1, 2;
SELECT l.i_id, l.n AS north, r.n AS south FROM (SELECT ol_i_id AS i_id, sum(ol_quantity) AS n FROM order_line WHERE ol_supply_w_id = 1 GROUP BY 1) l FULL JOIN (SELECT ol_i_id AS i_id, sum(ol_quantity) AS n FROM order_line WHERE ol_supply_w_id = 2 GROUP BY 1) r ON l.i_id = r.i_id;
-- Views over views: the top of the dashboard.
CREATE MATERIALIZED VIEW order_total AS SELECT ol_w_id AS w, ol_d_id AS d, ol_o_id AS o, sum(ol_amount) AS amount, count(*) AS lines FROM order_line GROUP BY ol_w_id, ol_d_id, ol_o_id;
CREATE MATERIALIZED VIEW district_total AS SELECT d.d_w_id AS w, d.d_id AS d, count(t.o) AS orders, coalesce(sum(t.amount), 0) AS amount FROM district d LEFT JOIN order_total t ON t.w = d.d_w_id AND t.d = d.d_id GROUP BY d.d_w_id, d.d_id;
CREATE MATERIALIZED VIEW warehouse_total AS SELECT w.w_id, w.w_name, sum(t.orders) AS orders, sum(t.amount) AS amount, group_concat(t.d || ':' || t.orders ORDER BY t.d) AS districts FROM warehouse w LEFT JOIN district_total t ON t.w = w.w_id GROUP BY w.w_id;
CREATE MATERIALIZED VIEW above_average AS SELECT w, d FROM district_total WHERE amount > (SELECT avg(amount) FROM district_total);
CREATE MATERIALIZED VIEW overview AS SELECT (SELECT sum(amount) FROM warehouse_total) AS amount, (SELECT count(*) FROM above_average) AS above, (SELECT w_name FROM warehouse_total ORDER BY amount DESC, w_id LIMIT 1) AS best, (SELECT count(*) FROM new_order) AS waiting, EXISTS (SELECT 1 FROM stock WHERE s_quantity < 1) AS out_of_stock;

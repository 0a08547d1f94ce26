-- New-Order: two lines, one of them from the other warehouse.
BEGIN;
UPDATE district SET d_next_o_id = d_next_o_id + 1 WHERE d_w_id = 1 AND d_id = 1;
INSERT INTO orders VALUES (3, 1, 1, 3, '2026-01-05 08:00:00', NULL, 2);
INSERT INTO new_order VALUES (3, 1, 1);
UPDATE stock SET s_quantity = s_quantity - 5, s_ytd = s_ytd + 5, s_order_cnt = s_order_cnt + 1 WHERE s_i_id = 1 AND s_w_id = 1;
INSERT INTO order_line SELECT 3, 1, 1, 1, i_id, 1, NULL, 5, 5 * i_price FROM item WHERE i_id = 1;
UPDATE stock SET s_quantity = s_quantity - 9 + CASE WHEN s_quantity < 19 THEN 91 ELSE 0 END, s_ytd = s_ytd + 9, s_order_cnt = s_order_cnt + 1 WHERE s_i_id = 4 AND s_w_id = 2;
INSERT INTO order_line SELECT 3, 1, 1, 2, i_id, 2, NULL, 9, 9 * i_price FROM item WHERE i_id = 4;
COMMIT;
-- New-Order that names an item which does not exist: rolled back, as one in a hundred is.
BEGIN;
UPDATE district SET d_next_o_id = d_next_o_id + 1 WHERE d_w_id = 2 AND d_id = 1;
INSERT INTO orders VALUES (2, 1, 2, 1, '2026-01-05 08:30:00', NULL, 2);
INSERT INTO new_order VALUES (2, 1, 2);
INSERT INTO order_line VALUES (2, 1, 2, 1, 2, 2, NULL, 3, 4.5);
-- error: FOREIGN KEY constraint failed
INSERT INTO stock VALUES (99, 2, 1, 1, 1);
ROLLBACK;
-- Payment, of a customer with bad credit through another warehouse.
BEGIN;
UPDATE warehouse SET w_ytd = w_ytd + 55.5 WHERE w_id = 2;
UPDATE district SET d_ytd = d_ytd + 55.5 WHERE d_w_id = 2 AND d_id = 2;
UPDATE customer SET c_balance = c_balance - 55.5, c_ytd_payment = c_ytd_payment + 55.5, c_payment_cnt = c_payment_cnt + 1 WHERE c_w_id = 1 AND c_d_id = 1 AND c_id = 2;
INSERT INTO history VALUES (2, 1, 1, 2, 2, '2026-01-05', 55.5);
COMMIT;
-- Delivery: the oldest new order of each district of a warehouse.
BEGIN;
UPDATE orders SET o_carrier_id = 3 WHERE o_w_id = 1 AND (o_d_id, o_id) IN (SELECT no_d_id, min(no_o_id) FROM new_order WHERE no_w_id = 1 GROUP BY no_d_id);
UPDATE order_line SET ol_delivery_d = '2026-01-06' WHERE ol_w_id = 1 AND (ol_d_id, ol_o_id) IN (SELECT no_d_id, min(no_o_id) FROM new_order WHERE no_w_id = 1 GROUP BY no_d_id);
SAVEPOINT customers;
UPDATE customer SET c_balance = c_balance + 1000, c_delivery_cnt = c_delivery_cnt + 1 WHERE c_w_id = 1;
ROLLBACK TO customers;
UPDATE customer SET c_balance = c_balance + (SELECT sum(ol_amount) FROM order_line WHERE ol_w_id = c_w_id AND ol_d_id = c_d_id AND ol_delivery_d = '2026-01-06'), c_delivery_cnt = c_delivery_cnt + 1 WHERE c_w_id = 1 AND (c_d_id, c_id) IN (SELECT o_d_id, o_c_id FROM orders WHERE o_carrier_id = 3);
DELETE FROM new_order WHERE no_w_id = 1 AND (no_d_id, no_o_id) IN (SELECT no_d_id, min(no_o_id) FROM new_order WHERE no_w_id = 1 GROUP BY no_d_id);
COMMIT;
-- Stock: counted again, written anew, an item withdrawn and brought back, a price changed.
REPLACE INTO stock VALUES (1, 1, 0, 0, 0), (5, 1, 3, 0, 0);
UPDATE item SET i_price = i_price * 1.1, i_name = upper(i_name) WHERE i_id IN (1, 3);
BEGIN;
DELETE FROM stock WHERE s_i_id = 2;
DELETE FROM item WHERE i_id = 2;
INSERT INTO item VALUES (2, 'bolt', 1.75, 'new');
INSERT INTO stock VALUES (2, 1, 4, 0, 0) ON CONFLICT DO NOTHING;
COMMIT;
INSERT INTO stock VALUES (2, 1, 6, 0, 0) ON CONFLICT DO UPDATE SET s_quantity = s_quantity + excluded.s_quantity;
-- Customers come and go, and an order is entered twice.
INSERT INTO customer VALUES (4, 2, 2, 'EING', 'GC', 0, 0, 0, 0, NULL);
INSERT INTO history VALUES (4, 2, 2, 2, 2, '2026-01-07', 0), (4, 2, 2, 2, 2, '2026-01-07', 0);
INSERT OR REPLACE INTO orders VALUES (1, 1, 2, 3, '2026-01-03 09:00:00', NULL, 1), (1, 2, 2, 4, NULL, NULL, 0);
DELETE FROM customer WHERE c_id = 3 AND c_w_id = 2;
DELETE FROM history WHERE h_amount < 20;
-- The year is closed: all orders go, in a transaction that is taken back, and then really.
BEGIN;
DELETE FROM order_line;
DELETE FROM orders;
ROLLBACK;
DELETE FROM order_line WHERE ol_delivery_d IS NOT NULL;
DELETE FROM new_order;
-- reopen
DELETE FROM orders;
DELETE FROM order_line;
BEGIN;
INSERT INTO orders SELECT 9, d_id, d_w_id, 1, '2026-02-01 00:00:00', NULL, 1 FROM district;
INSERT INTO new_order SELECT o_id, o_d_id, o_w_id FROM orders;
INSERT INTO order_line SELECT o_id, o_d_id, o_w_id, 1, 3, o_w_id, NULL, 10, 200 FROM orders;
COMMIT;

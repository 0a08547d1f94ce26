package simulate

import (
	"fmt"
	"math/rand/v2"
)

// write is a transaction on one peer, which may end in ROLLBACK, or take a part of itself back.
func (w *world) write() error {
	p := w.any()
	end := "COMMIT"
	if w.r.IntN(8) == 0 {
		end = "ROLLBACK"
	}
	texts := []string{"BEGIN"}
	for range 1 + w.r.IntN(5) {
		if w.r.IntN(8) == 0 {
			texts = append(texts, "SAVEPOINT part", p.statement(w.r), "ROLLBACK TO part", "RELEASE part")
		}
		texts = append(texts, p.statement(w.r))
	}
	for _, text := range append(texts, end) {
		if err := p.Exec(text); err != nil {
			return fmt.Errorf("%v: %s: %w", p, text, err)
		}
	}
	w.trace("%v: %q", p, append(texts, end))
	w.report.Transactions++
	return nil
}

// statement is a random write that can't fail. Keys are few, so that peers meet.
func (p *peer) statement(r *rand.Rand) string {
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	customer, order := fmt.Sprint(1+r.IntN(6)), fmt.Sprintf("'o%d'", r.IntN(8))
	region := pick("'north'", "'south'", "NULL", "'east'")
	amount, product := fmt.Sprint(r.IntN(12)), pick("x'01'", "x'02ff'", "x''")
	kinds := []string{
		fmt.Sprintf("INSERT OR REPLACE INTO customer(id, name, region) VALUES(%s, 'c%d', %s)", customer, r.IntN(9), region),
		fmt.Sprintf("INSERT OR IGNORE INTO customer(id, name) VALUES(%s, NULL)", customer),
		fmt.Sprintf("UPDATE customer SET region = %s WHERE id = %s", region, customer),
		fmt.Sprintf("DELETE FROM customer WHERE id = %s", customer),
		fmt.Sprintf("UPDATE OR IGNORE customer SET id = %d WHERE id = %s", 1+r.IntN(6), customer),
		fmt.Sprintf("INSERT INTO orders(id, customer, amount) VALUES(%s, %s, %s) ON CONFLICT(id) DO UPDATE SET amount = excluded.amount",
			order, customer, amount),
		fmt.Sprintf("INSERT OR REPLACE INTO orders(id, customer, amount) VALUES(%s, %s, %s)", order, customer, amount),
		fmt.Sprintf("UPDATE orders SET customer = %s, amount = amount + 1 WHERE id = %s", customer, order),
		fmt.Sprintf("UPDATE orders SET amount = %s WHERE customer = %s", amount, customer),
		fmt.Sprintf("DELETE FROM orders WHERE id = %s", order),
		fmt.Sprintf("DELETE FROM orders WHERE amount = %s", amount),
		fmt.Sprintf("INSERT OR REPLACE INTO line(order_id, n, product, quantity) VALUES(%s, %d, %s, %d)", order, r.IntN(3), product, r.IntN(5)),
		fmt.Sprintf("INSERT OR IGNORE INTO line(order_id, n) VALUES(%s, %d)", order, r.IntN(3)),
		fmt.Sprintf("UPDATE line SET quantity = %d WHERE order_id = %s", r.IntN(5), order),
		fmt.Sprintf("UPDATE OR IGNORE line SET order_id = 'o%d' WHERE order_id = %s AND n = %d", r.IntN(8), order, r.IntN(3)),
		fmt.Sprintf("DELETE FROM line WHERE order_id = %s AND n = %d", order, r.IntN(3)),
		fmt.Sprintf("INSERT OR IGNORE INTO tag VALUES('k%d', %s)", r.IntN(3), customer),
		fmt.Sprintf("INSERT OR REPLACE INTO tag VALUES('k%d', %s)", r.IntN(3), customer),
		fmt.Sprintf("DELETE FROM tag WHERE id = %s", customer),
		fmt.Sprintf("UPDATE OR IGNORE tag SET kind = 'k%d' WHERE id = %s", r.IntN(3), customer),
	}
	event := fmt.Sprintf("INSERT OR IGNORE INTO events VALUES('01J%023d', 'k%d', %s)", r.Uint64N(1e18), r.IntN(3), amount)
	kinds = append(kinds, event, event, event,
		fmt.Sprintf("INSERT OR REPLACE INTO memo VALUES(%s, 'm%d')", customer, r.IntN(9)),
		fmt.Sprintf("UPDATE memo SET text = 'u%d' WHERE id = %s", r.IntN(9), customer),
		fmt.Sprintf("DELETE FROM memo WHERE id = %s", customer))
	if p.version >= 2 {
		kinds = append(kinds, fmt.Sprintf("UPDATE orders SET note = 'n%d' WHERE id = %s", r.IntN(9), order))
	}
	if p.version >= 3 {
		kinds = append(kinds, fmt.Sprintf("UPDATE line SET price = %d WHERE order_id = %s", r.IntN(9), order))
	}
	if p.version >= 4 {
		kinds = append(kinds, fmt.Sprintf("INSERT OR REPLACE INTO stock(product, n) VALUES(%s, %s)", product, amount),
			fmt.Sprintf("UPDATE stock SET n = n - 1 WHERE product = %s", product),
			fmt.Sprintf("DELETE FROM stock WHERE product = %s", product))
	}
	if p.version >= 5 {
		kinds = append(kinds, fmt.Sprintf("UPDATE customer SET vip = %d WHERE id = %s", r.IntN(2), customer))
	}
	if p.version < 6 {
		kinds = append(kinds, fmt.Sprintf("UPDATE orders SET state = 's%d' WHERE id = %s", r.IntN(3), order))
	}
	return kinds[r.IntN(len(kinds))]
}

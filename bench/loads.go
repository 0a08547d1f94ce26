package main

import (
	"database/sql"
	"fmt"
)

const customers = 1000

// schema has amounts that are exact in binary, so that hand-written triggers, which add floats, can be compared.
const schema = `
CREATE TABLE orders(id INTEGER PRIMARY KEY, customer INT, region TEXT, amount REAL);
CREATE TABLE customers(id INTEGER PRIMARY KEY, segment TEXT);
WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t WHERE i < 1000)
INSERT INTO customers SELECT i, 'segment' || (i % 10) FROM t;`

// variant is a view beside the triggers that one would write by hand instead.
type variant struct{ name, query, triggers string }

var variants = []variant{
	{"V1", `SELECT region, count(*) AS n, sum(amount) AS total FROM orders GROUP BY region`, `
CREATE TABLE summary(region TEXT PRIMARY KEY, n INT, total REAL) WITHOUT ROWID;
INSERT INTO summary SELECT region, count(*), sum(amount) FROM orders GROUP BY region;
CREATE TRIGGER o_ai AFTER INSERT ON orders BEGIN
  INSERT INTO summary VALUES(NEW.region, 1, NEW.amount) ON CONFLICT DO UPDATE SET n = n + 1, total = total + excluded.total;
END;
CREATE TRIGGER o_ad AFTER DELETE ON orders BEGIN
  UPDATE summary SET n = n - 1, total = total - OLD.amount WHERE region = OLD.region;
  DELETE FROM summary WHERE region = OLD.region AND n = 0;
END;
CREATE TRIGGER o_au AFTER UPDATE OF region, amount ON orders BEGIN
  UPDATE summary SET n = n - 1, total = total - OLD.amount WHERE region = OLD.region;
  DELETE FROM summary WHERE region = OLD.region AND n = 0;
  INSERT INTO summary VALUES(NEW.region, 1, NEW.amount) ON CONFLICT DO UPDATE SET n = n + 1, total = total + excluded.total;
END;`},
	{"V2", `SELECT segment, count(*) AS n, sum(amount) AS total FROM orders JOIN customers ON customer = customers.id GROUP BY segment`, `
CREATE TABLE summary(segment TEXT PRIMARY KEY, n INT, total REAL) WITHOUT ROWID;
INSERT INTO summary SELECT segment, count(*), sum(amount) FROM orders JOIN customers ON customer = customers.id GROUP BY segment;
CREATE INDEX orders_customer ON orders(customer);
CREATE TRIGGER o_ai AFTER INSERT ON orders BEGIN
  INSERT INTO summary SELECT segment, 1, NEW.amount FROM customers WHERE id = NEW.customer
    ON CONFLICT DO UPDATE SET n = n + 1, total = total + excluded.total;
END;
CREATE TRIGGER o_ad AFTER DELETE ON orders BEGIN
  UPDATE summary SET n = n - 1, total = total - OLD.amount WHERE segment = (SELECT segment FROM customers WHERE id = OLD.customer);
  DELETE FROM summary WHERE n = 0;
END;
CREATE TRIGGER o_au AFTER UPDATE OF customer, amount ON orders BEGIN
  UPDATE summary SET n = n - 1, total = total - OLD.amount WHERE segment = (SELECT segment FROM customers WHERE id = OLD.customer);
  DELETE FROM summary WHERE n = 0;
  INSERT INTO summary SELECT segment, 1, NEW.amount FROM customers WHERE id = NEW.customer
    ON CONFLICT DO UPDATE SET n = n + 1, total = total + excluded.total;
END;
CREATE TRIGGER c_ai AFTER INSERT ON customers BEGIN
  INSERT INTO summary SELECT NEW.segment, count(*), sum(amount) FROM orders WHERE customer = NEW.id HAVING count(*) > 0
    ON CONFLICT DO UPDATE SET n = n + excluded.n, total = total + excluded.total;
END;
CREATE TRIGGER c_ad AFTER DELETE ON customers BEGIN
  UPDATE summary SET n = n - (SELECT count(*) FROM orders WHERE customer = OLD.id),
    total = total - (SELECT total(amount) FROM orders WHERE customer = OLD.id) WHERE segment = OLD.segment;
  DELETE FROM summary WHERE n = 0;
END;
CREATE TRIGGER c_au AFTER UPDATE ON customers BEGIN
  UPDATE summary SET n = n - (SELECT count(*) FROM orders WHERE customer = OLD.id),
    total = total - (SELECT total(amount) FROM orders WHERE customer = OLD.id) WHERE segment = OLD.segment;
  DELETE FROM summary WHERE n = 0;
  INSERT INTO summary SELECT NEW.segment, count(*), sum(amount) FROM orders WHERE customer = NEW.id HAVING count(*) > 0
    ON CONFLICT DO UPDATE SET n = n + excluded.n, total = total + excluded.total;
END;`},
}

// load is one way of writing to the base tables. before prepares rows, untimed and before view or triggers exist.
type load struct {
	name   string
	before func(*sql.DB) error
	run    func(*sql.DB) error
}

func fill(n int) string {
	return fmt.Sprintf(`WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t WHERE i < %d)
INSERT INTO orders(customer, region, amount) SELECT i * 7919 %% %d + 1, 'region' || (i %% 10), i %% 1000 * 0.25 FROM t`, n, customers)
}

func filled(n int) func(*sql.DB) error {
	return func(db *sql.DB) error { _, err := db.Exec(fill(n)); return err }
}

const insertOrder = "INSERT INTO orders(customer, region, amount) VALUES(?, ?, ?)"

var loads = []load{
	{"100,000 rows in one statement", nil, filled(100000)},
	{"1,000 transactions of 100 rows", nil, func(db *sql.DB) error {
		ins, err := db.Prepare(insertOrder)
		if err != nil {
			return err
		}
		defer ins.Close()
		for t := range 1000 {
			tx, err := db.Begin()
			if err != nil {
				return err
			}
			s := tx.Stmt(ins)
			for i := range 100 {
				n := t*100 + i
				if _, err := s.Exec(n*7919%customers+1, fmt.Sprintf("region%d", n%10), float64(n%1000)*0.25); err != nil {
					return err
				}
			}
			if err := tx.Commit(); err != nil {
				return err
			}
		}
		return nil
	}},
	{"2,000 autocommit rows", filled(10000), func(db *sql.DB) error {
		ins, err := db.Prepare(insertOrder)
		if err != nil {
			return err
		}
		defer ins.Close()
		for n := range 2000 {
			if _, err := ins.Exec(n*7919%customers+1, fmt.Sprintf("region%d", n%10), float64(n%1000)*0.25); err != nil {
				return err
			}
		}
		return nil
	}},
	{"1,000 autocommit updates", filled(10000), func(db *sql.DB) error {
		up, err := db.Prepare("UPDATE orders SET amount = amount + ? WHERE id = ?")
		if err != nil {
			return err
		}
		defer up.Close()
		for n := range 1000 {
			if _, err := up.Exec(0.25, n*7919%10000+1); err != nil {
				return err
			}
		}
		return nil
	}},
	{"10% of 100,000 rows updated in one statement", filled(100000), func(db *sql.DB) error {
		_, err := db.Exec("UPDATE orders SET amount = amount + 0.25 WHERE id % 10 = 0")
		return err
	}},
}

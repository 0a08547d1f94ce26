package ext_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDDLRolledBack: whatever is made, dropped, renamed or refreshed inside a transaction is as before once rolled back.
func TestDDLRolledBack(t *testing.T) {
	changes := map[string]string{
		"create":              "CREATE MATERIALIZED VIEW v AS SELECT customer FROM orders",
		"create and write":    "CREATE MATERIALIZED VIEW v AS SELECT DISTINCT customer FROM orders; INSERT INTO orders(customer) VALUES(77)",
		"write and create":    "INSERT INTO orders(customer) VALUES(77); CREATE MATERIALIZED VIEW v AS SELECT customer, amount FROM orders; DELETE FROM orders",
		"create on a view":    "CREATE MATERIALIZED VIEW v AS SELECT total FROM regions; DELETE FROM orders WHERE id = 1",
		"drop":                "DROP MATERIALIZED VIEW segments",
		"drop all":            "DROP MATERIALIZED VIEW sizes; DROP MATERIALIZED VIEW regions; DROP MATERIALIZED VIEW segments; DROP MATERIALIZED VIEW large; DELETE FROM orders",
		"drop and create":     "DROP MATERIALIZED VIEW segments; CREATE MATERIALIZED VIEW segments AS SELECT segment FROM customers; DELETE FROM customers",
		"refresh":             "DELETE FROM orders WHERE id = 2; REFRESH MATERIALIZED VIEW regions; INSERT INTO orders(region) VALUES('x')",
		"rename":              "ALTER MATERIALIZED VIEW segments RENAME TO parts; INSERT INTO orders(customer) VALUES(2)",
		"index":               "CREATE INDEX by_total ON regions(total); UPDATE orders SET amount = 1",
		"more columns":        "CREATE MATERIALIZED VIEW v AS SELECT * FROM customers JOIN orders; INSERT INTO customers VALUES(8, 'z')",
		"base recreated":      "DROP TABLE orders; CREATE TABLE orders(id INTEGER PRIMARY KEY, customer INT, region TEXT, amount REAL); INSERT INTO orders(region) VALUES('new')",
		"base column added":   "ALTER TABLE orders ADD COLUMN note DEFAULT 'none'; INSERT INTO orders(note, region) VALUES('y', 'z')",
		"base renamed":        "ALTER TABLE customers RENAME TO clients; INSERT INTO clients VALUES(9, 'i')",
		"base column renamed": "ALTER TABLE customers RENAME COLUMN segment TO part; INSERT INTO customers VALUES(9, 'i')",
		"user trigger":        "CREATE TRIGGER u AFTER INSERT ON orders BEGIN UPDATE orders SET amount = 9 WHERE id = NEW.id; END; INSERT INTO orders(region) VALUES('t')",
		"unique index":        "CREATE UNIQUE INDEX one ON orders(id, region); INSERT OR REPLACE INTO orders VALUES(1, 1, 'u', 2)",
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			for _, end := range []struct{ begin, rollback string }{
				{"BEGIN", "ROLLBACK"},
				{"BEGIN; INSERT INTO orders(region, amount) VALUES('before', 3); SAVEPOINT s", "ROLLBACK TO s; ROLLBACK"},
				{"SAVEPOINT s", "ROLLBACK TO s; RELEASE s"},
				{"SAVEPOINT o; DELETE FROM orders WHERE id = 3; SAVEPOINT s; INSERT INTO orders(region) VALUES('i')", "ROLLBACK TO s; ROLLBACK"},
			} {
				for _, reading := range []bool{true, false} {
					if testing.Short() && !reading {
						continue
					}
					s := connect(t, ":memory:")
					s.run(orders + orderViews)
					before, rows := s.schema(), s.ask("SELECT * FROM regions")
					s.run(end.begin)
					s.run(change)
					if reading {
						_, _ = s.tryAsk("SELECT * FROM regions")
						_, _ = s.tryAsk("SELECT * FROM v")
					}
					s.run(end.rollback)
					require.Equal(t, before, s.schema())
					require.Equal(t, rows, s.ask("SELECT * FROM regions"))
					s.right()
					s.run("INSERT INTO orders(customer, region, amount) VALUES(2, 'after', 4); UPDATE customers SET segment = segment || '!'; DELETE FROM orders WHERE id = 1")
					s.right()
				}
			}
		})
	}
}

// TestDDLCommitted is the same with a savepoint that is taken back after the change, and a commit.
func TestDDLCommitted(t *testing.T) {
	changes := map[string]string{
		"create":          "CREATE MATERIALIZED VIEW v AS SELECT customer, count(*) AS n FROM orders GROUP BY customer",
		"drop":            "DROP MATERIALIZED VIEW segments",
		"drop and create": "DROP MATERIALIZED VIEW segments; CREATE MATERIALIZED VIEW segments AS SELECT segment FROM customers",
		"refresh":         "REFRESH MATERIALIZED VIEW regions",
		"rename":          "ALTER MATERIALIZED VIEW segments RENAME TO parts",
		"index":           "CREATE INDEX by_total ON regions(total)",
		"user trigger":    "CREATE TRIGGER u AFTER INSERT ON orders BEGIN UPDATE orders SET amount = 9 WHERE id = NEW.id; END",
		"unique index":    "CREATE UNIQUE INDEX one ON orders(region, amount)",
		"column added":    "ALTER TABLE orders ADD COLUMN note DEFAULT 'none'",
		"another table":   "CREATE TABLE aside(a); INSERT INTO aside VALUES(1)",
	}
	const before, after = "INSERT INTO orders(customer, region, amount) VALUES(1, 'one', 1.5)", "INSERT INTO orders(customer, region, amount) VALUES(2, 'two', 2.5); UPDATE orders SET region = 'n' WHERE id = 2"
	const replace = "INSERT OR REPLACE INTO orders(id, customer, region, amount) VALUES(2, 2, 'two', 2.5), (1, 2, 'n', 8)"
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			for _, script := range [][]string{
				{"BEGIN", before, change, after, "COMMIT"},
				{"BEGIN", before, change, "SAVEPOINT s", after, "ROLLBACK TO s", after, "COMMIT"},
				{"BEGIN", before, "SAVEPOINT s", change, after, "RELEASE s", replace, "COMMIT"},
				{"SAVEPOINT s", before, change, "SAVEPOINT r", after, "ROLLBACK TO r", replace, "RELEASE s"},
				{"BEGIN", change, before, "SAVEPOINT s", "ROLLBACK TO s", after, "COMMIT", replace},
				{before, change, after, replace},
			} {
				for _, reading := range []bool{true, false} {
					if testing.Short() && !reading {
						continue
					}
					s := connect(t, ":memory:")
					s.run(orders + orderViews)
					for _, statement := range script {
						s.run(statement)
						if reading {
							s.right()
						}
					}
					s.right()
					s.run("UPDATE orders SET amount = amount + 1; DELETE FROM orders WHERE id = 1")
					s.right()
				}
			}
		})
	}
}

// TestFailedCreate: a CREATE that fails leaves nothing behind.
func TestFailedCreate(t *testing.T) {
	for _, first := range []string{"", orderViews} {
		s := connect(t, file(t))
		s.run(orders + first)
		s.run("CREATE TABLE docs(j); INSERT INTO docs VALUES('{bad'); CREATE VIEW plain AS SELECT 1; CREATE INDEX idx ON orders(region); CREATE TEMP TABLE mine(a)")
		before := s.schema()
		for statement, want := range map[string]string{
			"CREATE MATERIALIZED VIEW v AS SELECT nowhat FROM orders":                 "no such column",
			"CREATE MATERIALIZED VIEW v AS SELECT * FROM nowhere":                     "no such table",
			"CREATE MATERIALIZED VIEW v AS SELECT region FRM orders":                  "syntax error",
			"CREATE MATERIALIZED VIEW v AS SELECT random() FROM orders":               "random",
			"CREATE MATERIALIZED VIEW v AS SELECT ?1 FROM orders":                     "parameter",
			"CREATE MATERIALIZED VIEW v AS SELECT a FROM temp.mine":                   "temp",
			"CREATE MATERIALIZED VIEW v AS SELECT a FROM mine":                        "temp",
			"CREATE MATERIALIZED VIEW orders AS SELECT region FROM orders":            "already",
			"CREATE MATERIALIZED VIEW plain AS SELECT region FROM orders":             "already",
			"CREATE MATERIALIZED VIEW idx AS SELECT region FROM orders":               "already",
			"CREATE MATERIALIZED VIEW __internal_dbsp_x AS SELECT region FROM orders": "reserved",
			"CREATE MATERIALIZED VIEW v(a, b) AS SELECT region FROM orders":           "column",
			"CREATE MATERIALIZED VIEW v AS SELECT region FROM v":                      "no such table",
			"CREATE MATERIALIZED VIEW v AS SELECT rowid FROM docs":                    "rowid",
		} {
			for _, wrap := range [][2]string{{"", ""}, {"BEGIN", "COMMIT"}, {"SAVEPOINT s", "RELEASE s"}} {
				if wrap[0] != "" {
					s.run(wrap[0])
				}
				s.fails(statement, want)
				if wrap[1] != "" {
					s.run(wrap[1])
				}
				require.Equal(t, before, s.schema(), statement)
			}
		}
		s.run("INSERT INTO orders(region) VALUES('x')")
		if first != "" {
			s.right()
		}
	}
}

// TestCreateOverBadRows: an expression that fails on rows is no obstacle to creating a view; the view says so and
// recovers.
func TestCreateOverBadRows(t *testing.T) {
	s := connect(t, file(t))
	s.run("CREATE TABLE docs(j); INSERT INTO docs VALUES('{bad')")
	_, err := s.ExecContext(t.Context(), "CREATE MATERIALIZED VIEW v AS SELECT json_extract(j, '$.a') AS a FROM docs")
	if err != nil {
		require.ErrorContains(t, err, "malformed JSON")
		require.Len(t, s.schema(), 1, "nothing is left behind")
		return
	}
	s.refuses("SELECT * FROM v", "malformed JSON")
	s.run(`UPDATE docs SET j = '{"a":1}'`)
	s.right()
}

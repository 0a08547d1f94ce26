package ext_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// armed asks whether a table has the trigger that sees what INSERT OR REPLACE removes.
const armed = "SELECT count(*) FROM sqlite_master WHERE name = '__internal_dbsp_on_bi_orders'"

// TestFirstReplace: a table gets its BEFORE INSERT trigger with the first REPLACE that is committed, and the views are
// right before, in that transaction at every point, and after.
func TestFirstReplace(t *testing.T) {
	const replace = "INSERT OR REPLACE INTO orders(id, customer, region, amount) VALUES(1, 2, 's', 70), (2, 2, 's', 80)"
	for name, script := range map[string][]string{
		"autocommit":   {replace},
		"transaction":  {"BEGIN", "INSERT INTO orders(region, amount) VALUES('n', 3)", replace, "DELETE FROM orders WHERE id = 1", "COMMIT"},
		"savepoints":   {"BEGIN", "SAVEPOINT a", replace, "ROLLBACK TO a", "UPDATE orders SET amount = 9 WHERE id = 3", replace, "RELEASE a", "COMMIT"},
		"rolled back":  {"BEGIN", replace, "ROLLBACK", "INSERT INTO orders(region) VALUES('x')", replace},
		"replace into": {"REPLACE INTO orders(id, region, amount) SELECT id, region || 'x', amount FROM orders"},
		"upper case":   {"insert or Replace\n--c\ninto orders(id, region) values (1, 'y')"},
		"by update":    {"UPDATE OR REPLACE orders SET id = 2 WHERE id = 1", replace},
		"of the schema": {"CREATE TABLE other(a UNIQUE ON CONFLICT REPLACE)", "INSERT INTO orders(region) VALUES('o')",
			"INSERT INTO orders(region) VALUES('p')", replace},
	} {
		for _, reading := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				f := file(t)
				s := connect(t, f)
				s.run(orders + orderViews)
				require.Equal(t, []string{"0"}, s.ask(armed))
				for _, statement := range script {
					s.run(statement)
					if reading {
						s.right()
					}
				}
				s.right()
				require.Equal(t, []string{"1"}, s.ask(armed))
				other := connect(t, f)
				other.run(replace)
				other.right()
				s.run("REPLACE INTO orders(id, region) VALUES(3, 'z')")
				s.right()
			})
		}
	}
}

// TestNoReplace: the function replace() is not the keyword.
func TestNoReplace(t *testing.T) {
	s := connect(t, ":memory:")
	s.run(orders + orderViews)
	s.run("UPDATE orders SET region = replace(region, 'n', 'm'); INSERT INTO orders(region) SELECT REPLACE (region, 'm', 'k') FROM orders")
	s.right()
	require.Equal(t, []string{"0"}, s.ask(armed))
}

package ext_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// internals are the tables in which the engine keeps a view.
var damagedViews = []string{"regions", "segments", "large", "sizes", "spread"}

const spread = "; CREATE MATERIALIZED VIEW spread AS SELECT region, count(DISTINCT customer) AS c, min(amount) AS least, avg(amount) AS mean FROM orders GROUP BY region"

// TestDamagedState: state that something else wrote over gives errors or wrong rows that mv_check lists, never a panic;
// REFRESH mends it.
func TestDamagedState(t *testing.T) {
	damages := []string{
		"DELETE FROM %s",
		"DELETE FROM %s WHERE random() %% 2",
		"UPDATE %s SET weight = weight + 1",
		"UPDATE %s SET weight = -5",
		"UPDATE %s SET weight = 'x'",
		"UPDATE %s SET weight = 9223372036854775807",
		"UPDATE %s SET value = x'00' WHERE value IS NOT NULL",
		"UPDATE %s SET value = randomblob(length(value)) WHERE value IS NOT NULL",
		"UPDATE %s SET value = 'text' WHERE value IS NOT NULL",
		"UPDATE %s SET value = NULL",
		"UPDATE %s SET value = substr(value, 1, length(value) / 2) WHERE value IS NOT NULL",
		"UPDATE %s SET value = CAST(value || x'0102' AS BLOB) WHERE value IS NOT NULL",
		"UPDATE OR IGNORE %s SET element = randomblob(9) WHERE element <> x''",
		"UPDATE OR IGNORE %s SET element = 7",
		"UPDATE OR IGNORE %s SET key = randomblob(5)",
		"UPDATE OR IGNORE %s SET operator_id = operator_id + 1",
		"INSERT INTO %s(operator_id, key, element, value, weight) VALUES(1, x'', x'ff', NULL, 3), (2, x'01', x'', x'', 1), (0, x'', x'', x'00', 1), (0, x'', x'aabb', NULL, 1), (99, 'k', 1.5, 2, 1)",
		"DROP TABLE %s",
		"out: DELETE FROM %s",
		"out: DELETE FROM %s WHERE random() %% 2",
		"out: UPDATE %s SET \"__internal_dbsp_weight\" = 3",
		"out: UPDATE %s SET \"__internal_dbsp_weight\" = 'x'",
		"out: UPDATE %s SET \"__internal_dbsp_weight\" = -1",
		"out: UPDATE OR IGNORE %s SET \"__internal_dbsp_key\" = randomblob(4)",
		"out: UPDATE OR IGNORE %s SET \"__internal_dbsp_key\" = 'text'",
		"out: UPDATE %s SET \"__internal_dbsp_state\" = NULL",
		"out: UPDATE %s SET \"__internal_dbsp_state\" = 12",
		"out: UPDATE %s SET \"__internal_dbsp_state\" = randomblob(1 + length(\"__internal_dbsp_state\"))",
		"out: UPDATE %s SET region = 'not it'",
		"out: DROP TABLE %s",
	}
	for i, damage := range damages {
		t.Run(damage, func(t *testing.T) {
			table, isOut := "__internal_dbsp_state_ops_", false
			damage, isOut := strings.CutPrefix(damage, "out: ")
			if isOut {
				table = "__internal_dbsp_state_out_"
			}
			for seed := range uint64(3) {
				if testing.Short() && seed != uint64(i%3) {
					continue
				}
				f := file(t)
				s := connect(t, f)
				s.run(orders + orderViews + spread)
				s.run("INSERT INTO orders(customer, region, amount) VALUES(3, 'n', 1e300), (3, 's', -1e300), (1, NULL, 0.25)")
				for _, v := range damagedViews {
					if _, err := s.ExecContext(t.Context(), fmt.Sprintf(damage, table+v)); err != nil {
						require.ErrorContains(t, err, "no such column")
					}
				}
				if seed == 1 {
					s = connect(t, f) // what another connection finds
				}
				r := rand.New(rand.NewPCG(seed, uint64(i)))
				// The user's writes go through; views may fail, and show wrong rows only where mv_check finds them.
				for range 4 {
					for _, statement := range []string{
						"INSERT INTO orders(customer, region, amount) VALUES(%d, 'n', 2)", "UPDATE orders SET amount = amount + %d", "DELETE FROM orders WHERE id %% 4 = %d",
						"UPDATE customers SET segment = segment || %d", "BEGIN; DELETE FROM orders WHERE id = %d; ROLLBACK",
					} {
						if r.IntN(2) == 0 {
							if strings.Contains(statement, "%d") {
								statement = fmt.Sprintf(statement, r.IntN(4))
							}
							s.run(statement)
						}
						for _, v := range damagedViews {
							if r.IntN(4) == 0 {
								s.found(v)
							}
						}
					}
				}
				for _, v := range damagedViews {
					s.found(v)
					if seed == 2 {
						s.run("DROP MATERIALIZED VIEW " + v)
					}
				}
				if seed == 2 {
					s.run(orderViews + spread)
				} else if strings.HasPrefix(damage, "DROP") {
					for _, v := range damagedViews {
						_, err := s.ExecContext(t.Context(), "REFRESH MATERIALIZED VIEW "+v)
						noPanic(t, err)
					}
					continue
				} else {
					for _, v := range damagedViews {
						s.run("REFRESH MATERIALIZED VIEW " + v)
					}
				}
				s.right()
				s.run("INSERT INTO orders(customer, region, amount) VALUES(1, 'n', 5)")
				s.right()
			}
		})
	}
}

// found reads a view that may be damaged: what it shows is right, or mv_check says that it is not, or it is an error.
func (s session) found(view string) {
	s.t.Helper()
	_, err := s.tryAsk("SELECT * FROM " + view)
	noPanic(s.t, err)
	_, cerr := s.tryAsk("SELECT * FROM mv_check('" + view + "')")
	noPanic(s.t, cerr)
	if err != nil {
		require.Error(s.t, cerr, "reading fails: %v", err)
	}
	_, err = s.tryAsk("SELECT * FROM mv_views")
	noPanic(s.t, err)
	_, err = s.tryAsk("SELECT * FROM mv_explain('" + view + "')")
	noPanic(s.t, err)
}

func noPanic(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		require.NotContains(t, err.Error(), "internal error")
		require.NotContains(t, err.Error(), "runtime error")
	}
}

// TestDamagedCatalog: garbage in the catalog gives errors; base tables stay writable or refuse with a reason; dropping
// the views is possible.
func TestDamagedCatalog(t *testing.T) {
	for _, damage := range []string{
		"DELETE FROM __internal_dbsp_views",
		"DELETE FROM __internal_dbsp_views WHERE name = 'regions'",
		"UPDATE __internal_dbsp_views SET columns = '['",
		"UPDATE __internal_dbsp_views SET columns = '[]'",
		"UPDATE __internal_dbsp_views SET columns = '[{\"name\":\"x\"}]' WHERE name = 'regions'",
		"UPDATE __internal_dbsp_views SET bases = '{}'",
		"UPDATE __internal_dbsp_views SET bases = '[]'",
		"UPDATE __internal_dbsp_views SET bases = replace(bases, 'orders', 'others')",
		"UPDATE __internal_dbsp_views SET sql = 'garbage', resolved = 'garbage'",
		"UPDATE __internal_dbsp_views SET resolved = 'SELECT 1'",
		"UPDATE __internal_dbsp_views SET fingerprint = 'x'",
		"UPDATE __internal_dbsp_views SET format = 99",
		"UPDATE __internal_dbsp_views SET format = 0",
		"UPDATE __internal_dbsp_views SET state = 'stale', reason = NULL",
		"UPDATE __internal_dbsp_views SET seq = 7",
		"UPDATE __internal_dbsp_views SET seq = -seq",
		"UPDATE __internal_dbsp_captures SET columns = '[]'",
		"UPDATE __internal_dbsp_captures SET columns = '[\"id\"]'",
		"UPDATE __internal_dbsp_captures SET columns = 'x'",
		"UPDATE __internal_dbsp_captures SET layout = layout + 10",
		"UPDATE __internal_dbsp_captures SET generation = 77",
		"UPDATE __internal_dbsp_captures SET tbl = 'nothere' WHERE tbl = 'orders'",
		"DELETE FROM __internal_dbsp_captures",
		"DROP TABLE __internal_dbsp_captures",
		"DROP TABLE __internal_dbsp_views",
		"DROP TRIGGER __internal_dbsp_on_ai_orders",
		"INSERT OR REPLACE INTO orders SELECT * FROM orders WHERE id = 1; DROP TRIGGER __internal_dbsp_on_bi_orders",
		"DROP TRIGGER __internal_dbsp_on_au_orders; CREATE TRIGGER __internal_dbsp_on_au_orders AFTER UPDATE ON orders BEGIN SELECT 1; END",
		"DROP TABLE __internal_dbsp_capture",
	} {
		t.Run(damage, func(t *testing.T) {
			for _, reopen := range []bool{false, true} {
				f := file(t)
				s := connect(t, f)
				s.run(orders + orderViews)
				s.run(damage)
				if reopen {
					s = connect(t, f)
				}
				for _, statement := range []string{"INSERT INTO orders(customer, region) VALUES(1, 'x')", "UPDATE orders SET amount = 1 WHERE id = 2",
					"INSERT OR REPLACE INTO orders(id, region) VALUES(1, 'r')", "BEGIN; DELETE FROM orders WHERE id = 3; SAVEPOINT s; DELETE FROM orders; ROLLBACK TO s; COMMIT"} {
					_, err := s.ExecContext(t.Context(), statement)
					noPanic(t, err)
					if err != nil && strings.HasPrefix(statement, "BEGIN") {
						_, _ = s.ExecContext(t.Context(), "ROLLBACK")
					}
					for _, v := range []string{"regions", "segments", "large", "sizes"} {
						s.found(v)
						// Where mv_check finds nothing, there must be nothing.
						if rows, err := s.tryAsk("SELECT * FROM mv_check('" + v + "')"); err == nil && len(rows) == 0 && !strings.Contains(damage, "resolved") {
							want := s.ask(map[string]string{
								"regions": "SELECT count(DISTINCT coalesce(region, 'null')) FROM orders", "large": "SELECT count(*) FROM orders WHERE amount > 5",
								"segments": "SELECT count(DISTINCT segment) FROM orders JOIN customers c ON c.id = customer", "sizes": "SELECT count(DISTINCT n) FROM (SELECT count(*) AS n FROM orders GROUP BY region)",
							}[v])
							require.Equal(t, want, s.ask("SELECT count(*) FROM "+v), "%s after %s", v, statement)
						}
					}
				}
				for _, v := range []string{"regions", "segments", "large", "sizes"} {
					_, err := s.ExecContext(t.Context(), "REFRESH MATERIALIZED VIEW "+v)
					noPanic(t, err)
				}
				for _, v := range []string{"sizes", "regions", "segments", "large"} {
					s.run("DROP TABLE " + v)
				}
				s.run("DELETE FROM orders")
			}
		})
	}
}

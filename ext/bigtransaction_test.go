package ext_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/sqlite-mv/sqlite-mv/ext"
	"github.com/stretchr/testify/require"
)

// bound sets the engine's memory bounds for connections opened during the test.
func bound(t *testing.T, log int, overlay int64) {
	l, o := ext.LogBound, ext.OverlayBound
	ext.LogBound, ext.OverlayBound = log, overlay
	t.Cleanup(func() { ext.LogBound, ext.OverlayBound = l, o })
}

// TestSpilledLog: a transaction far larger than the bounds stays right under ROLLBACK TO, reads and failed statements.
func TestSpilledLog(t *testing.T) {
	for _, b := range []struct {
		log     int
		overlay int64
	}{{100, 100}, {3000, 64 << 20}, {64 << 20, 1000}, {1, 5000}} {
		for seed := range uint64(4) {
			t.Run(fmt.Sprintf("log %d overlay %d seed %d", b.log, b.overlay, seed), func(t *testing.T) {
				bound(t, b.log, b.overlay)
				s := connect(t, file(t))
				s.run(orders + orderViews)
				r := rand.New(rand.NewPCG(seed, 3))
				many := func(n int) string {
					return fmt.Sprintf(`INSERT INTO orders(customer, region, amount) WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < %d)
						SELECT i %% 4, char(97 + i %% 7), i / 3.0 FROM n`, n)
				}
				depth := 0
				s.run("BEGIN")
				for range 30 {
					switch r.IntN(9) {
					case 0, 1:
						s.run(many(1 + r.IntN(200)))
					case 2:
						s.run(fmt.Sprintf("UPDATE orders SET amount = amount + 1, region = char(98 + id %% 5) WHERE id %% %d = 0", 1+r.IntN(5)))
					case 3:
						s.run(fmt.Sprintf("DELETE FROM orders WHERE id %% %d = 1", 2+r.IntN(5)))
					case 4:
						s.fails("INSERT INTO orders(id, region) SELECT id + 1000000, 'f' FROM orders UNION ALL SELECT 1000001, 'g' UNION ALL SELECT 1000001, 'h'", "UNIQUE")
					case 5:
						s.run(fmt.Sprintf("SAVEPOINT s%d", depth))
						depth++
					case 6:
						if depth > 0 {
							depth = r.IntN(depth)
							s.run(fmt.Sprintf("ROLLBACK TO s%d", depth))
							depth++
						}
					case 7:
						if depth > 0 {
							depth = r.IntN(depth)
							s.run(fmt.Sprintf("RELEASE s%d", depth))
						}
					case 8:
						s.right()
					}
				}
				s.run([]string{"COMMIT", "COMMIT", "ROLLBACK"}[r.IntN(3)])
				s.right()
				s.run("DELETE FROM orders WHERE id % 2")
				s.right()
			})
		}
	}
}

// TestSpilledLogAndBusy: state written early, and a COMMIT that is refused.
func TestSpilledLogAndBusy(t *testing.T) {
	bound(t, 200, 200)
	f := file(t, "journal_mode(delete)", "busy_timeout(0)")
	s, other := connect(t, f), connect(t, f)
	s.run(orders + orderViews)
	release := hold(t, other)
	s.run("BEGIN; INSERT INTO orders(customer, region, amount) SELECT id, region, amount FROM orders, (VALUES(1), (2), (3), (4), (5), (6), (7)); SAVEPOINT a")
	s.right()
	s.fails("COMMIT", "locked")
	s.run("UPDATE orders SET region = 'm' WHERE id % 3 = 0")
	s.fails("COMMIT", "locked")
	s.run("ROLLBACK TO a")
	s.right()
	s.run("DELETE FROM orders WHERE id % 3 = 1")
	release()
	s.run("COMMIT")
	s.right()
	other.right()
}

// TestCursorOverEarlyWrites: a cursor keeps what it saw while a statement's state is written before its end.
func TestCursorOverEarlyWrites(t *testing.T) {
	bound(t, 100, 100)
	s := connect(t, ":memory:")
	s.run(orders + orderViews)
	s.run("INSERT INTO orders(customer, region, amount) SELECT id % 3, 'r' || id, 100 FROM orders, (VALUES(1), (2), (3))")
	s.run("BEGIN; UPDATE orders SET amount = amount + 1")
	want := s.ask("SELECT id, amount FROM large ORDER BY id")
	rows, err := s.QueryContext(t.Context(), "SELECT id, amount FROM large ORDER BY id")
	require.NoError(t, err)
	var got []string
	for rows.Next() {
		var id int64
		var amount float64
		require.NoError(t, rows.Scan(&id, &amount))
		got = append(got, fmt.Sprint(id, amount))
		s.run("UPDATE orders SET amount = amount * 2; INSERT INTO orders(region, amount) VALUES('x', 8)")
		require.NotEmpty(t, s.ask("SELECT count(*) FROM regions"))
	}
	require.NoError(t, rows.Err())
	require.Equal(t, want, got)
	s.right()
	s.run("ROLLBACK")
	s.right()
}

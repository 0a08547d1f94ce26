package ext_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// hold makes c read a row and keep its statement open, which keeps others from committing in rollback-journal mode.
func hold(t *testing.T, c session) (release func()) {
	t.Helper()
	rows, err := c.QueryContext(t.Context(), "SELECT id FROM orders")
	require.NoError(t, err)
	require.True(t, rows.Next())
	return func() { require.NoError(t, rows.Close()) }
}

// TestBusyCommit: a COMMIT that a reader prevents leaves the transaction open, to be retried, continued, or taken back.
func TestBusyCommit(t *testing.T) {
	counters := func(s session) []string {
		return s.ask("SELECT changes(), total_changes(), last_insert_rowid()")
	}
	// Each case goes on after COMMIT was refused once. The state was written by that attempt.
	cases := map[string]func(t *testing.T, s session, release func()){
		"retried": func(t *testing.T, s session, release func()) {
			before := counters(s)
			for range 3 {
				s.fails("COMMIT", "locked")
				s.right()
				require.Equal(t, before, counters(s))
			}
			release()
			s.run("COMMIT")
			require.Equal(t, before, counters(s))
		},
		"retried unread": func(t *testing.T, s session, release func()) {
			s.fails("COMMIT", "locked")
			release()
			s.run("COMMIT")
		},
		"continued": func(t *testing.T, s session, release func()) {
			s.run("INSERT INTO orders(customer, region, amount) VALUES(2, 'later', 40)")
			s.fails("COMMIT", "locked")
			s.run("DELETE FROM orders WHERE region = 'inside'")
			s.right()
			release()
			s.run("COMMIT")
		},
		"rolled back to before all": func(t *testing.T, s session, release func()) {
			s.run("ROLLBACK TO a")
			s.right()
			s.run("UPDATE orders SET amount = amount + 1")
			release()
			s.run("COMMIT")
		},
		"rolled back to the middle": func(t *testing.T, s session, release func()) {
			s.run("ROLLBACK TO b")
			s.fails("COMMIT", "locked")
			s.run("ROLLBACK TO b; ROLLBACK TO a; INSERT INTO orders(customer, region) VALUES(3, 'w')")
			s.right()
			s.fails("COMMIT", "locked")
			release()
			s.run("COMMIT")
		},
		"a failed statement after it": func(t *testing.T, s session, release func()) {
			s.fails("INSERT INTO orders(id, region) VALUES(900, 'x'), (1, 'y')", "UNIQUE")
			s.right()
			release()
			s.run("COMMIT")
		},
		"released": func(t *testing.T, s session, release func()) {
			s.run("RELEASE b; INSERT INTO orders(region) VALUES('r'); SAVEPOINT c; DELETE FROM orders")
			s.fails("COMMIT", "locked")
			s.run("ROLLBACK TO c")
			s.right()
			release()
			s.run("COMMIT")
		},
		"rolled back": func(t *testing.T, s session, release func()) {
			s.run("ROLLBACK")
			s.right()
			release()
		},
		"a view dropped": func(t *testing.T, s session, release func()) {
			s.run("DROP MATERIALIZED VIEW sizes; DROP MATERIALIZED VIEW regions")
			s.fails("COMMIT", "locked")
			s.run("ROLLBACK TO b")
			s.right()
			release()
			s.run("COMMIT")
			require.NotEmpty(t, s.ask("SELECT * FROM sizes"))
		},
	}
	for name, then := range cases {
		for _, reading := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				f := file(t, "journal_mode(delete)", "busy_timeout(0)")
				s, other := connect(t, f), connect(t, f)
				s.run(orders + orderViews)
				release := hold(t, other)
				s.run("BEGIN; SAVEPOINT a; INSERT INTO orders(customer, region, amount) VALUES(1, 'inside', 70), (2, 'n', 0.3)")
				if reading {
					s.right()
				}
				s.run("SAVEPOINT b; UPDATE orders SET region = 's' WHERE id < 3; DELETE FROM customers WHERE id = 2")
				if reading {
					s.right()
				}
				s.fails("COMMIT", "locked")
				then(t, s, release)
				s.right()
				other.right()
				s.run("INSERT INTO orders(region, amount) VALUES('last', 2)")
				s.right()
				other.right()
			})
		}
	}
}

// TestBusyAutocommit: a statement that can't commit on its own takes everything back.
func TestBusyAutocommit(t *testing.T) {
	f := file(t, "journal_mode(delete)", "busy_timeout(0)")
	s, other := connect(t, f), connect(t, f)
	s.run(orders + orderViews)
	release := hold(t, other)
	s.fails("INSERT INTO orders(region, amount) VALUES('n', 70)", "locked")
	s.fails("CREATE MATERIALIZED VIEW late AS SELECT region FROM orders", "locked")
	s.right()
	release()
	s.run("INSERT INTO orders(region, amount) VALUES('n', 71)")
	s.right()
	other.right()
	s.refuses("SELECT * FROM late", "no such table")
}

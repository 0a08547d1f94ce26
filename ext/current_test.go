package ext_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReadOverViewThatCannotStep: while a write statement is open, a view whose changes are too many to hold is read from
// its SELECT, and so is a view on it.
func TestReadOverViewThatCannotStep(t *testing.T) {
	bound(t, 1<<20, 300)
	s := connect(t, ":memory:")
	s.run(`CREATE TABLE cust(id INTEGER PRIMARY KEY, seg TEXT);
		CREATE TABLE ord(id INTEGER PRIMARY KEY, customer INT); CREATE INDEX o ON ord(customer);
		INSERT INTO cust VALUES(1, 'a'), (2, 'b'); INSERT INTO ord VALUES(1, 1), (2, 2);
		CREATE MATERIALIZED VIEW v AS SELECT o.id, c.seg FROM ord o JOIN cust c ON c.id = o.customer;
		CREATE MATERIALIZED VIEW w AS SELECT seg, count(*) AS n FROM v GROUP BY seg;
		CREATE MATERIALIZED VIEW x AS SELECT sum(n) AS n FROM w;
		CREATE TABLE note(x);
		BEGIN; INSERT INTO ord SELECT id + 10, customer FROM ord; INSERT INTO ord SELECT id + 20, customer FROM ord;
		INSERT INTO ord SELECT id + 40, customer FROM ord; UPDATE cust SET seg = 'z' || id`)
	rows, err := s.QueryContext(t.Context(), "INSERT INTO note VALUES(1), (2) RETURNING x")
	require.NoError(t, err)
	require.True(t, rows.Next())
	require.Equal(t, []string{"z1 8", "z2 8"}, s.ask("SELECT * FROM w ORDER BY seg"))
	require.Equal(t, []string{"16"}, s.ask("SELECT * FROM x"))
	s.right()
	require.NoError(t, rows.Close())
	s.run("COMMIT")
	s.right()
}

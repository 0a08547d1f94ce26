package bindingtest

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// testMemory opens a database beside a connection that is in the middle of a transaction.
func testMemory(t *testing.T) {
	errMine := errors.New("mine")
	db := within(t, filepath.Join(t.TempDir(), "a.db"), func(c sqlite3.Conn) error {
		o, ok := c.(sqlite3.MemoryOpener)
		require.True(t, ok)
		require.NoError(t, c.Exec("CREATE TABLE t(a); BEGIN; INSERT INTO t VALUES (1)"))
		for range 3 {
			require.NoError(t, o.WithMemory(func(m sqlite3.Conn) error {
				require.True(t, m.Autocommit())
				require.NoError(t, m.CreateFunction(&sqlite3.Function{Name: "twice", NArg: 1, Scalar: func(_ sqlite3.Conn, r sqlite3.Result, args sqlite3.Args) {
					require.NoError(t, c.Exec("INSERT INTO t VALUES (2)")) // both are used in turn
					r.Set(dbsp.NewInteger(2 * args.Value(0).Int()))
				}}))
				rows := &series{declare: "CREATE TABLE x(a)", rows: []dbsp.Row{{dbsp.NewInteger(7)}}}
				require.NoError(t, m.CreateModule("seven", rows.module()))
				require.NoError(t, m.Exec("CREATE TABLE t(b); INSERT INTO t SELECT twice(a) FROM seven"))
				s, _, err := m.Prepare("SELECT b FROM t", false)
				require.NoError(t, err)
				more, err := s.Step()
				require.NoError(t, err)
				require.True(t, more)
				require.Equal(t, dbsp.NewInteger(14), s.Column(0))
				require.Error(t, m.Exec("SELECT a FROM t"))
				return s.Finalize()
			}))
		}
		require.ErrorIs(t, o.WithMemory(func(sqlite3.Conn) error { return errMine }), errMine)
		require.Error(t, o.WithMemory(func(m sqlite3.Conn) error {
			s, _, err := m.Prepare("SELECT 1", false)
			require.NoError(t, err)
			t.Cleanup(func() { _ = s })
			return nil // not finalized
		}))
		require.False(t, c.Autocommit())
		return c.Exec("COMMIT")
	})
	require.Equal(t, [][]any{{int64(7)}}, queryRows(t, db, "SELECT sum(a) FROM t"))
}

package bindingtest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

func testRun(t *testing.T) {
	within(t, ":memory:", func(c sqlite3.Conn) error {
		require.NoError(t, c.Exec("CREATE TABLE t(a INTEGER PRIMARY KEY, b CHECK(b IS NOT 'bad'))"))
		s, _, err := c.Prepare("INSERT INTO t(b) VALUES(?1),(?1) RETURNING a", true)
		require.NoError(t, err)
		for _, v := range []dbsp.Value{dbsp.NewText("x"), dbsp.NewInteger(7), {}} {
			require.NoError(t, s.Bind(1, v))
			require.NoError(t, s.Run())
			require.True(t, s.Column(0).IsNull(), "no row is left")
		}
		// An error leaves the statement ready for another run.
		require.NoError(t, s.Bind(1, dbsp.NewText("bad")))
		for range 2 {
			require.Equal(t, &sqlite3.Error{Code: 275, Message: "CHECK constraint failed: b IS NOT 'bad'"}, asError(t, s.Run()))
		}
		require.NoError(t, s.Bind(1, dbsp.NewInteger(8)))
		require.NoError(t, s.Run())
		require.NoError(t, s.Finalize())
		require.Equal(t, []dbsp.Value{dbsp.NewInteger(8)}, oneRow(t, c, "SELECT count(*) FROM t"))
		return nil
	})
}

// Every change of the schema shows in a statement's next run, a rolled back one too.
func testReprepared(t *testing.T) {
	within(t, ":memory:", func(c sqlite3.Conn) error {
		require.NoError(t, c.Exec("CREATE TABLE t(a)"))
		s, _, err := c.Prepare("SELECT a FROM t", true)
		require.NoError(t, err)
		last := 0
		run := func(changed bool, why string) {
			t.Helper()
			require.NoError(t, s.Run())
			require.Equal(t, changed, s.Reprepared() != last, why)
			last = s.Reprepared()
		}
		run(false, "first")
		run(false, "again")
		require.NoError(t, c.Exec("INSERT INTO t VALUES(1)"))
		run(false, "after a write")
		require.NoError(t, c.Exec("CREATE TABLE u(a)"))
		run(true, "after CREATE TABLE")
		require.NoError(t, c.Exec("ALTER TABLE t ADD COLUMN b"))
		run(true, "after ALTER TABLE")
		require.NoError(t, c.Exec("CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END"))
		run(true, "after CREATE TRIGGER")
		require.NoError(t, c.Exec("DROP TRIGGER x"))
		run(true, "after DROP TRIGGER")
		require.NoError(t, c.Exec("BEGIN; ALTER TABLE t ADD COLUMN c"))
		run(true, "in the transaction")
		require.NoError(t, c.Exec("ROLLBACK"))
		run(true, "after ROLLBACK")
		require.NoError(t, c.Exec("BEGIN; SAVEPOINT s; CREATE TABLE v(a)"))
		run(true, "in the savepoint")
		require.NoError(t, c.Exec("ROLLBACK TO s"))
		run(true, "after ROLLBACK TO")
		require.NoError(t, c.Exec("COMMIT"))
		run(false, "at the end")
		return s.Finalize()
	})
}

func oneRow(t testing.TB, c sqlite3.Conn, sql string) (row []dbsp.Value) {
	t.Helper()
	s, _, err := c.Prepare(sql, false)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Finalize()) }()
	ok, err := s.Step()
	require.NoError(t, err)
	require.True(t, ok)
	for i := range s.ColumnCount() {
		row = append(row, s.Column(i))
	}
	return row
}

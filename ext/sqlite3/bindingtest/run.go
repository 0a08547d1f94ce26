package bindingtest

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
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

// What is bound stays bound, and the same value may be bound again, also after another kind of value.
func testBindAgain(t *testing.T) {
	within(t, ":memory:", func(c sqlite3.Conn) error {
		s, _, err := c.Prepare("SELECT typeof(?1) || ' ' || coalesce(?1, '-') || ' ' || coalesce(?2, '-')", true)
		require.NoError(t, err)
		run := func(want string) {
			t.Helper()
			ok, err := s.Step()
			require.NoError(t, err)
			require.True(t, ok)
			require.Equal(t, want, s.Column(0).Str())
			require.NoError(t, s.Reset())
		}
		null, i, r, text := dbsp.Value{}, dbsp.NewInteger(0), dbsp.NewReal(0), dbsp.NewText("0")
		run("null - -")
		for _, b := range []struct {
			v    dbsp.Value
			want string
		}{
			{null, "null -"}, {i, "integer 0"}, {i, "integer 0"}, {r, "real 0.0"}, {r, "real 0.0"}, {text, "text 0"}, {text, "text 0"},
			{i, "integer 0"}, {null, "null -"}, {null, "null -"}, {r, "real 0.0"}, {dbsp.NewReal(1.5), "real 1.5"},
			{i, "integer 0"}, {dbsp.NewInteger(1), "integer 1"}, {i, "integer 0"}, {dbsp.NewBlob("x"), "blob x"}, {null, "null -"},
		} {
			require.NoError(t, s.Bind(1, b.v))
			run(b.want + " -")
			require.NoError(t, s.Bind(1, dbsp.NewText("other")))
			require.NoError(t, s.Bind(1, b.v))
			run(b.want + " -")
		}
		require.NoError(t, s.Bind(2, i))
		run("null - 0")
		require.NoError(t, s.Bind(1, null))
		require.NoError(t, s.Bind(2, null))
		run("null - -")
		return s.Finalize()
	})
}

// Rows that are read ahead are those that Step gives: of all types, few and many, short and long, to the end or not.
func testFetch(t *testing.T) {
	within(t, ":memory:", func(c sqlite3.Conn) error {
		const rows = `WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t WHERE i < ?1)
			SELECT i, CASE i % 5 WHEN 0 THEN NULL WHEN 1 THEN 'text' || i WHEN 2 THEN randomblob(?2) WHEN 3 THEN '' ELSE i * 0.5 END,
				abs(CASE WHEN i = ?3 THEN -9223372036854775807 - 1 ELSE i END), replace(hex(zeroblob(?2)), '0', 'y') FROM t`
		s, _, err := c.Prepare(rows, true)
		require.NoError(t, err)
		for _, long := range []int64{0, 3, 200, 5000, 100_000} {
			for _, n := range []int64{1, 3, 4, 5, 80, 300, 700} {
				if n*long > 500_000 {
					continue
				}
				for _, fails := range []int64{0, 1, min(2, n), min(5, n), n} { // the row that fails, 0 for none
					for _, stop := range []int64{-1, 0, 1, n / 2} { // where it is given up
						for i, v := range []int64{n, long, fails} {
							require.NoError(t, s.Bind(i+1, dbsp.NewInteger(v)))
						}
						for i := int64(1); i-1 != stop; i++ {
							ok, err := s.Fetch()
							if i == fails || i > n {
								require.False(t, ok)
								if i == fails {
									require.ErrorContains(t, err, "integer overflow")
								} else {
									require.NoError(t, err)
								}
								require.True(t, s.Column(0).IsNull(), "no row is left")
								break
							}
							require.NoError(t, err)
							require.True(t, ok)
							require.Equal(t, dbsp.NewInteger(i), s.Column(0))
							require.Equal(t, dbsp.NewInteger(i), s.Column(2))
							require.Equal(t, strings.Repeat("y", int(2*long)), s.ColumnRaw(3).Str())
							switch v := s.ColumnRaw(1); i % 5 {
							case 0:
								require.True(t, v.IsNull())
							case 1:
								require.Equal(t, dbsp.NewText(fmt.Sprint("text", i)), v)
							case 2:
								require.Equal(t, dbsp.Blob, v.Kind())
								require.Len(t, v.Str(), int(max(long, 1)))
							case 3:
								require.Equal(t, dbsp.NewText(""), v)
							default:
								require.Equal(t, dbsp.NewReal(float64(i)*0.5), v)
							}
						}
						require.NoError(t, s.Reset())
						require.True(t, s.Column(0).IsNull())
					}
				}
			}
		}
		// Then by steps, as if nothing had been.
		require.NoError(t, s.Bind(1, dbsp.NewInteger(2)))
		require.NoError(t, s.Bind(2, dbsp.NewInteger(1)))
		require.NoError(t, s.Bind(3, dbsp.NewInteger(0)))
		for i := range int64(2) {
			ok, err := s.Step()
			require.NoError(t, err)
			require.True(t, ok)
			require.Equal(t, dbsp.NewInteger(i+1), s.Column(0))
		}
		return s.Finalize()
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

// A schema change, its rollback, and another change after it all show in the version, though the cookie of the two changes is
// the same number; nothing else does.
func testSchemaVersion(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.db")
	within(t, file, func(c sqlite3.Conn) error {
		last := map[string]int64{}
		look := func(after string, changed ...string) {
			t.Helper()
			for _, schema := range []string{"main", "temp", "other"} {
				require.NoError(t, c.Exec("SELECT 1 FROM "+schema+".sqlite_master")) // reads the schema where it was forgotten
				v, ok := c.SchemaVersion(strings.ToUpper(schema))
				require.True(t, ok)
				old, known := last[schema]
				require.Equal(t, !known || slices.Contains(changed, schema), !known || v != old, "%s: %s", after, schema)
				last[schema] = v
			}
		}
		require.NoError(t, c.Exec("ATTACH '"+file+"2' AS other"))
		look("at first")
		_, ok := c.SchemaVersion("othe")
		require.False(t, ok)
		_, ok = c.SchemaVersion("others")
		require.False(t, ok)
		for _, q := range []struct {
			sql     string
			changed []string
		}{
			{"CREATE TABLE a(x)", []string{"main"}},
			{"INSERT INTO a VALUES(1)", nil},
			{"CREATE TEMP TABLE a(x)", []string{"temp"}},
			{"CREATE TABLE other.a(x)", []string{"other"}},
			{"BEGIN", nil},
			{"CREATE TABLE b(x)", []string{"main"}},
			{"ROLLBACK", []string{"main", "temp", "other"}}, // SQLite forgets them all
			{"CREATE TABLE c(x)", []string{"main"}},
			{"BEGIN; SAVEPOINT s", nil},
			{"CREATE TABLE other.b(x)", []string{"other"}},
			{"ROLLBACK TO s", []string{"main", "temp", "other"}},
			{"CREATE TABLE other.c(x)", []string{"other"}},
			{"COMMIT", nil},
		} {
			require.NoError(t, c.Exec(q.sql))
			look(q.sql, q.changed...)
		}
		db, err := sql.Open(subject.Driver, file)
		require.NoError(t, err)
		mustExec(t, db, "CREATE TABLE d(x)")
		require.NoError(t, db.Close())
		look("another connection", "main", "temp") // temp may have triggers on main
		return nil
	})
}

// The data version tells of commits: by one of this connection's own, at once, and of another's at the next read.
func testDataVersion(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.db")
	within(t, file+"2", func(c sqlite3.Conn) error {
		v, ok := c.(sqlite3.DataVersioner)
		if !ok {
			t.Skip("the binding has none")
		}
		require.NoError(t, c.Exec("ATTACH '"+file+"' AS a; CREATE TABLE a.t(x); CREATE TEMP TABLE u(x)"))
		last := map[string]uint32{}
		grows := func(after string, by map[string]uint32) {
			t.Helper()
			for _, schema := range []string{"a", "temp"} {
				require.NoError(t, c.Exec("SELECT 1 FROM "+schema+".sqlite_master"))
				now, ok := v.DataVersion(schema)
				require.True(t, ok)
				require.Equal(t, last[schema]+by[schema], now, "%s: %s", after, schema)
			}
		}
		last["a"], _ = v.DataVersion("a")
		last["temp"], _ = v.DataVersion("temp")
		grows("at first", nil)
		_, ok = v.DataVersion("none")
		require.False(t, ok)
		for _, q := range []struct {
			sql string
			by  map[string]uint32
		}{
			{"INSERT INTO a.t VALUES(1)", map[string]uint32{"a": 1}},
			{"INSERT INTO u VALUES(1)", map[string]uint32{"temp": 1}},
			{"BEGIN; INSERT INTO a.t VALUES(1); INSERT INTO u VALUES(1)", nil},
			{"COMMIT", map[string]uint32{"a": 1, "temp": 1}},
			{"BEGIN; INSERT INTO a.t VALUES(1); SAVEPOINT s; INSERT INTO a.t VALUES(1)", nil},
			{"ROLLBACK TO s", nil},
			{"COMMIT", map[string]uint32{"a": 1}},
			{"BEGIN; SELECT * FROM a.t; COMMIT", nil},
		} {
			require.NoError(t, c.Exec(q.sql))
			grows(q.sql, q.by)
			for schema, n := range q.by {
				last[schema] += n
			}
		}
		require.NoError(t, c.Exec("BEGIN; INSERT INTO a.t VALUES(1); ROLLBACK"))
		last["a"], _ = v.DataVersion("a") // a rollback may count, or not
		db, err := sql.Open(subject.Driver, file)
		require.NoError(t, err)
		mustExec(t, db, "INSERT INTO t VALUES(7)")
		require.NoError(t, db.Close())
		require.NoError(t, c.Exec("SELECT 1 FROM a.t"))
		now, ok := v.DataVersion("a")
		require.True(t, ok)
		require.NotEqual(t, last["a"], now)
		return nil
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

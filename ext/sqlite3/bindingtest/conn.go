package bindingtest

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// within runs f inside a callback on a fresh connection of its own.
func within(t *testing.T, dsn string, f func(c sqlite3.Conn) error) *sql.DB {
	t.Helper()
	db := openFile(t, dsn, func(c sqlite3.Conn) error {
		return c.CreateFunction(&sqlite3.Function{Name: "within", Scalar: func(c sqlite3.Conn, r sqlite3.Result, _ sqlite3.Args) { r.Error(f(c)) }})
	})
	queryRows(t, db, "SELECT within()")
	return db
}

func asError(t *testing.T, err error) *sqlite3.Error {
	t.Helper()
	var e *sqlite3.Error
	require.ErrorAs(t, err, &e)
	return e
}

func testStatements(t *testing.T) {
	within(t, ":memory:", func(c sqlite3.Conn) error {
		// Prepare: the tail, empty statements, errors.
		s, tail, err := c.Prepare(" SELECT 'a;b' AS x; -- rest\n SELECT 2", false)
		require.NoError(t, err)
		require.Equal(t, " -- rest\n SELECT 2", tail)
		require.Equal(t, 1, s.ColumnCount())
		require.Equal(t, "x", s.ColumnName(0))
		require.True(t, s.ReadOnly())
		require.NoError(t, s.Finalize())
		require.NoError(t, s.Finalize(), "idempotent")
		for _, empty := range []string{"", " ", "-- comment", ";", "/* x */"} {
			s, tail, err = c.Prepare(empty, false)
			require.NoError(t, err)
			require.Nil(t, s, "%q", empty)
			require.Empty(t, tail)
		}
		_, _, err = c.Prepare("SELECT nope", false)
		require.Equal(t, &sqlite3.Error{Code: 1, Message: "no such column: nope"}, asError(t, err))
		_, _, err = c.Prepare("SELECT 1\x00", false)
		require.ErrorContains(t, err, "NUL")

		// Exec: all statements, the error of the one that fails.
		require.NoError(t, c.Exec("CREATE TABLE t(a INTEGER PRIMARY KEY, b VARCHAR(9) UNIQUE); INSERT INTO t VALUES(1,'x'); SELECT * FROM t"))
		e := asError(t, c.Exec("INSERT INTO t VALUES(2,'y'); INSERT INTO t VALUES(3,'y'); INSERT INTO t VALUES(4,'z')"))
		require.Equal(t, &sqlite3.Error{Code: 2067, Message: "UNIQUE constraint failed: t.b"}, e)
		require.ErrorContains(t, c.Exec("SELECT 1\x00"), "NUL")

		// Columns.
		s, _, err = c.Prepare("SELECT a, b, a+1 FROM t WHERE a=?2", true)
		require.NoError(t, err)
		require.Equal(t, "VARCHAR(9)", s.ColumnDeclType(1))
		require.Equal(t, "", s.ColumnDeclType(2))
		require.Equal(t, 2, s.ParameterCount())
		require.True(t, s.Column(0).IsNull(), "no row yet")
		require.NoError(t, s.Bind(2, dbsp.NewInteger(1)))
		ok, err := s.Step()
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, dbsp.NewText("x"), s.Column(1))
		require.True(t, s.Column(3).IsNull())
		require.True(t, s.Column(-1).IsNull())
		for _, v := range []dbsp.Value{dbsp.NewInteger(1), dbsp.NewText("x"), dbsp.NewBlob("x"), dbsp.NewReal(1), {}} {
			require.Equal(t, 21, asError(t, s.Bind(2, v)).Code&0xff, "bound while it runs: %v", v)
		}
		ok, err = s.Step()
		require.NoError(t, err)
		require.False(t, ok)
		require.True(t, s.Column(0).IsNull(), "past the end")
		require.NoError(t, s.Reset())
		for _, i := range []int{-1, 0, 3} {
			for _, v := range []dbsp.Value{dbsp.NewInteger(1), dbsp.NewText(strings.Repeat("x", 1<<17)), {}} {
				require.Equal(t, 25, asError(t, s.Bind(i, v)).Code, "parameter %d", i)
			}
		}
		require.NoError(t, s.Finalize())

		// Bound text is the statement's own, across resets, other bindings and changes of the buffer's size.
		s, _, err = c.Prepare("SELECT ?, ?", true)
		require.NoError(t, err)
		kept := dbsp.NewText("kept")
		require.NoError(t, s.Bind(1, kept))
		for _, n := range []int{0, 1, 64, 65, 1000, 1 << 20, 3, 1 << 17, 0} {
			v := dbsp.NewBlob(strings.Repeat("z", n))
			require.NoError(t, s.Bind(2, v))
			for range 2 {
				_, err := s.Step()
				require.NoError(t, err)
				require.Equal(t, []dbsp.Value{kept, v}, []dbsp.Value{s.Column(0), s.Column(1)})
				require.NoError(t, s.Reset())
			}
		}
		require.NoError(t, s.Finalize())

		// A refused binding does not reach the rows that are still to come.
		s, _, err = c.Prepare("SELECT ?1 FROM (VALUES(1),(2))", true)
		require.NoError(t, err)
		require.NoError(t, s.Bind(1, kept))
		_, err = s.Step()
		require.NoError(t, err)
		require.Error(t, s.Bind(1, dbsp.NewText("gone")))
		_, err = s.Step()
		require.NoError(t, err)
		require.Equal(t, kept, s.Column(0))
		require.NoError(t, s.Finalize())

		// A failed step.
		s, _, err = c.Prepare("INSERT INTO t VALUES(9, ?)", true)
		require.NoError(t, err)
		require.False(t, s.ReadOnly())
		require.NoError(t, s.Bind(1, dbsp.NewText("x")))
		_, err = s.Step()
		require.Equal(t, 2067, asError(t, err).Code)
		require.Error(t, s.Reset(), "the step's error again")
		require.NoError(t, s.Bind(1, dbsp.NewText("w")))
		ok, err = s.Step()
		require.NoError(t, err)
		require.False(t, ok)
		return s.Finalize()
	})
}

func testConnection(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a b.db")
	db := within(t, file, func(c sqlite3.Conn) error {
		require.NoError(t, c.Exec("CREATE TABLE t(a); ATTACH '"+filepath.Join(dir, "other.db")+"' AS o"))
		require.Equal(t, file, c.Filename("main"))
		require.Equal(t, filepath.Join(dir, "other.db"), c.Filename("o"))
		require.Equal(t, "", c.Filename("temp"))
		require.Equal(t, "", c.Filename("nowhere"))
		require.False(t, c.ReadOnly("main"))
		require.False(t, c.Interrupted())
		require.GreaterOrEqual(t, c.Version(), 3038000)
		require.True(t, c.Autocommit())
		require.NoError(t, c.Exec("BEGIN"))
		require.False(t, c.Autocommit())
		require.NoError(t, c.Exec("INSERT INTO t VALUES(1),(2)"))
		require.EqualValues(t, 2, c.LastInsertRowid())
		require.EqualValues(t, 2, c.Changes())
		total := c.TotalChanges()
		require.NoError(t, c.Exec("INSERT INTO t VALUES(1),(2),(3)"))
		require.Equal(t, total+3, c.TotalChanges())
		require.True(t, c.RestoreChanges(2, total))
		require.Equal(t, []int64{2, total}, []int64{c.Changes(), c.TotalChanges()})
		c.SetLastInsertRowid(1 << 40)
		require.Equal(t, int64(1)<<40, c.LastInsertRowid())
		require.NoError(t, c.Exec("COMMIT"))

		list := c.Writing
		require.Empty(t, list(), "SELECT within() is running, and does not write")
		var running []string
		var all []sqlite3.Stmt
		for i := range 40 {
			sql := fmt.Sprintf("INSERT INTO t VALUES(%d) RETURNING a", i)
			s, _, err := c.Prepare(sql, true)
			require.NoError(t, err)
			all, running = append(all, s), append(running, sql)
			require.ElementsMatch(t, running[:i], list(), "not stepped yet")
			_, err = s.Step()
			require.NoError(t, err)
			require.ElementsMatch(t, running, list())
		}
		_, err := all[0].Step()
		require.NoError(t, err)
		require.ElementsMatch(t, running[1:], list(), "at its end")
		for _, s := range all {
			require.NoError(t, s.Finalize())
		}
		require.Empty(t, list())
		return nil
	})
	require.NoError(t, db.Close())
	within(t, "file:"+file+"?mode=ro", func(c sqlite3.Conn) error {
		require.True(t, c.ReadOnly("main"))
		return nil
	})
}

// testOpenClose opens and closes connections that use everything: nothing may grow.
func testOpenClose(t *testing.T) {
	cycles := 10_000
	if testing.Short() || raceEnabled {
		cycles = 500
	}
	s := &series{declare: "CREATE TABLE x(a, b)", rows: []dbsp.Row{{dbsp.NewInteger(1), dbsp.NewText("x")}}}
	s.bestIndex = func(info *sqlite3.IndexInfo) error {
		info.IdxStr = "plan"
		for i := range info.Constraints {
			info.Constraints[i].ArgvIndex = i + 1
		}
		return nil
	}
	refuse := false
	s.next = func() error {
		if refuse {
			return errors.New("refused")
		}
		return nil
	}
	s.gone = s.next
	closed := 0
	m := s.created()
	m.Close = func() { closed++ }
	setup := func(c sqlite3.Conn) error {
		kept := map[sqlite3.Conn]sqlite3.Stmt{}
		k := &sink{declare: "CREATE TABLE x(a)", update: func(args sqlite3.Args) (int64, error) { return 0, nil }}
		k.gone = func() error {
			if kept[c] != nil {
				return kept[c].Finalize()
			}
			return nil
		}
		km := k.enlisted(func(name string, _ int) (err error) {
			if name == "sync" && kept[c] == nil {
				if kept[c], _, err = c.Prepare("SELECT ?", true); err != nil {
					return err
				}
				return kept[c].Bind(1, dbsp.NewText("some text"))
			}
			return nil
		})
		return errors.Join(
			c.CreateModule("s", m), c.CreateModule("e", s.module()), c.CreateModule("k", km),
			c.CreateFunction(&sqlite3.Function{Name: "f", NArg: 1, Scalar: func(_ sqlite3.Conn, r sqlite3.Result, args sqlite3.Args) { r.Set(args.Raw(0)) }}),
			c.CreateFunction(&sqlite3.Function{Name: "agg", NArg: 1, NewAggregate: func() sqlite3.Aggregate { return &joined{} }}),
		)
	}
	onOpen.Store(&setup)
	defer onOpen.Store(nil)
	cycle := func() {
		db, err := sql.Open(subject.Driver, ":memory:")
		require.NoError(t, err)
		db.SetMaxOpenConns(1)
		mustExec(t, db, "CREATE VIRTUAL TABLE v USING s; CREATE VIRTUAL TABLE dropped USING s; CREATE VIRTUAL TABLE closed USING s; CREATE VIRTUAL TABLE w USING k; INSERT INTO w VALUES(1)")
		refuse = true
		for range 2 {
			_, err = tryQuery(db, "SELECT * FROM v")
			require.ErrorContains(t, err, "refused")
			for _, table := range []string{"dropped", "closed"} { // SQLite leaves their message with the table
				_, err = db.Exec("DROP TABLE " + table)
				require.Error(t, err)
			}
		}
		refuse = false
		mustExec(t, db, "DROP TABLE dropped")
		queryRows(t, db, "SELECT f(zeroblob(50000)), f('text'), agg(x.b), (SELECT count(*) FROM e) FROM v x, v y WHERE x.a=1 AND y.b='x'")
		rows, err := db.Query("SELECT * FROM v") // closed with a cursor still open
		require.NoError(t, err)
		require.True(t, rows.Next())
		require.NoError(t, db.Close())
		require.NoError(t, rows.Close())
	}
	cycle()
	handles, last, memory := subject.Handles(), subject.LastHandles(), int64(0)
	if subject.Memory != nil {
		memory = subject.Memory()
		require.Positive(t, memory, "nothing is counted")
	}
	for range cycles {
		cycle()
	}
	require.Equal(t, handles, subject.Handles())
	require.Equal(t, last, subject.LastHandles())
	if subject.Memory != nil {
		require.Equal(t, memory, subject.Memory())
	}
	require.Equal(t, cycles+1, closed)
}

// testConnectionsInParallel has many connections use modules and functions at once: what they share is the handle tables.
func testConnectionsInParallel(t *testing.T) {
	setup := func(c sqlite3.Conn) error {
		rows := []dbsp.Row{}
		for i := range 100 {
			rows = append(rows, dbsp.Row{dbsp.NewInteger(int64(i)), dbsp.NewText(fmt.Sprint("row ", i))})
		}
		s := &series{declare: "CREATE TABLE x(a, b)", rows: rows}
		return errors.Join(c.CreateModule("e", s.module()),
			c.CreateFunction(&sqlite3.Function{Name: "agg", NArg: 1, NewAggregate: func() sqlite3.Aggregate { return &joined{} }}))
	}
	onOpen.Store(&setup)
	defer onOpen.Store(nil)
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for g := range errs {
		wg.Go(func() {
			for range 10 {
				errs[g] = errors.Join(errs[g], func() error {
					db, err := sql.Open(subject.Driver, ":memory:")
					if err != nil {
						return err
					}
					rows, err := tryQuery(db, "SELECT count(*), sum(x.a), length(agg(y.b)) FROM e x JOIN e y ON x.a+0=y.a+0")
					if err == nil && fmt.Sprint(rows) != "[[100 4950 890]]" {
						err = fmt.Errorf("got %v", rows)
					}
					return errors.Join(err, db.Close())
				}())
			}
		})
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs...))
}

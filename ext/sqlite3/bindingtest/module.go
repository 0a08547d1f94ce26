package bindingtest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// testModuleRegisteredInCallbacks registers eponymous modules from inside xFilter and xSync of other tables and reads
// them there, as the engine does for the rows of an expression.
func testModuleRegisteredInCallbacks(t *testing.T) {
	inner := &series{declare: "CREATE TABLE x(a TEXT COLLATE NOCASE, b INTEGER)", rows: []dbsp.Row{
		{dbsp.NewText("One"), dbsp.NewInteger(1)}, {dbsp.NewText("two"), dbsp.NewInteger(2)},
	}}
	count := 0
	use := func(c sqlite3.Conn) (dbsp.Value, error) {
		count++
		name := fmt.Sprint("rows_", count)
		if err := c.CreateModule(name, inner.module()); err != nil {
			return dbsp.Value{}, err
		}
		s, _, err := c.Prepare("SELECT sum(b) FROM "+name+" WHERE a IN ('ONE','TWO') AND b > '0'", true)
		if err != nil {
			return dbsp.Value{}, err
		}
		if _, err := s.Step(); err != nil {
			return dbsp.Value{}, err
		}
		v := s.Column(0)
		return v, errors.Join(s.Finalize(), c.CreateModule(name, nil))
	}
	outer := &series{declare: "CREATE TABLE x(a)"}
	var conn sqlite3.Conn
	outer.filter = func(int, string, sqlite3.Args) error {
		v, err := use(conn)
		outer.rows = []dbsp.Row{{v}}
		return err
	}
	var synced dbsp.Value
	s := &sink{declare: "CREATE TABLE x(a)", update: func(sqlite3.Args) (int64, error) { return 0, nil }}
	m := s.enlisted(func(name string, _ int) (err error) {
		if name == "sync" {
			synced, err = use(conn)
		}
		return err
	})
	before := subject.Handles()
	db := open(t, func(c sqlite3.Conn) error {
		conn = c
		return errors.Join(c.CreateModule("outer_rows", outer.module()), c.CreateModule("sink", m))
	})
	for range 3 {
		require.Equal(t, [][]any{{int64(3)}}, queryRows(t, db, "SELECT * FROM outer_rows"))
	}
	mustExec(t, db, "CREATE VIRTUAL TABLE cap USING sink")
	synced = dbsp.Value{}
	mustExec(t, db, "INSERT INTO cap VALUES(1)")
	require.Equal(t, dbsp.NewInteger(3), synced)
	mustExec(t, db, "SELECT 1") // SQLite lets go of disconnected tables when it compiles the next statement
	require.Equal(t, before[0]+2, subject.Handles()[0], "removed modules are gone")
}

// testModuleReplaced replaces a module while one of its tables is being read.
func testModuleReplaced(t *testing.T) {
	closed := 0
	a := &series{declare: "CREATE TABLE x(a)", rows: []dbsp.Row{{dbsp.NewText("old")}, {dbsp.NewText("old")}}}
	b := &series{declare: "CREATE TABLE x(a)", rows: []dbsp.Row{{dbsp.NewText("new")}}}
	var conn sqlite3.Conn
	a.next = func() error { return conn.CreateModule("v", b.module()) }
	db := open(t, func(c sqlite3.Conn) error {
		conn = c
		m := a.module()
		m.Close = func() { closed++ }
		return c.CreateModule("v", m)
	})
	require.Equal(t, [][]any{{"old"}, {"old"}}, queryRows(t, db, "SELECT a FROM v"))
	require.Equal(t, [][]any{{"new"}}, queryRows(t, db, "SELECT a FROM v"))
	require.Equal(t, 1, closed)
}

// testBestIndex checks the question and the answer of xBestIndex.
func testBestIndex(t *testing.T) {
	var infos []*sqlite3.IndexInfo
	var filters []string
	s := &series{declare: "CREATE TABLE x(a, b TEXT COLLATE NOCASE, c)", rows: []dbsp.Row{{dbsp.NewInteger(1), dbsp.NewText("x"), {}}}}
	answer := func(*sqlite3.IndexInfo) error { return nil }
	s.bestIndex = func(info *sqlite3.IndexInfo) error {
		infos = append(infos, info)
		return answer(info)
	}
	s.filter = func(n int, str string, args sqlite3.Args) error {
		filters = append(filters, fmt.Sprint(n, " ", str, " ", copyArgs(args)))
		return nil
	}
	db := open(t, func(c sqlite3.Conn) error { return c.CreateModule("v", s.module()) })

	queryRows(t, db, "SELECT c FROM v WHERE a=1 AND b>'x' COLLATE RTRIM AND b IN ('p','q') AND c IS NULL ORDER BY b DESC, a LIMIT 3")
	info := infos[0]
	require.Equal(t, []sqlite3.OrderTerm{{Column: 1, Desc: true}, {Column: 0}}, info.OrderBy)
	require.EqualValues(t, 7, info.ColumnsUsed)
	require.Positive(t, info.EstimatedCost)
	require.EqualValues(t, 25, info.EstimatedRows)
	var seen []string
	for _, k := range info.Constraints {
		seen = append(seen, fmt.Sprint(k.Column, " ", k.Op, " ", k.Usable, " ", k.Collation, " ", k.IsIn))
	}
	require.Subset(t, seen, []string{"0 2 true BINARY false", "1 4 true RTRIM false", "1 2 true NOCASE true", "2 71 true BINARY false"})

	infos, filters = nil, nil
	omit := func(info *sqlite3.IndexInfo) error {
		for i := range info.Constraints {
			k := &info.Constraints[i]
			if k.Column == 0 && k.Op == sqlite3.OpEQ && k.Usable {
				k.ArgvIndex, k.Omit = 1, true
				info.IdxNum, info.IdxStr = 7, "eq"
				info.EstimatedCost, info.EstimatedRows, info.Unique = 1, 1, true
			}
		}
		info.OrderByConsumed = true
		return nil
	}
	answer = omit
	require.Equal(t, [][]any{{int64(1)}}, queryRows(t, db, "SELECT a FROM v WHERE a='5' ORDER BY b"), "the constraint is omitted")
	queryRows(t, db, "SELECT a FROM v")
	queryRows(t, db, "SELECT a FROM v WHERE a=6")
	require.Equal(t, []string{"7 eq ['5']", "0  []", "7 eq [6]"}, filters)
	filters = nil
	answer = func(info *sqlite3.IndexInfo) error {
		info.IdxStr = map[bool]string{true: "constrained", false: "free"}[len(info.Constraints) > 0]
		return nil
	}
	queryRows(t, db, "SELECT * FROM v x, v y WHERE y.a=1")
	require.ElementsMatch(t, []string{"0 free []", "0 constrained []"}, filters)
	answer = omit
	plan := queryRows(t, db, "EXPLAIN QUERY PLAN SELECT a FROM v WHERE a='5' ORDER BY b")
	require.Len(t, plan, 1, "no sorter")
	require.Equal(t, "SCAN v VIRTUAL TABLE INDEX 7:eq", plan[0][3])

	// Distinct.
	infos = nil
	queryRows(t, db, "SELECT DISTINCT b FROM v")
	require.Equal(t, 2, infos[0].Distinct)

	// A plan refused because a constraint is not usable: as a table-valued function whose argument comes from another
	// table must.
	answer = func(info *sqlite3.IndexInfo) error {
		for _, k := range info.Constraints {
			if !k.Usable {
				return &sqlite3.Error{Code: sqlite3.CodeConstraint, Message: "not usable"}
			}
		}
		return nil
	}
	_, err := tryQuery(db, "SELECT * FROM v x, v y WHERE x.a = y.a AND x.b = y.b")
	require.NoError(t, err, "the other join order is possible or the constraint ignored")
	answer = func(*sqlite3.IndexInfo) error {
		return &sqlite3.Error{Code: sqlite3.CodeConstraint, Message: "never"}
	}
	_, err = tryQuery(db, "SELECT * FROM v")
	require.ErrorContains(t, err, "no query solution")
	answer = func(*sqlite3.IndexInfo) error { return errors.New("broken plan") }
	_, err = tryQuery(db, "SELECT * FROM v")
	require.ErrorContains(t, err, "broken plan")
}

// testEstimates checks that the planner uses the estimated cost and number of rows.
func testEstimates(t *testing.T) {
	estimates := map[string]struct {
		cost float64
		rows int64
	}{}
	db := open(t, func(c sqlite3.Conn) (err error) {
		for _, name := range []string{"p", "q"} {
			s := &series{declare: "CREATE TABLE x(a)", bestIndex: func(info *sqlite3.IndexInfo) error {
				info.EstimatedCost, info.EstimatedRows = estimates[name].cost, estimates[name].rows
				return nil
			}}
			err = errors.Join(err, c.CreateModule(name, s.module()))
		}
		return err
	})
	outer := func(costP float64, rowsP int64, costQ float64, rowsQ int64) any {
		estimates["p"] = struct {
			cost float64
			rows int64
		}{costP, rowsP}
		estimates["q"] = struct {
			cost float64
			rows int64
		}{costQ, rowsQ}
		return queryRows(t, db, "EXPLAIN QUERY PLAN SELECT * FROM p, q WHERE p.a+q.a")[0][3]
	}
	require.Contains(t, outer(1e6, 10000, 1e6, 1), "q")
	require.Contains(t, outer(1e6, 1, 1e6, 10000), "p")
	require.Contains(t, outer(1e6, 100, 10, 100), "p")
	require.Contains(t, outer(10, 100, 1e6, 100), "q")
}

// testUniqueScan checks that Unique reaches SQLite: an UPDATE of one row needs no temporary table.
func testUniqueScan(t *testing.T) {
	unique := false
	s := &series{declare: "CREATE TABLE x(a)", bestIndex: func(info *sqlite3.IndexInfo) error {
		info.Unique = unique
		return nil
	}}
	m := s.module()
	m.Writable = true
	make := m.Connect
	m.Connect = func(c sqlite3.Conn, args []string) (sqlite3.VTab, error) {
		v, err := make(c, args)
		return &writableSeries{VTab: v}, err
	}
	db := open(t, func(c sqlite3.Conn) error { return c.CreateModule("v", m) })
	for _, unique = range []bool{false, true} {
		ops := fmt.Sprint(queryRows(t, db, "EXPLAIN UPDATE v SET a=1"))
		require.Equal(t, !unique, strings.Contains(ops, "OpenEphemeral"), ops)
	}
}

// testDestroyFailure has xDestroy fail: the table stays, and can be dropped later.
func testDestroyFailure(t *testing.T) {
	before := subject.Handles()
	refuse := true
	s := &series{declare: "CREATE TABLE x(a)", rows: []dbsp.Row{{dbsp.NewInteger(1)}}}
	s.gone = func() error {
		if refuse {
			return &sqlite3.Error{Code: sqlite3.CodeBusy, Message: "still needed"}
		}
		return nil
	}
	db := open(t, func(c sqlite3.Conn) error { return c.CreateModule("s", s.created()) })
	mustExec(t, db, "CREATE VIRTUAL TABLE v USING s(one, 'two, three' , four)")
	_, err := db.Exec("DROP TABLE v")
	require.Equal(t, 5, subject.Code(err), "%v", err)
	require.Equal(t, [][]any{{int64(1)}}, queryRows(t, db, "SELECT a FROM v"))
	refuse = false
	mustExec(t, db, "DROP TABLE v")
	require.Equal(t, before[1], subject.Handles()[1])
	_, err = tryQuery(db, "SELECT a FROM v")
	require.ErrorContains(t, err, "no such table")
}

// testModuleArguments checks what Create and Connect are given.
func testModuleArguments(t *testing.T) {
	var got []string
	s := &series{declare: "CREATE TABLE x(a)", connect: func(_ sqlite3.Conn, args []string) error { got = args; return nil }}
	db := open(t, func(c sqlite3.Conn) error { return c.CreateModule("s", s.created()) })
	mustExec(t, db, "ATTACH ':memory:' AS aux1; CREATE VIRTUAL TABLE aux1.v USING s(SELECT 'é', f(a, b), [c])")
	require.Equal(t, []string{"s", "aux1", "v", "SELECT 'é'", "f(a, b)", "[c]"}, got)
}

// testInnocuous writes a table whose trigger writes a virtual table, where the schema is not trusted.
func testInnocuous(t *testing.T) {
	for _, innocuous := range []bool{true, false} {
		s := &sink{declare: "CREATE TABLE x(a)", update: func(sqlite3.Args) (int64, error) { return 0, nil }}
		m := s.module()
		make := m.Create
		m.Create = func(c sqlite3.Conn, args []string) (sqlite3.VTab, error) {
			if innocuous {
				if err := c.MarkInnocuous(); err != nil {
					return nil, err
				}
			}
			if err := c.ConstraintSupport(); err != nil {
				return nil, err
			}
			return make(c, args)
		}
		db := open(t, func(c sqlite3.Conn) error { return c.CreateModule("sink", m) })
		mustExec(t, db, `PRAGMA trusted_schema=OFF; CREATE VIRTUAL TABLE cap USING sink; CREATE TABLE t(a);
			CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO cap VALUES(new.a); END`)
		_, err := db.Exec("INSERT INTO t VALUES(1)")
		if innocuous {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, "unsafe use of virtual table")
		}
	}
}

// testModuleMisuse registers modules that cannot work.
func testModuleMisuse(t *testing.T) {
	s := &series{declare: "CREATE TABLE x(a)"}
	db := open(t, func(c sqlite3.Conn) error {
		require.ErrorContains(t, c.CreateModule("m", &sqlite3.Module{}), "no Connect")
		require.ErrorContains(t, c.CreateModule("m\x00", s.module()), "NUL")
		m := s.module()
		m.Writable = true // but the table is no Updater
		nothing := &sqlite3.Module{Connect: func(sqlite3.Conn, []string) (sqlite3.VTab, error) { return nil, nil }}
		bad := &series{declare: "CREATE TABLE x("}
		return errors.Join(c.CreateModule("lies", m), c.CreateModule("empty", nothing), c.CreateModule("bad", bad.module()))
	})
	for module, message := range map[string]string{
		"lies": "lacks a method", "empty": "made no table", "bad": "incomplete input", "m": "no such table",
	} {
		_, err := tryQuery(db, "SELECT * FROM "+module)
		require.ErrorContains(t, err, message)
	}
}

package bindingtest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// testTransactionCalls checks which calls an enlisted virtual table gets: those on which the log of a transaction rests.
func testTransactionCalls(t *testing.T) {
	for _, late := range []bool{false, true} {
		t.Run(fmt.Sprint("late release ", late), func(t *testing.T) { transactionCalls(t, late) })
	}
}

func transactionCalls(t *testing.T, late bool) {
	var calls []string
	marks := 0 // savepoints that the table was told of and not told the end of
	s := &sink{declare: "CREATE TABLE x(a)", update: func(args sqlite3.Args) (int64, error) {
		calls = append(calls, fmt.Sprint("update ", args.Raw(2)))
		return 0, nil
	}}
	m := s.enlisted(func(name string, n int) error {
		switch name {
		case "release":
			if marks = min(marks, n); late {
				return nil
			}
			name = fmt.Sprint(name, " ", n)
		case "savepoint":
			name, marks = fmt.Sprint(name, " ", n, " in ", marks), max(marks, n+1)
		case "rollback to":
			name, marks = fmt.Sprint(name, " ", n, " in ", marks), min(marks, n+1)
		case "begin":
			marks = 0
		}
		calls = append(calls, name)
		return nil
	})
	m.LateRelease = late
	db := open(t, func(c sqlite3.Conn) error { return c.CreateModule("sink", m) })
	mustExec(t, db, "CREATE VIRTUAL TABLE cap USING sink")
	require.Equal(t, []string{"sync", "commit"}, calls, "xCreate enlists without xBegin")
	mustExec(t, db, `CREATE TABLE t(a UNIQUE);
		CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO cap VALUES(new.a); END`)

	for _, tt := range []struct {
		sql  string
		fail bool
		want []string
	}{
		{sql: "INSERT INTO t VALUES(1)", want: []string{"begin", "update 1", "sync", "commit"}},
		{sql: "BEGIN"},
		{sql: "INSERT INTO t VALUES(2),(3)", want: []string{"begin", "savepoint 0 in 0", "update 2", "update 3", "release 0"}},
		{sql: "INSERT INTO t VALUES(4),(1)", fail: true, want: []string{"savepoint 0 in 0", "update 4", "rollback to 0 in 1", "release 0"}},
		{sql: "SAVEPOINT a", want: []string{"savepoint 0 in 0"}},
		{sql: "SAVEPOINT b", want: []string{"savepoint 1 in 1"}},
		{sql: "INSERT INTO t VALUES(5)", want: []string{"savepoint 2 in 2", "update 5", "release 2"}},
		{sql: "RELEASE b", want: []string{"release 1"}},
		{sql: "SAVEPOINT c", want: []string{"savepoint 1 in 1"}},
		{sql: "RELEASE c", want: []string{"release 1"}},
		{sql: "ROLLBACK TO a", want: []string{"rollback to 0 in 1"}},
		{sql: "RELEASE a", want: []string{"release 0"}},
		{sql: "SAVEPOINT d", want: []string{"savepoint 0 in 0"}},
		{sql: "COMMIT", want: []string{"sync", "commit"}},
		{sql: "BEGIN"},
		{sql: "INSERT INTO t VALUES(6)", want: []string{"begin", "savepoint 0 in 0", "update 6", "release 0"}},
		{sql: "ROLLBACK", want: []string{"rollback"}},
		{sql: "ALTER TABLE cap RENAME TO cap2", want: []string{"rename"}}, // no transaction of the table's,
	} {
		calls = nil
		_, err := db.Exec(tt.sql)
		require.Equal(t, tt.fail, err != nil, "%s: %v", tt.sql, err)
		if late { // told of when a savepoint is: see marks
			tt.want = slices.DeleteFunc(tt.want, func(call string) bool { return strings.HasPrefix(call, "release") })
		}
		require.Equal(t, len(tt.want) == 0, len(calls) == 0, tt.sql)
		if len(calls) > 0 {
			require.Equal(t, tt.want, calls, tt.sql)
		}
	}
	require.Equal(t, [][]any{{int64(3)}}, queryRows(t, db, "SELECT count(*) FROM t"))
}

// testSyncWritesTables writes an ordinary table from xSync by a kept statement, in the same transaction, without
// disturbing what the user's statement reports.
func testSyncWritesTables(t *testing.T) {
	var (
		pending []dbsp.Value
		add     sqlite3.Stmt
		refuse  error
	)
	s := &sink{declare: "CREATE TABLE x(a)", update: func(args sqlite3.Args) (int64, error) {
		pending = append(pending, args.Value(2))
		return 0, nil
	}}
	s.gone = func() error {
		if add == nil {
			return nil
		}
		return add.Finalize()
	}
	m := s.enlisted(func(name string, _ int) (err error) {
		c := s.conn
		switch name {
		case "rollback":
			pending = nil
		case "sync":
			if refuse != nil {
				return refuse
			}
			rowid, changes, total := c.LastInsertRowid(), c.Changes(), c.TotalChanges()
			if add == nil {
				if add, _, err = c.Prepare("INSERT INTO totals VALUES(?,1) ON CONFLICT DO UPDATE SET n=n+1", true); err != nil {
					return err
				}
			}
			for _, v := range pending {
				if err := errors.Join(add.Bind(1, v), step(add), add.Reset()); err != nil {
					return err
				}
			}
			pending = nil
			if err := c.Exec("UPDATE audit SET n = n+1; INSERT INTO log VALUES(1),(2),(3)"); err != nil {
				return err
			}
			c.SetLastInsertRowid(rowid)
			if !c.RestoreChanges(changes, total) {
				return errors.New("could not restore changes")
			}
		}
		return nil
	})
	db := open(t, func(c sqlite3.Conn) error { return c.CreateModule("sink", m) })
	mustExec(t, db, `CREATE TABLE t(id INTEGER PRIMARY KEY, a); CREATE TABLE totals(a PRIMARY KEY, n);
		CREATE TABLE audit(n); CREATE TABLE log(x); INSERT INTO audit VALUES(-1);
		CREATE VIRTUAL TABLE cap USING sink;
		CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO cap VALUES(new.a); END`)
	before := queryRows(t, db, "SELECT total_changes()")[0][0].(int64)

	res, err := db.Exec("INSERT INTO t VALUES(70,'x'),(71,'y'),(72,'x')")
	require.NoError(t, err)
	id, err := res.LastInsertId()
	require.NoError(t, err)
	require.EqualValues(t, 72, id)
	n, err := res.RowsAffected()
	require.NoError(t, err)
	require.EqualValues(t, 3, n)
	require.Equal(t, [][]any{{int64(3), int64(72), before + 6}}, // 3 rows and 3 by the trigger
		queryRows(t, db, "SELECT changes(), last_insert_rowid(), total_changes()"))
	require.Equal(t, [][]any{{"x", int64(2)}, {"y", int64(1)}}, queryRows(t, db, "SELECT * FROM totals ORDER BY a"))

	mustExec(t, db, "BEGIN; INSERT INTO t VALUES(80,'z'); ROLLBACK")
	mustExec(t, db, "BEGIN; INSERT INTO t VALUES(80,'y')")
	mustExec(t, db, "COMMIT")
	require.Equal(t, [][]any{{"x", int64(2)}, {"y", int64(2)}}, queryRows(t, db, "SELECT * FROM totals ORDER BY a"))
	require.Equal(t, [][]any{{int64(2)}}, queryRows(t, db, "SELECT n FROM audit"))

	refuse = fmt.Errorf("wrapped: %w", &sqlite3.Error{Code: 2067, Message: "the view says no"})
	_, err = db.Exec("INSERT INTO t VALUES(81,'q')")
	require.ErrorContains(t, err, "wrapped: the view says no")
	require.Equal(t, 2067, subject.Code(err))
	refuse = nil
	require.Equal(t, [][]any{{int64(80)}}, queryRows(t, db, "SELECT max(id) FROM t"), "the commit was refused")
}

// step runs a statement to its end.
func step(s sqlite3.Stmt) error {
	for {
		if ok, err := s.Step(); !ok || err != nil {
			return err
		}
	}
}

// testUpdateWithinUpdate has xUpdate run SQL whose trigger calls xUpdate again: the outer arguments stay valid.
func testUpdateWithinUpdate(t *testing.T) {
	var seen []dbsp.Row
	s := &sink{declare: "CREATE TABLE x(a,b)"}
	s.update = func(args sqlite3.Args) (int64, error) {
		first := args.Value(2)
		if n := args.Raw(2).Int(); n > 0 {
			if err := s.conn.Exec(fmt.Sprintf("INSERT INTO t VALUES(%d,'text %d')", n-1, n-1)); err != nil {
				return 0, err
			}
		}
		if args.Raw(2) != first {
			return 0, errors.New("the arguments changed")
		}
		seen = append(seen, copyArgs(args)[2:])
		return 0, nil
	}
	db := open(t, func(c sqlite3.Conn) error { return c.CreateModule("sink", s.module()) })
	mustExec(t, db, `CREATE VIRTUAL TABLE cap USING sink; CREATE TABLE t(a,b);
		CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO cap VALUES(new.a,new.b); END`)
	mustExec(t, db, "INSERT INTO cap VALUES(3,'text 3')")
	require.Len(t, seen, 4)
	for i, row := range seen {
		require.Equal(t, dbsp.Row{dbsp.NewInteger(int64(i)), dbsp.NewText(fmt.Sprint("text ", i))}, row)
	}
}

// testUpdateForms checks the arguments of INSERT, UPDATE and DELETE, and that an INSERT's rowid is used.
func testUpdateForms(t *testing.T) {
	ser := &series{declare: "CREATE TABLE x(a,b)", rows: []dbsp.Row{{dbsp.NewInteger(7), dbsp.NewText("b")}}}
	var got dbsp.Row
	m := ser.created()
	m.Writable = true
	inner := m.Create
	m.Create = func(c sqlite3.Conn, args []string) (sqlite3.VTab, error) {
		v, err := inner(c, args)
		return &writableSeries{v, func(args sqlite3.Args) (int64, error) {
			got = copyArgs(args)
			return 42, nil
		}}, err
	}
	m.Connect = m.Create
	db := open(t, func(c sqlite3.Conn) error { return c.CreateModule("s", m) })
	mustExec(t, db, "CREATE VIRTUAL TABLE v USING s")
	for _, tt := range []struct {
		sql  string
		want dbsp.Row
	}{
		{"DELETE FROM v", dbsp.Row{dbsp.NewInteger(0)}},
		{"UPDATE v SET b='c'", dbsp.Row{dbsp.NewInteger(0), dbsp.NewInteger(0), dbsp.NewInteger(7), dbsp.NewText("c")}},
		{"INSERT INTO v(b) VALUES('d')", dbsp.Row{{}, {}, {}, dbsp.NewText("d")}},
	} {
		mustExec(t, db, tt.sql)
		require.Equal(t, tt.want, got, tt.sql)
	}
	require.Equal(t, [][]any{{int64(42)}}, queryRows(t, db, "SELECT last_insert_rowid()"))
}

type writableSeries struct {
	sqlite3.VTab
	update func(args sqlite3.Args) (int64, error)
}

func (w *writableSeries) Update(args sqlite3.Args) (int64, error) { return w.update(args) }

package bindingtest

import (
	"database/sql"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// testFailures has each kind of callback fail in three ways: a plain error, an SQLite error with an extended code, and a
// panic. Each becomes the error of that statement, and the connection goes on working.
func testFailures(t *testing.T) {
	ways := map[string]struct {
		fail    func() error
		message string
		code    int
	}{
		"error": {func() error { return errors.New("plain failure") }, "plain failure", 1},
		"code": {func() error { return fmt.Errorf("around: %w", &sqlite3.Error{Code: 2058, Message: "coded failure"}) },
			"around: coded failure", 2058},
		"panic":         {func() error { panic("dropped the ball") }, "sqlite-mv: internal error: dropped the ball", 1},
		"runtime panic": {func() error { return []error{}[subject.Handles()[0]] }, "(bindingtest/failure.go:", 1},
		"not an error":  {func() error { return &sqlite3.Error{Code: 100, Message: "row"} }, "row", 1},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			before := subject.Handles()
			var armed string // the callback that is to fail
			hit := func(name string) error {
				if armed == name {
					return way.fail()
				}
				return nil
			}
			run := func(name string) func() error { return func() error { return hit(name) } }
			ser := &series{
				declare:   "CREATE TABLE x(a)",
				rows:      []dbsp.Row{{dbsp.NewInteger(1)}, {dbsp.NewInteger(2)}},
				connect:   func(sqlite3.Conn, []string) error { return hit("connect") },
				bestIndex: func(*sqlite3.IndexInfo) error { return hit("bestindex") },
				open:      run("open"),
				filter:    func(int, string, sqlite3.Args) error { return hit("filter") },
				next:      run("next"),
				eof: func() {
					if err := hit("eof"); err != nil {
						panic(err)
					}
				},
				column: func(r sqlite3.Result, i int) error {
					if err := hit("column"); err != nil {
						return err
					}
					if armed == "result" {
						r.Error(way.fail())
						return nil
					}
					r.Set(dbsp.NewInteger(5))
					return nil
				},
				rowid: run("rowid"),
				close: run("close"),
				gone:  run("gone"),
			}
			snk := &sink{declare: "CREATE TABLE x(a)", update: func(sqlite3.Args) (int64, error) { return 0, hit("update") }}
			m := snk.enlisted(func(name string, _ int) error { return hit(name) })
			f := &sqlite3.Function{Name: "f", NArg: -1, Scalar: func(_ sqlite3.Conn, r sqlite3.Result, _ sqlite3.Args) {
				if err := hit("scalar"); err != nil {
					r.Error(err)
				}
			}}
			agg := &sqlite3.Function{Name: "agg", NArg: 1, NewAggregate: func() sqlite3.Aggregate {
				if err := hit("new"); err != nil {
					panic(err)
				}
				return &failing{hit}
			}}
			db := open(t, func(c sqlite3.Conn) error {
				return errors.Join(c.CreateModule("s", ser.created()), c.CreateModule("e", ser.module()), c.CreateModule("k", m),
					c.CreateFunction(f), c.CreateFunction(agg))
			})
			mustExec(t, db, "CREATE VIRTUAL TABLE v USING s; CREATE VIRTUAL TABLE w USING k; CREATE TABLE plain(a)")
			for _, tt := range []struct {
				callback, sql string
				silent        bool // SQLite drops the error
				codeOnly      bool // SQLite drops the message
				panics        bool // only a panic can come from there
				textOnly      bool // old SQLites drop the code
			}{
				{callback: "connect", sql: "CREATE VIRTUAL TABLE v2 USING s"},
				{callback: "connect", sql: "SELECT * FROM e", textOnly: true},
				{callback: "bestindex", sql: "SELECT * FROM v"},
				{callback: "open", sql: "SELECT * FROM v"},
				{callback: "filter", sql: "SELECT * FROM v"},
				{callback: "next", sql: "SELECT * FROM v"},
				{callback: "eof", sql: "SELECT * FROM v", panics: true},
				{callback: "column", sql: "SELECT * FROM v"},
				{callback: "result", sql: "SELECT * FROM v"},
				{callback: "rowid", sql: "SELECT rowid FROM v"},
				{callback: "close", sql: "SELECT * FROM v", silent: true},
				{callback: "gone", sql: "DROP TABLE v", codeOnly: true},
				{callback: "update", sql: "INSERT INTO w VALUES(1)"},
				{callback: "begin", sql: "INSERT INTO w VALUES(1)"},
				{callback: "sync", sql: "INSERT INTO w VALUES(1)"},
				{callback: "commit", sql: "INSERT INTO w VALUES(1)", silent: true},
				{callback: "rollback", sql: "BEGIN; INSERT INTO w VALUES(1); ROLLBACK", silent: true},
				{callback: "savepoint", sql: "BEGIN; INSERT INTO w VALUES(1); SAVEPOINT a", codeOnly: true},
				{callback: "release", sql: "BEGIN; INSERT INTO w VALUES(1); SAVEPOINT a; RELEASE a", codeOnly: true},
				{callback: "rollback to", sql: "BEGIN; INSERT INTO w VALUES(1); SAVEPOINT a; ROLLBACK TO a", codeOnly: true},
				{callback: "rename", sql: "ALTER TABLE w RENAME TO w2"},
				{callback: "scalar", sql: "SELECT f(1)"},
				{callback: "new", sql: "SELECT agg(1)", panics: true},
				{callback: "new", sql: "SELECT agg(1) WHERE 0", panics: true},
				{callback: "step", sql: "SELECT agg(1)"},
				{callback: "final", sql: "SELECT agg(1)"},
				{callback: "final", sql: "SELECT agg(1) WHERE 0"},
			} {
				t.Run(tt.callback, func(t *testing.T) {
					armed = tt.callback
					_, err := db.Exec(tt.sql)
					if tt.sql[0] == 'S' {
						_, err = tryQuery(db, tt.sql)
					}
					armed = ""
					defer func() { _, _ = db.Exec("ROLLBACK") }()
					if tt.silent {
						require.NoError(t, err)
						return
					}
					require.Error(t, err)
					if !tt.panics && !tt.textOnly && !(tt.callback == "bestindex" && way.code == 2058) {
						require.Equal(t, way.code, subject.Code(err))
					}
					if !tt.codeOnly {
						require.ErrorContains(t, err, way.message)
					}
				})
				require.Equal(t, [][]any{{int64(5)}, {int64(5)}}, queryRows(t, db, "SELECT a FROM v"), "still working")
				mustExec(t, db, "INSERT INTO w VALUES(1); INSERT INTO plain VALUES(1)")
			}
			armed = "gone" // also when the connection closes
			require.NoError(t, db.Close())
			require.Equal(t, before, subject.Handles())
		})
	}
}

type failing struct{ hit func(string) error }

func (f *failing) Step(sqlite3.Args) error { return f.hit("step") }
func (f *failing) Final(r sqlite3.Result) {
	if err := f.hit("final"); err != nil {
		r.Error(err)
	}
}

// testEntryFailure has the entry point fail or panic: the connection does not open, and what it registered is released.
func testEntryFailure(t *testing.T) {
	before := subject.Handles()
	s := &series{declare: "CREATE TABLE x(a)"}
	for message, entry := range map[string]func() error{
		"no engine today":                   func() error { return errors.New("no engine today") },
		"sqlite-mv: internal error: burned": func() error { panic("burned") },
	} {
		setup := func(c sqlite3.Conn) error {
			if err := c.CreateModule("m", s.module()); err != nil {
				return err
			}
			return entry()
		}
		onOpen.Store(&setup)
		db, err := sql.Open(subject.Driver, ":memory:")
		require.NoError(t, err)
		require.ErrorContains(t, db.Ping(), message)
		require.NoError(t, db.Close())
		onOpen.Store(nil)
	}
	require.Equal(t, before, subject.Handles())
}

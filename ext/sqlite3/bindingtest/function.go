package bindingtest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// joined is an aggregate that lists what it was given.
type joined struct{ s string }

func (j *joined) Step(args sqlite3.Args) error {
	for i := range args.Len() {
		j.s += args.Raw(i).String() + ";"
	}
	if args.Raw(0) == dbsp.NewInteger(13) {
		return errors.New("unlucky")
	}
	return nil
}
func (j *joined) Final(r sqlite3.Result) { r.Set(dbsp.NewText(j.s)) }

// testFunctions checks scalars and aggregates, their numbers of arguments, and that a function may run SQL that calls it.
func testFunctions(t *testing.T) {
	before := subject.Handles()
	db := open(t, func(c sqlite3.Conn) error {
		scalar := func(name string, n int, f func(c sqlite3.Conn, r sqlite3.Result, args sqlite3.Args)) error {
			return c.CreateFunction(&sqlite3.Function{Name: name, NArg: n, Deterministic: true, Innocuous: true, Scalar: f})
		}
		require.Error(t, c.CreateFunction(&sqlite3.Function{Name: "neither"}))
		require.Error(t, scalar("toomany", 100000, func(sqlite3.Conn, sqlite3.Result, sqlite3.Args) {}))
		return errors.Join(
			scalar("argc", -1, func(_ sqlite3.Conn, r sqlite3.Result, args sqlite3.Args) { r.Set(dbsp.NewInteger(int64(args.Len()))) }),
			scalar("one", 1, func(_ sqlite3.Conn, r sqlite3.Result, args sqlite3.Args) { r.Set(args.Raw(0)) }),
			scalar("nothing_set", 0, func(sqlite3.Conn, sqlite3.Result, sqlite3.Args) {}),
			scalar("fact", 1, func(c sqlite3.Conn, r sqlite3.Result, args sqlite3.Args) {
				n := args.Raw(0).Int()
				if n <= 1 {
					r.Set(dbsp.NewInteger(1))
					return
				}
				s, _, err := c.Prepare("SELECT fact(?)", false)
				if err == nil {
					err = s.Bind(1, dbsp.NewInteger(n-1))
				}
				if err == nil {
					_, err = s.Step()
				}
				if err != nil {
					r.Error(err)
					return
				}
				r.Set(dbsp.NewInteger(args.Raw(0).Int() * s.ColumnRaw(0).Int()))
				_ = s.Finalize()
			}),
			c.CreateFunction(&sqlite3.Function{Name: "joined", NArg: -1, NewAggregate: func() sqlite3.Aggregate { return &joined{} }}),
			c.CreateFunction(&sqlite3.Function{Name: "direct", DirectOnly: true, Scalar: func(_ sqlite3.Conn, r sqlite3.Result, _ sqlite3.Args) {
				r.Set(dbsp.NewInteger(1))
			}}),
			c.CreateFunction(&sqlite3.Function{Name: "plain", Scalar: func(_ sqlite3.Conn, r sqlite3.Result, _ sqlite3.Args) {
				r.Set(dbsp.NewInteger(1))
			}}),
		)
	})
	require.Equal(t, before[3]+7, subject.Handles()[3], "the two that failed are gone")
	require.Equal(t, [][]any{{int64(0), int64(3), "x", nil}}, queryRows(t, db, "SELECT argc(), argc(1,2,3), one('x'), nothing_set()"))
	_, err := tryQuery(db, "SELECT one(1,2)")
	require.ErrorContains(t, err, "wrong number of arguments")
	require.Equal(t, [][]any{{int64(3628800)}}, queryRows(t, db, "SELECT fact(10)"))

	mustExec(t, db, "CREATE TABLE t(g, v); INSERT INTO t VALUES(1,'a'),(2,2.5),(1,NULL),(2,x'00')")
	require.Equal(t, [][]any{{int64(1), "'a';NULL;"}, {int64(2), "2.5;x'00';"}}, queryRows(t, db, "SELECT g, joined(v) FROM t GROUP BY g"))
	require.Equal(t, [][]any{{""}}, queryRows(t, db, "SELECT joined(v) FROM t WHERE 0"))
	_, err = tryQuery(db, "SELECT joined(v) FROM (SELECT 1 AS v UNION ALL SELECT 13 UNION ALL SELECT 2)")
	require.ErrorContains(t, err, "unlucky")

	// A statement that is given up in the midst of an aggregation.
	rows, err := db.Query("SELECT joined(v), g FROM t GROUP BY g")
	require.NoError(t, err)
	require.True(t, rows.Next())
	require.NoError(t, rows.Close())
	require.Equal(t, before[4], subject.Handles()[4])

	// Flags.
	mustExec(t, db, "CREATE TABLE i(a); CREATE INDEX ii ON i(one(a)); CREATE VIEW vd AS SELECT direct(); CREATE VIEW vp AS SELECT plain(); CREATE VIEW vi AS SELECT one(1)")
	_, err = db.Exec("CREATE INDEX ip ON i(plain())")
	require.ErrorContains(t, err, "non-deterministic")
	_, err = tryQuery(db, "SELECT * FROM vd")
	require.ErrorContains(t, err, "unsafe use of direct()")
	queryRows(t, db, "SELECT * FROM vp")
	mustExec(t, db, "PRAGMA trusted_schema=OFF")
	_, err = tryQuery(db, "SELECT * FROM vp")
	require.ErrorContains(t, err, "unsafe use of plain()")
	require.Equal(t, [][]any{{int64(1)}}, queryRows(t, db, "SELECT * FROM vi"))

	require.NoError(t, db.Close())
	require.Equal(t, before, subject.Handles())
}

// testArgsAfterCallback uses arguments that were kept after the callback: a panic, not a read of freed memory.
func testArgsAfterCallback(t *testing.T) {
	var kept sqlite3.Args
	db := open(t, func(c sqlite3.Conn) error {
		return c.CreateFunction(&sqlite3.Function{Name: "keep", NArg: 1, Scalar: func(_ sqlite3.Conn, r sqlite3.Result, args sqlite3.Args) { kept = args }})
	})
	queryRows(t, db, "SELECT keep('x')")
	require.Zero(t, kept.Len())
	require.Panics(t, func() { fmt.Println(kept.Raw(0)) })
}

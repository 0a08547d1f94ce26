package bindingtest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// testDeclaredTypesAndCollations checks that an eponymous table's columns have the affinity and collation they are
// declared with.
func testDeclaredTypesAndCollations(t *testing.T) {
	s := &series{
		declare: "CREATE TABLE x(a INTEGER, b TEXT COLLATE NOCASE, c)",
		rows: []dbsp.Row{
			{dbsp.NewInteger(1), dbsp.NewText("One"), dbsp.NewText("1")},
			{dbsp.NewInteger(2), dbsp.NewText("TWO"), dbsp.NewBlob("\x00\x01")},
			{{}, dbsp.NewText(""), dbsp.NewReal(0.5)},
		},
	}
	db := open(t, func(c sqlite3.Conn) error { return c.CreateModule("nums", s.module()) })

	require.Equal(t, [][]any{{int64(1), "One", "1"}, {int64(2), "TWO", []byte{0, 1}}, {nil, "", 0.5}},
		queryRows(t, db, "SELECT * FROM nums"))
	require.Equal(t, [][]any{{int64(1)}}, queryRows(t, db, "SELECT a FROM nums WHERE b = 'oNE'"), "NOCASE")
	require.Equal(t, [][]any{{"TWO"}}, queryRows(t, db, "SELECT b FROM nums WHERE a = '2'"), "INTEGER affinity")
	require.Empty(t, queryRows(t, db, "SELECT b FROM nums WHERE c = 1"), "no affinity")
	require.Equal(t, [][]any{{int64(0)}, {int64(2)}}, queryRows(t, db, "SELECT rowid FROM nums WHERE a IS NOT 2"))

	_, err := db.Exec("CREATE VIRTUAL TABLE y USING nums")
	require.ErrorContains(t, err, "no such module")
	_, err = db.Exec("INSERT INTO nums VALUES(1,2,3)")
	require.ErrorContains(t, err, "may not be modified")
}

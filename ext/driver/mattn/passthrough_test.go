//go:build cgo

package mattn

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/mattn/go-sqlite3"
	"github.com/stretchr/testify/require"
)

// Whatever a program can call on the inner connection it can call on ours.
func TestNoMethodIsLost(t *testing.T) {
	db, err := sql.Open(Name, ":memory:")
	require.NoError(t, err)
	defer db.Close()
	c, err := db.Conn(context.Background())
	require.NoError(t, err)
	defer c.Close()
	require.NoError(t, c.Raw(func(dc any) error {
		require.IsType(t, &Conn{}, dc)
		require.IsType(t, &sqlite3.SQLiteConn{}, dc.(*Conn).Unwrap())
		inner, ours := reflect.TypeOf(dc.(*Conn).Unwrap()), reflect.TypeOf(dc)
		for i := range inner.NumMethod() {
			switch name := inner.Method(i).Name; name {
			case "Authenticate", "AuthEnabled", "AuthUserAdd", "AuthUserChange", "AuthUserDelete":
				// SQLite has dropped user authentication.
			default:
				_, ok := ours.MethodByName(name)
				require.True(t, ok, name)
			}
		}
		return nil
	}))
}

func TestOptionsOfTheInnerDriver(t *testing.T) {
	db, err := sql.Open(Name, "file:"+filepath.Join(t.TempDir(), "a.db")+"?_foreign_keys=1&_journal_mode=WAL&_query_only=1")
	require.NoError(t, err)
	defer db.Close()
	var on int
	var mode string
	require.NoError(t, db.QueryRow("SELECT foreign_keys, journal_mode FROM pragma_foreign_keys, pragma_journal_mode").Scan(&on, &mode))
	require.Equal(t, 1, on)
	require.Equal(t, "wal", mode)
	_, err = db.Exec("CREATE TABLE t(a)")
	require.ErrorContains(t, err, "readonly")
}

// A text that is cut, at CREATE INDEX, hands out its arguments as the text in one piece does.
func TestArgumentsOfACutText(t *testing.T) {
	run := func(driver, text string, args []any) string {
		db, err := sql.Open(driver, ":memory:")
		require.NoError(t, err)
		defer db.Close()
		db.SetMaxOpenConns(1)
		_, err = db.Exec("CREATE TABLE t(a, b)")
		require.NoError(t, err)
		_, failed := db.Exec(text, args...)
		rows, err := db.Query("SELECT quote(a) || quote(b) FROM t")
		require.NoError(t, err)
		defer rows.Close()
		out := fmt.Sprint(failed, ":")
		for rows.Next() {
			var row string
			require.NoError(t, rows.Scan(&row))
			out += " " + row
		}
		return out
	}
	for _, text := range []string{
		"INSERT INTO t VALUES(?, ?); CREATE INDEX i ON t(a); INSERT INTO t VALUES(?, ?)",
		"INSERT INTO t VALUES(?1, ?1); CREATE INDEX i ON t(a); INSERT INTO t VALUES(?2, ?1)",
		"INSERT INTO t VALUES(?2, 1); INSERT INTO t VALUES(?, ?); CREATE INDEX i ON t(a); INSERT INTO t VALUES(?, '?')",
		"CREATE INDEX i ON t(a); INSERT INTO t VALUES(:x, $y); INSERT INTO t VALUES(@x, :x)",
		"INSERT INTO t VALUES(:x, :x); CREATE INDEX i ON t(a); INSERT INTO t VALUES(?, :x)",
		"CREATE INDEX i ON t(a)",
	} {
		for _, args := range [][]any{
			{}, {1}, {1, 2}, {1, 2, 3}, {1, 2, 3, 4}, {1, 2, 3, 4, 5},
			{sql.Named("x", 1), sql.Named("y", 2)}, {1, sql.Named("x", 2), 3}, {sql.Named("x", 1), 2, 3, 4},
		} {
			require.Equal(t, run("sqlite3", text, args), run(Name, text, args), "%s %v", text, args)
		}
	}
}

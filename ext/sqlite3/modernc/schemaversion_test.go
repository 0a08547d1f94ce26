package modernc

import (
	"context"
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// A schema change, its rollback, and another change after it must all show, though the cookie of the two changes is the
// same number.
func TestSchemaVersion(t *testing.T) {
	var version func() int64
	require.NoError(t, Binding.AutoExtension(func(c sqlite3.Conn) error {
		return c.CreateFunction(&sqlite3.Function{Name: "test_schema_version", Scalar: func(c sqlite3.Conn, r sqlite3.Result, _ sqlite3.Args) {
			v, ok := c.SchemaVersion("main")
			require.True(t, ok)
			version = func() int64 { return v }
		}})
	}))
	db, err := sql.Open("sqlite", t.TempDir()+"/a.db")
	require.NoError(t, err)
	defer db.Close()
	conn, err := db.Conn(context.Background())
	require.NoError(t, err)
	defer conn.Close()
	seen := map[int64]string{}
	look := func(after string) int64 {
		_, err := conn.ExecContext(context.Background(), "SELECT test_schema_version() FROM sqlite_schema UNION ALL SELECT test_schema_version()")
		require.NoError(t, err)
		return version()
	}
	for _, q := range []string{"CREATE TABLE a(x)", "BEGIN", "CREATE TABLE b(x)", "ROLLBACK", "CREATE TABLE c(x)"} {
		_, err := conn.ExecContext(context.Background(), q)
		require.NoError(t, err)
		if q == "BEGIN" {
			continue
		}
		v := look(q)
		require.Empty(t, seen[v], "%s leaves the version that %s left", q, seen[v])
		seen[v] = q
		require.Equal(t, v, look(q))
	}
}

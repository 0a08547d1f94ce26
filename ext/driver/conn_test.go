package driver

import (
	"context"
	sqldriver "database/sql/driver"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestQuietResults(t *testing.T) {
	db, _ := openRecorded(t)
	_, err := db.Exec("INSERT INTO t(rowid, a) VALUES(77, 1)")
	require.NoError(t, err)
	for _, text := range []string{"REFRESH MATERIALIZED VIEW v", "DROP MATERIALIZED VIEW IF EXISTS nix"} {
		r, err := db.Exec(text)
		require.NoError(t, err)
		n, err := r.RowsAffected()
		require.NoError(t, err)
		require.Zero(t, n, text)
		_, err = r.LastInsertId()
		require.NoError(t, err)
	}
	rows, err := db.Query("DROP MATERIALIZED VIEW IF EXISTS nix")
	require.NoError(t, err)
	columns, err := rows.Columns()
	require.NoError(t, err)
	require.Empty(t, columns)
	require.False(t, rows.Next())
	require.NoError(t, rows.Close())
}

func TestUnwrap(t *testing.T) {
	o := &opener{dsn: ":memory:", stock: true}
	inner, err := o.Connect(context.Background())
	require.NoError(t, err)
	c := Wrap(inner, SharedArguments)
	require.Same(t, inner, c.Unwrap())
	require.True(t, c.IsValid())
	require.NoError(t, c.ResetSession(context.Background()))
	require.ErrorIs(t, c.CheckNamedValue(&sqldriver.NamedValue{}), sqldriver.ErrSkip)
	require.NoError(t, c.Close())
	require.False(t, c.IsValid())
	require.ErrorIs(t, c.ResetSession(context.Background()), sqldriver.ErrBadConn)
}

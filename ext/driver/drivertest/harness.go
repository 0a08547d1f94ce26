package drivertest

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// open opens a new database file; options is the query part of the data source name.
func open(t testing.TB, options string) *sql.DB {
	t.Helper()
	return openFile(t, filepath.Join(t.TempDir(), "test.db")+options)
}

func openFile(t testing.TB, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open(subject.Driver, dsn)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// runner is a *sql.DB, *sql.Conn or *sql.Tx.
type runner interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func run(t testing.TB, r runner, text string, args ...any) sql.Result {
	t.Helper()
	res, err := r.ExecContext(context.Background(), text, args...)
	require.NoError(t, err)
	return res
}

// ask returns the rows of a query, each a slice of what the driver gives.
func ask(t testing.TB, r runner, text string, args ...any) [][]any {
	t.Helper()
	rows, err := r.QueryContext(context.Background(), text, args...)
	require.NoError(t, err)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(t, err)
	out := [][]any{}
	for rows.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		require.NoError(t, rows.Scan(into...))
		out = append(out, row)
	}
	require.NoError(t, rows.Err())
	return out
}

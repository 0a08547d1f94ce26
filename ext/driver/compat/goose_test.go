package compat

import (
	"context"
	"database/sql"
	"os"
	"testing"

	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"
)

func TestGoose(t *testing.T) {
	ctx := context.Background()
	db, err := sql.Open(driver, file(t))
	require.NoError(t, err)
	defer db.Close()
	p, err := goose.NewProvider(goose.DialectSQLite3, db, os.DirFS("testdata/migrations"))
	require.NoError(t, err)

	_, err = p.UpTo(ctx, 1)
	require.NoError(t, err)
	_, err = db.Exec("INSERT INTO orders(region, amount) VALUES('east', 1), ('west', 2), ('east', 3)")
	require.NoError(t, err)
	done, err := p.Up(ctx)
	require.NoError(t, err)
	require.Len(t, done, 2)
	_, err = db.Exec("INSERT INTO orders(region, amount) VALUES('east', 10)")
	require.NoError(t, err)
	require.Equal(t, 14, count(t, db, "SELECT total FROM region_totals WHERE region = 'east'"))
	require.Equal(t, 4, count(t, db, "SELECT count(*) FROM audit"))

	_, err = p.DownTo(ctx, 1)
	require.NoError(t, err)
	require.Zero(t, count(t, db, "SELECT count(*) FROM sqlite_master WHERE name LIKE '%totals%'"))
	require.Equal(t, 4, count(t, db, "SELECT count(*) FROM orders"))
	_, err = p.Up(ctx)
	require.NoError(t, err)
	require.Equal(t, 14, count(t, db, "SELECT total FROM region_totals WHERE region = 'east'"))
	_, err = p.DownTo(ctx, 0)
	require.NoError(t, err)
}

// A migration that fails leaves nothing behind, the view it made before among it.
func TestGooseFailure(t *testing.T) {
	ctx := context.Background()
	db, err := sql.Open(driver, file(t))
	require.NoError(t, err)
	defer db.Close()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(dir+"/00001_bad.sql", []byte(`-- +goose Up
CREATE TABLE t(a);
CREATE MATERIALIZED VIEW v AS SELECT count(*) AS n FROM t;
CREATE MATERIALIZED VIEW w AS SELECT random() AS n FROM t;
-- +goose Down
`), 0o600))
	p, err := goose.NewProvider(goose.DialectSQLite3, db, os.DirFS(dir))
	require.NoError(t, err)
	_, err = p.Up(ctx)
	require.ErrorContains(t, err, "random")
	require.Zero(t, count(t, db, "SELECT count(*) FROM sqlite_master WHERE name IN ('t', 'v', 'w')"))
}

func count(t *testing.T, db *sql.DB, query string) (n int) {
	t.Helper()
	require.NoError(t, db.QueryRow(query).Scan(&n))
	return n
}

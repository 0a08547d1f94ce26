package compat

import (
	"context"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"
)

func init() { sqlx.BindDriver(driver, sqlx.QUESTION) }

type order struct {
	ID     int64
	Region string
	Amount int64
}

type total struct {
	Region string
	N      int64
	Total  int64
}

const schema = `
	CREATE TABLE orders(id INTEGER PRIMARY KEY, region TEXT NOT NULL, amount INTEGER NOT NULL);
	CREATE MATERIALIZED VIEW totals AS
		SELECT region, count(*) AS n, sum(amount) AS total FROM orders GROUP BY region;
	CREATE INDEX totals_n ON totals(n);`

func TestSqlx(t *testing.T) {
	db := sqlx.MustConnect(driver, file(t)+"?_pragma=foreign_keys(1)")
	defer db.Close()
	db.MustExec(schema)

	_, err := db.NamedExec("INSERT INTO orders(id, region, amount) VALUES(:id, :region, :amount)",
		[]order{{1, "east", 10}, {2, "west", 20}, {3, "east", 30}})
	require.NoError(t, err)

	var all []total
	require.NoError(t, db.Select(&all, "SELECT * FROM totals ORDER BY region"))
	require.Equal(t, []total{{"east", 2, 40}, {"west", 1, 20}}, all)

	tx := db.MustBegin()
	tx.MustExec("UPDATE orders SET region = ? WHERE id = ?", "north", 2)
	var one total
	require.NoError(t, tx.Get(&one, "SELECT * FROM totals WHERE region = ?", "north"))
	require.Equal(t, total{"north", 1, 20}, one)
	require.NoError(t, tx.Rollback())

	query, args, err := sqlx.In("SELECT * FROM totals WHERE region IN (?) ORDER BY n", []string{"north", "west", "east"})
	require.NoError(t, err)
	all = nil
	require.NoError(t, db.Select(&all, db.Rebind(query), args...))
	require.Equal(t, []total{{"west", 1, 20}, {"east", 2, 40}}, all)

	named, err := db.PrepareNamed("SELECT n FROM totals WHERE region = :region")
	require.NoError(t, err)
	defer named.Close()
	var n int64
	require.NoError(t, named.Get(&n, map[string]any{"region": "east"}))
	require.EqualValues(t, 2, n)

	rows, err := db.NamedQueryContext(context.Background(), "SELECT * FROM totals WHERE total > :min", map[string]any{"min": 30})
	require.NoError(t, err)
	defer rows.Close()
	require.True(t, rows.Next())
	require.NoError(t, rows.StructScan(&one))
	require.Equal(t, total{"east", 2, 40}, one)
	require.False(t, rows.Next())

	stmt := db.MustBegin()
	refresh, err := stmt.Preparex("REFRESH MATERIALIZED VIEW totals")
	require.NoError(t, err)
	refresh.MustExec()
	require.NoError(t, refresh.Close())
	require.NoError(t, stmt.Commit())
	db.MustExec("DROP MATERIALIZED VIEW totals")
}

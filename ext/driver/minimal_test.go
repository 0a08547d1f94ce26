package driver

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"testing"

	"github.com/stretchr/testify/require"
)

// bareConn is an inner connection with no more than a driver must have.
type bareConn struct{ full sqldriver.Conn }

func (c bareConn) Close() error                 { return c.full.Close() }
func (c bareConn) Begin() (sqldriver.Tx, error) { return (&Conn{inner: c.full}).Begin() }
func (c bareConn) Prepare(text string) (sqldriver.Stmt, error) {
	s, err := c.full.Prepare(text)
	return bareStmt{s}, err
}

type bareStmt struct{ full sqldriver.Stmt }

func (s bareStmt) Close() error  { return s.full.Close() }
func (s bareStmt) NumInput() int { return s.full.NumInput() }
func (s bareStmt) Exec(v []sqldriver.Value) (sqldriver.Result, error) {
	return execStmt(context.Background(), s.full, named(v))
}
func (s bareStmt) Query(v []sqldriver.Value) (sqldriver.Rows, error) {
	r, err := queryStmt(context.Background(), s.full, named(v))
	return bareRows{r}, err
}

type bareRows struct{ full sqldriver.Rows }

func (r bareRows) Columns() []string                 { return r.full.Columns() }
func (r bareRows) Close() error                      { return r.full.Close() }
func (r bareRows) Next(dest []sqldriver.Value) error { return r.full.Next(dest) }

type bareOpener struct{ opener }

func (o *bareOpener) Connect(ctx context.Context) (sqldriver.Conn, error) {
	o.stock = true
	c, err := o.opener.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return Wrap(bareConn{c}, SharedArguments), nil
}

func TestInnerDriverWithoutOptionalInterfaces(t *testing.T) {
	db := sql.OpenDB(&bareOpener{opener{dsn: ":memory:"}})
	defer db.Close()
	db.SetMaxOpenConns(1)
	require.NoError(t, db.Ping())
	_, err := db.Exec(`CREATE TABLE t(a); CREATE VIRTUAL TABLE v USING materialized_view(SELECT 1)`)
	require.NoError(t, err)

	_, err = db.Exec("INSERT INTO t(a) VALUES(?)", 1)
	require.NoError(t, err)
	_, err = db.Exec("INSERT INTO t(a) VALUES(?); REFRESH MATERIALIZED VIEW v; INSERT INTO t(a) VALUES(?)", 2)
	require.NoError(t, err)

	var got []int
	rows, err := db.Query("REFRESH MATERIALIZED VIEW v; SELECT a FROM t ORDER BY rowid; INSERT INTO t VALUES (?);\n", 3)
	require.NoError(t, err)
	for rows.Next() {
		var n int
		require.NoError(t, rows.Scan(&n))
		got = append(got, n)
	}
	require.NoError(t, rows.Err())
	require.Equal(t, []int{1, 2, 2, 3}, got, "the rows were open while the INSERT ran")

	_, err = db.BeginTx(context.Background(), &sql.TxOptions{ReadOnly: true})
	require.Error(t, err)
	_, err = db.BeginTx(context.Background(), &sql.TxOptions{Isolation: sql.LevelSerializable})
	require.Error(t, err)
	tx, err := db.Begin()
	require.NoError(t, err)
	_, err = tx.Exec("DROP MATERIALIZED VIEW v")
	require.NoError(t, err)
	require.NoError(t, tx.Rollback())
	_, err = db.Exec("REFRESH MATERIALIZED VIEW v")
	require.NoError(t, err)

	done, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = db.ExecContext(done, "REFRESH MATERIALIZED VIEW v")
	require.ErrorIs(t, err, context.Canceled)
}

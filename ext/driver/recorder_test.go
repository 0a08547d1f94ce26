package driver

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"modernc.org/sqlite"
)

// recorder is an inner connection that writes down the texts that reach it.
type recorder struct {
	sqldriver.Conn
	texts *[]string
}

func (r recorder) note(text string) {
	lookup := strings.Contains(text, "pragma_database_list") || strings.Contains(text, "sqlite_master") ||
		strings.Contains(text, "pragma_table_info") ||
		text == "SELECT last_insert_rowid()"
	if !lookup {
		*r.texts = append(*r.texts, text)
	}
}

func (r recorder) ExecContext(ctx context.Context, text string, args []sqldriver.NamedValue) (sqldriver.Result, error) {
	r.note(text)
	return r.Conn.(sqldriver.ExecerContext).ExecContext(ctx, text, args)
}

func (r recorder) QueryContext(ctx context.Context, text string, args []sqldriver.NamedValue) (sqldriver.Rows, error) {
	r.note(text)
	return r.Conn.(sqldriver.QueryerContext).QueryContext(ctx, text, args)
}

func (r recorder) PrepareContext(ctx context.Context, text string) (sqldriver.Stmt, error) {
	r.note("prepare " + text)
	return r.Conn.(sqldriver.ConnPrepareContext).PrepareContext(ctx, text)
}

// opener opens wrapped (or, for comparison, stock) connections of modernc.org/sqlite.
type opener struct {
	dsn   string
	stock bool
	texts []string
}

func (o *opener) Connect(ctx context.Context) (sqldriver.Conn, error) {
	c, err := sqlite.NewConnector(o.dsn)
	if err != nil {
		return nil, err
	}
	inner, err := c.Connect(ctx)
	if err != nil || o.stock {
		return inner, err
	}
	return Wrap(recorder{inner, &o.texts}, SharedArguments), nil
}

func (o *opener) Driver() sqldriver.Driver { return nil }

// openRecorded opens an in-memory database on one wrapped connection. A stub stands in for the engine.
func openRecorded(t testing.TB) (*sql.DB, *opener) {
	o := &opener{dsn: ":memory:"}
	db := sql.OpenDB(o)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err := db.Exec(`
		CREATE TABLE t(a, b);
		ATTACH ':memory:' AS aux;
		CREATE VIRTUAL TABLE fts USING fts5(materialized_view, mv_command)`)
	require.NoError(t, err)
	for _, v := range []view{{"main", "v"}, {"main", `odd "name`}, {"aux", "v"}, {"aux", "w"}, {"temp", "x"}, {"main", "x"}} {
		_, err := db.Exec(`CREATE VIRTUAL TABLE ` + v.qualified() + ` USING materialized_view(SELECT 1);
			CREATE TABLE ` + (view{v.schema, outPrefix + v.name}).qualified() + `(region, "select")`)
		require.NoError(t, err)
	}
	o.texts = nil
	return db, o
}

package ext_test

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sqlite-mv/sqlite-mv/internal/oracle"
	"github.com/stretchr/testify/require"

	_ "github.com/sqlite-mv/sqlite-mv/ext/driver/mattn"
	_ "github.com/sqlite-mv/sqlite-mv/ext/driver/modernc"
)

// session is one connection of the driver under test.
type session struct {
	*sql.Conn
	t testing.TB
}

// driverName is the driver under test.
var driverName = flag.String("driver", "sqlite-mv", "database/sql driver: sqlite-mv or sqlite-mv-mattn")

// file names a database file; options are those of the data source name, such as a journal mode.
func file(t testing.TB, options ...string) string {
	return dsn(filepath.Join(t.TempDir(), "test.db"), options...)
}

// dsn uses the options that both drivers know.
func dsn(path string, options ...string) string {
	s := "file:" + strings.ReplaceAll(path, "#", "%23") + "?_synchronous=0"
	if !strings.Contains(strings.Join(options, ""), "busy_timeout") {
		s += "&_busy_timeout=0"
	}
	for _, o := range options {
		name, value, _ := strings.Cut(strings.TrimSuffix(o, ")"), "(")
		s += "&_" + name + "=" + value
	}
	return s
}

// connect opens a connection of its own; it is closed with the test.
func connect(t testing.TB, dsn string) session {
	t.Helper()
	db, err := sql.Open(*driverName, dsn)
	require.NoError(t, err)
	c, err := db.Conn(context.Background())
	require.NoError(t, err)
	require.NoError(t, c.Raw(registerHalf))
	t.Cleanup(func() {
		if err := c.Close(); !errors.Is(err, sql.ErrConnDone) {
			require.NoError(t, err)
		}
		require.NoError(t, db.Close())
	})
	return session{c, t}
}

// run runs statements that must succeed.
func (s session) run(text string, args ...any) sql.Result {
	s.t.Helper()
	r, err := s.ExecContext(context.Background(), text, args...)
	require.NoError(s.t, err, text)
	return r
}

// fails runs a statement that must fail with an error that contains want.
func (s session) fails(text, want string) {
	s.t.Helper()
	_, err := s.ExecContext(context.Background(), text)
	require.ErrorContains(s.t, err, want, text)
}

// ask returns the rows of a query, each as its values with a blank between.
func (s session) ask(query string, args ...any) []string {
	s.t.Helper()
	rows, err := s.tryAsk(query, args...)
	require.NoError(s.t, err, query)
	return rows
}

func (s session) tryAsk(query string, args ...any) ([]string, error) {
	rows, err := s.QueryContext(context.Background(), query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	out := []string{}
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		out = append(out, strings.TrimSuffix(fmt.Sprintln(values...), "\n"))
	}
	return out, rows.Err()
}

// refuses runs a query that must fail with an error that contains want.
func (s session) refuses(query, want string) {
	s.t.Helper()
	_, err := s.tryAsk(query)
	require.ErrorContains(s.t, err, want, query)
}

// right compares every view of main with its SELECT.
func (s session) right() {
	s.t.Helper()
	ctx := context.Background()
	views, err := oracle.Views(ctx, s.Conn, oracle.Materialized, "main")
	require.NoError(s.t, err)
	require.NotEmpty(s.t, views)
	require.NoError(s.t, oracle.Check(ctx, s.Conn, oracle.Materialized, views...))
}

// schema is all of main's schema, and the rows of the catalog.
func (s session) schema() []string {
	s.t.Helper()
	// sqlite_sequence and the like come with the statements of the test, not with views.
	all := s.ask("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name")
	for _, table := range []string{"views", "captures"} {
		if slices.ContainsFunc(all, func(r string) bool { return strings.Contains(r, "table __internal_dbsp_"+table+" ") }) {
			all = append(all, s.ask("SELECT * FROM __internal_dbsp_"+table)...)
		}
	}
	return all
}

// journals are the ways in which a file is shared.
var journals = []string{"journal_mode(wal)", "journal_mode(delete)"}

// orders is a base table with some rows, and two views and one on them.
const (
	orders = `CREATE TABLE orders(id INTEGER PRIMARY KEY, customer INT, region TEXT, amount REAL);
		CREATE TABLE customers(id INTEGER PRIMARY KEY, segment TEXT UNIQUE);
		INSERT INTO customers VALUES(1, 'a'), (2, 'b'), (3, 'c');
		INSERT INTO orders(customer, region, amount) VALUES(1, 'n', 5), (2, 's', 6.5), (1, 'n', 7), (3, 'w', 0.1), (9, NULL, 3);`
	orderViews = `CREATE MATERIALIZED VIEW regions AS SELECT region, count(*) AS n, sum(amount) AS total, max(amount) AS most FROM orders GROUP BY region;
		CREATE MATERIALIZED VIEW segments AS SELECT c.segment, count(*) AS n, sum(o.amount) AS total FROM orders o JOIN customers c ON c.id = o.customer GROUP BY 1;
		CREATE MATERIALIZED VIEW large AS SELECT id, region, amount FROM orders WHERE amount > 5;
		CREATE MATERIALIZED VIEW sizes AS SELECT n, count(*) AS regions FROM regions GROUP BY n;`
)

func TestMainIsNotForked(t *testing.T) {
	require.Empty(t, os.Getenv(childEnv), "children run their own test only")
}

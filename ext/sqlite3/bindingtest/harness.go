package bindingtest

import (
	"database/sql"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// onOpen is what the test that runs wants done for each new connection.
var onOpen atomic.Pointer[func(sqlite3.Conn) error]

// openFile opens dsn by the stock driver with one connection, which setup saw first.
func openFile(t testing.TB, dsn string, setup func(c sqlite3.Conn) error) *sql.DB {
	t.Helper()
	onOpen.Store(&setup)
	t.Cleanup(func() { onOpen.Store(nil) })
	db, err := sql.Open(subject.Driver, dsn)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	db.SetMaxOpenConns(1)
	require.NoError(t, db.Ping())
	return db
}

func open(t testing.TB, setup func(c sqlite3.Conn) error) *sql.DB {
	t.Helper()
	return openFile(t, ":memory:", setup)
}

// mustExec runs statements that must succeed.
func mustExec(t testing.TB, db *sql.DB, sql string, args ...any) {
	t.Helper()
	_, err := db.Exec(sql, args...)
	require.NoError(t, err, sql)
}

// queryRows returns the rows of a query, each as a slice of driver values.
func queryRows(t testing.TB, db *sql.DB, query string, args ...any) [][]any {
	t.Helper()
	rows, err := tryQuery(db, query, args...)
	require.NoError(t, err, query)
	return rows
}

func tryQuery(db *sql.DB, query string, args ...any) (out [][]any, err error) {
	rows, err := db.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		row := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, rows.Err()
}

// series is a module over fixed rows; its methods may be replaced by a test.
type series struct {
	declare string
	rows    []dbsp.Row

	connect   func(c sqlite3.Conn, args []string) error
	bestIndex func(*sqlite3.IndexInfo) error
	open      func() error
	filter    func(idxNum int, idxStr string, args sqlite3.Args) error
	next      func() error
	eof       func()
	column    func(r sqlite3.Result, i int) error
	rowid     func() error
	close     func() error
	gone      func() error // Disconnect and Destroy
}

// module is the eponymous module; created makes one for CREATE VIRTUAL TABLE.
func (s *series) module() *sqlite3.Module {
	return &sqlite3.Module{Connect: s.make}
}

func (s *series) created() *sqlite3.Module {
	return &sqlite3.Module{Connect: s.make, Create: s.make}
}

func (s *series) make(c sqlite3.Conn, args []string) (sqlite3.VTab, error) {
	if s.connect != nil {
		if err := s.connect(c, args); err != nil {
			return nil, err
		}
	}
	return &seriesTable{s}, c.DeclareVTab(s.declare)
}

type seriesTable struct{ s *series }

func (t *seriesTable) BestIndex(info *sqlite3.IndexInfo) error {
	if t.s.bestIndex != nil {
		return t.s.bestIndex(info)
	}
	return nil
}

func (t *seriesTable) Open() (sqlite3.Cursor, error) {
	if t.s.open != nil {
		if err := t.s.open(); err != nil {
			return nil, err
		}
	}
	return &seriesCursor{s: t.s}, nil
}

func (t *seriesTable) Disconnect() error {
	if t.s.gone != nil {
		return t.s.gone()
	}
	return nil
}

func (t *seriesTable) Destroy() error { return t.Disconnect() }

type seriesCursor struct {
	s *series
	i int
}

func (c *seriesCursor) Filter(idxNum int, idxStr string, args sqlite3.Args) error {
	c.i = 0
	if c.s.filter != nil {
		return c.s.filter(idxNum, idxStr, args)
	}
	return nil
}

func (c *seriesCursor) Next() error {
	c.i++
	if c.s.next != nil {
		return c.s.next()
	}
	return nil
}

func (c *seriesCursor) EOF() bool {
	if c.s.eof != nil {
		c.s.eof()
	}
	return c.i >= len(c.s.rows)
}

func (c *seriesCursor) Column(r sqlite3.Result, i int) error {
	if c.s.column != nil {
		return c.s.column(r, i)
	}
	r.Set(c.s.rows[c.i][i])
	return nil
}

func (c *seriesCursor) Rowid() (int64, error) {
	if c.s.rowid != nil {
		return 0, c.s.rowid()
	}
	return int64(c.i), nil
}

func (c *seriesCursor) Close() error {
	if c.s.close != nil {
		return c.s.close()
	}
	return nil
}

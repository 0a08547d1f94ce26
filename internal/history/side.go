package history

import (
	"context"
	"database/sql"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/internal/oracle"
)

// side is a database that statements are run on: the one with materialized views, or its twin.
type side struct {
	driver, dsn string
	pool        *sql.DB
	conn        *sql.Conn
	second      *sql.Conn
	tx          oracle.Transaction
	always      []string // statements to run on each new connection
	kept        kept
}

// outcome is what a statement did.
type outcome struct {
	err     error
	rows    []string
	changes int64
	lastID  int64
}

// locked tells whether a lock of another connection or statement was in the way.
func (o outcome) locked() bool {
	return o.err != nil && strings.Contains(o.err.Error(), "locked")
}

func openSide(driver, dsn string) (*side, error) {
	s := &side{driver: driver, dsn: dsn}
	return s, s.connect()
}

func (s *side) connect() error {
	var err error
	if s.pool, err = sql.Open(s.driver, s.dsn); err != nil {
		return err
	}
	s.conn, err = s.newConn()
	s.kept = kept{conn: s.conn}
	return err
}

// kept is a connection whose queries are prepared once and kept.
type kept struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

// QueryContext runs a query through its kept statement.
func (k *kept) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	st := k.stmts[query]
	if st == nil {
		var err error
		if st, err = k.conn.PrepareContext(ctx, query); err != nil {
			return nil, err
		}
		if len(k.stmts) > 40 {
			k.close()
		}
		if k.stmts == nil {
			k.stmts = map[string]*sql.Stmt{}
		}
		k.stmts[query] = st
	}
	return st.QueryContext(ctx, args...)
}

func (k *kept) close() {
	for _, st := range k.stmts {
		st.Close()
	}
	k.stmts = nil
}

func (s *side) newConn() (*sql.Conn, error) {
	c, err := s.pool.Conn(context.Background())
	if err != nil {
		return nil, err
	}
	for _, stmt := range append([]string{"PRAGMA busy_timeout = 0"}, s.always...) {
		if _, err := c.ExecContext(ctx, stmt); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (s *side) close() {
	s.kept.close()
	if s.second != nil {
		s.second.Close()
	}
	if s.conn != nil {
		s.conn.Close()
	}
	if s.pool != nil {
		s.pool.Close()
	}
}

func (s *side) reopen() error {
	s.close()
	s.second, s.tx = nil, oracle.Transaction{}
	return s.connect()
}

func (s *side) openSecond() error {
	if s.second != nil {
		return nil
	}
	var err error
	s.second, err = s.newConn()
	return err
}

func (s *side) every(stmt string) {
	s.always = append(s.always, stmt)
	s.conn.ExecContext(ctx, stmt)
	if s.second != nil {
		s.second.ExecContext(ctx, stmt)
	}
}

// run runs a statement on the first connection.
func (s *side) run(stmt string, query bool) outcome {
	if !query {
		return execOn(s.conn, stmt)
	}
	t, err := oracle.Fetch(ctx, s.conn, stmt)
	if err != nil {
		return outcome{err: err}
	}
	o := outcome{rows: rowStrings(t.Rows)}
	// RETURNING gives no sql.Result: ask SQLite.
	if c, err := oracle.Fetch(ctx, s.conn, "SELECT changes(), last_insert_rowid()"); err == nil {
		o.changes, o.lastID = c.Rows[0][0].Int(), c.Rows[0][1].Int()
	}
	return o
}

func (s *side) onSecond(stmt string) outcome { return execOn(s.second, stmt) }

func execOn(c *sql.Conn, stmt string) outcome {
	res, err := c.ExecContext(ctx, stmt)
	if err != nil {
		return outcome{err: err}
	}
	var o outcome
	o.changes, _ = res.RowsAffected()
	o.lastID, _ = res.LastInsertId()
	return o
}

// exists tells whether there is a view (or virtual table) of that name.
func (x *execution) exists(s *side, name string) bool {
	t, err := oracle.Fetch(ctx, s.conn, "SELECT 1 FROM "+x.h.schemaOf(name)+".sqlite_schema WHERE name = '"+name+"'")
	return err == nil && len(t.Rows) > 0
}

// autocommit tells whether no transaction is open, by trying to begin one. No statement may be open.
func (s *side) autocommit() bool {
	if _, err := s.conn.ExecContext(ctx, "BEGIN"); err != nil {
		return false
	}
	s.conn.ExecContext(ctx, "ROLLBACK")
	return true
}

func rowStrings(rows []dbsp.Row) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = oracle.RowString(r)
	}
	return out
}

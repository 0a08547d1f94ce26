package crsql

import (
	"github.com/sqlite-mv/sqlite-mv/crsql/hlc"
	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// conn is crsql on one connection.
type conn struct {
	sqlite3.Conn
	kept     map[string]sqlite3.Stmt
	anchored bool // the anchor is connected, and will finalize what is kept

	tx       transaction
	schema   *schema // as last loaded
	probed   int     // how often the probe was compiled anew when it was
	altering map[string]bool
	depth    int            // of operations that run statements of tables
	retired  []sqlite3.Stmt // to be finalized when that is 0
	row      rowState       // of the row that was merged last
	merging  int

	clock  *hlc.Clock               // of logs
	attach func(sqlite3.Conn) error // Attach, which can't be named by what it installs

	syncBit     bool
	showSyncBit func(bool)
}

func newConn(c sqlite3.Conn) *conn {
	return &conn{Conn: c, kept: map[string]sqlite3.Stmt{}, altering: map[string]bool{}}
}

// query runs sql with args and calls row for each result row; row may be nil.
func (c *conn) query(sql string, args []dbsp.Value, row func(s sqlite3.Stmt) error) error {
	return sqlite3.Query(c.Conn, sql, args, row)
}

// queryKept is query by a statement that stays prepared until the connection closes. It must not be used again from row.
func (c *conn) queryKept(sql string, args []dbsp.Value, row func(s sqlite3.Stmt) error) error {
	s, err := c.keep(sql)
	if err != nil {
		return err
	}
	defer s.Reset()
	return sqlite3.Rows(s, args, row)
}

// keep returns the statement of a text, preparing it when it is asked for first.
func (c *conn) keep(sql string) (sqlite3.Stmt, error) {
	if s := c.kept[sql]; s != nil {
		return s, nil
	}
	s, err := c.prepareKept(sql)
	if err != nil {
		return nil, err
	}
	c.kept[sql] = s
	return s, nil
}

// prepareKept prepares a statement that may live until release; who asked for it finalizes it there.
func (c *conn) prepareKept(sql string) (sqlite3.Stmt, error) {
	if err := c.anchor(); err != nil {
		return nil, err
	}
	s, _, err := c.Prepare(sql, true)
	return s, err
}

// release finalizes all that is kept prepared, without which sqlite3_close would fail. What is needed again is prepared
// again.
func (c *conn) release() {
	c.invalidate()
	for sql, s := range c.kept {
		_ = s.Finalize()
		delete(c.kept, sql)
	}
}

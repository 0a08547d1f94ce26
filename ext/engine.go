// Package ext is the extension: it captures changes of base tables, steps the circuits of the materialized views over
// them, keeps their state in ordinary tables, and serves the views as virtual tables. It works through the
// engine-neutral interface of ext/sqlite3.
package ext

import (
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// Version is what mv_version() returns.
const Version = "0.1.0"

// Register installs the engine into every connection that the binding's SQLite opens from now on.
func Register(b sqlite3.Binding) error {
	if err := b.AutoExtension(Attach); err != nil {
		return fmt.Errorf("ext: register: %w", err)
	}
	return nil
}

// Progress, when set, is told how far the building of a view from its base tables has come: rows read so far of about
// total. It is called on the goroutine that builds.
type Progress func(view string, done, total int64)

var progress atomic.Pointer[Progress]

// SetProgress sets the function that is told of building progress in this process; nil stops that.
func SetProgress(p Progress) {
	if p == nil {
		progress.Store(nil)
		return
	}
	progress.Store(&p)
}

// engine is the extension on one connection.
type engine struct {
	conn sqlite3.Conn
	// databases by lower-case schema name; opened are the same.
	databases map[string]*database
	opened    []*database
	// replacing is the guard of the stash triggers: whether a running statement may delete rows by REPLACE, without firing
	// their triggers.
	replacing bool
	// showReplacing and showBatch, where not nil, tell the binding, which answers the triggers.
	showReplacing func(bool)
	showBatch     func(sqlite3.Batch)
	// capturing counts the connected capture tables by their databases; sole is the only database that has any, or nil.
	capturing map[*database]int
	sole      *database
	shortKeys bool // shortKeyFunction is there
	// summing is what accumulatorFunction works for, nil when no fill runs.
	summing    *summing
	rowsTables int
	numeric    sqlite3.Stmt
	numeral    func(dbsp.Value) (dbsp.Value, error) // numericOf
	// harmless is the last text that was found to have no REPLACE.
	harmless string
	// armed makes all capture triggers as they are once REPLACE was seen.
	armed    bool
	asNumber sqlite3.Stmt
	version  sqlite3.Stmt // of main's data: foreignVersion
}

// Attach installs the engine into one connection.
func Attach(c sqlite3.Conn) error {
	_, err := attach(c)
	return err
}

func attach(c sqlite3.Conn) (*engine, error) {
	e := &engine{conn: c, databases: map[string]*database{}, capturing: map[*database]int{}}
	e.numeral = e.numericOf
	type step func() error
	for _, f := range []step{e.registerCapture, e.registerViews, e.registerFunctions, e.registerRowKeys, e.registerTables} {
		if err := f(); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// release finalizes all that is kept prepared on the connection, which could not be closed otherwise.
func (e *engine) release() {
	for _, d := range e.databases {
		d.releaseStatements()
	}
}

// database returns the engine's part for a schema, making it on first use.
func (e *engine) database(schema string) *database {
	k := strings.ToLower(schema)
	d := e.databases[k]
	if d == nil {
		d = newDatabase(e, schema)
		e.databases[k], e.opened = d, append(e.opened, d)
	}
	return d
}

// writing reports whether a statement that may write, other than those about to end, is running on the connection:
// base tables and log then disagree for moments.
func (e *engine) writing() bool { return len(e.conn.Writing()) > 0 }

// query runs sql with args and calls row for each result row; row may be nil.
func (e *engine) query(sql string, args []dbsp.Value, row func(s sqlite3.Stmt) error) error {
	return sqlite3.Query(e.conn, sql, args, row)
}

// kept returns a statement that is prepared once and kept in *slot.
func (e *engine) kept(slot *sqlite3.Stmt, sql string) (sqlite3.Stmt, error) {
	if *slot == nil {
		s, _, err := e.conn.Prepare(sql, true)
		if err != nil {
			return nil, err
		}
		*slot = s
	}
	return *slot, nil
}

func finalize(slots ...*sqlite3.Stmt) {
	for _, s := range slots {
		if *s != nil {
			_ = (*s).Finalize()
			*s = nil
		}
	}
}

// reported is what the user sees of the last statement.
type reported struct {
	conn                  sqlite3.Conn
	changes, total, rowid int64
}

// preserve notes what the user sees of the last statement, last_insert_rowid() and changes(), to be restored after the
// engine's own writes.
func (e *engine) preserve() reported {
	return reported{e.conn, e.conn.Changes(), e.conn.TotalChanges(), e.conn.LastInsertRowid()}
}

func (r reported) restore() {
	r.conn.RestoreChanges(r.changes, r.total)
	r.conn.SetLastInsertRowid(r.rowid)
}

package crsql

import (
	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// transactionModule is an eponymous table that is written once in each transaction that writes replicated rows. Being
// enlisted is how crsql hears of savepoints, commit and rollback: hooks would displace those of others.
const transactionModule = "crsql_internal_transaction"

// counters are what a transaction counts. ROLLBACK TO takes them back with the rows.
type counters struct {
	pending  int64 // version of what is written, 0 before the first write
	seq      int64 // the next sequence number
	impacted int64 // merged changes that won
}

// transaction is the uncommitted part of a connection's life.
type transaction struct {
	counters
	open  bool
	rows  newRows
	base  int64      // version when it began
	marks []counters // by savepoint number
	// settings of the file, nil until asked for
	settings map[string]int64
	// ordinals of sites, by site id
	ordinals map[string]int64
}

func (t *transaction) begin() {
	t.end()
	t.open = true
}

// end forgets all but the room that it took.
func (t *transaction) end() {
	t.rows.forget()
	*t = transaction{marks: t.marks[:0], rows: t.rows}
}

// savepoint notes the counters. Whoever is enlisted under open savepoints hears of the innermost only: nothing was
// counted since the others began, so they share the mark. A number that is taken keeps its mark, as SQLite's pager keeps
// its savepoint then.
func (t *transaction) savepoint(n int) {
	for len(t.marks) <= n {
		t.marks = append(t.marks, t.counters)
	}
}

func (t *transaction) release(n int) {
	if n >= 0 && n < len(t.marks) {
		t.marks = t.marks[:n]
	}
}

// rollbackTo returns to savepoint n, -1 for the beginning.
func (t *transaction) rollbackTo(n int) {
	switch {
	case n < 0:
		t.counters, t.marks = counters{}, t.marks[:0]
	case n < len(t.marks):
		t.counters, t.marks = t.marks[n], t.marks[:n+1]
	}
	t.settings, t.ordinals = nil, nil
	t.rows.forget() // they were inserted after the last savepoint
}

func (c *conn) installTransaction() error {
	return c.CreateModule(transactionModule, &sqlite3.Module{
		Connect: func(s sqlite3.Conn, _ []string) (sqlite3.VTab, error) {
			if err := s.DeclareVTab("CREATE TABLE x(x)"); err != nil {
				return nil, err
			}
			if err := s.MarkInnocuous(); err != nil {
				return nil, err
			}
			return transactionVTab{c}, nil
		},
		Writable: true, Transactions: true,
	})
}

// enlist has crsql take part in the running transaction, with all written that was noted. It must come before the first
// write.
func (c *conn) enlist() error {
	if c.tx.open {
		return c.writeNewRows()
	}
	return c.join()
}

// join is enlist with rows left noted.
func (c *conn) join() error {
	if c.tx.open {
		return nil
	}
	// The statement holds the table, so it is not among those of the anchor's own.
	s, err := c.keep("INSERT INTO " + transactionModule + " VALUES(NULL)")
	if err != nil {
		return err
	}
	if err := s.Run(); err != nil {
		return err
	}
	if err := c.transactionBegins(); err != nil {
		c.tx.end()
		return err
	}
	return nil
}

// transactionBegins reads what a transaction starts from.
func (c *conn) transactionBegins() error {
	sch, err := c.current()
	if err != nil {
		return err
	}
	if err := c.raiseVersion(sch); err != nil {
		return err
	}
	if c.tx.base, err = c.committedVersion(sch); err != nil {
		return err
	}
	return c.emptyDropped(sch)
}

// nextVersion returns the version that the transaction's writes get, at least min, and takes it.
func (c *conn) nextVersion(min int64) int64 {
	c.tx.pending = max(c.tx.base+1, c.tx.pending, min)
	return c.tx.pending
}

// nextSeq takes n sequence numbers and returns the first.
func (c *conn) nextSeq(n int) int64 {
	c.tx.seq += int64(n)
	return c.tx.seq - int64(n)
}

// transactionVTab is write-only and keeps nothing.
type transactionVTab struct{ c *conn }

// BestIndex offers the empty scan.
func (v transactionVTab) BestIndex(*sqlite3.IndexInfo) error { return nil }

// Open returns a cursor over no rows.
func (v transactionVTab) Open() (sqlite3.Cursor, error) { return noRows{}, nil }

// Disconnect has nothing to release.
func (v transactionVTab) Disconnect() error { return nil }

// Destroy is Disconnect.
func (v transactionVTab) Destroy() error { return nil }

// Update takes the row that enlists. It shows neither in last_insert_rowid() nor in total_changes().
func (v transactionVTab) Update(sqlite3.Args) (int64, error) {
	v.c.RestoreChanges(v.c.Changes(), v.c.TotalChanges()-1)
	return v.c.LastInsertRowid(), nil
}

// Begin starts counting.
func (v transactionVTab) Begin() error {
	v.c.tx.begin()
	v.c.row.forget()
	return nil
}

// Sync comes before the commit.
func (v transactionVTab) Sync() error { return v.c.writeNewRows() }

// Commit ends the transaction.
func (v transactionVTab) Commit() error { v.over(); return nil }

// Rollback ends the transaction.
func (v transactionVTab) Rollback() error { v.over(); return nil }

func (v transactionVTab) over() {
	v.c.tx.end()
	v.c.row.forget()
	clear(v.c.altering)
}

// Savepoint notes the counters.
func (v transactionVTab) Savepoint(n int) error {
	if err := v.c.writeNewRows(); err != nil {
		return err
	}
	v.c.tx.savepoint(n)
	return nil
}

// Release forgets a note; the statement that ends may have inserted rows.
func (v transactionVTab) Release(n int) error {
	v.c.tx.release(n)
	return v.c.writeNewRows()
}

// RollbackTo returns to a note.
func (v transactionVTab) RollbackTo(n int) error {
	v.c.tx.rollbackTo(n)
	v.c.row.forget()
	return nil
}

// setting returns a setting of the file, 0 when it was not set.
func (c *conn) setting(name string) (int64, error) {
	if c.tx.open && c.tx.settings != nil {
		return c.tx.settings[name], nil
	}
	settings, err := c.readSettings()
	if err != nil {
		return 0, err
	}
	if c.tx.open {
		c.tx.settings = settings
	}
	return settings[name], nil
}

func (c *conn) readSettings() (map[string]int64, error) {
	settings := map[string]int64{}
	sch, err := c.current()
	if err != nil || !sch.storage {
		return settings, err
	}
	err = c.queryKept("SELECT substr(key, length('"+settingPrefix+"') + 1), value FROM main.crsql_master WHERE key > '"+
		settingPrefix+"' AND key < '"+settingPrefix+"~'", nil, func(s sqlite3.Stmt) error {
		if v := s.ColumnRaw(1); v.Kind() == dbsp.Integer {
			settings[s.Column(0).Str()] = v.Int()
		}
		return nil
	})
	return settings, err
}

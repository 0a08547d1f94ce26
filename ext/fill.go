package ext

import (
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner"
)

// fillLeast is how many rows are written one by one rather than by a filling.
const fillLeast = 256

// filling writes the rows of a view that has none by one statement, INSERT … SELECT from a table of these rows: it saves
// what a statement costs per row.
type filling struct {
	t       *stateTable
	entries []*outputEntry
	at      int
	row     dbsp.Row
	key     string
	state   dbsp.Value
	// seen are the keys made of hashes: two rows with one hash are told apart, as in rowKey.
	seen map[string]bool
}

// fill writes entries, in key order, all with positive weights, to the empty output table.
func (t *stateTable) fill(o *outputDelta, entries []*outputEntry) error {
	f := &filling{t: t, entries: entries, at: -1, seen: map[string]bool{}}
	input := make([]planner.Column, t.columns+3) // no affinity: the output table has them
	rows, err := t.v.db.e.newRowsTable(input, func() sqlite3.Cursor { return &fillCursor{filling: f, keyed: o.keyed} })
	if err != nil {
		return err
	}
	defer rows.release()
	cols := make([]string, len(input))
	for i := range cols {
		cols[i] = fmt.Sprintf("c%d", i)
	}
	return t.v.db.e.query("INSERT INTO "+t.out()+" SELECT "+strings.Join(cols, ", ")+" FROM "+ident(rows.module), nil, nil)
}

// load takes the entry at hand.
func (f *filling) load(keyed bool) error {
	e := f.entries[f.at]
	f.row, f.key = e.row, e.key
	if keyed {
		var err error
		f.state, err = f.t.rowState(e.key)
		return err
	}
	if e.row == nil {
		var err error
		if f.row, err = dbsp.DecodeRow(e.key, f.row[:0]); err != nil {
			return err
		}
	}
	if len(e.key) > longKey {
		prefix := hashedKey(e.key)
		for n := range 256 {
			f.key = prefix + string([]byte{byte(n)})
			if !f.seen[f.key] {
				f.seen[f.key] = true
				return nil
			}
		}
		return fmt.Errorf("ext: view %s: 256 rows with one hash: %w", f.t.v.name, ErrDamaged)
	}
	return nil
}

// fillCursor reads the entries once.
type fillCursor struct {
	*filling
	keyed bool
}

// Filter begins the scan.
func (c *fillCursor) Filter(int, string, sqlite3.Args) error {
	c.at = -1
	return c.Next()
}

// Next moves on.
func (c *fillCursor) Next() error {
	if c.at++; c.EOF() {
		return nil
	}
	return c.load(c.keyed)
}

// EOF reports the end.
func (c *fillCursor) EOF() bool { return c.at >= len(c.entries) }

// Column returns a column of the row to insert, after the row's number.
func (c *fillCursor) Column(r sqlite3.Result, i int) error {
	n := c.t.columns
	switch i--; {
	case i < 0:
		r.Set(dbsp.NewInteger(int64(c.at)))
	case i < n:
		r.Set(c.row[i])
	case i == n:
		r.Set(dbsp.NewInteger(c.entries[c.at].weight))
	case i == n+1:
		r.Set(dbsp.NewBlob(c.key))
	default:
		r.Set(c.state)
	}
	return nil
}

// Rowid numbers the rows.
func (c *fillCursor) Rowid() (int64, error) { return int64(c.at), nil }

// Close has nothing to release.
func (c *fillCursor) Close() error { return nil }

// fillable tells whether entries can be written by a filling.
func (t *stateTable) fillable(entries []*outputEntry) (bool, error) {
	if len(entries) < fillLeast {
		return false, nil
	}
	for _, e := range entries {
		if e.weight <= 0 {
			return false, nil
		}
	}
	empty := true
	err := t.v.db.e.query("SELECT 1 FROM "+t.out()+" LIMIT 1", nil, func(sqlite3.Stmt) error {
		empty = false
		return nil
	})
	return empty, err
}

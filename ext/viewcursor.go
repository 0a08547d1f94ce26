package ext

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unsafe"

	"github.com/sqlite-mv/sqlite-mv/cursor"
	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner"
)

// viewStmt is an inner statement over the output table, kept for the next cursor with the same text.
type viewStmt struct {
	sql  string
	stmt sqlite3.Stmt
}

// viewCursor reads a view.
//
// Contract. It shows what the view was when Filter ran, whatever is written, committed or rolled back on the connection
// while it is open. With nothing pending it steps an inner statement over the output table and hands the columns on;
// with pending changes it merges them in. Before the output table is written, and where the rows read could be rolled
// back, it takes all that is left into memory.
type viewCursor struct {
	t    *viewVTab
	v    *view
	scan *scan

	inner *viewStmt
	merge *cursor.Merge
	kept  []keptRow // what was taken into memory; in use when not nil
	eof   bool

	weight, copy int64

	// values, key1 and bind1 are begin's buffers.
	values []dbsp.Value
	key1   []byte
	bind1  [1]dbsp.Value

	// used are the columns that inner has; once is set when it has each row once.
	used uint64
	once bool
	// stop ends the streaming of inner by the binding, nil when there is none.
	stop func(read bool) (copy int64, more bool)
}

type keptRow struct {
	row    dbsp.Row
	weight int64
	key    string
}

// Filter begins a scan.
func (c *viewCursor) Filter(idxNum int, idxStr string, args sqlite3.Args) error {
	c.finish()
	c.eof = false
	name := scanName{idxNum, idxStr}
	if v, plan := c.t.unchanged(); v != nil {
		c.v, c.scan = v, c.t.scans[name]
		if c.scan != nil {
			return c.begin(plan, nil, args)
		}
	}
	noticed := c.t.db.notice()
	if noticed != nil && !errors.Is(noticed, errRecompute) {
		return noticed
	}
	v, err := c.t.view()
	if err != nil {
		return err
	}
	c.v = v
	if v.stale != "" {
		return v.errStale()
	}
	if c.scan = c.t.scans[name]; c.scan == nil {
		return errors.New("ext: unknown scan of a view")
	}
	if noticed != nil {
		return c.recompute()
	}
	m, release, err := c.t.db.current(v)
	if errors.Is(err, errRecompute) {
		return c.recompute()
	}
	if err != nil {
		return err
	}
	defer release()
	if v.stale != "" {
		return v.errStale()
	}
	if err := c.t.db.failures(v); err != nil {
		return err
	}
	if !m.out.empty() {
		return c.begin(m.plan, m.out.list(), args)
	}
	c.t.remember(v, m)
	return c.begin(m.plan, nil, args)
}

// begin opens the scan, with pending entries to be merged in.
func (c *viewCursor) begin(plan *planner.Plan, pending []*outputEntry, args sqlite3.Args) error {
	values := c.values[:0]
	for i := range args.Len() {
		values = append(values, args.Raw(i))
	}
	defer func() { clear(values); c.values = values[:0] }()
	if c.used = c.scan.used; len(pending) > 0 {
		c.used = allColumns
	}
	c.once = plan.Keyed
	if err := c.openScan(plan, values); err != nil || c.eof {
		return err
	}
	c.v.cursors[c] = true
	if len(pending) > 0 {
		list := make([]cursor.Pending, len(pending))
		for i, e := range pending {
			list[i] = cursor.Pending{Key: e.key, Row: e.row, Weight: e.weight}
		}
		c.merge = cursor.New((*innerRows)(c), list, plan.Keyed, c.scan.order)
	}
	if err := c.Next(); err != nil {
		return err
	}
	if c.t.db.tx.flushed {
		return c.drain()
	}
	return nil
}

// openScan opens the statement that reads the scan, or finds that no row can match.
func (c *viewCursor) openScan(plan *planner.Plan, values []dbsp.Value) error {
	if key, ok := c.scan.pointKey(c.v, plan, values, c.used, c.key1[:0]); ok {
		c.key1 = key
		c.bind1[0] = dbsp.NewBlob(unsafe.String(unsafe.SliceData(key), len(key))) // Bind copies it
		return c.open(c.scan.point, c.bind1[:])
	}
	sql, binds, empty := c.scan.sql(c.v, plan, values, c.used)
	if empty {
		c.eof = true
		return nil
	}
	return c.open(sql, binds)
}

// recompute serves the scan from the view's own SELECT, with exact sums as the view has them. SQLite checks the scan's
// constraints again; an order that the scan promised is made here.
func (c *viewCursor) recompute() error {
	d := c.t.db
	rows := map[string]*keptRow{}
	var keys []string
	err := d.e.query(ExactSums(c.v.resolved), nil, func(s sqlite3.Stmt) error {
		row := columnsOf(s, 0, c.t.columns)
		key := string(dbsp.AppendRow(nil, row))
		if rows[key] == nil {
			rows[key] = &keptRow{row: row, key: key}
			keys = append(keys, key)
		}
		rows[key].weight++
		return nil
	})
	if err != nil {
		return fmt.Errorf("view %s: %w", c.v.name, err)
	}
	pending := make([]cursor.Pending, 0, len(keys))
	for _, k := range keys {
		pending = append(pending, cursor.Pending{Key: k, Row: rows[k].row, Weight: rows[k].weight})
	}
	m := cursor.New(noRows{}, pending, false, c.scan.order)
	for {
		ok, err := m.Next()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		c.kept = append(c.kept, keptRow{row: m.Row(), weight: m.Weight(), key: m.Key()})
	}
	if c.eof = len(c.kept) == 0; !c.eof {
		c.weight = c.kept[0].weight
	}
	return nil
}

// noRows is a committed side without rows.
type noRows struct{}

// Next is at the end.
func (noRows) Next() (bool, error) { return false, nil }

// Row has nothing to return.
func (noRows) Row() dbsp.Row { return nil }

// Weight has nothing to return.
func (noRows) Weight() int64 { return 0 }

// Key has nothing to return.
func (noRows) Key() string { return "" }

// open binds an idle inner statement or prepares one.
func (c *viewCursor) open(sql string, binds []dbsp.Value) error {
	for i, s := range c.t.idle {
		if s.sql == sql {
			c.t.idle = append(c.t.idle[:i], c.t.idle[i+1:]...)
			c.inner = s
			break
		}
	}
	if c.inner == nil {
		s, _, err := c.t.db.e.conn.Prepare(sql, true)
		if err != nil {
			return err
		}
		c.inner = &viewStmt{sql, s}
	}
	for i, b := range binds {
		if err := c.inner.stmt.Bind(i+1, b); err != nil {
			return err
		}
	}
	return nil
}

// Stream lets the binding step the inner statement while nothing is merged in and nothing was taken into memory.
func (c *viewCursor) Stream(stop func(read bool) (int64, bool)) (s sqlite3.Stmt, columns, weight int, used uint64, ok bool) {
	if c.eof || c.inner == nil || c.merge != nil || c.kept != nil {
		return nil, 0, 0, 0, false
	}
	c.stop = stop
	if c.once {
		return c.inner.stmt, c.t.columns, -1, c.used, true
	}
	return c.inner.stmt, c.t.columns, c.t.columns, c.used, true
}

// StreamEnded ends the scan.
func (c *viewCursor) StreamEnded(error) {
	c.stop, c.eof = nil, true
	c.finish()
}

// takeOver ends the streaming: the cursor stands where the reader is.
func (c *viewCursor) takeOver() {
	if c.stop == nil {
		return
	}
	stop := c.stop
	c.stop = nil
	copyAt, more := stop(true)
	if !more {
		c.eof = true
		c.finish()
		return
	}
	c.copy, c.weight = copyAt, c.inner.stmt.ColumnRaw(c.t.columns).Int()
}

// finish gives the inner statement back.
func (c *viewCursor) finish() {
	if c.stop != nil {
		c.stop(false)
		c.stop = nil
	}
	if c.v != nil {
		delete(c.v.cursors, c)
	}
	if c.inner != nil {
		_ = c.inner.stmt.Reset()
		if len(c.t.idle) < 8 {
			c.t.idle = append(c.t.idle, c.inner)
		} else {
			_ = c.inner.stmt.Finalize()
		}
		c.inner = nil
	}
	c.merge, c.kept = nil, nil
	c.weight, c.copy = 0, 0
}

// Next moves on: to the next copy of the row, or to the next row.
func (c *viewCursor) Next() error {
	c.takeOver()
	if c.copy+1 < c.weight {
		c.copy++
		return nil
	}
	c.copy, c.weight = 0, 0
	if c.kept != nil {
		c.kept = c.kept[1:]
		if len(c.kept) == 0 {
			c.eof = true
			return nil
		}
		c.weight = c.kept[0].weight
		return nil
	}
	ok, err := false, error(nil)
	if c.merge != nil {
		if ok, err = c.merge.Next(); ok {
			c.weight = c.merge.Weight()
		}
	} else if c.inner != nil {
		if ok, err = c.inner.stmt.Step(); ok {
			c.weight = c.inner.stmt.ColumnRaw(c.t.columns).Int()
		}
	}
	if err != nil {
		return err
	}
	if !ok {
		c.eof = true
		c.finish()
	}
	return nil
}

// EOF reports the end.
func (c *viewCursor) EOF() bool { return c.eof }

// Column returns a column; after the view's own come the command, always NULL, and the key.
func (c *viewCursor) Column(r sqlite3.Result, i int) error {
	c.takeOver()
	switch {
	case i < c.t.columns && !uses(c.scan.used, i):
		// SQLite had said that it would not ask.
		return fmt.Errorf("ext: view %s: column %d is read, which the query does not use", c.t.name, i)
	case i == c.t.columns:
		r.Set(dbsp.Value{})
	case i > c.t.columns:
		r.Set(dbsp.NewBlob(c.key() + string(binary.AppendUvarint(nil, uint64(c.copy)))))
	case c.kept != nil:
		r.Set(c.kept[0].row[i])
	case c.merge != nil:
		r.Set(c.merge.Row()[i])
	default:
		r.Set(c.inner.stmt.ColumnRaw(i))
	}
	return nil
}

func (c *viewCursor) key() string {
	switch {
	case c.kept != nil:
		return c.kept[0].key
	case c.merge != nil:
		return c.merge.Key()
	}
	return c.inner.stmt.ColumnRaw(c.t.columns + 1).Str()
}

// Rowid is not asked for: the table has none.
func (c *viewCursor) Rowid() (int64, error) { return 0, nil }

// Close ends the scan.
func (c *viewCursor) Close() error {
	c.finish()
	c.v, c.scan, c.eof = nil, nil, false
	c.t.closed = c
	return nil
}

// drain takes the rows that are left, the present one first, into memory.
func (c *viewCursor) drain() error {
	c.takeOver()
	if c.kept != nil || c.eof || c.inner == nil {
		return nil
	}
	copyAt, weight := c.copy, c.weight
	var kept []keptRow
	for !c.eof {
		k := keptRow{weight: c.weight, key: strings.Clone(c.key())} // the statement's bytes go with its next row
		if c.merge != nil {
			k.row = c.merge.Row()
		} else {
			k.row = columnsOf(c.inner.stmt, 0, c.t.columns)
		}
		kept = append(kept, k)
		c.copy = c.weight // skip the copies
		if err := c.Next(); err != nil {
			return err
		}
	}
	c.finish()
	c.eof = false
	c.kept, c.copy, c.weight = kept, copyAt, weight
	return nil
}

// drainCursors lets every open cursor of the view take what is left for it.
func (v *view) drainCursors() error {
	for c := range v.cursors {
		if err := c.drain(); err != nil {
			return err
		}
	}
	return nil
}

// innerRows is the inner statement of a cursor as the committed side of a merge.
type innerRows viewCursor

// Next steps the statement.
func (r *innerRows) Next() (bool, error) { return r.inner.stmt.Step() }

// Row copies the view's columns.
func (r *innerRows) Row() dbsp.Row { return columnsOf(r.inner.stmt, 0, r.t.columns) }

// Weight returns the stored weight.
func (r *innerRows) Weight() int64 { return r.inner.stmt.ColumnRaw(r.t.columns).Int() }

// Key returns the stored key.
func (r *innerRows) Key() string { return r.inner.stmt.Column(r.t.columns + 1).Str() }

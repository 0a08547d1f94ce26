package ext

import (
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// captureWidth is how many values one insert into the capture table carries; wider images come in parts.
const captureWidth = 8

// The kinds of event that triggers hand over, in the low three bits of k. The next 13 bits are the part's number, or say that
// the event is whole; the rest is the layout.
const (
	eventEnlist = 0 // nothing: enlists the table in the transaction
	eventInsert = 1
	eventDelete = 2
	eventUpdate = 3
	eventStash  = 4 // a row that the running row operation may replace
)

// wholeImage is the part of an event that has all values.
const wholeImage = 0x1fff

func eventCode(layout int64, part int, kind int) int64 {
	return layout<<16 | int64(part)<<3 | int64(kind)
}

func eventPart(code int64) int { return int(code >> 3 & 0x1fff) }

// registerCapture registers the module of the capture table, and the functions that its triggers ask.
func (e *engine) registerCapture() error {
	connect := func(c sqlite3.Conn, args []string) (sqlite3.VTab, error) {
		if err := declareCapture(c); err != nil {
			return nil, err
		}
		return e.connectCapture(args), nil
	}
	if err := e.conn.CreateModule(captureModule, &sqlite3.Module{
		Create: connect, Connect: connect, Writable: true, Transactions: true, LateRelease: true,
	}); err != nil {
		return err
	}
	return e.registerOffers()
}

// declareCapture declares the capture table, within Create and Connect.
func declareCapture(c sqlite3.Conn) error {
	var b strings.Builder
	b.WriteString("CREATE TABLE x(k")
	for i := range captureWidth {
		fmt.Fprintf(&b, ",v%d", i)
	}
	b.WriteString(")")
	if err := c.DeclareVTab(b.String()); err != nil {
		return err
	}
	return c.MarkInnocuous()
}

// connectCapture returns the table of a schema. args are Connect's: a real table per schema has its own argv[1], which tells
// main from an attached copy of the same file.
func (e *engine) connectCapture(args []string) *captureVTab {
	d := e.database(args[1])
	e.capturing[d]++
	e.chooseSole()
	return &captureVTab{db: d}
}

// captureVTab is the capture table of one schema: write-only, fed by the triggers of base tables. Being written enlists
// it in the transaction, which is how the engine hears of statements, savepoints, commit and rollback.
type captureVTab struct {
	db *database
	// joined is set between this table's enlisting in a transaction that another instance of the table is enlisted in
	// already, and the savepoint that SQLite then tells it of.
	joined bool
}

// BestIndex offers the empty scan.
func (v *captureVTab) BestIndex(*sqlite3.IndexInfo) error { return nil }

// Open returns a cursor over no rows.
func (v *captureVTab) Open() (sqlite3.Cursor, error) { return emptyCursor{}, nil }

// Disconnect finalizes what the database kept prepared; sqlite3_close would fail otherwise.
func (v *captureVTab) Disconnect() error {
	d := v.db
	d.releaseStatements()
	if d.e.capturing[d]--; d.e.capturing[d] == 0 {
		delete(d.e.capturing, d)
	}
	d.e.chooseSole()
	return nil
}

// Destroy is Disconnect.
func (v *captureVTab) Destroy() error { return v.Disconnect() }

// enlist notes that this instance takes part in the transaction. After a schema change within a transaction SQLite
// connects the table anew, and old and new instance hear of everything; and CREATE VIRTUAL TABLE enlists without xBegin.
func (v *captureVTab) enlist() {
	d := v.db
	if d.enlisted[v] {
		return
	}
	if len(d.enlisted) == 0 {
		d.tx.end()
	} else {
		v.joined = true
	}
	d.enlisted[v] = true
}

// leave notes its end, and reports whether this was the last instance to hear of it.
func (v *captureVTab) leave() bool {
	v.joined = false
	delete(v.db.enlisted, v)
	return len(v.db.enlisted) == 0
}

// Begin starts a transaction's log.
func (v *captureVTab) Begin() error { v.enlist(); return v.db.statementStarts() }

// Sync steps the circuits and writes state: the commit is about to happen.
func (v *captureVTab) Sync() error { v.enlist(); return v.db.sync() }

// Commit ends the transaction.
func (v *captureVTab) Commit() error {
	if v.leave() {
		v.db.committed()
	}
	return nil
}

// Rollback ends the transaction, forgetting it.
func (v *captureVTab) Rollback() error {
	if v.leave() {
		v.db.rolledBack()
	}
	return nil
}

// Savepoint marks the log; n may be a statement's own savepoint.
func (v *captureVTab) Savepoint(n int) error {
	v.enlist()
	if v.joined {
		// A late instance is told of the innermost savepoint, which began when the others heard of it.
		v.joined = false
		if n < len(v.db.tx.marks) {
			return v.db.statementStarts()
		}
	}
	if err := v.db.boundary(); err != nil {
		return err
	}
	v.db.tx.savepoint(n)
	return v.db.statementStarts()
}

// Release forgets a mark.
func (v *captureVTab) Release(n int) error { v.db.tx.release(n); return nil }

// RollbackTo returns to a mark.
func (v *captureVTab) RollbackTo(n int) error {
	v.db.rolledBackTo(n)
	return nil
}

// Update receives one event of a trigger.
func (v *captureVTab) Update(args sqlite3.Args) (int64, error) {
	if args.Len() < 3+captureWidth || !args.Raw(0).IsNull() {
		return 0, fmt.Errorf("ext: %s is written by the extension's triggers only", captureTable)
	}
	code := args.Raw(2)
	if code.Kind() != dbsp.Integer {
		return 0, fmt.Errorf("ext: %s is written by the extension's triggers only", captureTable)
	}
	// SQLite takes what is returned for last_insert_rowid(), which stays the user's.
	c := v.db.e.conn
	rowid := c.LastInsertRowid()
	if err := v.db.event(code.Int(), args, 3); err != nil {
		return rowid, err
	}
	// Nor does total_changes() show captured rows: SQLite adds this one when the trigger's statement ends.
	c.RestoreChanges(c.Changes(), c.TotalChanges()-1)
	return rowid, nil
}

// Batch lets the binding take down events that need no answer.
func (v *captureVTab) Batch() sqlite3.Batch { return v.db.waiting }

// event takes an event whose values are the args from one on.
func (d *database) event(code int64, args sqlite3.Args, from int) error {
	if err := d.collect(); err != nil {
		return err
	}
	if code&7 == eventEnlist {
		return nil
	}
	lay, err := d.layout(code >> 16)
	if err != nil {
		return fmt.Errorf("%w; drop the materialized views of this file, then create them again", err)
	}
	return d.capture(lay, code, args, from)
}

// eventWidth returns how many values an event of the code carries, of how many its image or two images have in all.
func (l *layout) eventWidth(code int64) (n, width int, err error) {
	width = len(l.columns)
	if code&7 == eventUpdate {
		width *= 2
	}
	part := eventPart(code)
	if part == wholeImage {
		return width, width, nil
	}
	n = min(width-part*captureWidth, captureWidth)
	if n < 0 {
		return 0, 0, fmt.Errorf("ext: capture of table %s: %w", l.table, ErrDamaged)
	}
	return n, width, nil
}

// capture appends one event to the log.
func (d *database) capture(lay *layout, code int64, args sqlite3.Args, from int) error {
	n, width, err := lay.eventWidth(code)
	if err == nil && args.Len() < from+n {
		err = fmt.Errorf("ext: capture of table %s: %w", lay.table, ErrDamaged)
	}
	if err != nil {
		return err
	}
	t, kind := &d.tx, int(code&7)
	d.touch(lay)
	if lay.doubted && (kind == eventUpdate || kind == eventDelete) {
		d.recompute(lay)
	}
	if kind != eventStash && n == width && !lay.tracked && t.images.empty() {
		l := &t.log
		l.open(lay.id, changeKind(kind))
		for i := range n {
			l.buf = dbsp.AppendIdentity(l.buf, args.Raw(from+i))
		}
		err = l.close()
	} else {
		if part := eventPart(code); part == 0 || part == wholeImage {
			d.partial = d.partial[:0]
		}
		for i := range n {
			d.partial = append(d.partial, args.Value(from+i))
		}
		if len(d.partial) >= width {
			err = d.track(lay, kind, d.partial)
		}
	}
	if err != nil {
		return err
	}
	return d.allowBatch(lay, code, n)
}

// touch notes that the log has a record of the layout.
func (d *database) touch(lay *layout) {
	if lay.touched != d.stretch {
		lay.touched = d.stretch
		d.tx.touched = append(d.tx.touched, lay.id)
	}
}

// emptyCursor is a cursor over no rows.
type emptyCursor struct{}

// Filter does nothing.
func (emptyCursor) Filter(int, string, sqlite3.Args) error { return nil }

// Next does nothing.
func (emptyCursor) Next() error { return nil }

// EOF is always true.
func (emptyCursor) EOF() bool { return true }

// Column is not called.
func (emptyCursor) Column(sqlite3.Result, int) error { return nil }

// Rowid is not called.
func (emptyCursor) Rowid() (int64, error) { return 0, nil }

// Close has nothing to release.
func (emptyCursor) Close() error { return nil }

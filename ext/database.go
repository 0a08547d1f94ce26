package ext

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// LogBound is how many bytes of a transaction's log stay in memory; OverlayBound how many bytes of stepped, unwritten
// state. Past them the log goes to a temporary file, and the state is written to its tables early. They may be set before
// a connection is opened.
var (
	LogBound           = 64 << 20
	OverlayBound int64 = 64 << 20
	// FillBound is OverlayBound while a view is filled: what is written at once is written in order.
	FillBound int64 = 256 << 20
)

// database is the engine's part for one schema of a connection: main, temp or an attached file.
type database struct {
	e    *engine
	name string
	tx   transaction
	// enlisted are the instances of the capture table that take part in the transaction.
	enlisted map[*captureVTab]bool
	// waiting takes down events, nil where the binding has none; accepted are those that it takes, but for all that are in
	// the batch already none while it is refused.
	waiting  sqlite3.Batch
	accepted []acceptedEvent
	refused  bool

	// The catalog as last read.
	loaded      bool
	provisional bool  // read inside a transaction that may roll its schema changes back
	loads       int64 // counts how often it was read
	cookie      int64
	otherCookie int64
	views       []*view // in order of creation, so a view comes after those it reads
	layouts     map[int64]*layout
	watched     map[string]*watchedTable
	watchedList []*watchedTable // the same
	stretch     int64           // counts the ends and cuts of the log
	replaces    bool            // the schema's own texts contain REPLACE
	triggered   bool            // the user has triggers on some table
	fails       bool            // they contain FAIL
	foreign     bool            // some captured table is another schema's
	misshows    bool            // some layout is misshown
	// foreignVersion is the data version of main that the committed state of views on its tables belongs to.
	foreignVersion int64

	cookieStmt, otherCookieStmt sqlite3.Stmt
	partial                     dbsp.Row
	version                     dataVersion
	// batch, slab and image are feedLog's buffers.
	batch dbsp.Batch
	slab  []dbsp.Value
	image dbsp.Row
	busy  bool // the catalog is being read
	// constructing is set while a view's machine, capture and state are made: what is in memory is then ahead of the catalog.
	constructing bool
}

func newDatabase(e *engine, name string) *database {
	d := &database{e: e, name: name, layouts: map[int64]*layout{}, watched: map[string]*watchedTable{},
		enlisted: map[*captureVTab]bool{}, stretch: 1}
	if b, ok := e.conn.(sqlite3.Batcher); ok {
		d.waiting, _ = b.NewBatch() // without memory for one, each event is a call
	}
	d.tx.log.bound = LogBound
	d.tx.rebuild = map[string]bool{}
	d.tx.rebuilt = map[string]bool{}
	d.tx.arm = map[string]bool{}
	d.tx.stale = map[string]staleAt{}
	return d
}

// releaseStatements finalizes all that is kept prepared. What was stepped but not written goes with it, and is stepped
// again from the log.
func (d *database) releaseStatements() {
	if d.busy {
		return
	}
	finalize(&d.cookieStmt, &d.otherCookieStmt, &d.e.numeric, &d.e.asNumber, &d.e.version)
	for _, l := range d.layouts {
		finalize(&l.probe, &l.last)
	}
	for _, v := range d.views {
		d.retire(v)
	}
	d.tx.stepped = d.tx.written
	d.loaded = false
}

// retire releases what a view keeps on this connection.
func (d *database) retire(v *view) {
	if v.machine != nil {
		v.machine.release()
		v.machine = nil
	}
}

func (d *database) view(name string) *view {
	for _, v := range d.views {
		if strings.EqualFold(v.name, name) {
			return v
		}
	}
	return nil
}

// describeView finds a view in a catalog that is read if need be, nil when there is none.
func (d *database) describeView(name string) (*view, error) {
	if err := d.refresh(); err != nil {
		return nil, err
	}
	return d.view(name), nil
}

// declaredColumns reads a view's columns from its catalog row alone: SQLite connects virtual tables also while the
// catalog is being read.
func (d *database) declaredColumns(name string) ([]viewColumn, error) {
	var columns []viewColumn
	err := d.e.query("SELECT columns FROM "+qualified(d.name, viewsTable)+" WHERE name = ?1",
		[]dbsp.Value{dbsp.NewText(name)}, func(s sqlite3.Stmt) error {
			return json.Unmarshal([]byte(s.Column(0).Str()), &columns)
		})
	return columns, err
}

// layout finds a layout by id.
func (d *database) layout(id int64) (*layout, error) {
	l := d.layouts[id]
	if l == nil {
		if err := d.refresh(); err != nil {
			return nil, err
		}
		if l = d.layouts[id]; l == nil {
			return nil, fmt.Errorf("ext: capture layout %d is not in %s: %w", id, capturesTable, ErrDamaged)
		}
	}
	return l, nil
}

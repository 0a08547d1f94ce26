package ext

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner"
)

// The states of a view in the catalog. That an expression failed on some row is not a state: it is kept as operator
// state, dbsp.FailureOp, and comes and goes with the row.
const (
	stateFresh = "fresh"
	stateStale = "stale"
)

// The catalog, format 1.
//
// views: one row per view. sql is the SELECT as written, resolved the same with names resolved and stars expanded, which
// is what is planned; fingerprint is that of the plan which wrote the state; columns and bases are JSON (viewColumn,
// viewBase).
// captures: one row per base table, see layout.
const catalogSQL = `
CREATE TABLE IF NOT EXISTS %[1]s.` + viewsTable + `(name TEXT PRIMARY KEY COLLATE NOCASE, seq INTEGER NOT NULL, sql TEXT NOT NULL,
  state TEXT NOT NULL, reason TEXT, format INTEGER NOT NULL, fingerprint TEXT NOT NULL, columns TEXT NOT NULL,
  bases TEXT NOT NULL, resolved TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS %[1]s.` + capturesTable + `(layout INTEGER PRIMARY KEY, tbl TEXT NOT NULL COLLATE NOCASE UNIQUE,
  generation INTEGER NOT NULL, columns TEXT NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS %[1]s.` + captureTable + ` USING ` + captureModule + `;`

// settle brings all views' tables up to date with the transaction so far, before the catalog changes.
func (d *database) settle() error {
	if err := d.refresh(); err != nil {
		return err
	}
	if err := d.boundary(); err != nil {
		return err
	}
	if err := d.step(); err != nil {
		return err
	}
	return d.flush()
}

// definition reads a view's own statement back from the schema: exact text, which module arguments are not.
func (d *database) definition(name string) (columns []string, sel string, err error) {
	var sql string
	err = d.e.query("SELECT sql FROM "+ident(d.name)+".sqlite_master WHERE type = 'table' AND name = ?1 COLLATE NOCASE",
		[]dbsp.Value{dbsp.NewText(name)}, func(s sqlite3.Stmt) error { sql = s.Column(0).Str(); return nil })
	if err != nil {
		return nil, "", err
	}
	return parseDefinition(sql)
}

// createView is xCreate.
func (d *database) createView(name string) (*view, error) {
	defer d.e.preserve().restore()
	if isInternal(name) {
		return nil, fmt.Errorf("view %s: names that begin with %s are reserved", name, internalPrefix)
	}
	columns, sel, err := d.definition(name)
	if err != nil {
		return nil, fmt.Errorf("view %s: %w", name, err)
	}
	if err := d.settle(); err != nil {
		return nil, err
	}
	plan, err := planner.New(schemaReader{d.e, d.name}, d.name, name, sel, columns)
	if isCode(err, sqlite3.CodeLocked) && strings.HasSuffix(err.Error(), "called recursively: "+name) {
		return nil, fmt.Errorf("no such table: %s: a view can't be defined by itself", name)
	}
	if err != nil {
		return nil, err
	}
	if err := d.e.conn.Exec(fmt.Sprintf(catalogSQL, ident(d.name))); err != nil {
		return nil, fmt.Errorf("ext: create the catalog: %w", err)
	}
	// Enlists the capture table in this transaction, so that the engine hears of its end.
	if err := d.e.conn.Exec(fmt.Sprintf("INSERT INTO %s(k) VALUES(%d)", qualified(d.name, captureTable), eventEnlist)); err != nil {
		return nil, err
	}
	d.loaded = false
	if err := d.refresh(); err != nil {
		return nil, err
	}
	v := &view{db: d, name: name, sql: strings.TrimSpace(sel), cursors: map[*viewCursor]bool{}}
	for _, w := range d.views {
		v.seq = max(v.seq, w.seq)
	}
	v.seq++
	v.setColumns(plan)
	if err := d.e.query("INSERT INTO "+qualified(d.name, viewsTable)+" VALUES(?1, ?2, ?3, 'stale', 'being built', ?4, '', '[]', '[]', '')",
		[]dbsp.Value{dbsp.NewText(v.name), dbsp.NewInteger(v.seq), dbsp.NewText(v.sql), dbsp.NewInteger(FormatVersion)}, nil); err != nil {
		return nil, fmt.Errorf("ext: view %s: %w", name, err)
	}
	if err := newStateTable(v, 0).create(); err != nil {
		return nil, err
	}
	if err := d.construct(v, plan); err != nil {
		return nil, err
	}
	return v, nil
}

// setColumns takes the plan's result columns, with a declared type only where storing then changes no value.
func (v *view) setColumns(plan *planner.Plan) {
	v.columns = nil
	for _, c := range plan.Columns {
		col := viewColumn{Name: c.Name, Collation: c.Collation}
		if affinityOf(c.DeclType) == c.Affinity {
			col.Type = c.DeclType
		}
		v.columns = append(v.columns, col)
	}
}

// construct makes capture, machine and state for a plan, fills them from the base tables, and records the view as
// fresh. The view's tables exist and are empty.
func (d *database) construct(v *view, plan *planner.Plan) (err error) {
	d.constructing = true
	defer func() {
		if d.constructing = false; err != nil {
			// A new view is in no list yet: nothing else would finalize its statements, and a connection that has one left
			// stays open when it is closed.
			d.retire(v)
		}
	}()
	v.bases = nil
	for _, s := range plan.Sources {
		b := viewBase{Table: d.key(s.Table), Indexes: s.Table.Indexes}
		for _, c := range s.Columns {
			b.Columns = append(b.Columns, s.Table.Columns[c].Name)
		}
		if s.Table.Kind == planner.MaterializedView {
			p := d.view(s.Table.Name)
			if p == nil {
				return fmt.Errorf("view %s: no view %s in this schema", v.name, s.Table.Name)
			}
			b.View = true
			b.Fingerprint = fingerprintOfView(p, b.Columns)
		} else {
			lay, err := d.ensureCapture(s.Table, b.Columns)
			if err != nil {
				return fmt.Errorf("view %s: %w", v.name, err)
			}
			b.Generation = lay.generation
			b.Fingerprint = fingerprintOf(s.Table, b.Columns)
			if b.Parents, err = d.parents(s.Table); err != nil {
				return err
			}
		}
		v.bases = append(v.bases, b)
	}
	// A view that was dropped and made again is younger than what is built on it.
	for _, b := range v.bases {
		if p := d.view(b.Table); b.View && p != nil && p.seq >= v.seq {
			for _, w := range d.views {
				v.seq = max(v.seq, w.seq+1)
			}
		}
	}
	v.planned, v.format, v.stale, v.recorded = plan.Fingerprint, FormatVersion, "", ""
	delete(d.tx.stale, v.name)
	v.resolved = plan.SQL
	if again, err := planner.New(frozenReader{schemaReader{d.e, d.name}, v.bases}, d.name, v.name, plan.SQL, v.columnNames()); err != nil ||
		again.Fingerprint != plan.Fingerprint {
		v.resolved = v.sql
	}
	resolved := v.resolved
	if resolved != v.sql && !d.isTemp() {
		resolved = requalify(resolved, d.name, "main")
		v.resolved = requalify(resolved, "main", d.name)
	}
	if _, err := v.build(plan); err != nil {
		return err
	}
	if err := d.built(v); err != nil {
		return err
	}
	if err := d.populate(v); err != nil {
		return err
	}
	if err := d.flushView(v); err != nil {
		return err
	}
	err = d.e.query("UPDATE "+qualified(d.name, viewsTable)+
		" SET sql = ?2, state = 'fresh', reason = NULL, format = ?3, fingerprint = ?4, columns = ?5, bases = ?6, resolved = ?7, seq = ?8 WHERE name = ?1",
		[]dbsp.Value{dbsp.NewText(v.name), dbsp.NewText(v.sql), dbsp.NewInteger(FormatVersion), dbsp.NewText(v.planned),
			dbsp.NewText(v.columnsJSON()), dbsp.NewText(v.basesJSON()), dbsp.NewText(resolved), dbsp.NewInteger(v.seq)}, nil)
	d.loaded = false
	if err != nil {
		return err
	}
	// The machine goes on serving: the catalog, when it is read next, finds the view as it is here.
	if !slices.Contains(d.views, v) {
		d.views = append(d.views, v)
	}
	return d.announce()
}

// ensureCapture makes sure that changes of the table's columns are captured, and returns the layout.
// createTriggers (re)creates a table's capture triggers, which makes them its newest.
// populate fills a view's empty state from its sources as they are now. What it puts out is no change for views on it:
// those are computed anew.
// rebuild computes a view anew within its circuit.
// refreshView is REFRESH MATERIALIZED VIEW: the view, and what is built on it, is planned and computed anew.
// dropView is xDestroy.
// renameView is xRename. Views built on it speak of it by its old name: they become stale.

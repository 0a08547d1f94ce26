package ext

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner"
)

// LogBound is how many bytes of a transaction's log stay in memory; OverlayBound how many bytes of stepped, unwritten
// state. Past them the log goes to a temporary file, and the state is written to its tables early. They may be set before
// a connection is opened.
var (
	LogBound           = 64 << 20
	OverlayBound int64 = 64 << 20
)

// database is the engine's part for one schema of a connection: main, temp or an attached file.
type database struct {
	e    *engine
	name string
	tx   transaction
	// enlisted are the instances of the capture table that take part in the transaction.
	enlisted map[*captureVTab]bool

	// The catalog as last read.
	loaded      bool
	provisional bool // read inside a transaction that may roll its schema changes back
	cookie      int64
	tempCookie  int64
	views       []*view // in order of creation, so a view comes after those it reads
	layouts     map[int64]*layout
	watched     map[string]*watchedTable
	watchedList []*watchedTable // the same
	stretch     int64           // counts the ends and cuts of the log
	replaces    bool            // the schema's own texts contain REPLACE
	triggered   bool            // the user has triggers on some table
	fails       bool            // they contain FAIL

	cookieStmt, tempCookieStmt sqlite3.Stmt
	partial                    dbsp.Row
	// batch, slab and image are feedLog's buffers.
	batch dbsp.Batch
	slab  []dbsp.Value
	image dbsp.Row
	busy  bool // the catalog is being read
}

// watchedTable is a base table with capture, and how its triggers stand.
type watchedTable struct {
	layout *layout
	table  *planner.Table // nil when it is gone
	reason string         // why capture can't be trusted
	// outdated: the triggers are there but no longer the ones we would create (a new unique key), or a trigger of the
	// user's is newer and can keep ours from firing.
	outdated bool
	// unarmed: it has unique keys, and no trigger that sees what INSERT OR REPLACE removes.
	unarmed bool
	// shadowed names a newer AFTER trigger of the user's: it fires before ours, changes what ours then sees, and can keep
	// it from firing, by RAISE(IGNORE), or by an error under FAIL.
	shadowed string
	// hidden names a TEMP one: those always fire first. hiddenIgnores tells that it has such a RAISE.
	hidden        string
	hiddenIgnores bool
}

func newDatabase(e *engine, name string) *database {
	d := &database{e: e, name: name, layouts: map[int64]*layout{}, watched: map[string]*watchedTable{},
		enlisted: map[*captureVTab]bool{}, stretch: 1}
	d.tx.log.bound = LogBound
	d.tx.rebuild = map[string]bool{}
	d.tx.rebuilt = map[string]bool{}
	d.tx.stale = map[string]staleAt{}
	return d
}

// releaseStatements finalizes all that is kept prepared. What was stepped but not written goes with it, and is stepped
// again from the log.
func (d *database) releaseStatements() {
	if d.busy {
		return
	}
	finalize(&d.cookieStmt, &d.tempCookieStmt, &d.e.numeric, &d.e.asNumber)
	for _, l := range d.layouts {
		finalize(&l.probe)
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

func (d *database) schemaVersion(slot *sqlite3.Stmt, schema string) (int64, error) {
	if v, ok := d.e.conn.SchemaVersion(schema); ok {
		return v, nil
	}
	s, err := d.e.kept(slot, "PRAGMA "+ident(schema)+".schema_version")
	if err != nil {
		return 0, err
	}
	defer s.Reset()
	if ok, err := s.Step(); err != nil || !ok {
		return 0, err
	}
	return s.ColumnRaw(0).Int(), nil
}

// refresh reads the catalog again if the schema changed since.
func (d *database) refresh() error {
	if d.busy {
		return nil // what is being read now
	}
	cookie, err := d.schemaVersion(&d.cookieStmt, d.name)
	if err != nil {
		return err
	}
	temp, err := d.schemaVersion(&d.tempCookieStmt, "temp")
	if err != nil {
		return err
	}
	if d.loaded && !d.provisional && cookie == d.cookie && temp == d.tempCookie {
		return nil
	}
	if err := d.load(); err != nil {
		return err
	}
	d.cookie, d.tempCookie, d.loaded = cookie, temp, true
	// A schema change inside a transaction may be rolled back and another take its number, where the number is no more
	// than the schema cookie.
	_, exact := d.e.conn.SchemaVersion(d.name)
	d.provisional = !exact && !d.e.conn.Autocommit()
	return nil
}

// load reads the catalog and checks every base table against it.
func (d *database) load() error {
	d.busy = true
	defer func() { d.busy = false }()
	old, oldLayouts, oldWatched, oldList := d.views, d.layouts, d.watched, d.watchedList
	d.views, d.layouts, d.watched, d.watchedList = nil, map[int64]*layout{}, map[string]*watchedTable{}, nil
	has := false
	err := d.e.query("SELECT 1 FROM "+ident(d.name)+".sqlite_master WHERE name = "+literal(viewsTable), nil,
		func(sqlite3.Stmt) error { has = true; return nil })
	if err == nil && has {
		err = d.loadCaptures(oldLayouts)
		if err == nil {
			err = d.loadViews(old)
		}
	}
	if err != nil {
		d.views, d.layouts, d.watched, d.watchedList = old, oldLayouts, oldWatched, oldList
		return fmt.Errorf("ext: read the catalog: %w", err)
	}
	for _, l := range oldLayouts {
		if d.layouts[l.id] != l {
			finalize(&l.probe)
		}
	}
	for _, v := range old {
		if !slices.Contains(d.views, v) {
			d.retire(v)
		}
	}
	return nil
}

// refreshCompiling is refresh while SQLite compiles a statement: it then holds on to the schema that it has, and if
// another connection changed it, what is read says SQLITE_SCHEMA. The old catalog serves the compilation: the statement
// is compiled again when it runs.
func (d *database) refreshCompiling() error {
	err := d.refresh()
	if d.loaded && isCode(err, sqlite3.CodeSchema) {
		return nil
	}
	return err
}

func (d *database) loadCaptures(old map[int64]*layout) error {
	err := d.e.query("SELECT layout, tbl, generation, columns FROM "+qualified(d.name, capturesTable), nil,
		func(s sqlite3.Stmt) error {
			l := &layout{id: s.Column(0).Int(), table: s.Column(1).Str(), generation: s.Column(2).Int()}
			if err := json.Unmarshal([]byte(s.Column(3).Str()), &l.columns); err != nil {
				return fmt.Errorf("%s: %w", capturesTable, ErrDamaged)
			}
			if o := old[l.id]; o != nil && strings.EqualFold(o.table, l.table) && slices.Equal(o.columns, l.columns) {
				o.generation = l.generation
				l = o
			}
			d.layouts[l.id] = l
			return nil
		})
	if err != nil {
		return err
	}
	d.replaces, d.fails, d.triggered = false, false, false
	var triggers []userTrigger
	for _, schema := range []string{d.name, "temp"} {
		err := d.e.query("SELECT type, name, tbl_name, sql, rowid FROM "+ident(schema)+
			".sqlite_master WHERE type IN ('trigger', 'table') AND sql IS NOT NULL", nil, func(s sqlite3.Stmt) error {
			name, sql := s.Column(1).Str(), s.Column(3).Str()
			if !isInternal(name) {
				d.replaces = d.replaces || containsReplace(sql)
				d.fails = d.fails || containsFold(sql, "fail")
			}
			if s.Column(0).Str() == "trigger" {
				d.triggered = d.triggered || !isInternal(name)
				triggers = append(triggers, userTrigger{
					name: name, table: s.Column(2).Str(), sql: sql, seq: s.Column(4).Int(),
					temp: schema == "temp" && !strings.EqualFold(d.name, "temp"),
				})
			}
			return nil
		})
		if err != nil {
			return err
		}
		if strings.EqualFold(d.name, "temp") {
			break
		}
	}
	for _, l := range d.layouts {
		w, err := d.watch(l, triggers)
		if err != nil {
			return err
		}
		d.setWatched(l.table, w)
	}
	return nil
}

// userTrigger is a trigger of the schema, ours included.
type userTrigger struct {
	name, table, sql string
	seq              int64
	temp             bool
}

// watch compares a base table's triggers with what they should be.
func (d *database) watch(l *layout, triggers []userTrigger) (*watchedTable, error) {
	w := &watchedTable{layout: l}
	t, err := d.e.readTable(d.name, l.table)
	if err != nil {
		return nil, err
	}
	l.interfered, l.late = false, false
	if t == nil || t.Kind != planner.OrdinaryTable {
		w.reason = fmt.Sprintf("table %s is gone", l.table)
		return w, nil
	}
	w.table = t
	if err := l.resolveIdentity(t); err != nil {
		w.reason = err.Error()
		return w, nil
	}
	for _, c := range l.columns {
		if c != "" && !slices.ContainsFunc(t.Columns, func(x planner.TableColumn) bool { return strings.EqualFold(x.Name, c) }) {
			w.reason = fmt.Sprintf("column %s of table %s is gone", c, l.table)
			return w, nil
		}
	}
	want, err := d.e.triggersOf(t, l)
	if err != nil {
		w.reason = err.Error()
		return w, nil
	}
	oldest := int64(1) << 62
	for _, x := range want {
		i := slices.IndexFunc(triggers, func(u userTrigger) bool {
			return !u.temp && strings.EqualFold(u.name, x.name) && strings.EqualFold(u.table, l.table)
		})
		if i < 0 {
			if strings.Contains(x.sql, " AFTER ") {
				w.reason = fmt.Sprintf("table %s was dropped or recreated", l.table)
				return w, nil
			}
			if x.arming && !d.replaces && !d.e.armed {
				w.unarmed = true
			} else {
				w.outdated = true // a first unique key, or a first REPLACE in the schema
			}
			continue
		}
		if triggers[i].sql != x.sql {
			w.outdated = true
		}
		oldest = min(oldest, triggers[i].seq)
	}
	for _, u := range triggers {
		if !strings.EqualFold(u.table, l.table) || isInternal(u.name) {
			continue
		}
		before, ignores := readTrigger(u.sql)
		switch {
		case before:
			l.interfered = true
		case u.temp:
			l.interfered, l.late = true, true
			w.hidden, w.hiddenIgnores = u.name, w.hiddenIgnores || ignores
		case u.seq > oldest:
			w.shadowed, w.outdated = u.name, true
		}
	}
	return w, nil
}

func (d *database) loadViews(old []*view) error {
	err := d.e.query("SELECT name, seq, sql, state, reason, format, fingerprint, columns, bases, resolved FROM "+
		qualified(d.name, viewsTable)+" ORDER BY seq", nil, func(s sqlite3.Stmt) error {
		v := &view{
			db: d, name: s.Column(0).Str(), seq: s.Column(1).Int(), sql: s.Column(2).Str(), format: s.Column(5).Int(),
			planned: s.Column(6).Str(), resolved: s.Column(9).Str(), cursors: map[*viewCursor]bool{},
		}
		if json.Unmarshal([]byte(s.Column(7).Str()), &v.columns) != nil || json.Unmarshal([]byte(s.Column(8).Str()), &v.bases) != nil {
			return fmt.Errorf("%s: view %s: %w", viewsTable, v.name, ErrDamaged)
		}
		if v.resolved != v.sql {
			v.resolved = requalify(v.resolved, "main", d.name)
		}
		if s.Column(3).Str() != stateFresh {
			v.recorded = s.Column(4).Str()
			if v.recorded == "" {
				v.recorded = "unknown"
			}
		}
		for _, o := range old {
			if o.name == v.name && o.sql == v.sql && o.resolved == v.resolved && o.planned == v.planned && o.seq == v.seq && o.basesJSON() == v.basesJSON() {
				o.recorded = v.recorded
				v = o
			}
		}
		d.views = append(d.views, v)
		v.stale = d.staleness(v)
		if v.machine != nil && v.stale != "" {
			d.retire(v)
		}
		return nil
	})
	return err
}

// staleness tells why a view can't be trusted, "" when it can.
func (d *database) staleness(v *view) string {
	switch {
	case v.format != FormatVersion:
		return fmt.Sprintf("its state has format %d, this is version %d", v.format, FormatVersion)
	case v.recorded != "":
		return v.recorded
	case d.tx.stale[v.name].reason != "":
		return d.tx.stale[v.name].reason
	}
	for _, b := range v.bases {
		if b.View {
			p := d.view(b.Table)
			if p == nil || p.seq >= v.seq {
				return fmt.Sprintf("view %s under it is gone", b.Table)
			}
			if p.stale != "" {
				return fmt.Sprintf("view %s under it is stale (%s)", b.Table, p.stale)
			}
			if fingerprintOfView(p, b.Columns) != b.Fingerprint {
				return fmt.Sprintf("view %s under it was changed", b.Table)
			}
			continue
		}
		w := d.watched[strings.ToLower(b.Table)]
		switch {
		case w == nil:
			return fmt.Sprintf("table %s is not captured", b.Table)
		case w.reason != "":
			return w.reason
		case w.layout.generation != b.Generation:
			return fmt.Sprintf("table %s was dropped and recreated", b.Table)
		case fingerprintOf(w.table, b.Columns) != b.Fingerprint:
			return fmt.Sprintf("table %s was altered", b.Table)
		}
		for _, p := range b.Parents {
			t := false
			_ = d.e.query("SELECT 1 FROM "+ident(d.name)+".sqlite_master WHERE type = 'table' AND name = ?1 COLLATE NOCASE",
				[]dbsp.Value{dbsp.NewText(p)}, func(sqlite3.Stmt) error { t = true; return nil })
			if !t {
				return fmt.Sprintf("table %s, a foreign-key parent of %s, was dropped", p, b.Table)
			}
		}
	}
	return ""
}

func fingerprintOfView(v *view, columns []string) string {
	var b strings.Builder
	for _, n := range columns {
		i := slices.IndexFunc(v.columns, func(c viewColumn) bool { return strings.EqualFold(c.Name, n) })
		if i < 0 {
			return "gone"
		}
		fmt.Fprintf(&b, "%s %s %s|", n, v.columns[i].Type, v.columns[i].Collation)
	}
	return b.String()
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

// setWatched enters a table that views read.
func (d *database) setWatched(table string, w *watchedTable) {
	key := strings.ToLower(table)
	if old := d.watched[key]; old != nil {
		d.watchedList = slices.DeleteFunc(d.watchedList, func(x *watchedTable) bool { return x == old })
	}
	d.watched[key] = w
	d.watchedList = append(d.watchedList, w)
}

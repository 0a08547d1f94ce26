package ext

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

func (d *database) schemaVersion(slot *sqlite3.Stmt, schema string) (int64, error) {
	if v, ok := d.e.conn.SchemaVersion(schema); ok {
		return v, nil
	}
	return d.e.keptPragma(slot, ident(schema)+".schema_version")
}

// keptPragma reads a number that PRAGMA name gives, by the statement kept in slot.
func (e *engine) keptPragma(slot *sqlite3.Stmt, name string) (int64, error) {
	s, err := e.kept(slot, "PRAGMA "+name)
	if err != nil {
		return 0, err
	}
	defer s.Reset()
	if ok, err := s.Fetch(); err != nil || !ok {
		return 0, err
	}
	return s.ColumnRaw(0).Int(), nil
}

// refresh reads the catalog again if the schema changed since.
func (d *database) refresh() error {
	if d.busy || d.constructing {
		return nil // it is being read, or what is in memory is ahead of it
	}
	cookie, err := d.schemaVersion(&d.cookieStmt, d.name)
	if err != nil {
		return err
	}
	beside := "temp" // where triggers on the schema's tables may be, or the tables of a TEMP view
	if d.isTemp() {
		beside = foreignSchema
	}
	other, err := d.schemaVersion(&d.otherCookieStmt, beside)
	if err != nil {
		return err
	}
	if d.loaded && !d.provisional && cookie == d.cookie && other == d.otherCookie {
		return nil
	}
	if err := d.load(); err != nil {
		return err
	}
	d.cookie, d.otherCookie, d.loaded = cookie, other, true
	// A schema change inside a transaction may be rolled back and another take its number, where the number is no more
	// than the schema cookie.
	// But while the capture table is enlisted the engine hears of each rollback, and forgets what it read; and where nothing
	// is written yet, what was read is committed.
	_, exact := d.e.conn.SchemaVersion(d.name)
	d.provisional = !exact && !d.e.conn.Autocommit() && len(d.enlisted) == 0 && !d.e.reading(d.name)
	d.loads++
	return nil
}

// load reads the catalog and checks every base table against it.
func (d *database) load() error {
	if err := d.refuseBatch(); err != nil {
		return err
	}
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
			finalize(&l.probe, &l.last)
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
		if v.resolved != v.sql && !d.isTemp() {
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
		schema, _ := d.locate(b.Table)
		for _, p := range b.Parents {
			if !d.e.hasTable(schema, p) {
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

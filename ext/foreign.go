package ext

import (
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner"
)

// A TEMP view may read tables of main. TEMP triggers on them feed the log of the temp schema, in which catalog, state and
// capture table are: so the view lives and goes with the connection. Other connections fire no TEMP trigger. What they
// commit is noticed by main's data version, which is looked at before the first step and the first read in each
// transaction; the views on main's tables are then computed anew.
//
// Catalog, layouts and views of the temp schema know a table of main by its quoted name with the schema, "main"."t", and
// one of temp by its bare name.

const foreignSchema = "main"

var foreignPrefix = ident(foreignSchema) + "."

// isTemp reports whether the schema is temp.
func (d *database) isTemp() bool { return strings.EqualFold(d.name, "temp") }

// key is how this schema's catalog knows a table.
func (d *database) key(t *planner.Table) string {
	if d.isTemp() && strings.EqualFold(t.Schema, foreignSchema) {
		return qualified(foreignSchema, t.Name)
	}
	return t.Name
}

// isForeign reports whether a table that the catalog knows by key is main's and not temp's.
func (d *database) isForeign(key string) bool {
	return d.isTemp() && strings.HasPrefix(key, foreignPrefix)
}

// locate returns the schema and the name of a table that the catalog knows by key.
func (d *database) locate(key string) (schema, name string) {
	if !d.isForeign(key) {
		return d.name, key
	}
	name = strings.TrimSuffix(strings.TrimPrefix(key, foreignPrefix+`"`), `"`)
	return foreignSchema, strings.ReplaceAll(name, `""`, `"`)
}

// table is how SQL names a table, or a view's output table, that the catalog knows by key.
func (d *database) table(key string) string { return qualified(d.locate(key)) }

// schemas lists where what concerns the schema's tables is written: their triggers, and what these write.
func (d *database) schemas() []string {
	switch {
	case !d.isTemp():
		return []string{d.name, "temp"}
	case d.foreign:
		return []string{foreignSchema, d.name}
	}
	return []string{d.name}
}

// notice finds out whether other connections committed to main since views on its tables were brought up to date, and if
// so has them computed anew: at the end of the statement that is running, or at the step that this read asks for.
//
// It opens a read transaction on main, which lasts as long as the statement that runs, or the transaction: what main's
// tables show from then on is of the same moment.
func (d *database) notice() error {
	if !d.isTemp() {
		return nil
	}
	if err := d.refresh(); err != nil {
		return err
	}
	if !d.foreign || d.tx.version != 0 {
		return nil // or this transaction has looked
	}
	now, err := d.e.foreignVersion()
	if err != nil || now == d.foreignVersion {
		return err
	}
	// This statement makes SQLite compare the schema that it knows with the file's. The data version does not.
	if err := d.e.query("SELECT 1 FROM "+foreignPrefix+"sqlite_master LIMIT 0", nil, nil); err != nil {
		return err
	}
	if err := d.refresh(); err != nil {
		return err
	}
	defer d.e.preserve().restore()
	// Enlists the capture table. Outside of a transaction this statement is one, and the views are computed at its end.
	if err := d.e.conn.Exec("INSERT INTO " + qualified(d.name, captureTable) + "(k) VALUES(0)"); err != nil {
		if isCode(err, sqlite3.CodeReadOnly) {
			return errRecompute
		}
		return err
	}
	return nil
}

// outdated has the views on main's tables computed anew if other connections committed to main. To be called once the
// engine hears of the transaction's end.
func (d *database) outdated() error {
	if !d.foreign || d.tx.version != 0 {
		return nil
	}
	now, err := d.e.foreignVersion()
	if err != nil {
		return err
	}
	d.tx.version = now
	if now == d.foreignVersion {
		return nil
	}
	for _, w := range d.watchedList {
		if d.isForeign(w.layout.table) {
			d.recompute(w.layout)
		}
	}
	return nil
}

// built notes that a view was filled from main's tables.
func (d *database) built(v *view) error {
	if d.tx.version != 0 || !slices.ContainsFunc(v.bases, func(b viewBase) bool { return !b.View && d.isForeign(b.Table) }) {
		return nil
	}
	now, err := d.e.foreignVersion()
	if d.tx.version = now; d.foreignVersion == 0 {
		d.foreignVersion = now // there was no such view yet
	}
	return err
}

// foreignVersion reads main's data version, which changes with the commits of other connections.
func (e *engine) foreignVersion() (int64, error) {
	return e.keptPragma(&e.version, foreignPrefix+"data_version")
}

// hasTable reports whether a schema has a table of that name.
func (e *engine) hasTable(schema, name string) bool {
	has := false
	_ = e.query("SELECT 1 FROM "+ident(schema)+".sqlite_master WHERE type = 'table' AND name = ?1 COLLATE NOCASE",
		[]dbsp.Value{dbsp.NewText(name)}, func(sqlite3.Stmt) error { has = true; return nil })
	return has
}

package ext

import (
	"fmt"
	"slices"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

func (d *database) dropView(name string) error {
	defer d.e.preserve().restore()
	if err := d.settle(); err != nil && isDatabase(err) {
		return err
	}
	v := d.view(name)
	if v == nil {
		v = &view{db: d, name: name}
	}
	if err := v.drainCursors(); err != nil {
		return err
	}
	d.retire(v)
	t := newStateTable(v, 0)
	if err := d.e.conn.Exec("DROP TABLE IF EXISTS " + t.out() + "; DROP TABLE IF EXISTS " + t.ops()); err != nil {
		return err
	}
	if err := d.e.query("DELETE FROM "+qualified(d.name, viewsTable)+" WHERE name = ?1",
		[]dbsp.Value{dbsp.NewText(name)}, nil); err != nil && isDatabase(err) {
		return err
	}
	d.views = slices.DeleteFunc(d.views, func(w *view) bool { return w == v })
	d.loaded = false
	for _, w := range d.watched {
		if len(d.viewsOn(w.layout.table)) > 0 {
			continue
		}
		if err := d.dropTriggers(w.layout.table); err != nil {
			return err
		}
		if err := d.e.query("DELETE FROM "+qualified(d.name, capturesTable)+" WHERE tbl = ?1",
			[]dbsp.Value{dbsp.NewText(w.layout.table)}, nil); err != nil && isDatabase(err) {
			return err
		}
	}
	return d.sweep(name)
}

func (d *database) renameView(old, name string) error {
	defer d.e.preserve().restore()
	if isInternal(name) {
		return fmt.Errorf("view %s: names that begin with %s are reserved", name, internalPrefix)
	}
	if err := d.settle(); err != nil {
		return err
	}
	v := d.view(old)
	if v == nil {
		return fmt.Errorf("%w: %s", ErrNoView, old)
	}
	if err := v.drainCursors(); err != nil {
		return err
	}
	d.retire(v)
	w := &view{db: d, name: name}
	if err := d.e.conn.Exec(fmt.Sprintf("ALTER TABLE %s RENAME TO %s; ALTER TABLE %s RENAME TO %s",
		qualified(d.name, v.outTable()), ident(w.outTable()), qualified(d.name, v.opsTable()), ident(w.opsTable()))); err != nil {
		return err
	}
	d.loaded = false
	return d.e.query("UPDATE "+qualified(d.name, viewsTable)+" SET name = ?2 WHERE name = ?1",
		[]dbsp.Value{dbsp.NewText(old), dbsp.NewText(name)}, nil)
}

package ext

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/planner"
)

func (d *database) refreshView(name string) error {
	defer d.e.preserve().restore()
	if err := d.settle(); err != nil {
		return err
	}
	// The command is a write statement like any other.
	if err := d.e.conn.Exec(fmt.Sprintf("INSERT INTO %s(k) VALUES(%d)", qualified(d.name, captureTable), eventEnlist)); err != nil {
		return err
	}
	v := d.view(name)
	if v == nil {
		return fmt.Errorf("%w: %s", ErrNoView, name)
	}
	again := []string{v.name}
	for _, w := range d.views {
		for _, b := range w.bases {
			if b.View && slices.ContainsFunc(again, func(n string) bool { return strings.EqualFold(n, b.Table) }) {
				again = append(again, w.name)
				break
			}
		}
	}
	for i, n := range again {
		v := d.view(n)
		if v == nil {
			continue
		}
		if err := d.refreshOne(v); err != nil {
			if i == 0 || isDatabase(err) {
				return err
			}
			d.fail(v, err) // what is built on the refreshed view and can't be has its own trouble
			if err := d.record(v, v.stale); err != nil {
				return err
			}
		}
		d.loaded = false
		if err := d.refresh(); err != nil {
			return err
		}
	}
	return nil
}

func (d *database) refreshOne(v *view) error {
	if err := v.drainCursors(); err != nil {
		return err
	}
	d.retire(v)
	_, sel, err := d.definition(v.name)
	if err != nil {
		return err
	}
	names := v.columnNames()
	// The expanded text keeps the columns that the view was created with.
	plan, err := planner.New(schemaReader{d.e, d.name}, d.name, v.name, v.resolved, names)
	if err != nil {
		// Or what the user wrote means something now, where names that it was resolved to are gone.
		if plan, err = planner.New(schemaReader{d.e, d.name}, d.name, v.name, sel, names); err != nil {
			return err
		}
	}
	return d.refreshWith(v, plan)
}

func (d *database) refreshWith(v *view, plan *planner.Plan) error {
	was := v.columns
	v.setColumns(plan)
	// SQLite lets nobody drop a table while a statement runs, so the output table stays as it was declared.
	same := slices.EqualFunc(was, v.columns, func(a, b viewColumn) bool {
		return a.Name == b.Name && a.affinity() == b.affinity() && a.Collation == b.Collation
	})
	if v.columns = was; !same {
		return fmt.Errorf("view %s: the types of its columns changed with its tables; drop the view and create it again", v.name)
	}
	d.tx.flushed = true
	if err := newStateTable(v, 0).clear(); err != nil {
		return err
	}
	return d.construct(v, plan)
}

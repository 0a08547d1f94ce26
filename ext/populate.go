package ext

import (
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

func (d *database) populate(v *view) error {
	m := v.machine
	m.out.bulk = true
	defer func() {
		m.delta, m.out.bulk = nil, false
		m.state.empty()
		m.end(-1)
		m.circuit.Filled(nil)
	}()
	m.hide()
	direct, err := d.fillDirectly(v)
	if err != nil {
		return err
	}
	if report := progress.Load(); report != nil && direct {
		n, err := d.countRows(v.outTable())
		if err != nil {
			return err
		}
		(*report)(v.name, n, n)
	}
	s := &dbsp.Step{Store: m.ops, Numeric: d.e.numeral}
	f := &feeder{d: d, v: v, m: m, step: s, early: true, filling: true, keeping: direct, rebuilding: d.tx.rebuilt[v.name]}
	for _, source := range m.plan.FillOrder {
		m.begin(source)
		if err := d.populateFrom(f, source); err != nil {
			return err
		}
		m.end(source)
	}
	// What is there over empty tables is, to a table that is read instead of kept, another source that meets it, and so
	// comes after it.
	if err := f.start(); err != nil {
		return err
	}
	return d.flushView(v)
}

func (d *database) populateFrom(f *feeder, source int) error {
	v, src := f.v, &f.m.sources[source]
	if src.parent == nil && f.m.plan.MeetsNothing(source) || f.keeping && !f.m.circuit.Kept(source) {
		return nil
	}
	cols := make([]string, 0, len(src.columns)+1)
	for _, c := range src.columns {
		cols = append(cols, ident(c))
	}
	table, weight, tail := src.table, "1", ""
	if src.parent == nil && f.m.plan.FillsCounted(source) {
		weight, tail = "count(*)", " GROUP BY "+strings.Join(cols, ", ")
	}
	if order := f.m.plan.FillsInOrder(source); order != nil {
		tail += " ORDER BY " + strings.Join(pick(cols, order), ", ")
	}
	if src.parent != nil {
		if p := src.parent.machine; p != nil {
			if err := d.flushView(src.parent); err != nil {
				return err
			}
		}
		// Computed anew in mid-life, a view takes what rows there are: reading it fails as long as its parent does, and the
		// rows that are missing come once they are mended.
		if !f.rebuilding {
			if err := d.failures(src.parent); err != nil {
				return err
			}
		}
		table, weight = src.parent.outTable(), ident(weightColumn)
	}
	report := progress.Load()
	var total, done int64
	if report != nil {
		var err error
		if total, err = d.countRows(table); err != nil {
			return err
		}
	}
	width := len(src.columns)
	var b dbsp.Batch
	var slab []dbsp.Value
	feed := func() error {
		if err := f.feed(source, b); err != nil {
			return err
		}
		for i := range b {
			done += b[i].Weight
		}
		if report != nil {
			(*report)(v.name, done, total)
		}
		b, slab = make(dbsp.Batch, 0, chunk), make([]dbsp.Value, 0, chunk*width)
		return nil
	}
	err := sqlite3.Ahead(d.e.conn, "SELECT "+strings.Join(append(cols, weight), ", ")+" FROM "+d.table(table)+tail, nil,
		func(s sqlite3.Stmt) error {
			at := len(slab)
			for i := range width {
				slab = append(slab, s.Column(i))
			}
			b = append(b, dbsp.Delta{Row: slab[at:len(slab):len(slab)], Weight: s.Column(width).Int()})
			if len(b) < chunk {
				return nil
			}
			return feed()
		})
	if err != nil {
		return err
	}
	return feed()
}

func (d *database) countRows(table string) (n int64, err error) {
	err = d.e.query("SELECT count(*) FROM "+d.table(table), nil, func(s sqlite3.Stmt) error {
		n = s.Column(0).Int()
		return nil
	})
	return n, err
}

func (d *database) rebuild(v *view) error {
	m, err := v.prepare()
	if err != nil {
		d.fail(v, err)
		return nil
	}
	if err := v.drainCursors(); err != nil {
		return err
	}
	d.tx.flushed, d.tx.early = true, true
	m.forget()
	if err := m.state.clear(); err != nil {
		return err
	}
	if err := d.populate(v); err != nil {
		if isDatabase(err) {
			return err
		}
		d.fail(v, err)
	}
	return nil
}

package ext

import (
	"fmt"
	"slices"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// current brings a view up to the present moment for a reader, and returns its machine. release ends the reading.
//
// At a statement boundary the step counts: its overlay is kept for later reads and the commit. While a write statement
// runs, base tables and log disagree for moments; the step then serves this reader only.
func (d *database) current(v *view) (m *machine, release func(), err error) {
	t := &d.tx
	if t.broken != nil {
		return nil, nil, t.broken
	}
	if err := d.collect(); err != nil {
		return nil, nil, err
	}
	none := func() {}
	pending := t.stepped != t.log.length() || !t.images.empty() || len(t.rebuild) > 0
	if !pending {
		m, err := v.prepare()
		if err != nil {
			if isDatabase(err) {
				return nil, nil, err
			}
			d.fail(v, err)
			return nil, nil, v.errStale()
		}
		return m, none, nil
	}
	defer d.e.preserve().restore()
	if !d.e.writing() {
		if err := d.boundary(); err != nil {
			return nil, nil, err
		}
		if err := d.step(); err != nil {
			return nil, nil, err
		}
		if v.stale != "" {
			return nil, nil, v.errStale()
		}
		m, err := v.prepare()
		return m, none, err
	}
	return d.glimpse(v)
}

// glimpse steps on copies that are thrown away at release.
func (d *database) glimpse(v *view) (*machine, func(), error) {
	type saved struct {
		m   *machine
		ops *dbsp.Overlay
		out *outputDelta
	}
	var all []saved
	images, length := d.tx.images, d.tx.log.length()
	release := func() {
		for _, s := range all {
			s.m.ops, s.m.out, s.m.delta = s.ops, s.out, nil
		}
		d.tx.images = images
		d.tx.log.cut(length)
	}
	if err := d.settleImages(); err != nil {
		release()
		return nil, nil, err
	}
	// blind are views that can't be stepped now, and those on them.
	var blind []*view
	for _, w := range d.views {
		if w.stale != "" {
			continue
		}
		seen := !d.tx.rebuild[w.name] && !slices.ContainsFunc(blind, w.reads)
		if seen {
			m, err := w.prepare()
			if err == nil {
				all = append(all, saved{m, m.ops, m.out})
				m.ops, m.out = dbsp.NewOverlay(m.ops), m.out.clone()
				err = d.stepView(w, d.tx.stepped, d.tx.log.length(), false)
			}
			if err != nil && isDatabase(err) {
				release()
				return nil, nil, err
			}
			seen = err == nil
		}
		switch {
		case !seen && w == v:
			release()
			return nil, nil, errRecompute
		case !seen:
			blind = append(blind, w)
		}
		if w == v {
			break
		}
	}
	return v.machine, release, nil
}

// failures returns the error of an expression that failed on a row that the view, or one under it, now has.
func (d *database) failures(v *view) error {
	m, err := v.prepare()
	if err != nil {
		return err
	}
	var failed error
	err = m.ops.Elements(dbsp.FailureOp, "", "", func(element string, _ int64) bool {
		_, _, message, err := dbsp.DecodeFailure(element)
		if err != nil {
			failed = err
		} else {
			failed = fmt.Errorf("view %s: %s", v.name, message)
		}
		return false
	})
	if err != nil || failed != nil {
		return firstOf(err, failed)
	}
	for _, s := range m.sources {
		if s.parent != nil {
			if err := d.failures(s.parent); err != nil {
				return err
			}
		}
	}
	return nil
}

func firstOf(errs ...error) error {
	for _, e := range errs {
		if e != nil {
			return e
		}
	}
	return nil
}

package ext

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// chunk is how many changes go through a circuit at a time: enough to spread the cost of a batch, few enough to bound
// memory.
const chunk = 16384

// viewsOn returns the views that read a table, directly or through other views.
func (d *database) viewsOn(table string) []*view {
	var out []*view
	for _, v := range d.views {
		for _, b := range v.bases {
			if !b.View && strings.EqualFold(b.Table, table) ||
				b.View && slices.ContainsFunc(out, func(p *view) bool { return strings.EqualFold(p.name, b.Table) }) {
				out = append(out, v)
				break
			}
		}
	}
	return out
}

// boundary is called between statements: base tables and log agree once it has run.
func (d *database) boundary() error { return d.settleImages() }

// step brings the views' overlays up to the end of the log. It must be called at a boundary. After an error, such as an
// interrupt, the next step does what this one did not.
func (d *database) step() error {
	t := &d.tx
	if t.broken != nil {
		return t.broken
	}
	err := d.stepViews()
	if err == nil {
		return nil
	}
	if t.early {
		// Some state is written and some is not, and nothing but ROLLBACK TO takes it back.
		t.early = false
		for _, v := range d.views {
			t.rebuild[v.name], t.rebuilt[v.name] = true, true
		}
	}
	d.forget()
	d.unmirror()
	t.stepped = t.written
	return err
}

func (d *database) stepViews() error {
	t := &d.tx
	end := t.log.length()
	if t.stepped == end && len(t.rebuild) == 0 {
		return nil
	}
	recompute := func(v *view) error {
		t.rebuilt[v.name] = true
		for _, w := range d.views {
			if w.reads(v) {
				t.rebuild[w.name] = true
			}
		}
		return d.rebuild(v)
	}
	for _, v := range d.views {
		if v.stale != "" {
			continue
		}
		if t.rebuild[v.name] {
			if err := recompute(v); err != nil {
				return err
			}
			continue
		}
		if err := d.stepView(v, t.stepped, end, true); err != nil {
			if errors.Is(err, errUnfed) {
				if err := recompute(v); err != nil {
					return err
				}
				continue
			}
			if isDatabase(err) {
				return err
			}
			d.fail(v, err)
		}
	}
	for _, v := range d.views {
		if v.machine != nil {
			v.machine.delta = nil
		}
	}
	clear(t.rebuild)
	t.stepped = end
	if t.early {
		if err := d.flush(); err != nil {
			return err
		}
		t.early = false
	}
	return nil
}

// fail makes a view stale whose state can't be kept, for the rest of the transaction in memory, at commit in the catalog.
func (d *database) fail(v *view, err error) {
	v.stale = strings.TrimPrefix(err.Error(), "ext: ")
	if errors.Is(err, ErrFormat) {
		v.stale = "its state was written by another plan version"
	}
	if len(d.enlisted) > 0 { // its end will be heard
		d.tx.stale[v.name] = staleAt{v.stale, d.tx.log.length()}
	}
	d.retire(v)
	for _, w := range d.views {
		if w.stale == "" && w.reads(v) {
			d.fail(w, fmt.Errorf("view %s under it is stale (%s)", v.name, v.stale))
		}
	}
}

// concerned reports whether anything that the view reads may have changed.
func (d *database) concerned(v *view, m *machine) bool {
	return slices.ContainsFunc(m.sources, d.changed)
}

// changed reports whether a source may have changed in this transaction.
func (d *database) changed(s machineSource) bool {
	if s.parent != nil {
		return s.parent.machine != nil && len(s.parent.machine.delta) > 0
	}
	for _, id := range d.tx.touched {
		// A layout that is gone was dropped with its last view, which wrote what came before.
		if l := d.layouts[id]; l != nil && strings.EqualFold(l.table, s.table) {
			return true
		}
	}
	return false
}

// stepView feeds the log's range to one view, one source after the other. early allows writing large state to its
// tables before the commit.
func (d *database) stepView(v *view, from, to int64, early bool) error {
	m, err := v.prepare()
	if err != nil {
		return err
	}
	if !d.concerned(v, m) {
		return nil
	}
	m.step = dbsp.Step{Store: m.ops, Numeric: d.e.numeral}
	f := feeder{d: d, v: v, m: m, step: &m.step, early: early}
	defer m.end(-1)
	f.whole = to-from <= wholeLog
	if err := d.holdUnfed(m, from, to, f.whole); err != nil {
		return err
	}
	for _, source := range m.plan.StepOrder {
		m.begin(source)
		if err := d.stepSource(&f, source, from, to); err != nil {
			return err
		}
		m.end(source)
	}
	if len(m.delta) > firstPiece {
		// Views on this one are fed it in pieces. Within a batch a row may go before it comes; one that is cut there would
		// take away what is not there.
		m.delta = dbsp.Consolidate(m.delta)
	}
	return nil
}

// stepSource feeds the log's range of one source.
func (d *database) stepSource(f *feeder, source int, from, to int64) error {
	src := &f.m.sources[source]
	feed := func(b dbsp.Batch) error { return f.feed(source, b) }
	if src.parent == nil {
		return d.feedLog(src, from, to, feed)
	}
	if p := src.parent.machine; p != nil {
		return d.feedView(src, p.delta, feed)
	}
	return nil
}

// feeder feeds a circuit in pieces: as large as a chunk, and smaller where a join answers them with very many rows.
type feeder struct {
	d     *database
	v     *view
	m     *machine
	step  *dbsp.Step
	early bool
	piece int
	// whole is set where the log's range is fed in one piece.
	whole bool
	// filling is set while a view is filled with all that its sources have.
	filling bool
	// keeping is set while it is filled and its output is known already.
	keeping bool
	// rebuilding is set while a view is computed anew within a transaction.
	rebuilding bool
}

// wholeLog is up to how many bytes of the log are fed in one piece: few enough rows for any join.
const wholeLog = 256

// firstPiece is how many changes are fed first: a join that matches nearly everything shows in few rows.
const firstPiece = 64

// peak is the length of a batch that is too long.
const peak = 8 * chunk

// feed feeds changes of one source. Between pieces it looks whether the statement was interrupted.
func (f *feeder) feed(source int, b dbsp.Batch) error {
	if f.piece == 0 {
		f.piece = firstPiece
	}
	for len(b) > 0 {
		if !f.whole && f.d.e.conn.Interrupted() {
			return &sqlite3.Error{Code: sqlite3.CodeInterrupt, Message: "interrupted"}
		}
		n := min(f.piece, len(b))
		if f.whole {
			n = len(b)
		}
		f.step.Peak = 0
		out, err := f.run(source, b[:n])
		if err != nil {
			return err
		}
		bound := int64(math.MaxInt64)
		switch {
		case f.filling:
			bound = FillBound
		case f.early:
			bound = OverlayBound
		}
		if err := f.d.emit(f.v, f.m, out, bound); err != nil {
			return err
		}
		b = b[n:]
		switch {
		case f.step.Peak > peak:
			f.piece = max(1, int(int64(f.piece)*peak/int64(f.step.Peak)))
		case f.step.Peak < peak/8 && n == f.piece:
			f.piece = min(chunk, f.piece*16)
		}
	}
	return nil
}

// run steps the circuit, or, where the output is known already, has it keep its state alone.
func (f *feeder) run(source int, b dbsp.Batch) (dbsp.Batch, error) {
	if f.keeping {
		return nil, f.m.circuit.Keep(f.step, source, b)
	}
	return f.m.circuit.Step(f.step, source, b)
}

// start takes in what is there over empty tables.
func (f *feeder) start() error {
	if f.keeping {
		return f.m.circuit.StartKeep(f.step)
	}
	out, err := f.m.circuit.Start(f.step)
	if err != nil {
		return err
	}
	return f.d.emit(f.v, f.m, out, FillBound)
}

// emit takes a step's output into the view's delta. Beyond bound bytes it and the state are written.
func (d *database) emit(v *view, m *machine, out dbsp.Batch, bound int64) error {
	m.out.add(out)
	if len(out) > 0 && d.hasDependents(v) {
		for _, x := range out {
			x.Row = cloneRow(x.Row)
			x.Key = strings.Clone(x.Key)
			m.delta = append(m.delta, x)
		}
	}
	if m.ops.Size()+m.out.size > bound {
		d.tx.early = true
		return d.flushView(v)
	}
	return nil
}

func (d *database) hasDependents(v *view) bool {
	return slices.ContainsFunc(d.views, func(w *view) bool { return w.stale == "" && w.reads(v) })
}

// reads reports whether v is one of w's sources.
func (w *view) reads(v *view) bool {
	return slices.ContainsFunc(w.bases, func(b viewBase) bool { return b.View && strings.EqualFold(b.Table, v.name) })
}

// feedView feeds another view's output delta.
func (d *database) feedView(src *machineSource, delta dbsp.Batch, feed func(dbsp.Batch) error) error {
	p := make([]int, len(src.columns))
	for i, c := range src.columns {
		p[i] = slices.IndexFunc(src.parent.columns, func(x viewColumn) bool { return strings.EqualFold(x.Name, c) })
		if p[i] < 0 {
			return fmt.Errorf("ext: view %s has no column %s: %w", src.parent.name, c, ErrStale)
		}
	}
	for len(delta) > 0 {
		n := min(len(delta), chunk)
		b := make(dbsp.Batch, n)
		for i, x := range delta[:n] {
			row := make(dbsp.Row, len(p))
			for j, k := range p {
				row[j] = x.Row[k]
			}
			b[i] = dbsp.Delta{Row: row, Weight: x.Weight}
		}
		if err := feed(b); err != nil {
			return err
		}
		delta = delta[n:]
	}
	return nil
}

// feedLog decodes a table's records in the log's range into batches.
func (d *database) feedLog(src *machineSource, from, to int64, feed func(dbsp.Batch) error) error {
	if from == to || !d.changed(*src) {
		return nil
	}
	width := len(src.columns)
	// What is fed is not kept by anyone: operators and outputs copy what they keep. So the buffers are used again.
	b, slab, image := d.batch[:0], d.slab[:0], d.image[:0]
	d.batch, d.slab, d.image = nil, nil, nil
	defer func() {
		if cap(b) <= chunk/4 {
			d.batch, d.slab, d.image = b, slab, image
		}
	}()
	var lay *layout
	var pos []int
	take := func(weight int64, image dbsp.Row) {
		if cap(slab)-len(slab) < width {
			slab = make([]dbsp.Value, 0, min(max(4*width, 2*cap(slab)), chunk*width))
		}
		at := len(slab)
		for _, p := range pos {
			slab = append(slab, image[p])
		}
		b = append(b, dbsp.Delta{Row: slab[at:len(slab):len(slab)], Weight: weight})
	}
	err := d.tx.log.read(from, to, func(r record) error {
		if lay == nil || lay.id != r.layout {
			l, err := d.layout(r.layout)
			if err != nil {
				return err
			}
			lay = l
			if pos = nil; strings.EqualFold(l.table, src.table) {
				if pos, err = src.positionsFor(l); err != nil {
					return err
				}
			}
		}
		if !strings.EqualFold(lay.table, src.table) {
			return nil
		}
		var err error
		if image, err = dbsp.DecodeRow(r.payload, image); err != nil {
			return err
		}
		n := len(lay.columns)
		switch r.kind {
		case inserted:
			take(1, image)
		case deleted:
			take(-1, image)
		case updated:
			if !sameAt(image[:n], image[n:], pos) {
				take(-1, image[:n])
				take(1, image[n:])
			}
		}
		if len(b) >= chunk {
			if err := feed(b); err != nil {
				return err
			}
			b = make(dbsp.Batch, 0, chunk+1)
			slab = make([]dbsp.Value, 0, (chunk+1)*max(width, 1))
		}
		return nil
	})
	if err != nil || len(b) == 0 {
		return err
	}
	return feed(b)
}

func sameAt(a, b dbsp.Row, pos []int) bool {
	for _, p := range pos {
		if a[p] != b[p] {
			return false
		}
	}
	return true
}

// numericOf lets SQLite say what number sum() takes text or a blob for.
func (e *engine) numericOf(v dbsp.Value) (dbsp.Value, error) {
	s, err := e.kept(&e.numeric, "SELECT "+numericFunction+"(?1)")
	if err != nil {
		return dbsp.Value{}, err
	}
	defer s.Reset()
	if err := s.Bind(1, v); err != nil {
		return dbsp.Value{}, err
	}
	if _, err := s.Step(); err != nil {
		return dbsp.Value{}, err
	}
	return s.Column(0), nil
}

package planner

import (
	"slices"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// orderJoins makes binary joins of a join of many items: in written order, except that an item without an equality to
// those already joined waits until it has one. What can't be connected is joined as a cross product, last. A condition
// that can't raise errors runs as soon as its columns are there, the others at the end.
func orderJoins(c *columns, r rel) rel {
	r = mapInputs(c, r, func(in rel) rel { return orderJoins(c, in) })
	b, ok := r.(*block)
	if !ok || len(b.items) < 2 {
		return r
	}
	o := &ordering{cols: c, preds: slices.Clone(b.preds)}
	parts := slices.Clone(b.items)
	var connected []rel
	for len(parts) > 0 {
		part := parts[0]
		parts = parts[1:]
		for {
			n := slices.IndexFunc(parts, func(p rel) bool { return len(o.usable(part, p)) > 0 })
			if n < 0 {
				n = slices.IndexFunc(parts, func(p rel) bool { return o.guarded(part, p) != nil })
			}
			if n < 0 {
				break
			}
			part = o.join(part, parts[n])
			parts = slices.Delete(parts, n, n+1)
		}
		connected = append(connected, part)
	}
	all := connected[0]
	connected = connected[1:]
	for len(connected) > 0 {
		n := max(0, slices.IndexFunc(connected, func(p rel) bool { return len(o.usable(all, p)) > 0 }))
		all = o.join(all, connected[n])
		connected = slices.Delete(connected, n, n+1)
	}
	if len(o.preds) == 0 {
		return all
	}
	return &block{items: []rel{all}, preds: o.preds}
}

// ordering is the state of orderJoins: the conditions that wait.
type ordering struct {
	cols  *columns
	preds []sqltext.Expr
}

// usable returns the positions in preds of the equalities between l and r.
func (o *ordering) usable(l, r rel) []int {
	var found []int
	lc, rc := l.columns(), r.columns()
	for n, p := range o.preds {
		l, r := o.equality(p)
		if l == nil {
			continue
		}
		a, b := refsOf(l), refsOf(r)
		if a.within(lc) && b.within(rc) || a.within(rc) && b.within(lc) {
			found = append(found, n)
		}
	}
	return found
}

// equality returns the operands of p if it is a harmless a = b with columns on both sides, or a sameAs.
func (o *ordering) equality(p sqltext.Expr) (l, r sqltext.Expr) {
	if same, ok := p.(*sameAs); ok {
		return same.l, same.r
	}
	eq, ok := sqltext.Unparen(p).(*sqltext.Binary)
	if !ok || eq.Op != "=" || !o.cols.harmless(p) || len(refsOf(eq.L)) == 0 || len(refsOf(eq.R)) == 0 {
		return nil, nil
	}
	for _, x := range children(eq) {
		if _, row := sqltext.Unparen(x).(*sqltext.RowValue); row {
			return nil, nil
		}
	}
	return eq.L, eq.R
}

// join joins l and r on the equalities between them, and applies the conditions that thereby can be.
func (o *ordering) join(l, r rel) rel {
	keys := o.usable(l, r)
	j := &keyed{cols: o.cols, left: &extend{in: l}, right: &extend{in: r}}
	lc := l.columns()
	var rest []sqltext.Expr
	for n, p := range o.preds {
		if slices.Contains(keys, n) {
			a, _ := o.equality(p)
			if j.key(p, refsOf(a).within(lc)) {
				continue
			}
		}
		rest = append(rest, p)
	}
	joined := j.rel()
	if len(keys) == 0 {
		if k := o.guarded(l, r); k != nil {
			joined = o.joinGuarded(l, r, k)
		}
	}
	have := joined.columns()
	o.preds = nil
	now := &block{items: []rel{joined}}
	for _, p := range rest {
		if refs := refsOf(p); len(refs) > 0 && refs.within(have) && o.cols.harmless(p) {
			now.preds = append(now.preds, p)
		} else {
			o.preds = append(o.preds, p)
		}
	}
	if len(now.preds) == 0 {
		return joined
	}
	return now
}

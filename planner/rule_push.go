package planner

import "github.com/sqlite-mv/sqlite-mv/planner/sqltext"

// pushFilters moves a condition on one item of a join below the join, where it keeps rows out of the join's state. Only
// harmless conditions move: see harmless.
func pushFilters(c *columns, r rel) rel {
	if b, ok := r.(*block); ok && len(b.items) > 0 {
		out := &block{items: append([]rel(nil), b.items...)}
		for _, p := range b.preds {
			if !push(c, out, p) {
				out.preds = append(out.preds, p)
			}
		}
		r = out
		if len(out.items) == 1 && len(out.preds) == 0 {
			return pushFilters(c, out.items[0])
		}
	}
	return mapInputs(c, r, func(in rel) rel { return pushFilters(c, in) })
}

// push moves p into the item that has all its columns.
func push(c *columns, b *block, p sqltext.Expr) bool {
	refs := refsOf(p)
	if len(refs) == 0 || !c.harmless(p) {
		return false
	}
	for n, i := range b.items {
		if !refs.within(i.columns()) {
			continue
		}
		moved := pushInto(i, p, refs)
		if moved == nil {
			if len(b.items) == 1 {
				return false
			}
			moved = &block{items: []rel{i}, preds: []sqltext.Expr{p}}
		}
		b.items[n] = moved
		return true
	}
	return false
}

// pushInto returns r with p below its top operator, nil where it must stay above.
func pushInto(r rel, p sqltext.Expr, refs colSet) rel {
	switch r := r.(type) {
	case *block:
		return &block{items: r.items, preds: append(r.preds[:len(r.preds):len(r.preds)], p)}
	case *extend:
		if !refs.within(r.in.columns()) {
			return nil
		}
		in := pushInto(r.in, p, refs)
		if in == nil {
			in = &block{items: []rel{r.in}, preds: []sqltext.Expr{p}}
		}
		return &extend{in: in, outs: r.outs}
	case *outerJoin:
		// A condition on a kept side keeps the same rows from the result as from that side.
		out := *r
		switch {
		case r.inner != nil:
			return nil
		case r.keepLeft && !r.keepRight && refs.within(r.left.columns()):
			out.left = below(r.left, p, refs)
		case r.keepRight && !r.keepLeft && refs.within(r.right.columns()):
			out.right = below(r.right, p, refs)
		default:
			return nil
		}
		return &out
	case *tableFunction:
		if !refs.within(r.in.columns()) {
			return nil
		}
		out := *r
		out.in = below(r.in, p, refs)
		return &out
	case *lookup:
		if !refs.within(r.in.columns()) {
			return nil
		}
		out := *r
		out.in = below(r.in, p, refs)
		return &out
	}
	return nil
}

// below returns r filtered by p, as far down as p goes.
func below(r rel, p sqltext.Expr, refs colSet) rel {
	if in := pushInto(r, p, refs); in != nil {
		return in
	}
	return &block{items: []rel{r}, preds: []sqltext.Expr{p}}
}

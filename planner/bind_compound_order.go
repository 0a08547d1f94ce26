package planner

import "github.com/sqlite-mv/sqlite-mv/planner/sqltext"

// compoundOrder resolves the ORDER BY of a compound SELECT, and leaves of out its first row where only that counts.
func (b *binder) compoundOrder(s *sqltext.Select, parts []*boundCore, out *boundSelect) error {
	var at []int
	for _, t := range s.OrderBy {
		n := b.compoundPosition(t.Expr, parts)
		if n < 1 || n > len(out.ids) {
			return b.text.unsure(t.Span, "a term of ORDER BY")
		}
		c := *t
		c.Expr = atPosition(t.Expr, n)
		at, out.tree.OrderBy = append(at, n-1), append(out.tree.OrderBy, &c)
	}
	if b.firstOf != s || len(at) == 0 || b.cols.single(out.rel, nil) {
		return nil
	}
	collations, err := b.compoundCollations(s, parts)
	if err != nil {
		return err
	}
	var order []orderKey
	ordered := map[int]bool{}
	for i, n := range at {
		t := s.OrderBy[i]
		k := orderKey{expr: b.cols.ref(out.ids[n]), order: t.Order, nulls: t.Nulls}
		if c, ok := sqltext.Unparen(t.Expr).(*sqltext.Collate); ok {
			k.expr = &sqltext.Collate{X: k.expr, Name: c.Name}
		} else {
			k.expr = &sqltext.Collate{X: k.expr, Name: collations[n]}
		}
		order, ordered[n] = append(order, k), true
	}
	if s.Ops[len(s.Ops)-1] != sqltext.UnionAll {
		// SQLite sorts them by the other columns, too, to find rows that are equal (multiSelectOrderBy).
		for n, id := range out.ids {
			if !ordered[n] {
				order = append(order, orderKey{expr: &sqltext.Collate{X: b.cols.ref(id), Name: collations[n]}})
			}
		}
	}
	out.rel, out.ids = b.firstOfRows(out.rel, out.ids, order)
	return nil
}

// compoundPosition returns the 1-based position of the result column that a term of a compound's ORDER BY means: a
// number, else an alias of a branch or an expression that it selects, from left to right (resolveCompoundOrderBy). It is 0
// for none.
func (b *binder) compoundPosition(e sqltext.Expr, parts []*boundCore) int {
	if n, ok := ordinal(e); ok {
		return n
	}
	e = uncollated(e)
	for _, p := range parts {
		if n := p.position(e); n > 0 {
			return n
		}
		x, err := b.expr(e, p.scope, nil)
		if err != nil { // it names columns of another branch
			continue
		}
		for n, i := range p.items {
			if same(uncollated(i.expr), x) {
				return n + 1
			}
		}
	}
	return 0
}

// atPosition is the position n, under the COLLATE of e.
func atPosition(e sqltext.Expr, n int) sqltext.Expr {
	if c, ok := sqltext.Unparen(e).(*sqltext.Collate); ok {
		return &sqltext.Collate{Span: c.Span, X: atPosition(c.X, n), Name: c.Name}
	}
	return position(n)
}

// uncollated is e without the COLLATE around it.
func uncollated(e sqltext.Expr) sqltext.Expr {
	for {
		e = sqltext.Unparen(e)
		c, ok := e.(*sqltext.Collate)
		if !ok {
			return e
		}
		e = c.X
	}
}

package planner

import "github.com/sqlite-mv/sqlite-mv/planner/sqltext"

// firstRow resolves the ORDER BY of a subquery of which only the first row counts: positions, aliases, expressions.
func (b *binder) firstRow(terms []*sqltext.OrderTerm, out *boundCore, items []resultItem) ([]orderKey, error) {
	var keys []orderKey
	for _, t := range terms {
		k := orderKey{order: t.Order, nulls: t.Nulls}
		n := out.position(t.Expr)
		if at, ok := ordinal(t.Expr); ok {
			n = at
		}
		if n > 0 && n <= len(items) {
			k.expr = items[n-1].expr
			if c, ok := sqltext.Unparen(t.Expr).(*sqltext.Collate); ok {
				k.expr = &sqltext.Collate{X: k.expr, Name: c.Name}
			}
		} else {
			e, err := b.expr(t.Expr, out.scope, out.aliases)
			if err != nil {
				return nil, err
			}
			k.expr = e
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// orderColumn returns a term of ORDER BY over the columns ids that exprs became: one that is selected is its column, and
// one with a subquery becomes a column of ext.
func (b *binder) orderColumn(e sqltext.Expr, exprs []sqltext.Expr, ids []colID, ext *extend) sqltext.Expr {
	if c, ok := sqltext.Unparen(e).(*sqltext.Collate); ok {
		return &sqltext.Collate{Span: c.Span, X: b.orderColumn(c.X, exprs, ids, ext), Name: c.Name}
	}
	column := func(id colID) sqltext.Expr {
		return &ref{Column: &sqltext.Column{Span: e.Bounds(), Name: b.cols.of(id).name}, id: id}
	}
	for n, x := range exprs {
		if same(x, e) {
			return column(ids[n])
		}
	}
	if !hasSubquery(e) {
		return e
	}
	info := b.cols.describe(e)
	info.name = b.cols.name(e)
	id := b.cols.add(info)
	ext.outs = append(ext.outs, computed{id, e})
	return column(id)
}

// first leaves of out the first row in an order.
func (b *binder) first(core *sqltext.Core, out *boundCore, order []orderKey) error {
	have := out.rel.columns()
	for _, k := range order {
		for id := range refsOf(k.expr) {
			if core.Distinct && !have.has(id) {
				return b.text.refuse(k.expr.Bounds(), "ORDER BY of a DISTINCT subquery by what it does not select", "select it, or use GROUP BY")
			}
		}
	}
	out.rel, out.ids = b.firstOfRows(out.rel, out.ids, order)
	return nil
}

// firstOfRows is the first row of in in an order, with copies of the columns ids.
func (b *binder) firstOfRows(in rel, ids []colID, order []orderKey) (rel, []colID) {
	r := &regroup{in: in, first: order}
	out := b.copies(ids)
	for n, id := range ids {
		r.outs = append(r.outs, computed{out[n], b.cols.ref(id)})
	}
	return r, out
}

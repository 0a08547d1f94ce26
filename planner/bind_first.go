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
		if hasSubquery(k.expr) {
			return nil, b.text.refuse(t.Span, "subquery in the ORDER BY of a subquery", "select it in a FROM subquery and order by its column")
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// first leaves of out the first row in an order.
func (b *binder) first(core *sqltext.Core, out *boundCore, order []orderKey) error {
	have := out.rel.columns()
	r := &regroup{in: out.rel, first: order}
	for _, k := range order {
		for id := range refsOf(k.expr) {
			if core.Distinct && !have.has(id) {
				return b.text.refuse(k.expr.Bounds(), "ORDER BY of a DISTINCT subquery by what it does not select", "select it, or use GROUP BY")
			}
		}
	}
	ids := b.copies(out.ids)
	for n, id := range out.ids {
		r.outs = append(r.outs, computed{ids[n], b.cols.ref(id)})
	}
	out.rel, out.ids = r, ids
	return nil
}

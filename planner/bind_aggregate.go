package planner

import (
	"slices"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// hasAggregate tells whether e calls an aggregate.
func (b *binder) hasAggregate(e sqltext.Expr) bool {
	found := false
	walk(e, func(e sqltext.Expr) bool {
		if c, ok := e.(*sqltext.Call); ok && b.aggregates[c] {
			found = true
		}
		return !found
	})
	return found
}

// grouping is an aggregation being put together.
type grouping struct {
	b     *binder
	below *extend
	agg   *aggregation
	keys  []keyExpr
	calls []*sqltext.Call
}

// keyExpr is a GROUP BY expression without its COLLATE, and the column that holds it.
type keyExpr struct {
	expr sqltext.Expr
	id   colID
}

// aggregation puts GROUP BY over in and rewrites exprs in place to refer to its columns. Subqueries in these use
// aggregates.
func (b *binder) aggregation(in rel, group, exprs []sqltext.Expr, having sqltext.Expr, names []string, aggregates []outerAggregate) (rel, error) {
	g := &grouping{b: b, below: &extend{in: in}, agg: &aggregation{global: len(group) == 0}}
	for _, e := range group {
		g.key(e)
	}
	all := append(slices.Clone(exprs), having)
	for _, o := range aggregates {
		all = append(all, o.call)
	}
	bare := g.determine(g.bare(all))
	if len(bare) > 0 || b.needsGroup(all) {
		return g.regroup(exprs, having, names, aggregates)
	}
	for i, e := range exprs {
		x, err := g.rewrite(e)
		if err != nil {
			return nil, err
		}
		exprs[i] = x
	}
	var err error
	if having, err = g.rewrite(having); err != nil {
		return nil, err
	}
	grouped, err := above(g.agg, aggregates, g.rewrite)
	if err != nil {
		return nil, err
	}
	g.agg.in = in
	if g.below.outs != nil {
		g.agg.in = g.below
	}
	if having == nil {
		return grouped, nil
	}
	if err := b.checkSubtypes(having); err != nil {
		return nil, err
	}
	return &block{items: []rel{grouped}, preds: conjuncts(having)}, nil
}

// above gives groups the columns by which subqueries know their aggregates.
func above(groups rel, aggregates []outerAggregate, rewrite func(sqltext.Expr) (sqltext.Expr, error)) (rel, error) {
	if len(aggregates) == 0 {
		return groups, nil
	}
	x := &extend{in: groups}
	for _, o := range aggregates {
		e, err := rewrite(o.call)
		if err != nil {
			return nil, err
		}
		x.outs = append(x.outs, computed{o.id, e})
	}
	return x, nil
}

// key adds a GROUP BY expression.
func (g *grouping) key(e sqltext.Expr) {
	collation := orBinary(g.b.cols.collation(e))
	for {
		e = sqltext.Unparen(e)
		c, ok := e.(*sqltext.Collate)
		if !ok {
			break
		}
		e = c.X
	}
	for i, k := range g.keys {
		if same(k.expr, e) {
			if g.agg.keys[i].collation == collation {
				return
			}
		}
	}
	k := keyExpr{expr: e, id: g.column(e)}
	for _, o := range g.agg.keys {
		if o.id == k.id { // grouped twice, by two collations
			k.id = g.computed(e)
		}
	}
	g.keys = append(g.keys, k)
	g.agg.keys = append(g.agg.keys, groupKey{id: k.id, collation: collation})
}

// column returns the column that holds e below the aggregation.
func (g *grouping) column(e sqltext.Expr) colID {
	if r, ok := sqltext.Unparen(e).(*ref); ok && !r.outer {
		return r.id
	}
	for _, o := range g.below.outs {
		if same(o.expr, e) {
			return o.id
		}
	}
	return g.computed(e)
}

func (g *grouping) computed(e sqltext.Expr) colID {
	info := g.b.cols.describe(e)
	info.name = g.b.cols.name(e)
	id := g.b.cols.add(info)
	g.below.outs = append(g.below.outs, computed{id, e})
	return id
}

// rewrite replaces what the aggregation computes in e by its columns.
func (g *grouping) rewrite(e sqltext.Expr) (sqltext.Expr, error) {
	if e == nil {
		return nil, nil
	}
	for _, k := range g.keys {
		if same(k.expr, e) {
			return g.ref(k.id, e), nil
		}
	}
	switch x := e.(type) {
	case *subquery:
		if err := g.checkSubquery(x); err != nil {
			return nil, err
		}
	case *ref:
		if x.outer {
			return x, nil
		}
		return nil, g.b.text.refuse(x.Span, "column "+x.Name+" beside aggregates",
			"add it to GROUP BY, or take min() or max() of it")
	case *sqltext.Call:
		if g.b.aggregates[x] {
			return g.call(x)
		}
	}
	return mapChildren(e, g.rewrite)
}

// checkSubquery refuses a subquery above an aggregation that refers to a column which is not grouped by.
func (g *grouping) checkSubquery(s *subquery) error {
	own := g.below.in.columns()
	for id := range refsWithin(s.sel.rel) {
		if !own.has(id) || slices.ContainsFunc(g.agg.keys, func(k groupKey) bool { return k.id == id }) {
			continue
		}
		return g.b.text.refuse(s.Bounds(), "column "+g.b.cols.of(id).name+" beside aggregates, in a subquery",
			"add it to GROUP BY, or take min() or max() of it")
	}
	return nil
}

func (g *grouping) ref(id colID, at sqltext.Expr) *ref {
	return &ref{Column: &sqltext.Column{Span: at.Bounds(), Name: g.b.cols.of(id).name}, id: id}
}

// call adds an aggregate, or finds the one that is there.
func (g *grouping) call(c *sqltext.Call) (sqltext.Expr, error) {
	for i, o := range g.calls {
		if same(o, c) {
			return g.ref(g.agg.aggs[i].id, c), nil
		}
	}
	b := g.b
	a := aggregate{function: lower(c.Name), distinct: c.Distinct, star: c.Star || len(c.Args) == 0}
	var arg sqltext.Expr
	if !a.star {
		arg = c.Args[0]
		a.collation = orBinary(b.cols.collation(arg))
		if err := b.checkSubtypes(arg); err != nil {
			return nil, err
		}
	}
	if c.Filter != nil {
		if err := b.checkSubtypes(c.Filter); err != nil {
			return nil, err
		}
		// Every one of these functions passes over NULLs, so the filter can make the argument NULL.
		if a.star {
			arg, a.star = &sqltext.Literal{Kind: sqltext.IntegerLiteral, Text: "1"}, false
			a.collation = binary
		}
		arg = &sqltext.Case{Span: c.Span, Whens: []sqltext.When{{When: c.Filter, Then: arg}}}
	}
	if !a.star {
		a.arg = g.column(arg)
	}
	info := b.cols.describe(c)
	info.name, info.uniform, info.branched = b.cols.name(c), a.function == "count", false
	a.id = b.cols.add(info)
	g.calls = append(g.calls, c)
	g.agg.aggs = append(g.agg.aggs, a)
	return g.ref(a.id, c), nil
}

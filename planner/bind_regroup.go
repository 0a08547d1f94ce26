package planner

import (
	"slices"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// exactFunctions are the engine's exact forms of SQLite's functions.
var exactFunctions = map[string]string{"sum": "mv_sum", "avg": "mv_avg", "total": "mv_total"}

// bare returns the columns beside aggregates in es that are not grouped by: SQLite takes them from some row of the group,
// or that which min() or max() comes from (https://www.sqlite.org/lang_select.html#bareagg).
func (g *grouping) bare(es []sqltext.Expr) []*ref {
	var found []*ref
	own := g.below.in.columns()
	var visit func(e sqltext.Expr)
	add := func(r *ref) {
		if own.has(r.id) && !slices.ContainsFunc(found, func(o *ref) bool { return o.id == r.id }) {
			found = append(found, r)
		}
	}
	visit = func(e sqltext.Expr) {
		for _, k := range g.keys {
			if same(k.expr, e) {
				return
			}
		}
		switch x := e.(type) {
		case *ref:
			if !x.outer {
				add(x)
			}
			return
		case *sqltext.Call:
			if g.b.aggregates[x] {
				return
			}
		case *subquery:
			for _, id := range refsWithin(x.sel.rel).sorted() {
				if !slices.ContainsFunc(g.agg.keys, func(k groupKey) bool { return k.id == id }) {
					add(&ref{Column: &sqltext.Column{Span: x.Bounds(), Name: g.b.cols.of(id).name}, id: id})
				}
			}
		}
		for _, c := range children(e) {
			visit(c)
		}
	}
	for _, e := range es {
		if e != nil {
			visit(e)
		}
	}
	return found
}

// determine adds the bare columns that the keys determine to the keys, which makes no other groups. It returns the rest.
func (g *grouping) determine(bare []*ref) []*ref {
	if len(bare) == 0 || g.agg.global {
		return bare
	}
	fixed := fixedColumn{}
	for _, k := range g.agg.keys {
		fixed[k.id] = k.collation
	}
	determined := g.b.cols.determined(g.below.in, fixed)
	var rest []*ref
	for _, r := range bare {
		if !determined.has(r.id) {
			rest = append(rest, r)
			continue
		}
		g.keys = append(g.keys, keyExpr{expr: r, id: r.id})
		g.agg.keys = append(g.agg.keys, groupKey{id: r.id, identity: true})
	}
	return rest
}

// determined returns the columns of which rows of r that agree in fixed have the same values.
func (c *columns) determined(r rel, fixed fixedColumn) colSet {
	out := colSet{}
	switch r := r.(type) {
	case *scan:
		if c.single(r, fixed) {
			return r.columns()
		}
	case *block:
		own := r.columns()
		pending := slices.Clone(r.items)
		for again := true; again; {
			again = false
			now := c.fixedBy(r.preds, own, fixed)
			var rest []rel
			for _, item := range pending {
				ids := c.determined(item, now)
				for id := range ids {
					out.add(id)
				}
				if item.columns().within(ids) {
					fixed, again = c.fix(fixed, ids), true
				} else {
					rest = append(rest, item)
				}
			}
			pending = rest
		}
	case *outerJoin:
		if r.keepRight {
			break
		}
		left := c.determined(r.left, fixed)
		for id := range left {
			out.add(id)
		}
		if !r.left.columns().within(left) {
			break
		}
		inner := &block{items: []rel{r.right}, preds: r.preds}
		right := c.determined(inner, c.fix(fixed, left))
		if r.right.columns().within(right) {
			out = union(out, right)
		}
	}
	return out
}

// generic tells whether c is an aggregate that only a whole group can tell.
func (b *binder) generic(c *sqltext.Call) bool {
	name := lower(c.Name)
	_, fast := aggFuncs[name]
	return !fast || len(c.OrderBy) > 0 || b.cols.overloaded[name] || len(c.Args) > 1 ||
		(name == "min" || name == "max") && b.cat.UTF16()
}

// needsGroup tells whether some aggregate in es is generic.
func (b *binder) needsGroup(es []sqltext.Expr) bool {
	found := false
	for _, e := range es {
		walk(e, func(e sqltext.Expr) bool {
			if c, ok := e.(*sqltext.Call); ok && b.aggregates[c] && b.generic(c) {
				found = true
			}
			return !found
		})
	}
	return found
}

// regroup lets SQLite evaluate exprs and having over each group, and rewrites exprs to refer to what comes of it. Where
// there is a subquery in them, SQLite evaluates what is below it.
func (g *grouping) regroup(exprs []sqltext.Expr, having sqltext.Expr, names []string, aggregates []outerAggregate) (rel, error) {
	b := g.b
	r := &regroup{keys: g.agg.keys, global: g.agg.global, calls: map[*sqltext.Call]bool{}}
	var known []sqltext.Expr
	out := func(e sqltext.Expr, name string) *ref {
		for i, k := range known {
			if same(k, e) {
				return g.ref(r.outs[i].id, e)
			}
		}
		info := b.cols.describe(e)
		info.name = name
		id := b.cols.add(info)
		known = append(known, e)
		r.outs = append(r.outs, computed{id, e})
		return g.ref(id, e)
	}
	var pieces func(e sqltext.Expr) (sqltext.Expr, error)
	pieces = func(e sqltext.Expr) (sqltext.Expr, error) {
		for _, k := range g.keys {
			if e != nil && hasSubquery(e) && same(k.expr, e) { // computed below
				return out(b.cols.ref(k.id), b.cols.name(e)), nil
			}
		}
		switch x := e.(type) {
		case nil:
			return nil, nil
		case *ref:
			if x.outer {
				return x, nil
			}
			return out(x, x.Name), nil
		case *subquery:
			for _, id := range refsWithin(x.sel.rel).common(g.below.in.columns()).sorted() {
				// What the subquery names must be there under its own number.
				if !slices.ContainsFunc(r.outs, func(o computed) bool { return o.id == id }) {
					known = append(known, b.cols.ref(id))
					r.outs = append(r.outs, computed{id, b.cols.ref(id)})
				}
			}
		case *sqltext.Call:
			if b.aggregates[x] {
				return out(x, b.cols.name(x)), nil
			}
		}
		for _, k := range g.keys {
			if same(k.expr, e) {
				return out(e, b.cols.name(e)), nil
			}
		}
		return mapChildren(e, pieces)
	}
	whole := !hasSubquery(having)
	for _, e := range exprs {
		whole = whole && !hasSubquery(e)
	}
	var err error
	if whole {
		for i, e := range exprs {
			if having != nil { // SQLite evaluates it for these groups alone
				info := b.cols.describe(e)
				info.name = names[i]
				id := b.cols.add(info)
				known = append(known, nil)
				r.outs = append(r.outs, computed{id, &sqltext.Case{Whens: []sqltext.When{{When: having, Then: e}}}})
				exprs[i] = g.ref(id, e)
				continue
			}
			exprs[i] = out(e, names[i])
		}
		if having != nil {
			having = out(having, "having")
		}
	} else {
		for i, e := range exprs {
			if exprs[i], err = pieces(e); err != nil {
				return nil, err
			}
		}
		if having, err = pieces(having); err != nil {
			return nil, err
		}
	}
	grouped, err := above(r, aggregates, pieces)
	if err != nil {
		return nil, err
	}
	r.in = g.below.in
	if g.below.outs != nil {
		r.in = g.below
	}
	for i, o := range r.outs {
		r.outs[i].expr = g.exact(r, o.expr)
	}
	if having == nil {
		return grouped, nil
	}
	return &block{items: []rel{grouped}, preds: []sqltext.Expr{having}}, nil
}

// exact notes the aggregates in e, and replaces those whose results depend on the order of rows by exact ones.
func (g *grouping) exact(r *regroup, e sqltext.Expr) sqltext.Expr {
	if c, ok := e.(*sqltext.Call); ok && g.b.aggregates[c] {
		own := *c
		if name := exactFunctions[lower(c.Name)]; name != "" && !g.b.cols.overloaded[lower(c.Name)] {
			own.Name = name
		}
		r.calls[&own] = true
		return &own
	}
	out, _ := mapChildren(e, func(x sqltext.Expr) (sqltext.Expr, error) { return g.exact(r, x), nil })
	return out
}

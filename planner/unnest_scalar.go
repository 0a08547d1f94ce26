package planner

import "github.com/sqlite-mv/sqlite-mv/planner/sqltext"

// attachScalar gives in the columns of a scalar or row-valued subquery, which has at most one row: NULLs where it has none.
func (u *unnesting) attachScalar(in rel, s *subquery) (rel, sqltext.Expr) {
	if !in.columns().has(s.out[0]) {
		in = u.scalar(in, s)
	}
	if len(s.out) == 1 {
		return in, u.cols.ref(s.out[0])
	}
	row := &sqltext.RowValue{}
	for _, id := range s.out {
		row.Items = append(row.Items, u.cols.ref(id))
	}
	return in, row
}

func (u *unnesting) scalar(in rel, s *subquery) rel {
	sub := s.sel.rel
	outside := refsWithin(sub).common(in.columns())
	shown := func(in, to rel, keys []joinKey) rel {
		to, keys, as := u.renamed(to, keys, s.sel.ids)
		x := &extend{in: &lookup{in: in, to: to, keys: keys}}
		for n, id := range s.out {
			x.outs = append(x.outs, computed{id, u.cols.ref(as[s.sel.ids[n]])})
		}
		return x
	}
	if len(outside) == 0 {
		return shown(in, u.rel(sub), nil)
	}
	if g := globalBelow(sub); g != nil {
		if out := u.scalarByKey(in, s, g); out != nil {
			return out
		}
	} else if k := u.correlateByKey(in, sub, outside); k != nil {
		return shown(k.in, u.rel(k.sub), k.keys)
	}
	d := u.depend(in, outside)
	r, at := d.with(sub)
	return shown(d.in, u.rel(r), d.keys(at))
}

// global is a subquery that is expressions over an aggregate without GROUP BY.
type global struct {
	agg    *aggregation
	having []sqltext.Expr
	outs   map[colID]sqltext.Expr // over agg's columns
}

// globalBelow returns what sub consists of, nil where it is no such subquery.
func globalBelow(sub rel) *global {
	g := &global{outs: map[colID]sqltext.Expr{}}
	if x, ok := sub.(*extend); ok {
		for _, o := range x.outs {
			g.outs[o.id] = o.expr
		}
		sub = x.in
	}
	if b, ok := sub.(*block); ok && len(b.items) == 1 {
		g.having, sub = b.preds, b.items[0]
	}
	var ok bool
	if g.agg, ok = sub.(*aggregation); !ok || !g.agg.global {
		return nil
	}
	return g
}

// scalarByKey computes the aggregate for each value of the columns that the subquery compares with outside ones, and the
// expressions above it for each row of in: where there are no rows the functions give what they give of nothing.
func (u *unnesting) scalarByKey(in rel, s *subquery, g *global) rel {
	c := u.cols
	outside := refsWithin(g.agg).common(in.columns())
	if len(outside) == 0 {
		return nil
	}
	k := u.correlate(in, g.agg, outside, true)
	if k == nil {
		return nil
	}
	for _, p := range g.having {
		if hasSubquery(p) {
			return nil
		}
	}
	for _, e := range g.outs {
		if hasSubquery(e) {
			return nil
		}
	}
	var ids []colID
	for _, a := range g.agg.aggs {
		ids = append(ids, a.id)
	}
	to, keys, as := u.renamed(u.rel(k.sub), k.keys, ids)
	ofNothing := map[colID]sqltext.Expr{}
	for _, a := range g.agg.aggs {
		shown := sqltext.Expr(c.ref(as[a.id]))
		if v := a.ofNothing(); v != nil {
			shown = &sqltext.Case{Whens: []sqltext.When{{When: &sqltext.IsNull{X: shown}, Then: v}}, Else: shown}
		}
		ofNothing[a.id] = shown
	}
	over := func(e sqltext.Expr) sqltext.Expr { return replaceRefs(e, ofNothing) }
	var having sqltext.Expr
	for _, p := range g.having {
		p = over(p)
		if having == nil {
			having = p
		} else {
			having = &sqltext.Binary{Op: "AND", L: having, R: p}
		}
	}
	x := &extend{}
	for n, id := range s.out {
		from := s.sel.ids[n]
		e, ok := g.outs[from]
		if !ok {
			e = c.ref(from)
		}
		e = over(e)
		if having != nil {
			e = &sqltext.Case{Whens: []sqltext.When{{When: having, Then: e}}}
		}
		x.outs = append(x.outs, computed{id, e})
	}
	x.in = &lookup{in: k.in, to: to, keys: keys}
	return x
}

// replaceRefs replaces references to columns by expressions.
func replaceRefs(e sqltext.Expr, by map[colID]sqltext.Expr) sqltext.Expr {
	if r, ok := e.(*ref); ok {
		if x, ok := by[r.id]; ok {
			return x
		}
		return e
	}
	out, _ := mapChildren(e, func(x sqltext.Expr) (sqltext.Expr, error) { return replaceRefs(x, by), nil })
	return out
}

// ofNothing returns what the function gives of no rows, nil for NULL.
func (a *aggregate) ofNothing() sqltext.Expr {
	switch a.function {
	case "count":
		return &sqltext.Literal{Kind: sqltext.IntegerLiteral, Text: "0"}
	case "total":
		return &sqltext.Literal{Kind: sqltext.FloatLiteral, Text: "0.0"}
	}
	return nil
}

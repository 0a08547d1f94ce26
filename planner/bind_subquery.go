package planner

import (
	"fmt"
	"slices"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// outerName resolves a name that the query at hand does not know in those around it, inside out, as lookupName does.
func (b *binder) outerName(c *sqltext.Column, sc *scope) (sqltext.Expr, error) {
	around := sc.outer
	e, err := b.name(c, around, around.aliases)
	if err != nil {
		return nil, err
	}
	out := b.asOuter(e, around)
	if b.hasAggregate(e) { // it is known by an alias, and only by that does it belong to the query around
		return &sqltext.Paren{Span: c.Span, X: out, Alias: c}, nil
	}
	return out, nil
}

// asOuter is e, of the query of around, as a subquery sees it.
func (b *binder) asOuter(e sqltext.Expr, around *scope) sqltext.Expr {
	switch x := e.(type) {
	case *ref:
		c := *x
		c.outer = true
		return &c
	case *sqltext.Call:
		if b.aggregates[x] {
			return b.outerAggregate(x, around)
		}
	}
	out, _ := mapChildren(e, func(x sqltext.Expr) (sqltext.Expr, error) { return b.asOuter(x, around), nil })
	return out
}

// exists resolves EXISTS. What its rows are, and in what order, makes no difference.
func (b *binder) exists(e *sqltext.Exists, sc *scope) (sqltext.Expr, error) {
	inner := *b
	inner.outer, inner.anyOf = sc, e.Select
	sel, err := inner.selectStmt(e.Select)
	if err != nil {
		return nil, err
	}
	return &subquery{Expr: &sqltext.Exists{Span: e.Span, Select: sel.tree}, kind: existsSubquery, sel: sel}, nil
}

// scalar resolves a scalar or row-valued subquery.
func (b *binder) scalar(e *sqltext.Subquery, sc *scope) (sqltext.Expr, error) {
	inner := *b
	inner.outer, inner.firstOf, inner.anyOf = sc, e.Select, e.Select
	sel, err := inner.selectStmt(e.Select)
	if err != nil {
		return nil, err
	}
	if err := b.asLast(sel, e.Select); err != nil {
		return nil, err
	}
	s := &subquery{Expr: &sqltext.Subquery{Span: e.Span, Select: sel.tree}, kind: scalarSubquery, sel: sel}
	if x, ok := sel.rel.(*extend); ok && constant(x, sel.ids) {
		// All rows are alike: which is the first makes no difference.
		d := &distinction{in: x}
		for _, id := range sel.ids {
			d.cols = append(d.cols, groupKey{id: id, collation: binary})
		}
		sel.rel = d
	} else if !b.cols.single(sel.rel, nil) {
		return nil, b.text.refuse(e.Span, "scalar subquery that may have several rows",
			"add ORDER BY, or aggregate it, for example by max(), or compare all columns of a unique key")
	}
	for _, id := range sel.ids {
		info := *b.cols.of(id)
		info.collation, info.explicit, info.notNull = "", false, false
		s.out = append(s.out, b.cols.add(info))
	}
	return s, nil
}

// constant tells whether all of the columns ids are computed by x from nothing that is in its rows.
func constant(x *extend, ids []colID) bool {
	own := x.in.columns()
	for _, id := range ids {
		at := slices.IndexFunc(x.outs, func(o computed) bool { return o.id == id })
		if at < 0 || len(refsOf(x.outs[at].expr).common(own)) > 0 || hasSubquery(x.outs[at].expr) {
			return false
		}
	}
	return true
}

// in resolves x IN (SELECT …) and x IN table.
func (b *binder) in(e *sqltext.In, sc *scope, aliases []alias) (sqltext.Expr, error) {
	x, err := b.expr(e.X, sc, aliases)
	if err != nil {
		return nil, err
	}
	from := e.Select
	if from == nil {
		from = &sqltext.Select{Span: e.Table.Span, Cores: []*sqltext.Core{{
			Span: e.Table.Span, Columns: []*sqltext.ResultColumn{{Span: e.Table.Span, Star: true}}, From: []*sqltext.TableRef{e.Table},
		}}}
	}
	inner := *b
	inner.outer = sc
	if takesOne(from) {
		inner.firstOf = from
	}
	sel, err := inner.selectStmt(from)
	if err != nil {
		return nil, err
	}
	s := &subquery{kind: inSubquery, not: e.Not, sel: sel, x: []sqltext.Expr{x}}
	if row, ok := sqltext.Unparen(x).(*sqltext.RowValue); ok {
		s.x = row.Items
	}
	if len(s.x) != len(sel.ids) {
		return nil, b.text.unsure(e.Span, fmt.Sprintf("%d columns IN %d", len(s.x), len(sel.ids)))
	}
	if err := b.asLast(sel, from); err != nil {
		return nil, err
	}
	for n, id := range sel.ids {
		if err := b.checkMixed(&sqltext.Binary{Span: e.Span, Op: "=", L: s.x[n], R: b.cols.ref(id)}); err != nil {
			return nil, err
		}
	}
	s.Expr = &sqltext.In{Span: e.Span, X: x, Not: e.Not, Select: sel.tree}
	return s, nil
}

// unprintable tells whether a subquery in e has no resolved text.
func unprintable(e sqltext.Expr) bool {
	found := false
	walk(e, func(e sqltext.Expr) bool {
		if s, ok := e.(*subquery); ok && s.sel.tree == nil {
			found = true
		}
		return !found
	})
	return found
}

// asLast gives the columns of a compound SELECT in an expression the affinities of its last branch, where its branches
// differ: SQLite compares so there.
func (b *binder) asLast(sel *boundSelect, s *sqltext.Select) error {
	x := &extend{in: sel.rel}
	ids := slices.Clone(sel.ids)
	for n, a := range sel.last {
		info := *b.cols.of(ids[n])
		if !info.varied && !info.asReal && !info.mixed {
			continue
		}
		for _, t := range s.OrderBy { // SQLite then makes it a subquery in FROM (convertCompoundSelectToSubquery)
			if _, ok := sqltext.Unparen(t.Expr).(*sqltext.Collate); ok {
				return b.text.refuse(t.Span, "COLLATE in the ORDER BY of a compound SELECT whose branches differ in type",
					"CAST to one type in each branch")
			}
		}
		info.affinity, info.varied, info.asReal, info.mixed, info.coerced = a, false, false, false, false
		id := b.cols.add(info)
		x.outs = append(x.outs, computed{id, b.cols.ref(ids[n])})
		ids[n] = id
	}
	if x.outs != nil {
		sel.rel, sel.ids = x, ids
	}
	return nil
}

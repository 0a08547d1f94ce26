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
	return asOuter(e), nil
}

// asOuter marks the columns in e as those of a query around.
func asOuter(e sqltext.Expr) sqltext.Expr {
	if r, ok := e.(*ref); ok {
		c := *r
		c.outer = true
		return &c
	}
	out, _ := mapChildren(e, func(x sqltext.Expr) (sqltext.Expr, error) { return asOuter(x), nil })
	return out
}

// within resolves a subquery of a query whose names are sc's.
func (b *binder) within(s *sqltext.Select, sc *scope) (*boundSelect, error) {
	inner := *b
	inner.outer = sc
	return inner.selectStmt(s)
}

// exists resolves EXISTS. What its rows are, and in what order, makes no difference.
func (b *binder) exists(e *sqltext.Exists, sc *scope) (sqltext.Expr, error) {
	sel, err := b.within(e.Select, sc)
	if err != nil {
		return nil, err
	}
	return &subquery{Expr: &sqltext.Exists{Span: e.Span, Select: b.limited(sel, e.Select)}, kind: existsSubquery, sel: sel}, nil
}

// limited gives the resolved text of a subquery the LIMIT of the original.
func (b *binder) limited(sel *boundSelect, s *sqltext.Select) *sqltext.Select {
	if sel.tree == nil {
		return nil
	}
	t := *sel.tree
	t.Limit, t.Offset = s.Limit, s.Offset
	return &t
}

// scalar resolves a scalar or row-valued subquery.
func (b *binder) scalar(e *sqltext.Subquery, sc *scope) (sqltext.Expr, error) {
	inner := *b
	inner.outer, inner.firstOf = sc, e.Select
	sel, err := inner.selectStmt(e.Select)
	if err != nil {
		return nil, err
	}
	s := &subquery{Expr: &sqltext.Subquery{Span: e.Span, Select: b.limited(sel, e.Select)}, kind: scalarSubquery, sel: sel}
	if x, ok := sel.rel.(*extend); ok && constant(x, sel.ids) {
		// All rows are alike: which is the first makes no difference.
		d := &distinction{in: x}
		for _, id := range sel.ids {
			d.cols = append(d.cols, groupKey{id: id, collation: binary})
		}
		sel.rel = d
	} else if !b.cols.single(sel.rel, nil) {
		hint := "add ORDER BY, or aggregate it, for example by max(), or compare all columns of a unique key"
		if len(e.Select.Cores) > 1 {
			hint = "put the compound SELECT into FROM, and order what selects from it"
		}
		return nil, b.text.refuse(e.Span, "scalar subquery that may have several rows", hint)
	}
	for _, id := range sel.ids {
		info := *b.cols.of(id)
		info.collation, info.explicit, info.notNull = "", false, false
		s.out = append(s.out, b.cols.add(info))
	}
	return s, nil
}

// constant tells whether all of the columns ids are computed by x from nothing.
func constant(x *extend, ids []colID) bool {
	for _, id := range ids {
		at := slices.IndexFunc(x.outs, func(o computed) bool { return o.id == id })
		if at < 0 || len(refsOf(x.outs[at].expr)) > 0 || hasSubquery(x.outs[at].expr) {
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
	sel, err := b.within(from, sc)
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

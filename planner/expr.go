package planner

import (
	"slices"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// colID numbers a column of any relation of a query, from the sources to the result. A column that passes through an
// operator unchanged keeps its number.
type colID int

// ref is a resolved column reference. The Column inside it is how the resolved text for the guard spells it.
type ref struct {
	*sqltext.Column
	id colID
	// outer is set where the column is of a query around the one that names it.
	outer bool
	// call is the aggregate of a query around that the column stands for, nil for none.
	call *sqltext.Call
}

// children returns the operands of e in SQLite's order. Of a subquery these are the
// operands outside it.
func children(e sqltext.Expr) []sqltext.Expr {
	var list []sqltext.Expr
	add := func(es ...sqltext.Expr) {
		for _, x := range es {
			if x != nil {
				list = append(list, x)
			}
		}
	}
	switch e := e.(type) {
	case *sqltext.Unary:
		add(e.X)
	case *sqltext.Binary:
		add(e.L, e.R)
	case *sqltext.IsNull:
		add(e.X)
	case *sqltext.Is:
		add(e.L, e.R)
	case *sqltext.Between:
		add(e.X, e.Low, e.High)
	case *sqltext.In:
		add(e.X)
		add(e.List...)
	case *sqltext.Like:
		add(e.Pattern, e.X, e.Escape)
	case *sqltext.Case:
		add(e.Operand)
		for _, w := range e.Whens {
			add(w.When, w.Then)
		}
		add(e.Else)
	case *sqltext.Cast:
		add(e.X)
	case *sqltext.Collate:
		add(e.X)
	case *sqltext.Call:
		add(e.Args...)
		add(e.Filter)
		for _, t := range e.OrderBy {
			add(t.Expr)
		}
	case *sqltext.RowValue:
		add(e.Items...)
	case *sqltext.Paren:
		add(e.X)
	case *subquery:
		add(e.x...)
	case *sameAs:
		add(e.l, e.r)
	}
	return list
}

// walk calls visit for e and everything below it, parents first; visit returns false to leave out what is below.
func walk(e sqltext.Expr, visit func(sqltext.Expr) bool) {
	if e == nil || !visit(e) {
		return
	}
	for _, c := range children(e) {
		walk(c, visit)
	}
}

// mapChildren returns a copy of e whose operands are replaced by f of them. Leaves are returned as they are.
func mapChildren(e sqltext.Expr, f func(sqltext.Expr) (sqltext.Expr, error)) (sqltext.Expr, error) {
	var failed error
	one := func(x sqltext.Expr) sqltext.Expr {
		if x == nil || failed != nil {
			return x
		}
		y, err := f(x)
		if err != nil {
			failed = err
			return x
		}
		return y
	}
	many := func(xs []sqltext.Expr) []sqltext.Expr {
		ys := slices.Clone(xs)
		for i, x := range ys {
			ys[i] = one(x)
		}
		return ys
	}
	var out sqltext.Expr
	switch e := e.(type) {
	case *sqltext.Unary:
		c := *e
		c.X = one(c.X)
		out = &c
	case *sqltext.Binary:
		c := *e
		c.L, c.R = one(c.L), one(c.R)
		out = &c
	case *sqltext.IsNull:
		c := *e
		c.X = one(c.X)
		out = &c
	case *sqltext.Is:
		c := *e
		c.L, c.R = one(c.L), one(c.R)
		out = &c
	case *sqltext.Between:
		c := *e
		c.X, c.Low, c.High = one(c.X), one(c.Low), one(c.High)
		out = &c
	case *sqltext.In:
		c := *e
		c.X, c.List = one(c.X), many(c.List)
		out = &c
	case *sqltext.Like:
		c := *e
		c.X, c.Pattern, c.Escape = one(c.X), one(c.Pattern), one(c.Escape)
		out = &c
	case *sqltext.Case:
		c := *e
		c.Operand = one(c.Operand)
		c.Whens = slices.Clone(c.Whens)
		for i, w := range c.Whens {
			c.Whens[i] = sqltext.When{When: one(w.When), Then: one(w.Then)}
		}
		c.Else = one(c.Else)
		out = &c
	case *sqltext.Cast:
		c := *e
		c.X = one(c.X)
		out = &c
	case *sqltext.Collate:
		c := *e
		c.X = one(c.X)
		out = &c
	case *sqltext.Call:
		c := *e
		c.Args, c.Filter = many(c.Args), one(c.Filter)
		c.OrderBy = slices.Clone(c.OrderBy)
		for i, t := range c.OrderBy {
			u := *t
			u.Expr = one(t.Expr)
			c.OrderBy[i] = &u
		}
		out = &c
	case *sqltext.RowValue:
		c := *e
		c.Items = many(c.Items)
		out = &c
	case *sqltext.Paren:
		c := *e
		c.X = one(c.X)
		out = &c
	case *subquery:
		c := *e
		c.x = many(c.x)
		out = &c
	default:
		return e, nil
	}
	return out, failed
}

// refsOf returns the columns that e refers to, from within subqueries too.
func refsOf(e sqltext.Expr) colSet {
	set := colSet{}
	set.addRefs(e)
	return set
}

// colSet is a set of columns.
type colSet map[colID]struct{}

func setOf(ids ...colID) colSet {
	s := colSet{}
	s.add(ids...)
	return s
}

func (s colSet) add(ids ...colID) {
	for _, id := range ids {
		s[id] = struct{}{}
	}
}

func (s colSet) addRefs(e sqltext.Expr) {
	walk(e, func(e sqltext.Expr) bool {
		switch e := e.(type) {
		case *ref:
			s.add(e.id)
		case *subquery:
			for id := range refsWithin(e.sel.rel) {
				s.add(id)
			}
			s.add(e.sel.ids...)
		}
		return true
	})
}

func (s colSet) has(id colID) bool {
	_, ok := s[id]
	return ok
}

// within tells whether all of s is in t.
func (s colSet) within(t colSet) bool {
	for id := range s {
		if !t.has(id) {
			return false
		}
	}
	return true
}

// sorted returns the columns in ascending order.
func (s colSet) sorted() []colID {
	ids := make([]colID, 0, len(s))
	for id := range s {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// conjuncts splits e at its top-level ANDs, in written order.
func conjuncts(e sqltext.Expr) []sqltext.Expr {
	if e == nil {
		return nil
	}
	if b, ok := sqltext.Unparen(e).(*sqltext.Binary); ok && b.Op == "AND" {
		return append(conjuncts(b.L), conjuncts(b.R)...)
	}
	return []sqltext.Expr{e}
}

// conjunction joins predicates by AND; nil for none.
func conjunction(es []sqltext.Expr) sqltext.Expr {
	var all sqltext.Expr
	for _, e := range es {
		if all == nil {
			all = e
		} else {
			all = &sqltext.Binary{Op: "AND", L: all, R: e}
		}
	}
	return all
}

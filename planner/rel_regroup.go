package planner

import (
	"slices"

	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// regroup is GROUP BY with what only a whole group can tell: SQLite evaluates outs, expressions with aggregate functions
// and bare columns, over each group anew. With first there are no aggregates in outs, and a group's row is its first one.
type regroup struct {
	in     rel
	keys   []groupKey
	outs   []computed
	global bool
	first  []orderKey
	// calls are the aggregates among outs.
	calls map[*sqltext.Call]bool
}

func (r *regroup) columns() colSet {
	s := colSet{}
	for _, o := range r.outs {
		s.add(o.id)
	}
	return s
}

// exprs returns all expressions of r.
func (r *regroup) exprs() []sqltext.Expr {
	var es []sqltext.Expr
	for _, o := range r.outs {
		es = append(es, o.expr)
	}
	for _, k := range r.first {
		es = append(es, k.expr)
	}
	return es
}

// substituted is r over other columns.
func (r *regroup) substituted(at map[colID]colID) *regroup {
	out := *r
	out.outs, out.first, out.keys = nil, nil, slices.Clone(r.keys)
	out.calls = map[*sqltext.Call]bool{}
	for _, o := range r.outs {
		out.outs = append(out.outs, computed{o.id, out.keep(r, o.expr, substitute(o.expr, at))})
	}
	for _, k := range r.first {
		k.expr = substitute(k.expr, at)
		out.first = append(out.first, k)
	}
	return &out
}

// keep notes the aggregates in to, a copy of from, an expression of r.
func (out *regroup) keep(r *regroup, from, to sqltext.Expr) sqltext.Expr {
	var old []*sqltext.Call
	walk(from, func(e sqltext.Expr) bool {
		if c, ok := e.(*sqltext.Call); ok {
			old = append(old, c)
		}
		return true
	})
	n := 0
	walk(to, func(e sqltext.Expr) bool {
		if c, ok := e.(*sqltext.Call); ok {
			if r.calls[old[n]] {
				out.calls[c] = true
			}
			n++
		}
		return true
	})
	return to
}

// filtered lets the aggregates of r pass over rows without flag.
func (r *regroup) filtered(flag colID) *regroup {
	out := *r
	out.outs, out.calls = nil, map[*sqltext.Call]bool{}
	var rewrite func(e sqltext.Expr) (sqltext.Expr, error)
	rewrite = func(e sqltext.Expr) (sqltext.Expr, error) {
		if c, ok := e.(*sqltext.Call); ok && r.calls[c] {
			own := *c
			set := sqltext.Expr(&sqltext.IsNull{X: &ref{Column: &sqltext.Column{}, id: flag}, Not: true})
			if own.Filter != nil {
				set = &sqltext.Binary{Op: "AND", L: set, R: own.Filter}
			}
			own.Filter = set
			out.calls[&own] = true
			return &own, nil
		}
		return mapChildren(e, rewrite)
	}
	for _, o := range r.outs {
		e, _ := rewrite(o.expr)
		out.outs = append(out.outs, computed{o.id, e})
	}
	return &out
}

// hasBare tells whether a column that is not among outside stands beside the aggregates of r.
func (r *regroup) hasBare(outside colSet) bool {
	bare := false
	for _, o := range r.outs {
		walk(o.expr, func(e sqltext.Expr) bool {
			switch e := e.(type) {
			case *ref:
				bare = bare || !outside.has(e.id)
			case *sqltext.Call:
				return !r.calls[e]
			}
			return !bare
		})
	}
	return bare
}

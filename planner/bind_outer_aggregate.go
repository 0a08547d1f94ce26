package planner

import "github.com/sqlite-mv/sqlite-mv/planner/sqltext"

// outerAggregate is an aggregate function that stands in a subquery and is over the rows of a query around it.
type outerAggregate struct {
	// id is the column that stands for it in the subquery.
	id   colID
	call *sqltext.Call
}

// placeAggregate finds the query that an aggregate in a query of scope sc is over: the innermost of which it names a
// column, the one at hand where it names none (sqlite3ReferencesSrcList). It returns what stands for the aggregate in the
// query at hand.
func (b *binder) placeAggregate(c *sqltext.Call, sc *scope) sqltext.Expr {
	refs := refsOf(c)
	for s := sc; s != nil; s = s.outer {
		if s.hasAny(refs) {
			if s != sc {
				return b.outerAggregate(c, s)
			}
			break
		}
	}
	return c
}

// outerAggregate returns the column that stands for c, an aggregate over the query of s, in subqueries of it.
func (b *binder) outerAggregate(c *sqltext.Call, s *scope) *ref {
	own := b.seenFrom(s, c).(*sqltext.Call)
	b.aggregates[own] = true
	var id colID = -1
	for _, o := range s.aggregates {
		if same(o.call, own) {
			id = o.id
		}
	}
	if id < 0 {
		info := b.cols.describe(own)
		info.name = b.cols.name(own)
		id = b.cols.add(info)
		s.aggregates = append(s.aggregates, outerAggregate{id, own})
	}
	return &ref{Column: &sqltext.Column{Span: c.Span, Name: b.cols.of(id).name}, id: id, outer: true, call: own}
}

// seenFrom is e as the query of s sees it, whose columns are no outer ones there.
func (b *binder) seenFrom(s *scope, e sqltext.Expr) sqltext.Expr {
	if r, ok := e.(*ref); ok && s.has(r.id) {
		c := *r
		c.outer = false
		return &c
	}
	out, _ := mapChildren(e, func(x sqltext.Expr) (sqltext.Expr, error) { return b.seenFrom(s, x), nil })
	return out
}

// has tells whether id is a column of the FROM clause.
func (s *scope) has(id colID) bool {
	for _, i := range s.items {
		for _, c := range i.columns {
			if c.id == id {
				return true
			}
		}
		for _, merged := range i.merged {
			if merged == id {
				return true
			}
		}
		if i.rowid != nil && *i.rowid == id {
			return true
		}
	}
	return false
}

// hasAny tells whether one of ids is a column of the FROM clause.
func (s *scope) hasAny(ids colSet) bool {
	for id := range ids {
		if s.has(id) {
			return true
		}
	}
	return false
}

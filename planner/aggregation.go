package planner

import "github.com/sqlite-mv/sqlite-mv/planner/sqltext"

// aggregateExprs returns the expressions that the functions of r evaluate themselves.
func aggregateExprs(*aggregation) []sqltext.Expr { return nil }

// inputs returns the columns that the functions of r read.
func (r *aggregation) inputs() colSet {
	s := colSet{}
	for _, a := range r.aggs {
		if !a.star {
			s.add(a.arg)
		}
	}
	return s
}

// substituted is r with other outside columns.
func (r *aggregation) substituted(map[colID]colID) *aggregation { return r }

// over is r over rows of other columns, of which only those with flag count.
func (r *aggregation) over(_ *columns, inside map[colID]colID, flag colID, _ map[colID]colID) *aggregation {
	out := *r
	out.aggs = nil
	for _, a := range r.aggs {
		if a.star {
			a.star, a.arg, a.collation = false, flag, binary
		} else {
			a.arg = inside[a.arg]
		}
		out.aggs = append(out.aggs, a)
	}
	return &out
}

package planner

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

// over is r over rows of other columns, of which only those with flag count.
func (r *aggregation) over(inside map[colID]colID, flag colID) *aggregation {
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

package history

import "slices"

// reductions returns smaller queries, the smallest first. Some do not compile: a name that is gone may be used further
// out. Those fail on plain SQLite and are not kept.
func (q *query) reductions() []*query {
	var out []*query
	// The query of a CTE or subquery, or one arm, in place of the whole.
	for _, c := range q.with {
		out = append(out, c.query)
	}
	if len(q.arms) > 1 {
		for i := range q.arms {
			out = append(out, &query{with: q.with, arms: []*selectCore{q.arms[i]}},
				&query{with: q.with, arms: slices.Delete(slices.Clone(q.arms), i, i+1)})
		}
	}
	for _, s := range q.arms {
		for _, f := range s.from {
			if f.sub != nil {
				out = append(out, f.sub)
			}
		}
	}
	for i := range q.with {
		with := slices.Delete(slices.Clone(q.with), i, i+1)
		out = append(out, &query{with: with, arms: q.arms})
		for _, r := range q.with[i].query.reductions() {
			with := slices.Clone(q.with)
			with[i].query = r
			out = append(out, &query{with: with, arms: q.arms})
		}
	}
	for i, s := range q.arms {
		for _, r := range s.reductions() {
			arms := slices.Clone(q.arms)
			arms[i] = r
			out = append(out, &query{with: q.with, arms: arms})
		}
	}
	return out
}

// reductions returns smaller SELECTs.
func (s *selectCore) reductions() []*selectCore {
	var out []*selectCore
	change := func(f func(c *selectCore)) {
		c := *s
		c.items, c.from, c.groupBy = slices.Clone(s.items), slices.Clone(s.from), slices.Clone(s.groupBy)
		f(&c)
		out = append(out, &c)
	}
	for i := len(s.from) - 1; i >= 1; i-- {
		change(func(c *selectCore) { c.from = slices.Delete(c.from, i, i+1) })
	}
	if s.where != "" {
		change(func(c *selectCore) { c.where = "" })
	}
	if s.having != "" {
		change(func(c *selectCore) { c.having = "" })
	}
	if s.distinct {
		change(func(c *selectCore) { c.distinct = false })
	}
	for i := range s.groupBy {
		change(func(c *selectCore) { c.groupBy = slices.Delete(c.groupBy, i, i+1) })
	}
	for i := len(s.items) - 1; i >= 0 && len(s.items) > 1; i-- {
		change(func(c *selectCore) { c.items = slices.Delete(c.items, i, i+1) })
	}
	for i, f := range s.from {
		if f.on != "" {
			change(func(c *selectCore) { c.from[i].on = "" })
		}
		if f.sub == nil {
			continue
		}
		if len(f.sub.arms) == 1 && len(f.sub.arms[0].from) == 1 && f.sub.arms[0].from[0].sub == nil {
			change(func(c *selectCore) { c.from[i].sub, c.from[i].table = nil, f.sub.arms[0].from[0].table })
		}
		for _, r := range f.sub.reductions() {
			change(func(c *selectCore) { c.from[i].sub = r })
		}
	}
	return out
}

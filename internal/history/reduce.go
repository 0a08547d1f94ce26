package history

import (
	"slices"
	"strings"
)

// reductions returns smaller queries, the smallest first. Some do not compile: a name that is gone may be used further
// out. Those fail on plain SQLite and are not kept.
func (q *query) reductions() []*query {
	var out []*query
	if q.tail != "" {
		less := *q
		less.tail = ""
		out = append(out, &less)
	}
	// The query of a CTE or subquery, or one arm, in place of the whole.
	for _, c := range q.with {
		out = append(out, c.query)
	}
	if len(q.arms) > 1 {
		for i := range q.arms {
			out = append(out, &query{with: q.with, arms: []*selectCore{q.arms[i]}}, q.withoutArm(i))
		}
		out = append(out, q.withoutColumns()...)
	}
	for _, s := range q.arms {
		for _, f := range s.sources() {
			if f.sub != nil {
				out = append(out, f.sub)
			}
		}
		out = append(out, s.subs...)
	}
	for i := range q.with {
		with := slices.Delete(slices.Clone(q.with), i, i+1)
		out = append(out, &query{with: with, arms: q.arms, ops: q.ops, choice: q.choice, tail: q.tail})
		for _, r := range q.with[i].query.reductions() {
			with := slices.Clone(q.with)
			with[i].query = r
			out = append(out, &query{with: with, arms: q.arms, ops: q.ops, choice: q.choice, tail: q.tail})
		}
	}
	for i, s := range q.arms {
		for _, r := range s.reductions() {
			arms := slices.Clone(q.arms)
			arms[i] = r
			out = append(out, &query{with: q.with, arms: arms, ops: q.ops, choice: q.choice, tail: q.tail})
		}
	}
	return out
}

// withoutArm leaves an arm of a compound out, with the operator before it.
func (q *query) withoutArm(i int) *query {
	out := &query{with: q.with, arms: slices.Delete(slices.Clone(q.arms), i, i+1), choice: q.choice, tail: q.tail}
	for n := range q.arms[1:] {
		if n != max(0, i-1) {
			out.ops = append(out.ops, q.op(n+1))
		}
	}
	return out
}

// withoutColumns leaves each of the columns of a compound out.
func (q *query) withoutColumns() []*query {
	var out []*query
	for c := range q.arms[0].items {
		r := &query{with: q.with, ops: q.ops}
		if c < len(q.choice) {
			r.choice = slices.Delete(slices.Clone(q.choice), c, c+1)
		}
		for _, s := range q.arms {
			if len(s.items) < 2 || len(s.items) <= c || s.raw != "" {
				return nil
			}
			arm := *s
			arm.items = slices.Delete(slices.Clone(s.items), c, c+1)
			arm.values = nil
			for _, row := range s.values {
				arm.values = append(arm.values, slices.Delete(slices.Clone(row), c, c+1))
			}
			r.arms = append(r.arms, &arm)
		}
		out = append(out, r)
	}
	return out
}

// reductions returns smaller SELECTs.
func (s *selectCore) reductions() []*selectCore {
	var out []*selectCore
	change := func(f func(c *selectCore)) {
		c := *s
		c.items, c.from, c.groupBy, c.subs = slices.Clone(s.items), slices.Clone(s.from), slices.Clone(s.groupBy), slices.Clone(s.subs)
		f(&c)
		out = append(out, &c)
	}
	if len(s.values) > 0 {
		for i := range s.values {
			if len(s.values) > 1 {
				change(func(c *selectCore) { c.values = slices.Delete(slices.Clone(s.values), i, i+1) })
			}
		}
		return out
	}
	for i := len(s.from) - 1; i >= 1; i-- {
		change(func(c *selectCore) { c.from = slices.Delete(c.from, i, i+1) })
	}
	if len(s.from) > 1 {
		change(func(c *selectCore) { c.from = slices.Delete(c.from, 0, 1) })
	}
	for _, w := range smaller(s.where) {
		change(func(c *selectCore) { c.where = w })
	}
	for _, h := range smaller(s.having) {
		change(func(c *selectCore) { c.having = h })
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
	for i, it := range s.items {
		if !it.representative && it.expr != "1" && it.expr != "*" && !strings.HasPrefix(it.expr, "q") {
			change(func(c *selectCore) { c.items[i].expr, c.items[i].bare = "1", true })
		}
		for n := range s.subs {
			if mark := sprintf("@sub%d@", n); it.expr != mark && strings.Contains(it.expr, mark) {
				change(func(c *selectCore) { c.items[i].expr, c.items[i].bare = mark, true })
			}
		}
	}
	for i, f := range s.from {
		for _, on := range smaller(strings.TrimPrefix(f.on, " ON ")) {
			if on != "" {
				on = " ON " + on
			}
			change(func(c *selectCore) { c.from[i].on = on })
		}
		if i > 0 && f.join != " JOIN " {
			change(func(c *selectCore) { c.from[i].join = " JOIN " })
		}
		if f.nest != nil {
			change(func(c *selectCore) {
				nest := slices.Clone(f.nest)
				nest[0].join, nest[0].on = f.join, f.on
				c.from = slices.Replace(c.from, i, i+1, nest...)
			})
			for n := range f.nest {
				change(func(c *selectCore) {
					one := f.nest[n]
					one.join, one.on = f.join, f.on
					c.from[i] = one
				})
			}
		}
		if f.sub == nil {
			continue
		}
		if len(f.sub.arms) == 1 && len(f.sub.arms[0].from) == 1 && f.sub.arms[0].from[0].table != "" {
			change(func(c *selectCore) { c.from[i].sub, c.from[i].table = nil, f.sub.arms[0].from[0].table })
		}
		for _, r := range f.sub.reductions() {
			change(func(c *selectCore) { c.from[i].sub = r })
		}
	}
	for i, q := range s.subs {
		if used := strings.Contains(s.clauses()+s.having+sprintf("%v%v", s.items, s.groupBy), sprintf("@sub%d@", i)); !used {
			continue
		}
		for _, less := range append([]*query{{arms: []*selectCore{{raw: "SELECT NULL"}}}, {arms: []*selectCore{{raw: "SELECT 1"}}}}, q.reductions()...) {
			if less.SQL() != q.SQL() {
				change(func(c *selectCore) { c.subs[i] = less })
			}
		}
	}
	return out
}

// smaller returns a condition's parts, the smallest first: none of it, and what AND or OR join in it.
func smaller(p string) []string {
	if p == "" {
		return nil
	}
	out := []string{""}
	depth, from := 0, 0
	var parts []string
	for i := range p {
		switch p[i] {
		case '(':
			depth++
		case ')':
			depth--
		}
		for _, word := range []string{" AND ", " OR "} {
			if depth == 0 && strings.HasPrefix(p[i:], word) && i >= from {
				parts = append(parts, p[from:i])
				from = i + len(word)
			}
		}
	}
	if from > 0 {
		return append(append(out, parts...), p[from:])
	}
	for _, wrap := range [][2]string{{"NOT (", ")"}, {"(", ")"}} {
		if rest, ok := strings.CutPrefix(p, wrap[0]); ok {
			if inside, ok := strings.CutSuffix(rest, wrap[1]); ok {
				out = append(out, inside)
			}
		}
	}
	return out
}

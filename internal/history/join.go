package history

import (
	"slices"
	"strings"
)

// from makes the FROM clause and returns what is in scope.
func (d *designer) from(s *selectCore, depth int, ctes []relationOf, useCTE bool) (in scope, size int) {
	n := 1 + d.weighted(60, 28, 9, 3)
	size = 1
	var self relation
	for i := range n {
		alias := d.alias()
		var rel relation
		src := source{alias: alias}
		switch {
		case i > 0 && len(self.cols) > 0 && d.chance(25):
			rel = self
			src.table = rel.name
		case len(ctes) > 0 && (useCTE && i == 0 || d.chance(40)):
			rel = pick(d.rng, ctes...).relation
			src.table = rel.name
		case depth > 0 && d.chance(45):
			inner := d.query(depth-1, ctes, false)
			rel = relation{"", inner.cols, inner.size}
			src.sub = inner.query
		default:
			rel = pick(d.rng, d.relations...)
			src.table = rel.name
			if n == 1 && d.chance(30) {
				src.alias = "" // columns are then written without a qualifier or with the table's name
			}
		}
		if src.table != "" {
			self = rel
		}
		right := make([]col, len(rel.cols))
		for j, c := range rel.cols {
			right[j] = c
			right[j].source = alias
			switch {
			case src.alias != "":
				right[j].ref = alias + "." + c.name
			case d.chance(30):
				right[j].ref = rel.name + "." + c.name
			default:
				right[j].ref = c.name
			}
			if src.alias == "" {
				right[j].source = ""
			}
		}
		if i == 0 {
			in.cols, size = right, rel.size
			s.from = append(s.from, src)
			continue
		}
		factor := d.join(&src, s, &in, right)
		size = max(1, size*rel.size*factor/100)
		in.cols = append(in.cols, right...)
		s.from = append(s.from, src)
	}
	s.nested = n > 2 && d.chance(30) && !strings.Contains(s.from[1].on, "USING") && !strings.Contains(s.from[1].join, "NATURAL")
	return in, size
}

// join chooses how the source src with the columns right is joined to what is in scope; it returns the guessed
// percentage of row pairs that match.
func (d *designer) join(src *source, s *selectCore, in *scope, right []col) int {
	if d.chance(10) && len(in.cols) > 0 {
		src.join = pick(d.rng, ", ", " CROSS JOIN ", " JOIN ")
		if d.chance(50) {
			// The condition stands in WHERE.
			if p := d.equality(in.cols, right); p != "" && s.where == "" {
				s.where = p
				return 25
			}
		}
		return 100
	}
	common := common(in.cols, right)
	switch {
	case len(common) > 0 && len(common) < 3 && d.chance(8) && unambiguous(in.cols, right, common):
		src.join = " NATURAL JOIN "
		return 30
	case len(common) > 0 && d.chance(15):
		name := pick(d.rng, common...)
		if unambiguous(in.cols, right, []string{name}) {
			src.join, src.on = pick(d.rng, " JOIN ", " INNER JOIN "), " USING ("+name+")"
			return 30
		}
	}
	src.join = pick(d.rng, " JOIN ", " JOIN ", " INNER JOIN ", " CROSS JOIN ", ", ")
	p := d.equality(in.cols, right)
	factor := 25
	if p == "" || d.chance(10) {
		both := scope{cols: slices.Concat(in.cols, right)}
		p = d.predicate(both, 1)
		factor = 70
		if a, b := (scope{cols: in.cols}).plain(classInt), (scope{cols: right}).plain(classInt); len(a) > 0 && len(b) > 0 {
			p = sprintf("%s %s %s", pick(d.rng, a...).ref, pick(d.rng, "<", ">", "<=", "<>", "= 1 +", ">= 2 *"), pick(d.rng, b...).ref)
		}
	} else if d.chance(25) {
		p += " AND " + d.predicate(scope{cols: slices.Concat(in.cols, right)}, 0)
	}
	if src.join == ", " {
		if s.where != "" {
			p = s.where + " AND " + p
		}
		s.where = p
		return factor
	}
	src.on = " ON " + p
	return factor
}

// equality returns a join condition of one or two equalities, "" when no columns can be compared.
func (d *designer) equality(left, right []col) string {
	var pairs []string
	for _, l := range left {
		for _, r := range right {
			if l.opaque || r.opaque || (l.free || r.free) && (l.collation != r.collation || l.affinity != r.affinity) {
				continue
			}
			if l.class != r.class && !d.chance(15) {
				continue
			}
			a, b := l.ref, r.ref
			if d.chance(40) {
				a, b = b, a
			}
			pairs = append(pairs, sprintf("%s %s %s", a, pick(d.rng, "=", "=", "=", "==", "IS"), b))
		}
	}
	if len(pairs) == 0 {
		return ""
	}
	p := pick(d.rng, pairs...)
	if d.chance(20) {
		p += " AND " + pick(d.rng, pairs...)
	}
	return p
}

// common returns the names that both sides have.
func common(left, right []col) []string {
	var out []string
	for _, r := range right {
		if slices.ContainsFunc(left, func(l col) bool { return l.name == r.name }) {
			out = append(out, r.name)
		}
	}
	return out
}

// unambiguous tells whether each name belongs to one column on the left, free of doubt about its equality.
func unambiguous(left, right []col, names []string) bool {
	for _, n := range names {
		if slices.ContainsFunc(right, func(c col) bool { return c.name == n && (c.free || c.opaque) }) {
			return false
		}
		count := 0
		for _, l := range left {
			if l.name == n {
				count++
				if l.free || l.opaque {
					return false
				}
			}
		}
		if count != 1 {
			return false
		}
	}
	return true
}

package history

import (
	"slices"
	"strings"
)

// from makes the FROM clause and returns what is in scope.
func (d *designer) from(s *selectCore, depth int, ctes []relationOf, useCTE bool) (in scope, size int) {
	n := 1 + d.weighted(50, 32, 13, 5)
	if len(d.outer) > 0 {
		n = 1 + d.weighted(70, 25, 5)
	}
	s.from, in, size = d.terms(s, n, depth, ctes, useCTE)
	if n > 2 && d.chance(30) {
		s.from = append([]source{{nest: s.from[:2]}}, s.from[2:]...)
	}
	return in, size
}

// terms makes the terms of a join.
func (d *designer) terms(s *selectCore, n, depth int, ctes []relationOf, useCTE bool) (terms []source, in scope, size int) {
	in.nest = &nesting{d: d, core: s, depth: depth, ctes: ctes}
	in.outer = d.outer
	size = 1
	var self relation
	for i := range n {
		if d.chance(map[bool]int{true: 3, false: 9}[i == 0]) && n < 4 {
			src, right := d.lateral(in, i == 0)
			for j := range right {
				right[j].padded = strings.Contains(src.join, "LEFT") || strings.Contains(src.join, "FULL")
			}
			for j := range in.cols {
				in.cols[j].padded = in.cols[j].padded || strings.Contains(src.join, "RIGHT") || strings.Contains(src.join, "FULL")
			}
			in.cols = append(in.cols, right...)
			terms, size = append(terms, src), size*2
			continue
		}
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
		case i > 0 && n < 4 && d.chance(14):
			nest, inside, size := d.terms(s, 2, depth, ctes, false)
			src = source{nest: nest}
			rel = relation{cols: slices.DeleteFunc(inside.cols, func(c col) bool { return !strings.Contains(c.ref, ".") }), size: size}
			for j := range rel.cols {
				rel.cols[j].nested = true
			}
		case d.chance(4):
			inner := d.values(nil)
			rel = relation{"", inner.cols, inner.size, nil, ""}
			src.sub = &query{arms: []*selectCore{inner.core}}
		case depth > 0 && d.chance(45):
			d.derived++
			inner := d.query(depth-1, ctes, false, nil)
			d.derived--
			rel = relation{"", inner.cols, inner.size, nil, ""}
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
		right := rel.cols
		if src.nest == nil {
			right = d.named(rel, src, alias)
		}
		if i == 0 {
			in.cols, size = right, rel.size
			terms = append(terms, src)
			continue
		}
		size = d.join(&src, s, &in, right, size, rel.size)
		terms = append(terms, src)
	}
	return terms, in, size
}

// named returns the columns of a term of FROM, as they are written.
func (d *designer) named(rel relation, src source, alias string) []col {
	right := make([]col, len(rel.cols))
	for j, c := range rel.cols {
		c.source, c.padded, c.merged, c.nested = alias, false, false, false
		c.row = rel.row != "" && c.name == rel.row
		switch {
		case src.alias != "":
			c.ref = alias + "." + c.name
		case d.chance(30):
			c.ref = rel.name + "." + c.name
		default:
			c.ref = c.name
		}
		if src.alias == "" {
			c.source = ""
		}
		right[j] = c
	}
	return right
}

// kind of a join.
type kind uint8

const (
	innerJoin kind = iota
	leftJoin
	rightJoin
	fullJoin
)

// join joins src, with the columns cols, to what is in scope, and returns the guessed number of rows.
func (d *designer) join(src *source, s *selectCore, in *scope, cols []col, leftSize, rightSize int) int {
	k := kind(d.weighted(50, 28, 8, 14))
	var factor int
	// A name that has become ambiguous is not used.
	using := ""
	if k == innerJoin {
		factor, using = d.inner(src, s, in, cols)
	} else {
		factor, using = d.outerJoin(k, src, in, cols)
	}
	for i := range in.cols {
		in.cols[i].padded = in.cols[i].padded || k >= rightJoin
	}
	var merged []col
	for i := range cols {
		cols[i].padded = cols[i].padded || k == leftJoin || k == fullJoin
		if using == "" || using != "*" && cols[i].name != using {
			continue
		}
		for j := range in.cols {
			if l := &in.cols[j]; l.name == cols[i].name && !l.merged {
				m := col{ref: l.name, name: l.name, class: l.class, affinity: l.affinity, collation: l.collation, padded: l.padded}
				if k == innerJoin || k == leftJoin {
					m = *l
					m.ref, m.row = l.name, false
				}
				merged = append(merged, m)
				l.merged, cols[i].merged = true, true
				break
			}
		}
	}
	in.cols = slices.DeleteFunc(in.cols, func(l col) bool {
		return !strings.Contains(l.ref, ".") && slices.ContainsFunc(cols, func(c col) bool { return c.name == l.name })
	})
	in.cols = slices.Concat(in.cols, cols, merged)
	size := max(1, leftSize*rightSize*factor/100)
	if k == leftJoin || k == fullJoin {
		size = max(size, leftSize)
	}
	if k == rightJoin || k == fullJoin {
		size = max(size, rightSize)
	}
	return size
}

// outerJoin chooses how an outer join is written: the guessed percentage of row pairs that match, and the column of USING,
// * for NATURAL.
func (d *designer) outerJoin(k kind, src *source, in *scope, cols []col) (factor int, using string) {
	word := []string{"", "LEFT", "RIGHT", "FULL"}[k] + pick(d.rng, " ", " ", " OUTER ") + "JOIN "
	common := common(in.cols, cols)
	if len(common) > 0 && (src.nest == nil || d.chance(50)) {
		if len(common) < 4 && d.chance(12) && unambiguous(in.cols, cols, common) {
			src.join = " NATURAL " + word
			return 30, "*"
		}
		if name := pick(d.rng, common...); d.chance(30) && unambiguous(in.cols, cols, []string{name}) {
			src.join, src.on = " "+word, " USING ("+name+")"
			return 30, name
		}
	}
	src.join = " " + word
	l, r := *in, *in
	r.cols = cols
	both := *in
	both.cols = slices.Concat(in.cols, cols)
	var p string
	factor = 25
	switch d.weighted(60, 20, 12, 4, 4) {
	case 0:
		p = d.equality(in.cols, cols)
	case 1:
		p, factor = d.compared(in.cols, cols), 60
	case 2:
		p = d.predicate(pick(d.rng, r, r, l), 1)
		factor = 60
	case 3:
		p, factor = d.predicate(both, 2), 60
	default:
		src.on = pick(d.rng, "", " ON 1", " ON 0", " ON NULL")
		return 100, ""
	}
	if p == "" {
		p, factor = d.predicate(both, 1), 70
	}
	if d.chance(35) {
		p += " AND " + d.predicate(pick(d.rng, l, r, r, both), 1)
	}
	src.on = " ON " + p
	return factor, ""
}

// compared returns a comparison other than a plain equality between determined columns of both sides.
func (r rng) compared(left, right []col) string {
	a, b := (scope{cols: left}).plain(), (scope{cols: right}).plain()
	if len(a) == 0 || len(b) == 0 {
		return ""
	}
	if x, y := (scope{cols: left}).plain(classInt, classNum), (scope{cols: right}).plain(classInt, classNum); len(x) > 0 && len(y) > 0 && r.chance(70) {
		a, b = x, y
	}
	x, y := pick(r, a...).ref, pick(r, b...).ref
	return sprintf(pick(r, "%s < %s", "%s >= %s", "%s > %s", "%s <> %s", "%s IS NOT %s", "%s = %s + 1", "%s + 1 = %s", "%s <= 2 * %s",
		"(%s = %s) IS NOT TRUE", "coalesce(%s, 1) = %s", "%s = coalesce(%s, 1)"), x, y)
}

// inner chooses how the source src with the columns right is joined to what is in scope: the guessed percentage of row
// pairs that match, and the column of USING, * for NATURAL.
func (d *designer) inner(src *source, s *selectCore, in *scope, right []col) (factor int, using string) {
	if d.chance(10) && len(in.cols) > 0 {
		src.join = pick(d.rng, ", ", " CROSS JOIN ", " JOIN ")
		if d.chance(50) {
			// The condition stands in WHERE.
			if p := d.equality(in.cols, right); p != "" {
				s.restrict(p)
				return 25, ""
			}
		}
		return 100, ""
	}
	common := common(in.cols, right)
	switch {
	case src.nest == nil && len(common) > 0 && len(common) < 3 && d.chance(8) && unambiguous(in.cols, right, common):
		src.join = " NATURAL JOIN "
		return 30, "*"
	case src.nest == nil && len(common) > 0 && d.chance(15):
		name := pick(d.rng, common...)
		if unambiguous(in.cols, right, []string{name}) {
			src.join, src.on = pick(d.rng, " JOIN ", " INNER JOIN "), " USING ("+name+")"
			return 30, name
		}
	}
	src.join = pick(d.rng, " JOIN ", " JOIN ", " INNER JOIN ", " CROSS JOIN ", ", ")
	p := d.equality(in.cols, right)
	factor = 25
	both := *in
	both.cols = slices.Concat(in.cols, right)
	if p == "" || d.chance(10) {
		p = d.predicate(both, 1)
		factor = 70
		if a, b := (scope{cols: in.cols}).plain(classInt), (scope{cols: right}).plain(classInt); len(a) > 0 && len(b) > 0 {
			p = sprintf("%s %s %s", pick(d.rng, a...).ref, pick(d.rng, "<", ">", "<=", "<>", "= 1 +", ">= 2 *"), pick(d.rng, b...).ref)
		}
	} else if d.chance(25) {
		p += " AND " + d.predicate(both, 0)
	}
	if src.join == ", " {
		s.restrict(p)
		return factor, ""
	}
	src.on = " ON " + p
	return factor, ""
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
		if !r.merged && slices.ContainsFunc(left, func(l col) bool { return l.name == r.name && !l.merged }) {
			out = append(out, r.name)
		}
	}
	return out
}

// unambiguous tells whether each name belongs to one column on the left, free of doubt about its equality.
func unambiguous(left, right []col, names []string) bool {
	for _, n := range names {
		twice := 0
		for _, c := range right {
			if c.name == n && !c.merged {
				twice++
			}
		}
		if twice > 1 {
			return false
		}
		if slices.ContainsFunc(right, func(c col) bool { return c.name == n && (c.free || c.opaque) }) {
			return false
		}
		count := 0
		for _, l := range left {
			if l.name == n && !l.merged {
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

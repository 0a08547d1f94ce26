package history

import (
	"slices"
	"strconv"
	"strings"
)

// relation is something that FROM can name: a base table or a view.
type relation struct {
	name string
	cols []col // ref and source unset
	size int   // a guess at the number of rows
}

// asRelation returns a base table as views see it.
func (t *table) asRelation() relation {
	rel := relation{name: t.name, size: 10}
	for _, c := range t.columns {
		canonical := c.collation == "BINARY" && (c.strict || c.affinity != affBlob) && (!c.virtual || c.affinity == affText)
		rel.cols = append(rel.cols, col{name: c.name, class: c.class, affinity: c.affinity, collation: c.collation, canonical: canonical})
	}
	return rel
}

// designer makes view definitions.
type designer struct {
	rng
	relations []relation
	aliases   int
}

// definition is a view's SELECT and its columns.
type definition struct {
	query *query
	cols  []col
	size  int
}

// maxSize bounds the guessed number of rows of a view, so that joins of joins do not take over the run.
const maxSize = 400

// define makes a definition.
func (d *designer) define() definition {
	for {
		d.aliases = 0
		def := d.query(d.weighted(5, 5, 3, 1), nil, true)
		if def.size <= maxSize {
			return def
		}
	}
}

func (d *designer) alias() string {
	d.aliases++
	return "q" + strconv.Itoa(d.aliases)
}

// query makes a query of at most the given depth of nesting.
func (d *designer) query(depth int, ctes []relationOf, top bool) definition {
	q := &query{}
	if depth > 0 && d.chance(20) {
		for range 1 + d.weighted(3, 1) {
			inner := d.query(depth-1, ctes, false)
			c := cte{name: "w" + d.alias(), query: inner.query}
			cols := inner.cols
			if d.chance(40) {
				cols = slices.Clone(cols)
				for i := range cols {
					cols[i].name = "n" + strconv.Itoa(i)
					c.names = append(c.names, cols[i].name)
				}
			}
			q.with = append(q.with, c)
			ctes = append(slices.Clone(ctes), relationOf{relation{c.name, cols, inner.size}, true})
		}
		depth--
	}
	def := d.core(depth, ctes, top, 0, len(q.with) > 0)
	q.arms = []*selectCore{def.core}
	if d.chance(12) {
		d.unionAll(q, &def, depth, ctes, top)
	}
	return definition{q, def.cols, def.size}
}

// relationOf is a relation with the knowledge whether it is a CTE.
type relationOf struct {
	relation
	cte bool
}

// designed is a SELECT and what is known of its columns.
type designed struct {
	core *selectCore
	cols []col
	size int
}

// unionAll adds arms of the same width.
func (d *designer) unionAll(q *query, def *designed, depth int, ctes []relationOf, top bool) {
	star := func(s *selectCore) bool {
		return slices.ContainsFunc(s.items, func(it item) bool { return it.name == "*" })
	}
	if star(def.core) {
		return
	}
	for range 1 + d.weighted(4, 1) {
		var arm designed
		found := false
		for range 6 {
			arm = d.core(depth, ctes, top, len(def.cols), false)
			if len(arm.cols) == len(def.cols) && !star(arm.core) {
				found = true
				break
			}
		}
		if !found {
			return
		}
		for i := range def.cols {
			a, b := &def.cols[i], arm.cols[i]
			if a.free != b.free && (a.free && a.collation != "BINARY" || b.free && b.collation != "BINARY") ||
				a.free && b.free && a.collation != b.collation {
				return // the oracle knows one collation per column
			}
		}
		for i := range def.cols {
			// Where SQLite materializes the compound it turns integers in a REAL column into reals, elsewhere not.
			if (def.cols[i].affinity == affReal) != (arm.cols[i].affinity == affReal) {
				return
			}
		}
		for i := range def.cols {
			a, b := &def.cols[i], arm.cols[i]
			a.opaque = a.opaque || b.opaque || a.affinity != b.affinity || a.collation != b.collation
			a.canonical = false
			a.free = a.free || b.free
			if a.class != b.class {
				a.class = classAny
			}
		}
		def.size += arm.size
		q.arms = append(q.arms, arm.core)
	}
}

// core makes one SELECT. width is the number of columns wanted, 0 for any.
func (d *designer) core(depth int, ctes []relationOf, top bool, width int, useCTE bool) designed {
	s := &selectCore{}
	in, size := d.from(s, depth, ctes, useCTE)
	in.risky = top && d.chance(12) && !slices.ContainsFunc(s.from, func(f source) bool { return f.sub != nil || strings.HasPrefix(f.table, "w") })
	if d.chance(45) {
		guarded := in
		guarded.risky = false
		if s.where == "" {
			s.where = d.predicate(guarded, 2)
		} else {
			s.where += " AND (" + d.predicate(guarded, 1) + ")"
		}
	}
	var def designed
	switch d.weighted(5, 2, 6, 2) {
	case 0:
		def = d.projection(s, in, size, width)
	case 1:
		s.distinct = true
		def = d.projection(s, in, size, width)
	case 2:
		def = d.grouped(s, in, size, width)
	default:
		def = d.global(s, in, width)
	}
	if s.having != "" && in.risky {
		s.having = "" // a group that HAVING drops need not have been computed by SQLite
	}
	return def
}

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

package history

import (
	"slices"
	"strconv"
	"strings"
)

// relation is something that FROM can name: a base table or a view.
type relation struct {
	name string
	cols []col    // ref and source unset
	size int      // a guess at the number of rows
	keys []string // columns that are unique alone
	row  string   // one that is never NULL besides, "" for none
}

// asRelation returns a base table as views see it.
func (t *table) asRelation() relation {
	rel := relation{name: t.name, size: 10, keys: t.parents}
	if len(t.primary) == 1 && !slices.Contains(rel.keys, t.primary[0]) {
		rel.keys = append(slices.Clone(rel.keys), t.primary[0])
	}
	if len(t.primary) == 1 && (t.ipk >= 0 || t.withoutRowid) {
		rel.row = t.primary[0]
	}
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
	budget    int      // of subqueries in expressions that may still be made
	outer     []col    // columns of the queries around the one that is made
	above     []string // aggregates over the rows of queries around, whose groups it is made for
	derived   int      // how deep in subqueries of FROM and CTEs it is
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
		d.aliases, d.outer, d.above, d.derived = 0, nil, nil, 0
		d.budget = d.weighted(3, 5, 4, 2, 1)
		def := d.query(d.weighted(7, 5, 3, 1), nil, true, nil)
		if def.size <= maxSize {
			return def
		}
	}
}

func (d *designer) alias() string {
	d.aliases++
	return "q" + strconv.Itoa(d.aliases)
}

// query makes a query of at most the given depth of nesting. like are the columns that it should have, nil for any.
func (d *designer) query(depth int, ctes []relationOf, top bool, like []col) definition {
	q := &query{}
	if depth > 0 && d.chance(20) {
		for range 1 + d.weighted(3, 1) {
			d.derived++
			inner := d.query(depth-1, ctes, false, nil)
			d.derived--
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
			ctes = append(slices.Clone(ctes), relationOf{relation{c.name, cols, inner.size, nil, ""}, true})
		}
		depth--
	}
	def := d.arm(depth, ctes, top, like, len(q.with) > 0)
	q.arms = []*selectCore{def.core}
	if d.chance(20) {
		d.compound(q, &def, depth, ctes, top)
	}
	if d.chance(4) {
		q.tail = pick(d.rng, " LIMIT -1", " LIMIT -1 OFFSET 0", " LIMIT -7")
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

// core makes one SELECT. like are the columns wanted, nil for any.
func (d *designer) core(depth int, ctes []relationOf, top bool, like []col, useCTE bool) designed {
	s := &selectCore{}
	in, size := d.from(s, depth, ctes, useCTE)
	in.nest = &nesting{d: d, core: s, depth: depth, ctes: ctes}
	in.outer = d.outer
	in.risky = top && d.chance(12) && !slices.ContainsFunc(s.sources(), func(f source) bool {
		return f.sub != nil || f.call != "" || strings.HasPrefix(f.table, "w") || strings.HasPrefix(f.table, "p")
	})
	if d.chance(38) {
		guarded := in
		guarded.risky = false
		if s.where == "" {
			s.where = d.predicate(guarded, 2)
		} else {
			s.where += " AND (" + d.predicate(guarded, 1) + ")"
		}
	}
	if padded := in.padded(); len(padded) > 0 && d.chance(25) {
		c := pick(d.rng, padded...)
		p := pick(d.rng, " IS NULL", " IS NULL", " IS NOT NULL")
		if !c.opaque && d.chance(25) {
			s.restrict(d.comparison(c.ref, c.class))
		} else {
			s.restrict(c.ref + p)
		}
	}
	if len(d.outer) > 0 && d.chance(map[bool]int{true: 80, false: 15}[d.derived == 0]) {
		s.restrict(d.correlation(in))
	}
	var def designed
	switch d.weighted(5, 2, 6, 2) {
	case 0:
		def = d.projection(s, in, size, like)
	case 1:
		s.distinct = true
		def = d.projection(s, in, size, like)
	case 2:
		def = d.grouped(s, in, size, like)
	default:
		def = d.global(s, in, like)
	}
	if s.having != "" && in.risky {
		s.having = "" // a group that HAVING drops need not have been computed by SQLite
	}
	return def
}

// restrict adds a condition to WHERE.
func (s *selectCore) restrict(p string) {
	if s.where != "" {
		p = s.where + " AND " + p
	}
	s.where = p
}

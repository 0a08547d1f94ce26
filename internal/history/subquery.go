package history

import (
	"slices"
	"strings"
)

// nesting is where expressions put their subqueries.
type nesting struct {
	d     *designer
	core  *selectCore
	depth int
	ctes  []relationOf
	own   bool // they may name columns of this query only, not of those around it
}

// allowed tells whether an expression may have a subquery.
func (n *nesting) allowed() bool { return n != nil && n.d.budget > 0 }

// within makes a subquery in which the columns in s, and those of the queries around, can be named.
func (n *nesting) within(s scope, make func(depth int)) {
	d := n.d
	d.budget--
	outer, above, derived := d.outer, d.above, d.derived
	var cols []col
	if !n.own {
		cols = slices.Clone(outer)
	}
	for _, c := range s.cols {
		if c.qualified() {
			cols = append(cols, c)
		}
	}
	d.outer, d.above, d.derived = cols, slices.Concat(above, s.above), 0
	if n.own {
		d.above = nil // an aggregate is in no other
	}
	if d.chance(15) {
		d.outer, d.above = nil, nil // independent
	}
	make(min(n.depth, d.weighted(6, 3, 1)))
	d.outer, d.above, d.derived = outer, above, derived
}

// qualified tells whether the column is one that a subquery can name.
func (c *col) qualified() bool {
	return !c.free && !c.opaque && strings.HasPrefix(c.ref, "q") && strings.HasPrefix(c.ref, c.source+".") && !strings.ContainsAny(c.ref, " (")
}

// overRows returns aggregates of columns in scope, which subqueries of the grouped query may contain.
func (d *designer) overRows(in scope) []string {
	var out []string
	for _, c := range in.cols {
		if !c.qualified() || d.chance(50) {
			continue
		}
		out = append(out, "count("+c.ref+")")
		if c.class == classInt {
			out = append(out, sprintf(pick(d.rng, "sum(%s)", "max(%s)", "total(%s) FILTER (WHERE %[1]s > 1)", "count(DISTINCT %s)"), c.ref))
		}
	}
	return out
}

// correlation returns a condition between the columns in scope and those of the queries around.
func (d *designer) correlation(in scope) string {
	p := ""
	switch d.weighted(50, 25, 10, 8) {
	case 0:
		p = d.equality(in.cols, d.outer)
	case 1:
		p = d.compared(in.cols, d.outer)
	case 2:
		p = d.predicate(scope{cols: d.outer}, 1)
	default:
		if a, b := d.equality(in.cols, d.outer), d.compared(in.cols, d.outer); a != "" && b != "" {
			p = sprintf("(%s OR %s)", a, b)
		}
	}
	if p == "" {
		p = pick(d.rng, d.outer...).ref + " IS NOT NULL"
	}
	if d.chance(20) {
		if q := d.equality(in.cols, d.outer); q != "" {
			p += " AND " + q
		}
	}
	return p
}

// condition returns a condition with a subquery.
func (n *nesting) condition(s scope) (p string, ok bool) {
	d := n.d
	plain := s.plain()
	switch d.weighted(40, 40, 12, 12, 6) {
	case 0:
		p = n.exists(s)
	case 1:
		if len(plain) > 0 {
			p = n.in(s, []*col{pick(d.rng, plain...)})
		}
	case 2:
		if len(plain) > 1 {
			p = n.in(s, []*col{pick(d.rng, plain...), pick(d.rng, plain...)})
		}
	case 3:
		if e, found := n.scalar(s); found {
			left := pick(d.rng, "1", "2", "'a'", "NULL")
			if len(plain) > 0 {
				left = pick(d.rng, plain...).ref
			}
			p = sprintf("%s %s %s", left, pick(d.rng, "=", "<", ">=", "<>", "IS", "IS NOT"), e.sql)
			if d.chance(30) {
				p = sprintf("%s %s", e.sql, pick(d.rng, "IS NULL", "IS NOT NULL", "> 1", "IN (1, 2, NULL)", "BETWEEN 1 AND 3"))
			}
		}
	default:
		if len(plain) > 1 {
			p = sprintf("(%s, %s) %s %s", pick(d.rng, plain...).ref, pick(d.rng, plain...).ref, pick(d.rng, "=", "<", "<>", ">=", "IS"), n.row(s))
		}
	}
	if p == "" {
		return "", false
	}
	other := s
	other.nest = nil
	switch d.weighted(60, 12, 12, 8, 8) {
	case 1:
		p = sprintf("NOT (%s)", p)
	case 2:
		p = sprintf("(%s OR %s)", p, d.predicate(other, 0))
	case 3:
		p = sprintf("CASE WHEN %s THEN %s ELSE %s END", p, pick(d.rng, "1", "0", "NULL"), pick(d.rng, "1", "0", "NULL"))
	case 4:
		p = sprintf("(%s) %s", p, pick(d.rng, "IS NULL", "IS TRUE", "IS NOT TRUE", "= 0"))
	}
	return p, true
}

func (n *nesting) exists(s scope) string {
	mark := ""
	n.within(s, func(depth int) {
		q := n.d.query(depth, n.ctes, false, nil).query
		if n.d.chance(15) {
			q.tail = " LIMIT 1"
		}
		mark = n.core.hold(q)
	})
	return pick(n.d.rng, "EXISTS ", "EXISTS ", "NOT EXISTS ") + mark
}

// in returns an IN whose operand are the columns x.
func (n *nesting) in(s scope, x []*col) string {
	d := n.d
	like := make([]col, len(x))
	operand := make([]string, len(x))
	for i, c := range x {
		like[i], operand[i] = *c, c.ref
		if d.chance(20) {
			operand[i] = d.any(scope{cols: s.cols}, 1).sql
		}
	}
	left := operand[0]
	if len(x) > 1 {
		left = "(" + strings.Join(operand, ", ") + ")"
	}
	op := pick(d.rng, " IN ", " IN ", " NOT IN ")
	if len(x) == 1 && d.chance(8) {
		rels := slices.Clone(d.relations)
		for _, c := range n.ctes {
			rels = append(rels, c.relation)
		}
		rels = slices.DeleteFunc(rels, func(r relation) bool { return len(r.cols) != 1 || r.cols[0].free || r.cols[0].opaque })
		if len(rels) > 0 {
			return left + op + pick(d.rng, rels...).name
		}
	}
	mark := ""
	n.within(s, func(depth int) {
		if len(x) == 1 && d.chance(8) {
			if core, e := n.firstRow(); core != nil {
				core.orderBy, _, _ = strings.Cut(core.orderBy, " LIMIT ")
				core.orderBy += " LIMIT 1"
				if e.class == x[0].class {
					mark = n.core.hold(&query{arms: []*selectCore{core}})
					return
				}
			}
		}
		for range 5 {
			def := d.query(depth, n.ctes, false, like)
			if len(def.cols) == len(x) && !slices.ContainsFunc(def.cols, func(c col) bool { return c.free || c.opaque }) {
				mark = n.core.hold(def.query)
				return
			}
		}
	})
	if mark == "" {
		return ""
	}
	return left + op + mark
}

// row returns a row-valued subquery of two columns.
func (n *nesting) row(s scope) string {
	mark := ""
	n.within(s, func(depth int) {
		core, in := n.inner(depth)
		for i := range 2 {
			a := n.d.determined(in)
			core.items = append(core.items, item{expr: a.sql, name: sprintf("g%d", i), alias: true})
		}
		mark = n.core.hold(&query{arms: []*selectCore{core}})
	})
	return mark
}

// inner makes FROM and WHERE of a subquery.
func (n *nesting) inner(depth int) (*selectCore, scope) {
	d := n.d
	core := &selectCore{}
	in, _ := d.from(core, depth, n.ctes, false)
	in.nest = &nesting{d: d, core: core, depth: depth, ctes: n.ctes}
	in.outer = d.outer
	if len(d.outer) > 0 && d.chance(85) {
		core.restrict(d.correlation(in))
	}
	if d.chance(30) {
		core.restrict(d.predicate(in, 1))
	}
	return core, in
}

// scalar returns a scalar subquery that has at most one row, whatever the tables hold.
func (n *nesting) scalar(s scope) (e expr, ok bool) {
	d := n.d
	n.within(s, func(depth int) {
		var core *selectCore
		q := &query{}
		switch d.weighted(56, 20, 10, 8, 10, 6) {
		case 5:
			q, e = n.firstOfCompound()
		case 0:
			core, e = n.aggregated(depth)
		case 1:
			core, e = n.byKey()
		case 2:
			core, e = n.byGroup()
		case 4:
			core, e = n.firstRow()
		default:
			def := d.fromless(depth, n.ctes, []col{{class: classAny}})
			core, e = def.core, expr{class: def.cols[0].class, affinity: def.cols[0].affinity, collation: "BINARY"}
		}
		if core != nil {
			q.arms = []*selectCore{core}
		}
		if q == nil || len(q.arms) == 0 {
			return
		}
		e.sql, e.column, e.collation, ok = n.core.hold(q), nil, "BINARY", true
	})
	return e, ok
}

// aggregated makes SELECT aggregate FROM ….
func (n *nesting) aggregated(depth int) (*selectCore, expr) {
	d := n.d
	core, in := n.inner(depth)
	e := d.determined(in).expr
	if d.chance(30) {
		e = d.overAggregates(d.determined(in), in, scope{})
	}
	if len(d.above) > 0 && d.chance(40) {
		if cols := in.plain(classInt); len(cols) > 0 && d.chance(50) {
			core.restrict(sprintf("%s %s %s", pick(d.rng, cols...).ref, pick(d.rng, "<", ">=", "=", "<>"), pick(d.rng, d.above...)))
		} else {
			e = computed(sprintf("%s %s %s", e.sql, pick(d.rng, "+", "<", ">=", "IS"), pick(d.rng, d.above...)), classAny, false)
		}
	}
	core.items = []item{{expr: e.sql, name: "g", alias: true, bare: true}}
	if d.chance(15) {
		core.having = d.having(in, scope{outer: in.outer})
	}
	return core, e
}

// operand returns what a column is compared with: one of the columns around, or a literal. The comparison must leave the
// column's values as they are.
func (d *designer) operand(c col) string {
	numeric := func(a affinity) bool { return a == affNumeric || a == affInteger || a == affReal }
	var fit []string
	for _, o := range d.outer {
		none := o.affinity == affNone || o.affinity == affBlob
		if numeric(c.affinity) || c.affinity == o.affinity || none {
			fit = append(fit, o.ref)
		}
	}
	if len(fit) == 0 || d.chance(10) {
		return d.literal(c.class, false)
	}
	return pick(d.rng, fit...)
}

// byKey makes a lookup by a unique column of a table.
func (n *nesting) byKey() (*selectCore, expr) {
	d := n.d
	rel := pick(d.rng, d.relations...)
	if len(rel.keys) == 0 {
		return nil, expr{}
	}
	alias := d.alias()
	core := &selectCore{from: []source{{table: rel.name, alias: alias}}}
	cols := d.named(rel, core.from[0], alias)
	in := scope{cols: cols, nest: &nesting{d: d, core: core, ctes: n.ctes}, outer: d.outer}
	key := slices.IndexFunc(cols, func(c col) bool { return c.name == rel.keys[0] })
	core.where = cols[key].ref + " = " + d.operand(cols[key])
	if d.chance(25) {
		core.restrict(d.predicate(in, 1))
	}
	e := pick(d.rng, in.plain()...).expr()
	if d.chance(25) {
		e = d.any(in, 1)
	}
	core.items = []item{{expr: e.sql, name: "g", alias: true, bare: e.bare()}}
	return core, e
}

// firstRow makes a lookup of the first of some rows of a table.
func (n *nesting) firstRow() (*selectCore, expr) {
	d := n.d
	rel := pick(d.rng, d.relations...)
	if rel.row == "" {
		return nil, expr{}
	}
	alias := d.alias()
	core := &selectCore{from: []source{{table: rel.name, alias: alias}}}
	in := scope{cols: d.named(rel, core.from[0], alias), nest: &nesting{d: d, core: core, ctes: n.ctes}, outer: d.outer}
	if len(d.outer) > 0 {
		core.where = d.correlation(in)
	}
	e := pick(d.rng, in.plain()...).expr()
	if d.chance(25) {
		e = d.any(in, 1)
	}
	core.items = []item{{expr: e.sql, name: "g", alias: true, bare: e.bare()}}
	core.orderBy = alias + "." + rel.row + pick(d.rng, "", " DESC")
	if d.chance(40) {
		core.orderBy = pick(d.rng, in.plain()...).ref + pick(d.rng, "", " DESC", " NULLS LAST") + ", " + core.orderBy
	}
	if in.nest.allowed() && d.chance(20) {
		if sub, ok := in.nest.scalar(in); ok {
			core.orderBy = sub.sql + pick(d.rng, "", " DESC") + ", " + core.orderBy
		}
	}
	if d.chance(50) {
		core.orderBy += pick(d.rng, " LIMIT 1", " LIMIT 1", " LIMIT -1", " LIMIT 3")
	}
	return core, e
}

// firstOfCompound makes a lookup of the first row of a compound whose equal values are identical.
func (n *nesting) firstOfCompound() (*query, expr) {
	d := n.d
	q := &query{}
	var e expr
	for range 2 + d.weighted(4, 1) {
		rel := pick(d.rng, d.relations...)
		alias := d.alias()
		core := &selectCore{from: []source{{table: rel.name, alias: alias}}}
		in := scope{cols: d.named(rel, core.from[0], alias), nest: &nesting{d: d, core: core, ctes: n.ctes}, outer: d.outer}
		fit := slices.DeleteFunc(in.plain(), func(c *col) bool {
			return !c.canonical || c.collation != "BINARY" || q.arms != nil && c.affinity != e.affinity
		})
		if len(fit) == 0 {
			continue
		}
		e = pick(d.rng, fit...).expr()
		if len(d.outer) > 0 && d.chance(80) {
			core.where = d.correlation(in)
		}
		core.items = []item{{expr: e.sql, name: "g", alias: q.arms == nil}}
		if q.arms != nil {
			q.ops = append(q.ops, pick(d.rng, unionAll, union, intersect, except))
		}
		q.arms = append(q.arms, core)
	}
	if len(q.arms) < 2 {
		return nil, e
	}
	q.tail = " ORDER BY " + pick(d.rng, "1", "g") + pick(d.rng, "", " DESC", " DESC NULLS LAST", " NULLS LAST") + pick(d.rng, "", " LIMIT 1")
	e.class = classAny
	return q, e
}

// byGroup makes a lookup of one group's aggregate.
func (n *nesting) byGroup() (*selectCore, expr) {
	d := n.d
	rel := pick(d.rng, d.relations...)
	alias := d.alias()
	core := &selectCore{from: []source{{table: rel.name, alias: alias}}}
	in := scope{cols: d.named(rel, core.from[0], alias)}
	plain := in.plain()
	if len(plain) == 0 {
		return nil, expr{}
	}
	c := pick(d.rng, plain...)
	core.where = c.ref + " = " + d.operand(*c)
	core.groupBy = []string{c.ref}
	e := d.determined(in).expr
	if d.chance(30) {
		core.having = d.having(in, scope{})
	}
	core.items = []item{{expr: e.sql, name: "g", alias: true, bare: true}}
	return core, e
}

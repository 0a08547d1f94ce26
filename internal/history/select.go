package history

import (
	"slices"
	"strconv"
	"strings"
)

// output makes a result column of an expression.
func output(e expr, name string, alias bool) (item, col) {
	it := item{expr: e.sql, name: name, alias: alias, collation: e.collation, bare: e.bare()}
	c := col{name: name, class: e.class, affinity: e.affinity, collation: e.collation, canonical: e.canonical}
	if e.column != nil {
		it.through = [2]string{e.column.source, e.column.name}
		c.free, c.opaque = e.column.free, e.column.opaque
	}
	return it, c
}

// columnExpr returns a column in scope as an expression, whatever may be done with it.
func (d *designer) columnExpr(in scope) expr {
	return (&in.cols[d.IntN(len(in.cols))]).expr()
}

// projection makes the result columns of a SELECT without aggregates.
func (d *designer) projection(s *selectCore, in scope, size int, like []col) designed {
	width := len(like)
	if width == 0 && !s.distinct && d.chance(12) && star(in) {
		s.items = []item{{expr: "*", name: "*"}}
		def := designed{s, nil, size}
		for _, c := range in.cols {
			c.ref, c.source = "", ""
			def.cols = append(def.cols, c)
		}
		return def
	}
	n := width
	if n == 0 {
		n = d.between(1, 4)
	}
	def := designed{core: s, size: size}
	if s.distinct {
		def.size = min(size, 12)
	}
	for i := range n {
		var e expr
		if d.chance(60) {
			e = d.columnExpr(in)
		}
		if i < len(like) && d.chance(75) {
			if c := in.plain(like[i].class); len(c) > 0 {
				e = pick(d.rng, c...).expr()
			}
		}
		if len(in.outer) > 0 && d.chance(8) {
			c := pick(d.rng, in.outer...)
			c.source = "outer"
			e = c.expr()
		}
		if e.column == nil || s.distinct && e.column.opaque {
			e = d.any(in, 2)
		}
		name, alias := def.free("c", i), true
		if e.column != nil && !e.column.nested && d.chance(40) && !slices.ContainsFunc(def.cols, func(c col) bool { return c.name == e.column.name }) {
			name, alias = e.column.name, false
		}
		it, c := output(e, name, alias)
		if s.distinct && !e.canonical {
			c.free, it.representative, it.of, it.collation = true, true, e.sql, e.collation
		}
		s.items, def.cols = append(s.items, it), append(def.cols, c)
	}
	return def
}

// free returns a column name that is not taken: prefix and a number from i on.
func (d *designed) free(prefix string, i int) string {
	for ; ; i++ {
		name := prefix + strconv.Itoa(i)
		if !slices.ContainsFunc(d.cols, func(c col) bool { return c.name == name }) {
			return name
		}
	}
}

// star tells whether SELECT * gives columns of known, different names.
func star(in scope) bool {
	seen := map[string]bool{}
	for _, c := range in.cols {
		if seen[c.name] || c.free || c.opaque {
			return false
		}
		seen[c.name] = true
	}
	return true
}

// grouped makes a SELECT with GROUP BY.
func (d *designer) grouped(s *selectCore, in scope, size int, like []col) designed {
	def := designed{core: s, size: max(1, min(size, 8))}
	width := len(like)
	nkeys := 1 + d.weighted(6, 3, 1)
	if width > 0 {
		nkeys = min(nkeys, width)
	}
	type key struct {
		e    expr
		name string
	}
	var keys []key
	after := scope{risky: in.risky, nest: in.nest, outer: in.outer, above: d.overRows(in)} // what expressions over the group may use
	for i := range nkeys {
		var e expr
		if d.chance(70) {
			e = d.columnExpr(in)
			if e.column.opaque {
				continue
			}
		} else {
			e = d.any(in, 1)
		}
		if slices.ContainsFunc(keys, func(k key) bool { return k.e.sql == e.sql }) || constant(e.sql) {
			continue
		}
		keys = append(keys, key{e, "k" + strconv.Itoa(i)})
	}
	if len(keys) == 0 {
		return d.global(s, in, like)
	}
	naggs := d.between(0, 3)
	if width > 0 {
		naggs = max(0, width-len(keys))
	}
	shown := keys
	if width == 0 && d.chance(20) && naggs > 0 {
		shown = keys[:len(keys)-1]
	} else if width > 0 && len(keys) > width {
		shown = keys[:width]
	}
	ordinals := map[string]int{}
	for _, k := range shown {
		k.name = def.free("k", len(def.cols))
		it, c := output(k.e, k.name, true)
		if k.e.column != nil && !k.e.column.nested && d.chance(40) && !slices.ContainsFunc(def.cols, func(c col) bool { return c.name == k.e.column.name }) {
			it.name, it.alias, c.name = k.e.column.name, false, k.e.column.name
		}
		if !k.e.canonical {
			c.free, it.representative, it.of, it.collation = true, true, k.e.sql, k.e.collation
		}
		s.items, def.cols = append(s.items, it), append(def.cols, c)
		ordinals[k.e.sql] = len(s.items)
	}
	for _, k := range keys {
		at := ordinals[k.e.sql]
		if strings.Contains(k.e.sql, "@") {
			// SQLite takes no two subqueries for the same.
			if at > 0 {
				s.groupBy = append(s.groupBy, strconv.Itoa(at))
			} else {
				s.groupBy = append(s.groupBy, k.e.sql)
			}
			continue
		}
		c := col{ref: k.e.sql, class: k.e.class, affinity: k.e.affinity, collation: k.e.collation, canonical: k.e.canonical,
			free: !k.e.canonical}
		if k.e.column != nil {
			c.source = k.e.column.source
		}
		after.cols = append(after.cols, c)
		switch {
		case at > 0 && d.chance(15):
			s.groupBy = append(s.groupBy, strconv.Itoa(at))
		case at > 0 && s.items[at-1].alias && d.chance(30) &&
			!slices.ContainsFunc(in.cols, func(c col) bool { return c.name == s.items[at-1].name }):
			s.groupBy = append(s.groupBy, s.items[at-1].name)
		default:
			s.groupBy = append(s.groupBy, k.e.sql)
		}
	}
	for _, k := range keys {
		if c := k.e.column; width == 0 && c != nil && c.row && d.chance(50) {
			d.determinedBy(*c, s, &def, in)
		}
	}
	if naggs == 0 && width == 0 && len(shown) == 0 {
		naggs = 1
	}
	d.aggregates(s, &def, in, after, naggs)
	if d.chance(25) {
		s.having = d.having(in, after)
	}
	return def
}

// determinedBy adds a column that a key tells, and that is not grouped by.
func (d *designer) determinedBy(key col, s *selectCore, def *designed, in scope) {
	for _, c := range in.plain() {
		if c.source != key.source || c.row || d.chance(50) {
			continue
		}
		it, out := output(c.expr(), def.free("b", len(def.cols)), true)
		s.items, def.cols = append(s.items, it), append(def.cols, out)
		return
	}
}

// constant tells whether an expression is a plain literal: a GROUP BY term 1 would be an ordinal.
func constant(sql string) bool {
	for _, c := range sql {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			return sql[0] == '\'' || sql == "NULL" || sql[0] == 'x' && len(sql) > 1 && sql[1] == '\''
		}
	}
	return true
}

// global makes an aggregate over all rows.
func (d *designer) global(s *selectCore, in scope, like []col) designed {
	def := designed{core: s, size: 1}
	n := len(like)
	if n == 0 {
		n = d.between(1, 4)
	}
	after := scope{risky: in.risky, nest: in.nest, outer: in.outer, above: d.overRows(in)}
	d.aggregates(s, &def, in, after, n)
	if d.chance(12) {
		after.risky = false
		s.having = d.having(in, after)
	}
	return def
}

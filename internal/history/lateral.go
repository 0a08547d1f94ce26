package history

import (
	"slices"
	"strings"
)

// lateral makes a call of json_each or json_tree in FROM, with arguments of the columns before it or of the queries
// around, and how it is joined.
func (d *designer) lateral(in scope, first bool) (source, []col) {
	src := source{alias: d.alias()}
	args := scope{cols: in.cols}
	if len(in.cols) == 0 || len(d.outer) > 0 && d.chance(30) {
		args.cols = d.outer
	}
	arg := pick(d.rng, "'[1,2,3]'", `'["a","A",1,1.0,null,[2,"b"],{"k":1}]'`, `'{"a":1,"b":"x","c":null}'`, "'[]'", "NULL", "'2'")
	if cols := args.plain(classJSON); len(cols) > 0 && d.chance(85) {
		c := pick(d.rng, cols...).ref
		arg = sprintf("CASE WHEN typeof(%s) = 'text' AND json_valid(%s) THEN %s ELSE %s END", c, c, c, pick(d.rng, "'[]'", "'[1,2]'", "NULL"))
	} else if cols := args.plain(classInt); len(cols) > 0 && d.chance(85) {
		c := pick(d.rng, cols...).ref
		arg = sprintf(pick(d.rng, "CASE typeof(%[1]s) WHEN 'integer' THEN '[' || %[1]s || ',' || (%[1]s %% 3) || ',1]' END",
			"iif(%[1]s > 1, '[1,2]', '[1]')", "json_array(%[1]s IS NULL, 1, typeof(%[1]s))"), c)
	} else if cols := args.plain(); len(cols) > 0 && d.chance(60) {
		arg = sprintf("json_array(typeof(%s), 1)", pick(d.rng, cols...).ref)
	}
	if in.nest.allowed() && d.chance(8) {
		if e, ok := in.nest.scalar(args); ok {
			arg = sprintf("json_array(typeof(%s), 1, 2)", e.sql)
		}
	}
	src.call = pick(d.rng, "json_each", "json_each", "json_tree") + "(" + arg + pick(d.rng, "", "", "", ", '$'", ", '$.b'") + ")"
	var cols []col
	for _, c := range []col{
		{name: "key", class: classAny}, {name: "value", class: classInt}, {name: "type", class: classText, canonical: true},
		{name: "atom", class: classAny}, {name: "fullkey", class: classText, canonical: true}, {name: "parent", class: classInt},
	} {
		c.ref, c.source, c.affinity, c.collation = src.alias+"."+c.name, src.alias, affBlob, "BINARY"
		cols = append(cols, c)
	}
	if first {
		return src, cols
	}
	src.join = pick(d.rng, ", ", " JOIN ", " CROSS JOIN ", " LEFT JOIN ", " LEFT JOIN ")
	if !slices.ContainsFunc(in.cols, func(c col) bool { return strings.Contains(arg, c.ref) }) && !strings.Contains(arg, "@") && d.chance(25) {
		src.join = pick(d.rng, " RIGHT JOIN ", " FULL JOIN ", " FULL OUTER JOIN ")
	}
	if src.join != ", " && (strings.HasSuffix(src.join, "T JOIN ") || strings.Contains(src.join, "FULL") || d.chance(30)) && d.chance(70) {
		both := scope{cols: append(append([]col(nil), in.cols...), cols...)}
		if d.chance(30) {
			both.nest = in.nest
		}
		src.on = " ON " + d.predicate(pick(d.rng, both, scope{cols: cols}), 1)
		if p := d.compared(in.cols, cols); p != "" && d.chance(40) {
			src.on = " ON " + p
		}
	}
	return src, cols
}

// values makes VALUES with columns like those given, nil for any.
func (d *designer) values(like []col) designed {
	s := &selectCore{}
	n := len(like)
	if n == 0 {
		n = d.between(1, 3)
	}
	rows := d.between(1, 4)
	def := designed{core: s, size: rows}
	for range rows {
		s.values = append(s.values, nil)
	}
	for i := range n {
		c := col{name: sprintf("column%d", i+1), class: pick(d.rng, classInt, classInt, classText, classNum, classAny), affinity: affNone,
			collation: "BINARY"}
		if like != nil {
			c.class = like[i].class
		}
		c.canonical = c.class == classInt || c.class == classText
		for r := range s.values {
			s.values[r] = append(s.values[r], d.literal(c.class, false))
		}
		def.cols = append(def.cols, c)
		s.items = append(s.items, item{expr: c.name, name: c.name, collation: "BINARY", bare: true})
	}
	return def
}

package history

// aggregates adds n result columns that are aggregates or expressions over aggregates and group keys.
func (d *designer) aggregates(s *selectCore, def *designed, in, after scope, n int) {
	for i := range n {
		a := d.aggregate(in)
		name := def.free("g", i)
		it, c := output(a.expr, name, true)
		switch {
		case a.of != "":
			it.representative, it.of, it.collation = !a.canonical, a.of, a.collation
			it.through = a.through
			c.free = !a.canonical
			// The call has no collation, or that of a COLLATE in it, while the choice is among what its argument's finds equal.
			c.opaque = c.free && a.collation != "BINARY"
		case d.chance(30):
			e := d.overAggregates(a, in, after)
			it, c = output(e, name, true)
		}
		s.items, def.cols = append(s.items, it), append(def.cols, c)
	}
}

// aggregate is an aggregate call; of is the argument of min and max, whose result is one of its values.
type aggregate struct {
	expr
	of      string
	through [2]string
}

// aggregate makes an aggregate call over the rows in scope.
func (d *designer) aggregate(in scope) aggregate {
	// An aggregate that names columns of the queries around only is theirs.
	in.outer = nil
	if in.nest != nil {
		n := *in.nest
		n.own = true
		in.nest = &n
	}
	filter := ""
	if d.chance(20) {
		guarded := in
		guarded.risky = false
		filter = sprintf(" FILTER (WHERE %s)", d.predicate(guarded, 1))
	}
	call := func(name, arg string) string { return name + "(" + arg + ")" + filter }
	arg := func() expr {
		if d.chance(70) {
			if cols := in.plain(classInt, classNum); len(cols) > 0 && d.chance(75) {
				return pick(d.rng, cols...).expr()
			}
			if cols := in.plain(); len(cols) > 0 {
				return pick(d.rng, cols...).expr()
			}
		}
		return d.any(in, 1)
	}
	distinct := func(e expr) string {
		if e.canonical && d.chance(25) {
			return "DISTINCT "
		}
		return ""
	}
	switch d.weighted(5, 4, 7, 4, 4, 4, 3, 3) {
	case 7:
		// Equal values are identical, so their order makes no difference.
		if e := arg(); e.canonical {
			return aggregate{expr: computed(call(pick(d.rng, "group_concat", "string_agg"), sprintf("%s, '-' ORDER BY %s%s", e.sql, e.sql,
				pick(d.rng, "", " DESC"))), classText, true)}
		}
	case 0:
		return aggregate{expr: computed(call("count", pick(d.rng, "*", "*", "*", "")), classInt, true)}
	case 1:
		e := d.columnExpr(in)
		if e.column.opaque {
			return aggregate{expr: computed(call("count", e.sql), classInt, true)}
		}
		return aggregate{expr: computed(call("count", pick(d.rng, "", "DISTINCT ")+e.sql), classInt, true)}
	case 2:
		e := arg()
		return aggregate{expr: computed(call("sum", distinct(e)+e.sql), classNum, false)}
	case 3:
		e := arg()
		return aggregate{expr: computed(call("avg", distinct(e)+e.sql), classNum, false)}
	case 4:
		e := arg()
		return aggregate{expr: computed(call("total", distinct(e)+e.sql), classNum, false)}
	}
	e := arg()
	if d.chance(50) {
		if c := d.columnExpr(in); !c.column.opaque {
			e = c
		}
	}
	name := pick(d.rng, "min", "max")
	a := aggregate{expr: computed(call(name, pick(d.rng, "", "", "", "DISTINCT ")+e.sql), e.class, e.canonical), of: e.sql}
	a.collation = e.collation
	if e.column != nil {
		a.through = [2]string{e.column.source, e.column.name}
	}
	return a
}

// overAggregates makes an expression over aggregates and determined keys.
func (d *designer) overAggregates(a aggregate, in, after scope) expr {
	b := d.determined(in)
	if len(in.outer) > 0 && d.chance(20) {
		return computed(sprintf("%s %s %s", a.sql, pick(d.rng, "+", "*", "=", "<", "||"), pick(d.rng, in.outer...).ref), classAny, false)
	}
	if after.nest.allowed() && d.chance(15) {
		if e, ok := after.nest.scalar(after); ok {
			return computed(sprintf("%s %s %s", a.sql, pick(d.rng, "+", "<", ">=", "IS"), e.sql), classAny, false)
		}
	}
	switch d.IntN(9) {
	case 0:
		return computed(sprintf("%s + %s", a.sql, b.sql), classNum, false)
	case 1:
		return computed(sprintf("coalesce(%s, 0)", a.sql), classNum, false)
	case 2:
		return computed(sprintf("CASE WHEN %s > 1 THEN %s ELSE %s END", b.sql, a.sql, pick(d.rng, "NULL", "0", "'few'")), classAny, false)
	case 3:
		return computed(sprintf("round(%s, 2)", a.sql), classNum, false)
	case 4:
		return computed(sprintf("%s || '/' || count(*)", a.sql), classText, true)
	case 5:
		return computed(sprintf("%s > %s", a.sql, b.sql), classInt, true)
	case 6:
		if k := after.plain(); len(k) > 0 {
			return computed(sprintf("%s || ':' || %s", pick(d.rng, k...).ref, b.sql), classText, true)
		}
		return computed(sprintf("typeof(%s)", a.sql), classText, true)
	case 7:
		return computed(sprintf("(%s IS NULL) + count(*) * 2", a.sql), classInt, true)
	default:
		return computed(sprintf("%s / count(*)", a.sql), classNum, false)
	}
}

// determined makes an aggregate whose value does not depend on which of several equal values was chosen.
func (d *designer) determined(in scope) aggregate {
	for {
		if a := d.aggregate(in); a.of == "" || a.canonical {
			return a
		}
	}
}

// having makes a HAVING condition.
func (d *designer) having(in, after scope) string {
	if len(in.outer) > 0 && d.chance(25) {
		return sprintf("%s %s %s", d.determined(in).sql, pick(d.rng, "<", ">=", "=", "<>", "IS NOT"), pick(d.rng, in.outer...).ref)
	}
	if after.nest.allowed() && d.chance(25) {
		if e, ok := after.nest.scalar(after); ok {
			return sprintf("%s %s %s", d.determined(in).sql, pick(d.rng, "<", ">=", "=", "<>", "IS NOT"), e.sql)
		}
	}
	var p string
	switch d.IntN(5) {
	case 0:
		p = sprintf("count(*) > %d", d.IntN(3))
	case 1:
		a := d.aggregate(in)
		p = sprintf("%s %s", a.sql, pick(d.rng, "IS NOT NULL", "IS NULL", "> 2", "< 5", "= 1", "<> 0"))
	case 2:
		p = sprintf("%s %s %s", d.determined(in).sql, pick(d.rng, "<", "<=", "="), d.determined(in).sql)
	case 3:
		if len(after.cols) > 0 {
			p = d.predicate(after, 1)
		} else {
			p = "count(*)"
		}
	default:
		p = sprintf("%s", d.determined(in).sql)
	}
	if d.chance(20) {
		p = sprintf("%s %s count(*) %% 2 = 1", p, pick(d.rng, "AND", "OR"))
	}
	return p
}

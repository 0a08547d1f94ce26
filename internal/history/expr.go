package history

import (
	"strings"
)

// col is a column in scope, or an output column.
type col struct {
	ref       string // how to write it
	name      string
	source    string // alias of the FROM term
	class     class
	affinity  affinity
	collation string
	// canonical: no two of its values compare equal without being identical.
	canonical bool
	// free: which of several equal values it has is open. It may then be compared, counted, grouped and passed on only.
	free bool
	// opaque: SQLite's own affinity or collation of the column depends on how it flattens the query (columns of UNION
	// ALL whose arms differ). It may be passed on, counted and tested for NULL only.
	opaque bool
	nested bool // of a join in parentheses: SQLite may name it otherwise, and a result column of it needs a name of its own
	row    bool // of a base table, telling its rows apart
	padded bool // an outer join may make it NULL
	merged bool // USING made one column of it and another: without a qualifier it is ambiguous, or not this one
}

// expr is an expression with what is known of its values.
type expr struct {
	sql       string
	class     class
	affinity  affinity
	collation string
	canonical bool
	column    *col // set when it is just a column
}

// scope is what an expression may refer to. risky allows expressions that fail on some data.
type scope struct {
	cols  []col
	risky bool
	outer []col    // columns of the queries around
	nest  *nesting // what may make subqueries, nil for none
	above []string // aggregates that subqueries may contain
}

// padded returns the columns that an outer join may make NULL.
func (s scope) padded() []*col {
	var out []*col
	for i := range s.cols {
		if s.cols[i].padded {
			out = append(out, &s.cols[i])
		}
	}
	return out
}

// plain returns the columns whose values are determined.
func (s scope) plain(classes ...class) []*col {
	var out []*col
	for i := range s.cols {
		c := &s.cols[i]
		if c.free || c.opaque {
			continue
		}
		if len(classes) == 0 {
			out = append(out, c)
		}
		for _, k := range classes {
			if c.class == k {
				out = append(out, c)
			}
		}
	}
	return out
}

func (c *col) expr() expr {
	return expr{sql: c.ref, class: c.class, affinity: c.affinity, collation: c.collation, canonical: c.canonical, column: c}
}

// computed is an expression other than a column. An explicit COLLATE in it is the collation of the whole, the leftmost
// if there are several.
func computed(sql string, c class, canonical bool) expr {
	e := expr{sql: sql, class: c, affinity: affNone, collation: "BINARY", canonical: canonical}
	if _, after, ok := strings.Cut(sql, " COLLATE "); ok {
		e.collation = "BINARY"
		for _, name := range []string{"NOCASE", "RTRIM"} {
			if strings.HasPrefix(after, name) {
				e.collation, e.canonical = name, false
			}
		}
	}
	return e
}

// bare tells whether the expression has no collation, not even BINARY.
func (e expr) bare() bool {
	return e.column == nil && !strings.Contains(e.sql, " COLLATE ") && !strings.HasPrefix(e.sql, "CAST(")
}

// any returns some expression over determined columns.
func (r rng) any(s scope, depth int) expr {
	cols := s.plain()
	if len(cols) > 0 && (depth <= 0 || r.chance(50)) {
		return pick(r, cols...).expr()
	}
	if s.nest.allowed() && r.chance(22) {
		if e, ok := s.nest.scalar(s); ok {
			return e
		}
	}
	switch r.weighted(4, 3, 4, 2, 2) {
	case 0:
		return r.integer(s, depth)
	case 1:
		return r.number(s, depth)
	case 2:
		return r.text(s, depth)
	case 3:
		return r.odd(s, depth)
	default:
		p := r.predicate(s, depth-1)
		if !strings.ContainsRune(p, ' ') {
			p = "NOT " + p // a bare column is no truth value
		}
		return computed("("+p+")", classInt, true)
	}
}

// integer returns an expression that is an integer for integers.
func (r rng) integer(s scope, depth int) expr {
	cols := s.plain(classInt)
	if len(cols) == 0 {
		if any := s.plain(); len(any) > 0 && r.chance(70) {
			return computed(sprintf("length(%s)", pick(r, any...).ref), classInt, true)
		}
		return computed(pick(r, smallInts...), classInt, true)
	}
	c := pick(r, cols...)
	if depth <= 0 {
		return c.expr()
	}
	a := r.integer(s, depth-1).sql
	switch r.IntN(12) {
	case 0:
		return computed(sprintf("(%s + %s)", c.ref, a), classInt, false)
	case 1:
		return computed(sprintf("(%s - %s)", a, c.ref), classInt, false)
	case 2:
		return computed(sprintf("%s * %s", c.ref, pick(r, smallInts...)), classInt, false)
	case 3:
		return computed(sprintf("%s %% 3", c.ref), classInt, false)
	case 4:
		return computed(sprintf("coalesce(%s, %s)", c.ref, pick(r, smallInts...)), classInt, false)
	case 5:
		return computed(sprintf("CASE WHEN %s THEN %s ELSE %s END", r.predicate(s, depth-1), c.ref, a), classInt, false)
	case 6:
		return computed(sprintf("(%s & 3)", c.ref), classInt, true)
	case 7:
		return computed(sprintf("(%s << 1 | 1)", c.ref), classInt, true)
	case 8:
		return computed(sprintf("-%s", c.ref), classInt, false)
	case 9:
		e := computed(sprintf("CAST(%s AS INTEGER)", c.ref), classInt, true) // -0.0 and the like are gone
		e.affinity, e.collation = affInteger, c.collation
		return e
	case 10:
		return computed(sprintf("iif(%s, 1, 0)", r.predicate(s, depth-1)), classInt, true)
	default:
		if s.risky {
			return computed(sprintf("abs(%s)", c.ref), classInt, false)
		}
		return computed(sprintf("nullif(%s, %s)", c.ref, pick(r, smallInts...)), classInt, false)
	}
}

// number returns a numeric expression.
func (r rng) number(s scope, depth int) expr {
	cols := s.plain(classNum, classInt, classAny)
	if len(cols) == 0 {
		return r.integer(s, depth)
	}
	c := pick(r, cols...)
	if depth <= 0 {
		return c.expr()
	}
	switch r.IntN(7) {
	case 0:
		return computed(sprintf("%s / 2", c.ref), classNum, false)
	case 1:
		return computed(sprintf("round(%s, 1)", c.ref), classNum, false)
	case 2:
		return computed(sprintf("%s * 0.5", c.ref), classNum, false)
	case 3:
		return computed(sprintf("(%s + %s)", c.ref, r.number(s, depth-1).sql), classNum, false)
	case 4:
		e := computed(sprintf("CAST(%s AS REAL)", c.ref), classNum, false)
		e.affinity, e.collation = affReal, c.collation
		return e
	case 5:
		e := computed(sprintf("CAST(%s AS NUMERIC)", c.ref), classNum, false)
		e.affinity, e.collation = affNumeric, c.collation
		return e
	default:
		return computed(sprintf("max(%s, %s)", c.ref, pick(r, reals...)), classNum, false)
	}
}

// text returns a text expression.
func (r rng) text(s scope, depth int) expr {
	cols := s.plain(classText, classJSON, classDate)
	if len(cols) == 0 || r.chance(20) {
		cols = s.plain()
	}
	if len(cols) == 0 {
		return computed(pick(r, texts...), classText, true)
	}
	c := pick(r, cols...)
	if depth <= 0 {
		return c.expr()
	}
	switch r.IntN(13) {
	case 0:
		return computed(sprintf("upper(%s)", c.ref), classText, true)
	case 1:
		return computed(sprintf("%s || %s", c.ref, pick(r, texts...)), classText, true)
	case 2:
		return computed(sprintf("%s || %s", c.ref, r.text(s, depth-1).sql), classText, true)
	case 3:
		return computed(sprintf("substr(%s, 1, 1)", c.ref), classText, true)
	case 4:
		return computed(sprintf("typeof(%s)", c.ref), classText, true)
	case 5:
		return computed(sprintf("quote(%s)", c.ref), classText, true)
	case 6:
		return computed(sprintf("coalesce(%s, 'none')", c.ref), classText, false)
	case 7:
		return computed(sprintf("trim(%s)", c.ref), classText, true)
	case 8:
		e := computed(sprintf("CAST(%s AS TEXT)", c.ref), classText, c.collation == "BINARY")
		e.affinity, e.collation = affText, c.collation
		return e
	case 9:
		coll := pick(r, "NOCASE", "RTRIM", "BINARY")
		e := c.expr()
		e.sql, e.collation, e.canonical, e.column = sprintf("%s COLLATE %s", c.ref, coll), coll, false, nil
		return e
	case 10:
		return computed(sprintf("replace(%s, 'a', 'z')", c.ref), classText, true)
	case 11:
		return computed(sprintf("hex(%s)", c.ref), classText, true)
	default:
		return computed(sprintf("printf('%%s-%%d', %s, %s)", c.ref, r.integer(s, 0).sql), classText, true)
	}
}

// odd returns JSON, date and other expressions.
func (r rng) odd(s scope, depth int) expr {
	if cols := s.plain(classJSON); len(cols) > 0 && r.chance(70) {
		j := pick(r, cols...).ref
		if s.risky && r.chance(60) {
			return computed(pick(r, sprintf("json_extract(%s, '$.a')", j), sprintf("%s ->> '$.a'", j), sprintf("%s -> 'a'", j),
				sprintf("json_type(%s)", j)), classAny, false)
		}
		return computed(pick(r, sprintf("json_valid(%s)", j), sprintf("CASE WHEN json_valid(%s) THEN json_extract(%s, '$.a') END", j, j),
			sprintf("iif(json_valid(%s), json_array_length(%s), -1)", j, j)), classAny, false)
	}
	if cols := s.plain(classDate); len(cols) > 0 {
		d := pick(r, cols...).ref
		return computed(pick(r, sprintf("date(%s)", d), sprintf("strftime('%%m', %s)", d), sprintf("julianday(%s)", d),
			sprintf("date(%s, '+1 month')", d)), classAny, false)
	}
	if depth > 0 {
		return computed(sprintf("coalesce(%s, %s)", r.any(s, depth-1).sql, r.any(s, depth-1).sql), classAny, false)
	}
	return computed(pick(r, "NULL", "1", "'k'", "2.5"), classAny, true)
}

// predicate returns a condition. Columns that are free take part where only equality counts.
func (r rng) predicate(s scope, depth int) string {
	if s.nest.allowed() && r.chance(30) {
		if p, ok := s.nest.condition(s); ok {
			return p
		}
	}
	if len(s.outer) > 0 && r.chance(10) {
		if p := r.compared(s.cols, s.outer); p != "" {
			return p
		}
	}
	if depth > 0 && r.chance(35) {
		a, b := r.predicate(s, depth-1), r.predicate(s, depth-1)
		switch r.IntN(7) {
		case 0, 1:
			return sprintf("%s AND %s", a, b)
		case 2:
			return sprintf("(%s OR %s)", a, b)
		case 3:
			return sprintf("NOT (%s)", a)
		case 4:
			return sprintf("NOT %s", a)
		case 5:
			return sprintf("(%s) IS NOT TRUE", a)
		default:
			return sprintf("(%s) = (%s)", a, b)
		}
	}
	var usable []*col
	for i := range s.cols {
		if !s.cols[i].opaque {
			usable = append(usable, &s.cols[i])
		}
	}
	if len(usable) == 0 {
		if len(s.cols) > 0 {
			return pick(r, s.cols...).ref + " IS NOT NULL"
		}
		return "1"
	}
	c := pick(r, usable...)
	if c.free || r.chance(55) {
		return r.comparison(c.ref, c.class)
	}
	switch r.IntN(9) {
	case 0: // whether a blob is LIKE anything differs from build to build of SQLite
		return sprintf("%s || '' LIKE %s", c.ref, pick(r, "'a%'", "'%b'", "'_'", "'%'", "'A_'"))
	case 1:
		return sprintf("%s || '' NOT LIKE %s", c.ref, pick(r, "'a%'", "'%b'", "'_'"))
	case 2:
		return sprintf("%s GLOB %s", c.ref, pick(r, "'a*'", "'?'", "'[ab]'"))
	case 3:
		return c.ref
	case 4:
		return sprintf("%s %s %s", c.ref, pick(r, "=", "<>", "<", ">=", "IS", "IS NOT", "=="), r.any(s, depth-1).sql)
	case 5:
		d := pick(r, s.plain()...)
		return sprintf("%s %s %s", c.ref, pick(r, "=", "<", "IS", "IS DISTINCT FROM", "IS NOT DISTINCT FROM", "<=", "!="), d.ref)
	case 6:
		return sprintf("%s = %s COLLATE %s", c.ref, r.literal(classText, false), pick(r, "NOCASE", "RTRIM", "BINARY"))
	case 7:
		return sprintf("%s BETWEEN %s AND %s AND %s", c.ref, pick(r, smallInts...), r.literal(c.class, false),
			r.comparison(pick(r, usable...).ref, classAny))
	default:
		return sprintf("length(%s) > 1", c.ref)
	}
}

// comparison returns a condition on one column for which equal values are alike.
func (r rng) comparison(ref string, c class) string {
	switch r.IntN(9) {
	case 0:
		return ref + pick(r, " IS NULL", " IS NOT NULL", " ISNULL", " NOTNULL", " NOT NULL")
	case 1:
		return sprintf("%s BETWEEN %s AND %s", ref, r.nonNull(c), r.nonNull(c))
	case 2:
		return sprintf("%s NOT BETWEEN %s AND %s", ref, r.nonNull(c), r.nonNull(c))
	case 3, 4:
		var list []string
		for range r.between(1, 4) {
			list = append(list, r.literal(c, false))
		}
		return sprintf("%s %s (%s)", ref, pick(r, "IN", "IN", "NOT IN"), strings.Join(list, ", "))
	default:
		return sprintf("%s %s %s", ref, pick(r, "=", "<>", "<", "<=", ">", ">=", "IS", "IS NOT", ">", "<"), r.literal(c, false))
	}
}

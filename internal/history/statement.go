package history

import (
	"strings"
)

// writer makes the statements that write base tables.
type writer struct {
	rng
	tables []*table
}

// values is a statement of the form HEAD row, row, … TAIL, whose rows can be left out one by one.
type values struct {
	head string
	rows []string
	tail string
}

// SQL returns the statement's text.
func (v values) SQL() string { return v.head + strings.Join(v.rows, ", ") + v.tail }

// orClause is OR REPLACE and the like, mostly nothing.
func (w *writer) orClause(percent int) string {
	if !w.chance(percent) {
		return ""
	}
	return " OR " + pick(w.rng, "REPLACE", "REPLACE", "REPLACE", "IGNORE", "IGNORE", "FAIL", "ABORT", "ROLLBACK")
}

// write makes an INSERT, UPDATE or DELETE.
func (w *writer) write() values {
	t := pick(w.rng, w.tables...)
	switch w.weighted(8, 6, 4) {
	case 0:
		return w.insert(t)
	case 1:
		return values{head: w.update(t)}
	default:
		return values{head: w.delete(t)}
	}
}

func (w *writer) insert(t *table) values {
	cols := t.writable()
	if w.chance(15) {
		if c := some(w.rng, 70, cols); len(c) > 0 {
			cols = c
		}
	}
	var names []string
	for _, c := range cols {
		names = append(names, c.name)
	}
	verb := "INSERT" + w.orClause(30)
	if w.chance(5) {
		verb = "REPLACE"
	}
	head := sprintf("%s INTO %s(%s) ", verb, t.name, strings.Join(names, ", "))
	if w.chance(12) {
		return values{head: head + w.insertSelect(cols)}
	}
	v := values{head: head + "VALUES "}
	for range pick(w.rng, 1, 1, 1, 2, 3, 4, 6) {
		var row []string
		for _, c := range cols {
			row = append(row, w.value(t, c))
		}
		v.rows = append(v.rows, "("+strings.Join(row, ", ")+")")
	}
	if w.chance(15) {
		v.tail = w.upsert(t)
	}
	return v
}

// value is a literal for a column.
func (w *writer) value(t *table, c column) string {
	if c.name == "id" && t.ipk >= 0 {
		if w.chance(25) {
			return "NULL"
		}
		if w.chance(3) {
			return pick(w.rng, "'7'", "8.0", "-3", "'x'")
		}
		return pick(w.rng, "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12")
	}
	if c.notNull && w.chance(85) {
		for {
			if v := w.literal(c.class, t.dirty && !c.strict); v != "NULL" {
				return v
			}
		}
	}
	return w.literal(c.class, t.dirty && !c.strict)
}

// insertSelect makes the SELECT of an INSERT from another or the same table.
func (w *writer) insertSelect(cols []column) string {
	from := pick(w.rng, w.tables...)
	var exprs []string
	for _, c := range cols {
		e := w.literal(c.class, false)
		for _, f := range from.columns {
			if fits(f, c) && w.chance(50) {
				e = f.name
				if c.class == classInt && w.chance(50) {
					e += pick(w.rng, " + 1", " + 3", " * 2")
				}
			}
		}
		exprs = append(exprs, e)
	}
	s := sprintf("SELECT %s FROM %s WHERE %s", strings.Join(exprs, ", "), from.name, w.condition(from))
	return s + sprintf(" ORDER BY %s LIMIT %d", allColumns(from), w.between(1, 6))
}

// fits tells whether values of the column from may be written to the column to. An id takes no large numbers: after the
// largest rowid SQLite chooses at random. A STRICT column takes none that may have another type: SQLite keeps the rows that
// a statement had written before it met such a value, where no trigger makes it use a statement journal.
func fits(from, to column) bool {
	return from.class == to.class && (to.name != "id" || from.name == "id") && (!to.strict || from.strict)
}

// allColumns lists a table's columns: an order in which only equal rows are tied.
func allColumns(t *table) string {
	var names []string
	for _, c := range t.columns {
		names = append(names, c.name)
	}
	return strings.Join(names, ", ")
}

// upsert makes one or two ON CONFLICT clauses.
func (w *writer) upsert(t *table) string {
	out := ""
	if len(t.uniques) > 0 {
		for range 1 + w.weighted(3, 1) {
			target := pick(w.rng, t.uniques...)
			out += " ON CONFLICT" + target + " "
			if w.chance(30) {
				out += "DO NOTHING"
			} else {
				out += "DO UPDATE SET " + w.assignments(t, true)
				if w.chance(30) {
					out += " WHERE " + w.condition(t)
				}
			}
		}
	}
	if out == "" || w.chance(15) {
		out += " ON CONFLICT DO NOTHING"
	}
	return out
}

// assignments makes the SET list of an UPDATE, or of an UPSERT with excluded.
func (w *writer) assignments(t *table, excluded bool) string {
	cols := t.writable()
	set := cols[:0:0]
	for _, i := range w.Perm(len(cols))[:w.between(1, min(2, len(cols)))] {
		set = append(set, cols[i])
	}
	var parts []string
	for _, c := range set {
		e := w.value(t, c)
		switch {
		case excluded && w.chance(50):
			e = "excluded." + c.name
		case (c.class == classInt || c.class == classNum) && w.chance(45):
			e = c.name + pick(w.rng, " + 1", " - 1", " * 2", " + 10")
		case c.class == classText && w.chance(25):
			e = pick(w.rng, "upper("+c.name+")", "lower("+c.name+")", c.name+" || ' '", "trim("+c.name+")")
		case w.chance(10) && c.name != "id":
			if o := pick(w.rng, cols...); !c.strict || fits(o, c) {
				e = o.name
			}
		}
		parts = append(parts, c.name+" = "+e)
	}
	return strings.Join(parts, ", ")
}

func (w *writer) update(t *table) string {
	s := sprintf("UPDATE%s %s SET %s", w.orClause(25), t.name, w.assignments(t, false))
	if w.chance(8) && len(w.tables) > 1 {
		if from := pick(w.rng, w.tables...); from != t {
			return s + sprintf(" FROM (SELECT %s AS k FROM %s LIMIT 1) AS f WHERE %s.%s = f.k", from.columns[0].name, from.name, t.name,
				t.columns[0].name)
		}
	}
	if w.chance(85) {
		s += " WHERE " + w.condition(t)
	}
	return s
}

func (w *writer) delete(t *table) string {
	s := "DELETE FROM " + t.name
	if w.chance(90) {
		s += " WHERE " + w.condition(t)
	}
	return s
}

// condition selects some rows of a table.
func (w *writer) condition(t *table) string {
	c := pick(w.rng, t.columns...)
	if w.chance(10) {
		return pick(w.rng, "1", "0")
	}
	p := w.comparison(c.name, c.class)
	if c.name == "id" && w.chance(50) {
		p = sprintf("id = %d", w.between(1, 12))
	}
	if w.chance(15) {
		d := pick(w.rng, t.columns...)
		p += pick(w.rng, " AND ", " OR ") + w.comparison(d.name, d.class)
	}
	return p
}

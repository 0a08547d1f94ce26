package ext

import (
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/cursor"
	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner"
)

// scan is a way to read a view's output table: which constraints it uses, through what, and in what order.
//
// SQLite hands constraint values over as they are, before the comparison's affinity, and does not say which affinity the
// comparison has: that depends on the other side too. So a constraint only ever narrows what is read to a set that
// surely holds every match, and SQLite checks it again (no omit).
type scan struct {
	name   string // of the index, for EXPLAIN QUERY PLAN; "" for the whole table
	byKey  bool
	terms  []scanTerm
	order  []cursor.Term
	unique bool
	used   uint64 // the columns that the query uses, as xBestIndex has them
	point  string // the statement that reads one key, once written
}

type scanTerm struct {
	column int
	op     sqlite3.Op
}

// text is the scan as EXPLAIN QUERY PLAN shows it, and its name in the view's table of scans.
func (s *scan) text(v *view) string {
	var b strings.Builder
	b.WriteString(s.name)
	for i, t := range s.terms {
		if i == 0 {
			b.WriteString(" (")
		} else {
			b.WriteString(" AND ")
		}
		b.WriteString(v.columns[t.column].Name)
		switch t.op {
		case sqlite3.OpIsNull:
			b.WriteString(" IS NULL")
		case sqlite3.OpIs:
			b.WriteString(" IS ?")
		default:
			b.WriteString(opText(t.op) + "?")
		}
	}
	if len(s.terms) > 0 {
		b.WriteString(")")
	}
	for i, o := range s.order {
		if i == 0 {
			b.WriteString(" ORDER BY ")
		} else {
			b.WriteString(", ")
		}
		b.WriteString(v.columns[o.Column].Name)
		if o.Desc {
			b.WriteString(" DESC")
		}
	}
	return strings.TrimSpace(b.String())
}

func opText(op sqlite3.Op) string {
	switch op {
	case sqlite3.OpGT:
		return ">"
	case sqlite3.OpGE:
		return ">="
	case sqlite3.OpLT:
		return "<"
	case sqlite3.OpLE:
		return "<="
	}
	return "="
}

// Text that looks like a number begins with a byte below this one, in every built-in collation. Compared with a numeric
// column such text becomes a number, which sorts before all text.
const aboveNumericText = ":"

func isNumber(v dbsp.Value) bool { return v.Kind() == dbsp.Integer || v.Kind() == dbsp.Real }

func isNumeric(a planner.Affinity) bool {
	return a == planner.AffinityInteger || a == planner.AffinityReal || a == planner.AffinityNumeric
}

// atLeastNumericText raises an upper bound so that text that looks like a number stays below it.
func atLeastNumericText(v dbsp.Value) dbsp.Value {
	if v.Kind() == dbsp.Text && v.Str() < aboveNumericText {
		return dbsp.NewText(aboveNumericText)
	}
	return v
}

// narrowing writes a condition on a stored column, with ? for the value to bind, that every match of "column op value"
// meets, whatever affinity the comparison has; "" when nothing can be said; never when nothing can match.
func narrowing(aff planner.Affinity, column string, op sqlite3.Op, value dbsp.Value) (cond string, bind dbsp.Value, never bool) {
	if op == sqlite3.OpIsNull || op == sqlite3.OpIs && value.IsNull() {
		return column + " IS NULL", value, false
	}
	if value.IsNull() {
		return "", value, true
	}
	plain := column + " " + opText(op) + " ?"
	upper := op == sqlite3.OpLT || op == sqlite3.OpLE
	lower := op == sqlite3.OpGT || op == sqlite3.OpGE
	switch {
	case isNumeric(aff):
		// Numeric affinity wins over any other, and the stored column applies it to the value.
		return plain, value, false
	case isNumber(value) && aff == planner.AffinityText:
		// A literal becomes text, a numeric column makes numbers of the stored text.
		return "", value, false
	case isNumber(value) && !lower:
		return "(" + plain + " OR " + column + " >= '' AND " + column + " < '" + aboveNumericText + "')", value, false
	case upper:
		return plain, atLeastNumericText(value), false
	}
	return plain, value, false
}

// allColumns is the set of columns that a query uses when it uses all.
const allColumns = ^uint64(0)

// uses reports whether a set of columns, as xBestIndex has them, has column i.
func uses(set uint64, i int) bool { return set>>min(i, 63)&1 != 0 }

// selection lists what the statement that reads the scan returns: the view's columns, NULL for those that are not used, the
// weight, which is 1 in a keyed view, and the key.
func (s *scan) selection(v *view, keyed bool, used uint64) string {
	var b strings.Builder
	for i, c := range v.columns {
		if uses(used, i) {
			b.WriteString(ident(c.Name) + ", ")
		} else {
			b.WriteString("NULL, ")
		}
	}
	weight := ident(weightColumn)
	if keyed {
		weight = "1"
	}
	return b.String() + weight + ", " + ident(keyColumn)
}

// pointKey appends the key that the scan reads, where sql would give the statement that reads one key, written before. It says
// false for what it leaves to sql.
func (s *scan) pointKey(v *view, plan *planner.Plan, values []dbsp.Value, used uint64, key []byte) ([]byte, bool) {
	if s.point == "" || used != s.used || len(s.terms) != len(plan.KeyColumns) {
		return key, false
	}
	for i, t := range s.terms {
		value := values[i]
		if t.op != sqlite3.OpEQ || value.IsNull() || isNumber(value) != isNumeric(v.columns[t.column].affinity()) {
			return key, false // a value to be converted, or to be compared with several
		}
		key = dbsp.AppendKey(key, value, plan.KeyCollations[i])
	}
	return key, true
}

// sql writes the statement that reads the used columns of the scan, given the constraint values, and what to bind; empty is
// set when no row can match.
func (s *scan) sql(v *view, plan *planner.Plan, values []dbsp.Value, used uint64) (sql string, args []dbsp.Value, empty bool) {
	var conds []string
	point := false
	if s.byKey {
		ranges, never := s.keyRanges(v, plan, values)
		if never {
			return "", nil, true
		}
		if point = used == s.used && len(ranges) == 1 && ranges[0].point(); point && s.point != "" {
			return s.point, []dbsp.Value{dbsp.NewBlob(string(ranges[0].lo))}, false
		}
		var alternatives []string
		for _, r := range ranges {
			c, vs := r.condition(len(args))
			args = append(args, vs...)
			if c != "" {
				alternatives = append(alternatives, c)
			}
		}
		if len(alternatives) == len(ranges) {
			conds = append(conds, "("+strings.Join(alternatives, " OR ")+")")
		} else {
			args = nil
		}
	} else {
		for i, t := range s.terms {
			c, value, never := narrowing(v.columns[t.column].affinity(), ident(v.columns[t.column].Name), t.op, values[i])
			if never {
				return "", nil, true
			}
			if c == "" {
				continue
			}
			if strings.Contains(c, "?") {
				args = append(args, value)
				c = strings.Replace(c, "?", fmt.Sprintf("?%d", len(args)), 1)
			}
			conds = append(conds, c)
		}
	}
	var b strings.Builder
	b.WriteString("SELECT " + s.selection(v, plan.Keyed, used) + " FROM " + qualified(v.db.name, v.outTable()))
	for i, c := range conds {
		if i == 0 {
			b.WriteString(" WHERE ")
		} else {
			b.WriteString(" AND ")
		}
		b.WriteString(c)
	}
	for i, o := range s.order {
		if i == 0 {
			b.WriteString(" ORDER BY ")
		} else {
			b.WriteString(", ")
		}
		name := v.columns[o.Column].Name
		if s.byKey {
			name = keyColumn // the key's order is the columns' order
		}
		b.WriteString(ident(name))
		if o.Desc {
			b.WriteString(" DESC")
		}
		if s.byKey {
			break
		}
	}
	if point {
		s.point = b.String()
	}
	return b.String(), args, false
}

// keyRange is a range [lo, hi) of stored keys; nil is unbounded, and hi equal to lo means that one key.
type keyRange struct{ lo, hi []byte }

func (r keyRange) point() bool { return r.lo != nil && string(r.lo) == string(r.hi) }

func (r keyRange) condition(bound int) (string, []dbsp.Value) {
	k := ident(keyColumn)
	switch {
	case r.lo == nil && r.hi == nil:
		return "", nil
	case r.point():
		return fmt.Sprintf("%s = ?%d", k, bound+1), []dbsp.Value{dbsp.NewBlob(string(r.lo))}
	case r.hi == nil:
		return fmt.Sprintf("%s >= ?%d", k, bound+1), []dbsp.Value{dbsp.NewBlob(string(r.lo))}
	case r.lo == nil:
		return fmt.Sprintf("%s < ?%d", k, bound+1), []dbsp.Value{dbsp.NewBlob(string(r.hi))}
	}
	return fmt.Sprintf("%s >= ?%d AND %s < ?%d", k, bound+1, k, bound+2),
		[]dbsp.Value{dbsp.NewBlob(string(r.lo)), dbsp.NewBlob(string(r.hi))}
}

// keyRanges encodes the constraint values of a scan by group key into ranges of the stored key that hold every match.
func (s *scan) keyRanges(v *view, plan *planner.Plan, values []dbsp.Value) (ranges []keyRange, never bool) {
	var prefix []byte
	for i, t := range s.terms {
		coll := plan.KeyCollations[i]
		value := values[i]
		aff := v.columns[t.column].affinity()
		if t.op == sqlite3.OpIsNull {
			value = dbsp.Value{}
		} else if value.IsNull() && t.op != sqlite3.OpIs {
			return nil, true
		}
		if isNumeric(aff) {
			converted, err := v.db.e.asNumeric(value)
			if err != nil {
				return []keyRange{underPrefix(prefix)}, false
			}
			value = converted
		}
		encode := func(x dbsp.Value) []byte { return dbsp.AppendKey(append([]byte(nil), prefix...), x, coll) }
		free := isNumber(value) && !isNumeric(aff) // the comparison may turn stored text into numbers
		if free && aff == planner.AffinityText {
			return []keyRange{underPrefix(prefix)}, false
		}
		all := underPrefix(prefix)
		switch t.op {
		case sqlite3.OpGE:
			return []keyRange{{encode(value), all.hi}}, false
		case sqlite3.OpGT:
			return []keyRange{{dbsp.AppendKeyUpper(nil, encode(value)), all.hi}}, false
		case sqlite3.OpLT, sqlite3.OpLE:
			if free {
				return []keyRange{{all.lo, encode(dbsp.NewText(aboveNumericText))}}, false
			}
			if !isNumeric(aff) {
				value = atLeastNumericText(value)
			}
			return []keyRange{{all.lo, dbsp.AppendKeyUpper(nil, encode(value))}}, false
		}
		next := encode(value)
		if free {
			return []keyRange{
				{next, dbsp.AppendKeyUpper(nil, next)},
				{encode(dbsp.NewText("")), encode(dbsp.NewText(aboveNumericText))},
			}, false
		}
		prefix = next
	}
	if len(s.terms) == len(plan.KeyColumns) && len(s.terms) > 0 {
		return []keyRange{{prefix, prefix}}, false
	}
	return []keyRange{underPrefix(prefix)}, false
}

// underPrefix is the range of all keys that begin with prefix.
func underPrefix(prefix []byte) keyRange {
	if len(prefix) == 0 {
		return keyRange{}
	}
	return keyRange{prefix, dbsp.AppendKeyUpper(nil, prefix)}
}

// asNumeric applies numeric affinity to a value, as a comparison with a numeric column does.
func (e *engine) asNumeric(v dbsp.Value) (dbsp.Value, error) {
	if v.Kind() != dbsp.Text {
		return v, nil
	}
	s, err := e.kept(&e.asNumber, "SELECT CASE WHEN ?1 = CAST(?1 AS NUMERIC) THEN CAST(?1 AS NUMERIC) ELSE ?1 END")
	if err != nil {
		return v, err
	}
	defer s.Reset()
	if err := s.Bind(1, v); err != nil {
		return v, err
	}
	if _, err := s.Step(); err != nil {
		return v, err
	}
	return s.Column(0), nil
}

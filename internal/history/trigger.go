package history

import (
	"strconv"
	"strings"
)

// trigger makes a CREATE TRIGGER statement. None of them writes the very row that is being written from a BEFORE
// trigger, and none uses RAISE(IGNORE) in an AFTER trigger: those have rules of their own and are tested by hand.
func (w *writer) trigger(n int, temp bool) string {
	t := pick(w.rng, w.tables...)
	event := pick(w.rng, "INSERT", "UPDATE", "DELETE")
	when := pick(w.rng, "BEFORE", "AFTER", "AFTER")
	row := map[string]string{"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}[event]
	of := ""
	if event == "UPDATE" && w.chance(30) {
		of = " OF " + pick(w.rng, t.writable()...).name
	}
	name, on := "tr"+strconv.Itoa(n), t.name
	create := "CREATE TRIGGER "
	if temp {
		create, on = "CREATE TEMP TRIGGER ", "main."+t.name
	}
	guard := ""
	if w.chance(50) {
		c := pick(w.rng, t.writable()...)
		guard = " WHEN " + w.comparison(row+"."+c.name, c.class)
	}
	var body []string
	for range w.between(1, 2) {
		body = append(body, w.triggerStatement(t, event, when, row))
	}
	return sprintf("%s%s %s %s%s ON %s%s BEGIN %s; END", create, name, when, event, of, on, guard, strings.Join(body, "; "))
}

func (w *writer) triggerStatement(t *table, event, when, row string) string {
	others := w.tables[:0:0]
	for _, o := range w.tables {
		if o != t {
			others = append(others, o)
		}
	}
	if w.chance(25) || len(others) == 0 && when == "BEFORE" {
		c := pick(w.rng, t.writable()...)
		actions := []string{"ABORT, 'no'", "FAIL, 'no'", "ROLLBACK, 'no'"}
		if when == "BEFORE" {
			actions = append(actions, "IGNORE", "IGNORE", "IGNORE")
		}
		return sprintf("SELECT RAISE(%s) WHERE %s", pick(w.rng, actions...), w.comparison(row+"."+c.name, c.class))
	}
	if when == "AFTER" && (len(others) == 0 || w.chance(35)) {
		return w.selfUpdate(t, event, row)
	}
	o := pick(w.rng, others...)
	switch w.IntN(3) {
	case 0:
		var names, exprs []string
		for _, c := range o.writable() {
			if c.name == "id" && o.ipk >= 0 && w.chance(60) {
				continue
			}
			names = append(names, c.name)
			e := w.value(o, c)
			for _, f := range t.columns {
				if f.virtual && when == "BEFORE" {
					continue // SQLite may not compute it then
				}
				if fits(f, c) && w.chance(60) {
					e = row + "." + f.name
				}
			}
			exprs = append(exprs, e)
		}
		return sprintf("INSERT%s INTO %s(%s) VALUES (%s)", w.orClause(40), o.name, strings.Join(names, ", "), strings.Join(exprs, ", "))
	case 1:
		return sprintf("UPDATE%s %s SET %s WHERE %s", w.orClause(30), o.name, w.assignments(o, false), w.matching(o, t, row))
	default:
		return sprintf("DELETE FROM %s WHERE %s", o.name, w.matching(o, t, row))
	}
}

// matching selects the rows of o that share a value with the trigger's row.
func (w *writer) matching(o, t *table, row string) string {
	var pairs []string
	for _, a := range o.columns {
		for _, b := range t.writable() {
			if a.class == b.class {
				pairs = append(pairs, sprintf("%s = %s.%s", a.name, row, b.name))
			}
		}
	}
	if len(pairs) == 0 {
		return w.condition(o)
	}
	return pick(w.rng, pairs...)
}

// selfUpdate is a statement of an AFTER trigger that writes the trigger's own table: an updated_at column, a row that
// follows another.
func (w *writer) selfUpdate(t *table, event, row string) string {
	set := pick(w.rng, t.writable()...)
	key := "rowid"
	if t.withoutRowid {
		key = t.primary[0]
	}
	if event != "DELETE" && w.chance(60) {
		v := w.value(t, set)
		return sprintf("UPDATE %s SET %s = %s WHERE %s = %s.%s AND %s IS NOT %s", t.name, set.name, v, key, row, key, set.name, v)
	}
	return sprintf("DELETE FROM %s WHERE %s IS %s.%s AND %s", t.name, set.name, row, set.name, w.condition(t))
}

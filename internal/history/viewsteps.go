package history

import (
	"slices"
	"strings"
)

// openRead opens a cursor on a view and writes while it is read.
func (g *generator) openRead() {
	if len(g.views) == 0 {
		return
	}
	g.open(values{head: "SELECT * FROM " + pick(g.rng, g.views...).name})
}

// probe queries a view as its users do.
func (g *generator) probe() {
	if len(g.views) == 0 {
		return
	}
	v := pick(g.rng, g.views...)
	if len(v.def.cols) == 0 {
		return
	}
	var cols []col
	for _, c := range v.def.cols {
		c.ref = "x." + c.name
		cols = append(cols, c)
	}
	p := probe{columns: "*"}
	if g.chance(30) {
		var names []string
		for _, c := range some(g.rng, 60, cols) {
			names = append(names, c.name)
		}
		if len(names) > 0 {
			p.columns = strings.Join(names, ", ")
		}
	}
	if g.chance(80) {
		p.tail = " WHERE " + g.viewCondition(cols)
	}
	if g.chance(35) {
		if c := pick(g.rng, cols...); !c.opaque {
			p.columns, p.order = "*", c.name+pick(g.rng, "", "", " DESC")
			p.by, p.collation = c.name, c.collation
			if g.chance(25) {
				p.limit = g.between(1, 3)
			}
		}
	}
	g.add(Step{kind: stepProbe, view: v.name, probe: p})
}

// viewCondition makes a condition on a view's columns for which equal values are alike.
func (g *generator) viewCondition(cols []col) string {
	one := func() string {
		c := pick(g.rng, cols...)
		if c.opaque {
			return c.ref + pick(g.rng, " IS NULL", " IS NOT NULL")
		}
		return g.comparison(c.ref, c.class)
	}
	p := one()
	switch g.weighted(6, 2, 2) {
	case 1:
		p += " AND " + one()
	case 2:
		p += " OR " + one()
	}
	return p
}

// fromView inserts what a view shows into a base table.
func (g *generator) fromView() {
	if len(g.views) == 0 {
		return
	}
	v := pick(g.rng, g.views...)
	if len(v.def.cols) == 0 {
		return
	}
	t := pick(g.rng, g.tables...)
	var names, exprs []string
	for _, c := range t.writable() {
		if c.name == "id" && t.ipk >= 0 {
			continue
		}
		names = append(names, c.name)
		e := g.value(t, c)
		if g.chance(60) {
			e = pick(g.rng, v.def.cols...).name
		}
		exprs = append(exprs, e)
	}
	g.add(Step{kind: stepExec, diverges: true, sql: values{head: sprintf("INSERT%s INTO %s(%s) SELECT %s FROM %s LIMIT 8",
		g.orClause(40), t.name, strings.Join(names, ", "), strings.Join(exprs, ", "), v.name)}})
}

func (g *generator) pragma() {
	if g.depth > 0 && g.chance(50) {
		return
	}
	g.add(Step{kind: stepEvery, sql: values{head: "PRAGMA recursive_triggers = " + pick(g.rng, "ON", "OFF")}})
}

// baseDDL changes indexes and triggers of base tables, also inside transactions.
func (g *generator) baseDDL() {
	t := pick(g.rng, g.tables...)
	switch g.weighted(4, 4, 2, 2, 1) {
	case 0:
		g.n++
		name := sprintf("bi%d", g.n)
		g.exec("CREATE INDEX %s ON %s(%s)", name, t.name, pick(g.rng, t.columns...).name)
		g.indexes = append(g.indexes, name)
	case 1:
		names := g.indexes
		for _, i := range t.indexes {
			names = append(names, strings.Fields(strings.TrimPrefix(i, "CREATE UNIQUE INDEX "))[0])
			if !strings.HasPrefix(i, "CREATE UNIQUE") {
				names[len(names)-1] = strings.Fields(i)[2]
			}
		}
		if len(names) > 0 {
			g.exec("DROP INDEX IF EXISTS %s", pick(g.rng, names...))
		}
	case 2:
		if g.n < 20 {
			g.triggers(1)
		}
	case 3:
		g.exec("DROP TRIGGER IF EXISTS tr%d", g.between(1, 4))
	default:
		if g.opened == 0 {
			g.exec("%s", pick(g.rng, "ANALYZE", "REINDEX"))
		}
	}
}

// viewDDL creates, drops, refreshes and indexes views, also inside transactions.
func (g *generator) viewDDL() {
	if len(g.views) == 0 || g.opened > 0 && g.chance(80) {
		return
	}
	v := pick(g.rng, g.views...)
	if g.opened > 0 {
		// DROP of a table in use is refused, where dropping a plain view is not.
		g.add(Step{kind: stepRefresh, sql: values{head: "REFRESH MATERIALIZED VIEW " + v.name}, view: v.name})
		return
	}
	switch g.weighted(3, 2, 2, 4) {
	case 0:
		if len(g.views) < 6 {
			g.createView()
		}
	case 1:
		if slices.ContainsFunc(g.views, func(o created) bool { return o.temp }) && !v.temp {
			return // a TEMP view means what the view was, and its SELECT would not
		}
		if g.chance(80) && slices.ContainsFunc(g.views, func(o created) bool { return strings.Contains(o.def.query.SQL(), v.name) }) {
			return // dropping what other views stand on makes them stale: rarely, it hides the rest
		}
		g.exec("DROP MATERIALIZED VIEW %s%s", pick(g.rng, "", "IF EXISTS "), v.name)
		if g.chance(60) {
			head := "CREATE MATERIALIZED VIEW "
			if v.temp {
				head = "CREATE TEMP MATERIALIZED VIEW "
			}
			g.add(Step{kind: stepExec, sql: values{head: head + v.name + " AS "}, query: v.def.query, view: v.name, wild: v.wild})
		}
	case 2:
		g.add(Step{kind: stepRefresh, sql: values{head: "REFRESH MATERIALIZED VIEW " + v.name}, view: v.name})
	default:
		if len(v.def.cols) == 0 {
			return
		}
		var names []string
		for _, c := range some(g.rng, 60, v.def.cols) {
			names = append(names, c.name+pick(g.rng, "", "", " DESC"))
		}
		if len(names) > 0 {
			g.n++
			g.add(Step{kind: stepRefresh, view: v.name,
				sql: values{head: sprintf("CREATE INDEX vi%d ON %s(%s)", g.n, v.name, strings.Join(names, ", "))}})
		}
	}
}

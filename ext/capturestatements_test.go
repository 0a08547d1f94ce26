package ext

import (
	"fmt"
	"strings"
)

func (g *gen) insert(k *kind) string {
	columns := k.columns
	if g.chance(25) {
		columns = columns[:1+g.IntN(len(columns))]
	}
	verb := "INSERT" + g.or()
	if g.chance(5) {
		verb = "REPLACE"
	}
	s := fmt.Sprintf("%s INTO %s(%s) ", verb, k.sql(), strings.Join(columns, ","))
	switch {
	case g.chance(8):
		from := g.table()
		var exprs []string
		for _, c := range columns {
			if g.chance(50) && k.affine[c] == "" {
				exprs = append(exprs, g.column(from))
			} else {
				exprs = append(exprs, g.value(k, c))
			}
		}
		return s + fmt.Sprintf("SELECT %s FROM %s WHERE %s ORDER BY %s", strings.Join(exprs, ","), from.sql(), g.where(from),
			strings.Join(from.columns, ","))
	case g.chance(2):
		return verb + " INTO " + k.sql() + " DEFAULT VALUES"
	}
	var rows []string
	for range one(g, 1, 1, 1, 2, 3, 5) {
		var row []string
		for _, c := range columns {
			row = append(row, g.value(k, c))
		}
		rows = append(rows, "("+strings.Join(row, ",")+")")
	}
	s += "VALUES " + strings.Join(rows, ",")
	if len(k.targets) == 0 || !g.chance(20) {
		return s
	}
	for range 1 + g.IntN(2) {
		s += " ON CONFLICT" + one(g, k.targets...)
		if g.chance(30) {
			s += " DO NOTHING"
			continue
		}
		s += " DO UPDATE SET " + g.assignments(k, true)
		if g.chance(30) {
			s += " WHERE " + g.where(k)
		}
	}
	return s
}

func (g *gen) update(k *kind) string {
	return fmt.Sprintf("UPDATE%s %s%s SET %s WHERE %s", g.or(), k.sql(), g.scan, g.assignments(k, false), g.where(k))
}

func (g *gen) delete(k *kind) string {
	if g.chance(5) {
		return "DELETE FROM " + k.sql()
	}
	return "DELETE FROM " + k.sql() + g.scan + " WHERE " + g.where(k)
}

func (g *gen) write() string {
	k := g.table()
	var s string
	switch g.IntN(7) {
	case 0, 1, 2, 3:
		s = g.insert(k)
	case 4, 5:
		s = g.update(k)
	default:
		s = g.delete(k)
	}
	if g.chance(8) {
		s += " RETURNING *"
	}
	return s
}

// trigger makes a trigger of the user's. SQLite calls what a BEFORE trigger that writes the row does undefined; it is
// still what the table then holds that counts.
func (g *gen) trigger() string {
	g.triggers++
	k := g.table()
	event := one(g, "INSERT", "UPDATE", "DELETE")
	row := map[string]string{"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}[event]
	when := "AFTER"
	if g.opts.interfering && g.chance(50) {
		when = "BEFORE"
	}
	of := ""
	if event == "UPDATE" && g.chance(30) {
		of = " OF " + g.column(k)
	}
	guard := ""
	if g.chance(60) {
		c := g.column(k)
		guard = " WHEN " + row + "." + c + one(g, "=", "<", ">", " IS ") + g.value(k, c)
	}
	var body []string
	for range 1 + g.IntN(2) {
		body = append(body, g.triggerStatement(k, when, row))
	}
	temp, on := "", k.name
	if k.schema == "temp" {
		on = k.sql()
	}
	if k.schema == "temp" || g.opts.interfering && g.chance(15) {
		temp = "TEMP "
		if k.schema == "" {
			on = "main." + k.name
		}
	}
	return fmt.Sprintf("CREATE %sTRIGGER u%d %s %s%s ON %s%s BEGIN %s; END", temp, g.triggers, when, event, of, on, guard, strings.Join(body, "; "))
}

func (g *gen) triggerStatement(k *kind, when, row string) string {
	defer func(scan string) { g.scan = scan }(g.scan)
	g.scan = "" // SQLite allows no NOT INDEXED in triggers
	if g.chance(20) {
		c := g.column(k)
		actions := []string{"ABORT,'no'", "FAIL,'no'", "ROLLBACK,'no'"}
		if g.opts.interfering {
			actions = append(actions, "IGNORE", "IGNORE")
		}
		return fmt.Sprintf("SELECT RAISE(%s) WHERE %s.%s=%s", one(g, actions...), row, c, g.value(k, c))
	}
	o := g.table()
	if when == "BEFORE" && !g.opts.interfering {
		for range 5 {
			if o != k {
				break
			}
			o = g.table()
		}
		if o == k {
			return "SELECT 1"
		}
	}
	if o == k && g.chance(60) {
		key := "rowid"
		if strings.Contains(k.create[0], "WITHOUT ROWID") || strings.Contains(k.create[0], "rowid") {
			key = k.columns[0]
		}
		if g.chance(25) {
			return fmt.Sprintf("DELETE FROM %s WHERE %s=%s.%s", k.name, key, row, key)
		}
		c := g.column(k)
		return fmt.Sprintf("UPDATE %s SET %s=%s WHERE %s=%s.%s", k.name, c, g.value(k, c), key, row, key)
	}
	// Names in a trigger are found in its own schema: no qualifier is allowed.
	plain := *o
	plain.schema = ""
	switch g.IntN(4) {
	case 0, 1:
		s := g.insert(&plain)
		if strings.Contains(s, " SELECT ") {
			return g.delete(&plain)
		}
		if strings.Contains(s, "DEFAULT VALUES") {
			return g.update(&plain)
		}
		return s
	case 2:
		return g.update(&plain)
	}
	return g.delete(&plain)
}

// schemaChange makes a statement that changes what capture's triggers should be.
func (g *gen) schemaChange() string {
	k := g.table()
	switch g.IntN(8) {
	case 0, 1, 2:
		g.indexes++
		schema := ""
		if k.schema == "temp" {
			schema = "temp."
		}
		s := fmt.Sprintf("CREATE UNIQUE INDEX IF NOT EXISTS %sux%d ON %s(%s)", schema, g.indexes, k.name,
			one(g, g.column(k), g.column(k)+","+g.column(k), "coalesce("+g.column(k)+",0)", g.column(k)+" COLLATE NOCASE"))
		if g.chance(25) {
			s += " WHERE " + g.column(k) + ">2"
		}
		return s
	case 3:
		return fmt.Sprintf("DROP INDEX IF EXISTS ux%d", 1+g.IntN(g.indexes+1))
	case 4:
		return fmt.Sprintf("DROP TRIGGER IF EXISTS u%d", 1+g.IntN(g.triggers+1))
	case 5:
		return fmt.Sprintf("ALTER TABLE %s ADD COLUMN added%d DEFAULT 3", k.sql(), g.IntN(1000))
	case 6:
		return "DROP TABLE IF EXISTS " + k.sql()
	}
	return k.create[0]
}

// history makes the lines of a whole history.
func (g *gen) history(statements int) []line {
	g.choose()
	if !g.opts.leaveOpen && g.chance(40) {
		g.scan = " NOT INDEXED"
	}
	var out []line
	x := func(sql string) { out = append(out, line{verb: "x", sql: sql}) }
	if g.chance(60) {
		x("PRAGMA foreign_keys=ON")
	}
	if g.chance(25) {
		x("PRAGMA recursive_triggers=ON")
	}
	for _, k := range g.tables {
		for _, s := range k.create {
			x(s)
		}
		for range g.IntN(3) {
			x(g.insert(k))
		}
	}
	late := g.opts.userTriggers && g.chance(50)
	userTriggers := func() {
		if g.opts.userTriggers {
			for range 1 + g.IntN(3) {
				x(g.trigger())
			}
		}
	}
	if !late {
		userTriggers()
	}
	capture := func() {
		for _, k := range g.tables {
			schema := k.schema
			if schema == "" {
				schema = "main"
			}
			plain := func(name string) string { return strings.ReplaceAll(strings.Trim(name, `"`), `""`, `"`) }
			l := line{verb: "t", schema: schema, table: plain(k.name)}
			if g.chance(50) {
				var some []string
				for _, c := range k.columns {
					if g.chance(50) {
						some = append(some, plain(c))
					}
				}
				l.sql = strings.Join(some, "|")
			}
			out = append(out, l)
		}
	}
	capture()
	if late {
		userTriggers()
	}
	for range statements {
		out = append(out, g.step()...)
		if g.tx && g.chance(g.opts.every) {
			out = append(out, line{verb: "?"})
		}
		if !g.tx && g.opts.schema && len(g.open) == 0 && g.chance(3) {
			capture()
		}
	}
	for _, s := range g.open {
		out = append(out, line{verb: "f", slot: s})
	}
	x(one(g, "COMMIT", "ROLLBACK"))
	return out
}

// step makes the next statement.
func (g *gen) step() []line {
	x := func(sql string) []line { return []line{{verb: "x", sql: sql}} }
	switch n := g.IntN(100); {
	case n < 6:
		if g.tx && g.chance(85) {
			break
		}
		g.tx, g.depth = true, 0
		return x(one(g, "BEGIN", "BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"))
	case n < 12:
		g.tx = true
		g.depth++
		return x("SAVEPOINT " + one(g, "a", "b", "c", "d"))
	case n < 17:
		if !g.tx {
			break
		}
		return x("ROLLBACK TO " + one(g, "a", "b", "c", "d"))
	case n < 20:
		if !g.tx {
			break
		}
		return x("RELEASE " + one(g, "a", "b", "c", "d"))
	case n < 24:
		if !g.tx {
			break
		}
		g.tx, g.depth = false, 0
		return x("COMMIT")
	case n < 26:
		if !g.tx {
			break
		}
		g.tx, g.depth = false, 0
		return x("ROLLBACK")
	case n < 28:
		return x("PRAGMA recursive_triggers=" + one(g, "ON", "OFF"))
	case n < 38:
		if !g.opts.leaveOpen {
			break
		}
		switch {
		case len(g.open) == 0 || g.chance(30) && len(g.open) < 3:
			slot := fmt.Sprint(g.IntN(4))
			g.open = append(g.open, slot)
			s := strings.TrimSuffix(g.write(), " RETURNING *") + " RETURNING *"
			if g.chance(25) {
				s = "SELECT * FROM " + g.table().sql()
			}
			return []line{{verb: "p", slot: slot, n: g.IntN(3), sql: s}}
		case g.chance(30):
			return []line{{verb: "s", slot: one(g, g.open...), n: 1 + g.IntN(2)}}
		default:
			i := g.IntN(len(g.open))
			slot := g.open[i]
			g.open = append(g.open[:i:i], g.open[i+1:]...)
			return []line{{verb: "f", slot: slot}}
		}
	case n < 41:
		if g.opts.userTriggers && g.chance(40) {
			return x(g.trigger())
		}
	case n < 45:
		if g.opts.schema {
			return x(g.schemaChange())
		}
	case n < 48:
		if g.opts.disk {
			return []line{{verb: "d", n: 1 + g.IntN(6), sql: g.write()}}
		}
	}
	return x(g.write())
}

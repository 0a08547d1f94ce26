package planner

import (
	"database/sql"
	"flag"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The generated queries are over these tables. mv stands for a materialized view.
var propertySchema = []string{
	"CREATE TABLE t1(id INTEGER PRIMARY KEY, a INTEGER, b TEXT, c TEXT COLLATE NOCASE, d, r REAL)",
	"CREATE TABLE t2(id INTEGER PRIMARY KEY, a INTEGER, k TEXT, n NUMERIC, x BLOB)",
	"CREATE INDEX t2a ON t2(a)",
	"CREATE INDEX t2k ON t2(k, n)",
	"CREATE TABLE t3(a, b TEXT COLLATE RTRIM, c INTEGER, UNIQUE(c))",
	"CREATE TABLE t4(k TEXT, a INTEGER, v, PRIMARY KEY(k, a)) WITHOUT ROWID",
	"CREATE TABLE t5(id INTEGER PRIMARY KEY, a INT, z ANY, g INT AS (a*2)) STRICT",
	"CREATE TABLE mv(a INTEGER, s TEXT, w)",
	"CREATE VIEW pw AS SELECT p AS p, count(*) AS n, max(q) AS q FROM pv JOIN t3 USING (a) GROUP BY p",
	"CREATE VIEW pv(a, p, q) AS SELECT a, b || 'x', coalesce(d, 1) FROM t1 WHERE a > 0 OR r IS NULL",
}

// shape is what the generator may do with a column.
type shape uint8

const (
	wholeShape shape = iota // integers or NULL, one representation
	textShape               // text (or blob), BINARY, one representation
	anyShape                // anything, to be compared under its own collation
	looseShape              // a representative of equal values: to be shown and counted only
)

type genColumn struct {
	name  string
	shape shape
}

var genTables = map[string][]genColumn{
	"t1": {{"id", wholeShape}, {"a", anyShape}, {"b", textShape}, {"c", anyShape}, {"d", anyShape}, {"r", anyShape}},
	"t2": {{"id", wholeShape}, {"a", anyShape}, {"k", textShape}, {"n", anyShape}, {"x", anyShape}},
	"t3": {{"a", anyShape}, {"b", anyShape}, {"c", anyShape}},
	"t4": {{"k", textShape}, {"a", anyShape}, {"v", anyShape}},
	"t5": {{"id", wholeShape}, {"a", wholeShape}, {"z", anyShape}, {"g", wholeShape}},
	"mv": {{"a", anyShape}, {"s", textShape}, {"w", anyShape}},
	"pv": {{"a", anyShape}, {"p", textShape}, {"q", anyShape}},
	"pw": {{"p", textShape}, {"n", wholeShape}, {"q", looseShape}},
}

// generator makes SELECT texts.
type generator struct {
	tape  *tape
	next  int
	ctes  []genRelation
	depth int
	joins int // FROM clauses being written: ON sees tables that are yet to come, so names are qualified
}

type genRelation struct {
	name    string // of the CTE
	columns []genColumn
}

func (g *generator) n(limit int) int       { return g.tape.n(limit) }
func (g *generator) chance(n int) bool     { return g.n(n) == n-1 }
func (g *generator) fresh(p string) string { g.next++; return fmt.Sprint(p, g.next) }
func pick[T any](g *generator, xs ...T) T  { return xs[g.n(len(xs))] }

func (g *generator) literal() string {
	if g.chance(2) { // a small domain, so that values meet
		return pick(g, "1", "1.0", "'1'", "'a'", "'A'", "2")
	}
	return pick(g, "1", "0", "2", "NULL", "'a'", "'A'", "'1'", "1.0", "2.5", "'a '", "x'61'", "'1.0'", "' 2'", "''", "-1", "'x'")
}

// item is a FROM item in scope.
type genItem struct {
	alias   string
	columns []genColumn
	merged  map[string]bool // columns that USING or NATURAL merges with one to the left
}

func (g *generator) table() string { return pick(g, "t1", "t2", "t3", "t4", "t5", "mv", "pv", "pw") }

func (g *generator) item() (text string, item genItem) {
	item.alias = g.fresh("f")
	as := pick(g, " AS ", " ")
	if g.depth > 0 && g.chance(3) {
		g.depth--
		sub, cols := g.selectStmt(false)
		g.depth++
		item.columns = cols
		return "(" + sub + ")" + as + item.alias, item
	}
	if len(g.ctes) > 0 && g.chance(2) {
		c := pick(g, g.ctes...)
		item.columns = c.columns
		return c.name + as + item.alias, item
	}
	name := g.table()
	item.columns = genTables[name]
	return pick(g, name, name, "main."+name, `"`+strings.ToUpper(name)+`"`) + as + item.alias, item
}

// name writes a reference to column c of item i: qualified, or bare where that is not ambiguous.
func (g *generator) name(items []genItem, i genItem, c genColumn) string {
	if g.joins == 0 && g.chance(3) {
		n := 0
		for _, o := range items {
			for _, d := range o.columns {
				if d.name == c.name && !o.merged[c.name] {
					n++
				}
			}
		}
		if n == 1 && !i.merged[c.name] {
			return pick(g, c.name, strings.ToUpper(c.name), `"`+c.name+`"`, "["+c.name+"]")
		}
	}
	return i.alias + `."` + c.name + `"`
}

// column picks a column of items, preferring those of the given shapes; "" when there is none.
func (g *generator) column(items []genItem, shapes ...shape) (string, shape) {
	var from []genItem
	var at []genColumn
	var found []shape
	for _, i := range items {
		for _, c := range i.columns {
			for _, s := range shapes {
				if c.shape == s {
					from, at = append(from, i), append(at, c)
					found = append(found, s)
				}
			}
		}
	}
	if len(from) == 0 {
		return "", anyShape
	}
	n := g.n(len(from))
	return g.name(items, from[n], at[n]), found[n]
}

// operand is a value for a comparison.
func (g *generator) operand(items []genItem) string {
	c, _ := g.column(items, wholeShape, textShape, anyShape)
	if c == "" {
		return g.literal()
	}
	switch g.n(12) {
	case 0:
		return g.literal()
	case 1:
		return c + " COLLATE " + pick(g, "NOCASE", "RTRIM", "BINARY")
	case 2:
		return "CAST(" + c + " AS " + pick(g, "TEXT", "INTEGER", "REAL", "NUMERIC", "BLOB") + ")"
	case 3:
		return "+" + c
	case 4:
		return "(" + c + " || " + pick(g, "''", "'1'") + ")"
	case 5:
		return "(" + c + " + 1)"
	case 6:
		return "CASE WHEN " + c + " > 1 THEN " + c + " ELSE " + g.literal() + " END"
	case 7:
		return "coalesce(" + c + ", " + g.literal() + ")"
	}
	return c
}

func (g *generator) predicate(items []genItem, depth int) string {
	if depth > 0 && g.chance(3) {
		l, r := g.predicate(items, depth-1), g.predicate(items, depth-1)
		switch g.n(4) {
		case 0:
			return "(" + l + " OR " + r + ")"
		case 1:
			return "NOT (" + l + ")"
		case 2:
			return l + " IS " + pick(g, "NOT ", "") + "TRUE"
		}
		return l + " AND " + r
	}
	x, y := g.operand(items), g.operand(items)
	switch g.n(9) {
	case 0:
		return x + " BETWEEN " + y + " AND " + g.operand(items)
	case 1:
		return x + pick(g, "", " NOT") + " IN (" + y + ", " + g.literal() + ", 1)"
	case 2:
		return x + " IS " + pick(g, "NOT ", "NOT DISTINCT FROM ", "") + y
	case 3:
		return x + " IS NOT NULL"
	case 4:
		return x + " LIKE 'a%'"
	case 5:
		return "typeof(" + x + ") <> 'null'"
	}
	return x + " " + pick(g, "=", "<>", "<", ">=", ">", "<=", "==") + " " + y
}

func (g *generator) from() (string, []genItem) {
	g.joins++
	defer func() { g.joins-- }()
	text, first := g.item()
	items := []genItem{first}
	n := 1
	if g.chance(2) {
		n = 2 + g.n(2)
	}
	for len(items) < n {
		t, i := g.item()
		all := append(items[:len(items):len(items)], i)
		if common := g.common(items, i); len(common) > 0 && g.chance(2) {
			using := g.chance(2)
			if using {
				common = common[:1]
			}
			i.merged = map[string]bool{}
			for _, c := range common {
				i.merged[c] = true
			}
			if using {
				text += " JOIN " + t + " USING (" + pick(g, common[0], strings.ToUpper(common[0])) + ")"
			} else {
				text += " NATURAL JOIN " + t
			}
			items = append(items[:len(items):len(items)], i)
			continue
		}
		if g.chance(6) {
			// A parenthesised join on the right.
			u, j := g.item()
			inner := []genItem{i, j}
			text += pick(g, ", ", " JOIN ") + "(" + t + " JOIN " + u + " ON " + g.predicate(inner, 1) + ")"
			items = append(items[:len(items):len(items)], inner...)
			continue
		}
		switch g.n(6) {
		case 0:
			text += ", " + t
		case 1:
			text += " CROSS JOIN " + t
		case 2:
			text += " JOIN " + t + " ON " + g.predicate(all, 1)
		default:
			l, _ := g.column(items, wholeShape, textShape, anyShape)
			r, _ := g.column([]genItem{i}, wholeShape, textShape, anyShape)
			if l == "" || r == "" {
				l, r = "1", "1"
			}
			if g.chance(3) {
				l = g.operand(items)
			}
			if g.chance(3) {
				r = g.operand([]genItem{i})
			}
			if g.chance(2) {
				l, r = r, l
			}
			text += pick(g, " JOIN ", " INNER JOIN ") + t + " ON " + l + " = " + r
			if g.chance(4) {
				text += " AND " + g.predicate(all, 1)
			}
		}
		items = all
	}
	return text, items
}

// common returns the columns that i has in common with exactly one of items, nil when some are in several.
func (g *generator) common(items []genItem, i genItem) []string {
	var names []string
	for _, c := range i.columns {
		n := 0
		for _, o := range items {
			for _, d := range o.columns {
				if d.name == c.name && !o.merged[c.name] {
					n++
				}
			}
		}
		if n > 1 || n == 1 && c.shape == looseShape {
			return nil
		}
		for _, o := range items {
			for _, d := range o.columns {
				if d.name == c.name && d.shape == looseShape {
					return nil
				}
			}
		}
		if n == 1 {
			names = append(names, c.name)
		}
	}
	return names
}

// selectStmt makes a SELECT and tells its columns.
func (g *generator) selectStmt(top bool) (string, []genColumn) {
	joins := g.joins
	g.joins = 0
	defer func() { g.joins = joins }()
	with := ""
	saved := g.ctes
	if g.depth > 0 && g.chance(4) {
		g.depth--
		sub, cols := g.selectStmt(false)
		g.depth++
		name := g.fresh("w")
		list := ""
		if g.chance(3) {
			var names []string
			renamed := make([]genColumn, len(cols))
			for i, c := range cols {
				renamed[i] = genColumn{g.fresh("k"), c.shape}
				names = append(names, renamed[i].name)
			}
			list, cols = "("+strings.Join(names, ", ")+")", renamed
		}
		with = "WITH " + name + list + " AS " + pick(g, "", "MATERIALIZED ", "NOT MATERIALIZED ") + "(" + sub + ") "
		g.ctes = append(g.ctes[:len(g.ctes):len(g.ctes)], genRelation{name, cols})
	}
	text, cols := g.core(top, 0)
	if len(cols) == 0 {
		return with + text, cols
	}
	if g.chance(5) {
		other, more := g.core(top, len(cols))
		text += " UNION ALL " + other
		for i := range cols {
			// Branches may differ in affinity: comparing such a column is refused.
			cols[i].shape = max(cols[i].shape, more[i].shape, looseShape)
		}
	}
	g.ctes = saved
	if g.chance(6) {
		text += " ORDER BY " + pick(g, "1", "1 DESC", cols[0].name)
	}
	return with + text, cols
}

// core makes one SELECT, of width columns when that is not 0.
func (g *generator) core(top bool, width int) (string, []genColumn) {
	from, items := g.from()
	where := ""
	if g.chance(2) {
		where = " WHERE " + g.predicate(items, 2)
	}
	fixed := width != 0
	if !fixed {
		width = 1 + g.n(4)
	}
	if g.chance(2) {
		return g.grouped(top, width, from, items, where)
	}
	var list []string
	var cols []genColumn
	loose := false
	if top && !fixed && g.chance(5) {
		return "SELECT " + pick(g, "*", items[0].alias+".*", "*, "+items[0].alias+".*") + " FROM " + from + where, cols
	}
	for len(list) < width {
		name := g.fresh("x")
		e, s := g.column(items, wholeShape, textShape, anyShape, looseShape)
		if e == "" || g.chance(4) {
			e, s = g.operand(items), anyShape
		}
		loose = loose || s == looseShape
		list = append(list, e+pick(g, " AS ", " ")+name)
		cols = append(cols, genColumn{name, s})
	}
	distinct := ""
	if !loose && g.chance(4) {
		distinct = "DISTINCT "
		for i := range cols {
			if cols[i].shape == anyShape {
				cols[i].shape = looseShape
			}
		}
	}
	return "SELECT " + distinct + strings.Join(list, ", ") + " FROM " + from + where, cols
}

func (g *generator) grouped(top bool, width int, from string, items []genItem, where string) (string, []genColumn) {
	var keys, list []string
	var cols []genColumn
	add := func(e string, s shape) {
		name := g.fresh("x")
		list = append(list, e+" AS "+name)
		cols = append(cols, genColumn{name, s})
	}
	for range g.n(3) {
		e, s := g.column(items, wholeShape, textShape, anyShape)
		if e == "" || g.chance(4) {
			e, s = g.operand(items), anyShape
			if !strings.ContainsAny(e, ".") {
				continue // a constant might be an ordinal
			}
		}
		if s == anyShape {
			s = looseShape
		}
		keys = append(keys, e)
		if len(list) < width && !g.chance(4) {
			add(e, s)
			if g.chance(3) {
				keys[len(keys)-1] = pick(g, cols[len(cols)-1].name, fmt.Sprint(len(list)))
			}
		}
	}
	for len(list) < width || len(list) == 0 {
		add(g.aggregate(items, top))
	}
	text := "SELECT " + strings.Join(list, ", ") + " FROM " + from + where
	if len(keys) > 0 {
		text += " GROUP BY " + strings.Join(keys, ", ")
	}
	hasAggregate := false
	for _, e := range list {
		hasAggregate = hasAggregate || strings.Contains(e, "(") && !strings.HasPrefix(e, "CAST") && !strings.HasPrefix(e, "(")
	}
	if g.chance(3) && (len(keys) > 0 || hasAggregate) {
		a, _ := g.aggregate(items, false)
		text += " HAVING " + a + " " + pick(g, ">", "<>", "IS NOT") + " " + pick(g, "1", "'a'", "0.5", "2")
	}
	return text, cols
}

func (g *generator) aggregate(items []genItem, top bool) (string, shape) {
	c, s := g.column(items, wholeShape, textShape, anyShape)
	filter := ""
	if g.chance(4) {
		filter = " FILTER (WHERE " + g.predicate(items, 0) + ")"
	}
	if c == "" {
		return "count(*)" + filter, wholeShape
	}
	if g.chance(4) {
		c, s = g.operand(items), anyShape
	}
	d := pick(g, "", "", "DISTINCT ")
	switch g.n(7) {
	case 0:
		return "count(*)" + filter, wholeShape
	case 1:
		return "count(" + d + c + ")" + filter, wholeShape
	case 2:
		if d != "" && s == anyShape {
			return "sum(" + d + c + ")" + filter, looseShape
		}
		return "sum(" + d + c + ")" + filter, anyShape
	case 3:
		if top {
			return "avg(" + c + ")" + filter, looseShape
		}
		return "total(" + c + ")" + filter, anyShape
	case 4:
		return "count(" + c + ")" + filter + " + 1", wholeShape
	}
	e := pick(g, "min(", "max(") + pick(g, "", "", "DISTINCT ") + c + ")" + filter
	if s == anyShape {
		return e, looseShape
	}
	return e, s
}

func (g *generator) change() string {
	v := g.literal
	insert := pick(g, "INSERT OR IGNORE INTO ", "INSERT OR REPLACE INTO ")
	id := func() string { return fmt.Sprint(1 + g.n(9)) }
	small := func() string { return pick(g, "0", "1", "2", "3", "NULL") }
	switch g.n(12) {
	case 0, 1:
		return insert + "t1 VALUES(" + strings.Join([]string{id(), v(), v(), v(), v(), v()}, ",") + ")"
	case 2, 3:
		return insert + "t2 VALUES(" + strings.Join([]string{id(), v(), v(), v(), v()}, ",") + ")"
	case 4:
		return insert + "t3 VALUES(" + strings.Join([]string{v(), v(), v()}, ",") + ")"
	case 5:
		return insert + "t4 VALUES(" + strings.Join([]string{v(), v(), v()}, ",") + ")"
	case 6:
		return insert + "t5(id, a, z) VALUES(" + strings.Join([]string{id(), small(), v()}, ",") + ")"
	case 7:
		return insert + "mv VALUES(" + strings.Join([]string{v(), v(), v()}, ",") + ")"
	case 8:
		return "DELETE FROM " + pick(g, "t1", "t2", "t3", "t4", "t5", "mv") + " WHERE a IS " + v()
	case 9:
		return "DELETE FROM " + pick(g, "t1", "t2", "t5") + " WHERE id = " + id()
	case 10:
		return "UPDATE OR REPLACE " + pick(g, "t1 SET d", "t1 SET c", "t1 SET b", "t2 SET k", "t2 SET n", "t3 SET b", "t4 SET v", "mv SET w") + " = " + v() + " WHERE a = " + v()
	}
	return "UPDATE OR REPLACE " + pick(g, "t1", "t2", "t3", "t4", "mv") + " SET a = " + v() + " WHERE a IS NOT " + v()
}

var (
	seedFlag   = flag.Uint64("seed", 1, "first seed of the generated queries")
	checksFlag = flag.Int("checks", 250, "how many seeds")
)

// TestMaintained maintains generated queries over generated changes and compares the view with the query after each.
// A failure names its seed; -seed and -checks replay it.
func TestMaintained(t *testing.T) {
	eval := openEval(t)
	if testing.Short() {
		*checksFlag = min(*checksFlag, 50)
	}
	busy := 0
	for seed := *seedFlag; seed < *seedFlag+uint64(*checksFlag); seed++ {
		choices := newTape(seed)
		message := maintain(t, eval, choices, &busy)
		if message != "" {
			message = shrink(choices.choices, message, func(c *tape) string { return maintain(t, eval, c, new(int)) })
			t.Errorf("seed %d: %s", seed, message)
		}
	}
	require.GreaterOrEqual(t, 2*busy, *checksFlag-1, "most views should have rows at some time")
	t.Logf("%d of %d views had rows", busy, *checksFlag)
}

// maintain runs one generated case and says what is wrong with it. busy counts the cases whose view had rows.
func maintain(t *testing.T, eval *sql.DB, choices *tape, busy *int) string {
	c := openCatalogFor(t, propertySchema...)
	defer c.db.Close()
	c.materialized["mv"] = true
	g := &generator{tape: choices, depth: 2}
	query, _ := g.selectStmt(true)
	if _, err := c.Compile(query); err != nil {
		return fmt.Sprintf("the generator wrote %s: %v", query, err)
	}
	p, err := New(c, "main", "v", query, nil)
	if err != nil {
		if u, ok := err.(*Unsupported); ok && strings.Contains(u.Construct, "compound SELECT") {
			return "" // branches that differ in affinity, on purpose
		}
		return fmt.Sprintf("%s\nrefused: %v", query, err)
	}
	var names []string
	for _, col := range p.Columns {
		names = append(names, col.Name)
	}
	if again, err := New(c, "main", "v", p.SQL, names); err != nil || again.Fingerprint != p.Fingerprint {
		return fmt.Sprintf("%s\nas the resolved text %s: another plan, %v", query, p.SQL, err)
	}
	var log strings.Builder
	change := func(n int) {
		for range n {
			s := g.change()
			_, err := c.db.Exec(s)
			fmt.Fprintln(&log, s, err)
		}
	}
	change(60)
	v := newLiveView(t, c, eval, query, p)
	shown := 0
	for range 5 {
		if err := v.refresh(); err != nil {
			return fmt.Sprintf("%s\n%s%v\n%v", query, p.Explain(), err, log.String())
		}
		diff, err := v.difference(true)
		if err != nil {
			return fmt.Sprintf("%s\n%v", query, err)
		}
		shown = max(shown, len(v.out))
		if diff != "" {
			return fmt.Sprintf("%s\n%s%s\n%s", query, p.Explain(), diff, log.String())
		}
		if changed, err := v.changedByStoring(); changed != "" || err != nil {
			return fmt.Sprintf("%s\nstoring changed %s %v", query, changed, err)
		}
		change(1 + g.n(3))
	}
	if shown > 0 {
		*busy++
	}
	return ""
}

package ext

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// kind is one kind of base table for random histories. Names of columns are as SQL needs them; those without a kind of
// values of their own take any.
type kind struct {
	schema, name string
	create       []string
	columns      []string          // that may be written
	targets      []string          // of ON CONFLICT
	rowids       []string          // names that an UPDATE may set the rowid under
	wide         bool              // most INSERTs name few columns
	needs        string            // another kind that must be there
	affine       map[string]string // column -> int, text: what a STRICT table takes
}

func (k *kind) sql() string {
	if k.schema == "temp" {
		return "temp." + k.name
	}
	return k.name
}

// kinds are tables of every shape that capture treats differently.
var kinds = []kind{
	{name: "n1", create: []string{"CREATE TABLE n1(a,b,c)"}, columns: []string{"a", "b", "c"}, rowids: []string{"rowid", "oid"}},
	{name: "i1", create: []string{"CREATE TABLE i1(id INTEGER PRIMARY KEY,a UNIQUE,b)"}, columns: []string{"id", "a", "b"},
		targets: []string{"(id)", "(a)"}, rowids: []string{"rowid", "_rowid_", "oid"}},
	{name: "i2", create: []string{"CREATE TABLE i2(a INT CHECK(a<8),id INTEGER PRIMARY KEY AUTOINCREMENT,b NOT NULL ON CONFLICT REPLACE DEFAULT 5)"},
		columns: []string{"id", "a", "b"}, targets: []string{"(id)"}, rowids: []string{"rowid"}},
	{name: "i3", create: []string{"CREATE TABLE i3(id INTEGER PRIMARY KEY DESC,a,b UNIQUE)"}, columns: []string{"id", "a", "b"},
		targets: []string{"(id)", "(b)"}, rowids: []string{"rowid"}},
	{name: "c1", create: []string{"CREATE TABLE c1(a,b,c,PRIMARY KEY(a,b))"}, columns: []string{"a", "b", "c"},
		targets: []string{"(a,b)"}, rowids: []string{"rowid"}},
	{name: "w1", create: []string{"CREATE TABLE w1(a PRIMARY KEY,b UNIQUE,c) WITHOUT ROWID"}, columns: []string{"a", "b", "c"},
		targets: []string{"(a)", "(b)"}},
	{name: "w2", create: []string{"CREATE TABLE w2(a,b COLLATE NOCASE,c,PRIMARY KEY(b DESC,a)) WITHOUT ROWID", "CREATE UNIQUE INDEX w2c ON w2(c COLLATE RTRIM)"},
		columns: []string{"a", "b", "c"}, targets: []string{"(b,a)"}},
	{name: "s1", create: []string{"CREATE TABLE s1(id INTEGER PRIMARY KEY,a INT UNIQUE,b TEXT,c ANY) STRICT"}, columns: []string{"id", "a", "b", "c"},
		targets: []string{"(id)", "(a)"}, affine: map[string]string{"a": "int", "b": "text"}},
	{name: "x1", create: []string{"CREATE TABLE x1(id INTEGER PRIMARY KEY,a,b,c)", "CREATE UNIQUE INDEX x1a ON x1(a) WHERE b>2",
		"CREATE UNIQUE INDEX x1b ON x1(a||c,b)", "CREATE UNIQUE INDEX x1c ON x1(lower(a) DESC, coalesce(c, -1))"},
		columns: []string{"id", "a", "b", "c"}, targets: []string{"(id)"}},
	{name: "j1", create: []string{"CREATE TABLE j1(a,b,c)", "CREATE UNIQUE INDEX j1a ON j1(json_extract(a,'$')) WHERE json_valid(a) AND b>1"},
		columns: []string{"a", "b", "c"}, rowids: []string{"rowid"}},
	{name: "g1", create: []string{"CREATE TABLE g1(id INTEGER PRIMARY KEY,a,b,v AS (a||b) VIRTUAL,s AS (coalesce(a,0)+1) STORED UNIQUE)"},
		columns: []string{"id", "a", "b"}, targets: []string{"(id)", "(s)"}, rowids: []string{"oid"}},
	{name: "g2", create: []string{"CREATE TABLE g2(a,v INT AS (b*2) UNIQUE,b REAL,PRIMARY KEY(a)) WITHOUT ROWID"},
		columns: []string{"a", "b"}, targets: []string{"(a)", "(v)"}},
	{name: "o1", create: []string{"CREATE TABLE o1(id INTEGER PRIMARY KEY ON CONFLICT REPLACE,a UNIQUE ON CONFLICT IGNORE,b UNIQUE ON CONFLICT REPLACE,c NOT NULL ON CONFLICT FAIL)"},
		columns: []string{"id", "a", "b", "c"}, targets: []string{"(id)", "(a)", "(b)"}},
	{name: "o2", create: []string{"CREATE TABLE o2(a,b,c,UNIQUE(a,b) ON CONFLICT ROLLBACK,UNIQUE(b,c) ON CONFLICT REPLACE)"},
		columns: []string{"a", "b", "c"}, targets: []string{"(a,b)", "(b,c)"}, rowids: []string{"_rowid_"}},
	{name: "k1", create: []string{"CREATE TABLE k1(a TEXT COLLATE NOCASE PRIMARY KEY,b TEXT COLLATE RTRIM UNIQUE,c)"},
		columns: []string{"a", "b", "c"}, targets: []string{"(a)", "(b)"}},
	{name: "k2", create: []string{"CREATE TABLE k2(a TEXT COLLATE NOCASE PRIMARY KEY,b NUMERIC UNIQUE,c) WITHOUT ROWID"},
		columns: []string{"a", "b", "c"}, targets: []string{"(a)", "(b)"}},
	{name: `"we""ird t"`, create: []string{`CREATE TABLE "we""ird t"("select" INTEGER PRIMARY KEY,"a b" UNIQUE,"rowid","é;--")`},
		columns: []string{`"select"`, `"a b"`, `"rowid"`, `"é;--"`}, targets: []string{`("select")`, `("a b")`}, rowids: []string{"oid"}},
	{name: "r1", create: []string{"CREATE TABLE r1(rowid,oid UNIQUE,a)"}, columns: []string{"rowid", "oid", "a"}, targets: []string{"(oid)"},
		rowids: []string{"_rowid_"}},
	{name: "p1", create: []string{"CREATE TABLE p1(id INTEGER PRIMARY KEY,k UNIQUE,v)"}, columns: []string{"id", "k", "v"},
		targets: []string{"(id)", "(k)"}},
	{name: "f1", needs: "p1", create: []string{"CREATE TABLE f1(id INTEGER PRIMARY KEY,a REFERENCES p1 ON DELETE CASCADE ON UPDATE CASCADE,x)"},
		columns: []string{"id", "a", "x"}, targets: []string{"(id)"}},
	{name: "f2", needs: "p1", create: []string{"CREATE TABLE f2(a PRIMARY KEY,pk DEFAULT 1 REFERENCES p1(k) ON DELETE SET NULL ON UPDATE SET DEFAULT,x) WITHOUT ROWID"},
		columns: []string{"a", "pk", "x"}, targets: []string{"(a)"}},
	{name: "f3", create: []string{"CREATE TABLE f3(id INTEGER PRIMARY KEY,a REFERENCES f3 ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,x UNIQUE)"},
		columns: []string{"id", "a", "x"}, targets: []string{"(id)", "(x)"}},
	{name: "f4", needs: "p1", create: []string{"CREATE TABLE f4(a,pk REFERENCES p1(k) ON DELETE SET DEFAULT ON UPDATE CASCADE,UNIQUE(a) ON CONFLICT REPLACE)"},
		columns: []string{"a", "pk"}, targets: []string{"(a)"}},
	wideTable("l1", 20, 0), wideTable("l2", 45, 40),
	{schema: "temp", name: "y1", create: []string{"CREATE TEMP TABLE y1(id INTEGER PRIMARY KEY,a UNIQUE,b)"}, columns: []string{"id", "a", "b"},
		targets: []string{"(id)", "(a)"}},
	{schema: "temp", name: "y2", create: []string{"CREATE TEMP TABLE y2(a,b,c)"}, columns: []string{"a", "b", "c"}},
}

// wideTable makes a table whose images need several parts; its key is column number key.
func wideTable(name string, n, key int) kind {
	var defs, columns []string
	for i := range n {
		c := fmt.Sprintf("c%d", i)
		switch i {
		case key:
			defs = append(defs, c+" INTEGER PRIMARY KEY")
		case n - 1:
			defs = append(defs, c+" UNIQUE")
		default:
			defs = append(defs, c)
		}
		columns = append(columns, c)
	}
	last := columns[n-1]
	return kind{name: name, create: []string{"CREATE TABLE " + name + "(" + strings.Join(defs, ",") + ")"}, wide: true,
		columns: append([]string{columns[key], last, "c3"}, columns[n/2]), targets: []string{"(" + columns[key] + ")", "(" + last + ")"}}
}

// gen makes histories.
type gen struct {
	*rand.Rand
	tables   []*kind
	triggers int
	indexes  int
	open     []string // slots
	depth    int      // savepoints
	tx       bool
	opts     options
	scan     string // how tables are searched: any trigger changes the order in which SQLite finds rows through an index
}

// options is what a history may contain besides writes and transactions.
type options struct {
	userTriggers bool // of kinds that capture must follow
	interfering  bool // those that touch the row, or keep other triggers from firing
	leaveOpen    bool // statements left open
	schema       bool // indexes that come and go, tables recreated
	disk         bool // writes that fail
	every        int  // percentage of statements in a transaction that are followed by a check
}

func (g *gen) chance(percent int) bool { return g.IntN(100) < percent }

func one[T any](g *gen, xs ...T) T { return xs[g.IntN(len(xs))] }

func (g *gen) table() *kind { return g.tables[g.IntN(len(g.tables))] }

// choose takes some kinds, with what they need.
func (g *gen) choose() {
	have := map[string]bool{}
	var take func(k *kind)
	take = func(k *kind) {
		if have[k.name] {
			return
		}
		have[k.name] = true
		if k.needs != "" {
			for i := range kinds {
				if kinds[i].name == k.needs {
					take(&kinds[i])
				}
			}
		}
		g.tables = append(g.tables, k)
	}
	for range 1 + g.IntN(3) {
		take(&kinds[g.IntN(len(kinds))])
	}
}

// value is a literal; the few there are meet often.
func (g *gen) value(k *kind, column string) string {
	switch {
	// Values of the wrong type are left out: any BEFORE trigger makes SQLite check a STRICT table's types before its keys.
	case k.affine[column] == "int":
		return one(g, "1", "2", "3", "4", "5", "6", "'7'", "NULL")
	case k.affine[column] == "text":
		return one(g, "'a'", "'b'", "7", "NULL")
	case column == "id" || column == `"select"` || column == k.columns[0] && k.wide:
		return one(g, "1", "2", "3", "4", "5", "6", "7", "8", "9", "NULL", "NULL", "NULL", "'3'", "4.0", "-1")
	}
	switch g.IntN(4) {
	case 0:
		return one(g, "NULL", "1.0", "2.5", "'1'", "'2.50'", "x''", "x'00ff'", "-0.0", "1e400", "4611686018427387904", "-9223372036854775808",
			"'é€'", "'long'||hex(zeroblob(200))", "''")
	case 1:
		return one(g, "'a'", "'A'", "'a '", "'b'", "'B '", "'c'", "'1'")
	}
	return one(g, "1", "2", "3", "4", "5", "6", "7", "8", "9")
}

func (g *gen) where(k *kind) string {
	c := g.column(k)
	switch g.IntN(6) {
	case 0:
		return "1"
	case 1:
		return c + " IS NULL"
	case 2:
		return c + ">" + g.value(k, c)
	case 3:
		return c + "<" + g.value(k, c)
	case 4:
		return c + " IN (" + g.value(k, c) + "," + g.value(k, c) + "," + g.value(k, c) + ")"
	}
	return c + "=" + g.value(k, c)
}

func (g *gen) column(k *kind) string { return k.columns[g.IntN(len(k.columns))] }

func (g *gen) or() string {
	if g.chance(55) {
		return ""
	}
	return " OR " + one(g, "REPLACE", "REPLACE", "REPLACE", "IGNORE", "IGNORE", "FAIL", "ABORT", "ROLLBACK")
}

func (g *gen) assignments(k *kind, excluded bool) string {
	var parts []string
	for range 1 + g.IntN(2) {
		c := g.column(k)
		if !excluded && len(k.rowids) > 0 && g.chance(10) {
			parts = append(parts, one(g, k.rowids...)+"="+one(g, "1", "2", "3", "4", "5"))
			continue
		}
		e := g.value(k, c)
		switch {
		case excluded && g.chance(50):
			e = "excluded." + c
		case g.chance(30) && k.affine[c] != "text":
			e = c + one(g, "+1", "-1", "*2")
		case g.chance(15) && k.affine == nil:
			e = g.column(k)
		}
		parts = append(parts, c+"="+e)
	}
	return strings.Join(parts, ",")
}

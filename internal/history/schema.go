package history

import (
	"strconv"
	"strings"
)

// column is a column of a base table.
type column struct {
	name      string
	decl      string // declared type
	class     class
	affinity  affinity
	collation string
	generated bool
	virtual   bool // generated, not stored
	notNull   bool
	strict    bool // of a STRICT table and not ANY: has values of its own class only
}

// table is a base table.
type table struct {
	name         string
	columns      []column
	ipk          int // position of the INTEGER PRIMARY KEY, -1 when there is none
	primary      []string
	uniques      []string // conflict targets of UPSERT
	parents      []string // columns that a foreign key may refer to
	withoutRowid bool
	strict       bool
	dirty        bool
	create       string
	indexes      []string
}

// affinity of a column; none is that of an expression.
type affinity byte

const (
	affNone    affinity = 'E'
	affBlob    affinity = 'B'
	affText    affinity = 'T'
	affNumeric affinity = 'N'
	affInteger affinity = 'I'
	affReal    affinity = 'R'
)

// writable returns the columns that an INSERT or UPDATE may set.
func (t *table) writable() []column {
	var out []column
	for _, c := range t.columns {
		if !c.generated {
			out = append(out, c)
		}
	}
	return out
}

// key makes a column the primary key.
func (t *table) key(column string) {
	t.primary, t.parents, t.uniques = []string{column}, []string{column}, []string{"(" + column + ")"}
}

type declaration struct {
	decl     string
	class    class
	affinity affinity
}

var declarations = []declaration{
	{"INTEGER", classInt, affInteger}, {"INT", classInt, affInteger}, {"BIGINT", classInt, affInteger},
	{"REAL", classNum, affReal}, {"DOUBLE", classNum, affReal}, {"NUMERIC", classNum, affNumeric}, {"DECIMAL(10,2)", classNum, affNumeric},
	{"TEXT", classText, affText}, {"VARCHAR(10)", classText, affText}, {"TEXT", classText, affText},
	{"", classAny, affBlob}, {"BLOB", classAny, affBlob}, {"", classInt, affBlob}, {"", classText, affBlob}, {"", classNum, affBlob},
	{"TEXT", classJSON, affText}, {"DATETIME", classDate, affNumeric}, {"TEXT", classDate, affText}, {"BOOLEAN", classInt, affNumeric},
}

var strictDeclarations = []declaration{
	{"INT", classInt, affInteger}, {"INTEGER", classInt, affInteger}, {"REAL", classNum, affReal}, {"TEXT", classText, affText},
	{"ANY", classAny, affBlob}, {"TEXT", classJSON, affText},
}

// onConflict is an ON CONFLICT clause of a constraint, mostly none.
func (r rng) onConflict(percent int) string {
	if !r.chance(percent) {
		return ""
	}
	return " ON CONFLICT " + pick(r, "REPLACE", "REPLACE", "IGNORE", "IGNORE", "ABORT", "FAIL", "ROLLBACK")
}

var columnNames = []string{"a", "b", "c", "d", "e"}

// schema makes the base tables.
func (r rng) schema(foreignKeys bool) []*table {
	var tables []*table
	for i := range 1 + r.weighted(3, 4, 3, 1) {
		tables = append(tables, r.table("t"+strconv.Itoa(i+1), tables, foreignKeys))
	}
	return tables
}

func (r rng) table(name string, earlier []*table, foreignKeys bool) *table {
	t := &table{name: name, ipk: -1, strict: r.chance(12), dirty: r.chance(50)}
	var defs, constraints []string
	id := func(def string, ipk bool) {
		t.columns = append(t.columns, column{name: "id", decl: "INTEGER", class: classInt, affinity: affInteger,
			collation: "BINARY", notNull: ipk, strict: ipk || t.strict})
		defs = append(defs, def)
		if ipk {
			t.ipk = 0
			t.key("id")
		}
	}
	form := r.weighted(4, 6, 2, 3, 3, 2)
	switch form {
	case 1:
		id("id INTEGER PRIMARY KEY"+r.onConflict(10), true)
	case 2:
		id("id INTEGER PRIMARY KEY"+r.onConflict(5)+" AUTOINCREMENT", true)
	case 4:
		t.withoutRowid = true
		if r.chance(50) {
			id("id INTEGER PRIMARY KEY"+r.onConflict(10), false)
			t.key("id")
			t.columns[0].notNull = true
		}
	case 5:
		id("id INT PRIMARY KEY"+r.onConflict(20), false)
		t.key("id")
	}
	n := r.between(2, 4)
	for i := range n {
		d := pick(r, declarations...)
		if t.strict {
			d = pick(r, strictDeclarations...)
		}
		c := column{name: columnNames[i], decl: d.decl, class: d.class, affinity: d.affinity, collation: "BINARY",
			strict: t.strict && d.decl != "ANY"}
		def := c.name + " " + c.decl
		if c.class == classText || c.class == classAny {
			switch r.weighted(6, 3, 2) {
			case 1:
				c.collation = "NOCASE"
				def += " COLLATE NOCASE"
			case 2:
				c.collation = "RTRIM"
				def += " COLLATE RTRIM"
			}
		}
		if r.chance(10) {
			c.notNull = true
			def += " NOT NULL" + r.onConflict(40)
			if r.chance(60) {
				def += " DEFAULT " + r.nonNull(c.class)
			}
		} else if r.chance(15) {
			def += " DEFAULT " + r.nonNull(c.class)
		}
		if r.chance(12) {
			def += " UNIQUE" + r.onConflict(35)
			t.uniques = append(t.uniques, "("+c.name+")")
			t.parents = append(t.parents, c.name)
		}
		if r.chance(8) {
			def += sprintf(" CHECK (%s IS NOT %s)", c.name, r.literal(c.class, false))
		}
		if foreignKeys && len(earlier) > 0 && r.chance(35) {
			if def2, ok := r.foreignKey(earlier); ok {
				def += def2
			}
		}
		t.columns = append(t.columns, c)
		defs = append(defs, def)
	}
	if r.chance(25) {
		c := r.generated(t)
		t.columns = append(t.columns, c.column)
		defs = append(defs, c.def)
	}
	plain := t.writable()
	if form == 3 || form == 4 && len(t.primary) == 0 {
		cols := plain[:r.between(1, min(2, len(plain)))]
		if len(cols) == 1 && cols[0].decl == "INTEGER" {
			cols = plain[:2] // alone it would be another name of the rowid
		}
		for _, c := range cols {
			t.primary = append(t.primary, c.name)
		}
		constraints = append(constraints, "PRIMARY KEY ("+strings.Join(t.primary, ", ")+")"+r.onConflict(20))
		t.uniques = append(t.uniques, "("+strings.Join(t.primary, ", ")+")")
		if t.withoutRowid {
			for i := range cols {
				t.columns[i].notNull = true
			}
		}
	}
	if r.chance(12) && len(plain) > 2 {
		u := plain[len(plain)-1].name + ", " + plain[len(plain)-2].name
		constraints = append(constraints, "UNIQUE ("+u+")"+r.onConflict(35))
		t.uniques = append(t.uniques, "("+u+")")
	}
	t.create = "CREATE TABLE " + name + "(" + strings.Join(append(defs, constraints...), ", ") + ")"
	var options []string
	if t.withoutRowid {
		options = append(options, "WITHOUT ROWID")
	}
	if t.strict {
		options = append(options, "STRICT")
		t.create = strings.ReplaceAll(t.create, "VARCHAR(10)", "TEXT")
	}
	if len(options) > 0 {
		t.create += " " + strings.Join(options, ", ")
	}
	r.addIndexes(t)
	return t
}

func (r rng) nonNull(c class) string {
	for {
		if v := r.literal(c, false); v != "NULL" {
			return v
		}
	}
}

// foreignKey returns a REFERENCES clause on a unique column of an earlier table.
func (r rng) foreignKey(earlier []*table) (string, bool) {
	p := pick(r, earlier...)
	if len(p.parents) == 0 {
		return "", false
	}
	def := sprintf(" REFERENCES %s(%s)", p.name, p.parents[0])
	for _, event := range some(r, 70, []string{"DELETE", "UPDATE"}) {
		def += " ON " + event + " " + pick(r, "CASCADE", "CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION")
	}
	if r.chance(25) {
		def += " DEFERRABLE INITIALLY DEFERRED"
	}
	return def, true
}

type generatedColumn struct {
	column
	def string
}

func (r rng) generated(t *table) generatedColumn {
	of := pick(r, t.columns...)
	e, c := sprintf("length(%s)", of.name), column{name: "g", decl: "INT", class: classInt, affinity: affInteger, collation: "BINARY"}
	switch r.IntN(4) {
	case 0:
		e, c = sprintf("%s || '!'", of.name), column{name: "g", decl: "TEXT", class: classText, affinity: affText, collation: "BINARY"}
	case 1:
		if of.class == classInt || of.class == classNum {
			e, c = sprintf("%s * 2", of.name), column{name: "g", decl: "INT", class: classInt, affinity: affInteger, collation: "BINARY"}
		}
	case 2:
		if !t.strict {
			e, c = sprintf("coalesce(%s, 'none')", of.name), column{name: "g", decl: "", class: classAny, affinity: affBlob, collation: "BINARY"}
		}
	}
	c.generated = true
	c.virtual = r.chance(50)
	kind := "STORED"
	if c.virtual {
		kind = "VIRTUAL"
	}
	c.strict = false
	if t.strict && c.decl == "INT" && of.class != classInt {
		e = sprintf("length(%s)", of.name)
	}
	return generatedColumn{c, sprintf("%s %s AS (%s) %s", c.name, c.decl, e, kind)}
}

// addIndexes adds indexes: unique ones on expressions or of some rows only, and ordinary ones on what joins use.
func (r rng) addIndexes(t *table) {
	plain := t.writable()
	name := func() string { return "i" + t.name + strconv.Itoa(len(t.indexes)+1) }
	if r.chance(12) {
		c := pick(r, plain...)
		where := sprintf("%s > 2", c.name)
		t.indexes = append(t.indexes, sprintf("CREATE UNIQUE INDEX %s ON %s(%s) WHERE %s", name(), t.name, c.name, where))
		t.uniques = append(t.uniques, sprintf("(%s) WHERE %s", c.name, where))
	}
	if r.chance(10) {
		e := sprintf("lower(%s)", pick(r, plain...).name)
		t.indexes = append(t.indexes, sprintf("CREATE UNIQUE INDEX %s ON %s(%s)", name(), t.name, e))
		t.uniques = append(t.uniques, "("+e+")")
	}
	if r.chance(35) {
		cols := some(r, 50, t.columns)
		if len(cols) > 0 {
			var names []string
			for _, c := range cols {
				n := c.name
				if r.chance(15) {
					n += " COLLATE " + pick(r, "NOCASE", "BINARY", "RTRIM")
				}
				if r.chance(20) {
					n += " DESC"
				}
				names = append(names, n)
			}
			t.indexes = append(t.indexes, sprintf("CREATE INDEX %s ON %s(%s)", name(), t.name, strings.Join(names, ", ")))
		}
	}
}

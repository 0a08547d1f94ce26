package history

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Options bound what Generate makes.
type Options struct {
	Steps int // statements after the schema, 0 for a random number
}

// generator is the state of making one history.
type generator struct {
	writer
	design designer
	h      *History
	views  []created
	second bool // another connection may write
	temp   bool // there are temporary triggers
	// indexes are those that were made on base tables on the way.
	indexes []string
	opened  int // open queries
	// reading: the second connection holds a read transaction.
	reading bool
	depth   int // of the transaction, roughly: the generator doesn't know which statements fail
	slots   int
	n       int
	plain   int // plain views
}

// created is a view that the generator believes to exist.
type created struct {
	name string
	def  definition
	wild bool
	temp bool
}

// Generate makes the history with the given number under a seed.
func Generate(seed, number uint64, o Options) *History {
	r := newRNG(seed, number)
	g := &generator{h: &History{Seed: seed, Number: number}}
	g.rng = r
	g.h.Database = pick(r, "memory", "memory", "memory", "wal", "wal", "delete", "truncate", "persist")
	g.h.Checks = pick(r, 100, 100, 50, 10, 0)
	g.h.Prepared = r.chance(40)
	g.h.Schema = "main"
	if g.h.Database == "memory" {
		g.h.Schema = []string{"main", "aux", "temp"}[r.weighted(20, 2, 2)]
	}
	if g.h.Schema == "aux" {
		g.add(Step{kind: stepEvery, sql: values{head: "ATTACH ':memory:' AS aux"}})
	}
	if g.h.UTF16 = r.chance(3) && g.h.Schema == "main"; g.h.UTF16 {
		g.exec("PRAGMA encoding = 'UTF-16le'")
	}
	for _, p := range []string{"reverse_unordered_selects = ON", "trusted_schema = OFF", "automatic_index = OFF", "cache_size = 2", "cell_size_check = ON"} {
		if r.chance(6) {
			g.add(Step{kind: stepEvery, sql: values{head: "PRAGMA " + p}})
		}
	}
	foreignKeys := r.chance(30)
	if foreignKeys {
		g.add(Step{kind: stepEvery, sql: values{head: "PRAGMA foreign_keys = ON"}})
	}
	if r.chance(20) {
		g.add(Step{kind: stepEvery, sql: values{head: "PRAGMA recursive_triggers = ON"}})
	}
	g.tables = r.schema(foreignKeys)
	for _, t := range g.tables {
		g.exec(t.create)
		for _, i := range t.indexes {
			g.exec(i)
		}
	}
	g.design = designer{rng: r}
	for _, t := range g.tables {
		g.design.relations = append(g.design.relations, t.asRelation())
	}
	for r.chance(25) {
		g.plainView()
	}
	g.second = g.h.Database != "memory"
	triggers := 0
	if r.chance(35) {
		triggers = r.between(1, 3)
	}
	late := r.chance(50) // triggers made after the views
	if !late {
		g.triggers(triggers)
	}
	for range r.between(1, 8) {
		g.add(Step{kind: stepExec, sql: g.insert(pick(r, g.tables...))})
	}
	for range 1 + r.weighted(4, 3, 2, 1, 1) {
		g.createView()
	}
	if late {
		g.triggers(triggers)
	}
	steps := o.Steps
	if steps == 0 {
		steps = r.between(15, 60)
	}
	for range steps {
		g.step()
	}
	for g.depth > 0 {
		g.end()
	}
	return g.h
}

// createHead matches a CREATE statement up to the name.
var createHead = regexp.MustCompile(`^(CREATE (?:UNIQUE )?(?:TABLE|INDEX|TRIGGER|VIEW|MATERIALIZED VIEW) (?:IF NOT EXISTS )?)`)

func (g *generator) add(s Step) {
	s.check, s.id = g.chance(g.h.Checks), len(g.h.Steps)
	if g.h.Schema != "main" {
		s.sql.head = createHead.ReplaceAllString(s.sql.head, "${1}"+g.h.Schema+".")
	}
	g.h.Steps = append(g.h.Steps, s)
}

func (g *generator) exec(format string, args ...any) {
	if len(args) > 0 {
		format = sprintf(format, args...)
	}
	g.add(Step{kind: stepExec, sql: values{head: format}})
}

func (g *generator) triggers(n int) {
	for range n {
		g.n++
		temp := g.chance(4) && g.h.Schema == "main"
		if temp {
			// Other connections would not have it.
			g.second, g.temp = false, true
		}
		g.exec("%s", g.trigger(g.n, temp))
	}
}

// inexact matches what a query computes of reals, which the engine's views have exactly.
var inexact = regexp.MustCompile(`\b(sum|avg|total)\(`)

// plainView adds a CREATE VIEW, over which others are then made. It has no column with a choice of values, and nothing that
// is evaluated for some rows may fail.
func (g *generator) plainView() {
	for range 8 {
		def := g.design.define()
		text := def.query.SQL()
		if len(def.cols) == 0 || def.size > 60 || inexact.MatchString(text) ||
			slices.ContainsFunc(def.cols, func(c col) bool { return c.free || c.opaque || c.name == "" }) ||
			slices.ContainsFunc(def.query.arms, func(s *selectCore) bool {
				return strings.Contains(s.SQL(), "abs(") || strings.Contains(s.SQL(), "json")
			}) {
			continue
		}
		g.plain++
		name := "p" + strconv.Itoa(g.plain)
		g.exec("%s", "CREATE VIEW "+name+" AS "+text)
		g.design.relations = append(g.design.relations, relation{name: name, cols: def.cols, size: def.size})
		return
	}
}

// createView adds a CREATE MATERIALIZED VIEW.
func (g *generator) createView() {
	if g.h.Schema == "main" && !g.h.UTF16 && g.chance(10) {
		g.createTemp()
		return
	}
	wild := g.chance(6)
	var def definition
	if wild {
		def = g.design.wildDefinition()
	} else {
		def = g.design.define()
	}
	name := g.freshName("v")
	g.views = append(g.views, created{name: name, def: def, wild: wild})
	head := "CREATE MATERIALIZED VIEW "
	if g.chance(5) {
		head += "IF NOT EXISTS "
	}
	g.add(Step{kind: stepExec, sql: values{head: head + name + " AS "}, query: def.query, view: name, wild: wild})
	if len(def.cols) > 0 && def.size <= 60 && !slices.ContainsFunc(def.cols, func(c col) bool { return c.name == "" }) {
		rel := relation{name: name, size: def.size}
		for _, c := range def.cols {
			// What a view shows is a fact for the views on it, though equal values may differ from row to row.
			c.canonical = c.canonical && !c.free
			c.free = false
			if len(def.query.arms) > 1 && c.affinity != affBlob && c.affinity != affNone {
				c.opaque = true // whether the stored column has the branches' affinity is the engine's choice
			} else if c.opaque || c.affinity == affNone {
				// Another view compares it with the affinity and collation that the stored view has.
				c.opaque, c.affinity = false, affBlob
			}
			rel.cols = append(rel.cols, c)
		}
		g.design.relations = append(g.design.relations, rel)
	}
}

// freshName returns the name of the next view.
func (g *generator) freshName(prefix string) string { return prefix + strconv.Itoa(len(g.views)+1) }

// createTemp adds a CREATE TEMP MATERIALIZED VIEW over tables and views of main.
func (g *generator) createTemp() {
	def := g.design.define()
	v := created{name: g.freshName(tempPrefix), def: def, temp: true}
	g.views = append(g.views, v)
	g.add(Step{kind: stepExec, sql: values{head: "CREATE TEMP MATERIALIZED VIEW " + v.name + " AS "}, query: def.query, view: v.name})
}

// step adds one random step.
func (g *generator) step() {
	if g.depth == 0 && g.chance(4) {
		g.refill()
		return
	}
	switch g.weighted(60, 6, 8, 6, 4, 3, 5, 10, 3, 4, 2, 2, 3, 2, 3, 1) {
	case 0:
		g.add(Step{kind: stepExec, sql: g.write()})
	case 1:
		s := g.write()
		s.tail += " RETURNING " + pick(g.rng, "*", "*", "1")
		g.add(Step{kind: stepQuery, sql: s})
	case 2:
		g.begin()
	case 3, 4:
		if g.depth > 0 {
			g.end()
		} else {
			g.begin()
		}
	case 5:
		g.openWrite()
	case 6:
		g.openRead()
	case 7:
		g.probe()
	case 8:
		if g.depth == 0 && g.second && !g.reading {
			g.add(Step{kind: stepSecond, sql: g.write()})
		}
	case 9:
		g.fromView()
	case 10:
		if g.depth == 0 && !g.temp && !g.reading {
			g.add(Step{kind: stepReopen})
			if g.h.Database != "memory" {
				g.views = slices.DeleteFunc(g.views, func(v created) bool { return v.temp })
			}
		}
	case 11:
		g.pragma()
	case 12:
		g.viewDDL()
	case 13:
		g.otherReader()
	case 14:
		g.baseDDL()
	default:
		if g.depth == 0 && g.opened == 0 {
			g.exec("VACUUM")
		}
	}
}

// refill empties a table and fills it again.
func (g *generator) refill() {
	t := pick(g.rng, g.tables...)
	g.exec("DELETE FROM %s", t.name)
	for range g.between(1, 4) {
		g.add(Step{kind: stepExec, sql: g.insert(t)})
	}
}

func (g *generator) begin() {
	switch {
	case g.depth == 0 && g.chance(60):
		g.exec("%s", pick(g.rng, "BEGIN", "BEGIN", "BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"))
	case g.depth < 5:
		g.exec("SAVEPOINT s%d", g.IntN(3))
	default:
		g.end()
		return
	}
	g.depth++
}

func (g *generator) end() {
	switch g.weighted(5, 3, 4, 4) {
	case 0:
		g.exec("%s", pick(g.rng, "COMMIT", "END", "COMMIT"))
		g.depth = 0
	case 1:
		g.exec("ROLLBACK")
		g.depth = 0
	case 2:
		g.exec("ROLLBACK TO s%d", g.IntN(3))
	default:
		g.exec("RELEASE s%d", g.IntN(3))
		g.depth--
	}
}

// openWrite opens a writing statement with RETURNING and leaves it open for a while.
func (g *generator) openWrite() {
	s := g.write()
	s.tail += " RETURNING *"
	g.open(s)
}

func (g *generator) open(s values) {
	g.slots++
	slot := g.slots
	g.opened++
	defer func() { g.opened-- }()
	g.add(Step{kind: stepOpen, sql: s, slot: slot, n: g.between(1, 3)})
	for range g.between(0, 3) {
		if g.chance(20) {
			g.add(Step{kind: stepRead, slot: slot, n: 1})
			continue
		}
		g.step()
	}
	g.add(Step{kind: pick(g.rng, stepShut, stepShut, stepDrop), slot: slot})
}

// otherReader keeps a read transaction open on the second connection for a while: its snapshot stays what it is, and
// without WAL no COMMIT succeeds meanwhile.
func (g *generator) otherReader() {
	if g.h.Database == "memory" || g.reading {
		return
	}
	g.reading = true
	g.add(Step{kind: stepReader, sql: values{head: "BEGIN"}})
	for range g.between(1, 6) {
		g.step()
	}
	g.add(Step{kind: stepReader, sql: values{head: "COMMIT"}})
	g.reading = false
}

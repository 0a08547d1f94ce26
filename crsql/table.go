package crsql

import (
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// table is a replicated table, with the statements that are kept for it.
type table struct {
	c      *conn
	name   string
	keys   []column // in the order of the primary key
	others []column // the columns that replicate
	places map[string]int
	// watched says that somebody's triggers are on the clocks. They may not run in a commit, so nothing waits for it.
	watched bool
	log     *eventLog // nil unless it is a log

	base, clock, pks string // quoted, with the schema

	statements map[string]*statement
	insertKey  *statement // hot ones, to be had without a look into the map
	insertRow  *statement
	findRow    *statement
	putClock   *statement
	makeKey    *statement
	deleteRow  *statement
	makeRow    *statement
	plans      []*plan

	classes map[int]string // classOf columns, by place, as far as they were looked up

	retired bool // the schema was changed since

	scans map[sqlite3.Stmt]string   // statements of crsql_changes, in use or not, and their text
	idle  map[string][]sqlite3.Stmt // those not in use
}

// maxStatements bounds how many statements are kept for a table: there may be one for each combination of its columns.
const maxStatements = 256

// statement is a statement kept for a table.
type statement struct {
	sqlite3.Stmt
	sql      string
	compiled int // Reprepared when the schema was loaded
}

// schemaChanged reports whether SQLite had to compile the statement anew in its last step: what is known of the schema is
// out of date then.
func (s *statement) schemaChanged() bool { return s.Reprepared() != s.compiled }

func (c *conn) loadTable(name string) (*table, error) {
	keys, others, err := c.columnsOf(name)
	if err != nil {
		return nil, err
	}
	t := &table{
		c: c, name: name, keys: keys, others: others, places: map[string]int{}, statements: map[string]*statement{},
		classes: map[int]string{}, scans: map[sqlite3.Stmt]string{}, idle: map[string][]sqlite3.Stmt{},
		base: "main." + ident(name), clock: "main." + ident(name+clockSuffix), pks: "main." + ident(name+pksSuffix),
	}
	for i, col := range others {
		t.places[col.name] = i
	}
	return t, nil
}

// statement returns the statement that is kept under a name, which text spells when it is asked for first.
func (t *table) statement(name string, text func() string) (*statement, error) {
	if s := t.statements[name]; s != nil {
		return s, nil
	}
	sql := text()
	s, err := t.c.prepareKept(sql)
	if err != nil {
		return nil, fmt.Errorf("table %s: %w", t.name, err)
	}
	kept := &statement{Stmt: s, sql: sql}
	if t.retired || len(t.statements) >= maxStatements {
		t.c.retired = append(t.c.retired, s) // for this once
	} else {
		t.statements[name] = kept
	}
	return kept, nil
}

// hot is statement for one of the table's fields.
func (t *table) hot(slot **statement, name string, text func() string) (*statement, error) {
	if *slot != nil {
		return *slot, nil
	}
	s, err := t.statement(name, text)
	if err == nil && t.statements[name] == s {
		*slot = s
	}
	return s, err
}

// retire gives a table's statements up. Some may be running, below the callback that noticed.
func (c *conn) retire(t *table) {
	t.retired = true
	for _, s := range t.statements {
		c.retired = append(c.retired, s.Stmt)
	}
	t.statements = map[string]*statement{}
	for _, idle := range t.idle {
		c.retired = append(c.retired, idle...)
	}
	clear(t.scans) // those in use are finalized when they are given back
	clear(t.idle)
	t.insertKey, t.insertRow, t.findRow, t.putClock, t.makeKey, t.deleteRow, t.makeRow, t.plans = nil, nil, nil, nil, nil, nil, nil, nil
	c.finalizeRetired()
}

// enter and leave surround what runs a table's statements.
func (c *conn) enter() { c.depth++ }

func (c *conn) leave() {
	c.depth--
	c.finalizeRetired()
}

func (c *conn) finalizeRetired() {
	if c.depth > 0 || len(c.retired) == 0 {
		return
	}
	for _, s := range c.retired {
		_ = s.Finalize()
	}
	c.retired = c.retired[:0]
}

// table returns a replicated table by its name, nil if there is none.
func (c *conn) table(name string) (*table, error) {
	if c.schema != nil {
		if t := c.schema.byName[name]; t != nil {
			return t, nil
		}
	}
	sch, err := c.current()
	if err != nil {
		return nil, err
	}
	return sch.byName[name], nil
}

// The parts of statements that are made of a table's columns.

// names lists columns, each with prefix before it.
func names(prefix string, columns []column) string {
	var b strings.Builder
	for i, col := range columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(prefix + ident(col.name))
	}
	return b.String()
}

// parameters lists n parameters from number first on.
func parameters(first, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "?%d", first+i)
	}
	return b.String()
}

// isKey compares the key columns of a table with parameters from number first on.
func (t *table) isKey(prefix string, first int) string {
	var b strings.Builder
	for i, col := range t.keys {
		if i > 0 {
			b.WriteString(" AND ")
		}
		fmt.Fprintf(&b, "%s%s = ?%d", prefix, ident(col.name), first+i)
	}
	return b.String()
}

// sameKey compares the key columns of two tables.
func sameKey(a, b string, keys []column) string {
	var s strings.Builder
	for i, col := range keys {
		if i > 0 {
			s.WriteString(" AND ")
		}
		fmt.Fprintf(&s, "%s.%s = %s.%s", a, ident(col.name), b, ident(col.name))
	}
	return s.String()
}

package history

import (
	"strings"

	"github.com/sqlite-mv/sqlite-mv/internal/oracle"
)

// tempPrefix begins the names of TEMP views over main.
const tempPrefix = "tv"

// schemaOf returns where the view of that name is.
func (h *History) schemaOf(name string) string {
	if strings.HasPrefix(name, tempPrefix) {
		return "temp"
	}
	return h.Schema
}

// schemas lists where there are views.
func (h *History) schemas() []string {
	for i := range h.Steps {
		if h.Steps[i].query != nil && strings.HasPrefix(h.Steps[i].view, tempPrefix) {
			return []string{h.Schema, "temp"}
		}
	}
	return []string{h.Schema}
}

// History is a sequence of steps on a new database.
type History struct {
	Seed, Number uint64
	Database     string // "memory" or a journal mode
	// Checks is the percentage of steps inside transactions after which views are checked: reading a view makes the
	// engine step its circuit, which a transaction that is not looked at puts off until COMMIT. Outside of transactions
	// views are always checked.
	Checks int
	// Schema is where all tables and views are: "main", "aux" (attached) or "temp".
	Schema string
	// Prepared has views read through statements that are prepared once and kept.
	Prepared bool
	// UTF16 is set when the database stores UTF-16 text; more may be refused there.
	UTF16 bool
	Steps []Step
}

// stepKind tells what a Step does.
type stepKind uint8

const (
	stepExec    stepKind = iota
	stepQuery            // run as a query, all rows read (RETURNING)
	stepOpen             // open a query in a slot and read some rows
	stepRead             // read some more rows of a slot
	stepShut             // read the rest and close
	stepDrop             // close without reading the rest
	stepReopen           // close all connections and open the file again
	stepSecond           // run on the second connection
	stepEvery            // run on all connections (PRAGMA)
	stepProbe            // compare a query over a view with the same one over its definition
	stepReader           // begin or end a read transaction on the second connection
	stepRefresh          // statements that only materialized views have; the twin skips them
)

// Step is one step of a History. Its text does not depend on what earlier steps did, so steps can be left out.
type Step struct {
	kind  stepKind
	sql   values
	slot  int
	n     int
	view  string // the view that a definition or probe is for
	query *query // the definition, when the step creates a view
	probe probe
	// diverges: what the step writes depends on choices that are the view's, so the twin can't follow.
	diverges bool
	wild     bool // the definition may be refused
	id       int  // position in the history as it was generated
	check    bool // check views after it though a transaction is open
}

// probe is a query over a view.
type probe struct {
	columns string
	tail    string // WHERE …
	order   string // ORDER BY term, or ""
	by      string // its column
	// collation is the one under which equal values of that column may come in any order.
	collation string
	limit     int
}

// SQL is the statement of the step.
func (s *Step) SQL() string {
	if s.query != nil {
		return s.sql.head + s.query.SQL()
	}
	return s.sql.SQL()
}

// over returns the probe's query over a source (a view's name, or a subquery in parentheses).
func (p probe) over(source string) string {
	q := "SELECT " + p.columns + " FROM " + source + " AS x" + p.tail
	if p.order != "" {
		q += " ORDER BY " + p.order
	}
	if p.limit > 0 {
		q += sprintf(" LIMIT %d", p.limit)
	}
	return q
}

// Script prints the history in the oracle's script format. With the report of a run, statements that failed are expected
// to fail; without, each may.
func (h *History) Script(rep *Report, comments ...string) string {
	var b strings.Builder
	for _, c := range comments {
		for _, line := range strings.Split(c, "\n") {
			b.WriteString("-- | " + line + "\n")
		}
	}
	b.WriteString("-- database: " + h.Database + "\n")
	if schemas := h.schemas(); len(schemas) > 1 || h.Schema != "main" {
		b.WriteString("-- schemas: " + strings.Join(schemas, ", ") + "\n")
	}
	conn := "1"
	for i := range h.Steps {
		s := &h.Steps[i]
		stmt := ""
		switch s.kind {
		case stepRead, stepShut, stepDrop, stepReopen, stepProbe:
		default:
			stmt = strings.ReplaceAll(s.SQL(), "\n", " ") + ";\n"
		}
		want := map[bool]string{true: "2", false: "1"}[s.kind == stepSecond || s.kind == stepReader]
		if want != conn {
			b.WriteString("-- conn: " + want + "\n")
			conn = want
		}
		if stmt != "" {
			if s.query != nil {
				for _, f := range s.query.Free() {
					b.WriteString(oracle.FreeDirective(s.view, f) + "\n")
				}
			}
			if !s.check {
				b.WriteString("-- quiet\n")
			}
			if rep == nil {
				b.WriteString("-- may fail\n")
			} else if i < len(rep.outcomes) && rep.outcomes[i] != nil {
				b.WriteString("-- error: " + strings.SplitN(core(rep.outcomes[i]), "\n", 2)[0] + "\n")
			}
		}
		switch s.kind {
		case stepOpen:
			b.WriteString(sprintf("-- open: s%d %d\n%s", s.slot, s.n, stmt))
		case stepRead:
			b.WriteString(sprintf("-- step: s%d %d\n", s.slot, s.n))
		case stepShut:
			b.WriteString(sprintf("-- shut: s%d\n", s.slot))
		case stepDrop:
			b.WriteString(sprintf("-- drop: s%d\n", s.slot))
		case stepReopen:
			b.WriteString("-- reopen\n")
		case stepProbe:
			b.WriteString("-- probe: " + s.view + " " + s.probe.over("$") + "\n")
		case stepReader:
			b.WriteString(stmt)
			if s.sql.head == "BEGIN" {
				b.WriteString("SELECT count(*) FROM sqlite_schema;\n")
			}
		default:
			b.WriteString(stmt)
		}
	}
	if rep != nil {
		for _, g := range rep.goldens {
			b.WriteString(g)
		}
	}
	return b.String()
}

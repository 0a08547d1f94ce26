package history

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/internal/oracle"
)

// Runner runs histories.
type Runner struct {
	Driver string // of database/sql
	Mode   oracle.Mode
	// Twin is the driver of the database without materialized views beside it, "" for none.
	Twin string
	// Dir is a folder for database files; each run uses its own below it.
	Dir string
	// IgnoreChanges leaves changes() and last_insert_rowid() out of the comparison with the twin.
	IgnoreChanges bool
	// Strict has a definition that only the engine rejects count as a failure, not be noted and passed over.
	Strict bool
	// after, when set, is called after each statement: tests break the database with it.
	after func(x *execution, stmt string)
	// Progress, when set, is called before each step.
	Progress func(h *History, step int)
}

// Run runs a history on a new database and stops at the first failure.
func (r *Runner) Run(h *History) (rep *Report) {
	rep = &Report{Rejected: map[string]string{}, outcomes: make([]error, len(h.Steps))}
	x := &execution{Runner: r, h: h, rep: rep, defs: map[string]*query{}, mayStale: map[string]bool{}}
	defer func() {
		if p := recover(); p != nil {
			rep.Failure = &Failure{"panic", x.at, fmt.Sprintf("%v\n%s", p, debug.Stack())}
		}
	}()
	dir, err := os.MkdirTemp(r.Dir, "history")
	if err != nil {
		rep.Failure = &Failure{"open", 0, err.Error()}
		return rep
	}
	defer os.RemoveAll(dir)
	defer x.close()
	if err := x.open(filepath.Join(dir)); err != nil {
		rep.Failure = &Failure{"open", 0, err.Error()}
		return rep
	}
	for i := range h.Steps {
		x.temp = x.temp || strings.HasPrefix(h.Steps[i].sql.head, "CREATE TEMP TRIGGER")
		x.at = i
		if r.Progress != nil {
			r.Progress(h, i)
		}
		if err := x.step(&h.Steps[i]); err != nil {
			rep.Failure = x.failure(err)
			return rep
		}
	}
	x.at = len(h.Steps) - 1
	if err := x.finish(); err != nil {
		rep.Failure = x.failure(err)
	}
	return rep
}

func (x *execution) failure(err error) *Failure {
	var m *oracle.Mismatch
	var f *Failure
	switch {
	case errors.As(err, &f):
		f.Step = x.at
		return f
	case errors.As(err, &m):
		return &Failure{m.Kind, x.at, err.Error()}
	}
	return &Failure{"oracle", x.at, err.Error()}
}

var ctx = context.Background()

// execution is one run.
type execution struct {
	*Runner
	h       *History
	rep     *Report
	at      int
	subject *side
	twin    *side // nil when there is none or it could not follow
	defs    map[string]*query
	slots   map[int]*openSlot
	temp    bool // there are temporary triggers: a view may refuse to work beside them
	// mayStale lists views whose reads may fail with "stale".
	mayStale map[string]bool
	shared   bool // the database is a file
	dsn      string
	// dml: the last statement that counted rows was run on both sides and nothing else since then counts any.
	dml bool
	// idsApart: another connection than the twin's only one has inserted, or may have.
	idsApart bool
	// reading: the second connection holds a read transaction.
	reading bool
	// ddl: the open transaction changed the schema; a rollback then aborts open cursors.
	ddl bool
}

type openSlot struct {
	query    *oracle.OpenQuery
	twin     *oracle.OpenQuery
	writes   bool
	aborted  bool // a rollback with a schema change happened while it was open
	rollback bool // some rollback happened
}

func (x *execution) open(dir string) error {
	x.slots = map[int]*openSlot{}
	x.dsn, x.shared = oracle.DSN(x.h.Database, dir)
	var err error
	if x.subject, err = openSide(x.Driver, x.dsn); err != nil {
		return err
	}
	if x.Twin != "" {
		x.twin, err = openSide(x.Twin, ":memory:")
	}
	return err
}

func (x *execution) close() {
	for _, o := range x.slots {
		o.query.Close()
		if o.twin != nil {
			o.twin.Close()
		}
	}
	if x.subject != nil {
		x.subject.close()
	}
	if x.twin != nil {
		x.twin.close()
	}
}

// loseTwin gives the twin up.
func (x *execution) loseTwin() {
	if x.twin != nil {
		for _, o := range x.slots {
			if o.twin != nil {
				o.twin.Close()
				o.twin = nil
			}
		}
		x.twin.close()
		x.twin = nil
	}
}

func (x *execution) step(s *Step) error {
	var err error
	switch s.kind {
	case stepExec, stepQuery:
		if s.query != nil {
			err = x.create(s)
		} else {
			err = x.statement(s)
		}
	case stepRefresh:
		err = x.refresh(s)
	case stepEvery:
		x.every(s.SQL())
	case stepSecond:
		err = x.onSecond(s)
	case stepReader:
		err = x.reader(s)
	case stepOpen:
		err = x.openStep(s)
	case stepRead, stepShut, stepDrop:
		err = x.slotStep(s)
	case stepReopen:
		err = x.reopen()
	case stepProbe:
		err = x.probe(s)
	}
	if err != nil {
		return err
	}
	return x.check(s)
}

// every runs a PRAGMA on all connections, now and when they are opened again.
func (x *execution) every(stmt string) {
	x.rep.Statements++
	x.subject.every(stmt)
	if x.twin != nil {
		x.twin.every(stmt)
	}
}

var dataStatement = regexp.MustCompile(`^(INSERT|REPLACE|UPDATE|DELETE)\b`)

// statement runs a statement on both sides and compares what it did.
func (x *execution) statement(s *Step) error {
	stmt := s.SQL()
	x.rep.Statements++
	own := stmt
	if x.Mode == oracle.Plain {
		own = oracle.PlainForm(stmt)
	}
	got := x.subject.run(own, s.kind == stepQuery)
	if x.after != nil {
		x.after(x, stmt)
	}
	x.rep.outcomes[x.at] = got.err
	x.subject.tx.Note(stmt, got.err)
	x.note(stmt, got.err)
	if s.diverges || got.locked() || x.hindered(got) {
		x.loseTwin()
	}
	if x.twin == nil {
		return nil
	}
	want := x.twin.run(oracle.PlainForm(stmt), s.kind == stepQuery)
	x.rep.outcomes[x.at] = want.err
	if want.err != nil {
		x.rep.Errors++
		if x.subject.tx.Open() && len(x.slots) == 0 && x.twin.autocommit() {
			x.subject.tx, x.ddl = oracle.Transaction{}, false
		}
	}
	if verb, _, _ := strings.Cut(stmt, " "); verb == "DROP" || verb == "CREATE" {
		if err := x.sameTriggers(); err != nil {
			return err
		}
	}
	return x.compare(stmt, got, want)
}

// hindered tells whether a reader may have kept a statement that failed from committing what OR FAIL leaves of it: the error
// is then the statement's own all the same.
func (x *execution) hindered(got outcome) bool {
	return x.reading && got.err != nil && !x.subject.tx.Open() && x.h.Database != "wal"
}

// note keeps track of what concerns cursors and counters.
func (x *execution) note(stmt string, err error) {
	verb, _, _ := strings.Cut(stmt, " ")
	// A statement that fails may have rolled the transaction back, by its conflict clause or by a trigger.
	if verb == "ROLLBACK" || err != nil {
		for _, o := range x.slots {
			o.rollback = true
			o.aborted = o.aborted || x.ddl
		}
	}
	switch verb {
	case "CREATE", "DROP", "REFRESH", "VACUUM", "ANALYZE", "REINDEX":
		x.ddl, x.dml = true, false
		x.idsApart = x.idsApart || verb == "VACUUM" // which sets it, to a rowid of sqlite_schema
		if _, name, ok := strings.Cut(stmt, "DROP MATERIALIZED VIEW "); ok && err == nil {
			x.dropped(strings.TrimPrefix(name, "IF EXISTS "))
		}
	case "INSERT", "REPLACE", "UPDATE", "DELETE":
		x.dml = err == nil
	}
	if !x.subject.tx.Open() {
		x.ddl = false
	}
}

// dropped notes that views on a view that is dropped may be stale from now on, until REFRESH; a rollback that brings it
// back may or may not mend them.
func (x *execution) dropped(name string) {
	uses := regexp.MustCompile(`\b` + name + `\b`)
	for other, def := range x.defs {
		if other != name && !x.mayStale[other] && uses.MatchString(def.SQL()) {
			x.mayStale[other] = true
			x.dropped(other)
		}
	}
}

// compare compares the outcomes of one statement on both sides.
func (x *execution) compare(stmt string, got, want outcome) error {
	same := core(got.err) == core(want.err)
	if strings.HasPrefix(stmt, "DROP") {
		same = (got.err == nil) == (want.err == nil) // the names of what there is none of differ
	}
	if !same {
		return wrong("outcome", "error %v, without materialized views %v\n  statement: %s", got.err, want.err, stmt)
	}
	if want.err != nil {
		x.idsApart = true // a failed INSERT into a table with triggers leaves its rowid behind
		return nil
	}
	if !slices.EqualFunc(got.rows, want.rows, func(a, b string) bool { return a == b }) {
		return wrong("returning", "rows %v, without materialized views %v\n  statement: %s", got.rows, want.rows, stmt)
	}
	if x.IgnoreChanges {
		return nil
	}
	isData := dataStatement.MatchString(stmt)
	if !isData && !(x.dml && (strings.HasPrefix(stmt, "COMMIT") || strings.HasPrefix(stmt, "END"))) {
		return nil
	}
	sameID := got.lastID == want.lastID || x.idsApart
	x.idsApart = got.lastID != want.lastID
	if got.changes != want.changes || !sameID {
		x.rep.goldens = append(x.rep.goldens, golden("SELECT changes(), last_insert_rowid()", []string{sprintf("%d, %d", want.changes, want.lastID)}))
	}
	if got.changes != want.changes {
		return wrong("changes", "changes() is %d, without materialized views %d\n  statement: %s", got.changes, want.changes, stmt)
	}
	if !sameID {
		return wrong("changes", "last_insert_rowid() is %d, without materialized views %d\n  statement: %s", got.lastID, want.lastID, stmt)
	}
	return nil
}

// onSecond runs a statement on the second connection; on the twin on the only one.
func (x *execution) onSecond(s *Step) error {
	if !x.shared || x.subject.tx.Open() || len(x.slots) > 0 {
		return nil // an open query keeps the first connection in its snapshot
	}
	if err := x.subject.openSecond(); err != nil {
		return err
	}
	x.rep.Statements++
	stmt := s.SQL()
	got := x.subject.onSecond(stmt)
	x.rep.outcomes[x.at] = got.err
	x.dml, x.idsApart = false, true
	if got.locked() || x.twin == nil {
		return nil
	}
	want := x.twin.run(stmt, false)
	if core(got.err) != core(want.err) {
		return wrong("outcome", "on the second connection: error %v, without materialized views %v\n  statement: %s", got.err, want.err, stmt)
	}
	return nil
}

// reader begins or ends a read transaction on the second connection. While it lasts, views there show its snapshot.
func (x *execution) reader(s *Step) error {
	if !x.shared {
		return nil
	}
	if err := x.subject.openSecond(); err != nil {
		if (outcome{err: err}).locked() {
			return nil
		}
		return err
	}
	x.subject.onSecond(s.SQL())
	if x.reading = s.sql.head == "BEGIN"; x.reading {
		x.subject.onSecond("SELECT count(*) FROM sqlite_schema")
	}
	return nil
}

func (x *execution) reopen() error {
	if !x.shared || len(x.slots) > 0 || x.subject.tx.Open() {
		return nil
	}
	if err := x.subject.reopen(); err != nil {
		return wrong("open", "%v", err)
	}
	x.reading = false
	for name := range x.defs { // TEMP views are gone
		if x.h.schemaOf(name) == "temp" && x.h.Schema != "temp" {
			delete(x.defs, name)
			if x.twin != nil {
				x.twin.run("DROP VIEW IF EXISTS temp."+name, false)
			}
		}
	}
	x.dml, x.idsApart = false, true
	return nil
}

// finish checks everything once more at the end.
func (x *execution) finish() error {
	for n := range x.slots {
		if err := x.slotStep(&Step{kind: stepDrop, slot: n}); err != nil {
			return err
		}
	}
	if x.subject.tx.Open() {
		x.statement(&Step{kind: stepExec, sql: values{head: "ROLLBACK"}})
	}
	if err := x.checkViews(true); err != nil {
		return err
	}
	if err := x.reopen(); err != nil {
		return err
	}
	return x.checkViews(true)
}

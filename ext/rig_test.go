package ext

import (
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3/modernc"
	"github.com/sqlite-mv/sqlite-mv/internal/faultdisk"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	_ "modernc.org/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a database under test and its twin, which runs the same statements without the engine. With raw set, tables
// are captured without any view, and what the log says is held against the tables; otherwise a view shows each captured
// table as it is.
type rig struct {
	raw    bool
	every  bool // check after each line, also inside transactions
	main   *side
	twin   *side
	anchor map[string]*anchored // by schema.table, captured tables only
	inert  bool                 // the twin has triggers that do nothing: see capture
	seen   int64                // checks of a table or view that found it right
	lost   int64                // times that a table's capture was given up, as it may be
	failed error                // found by a callback
}

// anchored is what a captured table held when the transaction began, as a multiset of encoded images.
type anchored struct {
	schema, table string
	columns       []string
	view          string // unquoted
	rows          map[string]int
	now           map[string]int // at the latest xSync
	lost          string         // why the engine does not promise anything about it any more
}

// side is a connection and the statements left open on it.
type side struct {
	pool  *sql.DB
	c     sqlite3.Conn
	e     *engine // nil for the twin
	slots map[string]sqlite3.Stmt
}

// rigHost is an SQLite to rig databases on, with its stock driver.
type rigHost struct {
	binding sqlite3.Binding
	driver  string
	options string // of the names of files
}

// rigHosts by the name of the driver under test.
var rigHosts = map[string]rigHost{
	"sqlite-mv": {modernc.Binding, "sqlite", "&vfs=" + faultdisk.Name},
}

// host is the one that flag -driver chooses.
func host() rigHost { return rigHosts[flag.Lookup("driver").Value.String()] }

var rigging struct {
	sync.Mutex
	once sync.Once
	open func(c sqlite3.Conn) error
}

// openSide opens a connection of the stock driver, and gives setup its handle.
func openSide(dsn string, setup func(c sqlite3.Conn) error) (*side, error) {
	var err error
	rigging.once.Do(func() {
		// Registered now, so after any other in this process: this engine is the one whose modules stay.
		err = host().binding.AutoExtension(func(c sqlite3.Conn) error {
			if rigging.open == nil {
				return nil
			}
			return rigging.open(c)
		})
	})
	if err != nil {
		return nil, err
	}
	rigging.Lock()
	defer rigging.Unlock()
	s := &side{slots: map[string]sqlite3.Stmt{}}
	rigging.open = func(c sqlite3.Conn) error {
		s.c = c
		return setup(c)
	}
	defer func() { rigging.open = nil }()
	if s.pool, err = sql.Open(host().driver, dsn); err != nil {
		return nil, err
	}
	s.pool.SetMaxOpenConns(1)
	return s, s.pool.Ping()
}

// newRig opens both databases; with dir they are files in it, else in memory.
func newRig(raw bool, dir string) (*rig, error) {
	r := &rig{raw: raw, anchor: map[string]*anchored{}}
	name := func(n string) string {
		if dir == "" {
			return ":memory:"
		}
		return "file:" + filepath.Join(dir, n) + "?_synchronous=0&_busy_timeout=0" + host().options
	}
	if err := faultdisk.Register(); err != nil {
		return nil, err
	}
	var e *engine
	var err error
	r.main, err = openSide(name("main.db"), func(c sqlite3.Conn) error {
		var err error
		if e, err = attach(c); err != nil || !raw {
			return err
		}
		e.armed = true // the log alone must tell what REPLACE removes
		return r.tap(e)
	})
	if err != nil {
		return nil, err
	}
	r.main.e = e
	r.twin, err = openSide(name("twin.db"), func(c sqlite3.Conn) error {
		_, err := attach(c)
		return err
	})
	return r, err
}

// tap replaces the capture module by one that lets the rig look before the engine acts.
func (r *rig) tap(e *engine) error {
	connect := func(c sqlite3.Conn, args []string) (sqlite3.VTab, error) {
		if err := declareCapture(c); err != nil {
			return nil, err
		}
		return &tapped{*e.connectCapture(args), r}, nil
	}
	return e.conn.CreateModule(captureModule, &sqlite3.Module{
		Create: connect, Connect: connect, Writable: true, Transactions: true,
	})
}

type tapped struct {
	captureVTab
	r *rig
}

// Sync holds the log against the tables, then lets the engine go on.
func (v *tapped) Sync() error {
	if err := v.r.balance(v.db, true, true); err != nil && v.r.failed == nil {
		v.r.failed = fmt.Errorf("at commit: %w", err)
	}
	return v.captureVTab.Sync()
}

// Commit makes what the tables hold the beginning of the next transaction.
func (v *tapped) Commit() error {
	for _, a := range v.r.anchor {
		if strings.EqualFold(a.schema, v.db.name) && a.now != nil {
			a.rows, a.now = a.now, nil
			if a.lost == lostForNow {
				a.lost = ""
			}
		}
	}
	return v.captureVTab.Commit()
}

// Rollback leaves the beginning as it was.
func (v *tapped) Rollback() error {
	for _, a := range v.r.anchor {
		if strings.EqualFold(a.schema, v.db.name) {
			a.now = nil
			if a.lost == lostForNow {
				a.lost = ""
			}
		}
	}
	return v.captureVTab.Rollback()
}

func (r *rig) close() error {
	for _, s := range []*side{r.main, r.twin} {
		for _, st := range s.slots {
			_ = st.Finalize()
		}
		s.slots = nil
		if err := s.pool.Close(); err != nil {
			return err
		}
	}
	return nil
}

// outcome is what a user sees of a statement.
type outcome struct {
	rows           []string
	err            string
	changes, total int64
	rowid          int64
	autocommit     bool
}

func (o outcome) String() string {
	return fmt.Sprintf("rows %q error %q changes %d total_changes %d last_insert_rowid %d autocommit %v", o.rows, o.err, o.changes,
		o.total, o.rowid, o.autocommit)
}

func (s *side) outcome(rows []string, err error) outcome {
	o := outcome{rows: rows, changes: s.c.Changes(), total: s.c.TotalChanges(), rowid: s.c.LastInsertRowid(), autocommit: s.c.Autocommit()}
	if err != nil {
		o.err = err.Error()
	}
	return o
}

// exec runs all statements of a text.
func (s *side) exec(text string) outcome {
	var rows []string
	for strings.TrimSpace(text) != "" {
		st, tail, err := s.c.Prepare(text, false)
		if err != nil {
			return s.outcome(rows, err)
		}
		text = tail
		if st == nil {
			continue
		}
		more, err := steps(st, -1)
		rows = append(rows, more...)
		if ferr := st.Finalize(); err == nil {
			err = ferr
		}
		if err != nil {
			return s.outcome(rows, err)
		}
	}
	return s.outcome(rows, nil)
}

// steps reads up to n rows, all when n is negative.
func steps(st sqlite3.Stmt, n int) (rows []string, err error) {
	for ; n != 0; n-- {
		ok, err := st.Step()
		if err != nil || !ok {
			return rows, err
		}
		var b strings.Builder
		for i := range st.ColumnCount() {
			fmt.Fprintf(&b, "%v|", st.Column(i))
		}
		rows = append(rows, b.String())
	}
	return rows, nil
}

// open prepares a statement, steps it n times and leaves it.
func (s *side) open(slot string, n int, text string) outcome {
	if old := s.slots[slot]; old != nil {
		_ = old.Finalize()
		delete(s.slots, slot)
	}
	st, _, err := s.c.Prepare(text, false)
	if err != nil || st == nil {
		return s.outcome(nil, err)
	}
	s.slots[slot] = st
	rows, err := steps(st, n)
	return s.outcome(rows, err)
}

func (s *side) step(slot string, n int) outcome {
	st := s.slots[slot]
	if st == nil {
		return s.outcome(nil, nil)
	}
	rows, err := steps(st, n)
	return s.outcome(rows, err)
}

func (s *side) finalize(slot string) outcome {
	var err error
	if st := s.slots[slot]; st != nil {
		err = st.Finalize()
		delete(s.slots, slot)
	}
	return s.outcome(nil, err)
}

// query returns the rows of a query as encoded images with their numbers.
func (s *side) query(text string) (map[string]int, error) {
	st, _, err := s.c.Prepare(text, false)
	if err != nil {
		return nil, err
	}
	defer st.Finalize()
	rows := map[string]int{}
	for {
		ok, err := st.Step()
		if err != nil || !ok {
			return rows, err
		}
		rows[string(dbsp.AppendRow(nil, columnsOf(st, 0, st.ColumnCount())))]++
	}
}

// run runs one line and the checks that follow it. Its error is a fault of the engine.
func (r *rig) run(l line) error {
	was := r.main.c.Autocommit()
	var main, twin outcome
	switch l.verb {
	case "x", "k":
		text, other := r.texts(l.sql)
		main = r.main.exec(text)
		twin = r.twin.exec(other)
	case "d":
		r.runOnFaultyDisk(l)
	case "p":
		text, other := r.texts(l.sql)
		main = r.main.open(l.slot, l.n, text)
		twin = r.twin.open(l.slot, l.n, other)
	case "s":
		main = r.main.step(l.slot, l.n)
		twin = r.twin.step(l.slot, l.n)
	case "f":
		main = r.main.finalize(l.slot)
		twin = r.twin.finalize(l.slot)
		main.err, twin.err = "", "" // what step said before; the message is whatever came last
	case "t":
		if !was {
			break // a ROLLBACK could bring an earlier capture back
		}
		if err := r.capture(l.schema, l.table, l.columns()); err != nil {
			return fmt.Errorf("capture: %w", err)
		}
	case "?":
	}
	if r.failed != nil {
		return r.failed
	}
	switch {
	case l.verb == "t", l.verb == "?", l.verb == "d", strings.Contains(l.sql, "mv_"):
	case strings.HasPrefix(l.sql, "VACUUM"):
		// It copies virtual tables and triggers by INSERT, and shows their rowid.
		r.main.c.SetLastInsertRowid(r.twin.c.LastInsertRowid())
	case strings.HasPrefix(l.sql, "ALTER") && strings.Contains(main.err, internalPrefix):
		return errDiverged // a column that triggers name can't be dropped
	case (main.err == "") != (twin.err == "") && strings.Contains(main.err+twin.err, "FOREIGN KEY"):
		// SQLite overlooks some violations in tables that have no triggers, or whose trigger that writes came last:
		// it compiles the latest first, and may leave out the statement journal for those before it.
		return errDiverged
	case strings.Contains(main.err+twin.err, "nested too deep"):
		return errDiverged // SQLite does not take back what such a statement did, unless it has triggers like ours
	default:
		if strings.Contains(main.err, "FOREIGN KEY") {
			// With any trigger SQLite checks it after the row was stored.
			r.main.c.SetLastInsertRowid(r.twin.c.LastInsertRowid())
			main.rowid = twin.rowid
		}
		if a, b := main.String(), twin.String(); a != b {
			return fmt.Errorf("the statement means something else than without the engine\n  with:    %s\n  without: %s", a, b)
		}
	}
	if l.verb == "?" || r.every || r.main.c.Autocommit() {
		if err := r.check(was); err != nil {
			return err
		}
	}
	return r.failed
}

// runOnFaultyDisk runs a statement of which a write fails. Which one that is differs between the two databases, so the
// twin does only what succeeded.
func (r *rig) runOnFaultyDisk(l line) {
	faultdisk.FailWrite(l.n)
	o := r.main.exec(l.sql)
	failed := !faultdisk.Pending()
	faultdisk.FailWrite(0)
	if o.err == "" || !failed {
		r.twin.exec(l.sql)
	} else if o.autocommit && !r.twin.c.Autocommit() {
		r.twin.exec("ROLLBACK")
	}
	r.main.c.RestoreChanges(r.twin.c.Changes(), r.twin.c.TotalChanges())
	r.main.c.SetLastInsertRowid(r.twin.c.LastInsertRowid())
}

// errDiverged ends a history: from here on the twin is another database.
var errDiverged = errors.New("the twin did something else, rightly")

// texts translates the names that the recorded cases use for reading a view and for making the engine write its state.
func (r *rig) texts(text string) (main, twin string) {
	if !strings.Contains(text, "mv_reader") && !strings.Contains(text, "mv_flush") {
		return text, text
	}
	reader := "(SELECT 1)"
	if !r.raw {
		var names []string
		for _, a := range r.anchor {
			if strings.EqualFold(a.schema, "main") {
				names = append(names, qualified(a.schema, a.view))
			}
		}
		if slices.Sort(names); len(names) > 0 {
			reader = names[0]
		}
	}
	text = strings.ReplaceAll(text, "mv_reader", reader)
	return strings.ReplaceAll(text, "mv_flush()", "count(*) FROM "+reader), "SELECT 1"
}

// runLines runs a whole history on a new rig. The error names the line.
func runLines(lines []line, raw, every bool, dir string) (r *rig, err error) {
	r, err = newRig(raw, dir)
	if err != nil {
		return r, err
	}
	r.every = every
	for _, l := range lines {
		r.inert = r.inert || l.verb == "p" && !strings.HasPrefix(l.sql, "SELECT") ||
			(strings.HasPrefix(l.sql, "UPDATE") || strings.HasPrefix(l.sql, "DELETE")) && !strings.Contains(l.sql, " NOT INDEXED") ||
			// SQLite before 3.54.1 keeps no statement journal for an INSERT OR IGNORE whose triggers fail by a datatype
			// mismatch only, and leaves what the failed statement had done, unless some trigger can raise an error.
			r.main.c.Version() < 3054001 && strings.HasPrefix(l.sql, "INSERT OR IGNORE")
	}
	defer func() {
		if cerr := r.close(); err == nil && cerr != nil {
			err = fmt.Errorf("close: %w", cerr)
		}
	}()
	for i, l := range lines {
		if err := r.run(l); err == errDiverged {
			return r, nil
		} else if err != nil {
			return r, fmt.Errorf("line %d: %s: %w", i+1, l, err)
		}
	}
	return r, nil
}

// requireRight fails the test with the history when it shows a fault.
func requireRight(t *testing.T, lines []line, raw, every bool) *rig {
	t.Helper()
	dir := ""
	for _, l := range lines {
		if l.verb == "d" {
			dir = t.TempDir()
		}
	}
	r, err := runLines(lines, raw, every, dir)
	require.NoError(t, err, "history:\n%s", format(lines))
	return r
}

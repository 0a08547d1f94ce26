package history

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/internal/oracle"
)

// check checks views and base tables after a step, as often as the history says.
func (x *execution) check(s *Step) error {
	if x.subject.tx.Open() && !s.check {
		return nil
	}
	if err := x.checkViews(s.id%3 == 0 && !x.subject.tx.Open()); err != nil {
		return err
	}
	if s.id%3 == 1 {
		return x.checkBases()
	}
	return nil
}

// accepts tells whether an error says that the view is stale for a reason that this history gave it.
func (x *execution) accepts(name string, err error) bool {
	return err != nil && strings.Contains(err.Error(), "stale") && (x.mayStale[name] || strings.Contains(err.Error(), "TEMP trigger"))
}

// mayBeStale tells whether the view refuses to be read, for such a reason.
func (x *execution) mayBeStale(q oracle.Querier, name string) bool {
	if !x.mayStale[name] && !x.temp {
		return false
	}
	_, err := oracle.Fetch(ctx, q, "SELECT * FROM "+name)
	return x.accepts(name, err)
}

// checkViews compares each view that exists with its definition, with all also on the second connection.
func (x *execution) checkViews(all bool) error {
	views, err := x.views(x.subject.conn)
	if errors.Is(err, oracle.ErrBusy) {
		return nil
	}
	if err != nil {
		return err
	}
	if x.twin != nil {
		if err := x.sameViews(); err != nil {
			return err
		}
	}
	x.rep.Checks += len(views)
	if err := x.compareViews(x.subject.conn, views); err != nil {
		return err
	}
	if !all {
		return nil
	}
	if err := x.checkBases(); err != nil {
		return err
	}
	if !x.shared || x.subject.tx.Open() || len(x.slots) > 0 {
		return nil
	}
	if err := x.subject.openSecond(); err != nil {
		return err
	}
	// A read transaction there may have begun before a view was made, or while one was there that is gone.
	if views, err = x.views(x.subject.second); err == nil {
		x.rep.Checks += len(views)
		err = x.compareViews(x.subject.second, views)
	}
	if err != nil && !errors.Is(err, oracle.ErrBusy) {
		f := x.failure(err)
		f.Message = "on the second connection: " + f.Message
		return f
	}
	return nil
}

// compareViews checks views on a connection.
func (x *execution) compareViews(q oracle.Querier, views []oracle.View) error {
	if x.h.Prepared && q == oracle.Querier(x.subject.conn) {
		q = &x.subject.kept
	}
	for _, v := range views {
		err := oracle.Check(ctx, q, x.Mode, v)
		if err == nil || errors.Is(err, oracle.ErrBusy) || unused(v, err) || x.overFailed(q, v, err, views) {
			continue
		}
		return err
	}
	return nil
}

// overFailed tells whether a view can't be read though the SELECT can, with good reason: a view under it fails, and SQLite
// need not look at a table that a join has no use for; or a writing statement is open.
func (x *execution) overFailed(q oracle.Querier, v oracle.View, err error, views []oracle.View) bool {
	if !strings.Contains(err.Error(), "reading fails") {
		return false
	}
	if len(x.slots) > 0 && strings.Contains(err.Error(), "can't be read while a write statement runs") {
		return true // said, and not wrong
	}
	for _, under := range views {
		if under.Name != v.Name && regexp.MustCompile(`\b`+under.Name+`\b`).MatchString(v.Select) {
			_, fails := oracle.Fetch(ctx, q, oracle.Reference(x.Mode, under.Select))
			if fails != nil {
				return true
			}
		}
	}
	return false
}

// unused tells whether the view or the SELECT, not both, failed on a sum that overflowed in a subquery. Whether SQLite
// computes a column of a subquery that nobody uses, or a group that the outer WHERE leaves out, is its own choice.
func unused(v oracle.View, err error) bool {
	return strings.Contains(err.Error(), "integer overflow") &&
		strings.Count(v.Select, "SELECT") > 1
}

// lazy is unused for a view by its name.
func (x *execution) lazy(name string, err error) bool {
	def := x.defs[name]
	return def != nil && unused(oracle.View{Select: def.SQL()}, err)
}

// views lists the views that a connection has, with what is known of their definitions.
func (x *execution) views(q oracle.Querier) ([]oracle.View, error) {
	views, err := oracle.Views(ctx, q, x.Mode, x.h.schemas()...)
	for i := range views {
		if def := x.defs[views[i].Name]; def != nil {
			views[i].Select = def.SQL()
			views[i].Free = def.Free()
		}
	}
	return slices.DeleteFunc(views, func(v oracle.View) bool { return x.mayBeStale(q, v.Name) }), err
}

// sameViews compares the views that exist with those of the twin.
func (x *execution) sameViews() error {
	views, err := oracle.Views(ctx, x.subject.conn, x.Mode, x.h.schemas()...)
	if err != nil {
		return err
	}
	plain, err := oracle.Views(ctx, x.twin.conn, oracle.Plain, x.h.schemas()...)
	if err != nil {
		return err
	}
	names := func(views []oracle.View) []string {
		var out []string
		for _, v := range views {
			if !strings.HasPrefix(v.Name, "p") { // a plain view on both sides
				out = append(out, v.Name)
			}
		}
		slices.Sort(out)
		return out
	}
	if a, b := names(views), names(plain); !slices.Equal(a, b) {
		return wrong("views", "views %v exist, should be %v", a, b)
	}
	return nil
}

// sameTriggers gives the twin's tables triggers that do nothing where the others have the engine's. Whether a table has
// triggers shows: SQLite then uses a statement journal and first collects the rows that an UPDATE changes, so that rows
// meet in another order and what a failing statement leaves behind differs. No trigger can avoid that.
func (x *execution) sameTriggers() error {
	if x.twin == nil {
		return nil
	}
	ours := "SELECT tbl_name FROM $.sqlite_schema WHERE type = 'trigger' AND instr(name, '__internal_') = 1"
	query := strings.ReplaceAll(ours, "$", x.h.Schema)
	if len(x.h.schemas()) > 1 {
		query += " UNION " + strings.ReplaceAll(ours, "$", "temp")
	}
	want, err := oracle.Fetch(ctx, x.subject.conn, "SELECT DISTINCT tbl_name FROM ("+query+")")
	if err != nil {
		return err
	}
	have, err := oracle.Fetch(ctx, x.twin.conn, "SELECT DISTINCT tbl_name FROM "+x.h.Schema+".sqlite_schema WHERE type = 'trigger' AND instr(name, 'twin_') = 1")
	if err != nil {
		return err
	}
	a, b := rowStrings(want.Rows), rowStrings(have.Rows)
	for i, event := range []string{"BEFORE INSERT", "BEFORE UPDATE", "AFTER INSERT", "AFTER UPDATE", "AFTER DELETE"} {
		for _, t := range a {
			if name := strings.Trim(t, "'"); !slices.Contains(b, t) {
				x.twin.run(sprintf("CREATE TRIGGER %s.twin_%s%d %s ON %s BEGIN SELECT RAISE(ABORT, '') WHERE 0; END", x.h.Schema, name, i, event, name), false)
			}
		}
		for _, t := range b {
			if name := strings.Trim(t, "'"); !slices.Contains(a, t) {
				x.twin.run(sprintf("DROP TRIGGER twin_%s%d", name, i), false)
			}
		}
	}
	return nil
}

// checkBases compares the base tables with those of the twin.
func (x *execution) checkBases() error {
	if x.twin == nil {
		return nil
	}
	for i := range x.h.Steps[:x.at+1] {
		s := &x.h.Steps[i]
		name, ok := strings.CutPrefix(s.sql.head, "CREATE TABLE ")
		if !ok || s.kind != stepExec {
			continue
		}
		name = name[:strings.IndexByte(name, '(')]
		query := "SELECT rowid, * FROM " + name + " ORDER BY rowid"
		if strings.Contains(s.sql.head, "WITHOUT ROWID") {
			query = "SELECT * FROM " + name
		}
		want, err := oracle.Fetch(ctx, x.twin.conn, query)
		if err != nil {
			continue
		}
		got, err := oracle.Fetch(ctx, x.subject.conn, query)
		if err != nil {
			if (outcome{err: err}).locked() {
				return nil
			}
			return wrong("base", "reading %s: %v", name, err)
		}
		if a, b := rowStrings(got.Rows), rowStrings(want.Rows); !slices.Equal(a, b) {
			x.rep.goldens = append(x.rep.goldens, golden(query, b))
			return wrong("base", "%s differs from what it is without materialized views\n  has     (%s)\n  should  (%s)", name,
				strings.Join(a, "), ("), strings.Join(b, "), ("))
		}
	}
	return nil
}

// golden is a query with its rows in the script format.
func golden(query string, rows []string) string {
	out := "-- query\n" + query + ";\n"
	for _, r := range rows {
		out += "--> " + r + "\n"
	}
	return out
}

// probe compares a query over a view with the same query over its definition.
func (x *execution) probe(s *Step) error {
	def := x.defs[s.view]
	if def == nil || x.mayStale[s.view] || x.temp || x.Mode == oracle.Plain && x.twin == nil || !x.exists(x.subject, s.view) {
		return nil
	}
	x.rep.Statements++
	x.rep.Checks++
	schema := x.h.schemaOf(s.view)
	v := oracle.View{Schema: schema, Name: s.view, Select: def.SQL(), Free: def.Free()}
	err := oracle.CheckProbe(ctx, x.subject.conn, v, s.probe.over(schema+"."+s.view), s.probe.over("("+oracle.Reference(x.Mode, v.Select)+")"),
		s.probe.by, s.probe.collation, s.probe.limit > 0)
	if errors.Is(err, oracle.ErrBusy) || err != nil && (unused(v, err) || x.overFailed(x.subject.conn, v, err, nil)) {
		return nil
	}
	return err
}

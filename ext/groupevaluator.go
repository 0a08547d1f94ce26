package ext

import (
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner"
)

// groupEvaluator lets SQLite evaluate groups of rows, by one prepared statement over a rowsTable whose first column is the
// number of the group: GROUP BY it for aggregate functions; for the first row in some order, row_number() over it.
type groupEvaluator struct {
	*evaluator // its statement evaluates groups that have rows
	// nothing evaluates a group without rows, "" where that gives no row.
	nothing string
	columns int
	// groups are those being evaluated; a scan reads those from from up to to.
	groups   []dbsp.Batch
	from, to int
}

// GroupEvaluator returns the evaluator of spec.
func (env *environment) GroupEvaluator(_ dbsp.OpID, spec planner.GroupSpec) (dbsp.GroupEvaluator, error) {
	ev, err := env.v.db.e.newGroupEvaluator(spec)
	if err != nil {
		return nil, err
	}
	env.m.evaluators = append(env.m.evaluators, ev.evaluator)
	return ev, nil
}

func (e *engine) newGroupEvaluator(spec planner.GroupSpec) (*groupEvaluator, error) {
	ev := &groupEvaluator{evaluator: &evaluator{e: e, exprs: len(spec.Exprs)}, columns: len(spec.Input)}
	var err error
	if ev.rows, err = e.newRowsTable(spec.Input, func() sqlite3.Cursor { return &groupsCursor{ev: ev} }); err != nil {
		return nil, err
	}
	from, g := " FROM "+ident(ev.rows.module), ident(rowColumn)
	exprs := strings.Join(spec.Exprs, ", ")
	if spec.OrderBy == "" {
		ev.sql = "SELECT " + g + ", " + exprs + from + " GROUP BY " + g
		ev.nothing = "SELECT NULL, " + exprs + from + " WHERE 0"
		return ev, nil
	}
	n := ident(internalPrefix + "n")
	names, named := make([]string, len(spec.Exprs)), make([]string, len(spec.Exprs))
	for i, x := range spec.Exprs {
		names[i] = ident(fmt.Sprintf("%sx%d", internalPrefix, i))
		named[i] = x + " AS " + names[i]
	}
	ev.sql = fmt.Sprintf("SELECT %s, %s FROM (SELECT %s, %s, row_number() OVER (PARTITION BY %s ORDER BY %s) AS %s%s) WHERE %s = 1",
		g, strings.Join(names, ", "), g, strings.Join(named, ", "), g, spec.OrderBy, n, from, n)
	return ev, nil
}

// Evaluate runs the statement over the groups. A group whose evaluation fails is reported and has no rows.
func (ev *groupEvaluator) Evaluate(groups []dbsp.Batch, fail func(int, string) error) ([]dbsp.Batch, error) {
	for _, g := range groups {
		for i := range g {
			if len(g[i].Row) != ev.columns {
				return nil, fmt.Errorf("ext: a row of %d columns in the state of a view: %w", len(g[i].Row), ErrDamaged)
			}
		}
	}
	if ev.running {
		return nil, errWithin
	}
	ev.running, ev.groups = true, groups
	defer func() { ev.running, ev.groups = false, nil }()
	out := make([]dbsp.Batch, len(groups))
	if err := ev.evaluate(0, len(groups), out, fail); err != nil {
		return nil, err
	}
	for i, g := range groups {
		if len(g) == 0 && ev.nothing != "" {
			if err := ev.empty(i, out, fail); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// evaluate evaluates the groups from from up to to. SQLite does not say which of them an error came from, as it reads
// ahead; so they are halved until one is left.
func (ev *groupEvaluator) evaluate(from, to int, out []dbsp.Batch, fail func(int, string) error) error {
	s, err := ev.e.kept(&ev.stmt, ev.sql)
	if err != nil {
		return err
	}
	ev.from, ev.to = from, to
	err = ev.run(s, func(row dbsp.Row) {
		i := row[0].Int()
		out[i] = append(out[i], dbsp.Delta{Row: row[1:], Weight: 1})
	})
	switch {
	case err == nil:
		return nil
	case !isData(err) || ev.e.conn.Interrupted():
		return err
	}
	clear(out[from:to])
	if to-from == 1 {
		return fail(from, err.Error())
	}
	middle := from + (to-from)/2
	if err := ev.evaluate(from, middle, out, fail); err != nil {
		return err
	}
	return ev.evaluate(middle, to, out, fail)
}

// empty evaluates group i, which has no rows.
func (ev *groupEvaluator) empty(i int, out []dbsp.Batch, fail func(int, string) error) error {
	s, _, err := ev.e.conn.Prepare(ev.nothing, false)
	if err != nil {
		return err
	}
	defer s.Finalize()
	err = ev.run(s, func(row dbsp.Row) { out[i] = append(out[i], dbsp.Delta{Row: row[1:], Weight: 1}) })
	if err != nil && isData(err) && !ev.e.conn.Interrupted() {
		out[i] = nil
		return fail(i, err.Error())
	}
	return err
}

// run runs s and hands on what it gives: the number of a group and the values.
func (ev *groupEvaluator) run(s sqlite3.Stmt, yield func(dbsp.Row)) error {
	var slab []dbsp.Value
	for {
		ok, err := s.Step()
		if err != nil {
			_ = s.Reset()
			return err
		}
		if !ok {
			return s.Reset()
		}
		if cap(slab)-len(slab) <= ev.exprs {
			slab = make([]dbsp.Value, 0, min(ev.to-ev.from, 256)*(ev.exprs+1)+ev.exprs+1)
		}
		at := len(slab)
		for i := range ev.exprs + 1 {
			slab = append(slab, s.Column(i))
		}
		yield(slab[at:len(slab):len(slab)])
	}
}

// groupsCursor reads the groups in order, each row as often as its weight says.
type groupsCursor struct {
	ev         *groupEvaluator
	group, row int
	copies     int64 // of the row that were read already
	rowid      int64
}

// Filter begins the scan.
func (c *groupsCursor) Filter(int, string, sqlite3.Args) error {
	*c = groupsCursor{ev: c.ev, group: c.ev.from}
	c.settle()
	return nil
}

// settle passes over groups that have no more rows.
func (c *groupsCursor) settle() {
	for c.group < c.ev.to && c.row >= len(c.ev.groups[c.group]) {
		c.group, c.row = c.group+1, 0
	}
}

// Next moves on.
func (c *groupsCursor) Next() error {
	c.rowid++
	if c.copies++; c.copies >= c.ev.groups[c.group][c.row].Weight {
		c.copies = 0
		c.row++
		c.settle()
	}
	return nil
}

// EOF reports the end.
func (c *groupsCursor) EOF() bool { return c.group >= c.ev.to }

// Column returns a column of the row, or the number of its group.
func (c *groupsCursor) Column(r sqlite3.Result, i int) error {
	if i == 0 {
		r.Set(dbsp.NewInteger(int64(c.group)))
		return nil
	}
	r.Set(c.ev.groups[c.group][c.row].Row[i-1])
	return nil
}

// Rowid numbers the rows.
func (c *groupsCursor) Rowid() (int64, error) { return c.rowid, nil }

// Close has nothing to release.
func (c *groupsCursor) Close() error { return nil }

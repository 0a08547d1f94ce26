package ext

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// tableFunction is a table-valued function: an eponymous virtual table whose hidden columns are its arguments, and whose
// rows are all made when it is read.
type tableFunction struct {
	name    string
	columns []string // declarations
	args    []string // names of the hidden columns
	rows    func(args []dbsp.Value) ([]dbsp.Row, error)
}

// registerTables registers the table-valued functions.
func (e *engine) registerTables() error {
	for _, f := range []*tableFunction{e.viewsFunction(), e.explainFunction(), e.checkFunction(), e.validateFunction()} {
		decl := "CREATE TABLE x(" + strings.Join(f.columns, ", ")
		for _, a := range f.args {
			decl += ", " + a + " HIDDEN"
		}
		decl += ")"
		err := e.conn.CreateModule(f.name, &sqlite3.Module{
			Connect: func(c sqlite3.Conn, _ []string) (sqlite3.VTab, error) {
				return &functionTable{e, f}, c.DeclareVTab(decl)
			},
		})
		if err != nil {
			return fmt.Errorf("ext: register %s: %w", f.name, err)
		}
	}
	return nil
}

type functionTable struct {
	e *engine
	f *tableFunction
}

// BestIndex takes the arguments, as equalities on the hidden columns.
func (t *functionTable) BestIndex(x *sqlite3.IndexInfo) error {
	n := 0
	var given strings.Builder
	for a := range t.f.args {
		for i, c := range x.Constraints {
			if c.Column != len(t.f.columns)+a || c.Op != sqlite3.OpEQ {
				continue
			}
			if !c.Usable {
				return &sqlite3.Error{Code: sqlite3.CodeConstraint, Message: "argument not usable here"}
			}
			n++
			x.Constraints[i].ArgvIndex, x.Constraints[i].Omit = n, true
			fmt.Fprintf(&given, "%d", a)
			break
		}
	}
	x.IdxStr = given.String()
	x.EstimatedCost, x.EstimatedRows = 100, 100
	return nil
}

// Open returns a cursor.
func (t *functionTable) Open() (sqlite3.Cursor, error) { return &functionCursor{f: t.f}, nil }

// Disconnect releases what looking at the views left prepared.
func (t *functionTable) Disconnect() error { t.e.release(); return nil }

// Destroy has nothing to release.
func (t *functionTable) Destroy() error { return nil }

type functionCursor struct {
	f    *tableFunction
	args []dbsp.Value
	rows []dbsp.Row
	at   int
}

// Filter computes the rows.
func (c *functionCursor) Filter(_ int, idxStr string, args sqlite3.Args) (err error) {
	c.args = make([]dbsp.Value, len(c.f.args))
	for i := range idxStr {
		c.args[idxStr[i]-'0'] = args.Value(i)
	}
	c.at = 0
	c.rows, err = c.f.rows(c.args)
	return err
}

// Next moves on.
func (c *functionCursor) Next() error { c.at++; return nil }

// EOF reports the end.
func (c *functionCursor) EOF() bool { return c.at >= len(c.rows) }

// Column returns a column, an argument among them.
func (c *functionCursor) Column(r sqlite3.Result, i int) error {
	if i >= len(c.f.columns) {
		r.Set(c.args[i-len(c.f.columns)])
	} else {
		r.Set(c.rows[c.at][i])
	}
	return nil
}

// Rowid numbers the rows.
func (c *functionCursor) Rowid() (int64, error) { return int64(c.at), nil }

// Close has nothing to release.
func (c *functionCursor) Close() error { return nil }

// findView looks a view up by name, in a schema or in all of them.
func (e *engine) findView(name, schema dbsp.Value) (*view, error) {
	var found *view
	err := e.query("SELECT name FROM pragma_database_list", nil, func(s sqlite3.Stmt) error {
		n := s.Column(0).Str()
		if found != nil || !schema.IsNull() && !strings.EqualFold(n, schema.Str()) {
			return nil
		}
		v, err := e.database(n).describeView(name.Str())
		if v != nil {
			if err := v.db.notice(); err != nil && !errors.Is(err, errRecompute) {
				return err
			}
			v, err = v.db.describeView(name.Str())
		}
		found = v
		return err
	})
	if err == nil && found == nil {
		err = fmt.Errorf("%w: %s", ErrNoView, name.Str())
	}
	return found, err
}

// viewsFunction is mv_views: name, schema, sql, state (fresh, stale or failed), reason, rows, state_rows, state_bytes.
func (e *engine) viewsFunction() *tableFunction {
	return &tableFunction{
		name: "mv_views",
		columns: []string{"name TEXT", "schema TEXT", "sql TEXT", "state TEXT", "reason TEXT", "rows INTEGER",
			"state_rows INTEGER", "state_bytes INTEGER"},
		args: []string{},
		rows: func([]dbsp.Value) ([]dbsp.Row, error) {
			var rows []dbsp.Row
			err := e.query("SELECT name FROM pragma_database_list", nil, func(s sqlite3.Stmt) error {
				d := e.database(s.Column(0).Str())
				if err := d.notice(); err != nil && !errors.Is(err, errRecompute) {
					return err
				}
				if err := d.refresh(); err != nil {
					return err
				}
				for _, v := range d.views {
					r, err := d.describe(v)
					if err != nil {
						return err
					}
					rows = append(rows, r)
				}
				return nil
			})
			return rows, err
		},
	}
}

// describe makes a view's row of mv_views.
func (d *database) describe(v *view) (dbsp.Row, error) {
	state, reason := stateFresh, dbsp.Value{}
	if v.stale == "" {
		if _, release, err := d.current(v); err != nil && isDatabase(err) {
			return nil, err
		} else if err == nil {
			if err := d.failures(v); err != nil {
				state, reason = "failed", dbsp.NewText(err.Error())
			}
			release()
		}
	}
	if v.stale != "" {
		state, reason = stateStale, dbsp.NewText(v.stale)
	}
	row := dbsp.Row{dbsp.NewText(v.name), dbsp.NewText(d.name), dbsp.NewText(v.sql), dbsp.NewText(state), reason,
		{}, {}, {}}
	one := func(at int, sql string) error {
		return d.e.query(sql, nil, func(s sqlite3.Stmt) error { row[at] = s.Column(0); return nil })
	}
	if state == stateFresh {
		err := one(5, "SELECT count(*) FROM "+qualified(d.name, v.name))
		if err != nil && !isData(err) {
			return nil, err
		}
		if err != nil { // it was computed anew for this reading
			row[3], row[4] = dbsp.NewText("failed"), dbsp.NewText(err.Error())
		}
	}
	if v.format == FormatVersion {
		if err := one(6, "SELECT count(*) FROM "+qualified(d.name, v.opsTable())); err != nil {
			return nil, err
		}
		if err := one(7, "SELECT coalesce(sum(length(key) + length(element) + coalesce(length(value), 0) + 8), 0) FROM "+
			qualified(d.name, v.opsTable())); err != nil {
			return nil, err
		}
	}
	return row, nil
}

// explainFunction is mv_explain(view [, schema]): the circuit as a tree, one row per operator.
func (e *engine) explainFunction() *tableFunction {
	return &tableFunction{
		name:    "mv_explain",
		columns: []string{"id INTEGER", "parent INTEGER", "operator TEXT", "detail TEXT", "state TEXT", "text TEXT"},
		args:    []string{"view", "schema"},
		rows: func(args []dbsp.Value) ([]dbsp.Row, error) {
			v, err := e.findView(args[0], args[1])
			if err != nil {
				return nil, err
			}
			return v.db.explain(v)
		},
	}
}

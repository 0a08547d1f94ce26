package ext

import (
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner"
)

// evaluator lets SQLite evaluate an operator's expressions: its rows are an eponymous virtual table whose declared
// columns carry type affinity and collation, read by one prepared statement per operator.
type evaluator struct {
	e      *engine
	module string
	sql    string
	exprs  int
	stmt   sqlite3.Stmt
	// in is the batch being evaluated; the scan begins at from, and at is where it stands.
	in       dbsp.Batch
	from, at int
	running  bool
}

// rowColumn is the hidden column that tells which row of the batch a result comes from.
const rowColumn = internalPrefix + "row"

func (e *engine) newEvaluator(spec planner.ExprSpec) (*evaluator, error) {
	e.rowsTables++
	ev := &evaluator{e: e, module: fmt.Sprintf("%s%d", rowsPrefix, e.rowsTables), exprs: len(spec.Exprs)}
	var decl strings.Builder
	decl.WriteString("CREATE TABLE x(" + ident(rowColumn) + " INTEGER")
	for i, c := range spec.Input {
		fmt.Fprintf(&decl, ", c%d %s", i, typeName(c.Affinity))
		if c.Collation != "" && c.Collation != "BINARY" {
			decl.WriteString(" COLLATE " + ident(c.Collation))
		}
	}
	decl.WriteString(")")
	declaration := decl.String()
	err := e.conn.CreateModule(ev.module, &sqlite3.Module{
		Connect: func(c sqlite3.Conn, _ []string) (sqlite3.VTab, error) {
			if err := c.DeclareVTab(declaration); err != nil {
				return nil, err
			}
			return rowsVTab{ev}, c.MarkInnocuous()
		},
	})
	if err != nil {
		return nil, err
	}
	ev.sql = "SELECT " + ident(rowColumn)
	for _, x := range spec.Exprs {
		ev.sql += ", " + x
	}
	ev.sql += " FROM " + ident(ev.module)
	if spec.Where != "" {
		ev.sql += " WHERE " + spec.Where
	}
	return ev, nil
}

// typeName is a declared type that has the affinity.
func typeName(a planner.Affinity) string {
	switch a {
	case planner.AffinityText:
		return "TEXT"
	case planner.AffinityNumeric:
		return "NUMERIC"
	case planner.AffinityInteger:
		return "INTEGER"
	case planner.AffinityReal:
		return "REAL"
	}
	return "BLOB"
}

func (ev *evaluator) release() {
	finalize(&ev.stmt)
	_ = ev.e.conn.CreateModule(ev.module, nil)
}

// Evaluate runs the statement over in. A row whose evaluation fails is reported and passed over.
func (ev *evaluator) Evaluate(in dbsp.Batch, fail func(dbsp.Delta, string) error) (dbsp.Batch, error) {
	if len(in) == 0 {
		return nil, nil
	}
	if ev.running {
		return nil, fmt.Errorf("ext: an expression of a view reads the view that it belongs to")
	}
	ev.running = true
	defer func() { ev.running, ev.in = false, nil }()
	s, err := ev.e.kept(&ev.stmt, ev.sql)
	if err != nil {
		return nil, err
	}
	ev.in, ev.from = in, 0
	out := make(dbsp.Batch, 0, len(in))
	slab := make([]dbsp.Value, 0, len(in)*ev.exprs)
	for ev.from < len(in) {
		ev.at = ev.from
		for {
			ok, err := s.Step()
			if err != nil {
				_ = s.Reset()
				if !isData(err) || ev.e.conn.Interrupted() {
					return nil, err
				}
				// SQLite reads the rows in order, so the row that it stands on is the one that failed.
				if ev.at >= len(in) {
					return nil, err
				}
				if err := fail(in[ev.at], err.Error()); err != nil {
					return nil, err
				}
				ev.from = ev.at + 1
				break
			}
			if !ok {
				ev.from = len(in)
				break
			}
			d := in[s.ColumnRaw(0).Int()]
			if cap(slab)-len(slab) < ev.exprs {
				slab = make([]dbsp.Value, 0, max(len(in), 64)*ev.exprs)
			}
			at := len(slab)
			for i := range ev.exprs {
				slab = append(slab, s.Column(i+1))
			}
			d.Row = slab[at:len(slab):len(slab)]
			out = append(out, d)
		}
		if err := s.Reset(); err != nil && !isData(err) {
			return nil, err
		}
	}
	return out, nil
}

// rowsVTab is an evaluator's batch as a virtual table.
type rowsVTab struct{ ev *evaluator }

// BestIndex offers the scan.
func (v rowsVTab) BestIndex(x *sqlite3.IndexInfo) error {
	x.EstimatedCost, x.EstimatedRows = 1000, 1000
	return nil
}

// Open returns a cursor over the batch.
func (v rowsVTab) Open() (sqlite3.Cursor, error) { return &rowsCursor{ev: v.ev}, nil }

// Disconnect has nothing to release.
func (v rowsVTab) Disconnect() error { return nil }

// Destroy has nothing to release.
func (v rowsVTab) Destroy() error { return nil }

// rowsCursor reads the batch in order, once.
type rowsCursor struct{ ev *evaluator }

// Filter begins the scan.
func (c *rowsCursor) Filter(int, string, sqlite3.Args) error { c.ev.at = c.ev.from; return nil }

// Next moves on.
func (c *rowsCursor) Next() error { c.ev.at++; return nil }

// EOF reports the end.
func (c *rowsCursor) EOF() bool { return c.ev.at >= len(c.ev.in) }

// Column returns a column of the row.
func (c *rowsCursor) Column(r sqlite3.Result, i int) error {
	if i == 0 {
		r.Set(dbsp.NewInteger(int64(c.ev.at)))
		return nil
	}
	r.Set(c.ev.in[c.ev.at].Row[i-1])
	return nil
}

// Rowid numbers the rows.
func (c *rowsCursor) Rowid() (int64, error) { return int64(c.ev.at), nil }

// Close has nothing to release.
func (c *rowsCursor) Close() error { return nil }

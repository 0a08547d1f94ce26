package ext

import (
	"errors"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner"
)

// evaluator lets SQLite evaluate an operator's expressions: one prepared statement over a rowsTable.
type evaluator struct {
	e     *engine
	rows  *rowsTable
	sql   string
	exprs int
	// several says that a row may give several.
	several bool
	stmt    sqlite3.Stmt
	// in is the batch being evaluated; the scan begins at from, and at is where it stands.
	in       dbsp.Batch
	from, at int
	running  bool
}

func (e *engine) newEvaluator(spec planner.ExprSpec) (*evaluator, error) {
	ev := &evaluator{e: e, exprs: len(spec.Exprs), several: spec.From != ""}
	var err error
	if ev.rows, err = e.newRowsTable(spec.Input, func() sqlite3.Cursor { return &rowsCursor{ev: ev} }); err != nil {
		return nil, err
	}
	ev.sql = "SELECT " + ident(rowColumn)
	for _, x := range spec.Exprs {
		ev.sql += ", " + x
	}
	ev.sql += " FROM " + ident(ev.rows.module) + spec.From
	if spec.Where != "" {
		ev.sql += " WHERE " + spec.Where
	}
	return ev, nil
}

func (ev *evaluator) release() {
	finalize(&ev.stmt)
	ev.rows.release()
}

// Evaluate runs the statement over in. A row whose evaluation fails is reported and passed over, with all that it gave.
func (ev *evaluator) Evaluate(in dbsp.Batch, fail func(dbsp.Delta, string) error) (dbsp.Batch, error) {
	if len(in) == 0 {
		return nil, nil
	}
	if ev.running {
		return nil, errWithin
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
		// Of the row last, the output begins at first.
		last, first := -1, len(out)
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
				if ev.at == last {
					out = out[:first]
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
			n := int(s.ColumnRaw(0).Int())
			if n != last {
				last, first = n, len(out)
			}
			d := in[n]
			if ev.several {
				if n != ev.at {
					_ = s.Reset()
					return nil, errors.New("ext: the rows of an operator are not read one after the other")
				}
				d.Key = ""
			}
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

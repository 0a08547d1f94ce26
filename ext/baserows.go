package ext

import (
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner"
)

// baseRows reads the rows of a join side of which only primary keys are kept.
//
// The table shows every change of the log, but the other side's deltas must meet the rows as they are after those of
// their own deltas that were fed: before a source is fed, past holds the old images of its rows that the log changed.
// Rows that the log inserted are not among the kept keys yet, so nobody asks for them.
type baseRows struct {
	e      *engine
	view   string
	base   planner.BaseRows
	sql    string
	stmt   sqlite3.Stmt
	past   map[string]dbsp.Row // by identity; nil when the source was fed or did not change
	size   int64               // of past, in bytes
	row    dbsp.Row
	keyBuf []byte
}

// BaseRows returns the reader of a base table's rows by primary key.
func (env *environment) BaseRows(b planner.BaseRows) (dbsp.Rows, error) {
	src := env.m.plan.Sources[b.Source]
	name := func(p int) string { return ident(src.Table.Columns[src.Columns[p]].Name) }
	cols, conds := make([]string, len(b.Columns)), make([]string, len(b.Identity))
	for i, p := range b.Columns {
		cols[i] = name(p)
	}
	for i, p := range b.Identity {
		conds[i] = fmt.Sprintf("%s = ?%d", name(p), i+1)
	}
	r := &baseRows{e: env.v.db.e, view: env.v.name, base: b, sql: fmt.Sprintf("SELECT %s FROM %s WHERE %s", strings.Join(cols, ", "),
		qualified(src.Table.Schema, src.Table.Name), strings.Join(conds, " AND "))}
	env.m.readers = append(env.m.readers, r)
	env.m.state.runs[b.ID] = true
	return r, nil
}

// Row implements dbsp.Rows.
func (r *baseRows) Row(identity dbsp.Row) (dbsp.Row, error) {
	if r.past != nil {
		r.keyBuf = dbsp.AppendRow(r.keyBuf[:0], identity)
		if row, ok := r.past[string(r.keyBuf)]; ok {
			return row, nil
		}
	}
	s, err := r.e.kept(&r.stmt, r.sql)
	if err != nil {
		return nil, err
	}
	defer s.Reset()
	for i, k := range identity {
		if err := s.Bind(i+1, k); err != nil {
			return nil, err
		}
	}
	ok, err := s.Fetch()
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("ext: view %s: a row that should be in its table is not: %w", r.view, ErrDamaged)
	}
	r.row = r.row[:0]
	for i := range r.base.Columns {
		r.row = append(r.row, s.Column(i))
	}
	return r.row, nil
}

func (r *baseRows) reads(source int) bool { return source == r.base.Source }
func (r *baseRows) release()              { finalize(&r.stmt) }

// hide has nothing to hide: nobody asks for rows that were not fed.
func (r *baseRows) hide(int)                 {}
func (r *baseRows) holds(first, _ bool) bool { return !first }
func (r *baseRows) hold(int)                 { r.past, r.size = map[string]dbsp.Row{}, 0 }

// note takes the old images, those that are not there yet.
func (r *baseRows) note(_ int, changes dbsp.Batch) error {
	for _, d := range changes {
		if d.Weight > 0 {
			continue
		}
		r.keyBuf = r.keyBuf[:0]
		for _, p := range r.base.Identity {
			r.keyBuf = dbsp.AppendIdentity(r.keyBuf, d.Row[p])
		}
		if _, ok := r.past[string(r.keyBuf)]; ok {
			continue
		}
		row := cloneRow(pick(d.Row, r.base.Columns))
		r.past[string(r.keyBuf)] = row
		r.size += 2*int64(len(r.keyBuf)) + rowMemory(row) + 64
	}
	if r.size > OverlayBound {
		return errUnfed
	}
	return nil
}

// begin shows the rows as they are.
func (r *baseRows) begin(int) { r.past = nil }
func (r *baseRows) end(int)   { r.past = nil }

package ext

import (
	"errors"
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

// errPast is the error of a step that would have to hold too many old images; the view is computed anew instead.
var errPast = errors.New("ext: too many old images")

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
	env.m.rows = append(env.m.rows, r)
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
	ok, err := s.Step()
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

// remember takes the old image of a changed row, given as the source's columns, unless an older one is there.
func (r *baseRows) remember(image dbsp.Row, pos []int) error {
	r.keyBuf = r.keyBuf[:0]
	for _, p := range r.base.Identity {
		r.keyBuf = dbsp.AppendIdentity(r.keyBuf, image[pos[p]])
	}
	if _, ok := r.past[string(r.keyBuf)]; ok {
		return nil
	}
	row := make(dbsp.Row, len(r.base.Columns))
	for i, p := range r.base.Columns {
		row[i] = image[pos[p]]
	}
	row = cloneRow(row)
	r.past[string(r.keyBuf)] = row
	if r.size += 2*int64(len(r.keyBuf)) + 48*int64(len(row)) + 64; r.size > OverlayBound {
		return errPast
	}
	return nil
}

// holdPast makes the kept sides' tables show what they were before the log's range, until present is called for them.
// A side that is fed before any other that changed needs no past.
func (d *database) holdPast(m *machine, from, to int64) error {
	for _, r := range m.rows {
		src := &m.sources[r.base.Source]
		first := true
		for _, s := range m.plan.StepOrder {
			if s == r.base.Source {
				break
			}
			first = first && !d.changed(m.sources[s])
		}
		if first || from == to || !d.changed(*src) {
			continue
		}
		r.past, r.size = map[string]dbsp.Row{}, 0
		var lay *layout
		var pos []int
		var image dbsp.Row
		err := d.tx.log.read(from, to, func(rec record) error {
			if rec.kind == inserted {
				return nil
			}
			if lay == nil || lay.id != rec.layout {
				l, err := d.layout(rec.layout)
				if err != nil {
					return err
				}
				lay, pos = l, nil
				if strings.EqualFold(l.table, src.table) {
					if pos, err = src.positionsFor(l); err != nil {
						return err
					}
				}
			}
			if pos == nil {
				return nil
			}
			var err error
			if image, err = dbsp.DecodeRow(rec.payload, image); err != nil {
				return err
			}
			return r.remember(image, pos)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// present lets a source's table, with -1 all of them, show its rows as they are: its deltas are being fed, or the step
// is over.
func (m *machine) present(source int) {
	for _, r := range m.rows {
		if source < 0 || r.base.Source == source {
			r.past = nil
		}
	}
}

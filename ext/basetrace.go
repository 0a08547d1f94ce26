package ext

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner"
)

// baseTrace is a join side read from its base table through an index: the rows that the table has, less those that are
// not fed yet.
type baseTrace struct {
	e    *engine
	base planner.BaseRead
	sql  string
	stmt sqlite3.Stmt
	memo *traceMemo // nil unless the view is being filled

	hidden bool
	// unfed are changes, by join key, with what takes them back as weights; nil when there are none.
	unfed  map[string]dbsp.Batch
	size   int64 // of unfed, in bytes
	keyBuf []byte
}

// BaseTrace returns the trace that reads a base table.
func (env *environment) BaseTrace(b planner.BaseRead) (dbsp.Trace, error) {
	t := newBaseTrace(env.v.db, env.m.plan.Sources[b.Source], b)
	env.m.readers = append(env.m.readers, t)
	return t, nil
}

func newBaseTrace(d *database, src planner.Source, b planner.BaseRead) *baseTrace {
	name := func(p int) string { return ident(src.Table.Columns[src.Columns[p]].Name) }
	cols := make([]string, len(b.Columns))
	for i, p := range b.Columns {
		cols[i] = name(p)
	}
	if len(cols) == 0 {
		cols = []string{"NULL"}
	}
	conds := make([]string, len(b.Key))
	for i, p := range b.Key {
		conds[i] = fmt.Sprintf("%s = ?%d", name(p), i+1)
	}
	return &baseTrace{e: d.e, base: b, sql: fmt.Sprintf("SELECT %s FROM %s WHERE %s", strings.Join(cols, ", "),
		qualified(src.Table.Schema, src.Table.Name), strings.Join(conds, " AND "))}
}

// Rows yields the rows under key.
func (t *baseTrace) Rows(_ *dbsp.Step, key dbsp.Row, yield func(dbsp.Row, int64) error) error {
	if t.hidden {
		return nil
	}
	if t.memo != nil {
		return t.memo.rows(key, t.read, yield)
	}
	if t.unfed != nil {
		t.keyBuf = appendKeys(t.keyBuf[:0], key, t.base.Collations)
		if held := t.unfed[string(t.keyBuf)]; len(held) > 0 {
			return t.less(key, held, yield)
		}
	}
	return t.read(key, yield)
}

// less yields the rows that the table has under key, with what is held added up: none comes and goes.
func (t *baseTrace) less(key dbsp.Row, held dbsp.Batch, yield func(dbsp.Row, int64) error) error {
	net := make(map[string]int64, len(held))
	var id []byte
	for _, d := range held {
		id = dbsp.AppendRow(id[:0], d.Row)
		net[string(id)] += d.Weight
	}
	err := t.read(key, func(row dbsp.Row, weight int64) error {
		id = dbsp.AppendRow(id[:0], row)
		if net[string(id)] < 0 {
			net[string(id)] += weight
			return nil
		}
		return yield(row, weight)
	})
	if err != nil {
		return err
	}
	for _, d := range held {
		id = dbsp.AppendRow(id[:0], d.Row)
		if w := net[string(id)]; w != 0 {
			delete(net, string(id))
			if err := yield(d.Row, w); err != nil {
				return err
			}
		}
	}
	return nil
}

// read asks the table.
func (t *baseTrace) read(key dbsp.Row, yield func(dbsp.Row, int64) error) error {
	s, err := t.e.kept(&t.stmt, t.sql)
	if err != nil {
		return err
	}
	defer s.Reset()
	for i, k := range key {
		if err := s.Bind(i+1, k); err != nil {
			return err
		}
	}
	for {
		ok, err := s.Fetch()
		if err != nil || !ok {
			return err
		}
		if err := yield(columnsOf(s, 0, len(t.base.Columns)), 1); err != nil {
			return err
		}
	}
}

func (t *baseTrace) reads(source int) bool { return source == t.base.Source }
func (t *baseTrace) release()              { finalize(&t.stmt) }

// hide lets nothing show, as the view is being filled and the source is not fed yet.
func (t *baseTrace) hide(int)                 { t.hidden, t.memo = true, &traceMemo{known: map[string][]dbsp.Row{}} }
func (t *baseTrace) holds(first, _ bool) bool { return !first }
func (t *baseTrace) hold(int)                 { t.unfed, t.size = map[string]dbsp.Batch{}, 0 }

// note takes back changes that a key can find.
func (t *baseTrace) note(_ int, changes dbsp.Batch) error {
	for _, d := range changes {
		key := pick(d.Row, t.base.Key)
		if slices.ContainsFunc(key, dbsp.Value.IsNull) {
			continue
		}
		t.keyBuf = appendKeys(t.keyBuf[:0], key, t.base.Collations)
		row := cloneRow(pick(d.Row, t.base.Columns))
		t.unfed[string(t.keyBuf)] = append(t.unfed[string(t.keyBuf)], dbsp.Delta{Row: row, Weight: -d.Weight})
		t.size += int64(len(t.keyBuf)) + rowMemory(row) + 96
	}
	if t.size > OverlayBound {
		return errUnfed
	}
	return nil
}

// begin shows the table as it is: the source's changes are fed from here on, and meet other sides.
func (t *baseTrace) begin(int) { t.hidden, t.unfed = false, nil }

// end forgets what was remembered while the view was filled.
func (t *baseTrace) end(source int) {
	if source < 0 {
		t.hidden, t.unfed, t.memo = false, nil, nil
	}
}

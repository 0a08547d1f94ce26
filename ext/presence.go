package ext

import (
	"fmt"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
	"github.com/sqlite-mv/sqlite-mv/planner"
)

// basePresence asks base tables which rows a distinct has: for each row at most as many of the table's as decide it.
//
// Where a source is fed in one piece and before any other, what the table shows is what was fed. Else unfed has the changes
// that are still to come, and loses those that come. While a view is filled a source is fed in the order of its keys, so
// that a key was there before if it is the last one that came, or in a table that was fed whole.
type basePresence struct {
	e          *engine
	view       string
	collations []dbsp.Collation
	tables     []presentTable

	unfed   map[string]*unfedCount // by key; nil when there are none
	size    int64                  // of unfed, in bytes
	filling bool
	last    string // while filling
	keyBuf  []byte
	row     dbsp.Row
}

// presentTable is one of the tables.
type presentTable struct {
	base planner.PresentIn
	sql  string
	stmt sqlite3.Stmt
	// filter gives of images those that count, where not all do.
	filter *evaluator
	state  presentState
}

type presentState uint8

const (
	shown   presentState = iota // as it is, less what is unfed
	hidden                      // not fed yet, while filling
	feeding                     // being fed, while filling
)

// unfedCount is what is still to come of a key.
type unfedCount struct {
	row dbsp.Row
	net int64 // rows
	// more is the sum of the positive changes; known what the tables have, at most more+1, -1 before they were asked.
	more, known int64
}

// Presence returns what asks the tables of p.
func (env *environment) Presence(p *planner.Presence) (dbsp.Presence, error) {
	if known, ok := env.presences[p]; ok {
		return known, nil
	}
	d := env.v.db
	b := &basePresence{e: d.e, view: env.v.name, collations: p.Collations}
	for _, t := range p.Tables {
		src := env.m.plan.Sources[t.Source]
		name := func(c int) string { return ident(src.Table.Columns[src.Columns[c]].Name) }
		from, where := qualified(src.Table.Schema, src.Table.Name), ""
		var cols, conds []string
		if t.Filter == nil {
			for _, c := range t.Columns {
				cols = append(cols, name(c))
			}
		} else {
			var inner []string
			for i, c := range t.FilterColumns {
				inner = append(inner, fmt.Sprintf(`%s AS "c%d"`, name(c), i))
			}
			from = "(SELECT " + strings.Join(inner, ", ") + " FROM " + from + ")"
			cols, where = t.Filter.Exprs, " AND ("+t.Filter.Where+")"
		}
		for i, c := range cols {
			conds = append(conds, fmt.Sprintf("%s IS ?%d", c, i+1))
		}
		x := presentTable{base: t, sql: fmt.Sprintf("SELECT %s FROM %s WHERE %s%s LIMIT ?%d", strings.Join(cols, ", "), from,
			strings.Join(conds, " AND "), where, len(cols)+1)}
		if t.Filter != nil {
			filter, err := d.e.newEvaluator(*t.Filter)
			if err != nil {
				return nil, err
			}
			env.m.evaluators = append(env.m.evaluators, filter)
			x.filter = filter
		}
		b.tables = append(b.tables, x)
	}
	env.m.readers = append(env.m.readers, b)
	env.presences[p] = b
	return b, nil
}

// Find implements dbsp.Presence.
func (b *basePresence) Find(key dbsp.Row, net int64) (row dbsp.Row, was, is bool, err error) {
	if b.filling {
		return b.findFilling(key, net)
	}
	if b.unfed != nil {
		if u := b.unfed[b.key(key)]; u != nil {
			return b.findUnfed(u, net)
		}
		if net != 0 {
			return nil, false, false, b.damaged()
		}
	}
	n, row, err := b.count(key, max(net, 0)+1)
	if err != nil {
		return nil, false, false, err
	}
	if n < net {
		return nil, false, false, b.damaged()
	}
	return row, n > net, n > 0, nil
}

// findUnfed is Find for a key of which changes are still to come, among them those of the batch at hand.
func (b *basePresence) findUnfed(u *unfedCount, net int64) (row dbsp.Row, was, is bool, err error) {
	if u.known < 0 {
		if u.known, _, err = b.count(u.row, u.more+1); err != nil {
			return nil, false, false, err
		}
	}
	before := u.known - u.net
	u.net -= net
	if before < 0 || before+net < 0 {
		return nil, false, false, b.damaged()
	}
	return u.row, before > 0, before+net > 0, nil
}

// findFilling is Find while the view is being filled.
func (b *basePresence) findFilling(key dbsp.Row, net int64) (row dbsp.Row, was, is bool, err error) {
	n, row, err := b.count(key, 1)
	if err != nil {
		return nil, false, false, err
	}
	was = n > 0
	if net > 0 {
		k := b.key(key)
		was = was || k == b.last
		b.last = strings.Clone(k)
	}
	return row, was, was || net > 0, nil
}

func (b *basePresence) damaged() error {
	return fmt.Errorf("ext: view %s: changes of rows that its tables do not have: %w", b.view, ErrDamaged)
}

// key returns the encoded key, which the next call overwrites.
func (b *basePresence) key(key dbsp.Row) string {
	b.keyBuf = appendKeys(b.keyBuf[:0], key, b.collations)
	return string(b.keyBuf)
}

// count returns how many rows the tables that are shown have under key, most at most, and one of them, or key itself.
func (b *basePresence) count(key dbsp.Row, most int64) (n int64, row dbsp.Row, err error) {
	row = key
	for i := range b.tables {
		t := &b.tables[i]
		if t.state != shown || n >= most {
			continue
		}
		found, err := b.countIn(t, key, most-n)
		if err != nil {
			return 0, nil, err
		}
		if found > 0 {
			row = b.row
		}
		n += found
	}
	return n, row, nil
}

// countIn counts the rows of one table. SQLite compares with the column's affinity, a distinct as the values are: what it
// finds by converting the key does not count.
func (b *basePresence) countIn(t *presentTable, key dbsp.Row, most int64) (n int64, err error) {
	s, err := b.e.kept(&t.stmt, t.sql)
	if err != nil {
		return 0, err
	}
	defer s.Reset()
	for i, k := range key {
		if err := s.Bind(i+1, k); err != nil {
			return 0, err
		}
	}
	if err := s.Bind(len(key)+1, dbsp.NewInteger(most)); err != nil {
		return 0, err
	}
	for {
		ok, err := s.Fetch()
		if err != nil || !ok {
			return n, err
		}
		if n++; n > 1 {
			continue
		}
		b.row = b.row[:0]
		for i := range key {
			b.row = append(b.row, s.Column(i))
		}
		if asked := b.key(key); asked != b.key(b.row) {
			return 0, nil
		}
	}
}

func (b *basePresence) reads(source int) bool {
	for i := range b.tables {
		if b.tables[i].base.Source == source {
			return true
		}
	}
	return false
}

func (b *basePresence) release() {
	for i := range b.tables {
		finalize(&b.tables[i].stmt)
	}
}

// set sets the state of a source's table.
func (b *basePresence) set(source int, state presentState) {
	for i := range b.tables {
		if t := &b.tables[i]; source < 0 || t.base.Source == source {
			t.state = state
		}
	}
}

func (b *basePresence) hide(source int) {
	b.filling, b.last = true, noKey
	b.set(source, hidden)
}

// noKey is no key of anything.
const noKey = "\xff\xff"

func (b *basePresence) holds(first, whole bool) bool { return !first || !whole }

func (b *basePresence) hold(int) {
	if b.unfed == nil {
		b.unfed, b.size = map[string]*unfedCount{}, 0
	}
}

// note takes changes into account that are still to come.
func (b *basePresence) note(source int, changes dbsp.Batch) error {
	for i := range b.tables {
		t := &b.tables[i]
		if t.base.Source != source {
			continue
		}
		rows, err := t.counting(changes)
		if err != nil {
			return err
		}
		for _, d := range rows {
			k := b.key(d.Row)
			u := b.unfed[k]
			if u == nil {
				u = &unfedCount{row: cloneRow(d.Row), known: -1}
				b.unfed[k] = u
				b.size += int64(len(k)) + rowMemory(u.row) + 128
			}
			u.net += d.Weight
			u.more += max(d.Weight, 0)
		}
	}
	if b.size > OverlayBound {
		return errUnfed
	}
	return nil
}

// counting returns what changes of the table's rows are to the distinct.
func (t *presentTable) counting(changes dbsp.Batch) (dbsp.Batch, error) {
	columns := t.base.Columns
	if t.filter != nil {
		columns = t.base.FilterColumns
	}
	rows := make(dbsp.Batch, len(changes))
	for i, d := range changes {
		rows[i] = dbsp.Delta{Row: pick(d.Row, columns), Weight: d.Weight}
	}
	if t.filter == nil {
		return rows, nil
	}
	return t.filter.Evaluate(rows, func(_ dbsp.Delta, message string) error { return fmt.Errorf("ext: %s", message) })
}

func (b *basePresence) begin(source int) {
	if b.filling {
		b.set(source, feeding)
		b.last = noKey
	}
}

// end shows the source's table as it is. What is held of other sources stays.
func (b *basePresence) end(source int) {
	b.set(source, shown)
	if source < 0 {
		b.filling, b.unfed = false, nil
	}
}

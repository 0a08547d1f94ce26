package ext

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/cursor"
	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/ext/sqlite3"
)

// registerViews registers the materialized_view module.
func (e *engine) registerViews() error {
	return e.conn.CreateModule(viewModule, &sqlite3.Module{
		Create: func(c sqlite3.Conn, args []string) (sqlite3.VTab, error) {
			d := e.database(args[1])
			v, err := d.createView(args[2])
			if err != nil {
				return nil, err
			}
			return connectView(c, d, v.name, v.columns)
		},
		Connect: func(c sqlite3.Conn, args []string) (sqlite3.VTab, error) {
			d := e.database(args[1])
			columns, err := d.declaredColumns(args[2])
			if err != nil && isDatabase(err) {
				return nil, err
			}
			if len(columns) == 0 {
				// A damaged catalog must not keep the view from being dropped.
				columns = []viewColumn{{Name: "damaged"}}
			}
			return connectView(c, d, args[2], columns)
		},
		Writable: true, Renames: true,
	})
}

func connectView(c sqlite3.Conn, d *database, name string, columns []viewColumn) (sqlite3.VTab, error) {
	decls := make([]string, len(columns))
	for i, col := range columns {
		decls[i] = col.declaration()
	}
	// Without a rowid, as a plain view is; the hidden key tells the copies of a row apart where SQLite must (its OR
	// optimisation drops rows with equal keys).
	err := c.DeclareVTab(fmt.Sprintf("CREATE TABLE x(%s, %s HIDDEN, %s BLOB HIDDEN NOT NULL, PRIMARY KEY(%s)) WITHOUT ROWID",
		strings.Join(decls, ", "), ident(commandColumn), ident(keyColumn), ident(keyColumn)))
	if err != nil {
		return nil, err
	}
	return &viewVTab{db: d, name: name, columns: len(columns), scans: map[scanName]*scan{}}, c.MarkInnocuous()
}

// viewVTab is a view as SQLite sees it. It holds no more than a name: what stands behind it may change with the schema.
type viewVTab struct {
	db      *database
	name    string
	columns int
	scans   map[scanName]*scan
	idle    []*viewStmt
	indexes []viewIndex
	seen    int64 // schema version that indexes were read at
	// used are sets of columns that queries use: a scan's number has the set's place in here, times 2.
	used  []uint64
	clean clean
	// closed is a cursor that can be opened again.
	closed *viewCursor
}

// usedSet returns the place of a set of columns; 0 stands for all.
func (t *viewVTab) usedSet(set uint64) int {
	all := true
	for i := range t.columns {
		all = all && uses(set, i)
	}
	if all {
		return 0
	}
	i := slices.Index(t.used, set)
	if i < 0 && len(t.used) < 256 {
		t.used = append(t.used, set)
		i = len(t.used) - 1
	}
	return i + 1
}

// scanName is a scan as xBestIndex names it for xFilter.
type scanName struct {
	num int
	str string
}

// viewIndex is an index on the view's output table.
type viewIndex struct {
	name    string
	columns []int
	colls   []string
	descs   []bool
}

func (t *viewVTab) view() (*view, error) {
	if err := t.db.refreshCompiling(); err != nil {
		return nil, err
	}
	v := t.db.view(t.name)
	if v == nil || len(v.columns) != t.columns {
		return nil, fmt.Errorf("view %s: its catalog entry is missing: %w; drop the view and create it again", t.name, ErrDamaged)
	}
	return v, nil
}

// Disconnect finalizes the inner statements.
func (t *viewVTab) Disconnect() error {
	for _, s := range t.idle {
		_ = s.stmt.Finalize()
	}
	t.idle = nil
	t.db.releaseStatements()
	return nil
}

// Destroy drops the view.
func (t *viewVTab) Destroy() error {
	if err := t.db.dropView(t.name); err != nil {
		return err
	}
	return t.Disconnect()
}

// Rename renames the view.
func (t *viewVTab) Rename(name string) error {
	if err := t.db.renameView(t.name, name); err != nil {
		return err
	}
	t.name = name
	return nil
}

// Update refuses writes, but for the one command.
func (t *viewVTab) Update(args sqlite3.Args) (int64, error) {
	if n := 2 + t.columns; args.Len() > n && args.Value(0).IsNull() {
		if command := args.Value(n); command.Kind() == dbsp.Text {
			rowid := t.db.e.conn.LastInsertRowid()
			if strings.EqualFold(command.Str(), "refresh") {
				return rowid, t.db.refreshView(t.name)
			}
			return rowid, fmt.Errorf("view %s: no command %q; there is: refresh", t.name, command.Str())
		}
	}
	return 0, fmt.Errorf("%w %s because it is a materialized view; write to the tables under it", ErrReadOnlyView, t.name)
}

// Open returns a cursor.
func (t *viewVTab) Open() (sqlite3.Cursor, error) {
	if c := t.closed; c != nil {
		t.closed = nil
		return c, nil
	}
	return &viewCursor{t: t}, nil
}

// assumedRows is the size that the query planner is told a view has.
const assumedRows = 100000

// BestIndex picks how to read the output table.
func (t *viewVTab) BestIndex(x *sqlite3.IndexInfo) error {
	v, err := t.view()
	if err != nil {
		if isDatabase(err) && !isCode(err, sqlite3.CodeSchema) {
			return err
		}
		// Reading it will report the error; or, after a schema change, compile the statement again.
		x.EstimatedCost = 1
		t.scans[scanName{}] = &scan{used: allColumns}
		return nil
	}
	if err := t.readIndexes(v); err != nil {
		return err
	}
	// UTF-16 text sorts by other bytes than the keys' UTF-8: no order then, and of keys no more than equality.
	utf16 := schemaReader{t.db.e, t.db.name}.UTF16()
	best, cost, rows, args := &scan{}, float64(assumedRows), float64(assumedRows), []int(nil)
	try := func(s *scan, columns []int, colls []string, descs []bool) {
		used, selectivity, in := t.match(s, columns, colls, x.Constraints, !(utf16 && s.byKey))
		ordered := !in && !utf16 && t.ordered(s, columns, colls, descs, x.OrderBy)
		if len(s.terms) == 0 && !ordered {
			return
		}
		r := max(float64(assumedRows)*selectivity, 1)
		if s.unique = s.byKey && len(s.terms) == len(columns) && t.allEqual(s); s.unique {
			r = 1
		}
		c := r + 10
		if !ordered && len(x.OrderBy) > 0 {
			c += r
		}
		if c < cost || ordered && len(best.terms) == 0 && len(best.order) == 0 && c <= cost+10 {
			best, cost, rows, args = s, c, r, used
		}
	}
	if len(x.OrderBy) > 0 {
		cost += assumedRows // the sort
	}
	if v.stale == "" {
		if m, err := v.prepare(); err == nil && m.plan.Keyed && len(m.plan.KeyColumns) > 0 {
			columns, colls := shownKey(m.plan.KeyColumns, m.plan.KeyCollations)
			try(&scan{name: "PRIMARY KEY", byKey: true}, columns, colls, make([]bool, len(columns)))
		}
	}
	for _, i := range t.indexes {
		try(&scan{name: i.name}, i.columns, i.colls, i.descs)
	}
	for i, c := range args {
		x.Constraints[c].ArgvIndex = i + 1
	}
	x.IdxStr = best.text(v)
	best.used = allColumns
	if i := t.usedSet(x.ColumnsUsed); i > 0 {
		x.IdxNum, best.used = 2*i, t.used[i-1]
	}
	if best.byKey {
		x.IdxNum++
	}
	x.OrderByConsumed = len(best.order) > 0
	x.EstimatedCost, x.EstimatedRows, x.Unique = cost, int64(rows), best.unique
	t.scans[scanName{x.IdxNum, x.IdxStr}] = best
	return nil
}

// shownKey returns the leading key columns that the view shows.
func shownKey(columns []int, collations []dbsp.Collation) ([]int, []string) {
	var cols []int
	var colls []string
	for i, c := range columns {
		if c < 0 {
			break
		}
		cols = append(cols, c)
		colls = append(colls, collations[i].String())
	}
	return cols, colls
}

// match finds the constraints that an index on columns can use: equalities on leading columns, then a range.
func (t *viewVTab) match(s *scan, columns []int, colls []string, cs []sqlite3.Constraint, ranges bool) (used []int, selectivity float64, in bool) {
	selectivity = 1
	find := func(column int, coll string, ops ...sqlite3.Op) int {
		return slices.IndexFunc(cs, func(c sqlite3.Constraint) bool {
			return c.Usable && c.Column == column && slices.Contains(ops, c.Op) &&
				(c.Op == sqlite3.OpIsNull || strings.EqualFold(c.Collation, coll))
		})
	}
	for i, col := range columns {
		if slices.Contains(columns[:i], col) {
			break // the same column again: one constraint can be handed over once
		}
		c := find(col, colls[i], sqlite3.OpEQ, sqlite3.OpIs, sqlite3.OpIsNull)
		if c >= 0 {
			s.terms = append(s.terms, scanTerm{column: col, op: cs[c].Op})
			used = append(used, c)
			in = in || cs[c].IsIn
			selectivity /= 100
			continue
		}
		if !ranges {
			break
		}
		lower := find(col, colls[i], sqlite3.OpGT, sqlite3.OpGE)
		upper := find(col, colls[i], sqlite3.OpLT, sqlite3.OpLE)
		for _, c := range []int{lower, upper} {
			if c >= 0 && !(s.byKey && c == upper && lower >= 0) {
				s.terms = append(s.terms, scanTerm{column: col, op: cs[c].Op})
				used = append(used, c)
				selectivity /= 4
			}
		}
		break
	}
	return used, selectivity, in
}

func (t *viewVTab) allEqual(s *scan) bool {
	return !slices.ContainsFunc(s.terms, func(x scanTerm) bool { return x.op != sqlite3.OpEQ })
}

// ordered reports whether reading the index gives the order asked for, and makes the scan promise it.
func (t *viewVTab) ordered(s *scan, columns []int, colls []string, descs []bool, order []sqlite3.OrderTerm) bool {
	if len(order) == 0 {
		return false
	}
	var terms []cursor.Term
	at := 0
	flip := false
	for i, o := range order {
		// Columns held equal don't count, unless several values compare equal to the one looked for.
		if o.Column < 0 || at >= len(columns) || columns[at] != o.Column || o.Column >= t.columns {
			return false
		}
		coll, ok := dbsp.CollationNamed(colls[at])
		if !ok {
			return false
		}
		if i == 0 {
			flip = o.Desc != descs[at]
		} else if flip != (o.Desc != descs[at]) {
			return false
		}
		terms = append(terms, cursor.Term{Column: o.Column, Collation: coll, Desc: o.Desc})
		at++
	}
	s.order = terms
	return true
}

// readIndexes reads the indexes on the output table, after a schema change.
func (t *viewVTab) readIndexes(v *view) error {
	d := t.db
	if t.indexes != nil && t.seen == d.cookie {
		return nil
	}
	t.seen = d.cookie
	t.indexes = []viewIndex{}
	var names []string
	err := d.e.query("SELECT name FROM pragma_index_list(?1, ?2) WHERE NOT partial AND origin = 'c'",
		[]dbsp.Value{dbsp.NewText(v.outTable()), dbsp.NewText(d.name)}, func(s sqlite3.Stmt) error {
			names = append(names, s.Column(0).Str())
			return nil
		})
	if err != nil {
		return err
	}
	for _, n := range names {
		x := viewIndex{name: n}
		plain := true
		err := d.e.query("SELECT cid, \"desc\", coll FROM pragma_index_xinfo(?1, ?2) WHERE key ORDER BY seqno",
			[]dbsp.Value{dbsp.NewText(n), dbsp.NewText(d.name)}, func(s sqlite3.Stmt) error {
				c := int(s.Column(0).Int())
				plain = plain && c >= 0 && c < t.columns
				x.columns = append(x.columns, c)
				x.descs = append(x.descs, s.Column(1).Int() != 0)
				x.colls = append(x.colls, s.Column(2).Str())
				return nil
			})
		if err != nil {
			return err
		}
		if plain {
			// An index may have another collation than its column; the scan's SQL compares with the column's.
			for i, c := range x.columns {
				if want := v.columns[c].Collation; !strings.EqualFold(x.colls[i], want) && !(want == "" && strings.EqualFold(x.colls[i], "BINARY")) {
					x.columns, x.colls, x.descs = x.columns[:i], x.colls[:i], x.descs[:i]
					break
				}
			}
			if len(x.columns) > 0 {
				t.indexes = append(t.indexes, x)
			}
		}
	}
	return nil
}

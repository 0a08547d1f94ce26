package planner

import (
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"modernc.org/sqlite/vtab"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
)

// testEnv runs a plan without the engine: expressions by database/sql over a scratch table, base reads over what was
// fed.
type testEnv struct {
	t    testing.TB
	base *testCatalog
	eval *sql.DB
	plan *Plan
	seen []map[string]weighted // per source: what was fed
}

// openEval opens the database that testEnv evaluates in. One at a time may be in use.
func openEval(t testing.TB) *sql.DB {
	registerRows.Do(func() { require.NoError(t, vtab.RegisterModule(nil, "testrows", testRowsModule{})) })
	db, err := sql.Open("sqlite", ":memory:")
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

var registerRows sync.Once

func valueOf(x any) dbsp.Value {
	switch x := x.(type) {
	case nil:
		return dbsp.Value{}
	case int64:
		return dbsp.NewInteger(x)
	case float64:
		return dbsp.NewReal(x)
	case string:
		return dbsp.NewText(x)
	case []byte:
		return dbsp.NewBlob(string(x))
	}
	panic(fmt.Sprintf("value %T", x))
}

func literal(v dbsp.Value) string {
	switch v.Kind() {
	case dbsp.Integer:
		if v.Int() == math.MinInt64 {
			return "(-9223372036854775807-1)"
		}
		return strconv.FormatInt(v.Int(), 10)
	case dbsp.Text:
		return lit(v.Str())
	}
	return v.String()
}

func rowOf(values []any) dbsp.Row {
	r := make(dbsp.Row, len(values))
	for i, x := range values {
		r[i] = valueOf(x)
	}
	return r
}

func queryRows(db *sql.DB, text string) ([]dbsp.Row, error) {
	c := &testCatalog{db: db}
	rows, err := c.rows(text)
	if err != nil {
		return nil, err
	}
	var out []dbsp.Row
	for _, r := range rows {
		out = append(out, rowOf(r))
	}
	return out, nil
}

type testEvaluator struct {
	e     *testEnv
	table string
	spec  ExprSpec
	rows  *testRows
}

func (e *testEnv) Evaluator(id dbsp.OpID, spec ExprSpec) (dbsp.Evaluator, error) {
	table, rows, err := e.rowsTable(id, spec.Input)
	return &testEvaluator{e: e, table: table, spec: spec, rows: rows}, err
}

// rowsTable makes a table for the rows that an operator has evaluated.
func (e *testEnv) rowsTable(id dbsp.OpID, input []Column) (string, *testRows, error) {
	table := fmt.Sprintf("op%d", id)
	defs := []string{"i INT"}
	for i, c := range input {
		typ := map[Affinity]string{
			AffinityText: "TEXT", AffinityNumeric: "NUMERIC", AffinityInteger: "INTEGER", AffinityReal: "REAL", AffinityBlob: "BLOB",
		}[c.Affinity]
		defs = append(defs, fmt.Sprintf(`"c%d" %s COLLATE %s`, i, typ, c.Collation))
	}
	rows := &testRows{declaration: "CREATE TABLE x(" + strings.Join(defs, ", ") + ")"}
	testRowsByTable[table] = rows
	_, err := e.eval.Exec("DROP TABLE IF EXISTS " + table + "; CREATE VIRTUAL TABLE " + table + " USING testrows")
	return table, rows, err
}

func (v *testEvaluator) Evaluate(in dbsp.Batch, fail func(dbsp.Delta, string) error) (dbsp.Batch, error) {
	for _, d := range in {
		if len(d.Row) != len(v.spec.Input) {
			return nil, fmt.Errorf("%s: row of %d for %d columns", v.table, len(d.Row), len(v.spec.Input))
		}
	}
	v.rows.batch = in
	query := "SELECT i, " + strings.Join(v.spec.Exprs, ", ") + " FROM " + v.table + v.spec.From + " WHERE "
	where := v.spec.Where
	if where == "" {
		where = "1"
	}
	rows, err := queryRows(v.e.eval, query+where)
	if err != nil {
		rows = nil
		for i, d := range in {
			v.rows.batch = dbsp.Batch{d}
			one, err := queryRows(v.e.eval, query+where)
			if err != nil {
				if err := fail(d, err.Error()); err != nil {
					return nil, err
				}
			}
			for _, r := range one {
				r[0] = dbsp.NewInteger(int64(i))
				rows = append(rows, r)
			}
		}
	}
	var out dbsp.Batch
	for _, r := range rows {
		d := in[r[0].Int()]
		out = append(out, dbsp.Delta{Row: r[1:], Weight: d.Weight, Key: d.Key})
	}
	return out, nil
}

type testGroups struct {
	e     *testEnv
	table string
	spec  GroupSpec
	rows  *testRows
}

func (e *testEnv) GroupEvaluator(id dbsp.OpID, spec GroupSpec) (dbsp.GroupEvaluator, error) {
	table, rows, err := e.rowsTable(id, spec.Input)
	// The exact sums are the engine's.
	plain := strings.NewReplacer("mv_sum(", "sum(", "mv_total(", "total(", "mv_avg(", "avg(")
	spec.Exprs = append([]string{}, spec.Exprs...)
	for i, x := range spec.Exprs {
		spec.Exprs[i] = plain.Replace(x)
	}
	return &testGroups{e: e, table: table, spec: spec, rows: rows}, err
}

func (v *testGroups) Evaluate(groups []dbsp.Batch, fail func(int, string) error) ([]dbsp.Batch, error) {
	out := make([]dbsp.Batch, len(groups))
	for i, g := range groups {
		v.rows.batch = nil
		for _, d := range g {
			if len(d.Row) != len(v.spec.Input) {
				return nil, fmt.Errorf("%s: row of %d for %d columns", v.table, len(d.Row), len(v.spec.Input))
			}
			for range d.Weight {
				v.rows.batch = append(v.rows.batch, dbsp.Delta{Row: d.Row, Weight: 1})
			}
		}
		query := "SELECT " + strings.Join(v.spec.Exprs, ", ") + " FROM " + v.table
		if v.spec.OrderBy != "" {
			query += " ORDER BY " + v.spec.OrderBy + " LIMIT 1"
		}
		rows, err := queryRows(v.e.eval, query)
		if err != nil {
			if err := fail(i, err.Error()); err != nil {
				return nil, err
			}
		}
		for _, r := range rows {
			out[i] = append(out[i], dbsp.Delta{Row: r, Weight: 1})
		}
	}
	return out, nil
}

// testRows is a virtual table over the rows of a batch, its first column the position: as in the engine, columns have
// affinities and collations but convert nothing.
type testRows struct {
	declaration string
	batch       dbsp.Batch
}

var testRowsByTable = map[string]*testRows{}

type testRowsModule struct{}

func (testRowsModule) Create(ctx vtab.Context, args []string) (vtab.Table, error) {
	t := testRowsByTable[args[2]]
	return t, ctx.Declare(t.declaration)
}

func (m testRowsModule) Connect(ctx vtab.Context, args []string) (vtab.Table, error) {
	return m.Create(ctx, args)
}

func (*testRows) BestIndex(*vtab.IndexInfo) error { return nil }
func (t *testRows) Open() (vtab.Cursor, error)    { return &testCursor{rows: t}, nil }
func (*testRows) Disconnect() error               { return nil }
func (*testRows) Destroy() error                  { return nil }

type testCursor struct {
	rows *testRows
	at   int
}

func (c *testCursor) Filter(int, string, []vtab.Value) error {
	c.at = 0
	return nil
}

func (c *testCursor) Next() error {
	c.at++
	return nil
}

func (c *testCursor) Eof() bool             { return c.at >= len(c.rows.batch) }
func (c *testCursor) Rowid() (int64, error) { return int64(c.at), nil }
func (c *testCursor) Close() error          { return nil }

func (c *testCursor) Column(col int) (vtab.Value, error) {
	if col == 0 {
		return int64(c.at), nil
	}
	switch v := c.rows.batch[c.at].Row[col-1]; v.Kind() {
	case dbsp.Integer:
		return v.Int(), nil
	case dbsp.Real:
		return v.Real(), nil
	case dbsp.Text:
		return v.Str(), nil
	case dbsp.Blob:
		return []byte(v.Str()), nil
	}
	return nil, nil
}

// testTrace has a source's rows as they were fed.
type testTrace struct {
	e    *testEnv
	base BaseRead
}

func (e *testEnv) BaseTrace(b BaseRead) (dbsp.Trace, error) { return &testTrace{e, b}, nil }

func (t *testTrace) Rows(_ *dbsp.Step, key dbsp.Row, yield func(dbsp.Row, int64) error) error {
	for _, w := range t.e.seen[t.base.Source] {
		own := at(w.row, t.base.Key)
		if slices.ContainsFunc(own, dbsp.Value.IsNull) || keyOf(own, t.base.Collations) != keyOf(key, t.base.Collations) {
			continue
		}
		if err := yield(at(w.row, t.base.Columns), w.weight); err != nil {
			return err
		}
	}
	return nil
}

func keyOf(row dbsp.Row, collations []dbsp.Collation) string {
	var key []byte
	for i, v := range row {
		key = dbsp.AppendKey(key, v, collations[i])
	}
	return string(key)
}

// testPresence looks for rows among those that were fed.
type testPresence struct {
	e       *testEnv
	present *Presence
	filters []dbsp.Evaluator
}

func (e *testEnv) Presence(p *Presence) (dbsp.Presence, error) {
	t := &testPresence{e: e, present: p}
	for _, in := range p.Tables {
		var filter dbsp.Evaluator
		if in.Filter != nil {
			var err error
			if filter, err = e.Evaluator(0, *in.Filter); err != nil {
				return nil, err
			}
		}
		t.filters = append(t.filters, filter)
	}
	return t, nil
}

func (t *testPresence) Find(key dbsp.Row, net int64) (row dbsp.Row, was, is bool, err error) {
	n := int64(0)
	row = key
	for i, in := range t.present.Tables {
		var rows dbsp.Batch
		for _, w := range t.e.seen[in.Source] {
			columns := in.Columns
			if in.Filter != nil {
				columns = in.FilterColumns
			}
			rows = append(rows, dbsp.Delta{Row: at(w.row, columns), Weight: w.weight})
		}
		if in.Filter != nil {
			rows, err = t.filters[i].Evaluate(rows, func(_ dbsp.Delta, message string) error { return errors.New(message) })
			if err != nil {
				return nil, false, false, err
			}
		}
		for _, r := range rows {
			if keyOf(r.Row, t.present.Collations) == keyOf(key, t.present.Collations) {
				n += r.Weight
				row = r.Row
			}
		}
	}
	return row, n-net > 0, n > 0, nil
}

// testRowsOf has a source's rows as they were fed.
type testRowsOf struct {
	e    *testEnv
	base BaseRows
}

func (e *testEnv) BaseRows(b BaseRows) (dbsp.Rows, error) { return &testRowsOf{e, b}, nil }

func (r *testRowsOf) Row(identity dbsp.Row) (dbsp.Row, error) {
	for _, w := range r.e.seen[r.base.Source] {
		if string(dbsp.AppendRow(nil, at(w.row, r.base.Identity))) == string(dbsp.AppendRow(nil, identity)) {
			return at(w.row, r.base.Columns), nil
		}
	}
	return nil, fmt.Errorf("no row %v in source %d", identity, r.base.Source)
}

// liveView is a view that a circuit maintains over the tables of a catalog.
type liveView struct {
	env     *testEnv
	sql     string
	circuit *dbsp.Circuit
	step    *dbsp.Step
	seen    []map[string]weighted // per source, what was fed; env's
	out     map[string]weighted
}

type weighted struct {
	row    dbsp.Row
	weight int64
}

func newLiveView(t testing.TB, c *testCatalog, eval *sql.DB, query string, p *Plan) *liveView {
	e := &testEnv{t: t, base: c, eval: eval, plan: p}
	circuit, err := p.Circuit(e)
	require.NoError(t, err)
	v := &liveView{env: e, sql: query, circuit: circuit, out: map[string]weighted{}}
	v.step = &dbsp.Step{Store: dbsp.NewMemoryStore(), Numeric: func(x dbsp.Value) (dbsp.Value, error) {
		rows, err := queryRows(eval, "SELECT sum("+literal(x)+")")
		if err != nil {
			return dbsp.Value{}, err
		}
		return rows[0][0], nil
	}}
	for range p.Sources {
		v.seen = append(v.seen, map[string]weighted{})
	}
	e.seen = v.seen
	start, err := circuit.Start(v.step)
	require.NoError(t, err)
	v.take(start)
	return v
}

func bag(rows []dbsp.Row) map[string]weighted {
	m := map[string]weighted{}
	for _, r := range rows {
		k := string(dbsp.AppendRow(nil, r))
		m[k] = weighted{r, m[k].weight + 1}
	}
	return m
}

func (v *liveView) take(b dbsp.Batch) {
	for _, d := range b {
		k := string(dbsp.AppendRow(nil, d.Row))
		w := v.out[k].weight + d.Weight
		if w == 0 {
			delete(v.out, k)
			continue
		}
		v.out[k] = weighted{d.Row, w}
	}
}

// refresh feeds what changed in the base tables since the last time.
func (v *liveView) refresh() error {
	p := v.env.plan
	for _, s := range p.StepOrder {
		src := p.Sources[s]
		columns := []string{}
		for _, c := range src.Columns {
			columns = append(columns, "+"+sqltext.QuoteIdent(src.Table.Columns[c].Name))
		}
		query := fmt.Sprintf(`SELECT 1, %s FROM "%s"."%s"`, strings.Join(columns, ", "), src.Table.Schema, src.Table.Name)
		if len(columns) == 0 {
			query = strings.Replace(query, "1, ", "1", 1)
		}
		rows, err := queryRows(v.env.base.db, query)
		if err != nil {
			return err
		}
		for i := range rows {
			rows[i] = rows[i][1:]
		}
		now := bag(rows)
		var delta dbsp.Batch
		for k, w := range v.seen[s] {
			if d := now[k].weight - w.weight; d < 0 {
				delta = append(delta, dbsp.Delta{Row: w.row, Weight: d})
			}
		}
		for k, w := range now {
			if d := w.weight - v.seen[s][k].weight; d > 0 {
				delta = append(delta, dbsp.Delta{Row: w.row, Weight: d})
			}
		}
		v.seen[s] = now
		if len(delta) == 0 {
			continue
		}
		out, err := v.circuit.Step(v.step, s, delta)
		if err != nil {
			return err
		}
		v.take(out)
	}
	return nil
}

// difference compares the view with its query run afresh: "" when they agree. loose lets values that compare equal under
// some collation stand for each other, and reals differ in the last digits.
func (v *liveView) difference(loose bool) (string, error) {
	rows, err := queryRows(v.env.base.db, v.sql)
	if err != nil {
		return "", err
	}
	count := map[string]int64{}
	form := func(r dbsp.Row) string {
		var parts []string
		for _, x := range r {
			s := x.Kind().String() + " " + x.String()
			if loose {
				switch x.Kind() {
				case dbsp.Text:
					s = strings.ToLower(strings.TrimRight(s, " '"))
				case dbsp.Integer:
					s = strconv.FormatFloat(float64(x.Int()), 'g', 12, 64)
				case dbsp.Real:
					s = strconv.FormatFloat(x.Real()+0, 'g', 12, 64)
				}
			}
			parts = append(parts, s)
		}
		return strings.Join(parts, " | ")
	}
	for _, r := range rows {
		count[form(r)]--
	}
	for _, w := range v.out {
		count[form(w.row)] += w.weight
	}
	var diff []string
	for k, n := range count {
		if n != 0 {
			diff = append(diff, fmt.Sprintf("%+d %s", n, k))
		}
	}
	sort.Strings(diff)
	return strings.Join(diff, "\n"), nil
}

package ext

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/planner"
)

// viewColumn is a column of a view as declared in its output table and its virtual table.
type viewColumn struct {
	Name      string `json:"name"`
	Type      string `json:"type,omitempty"`
	Collation string `json:"collation,omitempty"`
}

func (c viewColumn) affinity() planner.Affinity { return affinityOf(c.Type) }

// declaration is the column's definition for CREATE TABLE.
func (c viewColumn) declaration() string {
	s := ident(c.Name)
	if c.Type != "" {
		s += " " + c.Type
	}
	if c.Collation != "" && c.Collation != "BINARY" {
		s += " COLLATE " + ident(c.Collation)
	}
	return s
}

// viewBase is what a view was built on, as its catalog row remembers it.
type viewBase struct {
	Table       string          `json:"table"`
	View        bool            `json:"view,omitempty"` // a materialized view
	Generation  int64           `json:"generation,omitempty"`
	Fingerprint string          `json:"fingerprint"`
	Columns     []string        `json:"columns"`
	Parents     []string        `json:"parents,omitempty"` // foreign-key parents that existed
	Indexes     []planner.Index `json:"indexes,omitempty"` // as planned with: which join sides are kept depends on them
}

// view is a materialized view on one connection.
type view struct {
	db       *database
	name     string
	seq      int64
	sql      string // as the user wrote it
	resolved string // with names resolved and stars expanded: what is planned
	format   int64
	planned  string // fingerprint of the plan that the state was written by
	columns  []viewColumn
	bases    []viewBase
	stale    string // why it can't be trusted, "" when fresh
	recorded string // the reason that the catalog holds

	machine *machine
	cursors map[*viewCursor]bool
}

// machine is a view's plan made to run on this connection.
type machine struct {
	plan       *planner.Plan
	circuit    *dbsp.Circuit
	sources    []machineSource
	state      *stateTable
	ops        *dbsp.Overlay
	out        *outputDelta
	delta      dbsp.Batch // what the running step changed in the output, for views on this one
	evaluators []*evaluator
	step       dbsp.Step // the running one
	readers    []tableReader
}

// machineSource maps captured images to a source's rows.
type machineSource struct {
	parent    *view // a materialized view, or nil
	table     string
	columns   []string
	positions map[*layout][]int
}

func (m *machine) release() {
	for _, ev := range m.evaluators {
		ev.release()
	}
	for _, r := range m.readers {
		r.release()
	}
	m.state.release()
}

// forget drops what this transaction stepped.
func (m *machine) forget() {
	m.state.forget()
	if m.ops == nil {
		m.ops = dbsp.NewOverlay(m.state)
	}
	m.ops.Reset()
	if m.out == nil {
		m.out = newOutputDelta(m.plan.Keyed)
	}
	m.out.reset()
	m.delta = nil
}

func (v *view) outTable() string { return outPrefix + v.name }
func (v *view) opsTable() string { return opsPrefix + v.name }

// errStale is the error of reading a stale view.
func (v *view) errStale() error {
	return fmt.Errorf("view %s is %w: %s; run REFRESH MATERIALIZED VIEW %s", v.name, ErrStale, v.stale, v.name)
}

func (v *view) columnNames() []string {
	names := make([]string, len(v.columns))
	for i, c := range v.columns {
		names[i] = c.Name
	}
	return names
}

func (v *view) columnsJSON() string { b, _ := json.Marshal(v.columns); return string(b) }
func (v *view) basesJSON() string   { b, _ := json.Marshal(v.bases); return string(b) }

// fingerprintOf describes the columns of t that a view uses: a change of any of it makes the view stale.
func fingerprintOf(t *planner.Table, columns []string) string {
	h := fnv.New64a()
	fmt.Fprintf(h, "%v|", t.WithoutRowid)
	for _, name := range columns {
		i := slices.IndexFunc(t.Columns, func(c planner.TableColumn) bool { return strings.EqualFold(c.Name, name) })
		if i < 0 {
			fmt.Fprintf(h, "%s gone|", name)
			continue
		}
		c := t.Columns[i]
		fmt.Fprintf(h, "%s %s %d %s %d|", strings.ToLower(c.Name), c.DeclType, c.Affinity, c.Collation, c.PK)
	}
	fmt.Fprintf(h, "%d", t.RowidAlias)
	return fmt.Sprintf("%016x", h.Sum64())
}

// frozenReader is a schemaReader that shows base tables with the indexes that a view was planned with, so that planning
// again gives the same circuit although indexes came or went.
type frozenReader struct {
	schemaReader
	bases []viewBase
}

// Table is schemaReader's, with the remembered indexes.
func (r frozenReader) Table(schema, name string) (*planner.Table, error) {
	t, err := r.schemaReader.Table(schema, name)
	if t == nil || err != nil {
		return t, err
	}
	for _, b := range r.bases {
		if strings.EqualFold(b.Table, r.e.database(r.schema).key(t)) {
			t.Indexes = b.Indexes
		}
	}
	return t, nil
}

// prepare makes the view's machine, planning its text again.
func (v *view) prepare() (*machine, error) {
	if v.machine != nil {
		return v.machine, nil
	}
	plan, err := planner.New(frozenReader{schemaReader{v.db.e, v.db.name}, v.bases}, v.db.name, v.name, v.resolved, v.columnNames())
	if err != nil {
		return nil, err
	}
	if plan.Fingerprint != v.planned {
		return nil, fmt.Errorf("ext: view %s: its state was written by another plan version: %w; run REFRESH MATERIALIZED VIEW %s",
			v.name, ErrFormat, v.name)
	}
	return v.build(plan)
}

// build makes the view's machine from a plan.
func (v *view) build(plan *planner.Plan) (*machine, error) {
	m := &machine{plan: plan, state: newStateTable(v, plan.RowState)}
	env := &environment{v: v, m: m, presences: map[*planner.Presence]*basePresence{}}
	circuit, err := plan.Circuit(env)
	if err != nil {
		m.release()
		return nil, err
	}
	m.circuit = circuit
	for _, s := range plan.Sources {
		src := machineSource{table: v.db.key(s.Table), positions: map[*layout][]int{}}
		for _, c := range s.Columns {
			src.columns = append(src.columns, s.Table.Columns[c].Name)
		}
		if s.Table.Kind == planner.MaterializedView {
			if src.parent = v.db.view(s.Table.Name); src.parent == nil {
				m.release()
				return nil, fmt.Errorf("ext: view %s: view %s under it is gone: %w", v.name, s.Table.Name, ErrStale)
			}
		}
		m.sources = append(m.sources, src)
	}
	m.forget()
	v.machine = m
	return m, nil
}

// positionsFor returns where a layout's image has the source's columns.
func (s *machineSource) positionsFor(lay *layout) ([]int, error) {
	if p, ok := s.positions[lay]; ok {
		return p, nil
	}
	p := make([]int, len(s.columns))
	for i, c := range s.columns {
		p[i] = slices.IndexFunc(lay.columns, func(n string) bool { return strings.EqualFold(n, c) })
		if p[i] < 0 {
			return nil, fmt.Errorf("ext: table %s: captured images lack column %s: %w", lay.table, c, ErrDamaged)
		}
	}
	s.positions[lay] = p
	return p, nil
}

// environment builds the parts of a circuit that need SQLite.
type environment struct {
	v *view
	m *machine
	// presences has those that were made.
	presences map[*planner.Presence]*basePresence
}

// Evaluator returns the evaluator of spec.
func (env *environment) Evaluator(_ dbsp.OpID, spec planner.ExprSpec) (dbsp.Evaluator, error) {
	ev, err := env.v.db.e.newEvaluator(spec)
	if err != nil {
		return nil, err
	}
	env.m.evaluators = append(env.m.evaluators, ev)
	return ev, nil
}

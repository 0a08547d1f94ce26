package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/sqlite-mv/sqlite-mv/planner/sqltext"
	"github.com/zeebo/xxh3"
)

// formatVersion is part of every fingerprint: it changes when the same plan keeps its state differently.
const formatVersion = 1

// New plans the materialized view named view of schema ("main", "temp" or an attached database), defined by selectSQL.
// columns names the view's columns; nil takes SQLite's names. Errors in the SQL are SQLite's own, as Catalog.Compile
// returned them; what can't be maintained is an *Unsupported, what the planner can't be sure to have read right ErrUnsure.
func New(cat Catalog, schema, view, selectSQL string, columnNames []string) (*Plan, error) {
	selectSQL = inSchema(cat, schema, selectSQL)
	result, err := cat.Compile(selectSQL)
	if err != nil {
		return nil, err
	}
	numbers := 0
	b := &binder{
		cat: &tableCache{Catalog: cat, tables: map[string]*Table{}}, schema: schema, cols: &columns{overloaded: map[string]bool{}}, numbers: &numbers, merges: new(bool),
		text: &text{view: view, sql: selectSQL}, aggregates: map[*sqltext.Call]bool{}, expanding: map[string]bool{},
	}
	q, err := b.read(0, selectSQL)
	if err != nil {
		return nil, err
	}
	if len(q.ids) != len(result) {
		return nil, b.text.unsure(sqltext.Span{}, fmt.Sprintf("%d columns instead of %d", len(q.ids), len(result)))
	}
	names := columnNames
	if names == nil {
		for _, c := range result {
			names = append(names, c.Name)
		}
	} else if len(names) != len(result) {
		return nil, fmt.Errorf("%w: view %s has a list of %d names for %d columns", ErrColumnCount, view, len(names), len(result))
	}
	names = uniqueNames(names)
	for _, n := range names {
		if low := lower(n); strings.HasPrefix(low, "__internal_dbsp_") || low == "mv_command" {
			return nil, b.text.refuse(sqltext.Span{}, "column name "+n, "it is reserved; give the column another alias")
		}
	}
	p := &Plan{SQL: selectSQL}
	if q.tree != nil {
		p.SQL = resolvedText(q.tree)
	}
	for i, id := range q.ids {
		p.Columns = append(p.Columns, viewColumn(names[i], b.cols.of(id)))
		p.asReal = p.asReal || b.cols.of(id).asReal
	}
	r := rewrite(b.cols, q.rel)
	p.lower(b.cols, r, q.ids)
	p.Fingerprint = p.fingerprint()
	return p, nil
}

// lower makes the nodes of r.
func (p *Plan) lower(c *columns, r rel, ids []colID) {
	l := lowerPlan(c, r, ids)
	l.share()
	l.presences()
	l.bindGroups()
	p.StepOrder, p.FillOrder = l.orders()
	p.Sources, p.nodes, p.root = l.sources, l.nodes, len(l.nodes)-1
	p.keys()
}

// viewColumn declares a column of the view: as CREATE TABLE AS would, but with the collation, and with a type only where
// that can't change a value.
func viewColumn(name string, info *colInfo) Column {
	return Column{
		Name: name, DeclType: info.declType, Affinity: affinityOfType(info.declType), Collation: orBinary(info.collation),
	}
}

// Circuit builds the plan's circuit with the evaluators and traces of env.
func (p *Plan) Circuit(env Env) (*dbsp.Circuit, error) {
	nodes := make([]dbsp.Node, len(p.nodes))
	for i, n := range p.nodes {
		op, err := n.operator(env)
		if err != nil {
			return nil, err
		}
		nodes[i] = dbsp.Node{Operator: op, Inputs: n.Inputs()}
		if s, ok := n.(*sourceNode); ok {
			nodes[i].Source = s.source
		}
	}
	return dbsp.NewCircuit(nodes), nil
}

// keys finds out whether the root's rows have keys: below it, through operators that map row to row, there must be an
// operator that gives at most one row per key.
func (p *Plan) keys() {
	show := make([]int, len(p.Columns)) // view column -> position in the node at hand, -1 when computed
	for i := range show {
		show[i] = i
	}
	through := func(positions []int) {
		for i, at := range show {
			if at >= 0 {
				show[i] = positions[at]
			}
		}
	}
	var collations []dbsp.Collation
	filtered := false // some groups may have no output row
	for at := p.root; ; at = p.nodes[at].Inputs()[0] {
		switch n := p.nodes[at].(type) {
		case *permuteNode:
			through(n.positions)
			continue
		case *applyNode:
			if n.spec.From != "" {
				return // a table-valued function gives any number of rows for one
			}
			through(n.pass)
			filtered = filtered || n.spec.Where != ""
			continue
		case *aggregateNode:
			for _, k := range n.aggregate.Group {
				collations = append(collations, k.Collation)
			}
			p.Global = n.aggregate.Global
			if !filtered {
				p.RowState = n.aggregate.ID
			}
		case *regroupNode:
			for _, k := range n.regroup.Group {
				collations = append(collations, k.Collation)
			}
			p.Global = n.regroup.Global
			through(n.keys)
		case *distinctNode:
			collations = n.distinct.Collations
			if !filtered && n.present == nil {
				p.RowState = n.distinct.ID
			}
		default:
			return
		}
		break
	}
	p.Keyed, p.KeyCollations = true, collations
	for k := range collations {
		shown := -1
		for i, at := range show {
			if at == k && collations[k] != dbsp.Identity {
				shown = i
				break
			}
		}
		p.KeyColumns = append(p.KeyColumns, shown)
	}
}

// ShowsRepresentatives reports whether some value of the view stands for several that compare equal (NOCASE text, 1 and
// 1.0): SQLite's SELECT and the view may then show different ones, or what is computed from them.
func (p *Plan) ShowsRepresentatives() bool {
	for _, n := range p.nodes {
		switch n := n.(type) {
		case *distinctNode:
			if slices.Contains(n.distinct.Variants, true) {
				return true
			}
		case *aggregateNode:
			for _, k := range n.aggregate.Group {
				if k.Variants {
					return true
				}
			}
			for _, a := range n.aggregate.Aggregates {
				if a.Distinct && a.Variants || a.Func == dbsp.Min || a.Func == dbsp.Max {
					return true
				}
			}
		}
	}
	return false
}

// fingerprint hashes what decides how state and output are kept.
func (p *Plan) fingerprint() string {
	var b strings.Builder
	fmt.Fprintln(&b, "format", formatVersion, p.Columns, p.Keyed, p.KeyColumns, p.KeyCollations)
	for _, s := range p.Sources {
		fmt.Fprintf(&b, "table %q %d", lower(s.Table.Name), s.Table.Kind) // an attached file has no schema name of its own
		for _, c := range s.Columns {
			t := s.Table.Columns[c]
			fmt.Fprintf(&b, " %q %q %d %s", lower(t.Name), t.DeclType, t.Affinity, t.Collation)
		}
		fmt.Fprintln(&b)
	}
	for i, n := range p.nodes {
		fmt.Fprintln(&b, i, n.identity(true))
	}
	sum := xxh3.HashString128(b.String())
	return fmt.Sprintf("%016x%016x", sum.Hi, sum.Lo)
}

// tableCache lets every use of a table see the same *Table.
type tableCache struct {
	Catalog
	tables map[string]*Table
}

// Table finds a table as the Catalog does.
func (c *tableCache) Table(schema, name string) (*Table, error) {
	t, err := c.Catalog.Table(schema, name)
	if t == nil || err != nil {
		return nil, err
	}
	key := lower(t.Schema) + "." + lower(t.Name)
	if known, ok := c.tables[key]; ok {
		return known, nil
	}
	c.tables[key] = t
	return t, nil
}

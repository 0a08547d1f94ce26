package planner

import (
	"fmt"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// Node is one operator of a plan. Nodes are in topological order: inputs come first, the root last.
type Node interface {
	// Inputs returns the positions of the nodes that feed this one.
	Inputs() []int
	// Columns describes the rows it gives.
	Columns() []Column
	// operator returns the dbsp operator, nil for a source.
	operator(env Env) (dbsp.Operator, error)
	// identity is a text that tells the node from any other: that does something else, or, with numbered, that keeps its
	// state under other numbers.
	identity(numbered bool) string
	// tree describes the node for EXPLAIN, without its inputs.
	tree(p *Plan) *Tree
}

// output is the part that all nodes share.
type output struct {
	inputs  []int
	columns []Column
}

// Inputs returns the positions of the nodes that feed this one.
func (o *output) Inputs() []int { return o.inputs }

// Columns describes the rows it gives.
func (o *output) Columns() []Column { return o.columns }

// sourceNode is a table's deltas.
type sourceNode struct {
	output
	source int
}

func (n *sourceNode) operator(Env) (dbsp.Operator, error) { return nil, nil }

func (n *sourceNode) identity(bool) string { return fmt.Sprint("source ", n.source) }

// permuteNode is dbsp.Permute.
type permuteNode struct {
	output
	positions []int
}

// choose makes the node give the columns at positions of what it gave.
func (n *permuteNode) choose(positions []int) {
	n.columns, n.positions = at(n.columns, positions), at(n.positions, positions)
}

// at returns the items of list at positions.
func at[T any](list []T, positions []int) []T {
	out := make([]T, len(positions))
	for i, p := range positions {
		out[i] = list[p]
	}
	return out
}

func (n *permuteNode) operator(Env) (dbsp.Operator, error) {
	return &dbsp.Permute{Columns: n.positions}, nil
}

func (n *permuteNode) identity(bool) string { return fmt.Sprint("permute ", n.inputs, n.positions) }

// applyNode is dbsp.Apply.
type applyNode struct {
	output
	id   dbsp.OpID
	spec ExprSpec
	// pass[i] is the input position that output column i shows unchanged, -1 where it is computed.
	pass []int
	// exprs and where are spec's for people.
	exprs []string
	where string
	// harmless tells that no row can make it fail.
	harmless bool
}

// choose makes the node give the columns at positions of what it gave, unless it would then give none, or evaluate an
// expression twice.
func (n *applyNode) choose(positions []int) bool {
	seen := map[int]bool{}
	for _, p := range positions {
		if seen[p] {
			return false
		}
		seen[p] = true
	}
	if len(positions) == 0 {
		return false
	}
	n.columns, n.pass, n.exprs = at(n.columns, positions), at(n.pass, positions), at(n.exprs, positions)
	n.spec.Exprs = at(n.spec.Exprs, positions)
	return true
}

func (n *applyNode) operator(env Env) (dbsp.Operator, error) {
	e, err := env.Evaluator(n.id, n.spec)
	if err != nil {
		return nil, err
	}
	return &dbsp.Apply{ID: n.id, Evaluator: e}, nil
}

func (n *applyNode) identity(numbered bool) string {
	// Names of columns are for people: another alias makes no other plan.
	var input []string
	for _, c := range n.spec.Input {
		input = append(input, fmt.Sprint(c.Affinity, c.Collation))
	}
	id := n.id
	if !numbered {
		id = 0
	}
	return fmt.Sprintf("apply %d %v %q %q %q %v", id, n.inputs, n.spec.Exprs, n.spec.From, n.spec.Where, input)
}

// joinNode is dbsp.Join.
type joinNode struct {
	output
	left, right joinInput
	collations  []dbsp.Collation
	nulls       []bool
	// wholeLeft and wholeRight are as in equijoin.
	wholeLeft, wholeRight bool
	rare                  bool     // as in equijoin
	keys                  []string // for people: "o.customer = c.id"
}

// joinInput is one side of a joinNode.
type joinInput struct {
	id      dbsp.OpID
	columns []int      // of the join key, in the side's rows
	base    *BaseRead  // nil when the side is kept
	group   *groupRead // nil unless the side is read from the operator below it
	rows    *BaseRows  // of a kept side: nil when it is kept as whole rows
	ident   []int      // positions of rows.Identity in the side's rows
	advice  string     // an index that would save the copy, "" when none would
}

func (s *joinInput) side(env Env) (dbsp.JoinSide, error) {
	side := dbsp.JoinSide{Columns: s.columns, ID: s.id, Kept: s.base == nil && s.group == nil}
	switch g := s.group; {
	case g == nil:
	case g.present != nil:
		p, err := env.Presence(g.present)
		if err != nil {
			return side, err
		}
		side.Trace = &dbsp.PresenceTrace{Presence: p, Order: g.order, Columns: g.columns}
	default:
		own := *g.aggregate
		side.Trace = &dbsp.GroupTrace{Aggregate: &own, Order: g.order, Columns: g.columns}
	}
	if s.base != nil {
		t, err := env.BaseTrace(*s.base)
		if err != nil {
			return side, err
		}
		side.Trace = t
	}
	if s.rows != nil {
		r, err := env.BaseRows(*s.rows)
		if err != nil {
			return side, err
		}
		side.Rows, side.Identity = r, s.ident
	}
	return side, nil
}

func (n *joinNode) operator(env Env) (dbsp.Operator, error) {
	l, err := n.left.side(env)
	if err != nil {
		return nil, err
	}
	r, err := n.right.side(env)
	if err != nil {
		return nil, err
	}
	return &dbsp.Join{Left: l, Right: r, Collations: n.collations, Nulls: n.nulls}, nil
}

func (n *joinNode) identity(numbered bool) string {
	l, r := n.left.id, n.right.id
	if !numbered {
		l, r = 0, 0
	}
	rows := func(s *joinInput) any {
		if s.rows == nil {
			return nil
		}
		return [][]int{{s.rows.Source}, s.rows.Columns, s.rows.Identity}
	}
	return fmt.Sprint("join ", n.inputs, l, n.left.columns, n.left.base, rows(&n.left), r, n.right.columns, n.right.base, rows(&n.right), n.collations, n.nulls, n.left.group.identity(), n.right.group.identity())
}

// aggregateNode is dbsp.Aggregate.
type aggregateNode struct {
	output
	aggregate dbsp.Aggregate
}

func (n *aggregateNode) operator(Env) (dbsp.Operator, error) {
	a := n.aggregate
	return &a, nil
}

func (n *aggregateNode) identity(numbered bool) string {
	a := n.aggregate
	if !numbered {
		a.ID, a.VariantsID, a.ElementsID = 0, 0, 0
	}
	// Two functions may have one name: count(*) and count(x).
	functions := make([]int, len(a.Aggregates))
	for i, c := range a.Aggregates {
		functions[i] = int(c.Func)
	}
	return fmt.Sprintf("aggregate %v %v %+v", n.inputs, functions, a)
}

// distinctNode is dbsp.Distinct.
type distinctNode struct {
	output
	distinct dbsp.Distinct
	// present has the tables that are asked for rows; nil where these are counted.
	present *Presence
}

func (n *distinctNode) operator(env Env) (dbsp.Operator, error) {
	d := n.distinct
	if n.present != nil {
		p, err := env.Presence(n.present)
		if err != nil {
			return nil, err
		}
		d.Presence = p
	}
	return &d, nil
}

func (n *distinctNode) identity(numbered bool) string {
	d := n.distinct
	if !numbered {
		d.ID, d.VariantsID = 0, 0
	}
	return fmt.Sprintf("distinct %v %+v", n.inputs, d) + n.present.identity()
}

// unionNode is dbsp.Union.
type unionNode struct{ output }

func (n *unionNode) operator(Env) (dbsp.Operator, error) { return dbsp.Union{}, nil }

func (n *unionNode) identity(bool) string { return fmt.Sprint("union ", n.inputs) }

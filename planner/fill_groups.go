package planner

import (
	"slices"
	"strings"

	"github.com/sqlite-mv/sqlite-mv/dbsp"
)

// GroupFill is an aggregate or distinct over a table, as it is or filtered and projected: SQLite can say what its
// accumulators are.
type GroupFill struct {
	// Node is its number in the circuit.
	Node      int
	Aggregate *dbsp.Aggregate
	Summing   *dbsp.Summing
	Source    int // index into Plan.Sources
	// Input are columns of the source's delta row, which the SQL below names "c0", "c1", …; Where is "" where all rows count.
	Input []int
	Where string
	// Group and Arguments are expressions: those to group by and, for each aggregate, its argument, "" where it has none.
	Group, Arguments []string
	// Covered tells that an index has all of Input: else it is better not to read the table along one.
	Covered bool
	// Shown is not nil where the groups are the rows of the view: its columns, as positions in those of the aggregate, which
	// are Group and then the results.
	Shown []int
}

// GroupFills lists the aggregates whose accumulators a statement can fill: equal values of what they group by are
// identical, and compare as the table's columns do.
func (p *Plan) GroupFills() []GroupFill {
	var fills []GroupFill
	for at, n := range p.nodes {
		var a *dbsp.Aggregate
		switch n := n.(type) {
		case *aggregateNode:
			own := n.aggregate
			a = &own
		case *distinctNode:
			if n.present == nil {
				a = n.distinct.Aggregate()
			}
		}
		if a == nil {
			continue
		}
		f := GroupFill{Node: at, Aggregate: a, Summing: a.NewSumming()}
		if f.Summing != nil && p.fillsGroups(&f, n.Inputs()[0]) {
			if p.RowState == a.ID {
				f.Shown = p.shown(at)
			}
			fills = append(fills, f)
		}
	}
	return fills
}

// fillsGroups finds the table below node and f's columns in it.
func (p *Plan) fillsGroups(f *GroupFill, node int) bool {
	columns := p.nodes[node].Columns()
	for _, k := range f.Aggregate.Group {
		if k.Collation != dbsp.Binary || orBinary(columns[k.Column].Collation) != binary {
			return false
		}
	}
	node, positions := chosen(p.nodes, node, upTo(len(columns)))
	var exprs []string
	switch n := p.nodes[node].(type) {
	case *applyNode:
		exprs, f.Where = at(n.spec.Exprs, positions), n.spec.Where
		if f.Source, f.Input = tableInput(p.nodes, p.Sources, n); !n.harmless || f.Input == nil {
			return false
		}
	case *sourceNode:
		f.Source, f.Input = n.source, positions
		for i := range positions {
			exprs = append(exprs, inputName(i))
		}
	default:
		return false
	}
	if p.Sources[f.Source].Table.Kind != OrdinaryTable {
		return false
	}
	for _, k := range f.Aggregate.Group {
		if !strings.Contains(exprs[k.Column], `"c`) {
			return false // GROUP BY takes a number for a column
		}
		f.Group = append(f.Group, exprs[k.Column])
	}
	for _, a := range f.Aggregate.Aggregates {
		switch a.Func {
		case dbsp.CountStar:
			f.Arguments = append(f.Arguments, "")
			continue
		case dbsp.Sum, dbsp.Total, dbsp.Avg:
			if columns[a.Column].Affinity == AffinityReal { // sums that are not INTEGER
				return false
			}
		}
		f.Arguments = append(f.Arguments, exprs[a.Column])
	}
	s := p.Sources[f.Source]
	f.Covered = slices.ContainsFunc(s.Table.Indexes, func(x Index) bool {
		return !slices.ContainsFunc(f.Input, func(c int) bool { return !slices.Contains(x.Columns, s.Columns[c]) })
	})
	return true
}

// shown returns what the view's columns are in the rows of node, nil where the root does more than to choose among them.
func (p *Plan) shown(node int) []int {
	positions := upTo(len(p.Columns))
	for at := p.root; at != node; at = p.nodes[at].Inputs()[0] {
		n, ok := p.nodes[at].(*permuteNode)
		if !ok {
			return nil
		}
		for i, c := range positions {
			positions[i] = n.positions[c]
		}
	}
	return positions
}
